/**
 * Recognises the kind of an input from its content: one row per kind, tried in order, the most specific first. Rows examine
 * the first pages only. `tried` of all rows is listed for an input of unknown kind.
 */

import type { ArtifactKind } from './artifact.ts';
import { hasHunk } from './patch/unified-diff.ts';
import { findDeviceTreeText, startsFragment } from './text/device-tree-text.ts';
import { firstCode } from './text/first-code.ts';

/** The bytes examined. Preprocessed source may have many blank lines before its first token. */
const SNIFF_BYTES = 256 * 1024;
/** The lines examined one by one. */
const SNIFF_LINES = 400;

/** The beginning of an input, in the forms that rows examine. */
export class Probe {
  readonly bytes: Uint8Array;
  #text: string | undefined;
  #code: string | undefined;
  #lines: readonly string[] | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The beginning as Latin-1 text; empty when it isn't text. */
  get text(): string {
    this.#text ??= looksLikeText(this.bytes)
      ? Buffer.from(this.bytes.buffer, this.bytes.byteOffset, Math.min(this.bytes.length, SNIFF_BYTES))
          .toString('latin1')
          .replaceAll('\xc2\xa0', ' ')
      : '';
    return this.#text;
  }

  /**
   * Latin-1 text from the first line of code on, which is neither blank nor a comment nor a preprocessor directive: source may
   * start with thousands of `#define`.
   */
  get code(): string {
    if (this.#code === undefined) {
      const start = this.text === '' ? 0 : firstCode(this.bytes);
      const { buffer, byteOffset, length } = this.bytes;
      this.#code =
        start === 0
          ? this.text
          : Buffer.from(buffer, byteOffset + start, Math.min(length - start, SNIFF_BYTES)).toString('latin1');
    }
    return this.#code;
  }

  /** The first non-blank lines. */
  get lines(): readonly string[] {
    if (this.#lines === undefined) {
      const found: string[] = [];
      const { text } = this;
      for (let at = 0; at < text.length && found.length < SNIFF_LINES; ) {
        const end = text.indexOf('\n', at);
        const line = text.slice(at, end < 0 ? text.length : end).trimEnd();
        if (line !== '') found.push(line);
        if (end < 0) break;
        at = end + 1;
      }
      this.#lines = found;
    }
    return this.#lines;
  }

  /** The fraction, from 0 to 1, of these lines that match. */
  share(pattern: RegExp): number {
    if (this.lines.length === 0) return 0;
    return this.lines.filter((line) => pattern.test(line)).length / this.lines.length;
  }

  ascii(offset: number, length: number): string {
    return String.fromCharCode(...this.bytes.subarray(offset, offset + length));
  }

  /** Whether these ASCII characters occur anywhere. */
  contains(text: string): boolean {
    const { bytes } = this;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text, 0, 'latin1');
  }

  u32(offset: number): number | undefined {
    const { bytes } = this;
    if (offset + 4 > bytes.length) return undefined;
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
  }
}

/** Control characters that texts have: tab, line feed, vertical tab, form feed, carriage return, escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);
const TEXT_SAMPLE = 4096;

/** Whether the beginning is text: at most 2 % control characters. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, TEXT_SAMPLE);
  let odd = 0;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte >= 0x20 || TEXT_CONTROLS.has(byte)) continue;
    odd += 1;
    // Logs and mails may have stray control bytes; blobs have them everywhere.
    if (odd * 50 > end) return false;
  }
  return end > 0;
}

const ACPI_HEADER_BYTES = 36;
const RSDP_SIGNATURE = 'RSD PTR ';
const FACS_BYTES = 64;

/** Table signatures of ACPI 6.5, tables 5.5 and 5.6, and those of the vendors whose tables are seen most. */
export const ACPI_SIGNATURES =
  'AEST AGDI APIC APMT ASF! ASPT BDAT BERT BGRT BOOT CCEL CDIT CEDT CPEP CRAT CSRT DBG2 DBGP DMAR DRTM DSDT ECDT ' +
  'EINJ ERST ETDT FACP FACS FPDT GTDT HEST HMAT HPET IBFT IORT IVRS LPIT MCFG MCHI MPAM MPST MSCT MSDM NFIT OEM0 ' +
  'OEM1 OEM2 OEM3 OEM4 PCCT PDTT PHAT PMTT PPTT PRMT PSDT RASF RAS2 RGRT RHCT RSDT SBST SDEI SDEV SLIC SLIT SPCR ' +
  'SPMI SRAT SSDT STAO SVKL SWFT TCPA TDEL TPM2 UEFI VFCT VIOT WAET WDAT WDDT WDRT WPBT WSMT XENV XSDT';

