/** Finds how a descriptor's field is coded, by its name. */
import { NUMBER } from './codec.ts';
import type { FieldValues } from './descriptor.ts';
import type { BitField, Element, NumberElement } from './layout.ts';
import { rowOfType } from './rows/table.ts';

/** The index byte of a `source` element. */
const SOURCE_INDEX: NumberElement = { kind: 'number', name: 'resourceSourceIndex', bytes: 1, codec: NUMBER };

/** The elements of a row, with the ones chosen that the fields known so far ask for. */
function* elementsOf(elements: readonly Element[], fields: FieldValues): Generator<Element> {
  const waiting = [...elements].reverse();
  for (let element = waiting.pop(); element; element = waiting.pop()) {
    if (element.kind === 'choice') waiting.push(...[...element.choose(fields)].reverse());
    else yield element;
  }
}

/**
 * The number or bits that hold field `name` of a descriptor type; undefined for a list, a string and an unknown name.
 * @param fields what is known of the descriptor: type-specific flags depend on its `space`
 */
export function fieldSpec(
  type: string,
  name: string,
  fields: FieldValues,
): BitField | NumberElement | undefined {
  for (const element of elementsOf(rowOfType(type)?.elements ?? [], fields)) {
    if (element.kind === 'number' && element.name === name) return element;
    if (element.kind === 'flags') {
      const bit = element.bits.find((candidate) => candidate.name === name);
      if (bit) return bit;
    }
    if (element.kind === 'source' && name === SOURCE_INDEX.name) return SOURCE_INDEX;
  }
  return undefined;
}

/** Every field a descriptor type can have, in the order of its bytes. */
export function fieldNames(type: string, fields: FieldValues): string[] {
  const names: string[] = [];
  for (const element of elementsOf(rowOfType(type)?.elements ?? [], fields)) {
    if (element.kind === 'flags') names.push(...element.bits.map((bit) => bit.name));
    else if (element.kind === 'source') names.push('resourceSourceIndex', 'resourceSource');
    else if (element.kind === 'areas') names.push(...element.areas.map((area) => area.name));
    else if (element.kind !== 'choice') names.push(element.name);
  }
  return names;
}
