/** ASL programs by chance: typed expressions and statements over locals, names, fields and packages. */
import { pick, seededRandom } from '../../grammar/ebnf.ts';
import type { Program } from './oracle.ts';

const METHODS = 10;
const STATEMENTS = 6;
const MAX_DEPTH = 3;

type Type = 'integer' | 'string' | 'buffer';
const TYPES: readonly Type[] = ['integer', 'string', 'buffer'];

/** Locals by the type that the generator keeps in them; the last two count loops and hold the result. */
const LOCALS: Readonly<Record<Type, readonly string[]>> = {
  integer: ['Local0', 'Local1'],
  string: ['Local2', 'Local3'],
  buffer: ['Local4', 'Local5'],
};

/** The same program for the same seed. Nothing in it loops for long or returns a reference. */
export function randomProgram(seed: number): Program {
  const random = seededRandom(seed);
  const revision = random() < 0.3 ? 1 : 2;
  // In 32-bit tables acpiexec lets results of 64 bits into fields that have room for them.
  const writer = new Writer(random, revision === 1 ? 32 : 100);
  const methods = Array.from(
    { length: METHODS },
    (_, i) => `T${i.toString(16).toUpperCase().padStart(3, '0')}`,
  );
  const body = [...writer.declarations(), ...methods.map((name) => writer.method(name))].join('\n');
  return { body, methods, revision };
}

class Writer {
  readonly #random: () => number;
  readonly #names: Record<Type, string[]> = { integer: [], string: [], buffer: [] };
  readonly #fields: string[] = [];

  readonly #widest: number;

