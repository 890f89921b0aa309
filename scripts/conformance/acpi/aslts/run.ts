/** Runs one compiled case. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeTables } from '../../../../src/acpi/aml/tables.ts';
import { Boot } from '../../../../src/acpi/interpreter/boot.ts';
import type { Interpreter } from '../../../../src/acpi/interpreter/interpreter.ts';
import type { Evaluation } from '../../../../src/acpi/interpreter/state/machine.ts';
import type { NamespaceNode } from '../../../../src/acpi/interpreter/state/objects.ts';
import { acpiexecProfile, type Profile } from '../../../../src/acpi/interpreter/state/profile.ts';
import { Threads } from '../../../../src/acpi/interpreter/threads.ts';
import { lookUp } from '../../../../src/acpi/interpreter/values/names.ts';
import { loadOrder, nameTables, tableAt } from '../../../../src/acpi/tables/read.ts';
import type { AcpiTable } from '../../../../src/acpi/tables/table.ts';
import { parseName } from '../../../../src/acpi/terms/name.ts';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';

/** The suite's timeout of loops is a minute (`acpiexec -to 60`); the emulated timer advances by 100 us at each read. */
const LOOP_TIMEOUT = 600_000;
/** Arrays of acpiexec's source with the tables that `-el` adds for the suite, in its order. */
const ADDED = ['Ssdt1Code', 'Ssdt2Code', 'Oem1Code', 'OemxCode', 'EcdtCode', 'Uefi1Code', 'Uefi2Code'];

const HEADER_LENGTH = 36;
/** acpiexec's tables without code: the FADT, and two that consist of a header only. */
const PLAIN_TABLES = [
  { signature: 'FACP', length: 276, revision: 5 },
  { signature: 'TEST', length: HEADER_LENGTH, revision: 1 },
  { signature: 'BAD!', length: HEADER_LENGTH, revision: 1 },
];
/** The DSDT that acpiexec adds if none is given: no code, 64-bit integers. */
const LOCAL_DSDT = { signature: 'DSDT', length: HEADER_LENGTH, revision: 2 };

function plainTable({ signature, length, revision }: typeof LOCAL_DSDT): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.write(signature, 0, 'latin1');
  bytes.writeUInt32LE(length, 4);
  bytes.writeUInt8(revision, 8);
  bytes.writeUInt8(-bytes.reduce((sum, byte) => sum + byte, 0) & 0xff, 9);
  return bytes;
}

/** The tables of a compiled case: one file may hold several. */
function tablesOf(name: string, aml: Uint8Array, sink: DiagnosticList): AcpiTable[] {
  const tables: AcpiTable[] = [];
  const source = { name, form: 'blob', bytes: aml } as const;
  for (let at = 0; at < aml.length; ) {
    const table = tableAt(source, at, sink);
    if (table === undefined) break;
    tables.push(table);
    at += table.length;
  }
  return tables;
}

/** Reads the tables of {@link ADDED} from the checkout. */
export function suiteTables(checkout: string): Uint8Array[] {
  const source = readFileSync(join(checkout, 'source/tools/acpiexec/aetables.h'), 'latin1');
  return ADDED.map((name) => {
    const body = new RegExp(`${name}\\[\\]\\s*=[^{]*\\{([^}]*)\\}`).exec(source)?.[1];
    if (body === undefined) throw new Error(`aetables.h has no ${name}`);
    const bytes = body.replaceAll(/\/\*.*?\*\//gs, '').match(/0x[0-9a-fA-F]{2}/g) ?? [];
    return Uint8Array.from(bytes, Number);
  });
}

export interface CaseRun {
  /** Texts stored to Debug. */
  readonly debug: readonly string[];
  /** Why the method was aborted. */
  readonly fault: string | undefined;
}

/** Loads the case as a machine's DSDT with the suite's other tables, regions filled with zeros, and runs the method. */
export function runCase(
  name: string,
  aml: Uint8Array,
  added: readonly Uint8Array[],
  method: string,
): CaseRun {
  const boot = bootOf(name, aml, added, { ...acpiexecProfile, loopTimeout: LOOP_TIMEOUT });
  const { machine } = boot;
  const node = lookUp(machine, parseName(`\\${method}`)!, machine.root);
  if (node === undefined) return { debug: machine.trace.lines, fault: `there is no ${method}` };
  const { fault } = runsInThreads(name) ? callInThreads(machine, node) : boot.call(node, []);
  return { debug: machine.trace.lines, fault: fault && `${fault.code}: ${fault.message}` };
}

/** A machine of the tables in a file and those that acpiexec adds, with regions filled with zeros. */
export function bootOf(name: string, aml: Uint8Array, added: readonly Uint8Array[], profile: Profile): Boot {
  const sink = new DiagnosticList();
  const own = tablesOf(name, aml, sink);
  const others = [
    ...(own.some(({ signature }) => signature === 'DSDT') ? [] : [LOCAL_DSDT]),
    ...PLAIN_TABLES,
  ].map(plainTable);
  const tables: readonly AcpiTable[] = nameTables([
    ...own,
    ...[...added, ...others].flatMap((bytes) => tableAt({ name, form: 'blob', bytes }, 0, sink) ?? []),
  ]);
  const order = loadOrder(tables);
  const boot = new Boot(
    tables,
    decodeTables(order, sink),
    {
      narrow: (order[0]?.revision ?? 0) < 2,
      fill: 0,
      memory: [],
      set: new Map(),
      complete: true,
      profile,
    },
    sink,
  );
  boot.run();
  return boot;
}

/** Cases with this prefix are run by `threads 6 1 METHOD` of acpiexec's debugger (asltsrun). */
const THREADED = 'mt_';
const THREADS = 6;
/** Id of the first thread; the others follow. The value is arbitrary. */
const FIRST_THREAD = 0x1000;

function runsInThreads(name: string): boolean {
  return name.startsWith(THREADED);
}

/** Calls the method in every thread, with the number of threads, the thread's id and its index as arguments. */
function callInThreads(machine: Interpreter, node: NamespaceNode): Pick<Evaluation, 'fault'> {
  const done = new Threads(machine).run(
    Array.from(
      { length: THREADS },
      (_, i) => () => machine.enterObject(node, [BigInt(THREADS), BigInt(FIRST_THREAD + i), BigInt(i)]),
    ),
  );
  return { fault: done.find(({ fault }) => fault !== undefined)?.fault };
}

/** The lines with verdicts that an acpiexec prints for a case, run with the options of the suite's scripts. */
export function acpiexecVerdicts(acpiexec: string, name: string, aml: Uint8Array, method: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-aslts-'));
  try {
    const file = join(folder, `${name}.aml`);
    writeFileSync(file, aml);
    const command = runsInThreads(name) ? `-bthr,${THREADS},1,${method}` : `-bex,${method}`;
    const { stdout } = spawnSync(acpiexec, ['-ef', '-el', '-to', '60', command, file], {
      encoding: 'latin1',
      maxBuffer: 1 << 28,
    });
    return stdout.match(/:STST:[^"\n]*/g) ?? [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
