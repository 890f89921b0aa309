/**
 * Integers that the inputs don't settle: expressions over firmware fields whose content only the running machine has.
 *
 * An expression of `bits` bits stands for a non-negative number below 2^bits; a narrower one stands wherever a wider
 * number may, without conversion. `ones` and `zeros` are the bits known to be set and clear, whatever the fields hold;
 * when all are known the constructors give a plain bigint instead. Expressions are immutable and bounded in size:
 * what grows past `expression-size` becomes opaque and keeps only the fields it depends on.
 */

/** A field of firmware, by the name it has there. One symbol is one value: two reads of it give the same. */
export interface FieldSymbol {
  /** Last segment, as a person says it: `MG2B`. */
  readonly name: string;
  /** Absolute path, `\MG2B`; what `--set` may name too. */
  readonly path: string;
  /** Address space: `SystemMemory`, `PCI_Config`, … */
  readonly space: string;
  /** First byte in that space; undefined when the region's own address is not known. */
  readonly address: bigint | undefined;
  /** Which of several spaces of this kind: the path of the device whose configuration space it is. */
  readonly within?: string;
  /** First bit of the field, counted from `address`. */
  readonly bitOffset: number;
  /** Width in bits. */
  readonly bits: number;
  /** Which writing of the underlying bytes this is the value after; 0 is what the machine started with. */
  readonly epoch: number;
  /** Of a later read: what may have changed since the one before, as a sentence. */
  readonly why?: string;
  /** Of a byte: the field that it is a part of, and which byte of it, the lowest is 0. It is printed as that. */
  readonly byteOf?: { readonly field: FieldSymbol; readonly index: number };
}

/**
 * Something that is decided outside of the machine's fields, by a name among several: the kernel's release, what `_OSI`
 * answers, whether a name exists, a configuration symbol. One id is one variable.
 */
export interface ChoiceVariable {
  /** As it is printed: `release`, `SYSFB`, `_OSI("Windows 2021")`, `exists(\\ZZZZ)`. */
  readonly id: string;
  /** What it may be, each once; the quantity is the index in this list. At least two. */
  readonly values: readonly string[];
  /** The values have an order that people compare by: `release >= 6.7`. */
  readonly ordered: boolean;
}

export type BitOperator = 'and' | 'or' | 'xor';

export type ArithmeticOperator = 'multiply' | 'divide' | 'modulo' | 'shift-left' | 'shift-right';

export type Comparison = 'eq' | 'ne' | 'lt' | 'le';

export interface ExprBase {
  /** Width: the value is below 2^bits. Conditions have 1. */
  readonly bits: number;
  /** Bits known to be 1. */
  readonly ones: bigint;
  /** Bits, below `bits`, known to be 0. */
  readonly zeros: bigint;
  /** Number of nodes, counted as a tree. */
  readonly size: number;
  readonly hash: number;
  /** Of a condition: its opposite, once somebody asked for it. */
  opposite: Quantity | undefined;
}

export type Expr = ExprBase &
  (
    | { readonly kind: 'field'; readonly field: FieldSymbol }
    /** The index of the value that a choice takes. */
    | { readonly kind: 'choice'; readonly choice: ChoiceVariable }
    /** constant + sum of coefficient * of, modulo 2^bits. Coefficients are signed and not 0. */
    | {
        readonly kind: 'sum';
        readonly constant: bigint;
        readonly terms: readonly { readonly coefficient: bigint; readonly of: Expr }[];
      }
    | {
        readonly kind: 'bitwise';
        readonly op: BitOperator;
        readonly left: Quantity;
        readonly right: Quantity;
      }
    | {
        readonly kind: 'arithmetic';
        readonly op: ArithmeticOperator;
        readonly left: Quantity;
        readonly right: Quantity;
      }
    /** Bits [low, low + bits) of `of`. */
    | { readonly kind: 'slice'; readonly of: Expr; readonly low: number }
    /** Parts side by side, the lowest first. */
    | {
        readonly kind: 'join';
        readonly parts: readonly { readonly bits: number; readonly value: Quantity }[];
      }
    | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Quantity; readonly right: Quantity }
    /** All or any of several conditions. */
    | { readonly kind: 'all' | 'any'; readonly of: readonly Expr[] }
    | { readonly kind: 'not'; readonly of: Expr }
    | { readonly kind: 'choose'; readonly when: Expr; readonly yes: Quantity; readonly no: Quantity }
    /** Not known, and not expressed: `reason` says why. Equal only to itself. */
    | { readonly kind: 'opaque'; readonly reason: string; readonly inputs: readonly FieldSymbol[] }
  );

export type ExprOf<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** An AML integer or a part of one: a number, or an expression when only the running machine knows. */
export type Quantity = bigint | Expr;

/** What holds or doesn't: 0n, 1n, or an expression of one bit. */
export type Condition = 0n | 1n | Expr;

/** A byte that isn't known: byte `index` of an expression, the lowest first. */
export interface UnknownByte {
  readonly of: Expr;
  readonly index: number;
}

export type ByteValue = number | UnknownByte;

/** Fields that an opaque value still names. */
export const MAX_OPAQUE_INPUTS = 12;

export function isKnown(value: Quantity): value is bigint {
  return typeof value === 'bigint';
}

/** The expressions an expression is made of. */
export function partsOf(expr: Expr): readonly Quantity[] {
  switch (expr.kind) {
    case 'field':
    case 'choice':
    case 'opaque':
      return [];
    case 'sum':
      return expr.terms.map((term) => term.of);
    case 'bitwise':
    case 'arithmetic':
    case 'compare':
      return [expr.left, expr.right];
    case 'slice':
    case 'not':
      return [expr.of];
    case 'join':
      return expr.parts.map((part) => part.value);
    case 'all':
    case 'any':
      return expr.of;
    case 'choose':
      return [expr.when, expr.yes, expr.no];
  }
}

/** The firmware fields an expression depends on, each once, in the order of reading; about `limit` of them. */
export function fieldsOf(value: Quantity, limit = Number.POSITIVE_INFINITY): FieldSymbol[] {
  const seen = new Set<FieldSymbol>();
  const found = new Map<string, FieldSymbol>();
  const note = (field: FieldSymbol): void => {
    if (seen.has(field)) return;
    seen.add(field);
    const key = `${field.path}#${field.epoch}`;
    if (!found.has(key)) found.set(key, field);
  };
  const pending: Quantity[] = [value];
  while (pending.length > 0 && found.size < limit) {
    const next = pending.pop()!;
    if (isKnown(next)) continue;
    if (next.kind === 'field') note(next.field);
    else if (next.kind === 'opaque') next.inputs.forEach(note);
    else {
      const parts = partsOf(next);
      for (let i = parts.length - 1; i >= 0; i--) pending.push(parts[i]!);
    }
  }
  return [...found.values()];
}

/** The choices an expression depends on, each once. */
export function choicesOf(value: Quantity): ChoiceVariable[] {
  const found = new Map<string, ChoiceVariable>();
  const pending: Quantity[] = [value];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (isKnown(next)) continue;
    if (next.kind === 'choice') found.set(next.choice.id, next.choice);
    else pending.push(...partsOf(next));
  }
  return [...found.values()];
}

/** Why a value isn't expressed: the reasons of the opaque parts of an expression. */
export function opaqueReasons(value: Quantity): string[] {
  const found = new Set<string>();
  const pending: Quantity[] = [value];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (isKnown(next)) continue;
    if (next.kind === 'opaque') found.add(next.reason);
    else pending.push(...partsOf(next));
  }
  return [...found];
}
