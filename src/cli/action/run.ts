/** The action: what a pull request changes in the firmware files of a repository, as SARIF, a summary and a comment. */
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { escapeControls } from '../../bytes/escape.ts';
import { changedFilesReport } from '../../report/changed-files.ts';
import { cutMarkdown } from '../../report/formats/cut.ts';
import { uriPath } from '../../report/results/located.ts';
import { baseOf, type ChangedFile, changedFiles, mergedInto } from './changes.ts';
import { ApiError, MARKER, MAX_COMMENT, writeComment } from './comment.ts';
import { git, gitOrNothing } from './git.ts';
import { forUpload, type Log, mergedLog } from './merge.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Runs the command `fwmap`. */
export type Fwmap = (
  argv: readonly string[],
  cwd: string,
) => Promise<{ readonly status: number; readonly stdout: string }>;

/** Changed files beyond this number are named but not examined. */
const MAX_FILES = 100;
/** GitHub doesn't show a larger summary at all. */
const MAX_SUMMARY = 1024 * 1024 - 1;

const LEVELS = ['error', 'warning', 'note', 'none'] as const;
type Level = (typeof LEVELS)[number];

/** The results of one file. */
interface Looked {
  readonly file: ChangedFile;
  readonly answer: string;
  readonly changed: boolean;
  readonly windows: string;
  readonly report: string;
  readonly logs: readonly Log[];
}

interface DiffJson {
  readonly same: boolean;
  readonly windows: readonly { readonly did: string }[];
  readonly answers: readonly {
    readonly flipped: boolean;
    readonly before: { readonly answer: string } | null;
    readonly after: { readonly answer: string } | null;
  }[];
}

/** Writes a line of the log. Whatever is in it, it is no workflow command. */
function say(log: (line: string) => void, text: string): void {
  log(`fwmap: ${escapeControls(text).replaceAll('##[', '# #[')}`);
}

function input(env: Env, name: string): string {
  return (env[`INPUT_${name.toUpperCase().replaceAll('-', '_')}`] ?? '').trim();
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * Runs the action. @returns its outputs for other steps, which were written to `GITHUB_OUTPUT` too
 * @param env as GitHub sets it, with the inputs of the action as `INPUT_…`
 * @param log takes lines of the log
 */
export async function runAction(
  env: Env,
  fwmap: Fwmap,
  log: (line: string) => void,
): Promise<Readonly<Record<string, string>>> {
  const event: GithubEvent = JSON.parse(
    env.GITHUB_EVENT_PATH ? readFileSync(env.GITHUB_EVENT_PATH, 'utf8') : '{}',
  );
  const root = git(env.GITHUB_WORKSPACE ?? process.cwd(), 'rev-parse', '--show-toplevel').trim();
  const base = baseOf(root, wantedBase(input(env, 'base'), event, root));
  const all = changedFiles(root, base, lines(input(env, 'files')));
  const files = all.slice(0, MAX_FILES);
  const are = all.length === 1 ? 'file differs' : 'files differ';
  say(log, `${all.length} firmware ${are} from ${base.slice(0, 12)}`);

  const temporary = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), 'fwmap-'));
  const before = join(temporary, 'base');
  const looked: Looked[] = [];
  try {
    if (files.some(({ did }) => did !== 'added'))
      git(root, '-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--quiet', '--detach', before, base);
    const options = lines(input(env, 'args').replace(/\s+/g, '\n'));
    const where = {
      root,
      before,
      options: [...options, '--include-root', root],
      // The base is read with its own includes: those of the branch may differ.
      both: [
        ...options,
        ...includesOfBase(options, before),
        '--include-root',
        root,
        '--include-root',
        before,
      ],
      fwmap,
    };
    for (const file of files) {
      looked.push(await look(file, where));
      say(log, `${file.path}: ${looked.at(-1)!.answer}`);
    }
  } finally {
    gitOrNothing(root, 'worktree', 'remove', '--force', before);
  }

  const merged = mergedLog(
    looked.flatMap(({ logs }) => logs),
    (uri) => {
      const start = `file://${uriPath(before)}/`;
      return uri.startsWith(start) ? uri.slice(start.length) : undefined;
    },
  );
  const outputs: Record<string, string> = {
    files: String(all.length),
    changed: String(looked.some(({ changed }) => changed)),
    worst: worstOf(merged),
    sarif: '',
    fork: String(isFromFork(event)),
  };
  if (merged !== undefined) {
    const file = input(env, 'sarif-file') || join(temporary, 'fwmap.sarif');
    // It becomes a line of GITHUB_OUTPUT.
    if (/[\r\n]/.test(file)) throw new Error('the input sarif-file must not have a line break');
    writeFileSync(file, `${JSON.stringify(forUpload(merged), undefined, 2)}\n`);
    outputs.sarif = file;
  } else rmSync(temporary, { recursive: true, force: true });
  const limit = input(env, 'fail-on') || 'none';
  outputs.failed = String(
    limit !== 'none' && LEVELS.indexOf(outputs.worst as Level) <= LEVELS.indexOf(limit as Level),
  );

  const levels = merged?.runs[0].results.map(({ level }) => level) ?? [];
  const count = (level: Level): number => levels.filter((each) => each === level).length;
  const report = changedFilesReport(
    looked.map(({ file, changed, ...told }) => ({
      ...told,
      path: file.path,
      did: file.did,
      report: changed ? told.report : undefined,
    })),
    all.length - files.length,
    { error: count('error'), warning: count('warning'), note: 0 },
  );
  if (env.GITHUB_STEP_SUMMARY) {
    const there = statSync(env.GITHUB_STEP_SUMMARY, { throwIfNoEntry: false })?.size ?? 0;
    if (there < MAX_SUMMARY)
      appendFileSync(env.GITHUB_STEP_SUMMARY, cutMarkdown(report, MAX_SUMMARY - there));
  }
  await comment(env, event.pull_request?.number, report, looked, log);
  if (env.GITHUB_OUTPUT)
    appendFileSync(
      env.GITHUB_OUTPUT,
      Object.entries(outputs)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  return outputs;
}

