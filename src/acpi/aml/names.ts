/** AML name strings: NameString (ACPI 6.5, 20.2.2). */
import { type NamePath, NULL_NAME } from '../terms/name.ts';

/** Before the first segment: RootChar `\`, or ParentPrefixChar `^` once for each scope upwards. */
export const ROOT_PREFIX = 0x5c;
export const PARENT_PREFIX = 0x5e;
/** Before two segments; before a count and that many segments. */
export const DUAL_NAME_PREFIX = 0x2e;
export const MULTI_NAME_PREFIX = 0x2f;

/** No namespace is deeper. */
const MAX_PARENT_PREFIXES = 255;

/** Whether this byte can begin a name string other than NullName. */
export function startsName(byte: number): boolean {
  return (
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x5f ||
    byte === ROOT_PREFIX ||
    byte === PARENT_PREFIX ||
    byte === DUAL_NAME_PREFIX ||
    byte === MULTI_NAME_PREFIX
  );
}

/** Exclusive end of the name string at `start`, which must not exceed `limit`; -1 if it is truncated or there is none. */
export function nameEnd(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  if (bytes[at] === ROOT_PREFIX) at += 1;
  else while (at < limit && bytes[at] === PARENT_PREFIX) at += 1;
  if (at >= limit || at - start > MAX_PARENT_PREFIXES) return -1;
  const lead = bytes[at]!;
  let count = 1;
  if (lead === 0x00) return at + 1;
  if (lead === DUAL_NAME_PREFIX) {
    count = 2;
    at += 1;
  } else if (lead === MULTI_NAME_PREFIX) {
    if (at + 1 >= limit) return -1;
    count = bytes[at + 1]!;
    at += 2;
  } else if (!startsName(lead)) return -1;
  return at + 4 * count > limit ? -1 : at + 4 * count;
}

/**
 * Decodes name strings. Segments and single-segment names are shared: a table refers to the same object hundreds of
 * times.
 */
export class NameReader {
  readonly #segments = new Map<number, string>();
  readonly #single = new Map<number, NamePath>();
  /** Exclusive end of the name string that was read last. */
  end = 0;

  #segment(bytes: Uint8Array, at: number): string {
    const key = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    let segment = this.#segments.get(key);
    if (segment === undefined) {
      segment = String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
      this.#segments.set(key, segment);
    }
    return segment;
  }

  /** The name segment at `at`, for field lists. The caller has checked the bounds. */
  segment(bytes: Uint8Array, at: number): string {
    return this.#segment(bytes, at);
  }

  /** Decodes the name string at `start`, which must end at or before `limit`; `undefined` if it is truncated or none. */
  read(bytes: Uint8Array, start: number, limit: number): NamePath | undefined {
    const end = nameEnd(bytes, start, limit);
    if (end < 0) return undefined;
    this.end = end;
    let at = start;
    const root = bytes[at] === ROOT_PREFIX;
    if (root) at += 1;
    else while (bytes[at] === PARENT_PREFIX) at += 1;
    const parents = root ? 0 : at - start;
    const lead = bytes[at]!;
    if (lead === 0x00) return root || parents > 0 ? { root, parents, segments: [] } : NULL_NAME;
    const count = lead === DUAL_NAME_PREFIX ? 2 : lead === MULTI_NAME_PREFIX ? bytes[at + 1]! : 1;
    at = end - 4 * count;
    if (count === 1 && !root && parents === 0) {
      const key = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      let name = this.#single.get(key);
      if (name === undefined) {
        name = { root, parents, segments: [this.#segment(bytes, at)] };
        this.#single.set(key, name);
      }
      return name;
    }
    const segments: string[] = [];
    for (let i = 0; i < count; i++) segments.push(this.#segment(bytes, at + 4 * i));
    return { root, parents, segments };
  }
}
