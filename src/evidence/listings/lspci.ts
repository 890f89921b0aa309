/** Reads `lspci` (also with -v, -vv, -n, -nn, -x, -mm or -vmm): devices and their BARs. */

import type { Artifact } from '../../artifact/artifact.ts';
import { binaryUnit } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import type { FactOf } from '../fact.ts';
import type { FactLists, VideoDevice } from '../facts.ts';
import { platformsOfPci } from '../platform.ts';
import { outdentedLines, spanIn, type TextLine } from '../text-lines.ts';
import type { PciBar, PciDevice } from '../values.ts';

/** "Microsoft Corporation Hyper-V virtual VGA", the Generation 1 video device. */
export const HYPERV_VIDEO = { vendor: 0x1414, device: 0x5353 };
/** PCI class of a VGA controller, 24 bits. */
export const VGA_CLASS = 0x030000;

const SLOT = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (\S.*)$/;
const IDS = /\[([0-9a-f]{4}):([0-9a-f]{4})\]/g;
/** `lspci -n`: `0300: 1414:5353`. */
const NUMERIC = /^(?:Class )?([0-9a-f]{4}): ([0-9a-f]{4}):([0-9a-f]{4})\b/;
const CLASS = /\[([0-9a-f]{4})\]:/;
const REGION =
  /^\s+(?:Region (\d): )?(Memory|I\/O ports) at ([0-9a-f]+)(?: \[(?!size=)[^\]]*\])* ?(?:\(([^)]*)\))?.*?(?:\[size=(\d+)([KMGT]?)\])?$/;
/** A memory BAR without an address. */
const UNASSIGNED = /^\s+(?:Region (\d): )?Memory at <(?:unassigned|ignored)>/;
/** `lspci -x`: the line of configuration space with BAR 0 and BAR 1. */
const HEX_BARS = /^10: ((?:[0-9a-f]{2} ){7}[0-9a-f]{2})/;
/** The size of BAR 0 of {@link HYPERV_VIDEO}, which configuration space does not show. */
const VIDEO_BAR_SIZE = 0x400_0000n;
/** Names that lspci prints without -n. */
const NAMED: readonly (readonly [RegExp, { vendor: number; device: number }])[] = [
  [/Microsoft Corporation Hyper-V virtual VGA/, HYPERV_VIDEO],
];

/** `lspci -mm`: `00:08.0 "VGA compatible controller [0300]" "Microsoft Corporation [1414]" "Hyper-V virtual VGA [5353]"`. */
const QUOTED = /^(\S+) "([^"]*)" "([^"]*)" "([^"]*)"/;
/** `lspci -vmm`: a field in each line. */
const TAGGED = /^(Slot|Class|Vendor|Device):\t(.*\S)\s*$/;
const WITH_ID = /^(.*?) ?\[([0-9a-f]{4})\]$/;

/** The lines of a listing, with those of its machine-readable forms as `lspci` prints them otherwise. */
function* devicesAsLines(artifact: Artifact): Generator<TextLine> {
  let fields: Record<string, string> = {};
  let at = 0;
  for (const line of outdentedLines(artifact)) {
    const quoted = QUOTED.exec(line.text);
    const tagged = quoted === null ? TAGGED.exec(line.text) : null;
    if (quoted !== null) {
      const [, slot, code, vendor, device] = quoted;
      yield { ...line, text: plainDevice(slot!, code!, vendor!, device!) };
    } else if (tagged === null) yield line;
    else {
      const [, name, value] = tagged;
      if (name === 'Slot') {
        fields = {};
        at = line.at;
      }
      fields[name!] = value!;
      const { Slot: slot, Class: code, Vendor: vendor, Device: device } = fields;
      if (slot && code && vendor && device) {
        yield { ...line, at, text: plainDevice(slot, code, vendor, device) };
        fields = {};
      }
    }
  }
}

/** A device as `lspci`, `lspci -nn` or `lspci -n` prints it. */
function plainDevice(slot: string, code: string, vendor: string, device: string): string {
  if (/^[0-9a-f]{4}$/.test(code)) return `${slot} ${code}: ${vendor}:${device}`;
  const [of, by] = [WITH_ID.exec(vendor), WITH_ID.exec(device)];
  const ids = of === null || by === null ? '' : ` [${of[2]}:${by[2]}]`;
  return `${slot} ${code}: ${of?.[1] ?? vendor} ${by?.[1] ?? device}${ids}`;
}

interface OpenDevice {
  readonly line: TextLine;
  device: PciDevice;
  readonly bars: PciBar[];
  last: TextLine;
}

/** The video device with BAR 0 as configuration space has it, unless a `Region` line said where it is. */
function withHexBar(open: OpenDevice, bytes: string): OpenDevice {
  const { device, bars } = open;
  if (device.vendor !== HYPERV_VIDEO.vendor || device.device !== HYPERV_VIDEO.device) return open;
  if (bars.some(({ index }) => index === 0) || device.unassigned?.includes(0)) return open;
  const data = Buffer.from(bytes.replaceAll(' ', ''), 'hex');
  const low = data.readUInt32LE(0);
  // Bit 0: a port. Bits 1 and 2: 64 bits wide (PCI 3.0, 6.2.5.1).
  if ((low & 1) === 1) return open;
  const high = ((low >> 1) & 3) === 2 ? BigInt(data.readUInt32LE(4)) << 32n : 0n;
  const base = high | (BigInt(low) & ~0xfn);
  if (base === 0n) return { ...open, device: { ...device, unassigned: [...(device.unassigned ?? []), 0] } };
  bars.push({ index: 0, space: 'memory', base, size: VIDEO_BAR_SIZE });
  return open;
}

