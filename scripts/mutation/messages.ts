/** Messages between the process that counts and the one that runs tests. */

/** A test by its number in the worker's list; the same in each worker of a run. */
export interface TestRecord {
  readonly name: string;
  readonly milliseconds: number;
  /** Mutants that it reached, and how often. */
  readonly hits: Readonly<Record<string, number>>;
  /** Set if it fails without a mutant: it is not used. */
  readonly failure?: string;
}

export type Order =
  /** Every test once, without a mutant. */
  | { readonly kind: 'record' }
  /** Tests in this order with a mutant, to the first that fails. */
  | {
      readonly kind: 'try';
      readonly mutant: number;
      readonly tests: readonly number[];
      /** How often the mutant may be reached before it counts as endless. */
      readonly hitLimit: number;
    };

export type Answer =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'recorded';
      readonly tests: readonly TestRecord[];
      /** Mutants that are reached while modules are loaded. */
      readonly atLoad: readonly number[];
    }
  | { readonly kind: 'survived' }
  /** `stale`: the test fails without the mutant, too, by something that an earlier mutant left behind. */
  | { readonly kind: 'killed'; readonly by: number; readonly message: string; readonly stale: boolean };
