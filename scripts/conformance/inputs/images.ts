/**
 * `npm run conformance -- images DIR...`: what `scan` finds in every file below DIR against a finder that shares nothing with it:
 * magic numbers and checksums over all bytes, streams unpacked by the programs of their makers, firmware volumes by UEFIExtract,
 * trees judged by dtc. `--packages` lists the packages that hold images which nobody here made, each with what is to be
 * expected of it; `--download DIR` downloads and unpacks them (images/packages.ts), and compares.
 *
 * The other finder uses xz, zstd, lz4, bzip2, lzop, dtc and UEFIExtract (uefitool-cli) where they are installed. Without one of
 * them what it would have unpacked is `ours alone`: so it was with u-boot-omap's LZO until lzop was there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { takeOffWhole } from '../../../src/artifact/images/take-off.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { accessTo } from '../../../src/containers/access.ts';
import { Budget } from '../../../src/containers/limits.ts';
import { messageOf } from '../../../src/findings/finding.ts';
import { Scanner } from '../../../src/scan/scan.ts';
import { downloadPackages, packageList } from './images/packages.ts';

const MAX_FILE = 256 << 20;
const MAX_OUTPUT = 1 << 29;
/** Streams in streams in streams. */
const MAX_DEPTH = 4;
const FDT = Buffer.from('d00dfeed', 'hex');
const SIGNATURES = (
  'APIC BERT BGRT BOOT CRAT CSRT DBG2 DBGP DMAR DSDT ECDT EINJ ERST FACP FPDT GTDT HEST HPET IORT IVRS LPIT MCFG MSCT ' +
  'MSDM NFIT PCCT PPTT PSDT RSDT SLIC SLIT SPCR SRAT SSDT TCPA TPM2 UEFI VFCT WAET WDAT WSMT XSDT'
).split(' ');

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const temporary = mkdtempSync(join(tmpdir(), 'fwmap-images-'));

/** dtc reads every token of the structure block. */
function dtcReads(bytes: Uint8Array): boolean {
  const run = spawnSync('dtc', ['-q', '-q', '-f', '-I', 'dtb', '-O', 'dtb', '-o', '/dev/null', '-'], {
    input: bytes,
  });
  return run.status === 0;
}

function treesIn(bytes: Buffer, found: Map<string, string>): void {
  for (let at = bytes.indexOf(FDT); at >= 0; at = bytes.indexOf(FDT, at + 1)) {
    if (at + 40 > bytes.length) continue;
    const [total, structure, strings, , version, compatible] = [4, 8, 12, 16, 20, 24].map((offset) =>
      bytes.readUInt32BE(at + offset),
    );
    if (total! < 48 || at + total! > bytes.length || structure! >= total! || strings! > total!) continue;
    if (version! < 1 || version! > 17 || compatible! > 17) continue;
    const blob = bytes.subarray(at, at + total!);
    const hash = sha256(blob);
    if (!found.has(hash) && dtcReads(blob)) found.set(hash, `tree of ${total} bytes`);
  }
}

function tablesIn(bytes: Buffer, found: Map<string, string>): void {
  for (const signature of SIGNATURES)
    for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 1)) {
      if (at + 36 > bytes.length) continue;
      const length = bytes.readUInt32LE(at + 4);
      if (length < 36 || at + length > bytes.length || length > 1 << 22) continue;
      const table = bytes.subarray(at, at + length);
      let sum = 0;
      for (const byte of table) sum += byte;
      const names = table.subarray(10, 24).toString('latin1');
      if ((sum & 0xff) === 0 && /^[\x20-\x7e\0]*$/.test(names))
        found.set(sha256(table), `${signature} of ${length} bytes`);
    }
}

/** Programs that unpack what begins with a magic number. */
const PROGRAMS: readonly (readonly [magic: string, program: string, ...options: string[]])[] = [
  ['fd377a585a00', 'xz', '-dc', '--single-stream'],
  ['28b52ffd', 'zstd', '-dc'],
  ['04224d18', 'lz4', '-dc'],
  ['02214c18', 'lz4', '-dc'],
  ['425a68', 'bzip2', '-dc'],
  ['894c5a4f000d0a1a0a', 'lzop', '-dc'],
];

