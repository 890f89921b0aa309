/** The report of `eval`: the value of an ACPI object, and what happened during the evaluation. */

import {
  type AmlValue,
  BufferObject,
  PackageObject,
  SharedInteger,
  StringObject,
  UnknownInteger,
  UnknownObject,
} from '../../acpi/interpreter/state/objects.ts';
import { type EvalResult, formatResult } from '../../acpi/machine.ts';
import { templateHex } from '../../acpi/resources/json.ts';
import type { Artifact } from '../../artifact/artifact.ts';
import { hex } from '../../bytes/address.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { formatPlace } from '../../bytes/source.ts';
import {
  type ByteValue,
  formatCondition,
  formatQuantity,
  opaqueReasons,
  type Quantity,
  quantityOfBytes,
  withNames,
} from '../../symbolic/index.ts';
import type { Document } from '../document.ts';
import { conditionJson, diagnosticJson, inputsJson } from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import type { EvalJson, ValueJson } from '../json/eval.ts';
import { inputItem } from '../phrases.ts';

export interface EvalReport {
  readonly inputs: readonly Artifact[];
  readonly result: EvalResult;
  /** Show calls and field accesses too. */
  readonly trace: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Packages that are nested deeper are given as text. */
const MAX_DEPTH = 16;

/** A value with its type: integers as `0x…`, buffers as hex with `??` for unknown bytes, the rest as ASL writes it. */
function valueJson(value: EvalResult['value'], depth = 0): ValueJson | null {
  if (value === undefined) return null;
  if (value instanceof SharedInteger) return valueJson(value.value, depth);
  if (typeof value === 'bigint') return { type: 'integer', value: hex(value) };
  if (value instanceof UnknownInteger)
    return {
      type: 'integer',
      expression: formatQuantity(value.value),
      certainty: 'unknown',
      ...whyJson(value),
    };
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

function whyJson(value: EvalResult['value']): { why?: string } {
  const reasons = limitReasons(value);
  return reasons.length === 0 ? {} : { why: reasons.join('; ') };
}

function evalJson({ inputs, result, trace, diagnostics }: EvalReport): EvalJson {
  return withNames((names) => ({
    schema: 'fwmap/eval@1',
    inputs: inputsJson(inputs),
    path: result.path ?? null,
    value: valueJson(result.value),
    asl: formatResult(result.value),
    ...(result.fault ? { fault: { code: result.fault.code, message: result.fault.message } } : {}),
    faults: result.faults.map(({ when, fault }) => ({
      ...conditionJson(when, names),
      code: fault.code,
      message: fault.message,
    })),
    debug: result.debug,
    ...(trace ? { trace: result.trace.map(({ kind, text }) => ({ kind, text })) } : {}),
    diagnostics: diagnostics.map(diagnosticJson),
  }));
}

/**
 * The lines for a terminal or a script, not wrapped: what was stored to Debug, then with --trace the trace, faults under
 * conditions, the expressions of unknown bytes, and the result last.
 */
export function evalLines({ result, trace }: EvalReport): string[] {
  const { debug, fault, faults, value } = result;
  const lines = [...debug];
  if (trace)
    for (const record of result.trace)
      if (record.kind !== 'debug') lines.push(`${record.kind} ${record.text}${placeText(record)}`);
  for (const one of faults)
    if (one.fault !== fault)
      lines.push(`${one.fault.code} when ${formatCondition(one.when)}: ${one.fault.message}`);
  if (fault) lines.push(`${fault.code}: ${fault.message}`);
  else if (result.path !== undefined)
    lines.push(
      ...limitReasons(value).map((why) => `// unknown: ${why}`),
      ...unknownRuns(value),
      formatResult(value),
    );
  return lines;
}

/** The limits that made parts of a value unknown. */
function limitReasons(value: EvalResult['value']): string[] {
  const parts: readonly Quantity[] =
    value instanceof UnknownInteger
      ? [value.value]
      : value instanceof BufferObject
        ? Array.from(value.bytes, (byte) => (typeof byte === 'number' ? BigInt(byte) : byte.of))
        : [];
  const whole =
    value instanceof BufferObject ? value.unknown : value instanceof UnknownObject ? value.reason : undefined;
  return [...new Set([...parts.flatMap(opaqueReasons), ...(whole === undefined ? [] : [whole])])].filter(
    (reason) => reason.includes('--limit '),
  );
}

function placeText({ term, table }: EvalResult['trace'][number]): string {
  if (term === undefined || table === undefined) return '';
  return ` (${formatPlace({ source: table.source, start: table.offset + term.start, end: table.offset + term.end })})`;
}

/** The expressions of the unknown bytes of a buffer: a line for each number in it. */
function unknownRuns(value: EvalResult['value']): string[] {
  if (!(value instanceof BufferObject)) return [];
  const bytes: readonly ByteValue[] = Array.from(value.bytes);
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const first = bytes[start]!;
    let end = start + 1;
    if (typeof first !== 'number') {
      for (; end < bytes.length; end += 1) {
        const next = bytes[end]!;
        if (typeof next === 'number' || next.of !== first.of || next.index !== first.index + end - start)
          break;
      }
      lines.push(
        `// bytes ${hex(start)} to ${hex(end - 1)}: ${formatQuantity(quantityOfBytes(bytes.slice(start, end)))}`,
      );
    }
    start = end;
  }
  return lines;
}

/** The same lines with the inputs, for reports that are read without them. */
function evalDocument(report: EvalReport): Document {
  return [
    { kind: 'lines', lines: evalLines(report) },
    { kind: 'heading', text: 'Inputs' },
    { kind: 'list', items: report.inputs.map(inputItem) },
  ];
}

export function evalReport(report: EvalReport): Report {
  return {
    json: () => evalJson(report),
    document: () => evalDocument(report),
    found: () => ({ inputs: report.inputs, results: report.diagnostics }),
  };
}
