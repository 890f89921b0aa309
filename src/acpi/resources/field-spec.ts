/** Finds the encoding of a descriptor's field by name. */
import { NUMBER } from './codec.ts';
import type { FieldValues } from './descriptor.ts';
import type { BitField, Element, NumberElement } from './layout.ts';
import { rowOfType } from './rows/table.ts';

/** The index byte of a `source` element. */
const SOURCE_INDEX: NumberElement = { kind: 'number', name: 'resourceSourceIndex', bytes: 1, codec: NUMBER };

/** The elements of a row, with choices made by `fields`. */
function* elementsOf(elements: readonly Element[], fields: FieldValues): Generator<Element> {
  const waiting = [...elements].reverse();
  for (let element = waiting.pop(); element; element = waiting.pop()) {
    if (element.kind === 'choice') waiting.push(...[...element.choose(fields)].reverse());
    else yield element;
  }
}

/**
 * The number or bits that encode field `name` of a descriptor type; `undefined` for lists, strings and unknown names.
 * @param fields known fields, on which choices depend: type-specific flags depend on `space`
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

/** The names of all fields of a descriptor type, in the order of the bytes. */
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
