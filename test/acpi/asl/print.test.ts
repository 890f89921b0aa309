import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeTables } from '../../../src/acpi/aml/tables.ts';
import { compileAsl, tableOf } from '../../../src/acpi/asl/compile/compile.ts';
import { decodeForText } from '../../../src/acpi/asl/print/guessed-arguments.ts';
import { printTable } from '../../../src/acpi/asl/print/print.ts';
import { loadOrder, nameTables, readAcpiTables } from '../../../src/acpi/tables/read.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';
import { pick, readGrammar, seededRandom, sentence } from '../../grammar/ebnf.ts';
import { iaslCompile, iaslRecordings } from './iasl.ts';

function tablesOf(text: string): AcpiTable[] {
  const sink = new DiagnosticList();
  const source = { name: 'a.asl', form: 'text', bytes: Buffer.from(text, 'latin1') } as const;
  const tables = compileAsl(source, sink).map(tableOf);
  expect(sink.all.filter(({ severity }) => severity === 'error').map(formatDiagnostic)).toEqual([]);
  return loadOrder(nameTables(tables));
}

/** What is printed of the last table of a text, without the comment at its head. */
function printed(text: string): string {
  const tables = tablesOf(text);
  const decoded = decodeTables(tables, new DiagnosticList());
  return printTable(decoded, tables.at(-1)!).text.replace(/^\/\*[\s\S]*?\*\/\n/, '');
}

/** The lines of the only table's body, indentation of one level removed. */
function body(statements: string, header = '"SSDT", 2'): string[] {
  const text = printed(`DefinitionBlock ("", ${header}, "OEM", "TABLE", 1) { ${statements} }`);
  return text
    .split('\n')
    .slice(2, -2)
    .map((line) => line.replace(/^ {4}/, ''));
}

describe('statements', () => {
  it.each([
    ['Name (A, EisaId ("PNP0A03"))', ['Name (A, 0x030AD041)']],
    ['Name (_HID, EisaId ("PNP0A03"))', ['Name (_HID, EisaId ("PNP0A03"))']],
    [
      'Name (A, ToUUID ("33db4d5b-1ff7-401c-9657-7441c03dd766"))',
      ['Name (A, ToUUID ("33db4d5b-1ff7-401c-9657-7441c03dd766"))'],
    ],
    ['Name (A, Unicode ("TPM"))', ['Name (A, Unicode ("TPM"))']],
    ['Name (A, Buffer (4) {"abc"})', ['Name (A, Buffer (0x04) { "abc" })']],
    ['Name (A, Buffer () {1, 2})', ['Name (A, Buffer (0x02)', '{', '    /* 0000 */  0x01, 0x02', '})']],
    ['Name (A, "a\\"\\\\\\t")', ['Name (A, "a\\"\\\\\\x09")']],
    // A word of ASL is no segment: it is written with its path, or padded.
    ['Name (\\LOCK, 1) Name (\\IF__, 2)', ['Name (\\LOCK, One)', 'Name (\\IF, 0x02)']],
    [
      'OperationRegion (R, EmbeddedControl, 0, 0x10) Field (R, ByteAcc, Lock, Preserve) { , 4, F0, 4, Offset (8), F1, 8 }',
      [
        'OperationRegion (R, EmbeddedControl, Zero, 0x10)',
        'Field (R, ByteAcc, Lock, Preserve)',
        '{',
        '    , 4,',
        '    F0, 4,',
        '    Offset (0x08),',
        '    F1, 8',
        '}',
      ],
    ],
  ])('%s', (text, lines) => {
    expect(body(text)).toEqual(lines);
  });

  it.each([
    ['Local0 = Local1 + 2', 'Local0 = (Local1 + 0x02)'],
    ['Local0 += 2', 'Local0 += 0x02'],
    ['Store (Local1 + 2, Local0)', 'Store ((Local1 + 0x02), Local0)'],
    ['Local0 = ToInteger (Local1)', 'Local0 = ToInteger (Local1)'],
    ['ToInteger (Local1, Local0)', 'ToInteger (Local1, Local0)'],
    ['Divide (Local0, Local1, Local2, Local3)', 'Divide (Local0, Local1, Local2, Local3)'],
    ['Local3 = Local0 / Local1', 'Local3 = (Local0 / Local1)'],
    ['Local0 = (Local1 != Local2)', 'Local0 = (Local1 != Local2)'],
    ['Local0 = !Local1', 'Local0 = !Local1'],
    ['Local0 [1] = DerefOf (Local1 [2])', 'Local0 [One] = DerefOf (Local1 [0x02])'],
    ['Index (Local1, 1, Local0)', 'Index (Local1, One, Local0)'],
    ['Local0 = Match (Local1, MEQ, 5, MTR, 0, 0)', 'Local0 = Match (Local1, MEQ, 0x05, MTR, Zero, Zero)'],
    ['Local0++', 'Local0++'],
    ['Add (Local0, Local1)', 'Add (Local0, Local1)'],
    ['Debug = "x"', 'Debug = "x"'],
  ])('%s in a method', (text, line) => {
    expect(body(`Method (M) { ${text} }`)[2]).toBe(`    ${line}`);
  });

  it('an Else with an If alone is ElseIf', () => {
    expect(
      body('Method (M) { If (1) {} Else { If (2) {} Else { Return (3) } } }').filter((line) =>
        /If|Else/.test(line),
      ),
    ).toEqual(['    If (One)', '    ElseIf (0x02)', '    Else']);
  });
});

