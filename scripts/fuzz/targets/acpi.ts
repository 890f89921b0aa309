/** ACPI: tables, dumps of them, AML, ASL, resource templates and their printed forms. */
import type { AcpiMachine } from '../../../src/acpi/acpi-machine.ts';
import { decodeTables } from '../../../src/acpi/aml/tables.ts';
import { compileAsl } from '../../../src/acpi/asl/compile/compile.ts';
import { printTable } from '../../../src/acpi/asl/print/print.ts';
import { readAsl } from '../../../src/acpi/asl/read.ts';
import {
  BufferObject,
  MethodObject,
  type NamespaceNode,
  PackageObject,
  StringObject,
} from '../../../src/acpi/interpreter/state/objects.ts';
import { readCrsHex } from '../../../src/acpi/listings/crs-hex.ts';
import { readCrsText } from '../../../src/acpi/listings/crs-text.ts';
import { evaluate, evaluateAllCrs, formatResult, loadMachine } from '../../../src/acpi/machine.ts';
import { decodeTemplate } from '../../../src/acpi/resources/decode.ts';
import { type ResourceDescriptor, templateOf } from '../../../src/acpi/resources/descriptor.ts';
import { encodeTemplate } from '../../../src/acpi/resources/encode.ts';
import { descriptorJson, templateHex } from '../../../src/acpi/resources/json.ts';
import { nameTables, readAcpiTables, tableAt } from '../../../src/acpi/tables/read.ts';
import {
  readBgrt,
  readFadt,
  readMadt,
  readMcfg,
  readRsdp,
  readSrat,
} from '../../../src/acpi/tables/records.ts';
import { type AcpiTable, holdsAml } from '../../../src/acpi/tables/table.ts';
import { parseName } from '../../../src/acpi/terms/name.ts';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { openBytes } from '../../../src/artifact/open-bytes.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { renderText } from '../../../src/report/formats/text.ts';
import { windowsDocument } from '../../../src/report/subjects/windows.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import { describe } from '../../../src/window/describe.ts';
import { artifact, dumpText, littleEndian, table } from '../../../test/acpi/tables/made-tables.ts';
import { pick, seededRandom } from '../../../test/grammar/ebnf.ts';
import { arithmetic, template } from '../acpi-model.ts';
import { readMachines, smallTables } from '../acpi-starts.ts';
import { Draw, hex, latin1 } from '../draw.ts';
import { anyChange, textChange } from '../mutations.ts';
import { mutatedTable } from '../table-mutations.ts';
import { type Case, type Reader, readerTarget, type Target, type Watch } from '../target.ts';

const MOST_MILLISECONDS = 2000;
/** Shares of cases that go through the steps besides loading and evaluating. */
const PRINTED = 0.08;
const COMPILED = 0.1;
const WINDOWS = 0.03;
const SYSFB = 0.015;
const ASSUMPTIONS = [{}, {}, { assume: 'zero' }, { assume: 'ones' }] as const;

/** The tables that stand one after the other. */
function tablesIn(bytes: Uint8Array): AcpiTable[] {
  const sink = new DiagnosticList();
  const tables: AcpiTable[] = [];
  for (let at = 0; at < bytes.length; ) {
    const table = tableAt({ name: 'fuzz', form: 'blob', bytes }, at, sink);
    if (!table || table.bytes.length === 0) break;
    tables.push(table);
    at += table.bytes.length;
  }
  return nameTables(tables);
}

/** Every step is what one command does with the tables. */
async function useTables(bytes: Uint8Array, random: () => number, watch: Watch): Promise<void> {
  const sink = new DiagnosticList();
  const tables = tablesIn(bytes);
  const assumed = pick(random, ASSUMPTIONS);
  await watch.step(`resources ${'assume' in assumed ? assumed.assume : ''}`, () => {
    const machine = loadMachine(tables, assumed, sink);
    evaluateAllCrs(machine);
    callOne(machine, random);
  });
  if (random() < PRINTED) await watch.step('asl', () => printAll(tables, random() < COMPILED, sink));
  if (random() < WINDOWS)
    await watch.step('windows', async () => {
      const artifacts = await artifactsOf(bytes, sink);
      const { windows } = await describe(artifacts, {}, sink);
      const report = { inputs: artifacts, windows, diagnostics: sink.all };
      renderText(windowsDocument(report, { all: true, withInputs: false }), { color: false, width: 100 });
    });
  if (random() < SYSFB)
    await watch.step('sysfb', async () =>
      answerSysfb(await artifactsOf(bytes, sink), { describe: {}, kernel: {}, judgedOnly: true }, sink),
    );
}

