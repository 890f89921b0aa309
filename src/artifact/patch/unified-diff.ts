/**
 * Reads unified diffs as found in mails: whole patches, and hunks quoted in replies, whose counts are wrong when lines were
 * deleted. Nothing is rejected: a line's first character decides what it is, and the counts only help to find the end.
 */
import { limit } from '../../limits/limits.ts';

export interface HunkLine {
  /** In both files, in the old one only, in the new one only. */
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
  /** Line of the diff's text, from 0. */
  readonly line: number;
}

export interface Hunk {
  /** First line in the old file, from 1, as in the header: for a hunk that only adds lines it is the line before, or 0. */
  readonly oldStart: number;
  /** The text after the second `@@`: the line that git takes as the beginning of the enclosing function or node. */
  readonly heading: string;
  /** Line of the `@@`, from 0. */
  readonly line: number;
  readonly lines: readonly HunkLine[];
}

/** The line of the old file, from 1, at which a hunk begins; for one that only adds, the line that follows the addition. */
export function firstLine({ oldStart, lines }: Pick<Hunk, 'oldStart' | 'lines'>): number {
  return lines.some(({ mark }) => mark !== '+') ? Math.max(oldStart, 1) : oldStart + 1;
}

export interface FilePatch {
  /** Without `a/`; undefined where the diff doesn't say, or says /dev/null. */
  readonly oldPath: string | undefined;
  readonly newPath: string | undefined;
  readonly isNew: boolean;
  readonly isDeleted: boolean;
  readonly hunks: readonly Hunk[];
  /** Its first line in the diff's text, from 0. */
  readonly line: number;
}

/** Context lines that may separate two changes of one hunk. */
const MAX_CONTEXT = 8;

const QUOTE = /^(?:[ \t]{0,8}[>|])+[ \t]?/;
/** Of a merge it has a column of marks, and a range, for each parent (git-diff, "Combined diff format"). */
const HUNK =
  /^@(@{1,9}) -(\d{1,9})(?:,(\d{1,9}))? (?:-\d{1,9}(?:,\d{1,9})? ){0,8}\+\d{1,9}(?:,(\d{1,9}))? @@+ ?(.*)$/;
const COMBINED_HEADER = /^diff --(?:cc|combined) "?(.*?)"?$/;
const GIT_HEADER = /^diff --git "?a\/(.*?)"? "?b\/(.*?)"?$/;
const OLD_FILE = /^--- (\S.*)$/;
const NEW_FILE = /^\+\+\+ (\S.*)$/;
/** Lines that git writes between the file names and the hunks. */
const GIT_DETAIL =
  /^(?:index [0-9a-f]+\.\.|old mode |new mode |new file mode |deleted file mode |similarity index |dissimilarity index |rename |copy |Binary files |GIT binary patch)/;
/** The line before a mail's signature, with which git format-patch ends; mailers may drop the trailing blank. */
const SIGNATURE = /^-- $/;
const BARE_SIGNATURE = /^--$/;

const BEGINNING = /^(?:@@+ -\d|diff --(?:git|cc|combined) |--- \S)/;

/** Whether a text has a hunk of a diff, quoted or not. */
export function hasHunk(text: string): boolean {
  return /^(?:(?:[ \t]{0,8}[>|])+[ \t]?)?@@@{0,8} (?:-\d{1,9}(?:,\d{1,9})? ){1,9}\+\d{1,9}(?:,\d{1,9})? @@/m.test(
    text,
  );
}

/** The head of a hunk. */
interface HunkHead {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newCount: number;
  readonly heading: string;
  /** Columns of marks: one, or as many as a merge has parents. */
  readonly columns: number;
}

function hunkHead(line: string): HunkHead | undefined {
  const found = HUNK.exec(line);
  if (found === null) return undefined;
  const [, marks, oldStart, oldCount = '1', newCount = '1', heading] = found;
  return {
    oldStart: Number(oldStart),
    oldCount: Number(oldCount),
    newCount: Number(newCount),
    heading: heading!.trim(),
    columns: marks!.length,
  };
}

/**
 * A line of a merge's hunk as a diff against its first parent has it; undefined where that has no such line. A `-` says
 * that the parent of its column had the line and the merge has not, a `+` that the merge has it and the parent had not.
 */