function isAcpiTable(probe: Probe): boolean {
  const { bytes } = probe;
  if (probe.ascii(0, 8) === RSDP_SIGNATURE) return true;
  const length = probe.u32(4);
  const signature = probe.ascii(0, 4);
  if (length === undefined || !/^[A-Z0-9_!]{4}$/.test(signature)) return false;
  if (signature === 'FACS') return length >= FACS_BYTES && length <= bytes.length;
  if (bytes.length < ACPI_HEADER_BYTES) return false;
  // With a known signature, a truncated table or one with a wrong length is still a table.
  const known = ACPI_SIGNATURES.split(' ').includes(signature);
  if (known && looksLikeText(bytes.subarray(4, 16))) return length <= bytes.length;
  if (known) return true;
  if (length < ACPI_HEADER_BYTES || length > bytes.length) return false;
  let sum = 0;
  for (let at = 0; at < length; at += 1) sum += bytes[at]!;
  return (sum & 0xff) === 0;
}

const FDT_MAGIC = [0xd0, 0x0d, 0xfe, 0xed];
const OVERLAY = '__overlay__\x00';
/** Its name behind the token FDT_BEGIN_NODE. */
const OVERLAY_NODE = `\x00\x00\x00\x01${OVERLAY}`;

function isBlob(probe: Probe): boolean {
  return FDT_MAGIC.every((byte, at) => probe.bytes[at] === byte);
}

function hasOverlayNode(probe: Probe): boolean {
  // What begins with zeros is found slowly in bytes of which most are zero.
  return probe.contains(OVERLAY) && probe.contains(OVERLAY_NODE);
}

/** The page itself, possibly with some bytes after it; a kernel image has the same header and is longer. */
const MAX_ZERO_PAGE = 8192;

/**
 * The zero page of an x86 kernel (Documentation/arch/x86/zero-page.rst): `HdrS` in the setup header or, when the EFI stub
 * allocated it, the loader signature in `efi_info` at 0x1c0.
 */
function isZeroPage(probe: Probe): boolean {
  const { bytes } = probe;
  if (bytes.length < 0x268 || bytes.length > MAX_ZERO_PAGE) return false;
  if (probe.ascii(0x202, 4) === 'HdrS' || /^EL(?:32|64)$/.test(probe.ascii(0x1c0, 4))) return true;
  return hasMemoryMap(bytes);
}

const PAGE_BYTES = 4096;
const E820_COUNT_AT = 0x1e8;
const E820_AT = 0x2d0;
const E820_BYTES = 20;
const MAX_E820 = 128;
/** Types of E820 entries that Linux knows (arch/x86/include/asm/e820/types.h). */
const E820_TYPES = new Set([1, 2, 3, 4, 5, 7, 12, 0xefffffff]);

/**
 * Recognises a zero page by its E820 map. A kernel booted by PVH has no setup header there
 * (arch/x86/platform/pvh/enlighten.c).
 */
export function hasMemoryMap(bytes: Uint8Array): boolean {
  if (bytes.length < PAGE_BYTES) return false;
  const count = bytes[E820_COUNT_AT]!;
  if (count === 0 || count > MAX_E820) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let ram = false;
  for (let index = 0; index < count; index += 1) {
    const at = E820_AT + index * E820_BYTES;
    const type = view.getUint32(at + 16, true);
    const size = view.getBigUint64(at + 8, true);
    if (!E820_TYPES.has(type) || view.getBigUint64(at, true) + size > 1n << 52n) return false;
    if (type === 1 && size > 0n) ram = true;
  }
  return ram;
}

