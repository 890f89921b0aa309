/** Decodes all AML tables of a machine, with names and argument counts resolved across them. */
import { DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import { DeclaredNamespace } from '../namespace/declared.ts';
import type { UnreferencedDevices } from '../prune/unreferenced-devices.ts';
import type { AcpiTable } from '../tables/table.ts';
import type { Term } from '../terms/term.ts';
import { type DecodeContext, decodeTable } from './decoder.ts';
import { NameReader } from './names.ts';

/** A call decoded with a wrong argument count shifts what follows, so tables are decoded again with the new counts. */
const MAX_PASSES = 4;

const NOTHING_FORESEEN: ReadonlyMap<string, number> = new Map();

export interface DecodedTable {
  readonly table: AcpiTable;
  readonly terms: readonly Term[];
}

export interface DecodedTables {
  readonly tables: readonly DecodedTable[];
  readonly namespace: DeclaredNamespace;
  /** For tables that are loaded later. */
  readonly context: DecodeContext;
}

/**
 * Decodes AML tables in load order. Offsets of terms are from the table's first byte. Method bodies are decoded on first
 * use; problems in them are then reported to the same sink.
 * @param unreferenced devices to leave out
 * @param foreseen argument counts of methods that no table declares, by absolute path
 */
export function decodeTables(
  tables: readonly AcpiTable[],
  sink: DiagnosticSink,
  unreferenced?: UnreferencedDevices,
  foreseen: ReadonlyMap<string, number> = NOTHING_FORESEEN,
): DecodedTables {
  const names = new NameReader();
  let namespace = new DeclaredNamespace();
  for (const [path, count] of foreseen) namespace.foresee(path, count);
  let leftOut = unreferenced;
  for (let pass = 1; ; pass++) {
    const problems = new DiagnosticList();
    let receiver: DiagnosticSink = problems;
    const lookups: NonNullable<DecodeContext['lookups']> = [];
    const context: DecodeContext = {
      namespace,
      names,
      sink: { add: (diagnostic) => receiver.add(diagnostic) },
      unreferenced: leftOut,
      lookups,
    };
    const decoded = tables.map((table) => ({ table, terms: decodeTable(table, context) }));
    if (leftOut?.holds === false) {
      leftOut = undefined;
      namespace = new DeclaredNamespace();
      continue;
    }
    const settled = lookups.every(({ scope, name, count }) => {
      const now = namespace.argumentCount(scope, name);
      return now === count || (now < 0 && count < 0);
    });
    if (settled || pass === MAX_PASSES) {
      for (const problem of problems.all) sink.add(problem);
      receiver = sink;
      context.lookups = undefined;
      return { tables: decoded, namespace, context };
    }
    namespace = namespace.foresight();
  }
}

/** Decodes a table that running code loads, into the same namespace. */
export function decodeMore(decoded: DecodedTables, table: AcpiTable): readonly Term[] {
  return decodeTable(table, decoded.context);
}
