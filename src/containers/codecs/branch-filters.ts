/**
 * Branch filters ("BCJ"): before compression, the targets of calls were made absolute so that equal targets have equal
 * bytes; these functions make them relative again, in place. The filters are those of the .xz format (5.3.2), their
 * rules those of xz (src/liblzma/simple).
 */

/** Undoes a filter over a whole stream. @param start address of the first byte, from the filter's properties; usually 0 */
export type BranchFilter = (bytes: Uint8Array, start: number) => void;

/** Bytes 0 and 0xff: where a 32-bit displacement's top byte is one of them, it is a likely target. */
function isSignByte(byte: number): boolean {
  return byte === 0x00 || byte === 0xff;
}

/** x86: `call` and `jmp` with a 32-bit displacement (e8, e9). Also what LZMA+x86 sections of UEFI volumes need. */
export function undoX86(bytes: Uint8Array, start: number): void {
  const last = bytes.length - 5;
  /** Which of the three bytes before looked like opcodes, as `prev_mask` in xz's x86.c. */
  let mask = 0;
  let previous = -5;
  let at = 0;
  const allowed = [true, true, true, false, true, false, false, false];
  const bitOfMask = [0, 1, 2, 2, 3, 3, 3, 3];
  while (at <= last) {
    const opcode = bytes[at]!;
    if (opcode !== 0xe8 && opcode !== 0xe9) {
      at += 1;
      continue;
    }
    const distance = at - previous;
    previous = at;
    if (distance > 5) mask = 0;
    else for (let step = 0; step < distance; step += 1) mask = (mask & 0x77) << 1;
    const top = bytes[at + 4]!;
    if (isSignByte(top) && allowed[(mask >> 1) & 7]! && mask >> 1 < 0x10) {
      let source = (top << 24) | (bytes[at + 3]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 1]!;
      let target: number;
      for (;;) {
        target = (source - (start + at + 5)) | 0;
        if (mask === 0) break;
        const bits = bitOfMask[mask >> 1]!;
        const byte = (target >>> (24 - bits * 8)) & 0xff;
        if (!isSignByte(byte)) break;
        source = target ^ ((1 << (32 - bits * 8)) - 1);
      }
      bytes[at + 4] = ~(((target >>> 24) & 1) - 1) & 0xff;
      bytes[at + 3] = (target >>> 16) & 0xff;
      bytes[at + 2] = (target >>> 8) & 0xff;
      bytes[at + 1] = target & 0xff;
      at += 5;
      mask = 0;
    } else {
      at += 1;
      mask |= 1;
      if (isSignByte(top)) mask |= 0x10;
    }
  }
}

/** ARM: `bl` with the condition "always". */
export function undoArm(bytes: Uint8Array, start: number): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    if (bytes[at + 3] !== 0xeb) continue;
    const source = ((bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!) << 2;
    const target = (source - (start + at + 8)) >>> 2;
    bytes[at + 2] = (target >>> 16) & 0xff;
    bytes[at + 1] = (target >>> 8) & 0xff;
    bytes[at] = target & 0xff;
  }
}

/** ARM Thumb: `bl` as two half words. */
export function undoArmThumb(bytes: Uint8Array, start: number): void {
  for (let at = 0; at + 4 <= bytes.length; at += 2) {
    if ((bytes[at + 1]! & 0xf8) !== 0xf0 || (bytes[at + 3]! & 0xf8) !== 0xf8) continue;
    const source =
      (((bytes[at + 1]! & 7) << 19) | (bytes[at]! << 11) | ((bytes[at + 3]! & 7) << 8) | bytes[at + 2]!) << 1;
    const target = (source - (start + at + 4)) >>> 1;
    bytes[at + 1] = 0xf0 | ((target >>> 19) & 7);
    bytes[at] = (target >>> 11) & 0xff;
    bytes[at + 3] = 0xf8 | ((target >>> 8) & 7);
    bytes[at + 2] = target & 0xff;
    at += 2;
  }
}

