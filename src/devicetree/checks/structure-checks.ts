/** Checks of names, labels, phandles and references. */
import { latin1Text } from '../../bytes/text-encoding.ts';
import {
  deleteNode,
  type LiveNode,
  type LiveProperty,
  livePathOf,
  livePropertyOf,
  PathFinder,
  walkLive,
} from '../live/live-tree.ts';
import type { ReportProblem } from '../live/references.ts';
import type { Marker } from '../tree.ts';
import {
  baseName,
  type Check,
  type CheckContext,
  eachPair,
  error,
  firstString,
  isString,
  optional,
  properties,
  unitAddress,
  warning,
} from './check.ts';

const NODE_CHARACTERS = /[^a-zA-Z0-9,._+\-@]/;
const PROPERTY_CHARACTERS = /[^a-zA-Z0-9,._+*#?-]/;
const STRICT_CHARACTERS = /[^a-zA-Z0-9,-]/;

/** The first match of a one-character pattern. */
function badCharacter(text: string, pattern: RegExp): { at: number; character: string } | undefined {
  const at = text.search(pattern);
  return at < 0 ? undefined : { at, character: text[at]! };
}

function duplicateNodeNames({ children }: LiveNode, context: CheckContext): void {
  eachPair(
    children,
    ({ name }) => name,
    // Compared with deleted siblings too: `a {}; /delete-node/ a;` in one body is such a pair.
    (first, later) => {
      if (!first.deleted) context.fail(later, 'Duplicate node name');
    },
    () => !context.full,
  );
}

/** From this many properties on, they are compared through an index. */
const MANY_PROPERTIES = 24;

function duplicatePropertyNames(node: LiveNode, context: CheckContext): void {
  const list = node.properties;
  const report = (first: LiveProperty, later: LiveProperty): void => {
    if (!first.deleted && !later.deleted) context.fail(node, 'Duplicate property name', first);
  };
  if (list.length >= MANY_PROPERTIES) {
    eachPair(
      list,
      ({ name }) => name,
      report,
      () => !context.full,
    );
    return;
  }
  for (let index = 0; index < list.length; index += 1) {
    for (let later = index + 1; later < list.length; later += 1) {
      if (list[later]!.name === list[index]!.name) report(list[index]!, list[later]!);
    }
  }
}

function propertyNameCharactersStrict(node: LiveNode, { fail }: CheckContext): void {
  for (const property of properties(node)) {
    let { name } = property;
    let bad = badCharacter(name, STRICT_CHARACTERS);
    if (!bad || name === 'device_type') continue;
    // A `#` is allowed at the beginning, or after a vendor prefix.
    if (bad.character === '#' && (bad.at === 0 || name[bad.at - 1] === ',')) {
      name = name.slice(bad.at + 1);
      bad = badCharacter(name, STRICT_CHARACTERS);
    }
    if (bad) fail(node, `Character '${bad.character}' not recommended in property name`, property);
  }
}

/** What a label is on: a node, a property, or a place inside a value. */
interface LabelPlace {
  readonly node: LiveNode;
  readonly property?: LiveProperty | undefined;
  readonly marker?: Marker | undefined;
}

function describe({ node, property, marker }: LabelPlace): string {
  return `${marker ? 'value of ' : ''}${property ? `'${property.name}' in ` : ''}${livePathOf(node)}`;
}

/** Calls `give` for each label in a node, in the order in which dtc checks them. */
function eachLabel(node: LiveNode, give: (label: string, place: LabelPlace) => void): void {
  for (const { name, deleted } of node.labels) if (!deleted) give(name, { node });
  for (const property of node.properties) {
    if (property.deleted) continue;
    for (const { name, deleted } of property.labels) if (!deleted) give(name, { node, property });
    for (const marker of property.markers) {
      if (marker.kind === 'label') give(marker.name, { node, property, marker });
    }
  }
}

/** The place of every label that others are compared with: on a node before a property before a value, as in dtc. */
const firstPlaces = new WeakMap<CheckContext, Map<string, LabelPlace>>();

function firstPlacesOf(context: CheckContext): Map<string, LabelPlace> {
  const known = firstPlaces.get(context);
  if (known) return known;
  const rankOf = ({ property, marker }: LabelPlace): number => (marker ? 2 : property ? 1 : 0);
  const places = new Map<string, LabelPlace>();
  for (const node of walkLive(context.tree.root)) {
    eachLabel(node, (label, place) => {
      const other = places.get(label);
      if (!other || rankOf(place) < rankOf(other)) places.set(label, place);
    });
  }
  firstPlaces.set(context, places);
  return places;
}

function duplicateLabel(node: LiveNode, context: CheckContext): void {
  const places = firstPlacesOf(context);
  eachLabel(node, (label, place) => {
    const first = places.get(label)!;
    if (first.node === place.node && first.property === place.property && first.marker === place.marker)
      return;
    context.fail(node, `Duplicate label '${label}' on ${describe(place)} and ${describe(first)}`);
  });
}

/** Reports problems of resolving references. dtc's text for an unknown target ends in a newline of its own. */
function reporter({ fail }: CheckContext): ReportProblem {
  return ({ check, node, property, message }) =>
    fail(node, check === 'explicit_phandles' ? message : `${message}\n`, property);
}

function nameProperties(node: LiveNode, { fail }: CheckContext): void {
  const index = node.properties.findIndex((property) => property.name === 'name');
  const property = node.properties[index];
  if (!property) return;
  const base = baseName(node);
  const text = latin1Text(property.value.subarray(0, base.length));
  if (property.value.length !== base.length + 1 || text !== base) {
    fail(node, `"name" property is incorrect ("${firstString(property)}" instead of base node name)`);
  } else {
    // Correct, and therefore redundant.
    node.properties.splice(index, 1);
  }
}

function omitUnused(node: LiveNode, { symbols }: CheckContext): void {
  if (symbols && node.labels.length > 0) return;
  if (node.omitIfUnused && !node.referenced) deleteNode(node);
}

export const NAME_CHECKS: readonly Check[] = [
  error('duplicate_node_names', [], duplicateNodeNames),
  error('duplicate_property_names', [], duplicatePropertyNames),
  error('node_name_chars', [], (node, { fail }) => {
    const bad = badCharacter(node.name, NODE_CHARACTERS);
    if (bad) fail(node, `Bad character '${bad.character}' in node name`);
  }),
  error('node_name_format', ['node_name_chars'], (node, { fail }) => {
    if (unitAddress(node).includes('@')) fail(node, "multiple '@' characters in node name");
  }),
  error('node_name_not_empty', ['node_name_chars'], (node, { fail }) => {
    if (node.parent && baseName(node) === '') fail(node, 'Empty node name');
  }),
  error(
    'property_name_chars',
    [],
    (node, { fail }) => {
      for (const property of properties(node)) {
        const bad = badCharacter(property.name, PROPERTY_CHARACTERS);
        if (bad) fail(node, `Bad character '${bad.character}' in property name`, property);
      }
    },
    PROPERTY_CHARACTERS,
  ),
  error(
    'name_is_string',
    [],
    (node, { fail }) => {
      const property = livePropertyOf(node, 'name');
      if (property && !isString(property)) fail(node, 'property is not a string', property);
    },
    'name',
  ),
  error('name_properties', ['name_is_string'], nameProperties, 'name'),
  warning('node_name_vs_property_name', ['node_name_chars'], (node, { fail }) => {
    if (node.parent && livePropertyOf(node.parent, node.name))
      fail(node, 'node name and property name conflict');
  }),
];

export const REFERENCE_CHECKS: readonly Check[] = [
  error('duplicate_label', [], duplicateLabel),
  error('explicit_phandles', [], (node, context) =>
    context.references.readExplicitPhandle(node, reporter(context)),
  ),
  error('phandle_references', ['duplicate_node_names', 'explicit_phandles'], (node, context) =>
    context.references.resolvePhandles(node, reporter(context)),
  ),
  error('path_references', ['duplicate_node_names'], (node, context) =>
    context.references.resolvePaths(node, reporter(context)),
  ),
  error('omit_unused_nodes', ['phandle_references', 'path_references'], omitUnused),
];

export const STRICT_NAME_CHECKS: readonly Check[] = [
  optional('property_name_chars_strict', [], propertyNameCharactersStrict),
  optional('node_name_chars_strict', [], (node, { fail }) => {
    const bad = badCharacter(baseName(node), STRICT_CHARACTERS);
    if (bad) fail(node, `Character '${bad.character}' not recommended in node name`);
  }),
];

export const ALIAS_CHECKS: readonly Check[] = [
  warning('alias_paths', [], (node, context) => {
    if (node.name !== 'aliases') return;
    const finder = new PathFinder(context.tree.root);
    for (const property of properties(node)) {
      if (property.name === 'phandle' || property.name === 'linux,phandle') continue;
      const path = property.value.length > 0 ? firstString(property) : undefined;
      if (!context.tree.plugin && (path === undefined || !finder.find(path))) {
        context.fail(node, `aliases property is not a valid node (${path ?? '(null)'})`, property);
      } else if (/[^a-z0-9-]/.test(property.name)) {
        context.fail(node, "aliases property name must include only lowercase and '-'");
      }
    }
  }),
];

export const TESTING_CHECKS: readonly Check[] = [
  optional('always_fail', [], (node, { fail }) => fail(node, 'always_fail check')),
];
