/** Texts for windows, places and inputs, the same in every report. */
import type { Artifact } from '../artifact/artifact.ts';
import { gapsOf } from '../artifact/gap.ts';
import { FOUR_GIB, formatSize, hex } from '../bytes/address.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import { formatPlace } from '../bytes/source.ts';
import { diagnosticText } from '../findings/finding.ts';
import { maximumOf, minimumOf } from '../symbolic/index.ts';
import { formatRange } from '../window/range-text.ts';
import { type AddressWindow, type Origin, windowClass } from '../window/window.ts';
import type { Conditions } from './conditions.ts';
import { code, type Item, type Phrase } from './document.ts';

/** As %pR prints it; a bound that isn't known is an expression: `[mem MG2B-MG2B+MG2L-1]`. */
export function rangeText(
  window: Pick<AddressWindow, 'space' | 'base' | 'size'>,
  conditions: Conditions,
): string {
  return formatRange(window, (value) => conditions.quantity(value));
}

export function sizeText(window: Pick<AddressWindow, 'space' | 'size'>): string {
  const { size } = window;
  if (typeof size !== 'bigint') return '';
  if (window.space === 'memory') return formatSize(size);
  // A range of bus numbers shows its size.
  if (window.space === 'bus') return '';
  return size === 1n ? '1 port' : `${size} ports`;
}

const CLASS_TEXT = {
  'below-1m': 'below 1 MiB',
  low: 'low',
  high: 'high',
  'straddles-4g': 'across 4 GiB',
} as const;

export function classText(window: AddressWindow): string {
  const found = windowClass(window);
  return found === null ? '' : CLASS_TEXT[found];
}

/** Names of devices by their ids (ACPI 6.5, 5.6.7; the list of plug and play ids). */
const DEVICE_NAMES: Readonly<Record<string, string>> = {
  PNP0A03: 'PCI host bridge',
  PNP0A08: 'PCI host bridge',
  PNP0A05: 'generic container',
  PNP0A06: 'generic container',
  ACPI0004: 'module device',
  VMBUS: 'VMBus',
  PNP0000: 'interrupt controller',
  PNP0100: 'timer',
  PNP0103: 'HPET',
  PNP0200: 'DMA controller',
  PNP0303: 'keyboard controller',
  PNP0501: 'serial port',
  PNP0800: 'speaker',
  PNP0B00: 'real-time clock',
  PNP0C01: 'system board',
  PNP0C02: 'motherboard resources',
  PNP0C04: 'math coprocessor',
  PNP0C0F: 'interrupt link',
  INT0800: 'firmware hub',
  MSFT0101: 'TPM',
};

/** `\_SB.PCI0  PCI host bridge (PNP0A08)`, as a text. @param object `_CRS`, where the title names it too */
export function deviceTitle(
  path: string,
  ids: readonly (string | undefined)[],
  object?: string,
): (string | Exclude<Phrase, string>)[] {
  const known = ids.filter((id) => id !== undefined);
  const name = known.map((id) => DEVICE_NAMES[id.toUpperCase()]).find((found) => found !== undefined);
  const [id] = known;
  const what = [name, id === undefined ? undefined : name === undefined ? id : `(${id})`];
  const shown = what.filter((part) => part !== undefined).join(' ');
  const subject = object === undefined ? path : `${path} ${object}`;
  return [code(subject), shown === '' ? '' : `  ${shown}`];
}

/** `/bus/vmbus ranges[0]`. */
export function whereText(origin: Pick<Origin, 'path' | 'item' | 'index'>): string {
  return `${origin.path} ${origin.item}[${origin.index}]`;
}

/** The place in the input: `x.dts:12.3`, `dsdt.dat@0x8a`. */
export function originPlace(origin: Origin): string {
  return origin.span ? formatPlace(origin.span) : origin.artifact.source.name;
}

/** The class of a window; where its base isn't a number, `high` or `low?` by the limits of the base. */
export function likelyClass(window: AddressWindow): string {
  const known = classText(window);
  const { base, space } = window;
  if (known !== '' || space !== 'memory' || base === null || typeof base === 'bigint') return known;
  if (minimumOf(base) >= FOUR_GIB) return 'high';
  return maximumOf(base) < FOUR_GIB ? 'low?' : '';
}

/** Notes about a window: condition, reason, inferences, bus address, flags. */
export function windowNotes(
  window: AddressWindow,
  conditions: Conditions,
  { inferences = true }: { readonly inferences?: boolean } = {},
): string[] {
  const notes: string[] = [];
  if (window.certainty === 'conditional') notes.push(conditions.when(window.when));
  // The expressions of bounds show what they depend on.
  if (window.certainty === 'unknown' && (window.base === null || window.size === null))
    notes.push(`unknown: ${window.why}`);
  for (const { text, because } of inferences ? (window.inferences ?? []) : []) {
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

/** The name of an input in a text. */
export function inputName({ path }: Pick<Artifact, 'path'>): string {
  return path === '-' ? '<stdin>' : path;
}

/** `openhcl.dts (dts)`, with the hash below it on a line of its own. */
export function inputItem(artifact: Artifact): Item {
  const steps = artifact.steps.map((step) =>
    step.name === undefined ? step.how : `${step.how} ${step.name}`,
  );
  const how = steps.length === 0 ? '' : `, ${steps.join(', ')}`;
  return {
    text: [code(inputName(artifact)), ` (${artifact.kind}${how})`],
    below: [{ text: `sha256 ${artifact.sha256}` }],
  };
}

export function diagnosticItem(diagnostic: Diagnostic): Item {
  return { text: diagnosticText(diagnostic) };
}

/**
 * The sentence of a listing without entries. It claims that there are none only if everything was read.
 * @param what `address windows`
 */
export function nothingListed(what: string, diagnostics: readonly Diagnostic[]): string {
  return gapsOf(diagnostics).some(({ hides }) => hides.has('window'))
    ? `No ${what} were found, but not everything could be read.`
    : `No ${what}: the inputs describe none.`;
}