/** A file that begins with no signature of a table is read as one all the same: mutations may have changed it. */
function artifactsOf(bytes: Uint8Array, sink: DiagnosticList): Promise<Artifact[]> {
  return openBytes('fuzz', bytes, { as: 'acpi-table' }, sink);
}

/** Calls one of the methods, with whatever arguments. */
function callOne(machine: AcpiMachine, random: () => number): void {
  const methods: NamespaceNode[] = [];
  const pending: NamespaceNode[] = [machine.interpreter.root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.object instanceof MethodObject) methods.push(node);
    pending.push(...node.children.values());
  }
  if (methods.length === 0) return;
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

function printAll(tables: readonly AcpiTable[], compiles: boolean, sink: DiagnosticList): void {
  const code = tables.filter(holdsAml);
  const decoded = decodeTables(code, sink);
  for (const each of code) {
    const { text } = printTable(decoded, each);
    if (compiles) compileAsl({ name: 'fuzz', form: 'text', bytes: latin1(text) }, sink);
  }
}

/** Values of \M00, \M01, … as far as there are such. */
function valuesOf(tables: readonly AcpiTable[]): unknown[] {
  const machine = loadMachine(tables, { assume: 'zero' }, new DiagnosticList());
  const values: unknown[] = [];
  for (let at = 0; at < 256; at += 1) {
    const { path, value, fault } = evaluate(machine, parseName(`\\M${hex(at, 2).toUpperCase()}`)!);
    if (path === undefined) break;
    values.push(fault ? fault.code : typeof value === 'bigint' ? value : formatResult(value));
  }
  return values;
}

/** One of the tables, rather a short one: most of what can go wrong does in a few hundred bytes. */
function pickShort(tables: readonly Uint8Array[], random: () => number): Uint8Array {
  const [a, b] = [pick(random, tables), pick(random, tables)];
  return a.length < b.length ? a : b;
}

const aml: Reader = {
  name: 'aml',
  group: 'acpi',
  milliseconds: MOST_MILLISECONDS,
  weight: 6,
  known: (random) => {
    const { text, values } = arithmetic(new Draw(random));
    const [compiled] = compileAsl({ name: 'fuzz', form: 'text', bytes: latin1(text) }, new DiagnosticList());
    return { bytes: compiled!.bytes, value: values };
  },
  read: (bytes) => valuesOf(tablesIn(bytes)),
  change: (bytes, random) => {
    const first = mutatedTable(bytes, smallTables(), random);
    if (random() < 0.7) return first;
    return Buffer.concat([first, mutatedTable(pickShort(smallTables(), random), smallTables(), random)]);
  },
  starts: smallTables,
  more: useTables,
};

/** Whole machines from real firmware: they take their time. */
const WHOLE_MACHINES = 0.1;

const machine: Target = {
  name: 'acpi-machine',
  group: 'acpi',
  milliseconds: MOST_MILLISECONDS,
  async prepare(files) {
    const starts = await readMachines(files);
    const caseOf = (bytes: Uint8Array, seed: number): Case => ({
      bytes,
      async run(watch) {
        const random = seededRandom(seed);
        await useTables(bytes, random, watch);
        if (random() > 0.1) return;
        // A machine that is loaded twice is the same machine.
        const said = await watch.step('resources, again', () => [crsOf(bytes), crsOf(bytes)]);
        watch.same('the same machine', said[0], said[1]);
      },
    });
    return {
      make(random) {
        const seed = Math.floor(random() * 2 ** 32);
        if (random() > WHOLE_MACHINES)
          return caseOf(mutatedTable(pick(random, starts.tables), starts.tables, random), seed);
        const tables = pick(random, starts.machines);
        const changed = new Set(Array.from({ length: 3 }, () => Math.floor(random() * tables.length)));
        const bytes = tables.map((each, at) =>
          changed.has(at) ? mutatedTable(each, starts.tables, random) : each,
        );
        return caseOf(Buffer.concat(bytes), seed);
      },
      of: (bytes) => caseOf(bytes, 1),
    };
  },
};

function crsOf(bytes: Uint8Array): string[] {
  const entries = evaluateAllCrs(loadMachine(tablesIn(bytes), {}, new DiagnosticList()));
  return entries.map(
    (entry) => `${entry.device} ${entry.status} ${entry.bytes ? templateHex(entry.bytes) : ''}`,
  );
}

