/**
 * The contents of address spaces. With assumed contents every byte has an initial value and keeps what is written, as in
 * ACPICA's acpiexec. Otherwise a byte is unknown until it is written; in memory and CMOS it keeps what is written, while
 * a register of a device may read back as anything, and the others beside it as well (an index and a data port).
 */
import { type ByteValue, type FieldSymbol, fieldValue } from '../../../symbolic/index.ts';
import { FIXED_HARDWARE_SPACE, REGION_SPACES } from '../../terms/opcodes.ts';
import { unknownByte } from './buffer-bytes.ts';
import type { Holder, Journal, Key } from './journal.ts';

export const SPACE = {
  memory: 0,
  io: 1,
  pciConfig: 2,
  embeddedController: 3,
  smbus: 4,
  cmos: 5,
  pciBar: 6,
  ipmi: 7,
  gpio: 8,
  serialBus: 9,
  pcc: 10,
  fixedHardware: FIXED_HARDWARE_SPACE,
  /** Of a DataTableRegion (ACPI_ADR_SPACE_DATA_TABLE of ACPICA). */
  dataTable: 0x7e,
} as const;

/** Known contents of physical memory. */
export interface MemoryImage {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** Whether a space is memory, where a written byte keeps its value. */
export function keepsBytes(space: number): boolean {
  return space === SPACE.memory || space === SPACE.cmos || space === SPACE.dataTable;
}

export function spaceName(space: number): string {
  if (space === FIXED_HARDWARE_SPACE) return 'FFixedHW';
  if (space === SPACE.dataTable) return 'DataTableRegion';
  return REGION_SPACES[space] ?? `0x${space.toString(16)}`;
}

/** Initial value of bytes outside of memory images: one for all, or by space and address. */
export type Fill = number | ((space: number, address: bigint) => number);

type Cells = Map<Key, ByteValue>;

/** A byte of a field; 0 is the least significant. */
interface FieldByte {
  readonly field: FieldSymbol;
  readonly index: number;
}

/** A cell of a PCI configuration space has the device's number in the bits above the register. */
const DEVICE_SHIFT = 32n;
const REGISTER_MASK = (1n << DEVICE_SHIFT) - 1n;

/** Addresses up to this are numbers as Map keys, which is faster. */
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function keyOf(address: bigint): Key {
  return address <= SAFE ? Number(address) : address;
}

export class RegionStore {
  readonly #journal: Journal;
  readonly #fill: Fill | undefined;
  readonly #memory: readonly MemoryImage[];
  readonly #cells = new Map<number, Cells>();
  /** Cells of regions at unknown addresses, by path of the region and offset. */
  readonly #floating = new Map<number, Cells>();
  /** For bytes of written fields, the first such field. */
  readonly #fields = new Map<number, Map<Key, FieldByte>>();
  /** Numbers of devices whose configuration space is accessed. */
  readonly #devices = new Map<string, bigint>();
  #lastEpoch = 0;
  /** Why each epoch began. */
  readonly #changes: string[] = [];
  /** The current epoch of each space. It changes when the space is written in ways that are not tracked. */
  readonly epochs: Record<number, number> = {};

  /** @param fill initial value of bytes; `undefined` if unknown */
  constructor(journal: Journal, fill: Fill | undefined, memory: readonly MemoryImage[]) {
    this.#journal = journal;
    this.#fill = fill;
    this.#memory = memory;
  }

  #of(map: Map<number, Cells>, space: number): Cells {
    let cells = map.get(space);
    if (cells === undefined) {
      cells = new Map();
      map.set(space, cells);
    }
    return cells;
  }

