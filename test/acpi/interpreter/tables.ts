/** Tables from ASL text, for tests of what they evaluate to. */
import { expect } from 'vitest';
import { readAsl } from '../../../src/acpi/asl/read.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { textSource } from '../../../src/bytes/source.ts';

/** The table that this text is the body of, at revision 2. */
export function tablesOf(body: string, signature = 'DSDT'): readonly AcpiTable[] {
  const text = `DefinitionBlock ("", "${signature}", 2, "TEST", "TEST", 1) {\n${body}\n}`;
  const source = textSource('dsdt.asl', text);
  const artifact: Artifact = { kind: 'asl', source, path: 'dsdt.asl', sha256: '', steps: [] };
  const sink = new DiagnosticList();
  const { tables } = readAsl(artifact, sink);
  expect(sink.all.filter(({ severity }) => severity === 'error')).toEqual([]);
  return tables;
}
