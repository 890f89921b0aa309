/** Runs that faults are put into: what is there before, and the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TABLE_NAMES } from '../../src/survey/tables.ts';
import * as make from '../containers/make-images.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface FaultyRun {
  readonly name: string;
  readonly argv: readonly string[];
  readonly files: Files;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files that it makes, below the working directory: each is whole, or as it was, or not there. */
  readonly makes?: readonly string[];
  /** Faults for which it leaves out a part and warns, as dtc does. */
  readonly leavesOut?: readonly string[];
}

const BOARD =
  '/dts-v1/;\n/include/ "part.dtsi"\n/ { compatible = "x"; blob = /incbin/("data.bin"); ram@1000 { device_type = "memory"; reg = <0x1000 0x1000>; }; };\n';
export const BOARD_FILES: Files = {
  'board.dts': BOARD,
  'part.dtsi': '/ { #address-cells = <1>; #size-cells = <1>; };\n',
  'data.bin': '0123456789',
};
const CONFIG =
  '#\n# Linux/x86 6.12.94 Kernel Configuration\n#\nCONFIG_X86_64=y\nCONFIG_HYPERV=y\n# CONFIG_SYSFB is not set\n';
const LOG =
  '[    0.000000] Linux version 6.12.30 (x@y) (gcc) #1 SMP\n[    0.000000] efi: EFI v2.7 by Microsoft\n[    0.310000] hv_vmbus: Vmbus version:5.3\n[    0.4] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],(null) fb=[mem 0xf8000000-0xf82fffff]\n';
const IOMEM = 'f8000000-fffbffff : PCI Bus 0000:00\n  f8000000-fbffffff : 0000:00:08.0\n';
const PATCH =
  '--- a/board.dts\n+++ b/board.dts\n@@ -1,3 +1,3 @@\n /dts-v1/;\n /include/ "part.dtsi"\n-a\n+b\n';

const tables = (below: string): Files => ({
  [`${below}/dsdt.dat`]: make.table('DSDT'),
  [`${below}/ssdt1.dat`]: make.table('SSDT', { id: 'ONE' }),
});

/** Machines of every form that a survey takes them in: files, folders of one, messages of a mailbox. */
export const SURVEYED: Files = {
  'in/board.dts': '/dts-v1/; / { compatible = "x"; };',
  'in/other.dts': '/dts-v1/; / { compatible = "y"; };',
  ...tables('in/tables'),
  ...tables('in/capture'),
  'in/capture/dmesg': LOG,
  'in/capture/config': CONFIG,
  'in/tree/compatible': 'z\0',
  'in/tree/ram@0/reg': '\0\0\0\0\0\0\x10\0',
  'in/mbox': ['one', 'two']
    .map(
      (name) =>
        `From a Mon Jan  1 00:00:00 2024\nFrom: a@example.org\nSubject: ${name}\n\n/dts-v1/;\n/ { compatible = "${name}"; };\n\n`,
    )
    .join(''),
};

/** The tables of a survey, for a stand-in of DuckDB that doesn't read them. */
const TABLES: Files = Object.fromEntries(TABLE_NAMES.map((table) => [`store/${table}/1.parquet`, 'PAR1']));

