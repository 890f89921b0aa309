/** Rows whose message comes from the reader: another program's wording, or one of very many. */

export interface Problem {
  readonly problem: string;
}

export const problemText = ({ problem }: Problem): string => problem;
