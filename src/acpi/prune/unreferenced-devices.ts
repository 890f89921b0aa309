/**
 * Finds unreferenced devices: declared once, mentioned nowhere else, and without objects that are executed at boot. No
 * other code can access them, so leaving them out does not change any other result. Most of the tables of a machine with
 * thousands of processors are such devices.
 */

import { DUAL_NAME_PREFIX, MULTI_NAME_PREFIX, PARENT_PREFIX, ROOT_PREFIX } from '../aml/names.ts';
import { packageLength, packageLengthSize } from '../aml/package-length.ts';
import type { AcpiTable } from '../tables/table.ts';
import { EXTENSION_PREFIX, OPCODES } from '../terms/opcodes.ts';

/** Maximum nesting of devices that are examined. */
const MAX_DEPTH = 8;
/** Maximum number of terms of a condition that are examined. */
const MAX_CONDITION = 16;

// Constants for speed: the bytes of whole tables are compared with these.
const NAME = OPCODES.Name.code;
const BYTE = OPCODES.Byte.code;
const WORD = OPCODES.Word.code;
const DWORD = OPCODES.DWord.code;
const STRING = OPCODES.String.code;
const QWORD = OPCODES.QWord.code;
const BUFFER = OPCODES.Buffer.code;
const PACKAGE = OPCODES.Package.code;
const METHOD = OPCODES.Method.code;
const ONES = OPCODES.Ones.code;
const LAND = OPCODES.LAnd.code;
const LLESS = OPCODES.LLess.code;
const LNOT = OPCODES.LNot.code;
const IF = OPCODES.If.code;
const ELSE = OPCODES.Else.code;
const RETURN = OPCODES.Return.code;
/** Second bytes of opcodes with {@link EXTENSION_PREFIX}. */
const MUTEX = OPCODES.Mutex.code & 0xff;
const OPERATION_REGION = OPCODES.OperationRegion.code & 0xff;
const FIELD = OPCODES.Field.code & 0xff;
const DEVICE = OPCODES.Device.code & 0xff;
const PROCESSOR = OPCODES.Processor.code & 0xff;
/** Size in bytes of processor ID, P_BLK address and P_BLK length. */
const PROCESSOR_FIELDS = 6;

/** A segment as a little-endian 32-bit number. */
function segment(text: string): number {
  return (
    text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) << 16) | (text.charCodeAt(3) << 24)
  );
}

/** Methods that are executed at boot (ACPI 6.5, 6.5.1 and 6.5.4). */
const RUN_AT_START: ReadonlySet<number> = new Set(['_INI', '_REG'].map(segment));
/** Identification methods, which Linux executes for every device. */
const IDENTITY: ReadonlySet<number> = new Set(['_HID', '_CID'].map(segment));
/** Executed at boot too; most return a constant. */
const STATUS = segment('_STA');

function isNameCharacter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x30 && byte <= 0x39);
}

/** Whether the name string at an offset is that of a Name or a Field unit, which can be read without executing code. */
export type IsData = (bytes: Uint8Array, at: number) => boolean;

/** Bytes that look like the definition of an event handler method. */
interface Handler {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  confirmed: boolean;
}

