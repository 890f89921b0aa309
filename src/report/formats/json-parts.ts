/** The parts that every JSON report has: inputs, places, windows, diagnostics. Shapes are those of json/. */

import type { Artifact } from '../../artifact/artifact.ts';
import type { Gap } from '../../artifact/gap.ts';
import { hex } from '../../bytes/address.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { toJsonText } from '../../bytes/escape.ts';
import { placeOf, type Span } from '../../bytes/source.ts';
import { hintOf, messageOf, relatedText } from '../../findings/finding.ts';
import {
  type Condition,
  conditionTree,
  formatCondition,
  formatQuantity,
  Names,
  type Quantity,
  type Variable,
} from '../../symbolic/index.ts';
import {
  type AddressWindow,
  boundsOf,
  type CertainWindow,
  type InTheMaking,
  type Origin,
  windowClass,
} from '../../window/window.ts';
import type {
  DiagnosticJson,
  ExpressionsJson,
  FieldJson,
  GapJson,
  InputJson,
  OriginJson,
  PlaceJson,
  WhenJson,
  WindowFlagsJson,
  WindowJson,
} from '../json/parts.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function hexOrNull(value: bigint | null | undefined): string | null {
  return value === null || value === undefined ? null : hex(value);
}

export function inputsJson(artifacts: readonly Artifact[]): InputJson[] {
  return artifacts.map(({ path, kind, sha256, contentSha256, steps }) => ({
    path,
    kind,
    sha256,
    ...(contentSha256 === undefined ? {} : { contentSha256 }),
    ...(steps.length === 0
      ? {}
      : {
          steps: steps.map(({ how, offset, name }) => ({
            how,
            ...(offset === undefined ? {} : { offset }),
            ...(name === undefined ? {} : { name }),
          })),
        }),
  }));
}

/**
 * A place in an input: line and column in text, offset and length in a blob.
 * @param expected the source that needs no name; any other is named
 */
export function placeJson(span: Span, expected?: string): PlaceJson {
  const place = placeOf(span);
  const at = 'line' in place ? { line: place.line, column: place.column } : place;
  return span.source.name === expected ? at : { source: span.source.name, ...at };
}

/** Origins refer to inputs by number. */
export function originJson(origin: Origin, inputs: readonly Artifact[]): OriginJson {
  const { artifact, path, item, index, span } = origin;
  const input = inputs.indexOf(artifact);
  return span === undefined
    ? { input, path, item, index }
    : { input, path, item, index, at: placeJson(span, artifact.source.name) };
}

function numberJson(value: Quantity | null): string | null {
  return typeof value === 'bigint' ? hex(value) : null;
}

function expressionJson(value: Quantity | null, names: Names): string | undefined {
  return value === null || typeof value === 'bigint' ? undefined : formatQuantity(value, names);
}

/** The expressions of bounds that are not numbers; undefined where both are. */
export function expressionsJson(
  base: Quantity | null,
  size: Quantity | null,
  names: Names,
): ExpressionsJson | undefined {
  const ofBase = expressionJson(base, names);
  const ofSize = expressionJson(size, names);
  if (ofBase === undefined && ofSize === undefined) return undefined;
  return {
    ...(ofBase === undefined ? {} : { base: ofBase }),
    ...(ofSize === undefined ? {} : { size: ofSize }),
  };
}

/** A condition as text and as a tree, in the grammar of docs/unknown-values.md. */
export function conditionJson(condition: Condition, names: Names): WhenJson {
  return { when: formatCondition(condition, names), condition: conditionTree(condition, names) };
}

/** The variables of conditions and expressions, each once. */
export function fieldsJson(names: Names): FieldJson[] {
  return names.named().map(({ name, variable }) => ({ name, ...variableJson(variable) }));
}

function variableJson(variable: Variable): Omit<FieldJson, 'name'> {
  switch (variable.kind) {
    case 'field': {
      const { space, address, bits, path, bitOffset, epoch, within, why } = variable.field;
      return {
        space: SPACE_WORDS[space] ?? space,
        address: hexOrNull(address),
        ...(bitOffset === 0 ? {} : { bitOffset }),
        bits,
        path,
        ...(within === undefined ? {} : { within }),
        ...(epoch === 0 ? {} : { read: epoch }),
        ...(why === undefined ? {} : { why }),
      };
    }
    case 'choice':
      return { values: variable.choice.values };
    case 'unknown':
      return { reason: variable.of.reason };
  }
}