const ASL_TOKENS = [
  'If (One) {',
  '}',
  '(',
  ')',
  ',',
  '"',
  '/*',
  '//',
  'Package () { ',
  'Buffer (0xFFFFFFFF) { }',
  'While (One) { }',
  'Include ("x.asl")',
  '#include "x.asl"\n',
  '#define A A A\nA',
  'External (\\_SB.PCI0)',
  'Method (_CRS) { Return (_CRS) }',
  'ResourceTemplate () { ',
  'QWordMemory (,,,,,, 0, 0xFFFFFFFFFFFFFFFF, 1, 0, 0)',
  'Arg0',
  'Local7++',
  '^^^^^^',
  'Fatal (1, 2, 3)',
  'Unicode ("é")',
];

const asl: Reader = {
  name: 'asl',
  group: 'acpi',
  milliseconds: MOST_MILLISECONDS,
  weight: 2,
  known: (random) => {
    const { text, values } = arithmetic(new Draw(random));
    return { bytes: latin1(text), value: values };
  },
  read: (bytes) => {
    const source = { name: 'fuzz.asl', form: 'text' as const, bytes };
    const sink = new DiagnosticList();
    const input: Artifact = { kind: 'asl', source, path: 'fuzz.asl', sha256: '', steps: [] };
    compileAsl(source, sink);
    return valuesOf(readAsl(input, sink).tables);
  },
  change: textChange(ASL_TOKENS),
  starts: () => smallTables().map((bytes) => latin1(printedAsl(bytes))),
};

function printedAsl(bytes: Uint8Array): string {
  const tables = tablesIn(bytes);
  const decoded = decodeTables(tables, new DiagnosticList());
  return tables.map((each) => printTable(decoded, each).text).join('\n');
}

/** What is reported of tables: their headers, and the contents of some records. */
function told(tables: readonly AcpiTable[]): unknown {
  const sink = new DiagnosticList();
  return tables.map((each) => {
    for (const read of [readFadt, readMadt, readBgrt, readRsdp]) read(each, sink);
    const records =
      each.signature === 'MCFG'
        ? readMcfg(each).map(({ baseAddress, startBus, endBus }) => [baseAddress, startBus, endBus])
        : each.signature === 'SRAT'
          ? readSrat(each, sink).map(({ base, length, hotPluggable }) => [base, length, hotPluggable])
          : [];
    return [each.signature, each.length, each.revision, each.oemTableId, each.checksumOk, records];
  });
}

function drawTable(draw: Draw): { bytes: Uint8Array; told: unknown } {
  const [revision, oemTableId] = [draw.below(256), draw.word(1, 8)];
  const of = (signature: string, body: readonly number[], records: unknown): ReturnType<typeof drawTable> => {
    const bytes = table(signature, body, { revision, oemTableId });
    return { bytes, told: [signature, bytes.length, revision, oemTableId, true, records] };
  };
  switch (draw.below(3)) {
    case 0: {
      // MCFG (PCI Firmware Specification 3.3, 4.1.2): eight reserved bytes, then 16 an entry.
      const windows = draw.some(0, 4, () => [draw.bits(40), draw.below(128), 128 + draw.below(128)] as const);
      const body = windows.flatMap(([base, first, last]) => [
        ...littleEndian(base, 8),
        0,
        0,
        first,
        last,
        0,
        0,
        0,
        0,
      ]);
      return of('MCFG', [...new Array<number>(8).fill(0), ...body], windows);
    }
    case 1: {
      // SRAT (ACPI 6.5, 5.2.16): twelve reserved bytes, then memory affinity structures of 40 bytes.
      const ranges = draw.some(0, 4, () => [draw.bits(40), draw.bits(32), draw.chance(0.5)] as const);
      const body = ranges.flatMap(([base, length, hot]) => [
        1,
        40,
        ...littleEndian(0, 4),
        0,
        0,
        ...littleEndian(base, 8),
        ...littleEndian(length, 8),
        ...littleEndian(0, 4),
        ...littleEndian(hot ? 3 : 1, 4),
        ...littleEndian(0, 8),
      ]);
      return of('SRAT', [...new Array<number>(12).fill(0), ...body], ranges);
    }
    default:
      return of(draw.pick(['SSDT', 'WAET', 'OEM1']), [...draw.bytes(0, 100)], []);
  }
}

const HEADINGS = ['0x0000000000000000', '0x7FFE1000', '(nil)'];

