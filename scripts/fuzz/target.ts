/** What a fuzz target is: a reader, what it is given, and what is known about what it has to give back. */
import { seededRandom } from '../../test/grammar/ebnf.ts';

/** What stands around a case while it runs: it sees slow steps and wrong values, and is where faults are planted. */
export interface Watch {
  /** Runs a step: what one command does with the input. */
  step<T>(name: string, action: () => T | Promise<T>): Promise<T>;
  /** Holds a value that was read against the one that is known to be right; both as JSON, numbers of any size. */
  same(what: string, got: unknown, expected: unknown): void;
}

export interface Case {
  /** What is kept when the case fails; `Cases.of` runs it again. */
  readonly bytes: Uint8Array;
  /** May run more than once. */
  run(watch: Watch): Promise<void>;
}

export interface Cases {
  make(random: () => number): Case | Promise<Case>;
  /** The case of these bytes, of which nothing is known. */
  of(bytes: Uint8Array): Case;
}

/** Targets of a group share a process, and what they start from. */
export const GROUPS = ['trees', 'acpi', 'evidence', 'texts', 'images', 'differential'] as const;
export type Group = (typeof GROUPS)[number];

export interface Target {
  readonly name: string;
  readonly group: Group;
  /** Most CPU time of a step. */
  readonly milliseconds: number;
  /** Share of the time; the others have 1. */
  readonly weight?: number;
  /** Program without which there is nothing to compare with: the target is left out, which is printed. */
  readonly needs?: string;
  /** @param files what cases start from, besides or in place of what is made here */
  prepare(files: readonly string[]): Cases | Promise<Cases>;
}

/** Thrown by `Watch.same`. */
export class WrongValue extends Error {}

/** JSON with bigints as numbers and bytes as hexadecimal. */
export function spelled(value: unknown): string {
  const replace = function (this: Record<string, unknown>, key: string, part: unknown): unknown {
    // As it was before `toJSON` of a buffer.
    const own = this[key];
    if (own instanceof Uint8Array) return Buffer.from(own).toString('hex');
    return typeof part === 'bigint' ? `0x${part.toString(16)}` : part;
  };
  return JSON.stringify(value, replace) ?? 'nothing';
}

/** An input with its meaning. */
export interface Known {
  readonly bytes: Uint8Array;
  readonly value: unknown;
}

/** A target of a reader for which inputs can be made whose meaning is known. */
export interface Reader {
  readonly name: string;
  readonly group: Group;
  readonly milliseconds?: number;
  readonly weight?: number;
  /** An input and what `read` must give for it. */
  known(random: () => number): Known | Promise<Known>;
  /** What commands do with such an input; gives what of it is compared. */
  read(bytes: Uint8Array): unknown;
  /** Changes an input. */
  change(bytes: Uint8Array, random: () => number): Uint8Array;
  /** Inputs of which nothing is known, to start from as well. */
  starts?(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** What else commands do with such an input; the result is not checked. */
  more?(bytes: Uint8Array, random: () => number, watch: Watch): Promise<void>;
}

const MOST_MILLISECONDS = 1500;
/** Share of the cases that are left as they were made. */
const UNCHANGED = 0.15;
/** Share of the others that start from inputs without known results, if there are any. */
const UNKNOWN = 0.6;

export function readerTarget(reader: Reader): Target {
  const again = (bytes: Uint8Array, seed: number, known?: Known): Case => ({
    bytes,
    async run(watch) {
      const got = await watch.step(reader.name, () => reader.read(bytes));
      if (known) watch.same(reader.name, got, known.value);
      await reader.more?.(bytes, seededRandom(seed), watch);
    },
  });
  return {
    name: reader.name,
    group: reader.group,
    milliseconds: reader.milliseconds ?? MOST_MILLISECONDS,
    ...(reader.weight !== undefined && { weight: reader.weight }),
    async prepare() {
      const starts = (await reader.starts?.()) ?? [];
      return {
        async make(random) {
          const seed = Math.floor(random() * 2 ** 32);
          if (starts.length > 0 && random() < UNKNOWN) {
            const start = starts[Math.floor(random() * starts.length)]!;
            return again(reader.change(start, random), seed);
          }
          const known = await reader.known(random);
          if (random() < UNCHANGED) return again(known.bytes, seed, known);
          return again(reader.change(known.bytes, random), seed);
        },
        of: (bytes) => again(bytes, 1),
      };
    },
  };
}
