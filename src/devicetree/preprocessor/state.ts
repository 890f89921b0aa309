/** The state that the parts of the preprocessor share for one source: macros, open files, output, diagnostics. */
import type { DiagnosticSink, RelatedPlace } from '../../bytes/diagnostic.ts';
import { lineAndColumn, type Source, type Span } from '../../bytes/source.ts';
import { type ArgsOf, type Code, finding } from '../../findings/finding.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import type { SourceLoader } from '../source/source-loader.ts';
import type { PreprocessorCache } from './cache.ts';
import { Expander, type ExpansionHost, type ExpansionProblem, listSource, type Spent } from './expand.ts';
import { BUILTIN_MACROS, builtinMacro, type Macro, readDefinition } from './macros.ts';
import { type Inclusion, OutputBuilder } from './output.ts';
import type { Directive, ScannedFile } from './scan.ts';
import { dateText, timestampText, timeText } from './times.ts';
import type { NameTable, Token } from './tokens.ts';

/** Files of an include stack that a diagnostic names. */
const MAX_STACK_NAMED = 16;

export interface PreprocessOptions {
  readonly loader?: SourceLoader | undefined;
  /** Searched for `<>`, and for `""` after the including file's own directory. */
  readonly includePaths?: readonly string[];
  /** `NAME`, `NAME=VALUE` or `NAME(ARGS)=VALUE`, besides `__DTS__`. */
  readonly defines?: readonly string[];
  readonly cache?: PreprocessorCache;
}

/** A file being processed. */
export interface Frame {
  readonly inclusion: Inclusion;
  readonly file: ScannedFile;
  /** Index of the next item. */
  item: number;
  /** Where `#include_next` continues: index of the include path after the one that this file was found in. */
  readonly nextPath: number;
  /** The effect of `#line`: a number added to line numbers, and the name used instead of the file's. */
  lineDelta: number;
  fileName: string;
  /** For each open conditional: whether one of its groups was taken. */
  readonly taken: boolean[];
}

/** What a macro may do wrong: in its expansion, or by making too much of what is counted. */
type MacroProblem = ExpansionProblem | Spent;

const PROBLEM_CODES: Readonly<Record<MacroProblem, 'dt/macro-limit' | 'dt/macro-arguments'>> = {
  'macro-tokens': 'dt/macro-limit',
  'macro-characters': 'dt/macro-limit',
  'too-deep': 'dt/macro-limit',
  'unterminated-arguments': 'dt/macro-arguments',
  'argument-count': 'dt/macro-arguments',
};

const PROBLEM_TEXTS: Readonly<Record<MacroProblem, string>> = {
  'macro-tokens': 'expands without end',
  'macro-characters': 'makes the expansion of all macros too long',
  'too-deep': 'expands without end',
  'unterminated-arguments': 'is called with an unterminated argument list',
  'argument-count': 'is called with the wrong number of arguments',
};

/** Predefined as 1 for every source. */
const ALWAYS_DEFINED = ['__STDC__', '__STDC_HOSTED__', '__ASSEMBLER__', '__DTS__'];

export class PreprocessorState {
  readonly main: Source;
  readonly cache: PreprocessorCache;
  readonly names: NameTable;
  readonly options: PreprocessOptions;
  readonly output = new OutputBuilder();
  readonly macros: (Macro | undefined)[] = [];
  readonly files = new Set<Source>();
  /** Files that are not to be included again. */
  readonly once = new Set<Source>();
  readonly frames: Frame[] = [];
  /** Set after an error that later ones would only bury; nothing more is read. */
  stopped = false;
  /** The current macro invocation or directive, [from, to), for diagnostics and `__LINE__`. */
  from = 0;
  to = 0;
  readonly #sink: DiagnosticSink;
  #counter = 0;
  readonly #spent = { 'macro-tokens': 0, 'macro-characters': 0 };

  constructor(main: Source, options: PreprocessOptions, cache: PreprocessorCache, sink: DiagnosticSink) {
    this.main = main;
    this.options = options;
    this.cache = cache;
    this.names = cache.names;
    this.#sink = sink;
    for (const name of BUILTIN_MACROS) this.macros[this.names.numberOf(name)] = builtinMacro(name);
    for (const define of [...ALWAYS_DEFINED, ...(options.defines ?? [])]) this.#predefine(define);
  }

