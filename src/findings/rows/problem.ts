/** Rows whose wording is the problem as its reader words it: another program's own text, or one of very many. */

export interface Problem {
  readonly problem: string;
}

export const problemText = ({ problem }: Problem): string => problem;
