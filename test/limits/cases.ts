/** For each limit an input that reaches it when it is set low, and the command that is given it. */
import { gzipSync } from 'node:zlib';
import type { LimitName } from '../../src/limits/limits.ts';
import * as make from '../containers/make-images.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Case {
  readonly value: number;
  readonly files: Files;
  /** The command line, without the limit. */
  readonly run: readonly string[];
}

/** Reached by no small input and one command: limits.test.ts does it by this name. */
export interface Elsewhere {
  readonly elsewhere: string;
}

const BOARD = '/dts-v1/; / { a = <1>; n { b = <2>; m { c = <3>; }; }; };';
const TREE = make.board('one');

function dts(value: number, text: string, ...more: readonly string[]): Case {
  return { value, files: { 'x.dts': text }, run: ['windows', 'x.dts', ...more] };
}

function ranges(count: number): string {
  const entries = Array.from(
    { length: count },
    (_, index) => `<0 ${16 * index} 0 ${4096 + 16 * index} 0 16>`,
  );
  return `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; bus { #address-cells = <2>; #size-cells = <2>; ranges = ${entries.join(', ')}; dev@0 { reg = <0 0 0 16>, <0 16 0 16>; }; }; };`;
}

function asl(value: number, body: string, path = String.raw`\MAIN`): Case {
  return { value, files: { 'x.asl': table(body) }, run: ['eval', 'x.asl', path] };
}

function table(body: string): string {
  return `DefinitionBlock ("", "SSDT", 2, "T", "T", 1) {\n${body}\n}\n`;
}

/** A field nobody knows, and what depends on it. */
function unknown(value: number, body: string): Case {
  return asl(
    value,
    `OperationRegion (R, SystemMemory, 0x1000, 0x100) Field (R, DWordAcc, NoLock, Preserve) { FA, 32, FB, 32, FC, 32, FD, 32 }\n${body}`,
  );
}

function mail(body: string): string {
  return `From: a@example.org\nSubject: x\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\n${body}`;
}

const TEMPLATE = 'ResourceTemplate () { IO (Decode16, 0x10, 0x10, 1, 1) }';
const HUNKS = '--- a/x.dts\n+++ b/x.dts\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n@@ -8,2 +8,2 @@\n-a\n+b\n c\n';
const LOG = '[    0.000000] Linux version 6.6.0 (a@b) (gcc) #1 SMP\n';
const EFIFB = (at: number): string =>
  `[    1.${at}00000] efifb: framebuffer at 0x${at}0000000, using 3072k, total 3072k\n`;

