/** What the ACPI fuzzer starts from: tables made here, and tables of real machines. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileAsl } from '../../src/acpi/asl/compile/compile.ts';
import { nameTables, readAcpiTables } from '../../src/acpi/tables/read.ts';
import { holdsAml } from '../../src/acpi/tables/table.ts';
import { openInput } from '../../src/artifact/open.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { PROGRAMS } from '../../test/acpi/interpreter/programs.ts';
import { randomProgram } from '../../test/acpi/interpreter/random-programs.ts';
import { inCheckout } from './root.ts';

/** The tables of one machine, those with AML first: the DSDT, then the others in their order. */
export type MachineTables = readonly Uint8Array[];

export interface Starts {
  /** Tables with AML of any size. */
  readonly tables: readonly Uint8Array[];
  readonly machines: readonly MachineTables[];
}

const RANDOM_PROGRAMS = 20;
const SAMPLES = ['gen1-dsdt.asl', 'gen2-dsdt.asl'];
/** Machines beside the checkout: acpidump texts, and a folder of tables. */
const CORPUS = inCheckout('..', 'shared', 'corpus', 'acpi');
const FOLDERS = [inCheckout('..', 'shared', 'corpus', 'hyperv-gen2')];

/** Tables of the programs that the interpreter is tested with, and of the samples. */
function madeTables(): Uint8Array[] {
  const bodies = [
    ...Object.values(PROGRAMS),
    ...Array.from({ length: RANDOM_PROGRAMS }, (_, i) => randomProgram(i + 1).body),
  ].map((body) => `DefinitionBlock ("", "DSDT", 2, "FWMAP", "FUZZ", 1)\n{\n${body}\n}\n`);
  const samples = SAMPLES.map((name) => readFileSync(inCheckout('samples', name), 'latin1'));
  return [...bodies, ...samples].flatMap((text) => {
    const bytes = Buffer.from(text, 'latin1');
    return compileAsl({ name: 'fuzz', form: 'text', bytes }, new DiagnosticList()).map(
      (compiled) => compiled.bytes,
    );
  });
}

async function machineAt(path: string): Promise<MachineTables> {
  const sink = new DiagnosticList();
  const tables = nameTables(
    (await openInput(path, {}, sink)).flatMap((artifact) => readAcpiTables(artifact, sink)),
  );
  const ordered = [...tables.filter(holdsAml), ...tables.filter((table) => !holdsAml(table))];
  return ordered.map(({ bytes }) => Uint8Array.from(bytes));
}

let small: readonly Uint8Array[] | undefined;

/** Tables that take about a millisecond to load. */
export function smallTables(): readonly Uint8Array[] {
  small ??= madeTables();
  return small;
}

/** @param files tables, dumps and folders, a machine each; without any, the corpus beside the checkout if it is there */
export async function readMachines(files: readonly string[]): Promise<Starts> {
  const paths =
    files.length > 0
      ? files
      : [
          ...(existsSync(CORPUS)
            ? readdirSync(CORPUS)
                .filter((name) => name.endsWith('.txt.gz'))
                .sort()
                .map((name) => join(CORPUS, name))
            : []),
          ...FOLDERS.filter((folder) => existsSync(folder)),
        ];
  const machines: MachineTables[] = [];
  for (const path of paths) {
    const machine = await machineAt(path);
    if (machine.length > 0) machines.push(machine);
  }
  const made = smallTables();
  const real = machines.flat().filter((bytes) => /^(DSDT|[SP]SDT)$/.test(signatureOf(bytes)));
  return {
    tables: real.length > 0 ? real : made,
    machines: machines.length > 0 ? machines : made.map((table) => [table]),
  };
}

function signatureOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4));
}
