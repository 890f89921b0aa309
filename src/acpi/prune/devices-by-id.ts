/** Asking tables about devices of certain hardware ids alone: no more of the machine is started than that takes. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { decodeTables } from '../aml/tables.ts';
import type { AskedDevices } from '../crs/evaluate-crs.ts';
import type { EvaluationOptions } from '../machine.ts';
import { checkSettings } from '../settings.ts';
import { loadOrder } from '../tables/read.ts';
import type { AcpiTable } from '../tables/table.ts';
import { isWritten, mayHaveId } from './possible-ids.ts';
import { UnreferencedDevices } from './unreferenced-devices.ts';

/**
 * The devices with one of these hardware ids: their `_CRS`, and those of the devices they stand in, as evaluating all
 * of them gives them. Where no device can have such an id nothing is run, and the interpreter isn't even loaded.
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
  const { evaluateCrsOf, startMachine } = await import('../machine.ts');
  return evaluateCrsOf(startMachine(tables, decoded, options, sink), ids);
}
