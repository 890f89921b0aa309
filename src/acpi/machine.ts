/** A machine's tables and what is evaluated of them. Nothing is run here yet: `_CRS` are read as they are declared. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import type { CrsEntry } from './crs.ts';
import { staticCrs } from './static-crs.ts';
import type { AcpiTable } from './tables/table.ts';

export interface EvaluationOptions {
  readonly assume?: 'zero' | 'ones';
  readonly set?: ReadonlyMap<string, bigint>;
  readonly memory?: readonly {
    readonly address: bigint;
    readonly bytes: Uint8Array;
    readonly source?: Source;
  }[];
}

export interface AcpiMachine {
  readonly tables: readonly AcpiTable[];
  readonly sink: DiagnosticSink;
}

/** The tables of one machine, ready to be asked. */
export function loadMachine(
  tables: readonly AcpiTable[],
  _options: EvaluationOptions,
  sink: DiagnosticSink,
): AcpiMachine {
  return { tables, sink };
}

/** Every `_CRS`, in the order of the namespace. */
export function evaluateAllCrs(machine: AcpiMachine): CrsEntry[] {
  return staticCrs(machine.tables, machine.sink);
}
