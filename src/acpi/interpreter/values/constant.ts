/** Parses method arguments of the command line in ASL syntax. */
import { parseInteger } from '../../../bytes/address.ts';
import { type AmlValue, BufferObject, StringObject } from '../state/objects.ts';

/** Parses `0x10`, `"text"` (with `\"` and `\\`), `{ 0x01, 2 }` or `Buffer () { … }`; `undefined` for anything else. */
export function parseAslConstant(text: string): AmlValue | undefined {
  const trimmed = text.trim();
  const string = /^"((?:[^"\\]|\\["\\])*)"$/s.exec(trimmed);
  if (string) return new StringObject(string[1]!.replace(/\\(["\\])/g, '$1'));
  const buffer = /^(?:Buffer\s*(?:\(\s*\))?\s*)?\{([^{}]*)\}$/is.exec(trimmed);
  if (!buffer) return integer(trimmed);
  const items = buffer[1]!.split(',').map((item) => item.trim());
  if (items.at(-1) === '') items.pop();
  const bytes = items.map((item) => parseInteger(item));
  return bytes.every((byte) => byte !== undefined && byte <= 0xffn)
    ? new BufferObject(Uint8Array.from(bytes, Number))
    : undefined;
}

function integer(text: string): bigint | undefined {
  const named: Readonly<Record<string, bigint>> = { zero: 0n, one: 1n, ones: (1n << 64n) - 1n };
  const value = named[text.toLowerCase()] ?? parseInteger(text);
  return value === undefined || value >= 1n << 64n ? undefined : value;
}
