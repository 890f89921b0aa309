/**
 * Decides without executing code whether any device of these tables can have a given hardware ID. If every value that a
 * `_HID` or `_CID` may get is a constant or a number, an ID that does not occur in the tables is impossible. The analysis
 * is conservative: what it does not understand counts as possible.
 */
import type { DecodedTables } from '../aml/tables.ts';
import type { AcpiTable } from '../tables/table.ts';
import { OPCODES, type OpcodeName, type OperandKind } from '../terms/opcodes.ts';
import { isTermList, Term } from '../terms/term.ts';

/** Maximum number of names whose values are followed. */
const MAX_NAMES = 64;
/** Maximum number of occurrences of names in the tables that are examined. */
const MAX_MENTIONS = 4000;

/** The objects with hardware IDs (ACPI 6.5, 6.1.5 and 6.1.2). */
const ID_OBJECTS = ['_HID', '_CID'] as const;

/**
 * False only if no code in these tables can give a `_HID` or `_CID` one of the IDs.
 * @param tables all tables of the machine, including those without AML, since code may load them
 * @param memory known contents of memory, which code may read and load
 */
export function mayHaveId(
  ids: readonly string[],
  tables: readonly AcpiTable[],
  decoded: DecodedTables,
  memory: readonly Uint8Array[],
): boolean {
  const aml = new Set(decoded.tables.map(({ table }) => table));
  if (isWritten(ids, tables)) return true;
  // Bytes that are not decoded may contain tables that code loads.
  const others = [...tables.filter((table) => !aml.has(table)).map(({ bytes }) => bytes), ...memory];
  for (const bytes of others) if ([...ids, ...ID_OBJECTS].some((text) => holds(bytes, text))) return true;
  const values = new NamedValues(ids, decoded);
  return !ID_OBJECTS.every((name) => values.areHarmless(name));
}

/** Whether one of the IDs occurs literally in one of the tables. */
export function isWritten(ids: readonly string[], tables: readonly AcpiTable[]): boolean {
  return tables.some(({ bytes }) => ids.some((id) => holds(bytes, id)));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function holds(bytes: Uint8Array, text: string): boolean {
  return bufferOf(bytes).includes(text, 0, 'latin1');
}

/** A term with its ancestors. */
interface Place {
  readonly term: Term;
  /** The enclosing terms, outermost first. */
  readonly around: readonly Term[];
}

/** Operators that never yield a string with an ID, whatever their operands. */
const NO_STRING: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'Zero',
  'One',
  'Ones',
  'Byte',
  'Word',
  'DWord',
  'QWord',
  'Revision',
  'Timer',
  'Debug',
  'Buffer',
  'Add',
  'Subtract',
  'Multiply',
  'Divide',
  'Mod',
  'Increment',
  'Decrement',
  'And',
  'NAnd',
  'Or',
  'NOr',
  'XOr',
  'Not',
  'ShiftLeft',
  'ShiftRight',
  'FindSetLeftBit',
  'FindSetRightBit',
  'FromBCD',
  'ToBCD',
  'ToInteger',
  'ToBuffer',
  // Strings of digits.
  'ToDecimalString',
  'ToHexString',
  'ConcatenateResTemplate',
  'LAnd',
  'LOr',
  'LNot',
  'LEqual',
  'LGreater',
  'LLess',
  'SizeOf',
  'ObjectType',
  'CondRefOf',
  'Match',
  'Acquire',
  'Wait',
]);

/** Operators that change only an integer or a lock through a name, or only inspect it. */
const HARMLESS_NAME: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'SizeOf',
  'ObjectType',
  'Increment',
  'Decrement',
  'Acquire',
  'Release',
  'Signal',
  'Wait',
  'Reset',
  'Notify',
]);

class NamedValues {
  readonly #ids: readonly string[];
  readonly #decoded: DecodedTables;
  /** Names that were found harmless or are being examined, so that cycles end. */
  readonly #seen = new Set<string>();
  #mentions = 0;

  constructor(ids: readonly string[], decoded: DecodedTables) {
    this.#ids = ids;
    this.#decoded = decoded;
  }

