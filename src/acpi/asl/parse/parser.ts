/**
 * Parses ASL and ASL+ into terms (ACPI 6.5, chapter 19). Constructs without a counterpart in AML are lowered at once:
 * symbolic operators, For, Switch, Printf, ToUUID, resource templates and constant expressions become AML terms.
 * Operators whose arguments correspond to their opcode's operands are parsed by the opcode table; the others have their
 * own parser in special-forms.ts.
 */
import { limit, moreThan } from '../../../limits/limits.ts';
import type { TagPlace } from '../../resources/macro-values.ts';
import { type NamePath, NULL_NAME, parseName } from '../../terms/name.ts';
import { OPCODES, type Opcode, type OpcodeName, type OperandKind } from '../../terms/opcodes.ts';
import { type Operand, Term } from '../../terms/term.ts';
import { describeToken, type TokenCursor } from '../text/cursor.ts';
import type { KeywordSet } from '../text/keywords.ts';
import {
  type BinaryOperator,
  binaryOperator,
  isPlace,
  opcodeOfWord,
  TAKES_ASSIGNMENT,
  UNFOLDED_STATEMENTS,
} from '../text/operators.ts';
import type { Token } from '../text/token.ts';
import { foldTerm, integerOf, integerTerm } from '../values/constants.ts';

/** The method being parsed, which declares the variables of its Switch statements. */
export interface MethodContext {
  /** `Name (_T_n, …)` terms by `n`; they are at the start of the method in descending order. */
  readonly temporaries: Term[];
  serialized: boolean;
  /** As written after `Method (`, for `__METHOD__`. */
  readonly name: string;
}

/** A named descriptor of a template: `_Y00`, with fields such as `_Y00._MIN`. */
export interface TemplateTag {
  /** Four characters. */
  readonly name: string;
  /** Offset in bytes of the descriptor in the template. */
  readonly offset: number;
  /** Fields with their offsets in bits from the start of the descriptor. */
  readonly fields: readonly TagPlace[];
}

/** Parses an operator with its own syntax after its word. Most return one term; If and For return several. */
export type SpecialForm = (parser: AslParser, word: Token) => Term | readonly Term[];

export class AslParser {
  readonly cursor: TokenCursor;
  /** Integers have 64 bits: the table's revision is 2 or more. */
  readonly wide: boolean;
  /** Names of the descriptors in each resource template, by the Buffer term it became. */
  readonly templates = new Map<Term, readonly TemplateTag[]>();
  method: MethodContext | undefined;
  /** Terms at the start of the table: variables of Switch statements outside of methods. */
  readonly prelude: Term[] = [];
  readonly #forms: ReadonlyMap<string, SpecialForm>;
  #depth = 0;
  /** Nesting depth of each term. */
  readonly #levels = new WeakMap<Term, number>();

  /** @param forms words with their own syntax, in lower case */
  constructor(cursor: TokenCursor, wide: boolean, forms: ReadonlyMap<string, SpecialForm>) {
    this.cursor = cursor;
    this.wide = wide;
    this.#forms = forms;
  }

  /** A term from `start` to the token read last. */
  make(name: OpcodeName, operands: readonly Operand[], start: number): Term {
    return this.within(new Term(OPCODES[name], operands, start, this.cursor.lastEnd));
  }