  /**
   * The cell of a register in a device's PCI configuration space. With unknown contents each device has its own space;
   * acpiexec has one for all devices.
   *
   * @param device path of the device
   */
  configurationCell(device: string, register: bigint): bigint {
    let at = this.#devices.get(device);
    if (at === undefined) {
      at = BigInt(this.#devices.size + 1) << DEVICE_SHIFT;
      this.#devices.set(device, at);
    }
    return at | (register & REGISTER_MASK);
  }

  /**
   * Records a written field of whole bytes, so that on paths which do not write it the bytes have the field's name.
   *
   * @param cell of the first byte, as {@link read} takes it
   * @param symbol returns the field's symbol, of any epoch
   */
  noteField(space: number, cell: bigint, symbol: () => FieldSymbol): void {
    let fields = this.#fields.get(space);
    if (fields === undefined) {
      fields = new Map();
      this.#fields.set(space, fields);
    }
    if (fields.has(keyOf(cell))) return;
    const { why: _, ...field } = symbol();
    for (let index = 0; index < field.bits >> 3; index++) {
      const key = keyOf(cell + BigInt(index));
      if (!fields.has(key)) fields.set(key, { field, index });
    }
  }

  /** The symbol of a byte that was not written, named by its address. @param cell as for {@link read} */
  unwritten(space: number, cell: bigint, state = this.stateOf(space)): ByteValue {
    const known = this.#fields.get(space)?.get(keyOf(cell));
    const named =
      known === undefined
        ? state
        : { ...state, byteOf: { field: { ...known.field, ...state }, index: known.index } };
    if (space !== SPACE.pciConfig || cell >> DEVICE_SHIFT === 0n)
      return unwrittenByte(space, cell, named, undefined);
    const base = (cell >> DEVICE_SHIFT) << DEVICE_SHIFT;
    const [device] = [...this.#devices].find(([, at]) => at === base) ?? [''];
    return unwrittenByte(space, cell & REGISTER_MASK, named, device);
  }

  /** The initial value of a byte; `undefined` if unknown. */
  #given(space: number, address: bigint): number | undefined {
    for (const { address: start, bytes } of this.#imagesOf(space))
      if (address >= start && address < start + BigInt(bytes.length)) return bytes[Number(address - start)];
    return typeof this.#fill === 'function' ? this.#fill(space, address) : this.#fill;
  }

  /** A byte; `undefined` if it was not written and its initial value is unknown. */
  read(space: number, address: bigint): ByteValue | undefined {
    const cells = this.#cells.get(space);
    const written = cells === undefined || cells.size === 0 ? undefined : cells.get(keyOf(address));
    return (
      written ??
      (this.#memory.length === 0 && typeof this.#fill !== 'function'
        ? this.#fill
        : this.#given(space, address))
    );
  }

  /**
   * Up to four bytes as a little-endian number, if all bytes have the same initial value and no unknown byte was written
   * there; otherwise `undefined`.
   */
  readPlain(space: number, address: number, length: number): number | undefined {
    const fill = this.#fill;
    if (typeof fill !== 'number' || this.#memory.length > 0) return undefined;
    const cells = this.#cells.get(space);
    let value = 0;
    for (let i = length - 1; i >= 0; i--) {
      const byte = cells?.get(address + i) ?? fill;
      if (typeof byte !== 'number') return undefined;
      value = value * 256 + byte;
    }
    return value;
  }

  /** Writes up to four bytes of a little-endian number at an address as for {@link readPlain}. */
  writePlain(space: number, address: number, length: number, value: number): void {
    const cells = this.#of(this.#cells, space);
    for (let i = 0; i < length; i++) this.#journal.set(cells, address + i, (value >>> (8 * i)) & 0xff);
    const floating = this.#floating.get(space);
    if (floating !== undefined) this.#clear(floating);
  }

  /** Whether firmware code wrote the byte. */
  isWritten(space: number, address: bigint): boolean {
    return this.#cells.get(space)?.has(keyOf(address)) ?? false;
  }

  write(space: number, address: bigint, value: ByteValue): void {
    const cells = this.#of(this.#cells, space);
    this.#journal.set(cells, keyOf(address), value);
    const floating = this.#floating.get(space);
    if (floating !== undefined) this.#clear(floating);
  }

  /** A byte of a region at an unknown address. */
  readFloating(space: number, region: string, offset: number): ByteValue | undefined {
    return this.#floating.get(space)?.get(`${region}+${offset}`);
  }

  /** Writes at an unknown address, which makes the whole space unknown. */
  writeFloating(space: number, region: string, offset: number, value: ByteValue): void {
    this.#forgetCells(space);
    const floating = this.#of(this.#floating, space);
    for (const key of [...floating.keys()])
      if (!String(key).startsWith(`${region}+`)) this.#journal.set(floating, key, undefined);
    this.#journal.set(floating, `${region}+${offset}`, value);
    this.newEpoch(space, `${region}, at an unknown address, was written`);
  }

  /**
   * Makes `length` bytes unknown by a new epoch, which is cheaper than writing unknown bytes.
   *
   * @param why what may have written there
   */
  forget(space: number, address: bigint, length: number, why: string): void {
    const end = address + BigInt(length);
    const cells = this.#of(this.#cells, space);
    for (const key of this.#writtenIn(cells, address, length)) this.#forgetCell(space, cells, key);
    for (const { address: start, bytes } of this.#imagesOf(space)) {
      const last = start + BigInt(bytes.length);
      for (let at = start > address ? start : address; at < end && at < last; at += 1n)
        this.#forgetCell(space, cells, keyOf(at));
    }
    const floating = this.#floating.get(space);
    if (floating !== undefined) this.#clear(floating);
    this.newEpoch(space, why);
  }

  /**
   * Gives each of `length` bytes a new unknown value with its name, after a device was written.
   *
   * @param cell of the first byte, as {@link read} takes it
   */
  renew(space: number, cell: bigint, length: number, why: string): void {
    this.#lastEpoch += 1;
    this.#changes[this.#lastEpoch] = why;
    const cells = this.#of(this.#cells, space);
    for (let at = cell; at < cell + BigInt(length); at += 1n)
      this.#journal.set(cells, keyOf(at), this.unwritten(space, at, { epoch: this.#lastEpoch, why }));
  }

  /** As {@link forget}, for a region at an unknown address. */
  forgetFloating(space: number, why: string): void {
    this.#forgetCells(space);
    this.#clear(this.#of(this.#floating, space));
    this.newEpoch(space, why);
  }

  #forgetCells(space: number): void {
    const cells = this.#cells.get(space);
    if (cells !== undefined) for (const key of [...cells.keys()]) this.#forgetCell(space, cells, key);
  }

  /** Makes a written cell unknown; it does not get its initial value again. */
  #forgetCell(space: number, cells: Cells, key: Key): void {
    const given = this.#given(space, BigInt(key));
    const value = given === undefined ? undefined : unknownByte('written at an unknown address');
    this.#journal.set(cells, key, value);
  }

  /** Whether none of `length` bytes was written or has a known initial value. */
  isUntouched(space: number, address: bigint, length: number): boolean {
    const end = address + BigInt(length);
    const cells = this.#cells.get(space);
    if (cells !== undefined && this.#writtenIn(cells, address, length).length > 0) return false;
    return !this.#imagesOf(space).some(
      ({ address: start, bytes }) => start < end && address < start + BigInt(bytes.length),
    );
  }

  #imagesOf(space: number): readonly MemoryImage[] {
    return space === SPACE.memory ? this.#memory : [];
  }

  #writtenIn(cells: Cells, address: bigint, length: number): Key[] {
    const end = address + BigInt(length);
    if (length < cells.size)
      return Array.from({ length }, (_, i) => keyOf(address + BigInt(i))).filter((key) => cells.has(key));
    return [...cells.keys()].filter((key) => BigInt(key) >= address && BigInt(key) < end);
  }

  #clear(cells: Cells): void {
    for (const key of [...cells.keys()]) this.#journal.set(cells, key, undefined);
  }

