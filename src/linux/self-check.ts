/**
 * Compares the model with the actual kernel: if the inputs contain what the kernel printed about its pool or allocated to
 * VMBus devices, any difference to the model is an error.
 */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { FactOf } from '../evidence/fact.ts';
import type { MachineFacts } from '../evidence/facts.ts';
import { nodesOf } from '../evidence/listings/iomem.ts';
import type { IomemNode } from '../evidence/values.ts';
import { finding } from '../findings/finding.ts';
import { SYNTHETIC_VIDEO, VMBUS_GUID } from './vmbus/iomem-regions.ts';
import { lastOf, printResource, type VmbusPool } from './vmbus/pool.ts';

/** The result of a comparison. */
export interface SelfCheck {
  readonly what: string;
  readonly agrees: boolean;
  readonly kernel: string;
  readonly model: string;
  readonly fact: FactOf<unknown>;
}

/**
 * Compares the model with the evidence and reports every difference to `sink`.
 * @param pool after {@link reserveFramebuffer}, before any allocation
 */
export function checkAgainstKernel(
  pool: VmbusPool,
  evidence: Pick<MachineFacts, 'printedPools' | 'iomem'>,
  sink: DiagnosticSink,
): readonly SelfCheck[] {
  const checks: SelfCheck[] = [];
  for (const fact of evidence.printedPools) {
    const printed = fact.value;
    const print = (range: { start: bigint; last: bigint } | null): string =>
      printResource(range === null ? null : { start: range.start, end: range.last });
    const compare = (what: string, kernel: string, model: string): void => {
      checks.push({ what, agrees: kernel === model, kernel, model, fact });
    };
    compare(
      'VMBus MMIO windows',
      printed.windows.map(print).join(','),
      [0, 1].map((index) => printResource(pool.windows[index])).join(','),
    );
    compare('framebuffer reservation', print(printed.framebuffer), printResource(pool.framebuffer));
  }
  for (const node of nodesOf(evidence.iomem))
    if (VMBUS_GUID.test(node.name)) checks.push(checkClaim(pool, node));
  for (const check of checks) {
    if (check.agrees) continue;
    const { what, kernel, model, fact } = check;
    sink.add(
      finding(
        'linux/differs-from-kernel',
        { what, kernel, model },
        fact.span === undefined ? {} : { span: fact.span },
      ),
    );
  }
  return checks;
}

/** A claim in /proc/iomem must be in a window and, unless it is the video device's, outside the reservation. */
function checkClaim(pool: VmbusPool, node: IomemNode): SelfCheck {
  const kernel = `${printResource({ start: node.start, end: node.last })} for ${node.name}`;
  const window = pool.windows.find((each) => each.start <= node.start && lastOf(pool, each) >= node.last);
  const base = { what: 'claim of a VMBus device', kernel, fact: node.fact };
  if (window === undefined) {
    const list = pool.windows.map((each) => printResource({ start: each.start, end: lastOf(pool, each) }));
    return { ...base, agrees: false, model: `no such window (${list.join(', ') || 'none'})` };
  }
  const { framebuffer } = pool;
  const inReservation =
    framebuffer !== null && node.start <= framebuffer.end && node.last >= framebuffer.start;
  if (inReservation && node.name !== SYNTHETIC_VIDEO)
    return { ...base, agrees: false, model: `that range reserved: ${printResource(framebuffer)}` };
  return { ...base, agrees: true, model: `a place in the window ${printResource(window)}` };
}