  constructor(random: () => number, widestField: number) {
    this.#random = random;
    this.#widest = widestField;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(choices: readonly T[]): T {
    return pick(this.#random, choices);
  }

  declarations(): string[] {
    const lines: string[] = [];
    TYPES.forEach((type, t) => {
      for (let i = 0; i < 3; i++) {
        const name = `${'ISB'[t]}N${i}0`;
        this.#names[type].push(name);
        lines.push(`Name (${name}, ${this.#constant(type)})`);
      }
    });
    lines.push('Name (PKG0, Package (4) { 7, "seven", Buffer () { 7 }, 0x99 })');
    lines.push('OperationRegion (REG0, SystemMemory, 0x200000, 0x80)');
    for (const [unit, access] of ['AnyAcc', 'ByteAcc', 'WordAcc', 'DWordAcc', 'QWordAcc'].entries()) {
      const rule = this.#pick(['Preserve', 'WriteAsOnes', 'WriteAsZeros']);
      const fields = Array.from({ length: 3 }, (_, i) => {
        const name = `F${unit}${i}0`;
        this.#fields.push(name);
        const gap = this.#random() < 0.4 ? `, ${1 + this.#below(9)}, ` : '';
        return `${gap}${name}, ${1 + this.#below(Math.min(this.#widest, this.#random() < 0.15 ? 100 : 40))}`;
      });
      lines.push(
        `Field (REG0, ${access}, NoLock, ${rule}) { Offset (${unit * 0x18}), ${fields.join(', ')} }`,
      );
    }
    lines.push('Name (BFLD, Buffer (0x20) { 0x5A, 0xA5, 0x33 })');
    for (let i = 0; i < 4; i++) {
      const name = `C${i}00`;
      this.#fields.push(name);
      lines.push(`CreateField (BFLD, ${this.#below(130)}, ${1 + this.#below(this.#widest)}, ${name})`);
    }
    lines.push('Method (MINT, 2) { Return (Arg0 + (Arg1 * 3)) }');
    lines.push('Method (MCAT, 2) { Return (Concatenate (Arg0, Arg1)) }');
    lines.push('Method (MSET, 2) { Arg0 = Arg1 Return (Arg1) }');
    lines.push('Method (MBUF, 1) { If (SizeOf (Arg0)) { Arg0[0] = 0x42 } Return (Arg0) }');
    return lines;
  }

  method(name: string): string {
    const lines = [`Method (${name}, 0, Serialized) {`];
    for (const type of TYPES)
      for (const local of LOCALS[type]) lines.push(`  ${local} = ${this.#constant(type)}`);
    for (let i = 0; i < STATEMENTS; i++) lines.push(`  ${this.#statement(0)}`);
    lines.push('  Local7 = Package (6) {}');
    [...LOCALS.integer, ...LOCALS.string, ...LOCALS.buffer].forEach((local, i) => {
      lines.push(`  Local7[${i}] = ${local}`);
    });
    lines.push('  Return (Local7)', '}');
    return lines.join('\n');
  }

  #constant(type: Type): string {
    if (type === 'integer')
      return this.#pick([
        'Zero',
        'One',
        'Ones',
        `0x${this.#below(0x100).toString(16)}`,
        `0x${this.#below(0x1_0000_0000).toString(16)}`,
        `0x${this.#below(0x1_0000_0000).toString(16)}${this.#below(0x1_0000_0000).toString(16).padStart(8, '0')}`,
      ]);
    if (type === 'string')
      return this.#pick([
        '""',
        '"abc"',
        '"12"',
        '"0x1F"',
        '"FEDCBA9876543210F"',
        '"zebra crossing"',
        `"${this.#below(100_000)}"`,
      ]);
    const bytes = Array.from({ length: this.#below(11) }, () => `0x${this.#below(256).toString(16)}`);
    const size = this.#random() < 0.3 ? String(bytes.length + this.#below(4)) : '';
    return `Buffer (${size}) { ${bytes.join(', ')} }`;
  }

  /** Something of the type, or now and then of another that is converted on the way. */
  #operand(type: Type, depth: number): string {
    return this.#expression(this.#random() < 0.12 ? this.#pick(TYPES) : type, depth);
  }

  #expression(type: Type, depth: number): string {
    if (depth >= MAX_DEPTH || this.#random() < 0.3) {
      const choice = this.#random();
      if (choice < 0.3) return this.#constant(type);
      if (choice < 0.55) return this.#pick(this.#names[type]);
      if (choice < 0.7 && type === 'integer') return this.#pick(this.#fields);
      return this.#pick(LOCALS[type]);
    }
    const of = (wanted: Type): string => this.#operand(wanted, depth + 1);
    if (type === 'integer') return this.#integerExpression(of);
    if (type === 'string')
      return this.#pick([
        () => `Concatenate (${of('string')}, ${of(this.#pick(TYPES))})`,
        () => `Mid (${of('string')}, ${this.#below(6)}, ${this.#below(6)})`,
        () => `ToHexString (${of(this.#pick(['integer', 'buffer']))})`,
        () => `ToDecimalString (${of(this.#pick(['integer', 'buffer']))})`,
        () => `MCAT (${of('string')}, ${of('string')})`,
      ])();
    return this.#pick([
      () => `Concatenate (${of('buffer')}, ${of(this.#pick(TYPES))})`,
      () => `Concatenate (${of('integer')}, ${of('integer')})`,
      () => `Mid (${of('buffer')}, ${this.#below(6)}, ${this.#below(9)})`,
      () => `ToBuffer (${of(this.#pick(TYPES))})`,
      () => `MBUF (${of('buffer')})`,
    ])();
  }

  #integerExpression(of: (type: Type) => string): string {
    const two = this.#pick([
      'Add',
      'Subtract',
      'Multiply',
      'And',
      'Or',
      'XOr',
      'NAnd',
      'NOr',
      'Divide',
      'Mod',
    ]);
    const test = this.#pick(['LEqual', 'LGreater', 'LLess', 'LNotEqual', 'LGreaterEqual', 'LLessEqual']);
    const same = this.#pick(TYPES);
    return this.#pick([
      () => `${two} (${of('integer')}, ${of('integer')})`,
      () => `${this.#pick(['ShiftLeft', 'ShiftRight'])} (${of('integer')}, ${this.#below(70)})`,
      () => `${this.#pick(['Not', 'FindSetLeftBit', 'FindSetRightBit', 'LNot'])} (${of('integer')})`,
      () => `${this.#pick(['LAnd', 'LOr'])} (${of('integer')}, ${of('integer')})`,
      () => `${test} (${of(same)}, ${of(same)})`,
      () => `ToInteger (${of(this.#pick(TYPES))})`,
      () => `SizeOf (${this.#pick([...LOCALS.string, ...LOCALS.buffer, ...this.#names.buffer, 'PKG0'])})`,
      () => `DerefOf (Index (${this.#pick([...LOCALS.buffer, ...this.#names.buffer])}, ${this.#below(4)}))`,
      () => `MINT (${of('integer')}, ${of('integer')})`,
      () => `ObjectType (${this.#pick([...LOCALS.integer, ...this.#names.string, ...this.#fields, 'PKG0'])})`,
      () => `Match (PKG0, MEQ, ${of(same)}, MTR, 0, 0)`,
      () => `${this.#pick(['FromBCD', 'ToBCD'])} (${of('integer')})`,
    ])();
  }

  #statement(depth: number): string {
    const type = this.#pick(TYPES);
    const value = (wanted: Type): string => this.#expression(wanted, 0);
    const choices: (() => string)[] = [
      () => `${this.#pick(LOCALS[type])} = ${value(type)}`,
      () => `${this.#pick(this.#names[type])} = ${value(this.#random() < 0.7 ? type : this.#pick(TYPES))}`,
      () => `${this.#pick(this.#fields)} = ${value(this.#random() < 0.8 ? 'integer' : this.#pick(TYPES))}`,
      () =>
        `${this.#pick([...LOCALS.integer, ...this.#names.integer, ...this.#fields])}${this.#pick(['++', '--'])}`,
      () => `PKG0[${this.#below(5)}] = ${value(type)}`,
      () =>
        `${this.#pick([...LOCALS.buffer, ...this.#names.buffer])}[${this.#below(4)}] = ${value('integer')}`,
      () => `CopyObject (${value(type)}, ${this.#pick(LOCALS[type])})`,
      () => `MSET (RefOf (${this.#pick(this.#names[type])}), ${value(type)})`,
      () =>
        `Add (${value('integer')}, ${value('integer')}, ${this.#pick([...this.#names[type], ...this.#fields])})`,
      () =>
        `Divide (${value('integer')}, ${value('integer')}, ${this.#pick(this.#names.integer)}, ${this.#pick(LOCALS.integer)})`,
    ];
    if (depth < 2)
      choices.push(
        () =>
          `If (${value('integer')}) { ${this.#statement(depth + 1)} } Else { ${this.#statement(depth + 1)} }`,
        () => `Local6 = ${1 + this.#below(4)}\n  While (Local6) { Local6-- ${this.#inLoop()} }`,
      );
    return this.#pick(choices)();
  }

  /** A statement without a loop of its own: they all count in Local6. */
  #inLoop(): string {
    return this.#statement(2);
  }
}
