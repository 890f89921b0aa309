/** ToPLD: the Physical Location Description buffer (ACPI 6.5, 6.1.8 and 19.6.141). */

export interface PldField {
  readonly name: string;
  /** First bit in the buffer, and number of bits. */
  readonly bit: number;
  readonly bits: number;
  /** Names of the values 0, 1, 2…, if they have names. */
  readonly words?: readonly string[];
}

function field(name: string, bit: number, bits: number, words?: readonly string[]): PldField {
  return words === undefined ? { name, bit, bits } : { name, bit, bits, words };
}

/** In bit order. Bytes 16 to 19 exist since revision 2. */
export const PLD_FIELDS: readonly PldField[] = [
  field('PLD_Revision', 0, 7),
  field('PLD_IgnoreColor', 7, 1),
  field('PLD_Red', 8, 8),
  field('PLD_Green', 16, 8),
  field('PLD_Blue', 24, 8),
  field('PLD_Width', 32, 16),
  field('PLD_Height', 48, 16),
  field('PLD_UserVisible', 64, 1),
  field('PLD_Dock', 65, 1),
  field('PLD_Lid', 66, 1),
  field('PLD_Panel', 67, 3, ['TOP', 'BOTTOM', 'LEFT', 'RIGHT', 'FRONT', 'BACK', 'UNKNOWN']),
  field('PLD_VerticalPosition', 70, 2, ['UPPER', 'CENTER', 'LOWER']),
  field('PLD_HorizontalPosition', 72, 2, ['LEFT', 'CENTER', 'RIGHT']),
  field('PLD_Shape', 74, 4, [
    'ROUND',
    'OVAL',
    'SQUARE',
    'VERTICALRECTANGLE',
    'HORIZONTALRECTANGLE',
    'VERTICALTRAPEZOID',
    'HORIZONTALTRAPEZOID',
    'UNKNOWN',
    'CHAMFERED',
  ]),
  field('PLD_GroupOrientation', 78, 1),
  field('PLD_GroupToken', 79, 8),
  field('PLD_GroupPosition', 87, 8),
  field('PLD_Bay', 95, 1),
  field('PLD_Ejectable', 96, 1),
  field('PLD_EjectRequired', 97, 1),
  field('PLD_CabinetNumber', 98, 8),
  field('PLD_CardCageNumber', 106, 8),
  field('PLD_Reference', 114, 1),
  field('PLD_Rotation', 115, 4),
  field('PLD_Order', 119, 5),
  field('PLD_Reserved', 124, 4),
  field('PLD_VerticalOffset', 128, 16),
  field('PLD_HorizontalOffset', 144, 16),
];

/** Size in bytes of a buffer of revision 2. */
export const PLD_LENGTH = 20;
/** Size in bytes of a buffer of revision 1. */
export const PLD_LENGTH_1 = 16;

/** The buffer: like iasl's it has 20 bytes whatever the revision, the last four zero below revision 2. */
export function writePld(values: ReadonlyMap<PldField, bigint>): Uint8Array {
  let whole = 0n;
  const revision = values.get(PLD_FIELDS[0]!) ?? 0n;
  const limit = 8 * (revision >= 2n ? PLD_LENGTH : PLD_LENGTH_1);
  for (const [{ bit, bits }, value] of values)
    if (bit < limit) whole |= BigInt.asUintN(bits, value) << BigInt(bit);
  return Uint8Array.from({ length: PLD_LENGTH }, (_, index) => Number((whole >> BigInt(8 * index)) & 0xffn));
}

/** The values of all fields that the bytes contain. */
export function readPld(bytes: Uint8Array): ReadonlyMap<PldField, bigint> {
  const whole = bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return new Map(
    PLD_FIELDS.filter(({ bit, bits }) => bit + bits <= 8 * bytes.length).map((each) => [
      each,
      BigInt.asUintN(each.bits, whole >> BigInt(each.bit)),
    ]),
  );
}

/** The value with a name. iasl prints `""` for a value without a name, which is taken for the first such value. */
export function pldWord(field: PldField, word: string): bigint | undefined {
  const words = field.words ?? [];
  const index = word === '' ? words.length : words.indexOf(word.toUpperCase());
  return index < 0 || index >= 1 << field.bits ? undefined : BigInt(index);
}