/** The parts of a GitHub event that are read here. */
interface GithubEvent {
  readonly before?: unknown;
  readonly pull_request?: {
    readonly number?: unknown;
    readonly base?: { readonly sha?: unknown; readonly repo?: { readonly full_name?: unknown } | null };
    readonly head?: { readonly sha?: unknown; readonly repo?: { readonly full_name?: unknown } | null };
  };
  readonly merge_group?: { readonly base_sha?: unknown };
  readonly repository?: { readonly default_branch?: unknown };
}

/** The commit or branch to compare with: as asked for, else that of the event. */
function wantedBase(asked: string, event: GithubEvent, root: string): string {
  const { pull_request: pull, merge_group: group, before, repository } = event;
  const wanted =
    asked ||
    (pull === undefined ? undefined : mergedInto(root, pull.head?.sha)) ||
    pull?.base?.sha ||
    group?.base_sha ||
    // A branch that was pushed for the first time has no commit before.
    (typeof before === 'string' && /^0+$/.test(before) ? repository?.default_branch : before);
  if (typeof wanted !== 'string' || wanted === '' || wanted.startsWith('-'))
    throw new Error(
      'there is nothing to compare with: set the input "base" for events other than pull requests',
    );
  return wanted;
}

/** A fork's token may only read, whatever the workflow asks for. A deleted fork counts as one. */
function isFromFork({ pull_request: pull }: GithubEvent): boolean {
  return pull?.head !== undefined && pull.head.repo?.full_name !== pull.base?.repo?.full_name;
}

/** The include folders of the base. */
function includesOfBase(options: readonly string[], before: string): string[] {
  return options.flatMap((option, at) => {
    const found = /^(?:-I|--include(?:=|$))(.*)$/.exec(option);
    const folder = found === null ? undefined : found[1] || options[at + 1];
    return folder === undefined ? [] : ['--before-include', resolve(before, folder)];
  });
}

