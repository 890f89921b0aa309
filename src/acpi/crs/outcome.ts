/** The result of evaluating a `_CRS`: its possible outcomes, and a summary of them. */

import { hex } from '../../bytes/address.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import {
  allOf,
  type ByteValue,
  type FieldSymbol,
  fieldsOf,
  isKnown,
  not,
  opaqueReasons,
  type Quantity,
} from '../../symbolic/index.ts';
import type { AcpiMachine } from '../acpi-machine.ts';
import type { Interpreter } from '../interpreter/interpreter.ts';
import {
  alternativesOf,
  type Branch,
  byAnyByte,
  conditionOf,
  type Splitting,
} from '../interpreter/paths/alternatives.ts';
import { AmlFault, faultDiagnostic, isAbandonment } from '../interpreter/state/fault.ts';
import type { Evaluation } from '../interpreter/state/machine.ts';
import {
  type AmlValue,
  BufferObject,
  ForeignObject,
  type NamespaceNode,
  StringObject,
  UnknownObject,
} from '../interpreter/state/objects.ts';
import { decodeTemplate, openStructure } from '../resources/decode.ts';
import type { TemplateBytes } from '../resources/descriptor.ts';
import { spanIn } from '../tables/records.ts';
import type { CrsAlternative, CrsCause, CrsEntry, CrsField, CrsOutcome, CrsPlace } from './crs.ts';
import { declarationOf, spansOf } from './places.ts';

/** ACPICA repairs a `_CRS` that returns zero, an empty buffer or nothing to a template without resources (nsrepair.c). */
const EMPTY_TEMPLATE: TemplateBytes = [0x79, 0x00];

export type CrsResult = Pick<
  CrsEntry,
  | 'status'
  | 'why'
  | 'depends'
  | 'bytes'
  | 'alternatives'
  | 'unsplit'
  | 'cases'
  | 'resources'
  | 'causes'
  | 'fields'
>;

/** The template in a value; `undefined` if it is none. */
export function templateOf(value: AmlValue | NamespaceNode | undefined): TemplateBytes | undefined {
  if (value === undefined || value === 0n) return EMPTY_TEMPLATE;
  if (value instanceof StringObject && value.text === '') return EMPTY_TEMPLATE;
  if (!(value instanceof BufferObject) || value.unknown !== undefined) return undefined;
  return value.bytes.length === 0 ? EMPTY_TEMPLATE : Array.from(value.bytes);
}

/** Why a value is completely unknown; `undefined` if it is not. */
function unknownReason(value: AmlValue | NamespaceNode | undefined): string | undefined {
  if (value instanceof UnknownObject || value instanceof ForeignObject) return value.reason;
  if (value instanceof StringObject && value.text === undefined) return 'an unknown string';
  return value instanceof BufferObject ? value.unknown : undefined;
}

/** Splits by conditions that decide number and types of descriptors. */
const byStructure: Splitting = ({ bytes }) => {
  // All bytes of a Uint8Array are known.
  if (bytes instanceof Uint8Array) return undefined;
  for (const at of openStructure(bytes)) {
    const condition = conditionOf(bytes[at]);
    if (condition !== undefined) return condition;
  }
  return undefined;
};

/**
 * Decodes the result of an evaluation and reports its faults to the machine's sink.
 * @param node the `_CRS` @param when the condition under which device and `_CRS` exist
 * @param unreliable why the machine's state is unreliable, if it is
 */
