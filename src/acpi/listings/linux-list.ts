/**
 * Reads resources that Linux prints: of host bridges and pnp devices in its log (`%pR` of lib/vsprintf.c: `[mem
 * 0xa0000-0xbffff window]`), and in /sys/bus/pnp/devices/…/resources (drivers/pnp/interface.c, resources_show).
 */

import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';
import type { CrsEntry } from '../crs/crs.ts';
import type { FieldValue, ResourceDescriptor, ResourceType } from '../resources/descriptor.ts';
import { fieldNames } from '../resources/field-spec.ts';
import { objectNamed } from './crs-hex.ts';
import type { TextLine } from './text-line.ts';

/** The list of a device that is being read. */
interface OpenList {
  readonly device: string;
  readonly ids: readonly string[];
  /** Rank of the kind of lines: only lists of a device's highest rank are used, since the others repeat them. */
  readonly rank: number;
  readonly resources: ResourceDescriptor[];
  readonly start: number;
  end: number;
}

/** Forms of log lines; the groups are the device and the resource. */
const LOG_LINES: readonly { readonly form: RegExp; readonly rank: number }[] = [
  { form: /^(pci_bus [0-9a-f:]+): root bus resource (.*)$/, rank: 3 },
  { form: /^(?:pci_root|acpi) (\w+:\w+): host bridge window (.*)$/, rank: 2 },
  // Without `window`, it is a window of a PCI-to-PCI bridge.
  { form: /^(pci_bus [0-9a-f:]+): resource \d+ (.* window\].*)$/, rank: 1 },
  { form: /^(?:pnp|system) ([0-9a-f]{2}:[0-9a-f]{2}): +(\[(?:mem|io|irq|dma|bus) .*)$/, rank: 3 },
];

/** `[mem 0x0-0xf 64bit pref window]`, `[io  0x60]`, `[bus 00-ff]`, `[irq 8]`, maybe with a bus address. */
const PRINTED =
  /\[(mem|io|irq|dma|bus) +(?:0x)?([0-9a-f]+)(?:-(?:0x)?([0-9a-f]+))?((?: (?:64bit|pref|window|disabled))*)(?: flags 0x[0-9a-f]+)?\](?: \(bus address \[(?:0x)?([0-9a-f]+)-(?:0x)?[0-9a-f]+\]\))?/i;

/** A line of a `resources` file: `io 0x60-0x60`, `mem 0xb0000000-0xbfffffff window`, `irq 1`, `dma 2`. */
const SYSFS =
  /^(?:\/sys\/bus\/pnp\/devices\/([0-9a-f:]+)\/resources:)?(mem|io|irq|dma|bus) (?:0x)?([0-9a-f]+)(?:-(?:0x)?([0-9a-f]+))?((?: (?:window|disabled|high|low|edge|level|shared|\w+))*)$/i;

