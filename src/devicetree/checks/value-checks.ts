/** Checks that the value of a property has the type that its name requires. */
import { type LiveNode, type LiveProperty, livePropertyOf } from '../live/live-tree.ts';
import { nodeByPath } from '../live/references.ts';
import { type Check, type CheckContext, isString, isStringList, properties, warning } from './check.ts';

export function stringCheck(name: string, property: string): Check {
  return warning(name, [], (node, context) => requireString(node, property, context), property);
}

export function requireString(node: LiveNode, name: string, { fail }: CheckContext): void {
  const property = livePropertyOf(node, name);
  if (property && !isString(property)) fail(node, 'property is not a string', property);
}

function reportUnlessStringList(node: LiveNode, property: LiveProperty, { fail }: CheckContext): void {
  if (!isStringList(property)) fail(node, 'property is not a string list', property);
}

export function cellCheck(name: string, propertyName: string): Check {
  return warning(
    name,
    [],
    (node, { fail }) => {
      const property = livePropertyOf(node, propertyName);
      if (property && property.value.length !== 4) fail(node, 'property is not a single cell', property);
    },
    propertyName,
  );
}

export const VALUE_CHECKS: readonly Check[] = [
  cellCheck('address_cells_is_cell', '#address-cells'),
  cellCheck('size_cells_is_cell', '#size-cells'),
  stringCheck('device_type_is_string', 'device_type'),
  stringCheck('model_is_string', 'model'),
  stringCheck('status_is_string', 'status'),
  stringCheck('label_is_string', 'label'),
  warning('compatible_is_string_list', [], (node, context) => {
    const property = livePropertyOf(node, 'compatible');
    if (property) reportUnlessStringList(node, property, context);
  }),
  warning(
    'names_is_string_list',
    [],
    (node, context) => {
      for (const property of properties(node)) {
        if (property.name.endsWith('-names')) reportUnlessStringList(node, property, context);
      }
    },
    /-names$/,
  ),
];

export const CHOSEN_CHECKS: readonly Check[] = [
  warning('obsolete_chosen_interrupt_controller', [], (node, { tree, fail }) => {
    if (node !== tree.root) return;
    const chosen = nodeByPath(tree.root, '/chosen');
    const property = chosen && livePropertyOf(chosen, 'interrupt-controller');
    if (property) fail(node, '/chosen has obsolete "interrupt-controller" property', property);
  }),
  warning('chosen_node_is_root', [], (node, { tree, fail }) => {
    if (node.name === 'chosen' && node.parent !== tree.root) fail(node, 'chosen node must be at root node');
  }),
  warning('chosen_node_bootargs', [], (node, context) => {
    if (node.name === 'chosen') requireString(node, 'bootargs', context);
  }),
  warning('chosen_node_stdout_path', [], (node, context) => {
    if (node.name !== 'chosen') return;
    let name = 'stdout-path';
    if (!livePropertyOf(node, name)) {
      name = 'linux,stdout-path';
      const old = livePropertyOf(node, name);
      if (!old) return;
      context.fail(node, "Use 'stdout-path' instead", old);
    }
    requireString(node, name, context);
  }),
];
