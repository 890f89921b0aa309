/**
 * The C preprocessor as kernels and Zephyr run it over device tree sources: what
 * `cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp` does, with spans that survive. Text in which no macro is
 * named is copied as it stands; only macro calls are taken apart.
 */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { lineAndColumn, type Source, type Span, textOf } from '../../bytes/source.ts';
import { isFailure, openOnPath, type SourceLoader } from '../source-loader.ts';
import { type ConditionHost, evaluateCondition } from './condition.ts';
import { Expander, type ExpansionProblem, listSource, type TokenSource } from './expand.ts';
import { BUILTIN_MACROS, builtinMacro, type Macro, readDefinition, sameMacro } from './macros.ts';
import { type Inclusion, OutputBuilder, type PreprocessedText } from './output.ts';
import { DIRECTIVES, type Directive, INCLUDES, type ScannedFile, scanFile, type TextRun } from './scan.ts';
import {
  EDGE_FREE,
  type Edge,
  edgeOf,
  lexLine,
  lexToken,
  NameTable,
  type Token,
  wouldPaste,
} from './tokens.ts';

/** GNU cpp's own limit. An include cycle ends here. */
export const MAX_INCLUDE_DEPTH = 200;
/** `#include` directives carried out for one source; a file that includes its like twice, 200 deep, must end. */
export const MAX_INCLUDES = 20_000;
/** Characters of output; the largest Linux board makes 2 MiB. */
export const MAX_OUTPUT = 64 << 20;
/** Text kept in a {@link PreprocessorCache} before it is emptied. */
const MAX_CACHED_TEXT = 16 << 20;

/** Scanned files kept between runs: boards share their headers. */
export class PreprocessorCache {
  #names = new NameTable();
  #files = new WeakMap<Source, ScannedFile>();
  #size = 0;