export function resultOf(
  machine: AcpiMachine,
  node: NamespaceNode,
  when: Quantity,
  evaluation: Evaluation,
  unreliable: string | undefined,
): CrsResult {
  const { fault, faults, value } = evaluation;
  if (unreliable !== undefined && machine.interpreter.journal.active) return abandoned(when, unreliable);
  const spanOf = spansOf(node);
  for (const failing of fault === undefined
    ? faults.map((each) => each.fault)
    : [fault, ...faults.map((each) => each.fault)])
    if (failing === fault || isAbandonment(failing))
      machine.sink.add(faultDiagnostic(failing, undefined, node.path));
  let isCut = false;
  const waysBy = (splitting: Splitting, tells: boolean): CrsAlternative[] | undefined => {
    const branches = alternativesOf(value, when, faults, fault, splitting, () => {
      isCut = true;
    });
    const ways = branches?.map((branch) => {
      const options = {
        path: node.path,
        ...(spanOf ? { spanOf } : {}),
        ...(tells ? { sink: machine.sink } : {}),
      };
      return wayOf(branch, (bytes) => decodeTemplate(bytes, options));
    });
    if (!isKnown(when)) ways?.push(emptyWay(allOf([not(when)]), 'absent', 'the device does not exist'));
    return ways;
  };
  const cases = waysBy(byStructure, true);
  if (cases === undefined || cases.length > limit('crs-alternatives')) {
    const why = `it may be ${moreThan('crs-alternatives')}`;
    machine.sink.add(faultDiagnostic(new AmlFault('NOT_FOLLOWED', why), undefined, node.path));
    return abandoned(when, why);
  }
  const causes = causesOf(machine, cases);
  const fields = fieldsBehind(machine.interpreter, cases);
  // Alternatives differ from cases only if some byte depends on a condition.
  const byByte = cases.some(dependsByByte) ? waysBy(byAnyByte, false) : cases;
  return {
    ...summaryOf(cases, byByte ?? cases, when),
    ...(isCut || byByte === undefined
      ? { unsplit: `not split further: ${moreThan('crs-alternatives')}` }
      : {}),
    cases,
    ...(causes.length > 0 ? { causes } : {}),
    ...(fields.length > 0 ? { fields } : {}),
  };
}

function dependsByByte({ bytes }: CrsAlternative): boolean {
  return bytes.some((byte) => conditionOf(byte) !== undefined);
}

/** The result of abandoned code. @param when the condition under which device and `_CRS` exist */
export function abandoned(when: Quantity, why: string): CrsResult {
  const way = emptyWay(allOf([when]), 'abandoned', why);
  const absent = emptyWay(allOf([not(when)]), 'absent', 'the device does not exist');
  return { status: 'unknown', why, cases: isKnown(when) ? [way] : [way, absent], resources: [] };
}

function emptyWay(condition: CrsAlternative['condition'], outcome: CrsOutcome, why: string): CrsAlternative {
  return { condition, outcome, bytes: [], resources: [], why };
}

function wayOf(
  branch: Branch,
  decode: (bytes: TemplateBytes) => ReturnType<typeof decodeTemplate>,
): CrsAlternative {
  const { when: condition, fault, value } = branch;
  if (fault !== undefined) {
    const way = isAbandonment(fault)
      ? emptyWay(condition, 'abandoned', fault.message)
      : emptyWay(condition, 'failure', `${fault.code}: ${fault.message}`);
    const at = placeOfFault(fault);
    return at === undefined ? way : { ...way, at };
  }
  const reason = unknownReason(value);
  if (reason !== undefined) return emptyWay(condition, 'abandoned', reason);
  const bytes = templateOf(value);
  if (bytes === undefined) return emptyWay(condition, 'none', 'it gives no resource template');
  const { resources, rest } = decode(bytes);
  return {
    condition,
    outcome: 'template',
    bytes,
    resources,
    ...(rest ? { rest } : {}),
  };
}

/** Status and summary of all outcomes. @param alternatives the same, split by conditions in bytes too */
function summaryOf(
  cases: readonly CrsAlternative[],
  alternatives: readonly CrsAlternative[],
  when: Quantity,
): Pick<CrsEntry, 'status' | 'why' | 'depends' | 'bytes' | 'alternatives' | 'resources'> {
  const [first] = alternatives;
  if (first === undefined) return { status: 'error', why: 'it has no value', resources: [] };
  const outcomes = new Set(cases.map(({ outcome }) => outcome));
  if (!outcomes.has('template')) {
    const { why = '' } = cases.find(({ outcome }) => outcome === 'abandoned') ?? cases[0]!;
    return {
      status: outcomes.has('abandoned') ? 'unknown' : 'error',
      why,
      resources: [],
    };
  }
  if (alternatives.length === 1) {
    const { bytes, resources } = first;
    const why = whyUnknown(bytes);
    return { status: why === undefined ? 'ok' : 'partial', ...(why ? { why } : {}), bytes, resources };
  }
  // The resources are known, but not whether the device exists.
  if (
    alternatives.length === 2 &&
    !isKnown(when) &&
    first.outcome === 'template' &&
    whyUnknown(first.bytes) === undefined
  )
    return { status: 'unknown', depends: first.condition, alternatives, resources: [] };
  return { status: 'alternatives', depends: first.condition, alternatives, resources: [] };
}

