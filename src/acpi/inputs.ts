/** Tables and resource lists from the inputs of one machine, in any of the supported formats. */
import type { Artifact } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import type { PreprocessorOptions } from './asl/text/preprocessor.ts';
import type { CrsEntry } from './crs/crs.ts';
import { areComplete } from './tables/complete.ts';
import type { AcpiTable } from './tables/table.ts';

export interface AcpiInputs {
  /** In the order given; their names are unique. */
  readonly tables: readonly AcpiTable[];
  readonly artifactOf: ReadonlyMap<AcpiTable, Artifact>;
  /** The tables are all that the machine has. */
  readonly complete: boolean;
  /** Resource lists without their tables: hex dumps, printed lists, resource templates in a text. */
  readonly lists: readonly { readonly artifact: Artifact; readonly entry: CrsEntry }[];
}

/**
 * Reads every artifact. What cannot be read is reported to `sink`. A format's reader is imported on first use.
 * @param asl for ASL texts: macros, and how included files are opened
 */
export async function readAcpiInputs(
  artifacts: readonly Artifact[],
  sink: DiagnosticSink,
  asl: PreprocessorOptions = {},
): Promise<AcpiInputs> {
  const found: { readonly table: AcpiTable; readonly artifact: Artifact }[] = [];
  const lists: { readonly artifact: Artifact; readonly entry: CrsEntry }[] = [];
  const { nameTables, readAcpiTables } = await import('./tables/read.ts');
  for (const artifact of artifacts) {
    switch (artifact.kind) {
      case 'crs-hex': {
        const { readCrsHex } = await import('./listings/crs-hex.ts');
        lists.push(...readCrsHex(artifact, sink).map((entry) => ({ artifact, entry })));
        break;
      }
      case 'crs-text':
      case 'dmesg': {
        const { readCrsText } = await import('./listings/crs-text.ts');
        lists.push(...readCrsText(artifact, sink).map((entry) => ({ artifact, entry })));
        break;
      }
      case 'asl': {
        const { readAsl } = await import('./asl/read.ts');
        const read = readAsl(artifact, sink, asl);
        lists.push(...read.crs.map((entry) => ({ artifact, entry })));
        found.push(...read.tables.map((table) => ({ table, artifact })));
        break;
      }
      default:
        found.push(...readAcpiTables(artifact, sink).map((table) => ({ table, artifact })));
    }
  }
  const tables = nameTables(found.map(({ table }) => table));
  reportSecondDsdt(tables, sink);
  return {
    tables,
    artifactOf: new Map(tables.map((table, at) => [table, found[at]!.artifact])),
    lists,
    complete: areComplete(
      tables,
      artifacts.some(({ kind }) => kind === 'acpidump' || kind === 'acpi-dir'),
    ),
  };
}

/**
 * A machine has one DSDT. Dumps may hold it twice because FADT's 32-bit and 64-bit fields both have its address; such
 * copies are identical and not reported.
 */
function reportSecondDsdt(tables: readonly AcpiTable[], sink: DiagnosticSink): void {
  const [first, ...others] = tables.filter(({ signature }) => signature === 'DSDT');
  for (const { name, source, offset, bytes } of others) {
    if (first !== undefined && Buffer.compare(first.bytes, bytes) === 0) continue;
    const span = { source, start: offset, end: offset + bytes.length };
    sink.add(finding('acpi/second-dsdt', { name, first: first!.source.name }, { span }));
  }
}
