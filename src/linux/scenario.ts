/** Scenarios, in which devices are probed and removed: a built-in one, or one from a YAML or JSON file. */

import { binaryUnit } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { type Source, textOf } from '../bytes/source.ts';
import { finding } from '../findings/finding.ts';
import { limit, moreThan } from '../limits/limits.ts';
import { CALLERS, type SimulatedDevice } from './vmbus/callers.ts';

export type ScenarioStep =
  | { readonly do: 'probe'; readonly device: SimulatedDevice; readonly bootDisk: boolean }
  | { readonly do: 'remove'; readonly name: string };

export interface Scenario {
  readonly name: string;
  readonly steps: readonly ScenarioStep[];
}

/** Size in bytes of the register BAR of an NVMe controller. */
const NVME_BAR = 0x4000n;
/** Size in bytes of Hyper-V's default video memory. */
const VIDEO_MEMORY = 0x800000n;

/** A pass-through NVMe controller with the boot disk is probed before the graphics driver. */
export const PASS_THROUGH_NVME: Scenario = {
  name: 'pass-through NVMe boot disk, probed before the graphics driver',
  steps: [
    {
      do: 'probe',
      bootDisk: true,
      device: { kind: 'pci-pass-through', name: 'nvme', bars: [{ size: NVME_BAR, bits: 64 }], size: 0n },
    },
    {
      do: 'probe',
      bootDisk: false,
      device: { kind: 'hyperv_drm', name: 'hyperv_drm', bars: [], size: VIDEO_MEMORY },
    },
  ],
};

/** Parses `16K`, `16 KiB`, `0x4000` or 16384; `undefined` for anything else, or if it is not positive. */
export function parseSize(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? BigInt(value) : undefined;
  if (typeof value === 'bigint') return value > 0n ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^(0x[0-9a-f]{1,16}|\d{1,19}) ?(?:([kmgt])(?:ib|b)?|b)?$/i.exec(value.trim());
  if (match === null) return undefined;
  const size = BigInt(match[1]!) * binaryUnit(match[2] ?? '');
  return size > 0n && size < 1n << 64n ? size : undefined;
}

/**
 * Reads a scenario file; `undefined`, with a diagnostic, if anything in it is invalid.
 */
export async function readScenario(source: Source, sink: DiagnosticSink): Promise<Scenario | undefined> {
  const fault = (problem: string, advice?: string): undefined => {
    sink.add(finding('linux/scenario', { problem, advice }, { span: { source, start: 0, end: 0 } }));
    return undefined;
  };
  if (source.bytes.length > limit('scenario-bytes'))
    return fault(`a scenario of ${moreThan('scenario-bytes')}`);
  const { parseDocument } = await import('yaml');
  const firstLine = ({ message }: Error): string => message.split('\n', 1)[0]!;
  // JSON is a subset of YAML.
  const document = parseDocument(Buffer.from(textOf(source), 'latin1').toString('utf8'));
  const [wrong = document.warnings[0]] = document.errors;
  if (wrong !== undefined) return fault(firstLine(wrong));
  let parsed: unknown;
  try {
    // The expansion of aliases is limited.
    parsed = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return fault(error instanceof Error ? firstLine(error) : 'this is neither YAML nor JSON');
  }
  const file = asRecord(parsed);
  const list = Array.isArray(parsed) ? parsed : file?.steps;
  if (!Array.isArray(list)) return fault('no list of steps', 'write "steps:" and a list of devices below it');
  if (list.length > limit('scenario-steps')) return fault(moreThan('scenario-steps'));
  const steps: ScenarioStep[] = [];
  for (const [index, item] of list.entries()) {
    const step = readStep(asRecord(item), index);
    if (typeof step === 'string') return fault(`step ${index + 1}: ${step}`);
    steps.push(step);
  }
  const name = file?.name;
  return { name: typeof name === 'string' ? name : source.name, steps };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** A step, or what is wrong with the item. */
function readStep(item: Readonly<Record<string, unknown>> | undefined, index: number): ScenarioStep | string {
  if (item === undefined) return 'not a mapping such as "device: pci-pass-through"';
  const removed = item.remove;
  if (typeof removed === 'string') return { do: 'remove', name: removed };
  const kinds = CALLERS.map((caller) => caller.kind);
  const kind = item.device;
  if (typeof kind !== 'string' || !kinds.includes(kind)) return `"device" must be one of ${kinds.join(', ')}`;
  const name = typeof item.name === 'string' ? item.name : `${kind}-${index + 1}`;
  const listed = item.bars ?? [];
  if (!Array.isArray(listed)) return '"bars" must be a list';
  const bars: { size: bigint; bits: 32 | 64 }[] = [];
  for (const entry of listed) {
    const bar = asRecord(entry);
    const size = parseSize(bar?.size ?? entry);
    const bits = bar?.bits ?? 64;
    if (size === undefined) return 'a BAR needs a size such as 16K';
    if (bits !== 32 && bits !== 64) return '"bits" of a BAR must be 32 or 64';
    bars.push({ size, bits });
  }
  const video = kind.startsWith('hyperv_');
  const size = item.size === undefined ? VIDEO_MEMORY : parseSize(item.size);
  if (video && size === undefined) return '"size" must be a size such as 8M';
  return {
    do: 'probe',
    bootDisk: item['boot-disk'] === true,
    device: { kind, name, bars, size: video ? size! : 0n },
  };
}
