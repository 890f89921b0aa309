/** What is wrong with trees as maps of addresses, said beside their windows. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { entryProblems } from '../devicetree/address/address-map.ts';
import { pathOf } from '../devicetree/tree.ts';
import type { TreeDescription } from './from-device-tree.ts';

/**
 * Reports what is wrong with a tree as a map of addresses: what the checks `fwmap_…` of `fwmap dtc` find. A `ranges`
 * that its cell counts don't fit has been reported when it was read.
 */
export function reportAddressMap({ entries }: TreeDescription, sink: DiagnosticSink): void {
  for (const { check, node, property, message } of entryProblems(entries)) {
    const span = property?.valueSpan;
    sink.add({
      severity: 'warning',
      code: `dt/${check.replace('fwmap_', '').replaceAll('_', '-')}`,
      message,
      path: pathOf(node),
      ...(span ? { span } : {}),
    });
  }
}
