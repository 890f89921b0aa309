/**
 * Finds logs, listings and sources in a text, such as the body of a mail or a file of several logs, so that each becomes an
 * input of its own.
 */
import type { ArtifactKind } from '../kinds.ts';
import { DiffFinder } from '../patch/unified-diff.ts';
import { isOmission, type QuotedLine } from './lines.ts';

/** Lines `[from, to)` of one kind. */
export interface Block {
  readonly kind: ArtifactKind;
  readonly from: number;
  readonly to: number;
}

/** The class of a line that is recognisable by itself. */
type LineClass =
  | 'log'
  | 'iomem'
  | 'lspci'
  | 'kconfig'
  | 'uname'
  | 'memmap'
  | 'acpidump'
  | 'crs-text'
  | 'dts'
  | 'asl';

const KINDS: Readonly<Record<LineClass, ArtifactKind>> = {
  log: 'dmesg',
  iomem: 'iomem',
  lspci: 'lspci',
  kconfig: 'kconfig',
  uname: 'uname',
  memmap: 'memmap',
  acpidump: 'acpidump',
  'crs-text': 'crs-text',
  dts: 'dts',
  asl: 'asl',
};

/** A time stamp of dmesg, with an optional level; a number in brackets without decimals is a footnote. */
const STAMPED =
  /^(?:<\d{1,3}>|\w+ *:\w+ *: )?\[(?: *\d+\.\d+| {2,}\+?\d*\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}| *[TC]\d+)\](?: ?\[ *[TC]\d+\])?(?:\s|$)/;
const JOURNAL =
  /^(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\dT?[ \d][\d:.,+ -]*\S*) (?:\S+ )?kernel(?:\[\d+\])?:/;