/** Names of address spaces in output, where they differ from ASL's. */
const SPACE_WORDS: Readonly<Record<string, string>> = { SystemMemory: 'memory', SystemIO: 'io' };

export function gapJson({ code, place, reason, hides, hint }: Gap): GapJson {
  return {
    code,
    what: place.path ?? place.span?.source.name ?? '',
    where: place.span === undefined ? null : placeJson(place.span),
    why: reason,
    mayHide: [...hides],
    ...(hint === undefined ? {} : { hint }),
  };
}

function flagsJson(window: AddressWindow): WindowFlagsJson {
  const { prefetchable, producer, available, pci } = window.flags;
  const json: InTheMaking<WindowFlagsJson> = {};
  if (prefetchable !== undefined) json.prefetchable = prefetchable;
  if (producer !== undefined) json.producer = producer;
  if (available !== undefined) json.available = available;
  if (pci !== undefined) json.pci = pci;
  return json;
}

/** Of a window of which all is known, as nearly all windows of device trees are: made at once. */
function certainJson(window: CertainWindow, inputs: readonly Artifact[]): WindowJson {
  const { space, role, bus, certainty } = window;
  const base = hex(window.base);
  const size = hex(window.size);
  const last = hex(window.base + window.size - 1n);
  const ofClass = windowClass(window);
  const origin = originJson(window.origin, inputs);
  const flags = flagsJson(window);
  if (bus === undefined) return { space, role, base, size, last, class: ofClass, certainty, origin, flags };
  const onBus = { base: hex(bus.base) };
  return { space, role, base, size, last, bus: onBus, class: ofClass, certainty, origin, flags };
}

export function windowJson(
  window: AddressWindow,
  inputs: readonly Artifact[],
  names: Names = new Names(),
): WindowJson {
  if (window.certainty === 'certain' && window.inferences === undefined && window.ignored === undefined)
    return certainJson(window, inputs);
  const { base, size } = window;
  const bounds = boundsOf(window);
  const expressions = expressionsJson(base, size, names);
  const json: InTheMaking<Partial<WindowJson>> = {
    space: window.space,
    role: window.role,
    base: numberJson(base),
    size: numberJson(size),
    last: bounds === undefined ? null : hex(bounds.base + bounds.size - 1n),
  };
  if (window.bus !== undefined) json.bus = { base: hex(window.bus.base) };
  json.class = windowClass(window);
  json.certainty = window.certainty;
  if (window.certainty === 'conditional') Object.assign(json, conditionJson(window.when, names));
  if (window.certainty === 'unknown') json.why = window.why;
  if (expressions !== undefined) json.expressions = expressions;
  if (window.inferences !== undefined)
    json.inferences = window.inferences.map(({ text, because }) => ({
      text,
      because: because.map((source) => ({
        text: source.text,
        ...(source.span === undefined ? {} : { at: placeJson(source.span) }),
      })),
    }));
  json.origin = originJson(window.origin, inputs);
  json.flags = flagsJson(window);
  if (window.ignored !== undefined) json.ignored = window.ignored;
  return json as WindowJson;
}

export function diagnosticJson(diagnostic: Diagnostic): DiagnosticJson {
  const { severity, code, span, path, related } = diagnostic;
  const hint = hintOf(diagnostic);
  return {
    severity,
    code,
    message: messageOf(diagnostic),
    ...(span === undefined ? {} : { at: placeJson(span) }),
    ...(path === undefined ? {} : { path }),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined || related.length === 0
      ? {}
      : { related: related.map((other) => ({ message: relatedText(other), at: placeJson(other.span) })) }),
  };
}

/** One object, indented for people. */
export function printJson(object: JsonObject): string {
  return `${toJsonText(object, 2)}\n`;
}

/** One object on one line. */
export function printJsonLine(object: JsonObject): string {
  return `${toJsonText(object)}\n`;
}
