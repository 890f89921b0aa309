/**
 * The preprocessor: `#include`, `#define` with and without parameters, `#if` and so on, and ASL's `Include`. It works on
 * tokens, so a macro never joins or splits words, and every token has its position. The directives are those of iasl
 * (its user guide, "Preprocessor"); `#12 "file"` lines of a C preprocessor are skipped.
 */

import type { DiagnosticSink } from '../../../bytes/diagnostic.ts';
import type { Source } from '../../../bytes/source.ts';
import { latin1Bytes } from '../../../bytes/text-encoding.ts';
import { finding, type ProblemCode } from '../../../findings/finding.ts';
import { limit, limitText, moreThan } from '../../../limits/limits.ts';
import { type AslFiles, NO_FILES } from './files.ts';
import { AslLexer } from './lexer.ts';
import { PositionMap, type Token } from './token.ts';

interface Macro {
  /** `undefined` for an object-like macro. */
  readonly parameters?: readonly string[];
  readonly body: readonly Token[];
}

interface Condition {
  /** The current branch is compiled. */
  active: boolean;
  /** No further branch of this `#if` is compiled: one was, or an enclosing one is not. */
  settled: boolean;
  readonly at: Token;
}

interface OpenFile {
  readonly source: Source;
  readonly base: number;
  readonly lexer: AslLexer;
  readonly name: string;
}

export interface PreprocessorOptions {
  readonly files?: AslFiles;
  /** Predefined macros, as with `-D NAME=text`. */
  readonly defines?: Readonly<Record<string, string>>;
}

/** All tokens of a text with files included and macros expanded; the last one is `end`. */
export function preprocess(
  source: Source,
  sink: DiagnosticSink,
  options: PreprocessorOptions = {},
): { readonly tokens: readonly Token[]; readonly positions: PositionMap } {
  const preprocessor = new Preprocessor(sink, options);
  return { tokens: preprocessor.run(source), positions: preprocessor.positions };
}

class Preprocessor {
  readonly positions = new PositionMap();
  readonly #sink: DiagnosticSink;
  readonly #files: AslFiles;
  readonly #macros = new Map<string, Macro>();
  readonly #open: OpenFile[] = [];
  readonly #conditions: Condition[] = [];
  readonly #output: Token[] = [];
  /** Tokens from macro expansions at all levels. */
  #expanded = 0;
  #deepTold = false;

  constructor(sink: DiagnosticSink, options: PreprocessorOptions) {
    this.#sink = sink;
    this.#files = options.files ?? NO_FILES;
    for (const [name, text] of Object.entries(options.defines ?? {})) {
      const source: Source = { name: `<define ${name}>`, form: 'text', bytes: latin1Bytes(text) };
      this.#macros.set(name, { body: this.#tokensOf(source, this.positions.add(source)) });
    }
  }

  run(source: Source): readonly Token[] {
    this.#push(source);
    let last: Token | undefined;
    for (let file = this.#open.at(-1); file !== undefined; file = this.#open.at(-1)) {
      const token = this.#active ? file.lexer.next() : file.lexer.nextDirective();
      last = token;
      if (token.kind === 'end') this.#open.pop();
      else if (token.kind === 'directive') this.#directive(token, file);
      else this.#pass(token, () => file.lexer.next());
      if (this.#output.length > limit('asl-tokens')) {
        this.#report('acpi/asl-too-long', `${moreThan('asl-tokens')}: reading stops here`, token);
        break;
      }
    }
    for (const condition of this.#conditions) {
      this.#report('acpi/asl-if-without-endif', '#if without #endif', condition.at);
    }
    return [...this.#output, { kind: 'end', text: '', start: last?.start ?? 0, end: last?.end ?? 0 }];
  }

  get #active(): boolean {
    return this.#conditions.at(-1)?.active ?? true;
  }

