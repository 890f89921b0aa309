/** The kernel that the machines of a survey are judged for: one for all of them, kept in its folder. */

/** As the options of the same names. Without any, each machine is judged for the kernel that its own inputs show. */
export interface AskedKernel {
  readonly kernel?: string;
  readonly 'with-commit'?: readonly string[];
  readonly 'without-commit'?: readonly string[];
  readonly osi?: readonly string[];
  readonly config?: { readonly name: string; readonly text: string };
}

/** Equal text for what is asked alike. */
export function textOfAsked(asked: AskedKernel): string {
  const { kernel, 'with-commit': withCommits, 'without-commit': without, osi, config } = asked;
  // What isn't given is left out of the text.
  return `${JSON.stringify({ kernel, 'with-commit': withCommits, 'without-commit': without, osi, config })}\n`;
}