/** ARM64: `bl`, and `adrp` within 512 MiB. */
export function undoArm64(bytes: Uint8Array, start: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const pc = start + at;
    const instruction = view.getUint32(at, true);
    if (instruction >>> 26 === 0x25) {
      const target = (instruction - (pc >>> 2)) & 0x03ffffff;
      view.setUint32(at, (0x94000000 | target) >>> 0, true);
    } else if ((instruction & 0x9f000000) >>> 0 === 0x90000000) {
      const source = ((instruction >>> 29) & 3) | ((instruction >>> 3) & 0x001ffffc);
      if (((source + 0x00020000) & 0x001c0000) !== 0) continue;
      const target = source - (pc >>> 12);
      const kept = instruction & 0x9000001f;
      const moved =
        ((target & 3) << 29) | ((target & 0x0003fffc) << 3) | (-(target & 0x00020000) & 0x00e00000);
      view.setUint32(at, (kept | moved) >>> 0, true);
    }
  }
}

/** PowerPC, big endian: `bl` with a relative target. */
export function undoPowerPc(bytes: Uint8Array, start: number): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    if (bytes[at]! >> 2 !== 0x12 || (bytes[at + 3]! & 3) !== 1) continue;
    const source =
      ((bytes[at]! & 3) << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | (bytes[at + 3]! & ~3);
    const target = source - (start + at);
    bytes[at] = 0x48 | ((target >>> 24) & 3);
    bytes[at + 1] = (target >>> 16) & 0xff;
    bytes[at + 2] = (target >>> 8) & 0xff;
    bytes[at + 3] = (bytes[at + 3]! & 3) | (target & 0xfc);
  }
}

/** SPARC: `call`. */
export function undoSparc(bytes: Uint8Array, start: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const instruction = view.getUint32(at);
    if (instruction >>> 22 !== 0x100 && instruction >>> 22 !== 0x1ff) continue;
    const target = ((instruction << 2) - (start + at)) >>> 2;
    const sign = (-((target >>> 22) & 1) << 22) & 0x3fffffff;
    view.setUint32(at, (sign | 0x40000000 | (target & 0x3fffff)) >>> 0);
  }
}

/** Which of the three slots of a bundle may be branches, by the bundle's template. */
const IA64_BRANCHES = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 6, 6, 0, 0, 7, 7, 4, 4, 0, 0, 4, 4, 0, 0,
];
const IA64_BUNDLE = 16;
/** Bits of the template, and of an instruction. */
const IA64_TEMPLATE = 5;
const IA64_SLOT = 41;
/** Bits 13 to 32 of an instruction and bit 36 are a target. */
const IA64_TARGET = ~((0xfffffn << 13n) | (1n << 36n));

/** Itanium: `br.call` relative to the instruction pointer. */
export function undoIa64(bytes: Uint8Array, start: number): void {
  for (let at = 0; at + IA64_BUNDLE <= bytes.length; at += IA64_BUNDLE) {
    const branches = IA64_BRANCHES[bytes[at]! & 31]!;
    for (let slot = 0; slot < 3; slot += 1) {
      if (((branches >> slot) & 1) === 0) continue;
      const bit = IA64_TEMPLATE + slot * IA64_SLOT;
      const from = at + (bit >> 3);
      const shift = BigInt(bit & 7);
      let word = 0n;
      for (let index = 5; index >= 0; index -= 1) word = (word << 8n) | BigInt(bytes[from + index]!);
      const instruction = word >> shift;
      if (((instruction >> 37n) & 15n) !== 5n || ((instruction >> 9n) & 7n) !== 0n) continue;
      const source = Number(((instruction >> 13n) & 0xfffffn) | (((instruction >> 36n) & 1n) << 20n));
      const target = BigInt(((source * IA64_BUNDLE - (start + at)) / IA64_BUNDLE) & 0x1fffff);
      const changed = (instruction & IA64_TARGET) | ((target & 0xfffffn) << 13n) | ((target >> 20n) << 36n);
      word = (word & ((1n << shift) - 1n)) | (changed << shift);
      for (let index = 0; index < 6; index += 1) {
        bytes[from + index] = Number(word & 0xffn);
        word >>= 8n;
      }
    }
  }
}

