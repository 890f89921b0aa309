/** An encoder for the compression of firmware volumes, written from its description (UEFI 2.10, 19.3): plain, not good. */
import type { TianoVariant } from '../../src/containers/codecs/tiano.ts';

const CHARACTERS = 510;
const WIDTHS: Readonly<Record<TianoVariant, number>> = { efi11: 4, tiano: 5 };

class BitWriter {
  readonly bytes: number[] = [];
  #held = 0;
  #count = 0;

  put(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.#held = (this.#held << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count < 8) continue;
      this.bytes.push(this.#held);
      this.#held = 0;
      this.#count = 0;
    }
  }

  end(): Uint8Array {
    while (this.#count !== 0) this.put(0, 1);
    return Uint8Array.from(this.bytes);
  }
}

type Step = { readonly literal: number } | { readonly length: number; readonly distance: number };

/** Matches as they come, the nearest first. */
function stepsOf(bytes: Uint8Array): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < bytes.length; ) {
    let best = { length: 0, distance: 0 };
    for (let distance = 1; distance <= Math.min(at, 5000); distance += distance < 64 ? 1 : 61) {
      let length = 0;
      while (
        length < 256 &&
        at + length < bytes.length &&
        bytes[at + length] === bytes[at + length - distance]
      )
        length += 1;
      if (length > best.length) best = { length, distance };
    }
    if (best.length >= 3) steps.push(best);
    else steps.push({ literal: bytes[at]! });
    at += best.length >= 3 ? best.length : 1;
  }
  return steps;
}

/** Code lengths that use up all patterns: as even as the number of symbols lets them be. */
function evenLengths(symbols: readonly number[], size: number): Uint8Array {
  const lengths = new Uint8Array(size);
  const count = Math.max(2, symbols.length);
  const long = Math.ceil(Math.log2(count));
  const short = 2 ** long - count;
  const used = symbols.length === 1 ? [symbols[0]!, symbols[0] === 0 ? 1 : 0] : symbols;
  for (const [index, symbol] of [...used].sort((a, b) => a - b).entries())
    lengths[symbol] = index < short ? long - 1 : long;
  return lengths;
}

/** Canonical codes: shorter ones first, then by symbol. */
function codesOf(lengths: Uint8Array): Map<number, readonly [code: number, length: number]> {
  const codes = new Map<number, readonly [number, number]>();
  let code = 0;
  for (let length = 1; length <= 16; length += 1) {
    for (let symbol = 0; symbol < lengths.length; symbol += 1)
      if (lengths[symbol] === length) {
        codes.set(symbol, [code, length]);
        code += 1;
      }
    code *= 2;
  }
  return codes;
}

function widthOf(distance: number): number {
  return distance - 1 <= 1 ? distance - 1 : 32 - Math.clz32(distance - 1);
}

export function encodeTiano(bytes: Uint8Array, variant: TianoVariant, blockSymbols = 700): Uint8Array {
  const writer = new BitWriter();
  const steps = stepsOf(bytes);
  for (let from = 0; from < steps.length; from += blockSymbols) {
    const block = steps.slice(from, from + blockSymbols);
    const symbolOf = (step: Step): number => ('literal' in step ? step.literal : 253 + step.length);
    const characterLengths = evenLengths([...new Set(block.map(symbolOf))], CHARACTERS);
    const positionLengths = evenLengths(
      [...new Set(block.flatMap((step) => ('literal' in step ? [] : [widthOf(step.distance)])))],
      31,
    );
    writer.put(block.length, 16);
    // Lengths of the codes for lengths: those that are used, and 0 for "not there".
    const lengthSymbols = new Set([...characterLengths].map((length) => (length === 0 ? 0 : length + 2)));
    const lengthLengths = evenLengths([...lengthSymbols], 19);
    writer.put(19, 5);
    for (const [index, length] of lengthLengths.entries()) {
      putLength(writer, length);
      // Behind the third there may be a run of zeros; here there is none.
      if (index === 2) writer.put(0, 2);
    }
    const lengthCodes = codesOf(lengthLengths);
    writer.put(CHARACTERS, 9);
    for (const length of characterLengths) writer.put(...lengthCodes.get(length === 0 ? 0 : length + 2)!);
    const positionCount = positionLengths.reduce((last, length, index) => (length > 0 ? index + 1 : last), 0);
    writer.put(positionCount, WIDTHS[variant]);
    if (positionCount === 0) writer.put(0, WIDTHS[variant]);
    for (const length of positionLengths.subarray(0, positionCount)) putLength(writer, length);
    const characters = codesOf(characterLengths);
    const positions = codesOf(positionLengths);
    for (const step of block) {
      writer.put(...characters.get(symbolOf(step))!);
      if ('literal' in step) continue;
      const width = widthOf(step.distance);
      writer.put(...positions.get(width)!);
      if (width > 1) writer.put(step.distance - 1 - 2 ** (width - 1), width - 1);
    }
  }
  const data = writer.end();
  const header = Buffer.alloc(8);
  header.writeUInt32LE(data.length, 0);
  header.writeUInt32LE(bytes.length, 4);
  return new Uint8Array(Buffer.concat([header, data]));
}

/** Up to 6 in three bits, more in ones with a zero behind. */
function putLength(writer: BitWriter, length: number): void {
  if (length < 7) writer.put(length, 3);
  else {
    writer.put(7, 3);
    for (let more = 7; more < length; more += 1) writer.put(1, 1);
    writer.put(0, 1);
  }
}
