import { describe, expect, it } from 'vitest';
import { type CompiledTable, compileAsl } from '../../../src/acpi/asl/compile/compile.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatPlace } from '../../../src/bytes/source.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';
import { iaslCompile, iaslRecordings } from './iasl.ts';

function compile(text: string): { tables: CompiledTable[]; said: string[] } {
  const sink = new DiagnosticList();
  const tables = compileAsl({ name: 'a.asl', form: 'text', bytes: Buffer.from(text, 'latin1') }, sink);
  return { tables, said: sink.all.map(formatDiagnostic) };
}

/** The AML of statements, without the header. */
function aml(body: string, header = '"SSDT", 2'): string {
  const { tables, said } = compile(`DefinitionBlock ("", ${header}, "OEM", "TABLE", 1) { ${body} }`);
  expect(said).toEqual([]);
  return Buffer.from(tables[0]!.bytes.subarray(36)).toString('hex');
}

// The bytes of these are those of ACPI 6.5, chapter 20; iasl 20200925 gives them too.
describe('AML of single terms', () => {
  it.each([
    ['Name (A, 0)', '08415f5f5f00'],
    ['Name (A, 1)', '08415f5f5f01'],
    ['Name (A, 0xFF)', '08415f5f5f0aff'],
    ['Name (A, 0x100)', '08415f5f5f0b0001'],
    ['Name (A, 0xFFFFFFFF)', '08415f5f5f0cffffffff'],
    ['Name (A, 0x100000000)', '08415f5f5f0e0000000001000000'],
    ['Name (A, 0xFFFFFFFFFFFFFFFF)', '08415f5f5fff'],
    ['Name (A, 017)', '08415f5f5f0a0f'],
    ['Name (A, "a\\"b\\x41")', '08415f5f5f0d6122624100'],
    ['Name (\\_SB.PCI0.X, Ones)', '085c2f035f53425f50434930585f5f5fff'],
    ['Name (^A.B, One)', '085e2e415f5f5f425f5f5f01'],
    ['Name (A, EisaId ("PNP0A03"))', '08415f5f5f0c41d00a03'],
    ['Name (A, Unicode ("hi"))', '08415f5f5f11090a06680069000000'],
    // The specification's example of the byte order (19.6.142).
    [
      'Name (A, ToUUID ("aabbccdd-eeff-0011-2233-445566778899"))',
      '08415f5f5f11130a10ddccbbaaffee11002233445566778899',
    ],
    ['Name (A, Buffer () {1, 2, 3})', '08415f5f5f11060a03010203'],
    ['Name (A, Buffer (2) {1, 2, 3})', '08415f5f5f11060a03010203'],
    ['Name (A, Buffer (5) {"ab"})', '08415f5f5f11060a05616200'],
    ['Name (A, Package () {1, "x", B})', '08415f5f5f120a03010d7800425f5f5f'],
    ['Name (A, Package (4) {1})', '08415f5f5f12030401'],
    ['Method (M, 2, Serialized, 3) {}', '14064d5f5f5f3a'],
    ['Mutex (M, 2)', '5b014d5f5f5f02'],
    ['OperationRegion (R, SystemIO, 0x70, 2)', '5b80525f5f5f010a700a02'],
    [
      'Field (R, ByteAcc, Lock, WriteAsZeros) { F0, 3, , 5, Offset (4), F1, 63, AccessAs (WordAcc, AttribBytes (4)) }',
      '5b8119525f5f5f5146305f5f030005001846315f5f4f0303020b04',
    ],
    ['External (A, MethodObj) External (B, IntObj)', 'a00a00155c425f5f5f0100'],
    ['Method (M) { Local0 = 1 + 2 * 3 }', '140a4d5f5f5f00700a0760'],
    ['Method (M) { Local0 += Local1 }', '140a4d5f5f5f0072606160'],
    ['Method (M) { Local0 = Local1 / Local2 }', '140b4d5f5f5f007861620060'],
    ['Method (M) { Local0 = (Local1 != Local2) }', '140c4d5f5f5f00709293616260'],
    ['Method (M) { !Local0 = Local1 & 3 }', '140c4d5f5f5f00927b610a0360'],
    ['Method (M) { Arg0 [1] = Local0++ }', '140d4d5f5f5f0070756088680100'],
    ['Method (M) { If (One) {} ElseIf (Local0) {} Else {} }', '14104d5f5f5f00a00201a106a00260a101'],
    [
      'Method (M) { For (Local0 = 0, Local0 < 2, Local0++) { Break } }',
      '14124d5f5f5f00700060a20895600a02a57560',
    ],
    ['Method (M) { Return }', '14084d5f5f5f00a400'],
  ])('%s', (text, bytes) => {
    expect(aml(text)).toBe(bytes);
  });

  it('32-bit tables have 32-bit integers', () => {
    expect(aml('Name (A, 0xFFFFFFFF)', '"SSDT", 1')).toBe('08415f5f5fff');
    expect(aml('Name (A, Ones)', '"SSDT", 1')).toBe('08415f5f5fff');
  });
});