const RISCV_JAL_LINK = 0xef;
const RISCV_AUIPC = 0x17;
const RISCV_OPCODE = 0x7f;
/** `auipc` with this register, the stack pointer, holds the place of a pair that was changed. */
const RISCV_MARK = 2;
const RISCV_PAIR_BYTES = 8;

/** `jal` with a link register: its target has scattered bits; in the filtered form they are in plain order. */
function undoRiscvJal(view: DataView, at: number, pc: number): void {
  const [b1, b2, b3] = [view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3)];
  const target = (((b1 & 0xf0) << 13) | (b2 << 9) | (b3 << 1)) - pc;
  // In the instruction, from the highest bit on: 20, 10 to 1, 11, 19 to 12.
  const bits =
    (((target >> 20) & 1) << 31) |
    (((target >> 1) & 0x3ff) << 21) |
    (((target >> 11) & 1) << 20) |
    (((target >> 12) & 0xff) << 12);
  view.setUint32(at, (bits | ((b1 & 0x0f) << 8) | RISCV_JAL_LINK) >>> 0, true);
}

/**
 * RISC-V: `jal` with x1 or x5 as its link register, and `auipc` with a following instruction that uses its register.
 * The filter replaced such a pair by an `auipc` of x2 with 20 bits of the second instruction, and the address, big
 * endian. Pairs that already had this form were replaced by an ordinary pair, which is undone likewise.
 */
export function undoRiscv(bytes: Uint8Array, start: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + RISCV_PAIR_BYTES <= bytes.length; ) {
    const opcode = bytes[at]!;
    if (opcode === RISCV_JAL_LINK && (bytes[at + 1]! & 0x0d) === 0) {
      undoRiscvJal(view, at, start + at);
      at += 4;
      continue;
    }
    if ((opcode & RISCV_OPCODE) !== RISCV_AUIPC) {
      at += 2;
      continue;
    }
    const first = view.getUint32(at, true);
    const register = (first >>> 7) & 31;
    if (register !== 0 && register !== RISCV_MARK) {
      const second = view.getUint32(at + 4, true);
      if ((second & 3) !== 3 || ((second >>> 15) & 31) !== register) {
        at += 6;
        continue;
      }
      view.setUint32(at, (RISCV_AUIPC | (RISCV_MARK << 7) | (second << 12)) >>> 0, true);
      view.setUint32(at + 4, ((first & 0xfffff000) + (second >>> 20)) >>> 0, true);
    } else {
      const source = first >>> 27;
      const isMarked = register === RISCV_MARK && ((first >>> 12) & 3) === 3;
      if (!isMarked || source === 0 || source === RISCV_MARK) {
        at += 4;
        continue;
      }
      const address = (view.getUint32(at + 4) - (start + at)) | 0;
      // The second instruction adds its 12 bits with their sign.
      view.setUint32(at, (RISCV_AUIPC | (source << 7) | ((address + 0x800) & 0xfffff000)) >>> 0, true);
      view.setUint32(at + 4, ((first >>> 12) | (address << 20)) >>> 0, true);
    }
    at += RISCV_PAIR_BYTES;
  }
}

/** Delta: from each byte the byte `distance` before it was subtracted. */
export function undoDelta(bytes: Uint8Array, distance: number): void {
  for (let at = distance; at < bytes.length; at += 1) bytes[at] = (bytes[at]! + bytes[at - distance]!) & 0xff;
}

/** By the filter's id in .xz (5.3 of the format). */
export const BRANCH_FILTERS: ReadonlyMap<number, BranchFilter> = new Map([
  [4, undoX86],
  [5, undoPowerPc],
  [6, undoIa64],
  [7, undoArm],
  [8, undoArmThumb],
  [9, undoSparc],
  [10, undoArm64],
  [11, undoRiscv],
]);