function placeOfFault({ place }: AmlFault): CrsPlace | undefined {
  if (place === undefined) return undefined;
  const { table, term, path } = place;
  return { table, span: spanIn(table, term.start, term.end), path };
}

/** Abandoned code that makes parts of the templates or of the outcomes' conditions unknown. */
function causesOf(machine: AcpiMachine, cases: readonly CrsAlternative[]): CrsCause[] {
  const reasons = new Set<string>();
  for (const { condition, bytes } of cases) {
    for (const reason of opaqueReasons(condition)) reasons.add(reason);
    for (const reason of reasonsIn(bytes)) reasons.add(reason);
  }
  return [...reasons].map((reason) => {
    const fault = machine.interpreter.abandonedCode.placeOf(reason);
    const at = fault && placeOfFault(fault);
    return { reason, ...(at ? { at } : {}) };
  });
}

/** The field units on which the templates and the outcomes' conditions depend. */
function fieldsBehind({ root }: Interpreter, cases: readonly CrsAlternative[]): CrsField[] {
  const found = new Map<string, FieldSymbol>();
  const note = (of: Quantity): void => {
    for (const field of fieldsOf(of)) found.set(`${field.path}#${field.epoch}`, field);
  };
  for (const { condition, bytes } of cases) {
    note(condition);
    for (const of of expressionsIn(bytes)) note(of);
  }
  return [...found.values()].map((field) => ({ field, ...declarationOf(root, field) }));
}

/** The expressions of which bytes are a part, each once. */
function* expressionsIn(bytes: readonly ByteValue[]): Generator<Quantity> {
  const seen = new Set<Quantity>();
  for (const byte of bytes) {
    if (typeof byte === 'number' || seen.has(byte.of)) continue;
    seen.add(byte.of);
    yield byte.of;
  }
}

function reasonsIn(bytes: readonly ByteValue[]): Set<string> {
  const reasons = new Set<string>();
  for (const of of expressionsIn(bytes)) for (const reason of opaqueReasons(of)) reasons.add(reason);
  return reasons;
}

function whyUnknown(bytes: TemplateBytes): string | undefined {
  const unknown = bytes.filter((byte) => typeof byte !== 'number').length;
  if (unknown === 0) return undefined;
  const fields = new Map<string, FieldSymbol>();
  for (const of of expressionsIn(bytes)) for (const field of fieldsOf(of)) fields.set(field.path, field);
  const reasons = reasonsIn(bytes);
  const names = [...fields.values()].slice(0, 6).map(describeField);
  const more = fields.size > 6 ? ` and ${fields.size - 6} more` : '';
  const [noun, depend, are] = unknown === 1 ? ['byte', 'depends', 'is'] : ['bytes', 'depend', 'are'];
  const from = names.length > 0 ? `${depend} on ${names.join('; ')}${more}` : `${are} unknown`;
  return `${unknown} ${noun} ${from}${reasons.size > 0 ? ` (${[...reasons].slice(0, 3).join('; ')})` : ''}`;
}

/** `MG2B (32 bits at SystemMemory 0xf7fd9000)`. */
export function describeField(field: FieldSymbol): string {
  const where =
    field.address === undefined
      ? field.space
      : `${field.space} ${hex(field.address)}${field.bitOffset === 0 ? '' : `, bit ${field.bitOffset}`}`;
  return `${field.name} (${field.bits} bits at ${where})`;
}
