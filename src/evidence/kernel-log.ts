/**
 * Kernel logs: dmesg in its forms (plain, -T, -x, with caller tags) and journal text. One row a line form; a line that
 * a cut has shortened matches none, since the patterns hold to the line's end where the kernel ends it.
 */
import type { Artifact } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import type { EvidenceLists, Fact, LogMark, PciBar, PciDevice, PrintedPool } from './evidence.ts';
import { VGA_CLASS } from './lspci.ts';
import { memoryType } from './memory-map.ts';
import { kernelRelease } from './release-text.ts';
import { linesOf, spanIn } from './text-lines.ts';

/** What stands before a message: priority, time stamps, caller, facility and level, or a journal's date, host and name. */
const PREFIX =
  /^(?:<\d{1,3}>)?(?:\w+ *:\w+ *: )?(?:(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT[\d:.,+-]+Z?) \S+ kernel: )?(?:\[ *[\d.]+\]|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}\])?(?:\[ *[TC]\d+\])? ?/;
const SECONDS = /^(?:[^[]*)\[ *(\d+\.\d+)\]/;

/** Names of EFI memory types by number, as newer kernels print them (UEFI 2.10, table 7.10). */
const EFI_TYPES = [
  'Reserved',
  'Loader Code',
  'Loader Data',
  'Boot Code',
  'Boot Data',
  'Runtime Code',
  'Runtime Data',
  'Conventional Memory',
  'Unusable Memory',
  'ACPI Reclaim Memory',
  'ACPI Memory NVS',
  'Memory Mapped I/O',
  'MMIO Port',
  'PAL Code',
  'Persistent',
] as const;

/** Lines longer than this are no lines the kernel prints (LOG_LINE_MAX is about 1 KiB); they are not looked at. */
const MAX_LINE = 8192;

/** State that several lines build up. */
interface Log {
  readonly artifact: Artifact;
  readonly evidence: EvidenceLists;
  readonly devices: Map<
    string,
    { device: PciDevice & { bars: PciBar[] }; fact: Omit<Fact<unknown>, 'value'> }
  >;
  sawEfi: boolean;
  sawVersion: boolean;
  sawE820: boolean;
}

type Match = RegExpExecArray;
interface LogRow {
  readonly pattern: RegExp;
  readonly take: (match: Match, fact: Omit<Fact<unknown>, 'value'>, log: Log) => void;
}

const hex = (digits: string): bigint => BigInt(`0x${digits}`);

function mark(pattern: RegExp, value: LogMark): LogRow {
  return { pattern, take: (_match, fact, log) => log.evidence.marks.push({ ...fact, value }) };
}

/** `[mem 0xa-0xb]`, `[mem 0xa]` or `(null)`, as %pR prints. */
const RESOURCE = '(\\[mem 0x[0-9a-f]+(?:-0x[0-9a-f]+)?[^\\]]*\\]|\\(null\\))';

function printedResource(text: string): { start: bigint; last: bigint } | null {
  const match = /0x([0-9a-f]+)(?:-0x([0-9a-f]+))?/.exec(text);
  return match === null ? null : { start: hex(match[1]!), last: hex(match[2] ?? match[1]!) };
}

const ROWS: readonly LogRow[] = [
  {
    pattern: /^Linux version (\d+\.\d+\S*) (.*)$/,
    take: (match, fact, log) => {
      log.sawVersion = true;
      log.evidence.releases.push({ ...fact, value: kernelRelease(match[1]!, match[2]!) });
    },
  },
  {
    pattern: /^(?:Kernel c|C)ommand line: (.*)$/,
    take: (match, fact, log) => {
      log.evidence.commandLines.push({ ...fact, value: match[1]! });
      if (/(?:^| )acpi=off(?: |$)/.test(match[1]!)) log.evidence.boots.push({ ...fact, value: 'dt' });
    },
  },
  {
    pattern: /^BIOS-e820: \[mem 0x([0-9a-f]{16})-0x([0-9a-f]{16})\] (\S.*)$/,
    take: (match, fact, log) => {
      log.sawE820 = true;
      const [base, last] = [hex(match[1]!), hex(match[2]!)];
      if (last < base) return;
      const name = match[3]!.trim();
      const value = { base, size: last - base + 1n, type: memoryType(name), name, map: 'e820' as const };
      log.evidence.memoryMap.push({ ...fact, value });
    },
  },
  {
    pattern:
      /^efi: mem\d+: \[(?:type=\d+\]? *)?([A-Za-z/ ]+?) *\|.*\] range=\[0x([0-9a-f]{16})-0x([0-9a-f]{16})\]/,
    take: (match, fact, log) => {
      const [base, last] = [hex(match[2]!), hex(match[3]!)];
      if (last < base) return;
      const name = match[1]!.trim();
      const value = { base, size: last - base + 1n, type: memoryType(name), name, map: 'efi' as const };
      log.evidence.memoryMap.push({ ...fact, value });
    },
  },
  {
    // Up to 4.x: numbers for types, the end exclusive.
    pattern: /^efi: mem\d+: type=(\d+), attr=0x[0-9a-f]+, range=\[0x([0-9a-f]{16})-0x([0-9a-f]{16})\)/,
    take: (match, fact, log) => {
      const [base, end] = [hex(match[2]!), hex(match[3]!)];
      if (end <= base) return;
      const name = EFI_TYPES[Number(match[1])] ?? `type ${match[1]}`;
      const value = { base, size: end - base, type: memoryType(name), name, map: 'efi' as const };
      log.evidence.memoryMap.push({ ...fact, value });
    },
  },
  {
    pattern: /^efi: (?:EFI v\d+\.\d+.* by .*|EFI v\d+\.\d+.*)$/,
    take: (_match, fact, log) => {
      log.sawEfi = true;
      log.evidence.boots.push({ ...fact, value: 'efi' });
    },
  },
  {
    pattern: /^DMI: .*BIOS .* (\d\d)\/(\d\d)\/(\d{4})$/,
    take: (match, fact, log) => {
      log.evidence.biosYears.push({ ...fact, value: Number.parseInt(match[3]!, 10) });
    },
  },
  {
    pattern: /^(?:Hyper-V: )?Linux runs in Hyper-V Virtual Trust Level (\d+)$/,
    take: (match, fact, log) => {
      log.evidence.vtls.push({ ...fact, value: Number.parseInt(match[1]!, 10) });
    },
  },
  {
    pattern: /^(?:(?:hv_vmbus: |vmbus: )?VMBus is present in DeviceTree|ACPI: Interpreter disabled\.$)/,
    take: (_match, fact, log) => {
      log.evidence.boots.push({ ...fact, value: 'dt' });
    },
  },
  {
    pattern: new RegExp(`^hv_vmbus: hv_mmio=${RESOURCE},${RESOURCE} fb=${RESOURCE}$`),
    take: (match, fact, log) => {
      const framebuffer = printedResource(match[3]!);
      const value: PrintedPool = {
        windows: [printedResource(match[1]!), printedResource(match[2]!)],
        framebuffer,
      };
      log.evidence.printedPools.push({ ...fact, value });
    },
  },
  mark(/^hv_vmbus: Unexpected low mmio base 0x[0-9a-f]{16}$/, 'unexpected-low-base'),
  mark(/^hv_vmbus: Unexpected framebuffer mmio base of zero$/, 'framebuffer-base-zero'),
  mark(/^hv_pci \S+: PCI Pass-through VSP failed D0 Entry with status/, 'pass-through-failed'),
  mark(
    /^hv_pci \S+: Need 0x[0-9a-f]+ of (?:low|high) MMIO space\. Consider reconfiguring the VM\.$/,
    'no-mmio-space',
  ),
  mark(/^PCI: Using E820 reservations for host bridge windows$/, 'e820-used'),
  mark(/^PCI: Ignoring E820 reservations for host bridge windows$/, 'e820-ignored'),
  {
    pattern:
      /^(efifb|vesafb): framebuffer at 0x([0-9a-f]+), (?:mapped to (?:0x[0-9a-f]+|\(?\w+\)?), )?using \d+k, total (\d+)k$/,
    take: (match, fact, log) => {
      const by = match[1] === 'efifb' ? 'efifb' : 'vesafb';
      const size = BigInt(match[3]!) << 10n;
      log.evidence.framebuffers.push({ ...fact, value: { base: hex(match[2]!), size, by } });
    },
  },
  {
    pattern: /^simple-framebuffer \S+: framebuffer at 0x([0-9a-f]+), 0x([0-9a-f]+) bytes(?:, mapped to .*)?$/,
    take: (match, fact, log) => {
      const value = { base: hex(match[1]!), size: hex(match[2]!), by: 'simple-framebuffer' as const };
      log.evidence.framebuffers.push({ ...fact, value });
    },
  },
  {
    pattern:
      /^pci_bus ([0-9a-f]{4,8}:[0-9a-f]{2}): (?:root bus resource|resource \d+) \[(mem|io) +0x([0-9a-f]+)-0x([0-9a-f]+)(?: [^\]]*)?\]/,
    take: (match, fact, log) => {
      const space = match[2] === 'io' ? 'io' : 'memory';
      const value = { bus: match[1]!, space, start: hex(match[3]!), last: hex(match[4]!) } as const;
      const known = log.evidence.pciWindows.some(
        ({ value: other, artifact }) =>
          artifact === log.artifact &&
          other.bus === value.bus &&
          other.space === value.space &&
          other.start === value.start &&
          other.last === value.last,
      );
      if (!known && value.last >= value.start) log.evidence.pciWindows.push({ ...fact, value });
    },
  },
  {
    pattern:
      /^pci ([0-9a-f]{4,8}:[0-9a-f:.]+): \[([0-9a-f]{4}):([0-9a-f]{4})\] type \w+ class 0x([0-9a-f]{6})/,
    take: (match, fact, log) => {
      const device = {
        address: match[1]!,
        vendor: Number.parseInt(match[2]!, 16),
        device: Number.parseInt(match[3]!, 16),
        classCode: Number.parseInt(match[4]!, 16),
        bars: [],
      };
      log.devices.set(device.address, { device, fact });
    },
  },
  {
    pattern:
      /^pci ([0-9a-f]{4,8}:[0-9a-f:.]+): (?:reg 0x([0-9a-f]{2}):|BAR (\d)) \[(mem|io) +0x([0-9a-f]+)-0x([0-9a-f]+)(?: [^\]]*)?\]$/,
    take: (match, _fact, log) => {
      const [start, last] = [hex(match[5]!), hex(match[6]!)];
      // The first BAR register is at 0x10 of configuration space, one every four bytes.
      const index = match[3] === undefined ? (Number.parseInt(match[2]!, 16) - 0x10) / 4 : Number(match[3]);
      if (last < start || index < 0 || index > 5) return;
      log.devices.get(match[1]!)?.device.bars.push({
        index,
        space: match[4] === 'io' ? 'io' : 'memory',
        base: start,
        size: last - start + 1n,
      });
    },
  },
];

