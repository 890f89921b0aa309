/**
 * The nodes that connect trees and overlays: `__symbols__` and `/aliases` from labels, `__fixups__` for references into
 * another tree, `__local_fixups__` for those within the tree. They are generated for output and, when read from a blob,
 * turned back into labels and reference markers. Order and messages are dtc's.
 */
import { latin1Bytes, latin1Text, textBeforeNul } from '../../bytes/text-encoding.ts';
import type { Marker } from '../tree.ts';
import { withReferences } from '../write/dts.ts';
import {
  addLabel,
  type LiveNode,
  type LiveProperty,
  type LiveTree,
  liveChildOf,
  liveNode,
  livePathOf,
  liveProperty,
  livePropertyOf,
  PathFinder,
  walkLive,
} from './live-tree.ts';
import type { References } from './references.ts';

/** Receives dtc's warning texts. */
export type SymbolWarning = (text: string) => void;

/** Why fixups can't be generated: something in the tree that their format can't express. */
export interface SymbolFailure {
  readonly failure: string;
}

function stringBytes(text: string): Uint8Array {
  return Uint8Array.from(latin1Bytes(`${text}\0`));
}

function childNamed(node: LiveNode, name: string): LiveNode {
  const known = liveChildOf(node, name);
  if (known) return known;
  const made = liveNode(name, node);
  node.children.push(made);
  return made;
}

/** Adds the label of each property `__symbols__/LABEL` to the node at its path. */
export function labelsFromSymbols(tree: LiveTree, warn: SymbolWarning): void {
  const symbols = liveChildOf(tree.root, '__symbols__');
  if (!symbols) return;
  const finder = new PathFinder(tree.root);
  for (const property of symbols.properties) {
    if (property.deleted) continue;
    const path = textBeforeNul(property.value);
    const node = finder.find(path);
    if (node) addLabel(node.labels, property.name);
    // No newline at the end, as in dtc.
    else warn(`Warning: Path ${path} referenced in property __symbols__/${property.name} missing`);
  }
}

/**
 * Adds `NAME/LABEL = path` for every label of a node. With `phandles` (for `__symbols__`) every labelled node also
 * gets a phandle, so that an overlay can refer to it.
 */
export function generateLabelTree(
  tree: LiveTree,
  references: References,
  name: 'aliases' | '__symbols__',
  phandles: boolean,
  warn: SymbolWarning,
): void {
  // Deleted labels count here, as in dtc.
  const labelled = [...walkLive(tree.root)].filter((node) => node.labels.length > 0);
  if (labelled.length === 0) return;
  const target = childNamed(tree.root, name);
  const taken = new Set(target.properties.filter(({ deleted }) => !deleted).map((property) => property.name));
  for (const node of labelled) {
    for (const label of node.labels) {
      if (label.deleted) continue;
      if (taken.has(label.name)) {
        warn(`WARNING: label ${label.name} already exists in /${name}`);
        continue;
      }
      taken.add(label.name);
      target.properties.push(
        liveProperty(label.name, stringBytes(livePathOf(node)), [{ kind: 'string', offset: 0 }]),
      );
    }
    if (phandles) references.phandleOf(node);
  }
}

interface FoundReference {
  readonly node: LiveNode;
  readonly property: LiveProperty;
  readonly marker: Reference;
}

/** The phandle references of the tree, in order, that resolve to a node (`resolve`) or don't. */
function referencesThat(tree: LiveTree, references: References, resolve: boolean): FoundReference[] {
  const found: FoundReference[] = [];
  for (const node of walkLive(tree.root)) {
    for (const property of node.properties) {
      if (property.deleted) continue;
      for (const marker of property.markers) {
        if (marker.kind !== 'phandle-reference') continue;
        if ((references.byReference(marker.target) !== undefined) === resolve) {
          found.push({ node, property, marker: marker as Reference });
        }
      }
    }
  }
  return found;
}

const MALFORMED = (name: string): string =>
  `Warning: Preexisting data in ${name} malformed, some content could not be added.\n`;

/** Lists to which entries are appended, each entry once. */
class GrowingProperties {
  readonly #kind: 'string' | 'uint32';
  readonly #growing = new Map<LiveProperty, { readonly known: Set<string>; readonly added: Buffer[] }>();
  /** An existing value is not a list of such entries. */
  malformed = false;