/** Bytes [start, end) of a table. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class UnreferencedDevices {
  /** What was said to be such a device. */
  readonly leftOut: ByteRange[] = [];

  /** Open-addressing hash table of all four-byte sequences that may be a segment, and their number of occurrences (max. 2). */
  readonly #keys: Int32Array;
  readonly #counts: Uint8Array;
  /** 1 for name characters; a table, since every byte of the tables is looked up. */
  readonly #isName = Uint8Array.from({ length: 256 }, (_, byte) => (isNameCharacter(byte) ? 1 : 0));
  readonly #wanted = new Map<Uint8Array, number[]>();
  #bytes: Uint8Array = new Uint8Array(0);
  #isData: IsData = () => false;
  /** The cursor. */
  #at = 0;

  /** Candidates for methods that only events execute. */
  readonly #handlers = new Set<Handler>();

  /**
   * @param tables all tables whose code may be executed
   * @param ids hardware IDs of devices that are not left out, nor are their ancestors
   */
  constructor(tables: readonly AcpiTable[], ids: readonly string[]) {
    const total = tables.reduce((sum, { bytes }) => sum + bytes.length, 1);
    const slots = 2 ** Math.ceil(Math.log2(total) + 1);
    this.#keys = new Int32Array(slots);
    this.#counts = new Uint8Array(slots);
    for (const { bytes } of tables) {
      this.#count(bytes, 0, bytes.length);
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const places: number[] = [];
      for (const id of ids)
        for (let at = buffer.indexOf(id, 0, 'latin1'); at >= 0; at = buffer.indexOf(id, at + 1, 'latin1'))
          places.push(at);
      this.#wanted.set(bytes, places);
    }
    this.#countCalledHandlers();
  }

  /** Handlers that are mentioned elsewhere may be called, so what they mention counts too. */
  #countCalledHandlers(): void {
    for (let called = true; called; ) {
      called = false;
      for (const handler of this.#handlers) {
        const name = nameOffset(handler.bytes, handler.start);
        if (this.#isMentionedOnce(segmentAt(handler.bytes, name))) continue;
        this.#handlers.delete(handler);
        called = true;
        this.#count(handler.bytes, name + 4, handler.end);
      }
    }
  }

  #count(bytes: Uint8Array, from: number, to: number): void {
    const keys = this.#keys;
    const counts = this.#counts;
    const mask = keys.length - 1;
    const isName = this.#isName;
    let key = 0;
    let run = 0;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      if (isName[byte] === 0) {
        run = 0;
        continue;
      }
      key = (key >>> 8) | (byte << 24);
      run += 1;
      if (run < 4) continue;
      let slot = hash(key) & mask;
      while (counts[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
      keys[slot] = key;
      if (counts[slot]! < 2) counts[slot]! += 1;
      if ((key & 0xff) !== UNDERSCORE || !isHandler(key)) continue;
      const start = methodBefore(bytes, i - 3, to);
      if (start < 0) continue;
      const end = start + 1 + packageLength(bytes, start + 1);
      this.#handlers.add({ bytes, start, end, confirmed: false });
      i = end - 1;
      run = 0;
    }
  }

  /** Confirms that there is a method at an offset. */
  confirmMethod(bytes: Uint8Array, start: number): void {
    if (!isHandler(segmentAt(bytes, nameOffset(bytes, start)))) return;
    for (const handler of this.#handlers)
      if (handler.bytes === bytes && handler.start === start) handler.confirmed = true;
  }

  /** Whether all handler candidates were confirmed by {@link confirmMethod}. If not, too much may have been left out. */
  get holds(): boolean {
    return [...this.#handlers].every(({ confirmed }) => confirmed);
  }

  #isMentionedOnce(key: number): boolean {
    const mask = this.#keys.length - 1;
    let slot = hash(key) & mask;
    while (this.#counts[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return this.#counts[slot] === 1;
  }

  /**
   * Exclusive end of the statement at `at` if it declares an unreferenced device, maybe under a condition without side
   * effects; otherwise -1. @param end exclusive end of the list
   */
  endAt(bytes: Uint8Array, at: number, end: number, isData: IsData): number {
    const lead = bytes[at];
    if (lead !== IF && (lead !== EXTENSION_PREFIX || !isDevice(bytes[at + 1]))) return -1;
    this.#bytes = bytes;
    this.#isData = isData;
    let stop: number;
    if (lead === IF) {
      this.#at = at + 1;
      stop = this.#packageEnd(end);
      if (stop < 0 || bytes[stop] === ELSE || !this.#condition(stop)) return -1;
      while (this.#at < stop) {
        if (bytes[this.#at] !== EXTENSION_PREFIX || !isDevice(bytes[this.#at + 1])) return -1;
        if (!this.#device(stop, true, 0)) return -1;
      }
    } else {
      this.#at = at;
      if (!this.#device(end, true, 0)) return -1;
      stop = this.#at;
    }
    for (const place of this.#wanted.get(bytes) ?? [at]) if (place >= at && place < stop) return -1;
    this.leftOut.push({ bytes, start: at, end: stop });
    return stop;
  }

  /** Skips the PkgLength at the cursor and returns the package's exclusive end; -1 if it exceeds `limit`. */
  #packageEnd(limit: number): number {
    const bytes = this.#bytes;
    const at = this.#at;
    this.#at = at + packageLengthSize(bytes[at] ?? 0);
    if (this.#at > limit) return -1;
    const end = at + packageLength(bytes, at);
    return end > limit || end < this.#at ? -1 : end;
  }

  /** Skips and returns the segment at the cursor; `undefined` if there is none. */
  #segment(limit: number): number | undefined {
    const bytes = this.#bytes;
    const at = this.#at;
    if (at + 4 > limit || this.#isName[bytes[at]!] === 0) return undefined;
    this.#at = at + 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }

  /** Skips a constant or string; false if there is none. */
  #constant(limit: number): boolean {
    const bytes = this.#bytes;
    const lead = bytes[this.#at]!;
    let length: number;
    if (lead <= 1 || lead === ONES) length = 1;
    else if (lead === BYTE) length = 2;
    else if (lead === WORD) length = 3;
    else if (lead === DWORD) length = 5;
    else if (lead === QWORD) length = 9;
    else if (lead === STRING) {
      const nul = bytes.indexOf(0, this.#at);
      if (nul < 0) return false;
      length = nul + 1 - this.#at;
    } else return false;
    this.#at += length;
    return this.#at <= limit;
  }

  /** Skips the path at the cursor and returns its last segment. */
  #path(limit: number): number | undefined {
    const bytes = this.#bytes;
    if (bytes[this.#at] === ROOT_PREFIX) this.#at += 1;
    else while (this.#at < limit && bytes[this.#at] === PARENT_PREFIX) this.#at += 1;
    let count = 1;
    if (bytes[this.#at] === DUAL_NAME_PREFIX) {
      count = 2;
      this.#at += 1;
    } else if (bytes[this.#at] === MULTI_NAME_PREFIX) {
      count = bytes[this.#at + 1] ?? 0;
      this.#at += 2;
    }
    let last: number | undefined;
    for (let i = 0; i < count; i++) {
      last = this.#segment(limit);
      if (last === undefined) return undefined;
    }
    return last;
  }

  /** Skips a value without code: a constant, a buffer, or a package of constants. */
  #data(limit: number): boolean {
    const lead = this.#bytes[this.#at];
    if (lead !== BUFFER && lead !== PACKAGE) return this.#constant(limit);
    this.#at += 1;
    const end = this.#packageEnd(limit);
    if (end < 0) return false;
    if (lead === PACKAGE) this.#at += 1;
    while (this.#at < end) {
      if (!this.#constant(end)) return false;
      if (lead === BUFFER) this.#at = end;
    }
    return this.#at === end;
  }

  /** Skips a comparison of constants and data. */
  #condition(limit: number): boolean {
    let wanted = 1;
    for (let i = 0; wanted > 0; i++) {
      if (i > MAX_CONDITION || this.#at >= limit) return false;
      const lead = this.#bytes[this.#at]!;
      wanted -= 1;
      if (lead >= LAND && lead <= LLESS) {
        this.#at += 1;
        wanted += lead === LNOT ? 1 : 2;
      } else if (!this.#constant(limit)) {
        const start = this.#at;
        if (this.#segment(limit) === undefined || !this.#isData(this.#bytes, start)) return false;
      }
    }
    return true;
  }

  /** Skips the device at the cursor; false if anything in it is executed at boot. */
  #device(limit: number, outermost: boolean, depth: number): boolean {
    const bytes = this.#bytes;
    const processor = bytes[this.#at + 1] === PROCESSOR;
    this.#at += 2;
    const end = this.#packageEnd(limit);
    if (end < 0 || depth > MAX_DEPTH) return false;
    const name = this.#path(end);
    if (name === undefined || (outermost && !this.#isMentionedOnce(name))) return false;
    if (processor) this.#at += PROCESSOR_FIELDS;
    while (this.#at < end) {
      const lead = bytes[this.#at]!;
      if (lead === NAME) {
        this.#at += 1;
        if (this.#segment(end) === undefined || !this.#data(end)) return false;
      } else if (lead === METHOD) {
        this.confirmMethod(bytes, this.#at);
        this.#at += 1;
        const stop = this.#packageEnd(end);
        const method = stop < 0 ? undefined : this.#segment(stop);
        if (method === undefined || RUN_AT_START.has(method) || IDENTITY.has(method)) return false;
        if (method === STATUS && !this.#givesConstant(stop)) return false;
        this.#at = stop;
      } else if (lead !== EXTENSION_PREFIX || !this.#extended(end, depth)) return false;
    }
    return this.#at === end;
  }

  /** Whether the method whose flags are at the cursor only returns a constant. */
  #givesConstant(end: number): boolean {
    this.#at += 1;
    if (this.#bytes[this.#at] !== RETURN) return false;
    this.#at += 1;
    return this.#constant(end) && this.#at === end;
  }

  /** Skips a term with a two-byte opcode. */
  #extended(limit: number, depth: number): boolean {
    const second = this.#bytes[this.#at + 1];
    if (isDevice(second)) return this.#device(limit, false, depth + 1);
    this.#at += 2;
    switch (second) {
      case MUTEX:
        this.#at += 5;
        return this.#at <= limit;
      case OPERATION_REGION:
        this.#at += 5;
        return this.#at < limit && this.#constant(limit) && this.#constant(limit);
      case FIELD:
        this.#at = this.#packageEnd(limit);
        return this.#at >= 0;
      default:
        return false;
    }
  }
}

function isDevice(byte: number | undefined): boolean {
  return byte === DEVICE || byte === PROCESSOR;
}

const UNDERSCORE = 0x5f;
/** E and L of general-purpose events (ACPI 6.5, 5.6.4.1), Q of embedded controller queries (5.6.4.2). */
const EVENT_LETTERS: ReadonlySet<number> = new Set([0x45, 0x4c, 0x51]);

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46);
}

/** Whether the segment is `_Exx`, `_Lxx` or `_Qxx`. */
function isHandler(key: number): boolean {
  return (
    (key & 0xff) === UNDERSCORE &&
    EVENT_LETTERS.has((key >> 8) & 0xff) &&
    isHexDigit((key >> 16) & 0xff) &&
    isHexDigit((key >> 24) & 0xff)
  );
}

function segmentAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Offset of the name of the Method at `start`. */
function nameOffset(bytes: Uint8Array, start: number): number {
  return start + 1 + packageLengthSize(bytes[start + 1]!);
}

/** Start of the Method whose name is at an offset, if it looks like one that ends at or before `limit`; otherwise -1. */
function methodBefore(bytes: Uint8Array, at: number, limit: number): number {
  for (let extra = 0; extra < 3; extra++) {
    const start = at - 2 - extra;
    if (bytes[start] !== METHOD || packageLengthSize(bytes[start + 1]!) !== extra + 1) continue;
    const end = start + 1 + packageLength(bytes, start + 1);
    if (end > at + 4 && end <= limit) return start;
  }
  return -1;
}

function hash(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> 7;
}
