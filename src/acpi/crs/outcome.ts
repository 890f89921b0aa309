/** What the evaluation of a `_CRS` came to: the ways it may end, and what can be said of all of them. */

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
import { type AmlFault, faultDiagnostic, isGivenUp } from '../interpreter/state/fault.ts';
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

/** What ACPICA makes of a `_CRS` that gives zero, an empty buffer or nothing (nsrepair.c): a template without resources. */
const EMPTY_TEMPLATE: TemplateBytes = [0x79, 0x00];

export type CrsResult = Pick<
  CrsEntry,
  'status' | 'why' | 'depends' | 'bytes' | 'alternatives' | 'cases' | 'resources' | 'causes' | 'fields'
>;

/** The template a value is; undefined when it is none. */
export function templateOf(value: AmlValue | NamespaceNode | undefined): TemplateBytes | undefined {
  if (value === undefined || value === 0n) return EMPTY_TEMPLATE;
  if (value instanceof StringObject && value.text === '') return EMPTY_TEMPLATE;
  if (!(value instanceof BufferObject) || value.unknown !== undefined) return undefined;
  return value.bytes.length === 0 ? EMPTY_TEMPLATE : Array.from(value.bytes);
}

/** Why nothing is known of a value; undefined when something is. */
function unknownReason(value: AmlValue | NamespaceNode | undefined): string | undefined {
  if (value instanceof UnknownObject || value instanceof ForeignObject) return value.reason;
  if (value instanceof StringObject && value.text === undefined) return 'a string that is not known';
  return value instanceof BufferObject ? value.unknown : undefined;
}

/** By what decides which descriptors there are, and of what kind. */
const byStructure: Splitting = ({ bytes }) => {
  // Bytes that are kept so are all known.
  if (bytes instanceof Uint8Array) return undefined;
  for (const at of openStructure(bytes)) {
    const condition = conditionOf(bytes[at]);
    if (condition !== undefined) return condition;
  }
  return undefined;
};

/**
 * @param node the `_CRS` @param when that device and `_CRS` exist
 * @param unreliable why nothing of the machine's state is to be relied on
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
    if (failing === fault || isGivenUp(failing))
      machine.sink.add(faultDiagnostic(failing, undefined, node.path));
  const waysBy = (splitting: Splitting, tells: boolean): CrsAlternative[] | undefined => {
    const branches = alternativesOf(value, when, faults, fault, splitting);
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
  if (cases === undefined || cases.length > limit('crs-alternatives'))
    return abandoned(when, `it may be ${moreThan('crs-alternatives')}`);
  const causes = causesOf(machine, cases);
  const fields = fieldsBehind(machine.interpreter, cases);
  return {
    // Where nothing is chosen byte by byte, there is no more to tell apart.
    ...summaryOf(cases, cases.some(dependsByByte) ? (waysBy(byAnyByte, false) ?? cases) : cases, when),
    cases,
    ...(causes.length > 0 ? { causes } : {}),
    ...(fields.length > 0 ? { fields } : {}),
  };
}

function dependsByByte({ bytes }: CrsAlternative): boolean {
  return bytes.some((byte) => conditionOf(byte) !== undefined);
}

/** Nothing is known of it. */
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
    const way = isGivenUp(fault)
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

/** What can be said of all ways together. @param told the same, told apart by conditions in bytes too */
function summaryOf(
  cases: readonly CrsAlternative[],
  told: readonly CrsAlternative[],
  when: Quantity,
): Pick<CrsEntry, 'status' | 'why' | 'depends' | 'bytes' | 'alternatives' | 'resources'> {
  const [first] = told;
  if (first === undefined) return { status: 'error', why: 'it gives nothing', resources: [] };
  const outcomes = new Set(cases.map(({ outcome }) => outcome));
  if (!outcomes.has('template')) {
    const { why = '' } = cases.find(({ outcome }) => outcome === 'abandoned') ?? cases[0]!;
    return {
      status: outcomes.has('abandoned') ? 'unknown' : 'error',
      why,
      resources: [],
    };
  }
  if (told.length === 1) {
    const { bytes, resources } = first;
    const why = whyUnknown(bytes);
    return { status: why === undefined ? 'ok' : 'partial', ...(why ? { why } : {}), bytes, resources };
  }
  // What a device gives if it is there is known; whether it is there is what can't be told.
  if (
    told.length === 2 &&
    !isKnown(when) &&
    first.outcome === 'template' &&
    whyUnknown(first.bytes) === undefined
  )
    return { status: 'unknown', depends: first.condition, alternatives: told, resources: [] };
  return { status: 'alternatives', depends: first.condition, alternatives: told, resources: [] };
}

function placeOfFault({ place }: AmlFault): CrsPlace | undefined {
  if (place === undefined) return undefined;
  const { table, term, path } = place;
  return { table, span: spanIn(table, term.start, term.end), path };
}

/** Code that was given up and that something in the templates is unknown by, or in the conditions of the ways. */
function causesOf(machine: AcpiMachine, cases: readonly CrsAlternative[]): CrsCause[] {
  const reasons = new Set<string>();
  for (const { condition, bytes } of cases) {
    for (const reason of opaqueReasons(condition)) reasons.add(reason);
    for (const reason of reasonsIn(bytes)) reasons.add(reason);
  }
  return [...reasons].map((reason) => {
    const fault = machine.interpreter.givenUp.placeOf(reason);
    const at = fault && placeOfFault(fault);
    return { reason, ...(at ? { at } : {}) };
  });
}

/** The fields that the templates and the conditions of the ways depend on. */
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

/** The expressions that bytes are of, each once. */
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
  const from = names.length > 0 ? `${depend} on ${names.join('; ')}${more}` : `${are} not known`;
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