async function comment(
  env: Env,
  number: unknown,
  report: string,
  looked: readonly Looked[],
  log: (line: string) => void,
): Promise<void> {
  const token = input(env, 'token');
  if (input(env, 'comment') !== 'true' || typeof number !== 'number' || token === '') return;
  const api = {
    url: env.GITHUB_API_URL ?? 'https://api.github.com',
    token,
    repository: env.GITHUB_REPOSITORY ?? '',
  };
  const body = cutMarkdown(report, MAX_COMMENT - MARKER.length - 1);
  const isNews = looked.some(
    ({ changed, logs }) => changed || worstOf(mergedLog(logs, () => undefined)) !== 'none',
  );
  try {
    const author = input(env, 'comment-author') || 'github-actions[bot]';
    say(log, `the comment is ${await writeComment(api, number, body, author, isNews)}`);
  } catch (error) {
    // The token of a fork's pull request may not write: the summary has the whole report.
    if (!(error instanceof ApiError)) throw error;
    say(log, `no comment: ${error.message}`);
  }
}

function worstOf(log: Log | undefined): Level {
  const levels = new Set(log?.runs[0].results.map(({ level }) => level));
  return LEVELS.find((level) => levels.has(level)) ?? 'none';
}

interface Where {
  readonly root: string;
  /** The working tree of the base. */
  readonly before: string;
  readonly options: readonly string[];
  /** Options for commands that also read the base. */
  readonly both: readonly string[];
  readonly fwmap: Fwmap;
}

/** Whether a path is a link to a file outside of the repository, which must not get into a report. */
function leadsOut(path: string, root: string): boolean {
  try {
    return !`${realpathSync(path)}/`.startsWith(`${realpathSync(root)}/`);
  } catch {
    // Whoever reads it reports that it is missing.
    return false;
  }
}

async function look(file: ChangedFile, where: Where): Promise<Looked> {
  const { root, before, options, both, fwmap } = where;
  const old = file.did === 'added' ? '/dev/null' : join(before, file.before);
  // With ./ it can't be an option or a revision.
  const fresh = file.did === 'removed' ? '/dev/null' : `./${file.path}`;
  const unread = (why: string, logs: readonly Log[]): Looked => ({
    file,
    answer: 'not read',
    changed: true,
    windows: '',
    report: `${why}\n`,
    logs,
  });
  if (leadsOut(join(before, file.before), before) || leadsOut(join(root, file.path), root))
    return unread('It is a link that leads out of the repository.', []);
  // Sequentially: they share this process.
  const ask = (command: string, format: string, ...operands: readonly string[]) =>
    fwmap([command, '--format', format, ...(command === 'diff' ? both : options), '--', ...operands], root);
  const json = await ask('diff', 'json', old, fresh);
  const markdown = await ask('diff', 'markdown', old, fresh);
  const logs = [await ask('diff', 'sarif', old, fresh)];
  if (file.did !== 'removed')
    for (const command of ['windows', 'sysfb']) logs.push(await ask(command, 'sarif', fresh));
  const read = logs.flatMap(({ stdout }) => (stdout === '' ? [] : [JSON.parse(stdout) as Log]));
  if (json.status !== 0) return unread('It could not be read.', read);
  const { same, windows, answers } = JSON.parse(json.stdout) as DiffJson;
  const [answer] = answers;
  const said = [answer?.before?.answer, answer?.after?.answer].map((each) => each ?? 'none');
  return {
    file,
    answer: answer?.flipped === true && file.did !== 'added' ? `${said[0]} before, ${said[1]} now` : said[1]!,
    changed: !same,
    windows: windowsText(windows),
    // The same text in every run, wherever the working tree of the base is.
    report: markdown.stdout.replaceAll(`${before}/`, 'base:'),
    logs: read,
  };
}

function windowsText(windows: DiffJson['windows']): string {
  const kinds = [...new Set(windows.map(({ did }) => did))].sort();
  return kinds.map((kind) => `${windows.filter(({ did }) => did === kind).length} ${kind}`).join(', ');
}
