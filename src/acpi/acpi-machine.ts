/** A machine whose tables are loaded, as `loadMachine` in machine.ts returns it. */
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