  /** To be called between runs: empties the cache when it has grown too large. */
  trim(): void {
    if (this.#size < MAX_CACHED_TEXT) return;
    this.#names = new NameTable();
    this.#files = new WeakMap();
    this.#size = 0;
  }

  get names(): NameTable {
    return this.#names;
  }

  scan(source: Source): ScannedFile {
    let file = this.#files.get(source);
    if (!file) {
      file = scanFile(source, this.#names);
      this.#files.set(source, file);
      this.#size += file.text.length;
    }
    return file;
  }
}

export interface PreprocessOptions {
  readonly loader?: SourceLoader | undefined;
  /** Searched for `<>`, and for `""` after the including file's own directory. */
  readonly includePaths?: readonly string[];
  /** `NAME`, `NAME=VALUE` or `NAME(ARGS)=VALUE`, besides `__DTS__`. */
  readonly defines?: readonly string[];
  readonly cache?: PreprocessorCache;
}

const DIRECTIVE_LINE = /^[ \t\f\v]*#[ \t]*([a-z_]+)/gm;

/** Whether a text has directives that dtc itself would not understand: it was written for cpp. `#line` alone dtc reads. */
export function needsPreprocessing(source: Source): boolean {
  for (const match of textOf(source).matchAll(DIRECTIVE_LINE)) {
    if (match[1] !== 'line' && DIRECTIVES.has(match[1]!)) return true;
  }
  return false;
}

/** Preprocesses a source. Problems become diagnostics `dt/…`; what could be read is returned. */
export function preprocess(
  source: Source,
  options: PreprocessOptions,
  sink: DiagnosticSink,
): PreprocessedText {
  const cache = options.cache ?? new PreprocessorCache();
  cache.trim();
  return new Preprocessor(source, options, cache, sink).run();
}

/** A file being worked through. */
interface Frame {
  readonly inclusion: Inclusion;
  readonly file: ScannedFile;
  /** The next item. */
  item: number;
  /** Where `#include_next` goes on searching: index behind the include path this file was found in. */
  readonly nextPath: number;
  /** What `#line` said: added to line numbers, and the name in place of the file's. */
  lineDelta: number;
  fileName: string;
  /** Of each conditional that is open: whether one of its groups was taken. */
  readonly taken: boolean[];
}

/** The text run being copied. */
interface Cursor {
  run: TextRun;
  /** Copied and expanded up to here. */
  at: number;
  /** Index into `run.names`. */
  name: number;
}

const PROBLEM_CODES: Readonly<Record<ExpansionProblem, string>> = {
  'too-many-tokens': 'dt/macro-limit',
  'too-deep': 'dt/macro-limit',
  'unterminated-arguments': 'dt/macro-arguments',
  'argument-count': 'dt/macro-arguments',
};

const PROBLEM_TEXTS: Readonly<Record<ExpansionProblem, string>> = {
  'too-many-tokens': 'expands without end',
  'too-deep': 'expands without end',
  'unterminated-arguments': 'is called with an argument list that does not end',
  'argument-count': 'is called with the wrong number of arguments',
};

class Preprocessor implements ConditionHost {
  readonly #main: Source;
  readonly #cache: PreprocessorCache;
  readonly #names: NameTable;
  readonly #options: PreprocessOptions;
  readonly #sink: DiagnosticSink;
  readonly #output = new OutputBuilder();
  readonly #macros: (Macro | undefined)[] = [];
  readonly #files = new Set<Source>();
  readonly #once = new Set<Source>();
  readonly #frames: Frame[] = [];
  readonly #expander: Expander;
  #includes = 0;
  #counter = 0;
  #stopped = false;
  /** Where the macro call or directive at hand stands, for messages and `__LINE__`. */
  #from = 0;
  #to = 0;

  constructor(source: Source, options: PreprocessOptions, cache: PreprocessorCache, sink: DiagnosticSink) {
    this.#main = source;
    this.#options = options;
    this.#cache = cache;
    this.#names = cache.names;
    this.#sink = sink;
    this.#expander = new Expander(
      {
        names: this.#names,
        macroOf: (name) => this.#macros[name],
        builtinText: (macro) => this.#builtinText(macro),
        problem: (problem, macro, detail) => {
          const message = `macro "${macro.name}" ${PROBLEM_TEXTS[problem]}${detail ? ` (${detail})` : ''}`;
          this.#error(PROBLEM_CODES[problem], message);
          if (problem === 'too-many-tokens' || problem === 'too-deep') this.#stopped = true;
        },
      },
      listSource([]),
    );
  }

  run(): PreprocessedText {
    for (const name of BUILTIN_MACROS) this.#macros[this.#names.numberOf(name)] = builtinMacro(name);
    const defines = [
      '__STDC__',
      '__STDC_HOSTED__',
      '__ASSEMBLER__',
      '__DTS__',
      ...(this.#options.defines ?? []),
    ];
    for (const define of defines) this.#predefine(define);
    const main: Inclusion = {
      file: this.#cache.scan(this.#main),
      parent: undefined,
      at: undefined,
      depth: 0,
    };
    this.#files.add(this.#main);
    this.#enterFile(main, 0);
    for (let frame = this.#frames.at(-1); frame && !this.#stopped; frame = this.#frames.at(-1)) {
      const item = frame.file.items[frame.item];
      if (!item) {
        this.#leaveFile(frame);
      } else {
        frame.item += 1;
        if (item.kind === 'text') this.#copyRun(frame, item);
        else this.#directive(frame, item);
      }
    }
    return this.#output.finish(main, [...this.#files]);
  }

  // ---------------------------------------------------------------- files

  #predefine(define: string): void {
    const equals = define.indexOf('=');
    const text = equals < 0 ? `${define} 1` : `${define.slice(0, equals)} ${define.slice(equals + 1)}`;
    const latin1 = Buffer.from(text, 'utf8').toString('latin1');
    const macro = readDefinition(latin1, 0, latin1.length, this.#names);
    if ('problem' in macro) {
      this.#sink.add({
        severity: 'error',
        code: 'dt/macro-definition',
        message: `${macro.problem}: ${define}`,
      });
    } else {
      this.#macros[this.#names.numberOf(macro.name)] = macro;
    }
  }

