/**
 * `npm run conformance -- asl [DUMP...]`: the ASL front end, compiler and printer against iasl, table by table, on
 * acpidump texts (default: those of ../shared/corpus/acpi). For every table:
 *
 * - `parse`: the listing of `iasl -d`, with the machine's other tables given by -e, is parsed without errors
 * - `compile`: the listing compiles to the same bytes as with iasl, except the header's compiler fields
 * - `print`: fwmap's listing compiles, with fwmap and with iasl, to the same bytes
 *
 * For every machine, `evaluate`: each `_CRS` has the same value from iasl's listings as from the AML; `own`: likewise
 * from fwmap's listings.
 *
 * Tables that iasl cannot process (it crashes, or its listing isn't ASL) are counted as left out, with the reason.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeTables } from '../../../src/acpi/aml/tables.ts';
import { compileAsl, tableOf } from '../../../src/acpi/asl/compile/compile.ts';
import { printTable } from '../../../src/acpi/asl/print/print.ts';
import type { CrsEntry } from '../../../src/acpi/crs/crs.ts';
import { evaluateAllCrs, loadMachine } from '../../../src/acpi/machine.ts';
import { decodeTemplate } from '../../../src/acpi/resources/decode.ts';
import { templateHex } from '../../../src/acpi/resources/json.ts';
import { loadOrder, nameTables, readAcpiTables } from '../../../src/acpi/tables/read.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../../../src/acpi/tables/table.ts';
import { openInput } from '../../../src/artifact/open.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';

const DEFAULT_CORPUS = new URL('../../../../shared/corpus/acpi/', import.meta.url).pathname;
/** iasl hangs on some tables. */
const IASL_TIMEOUT = 60_000;

class Tally {
  readonly #passed = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #leftOut = new Map<string, number>();

  pass(check: string): void {
    this.#passed.set(check, (this.#passed.get(check) ?? 0) + 1);
  }

  fail(check: string, what: string): void {
    this.#failed.set(check, (this.#failed.get(check) ?? 0) + 1);
    console.log(`${check}: ${what}`);
  }