describe('a template', () => {
  it('is printed as macros, the descriptors that fields refer into with names', () => {
    const text = printed(`DefinitionBlock ("", "SSDT", 2, "OEM", "TABLE", 1) {
      Device (D) {
        Name (CRS, ResourceTemplate () {
          IRQNoFlags () {1}
          Memory32Fixed (ReadWrite, 0xFED40000, 0x5000)
          StartDependentFn (0, 1) { DMA (Compatibility, BusMaster, Transfer8) {2} }
          EndDependentFn ()
        })
        CreateDWordField (CRS, 7, BASE)
      }
    }`);
    expect(text).toContain(`        Name (CRS, ResourceTemplate ()
        {
            IRQNoFlags () {0x01}
            Memory32Fixed (ReadWrite, 0xFED40000, 0x5000, _Y00)
            StartDependentFn (0x00, 0x01)
            {
                DMA (Compatibility, BusMaster, Transfer8) {0x02}
            }
            EndDependentFn ()
        })
        CreateDWordField (CRS, \\D._Y00._BAS, BASE)`);
  });

  it('that macros can not make stays a buffer', () => {
    // Bit 7 of an IO descriptor's flags is reserved (ACPI 6.5, 6.4.2.5).
    const lines = body('Name (A, Buffer () {0x47, 0x81, 0x10, 0, 0x10, 0, 1, 1, 0x79, 0})');
    expect(lines[0]).toBe('Name (A, Buffer (0x0A)');
  });
});

