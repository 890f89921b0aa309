/** Conditions in a text: short ones where they are, long ones by a name that is explained once below. */

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
import type { Block, Item } from './document.ts';

/** A condition of more characters than this gets a name. */
const MAX_INLINE = 48;

/** The conditions of one document. The same condition has the same name, and so has the same variable. */
export class Conditions {
  readonly names: Names;
  readonly #named = new Map<string, string>();

  constructor(names = new Names()) {
    this.names = names;
  }

  /** As it stands where it is no longer than the limit, else `[C1]`. */
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

  /** When something is so, as part of a sentence: `if MG2L > 0`, `on Linux 5.19 and newer`, or both. */
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

  /** A number or what it is made of. */
  quantity(value: Quantity): string {
    return typeof value === 'bigint' ? hex(value) : formatQuantity(value, this.names);
  }

  /** What the names stand for: conditions, then fields. Empty where the document has none. */
  blocks(): Block[] {
    const conditions = [...this.#named].map(([text, name]): Item => ({ text: `${name} ${text}` }));
    const fields = this.names.named().flatMap(({ name, variable }): Item[] => {
      const text = variableText(variable);
      return text === undefined ? [] : [{ text: `${name}: ${text}` }];
    });
    return [...section('Conditions', conditions), ...section('Fields', fields)];
  }
}

function isOfRelease({ left }: Literal): boolean {
  return typeof left !== 'bigint' && left.kind === 'choice' && left.choice.id === RELEASE.id;
}

/** Releases side by side, in words; undefined where they are not told by where they begin and end. */
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

function section(heading: string, items: readonly Item[]): Block[] {
  return items.length === 0
    ? []
    : [
        { kind: 'heading', text: heading },
        { kind: 'list', items },
      ];
}

/** Undefined for what says itself what it is. */
function variableText(variable: Variable): string | undefined {
  switch (variable.kind) {
    case 'field': {
      const { bits, space, address, path, epoch, why } = variable.field;
      const where =
        address === undefined
          ? `in ${space === '' ? 'a register behind an index' : space}`
          : `at ${space} ${hex(address)}`;
      const later = epoch === 0 ? '' : `; as read after this: ${why ?? 'it may have changed'}`;
      return `${path}, ${bits} bits ${where}${later}`;
    }
    case 'unknown':
      return `not known: ${variable.of.reason}`;
    case 'choice':
      return undefined;
  }
}

/** A document that names conditions and variables; reads of a field are told apart where it names several. */
export function withConditions<T>(write: (conditions: Conditions) => T): T {
  return withNames((names) => write(new Conditions(names)));
}
