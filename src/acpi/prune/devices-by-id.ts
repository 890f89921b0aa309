/** Evaluates devices with certain hardware IDs, loading no more of the machine than that takes. */
import { DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import { decodeTables } from '../aml/tables.ts';
import type { AskedDevices } from '../crs/evaluate-crs.ts';
import type { EvaluationOptions } from '../machine.ts';
import { checkSettings } from '../settings.ts';
import { loadOrder } from '../tables/read.ts';
import type { AcpiTable } from '../tables/table.ts';
import { isWritten, mayHaveId } from './possible-ids.ts';
import { UnreferencedDevices } from './unreferenced-devices.ts';

/**
 * The `_CRS` of the devices with one of these hardware IDs and of their ancestors, with the same results as if all
 * devices were evaluated. If no device can have such an ID, the interpreter is not imported.
 * @param tables all tables of the machine
 */
export async function evaluateCrsOfIds(
  tables: readonly AcpiTable[],
  ids: readonly string[],
  options: EvaluationOptions,
  sink: DiagnosticSink,
): Promise<AskedDevices> {
  const order = loadOrder(tables);
  const unreferenced = isWritten(ids, order) ? new UnreferencedDevices(tables, ids) : undefined;
  const decoded = decodeTables(order, sink, unreferenced);
  if (options.set !== undefined) await checkSettings(order, decoded, options.set, sink);
  const memory = (options.memory ?? []).map(({ bytes }) => bytes);
  if (!mayHaveId(ids, tables, decoded, memory)) return { crs: [], withoutCrs: [], above: [] };
  const { evaluateAllCrsAndIds, evaluateCrsOf, startMachine } = await import('../machine.ts');
  const said = new DiagnosticList();
  const asked = evaluateCrsOf(startMachine(tables, decoded, options, said), ids, unreferenced?.leftOut ?? []);
  if (asked === undefined) {
    // What there is to say of the tables themselves is said.
    const whole = startMachine(tables, decodeTables(order, new DiagnosticList()), options, sink);
    return evaluateAllCrsAndIds(whole, ids, ids);
  }
  for (const diagnostic of said.all) sink.add(diagnostic);
  return asked;
}