describe('names of other tables', () => {
  const DSDT =
    'DefinitionBlock ("", "DSDT", 2, "OEM", "DSDT", 1) { Device (\\_SB.DEV0) { Method (M, 2) {} Name (N, 1) } }';
  const SSDT = (text: string): string =>
    `${DSDT} DefinitionBlock ("", "SSDT", 2, "OEM", "SSDT", 1) { ${text} }`;

  it('are declared with the types that their tables give them', () => {
    const text = printed(
      SSDT(
        'External (\\_SB.DEV0.M, MethodObj) External (\\_SB.DEV0.N) Scope (\\_SB) { Name (X, Package () {\\_SB.DEV0.N}) Method (Y) { \\_SB.DEV0.M (1, 2) } }',
      ),
    );
    expect(text).toContain('External (\\_SB.DEV0.M, MethodObj)    // 2 arguments\n');
    // The AML's own opcode says that there is such a name, no more: that is what gives the same bytes again.
    expect(text).toContain('External (\\_SB.DEV0.N, UnknownObj)    // IntObj in another table\n');
  });

  /** Each a way in which Externals and names of the table's own can stand to each other. */
  const KINDS: readonly (readonly [string, string])[] = [
    [
      'types',
      'External (\\_SB.DVAA, DeviceObj) External (\\_SB.DVAA.NUMA, IntObj) Scope (\\_SB.DVAA) { Name (ZZZA, 1) Method (MTHA) { Return (NUMA) } }',
    ],
    [
      'all types, in their order',
      'External (\\EVTA, EventObj) External (\\MTXA, MutexObj) External (\\PWRA, PowerResObj) External (\\THZA, ThermalZoneObj) External (\\OPRA, OpRegionObj) External (\\STRA, StrObj) External (\\BUFA, BuffObj) External (\\BFLA, BuffFieldObj) Method (RUNA) { Acquire (MTXA, 0xFFFF) Signal (EVTA) Local0 = STRA Local1 = BUFA BFLA = 1 } Field (OPRA, ByteAcc, NoLock, Preserve) { FLDZ, 8 } Scope (THZA) { Name (_PSL, Package () { PWRA }) }',
    ],
    [
      'twice',
      'External (\\A, IntObj) External (\\B, IntObj) External (\\A, IntObj) Method (M) { Return (A + B) }',
    ],
    [
      'an own name before its declaration',
      'External (\\OWNA, IntObj) If (!CondRefOf (\\OWNA)) { Name (OWNA, 5) }',
    ],
    [
      'an own method before its declaration',
      'External (\\_SB.DEVQ, DeviceObj) External (\\_SB.DEVQ._STA, MethodObj) If (CondRefOf (\\_SB.DEVQ)) { If (!CondRefOf (\\_SB.DEVQ._STA)) { Scope (\\_SB.DEVQ) { Method (_STA) { Return (0x0F) } } } }',
    ],
    [
      'an alias of a method',
      'External (\\ORGA, IntObj) External (\\ORGM, MethodObj) Alias (\\ORGA, ALIA) Alias (\\ORGM, ALIM) Method (RUNA) { Return (ALIA) }',
    ],
    [
      'a method in a package',
      'External (\\_SB.LNKA, DeviceObj) External (\\_SB.LNKM, MethodObj) Name (_PRT, Package () { Package () { 0xFFFF, 0, \\_SB.LNKA, 0 }, Package () { 1, 1, \\_SB.LNKM, 0 } })',
    ],
    [
      'a name that another path leads through',
      'External (\\_SB.PXSX.WIST, MethodObj) Method (M) { If (CondRefOf (\\_SB.PXSX)) { Return (\\_SB.PXSX.WIST ()) } Return (0) }',
    ],
    [
      'a name that a method declares for itself farther on',
      'External (\\TPDF, FieldUnitObj) Method (M) { If (TPDF == 1) { Return (1) } Name (TPDF, 2) Return (TPDF) }',
    ],
  ];
  const recordings = iaslRecordings('iasl-externals');

  it.each(KINDS)(`compile to the same bytes again: %s${recordings.note}`, (_name, body) => {
    const source = `DefinitionBlock ("", "SSDT", 2, "OWN", "OWNKIND", 1) { ${body} }`;
    const { aml } = iaslCompile(recordings, source);
    const [table] = nameTables(
      readAcpiTables(
        {
          kind: 'acpi-table',
          source: { name: 'x', form: 'blob', bytes: aml! },
          path: 'x',
          sha256: '',
          steps: [],
        },
        new DiagnosticList(),
      ),
    );
    const { text } = printTable(decodeTables([table!], new DiagnosticList()), table!);
    const { aml: again, errors } = iaslCompile(recordings, text);
    expect({ errors, aml: again && Buffer.from(again.subarray(36)).toString('hex') }).toEqual({
      errors: [],
      aml: Buffer.from(aml!.subarray(36)).toString('hex'),
    });
    const [own] = tablesOf(text);
    expect(Buffer.from(own!.bytes.subarray(36)).toString('hex')).toBe(
      Buffer.from(aml!.subarray(36)).toString('hex'),
    );
  });

  it('that no table declares are listed as guessed', () => {
    const tables = tablesOf(SSDT('External (\\ABCD.EFGH) Method (Y) { Return (\\ABCD.EFGH) }'));
    const { text, guessed } = printTable(decodeTables(tables, new DiagnosticList()), tables.at(-1)!);
    expect(guessed.map(({ path, type }) => [path, type])).toEqual([['\\ABCD.EFGH', 'UnknownObj']]);
    expect(text).toContain('External (\\ABCD.EFGH, UnknownObj)    // guessed');
    expect(text).toContain(' *     \\ABCD.EFGH, UnknownObj\n');
  });

  it('that take arguments show it by what is left over', () => {
    // Read without an argument Multiply and Add have constants as targets.
    const [table] = tablesOf(
      'DefinitionBlock ("", "SSDT", 2, "OEM", "SSDT", 1) { External (RDAA, MethodObj) Method (M) { Local0 = RDAA (5, Local1) * 10 + 0x0AAC } Method (N) { RDAA (1, 2) } }',
    );
    // As an older compiler leaves it: without If (Zero) { External (…) }.
    const length = 2 + table!.bytes[37]!;
    const bytes = Buffer.concat([table!.bytes.subarray(0, 36), table!.bytes.subarray(36 + length - 1)]);
    bytes.writeUInt32LE(bytes.length, 4);
    const [old] = nameTables(
      readAcpiTables(
        { kind: 'acpi-table', source: { name: 'x', form: 'blob', bytes }, path: 'x', sha256: '', steps: [] },
        { add: () => {} },
      ),
    );
    const { text } = printTable(decodeForText([old!], new DiagnosticList()), old!);
    expect(text).toContain('External (\\RDAA, MethodObj)    // 2 arguments, guessed');
    expect(text).toContain('Local0 = ((RDAA (0x05, Local1) * 0x0A) + 0x0AAC)');
    expect(text).toContain('RDAA (One, 0x02)');
  });

  it('that stand alone before values are calls', () => {
    // The bytes of a call of a method that nobody knows: its name, then the arguments.
    const text = printed(SSDT('Method (Y, 1) { If (CondRefOf (HNOT)) { HNOT (Arg0) } }'));
    expect(text).toContain('External (\\HNOT, MethodObj)    // 1 arguments, guessed');
    expect(text).toContain('HNOT (Arg0)');
  });
});

