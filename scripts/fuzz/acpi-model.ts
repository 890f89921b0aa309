/** ASL and templates drawn together with what they come to. */
import { type Draw, hex } from './draw.ts';

const MASK = (1n << 64n) - 1n;

/** An expression of integers of 64 bits with its value (ACPI 6.5, 19.6: Add, Subtract, And, Or, XOr, ShiftLeft, Multiply). */
function expression(draw: Draw, depth: number): { text: string; value: bigint } {
  if (depth === 0 || draw.chance(0.2)) {
    const value = draw.bits(draw.pick([8, 16, 32, 64]));
    return { text: `0x${hex(value)}`, value };
  }
  const [a, b] = [expression(draw, depth - 1), expression(draw, depth - 1)];
  const shift = BigInt(draw.below(64));
  const [text, value] = draw.pick<() => [string, bigint]>([
    () => [`Add (${a.text}, ${b.text})`, a.value + b.value],
    () => [`(${a.text} - ${b.text})`, a.value - b.value],
    () => [`(${a.text} & ${b.text})`, a.value & b.value],
    () => [`Or (${a.text}, ${b.text})`, a.value | b.value],
    () => [`XOr (${a.text}, ${b.text})`, a.value ^ b.value],
    () => [`(${a.text} << ${shift})`, a.value << shift],
    () => [`ShiftRight (${a.text}, ${shift})`, a.value >> shift],
    () => [`(${a.text} * ${b.text})`, a.value * b.value],
    () => [`(${a.text} == ${b.text})`, a.value === b.value ? MASK : 0n],
    () => [`LLess (${a.text}, ${b.text})`, a.value < b.value ? MASK : 0n],
  ])();
  return { text, value: BigInt.asUintN(64, value) };
}

/** A definition block with methods \M00.., and the value of each. */
export function arithmetic(draw: Draw): { text: string; values: bigint[] } {
  const methods = draw.some(1, 5, () => expression(draw, 4));
  const body = methods.map(({ text }, at) => {
    const name = `M${hex(at, 2).toUpperCase()}`;
    return draw.pick([
      `Method (${name}) { Return (${text}) }`,
      `Method (${name}) { Local0 = ${text} Local1 = Local0 Return (Local1) }`,
      `Name (V${name.slice(1)}, 0) Method (${name}) { V${name.slice(1)} = ${text} If (One) { Return (V${name.slice(1)}) } Return (Zero) }`,
    ]);
  });
  return {
    text: `DefinitionBlock ("", "DSDT", 2, "FWMAP", "FUZZ", 1)\n{\n${body.join('\n')}\n}\n`,
    values: methods.map(({ value }) => value),
  };
}

function littleEndian(value: bigint, size: number): number[] {
  return Array.from({ length: size }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

/** A resource template with the ranges that it has (ACPI 6.5, 6.4.2 and 6.4.3). */
export function template(draw: Draw): { bytes: Uint8Array; ranges: string[] } {
  const bytes: number[] = [];
  const ranges: string[] = [];
  for (let left = 1 + draw.below(5); left > 0; left -= 1) {
    switch (draw.below(4)) {
      case 0: {
        // I/O port descriptor, fixed: minimum and maximum are the same.
        const [port, length] = [BigInt(draw.below(0xff00)), BigInt(1 + draw.below(0xff))];
        bytes.push(0x47, 1, ...littleEndian(port, 2), ...littleEndian(port, 2), 1, Number(length));
        ranges.push(`io 0x${hex(port)} 0x${hex(length)}`);
        break;
      }
      case 1: {
        // 32-bit fixed memory range.
        const [base, length] = [draw.bits(31), draw.bits(30) + 1n];
        bytes.push(0x86, 9, 0, 1, ...littleEndian(base, 4), ...littleEndian(length, 4));
        ranges.push(`memory32-fixed 0x${hex(base)} 0x${hex(length)}`);
        break;
      }
      case 2: {
        // DWORD address space of memory, minimum and maximum fixed.
        const [base, length] = [draw.bits(31), draw.bits(30) + 1n];
        const numbers = [0n, base, base + length - 1n, 0n, length].flatMap((value) => littleEndian(value, 4));
        bytes.push(0x87, 23, 0, 0, 0x0c, 1, ...numbers);
        ranges.push(`dword-address 0x${hex(base)} 0x${hex(length)}`);
        break;
      }
      default: {
        const [base, length] = [draw.bits(47), draw.bits(40) + 1n];
        const numbers = [0n, base, base + length - 1n, 0n, length].flatMap((value) => littleEndian(value, 8));
        bytes.push(0x8a, 43, 0, 0, 0x0c, 1, ...numbers);
        ranges.push(`qword-address 0x${hex(base)} 0x${hex(length)}`);
      }
    }
  }
  return { bytes: Uint8Array.from([...bytes, 0x79, 0]), ranges };
}