/** Resources without addresses: `[mem size 0x1000]`, `[io  disabled]`, `[??? 0x0 flags 0x0]`. */
const NO_ADDRESSES = /^\[(?:(?:mem|io|irq|dma|bus) +(?:size|disabled)|\?\?\?)/;
/** The beginning of a host bridge's line that may be truncated. */
const CUT_LOG_LINE = /^pci_bus [0-9a-f:]+: root bus resource\b/;
const SYSFS_START = /^(?:mem|io|bus|irq|dma) /;

/** Headings before the lines of a sysfs file: that of `fwmap capture`, of `head`, of `grep`, and the file's first line. */
const PNP_HEADING = /^pnp ([0-9a-f]{2}:[0-9a-f]{2})(?: +id=(\S+(?: [A-Z0-9]{7,8})*))?(?: +acpi=(\\\S*))?\s*$/;
const FILE_HEADING = /^==> \/sys\/bus\/pnp\/devices\/([0-9a-f:]+)\/resources <==$/;
const STATE = /^(?:\/sys\/bus\/pnp\/devices\/([0-9a-f:]+)\/resources:)?state = \w+/;

export class LinuxList {
  readonly #source: Source;
  readonly #sink: DiagnosticSink;
  readonly #lists: OpenList[] = [];
  /** The first list of a device and rank. */
  readonly #first = new Map<string, OpenList>();
  #sysfs: OpenList | undefined;

  constructor(source: Source, sink: DiagnosticSink) {
    this.#source = source;
    this.#sink = sink;
  }

  take(line: TextLine): void {
    if (this.#heading(line)) return;
    if (this.#sysfsLine(line)) return;
    for (const { form, rank } of LOG_LINES) {
      const match = form.exec(line.text);
      if (!match) continue;
      const printed = PRINTED.exec(match[2]!);
      if (printed) this.#logLine(match[1]!, rank, printed, line);
      else if (!NO_ADDRESSES.test(match[2]!)) this.#unread(line);
      return;
    }
    if (
      CUT_LOG_LINE.test(line.text) ||
      (this.#sysfs && SYSFS_START.test(line.text) && !/disabled|<none>/.test(line.text))
    )
      this.#unread(line);
  }

  #unread({ text, start, end }: TextLine): void {
    this.#sink.add(
      finding('acpi/printed-line', { line: text.trim() }, { span: { source: this.#source, start, end } }),
    );
  }

  #heading(line: TextLine): boolean {
    const pnp = PNP_HEADING.exec(line.text);
    const file = FILE_HEADING.exec(line.text);
    if (pnp) {
      const named = pnp[3] === undefined ? undefined : objectNamed(pnp[3]);
      this.#sysfs = this.#open(named?.device ?? `pnp ${pnp[1]}`, pnp[2]?.split(' ') ?? [], 3, line);
      return true;
    }
    if (file) {
      this.#sysfs = this.#open(`pnp ${file[1]}`, [], 3, line);
      return true;
    }
    const state = STATE.exec(line.text);
    if (!state) return false;
    // The first line of each file: it starts a new list unless a heading just did.
    const name = state[1] === undefined ? undefined : `pnp ${state[1]}`;
    if (name !== undefined || !this.#sysfs || this.#sysfs.resources.length > 0) {
      this.#sysfs = this.#open(name ?? `pnp device ${this.#lists.length}`, [], 3, line);
    }
    return true;
  }

  #sysfsLine(line: TextLine): boolean {
    const match = SYSFS.exec(line.text);
    if (!match) return false;
    const [, device, kind, first, last, words = ''] = match;
    // Interrupts and DMA channels are decimal (%lld), addresses hexadecimal.
    const decimal = kind === 'irq' || kind === 'dma';
    if (decimal && ![first!, last ?? '0'].every((text) => /^\d+$/.test(text))) return false;
    if (device !== undefined && this.#sysfs?.device !== `pnp ${device}`) {
      this.#sysfs = this.#open(`pnp ${device}`, [], 3, line);
    }
    this.#sysfs ??= this.#open('pnp device 0', [], 3, line);
    const number = (text: string): bigint => BigInt(decimal ? text : `0x${text}`);
    this.#add(
      this.#sysfs,
      kind!,
      number(first!),
      last === undefined ? undefined : number(last),
      words,
      undefined,
      line,
    );
    return true;
  }

  #logLine(subject: string, rank: number, printed: RegExpExecArray, line: TextLine): void {
    const [, kind, first, last, words = '', busAddress] = printed;
    const decimal = kind === 'irq' || kind === 'dma';
    const number = (text: string): bigint => BigInt(decimal && /^\d+$/.test(text) ? text : `0x${text}`);
    const hid = /^[A-Z]{3,4}[0-9A-F]{4}(?=:)/.exec(subject)?.[0];
    const device = /^[0-9a-f]{2}:[0-9a-f]{2}$/.test(subject) ? `pnp ${subject}` : subject;
    let list = this.#first.get(`${rank} ${device}`);
    list ??= this.#open(device, hid === undefined ? [] : [hid], rank, line);
    this.#add(
      list,
      kind!,
      number(first!),
      last === undefined ? undefined : number(last),
      // All resources of a root bus or host bridge are windows; Linux prints `window` for ACPI producers only.
      subject.startsWith('pci_bus') || hid !== undefined ? `${words} window` : words,
      busAddress === undefined ? undefined : BigInt(`0x${busAddress}`),
      line,
    );
  }

  #open(device: string, ids: readonly string[], rank: number, line: TextLine): OpenList {
    const list: OpenList = { device, ids, rank, resources: [], start: line.start, end: line.end };
    this.#lists.push(list);
    const key = `${rank} ${device}`;
    if (!this.#first.has(key)) this.#first.set(key, list);
    return list;
  }

  #add(
    list: OpenList,
    kind: string,
    first: bigint,
    last: bigint | undefined,
    words: string,
    busAddress: bigint | undefined,
    line: TextLine,
  ): void {
    const span = { source: this.#source, start: line.start, end: line.end };
    const end = last ?? first;
    list.end = line.end;
    if (end < first) {
      this.#sink.add(finding('acpi/range-backwards', { start: hex(first), end: hex(end) }, { span }));
      return;
    }
    if (words.includes('disabled')) return;
    const { type, fields } = described(kind, first, end, words, busAddress);
    const missing = fieldNames(type, fields).filter(
      (name) => fields[name] === undefined && !OPTIONAL.has(name),
    );
    list.resources.push({
      type,
      tag: undefined,
      offset: 0,
      length: 0,
      fields,
      certainty: 'certain',
      ...(missing.length > 0 ? { missing } : {}),
      span,
    });
  }

  entries(): CrsEntry[] {
    const best = new Map<string, number>();
    for (const { device, rank } of this.#lists) best.set(device, Math.max(best.get(device) ?? 0, rank));
    return this.#lists
      .filter((list) => list.rank === best.get(list.device))
      .map((list) => ({
        device: list.device,
        object: '_CRS',
        ...(list.ids[0] === undefined ? {} : { hid: list.ids[0] }),
        ...(list.ids.length > 1 ? { cid: list.ids.slice(1) } : {}),
        status: 'partial' as const,
        why: 'printed by Linux: ranges without their descriptors',
        resources: list.resources,
        span: { source: this.#source, start: list.start, end: list.end },
      }));
  }
}

/** Optional fields of descriptors. */
const OPTIONAL = new Set(['resourceSourceIndex', 'resourceSource', 'interruptCount', 'typeFlags']);

/**
 * The narrowest descriptor that can describe a printed range. Linux prints CPU addresses. If it also prints the bus
 * address, that is the descriptor's minimum, and the difference is its translation.
 */
function described(
  kind: string,
  first: bigint,
  last: bigint,
  words: string,
  busAddress: bigint | undefined,
): { type: ResourceType; fields: Record<string, FieldValue> } {
  if (kind === 'irq') return { type: first < 16n ? 'irq' : 'extended-irq', fields: { interrupts: [first] } };
  if (kind === 'dma') return { type: 'dma', fields: { channels: [first] } };
  const min = busAddress ?? first;
  const translation = BigInt.asUintN(64, first - min);
  const space = kind === 'mem' ? 'memory' : kind;
  const fields: Record<string, FieldValue> = {
    space,
    producer: words.includes('window') || kind === 'bus',
    min,
    max: min + (last - first),
    translation,
    length: last - first + 1n,
  };
  if (words.includes('pref')) fields.caching = 'Prefetchable';
  const largest = translation === 0n ? last : 1n << 63n;
  const type =
    largest > 0xffffffffn
      ? 'qword-address'
      : kind === 'mem' || largest > 0xffffn
        ? 'dword-address'
        : 'word-address';
  return { type, fields };
}