describe('a decimal string past the integer', () => {
  // Each digit times ten and added, up to the one that would overflow (acpica utstrsuppt.c, AcpiUtConvertDecimalString).
  it.each([
    ['"SSDT", 2', '18446744073709551615', 'ff'],
    [
      '"SSDT", 2',
      '18446744073709551616',
      `0e${1844674407370955161n.toString(16).match(/../g)!.reverse().join('')}`,
    ],
    ['"SSDT", 2', '99999999999999999999999999999', '0effffe7890423c78a'],
    ['"SSDT", 1', '4294967295', 'ff'],
    ['"SSDT", 1', '4294967296', `0c${429496729n.toString(16).match(/../g)!.reverse().join('')}`],
  ])('%s: %s', (header, digits, constant) => {
    expect(aml(`Name (A, ToInteger ("${digits}"))`, header)).toBe(`08415f5f5f${constant}`);
  });
});

describe('Switch', () => {
  it('keeps the value in a variable of a serialized method', () => {
    // Name (_T_0, Zero) While (One) { Store (Arg0, _T_0) If (LEqual (_T_0, One)) {…} Else {…} Break }
    expect(aml('Method (M, 1) { Switch (Arg0) { Case (1) { Local0 = 1 } Default { Local0 = 2 } } }')).toBe(
      '14274d5f5f5f09085f545f3000a21a0170685f545f30a00a935f545f3001700160a105700a0260a5',
    );
  });
});

describe('resource tags', () => {
  const TEMPLATE = `Name (CRS, ResourceTemplate () {
    IRQ (Edge, ActiveHigh, Exclusive) {4}
    DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0, 0xFF, 0, 0x100,,, _Y00)
  })`;
  // A DWord address descriptor has _MIN at byte 10, its flags at byte 5 (ACPI 6.5, 6.4.3.5.2); IRQ has 4 bytes.
  it.each([
    ['CreateDWordField (CRS, _Y00._MIN, X)', '8a4352535f0a0e585f5f5f'],
    ['CreateDWordField (CRS, \\_Y00._LEN, X)', '8a4352535f0a1a585f5f5f'],
    ['CreateDWordField (CRS, CRS._Y00._MIN, X)', '8a4352535f0a0e585f5f5f'],
    ['CreateBitField (CRS, _Y00._RW, X)', '8d4352535f0a48585f5f5f'],
    ['CreateField (CRS, _Y00._MIN, 32, X)', '5b134352535f0a700a20585f5f5f'],
  ])('%s', (text, bytes) => {
    expect(aml(`${TEMPLATE} ${text}`).endsWith(bytes)).toBe(true);
  });
});

describe('names in a DSDT', () => {
  // As iasl: the last segment where a search finds the same object, else the shortest path.
  it('become short', () => {
    const header = '"DSDT", 2';
    expect(aml('Scope (\\_SB) { Name (A, 1) Name (B, Package () {\\_SB.A}) }', header)).toBe(
      '10175f53425f08415f5f5f0108425f5f5f120601415f5f5f',
    );
  });

  it('stay as they are in an SSDT', () => {
    expect(aml('Scope (\\_SB) {}')).toBe('10065c5f53425f');
  });
});