  /**
   * Limits the nesting of terms, since recursive code walks them. `enter` counts brackets and blocks; this also counts
   * terms that a row of operators nests.
   * @param weight depth that the term adds: below 1 if it takes less stack than an operator in an expression
   * @returns the term, or after an error a Zero term
   */
  within(term: Term, weight = 1): Term {
    let level = 0;
    const count = (operand: Operand): void => {
      if (operand instanceof Term) level = Math.max(level, this.#levels.get(operand) ?? 1);
    };
    for (const operand of term.operands) {
      if (Array.isArray(operand)) for (const each of operand as readonly Operand[]) count(each);
      else count(operand);
    }
    if (level >= limit('asl-depth')) {
      this.cursor.fail(moreThan('asl-depth', 'nested terms'), term);
      return this.#missing();
    }
    this.#levels.set(term, level + weight);
    return term;
  }

  /** As {@link make}, folded if all operands are constants. */
  makeFolded(name: OpcodeName, operands: readonly Operand[], start: number): Term {
    return foldTerm(this.make(name, operands, start), this.wide);
  }

  integer(value: bigint, start: number): Term {
    return integerTerm(value, this.wide, start, this.cursor.lastEnd);
  }

  /** Statements up to a `}`, which is not consumed, or the end of the text. */
  statements(): Term[] {
    const { cursor } = this;
    const terms: Term[] = [];
    for (;;) {
      while (cursor.accept(';'));
      const token = cursor.peek();
      if (token.kind === 'end' || cursor.at('}') || cursor.failed) return terms;
      const from = cursor.index;
      const made = this.#statement();
      if (cursor.failed) cursor.recover(from);
      else terms.push(...made);
      if (cursor.index === from) cursor.next();
    }
  }

  /** `{ statements }` */
  body(): Term[] {
    this.cursor.expect('{');
    if (this.cursor.failed || !this.enter()) return [];
    const terms = this.statements();
    this.leave();
    this.cursor.expect('}');
    return terms;
  }

  /** Enters a nested block or bracket; false, after an error, if that is too deep. */
  enter(): boolean {
    this.#depth += 1;
    if (this.#depth <= limit('asl-nesting')) return true;
    this.#depth -= 1;
    this.cursor.fail(moreThan('asl-nesting', 'nested blocks and brackets'));
    return false;
  }

  leave(): void {
    this.#depth -= 1;
  }

  #statement(): readonly Term[] {
    const token = this.cursor.peek();
    const special = this.#specialForm(token);
    if (special !== undefined) {
      const made = special(this, this.cursor.next());
      // A form that yields a value begins an expression, which is a valid statement: `ToUUID ("…")`.
      return made instanceof Term ? [made.op.yields ? this.#operators(made, 0) : made] : made;
    }
    const opcode = token.kind === 'word' ? opcodeOfWord(token.text.toLowerCase()) : undefined;
    if (opcode !== undefined && UNFOLDED_STATEMENTS.has(opcode.name) && this.cursor.at('(', 1)) {
      this.cursor.next();
      return [this.make(opcode.name, this.#arguments(opcode), token.start)];
    }
    if (opcode !== undefined && !opcode.yields && !this.#isPlainName(token)) {
      this.cursor.next();
      return [this.#operator(opcode, token)];
    }
    return [this.expression()];
  }

  #specialForm(token: Token): SpecialForm | undefined {
    if (token.kind !== 'word') return undefined;
    const form = this.#forms.get(token.text.toLowerCase());
    return form !== undefined && !this.#isPlainName(token) ? form : undefined;
  }

  /**
   * An operator's word of up to four letters is a name unless its syntax follows: firmware has objects named `LOCK`,
   * `WAIT` or `DMA`.
   */
  #isPlainName(token: Token): boolean {
    if (token.text.length > 4 || this.cursor.peek() !== token) return false;
    const word = token.text.toLowerCase();
    const opcode = opcodeOfWord(word);
    if (opcode === undefined && !this.#forms.has(word)) return true;
    const bare = opcode !== undefined && opcode.operands.length === 0;
    return !bare && word !== 'else' && !this.cursor.at('(', 1);
  }

  /** An expression: any term that yields a value. */
  expression(): Term {
    if (!this.enter()) return this.#missing();
    const term = this.#operators(this.#unary(), 0);
    this.leave();
    return term;
  }

  #missing(): Term {
    const { start } = this.cursor.peek();
    return new Term(OPCODES.Zero, [], start, start);
  }

  #unary(): Term {
    const { cursor } = this;
    const { start } = cursor.peek();
    const not = cursor.at('!');
    if (!not && !cursor.at('~')) return this.#postfix(this.#primary());
    if (!this.enter()) return this.#missing();
    cursor.next();
    const operand = this.#unary();
    this.leave();
    return not ? this.makeFolded('LNot', [operand], start) : this.makeFolded('Not', [operand, null], start);
  }

  #postfix(operand: Term): Term {
    const { cursor } = this;
    let term = operand;
    while (!cursor.failed) {
      if (cursor.accept('[')) {
        const index = this.expression();
        cursor.expect(']');
        term = this.make('Index', [term, index, null], term.start);
      } else if (cursor.accept('++')) term = this.make('Increment', [this.#place(term)], term.start);
      else if (cursor.accept('--')) term = this.make('Decrement', [this.#place(term)], term.start);
      else break;
    }
    // `=` after an assignable term binds more tightly than a prefix operator: `!A = B` is `!(A = B)`.
    if (cursor.at('=') && isPlace(term)) return this.#assignment(term, '=') ?? term;
    return term;
  }

  /** Binary operators and assignments after an operand that bind more tightly than `level`. */
  #operators(operand: Term, level: number): Term {
    const { cursor } = this;
    let left = operand;
    while (!cursor.failed) {
      const token = cursor.peek();
      // The lexer returns `^` as a path; followed by white space it is the operator.
      const text = token.kind === 'punctuator' || (token.text === '^' && token.spaced) ? token.text : '';
      const binary = binaryOperator(text);
      if (binary !== undefined && binary.level > level) {
        cursor.next();
        const right = this.#operators(this.#unary(), binary.level);
        left = this.#binary(binary, left, right);
      } else if (level === 0 && text.endsWith('=') && text !== '') {
        const assigned = this.#assignment(left, text);
        if (assigned === undefined) return left;
        left = assigned;
      } else {
        return left;
      }
    }
    return left;
  }

  #binary({ opcode, negated }: BinaryOperator, left: Term, right: Term): Term {
    const { name } = opcode;
    // iasl folds the negated comparisons only when they are written as LNotEqual and so on.
    if (negated) return this.make('LNot', [this.make(name, [left, right], left.start)], left.start);
    const targets = opcode.operands.slice(2).map(() => null);
    return this.makeFolded(name, [left, right, ...targets], left.start);
  }

  /** `left = …` or `left += …`; `undefined` if the operator is neither. */
  #assignment(left: Term, text: string): Term | undefined {
    const { cursor } = this;
    const operator = binaryOperator(text.slice(0, -1));
    if (text !== '=' && !operator?.assigns) return undefined;
    cursor.next();
    const source = this.expression();
    if (text === '=') return this.#assign(left.op.name === 'Store' ? left : this.#place(left), source);
    const { name } = operator!.opcode;
    // iasl accepts any term here, and its disassembler prints such text for malformed AML.
    const place = left;
    const targets = name === 'Divide' ? [null, place] : [place];
    return this.make(name, [left, source, ...targets], left.start);
  }

  #assign(target: Term, source: Term): Term {
    const { operands } = source;
    if (TAKES_ASSIGNMENT.has(source.op.name) && operands.at(-1) === null) {
      return this.makeFolded(source.op.name, [...operands.slice(0, -1), target], target.start);
    }
    return this.make('Store', [source, target], target.start);
  }

  #primary(): Term {
    const { cursor } = this;
    const token = cursor.next();
    const { start } = token;
    switch (token.kind) {
      case 'integer':
        if (!this.wide && token.value! >= 1n << 32n) {
          const message = 'more than 32 bits in a table of revision 1; only the low 32 are kept';
          cursor.report('acpi/asl-integer-width', message, token);
        }
        return this.integer(token.value!, start);
      case 'string':
        return this.make('String', [token.text], start);
      case 'path':
        return this.#nameOrCall(token);
      case 'word':
        return this.#word(token);
      default:
        if (token.text === '(' && token.kind === 'punctuator') {
          const term = this.expression();
          cursor.expect(')');
          return term;
        }
        cursor.fail(`a value expected, not ${describeToken(token)}`, token);
        return this.#missing();
    }
  }