  #push(source: Source): void {
    const base = this.positions.add(source);
    this.#open.push({ source, base, lexer: new AslLexer(source, { base }), name: source.name });
  }

  #report(code: ProblemCode, problem: string, at: Token): void {
    this.#sink.add(finding(code, { problem }, { span: this.positions.spanOf(at.start, at.end) }));
  }

  #tokensOf(source: Source, base: number, start = 0, end = source.bytes.length): Token[] {
    const lexer = new AslLexer(source, { base, start, end, directives: false });
    const tokens: Token[] = [];
    for (let token = lexer.next(); token.kind !== 'end'; token = lexer.next()) {
      // The backslash of a continued directive line is a token.
      if (token.kind !== 'path' || token.text !== '\\' || !token.spaced) tokens.push(token);
    }
    return tokens;
  }

  /** Processes one token outside of directives: expands macros and `Include ("file")`, outputs any other. */
  #pass(token: Token, next: () => Token): void {
    if (token.kind === 'word' && this.#macros.has(token.text)) {
      const pending = this.#expand(token, token, next, []);
      for (const made of pending.tokens) this.#output.push(made);
      if (pending.rest !== undefined) this.#passOrDirective(pending.rest, next);
      return;
    }
    if (token.kind === 'word' && /^include$/i.test(token.text)) {
      const [open, name, close] = [next(), next(), next()];
      if (open.text === '(' && name.kind === 'string' && close.text === ')') this.#include(name.text, token);
      else this.#report('acpi/asl-syntax', 'Include needs a file name: Include ("file")', token);
      return;
    }
    this.#output.push(token);
  }

  #passOrDirective(token: Token, next: () => Token): void {
    const file = this.#open.at(-1);
    if (token.kind === 'directive' && file !== undefined) this.#directive(token, file);
    else if (token.kind === 'end') this.#open.pop();
    else this.#pass(token, next);
  }

  /**
   * Expands a macro. `rest` is the token that was read to find out that no argument list follows.
   * @param use the name of the outermost macro: all tokens of the expansion get its position
   * @param active macros being expanded, which are not expanded again inside themselves
   */
  #expand(
    name: Token,
    use: Token,
    next: () => Token,
    active: readonly string[],
  ): { readonly tokens: Token[]; readonly rest?: Token } {
    const macro = this.#macros.get(name.text)!;
    const place = { start: use.start, end: use.end };
    if (macro.parameters === undefined)
      return { tokens: this.#rescan(macro.body, use, [...active, name.text]) };
    const open = next();
    if (open.text !== '(' || open.kind !== 'punctuator')
      return { tokens: [{ ...name, ...place }], rest: open };
    const given: Token[][] = [[]];
    for (let depth = 1; ; ) {
      const token = next();
      if (token.kind === 'end' || token.kind === 'directive') {
        this.#report('acpi/asl-macro', `unterminated argument list of ${name.text}`, use);
        return { tokens: [], rest: token };
      }
      if (token.kind === 'punctuator') {
        if (token.text === '(') depth += 1;
        if (token.text === ')') depth -= 1;
        if (depth === 0) break;
        if (token.text === ',' && depth === 1) {
          given.push([]);
          continue;
        }
      }
      given.at(-1)!.push(token);
    }
    const { parameters } = macro;
    const count = parameters.length === 0 && given.length === 1 && given[0]!.length === 0 ? 0 : given.length;
    if (count !== parameters.length) {
      const message = `${name.text} takes ${parameters.length} arguments, not ${count}`;
      this.#report('acpi/asl-macro', message, use);
    }
    // Arguments are expanded before substitution, where the macro itself is not active yet.
    const expanded = given.map((tokens) => this.#rescan(tokens, use, active));
    const body = macro.body.flatMap((token) => {
      const index = token.kind === 'word' ? parameters.indexOf(token.text) : -1;
      return index < 0 ? [token] : (expanded[index] ?? []);
    });
    return { tokens: this.#rescan(body, use, [...active, name.text]) };
  }

  /** Expands the macros in a replacement list, except for active ones. */
  #rescan(body: readonly Token[], use: Token, active: readonly string[]): Token[] {
    const result: Token[] = [];
    let at = 0;
    const next = (): Token => body[at++] ?? { kind: 'end', text: '', start: use.start, end: use.end };
    for (let token = next(); token.kind !== 'end'; token = next()) {
      for (let current: Token | undefined = token; current !== undefined && current.kind !== 'end'; ) {
        const again: boolean =
          current.kind === 'word' && this.#macros.has(current.text) && !active.includes(current.text);
        if (again && active.length < limit('asl-macro-depth')) {
          const expanded: { readonly tokens: Token[]; readonly rest?: Token } = this.#expand(
            current,
            use,
            next,
            active,
          );
          for (const item of expanded.tokens) result.push(item);
          current = expanded.rest;
        } else {
          if (again && !this.#deepTold) {
            this.#deepTold = true;
            this.#report(
              'acpi/asl-too-long',
              `macros are nested ${moreThan('asl-macro-depth')}: deeper ones are not expanded`,
              use,
            );
          }
          result.push({ ...current, start: use.start, end: use.end });
          current = undefined;
        }
        this.#expanded += 1;
        if (this.#expanded > limit('asl-macro-tokens')) {
          if (this.#expanded === limit('asl-macro-tokens') + 1) {
            const message = `macros expand to ${moreThan('asl-macro-tokens')}: the rest is left out`;
            this.#report('acpi/asl-too-long', message, use);
          }
          return result;
        }
      }
    }
    return result;
  }

  #directive(token: Token, file: OpenFile): void {
    const start = token.start - file.base + 1;
    const words = this.#tokensOf(file.source, file.base, start, token.end - file.base);
    const [head, ...rest] = words;
    if (head === undefined) return;
    const name = head.text.toLowerCase();
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') {
      const active = this.#active && this.#test(name, rest, token);
      this.#conditions.push({ active, settled: active || !this.#active, at: token });
      return;
    }
    if (name === 'elif' || name === 'else') {
      const condition = this.#conditions.at(-1);
      if (condition === undefined) {
        this.#report('acpi/asl-if', `#${name} without #if`, token);
        return;
      }
      condition.active = !condition.settled && (name === 'else' || this.#test('if', rest, token));
      condition.settled ||= condition.active;
      return;
    }
    if (name === 'endif') {
      if (this.#conditions.pop() === undefined) this.#report('acpi/asl-if', '#endif without #if', token);
      return;
    }
    if (!this.#active) return;
    switch (name) {
      case 'define':
        this.#define(rest, token);
        return;
      case 'undef':
        if (rest[0] !== undefined) this.#macros.delete(rest[0].text);
        return;
      case 'include': {
        const quoted = /^\s*include\s*(?:"([^"]*)"|<([^>]*)>)/i.exec(token.text);
        const path = quoted?.[1] ?? quoted?.[2];
        if (path !== undefined) {
          this.#include(path, token);
          return;
        }
        this.#report('acpi/asl-directive', '#include needs a file name in quotes', token);
        return;
      }
      case 'includebuffer':
        this.#includeBuffer(token);
        return;
      case 'error':
        this.#report('acpi/asl-error-directive', token.text.trim(), token);
        return;
      case 'warning':
        this.#report('acpi/asl-warning-directive', token.text.trim(), token);
        return;
      case 'line':
      case 'pragma':
        return;
      default:
        if (head.kind === 'integer') return;
        this.#report('acpi/asl-directive', `unknown directive #${head.text}`, token);
    }
  }

  #define(words: readonly Token[], at: Token): void {
    const [name, ...rest] = words;
    if (name === undefined || name.kind !== 'word') {
      this.#report('acpi/asl-directive', '#define needs a name', at);
      return;
    }
    // A `(` directly after the name begins a parameter list, after white space it belongs to the replacement list.
    if (rest[0]?.text !== '(' || rest[0].start !== name.end) {
      this.#macros.set(name.text, { body: rest });
      return;
    }
    const close = rest.findIndex((token) => token.text === ')');
    const list = rest.slice(1, close < 0 ? rest.length : close);
    const wellFormed = list.every((token, index) =>
      index % 2 === 0 ? token.kind === 'word' : token.text === ',',
    );
    if (close < 0 || !wellFormed) {
      this.#report('acpi/asl-directive', `the parameter list of ${name.text} is not a list of names`, at);
      return;
    }
    const parameters = list.filter((token) => token.kind === 'word').map((token) => token.text);
    this.#macros.set(name.text, { parameters, body: rest.slice(close + 1) });
  }

  #include(name: string, at: Token): void {
    if (this.#open.length >= limit('asl-include-depth')) {
      const message = `includes are nested ${moreThan('asl-include-depth')}`;
      this.#report('acpi/asl-include', message, at);
      return;
    }
    const found = this.#files.open(name, this.positions.sourceAt(at.start)!.source);
    if ('reason' in found) this.#report('acpi/asl-include', `${name}: ${found.reason}`, at);
    else this.#push(found);
  }

  /** `#includebuffer "file" NAME`: the file's bytes as `Name (NAME, Buffer () {…})`. */
  #includeBuffer(at: Token): void {
    const [, path, name] = /^\s*includebuffer\s*[<"]([^">]*)[">]\s*([A-Za-z_]\w*)/i.exec(at.text) ?? [];
    if (path === undefined || name === undefined) {
      this.#report('acpi/asl-directive', '#includebuffer needs a file and a name', at);
      return;
    }
    const found = this.#files.open(path, this.positions.sourceAt(at.start)!.source);
    if ('reason' in found) {
      this.#report('acpi/asl-include', `${path}: ${found.reason}`, at);
      return;
    }
    const bytes = Array.from(found.bytes, (byte) => byte.toString()).join(',');
    const text = `Name(${name},Buffer(){${bytes}})`;
    const lexer = new AslLexer({ name: path, form: 'text', bytes: latin1Bytes(text) });
    for (let token = lexer.next(); token.kind !== 'end'; token = lexer.next()) {
      this.#output.push({ ...token, start: at.start, end: at.end });
    }
  }

  #test(kind: 'if' | 'ifdef' | 'ifndef', words: readonly Token[], at: Token): boolean {
    if (kind !== 'if') return this.#macros.has(words[0]?.text ?? '') === (kind === 'ifdef');
    const macros = this.#macros;
    // The operand of `defined` is not expanded.
    const prepared: Token[] = [];
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index]!;
      if (word.text !== 'defined') {
        prepared.push(word);
        continue;
      }
      const bracketed = words[index + 1]?.text === '(';
      const name = words[index + (bracketed ? 2 : 1)];
      prepared.push({ ...word, kind: 'integer', text: '', value: macros.has(name?.text ?? '') ? 1n : 0n });
      index += bracketed ? 3 : 1;
    }
    const value = evaluate(this.#rescan(prepared, at, []));
    if (value === undefined) {
      const isDeep = words.length > limit('condition-depth');
      const message = `#if needs an integer expression${isDeep ? `, nested no deeper than ${limitText('condition-depth')}` : ''}`;
      this.#report('acpi/asl-directive', message, at);
    }
    return (value ?? 0n) !== 0n;
  }
}