const SCREEN_INFO_BYTES = 64;
/** `orig_video_isVGA` values of include/uapi/linux/screen_info.h. */
const VIDEO_TYPES = new Set([
  0x01, 0x10, 0x11, 0x12, 0x13, 0x20, 0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x40, 0x50, 0x60, 0x70,
]);

/** A bzImage, a module, a vmlinux, or a kernel with an embedded configuration (kernel/configs.c). */
function isKernelImage(probe: Probe): boolean {
  const { bytes } = probe;
  if (bytes.length > 8192 && probe.ascii(0x202, 4) === 'HdrS') return true;
  if (probe.ascii(0, 4) === '\x7fELF' && (probe.contains('\0vermagic=') || probe.contains('Linux version ')))
    return true;
  return probe.contains('IKCFG_ST\x1f\x8b');
}

/** A `struct screen_info` alone: by its size, a known video type, and zero reserved bytes. */
function isScreenInfo(probe: Probe): boolean {
  const { bytes } = probe;
  if (bytes.length !== SCREEN_INFO_BYTES || probe.text !== '') return false;
  return VIDEO_TYPES.has(bytes[0x0f]!) && bytes[0x3e] === 0 && bytes[0x3f] === 0;
}

const MAIL_HEADER =
  /^(?:from|to|cc|subject|date|message-id|mime-version|received|return-path|in-reply-to|references|delivered-to|content-type):[ \t]/i;
const MAIL_HEADERS_NEEDED = 3;

/** The line before a message of a mailbox (RFC 4155): `From `, an address, and a date as `asctime` writes it. */
export const MESSAGE_LINE = /From \S+ +(?:[A-Z][a-z]{2} ){2} ?\d{1,2} \d\d:\d\d[^\r\n]*\r?\n/;
const MAILBOX_START = new RegExp(`^${MESSAGE_LINE.source}`);

/**
 * The input starts with the line before a message of a mailbox, or with header fields (RFC 5322), at least three of them
 * common in mails.
 */
export function isMail(text: string): boolean {
  if (MAILBOX_START.test(text)) return true;
  let found = 0;
  let at = /^From [^\n]*\n/.exec(text)?.[0].length ?? 0;
  for (let count = 0; count < SNIFF_LINES; count += 1) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (MAIL_HEADER.test(line)) found += 1;
    else if (!/^[ \t]+\S|^[!-9;-~]+:/.test(line)) break;
    if (end < 0) break;
    at = end + 1;
  }
  return found >= MAIL_HEADERS_NEEDED;
}

