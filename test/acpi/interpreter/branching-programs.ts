/** ASL of methods that branch on firmware fields in every way there is: returns, breaks, faults, calls, loops. */
import { pick, seededRandom } from '../../grammar/ebnf.ts';

const MAX_DEPTH = 2;
/** Fields of four values each. */
const FIELDS = ['FLD0', 'FLD1', 'FLD2'] as const;

/** What stands inside a DefinitionBlock: `_CRS` of three devices that call three methods. The same for the same seed. */
export function branchingProgram(seed: number): string {
  const writer = new Writer(seededRandom(seed));
  const methods = [0, 1, 2].map((i) => writer.method(`MTH${i}`, i)).join('\n');
  const devices = [0, 1, 2]
    .map(
      (i) => `Device (DEV${i}) {
        Name (BUFF, Buffer () { 0x83, 0x04, 0x00, 0, 0, 0, 0, 0x79, 0x00 })
        CreateWordField (BUFF, 3, WRD0)
        CreateWordField (BUFF, 5, WRD1)
        Method (_CRS) { WRD0 = MTH${i} (${i}) WRD1 = SEEN Return (BUFF) }
      }`,
    )
    .join('\n');
  return `
    OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
    Field (NVS, ByteAcc, NoLock, Preserve) { FLD0, 2, FLD1, 2, FLD2, 2 }
    Name (SEEN, 0)
    Name (LIST, Package () { 1, 2, 3 })
    ${methods}
    ${devices}`;
}

class Writer {
  readonly #random: () => number;
  #numbers = 1;

  constructor(random: () => number) {
    this.#random = random;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(choices: readonly T[]): T {
    return pick(this.#random, choices);
  }

  /** @param level calls methods of lower levels only */
  method(name: string, level: number): string {
    return `Method (${name}, 1) { Local0 = 0 Local7 = 0\n${this.#list(0, level, false)}\nReturn (Local0) }`;
  }

  #list(depth: number, level: number, inLoop: boolean): string {
    return Array.from({ length: 1 + this.#below(3) }, () => this.#statement(depth, level, inLoop)).join('\n');
  }

  #condition(): string {
    const field = this.#pick(FIELDS);
    return this.#pick([
      () => `${field} == ${this.#below(4)}`,
      () => `${field} < ${this.#below(4)}`,
      () => `${field} & ${1 + this.#below(3)}`,
      () => `${field} > ${this.#pick(FIELDS)}`,
      () => `(${field} == ${this.#below(4)}) || (${this.#pick(FIELDS)} == ${this.#below(4)})`,
      () => `Local0 == ${this.#below(this.#numbers + 1)}`,
      () => `SEEN > ${this.#below(3)}`,
    ])();
  }

  #number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  #statement(depth: number, level: number, inLoop: boolean): string {
    const inner = (loop = inLoop): string => this.#list(depth + 1, level, loop);
    const choices: (() => string)[] = [
      () => `Local0 = ${this.#number()}`,
      () => 'SEEN++',
      () => `Local0 += ${this.#pick(FIELDS)}`,
      () => `If (${this.#condition()}) { Return (${this.#number()}) }`,
      () => `If (${this.#condition()}) { SEEN += ${this.#below(9)} Return (${this.#number()}) }`,
      () => `Local0 = 6 / ${this.#pick(FIELDS)}`,
      () => `Local0 = DerefOf (LIST [${this.#pick(FIELDS)}])`,
    ];
    if (level > 0) choices.push(() => `Local0 = MTH${this.#below(level)} (Local0)`);
    if (inLoop)
      choices.push(
        () => `If (${this.#condition()}) { Break }`,
        () => `If (${this.#condition()}) { SEEN++ Break }`,
        () => `If (${this.#condition()}) { Continue }`,
      );
    if (depth < MAX_DEPTH)
      choices.push(
        () => `If (${this.#condition()}) { ${inner()} }`,
        () => `If (${this.#condition()}) { ${inner()} } Else { ${inner()} }`,
        () =>
          depth === 0 && !inLoop
            ? `Local7 = 0 While (Local7 < ${1 + this.#below(3)}) { Local7++ ${inner(true)} }`
            : `If (${this.#condition()}) { ${inner()} }`,
      );
    return this.#pick(choices)();
  }
}