function againstFirstParent(line: string, columns: number): string | undefined {
  const marks = line.slice(0, columns);
  if (columns === 1 || !/^[ +-]+$/.test(marks)) return line;
  const text = line.slice(columns);
  if (marks.includes('-')) return marks[0] === '-' ? `-${text}` : undefined;
  return `${marks[0]}${text}`;
}

/** The path in a `---` or `+++` line: `a/arch/x.dtsi`, possibly followed by a tab and a date; undefined for /dev/null. */
function pathIn(written: string): string | undefined {
  const name = written
    .split('\t', 1)[0]!
    .trim()
    .replace(/^"(.*)"$/, '$1');
  if (name === '/dev/null') return undefined;
  return name.replace(/^[ab]\//, '');
}

interface OpenFile {
  oldPath: string | undefined;
  newPath: string | undefined;
  isNew: boolean;
  isDeleted: boolean;
  hunks: Hunk[];
  line: number;
}

/** A line without quote marks, and the number of marks. */
interface Unquoted {
  readonly text: string;
  readonly depth: number;
}

function unquote(line: string): Unquoted {
  const marks = QUOTE.exec(line)?.[0] ?? '';
  return { text: line.slice(marks.length), depth: marks.replace(/[^>|]/g, '').length };
}

class DiffReader {
  readonly files: FilePatch[] = [];
  readonly #lines: readonly string[];
  #at: number;
  #file: OpenFile | undefined;
  #hunks = 0;

  constructor(lines: readonly string[], from: number) {
    this.#lines = lines;
    this.#at = from;
  }

  /** @param onMore called when there are more hunks than the limit */
  readAll(onMore: () => void): readonly FilePatch[] {
    const most = limit('patch-hunks');
    while (this.#at < this.#lines.length && this.#hunks <= most) this.#next();
    if (this.#hunks > most) onMore();
    this.#endFile();
    return this.files;
  }

  /** Reads one diff; returns the line after it. `files` stays empty when there is no diff. */
  readOne(): number {
    let end = this.#at;
    while (this.#at < this.#lines.length && this.#next()) end = this.#at;
    this.#endFile();
    return end;
  }

  #endFile(): void {
    if (this.#file && (this.#file.hunks.length > 0 || this.#file.isNew || this.#file.isDeleted))
      this.files.push(this.#file);
    this.#file = undefined;
  }

  #begin(oldPath: string | undefined, newPath: string | undefined): OpenFile {
    this.#endFile();
    const file: OpenFile = {
      oldPath,
      newPath,
      isNew: false,
      isDeleted: false,
      hunks: [],
      line: this.#at,
    };
    this.#file = file;
    return file;
  }

  /** Reads one line outside of hunks, or a whole hunk; false for a line that doesn't belong to a diff. */
  #next(): boolean {
    const { text, depth } = unquote(this.#lines[this.#at]!);
    const git = GIT_HEADER.exec(text);
    const old = OLD_FILE.exec(text);
    const fresh = old && NEW_FILE.exec(unquote(this.#lines[this.#at + 1] ?? '').text);
    const combined = COMBINED_HEADER.exec(text);
    const hunk = hunkHead(text);
    if (hunk) {
      this.#hunk(hunk, depth);
      return true;
    }
    let isDiff = true;
    if (git) {
      this.#begin(git[1], git[2]);
    } else if (combined) {
      this.#begin(combined[1], combined[1]);
    } else if (old && fresh) {
      const oldPath = pathIn(old[1]!);
      const newPath = pathIn(fresh[1]!);
      // The same file as in the `diff --git` line, or a diff without such a line.
      const file = this.#file && this.#file.hunks.length === 0 ? this.#file : this.#begin(oldPath, newPath);
      file.oldPath = oldPath;
      file.newPath = newPath;
      file.isNew = oldPath === undefined;
      file.isDeleted = newPath === undefined;
      this.#at += 1;
    } else if (this.#file && GIT_DETAIL.test(text)) {
      if (text.startsWith('new file')) this.#file.isNew = true;
      if (text.startsWith('deleted file')) this.#file.isDeleted = true;
    } else {
      // Prose between two hunks of a reply does not end the file.
      isDiff = false;
    }
    this.#at += 1;
    return isDiff;
  }

  #hunk(head: HunkHead, depth: number): void {
    const file = this.#file ?? this.#begin(undefined, undefined);
    const lines: HunkLine[] = [];
    const left = { old: head.oldCount, new: head.newCount };
    const at = this.#at;
    this.#hunks += 1;
    this.#at += 1;
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const read = this.#hunkLine(lines, left, depth, head.columns);
      if (read === 'end') break;
      if (read === 'note') continue;
      if (read.mark !== '+') left.old -= 1;
      if (read.mark !== '-') left.new -= 1;
      lines.push(read);
    }
    // Trailing blank context lines may belong to the mail; dropping them changes nothing.
    while (lines.at(-1)?.text === '' && lines.at(-1)?.mark === ' ') lines.pop();
    file.hunks.push({ oldStart: head.oldStart, heading: head.heading, line: at, lines });
  }

  /** Whether more changes follow after context lines, although by its counts the hunk is complete. */
  #hasMoreChanges(line: number): boolean {
    for (let at = line; at < Math.min(line + MAX_CONTEXT, this.#lines.length); at += 1) {
      const { text } = unquote(this.#lines[at]!);
      if (/^[+-](?![+-]{2} |- ?$)/.test(text)) return true;
      if (text !== '' && !/^[ \t]/.test(text)) return false;
    }
    return false;
  }

  #hunkLine(
    before: readonly HunkLine[],
    left: { readonly old: number; readonly new: number },
    depth: number,
    columns: number,
  ): HunkLine | 'end' | 'note' {
    const line = this.#at;
    const { text, depth: own } = unquote(this.#lines[line]!);
    if (own < depth) return 'end';
    // In an unquoted hunk a `>` belongs to the text.
    const whole = depth === 0 ? this.#lines[line]! : text;
    const content = againstFirstParent(whole, columns);
    if (content === undefined) return 'note';
    const isFull = left.old <= 0 && left.new <= 0;
    if (GIT_HEADER.test(content) || COMBINED_HEADER.test(content) || hunkHead(content)) return 'end';
    if (SIGNATURE.test(content) || (isFull && BARE_SIGNATURE.test(content))) return 'end';
    if (OLD_FILE.test(content) && NEW_FILE.test(unquote(this.#lines[line + 1] ?? '').text)) return 'end';
    const mark = content[0];
    if (mark === '\\') return 'note';
    if (mark === '+' || mark === '-') return { mark, text: content.slice(1), line };
    if (isFull && !this.#hasMoreChanges(line)) return 'end';
    if (mark === ' ') return { mark, text: content.slice(1), line };
    if (content === '') return { mark: ' ', text: '', line };
    // A context line whose first blank a mailer dropped, or the rest of a long line that it broke.
    const last = before.at(-1);
    if (mark === '\t') return { mark: ' ', text: content, line };
    if (!last || last.text === '') return 'end';
    return { mark: last.mark, text: content, line };
  }
}

/** The lines of a text as a file adds them, without marks of quotation. */
export function linesAsAdded(text: string): HunkLine[] {
  return linesOf(text).map((each, line) => ({ mark: '+', text: unquote(each).text, line }));
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/**
 * The files that a text changes, with their hunks, in order; other lines are skipped.
 * @param onMore called when there are more hunks than the limit
 */
export function readUnifiedDiff(text: string, onMore: () => void = () => {}): readonly FilePatch[] {
  return new DiffReader(linesOf(text), 0).readAll(onMore);
}

/** Finds the diffs in a text; lines are counted from 0. */
export class DiffFinder {
  readonly #text: string;
  #lines: readonly string[] | undefined;
  /** No diff begins before this line; set after headers without hunks, as of renames. */
  #noneBefore = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The line after the diff that begins at `line`; undefined when none does.
   * @param content the line without quote marks
   */
  endOf(line: number, content: string): number | undefined {
    if (line < this.#noneBefore || !BEGINNING.test(content)) return undefined;
    this.#lines ??= linesOf(this.#text);
    const reader = new DiffReader(this.#lines, line);
    const end = reader.readOne();
    if (reader.files.length > 0) return end;
    this.#noneBefore = end;
    return undefined;
  }
}
