/**
 * `npm run fuzz:acpi -- [OPTION...] [FILE...]`: mutated ACPI tables, small ones and whole machines, loaded and evaluated
 * with simulated and with unknown regions, printed as ASL, turned into windows and asked for a verdict. Options and what
 * counts as a failure: fuzz/harness.ts. FILEs are machines to start from, dumps or folders of tables, in place of the
 * corpus beside the checkout.
 */
import type { AcpiMachine } from '../src/acpi/acpi-machine.ts';
import { decodeTables } from '../src/acpi/aml/tables.ts';
import { compileAsl } from '../src/acpi/asl/compile/compile.ts';
import { printTable } from '../src/acpi/asl/print/print.ts';
import {
  BufferObject,
  MethodObject,
  type NamespaceNode,
  PackageObject,
  StringObject,
} from '../src/acpi/interpreter/state/objects.ts';
import { evaluate, evaluateAllCrs, formatResult, loadMachine } from '../src/acpi/machine.ts';
import { nameTables, tableAt } from '../src/acpi/tables/read.ts';
import { type AcpiTable, holdsAml } from '../src/acpi/tables/table.ts';
import { parseName } from '../src/acpi/terms/name.ts';
import type { Artifact } from '../src/artifact/artifact.ts';
import { openBytes } from '../src/artifact/open-bytes.ts';
import { DiagnosticList } from '../src/bytes/diagnostic.ts';
import { renderText } from '../src/report/formats/text.ts';
import { windowsDocument } from '../src/report/subjects/windows.ts';
import { answerSysfb } from '../src/verdict/answer.ts';
import { describe } from '../src/window/describe.ts';
import { pick, seededRandom } from '../test/grammar/ebnf.ts';
import { readStarts, type Starts } from './fuzz/acpi-starts.ts';
import { fuzz, type Step } from './fuzz/harness.ts';
import { mutatedTable } from './fuzz/table-mutations.ts';

const MOST_MILLISECONDS = 2000;
const MOST_BYTES = 512 * 1024 * 1024;

/** Shares of cases: a table as it is on some machine, and a whole machine; the rest starts from small tables. */
const WHOLE_TABLES = 0.001;
const WHOLE_MACHINES = 0.0001;
/** Shares of cases that go through the steps besides loading and evaluating. */
const PRINTED = 0.08;
const COMPILED = 0.1;
const WINDOWS = 0.03;
const SYSFB = 0.015;
/** Methods that are called besides `_CRS`, with whatever arguments. */
const CALLS = 1;
const ASSUMPTIONS = [{}, {}, { assume: 'zero' }, { assume: 'ones' }] as const;

interface Case {
  readonly tables: readonly Uint8Array[];
  /** What else is drawn while the case runs. */
  readonly seed: number;
}

function makeCase(starts: Starts, random: () => number): Case {
  const seed = Math.floor(random() * 2 ** 32);
  const kind = random();
  if (kind < WHOLE_MACHINES) {
    const machine = pick(random, starts.machines);
    const changed = new Set(Array.from({ length: 3 }, () => Math.floor(random() * machine.length)));
    return {
      tables: machine.map((table, i) =>
        changed.has(i) ? mutatedTable(table, starts.tables, random) : table,
      ),
      seed,
    };
  }
  if (kind < WHOLE_MACHINES + WHOLE_TABLES)
    return { tables: [mutatedTable(pick(random, starts.tables), starts.tables, random)], seed };
  const count = random() < 0.3 ? 2 : 1;
  return {
    tables: Array.from({ length: count }, () =>
      mutatedTable(pickShort(starts.small, random), starts.small, random),
    ),
    seed,
  };
}

/** One of the tables, rather a short one: most of what can go wrong does in a few hundred bytes. */
function pickShort(tables: readonly Uint8Array[], random: () => number): Uint8Array {
  const [a, b] = [pick(random, tables), pick(random, tables)];
  return a.length < b.length ? a : b;
}

/** Every step is what one command does with the tables. */
async function runCase({ tables: inputs, seed }: Case, step: Step): Promise<void> {
  const random = seededRandom(seed);
  const sink = new DiagnosticList();
  const read = inputs.flatMap((bytes) => tableAt({ name: 'fuzz', form: 'blob', bytes }, 0, sink) ?? []);
  const tables = nameTables(read);
  const assumed = pick(random, ASSUMPTIONS);
  await step(`resources ${'assume' in assumed ? assumed.assume : ''}`, () => {
    const machine = loadMachine(tables, assumed, sink);
    evaluateAllCrs(machine);
    callSome(machine, random);
  });
  if (random() < PRINTED) await step('asl', () => printAll(tables, random() < COMPILED, sink));
  const bytes = Buffer.concat(inputs);
  if (random() < WINDOWS)
    await step('windows', async () => {
      const artifacts = await artifactsOf(bytes, sink);
      const { windows } = await describe(artifacts, {}, sink);
      const report = { inputs: artifacts, windows, diagnostics: sink.all };
      renderText(windowsDocument(report, { all: true, withInputs: false }), { color: false, width: 100 });
    });
  if (random() < SYSFB)
    await step('sysfb', async () =>
      answerSysfb(await artifactsOf(bytes, sink), { describe: {}, kernel: {}, judgedOnly: true }, sink),
    );
}

/** A file that begins with no signature of a table is read as one all the same: mutations may have changed it. */
async function artifactsOf(bytes: Uint8Array, sink: DiagnosticList): Promise<Artifact[]> {
  return openBytes('fuzz', bytes, { as: 'acpi-table' }, sink);
}

function callSome(machine: AcpiMachine, random: () => number): void {
  const { interpreter } = machine;
  const methods: NamespaceNode[] = [];
  const pending: NamespaceNode[] = [interpreter.root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.object instanceof MethodObject) methods.push(node);
    pending.push(...node.children.values());
  }
  for (let call = 0; call < CALLS && methods.length > 0; call += 1) {
    const node = pick(random, methods);
    const count = node.object instanceof MethodObject ? node.object.argumentCount : 0;
    const args = Array.from({ length: count }, () =>
      pick(random, [
        0n,
        1n,
        0xffff_ffffn,
        new StringObject('Windows 2020'),
        new BufferObject(Uint8Array.from({ length: 16 }, (_, i) => i)),
        new PackageObject([1n, new StringObject('x'), undefined]),
      ]),
    );
    const name = parseName(node.path);
    if (name !== undefined) formatResult(evaluate(machine, name, args).value);
  }
}

function printAll(tables: readonly AcpiTable[], compiles: boolean, sink: DiagnosticList): void {
  const code = tables.filter(holdsAml);
  const decoded = decodeTables(code, sink);
  for (const table of code) {
    const { text } = printTable(decoded, table);
    if (compiles) compileAsl({ name: 'fuzz', form: 'text', bytes: Buffer.from(text, 'latin1') }, sink);
  }
}

await fuzz<Case>({
  name: 'fuzz-acpi',
  script: import.meta.url,
  mostMilliseconds: MOST_MILLISECONDS,
  mostBytes: MOST_BYTES,
  async prepare(files) {
    const starts = await readStarts(files);
    return {
      make: (random) => makeCase(starts, random),
      run: runCase,
      bytes: ({ tables }) => Buffer.concat(tables),
    };
  },
});