describe('a fault', () => {
  it('is reported once, with its place, and what is around it is kept', () => {
    const { tables, said } = compile(
      'DefinitionBlock ("", "SSDT", 2, "OEM", "TABLE", 1)\n{\n  Name (A, 1)\n  Name (B 2)\n  Name (C, 3)\n}\n',
    );
    expect(said).toEqual(["a.asl:4.11: error: ',' expected before '2' [acpi/asl-syntax]"]);
    expect(Buffer.from(tables[0]!.bytes.subarray(36)).toString('hex')).toBe('08415f5f5f0108435f5f5f0a03');
  });

  it.each([
    ['DefinitionBlock (', 'a value expected, not the end of the text'],
    ['DefinitionBlock ("", "SSDT", 2, "O", "T", 1) { Name (TOOLONG, 1) }', "a name expected, not 'TOOLONG'"],
    ['DefinitionBlock ("", "SSDT", 2, "O", "T", 1) { /* no end', 'an unterminated comment'],
    ['DefinitionBlock ("", "SSDT", 2, "O", "T", 1) { Name (A, "no end', 'an unterminated string'],
    ['DefinitionBlock ("", "SSDT", 2, "O", "T", 1) { Else {} }', 'Else without If'],
    ['DefinitionBlock ("", "SSDT", 2, "O", "T", 1) { Name (A, ToUUID ("x")) }', 'a UUID has the form'],
  ])('%s', (text, message) => {
    expect(compile(text).said.join('\n')).toContain(message);
  });

  it('of depth ends in a diagnostic', () => {
    const deep = (open: string, close: string): string =>
      `DefinitionBlock ("", "SSDT", 2, "O", "T", 1) { Method (M) { ${open.repeat(20_000)} ${close.repeat(20_000)} } }`;
    for (const text of [
      deep('If (One) {', '}'),
      deep('Local0 = ((', '))'),
      deep('~', ''),
      deep('M (', ')'),
    ]) {
      expect(compile(text).said.join('\n')).toMatch(/more than \d+ nested blocks and brackets/);
    }
  });
});

describe('spans', () => {
  it('lead from an AML byte to the term in the text', () => {
    const { tables } = compile(
      'DefinitionBlock ("", "SSDT", 2, "O", "T", 1)\n{\n  Name (ABCD, Package () {\n    1, "x" })\n}\n',
    );
    const [table] = tables;
    const places = [0, 36, 44, 45].map((offset) => formatPlace(table!.spanAt(offset)));
    // Header; Name; the 1; the string.
    expect(places).toEqual(['a.asl:1.1', 'a.asl:3.3', 'a.asl:4.5', 'a.asl:4.8']);
  });
});

const WHOLE = `DefinitionBlock ("", "DSDT", 2, "OEM", "TABLE", 1)
{
  External (\\_SB.FOO, MethodObj)
  External (\\_SB.BAR, IntObj)
  Scope (\\_SB)
  {
    Device (PCI0)
    {
      Name (_HID, EisaId ("PNP0A08"))
      Name (BUF0, ResourceTemplate ()
      {
        WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xFF, 0, 0x100,,, _Y00)
        QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0, 0, 0, 0,,, _Y01, AddressRangeMemory, TypeStatic)
        StartDependentFn (0, 0) { IRQNoFlags () {3, 4} }
        EndDependentFn ()
      })
      Method (_CRS, 0, Serialized)
      {
        CreateWordField (BUF0, \\_SB.PCI0._Y00._MAX, MAXB)
        CreateQWordField (BUF0, \\_SB.PCI0._Y01._MIN, MINM)
        MINM = \\_SB.BAR << 20
        \\_SB.FOO (1, Ones)
        Printf ("min %o of %x", MINM, MAXB)
        While (One) { Local0++ If (Local0 >= 10) { Break } Else { Continue } }
        Return (\\_SB.PCI0.BUF0)
      }
      OperationRegion (GPIO, GeneralPurposeIo, 0, 4)
      Field (GPIO, ByteAcc, NoLock, Preserve)
      {
        Connection (GpioIo (Exclusive, PullUp, 0, 0, IoRestrictionNone, "\\\\_SB.GPI0") {2}), PIN2, 1
      }
      Name (_PLD, Package () { ToPLD (PLD_Revision = 2, PLD_Panel = "TOP", PLD_Rotation = 90) })
    }
  }
}
`;

const recordings = iaslRecordings('iasl-compile');

describe(`against iasl${recordings.note}`, () => {
  it('a table with a bit of everything has the same bytes', () => {
    const { tables, said } = compile(WHOLE);
    expect(said).toEqual([]);
    const { aml: theirs, errors } = iaslCompile(recordings, WHOLE);
    expect(theirs, errors.join('\n')).toBeDefined();
    expect(Buffer.from(tables[0]!.bytes.subarray(36)).toString('hex')).toBe(
      Buffer.from(theirs!.subarray(36)).toString('hex'),
    );
  });
});
