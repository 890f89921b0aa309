/** Conditions in a text: short ones in place, long ones by a name that is explained once below. */

import { hex } from '../bytes/address.ts';
import { RELEASE } from '../linux/release-choice.ts';
import {
  allOf,
  type Condition,
  conditionOfLiteral,
  formatCondition,
  formatQuantity,
  type Literal,
  Names,
  printedCover,
  type Quantity,
  type Relation,
  type Variable,
  withNames,
} from '../symbolic/index.ts';
import { type Block, code } from './document.ts';

/** A condition of more characters than this gets a name. */
const MAX_INLINE = 48;
/** Up to this many fields of a kind are listed with their addresses. */
const MAX_ADDRESSES = 4;
/** An address of more characters than this gets a name: a range has it twice. */
const MAX_QUANTITY = 24;

/** The names of conditions, long quantities and variables in one document. */
export class Conditions {
  readonly names: Names;
  readonly #named = new Map<string, string>();
  readonly #quantities = new Map<string, string>();

  constructor(names = new Names()) {
    this.names = names;
  }

  /** The condition's text, or its name, `[C1]`, where the text is longer than the limit (in characters). */
  text(condition: Condition, limit = MAX_INLINE): string {
    const text = formatCondition(condition, this.names);
    if (text.length <= limit) return text;
    let name = this.#named.get(text);
    if (name === undefined) {
      name = `[C${this.#named.size + 1}]`;
      this.#named.set(text, name);
    }
    return name;
  }

  /** A condition as part of a sentence: `if MG2L > 0`, `on Linux 5.19 and newer`, or both. */
  when(condition: Condition, limit = MAX_INLINE): string {
    const [only, ...more] = printedCover(condition).alternatives;
    if (only !== undefined && more.length === 0) {
      const releases = only.filter(isOfRelease);
      const others = only.filter((literal) => !isOfRelease(literal));
      const on = releasesText(releases);
      if (on !== undefined)
        return others.length === 0
          ? on
          : `${on} if ${this.text(allOf(others.map(conditionOfLiteral)), limit)}`;
    }
    return `if ${this.text(condition, limit)}`;
  }

  /** A number, or its expression, or the name of a long expression, `E1`. */
  quantity(value: Quantity): string {
    if (typeof value === 'bigint') return hex(value);
    const text = formatQuantity(value, this.names);
    if (text.length <= MAX_QUANTITY) return text;
    let name = this.#quantities.get(text);
    if (name === undefined) {
      name = `E${this.#quantities.size + 1}`;
      this.#quantities.set(text, name);
    }
    return name;
  }

  /** The names of long expressions, each with its expression. */
  quantities(): readonly (readonly [string, string])[] {
    return [...this.#quantities].map(([text, name]) => [name, text]);
  }

  /** Tables that explain the names: conditions, then fields. Empty where the document has none. */
  blocks(): Block[] {
    const rows = [...[...this.#named].map(([text, name]) => [name, text]), ...this.quantities()];
    return [...namesTable('Conditions', rows), ...namesTable('Fields', this.#fieldRows())];
  }

  /** Fields of the same kind share a row: large tables have many. */
  #fieldRows(): string[][] {
    const rows: { kind: string; fields: { name: string; address: bigint | undefined }[]; later: string }[] =
      [];
    for (const { name, variable } of this.names.named()) {
      const { kind, address, later } = variableText(variable);
      if (kind === '') continue;
      const row = rows.find((each) => each.kind === kind && each.later === later);
      if (row === undefined) rows.push({ kind, fields: [{ name, address }], later });
      else row.fields.push({ name, address });
    }
    const told: string[][] = [];
    for (const [at, { kind, fields, later }] of rows.entries()) {
      const sorted = byAddress(fields);
      const addresses = [...new Set(sorted.flatMap(({ address }) => address ?? []))];
      const where =
        addresses.length === 0
          ? ''
          : addresses.length <= MAX_ADDRESSES
            ? ` at ${addresses.map(hex).join(', ')}`
            : ` from ${hex(addresses[0]!)} on`;
      const names = sorted.map(({ name }) => name).join(', ');
      const alike = later === '' ? [] : rows.filter((row) => row.later === later);
      told.push([names, `${kind}${where}${alike.length === 1 ? `, ${later}` : ''}`]);
      // A remark about several kinds is printed once, below the last of them.
      if (alike.length > 1 && at === rows.lastIndexOf(alike.at(-1)!))
        told.push([
          `${alike.flatMap((row) => byAddress(row.fields).map(({ name }) => name)).join(', ')}: ${later}`,
        ]);
    }
    return told;
  }
}

function byAddress<T extends { readonly address: bigint | undefined }>(fields: readonly T[]): T[] {
  return fields.toSorted((a, b) => Number((a.address ?? 0n) - (b.address ?? 0n)));
}

function isOfRelease({ left }: Literal): boolean {
  return typeof left !== 'bigint' && left.kind === 'choice' && left.choice.id === RELEASE.id;
}

/** A condition on the release, for a table: `6.7 and newer`, `before 6.7`; undefined for any other condition. */
export function releaseText(literals: readonly Literal[]): string | undefined {
  return literals.every(isOfRelease) ? releasesText(literals)?.replace(/^on Linux /, '') : undefined;
}

/** A range of releases in words; undefined where the literals are no such range. */
function releasesText(literals: readonly Literal[]): string | undefined {
  const at = (which: Relation): string | undefined => {
    const found = literals.find(({ op }) => op === which)?.right;
    return typeof found === 'bigint' ? RELEASE.values[Number(found)] : undefined;
  };
  const [from, before] = [at('>='), at('<')];
  if (literals.length === 0 || literals.length !== [from, before].filter((each) => each !== undefined).length)
    return undefined;
  if (from === undefined) return `on Linux before ${before}`;
  return before === undefined ? `on Linux ${from} and newer` : `on Linux ${from} and newer, before ${before}`;
}

function namesTable(heading: string, rows: readonly (readonly string[])[]): Block[] {
  return rows.length === 0
    ? []
    : [
        { kind: 'heading', text: heading },
        {
          kind: 'table',
          columns: [{ title: 'name' }, { title: 'is' }],
          untitled: true,
          rows: rows.map(([name, text]) => (text === undefined ? [name!] : [[code(name!)], text])),
        },
      ];
}

const SPACES: Readonly<Record<string, string>> = {
  SystemMemory: 'memory',
  SystemIO: 'I/O ports',
  PCI_Config: 'PCI configuration space',
  '': 'a register behind an index',
};

/** The explanation of a name; `kind` is empty where the name explains itself. */
function variableText(variable: Variable): { kind: string; address?: bigint; later: string } {
  switch (variable.kind) {
    case 'field': {
      const { bits, space, address, path, name, within, epoch, why } = variable.field;
      const scope = path.slice(0, -name.length).replace(/\.$/, '');
      const owner = within ?? (scope === '\\' || scope === '' ? undefined : scope);
      return {
        kind: `${bits} ${bits === 1 ? 'bit' : 'bits'} in ${SPACES[space] ?? space}${owner === undefined ? '' : ` of ${owner}`}`,
        ...(address === undefined ? {} : { address }),
        later: epoch === 0 ? '' : `read after this: ${why ?? 'it may have changed'}`,
      };
    }
    case 'unknown':
      return { kind: `unknown: ${variable.of.reason}`, later: '' };
    case 'choice':
      return { kind: '', later: '' };
  }
}

/** Makes a document that names conditions and variables. Reads of a field get different names where it has several. */
export function withConditions<T>(write: (conditions: Conditions) => T): T {
  return withNames((names) => write(new Conditions(names)));
}