/** First words of messages that no row is about: a cheap test before the patterns. */
const WORTH =
  /^(?:Linux |Command |Kernel command|BIOS-e820|efi|DMI|Hyper-V|VMBus|vmbus|hv_|ACPI: Interp|PCI: |vesafb|simple-|pci)/;

/** Reads a log into `evidence`; says when its beginning, its end or something between is missing. */
export function readKernelLog(artifact: Artifact, sink: DiagnosticSink, evidence: EvidenceLists): void {
  const log: Log = {
    artifact,
    evidence,
    devices: new Map(),
    sawEfi: false,
    sawVersion: false,
    sawE820: false,
  };
  let first: number | undefined;
  let before: number | undefined;
  let lines = 0;
  for (const line of linesOf(artifact)) {
    if (line.text === '' || line.text.length > MAX_LINE) continue;
    lines += 1;
    const seconds = SECONDS.exec(line.text)?.[1];
    const now = seconds === undefined ? undefined : Number.parseFloat(seconds);
    if (now !== undefined) {
      first ??= now;
      // Messages of different processors may be a little out of order; a new boot starts near zero.
      if (before !== undefined && before > 1 && now < before / 2)
        sink.add(finding('evidence/log-restarts', { before, now }, { span: spanIn(artifact, line) }));
      before = now;
    }
    const prefix = PREFIX.exec(line.text)![0].length;
    const message = line.text.slice(prefix).trimEnd();
    if (!WORTH.test(message)) continue;
    if (!line.whole) {
      sink.add(finding('evidence/log-cut', {}, { span: spanIn(artifact, line) }));
      continue;
    }
    const fact = { artifact, span: spanIn(artifact, line, prefix, message.length), text: message };
    for (const row of ROWS) {
      const match = row.pattern.exec(message);
      if (match === null) continue;
      row.take(match, fact, log);
      break;
    }
  }
  if (lines > 0 && !log.sawVersion)
    sink.add(
      finding('evidence/log-beginning', { first }, { span: { source: artifact.source, start: 0, end: 0 } }),
    );
  finish(log);
}

function finish(log: Log): void {
  const { artifact, evidence } = log;
  for (const { device, fact } of log.devices.values()) {
    evidence.pciDevices.push({ ...fact, value: device });
  }
  const begins = evidence.releases.find((release) => release.artifact === artifact);
  if (log.sawE820 && begins !== undefined) {
    evidence.architectures.push({ ...begins, text: 'BIOS-e820 lines (x86)', value: 'x86_64' });
    // A whole log of an x86 kernel booted by EFI says so before anything else could.
    if (!log.sawEfi)
      evidence.boots.push({ ...begins, text: 'the log has no "efi: EFI v" line', value: 'bios' });
  }
}

/** True for a display controller of VGA class. */
export function isVga(device: PciDevice): boolean {
  return device.classCode !== undefined && device.classCode >> 8 === VGA_CLASS >> 8;
}
