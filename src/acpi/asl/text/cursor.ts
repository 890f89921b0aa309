/**
 * The parser's cursor over the tokens of an ASL text. On a syntax error the parser calls `fail` and continues; `expect`
 * and `fail` then do nothing until the parser of statements calls `recover`. So an error is reported once, nothing
 * throws, and the other statements are kept.
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

  /** The next token, or the one `ahead` tokens after it; the `end` token after the last. */
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

  /** Index of the next token. */
  get index(): number {
    return this.#at;
  }

  /** Exclusive end of the token that was read last. */
  get lastEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Whether the next token is this punctuator. */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'punctuator' && token.text === text;
  }

  /** Reads this punctuator if it is next; returns whether it was. */
  accept(text: string): boolean {
    if (this.#failed || !this.at(text)) return false;
    this.next();
    return true;
  }

  expect(text: string): void {
    if (this.#failed) return;
    if (!this.accept(text)) this.fail(`'${text}' expected before ${describeToken(this.peek())}`);
  }

  /** Whether the next token is this word. @param word in lower case; the token may have any */
  atWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }

  /** Reports a syntax error, unless one has been reported since the last `recover`. */
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
   * After an error, skips the rest of the statement that began at token `from` with its brackets, up to a word, a `;` or
   * the `}` that ends the list. Progress beyond `from` is guaranteed except at the end of the text.
   */
  recover(from: number): void {
    if (!this.#failed) return;
    this.#failed = false;
    // At the end of the text there is nothing to skip. Counting brackets here would be repeated for each unclosed block.
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

/** A token for a message. */
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