  #predefine(define: string): void {
    const equals = define.indexOf('=');
    const text = equals < 0 ? `${define} 1` : `${define.slice(0, equals)} ${define.slice(equals + 1)}`;
    const latin1 = Buffer.from(text, 'utf8').toString('latin1');
    const macro = readDefinition(latin1, 0, latin1.length, this.names);
    if ('problem' in macro) {
      this.#sink.add(finding('dt/macro-definition', { problem: `${macro.problem}: ${define}` }));
    } else {
      this.macros[this.names.numberOf(macro.name)] = macro;
    }
  }

  enterFile(inclusion: Inclusion, nextPath: number): void {
    this.frames.push({
      inclusion,
      file: inclusion.file,
      item: 0,
      nextPath,
      lineDelta: 0,
      fileName: inclusion.file.source.name,
      taken: [],
    });
  }

  leaveFile(frame: Frame): void {
    if (frame.taken.length > 0) {
      const end = frame.file.text.length;
      this.from = end;
      this.to = end;
      this.report('dt/unterminated-conditional', {});
    }
    this.frames.pop();
    if (!this.output.atLineStart)
      this.output.expansion(frame.inclusion, frame.file.text.length, frame.file.text.length, '', '\n');
  }

  get frame(): Frame {
    return this.frames.at(-1)!;
  }

  setPlace(directive: Directive): void {
    this.from = directive.start;
    this.to = directive.bodyEnd;
  }

  span(): Span {
    const { file } = this.frame;
    return {
      source: file.source,
      start: file.originalOffset(this.from),
      end: file.originalOffset(this.to),
    };
  }

  report<C extends Code>(code: C, args: ArgsOf<C>): void {
    const related: RelatedPlace[] = [];
    for (
      let at: Inclusion | undefined = this.frame.inclusion;
      at?.at && related.length < MAX_STACK_NAMED;
      at = at.parent
    ) {
      related.push({ what: 'included-from', span: at.at });
    }
    this.#sink.add(finding(code, args, { span: this.span(), ...(related.length > 0 ? { related } : {}) }));
  }

  /**
   * Takes so much from what all macros of this source together may make. Too much is told, and is the end of everything:
   * what is spent stays spent.
   */
  spend(what: Spent, macro: Macro, amount: number): boolean {
    this.#spent[what] += amount;
    if (this.#spent[what] <= limit(what)) return true;
    this.#macroProblem(what, macro, moreThan(what));
    this.stopped = true;
    return false;
  }

  /** Tells of what a macro does wrong, unless all has stopped already. */
  #macroProblem(problem: MacroProblem, macro: Macro, detail: string): void {
    if (this.stopped) return;
    const text = `macro "${macro.name}" ${PROBLEM_TEXTS[problem]}${detail ? ` (${detail})` : ''}`;
    this.report(PROBLEM_CODES[problem], { problem: text });
  }

  /** An expander of macros. @param stops as in {@link macroProblem} */
  expander(stops: boolean): Expander {
    const host: ExpansionHost = {
      names: this.names,
      macroOf: (name) => this.macros[name],
      builtinText: (macro) => this.#builtinText(macro),
      spend: (what, macro, amount) => this.spend(what, macro, amount),
      problem: (problem, macro, detail) => {
        this.#macroProblem(problem, macro, detail);
        if (stops && problem === 'too-deep') this.stopped = true;
      },
    };
    return new Expander(host, listSource([]));
  }

  /** An expander of the tokens of a directive's line. */
  directiveExpander(tokens: readonly Token[]): Expander {
    const expander = this.expander(false);
    expander.base = listSource(tokens);
    expander.inDirective = true;
    return expander;
  }

  #builtinText(macro: Macro): string {
    const frame = this.frame;
    const quoted = (name: string): string => `"${name.replace(/[\\"]/g, '\\$&')}"`;
    switch (macro.builtin) {
      case '__LINE__': {
        const { line } = lineAndColumn(frame.file.source, frame.file.originalOffset(this.from));
        return String(line + frame.lineDelta);
      }
      case '__FILE__':
        return quoted(frame.fileName);
      case '__BASE_FILE__':
        return quoted(this.main.name);
      case '__COUNTER__':
        return String(this.#counter++);
      case '__INCLUDE_LEVEL__':
        return String(frame.inclusion.depth);
      case '__DATE__':
        return dateText(this.options.loader?.clock);
      case '__TIME__':
        return timeText(this.options.loader?.clock);
      default:
        return timestampText(this.options.loader?.clock, frame.file.source.name);
    }
  }
}