/** Messages that are recognisable without a time stamp. */
const MESSAGE =
  /^(?:Linux version \d+\.\d|BIOS-e820: \[mem |efi: (?:EFI v|mem\d)|hv_vmbus: \S|hv_pci [0-9a-f]{8}-|efifb: framebuffer|vesafb: framebuffer|DMI: .*BIOS|Hardware name: \S|Hypervisor detected: |Hyper-V: (?:privilege|Host|Isolation|running)|(?:Kernel c|C)ommand line: \S|pci_bus [0-9a-f]{4}:[0-9a-f]{2}: |(?:AMD )?Memory Encryption Features active|Console: colour|(?:ACPI: )?SRAT: Node|e820: remove \[|PCI: (?:Using|Ignoring) (?:E820|host bridge))/;
const IOMEM = /^ *[0-9a-f]{8,16}-[0-9a-f]{8,16} : \S/;
const LSPCI =
  /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] (?:[0-9a-f]{4}: [0-9a-f]{4}:|[A-Z][^:]*(?:: | \[[0-9a-f]{4}\]: ))/;
const LSPCI_DETAIL =
  /^\s|^(?:Subsystem|Flags|Control|Status|Latency|Interrupt|NUMA node|Region \d|Memory at|I\/O ports at|Expansion ROM|Capabilities|Kernel (?:driver in use|modules)|Physical Slot|DeviceName): /;
const KCONFIG =
  /^(?:CONFIG_\w+=(?:[ymn]|-?\d+|0x[0-9a-fA-F]+|"[^"]*"?)|# CONFIG_\w+ is not set|# Automatically generated (?:file; DO NOT EDIT\.|make config: don't edit)|# Linux\/\S+ \d+\.\d+\S* Kernel Configuration)\s*$/;
const UNAME = /^Linux \S+ \d+\.\d+\S* #\d/;
const MEMMAP =
  /^0x[0-9a-f]+[\s-]+0x[0-9a-f]+\s+(?:System RAM|Reserved|ACPI |Unusable|Persistent|Soft Reserved)/i;
const ACPIDUMP = /^[ \t]*(?:[A-Z0-9_!]{4}|RSD PTR) ?@ ?(?:0x)?[0-9A-Fa-f]{8,16}[ \t]*$/;
const ACPIDUMP_HEX = /^[ \t]*[0-9A-Fa-f]{4,8}: (?:[0-9A-Fa-f]{2} ){1,16}/;
const CRS =
  /^(?:Device: \\\S+$|Evaluating \\?_CRS|(?:\/sys\/bus\/pnp\/devices\/\S{1,16}\/resources:)?(?:state = (?:active|disabled)$|(?:mem|io|bus) 0x[0-9a-f]+-0x[0-9a-f]+))/;
const DTS = /^\/dts-v1\/\s*;/;
const ASL =
  /^[ \t]*(?:DefinitionBlock ?\(|(?:Device|Scope|Method|Name|OperationRegion|ResourceTemplate) ?\((?:[\\^A-Z_]|\) *$))/;

function classOf(line: string): LineClass | undefined {
  if (STAMPED.test(line) || JOURNAL.test(line) || MESSAGE.test(line)) return 'log';
  if (IOMEM.test(line)) return 'iomem';
  if (KCONFIG.test(line)) return 'kconfig';
  if (LSPCI.test(line)) return 'lspci';
  if (UNAME.test(line)) return 'uname';
  if (MEMMAP.test(line)) return 'memmap';
  if (ACPIDUMP.test(line)) return 'acpidump';
  if (CRS.test(line)) return 'crs-text';
  if (DTS.test(line)) return 'dts';
  if (ASL.test(line)) return 'asl';
  return undefined;
}

/** Lines that belong to a block when they follow other lines of it. */
const FOLLOWS: Partial<Record<LineClass, RegExp>> = {
  lspci: LSPCI_DETAIL,
  kconfig: /^#/,
  acpidump: ACPIDUMP_HEX,
  'crs-text': /^\s+\S|^Evaluat/,
};
/** Classes whose blocks continue after a blank line. */
const ACROSS_BLANKS: ReadonlySet<LineClass> = new Set(['log', 'lspci', 'kconfig', 'acpidump', 'crs-text']);
/** The most consecutive lines that are taken for the rest of a line that a mailer broke. */
const MAX_BROKEN = 8;
/** The shortest line that a mailer breaks. */
const MIN_BROKEN = 62;
/** The characters of a line that are examined. */
const MAX_LINE_EXAMINED = 512;

/** The line after a piece of source text: where its braces are closed and `goesOn` rejects the next line. */
function sourceEnd(
  text: string,
  lines: readonly QuotedLine[],
  from: number,
  goesOn: (line: string) => boolean,
): number {
  let depth = 0;
  let comment = false;
  let last = from;
  for (let index = from; index < lines.length; index += 1) {
    const { content, end } = lines[index]!;
    const line = text.slice(content, end);
    if (line.trim() === '') continue;
    if (index > from && depth === 0 && !comment && !goesOn(line)) break;
    for (let at = 0; at < line.length; at += 1) {
      const two = line.slice(at, at + 2);
      if (comment) {
        if (two === '*/') {
          comment = false;
          at += 1;
        }
      } else if (two === '/*') {
        comment = true;
        at += 1;
      } else if (two === '//') break;
      else if (line[at] === '"') {
        const close = line.indexOf('"', at + 1);
        if (close < 0) break;
        at = close;
      } else if (line[at] === '{' || line[at] === '(') depth += 1;
      else if ((line[at] === '}' || line[at] === ')') && depth > 0) depth -= 1;
    }
    last = index;
  }
  return last + 1;
}

const DTS_GOES_ON = /^\s*(?:\/|&|#|\}|\*|[\w,.@+-]+\s*[:{])/;
const ASL_GOES_ON = /^\s*(?:[{})]|\/[/*]|\*)/;

/** A block under construction. */
interface Open {
  readonly of: LineClass;
  readonly from: number;
  /** The line after its last recognised one. */
  to: number;
  /** Since then: whether there was a blank line, and the number of unrecognised lines. */
  blank: boolean;
  broken: number;
}

/**
 * The blocks of a text, in order. Log lines separated by prose are separate blocks; a blank line, an omission mark or the
 * rest of a broken line doesn't end a block.
 */
export function blocksIn(text: string, lines: readonly QuotedLine[]): Block[] {
  const blocks: Block[] = [];
  const diffs = new DiffFinder(text);
  let open: Open | undefined;
  const close = (): void => {
    if (open !== undefined) blocks.push({ kind: KINDS[open.of], from: open.from, to: open.to });
    open = undefined;
  };
  for (let index = 0; index < lines.length; index += 1) {
    const { content, end } = lines[index]!;
    const line = text.slice(content, Math.min(end, content + MAX_LINE_EXAMINED)).trimEnd();
    if (line === '') {
      if (open !== undefined) {
        open.blank = true;
        if (!ACROSS_BLANKS.has(open.of)) close();
      }
      continue;
    }
    const diffEnd = diffs.endOf(index, line);
    if (diffEnd !== undefined) {
      close();
      blocks.push({ kind: 'patch', from: index, to: diffEnd });
      index = diffEnd - 1;
      continue;
    }
    const found = classOf(line.replace(/^[ \t]+(?=\S)/, (blank) => (IOMEM.test(line) ? blank : '')));
    if (found === 'dts' || found === 'asl') {
      close();
      const goesOn =
        found === 'dts'
          ? (next: string) => DTS_GOES_ON.test(next)
          : (next: string) => ASL_GOES_ON.test(next) || ASL.test(next);
      const to = sourceEnd(text, lines, index, goesOn);
      // A keyword and a parenthesis alone may be prose.
      if (found === 'dts' || /\{/.test(text.slice(content, lines[Math.min(to, index + 4) - 1]!.end)))
        blocks.push({ kind: KINDS[found], from: index, to });
      index = to - 1;
      continue;
    }
    const before = lines[index - 1];
    const length = before === undefined ? 0 : before.end - before.start;
    if (open !== undefined && (found === open.of || (found === undefined && belongs(open, line, length)))) {
      if (found !== undefined || FOLLOWS[open.of]?.test(line)) {
        open.to = index + 1;
        open.blank = false;
        open.broken = 0;
      } else if (!isOmission(line)) {
        open.broken += 1;
        // The rest of the block's last line, which a mailer broke.
        if (!open.blank) open.to = index + 1;
      }
      continue;
    }
    close();
    if (found !== undefined) open = { of: found, from: index, to: index + 1, blank: false, broken: 0 };
  }
  close();
  return blocks;
}

/**
 * Whether an unrecognised line belongs to the block before it.
 * @param length of the line above, with its quote marks
 */
function belongs(open: Open, line: string, length: number): boolean {
  if (open.of === 'log') return isOmission(line) || (!open.blank && open.broken < MAX_BROKEN);
  if (open.of === 'kconfig' && !open.blank && open.broken < MAX_BROKEN && length >= MIN_BROKEN) return true;
  return FOLLOWS[open.of]?.test(line) === true && !(open.of === 'lspci' && open.blank);
}
