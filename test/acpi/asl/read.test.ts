import { describe, expect, it } from 'vitest';
import { parseResourceTemplates } from '../../../src/acpi/asl/parse/templates.ts';
import { readAsl } from '../../../src/acpi/asl/read.ts';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatPlace, placeOf, textSource } from '../../../src/bytes/source.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';

function artifact(text: string): Artifact {
  return { kind: 'asl', source: textSource('a.txt', text), path: 'a.txt', sha256: '', steps: [] };
}

// Memory32Fixed is 86 09 00, the flags, base and length, four bytes each (ACPI 6.5, 6.4.3.4).
const MEMORY = '860900010000e0fe001000007900';

describe('a resource template', () => {
  it.each([
    ['alone', 'ResourceTemplate () { Memory32Fixed (ReadWrite, 0xFEE00000, 0x1000) }', '1.1'],
    ['without brackets', 'ResourceTemplate { Memory32Fixed (ReadWrite, 0xFEE00000, 0x1000) }', '1.1'],
    [
      'in prose',
      'It doesn\'t say "where":\n ResourceTemplate ()\n {\n Memory32Fixed (ReadWrite, 0xFEE00000, 0x1000,)\n }\nand that\'s it',
      '2.2',
    ],
    [
      'in a mail',
      '> > Name (_CRS, ResourceTemplate ()\n> > {\n> >   Memory32Fixed (ReadWrite,\n> >     0xFEE00000, 0x1000)\n> > })',
      '1.17',
    ],
  ])('%s', (_, text, place) => {
    const sink = new DiagnosticList();
    const [found] = parseResourceTemplates(textSource('a.txt', text), sink);
    expect(sink.all).toEqual([]);
    expect(Buffer.from(found!.bytes).toString('hex')).toBe(MEMORY);
    expect(formatPlace(found!.span)).toBe(`a.txt:${place}`);
  });

  it('of several, a faulty one is reported and the others are read', () => {
    const text = 'ResourceTemplate () { Nonsense () } ResourceTemplate () { IRQNoFlags () {5} }';
    const sink = new DiagnosticList();
    const { crs, tables } = readAsl(artifact(text), sink);
    expect(tables).toEqual([]);
    expect(crs.map(({ device, resources }) => [device, resources.map(({ type }) => type)])).toEqual([
      ['template0', ['irq']],
    ]);
    expect(sink.all.map(formatDiagnostic)).toEqual([
      "a.txt:1.23: error: a resource macro expected, not 'Nonsense' [acpi/asl-syntax]",
    ]);
  });
});

describe('text that makes tables', () => {
  it('enters like a table, and its spans are places in the text', () => {
    const text = 'DefinitionBlock ("", "SSDT", 1, "OEM", "TABLE", 7)\n{\n  Name (X, One)\n}\n';
    const [table] = readAsl(artifact(text), new DiagnosticList()).tables;
    expect(table).toMatchObject({
      signature: 'SSDT',
      revision: 1,
      oemId: 'OEM',
      oemTableId: 'TABLE',
      oemRevision: 7,
    });
    expect(placeOf({ source: table!.source, start: 36, end: 42 })).toMatchObject({ line: 3, column: 3 });
  });

  it('may be one device without a DefinitionBlock', () => {
    const { tables } = readAsl(artifact('Device (DEV0) { Name (_HID, "X") }'), new DiagnosticList());
    expect(tables.map(({ signature }) => signature)).toEqual(['DSDT']);
  });

  it('may be a listing with the AML between its lines', () => {
    const listing = [
      'Intel ACPI Component Architecture',
      '       1:  DefinitionBlock ("", "SSDT", 2, "A", "B", 1)',
      '',
      '00000000:  53 53 44 54 2A 00 00 00     "SSDT*..."',
      '       2:  { Name (X, 1)',
      '00000024:  08 58 5F 5F 5F 01 .........    ".X___."',
      '       3:  }',
      'Summary of errors and warnings',
    ].join('\n');
    const sink = new DiagnosticList();
    const [table] = readAsl(artifact(listing), sink).tables;
    expect(sink.all).toEqual([]);
    expect(Buffer.from(table!.bytes.subarray(36)).toString('hex')).toBe('08585f5f5f01');
  });

  it('is neither: it says so', () => {
    const sink = new DiagnosticList();
    expect(readAsl(artifact('Dear all,'), sink)).toEqual({ tables: [], crs: [] });
    expect(sink.all.map(({ code }) => code)).toEqual(['acpi/no-asl']);
  });
});

describe('what programs print', () => {
  const BLOCK = (name: string): string =>
    `DefinitionBlock ("", "SSDT", 2, "OEM", "${name}", 1)\n{\n    Name (A, "don't { ACPI Error: ")\n`;
  /** As `iasl -d` and acpixtract of ACPICA 20200925 print it; an address in place of the real one. */
  const BANNER =
    "Intel ACPI Component Architecture\nACPI Binary Table Extraction Utility version 20200925\n\n  SSDT -      54 bytes written (0x00000036) - ssdt.dat\nBinary file appears to be a valid ACPI table, disassembling\nInput file ssdt.dat, Length 0x36 (54) bytes\nACPI: SSDT 0x0000000000000000 000036 (v02 OEM    A        00000001 INTL 20200925)\nPass 1 parse of [SSDT]\nFirmware Error (ACPI): Could not resolve symbol [\\_SB.PCI0], AE_NOT_FOUND (20200925/dswload-326)\nisn't it\n";
  const names = (text: string): { names: string[]; said: string[] } => {
    const sink = new DiagnosticList();
    const { tables } = readAsl(artifact(text), sink);
    return { names: tables.map(({ oemTableId }) => oemTableId), said: sink.all.map(formatDiagnostic) };
  };

  it('around blocks and between their lines is no part of them', () => {
    const text = `${BANNER}// a "comment\n#define X 1\n${BLOCK('A')}ACPI Error: AE_NOT_FOUND, During name lookup\n    Name (B, X)\n}\nParsing completed\n${BLOCK('B')}}\nASL Output:    ssdt.dsl - 1234 bytes\n`;
    expect(names(text)).toEqual({ names: ['A', 'B'], said: [] });
    expect(names(text.replace(/^/gm, '> '))).toEqual({ names: ['A', 'B'], said: [] });
  });

  it('leaves places as they are', () => {
    const sink = new DiagnosticList();
    readAsl(artifact(`${BANNER}${BLOCK('A')}    Nonsense (1)\n}\n`), sink);
    const line = BANNER.split('\n').length + 3;
    expect(sink.all.map(formatDiagnostic)[0]).toMatch(new RegExp(`^a\\.txt:${line}\\.`));
  });

  it('is not what has braces: a block whose word is misspelt', () => {
    const { said } = names(`DefintionBlock ("", "SSDT", 2, "OEM", "X", 1) { Name (A, 1) }\n${BLOCK('A')}}\n`);
    expect(said.join('\n')).toContain("'DefintionBlock'");
  });
});