export function readLspci(artifact: Artifact, sink: DiagnosticSink, facts: FactLists): void {
  let open: OpenDevice | undefined;
  const listed: FactOf<PciDevice>[] = [];
  let whole = true;
  const close = (): void => {
    if (open === undefined) return;
    const end = open.last.at + open.last.text.length;
    const span = { source: artifact.source, start: open.line.at, end };
    const text = open.line.text.trim();
    listed.push({ strength: 'observed', artifact, span, text, value: open.device });
  };
  for (const line of devicesAsLines(artifact)) {
    whole &&= line.whole;
    const slot = SLOT.exec(line.text.trimEnd());
    if (slot !== null) {
      close();
      const bars: PciBar[] = [];
      open = { line, last: line, bars, device: deviceOf(slot[1]!, slot[2]!, bars) };
      continue;
    }
    const hex = open === undefined ? null : HEX_BARS.exec(line.text);
    if (hex !== null) {
      open = withHexBar(open!, hex[1]!);
      continue;
    }
    if (open === undefined || !/^\s+\S/.test(line.text)) continue;
    const region = REGION.exec(line.text.trimEnd());
    if (region === null) {
      const unassigned = UNASSIGNED.exec(line.text);
      if (unassigned === null) continue;
      const index = unassigned[1] === undefined ? open.bars.length : Number.parseInt(unassigned[1], 10);
      open.device = { ...open.device, unassigned: [...(open.device.unassigned ?? []), index] };
      open.last = line;
      continue;
    }
    if (region[5] === undefined) {
      if (!line.whole) sink.add(finding('evidence/lspci-cut', {}, { span: spanIn(artifact, line) }));
      continue;
    }
    open.bars.push({
      index: region[1] === undefined ? open.bars.length : Number.parseInt(region[1], 10),
      space: region[2] === 'Memory' ? 'memory' : 'io',
      base: BigInt(`0x${region[3]}`),
      size: BigInt(region[5]) * binaryUnit(region[6] ?? ''),
    });
    open.last = line;
  }
  close();
  const shown = new Set<string>();
  for (const device of listed) {
    facts.pciDevices.push(device);
    const video = videoDevice(device);
    if (video !== undefined) facts.video.push({ ...device, value: video });
    const platforms = platformsOfPci(device.value);
    if (platforms === undefined || shown.has(platforms.join())) continue;
    shown.add(platforms.join());
    facts.platforms.push({ ...device, value: platforms });
  }
  const lacking = lacksVideo(listed, whole);
  if (lacking !== undefined) facts.video.push({ ...lacking, value: { present: false } });
  if (listed.length === 0)
    sink.add(finding('evidence/lspci-empty', {}, { span: { source: artifact.source, start: 0, end: 0 } }));
}

/** The Generation 1 video device; undefined for any other. */
export function videoDevice({
  value: { vendor, device, bars, unassigned },
}: FactOf<PciDevice>): VideoDevice | undefined {
  if (vendor !== HYPERV_VIDEO.vendor || device !== HYPERV_VIDEO.device) return undefined;
  const bar = bars.find(({ index }) => index === 0);
  // For such a BAR pci_resource_start() returns 0.
  if (unassigned?.includes(0)) return { present: true, bar: { kind: 'mem', start: 0n, size: 0n } };
  if (bar === undefined) return { present: true, bar: null };
  return {
    present: true,
    bar: { kind: bar.space === 'memory' ? 'mem' : 'io', start: bar.base, size: bar.size },
  };
}

const HOST_BRIDGE_CLASS = 0x060000;
const FIRST_SLOT = '0000:00:00.0';

/**
 * Evidence that the machine has no Generation 1 video device: a listing of the whole machine, which begins with the host
 * bridge at 00:00.0, has more devices and is not truncated. Undefined for an extract.
 */
function lacksVideo(
  listed: readonly FactOf<PciDevice>[],
  whole: boolean,
): Omit<FactOf<unknown>, 'value'> | undefined {
  const [first, second] = listed;
  if (!whole || first === undefined || second === undefined) return undefined;
  const isBridge =
    first.value.address === FIRST_SLOT &&
    (first.value.classCode === HOST_BRIDGE_CLASS || / Host bridge\b/.test(first.text));
  if (!isBridge || listed.some((device) => videoDevice(device) !== undefined)) return undefined;
  // Without numbers the device would be recognised by its name.
  return { ...first, text: 'the PCI devices listed, none of which is 1414:5353' };
}

function deviceOf(slot: string, rest: string, bars: readonly PciBar[]): PciDevice {
  const address = slot.split(':').length === 3 ? slot : `0000:${slot}`;
  const numeric = NUMERIC.exec(rest);
  if (numeric !== null)
    return {
      address,
      classCode: Number.parseInt(numeric[1]!, 16) << 8,
      vendor: Number.parseInt(numeric[2]!, 16),
      device: Number.parseInt(numeric[3]!, 16),
      bars,
    };
  const ids = [...rest.matchAll(IDS)].at(-1);
  const named = NAMED.find(([pattern]) => pattern.test(rest))?.[1];
  const code = CLASS.exec(rest)?.[1];
  const classCode =
    code !== undefined
      ? Number.parseInt(code, 16) << 8
      : rest.startsWith('VGA compatible')
        ? VGA_CLASS
        : undefined;
  return {
    address,
    ...(ids !== undefined
      ? { vendor: Number.parseInt(ids[1]!, 16), device: Number.parseInt(ids[2]!, 16) }
      : (named ?? {})),
    ...(classCode === undefined ? {} : { classCode }),
    bars,
  };
}
