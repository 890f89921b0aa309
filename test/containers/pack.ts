/** Packs bytes with the programs that other people use, so that what is unpacked is held against something else. */
import { execFileSync, spawnSync } from 'node:child_process';

export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** What a program writes to standard output for these bytes; undefined where it doesn't know the options. */
export function packedBy(
  program: string,
  options: readonly string[],
  input: Uint8Array,
): Uint8Array | undefined {
  try {
    return execFileSync(program, options, { input, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

/** Bytes of every kind: text, noise, runs, machine code, in an order that a seed decides. */
export function mixedBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  };
  for (let at = 0; at < length; ) {
    const end = Math.min(length, at + 50 + (next() % 3000));
    const kind = next() % 4;
    for (let index = 0; at < end; at += 1, index += 1)
      if (kind === 0) bytes[at] = next();
      else if (kind === 1)
        bytes[at] = 'the quick brown fox '.charCodeAt(index % 20) ^ (next() % 50 === 0 ? 1 : 0);
      else if (kind === 2) bytes[at] = seed & 0xff;
      // Calls with displacements, which branch filters look for.
      else bytes[at] = [0xe8, next(), 0x10, 0x00, 0x00, 0x94, 0xeb, 0xf0][index % 8]! & 0xff;
  }
  return bytes;
}

/** RISC-V code: calls, addresses taken in two instructions, and what the filter of xz makes of these, again as code. */
export function riscvCode(): Uint8Array {
  const words: number[] = [];
  for (let index = 0; index < 16; index += 1) {
    const [jal, auipc, addi] = [0x6f, 0x17, 0x13];
    const immediate = (index * 0x1357) % 0x80000;
    // Links in x1, x5 and x10, of which the last is none of a call.
    for (const link of [1, 5, 10]) words.push(jal | (link << 7) | (immediate << 12));
    for (const register of [0, 2, 3, 31])
      words.push(auipc | (register << 7) | (immediate << 12), addi | (register << 15) | (index << 28));
    words.push(auipc | (2 << 7) | (3 << 12) | (9 << 27), immediate);
  }
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word >>> 0, true);
  return bytes;
}