  constructor(kind: 'string' | 'uint32') {
    this.#kind = kind;
  }

  /** The entries of a value; undefined when it is not a list of entries. */
  #entriesOf(value: Uint8Array): string[] | undefined {
    const text = latin1Text(value);
    if (this.#kind === 'string')
      return text === '' || text.endsWith('\0') ? text.split('\0').slice(0, -1) : undefined;
    return value.length % 4 === 0 ? (text.match(/[\s\S]{4}/g) ?? []) : undefined;
  }

  /** @param entry the entry's bytes, one a character, without the NUL of a string */
  add(node: LiveNode, name: string, entry: string): void {
    let property = livePropertyOf(node, name);
    if (!property) {
      property = liveProperty(name, new Uint8Array(0));
      node.properties.push(property);
    }
    let growing = this.#growing.get(property);
    if (!growing) {
      const entries = this.#entriesOf(property.value);
      if (!entries) {
        this.malformed = true;
        return;
      }
      growing = { known: new Set(entries), added: [] };
      this.#growing.set(property, growing);
    }
    if (growing.known.has(entry)) return;
    growing.known.add(entry);
    growing.added.push(latin1Bytes(this.#kind === 'string' ? `${entry}\0` : entry));
  }

  /** Writes the added entries into the properties. */
  finish(): void {
    for (const [property, { added }] of this.#growing) {
      let { length } = property.value;
      for (const bytes of added) {
        property.markers.push({ kind: this.#kind, offset: length });
        length += bytes.length;
      }
      property.value = Uint8Array.from(Buffer.concat([property.value, ...added]));
    }
  }
}

/** `__fixups__/LABEL = "PATH:PROPERTY:OFFSET", …` for every reference that the tree itself can't resolve. */
export function generateFixups(
  tree: LiveTree,
  references: References,
  warn: SymbolWarning,
): SymbolFailure | undefined {
  const found = referencesThat(tree, references, false);
  if (found.length === 0) return undefined;
  const fixups = childNamed(tree.root, '__fixups__');
  const growing = new GrowingProperties('string');
  for (const { node, property, marker } of found) {
    if (marker.target.includes('/')) {
      return { failure: `Can't generate fixup for reference to path &{${marker.target}}` };
    }
    const path = livePathOf(node);
    if (path.includes(':') || property.name.includes(':'))
      return { failure: "arguments should not contain ':'" };
    growing.add(fixups, marker.target, `${path}:${property.name}:${marker.offset}`);
  }
  growing.finish();
  if (growing.malformed) warn(MALFORMED('__fixups__'));
  return undefined;
}

/** `__local_fixups__`: for every reference within the tree the offset of its phandle, below a copy of the node's path. */
export function generateLocalFixups(tree: LiveTree, references: References, warn: SymbolWarning): void {
  const found = referencesThat(tree, references, true);
  if (found.length === 0) return;
  const fixups = childNamed(tree.root, '__local_fixups__');
  const growing = new GrowingProperties('uint32');
  const places = new Map<LiveNode, LiveNode>([[tree.root, fixups]]);
  const placeOf = (node: LiveNode): LiveNode => {
    const missing: LiveNode[] = [];
    let above = node;
    while (!places.has(above)) {
      missing.push(above);
      above = above.parent!;
    }
    let place = places.get(above)!;
    for (const next of missing.reverse()) {
      place = childNamed(place, next.name);
      places.set(next, place);
    }
    return place;
  };
  for (const { node, property, marker } of found) {
    const offset = Buffer.alloc(4);
    offset.writeUInt32BE(marker.offset);
    growing.add(placeOf(node), property.name, offset.toString('latin1'));
  }
  growing.finish();
  if (growing.malformed) warn(MALFORMED('__local_fixups__'));
}

/** C's strtol() with base 0 over the start of a text; 0 when there is no number. */
function leadingInteger(text: string): number {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|[0-9]+)/.exec(text);
  if (!match) return 0;
  const digits = match[2]!;
  let value: number;
  if (/^0[xX]/.test(digits)) value = Number.parseInt(digits, 16);
  else if (digits.startsWith('0')) value = Number.parseInt(/^0[0-7]*/.exec(digits)![0], 8);
  else value = Number.parseInt(digits, 10);
  return match[1] === '-' ? -value : value;
}

type Reference = Marker & { readonly kind: 'phandle-reference' };

/** Reference markers per property, added at the end. */
class FoundReferences {
  readonly #byProperty = new Map<LiveProperty, Reference[]>();

  add(property: LiveProperty, offset: number, target: string): void {
    const reference: Reference = { kind: 'phandle-reference', offset, target };
    const known = this.#byProperty.get(property);
    if (known) known.push(reference);
    else this.#byProperty.set(property, [reference]);
  }

  finish(): void {
    for (const [property, added] of this.#byProperty)
      property.markers = withReferences(property.markers, added);
  }
}

/** Reference markers from the entries of `__fixups__`. */
export function markersFromFixups(tree: LiveTree, warn: SymbolWarning): void {
  const fixups = liveChildOf(tree.root, '__fixups__');
  if (!fixups) return;
  const found = new FoundReferences();
  const finder = new PathFinder(tree.root);
  for (const { name: label, value, deleted } of fixups.properties) {
    if (deleted) continue;
    const malformed = (): void => warn(`Warning: Malformed fixup entry for label ${label}\n`);
    const entries = latin1Text(value).split('\0');
    const unterminated = entries.pop()!;
    for (const entry of entries) {
      const first = entry.indexOf(':');
      const second = first < 0 ? -1 : entry.indexOf(':', first + 1);
      if (second < 0) {
        malformed();
        continue;
      }
      const path = entry.slice(0, first);
      const node = finder.find(path);
      if (!node) {
        warn(`Warning: Label ${label} references non-existing node ${path}\n`);
        continue;
      }
      const name = entry.slice(first + 1, second);
      const property = livePropertyOf(node, name);
      if (!property) {
        warn(
          `Warning: Label ${label} references non-existing property ${livePathOf(node)} in node ${name}\n`,
        );
        continue;
      }
      const offset = leadingInteger(entry.slice(second + 1));
      if (offset < 0 || offset + 4 > property.value.length) {
        warn(
          `Warning: Label ${label} contains invalid offset for property ${property.name} in node ${livePathOf(node)}\n`,
        );
        continue;
      }
      found.add(property, offset, label);
    }
    if (unterminated !== '') malformed();
  }
  found.finish();
}

/** Reference markers from the offsets in `__local_fixups__`; the target is a label or a path. */
export function markersFromLocalFixups(tree: LiveTree, references: References, warn: SymbolWarning): void {
  const fixups = liveChildOf(tree.root, '__local_fixups__');
  if (!fixups) return;
  const found = new FoundReferences();
  const waiting: [LiveNode, LiveNode][] = [[fixups, tree.root]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [from, node] = next;
    for (const { name, value, deleted } of from.properties) {
      if (deleted) continue;
      const property = livePropertyOf(node, name);
      const path = livePathOf(node);
      if (!property) {
        warn(`Warning: Property ${name} in ${path} referenced in __local_fixups__ missing\n`);
        continue;
      }
      if (value.length % 4 !== 0) {
        warn(`Warning: property ${name} in /__local_fixups__${path} malformed\n`);
        continue;
      }
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      for (let index = 0; index < value.length; index += 4) {
        markPhandle(property, view.getUint32(index), references, found, warn);
      }
    }
    const below: [LiveNode, LiveNode][] = [];
    for (const child of from.children) {
      if (child.deleted) continue;
      const target = liveChildOf(node, child.name);
      if (target) below.push([child, target]);
      else warn(`Warning: node ${child.name}/${livePathOf(node)} referenced in __local_fixups__ missing\n`);
    }
    waiting.push(...below.reverse());
  }
  found.finish();
}

function markPhandle(
  property: LiveProperty,
  offset: number,
  references: References,
  found: FoundReferences,
  warn: SymbolWarning,
): void {
  const { value } = property;
  if (value.length < offset + 4) {
    warn(`Warning: property ${property.name} too short to contain a phandle at offset ${offset}\n`);
    return;
  }
  const phandle = new DataView(value.buffer, value.byteOffset).getUint32(offset);
  const node = references.byPhandle(phandle);
  if (!node || node.deleted) {
    warn(
      `Warning: node referenced by phandle 0x${phandle.toString(16)} in property ${property.name} not found\n`,
    );
    return;
  }
  const target = node.labels[0]?.name ?? livePathOf(node);
  found.add(property, offset, target);
}
