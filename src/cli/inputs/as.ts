/** `--as [FILE=]KIND`: kinds of inputs that the user gives. */
import { type ArtifactKind, KIND_NAMES } from '../../artifact/kinds.ts';
import { CommandError } from '../common/command-error.ts';

export interface GivenKinds {
  /** For the input, or of several inputs for those that are not recognised. */
  readonly kind: ArtifactKind | undefined;
  /** For an input of this name, or whose path ends with it. */
  readonly kindOf: (name: string) => ArtifactKind | undefined;
  /** Throws {@link CommandError} where none of the inputs is a file that was named. */
  readonly checkUsed: () => void;
}

async function kindNamed(text: string): Promise<ArtifactKind> {
  const kind = KIND_NAMES.find((name) => name === text);
  if (kind !== undefined) return kind;
  const { nearest } = await import('../../findings/nearest.ts');
  const close = await nearest(text, KIND_NAMES);
  throw new CommandError(
    `invalid --as ${text}; one of ${KIND_NAMES.join(', ')}`,
    close === undefined ? undefined : `did you mean ${close}?`,
  );
}

/** Reads the values of the option. Throws {@link CommandError} for an unknown kind. */
export async function parseKinds(given: readonly string[]): Promise<GivenKinds> {
  let kind: ArtifactKind | undefined;
  const files: { readonly file: string; readonly kind: ArtifactKind; used: boolean }[] = [];
  for (const text of given) {
    const equals = text.lastIndexOf('=');
    if (equals > 0)
      files.push({ file: text.slice(0, equals), kind: await kindNamed(text.slice(equals + 1)), used: false });
    else if (kind === undefined) kind = await kindNamed(text);
    else throw new CommandError(`--as is given twice: ${kind} and ${text}`, 'write --as FILE=KIND');
  }
  return {
    kind,
    kindOf: (name) => {
      // A file in an archive is named by its path there.
      const path = name.replaceAll('!', '/');
      const found = files.find(({ file }) => name === file || path === file || path.endsWith(`/${file}`));
      if (found !== undefined) found.used = true;
      return found?.kind;
    },
    checkUsed: () => {
      const unused = files.find(({ used }) => !used);
      if (unused !== undefined)
        throw new CommandError(
          `--as ${unused.file}=${unused.kind}: none of the inputs is called ${unused.file}`,
        );
    },
  };
}