  #word(token: Token): Term {
    const { cursor } = this;
    const word = token.text.toLowerCase();
    const follows = cursor.at('(');
    const special = this.#forms.get(word);
    const opcode = opcodeOfWord(word);
    const bare = opcode !== undefined && opcode.operands.length === 0;
    if (token.text.length <= 4 && !follows && !bare) return this.#nameOrCall(token);
    if (special !== undefined) {
      const made = special(this, token);
      if (made instanceof Term && made.op.yields) return made;
      cursor.fail(`${token.text} is a statement, not a value`, token);
      return this.#missing();
    }
    if (opcode === undefined) return this.#nameOrCall(token);
    if (!opcode.yields && opcode.name !== 'Debug') cursor.fail(`${opcode.name} yields no value`, token);
    return this.#operator(opcode, token);
  }

  /** An operator with the syntax of its opcode, after its word. */
  #operator(opcode: Opcode, word: Token): Term {
    const operands = this.#arguments(opcode);
    return this.makeFolded(opcode.name, operands, word.start);
  }

  /** `(a, b, target) { terms }` according to the opcode's operand kinds. */
  #arguments(opcode: Opcode): Operand[] {
    const { cursor } = this;
    const kinds = opcode.operands.filter((kind) => kind !== 'PkgLength');
    if (kinds.length === 0) {
      // `Timer ()`, `Break ()`: empty brackets after an operator without operands.
      if (cursor.at('(') && cursor.at(')', 1)) {
        cursor.next();
        cursor.next();
      }
      return [];
    }
    const operands: Operand[] = [];
    cursor.expect('(');
    for (const [index, kind] of kinds.entries()) {
      if (kind === 'TermList') break;
      if (kind === 'Target') {
        operands.push(this.target());
        continue;
      }
      if (index > 0) cursor.expect(',');
      operands.push(this.#argument(kind));
    }
    cursor.accept(',');
    cursor.expect(')');
    if (kinds.at(-1) === 'TermList') operands.push(this.body());
    return operands;
  }

  #argument(kind: OperandKind): Operand {
    switch (kind) {
      case 'NameString':
        return this.name();
      case 'SuperName':
      case 'SimpleName':
      case 'Referent':
        return this.superName();
      case 'ByteData':
        return this.constant(8);
      case 'WordData':
        return this.constant(16);
      case 'DWordData':
        return this.constant(32);
      default:
        return this.expression();
    }
  }

  /** An optional `, target`; `null` if there is none. */
  target(): Term | null {
    const { cursor } = this;
    if (!cursor.accept(',')) return null;
    return cursor.at(')') || cursor.at(',') ? null : this.superName();
  }

  superName(): Term {
    return this.#place(this.expression());
  }

  #place(term: Term): Term {
    if (!isPlace(term)) {
      const message = `${term.op.name} is not a place that a value can be stored in`;
      this.cursor.report('acpi/asl-target', message, term);
    }
    return term;
  }

  /** A mandatory name. */
  name(): NamePath {
    const token = this.cursor.peek();
    if (token.kind === 'word' || token.kind === 'path') {
      this.cursor.next();
      const path = parseName(token.text);
      if (path !== undefined) return path;
    }
    this.cursor.fail(`a name expected, not ${describeToken(token)}`, token);
    return NULL_NAME;
  }

  #nameOrCall(token: Token): Term {
    const { cursor } = this;
    const path = parseName(token.text);
    if (path === undefined) {
      const what =
        token.text.length > 4
          ? 'neither an operator nor a name, whose segments have at most four characters'
          : 'not a name';
      cursor.fail(`${describeToken(token)} is ${what}`, token);
      return this.#missing();
    }
    if (!cursor.accept('(')) return this.make('NamePath', [path], token.start);
    return this.make('MethodCall', [path, this.list(')', () => this.expression())], token.start);
  }

  /** Items separated by commas up to the closing bracket, which is consumed; a trailing comma is allowed. */
  list<T>(close: string, item: () => T): T[] {
    const { cursor } = this;
    const items: T[] = [];
    while (!cursor.failed && !cursor.at(close)) {
      items.push(item());
      if (!cursor.accept(',')) break;
    }
    cursor.expect(close);
    return items;
  }

  /** The low `bits` bits of an integer constant expression. */
  constant(bits: number): number {
    return Number(BigInt.asUintN(bits, this.constantInteger()));
  }

  constantInteger(): bigint {
    const from = this.cursor.peek();
    const term = this.expression();
    // A single literal keeps all its bits, whatever the integer width of the table.
    const literal = from.kind === 'integer' && from.end === this.cursor.lastEnd ? from.value : undefined;
    const value = literal ?? integerOf(term, this.wide || from.text.toLowerCase() === 'ones');
    if (value === undefined) this.cursor.fail('a constant expected', from);
    return value ?? 0n;
  }

  /** A string constant. */
  text(): string {
    const from = this.cursor.peek();
    const term = this.expression();
    if (term.op.name === 'String') return term.textAt(0);
    this.cursor.fail(`a string expected, not ${describeToken(from)}`, from);
    return '';
  }

  /** The value of a keyword of a set; `undefined`, with nothing consumed, if the next token is none of them. */
  keyword(words: KeywordSet): number | undefined {
    const token = this.cursor.peek();
    const value = token.kind === 'word' ? words.get(token.text.toLowerCase()) : undefined;
    if (value !== undefined) this.cursor.next();
    return value;
  }

  /** An optional `, keyword`; `undefined` if it is omitted. */
  optionalKeyword(words: KeywordSet, what: string): number | undefined {
    const { cursor } = this;
    if (!cursor.accept(',')) return undefined;
    if (cursor.at(',') || cursor.at(')')) return undefined;
    const value = this.keyword(words);
    if (value === undefined) cursor.fail(`${what} expected, not ${describeToken(cursor.peek())}`);
    return value;
  }

  /** An optional `, argument`; `undefined` if it is omitted. */
  optional<T>(read: () => T): T | undefined {
    const { cursor } = this;
    if (!cursor.accept(',')) return undefined;
    return cursor.at(',') || cursor.at(')') ? undefined : read();
  }
}
