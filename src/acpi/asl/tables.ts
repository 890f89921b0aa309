/** Disassembles ACPI tables and compiles ASL: `fwmap asl`. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { loadOrder, nameTables, readAcpiTables } from '../tables/read.ts';
import type { AcpiTable } from '../tables/table.ts';
import { type CompileOptions, compileAsl, tableOf } from './compile/compile.ts';
import { decodeForText } from './print/guessed-arguments.ts';
import { printTable } from './print/print.ts';
import { aslText } from './read.ts';

/** Compile options of a text: macros, header fields, how included files are opened. */
export type AslOptionsOf = (artifact: Artifact) => CompileOptions;

/** A table as ASL text. */
export interface TableText {
  /** Unique among the tables: `DSDT`, `SSDT2`. */
  readonly name: string;
  /** Makes the text: ASL+ from which iasl and {@link compileAslTexts} compile the table again. */
  readonly text: () => string;
}

/** A table as bytes, header included. */
export interface TableBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The tables with AML among the artifacts as ASL text, in the order in which an operating system loads them. Types and
 * argument counts of external names are taken from the other tables. ASL texts are compiled first.
 */
export function printAsl(
  artifacts: readonly Artifact[],
  optionsOf: AslOptionsOf,
  sink: DiagnosticSink,
): TableText[] {
  const read = artifacts.flatMap((artifact) =>
    artifact.kind === 'asl' ? compiled(artifact, optionsOf, sink) : readAcpiTables(artifact, sink),
  );
  const tables = loadOrder(nameTables(read));
  if (tables.length === 0) sink.add(finding('acpi/no-aml', {}));
  const decoded = decodeForText(tables, sink);
  return tables.map((table) => ({ name: table.name, text: () => printTable(decoded, table).text }));
}

/**
 * Compiles the DefinitionBlocks of ASL texts. Statements with errors are left out, so the tables are incomplete if
 * `sink` received an error.
 */
export function compileAslTexts(
  artifacts: readonly Artifact[],
  optionsOf: AslOptionsOf,
  sink: DiagnosticSink,
): TableBytes[] {
  const tables = artifacts.flatMap((artifact) => compiled(artifact, optionsOf, sink));
  return nameTables(tables).map(({ name, bytes }) => ({ name, bytes }));
}

function compiled(artifact: Artifact, optionsOf: AslOptionsOf, sink: DiagnosticSink): AcpiTable[] {
  return compileAsl(aslText(artifact.source), sink, optionsOf(artifact)).map(tableOf);
}
