/**
 * `npm run conformance -- asl-roundtrip DIR...`: ASL sources of any project (files *.asl and *.dsl below DIR). Tables that
 * iasl compiles from them are disassembled and compiled again: the bytes after the header must be the same.
 *
 * - `iasl`: iasl's bytes -> our text -> iasl
 * - `fwmap`: iasl's bytes -> our text -> our compiler
 * - `listing`: iasl's bytes -> `iasl -d` -> iasl, for comparison
 *
 * Sources that iasl doesn't compile unchanged are preprocessed by cpp, with every folder named Include below DIR, the
 * source's folder and its parents as include paths, and a number for values that EDK II's build configures. Those that
 * still fail are left out: they are parts of others or need files that a build makes. Each difference is printed, with
 * the reason if ASL cannot express the table; --verbose names those that are left out.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeTables } from '../../../src/acpi/aml/tables.ts';
import { compileAsl } from '../../../src/acpi/asl/compile/compile.ts';
import { printTable } from '../../../src/acpi/asl/print/print.ts';
import { nameTables, readAcpiTables } from '../../../src/acpi/tables/read.ts';
import { TABLE_HEADER_LENGTH } from '../../../src/acpi/tables/table.ts';
import { Term } from '../../../src/acpi/terms/term.ts';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList, IGNORED } from '../../../src/bytes/diagnostic.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';

/** iasl hangs on some sources. */
const IASL_TIMEOUT = 60_000;

interface Found {
  readonly sources: string[];
  /** Folders named Include; `pieces` are folders of files for ASL's own Include. */
  readonly includes: string[];
  readonly pieces: Set<string>;
}

function filesBelow(folder: string, found: Found): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'Include') found.includes.push(path);
      filesBelow(path, found);
    } else if (/\.(?:asl|dsl)$/i.test(entry.name)) found.sources.push(path);
    else if (/\.asi$/i.test(entry.name)) found.pieces.add(folder);
  }
}

/** Compiles a file with iasl. @returns the AML, or iasl's first error message */
function iasl(cwd: string, out: string, file: string, includes: readonly string[] = []): Uint8Array | string {
  const aml = `${out}.aml`;
  rmSync(aml, { force: true });
  const { stdout = '' } = spawnSync('iasl', ['-ve', ...inFolders(includes), '-p', out, file], {
    cwd,
    timeout: IASL_TIMEOUT,
    encoding: 'latin1',
  });
  if (existsSync(aml)) return readFileSync(aml);
  return (
    /Error\s+\d+ -[\s\S]*?(?=\n\n|$)/.exec(stdout)?.[0].replace(/\s+/g, ' ').slice(0, 160) ?? 'no output'
  );
}

function inFolders(folders: Iterable<string>): string[] {
  return [...folders].flatMap((path) => ['-I', path]);
}

/** Definitions for values that EDK II's build configures; the numbers don't matter. */
const CONFIGURED = ['8', '16', '32', '64', 'Bool', 'Ptr'].flatMap((size) =>
  ['FixedPcdGet', 'PcdGet'].map((name) => `-D${name}${size}(name)=1`),
);

/** The folder of a source and its parents, up to the one given on the command line. */
function* foldersAround(source: string, roots: readonly string[]): Generator<string> {
  for (let at = dirname(source); ; at = dirname(at)) {
    yield at;
    if (roots.includes(at) || at === dirname(at)) return;
  }
}

/** The AML of a source, compiled unchanged or after cpp; else the reason why there is none. */
function original(
  source: string,
  found: Found,
  roots: readonly string[],
  folder: string,
): Uint8Array | string {
  const out = join(folder, 'original');
  const around = [...foldersAround(source, roots)];
  const direct = iasl(dirname(source), out, source);
  if (typeof direct !== 'string') return direct;
  const { stdout, stderr, status } = spawnSync(
    'cpp',
    ['-P', '-undef', '-x', 'c', ...CONFIGURED, ...inFolders([...found.includes, ...around]), source],
    { encoding: 'latin1', maxBuffer: 1 << 26 },
  );
  if (status !== 0) return /error: .*/.exec(stderr)?.[0] ?? 'cpp fails';
  if (!stdout.includes('DefinitionBlock')) return 'a part of another source';
  // Declarations of C headers are no ASL.
  writeFileSync(join(folder, 'cpp.asl'), stdout.slice(stdout.indexOf('DefinitionBlock')), 'latin1');
  return iasl(dirname(source), out, join(folder, 'cpp.asl'), [...found.pieces, ...around]);
}

function artifactOf(bytes: Uint8Array): Artifact {
  return {
    kind: 'acpi-table',
    source: { name: 'x.aml', form: 'blob', bytes },
    path: 'x.aml',
    sha256: '',
    steps: [],
  };
}

