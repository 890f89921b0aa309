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
  /** How ASL texts among the artifacts are read: what opens the files that they include. */
  readonly asl?: PreprocessorOptions;
}

/** Is this a path of an object, as ASL writes it: `\_SB.PCI0._CRS`? */
export function isAcpiPath(path: string): boolean {
  return parseName(path) !== undefined;
}

/**
 * Loads the tables among the artifacts, runs what an operating system runs at start, and evaluates one object. Values that
 * are given for fields which no table has are refused with a diagnostic; nothing is evaluated then.
 * @param path absolute, as ASL writes it: `\_SB.PCI0._CRS`
 * @returns undefined where the path is not one, the artifacts hold no ACPI table or a given value is refused. What isn't
 * known stays an expression.
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
