/** The kernel that all machines of a survey are judged for; it is stored in the survey's folder. */

/** The options of the same names. Without any, each machine is judged for the kernel that its own inputs show. */
export interface AskedKernel {
  readonly kernel?: string;
  readonly 'with-commit'?: readonly string[];
  readonly 'without-commit'?: readonly string[];
  readonly osi?: readonly string[];
  readonly config?: { readonly name: string; readonly text: string };
}

/** A canonical text: equal options give equal texts. */
export function textOfAsked(asked: AskedKernel): string {
  const { kernel, 'with-commit': withCommits, 'without-commit': without, osi, config } = asked;
  // Missing options are left out of the text.
  return `${JSON.stringify({ kernel, 'with-commit': withCommits, 'without-commit': without, osi, config })}\n`;
}