function streamsIn(bytes: Buffer): Buffer[] {
  const streams: Buffer[] = [];
  for (let at = bytes.indexOf('1f8b08', 0, 'hex'); at >= 0; at = bytes.indexOf('1f8b08', at + 1, 'hex')) {
    const flags = bytes[at + 3] ?? 0xff;
    if ((flags & 0xf7) !== 0) continue;
    const from = (flags & 8) === 0 ? at + 10 : bytes.indexOf(0, at + 10) + 1;
    try {
      streams.push(inflateRawSync(bytes.subarray(from), { maxOutputLength: MAX_OUTPUT }));
    } catch {
      // The magic number was met by chance.
    }
  }
  for (const [magic, program, ...options] of PROGRAMS)
    for (let at = bytes.indexOf(magic, 0, 'hex'); at >= 0; at = bytes.indexOf(magic, at + 1, 'hex')) {
      if (program === 'bzip2' && bytes.subarray(at + 4, at + 10).toString('hex') !== '314159265359') continue;
      const run = spawnSync(program, options, {
        input: bytes.subarray(at),
        maxBuffer: MAX_OUTPUT,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      // What follows the stream is an error to these programs; what came out of it is there.
      if (run.stdout !== null && run.stdout.length > 4096) streams.push(run.stdout);
    }
  return streams;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : lstatSync(path).isFile() ? [path] : [];
  });
}

/** Everything that UEFIExtract takes a firmware volume apart to. */
function volumesIn(bytes: Buffer): Buffer[] {
  if (bytes.indexOf('_FVH') < 0) return [];
  const file = join(temporary, 'volume.bin');
  writeFileSync(file, bytes);
  try {
    execFileSync('UEFIExtract', [file, 'all'], { stdio: 'ignore', timeout: 120_000 });
  } catch {
    // Exit statuses other than 0 report oddities; what was unpacked is there.
  }
  const folder = `${file}.dump`;
  const bodies = statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? filesBelow(folder)
        .filter((path) => path.endsWith('body.bin'))
        .map((path) => readFileSync(path))
    : [];
  rmSync(folder, { recursive: true, force: true });
  return bodies;
}

/** Hashes of what the other finder finds, each with what it is. */
function otherFinds(bytes: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const waiting = [{ blob: bytes, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { blob, depth } = next;
    const hash = sha256(blob);
    if (seen.has(hash)) continue;
    seen.add(hash);
    treesIn(blob, found);
    tablesIn(blob, found);
    if (depth >= MAX_DEPTH) continue;
    for (const inner of [...streamsIn(blob), ...(depth === 0 ? volumesIn(blob) : [])])
      waiting.push({ blob: inner, depth: depth + 1 });
  }
  return found;
}

async function ourFinds(
  path: string,
  bytes: Buffer,
): Promise<{ finds: Map<string, string>; told: string[] }> {
  const sink = new DiagnosticList();
  const budget = new Budget();
  const { access } = await takeOffWhole(accessTo(bytes), budget);
  const result = await new Scanner(sink, { budget }).scan({ name: path, access, steps: [] });
  const compared = result.finds.filter(({ kind }) => ['dtb', 'dtbo', 'fit', 'acpi-table'].includes(kind));
  return {
    finds: new Map(
      compared.map((find) => [
        find.sha256,
        `${find.kind} ${find.signature ?? find.model ?? ''} ${find.path}`,
      ]),
    ),
    told: sink.all.map((diagnostic) => `${diagnostic.path}: ${messageOf(diagnostic)}`),
  };
}

export async function run(folders: string[]): Promise<number> {
  if (folders[0] === '--packages') {
    console.log(packageList());
    return 0;
  }
  if (folders[0] === '--download') {
    if (folders.length === 2) return downloadPackages(folders[1]!) ? run([folders[1]!]) : 1;
    folders = [];
  }
  if (folders.length === 0) {
    console.error('usage: npm run conformance -- images --packages | --download DIR | DIR...');
    return 2;
  }
  let passed = 0;
  let failed = 0;
  let total = 0;
  let [ours, theirs] = [0, 0];
  for (const path of folders.flatMap(filesBelow).sort()) {
    if (statSync(path).size > MAX_FILE) continue;
    const bytes = readFileSync(path);
    let began = performance.now();
    const { finds, told } = await ourFinds(path, bytes);
    ours += performance.now() - began;
    began = performance.now();
    const others = otherFinds(bytes);
    theirs += performance.now() - began;
    const faults = [
      ...[...others]
        .filter(([hash]) => !finds.has(hash))
        .map(([hash, what]) => `missing: ${what} ${hash.slice(0, 12)}`),
      ...[...finds].filter(([hash]) => !others.has(hash)).map(([, what]) => `ours alone: ${what}`),
    ];
    total += finds.size;
    for (const line of told) console.log(`  ${line}`);
    if (faults.length === 0) passed += 1;
    else {
      failed += 1;
      console.log(`${path}:\n    ${faults.join('\n    ')}`);
    }
  }
  rmSync(temporary, { recursive: true });
  console.log(`${total} finds; ${(ours / 1000).toFixed(1)} s against ${(theirs / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
