/** Samples with other numbers in them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Numbers that look like chance and are the same for the same seed (mulberry32). */
export class Varied {
  readonly number: number;
  #state: number;

  constructor(number: number) {
    this.number = number;
    this.#state = number ^ 0x9e3779b9;
  }

  /** From 0 on, below `count`. */
  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  }
}

const MIB = 1 << 20;
/** Placeholders in the source. */
const MARKS = {
  model: 'Synthetic 0000000',
  memory: 0x5eed0001,
  low: 0x5eed0002,
  high: 0x5eed0003,
  size: 0x5eed0004,
};

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Two windows of VMBus, below and above 4 GiB, and a number of devices. */
function sourceOf(devices: number): string {
  const list = Array.from(
    { length: devices },
    (_, at) =>
      `uart@${(at * 4096).toString(16)} { compatible = "ns16550a"; reg = <0 ${hex(at * 4096)} 0 0x1000>; };`,
  );
  return `/dts-v1/;
/ {
  #address-cells = <2>; #size-cells = <2>;
  model = "${MARKS.model}"; compatible = "microsoft,openvmm";
  memory@0 { device_type = "memory"; reg = <0 0 0 ${hex(MARKS.memory)}>; };
  soc@f0000000 {
    compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>;
    ranges = <0 0 0 0xf0000000 0 0x1000000>;
    ${list.join('\n    ')}
  };
  bus {
    compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges;
    vmbus {
      compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>;
      ranges = <0 ${hex(MARKS.low)} 0 ${hex(MARKS.low)} 0 ${hex(MARKS.size)}
                ${hex(MARKS.high)} 0 ${hex(MARKS.high)} 0 0 0x40000000>;
    };
  };
};
`;
}

function compiled(source: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-vary-'));
  try {
    writeFileSync(join(folder, 'a.dts'), source);
    const done = spawnSync('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-o', 'a.dtb', 'a.dts'], { cwd: folder });
    if (done.status !== 0) throw new Error(`dtc: ${done.error?.message ?? done.stderr.toString()}`);
    return readFileSync(join(folder, 'a.dtb'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SIZES = [4, 16, 64, 200];
const blobs = new Map<number, Buffer>();

/** Sets every cell that has the mark's value. */
function fill(blob: Buffer, mark: number, value: number): void {
  const cell = Buffer.alloc(4);
  cell.writeUInt32BE(mark);
  for (let at = blob.indexOf(cell); at >= 0; at = blob.indexOf(cell, at + 4)) blob.writeUInt32BE(value, at);
}

export function variedTree(varied: Varied): Uint8Array {
  const devices = SIZES[varied.below(SIZES.length)]!;
  let base = blobs.get(devices);
  if (base === undefined) {
    base = compiled(sourceOf(devices));
    blobs.set(devices, base);
  }
  const blob = Buffer.from(base);
  blob.write(`Synthetic ${String(varied.number).padStart(7, '0')}`, blob.indexOf(MARKS.model));
  fill(blob, MARKS.memory, (512 + 16 * varied.below(64)) * MIB);
  fill(blob, MARKS.low, 0xf8000000 - 16 * MIB * varied.below(4));
  fill(blob, MARKS.size, (16 + varied.below(96)) * MIB);
  fill(blob, MARKS.high, 1 + varied.below(15));
  return blob;
}

const HEADER_BYTES = 36;
const LENGTH_AT = 4;
const CHECKSUM_AT = 9;
const OEM_REVISION_AT = 24;
/** DWordMemory: tag, length of the rest, and where minimum, maximum and length stand (ACPI 6.5, 6.4.3.5.2). */
const DWORD_ADDRESS = Buffer.from([0x87, 0x17, 0x00, 0x00]);
const DWORD_MINIMUM = 10;
/** Windows below this are those of the old VGA. */
const LOW_WINDOW = 0x80000000;

/** A DSDT with another OEM revision and other windows below 4 GiB; other tables as they are. */
function variedTable(table: Uint8Array, varied: Varied): Buffer {
  const bytes = Buffer.from(table);
  if (bytes.toString('latin1', 0, 4) !== 'DSDT') return bytes;
  bytes.writeUInt32LE(1 + varied.number, OEM_REVISION_AT);
  for (let at = bytes.indexOf(DWORD_ADDRESS); at >= 0; at = bytes.indexOf(DWORD_ADDRESS, at + 1)) {
    const field = at + DWORD_MINIMUM;
    if (field + 16 > bytes.length) break;
    const minimum = bytes.readUInt32LE(field);
    const maximum = bytes.readUInt32LE(field + 4);
    const length = bytes.readUInt32LE(field + 12);
    if (minimum < LOW_WINDOW || maximum - minimum + 1 !== length || length <= 64 * MIB) continue;
    const moved = MIB * varied.below(48);
    bytes.writeUInt32LE(minimum + moved, field);
    bytes.writeUInt32LE(length - moved, field + 12);
  }
  bytes[CHECKSUM_AT] = 0;
  bytes[CHECKSUM_AT] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return bytes;
}

/** Tables one behind the other, as acpidump prints them. */
export function variedDump(tables: Uint8Array, varied: Varied): string {
  const lines: string[] = [];
  for (let at = 0; at + HEADER_BYTES <= tables.length; ) {
    const view = Buffer.from(tables.buffer, tables.byteOffset + at, tables.length - at);
    const length = view.readUInt32LE(LENGTH_AT);
    if (length < HEADER_BYTES || length > view.length) break;
    const table = variedTable(view.subarray(0, length), varied);
    lines.push(`${table.toString('latin1', 0, 4)} @ 0x${(0x7f000000 + at).toString(16).padStart(16, '0')}`);
    for (let row = 0; row < length; row += 16) {
      const part = table.subarray(row, row + 16);
      const digits = [...part].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
      const text = part.toString('latin1').replace(/[^ -~]/g, '.');
      lines.push(`    ${row.toString(16).padStart(4, '0').toUpperCase()}: ${digits.padEnd(47)}  ${text}`);
    }
    lines.push('');
    at += length;
  }
  return `${lines.join('\n')}\n`;
}
