/** fwmap's own checks of addresses, which dtc doesn't have. Off by default, so that warnings equal dtc's. */
import { type AddressMapCheck, type AddressMapProblem, addressMapProblems } from '../address/address-map.ts';
import { type LiveNode, livePropertyOf, treeFromLive, walkLive } from '../live/live-tree.ts';
import { walk } from '../tree.ts';
import { type Check, type CheckContext, optional } from './check.ts';

/** The problems of the tree being checked, by node, computed once for all four checks. */
const found = new WeakMap<CheckContext, Map<LiveNode, AddressMapProblem[]>>();

function problemsOf(context: CheckContext): Map<LiveNode, AddressMapProblem[]> {
  const known = found.get(context);
  if (known) return known;
  const tree = treeFromLive(context.tree);
  // Both walks have the same order.
  const live = [...walkLive(context.tree.root)];
  const liveOf = new Map([...walk(tree.root)].map((node, index) => [node, live[index]!]));
  const byNode = new Map<LiveNode, AddressMapProblem[]>();
  for (const problem of addressMapProblems(tree)) {
    const node = liveOf.get(problem.node)!;
    byNode.set(node, [...(byNode.get(node) ?? []), problem]);
  }
  found.set(context, byNode);
  return byNode;
}

function addressMapCheck(name: AddressMapCheck): Check {
  return optional(name, ['addr_size_cells', 'phandle_references'], (node, context) => {
    for (const { check, message, property } of problemsOf(context).get(node) ?? []) {
      if (check === name) context.fail(node, message, property && livePropertyOf(node, property.name));
    }
  });
}

export const ADDRESS_MAP_CHECKS: readonly Check[] = [
  addressMapCheck('fwmap_overlapping_windows'),
  addressMapCheck('fwmap_reg_outside_ranges'),
  addressMapCheck('fwmap_framebuffer_in_window'),
  addressMapCheck('fwmap_ranges_cells'),
];
