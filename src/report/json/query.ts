/** `fwmap query --format json`. */

export type QueryJson = {
  readonly schema: 'fwmap/query@1';
  readonly results: readonly ResultJson[];
};

export type ResultJson = {
  readonly title: string;
  readonly columns: readonly string[];
  /** A cell for each column; integers above 2^53 are strings. */
  readonly rows: readonly (readonly CellJson[])[];
};

export type CellJson = string | number | boolean | null;
