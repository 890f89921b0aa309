/** Problems of device trees as address maps, reported with their windows. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { entryProblems } from '../devicetree/address/address-map.ts';
import { pathOf } from '../devicetree/tree.ts';
import { finding } from '../findings/finding.ts';
import type { TreeDescription } from './from-device-tree.ts';

/** A `ranges` that does not fit its cell counts has been reported by its reader. */
const CODES = {
  fwmap_overlapping_windows: 'dt/overlapping-windows',
  fwmap_reg_outside_ranges: 'dt/reg-outside-ranges',
  fwmap_framebuffer_in_window: 'dt/framebuffer-in-window',
  fwmap_ranges_cells: undefined,
} as const;

/** Reports the problems of a tree as an address map: those of the checks `fwmap_…` of `fwmap dtc`, without `fwmap_ranges_cells`. */
export function reportAddressMap({ entries }: TreeDescription, sink: DiagnosticSink): void {
  for (const { check, node, property, other, message } of entryProblems(entries)) {
    const code = CODES[check];
    if (code === undefined) continue;
    const span = property?.valueSpan;
    const meets = other?.valueSpan;
    sink.add(
      finding(
        code,
        { problem: message },
        {
          path: pathOf(node),
          ...(span ? { span } : {}),
          ...(meets ? { related: [{ what: 'other-window', span: meets }] } : {}),
        },
      ),
    );
  }
}
