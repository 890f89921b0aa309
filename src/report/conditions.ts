/** Conditions in a text: short ones where they are, long ones by a name that is explained once below. */

import { hex } from '../bytes/address.ts';
import {
  type Condition,
  formatCondition,
  formatQuantity,
  Names,
  type Quantity,
  type Variable,
} from '../symbolic/index.ts';
import type { Block, Item } from './document.ts';

/** A condition of more characters than this gets a name. */
const MAX_INLINE = 48;

/** The conditions of one document. The same condition has the same name, and so has the same variable. */
export class Conditions {
  readonly names = new Names();
  readonly #named = new Map<string, string>();

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
