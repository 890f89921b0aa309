/**
 * Values as JSON and back, with bytes, bigints, maps, and shared references: spans refer to their sources by identity,
 * so that one object has to become one object again.
 */

/** A value, or a tagged object for values that JSON cannot represent. */
type Packed = null | boolean | number | string | { readonly [tag: string]: unknown };

/** Most objects; the inputs of no machine have as many. */
const MOST_OBJECTS = 2_000_000;

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Packs a value; functions are left out. Throws RangeError if there are more than two million objects. */
export function pack(value: unknown): string {
  const nodes: unknown[] = [];
  const known = new Map<object, number>();
  const waiting: [object, number][] = [];
  const refer = (of: unknown): Packed => {
    if (of === null || typeof of === 'boolean' || typeof of === 'number' || typeof of === 'string') return of;
    if (typeof of === 'bigint') return { n: of.toString() };
    if (typeof of !== 'object') return { u: 0 };
    let at = known.get(of);
    if (at === undefined) {
      at = nodes.length;
      if (at >= MOST_OBJECTS) throw new RangeError('more objects than a page can carry');
      known.set(of, at);
      nodes.push(null);
      waiting.push([of, at]);
    }
    return { r: at };
  };
  const root = refer(value);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [object, at] = next;
    if (object instanceof Uint8Array) nodes[at] = { b: base64(object) };
    else if (object instanceof Map)
      nodes[at] = { m: [...object].map(([key, of]) => [refer(key), refer(of)]) };
    else if (object instanceof Set) nodes[at] = { s: [...object].map(refer) };
    else if (Array.isArray(object)) nodes[at] = object.map(refer);
    else
      nodes[at] = {
        o: Object.entries(object).flatMap(([key, of]) =>
          typeof of === 'function' || of === undefined ? [] : [[key, refer(of)]],
        ),
      };
  }
  return JSON.stringify({ root, nodes });
}

interface Node {
  readonly b?: string;
  readonly m?: readonly (readonly [Packed, Packed])[];
  readonly s?: readonly Packed[];
  readonly o?: readonly (readonly [string, Packed])[];
}

/** The value that was given to {@link pack}. The text is trusted: it is part of the same page. */
export function unpack(text: string): unknown {
  const { root, nodes }: { root: Packed; nodes: readonly (Node | readonly Packed[])[] } = JSON.parse(text);
  const made: object[] = nodes.map((node) => {
    if (Array.isArray(node)) return [];
    const { b, m, s } = node as Node;
    if (b !== undefined) return new Uint8Array(Buffer.from(b, 'base64'));
    return m !== undefined ? new Map() : s !== undefined ? new Set() : {};
  });
  const resolve = (of: Packed): unknown => {
    if (of === null || typeof of !== 'object') return of;
    if ('n' in of) return BigInt(String(of.n));
    return 'r' in of ? made[Number(of.r)] : undefined;
  };
  for (const [at, node] of nodes.entries()) {
    const object = made[at];
    if (Array.isArray(node)) (object as unknown[]).push(...node.map(resolve));
    else {
      const { m, s, o } = node as Node;
      for (const [key, value] of m ?? []) (object as Map<unknown, unknown>).set(resolve(key), resolve(value));
      for (const value of s ?? []) (object as Set<unknown>).add(resolve(value));
      for (const [key, value] of o ?? [])
        Object.defineProperty(object, key, {
          value: resolve(value),
          enumerable: true,
          writable: true,
          configurable: true,
        });
    }
  }
  return resolve(root);
}