  #enterFile(inclusion: Inclusion, nextPath: number): void {
    this.#frames.push({
      inclusion,
      file: inclusion.file,
      item: 0,
      nextPath,
      lineDelta: 0,
      fileName: inclusion.file.source.name,
      taken: [],
    });
  }

  #leaveFile(frame: Frame): void {
    if (frame.taken.length > 0) {
      const end = frame.file.text.length;
      this.#from = end;
      this.#to = end;
      this.#error('dt/unterminated-conditional', 'the file ends inside a conditional: #endif is missing');
    }
    this.#frames.pop();
    if (!this.#output.atLineStart)
      this.#output.expansion(frame.inclusion, frame.file.text.length, frame.file.text.length, '', '\n');
  }

  get #frame(): Frame {
    return this.#frames.at(-1)!;
  }

  #span(): Span {
    const { file } = this.#frame;
    return {
      source: file.source,
      start: file.originalOffset(this.#from),
      end: file.originalOffset(this.#to),
    };
  }

  #report(severity: 'error' | 'warning', code: string, message: string, hint?: string): void {
    const related: { message: string; span: Span }[] = [];
    for (
      let at: Inclusion | undefined = this.#frame.inclusion;
      at?.at && related.length < 16;
      at = at.parent
    ) {
      related.push({ message: 'included from here', span: at.at });
    }
    this.#sink.add({
      severity,
      code,
      message,
      span: this.#span(),
      ...(related.length > 0 ? { related } : {}),
      ...(hint ? { hint } : {}),
    });
  }

  #error(code: string, message: string, hint?: string): void {
    this.#report('error', code, message, hint);
  }

  #builtinText(macro: Macro): string {
    const frame = this.#frame;
    const quoted = (name: string): string => `"${name.replace(/[\\"]/g, '\\$&')}"`;
    switch (macro.builtin) {
      case '__LINE__': {
        const { line } = lineAndColumn(frame.file.source, frame.file.originalOffset(this.#from));
        return String(line + frame.lineDelta);
      }
      case '__FILE__':
        return quoted(frame.fileName);
      case '__BASE_FILE__':
        return quoted(this.#main.name);
      case '__COUNTER__':
        return String(this.#counter++);
      case '__INCLUDE_LEVEL__':
        return String(frame.inclusion.depth);
      case '__DATE__':
        // What cpp says when the date is not known; the output must not depend on the day.
        return '"??? ?? ????"';
      case '__TIME__':
        return '"??:??:??"';
      default:
        return '"??? ??? ?? ??:??:?? ????"';
    }
  }

  // ---------------------------------------------------------------- text

  #copyRun(frame: Frame, run: TextRun): void {
    if (this.#output.length > MAX_OUTPUT) {
      this.#from = run.start;
      this.#to = run.start;
      this.#error('dt/too-large', `more than ${MAX_OUTPUT >> 20} MiB of preprocessed text`);
      this.#stopped = true;
      return;
    }
    const { distinct } = run;
    const macros = this.#macros;
    let any = false;
    for (let index = 0; index < distinct.length && !any; index += 1)
      any = macros[distinct[index]!] !== undefined;
    if (!any) {
      this.#output.copy(frame.inclusion, run.start, run.end);
      return;
    }
    const cursor: Cursor = { run, at: run.start, name: 0 };
    /** Edge of the last token printed by a macro, when the text goes on right behind it. */
    let edge: Edge = EDGE_FREE;
    while (cursor.name < cursor.run.names.length && !this.#stopped) {
      const { names } = cursor.run;
      const start = names[cursor.name + 1]!;
      const macro = macros[names[cursor.name]!];
      if (!macro || start < cursor.at) {
        cursor.name += 3;
        continue;
      }
      const touching = start === cursor.at && edge !== EDGE_FREE;
      if (!touching) {
        this.#copyText(frame, cursor, start, edge);
        edge = names[cursor.name + 2]!;
      }
      cursor.name += 3;
      edge = this.#expandAt(frame, cursor, macro, start, edge, touching);
    }
    this.#copyText(frame, cursor, cursor.run.end, edge);
  }

  /** Copies up to `to`, with a space first if the text would otherwise grow together with what a macro printed. */
  #copyText(frame: Frame, cursor: Cursor, to: number, edge: Edge): void {
    if (to > cursor.at && edge !== EDGE_FREE) {
      const next = lexToken(frame.file.text, cursor.at, to, this.#names, false);
      if (!next.white && next.kind !== 'end' && wouldPaste(edge, next.kind, next.text)) {
        this.#output.expansion(frame.inclusion, cursor.at, cursor.at, '', ' ');
      }
    }
    this.#output.copy(frame.inclusion, cursor.at, to);
    cursor.at = to;
  }

  /**
   * Expands the macro named at `start`; gives the edge of the last token printed.
   * @param edge of what was printed right before @param touching that was made by a macro, too
   */
  #expandAt(frame: Frame, cursor: Cursor, macro: Macro, start: number, edge: Edge, touching: boolean): Edge {
    const nameEnd = start + macro.name.length;
    this.#from = start;
    this.#to = nameEnd;
    if (macro.plain !== undefined) {
      const first = macro.body[0]!;
      const text = wouldPaste(edge, first.kind, first.text) ? ` ${macro.plain}` : macro.plain;
      this.#output.expansion(frame.inclusion, start, nameEnd, macro.name, text);
      cursor.at = nameEnd;
      return macro.lastEdge;
    }
    const source = this.#runSource(frame, cursor, nameEnd);
    const expander = this.#expander;
    expander.base = source;
    const invocation: Token = {
      kind: 'name',
      text: macro.name,
      name: this.#names.numberOf(macro.name),
      white: false,
      start,
      end: nameEnd,
    };
    if (!expander.enter(macro, invocation)) {
      expander.reset();
      const space = touching && wouldPaste(edge, 'name', macro.name) ? ' ' : '';
      this.#output.expansion(frame.inclusion, start, nameEnd, macro.name, space + macro.name);
      cursor.at = source.mark();
      // Nothing was expanded: what follows stands to the name as it did.
      return EDGE_FREE;
    }
    const printed = this.#print(expander, invocation, edge);
    expander.reset();
    cursor.at = source.mark();
    const to = cursor.at > start ? cursor.at : nameEnd;
    this.#output.expansion(frame.inclusion, start, to, macro.name, printed.text);
    return printed.edge;
  }

  /** What the expansion prints, with a space exactly where GNU cpp has one (c-ppoutput.cc, scan_translation_unit). */
  #print(expander: Expander, invocation: Token, before: Edge): { text: string; edge: Edge } {
    let text = '';
    let edge = before;
    let avoidPaste = true;
    let origin: Token | undefined = invocation;
    while (!expander.atBase) {
      const token = expander.next();
      if (token.kind === 'padding') {
        avoidPaste = true;
        if (!origin || (!origin.white && token.origin === undefined)) origin = token.origin;
        continue;
      }
      if (token.kind === 'end') break;
      const space = avoidPaste
        ? (origin ?? token).white || wouldPaste(edge, token.kind, token.text)
        : token.white;
      text += space ? ` ${token.text}` : token.text;
      if (text.length > MAX_OUTPUT) {
        this.#error('dt/too-large', `more than ${MAX_OUTPUT >> 20} MiB of preprocessed text`);
        this.#stopped = true;
        break;
      }
      avoidPaste = false;
      origin = undefined;
      edge = edgeOf(token.kind, token.text);
    }
    return { text, edge };
  }

  /** Tokens of the text from `from` on. Inside an argument list it goes on in the next run, past directives. */
  #runSource(frame: Frame, cursor: Cursor, from: number): TokenSource {
    let at = from;
    let inArguments = false;
    const next = (): Token => {
      for (;;) {
        const token = lexToken(frame.file.text, at, cursor.run.end, this.#names, true);
        if (token.kind !== 'end') {
          at = token.end;
          this.#to = at;
          return token;
        }
        const following = inArguments ? this.#nextRun(frame) : undefined;
        if (!following) return token;
        cursor.run = following;
        cursor.name = 0;
        at = following.start;
      }
    };
    return {
      next,
      mark: () => at,
      back: (mark) => {
        at = mark;
        this.#to = mark;
      },
      enterArguments: () => {
        inArguments = true;
      },
      leaveArguments: () => {
        inArguments = false;
      },
    };
  }

  /** The next text run of the same file; directives before it are carried out, except that nothing is included. */
  #nextRun(frame: Frame): TextRun | undefined {
    const from = this.#from;
    const to = this.#to;
    for (
      let item = frame.file.items[frame.item];
      item && !this.#stopped;
      item = frame.file.items[frame.item]
    ) {
      frame.item += 1;
      if (item.kind === 'text') {
        this.#from = from;
        this.#to = to;
        return item;
      }
      if (INCLUDES.has(item.name)) {
        this.#setPlace(item);
        this.#error('dt/macro-arguments', `#${item.name} inside the arguments of a macro`);
      } else {
        this.#directive(frame, item);
      }
    }
    return undefined;
  }

  // ---------------------------------------------------------------- directives

  #setPlace(directive: Directive): void {
    this.#from = directive.start;
    this.#to = directive.bodyEnd;
  }

  #directive(frame: Frame, directive: Directive): void {
    this.#setPlace(directive);
    const { text } = frame.file;
    switch (directive.name) {
      case 'define':
        this.#define(text, directive);
        return;
      case 'undef':
        this.#undefine(this.#macroName(text, directive));
        return;
      case 'if':
      case 'ifdef':
      case 'ifndef':
        frame.taken.push(false);
        this.#group(frame, directive);
        return;
      case 'elif':
      case 'elifdef':
      case 'elifndef':
      case 'else':
      case 'endif':
        this.#nextGroup(frame, directive);
        return;
      case 'include':
      case 'include_next':
      case 'import':
        this.#include(frame, directive);
        return;
      case 'line':
        this.#line(frame, directive);
        return;
      case 'error':
        this.#error('dt/error-directive', `#error${this.#bodyText(text, directive)}`);
        return;
      case 'warning':
        this.#report('warning', 'dt/warning-directive', `#warning${this.#bodyText(text, directive)}`);
        return;
      case 'pragma':
        if (this.#bodyText(text, directive).trim() === 'once') this.#once.add(frame.file.source);
        return;
      case 'assert':
      case 'unassert':
        this.#report('warning', 'dt/unsupported-directive', `#${directive.name} is not supported`);
        return;
      default:
        // The null directive, #ident and #sccs say nothing about a device tree.
        return;
    }
  }

  #bodyText(text: string, directive: Directive): string {
    return text.slice(directive.bodyStart, directive.bodyEnd).replace(/\s+/g, ' ').trimEnd();
  }

  #define(text: string, directive: Directive): void {
    if (directive.macro === undefined) {
      const macro = readDefinition(text, directive.bodyStart, directive.bodyEnd, this.#names);
      if ('problem' in macro) {
        this.#error('dt/macro-definition', macro.problem);
        directive.macro = null;
      } else {
        directive.macro = macro;
      }
    }
    const { macro } = directive;
    if (!macro) return;
    const name = this.#names.numberOf(macro.name);
    const before = this.#macros[name];
    if (before && !sameMacro(before, macro)) {
      this.#report('warning', 'dt/macro-redefined', `"${macro.name}" redefined`);
    }
    this.#macros[name] = macro;
  }

  #macroName(text: string, directive: Directive): Token | undefined {
    const token = lexToken(text, directive.bodyStart, directive.bodyEnd, this.#names, false);
    if (token.kind === 'name') return token;
    this.#error('dt/directive', `#${directive.name} needs a macro name`);
    return undefined;
  }

  #undefine(name: Token | undefined): void {
    if (name) this.#macros[name.name] = undefined;
  }

  /** Decides whether the group that `directive` opens is read; if not, goes to the next one. */
  #group(frame: Frame, directive: Directive): void {
    if (this.#holds(frame, directive)) {
      frame.taken[frame.taken.length - 1] = true;
    } else {
      this.#skipTo(frame, directive.next);
    }
  }

  #skipTo(frame: Frame, next: number): void {
    // Without a next group the file ends inside the conditional, which leaving the file reports.
    frame.item = next < 0 ? frame.file.items.length : next;
  }

  /** Reached by reading the group before, or by skipping to here. */
  #nextGroup(frame: Frame, directive: Directive): void {
    if (directive.stray || frame.taken.length === 0) {
      this.#error('dt/stray-conditional', `#${directive.name} without #if`);
    } else if (directive.name === 'endif') {
      frame.taken.pop();
    } else if (frame.taken.at(-1)) {
      this.#skipTo(frame, directive.next);
    } else {
      this.#group(frame, directive);
    }
  }

  #holds(frame: Frame, directive: Directive): boolean {
    const { text } = frame.file;
    switch (directive.name) {
      case 'else':
        return true;
      case 'ifdef':
      case 'elifdef':
      case 'ifndef':
      case 'elifndef': {
        const name = this.#macroName(text, directive);
        if (!name) return false;
        return (this.#macros[name.name] !== undefined) === directive.name.endsWith('ifdef');
      }
      default: {
        const tokens = lexLine(text, directive.bodyStart, directive.bodyEnd, this.#names);
        const result = evaluateCondition(this.#directiveExpander(tokens), this);
        if ('truth' in result) return result.truth;
        this.#error('dt/condition', result.problem);
        return false;
      }
    }
  }

  #directiveExpander(tokens: readonly Token[]): Expander {
    const expander = new Expander(
      {
        names: this.#names,
        macroOf: (name) => this.#macros[name],
        builtinText: (macro) => this.#builtinText(macro),
        problem: (problem, macro) =>
          this.#error(PROBLEM_CODES[problem], `macro "${macro.name}" ${PROBLEM_TEXTS[problem]}`),
      },
      listSource(tokens),
    );
    expander.inDirective = true;
    return expander;
  }

  isDefined(name: string): boolean {
    return this.#macros[this.#names.numberOf(name)] !== undefined || name.startsWith('__has_include');
  }

  hasInclude(name: string, form: 'quote' | 'angle', next: boolean): boolean {
    return this.#find(name, form, next) !== undefined;
  }

  #line(frame: Frame, directive: Directive): void {
    const tokens = this.#expandedLine(frame.file.text, directive);
    const [number, name] = tokens;
    if (!number || !/^[0-9]+$/.test(number.text)) {
      this.#error('dt/directive', '#line needs a line number');
      return;
    }
    const { line } = lineAndColumn(frame.file.source, frame.file.originalOffset(directive.start));
    frame.lineDelta = Number.parseInt(number.text, 10) - line - 1;
    if (name?.kind === 'string') frame.fileName = name.text.slice(1, -1);
  }

  #expandedLine(text: string, directive: Directive): Token[] {
    const expander = this.#directiveExpander(
      lexLine(text, directive.bodyStart, directive.bodyEnd, this.#names),
    );
    const tokens: Token[] = [];
    for (let token = expander.next(); token.kind !== 'end'; token = expander.next()) tokens.push(token);
    return tokens;
  }

  // ---------------------------------------------------------------- #include

  /** The name a `#include` gives, macros expanded if it is neither `"…"` nor `<…>` as it stands. */
  #includeName(text: string, directive: Directive): { name: string; form: 'quote' | 'angle' } | undefined {
    const body = text.slice(directive.bodyStart, directive.bodyEnd).replace(/^(?:\s|\/\*[\s\S]*?\*\/)+/, '');
    const direct = /^"([^"\n]*)"|^<([^>\n]*)>/.exec(body);
    if (direct) {
      return direct[1] !== undefined
        ? { name: direct[1], form: 'quote' }
        : { name: direct[2]!, form: 'angle' };
    }
    const tokens = this.#expandedLine(text, directive);
    const first = tokens[0];
    if (first?.kind === 'string' && first.text.startsWith('"'))
      return { name: first.text.slice(1, -1), form: 'quote' };
    const close = tokens.findIndex((token) => token.text === '>');
    if (first?.text === '<' && close > 0) {
      const inner = tokens.slice(1, close);
      return {
        name: inner
          .map((token) => (token.white ? ` ${token.text}` : token.text))
          .join('')
          .trim(),
        form: 'angle',
      };
    }
    return undefined;
  }

  #find(
    name: string,
    form: 'quote' | 'angle',
    next: boolean,
  ): { source: Source; nextPath: number } | undefined {
    const found = this.#search(name, form, next);
    return 'source' in found ? found : undefined;
  }

  #search(
    name: string,
    form: 'quote' | 'angle',
    next: boolean,
  ): { source: Source; nextPath: number } | { reason: string; text: string } {
    const { loader, includePaths = [] } = this.#options;
    if (!loader) return { reason: 'refused', text: 'no other file may be opened' };
    const frame = this.#frame;
    const firstPath = next ? frame.nextPath : 0;
    const paths = firstPath > 0 ? includePaths.slice(firstPath) : includePaths;
    const from = form === 'quote' && !next ? frame.file.source.name : undefined;
    let tried = 0;
    const opened = openOnPath(name, from, paths, (path) => {
      tried += 1;
      return loader.open(path);
    });
    if (isFailure(opened)) return opened;
    const nextPath = firstPath + tried - (from === undefined ? 0 : 1);
    return { source: opened, nextPath };
  }

  #include(frame: Frame, directive: Directive): void {
    const wanted = this.#includeName(frame.file.text, directive);
    if (!wanted) {
      this.#error('dt/directive', `#${directive.name} expects "FILENAME" or <FILENAME>`);
      return;
    }
    const found = this.#search(wanted.name, wanted.form, directive.name === 'include_next');
    if (!('source' in found)) {
      const code = found.reason === 'refused' ? 'dt/include-refused' : 'dt/include-missing';
      this.#error(code, `can't open "${wanted.name}": ${found.text}`);
      // Going on without the file would only bury this message under what it should have defined.
      this.#stopped = true;
      return;
    }
    if (this.#once.has(found.source)) return;
    if (directive.name === 'import') this.#once.add(found.source);
    const { depth } = frame.inclusion;
    if (depth + 1 >= MAX_INCLUDE_DEPTH) {
      this.#error(
        'dt/include-depth',
        `#include nested ${MAX_INCLUDE_DEPTH} deep: does the file include itself?`,
      );
      this.#stopped = true;
      return;
    }
    this.#includes += 1;
    if (this.#includes > MAX_INCLUDES) {
      this.#error('dt/include-depth', `more than ${MAX_INCLUDES} files included`);
      this.#stopped = true;
      return;
    }
    this.#files.add(found.source);
    const file = this.#cache.scan(found.source);
    this.#enterFile({ file, parent: frame.inclusion, at: this.#span(), depth: depth + 1 }, found.nextPath);
  }
}
