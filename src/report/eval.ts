/** The report of `eval`: what an ACPI object evaluates to, and what happened on the way. */
import { isKnown } from '../acpi/expression.ts';
import { formatQuantity } from '../acpi/expression-text.ts';
import {
  type AmlValue,
  BufferObject,
  PackageObject,
  StringObject,
  UnknownInteger,
} from '../acpi/interpreter/objects.ts';
import { type EvalResult, formatResult } from '../acpi/machine.ts';
import { templateHex } from '../acpi/resources/json.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { hex } from '../bytes/address.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Document } from './document.ts';
import { diagnosticJson, inputsJson, type JsonObject } from './json-parts.ts';
import { inputItem } from './phrases.ts';

export const EVAL_SCHEMA = 'fwmap/eval@1';

export interface EvalReport {
  readonly inputs: readonly Artifact[];
  readonly result: EvalResult;
  /** Show calls and field accesses too. */
  readonly trace: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

type JsonValue = string | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Packages inside packages are told apart so deep; below, as text. */
const MAX_DEPTH = 16;

/** A value with its type: integers as `0x…`, buffers as hex with `??` for unknown bytes, the rest as ASL writes it. */
function valueJson(value: EvalResult['value'], depth = 0): JsonValue {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return { type: 'integer', value: hex(value) };
  if (value instanceof UnknownInteger)
    return isKnown(value.value)
      ? { type: 'integer', value: hex(value.value) }
      : { type: 'integer', expression: formatQuantity(value.value), certainty: 'unknown' };
  if (value instanceof StringObject)
    return value.text === undefined
      ? { type: 'string', certainty: 'unknown' }
      : { type: 'string', value: value.text };
  if (value instanceof BufferObject)
    return value.unknown === undefined
      ? { type: 'buffer', bytes: templateHex(Array.from(value.bytes)) }
      : { type: 'buffer', certainty: 'unknown', why: value.unknown };
  if (value instanceof PackageObject && depth < MAX_DEPTH)
    return {
      type: 'package',
      elements: value.elements.map((element: AmlValue | undefined) => valueJson(element, depth + 1)),
    };
  return { type: 'object', text: formatResult(value) };
}

export function evalJson({ inputs, result, trace, diagnostics }: EvalReport): JsonObject {
  return {
    schema: EVAL_SCHEMA,
    inputs: inputsJson(inputs),
    path: result.path ?? null,
    value: valueJson(result.value),
    asl: formatResult(result.value),
    ...(result.fault ? { fault: { code: result.fault.code, message: result.fault.message } } : {}),
    faults: result.faults.map(({ when, fault }) => ({ when, code: fault.code, message: fault.message })),
    debug: result.debug,
    ...(trace ? { trace: result.trace.map(({ kind, text }) => ({ kind, text })) } : {}),
    diagnostics: diagnostics.map(diagnosticJson),
  };
}

/**
 * The lines for a terminal or a script, not indented: what was stored to Debug, then (when asked for) the trace, what
 * failed under a condition, and the result last.
 */
export function evalLines({ result, trace }: EvalReport): string[] {
  const { debug, fault, faults, value } = result;
  return [
    ...debug,
    ...(trace
      ? result.trace.filter(({ kind }) => kind !== 'debug').map(({ kind, text }) => `${kind} ${text}`)
      : []),
    ...faults
      .filter((one) => one.fault !== fault)
      .map((one) => `${one.fault.code} when ${one.when}: ${one.fault.message}`),
    ...(result.path === undefined
      ? []
      : [fault && value === undefined ? `${fault.code}: ${fault.message}` : formatResult(value)]),
  ];
}

/** The same for reports that travel: with the inputs they are about. */
export function evalDocument(report: EvalReport): Document {
  return [
    { kind: 'lines', lines: evalLines(report) },
    { kind: 'heading', text: 'Inputs' },
    { kind: 'list', items: report.inputs.map(inputItem) },
  ];
}
