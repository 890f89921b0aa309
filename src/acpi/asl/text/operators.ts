/** ASL words and symbols of opcodes, from the opcode table, and the precedence of symbols (ACPI 6.5, 19.2.5). */
import { OPCODES, type Opcode, type OpcodeName } from '../../terms/opcodes.ts';
import type { Term } from '../../terms/term.ts';

/** Precedence of binary operators: a higher level binds more tightly. All are left-associative. */
const LEVELS: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};
/** Comparisons that AML has only as LNot of the opposite one. */
const NEGATIONS: Readonly<Record<string, OpcodeName>> = { '!=': 'LEqual', '<=': 'LGreater', '>=': 'LLess' };

/** Operators of this and higher levels, except comparisons, have an assignment form: `|=`, `+=`. */
const FIRST_ASSIGNABLE_LEVEL = 3;
const COMPARISON_LEVELS = [6, 7];

export interface BinaryOperator {
  readonly level: number;
  readonly opcode: Opcode;
  /** The opcode's result is negated. */
  readonly negated: boolean;
  /** `operator=` is an assignment. */
  readonly assigns: boolean;
}

let binaries: ReadonlyMap<string, BinaryOperator> | undefined;

/** The binary operator with a symbol. */
export function binaryOperator(symbol: string): BinaryOperator | undefined {
  binaries ??= new Map(
    Object.keys(LEVELS).flatMap((each): [string, BinaryOperator][] => {
      const level = LEVELS[each]!;
      const name = NEGATIONS[each];
      const opcode = (name === undefined ? opcodeOfSymbol(each) : OPCODES[name]) as Opcode | undefined;
      const assigns = level >= FIRST_ASSIGNABLE_LEVEL && !COMPARISON_LEVELS.includes(level);
      return opcode === undefined ? [] : [[each, { level, opcode, negated: name !== undefined, assigns }]];
    }),
  );
  return binaries.get(symbol);
}

function opcodeOfSymbol(symbol: string): Opcode | undefined {
  return (Object.values(OPCODES) as Opcode[]).find((opcode) => binarySymbol(opcode) === symbol);
}

/** The symbol of a binary operator. */
export function binarySymbol(opcode: Opcode): string | undefined {
  const [first, second] = opcode.operands;
  return first === 'TermArg' && second === 'TermArg' ? opcode.operator : undefined;
}

/** The symbol of the negation of this comparison. */
export function negatedSymbol(opcode: Opcode): string | undefined {
  return Object.keys(NEGATIONS).find((symbol) => NEGATIONS[symbol] === opcode.name);
}

/** Names in the opcode table that are not ASL words. */
const NO_WORDS: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'NamePath',
  'MethodCall',
  'Unreadable',
  'Byte',
  'Word',
  'DWord',
  'QWord',
  'String',
  'VarPackage',
]);

let words: ReadonlyMap<string, Opcode> | undefined;

/** The opcode of an ASL word in lower case. */
export function opcodeOfWord(word: string): Opcode | undefined {
  words ??= new Map(
    (Object.values(OPCODES) as Opcode[])
      .filter((opcode) => !NO_WORDS.has(opcode.name))
      .map((opcode) => [opcode.name.toLowerCase(), opcode]),
  );
  return words.get(word);
}

/** Operators for which `target = operator (…)` sets their target operand instead of adding a Store, as in iasl. */
export const TAKES_ASSIGNMENT: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'Add',
  'And',
  'Divide',
  'Index',
  'Mod',
  'Multiply',
  'Not',
  'Or',
  'ShiftLeft',
  'ShiftRight',
  'Subtract',
  'XOr',
]);

/** Operators that are not folded as statements, even with constant operands, as in iasl. */
export const UNFOLDED_STATEMENTS: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'Mid',
  'ToBuffer',
  'ConcatenateResTemplate',
]);

/** Whether a term can be assigned to. */
export function isPlace({ op }: Term): boolean {
  return /^(NamePath|MethodCall|Debug|RefOf|DerefOf|Index|Local\d|Arg\d)$/.test(op.name);
}