/** Definitions in vmbus_drv.c, the Kconfig entries of interest, and the kernel's top Makefile. */
const KERNEL_SOURCE =
  /^(?:VERSION = \d+\nPATCHLEVEL = \d+\n|(?:menu)?config (?:HYPERV|SYSFB|FIRMWARE_MEMMAP|DRM_SYSFB_HELPER)\n\t|(?:static )?(?:int|void|acpi_status) [^\n;]{0,40}\b(?:vmbus_allocate_mmio|vmbus_acpi_add|vmbus_walk_resources|pci_acpi_crs_quirks)\()/m;
const ACPIDUMP_TABLE =
  /^[ \t]*(?:[A-Z0-9_!]{4}|RSD PTR) ?@ ?(?:0x)?[0-9A-Fa-f]+[ \t]*\r?\n[ \t]*[0-9A-Fa-f]+: (?:[0-9A-Fa-f]{2} )/m;
const ASL =
  /\b(?:DefinitionBlock|ResourceTemplate)\s*\(|^[ \t]*(?:Device|Scope|Name|Method|OperationRegion) \(/m;
const DTS = /\/dts-v1\/|\/plugin\/\s*;|^(?:\/|&[A-Za-z_][\w]*|&\{[^}\n]*\})\s*\{/m;
const KCONFIG_LINE = /^(?:CONFIG_\w+=|# CONFIG_\w+ is not set|#)/;
const IOMEM_LINE = /^ *[0-9a-f]{8,16}-[0-9a-f]{8,16} : /;
const TIMESTAMP = /^(?:<\d+>)?\[ *\d+\.\d{3,9}\]|\bkernel: |^(?:\d+\.\d[^\s,]*,)?\d{1,4},\d+,\d+,[-c+][^;]*;/;
const KERNEL_LINE =
  /Linux version \d|BIOS-e820: |^fwmap capture: |\befi: mem|hv_vmbus: |Command line: |^(?:<\d+>)?(?:\[[^\]]*\] )?(?:ACPI|PCI|BIOS|DMI|Memory|efifb|vesafb|hv_\w+|console|printk|smpboot|Kernel command line): /;
const FOREIGN_BANNERS: readonly (readonly [string, RegExp])[] = [
  ['FreeBSD', /^(?:FreeBSD \d+\.\d+-|Copyright \(c\) 1992-\d+ The FreeBSD Project)/m],
  ['OpenBSD', /^OpenBSD \d+\.\d+ \(/m],
  ['NetBSD', /^NetBSD \d+\.\d+ \(/m],
  ['DragonFly BSD', /^DragonFly v?\d+\.\d+/m],
  ['illumos', /^(?:SunOS|illumos) Release \d/m],
];

/** The operating system of a kernel log that is not from Linux. */
export function foreignSystem(text: string): string | undefined {
  return FOREIGN_BANNERS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** First lines of `lspci` (any options), `uname -a` and a listing of /sys/firmware/memmap. */
const LSPCI_LINE =
  /^(?:Slot:\t)?(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7](?:$| (?:[0-9a-f]{4}: [0-9a-f]{4}:|[A-Z][^:]*: |"[^"]+" "))/;
const UNAME_LINE = /^Linux \S+ \d+\.\d+\S* #\S/;
/** Parameters that identify a command line (Documentation/admin-guide/kernel-parameters.txt). */
const CMDLINE_PARAMETER =
  /^(?:BOOT_IMAGE=\S+|root=\S+|(?:ro|rw|quiet|splash|nomodeset|acpi=off)|(?:console|earlycon|earlyprintk|init|initrd|rootfstype|rootflags|loglevel|crashkernel|elfcorehdr|pci|video|resume|rd\.\S+|systemd\.\S+)=?\S*)$/;

/** /proc/cmdline: one line of parameters, at least two of them known. */
function isCommandLine(lines: readonly string[]): boolean {
  if (lines.length !== 1) return false;
  const words = lines[0]!.trim().split(/\s+/);
  const known = words.filter((word) => CMDLINE_PARAMETER.test(word)).length;
  return known >= 2 || (words.length === 1 && words[0]!.startsWith('BOOT_IMAGE='));
}

const MEMMAP_LINE =
  /^0x[0-9a-f]+[\s-]+0x[0-9a-f]+\s+(?:System RAM|Reserved|ACPI |Unusable|Persistent|Soft Reserved)/i;
const CRS_TEXT_LINE =
  /\broot bus resource \[|\bpci_bus [0-9a-f:]+: resource \d+ \[|^(?:\/sys\/bus\/pnp\/devices\/\S{1,16}\/resources:)?(?:state = \w+|(?:mem|io|bus) 0x[0-9a-f]+-0x[0-9a-f]+)|^\s*Address (?:Minimum|Maximum|Length) ?: |\[(?:mem|io|bus) [^\][]{0,120}\]/;
/** The header of a device in the output of acpiexec's `resources` command. */
const ACPIEXEC_LIST = /^Device: \\\S+[ \t]*\r?\nEvaluating _[A-Z]{3}\b/m;
/** With an offset column: xxd, hexdump -C, the listings of iasl (offset and colon, or the offset as a comment). */
const HEX_DUMP_LINE =
  /^\s*(?:\/\*\s*[0-9A-Fa-f]{1,8}\s*\*\/|[0-9A-Fa-f]{1,16}:|[0-9A-Fa-f]{6,16}(?= {2}))\s+(?:0x)?[0-9A-Fa-f]{2}(?:[ ,]{0,2}(?:0x)?[0-9A-Fa-f]{2}){0,31},?(?:$|\s*[|"/]|\s{2,}\S)/;
const PLAIN_HEX = /^\s*(?:0x)?[0-9A-Fa-f]{2}(?:[\s,;:-]*(?:0x)?[0-9A-Fa-f]{2})*[\s,;]*$/;

/** od: seven octal digits, or six hex ones, and single bytes. */
const OD_LINE = /^(?:[0-7]{7}|[0-9a-f]{6}) [0-9a-f]{2}(?: [0-9a-f]{2})*$/;
/** The initialiser of an ASL Buffer. */
const ASL_BUFFER = /\bBuffer[ \t]*\([^)\n]{0,64}\)[^{}]{0,200}\{[^}]{0,64}\b0[xX][0-9A-Fa-f]{2}\b/;
const ASL_BLOCK = /\b(?:DefinitionBlock|ResourceTemplate|Device|Scope|Method|OperationRegion)\s*\(/;

/** Tags of small resources, length included: IRQ, DMA, start and end dependent functions, I/O, fixed I/O, fixed DMA, vendor, end. */
const SMALL_TAGS = [
  0x22, 0x23, 0x2a, 0x30, 0x31, 0x38, 0x47, 0x4b, 0x55, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x79,
];

/** Whether a resource template can start with this byte (ACPI 6.5, tables 6.27 and 6.40). */
function startsTemplate(byte: number): boolean {
  return byte < 0x80 ? SMALL_TAGS.includes(byte) : byte >= 0x81 && byte <= 0x93 && byte !== 0x83;
}

/** The first byte of a line of a hex dump, after the offset column if there is one. */
function firstDumpedByte(line: string): number | undefined {
  const digits = line
    .replace(
      /^\s*(?:\/\*[^*]*\*\/|[0-9A-Fa-f]{1,16}:\s|[0-9A-Fa-f]{6,16} {1,2}(?=[0-9A-Fa-f]{2}(?: |$)))/,
      '',
    )
    .replace(/^[^0-9A-Fa-f]*/, '');
  const byte = /^(?:0x)?([0-9A-Fa-f]{2})/.exec(digits)?.[1];
  return byte === undefined ? undefined : Number.parseInt(byte, 16);
}

function isHexDump(probe: Probe): boolean {
  if (probe.lines.length === 0) return false;
  const dumped = probe.lines.filter(
    (line) => HEX_DUMP_LINE.test(line) || PLAIN_HEX.test(line) || OD_LINE.test(line),
  );
  if (dumped.length * 2 < probe.lines.length) return false;
  return startsTemplate(firstDumpedByte(dumped[0]!) ?? 0);
}

export interface SniffRow {
  readonly kind: ArtifactKind;
  /** What the row looks for, for the message about an unknown kind. */
  readonly tried: string;
  readonly test: (probe: Probe) => boolean;
}

export const SNIFF_ROWS: readonly SniffRow[] = [
  {
    kind: 'dtbo',
    tried: 'device tree overlay blob (magic d00dfeed and an __overlay__ node)',
    test: (probe) => isBlob(probe) && hasOverlayNode(probe),
  },
  { kind: 'dtb', tried: 'device tree blob (magic d00dfeed)', test: isBlob },
  { kind: 'acpi-table', tried: 'ACPI table (signature and header)', test: isAcpiTable },
  {
    kind: 'boot-params',
    tried: 'boot_params (HdrS at 0x202, EL64 at 0x1c0 or an E820 map) or a 64-byte screen_info',
    test: (probe) => isZeroPage(probe) || isScreenInfo(probe),
  },
  {
    kind: 'image',
    tried: 'kernel image or module (setup header, vermagic, banner or embedded configuration)',
    test: isKernelImage,
  },
  {
    kind: 'kernel-source',
    tried:
      'kernel source (drivers/hv/vmbus_drv.c, drivers/hv/Kconfig, drivers/firmware/Kconfig, the Makefile)',
    test: (probe) => KERNEL_SOURCE.test(probe.text),
  },
  { kind: 'mail', tried: 'mail (header fields)', test: (probe) => isMail(probe.text) },
  {
    kind: 'patch',
    tried: 'patch (@@ lines of a unified diff)',
    test: (probe) => hasHunk(probe.text),
  },
  {
    kind: 'acpidump',
    tried: 'acpidump text (NAME @ ADDRESS and hex lines)',
    test: (probe) => ACPIDUMP_TABLE.test(probe.text),
  },
  {
    kind: 'kconfig',
    tried: 'kernel configuration (CONFIG_ lines)',
    test: (probe) =>
      /^(?:CONFIG_\w+=|# CONFIG_\w+ is not set)/m.test(probe.text) && probe.share(KCONFIG_LINE) > 0.8,
  },
  {
    kind: 'iomem',
    tried: '/proc/iomem (START-END : NAME lines)',
    test: (probe) => probe.share(IOMEM_LINE) > 0.8,
  },
  {
    kind: 'dts',
    tried: 'device tree source (/dts-v1/ or a root node)',
    test: (probe) => DTS.test(probe.text) || DTS.test(probe.code),
  },
  {
    kind: 'crs-hex',
    tried: 'bytes of an ASL Buffer',
    test: (probe) => ASL_BUFFER.test(probe.text) && !ASL_BLOCK.test(probe.text) && !ASL.test(probe.code),
  },
  {
    kind: 'asl',
    tried: 'ASL text (DefinitionBlock, ResourceTemplate, Device …)',
    test: (probe) => ASL.test(probe.text) || ASL.test(probe.code),
  },
  { kind: 'lspci', tried: 'lspci listing', test: (probe) => LSPCI_LINE.test(probe.lines[0] ?? '') },
  { kind: 'uname', tried: 'uname -a', test: (probe) => UNAME_LINE.test(probe.lines[0] ?? '') },
  { kind: 'cmdline', tried: '/proc/cmdline', test: (probe) => isCommandLine(probe.lines) },
  {
    kind: 'memmap',
    tried: '/sys/firmware/memmap listing (START END TYPE lines)',
    test: (probe) => MEMMAP_LINE.test(probe.lines[0] ?? ''),
  },
  {
    kind: 'dmesg',
    tried: 'kernel log (time stamps, messages of early boot)',
    test: (probe) => {
      if (/Linux version \d+\.\d+/.test(probe.text) && probe.lines.length > 1) return true;
      if (foreignSystem(probe.text) !== undefined) return true;
      const stamped = probe.lines.filter((line) => TIMESTAMP.test(line));
      const resources = stamped.filter((line) => CRS_TEXT_LINE.test(line));
      return (
        (stamped.length * 2 > probe.lines.length && resources.length < stamped.length) ||
        probe.share(KERNEL_LINE) > 0.5
      );
    },
  },
  {
    kind: 'crs-text',
    tried: 'printed resource lists (root bus resource, pnp resources, acpiexec)',
    // acpiexec prints much else between the lists.
    test: (probe) => ACPIEXEC_LIST.test(probe.text) || probe.share(CRS_TEXT_LINE) > 0.1,
  },
  {
    kind: 'dts-fragment',
    tried: 'device tree properties (NAME = <...>; lines, also quoted)',
    test: (probe) => startsFragment(probe.text) || findDeviceTreeText(probe.text).found.length > 0,
  },
  { kind: 'crs-hex', tried: 'hex dump of a resource template', test: isHexDump },
];

/** The kind of an input; undefined when no row matches. */
export function sniffKind(bytes: Uint8Array): ArtifactKind | undefined {
  const probe = new Probe(bytes);
  return SNIFF_ROWS.find((row) => row.test(probe))?.kind;
}
