/** How windows, places and inputs are put into words: the same in every report. */
import type { Artifact } from '../artifact/artifact.ts';
import { formatMemRange, formatSize, hex } from '../bytes/address.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import { formatPlace } from '../bytes/source.ts';
import { formatDiagnostic, hintOf } from '../findings/finding.ts';
import type { Quantity } from '../symbolic/index.ts';
import { type AddressWindow, boundsOf, type Origin, windowClass } from '../window/window.ts';
import type { Conditions } from './conditions.ts';
import type { Item } from './document.ts';

const SPACE_NAMES = { memory: 'mem', io: 'io', bus: 'bus' } as const;

/** As %pR prints it; a bound that isn't known by what it is made of: `[mem MG2B size MG2L]`. */
export function rangeText(
  window: Pick<AddressWindow, 'space' | 'base' | 'size'>,
  conditions: Conditions,
): string {
  const { space, base, size } = window;
  const name = SPACE_NAMES[space];
  const bounds = boundsOf(window);
  if (bounds !== undefined) {
    if (space !== 'bus') return formatMemRange(bounds.base, bounds.size, name);
    const number = (value: bigint): string => value.toString(16).padStart(2, '0');
    return `[bus ${number(bounds.base)}-${number(bounds.base + bounds.size - 1n)}]`;
  }
  return `[${name} ${boundText(base, conditions)} size ${boundText(size, conditions)}]`;
}

/** A bound as a number or as what it is made of. */
function boundText(bound: Quantity | null, conditions: Conditions): string {
  return bound === null ? '?' : conditions.quantity(bound);
}

export function sizeText(window: Pick<AddressWindow, 'space' | 'size'>): string {
  const { size } = window;
  if (typeof size !== 'bigint') return '';
  if (window.space === 'memory') return formatSize(size);
  const unit = window.space === 'io' ? 'port' : 'bus';
  return `${size} ${size === 1n ? unit : unit === 'bus' ? 'buses' : 'ports'}`;
}

const CLASS_TEXT = {
  'below-1m': 'below 1 MiB',
  low: 'below 4 GiB',
  high: 'at or above 4 GiB',
  'straddles-4g': 'across 4 GiB',
} as const;

export function classText(window: AddressWindow): string {
  const found = windowClass(window);
  return found === null ? '' : CLASS_TEXT[found];
}

/** `/bus/vmbus ranges[0]`. */
export function whereText(origin: Pick<Origin, 'path' | 'item' | 'index'>): string {
  return `${origin.path} ${origin.item}[${origin.index}]`;
}

/** Where a person finds it: `x.dts:12:3`, `dsdt.dat@0x8a`. */
export function originPlace(origin: Origin): string {
  return origin.span ? formatPlace(origin.span) : origin.artifact.source.name;
}

/** What else there is to say of a window, in a few words. */
export function windowNotes(window: AddressWindow, conditions: Conditions): string[] {
  const notes: string[] = [];
  if (window.certainty === 'conditional') notes.push(conditions.when(window.when));
  if (window.certainty === 'unknown') notes.push(`unknown: ${window.why}`);
  for (const { text, because } of window.inferences ?? []) {
    const sources = [...new Set(because.map((source) => source.text))];
    notes.push(`inferred: ${text}${sources.length === 0 ? '' : ` (${sources.join('; ')})`}`);
  }
  const { pci } = window.flags;
  const onBus =
    window.bus !== undefined && window.bus.base !== window.base ? hex(window.bus.base) : undefined;
  if (pci !== undefined) notes.push(onBus === undefined ? pci : `${pci} ${onBus}`);
  else if (onBus !== undefined) notes.push(`bus address ${onBus}`);
  if (window.flags.prefetchable) notes.push('prefetchable');
  if (window.ignored !== undefined) notes.push(`ignored: ${window.ignored}`);
  else if (window.flags.available === false) notes.push('disabled');
  return notes;
}

/** `openhcl.dts (dts, sha256 …)`; the hash below, on a line of its own, where one has to find it again. */
export function inputItem(artifact: Artifact): Item {
  const steps = artifact.steps.map((step) =>
    step.name === undefined ? step.how : `${step.how} ${step.name}`,
  );
  const how = steps.length === 0 ? '' : `, ${steps.join(', ')}`;
  return {
    text: `${artifact.path === '-' ? 'standard input' : artifact.path} (${artifact.kind}${how})`,
    below: [{ text: `sha256 ${artifact.sha256}` }],
  };
}

export function diagnosticItem(diagnostic: Diagnostic): Item {
  const hint = hintOf(diagnostic);
  return {
    text: formatDiagnostic(diagnostic),
    ...(hint === undefined ? {} : { below: [{ text: hint }] }),
  };
}
