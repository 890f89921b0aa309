/** The pool as the driver itself printed it: `hv_mmio=…,… fb=…` names the first two windows of its list, and no more. */
import { casesOf } from '../../../acpi/crs/crs.ts';
import type { ResourceDescriptor } from '../../../acpi/resources/descriptor.ts';
import type { Collected } from '../../../linux/vmbus/acpi-pool.ts';
import type { Quantity } from '../../../symbolic/index.ts';
import type { AcpiSubject } from '../subject.ts';

/** How many windows the driver prints. */
const PRINTED = 2;

/** Whether the printed windows are all there are: fewer than the driver prints, or the tables describe no more. */
export function isWholePool(printed: Collected<Quantity> | undefined, subject: AcpiSubject): boolean {
  return printed !== undefined && (printed.windows.length < PRINTED || mostWindows(subject) <= PRINTED);
}

/** The printed windows, and what the model has beyond them where there may be more. */
export function collectedIn(
  printed: Collected<Quantity> | undefined,
  subject: AcpiSubject,
  model: () => Collected<Quantity>,
): Collected<Quantity> {
  if (printed === undefined) return model();
  if (isWholePool(printed, subject)) return printed;
  return { ...printed, windows: [...printed.windows, ...model().windows.slice(PRINTED)] };
}

/** How many windows the tables can give; none of a log alone, which holds nothing but what was printed. */
function mostWindows({ levels }: AcpiSubject): number {
  let count = 0;
  for (const { entry } of levels) {
    if (entry === undefined) continue;
    const ways = casesOf(entry).map(({ outcome, resources, rest }) =>
      outcome === 'abandoned' || rest !== undefined
        ? Number.POSITIVE_INFINITY
        : resources.filter(isWindow).length,
    );
    count += Math.max(0, ...ways);
  }
  return count;
}

function isWindow({ type }: ResourceDescriptor): boolean {
  return type === 'dword-address' || type === 'qword-address';
}