/** C's binary operators on 64-bit unsigned integers, lowest precedence first. */
const LEVELS: readonly Readonly<Record<string, (a: bigint, b: bigint) => bigint>>[] = [
  { '||': (a, b) => (a !== 0n || b !== 0n ? 1n : 0n) },
  { '&&': (a, b) => (a !== 0n && b !== 0n ? 1n : 0n) },
  { '|': (a, b) => a | b },
  { '^': (a, b) => a ^ b },
  { '&': (a, b) => a & b },
  { '==': (a, b) => (a === b ? 1n : 0n), '!=': (a, b) => (a !== b ? 1n : 0n) },
  {
    '<': (a, b) => (a < b ? 1n : 0n),
    '>': (a, b) => (a > b ? 1n : 0n),
    '<=': (a, b) => (a <= b ? 1n : 0n),
    '>=': (a, b) => (a >= b ? 1n : 0n),
  },
  { '<<': (a, b) => (b > 63n ? 0n : a << b), '>>': (a, b) => (b > 63n ? 0n : a >> b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0n ? 0n : a / b), '%': (a, b) => (b === 0n ? 0n : a % b) },
];

/** The value of an `#if` expression, in which a remaining name is 0, as in C; `undefined` if it is malformed. */
function evaluate(tokens: readonly Token[]): bigint | undefined {
  let at = 0;
  let depth = 0;
  const primary = (): bigint | undefined => {
    const token = tokens[at++];
    if (token === undefined || depth > limit('condition-depth')) return undefined;
    if (token.kind === 'integer') return token.value;
    if (token.kind === 'word') return 0n;
    depth += 1;
    const operand = token.text === '(' ? level(0) : primary();
    depth -= 1;
    if (operand === undefined) return undefined;
    switch (token.text) {
      case '(':
        return tokens[at++]?.text === ')' ? operand : undefined;
      case '!':
        return operand === 0n ? 1n : 0n;
      case '~':
        return BigInt.asUintN(64, ~operand);
      case '-':
        return BigInt.asUintN(64, -operand);
      case '+':
        return operand;
      default:
        return undefined;
    }
  };
  const level = (index: number): bigint | undefined => {
    const operators = LEVELS[index];
    if (operators === undefined) return primary();
    let left = level(index + 1);
    for (;;) {
      const operator = tokens[at];
      const apply =
        operator && Object.hasOwn(operators, operator.text) ? operators[operator.text] : undefined;
      if (left === undefined || apply === undefined) return left;
      at += 1;
      const right = level(index + 1);
      if (right === undefined) return undefined;
      left = BigInt.asUintN(64, apply(left, right));
    }
  };
  const value = level(0);
  return at === tokens.length ? value : undefined;
}