  leaveOut(why: string): void {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1);
  }

  /** Prints the table. @returns the number of failures */
  summary(): number {
    const checks = [...new Set([...this.#passed.keys(), ...this.#failed.keys()])];
    for (const check of checks) {
      const passed = this.#passed.get(check) ?? 0;
      const all = passed + (this.#failed.get(check) ?? 0);
      console.log(`${check.padEnd(10)} ${passed} of ${all} (${((100 * passed) / all).toFixed(1)} %)`);
    }
    for (const [why, count] of this.#leftOut) console.log(`left out   ${count}: ${why}`);
    const total = (counts: Map<string, number>): number =>
      [...counts.values()].reduce((sum, n) => sum + n, 0);
    console.log(`${total(this.#passed)} passed, ${total(this.#failed)} failed`);
    return total(this.#failed);
  }
}

function iasl(folder: string, args: readonly string[]): void {
  try {
    execFileSync('iasl', args, { cwd: folder, stdio: 'ignore', timeout: IASL_TIMEOUT });
  } catch {
    // Its exit status is not 0 for warnings too: only the file that it makes counts.
  }
}

/** Compiles a text with iasl; undefined if iasl rejects it. */
function iaslCompile(folder: string, name: string): Uint8Array | undefined {
  const aml = join(folder, `${name}.aml`);
  rmSync(aml, { force: true });
  iasl(folder, ['-ve', '-p', name, `${name}.dsl`]);
  // Firmware often violates iasl's rules; its listing is compiled nevertheless (-f).
  if (!existsSync(aml)) iasl(folder, ['-ve', '-f', '-p', name, `${name}.dsl`]);
  return existsSync(aml) ? readFileSync(aml) : undefined;
}

function sameAml(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a.subarray(TABLE_HEADER_LENGTH)).equals(b.subarray(TABLE_HEADER_LENGTH));
}

function compiled(folder: string, name: string): { bytes: Uint8Array; table: AcpiTable } | string {
  const faults = new DiagnosticList();
  const source = {
    name: `${name}.dsl`,
    form: 'text',
    bytes: readFileSync(join(folder, `${name}.dsl`)),
  } as const;
  const [result] = compileAsl(source, faults);
  const [first] = faults.all.filter((diagnostic) => diagnostic.severity === 'error');
  if (first !== undefined) return formatDiagnostic(first);
  return result === undefined ? 'nothing came out' : { bytes: result.bytes, table: tableOf(result) };
}

/** Status and bytes of each `_CRS`, by device. */
function crsLines(tables: readonly AcpiTable[]): Map<string, string> {
  // With known fields a machine takes a second only, and the same terms are evaluated.
  const machine = loadMachine(tables, { assume: 'zero' }, new DiagnosticList());
  return new Map(
    evaluateAllCrs(machine).map((entry: CrsEntry) => [
      entry.device,
      `${entry.status} ${entry.bytes ? templateHex(entry.bytes) : ''}`,
    ]),
  );
}

/** Whether two templates differ only in bits that resource macros cannot express. */
function lostInListing(want: string, got: string | undefined): boolean {
  if (got?.length !== want.length) return false;
  const meaning = (line: string): string => {
    const bytes = Buffer.from(line.split(' ')[1] ?? '', 'hex');
    return JSON.stringify(
      decodeTemplate([...bytes]).resources.map(({ type, fields }) => [
        type,
        Object.entries(fields)
          .filter(([name]) => !/revision|reserved/i.test(name))
          .map(([name, value]) => `${name}=${value}`),
      ]),
    );
  };
  return meaning(want) === meaning(got);
}

async function machine(dump: string, tally: Tally): Promise<void> {
  const sink = new DiagnosticList();
  const artifacts = await openInput(
    dump,
    { as: undefined, cwd: '.', readStdin: async () => new Uint8Array() },
    sink,
  );
  const tables = loadOrder(nameTables(artifacts.flatMap((artifact) => readAcpiTables(artifact, sink))));
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-asl-'));
  try {
    for (const table of tables) writeFileSync(join(folder, `${table.name}.dat`), table.bytes);
    const others = (table: AcpiTable): string[] =>
      tables.filter((each) => each !== table).map((each) => `${each.name}.dat`);
    const decoded = decodeTables(tables, sink);
    const listed: AcpiTable[] = [];
    const own: AcpiTable[] = [];
    for (const table of tables) {
      const label = `${dump} ${table.name}`;
      const named = others(table);
      iasl(folder, [...(named.length > 0 ? ['-e', ...named] : []), '-d', `${table.name}.dat`]);
      if (!existsSync(join(folder, `${table.name}.dsl`))) iasl(folder, ['-d', `${table.name}.dat`]);
      listed.push(checkListing(folder, table, label, tally) ?? table);
      writeFileSync(join(folder, `own-${table.name}.dsl`), printTable(decoded, table).text, 'latin1');
      own.push(checkPrinted(folder, table, label, tally) ?? table);
    }
    const want = crsLines(tables);
    const fromListing = crsLines(listed);
    const fromOwn = crsLines(own);
    for (const [device, line] of want) {
      if (fromOwn.get(device) === line) tally.pass('own');
      else tally.fail('own', `${dump}: ${device} ${line}\n    from our text: ${fromOwn.get(device)}`);
      const other = fromListing.get(device);
      if (other === line) tally.pass('evaluate');
      else if (lostInListing(line, other))
        tally.leaveOut("bits that iasl's macros don't say: revisions, reserved bits");
      else tally.fail('evaluate', `${dump}: ${device} ${line}\n    from the listing: ${other}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Parses and compiles iasl's listing. @returns the table made from it */
function checkListing(folder: string, table: AcpiTable, label: string, tally: Tally): AcpiTable | undefined {
  const { name } = table;
  const listing = join(folder, `${name}.dsl`);
  if (!existsSync(listing) || !/\n\}\s*$/.test(readFileSync(listing, 'latin1'))) {
    tally.leaveOut('iasl makes no whole listing');
    return undefined;
  }
  const want = iaslCompile(folder, name);
  const ours = compiled(folder, name);
  if (typeof ours === 'string') {
    if (want === undefined) tally.leaveOut("iasl's listing isn't ASL, and it says so itself");
    else tally.fail('parse', `${label}: ${ours}`);
    return undefined;
  }
  tally.pass('parse');
  if (want === undefined) tally.leaveOut("iasl doesn't compile its own listing");
  else if (sameAml(want, ours.bytes)) tally.pass('compile');
  // iasl disassembles a number without a name as "", which it then compiles to 0.
  else if (/PLD_\w+\s*=\s*""/.test(readFileSync(listing, 'latin1')))
    tally.leaveOut('iasl loses a ToPLD value');
  else tally.fail('compile', `${label}: other bytes`);
  return { ...ours.table, name };
}

/** Checks fwmap's listing of the table. @returns the table made from it */
function checkPrinted(folder: string, table: AcpiTable, label: string, tally: Tally): AcpiTable | undefined {
  const name = `own-${table.name}`;
  const ours = compiled(folder, name);
  if (typeof ours === 'string') {
    tally.fail('print', `${label}: ${ours}`);
    return undefined;
  }
  const theirs = iaslCompile(folder, name);
  if (theirs === undefined) tally.leaveOut("the table holds what ASL can't say: iasl takes no text of it");
  else if (sameAml(theirs, ours.bytes)) tally.pass('print');
  else tally.fail('print', `${label}: iasl compiles our text to other bytes`);
  return { ...ours.table, name: table.name };
}

export async function run(args: string[]): Promise<number> {
  let dumps = args;
  if (dumps.length === 0) {
    if (!existsSync(DEFAULT_CORPUS)) {
      console.error(`no ${DEFAULT_CORPUS}: name acpidump texts`);
      return 2;
    }
    const names = readdirSync(DEFAULT_CORPUS).filter((name) => name.endsWith('.txt.gz'));
    dumps = names.map((name) => join(DEFAULT_CORPUS, name));
  }
  const tally = new Tally();
  for (const [index, dump] of dumps.entries()) {
    process.stderr.write(`${index + 1} of ${dumps.length}: ${dump}\n`);
    await machine(dump, tally);
  }
  return tally.summary() === 0 ? 0 : 1;
}