export const CASES: Readonly<Record<LimitName, Case | Elsewhere>> = {
  'input-bytes': dts(4, BOARD),
  'list-bytes': {
    value: 1,
    files: { list: 'x.dts\n' },
    run: ['survey', '--into', 'out', '--files-from', 'list'],
  },
  'folder-entries': {
    value: 1,
    files: { 'tree/compatible': 'x\0', 'tree/#address-cells': '\0\0\0\x02' },
    run: ['windows', 'tree', '--as', 'dt-dir'],
  },
  'folder-depth': {
    value: 1,
    files: { 'tree/compatible': 'x\0', 'tree/n/m/name': 'm\0' },
    run: ['windows', 'tree', '--as', 'dt-dir'],
  },
  'loose-folder-depth': { value: 1, files: { 'd/x.dts': BOARD, 'd/e/y.dts': BOARD }, run: ['windows', 'd'] },
  'folder-inputs': { value: 1, files: { 'd/x.dts': BOARD, 'd/y.dts': BOARD }, run: ['windows', 'd'] },
  'survey-depth': {
    value: 0,
    files: { 'd/x.dts': BOARD, 'd/y.dts': BOARD },
    run: ['survey', 'd', '--into', 'out'],
  },
  'survey-thread-bytes': { elsewhere: 'survey thread' },
  'query-bytes': { elsewhere: 'query of a bucket' },
  'mail-attachments': {
    value: 1,
    files: {
      'x.eml': `From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n${['x', 'y', 'z'].map((name) => `--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="${name}.dts"\n\n${BOARD}\n`).join('')}--b--\n`,
    },
    run: ['windows', 'x.eml'],
  },
  'html-depth': {
    value: 2,
    files: {
      'x.eml': `From: a@example.org\nMIME-Version: 1.0\nContent-Type: text/html\n\n${'<div>'.repeat(9)}${'x '.repeat(10_000)}<pre>\n${BOARD}</pre>\n`,
    },
    run: ['windows', 'x.eml'],
  },
  'thread-messages': {
    value: 1,
    files: {
      'x.dts': BOARD,
      mbox: `From a Mon Jan  1 00:00:00 2024\n${mail('one\n')}\nFrom b Mon Jan  1 00:00:00 2024\n${mail('two\n')}`,
    },
    run: ['sysfb', 'x.dts', '--reply-to', 'mbox'],
  },
  'patch-hunks': { value: 1, files: { 'x.patch': HUNKS }, run: ['windows', 'x.patch'] },
  'patch-work': {
    value: 1,
    files: { 'x.patch': HUNKS, 'x.dts': 'a\nc\n\n\n\n\n\na\nc\n' },
    run: ['windows', 'x.patch', '--base', 'x.dts'],
  },
  'statement-lines': {
    value: 1,
    files: { 'x.eml': mail('> ranges = <0x0f 0xf0000000\n>   0x0f 0xf0000000\n>   0x10000000>;\n') },
    run: ['windows', 'x.eml'],
  },
  'image-bytes': {
    value: 64,
    files: { 'x.img': make.join(TREE, new Uint8Array(5000), TREE) },
    run: ['scan', 'x.img'],
  },
  'unpacked-bytes': { value: 64, files: { 'x.gz': gzipSync(BOARD.repeat(9)) }, run: ['windows', 'x.gz'] },
  'total-unpacked-bytes': {
    value: 64,
    files: { 'x.gz': gzipSync(BOARD.repeat(9)) },
    run: ['windows', 'x.gz'],
  },
  'unpacked-text-bytes': {
    value: 64,
    files: { 'x.gz': gzipSync(BOARD.repeat(9)) },
    run: ['windows', 'x.gz'],
  },
  'text-lines': {
    value: 4,
    files: { 'x.txt': 'Hello,\n\n> > ranges = <0x0f 0xf0000000>;\n\nWhat is it?\nBye\n' },
    run: ['windows', 'x.txt'],
  },
  'container-depth': { value: 1, files: { 'x.gz': gzipSync(gzipSync(BOARD)) }, run: ['windows', 'x.gz'] },
  'container-pieces': {
    value: 1,
    files: {
      'x.ar': `!<arch>\n${['a', 'b'].map((name) => `${`${name}/`.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${'4'.padEnd(10)}\x60\nabc\n`).join('')}`,
    },
    run: ['scan', 'x.ar'],
  },
  'image-finds': { value: 1, files: { 'x.img': make.join(TREE, TREE) }, run: ['scan', 'x.img'] },
  'scan-work': { value: 1, files: { 'x.img': make.join(TREE, TREE) }, run: ['scan', 'x.img'] },
  'scan-waste': { value: 0, files: { 'x.img': overlapping() }, run: ['scan', 'x.img'] },
  'image-memory-bytes': {
    value: 4,
    files: {
      'x.elf': make.elf(4, [
        { address: 0x1000, bytes: make.le(4, 0xf800_0000) },
        { address: 0x8000, bytes: make.table('DSDT') },
      ]),
    },
    run: ['windows', 'x.elf'],
  },
  'source-bytes': {
    value: 4,
    files: { 'x.dts': '#include "y.dtsi"\n/dts-v1/; / { };', 'y.dtsi': '/* long */' },
    run: ['windows', 'x.dts'],
  },
  'incbin-bytes': {
    value: 4,
    files: { 'x.dts': '/dts-v1/; / { a = /incbin/("y.bin"); };', 'y.bin': 'longer' },
    run: ['windows', 'x.dts'],
  },
  'include-depth': {
    value: 2,
    files: { 'x.dts': '#include "y.dtsi"\n', 'y.dtsi': '#include "z.dtsi"\n', 'z.dtsi': '/dts-v1/; / { };' },
    run: ['windows', '--as', 'dts', 'x.dts'],
  },
  includes: {
    value: 1,
    files: { 'x.dts': '#include "y.dtsi"\n#include "y.dtsi"\n/dts-v1/; / { };', 'y.dtsi': '\n' },
    run: ['windows', '--as', 'dts', 'x.dts'],
  },
  'included-bytes': {
    value: 4,
    files: { 'x.dts': '/dts-v1/;\n/include/ "y.dtsi"\n/include/ "y.dtsi"\n', 'y.dtsi': '/ { };\n' },
    run: ['windows', 'x.dts'],
  },
  'preprocessed-bytes': dts(4, `/dts-v1/;\n#define A 1\n/ { };\n#define B 1\n/ { };`),
  'macro-tokens': dts(4, '#define F(a) a a a a\n/dts-v1/; / { x = <F(1 2)>; };'),
  'macro-characters': dts(4, '#define F(a) a ## a\n/dts-v1/; / { F(abcdef); };'),
  'macro-argument-depth': dts(1, '#define F(a) a\n/dts-v1/; / { x = <F(F(F(1)))>; };'),
  'conditional-depth': dts(1, '#if 1\n#if 1\n#endif\n#endif\n/dts-v1/; / { };'),
  'condition-depth': dts(1, '#if ((((1))))\n#endif\n/dts-v1/; / { };'),
  'expression-depth': dts(1, '/dts-v1/; / { x = <((((1))))>; };'),
  'value-bytes': {
    value: 4,
    files: { 'x.dts': '/dts-v1/; / { a = /incbin/("y.bin"); };', 'y.bin': 'longer' },
    run: ['windows', 'x.dts'],
  },
  'tree-nodes': dts(1, BOARD),
  'tree-properties': dts(1, BOARD),
  'tree-depth': dts(1, BOARD),
  'blob-name-bytes': {
    value: 1,
    files: {
      'x.dtb': make.tree({ properties: { ['n'.repeat(300)]: make.be(1), ['m'.repeat(300)]: make.be(1) } }),
    },
    run: ['windows', 'x.dtb'],
  },
  'blob-reservations': { value: 0, files: { 'x.dtb': reserving() }, run: ['windows', 'x.dtb'] },
  'address-entries': dts(1, ranges(3)),
  'path-bytes': dts(1, ranges(3)),
  'translation-work': dts(
    0,
    ranges(3).replace(
      'dev@0 {',
      'b2 { #address-cells = <2>; #size-cells = <2>; ranges = <0 0 0 0 0 16>; }; dev@0 {',
    ),
  ),
  'comparison-work': dts(0, ranges(1)),
  'tree-problems': dts(1, ranges(1).replace('reg = <0 0 0 16>', 'reg = <1 0 0 16>, <2 0 0 16>, <3 0 0 16>')),
  'check-findings': {
    value: 1,
    files: { 'x.dts': '/dts-v1/; / { a@1 { }; b@1 { }; c@1 { }; };' },
    run: ['dtc', 'x.dts'],
  },
  'acpi-tables': {
    value: 1,
    files: { 'x.aml': make.join(make.table('SSDT'), make.table('SSDT')) },
    run: ['windows', 'x.aml'],
  },
  'aml-depth': {
    value: 3,
    files: { 'x.aml': make.table('SSDT', { body: make.u8(0xa4, 0x92, 0x92, 0x92, 0x92, 0x92, 0x00) }) },
    run: ['asl', 'x.aml'],
  },
  'asl-tokens': asl(4, 'Name (A, 1) Name (B, 2) Name (C, 3) Name (D, 4)'),
  'asl-macro-tokens': asl(2, '#define A 1\nName (X, A)\nName (Y, A)\nName (Z, A)\nName (W, A)\n'),
  'asl-macro-depth': asl(1, '#define A B\n#define B C\n#define C 1\nName (X, A)\n'),
  'asl-include-depth': {
    value: 1,
    files: { 'x.asl': table('#include "y.asl"\n'), 'y.asl': 'Name (A, 1)\n' },
    run: ['asl', 'x.asl'],
  },
  'asl-nesting': asl(2, 'Scope (\\_SB) { Scope (\\_SB) { Scope (\\_SB) { Scope (\\_SB) { } } } }'),
  'asl-depth': asl(3, 'Method (MAIN) { Return (Arg0 + Arg1 + Arg2 + Arg3 + Arg4) }'),
  'asl-elseif': asl(1, 'Method (MAIN) { If (Arg0) { } ElseIf (Arg1) { } ElseIf (Arg2) { } }'),
  'text-templates': {
    value: 1,
    files: { 'x.asl': `Name (_CRS, ${TEMPLATE})\nName (_CRS, ${TEMPLATE})\n` },
    run: ['resources', '--as', 'asl', 'x.asl'],
  },
  'template-tokens': {
    value: 3,
    files: { 'x.asl': `Name (_CRS, ${TEMPLATE})\n` },
    run: ['resources', '--as', 'asl', 'x.asl'],
  },
  'hex-bytes': {
    value: 4,
    files: { 'x.txt': '0000: 47 01 10 00 10 00 01 01 79 00\n' },
    run: ['windows', '--as', 'crs-hex', 'x.txt'],
  },
  'list-entries': {
    value: 1,
    files: {
      'x.txt':
        'pci_bus 0000:00: root bus resource [mem 0xa0000-0xbffff window]\npci_bus 0000:01: root bus resource [mem 0xc0000-0xdffff window]\n',
    },
    run: ['resources', '--as', 'crs-text', 'x.txt'],
  },
  'evaluation-steps': asl(
    20,
    'Method (MAIN) { Local0 = 0 While (Local0 < 100) { Local0++ } Return (Local0) }',
  ),
  'evaluation-bytes': asl(100, 'Method (MAIN) { Local0 = Buffer (200) { } Return (SizeOf (Local0)) }'),
  'object-bytes': asl(10, 'Method (MAIN) { Local0 = Buffer (20) { } Return (SizeOf (Local0)) }'),
  'package-elements': asl(
    2,
    'Method (MAIN) { Local1 = 5 Local0 = Package (Local1) { } Return (SizeOf (Local0)) }',
  ),
  'buffer-bytes': asl(10, 'Method (MAIN) { Local0 = Buffer (20) { } Return (SizeOf (Local0)) }'),
  'field-bytes': asl(
    2,
    'OperationRegion (R, SystemMemory, 0x1000, 0x100) Field (R, ByteAcc, NoLock, Preserve) { FA, 256 } Method (MAIN) { Return (FA) }',
  ),
  'call-depth': asl(
    3,
    'Method (A) { Return (1) } Method (B) { Return (A ()) } Method (C) { Return (B ()) } Method (MAIN) { Return (C ()) }',
  ),
  'loop-turns': asl(3, 'Method (MAIN) { Local0 = 0 While (Local0 < 10) { Local0++ } Return (Local0) }'),
  'open-loop-turns': unknown(
    3,
    'Method (MAIN) { Local0 = 0 If (FA) { While (Local0 < 10) { Local0++ } } Return (Local0) }',
  ),
  'fork-depth': unknown(
    1,
    'Method (MAIN) { If (FA) { If (FB) { If (FC) { Return (1) } Return (2) } Return (3) } Return (4) }',
  ),
  'path-work': unknown(
    5,
    'Method (MAIN) { Local0 = 0 If (FA) { Local0++ Local0++ Local0++ Local0++ Local0++ If (FB) { Local0++ } } Return (Local0) }',
  ),
  'machine-path-work': unknown(
    0,
    'Method (MAIN) { Local0 = 0 Local2 = 0 If (FA) { While (Local0 < 60) { Local1 = 0 While (Local1 < 60) { Local1++ Local2++ } Local0++ } } Return (Local2) }',
  ),
  'value-cases': unknown(
    1,
    'Method (MAIN) { Local0 = Buffer (1) { 1 } If (FA) { Local0 = Buffer (2) { 1 } } ElseIf (FB) { Local0 = Buffer (3) { 1 } } ElseIf (FC) { Local0 = Buffer (4) { 1 } } Return (Local0) }',
  ),
  'crs-alternatives': {
    value: 1,
    files: {
      'x.asl': table(
        'OperationRegion (R, SystemMemory, 0x1000, 0x100) Field (R, DWordAcc, NoLock, Preserve) { FA, 32, FB, 32 } Device (\\_SB.D) { Name (_HID, "ACPI0004") Method (_CRS) { If (FA) { Return (ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) }) } If (FB) { Return (ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) IO (Decode16, 3, 3, 1, 1) }) } Return (ResourceTemplate () { }) } }',
      ),
    },
    run: ['resources', 'x.asl'],
  },
  'loaded-tables': asl(
    0,
    `Name (BUF, Buffer () { ${[...make.table('SSDT')].join(', ')} }) Name (DDB, 0) Method (MAIN) { Load (BUF, DDB) Return (1) }`,
  ),
  'trace-records': {
    ...asl(2, 'Method (MAIN) { Debug = 1 Debug = 2 Debug = 3 Debug = 4 Return (1) }'),
    run: ['eval', 'x.asl', '\\MAIN', '--trace'],
  },
  'log-line-bytes': {
    value: 80,
    files: { 'x.log': `${LOG}[    1.000000] ${'x'.repeat(100)}\n` },
    run: ['sysfb', 'x.log'],
  },
  'iomem-lines': {
    value: 1,
    files: { iomem: '00001000-0009ffff : System RAM\n000a0000-000bffff : PCI Bus 0000:00\n' },
    run: ['sysfb', '--as', 'iomem', 'iomem'],
  },
  'framebuffer-sightings': {
    value: 1,
    files: { 'x.log': `${LOG}${EFIFB(1)}${EFIFB(2)}${EFIFB(3)}` },
    run: ['sysfb', 'x.log'],
  },
  'kernel-config-bytes': {
    value: 4,
    files: {
      vmlinux: make.join(
        make.text('\x7fELF\0\0Linux version 6.6.0 (a@b) #1 SMP\n\0IKCFG_ST'),
        gzipSync('CONFIG_EFI=y\n# CONFIG_SYSFB is not set\n'),
        make.text('IKCFG_ED'),
      ),
    },
    run: ['sysfb', '--as', 'image', 'vmlinux'],
  },
  'vmbus-devices': {
    value: 1,
    files: {
      'x.dts': `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; ${[1, 2].map((at) => `vmbus${at} { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <1>; ranges = <0 0xf0000000 0 0xf0000000 0x1000>; };`).join(' ')} };`,
    },
    run: ['sysfb', 'x.dts'],
  },
  worlds: { value: 1, files: { 'x.dts': '' }, run: ['sysfb', 'GEN2'] },
  decisions: { value: 1, files: { 'x.dts': '' }, run: ['sysfb', 'GEN2'] },
  'decision-steps': { value: 1, files: { 'x.dts': '' }, run: ['sysfb', 'GEN2'] },
  'expression-size': unknown(
    4,
    `Method (MAIN) { Return (${Array.from({ length: 20 }, (_, index) => `(FA ^ ${index + 3}) * (FB ^ FC)`).join(' ^ ')}) }`,
  ),
  'condition-size': { value: 3, files: { 'x.dts': '' }, run: ['bridges', 'GEN1'] },
  'scenario-steps': {
    value: 1,
    files: { 'x.dts': BOARD, 's.yaml': '- allocate: 0x1000\n- allocate: 0x1000\n' },
    run: ['simulate', 'x.dts', '--scenario', 's.yaml'],
  },
  'scenario-bytes': {
    value: 1,
    files: { 'x.dts': BOARD, 's.yaml': '- allocate: 0x1000\n' },
    run: ['simulate', 'x.dts', '--scenario', 's.yaml'],
  },
  diagnostics: dts(1, '/dts-v1/; / { a@1 { }; b@1 { }; c@1 { reg; }; d = <&x>; e = <&y>; };'),
};

/** A blob with one memory reservation that isn't empty. */
function reserving(): Uint8Array {
  const structure = make.join(make.be(1, 0, 2, 9));
  const total = 40 + 32 + structure.length;
  return make.join(
    make.be(0xd00dfeed, total, 72, total, 40, 17, 16, 0, 0, structure.length),
    make.be(0, 4096, 0, 4096),
    new Uint8Array(16),
    structure,
  );
}

/** Headers of trees, each with the same structure block: what one takes all of them take. */
function overlapping(): Uint8Array {
  const count = 200;
  const structure = make.join(make.be(1, 0), ...new Array<Uint8Array>(5000).fill(make.be(4)), make.be(2, 9));
  const total = count * 40 + 16 + structure.length;
  const headers = Array.from({ length: count }, (_, index) => {
    const rest = total - index * 40;
    const at = rest - structure.length;
    return make.be(0xd00dfeed, rest, at, rest, at - 16, 17, 16, 0, 0, structure.length);
  });
  return make.join(...headers, new Uint8Array(16), structure);
}
