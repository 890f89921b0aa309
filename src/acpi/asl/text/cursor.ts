/**
 * Walking over the tokens of an ASL text. A reader that meets what it can't use calls `fail` and goes on: from then
 * on everything it expects is silently missing, until the statement's reader calls `recover`. So each fault is
 * reported once, nothing throws, and the statements around it are kept.
 */
import type { DiagnosticSink } from '../../../bytes/diagnostic.ts';
import type { Span } from '../../../bytes/source.ts';
import { finding, type ProblemCode } from '../../../findings/finding.ts';
import type { PositionMap, Token } from './token.ts';

export class TokenCursor {
  readonly #tokens: readonly Token[];
  readonly #sink: DiagnosticSink;
  readonly positions: PositionMap;
  #at = 0;
  #failed = false;

  constructor(tokens: readonly Token[], positions: PositionMap, sink: DiagnosticSink) {
    this.#tokens = tokens;
    this.#sink = sink;
    this.positions = positions;
  }

  /** The token to be read next, or one after it. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1)!;
  }

  next(): Token {
    const token = this.peek();
    if (this.#at < this.#tokens.length - 1) this.#at += 1;
    if (token.fault !== undefined && !this.#failed) {
      if (token.kind === 'bad') this.fail(token.fault, token);
      else this.report('acpi/asl-literal', token.fault, token);
    }
    return token;
  }

  /** How many tokens were read. */
  get index(): number {
    return this.#at;
  }

  /** Where the token read last ends. */
  get lastEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** True when the next token is this punctuator. */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'punctuator' && token.text === text;
  }

  /** Reads the punctuator when it is there. */
  accept(text: string): boolean {
    if (this.#failed || !this.at(text)) return false;
    this.next();
    return true;
  }

  expect(text: string): void {
    if (this.#failed) return;
    if (!this.accept(text)) this.fail(`'${text}' expected before ${describeToken(this.peek())}`);
  }

  /** True when the next token is this word, in any case. */
  atWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }

  /** Reports a fault in the syntax, unless one is being recovered from. */
  fail(message: string, at: Pick<Token, 'start' | 'end'> = this.peek()): void {
    if (!this.#failed) this.report('acpi/asl-syntax', message, at);
    this.#failed = true;
  }

  report(code: ProblemCode, problem: string, at: Pick<Token, 'start' | 'end'>): void {
    this.#sink.add(finding(code, { problem }, { span: this.spanOf(at.start, at.end) }));
  }

  spanOf(start: number, end: number): Span {
    return this.positions.spanOf(start, end);
  }

  /**
   * After a fault: skips the rest of the statement that began at token `from`, its brackets closed, and stands before
   * a word, a `;` or the `}` that ends the list. Always gets past `from`.
   */
  recover(from: number): void {
    if (!this.#failed) return;
    this.#failed = false;
    // At the end there is nothing to skip, whatever is open: each unclosed block would be counted anew.
    if (this.peek().kind === 'end') return;
    let depth = 0;
    for (let index = from; index < this.#at; index += 1) depth = nested(depth, this.#tokens[index]!);
    for (let token = this.peek(); token.kind !== 'end'; token = this.peek()) {
      if (depth <= 0 && this.#at > from) {
        if (token.text === ';' || (token.text === '}' && token.kind === 'punctuator')) return;
        // A new statement begins with a word after a closed bracket.
        if (/^[)}]$/.test(this.#tokens[this.#at - 1]!.text) && isName(token)) return;
      }
      depth = nested(depth, token);
      this.#at += 1;
    }
  }
}

function nested(depth: number, token: Token): number {
  if (token.kind !== 'punctuator') return depth;
  if ('([{'.includes(token.text)) return depth + 1;
  return ')]}'.includes(token.text) ? Math.max(0, depth - 1) : depth;
}

function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'path';
}

/** For a message: what stands there. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the text';
    case 'string':
      return 'a string';
    default:
      return `'${token.text.slice(0, 40)}'`;
  }
}
