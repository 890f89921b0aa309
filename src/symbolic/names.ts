/** Names of variables in a text: no two of them the same, so that whoever reads it knows which is meant. */
import { keyOfVariable, type Variable } from './variables.ts';

/**
 * Gives each variable a name when it is first asked for, and the same from then on. One for a document: then a name means
 * the same throughout. A field is called by its last segment, by its path where another has that name already; a later
 * read `M32B'35`. What is not known and not expressed is `unknown1`, `unknown2`, …
 */
export class Names {
  readonly #names = new Map<string | object, string>();
  readonly #variables = new Map<string, Variable>();
  #unknown = 0;

  of(variable: Variable): string {
    const key = keyOfVariable(variable);
    const given = this.#names.get(key);
    if (given !== undefined) return given;
    const name = this.#free(variable);
    this.#names.set(key, name);
    this.#variables.set(name, variable);
    return name;
  }

  /** Every variable that was named, in the order of naming. */
  named(): readonly { readonly name: string; readonly variable: Variable }[] {
    return [...this.#variables].map(([name, variable]) => ({ name, variable }));
  }

  #free(variable: Variable): string {
    if (variable.kind === 'choice') return variable.choice.id;
    if (variable.kind === 'unknown') {
      this.#unknown += 1;
      return `unknown${this.#unknown}`;
    }
    const { name, path, epoch, address, bitOffset } = variable.field;
    const read = epoch === 0 ? '' : `'${epoch}`;
    const place =
      address === undefined ? '' : `@0x${address.toString(16)}${bitOffset === 0 ? '' : `.${bitOffset}`}`;
    const candidates = [`${name}${read}`, `${path}${read}`, `${path}${place}${read}`];
    const free = candidates.find((candidate) => !this.#variables.has(candidate));
    if (free !== undefined) return free;
    for (let i = 2; ; i++) {
      const numbered = `${path}${place}${read}#${i}`;
      if (!this.#variables.has(numbered)) return numbered;
    }
  }
}
