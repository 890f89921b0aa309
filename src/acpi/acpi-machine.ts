/** A machine whose tables have been loaded: {@link loadMachine} in machine.ts makes one. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { DecodedTables } from './aml/tables.ts';
import type { Interpreter } from './interpreter/interpreter.ts';
import type { AcpiTable } from './tables/table.ts';

export interface AcpiMachine {
  readonly tables: readonly AcpiTable[];
  readonly sink: DiagnosticSink;
  readonly decoded: DecodedTables;
  readonly interpreter: Interpreter;
}