describe('terms inside one another without end', () => {
  it('are printed as far as they can be', () => {
    const deep = (count: number, open: number[], core: number[]): Buffer =>
      Buffer.from([...Array.from({ length: count }, () => open).flat(), ...core]);
    let nested = Buffer.alloc(0);
    for (let depth = 0; depth < 1900; depth += 1) {
      // Else (If (Local0) …): each package length has four bytes.
      const inside = Buffer.concat([Buffer.from([0xa0, 0x02, 0x60]), nested]);
      const length = inside.length + 4;
      nested = Buffer.concat([
        Buffer.from([0xa1, 0xc0 | (length & 15), (length >> 4) & 255, (length >> 12) & 255, length >> 20]),
        inside,
      ]);
    }
    for (const body of [
      Buffer.concat([Buffer.from([0xa0, 0x02, 0x60]), nested]),
      // LNot (LNot (… Local0)) stored to Local1, and Add (Add (… in its first operand.
      Buffer.concat([Buffer.from([0x70]), deep(3500, [0x92], [0x60]), Buffer.from([0x61])]),
      deep(3500, [0x72], [0x60]),
    ]) {
      const bytes = Buffer.alloc(36 + body.length);
      bytes.write('SSDT', 'latin1');
      bytes.writeUInt32LE(bytes.length, 4);
      body.copy(bytes, 36);
      const [source] = tablesOf('DefinitionBlock ("", "SSDT", 2, "A", "B", 1) {}');
      const table = { ...source!, bytes, length: bytes.length };
      expect(printTable(decodeTables([table], new DiagnosticList()), table).text).toContain(
        'DefinitionBlock',
      );
    }
  });
});

describe('round trip', () => {
  const grammar = readGrammar(readFileSync(new URL('../../../grammars/asl.ebnf', import.meta.url), 'utf8'));

  it('what is printed of a table compiles to the same AML', () => {
    for (let seed = 0; seed < 150; seed += 1) {
      let count = 0;
      const source = sentence(grammar, 'definition_block', {
        random: seededRandom(seed + 7000),
        maxTokens: 300,
        tokens: {
          // Calls are decoded by what is declared: a name stays what it is when it is declared once.
          SEGMENT: () => `T${(++count).toString(36).toUpperCase().padStart(3, '0')}`,
          NAME: (random) =>
            `${pick(random, ['\\', '\\_SB.'])}N${(++count).toString(36).toUpperCase().padStart(3, '0')}`,
          // How many arguments a call has, AML doesn't say: only known methods are called.
          call: () => '\\_OSI ("Linux")',
          // Names in a DSDT are shortened.
          SIGNATURE: () => '"SSDT"',
          INTEGER: (random) => pick(random, ['0', '1', '0x10', '0xFFFFFFFF', '0xFFFFFFFFFFFFFFFF']),
          STRING: (random) => pick(random, ['"a"', '"0x1F"', '"\\t\\""']),
        },
      });
      const [table] = tablesOf(source);
      const once = printTable(decodeTables([table!], new DiagnosticList()), table!).text;
      const [again] = tablesOf(once);
      const twice = printTable(decodeTables([again!], new DiagnosticList()), again!).text;
      const text = (printedText: string): string =>
        printedText.replace(/^\/\*[\s\S]*?\*\/\n/, '').replaceAll('    // guessed', '');
      expect(text(twice), source).toBe(text(once));
    }
  });

  const recordings = iaslRecordings('iasl-print');

  describe(`by iasl${recordings.note}`, () => {
    it('gives the AML that it came from', () => {
      const [table] = tablesOf(`DefinitionBlock ("", "SSDT", 2, "OEM", "TABLE", 1) {
        Device (D) {
          Name (_CRS, ResourceTemplate () { I2cSerialBusV2 (0x10, ControllerInitiated, 400000, AddressingMode7Bit, "\\\\_SB.I2C0") })
          Method (M, 1, Serialized) {
            CreateQWordField (Arg0, 4, Q)
            While ((Q >> 3) != 0) { Q -= 1  If (Q == 7) { Break } }
            Return (Package () { Q, Buffer (3) {1, 2}, "text" })
          }
        }
      }`);
      const { text } = printTable(decodeTables([table!], new DiagnosticList()), table!);
      const { aml, errors } = iaslCompile(recordings, text);
      expect(aml, errors.join('\n')).toBeDefined();
      expect(Buffer.from(aml!.subarray(36)).toString('hex')).toBe(
        Buffer.from(table!.bytes.subarray(36)).toString('hex'),
      );
    });
  });
});