  /**
   * Starts a new epoch: values that are read from now on may differ from those before. Epochs are never reused.
   *
   * @param why what may have changed it, as a sentence
   */
  newEpoch(space: number, why: string): void {
    this.#lastEpoch += 1;
    this.#changes[this.#lastEpoch] = why;
    this.#journal.set(this.epochs, space, this.#lastEpoch);
  }

  /** The current epoch of a space, and why it began. */
  stateOf(space: number): Pick<FieldSymbol, 'epoch' | 'why'> {
    const epoch = this.epochs[space] ?? 0;
    const why = this.#changes[epoch];
    return why === undefined ? { epoch } : { epoch, why };
  }

  /** The initial value of a place, for merging. */
  readonly initialByte = (holder: Holder, key: Key): ByteValue => {
    for (const [space, cells] of this.#cells) {
      if (cells !== holder) continue;
      const address = BigInt(key);
      const given = this.#given(space, address);
      return given ?? this.unwritten(space, address);
    }
    const name = `[${String(key)}]`;
    return {
      of: fieldValue({ name, path: name, space: '', address: undefined, bitOffset: 0, bits: 8, epoch: 0 }),
      index: 0,
    };
  };
}

function unwrittenByte(
  space: number,
  address: bigint,
  state: Pick<FieldSymbol, 'epoch' | 'why' | 'byteOf'>,
  device: string | undefined,
): ByteValue {
  const name = `${device === undefined ? '' : `${device}.`}${spaceName(space)}[0x${address.toString(16)}]`;
  return {
    of: fieldValue({
      name,
      path: name,
      space: spaceName(space),
      address,
      ...(device === undefined ? {} : { within: device }),
      bitOffset: 0,
      bits: 8,
      ...state,
    }),
    index: 0,
  };
}