const READERS: readonly Reader[] = [
  aml,
  asl,
  {
    name: 'acpi-table',
    group: 'acpi',
    known: (random) => {
      const tables = new Draw(random).some(1, 3, () => drawTable(new Draw(random)));
      return {
        bytes: Buffer.concat(tables.map(({ bytes }) => bytes)),
        value: tables.map((each) => each.told),
      };
    },
    read: (bytes) => told(readAcpiTables(artifact('acpi-table', bytes), new DiagnosticList())),
    change: (bytes, random) => mutatedTable(bytes, smallTables(), random),
  },
  {
    name: 'acpidump',
    group: 'acpi',
    known: (random) => {
      const draw = new Draw(random);
      const tables = draw.some(1, 3, () => drawTable(draw));
      const text = tables.map(({ bytes }) =>
        dumpText(
          `${Buffer.from(bytes.subarray(0, 4)).toString('latin1')} @ ${draw.pick(HEADINGS)}`,
          bytes,
          draw.pick([6, 8]),
        ),
      );
      return { bytes: latin1(text.join('')), value: tables.map((each) => each.told) };
    },
    read: (bytes) =>
      told(readAcpiTables(artifact('acpidump', Buffer.from(bytes).toString('latin1')), new DiagnosticList())),
    change: textChange(['SSDT @ 0x0', '  0000: ', '0000000000000: 00', ' @ ', ': ', '-']),
  },
  {
    name: 'template',
    group: 'acpi',
    known: (random) => {
      const { bytes, ranges } = template(new Draw(random));
      return { bytes, value: { ranges, again: Buffer.from(bytes).toString('hex') } };
    },
    read: (bytes) => {
      const { resources } = decodeTemplate(templateOf(bytes));
      const again = resources.some(({ type }) => type === 'unknown')
        ? undefined
        : encodeTemplate(resources).map((byte) => Number(byte));
      return { ranges: rangesOf(resources), again: again && Buffer.from([...again]).toString('hex') };
    },
    change: anyChange([Uint8Array.of(0x79, 0), Uint8Array.of(0x8a, 0xff, 0xff), Uint8Array.of(0x8c, 0, 0)]),
  },
  {
    name: 'crs-hex',
    group: 'acpi',
    known: (random) => {
      const draw = new Draw(random);
      const templates = draw.some(1, 3, () => template(draw));
      const text = templates.map(({ bytes }) => {
        const whole = Buffer.from(bytes).toString('hex');
        if (draw.chance(0.3)) return `${whole}\n\n`;
        const rows: string[] = [];
        for (let at = 0; at < bytes.length; at += 16)
          rows.push(
            `${draw.chance(1) ? `${hex(at, 4)}: ` : ''}${Array.from(bytes.subarray(at, at + 16), (byte) => hex(byte, 2)).join(' ')}\n`,
          );
        return `${rows.join('')}\n`;
      });
      return { bytes: latin1(text.join('')), value: templates.map(({ ranges }) => ranges) };
    },
    read: (bytes) => {
      const entries = readCrsHex(
        artifact('crs-hex', Buffer.from(bytes).toString('latin1')),
        new DiagnosticList(),
      );
      return entries.map(({ resources }) => rangesOf(resources));
    },
    change: textChange(['0000: ', '??', '*', '79 00', 'Evaluation of \\_SB._CRS returned object\n']),
  },
  {
    name: 'crs-text',
    group: 'acpi',
    known: (random) => {
      const draw = new Draw(random);
      const ranges = draw.ranges(6, 0x1000n);
      const lines = ranges.map(({ start, last }) => {
        const prefix = start > 0xffff_ffffn ? ' 64bit' : '';
        return `pci_bus 0000:00: root bus resource [mem 0x${hex(start, 8)}-0x${hex(last, 8)}${prefix} window]`;
      });
      const value = [ranges.map(({ start, last }) => [`0x${hex(start)}`, `0x${hex(last)}`])];
      return { bytes: latin1(`${lines.join('\n')}\n`), value };
    },
    read: (bytes) => {
      const entries = readCrsText(
        artifact('crs-text', Buffer.from(bytes).toString('latin1')),
        new DiagnosticList(),
      );
      return entries.map(({ resources }) =>
        resources.map((resource) => {
          const { min, max } = descriptorJson(resource) as { min?: string; max?: string };
          return [min, max];
        }),
      );
    },
    change: textChange([
      'state = active\nmem 0x1000-0x1fff\n',
      'io 0x60-0x60\n',
      'acpi PNP0A08:00: host bridge window [io  0x0000-0x0cf7]\n',
      '[00] Memory32 Fixed Range Resource\n',
      '      Address : 00000000\n',
      'bus [00-ff]',
    ]),
  },
];

function rangesOf(resources: readonly ResourceDescriptor[]): string[] {
  return resources.map((resource) => {
    const fields = descriptorJson(resource) as {
      type?: string;
      min?: string;
      base?: string;
      length?: string;
    };
    return `${fields.type} ${fields.min ?? fields.base} ${fields.length}`;
  });
}

export const acpiTargets: readonly Target[] = [...READERS.map(readerTarget), machine];
