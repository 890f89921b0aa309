/** Rows whose message comes from the reader: another program's wording, or one of very many. */

export interface Problem {
  readonly problem: string;
}

export const problemText = ({ problem }: Problem): string => problem;

/** A bus without a cell count of its own. */
export interface MissingCount {
  readonly path: string;
  /** `#address-cells` or `#size-cells`. */
  readonly name: string;
  /** What Linux does instead. */
  readonly found: string;
  /** The count of the specification. */
  readonly specified: number;
}