  /**
   * Whether no object with that segment ever gets a string that code composes. All objects with the same segment are
   * treated as one, wherever they are declared.
   */
  areHarmless(segment: string): boolean {
    if (this.#seen.has(segment)) return true;
    if (this.#seen.size >= MAX_NAMES) return false;
    this.#seen.add(segment);
    for (const { table, terms } of this.#decoded.tables) {
      const bytes = bufferOf(table.bytes);
      for (
        let at = bytes.indexOf(segment, 0, 'latin1');
        at >= 0;
        at = bytes.indexOf(segment, at + 1, 'latin1')
      ) {
        this.#mentions += 1;
        if (this.#mentions > MAX_MENTIONS) return false;
        const place = placeAt(terms, at);
        if (place !== undefined && !this.#harmlessMention(place, segment)) return false;
      }
    }
    return true;
  }

  #harmlessMention({ term, around }: Place, segment: string): boolean {
    switch (term.op) {
      case OPCODES.NamePath:
        return lastSegment(term) !== segment || this.#harmlessUse(term, around);
      case OPCODES.Name:
        return this.#harmless(term.termAt(1), undefined);
      case OPCODES.Method:
        return this.#harmlessReturns(term);
      case OPCODES.Alias:
        return false;
      case OPCODES.Buffer:
        // A table that is loaded from the buffer may declare the name.
        return !ID_OBJECTS.some((name) => name === segment);
      default:
        // Any other term declares a field, a lock or a scope, calls the name, or is an External.
        return true;
    }
  }

  /** Whether the use of a name, local or argument gives it harmless values only. */
  #harmlessUse(term: Term, around: readonly Term[]): boolean {
    const parent = around.at(-1);
    if (parent === undefined) return true;
    const { op } = parent;
    const kind = kindOf(parent, term);
    switch (op) {
      case OPCODES.Store:
      case OPCODES.CopyObject:
        return parent.operands[0] === term || this.#harmless(parent.termAt(0), methodOf(around));
      case OPCODES.Index: {
        // An element may be written through the reference.
        const outer = around.at(-2);
        return parent.operands[0] !== term || outer?.op === OPCODES.DerefOf;
      }
      case OPCODES.MethodCall:
      case OPCODES.RefOf:
      case OPCODES.Package:
      case OPCODES.VarPackage:
        return false;
      case OPCODES.CondRefOf:
        return parent.operands[0] === term && parent.operands[1] === null;
      default:
        if (kind === 'TermArg' || kind === 'DataRefObject' || kind === undefined) return true;
        return HARMLESS_NAME.has(op.name) || this.#harmless(parent, methodOf(around));
    }
  }

  /** Whether a value can only be a string that occurs literally in the tables or consists of digits, or no string. */
  #harmless(value: Term, method: Term | undefined): boolean {
    const { op } = value;
    if (op === OPCODES.String || NO_STRING.has(op.name)) return true;
    switch (op) {
      case OPCODES.NamePath:
      case OPCODES.MethodCall: {
        const segment = lastSegment(value);
        return segment === undefined || this.areHarmless(segment);
      }
      case OPCODES.Store:
      case OPCODES.CopyObject:
        return this.#harmless(value.termAt(0), method);
      case OPCODES.Package:
        return value.termsAt(1).every((element) => this.#harmless(element, method));
      case OPCODES.Concatenate: {
        const first = value.termAt(0);
        if (first.op !== OPCODES.String) return false;
        const text = first.textAt(0);
        return this.#ids.every((id) => !id.startsWith(text));
      }
      default:
        return op.code >= OPCODES.Local0.code && op.code <= OPCODES.Local7.code && method !== undefined
          ? this.#harmlessLocal(op.name, method)
          : false;
    }
  }

  #harmlessReturns(method: Term): boolean {
    return everyTerm(method, (term) => term.op !== OPCODES.Return || this.#harmless(term.termAt(0), method));
  }

  #harmlessLocal(local: OpcodeName, method: Term): boolean {
    const key = `${local} ${method.start} ${method.end}`;
    if (this.#seen.has(key)) return true;
    if (this.#seen.size >= MAX_NAMES) return false;
    this.#seen.add(key);
    return everyTerm(method, (term, around) => term.op.name !== local || this.#harmlessUse(term, around));
  }
}

/** Whether `holds` is true for every term in a method. */
function everyTerm(method: Term, holds: (term: Term, around: readonly Term[]) => boolean): boolean {
  const pending: { readonly term: Term; readonly around: readonly Term[] }[] = [{ term: method, around: [] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { term, around } = next;
    if (term !== method && !holds(term, around)) return false;
    const inside = [...around, term];
    for (const child of childrenOf(term)) pending.push({ term: child, around: inside });
  }
  return true;
}

function methodOf(around: readonly Term[]): Term | undefined {
  return around.findLast(({ op }) => op === OPCODES.Method);
}

function lastSegment(term: Term): string | undefined {
  return (term.operands[0] as { readonly segments: readonly string[] }).segments.at(-1);
}

/** The kind of an operand of `parent`; `undefined` if it is a statement in its list. */
function kindOf(parent: Term, operand: Term): OperandKind | undefined {
  const at = parent.operands.indexOf(operand);
  return at < 0 ? undefined : parent.op.operands.filter((kind) => kind !== 'PkgLength')[at];
}

function* childrenOf(term: Term): Generator<Term> {
  for (const operand of term.operands) {
    if (operand instanceof Term) yield operand;
    else if (isTermList(operand)) yield* operand;
  }
}

/** The innermost term at an offset; `undefined` if there is none. */
function placeAt(terms: readonly Term[], offset: number): Place | undefined {
  const around: Term[] = [];
  let term = termAt(terms, offset);
  if (term === undefined) return undefined;
  for (;;) {
    let inner: Term | undefined;
    for (const operand of term.operands) {
      if (operand instanceof Term) {
        if (offset >= operand.start && offset < operand.end) inner = operand;
      } else if (isTermList(operand)) inner = termAt(operand, offset) ?? inner;
    }
    if (inner === undefined) return { term, around };
    around.push(term);
    term = inner;
  }
}

/** The term of a list at an offset, by binary search. */
function termAt(terms: readonly Term[], offset: number): Term | undefined {
  let low = 0;
  let high = terms.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (terms[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  const term = terms[low];
  return term !== undefined && offset >= term.start ? term : undefined;
}
