/** Evaluates an object of a machine's tables, as `fwmap eval` does. */
import type { Artifact } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { decodeTables } from './aml/tables.ts';
import type { PreprocessorOptions } from './asl/text/preprocessor.ts';
import { readAcpiInputs } from './inputs.ts';
import type { AmlValue } from './interpreter/state/objects.ts';
import { type EvalResult, type EvaluationOptions, evaluate, startMachine } from './machine.ts';
import { checkSettings } from './settings.ts';
import { loadOrder } from './tables/read.ts';
import { parseName } from './terms/name.ts';

export interface ObjectOptions extends EvaluationOptions {
  /** Arguments of a method, as {@link parseAslConstant} reads them. */
  readonly args?: readonly AmlValue[];
  /** For ASL texts among the artifacts: macros, and how included files are opened. */
  readonly asl?: PreprocessorOptions;
}

/** Whether this is an object path in ASL syntax, such as `\_SB.PCI0._CRS`. */
export function isAcpiPath(path: string): boolean {
  return parseName(path) !== undefined;
}

/**
 * Loads the tables among the artifacts, runs what an operating system runs at boot, and evaluates one object. If `set`
 * has a value for a field that no table declares, a diagnostic says so and nothing is evaluated.
 * @param path absolute, in ASL syntax: `\_SB.PCI0._CRS`
 * @returns unknown values as expressions; `undefined` if `path` is no object path, the artifacts hold no ACPI table or a
 * value of `set` is refused
 */
export async function evaluateObject(
  artifacts: readonly Artifact[],
  path: string,
  { args = [], asl, ...options }: ObjectOptions,
  sink: DiagnosticSink,
): Promise<EvalResult | undefined> {
  const name = parseName(path);
  const { tables, complete } = await readAcpiInputs(artifacts, sink, asl);
  if (name === undefined || tables.length === 0) return undefined;
  const order = loadOrder(tables);
  const decoded = decodeTables(order, sink);
  if (options.set !== undefined && !(await checkSettings(order, decoded, options.set, sink)))
    return undefined;
  return evaluate(startMachine(tables, decoded, { complete, ...options }, sink), name, args);
}
