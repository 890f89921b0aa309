/**
 * Method bodies that are not decoded yet. What they declare is not in the declared namespace: who has to know whether they
 * declare a name has those decoded in which the name occurs.
 */

/** A body, by its place in the table: [start, end) in bytes. */
export interface UndecodedBody {
  readonly table: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Decodes the body; without effect if it is decoded. */
  decode(): void;
}

const SEGMENT_LENGTH = 4;

export class UndecodedBodies {
  /** By the bytes of their table, in the order of decoding. */
  readonly #bodies = new Map<Uint8Array, Set<UndecodedBody>>();
  /** Segments that occur in none of them. */
  readonly #absent = new Set<string>();

  add(body: UndecodedBody): void {
    let bodies = this.#bodies.get(body.table);
    if (bodies === undefined) {
      bodies = new Set();
      this.#bodies.set(body.table, bodies);
    }
    bodies.add(body);
    this.#absent.clear();
  }

  remove(body: UndecodedBody): void {
    this.#bodies.get(body.table)?.delete(body);
  }

  /** Decodes the bodies in which a name segment occurs: no other can declare a name that ends in it. */
  decodeThoseWith(segment: string): void {
    while (!this.#absent.has(segment)) {
      this.#absent.add(segment);
      for (const [table, bodies] of this.#bodies) {
        const places = placesOf(segment, table);
        if (places.length === 0) continue;
        for (const body of bodies)
          if (places.some((at) => at >= body.start && at + SEGMENT_LENGTH <= body.end)) body.decode();
      }
    }
  }

  /** Decodes all of them, and those inside of them. */
  decodeAll(): void {
    // A set's iteration visits what is added meanwhile.
    for (const bodies of this.#bodies.values()) for (const body of bodies) body.decode();
  }
}

/** Offsets at which a segment occurs in a table. */
function placesOf(segment: string, table: Uint8Array): readonly number[] {
  const codes = Array.from(segment, (character) => character.charCodeAt(0));
  const places: number[] = [];
  for (let at = table.indexOf(codes[0]!); at >= 0; at = table.indexOf(codes[0]!, at + 1))
    if (codes.every((code, i) => table[at + i] === code)) places.push(at);
  return places;
}