export const RUNS: readonly FaultyRun[] = [
  { name: 'query', argv: ['query', 'store', 'SELECT path FROM machines'], files: TABLES },
  {
    name: 'query into a file',
    argv: ['query', 'store', '--needed', '--moved', 'store', '--format', 'csv', '--output', 'paths.csv'],
    files: { ...TABLES, 'paths.csv': 'before\n' },
    makes: ['paths.csv'],
  },
  { name: 'capture', argv: ['capture'], files: {} },
  {
    name: 'capture into a file',
    argv: ['capture', '--output', 'capture.sh'],
    files: { 'capture.sh': 'before\n' },
    makes: ['capture.sh'],
  },
  {
    name: 'windows of a source with includes',
    argv: ['windows', 'board.dts', '--format', 'json'],
    files: BOARD_FILES,
  },
  {
    name: 'sysfb with evidence',
    argv: ['sysfb', 'board.dts', 'config', 'log', 'iomem', '--format', 'json'],
    files: { ...BOARD_FILES, config: CONFIG, log: LOG, iomem: IOMEM },
  },
  {
    name: 'sysfb of a folder',
    argv: ['sysfb', 'capture'],
    files: { ...tables('capture'), 'capture/dmesg': LOG, 'capture/iomem': IOMEM, 'capture/config': CONFIG },
  },
  { name: 'windows of a folder of tables', argv: ['windows', 'tables'], files: tables('tables') },
  {
    name: 'windows of /proc/device-tree',
    argv: ['windows', 'tree', '--as', 'dt-dir'],
    files: {
      'tree/compatible': 'x\0',
      'tree/#address-cells': '\0\0\0\x01',
      'tree/#size-cells': '\0\0\0\x01',
      'tree/ram@0/reg': '\0\0\0\0\0\0\x10\0',
    },
  },
  {
    name: 'windows of packed bytes',
    argv: ['windows', 'board.dtb.gz'],
    files: { 'board.dtb.gz': gzipSync(make.board('x')) },
  },
  { name: 'windows of standard input', argv: ['windows', '-'], files: {}, stdin: '/dts-v1/;\n/ { };\n' },
  {
    name: 'a report in a file',
    argv: ['sysfb', 'board.dts', 'config', '--format', 'html', '--output', 'report.html'],
    files: { ...BOARD_FILES, config: CONFIG },
    makes: ['report.html'],
  },
  {
    name: 'a report in place of another',
    argv: ['windows', 'board.dts', '--format', 'json', '--output', 'report.json'],
    files: { ...BOARD_FILES, 'report.json': 'before\n' },
    makes: ['report.json'],
  },
  {
    name: 'dtc',
    argv: ['dtc', '-O', 'dtb', '-o', 'board.dtb', '-d', 'deps', 'board.dts'],
    files: BOARD_FILES,
    makes: ['board.dtb', 'deps'],
  },
  {
    name: 'dtc of a folder',
    argv: ['dtc', '-I', 'fs', '-O', 'dts', '-o', 'out.dts', 'tree'],
    files: { 'tree/compatible': 'x\0', 'tree/n/reg': '\0\0\0\x01' },
    makes: ['out.dts'],
    leavesOut: ['EACCES'],
  },
  {
    name: 'asl',
    argv: ['asl', 'dsdt.aml', '--output', 'dsdt.dsl'],
    files: { 'dsdt.aml': make.table('DSDT') },
    makes: ['dsdt.dsl'],
  },
  {
    name: 'scan',
    argv: ['scan', 'image.bin', '--format', 'json'],
    files: { 'image.bin': make.join(make.board('one'), make.table('SSDT')) },
  },
  {
    name: 'scan --extract',
    argv: ['scan', 'image.bin', '--extract', 'out'],
    files: { 'image.bin': make.join(make.board('one'), make.board('two')) },
    makes: ['out/000-dtb-one.dtb', 'out/001-dtb-two.dtb'],
  },
  {
    name: 'a patch and its base',
    argv: ['windows', 'x.patch', '--base', 'board.dts'],
    files: { ...BOARD_FILES, 'x.patch': PATCH },
  },
  {
    name: 'diff',
    argv: ['diff', 'a.dts', 'b.dts'],
    files: { 'a.dts': '/dts-v1/; / { };', 'b.dts': '/dts-v1/; / { x; };' },
  },
  {
    name: 'a scenario',
    argv: ['simulate', 'board.dts', '--scenario', 's.yaml'],
    files: { ...BOARD_FILES, 's.yaml': '- device: hyperv_drm\n' },
  },
  {
    name: 'explore',
    argv: ['explore', 'board.dts', '--no-open', '--output', 'page.html'],
    files: BOARD_FILES,
    makes: ['page.html'],
  },
  {
    name: 'a summary of a job',
    argv: ['windows', 'board.dts', '--format', 'github'],
    files: { ...BOARD_FILES, 'summary.md': 'before\n' },
    env: { GITHUB_STEP_SUMMARY: 'SUMMARY' },
    makes: ['summary.md'],
  },
];

export function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