function behindHeader(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.subarray(TABLE_HEADER_LENGTH));
}

/** Why iasl cannot compile any ASL text to these bytes, if the reason is known. */
function reasonFor(bytes: Uint8Array): string | undefined {
  const decoded = decodeTables(nameTables(readAcpiTables(artifactOf(bytes), IGNORED)), IGNORED);
  let externals = false;
  const waiting: Term[] = [...(decoded.tables[0]?.terms ?? [])];
  for (let term = waiting.pop(); term; term = waiting.pop()) {
    if (term.op.name === 'External') externals = true;
    for (const operand of term.operands) {
      if (operand instanceof Term) waiting.push(operand);
      else if (Array.isArray(operand) && operand[0] instanceof Term) waiting.push(...(operand as Term[]));
    }
  }
  return externals ? undefined : 'the table has no External opcodes, and iasl adds them';
}

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { verbose: { type: 'boolean', default: false } },
  });
  if (positionals.length === 0) {
    console.error('usage: npm run conformance -- asl-roundtrip [--verbose] DIR...');
    return 2;
  }
  const found: Found = { sources: [], includes: [], pieces: new Set() };
  const roots = positionals.map((folder) => resolve(folder));
  for (const folder of roots) filesBelow(folder, found);
  const counts = { iasl: 0, fwmap: 0, listing: 0, all: 0, out: 0, explained: 0 };
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-asl-roundtrip-'));
  try {
    for (const [index, source] of found.sources.entries()) {
      if (process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${found.sources.length}`);
      const want = original(source, found, roots, folder);
      if (typeof want === 'string') {
        counts.out += 1;
        if (values.verbose) console.log(`left out: ${source}: ${want}`);
        continue;
      }
      const tables = nameTables(readAcpiTables(artifactOf(want), IGNORED));
      // iasl compiles tables of data too.
      if (!/^(?:DSDT|[SP]SDT|OEM\d)/.test(tables[0]?.signature ?? '')) continue;
      counts.all += 1;
      const decoded = decodeTables(tables, IGNORED);
      const text = printTable(decoded, tables[0]!).text;
      writeFileSync(join(folder, 'ours.dsl'), text, 'latin1');
      const theirs = iasl(folder, join(folder, 'ours'), 'ours.dsl');
      if (typeof theirs !== 'string' && behindHeader(theirs).equals(behindHeader(want))) counts.iasl += 1;
      else {
        const why = reasonFor(want);
        if (why !== undefined) counts.explained += 1;
        const what = typeof theirs === 'string' ? theirs : 'other bytes';
        console.log(`iasl: ${source}: ${what}${why === undefined ? '' : ` (${why})`}`);
      }
      const faults = new DiagnosticList();
      const [compiled] = compileAsl(
        { name: 'ours.dsl', form: 'text', bytes: Buffer.from(text, 'latin1') },
        faults,
      );
      if (compiled && behindHeader(compiled.bytes).equals(behindHeader(want))) counts.fwmap += 1;
      else {
        const [fault] = faults.all.filter(({ severity }) => severity === 'error');
        console.log(`fwmap: ${source}: ${fault === undefined ? 'other bytes' : formatDiagnostic(fault)}`);
      }
      if (listingGives(want, folder)) counts.listing += 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const share = (count: number): string =>
    `${count} of ${counts.all} (${((100 * count) / counts.all).toFixed(1)} %)`;
  console.log(`iasl      ${share(counts.iasl)}, ${counts.explained} of the others explained`);
  console.log(`fwmap     ${share(counts.fwmap)}`);
  console.log(`listing   ${share(counts.listing)} from iasl's own text`);
  console.log(`left out  ${counts.out} sources that iasl does not compile by themselves`);
  const failed = counts.all - counts.iasl - counts.explained;
  console.log(`${counts.iasl} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Whether iasl's own listing of a table compiles to the same bytes. */
function listingGives(want: Uint8Array, folder: string): boolean {
  const table = join(folder, 'listing.aml');
  writeFileSync(table, want);
  rmSync(join(folder, 'listing.dsl'), { force: true });
  try {
    execFileSync('iasl', ['-d', 'listing.aml'], { cwd: folder, stdio: 'ignore', timeout: IASL_TIMEOUT });
  } catch {
    // Its exit status is not 0 for warnings too: only the file that it makes counts.
  }
  if (!existsSync(join(folder, 'listing.dsl'))) return false;
  copyFileSync(join(folder, 'listing.dsl'), join(folder, 'again.dsl'));
  const again = iasl(folder, join(folder, 'again'), 'again.dsl');
  return typeof again !== 'string' && behindHeader(again).equals(behindHeader(want));
}
