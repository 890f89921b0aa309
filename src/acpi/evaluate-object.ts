/** Evaluates an object of a machine's tables, as `fwmap eval` does. */
import type { Artifact } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { decodeTables } from './aml/tables.ts';
import { readAcpiInputs } from './inputs.ts';
import { type EvalResult, type EvaluationOptions, evaluate, startMachine } from './machine.ts';
import { loadOrder } from './tables/read.ts';
import { parseName } from './terms/name.ts';

/**
 * @param path absolute, as ASL writes it: `\_SB.PCI0._CRS`
 * @returns undefined where the path is not one, or the artifacts hold no ACPI table. What isn't known stays an expression.
 */
export async function evaluateObject(
  artifacts: readonly Artifact[],
  path: string,
  options: EvaluationOptions,
  sink: DiagnosticSink,
): Promise<EvalResult | undefined> {
  const name = parseName(path);
  const { tables, complete } = await readAcpiInputs(artifacts, sink);
  if (name === undefined || tables.length === 0) return undefined;
  const decoded = decodeTables(loadOrder(tables), sink);
  return evaluate(startMachine(tables, decoded, { complete, ...options }, sink), name, []);
}
