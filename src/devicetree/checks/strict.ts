/**
 * dtc's error checks for readers of a tree: the checks that are errors by default, including those that resolve references.
 * All of them run, so that one run reports every problem.
 */

import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import type { CheckCode } from '../../findings/rows/dt-tree.ts';
import { limit } from '../../limits/limits.ts';
import { type LiveTree, livePathOf, walkLive } from '../live/live-tree.ts';
import { type ReferenceOptions, References } from '../live/references.ts';
import { OVERLAY_HINT } from '../source/parser.ts';
import { type Check, type CheckContext, canFail } from './check.ts';
import { NAME_CHECKS, REFERENCE_CHECKS } from './structure-checks.ts';

/** Arguments of the finding that ends a list past the limit. */
const MORE = { name: 'tree-problems', rest: 'the rest is left out' } as const;

/** These three checks share one code: what matters is that a reference is wrong, not which check found it. */
function isAboutReferences({ name }: Check): boolean {
  return name === 'phandle_references' || name === 'path_references' || name === 'explicit_phandles';
}

const CHECK_CODES: Readonly<Record<string, CheckCode>> = {
  duplicate_node_names: 'dt/duplicate-node-names',
  duplicate_property_names: 'dt/duplicate-property-names',
  node_name_chars: 'dt/node-name-chars',
  node_name_format: 'dt/node-name-format',
  node_name_not_empty: 'dt/node-name-not-empty',
  property_name_chars: 'dt/property-name-chars',
  name_is_string: 'dt/name-is-string',
  name_properties: 'dt/name-properties',
  duplicate_label: 'dt/duplicate-label',
};

/**
 * Resolves the references of a tree from source and runs dtc's error checks. Problems become errors in `sink`, at most
 * `limit('tree-problems')`; the tree stays usable.
 */
export function checkStrictly(
  tree: LiveTree,
  sink: DiagnosticSink,
  options: ReferenceOptions = {},
): References {
  const references = new References(tree, options);
  const nodes = [...walkLive(tree.root)];
  const names = new Set<string>();
  for (const { properties } of nodes) for (const { name } of properties) names.add(name);
  const advice = !tree.plugin && nodes.some(({ name }) => name === '__overlay__') ? OVERLAY_HINT : undefined;
  let problems = 0;
  for (const check of [...NAME_CHECKS, ...REFERENCE_CHECKS]) {
    if (check.level !== 'error' || !canFail(check, names)) continue;
    const context: CheckContext = {
      tree,
      references,
      symbols: options.symbols ?? false,
      buses: new Map(),
      cells: new Map(),
      get full() {
        return problems > limit('tree-problems');
      },
      fail: (node, message, property) => {
        problems += 1;
        if (problems > limit('tree-problems')) {
          if (problems === limit('tree-problems') + 1) sink.add(finding('fwmap/limit-told', MORE));
          return;
        }
        const span = property?.span ?? node.spans[0];
        const where = { path: livePathOf(node), ...(span ? { span } : {}) };
        const problem = message.trimEnd();
        if (isAboutReferences(check)) sink.add(finding('dt/reference', { problem, advice }, where));
        else sink.add(finding(CHECK_CODES[check.name]!, { problem }, where));
      },
    };
    for (const node of nodes) if (!node.deleted) check.visit(node, context);
  }
  return references;
}
