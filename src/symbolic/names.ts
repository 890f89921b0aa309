/** Names of variables in a text: no two of them the same, so that whoever reads it knows which is meant. */
import type { FieldSymbol } from './quantity.ts';
import { keyOfVariable, type Variable } from './variables.ts';

/**
 * Gives each variable a name when it is first asked for, and the same from then on. One for a document: then a name means
 * the same throughout. A field is called by its last segment, by its path where another has that name already; a later
 * read `M32B'35`, unless all that are named are the same read. What is not known and not expressed is `unknown1`,
 * `unknown2`, …
 */
export class Names {
  /** Where all variables of a text are known before it is written: the reads of each field. */
  readonly #reads: ReadonlyMap<string, ReadonlySet<number>>;
  readonly #names = new Map<string | object, string>();
  readonly #variables = new Map<string, Variable>();
  #unknown = 0;

  /** @param all the variables that the text names, and maybe more: then reads are told apart only where there are several */
  constructor(all: readonly Variable[] = []) {
    const reads = new Map<string, Set<number>>();
    for (const variable of all) {
      if (variable.kind !== 'field') continue;
      const field = variable.field.byteOf?.field ?? variable.field;
      const place = placeOf(field);
      const known = reads.get(place);
      if (known === undefined) reads.set(place, new Set([field.epoch]));
      else known.add(field.epoch);
    }
    this.#reads = reads;
  }

  /** Of a byte of a field it is the field's name. */
  of(variable: Variable): string {
    if (variable.kind === 'field' && variable.field.byteOf !== undefined)
      return this.of({ kind: 'field', field: variable.field.byteOf.field });
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
    const read = epoch === 0 || this.#reads.get(placeOf(variable.field))?.size === 1 ? '' : `'${epoch}`;
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

/** What several reads of a field have in common. */
function placeOf({ path, address, bitOffset }: FieldSymbol): string {
  return `${path}@${address ?? ''}.${bitOffset}`;
}

/**
 * What is written with names that tell apart only what has to be told apart. It is written twice: what it names is known
 * only then.
 */
export function withNames<T>(write: (names: Names) => T): T {
  const first = new Names();
  const written = write(first);
  const all = first.named().map(({ variable }) => variable);
  const hasLaterReads = all.some((variable) => variable.kind === 'field' && variable.field.epoch !== 0);
  return hasLaterReads ? write(new Names(all)) : written;
}
