/** `_CRS` of every device, evaluated one after the other in the order of the namespace, state staying as it is left. */

import { hex } from '../../bytes/address.ts';
import type { Span } from '../../bytes/source.ts';
import {
  type FieldSymbol,
  fieldsOf,
  formatQuantity,
  gather,
  isKnown,
  not,
  opaqueReasons,
  type Quantity,
} from '../../symbolic/index.ts';
import { callUnder, existenceOf, typeOfNode } from '../interpreter/boot.ts';
import type { Evaluation, Interpreter, TraceRecord } from '../interpreter/interpreter.ts';
import { alternativesOf } from '../interpreter/paths/alternatives.ts';
import { type AmlFault, faultDiagnostic, isGivenUp } from '../interpreter/state/fault.ts';
import {
  type AmlValue,
  BufferObject,
  PackageObject,
  SharedInteger,
  StringObject,
  TYPE,
  UnknownInteger,
  UnknownObject,
} from '../interpreter/state/objects.ts';
import type { AcpiMachine } from '../machine.ts';
import type { NamespaceNode } from '../namespace/node.ts';
import { decodeTemplate } from '../resources/decode.ts';
import type { TemplateBytes } from '../resources/descriptor.ts';
import { spanIn } from '../tables/records.ts';
import { isTerm, Term } from '../terms/term.ts';
import type { CrsAlternative, CrsEntry, CrsStep } from './crs.ts';
import { hardwareIdText, uniqueIdText } from './hardware-id.ts';

/** What ACPICA makes of a `_CRS` that gives zero, an empty buffer or nothing (nsrepair.c): a template without resources. */
const EMPTY_TEMPLATE: TemplateBytes = [0x79, 0x00];
/** Steps kept for one `_CRS`. */
const MAX_STEPS_SHOWN = 200;

/** A `_CRS` in the namespace. */
interface FoundCrs {
  readonly device: NamespaceNode;
  readonly crs: NamespaceNode;
  /** When device and object exist. */
  readonly when: Quantity;
}

/** Every `_CRS` of the machine. */
export function evaluateAllCrs(machine: AcpiMachine): CrsEntry[] {
  return evaluateFound(machine, findCrs(machine.interpreter));
}

/** The `_CRS` of devices that have, or may have, one of these hardware ids, and of those they stand in. */
export function evaluateCrsOf(machine: AcpiMachine, ids: readonly string[]): CrsEntry[] {
  const found = findCrs(machine.interpreter);
  const wanted = new Set<NamespaceNode>();
  for (const { device } of found) {
    if (!mayBe(device, ids)) continue;
    for (let at: NamespaceNode | undefined = device; at; at = at.parent) wanted.add(at);
  }
  return evaluateFound(
    machine,
    found.filter(({ device }) => wanted.has(device)),
  );
}

/** False when what `_HID` and `_CID` hold is plainly another id. */
function mayBe(device: NamespaceNode, ids: readonly string[]): boolean {
  const isOther = (value: AmlValue | undefined): boolean =>
    value === undefined ||
    typeof value === 'bigint' ||
    (value instanceof StringObject && value.text !== undefined && !ids.includes(value.text)) ||
    (value instanceof PackageObject && value.elements.every(isOther));
  return ['_HID', '_CID'].some((segment) => !isOther(device.children.get(segment)?.object));
}

function findCrs(interpreter: Interpreter): FoundCrs[] {
  const found: FoundCrs[] = [];
  const pending: { node: NamespaceNode; when: Quantity }[] = [{ node: interpreter.root, when: 1n }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node } = next;
    const when = gather('all', [next.when, existenceOf(node)]);
    if (when === 0n) continue;
    const { parent } = node;
    if (node.segment === '_CRS' && parent !== undefined) {
      const type = typeOfNode(parent);
      if (type !== undefined && SCOPED.has(type)) found.push({ device: parent, crs: node, when });
      continue;
    }
    if (node.children.size === 0) continue;
    for (const child of [...node.children.values()].reverse()) pending.push({ node: child, when });
  }
  return found;
}

function evaluateFound(machine: AcpiMachine, found: readonly FoundCrs[]): CrsEntry[] {
  const { interpreter } = machine;
  const evaluated = found.map(({ device, crs, when }) => {
    interpreter.trace = [];
    const evaluation = callUnder(interpreter, crs, [], when);
    const trace = interpreter.trace;
    interpreter.trace = undefined;
    // Read at once: the next method may write to the very buffer that this one gave.
    return {
      device,
      when,
      entry: {
        ...outcomeOf(machine, crs, when, evaluation, interpreter.lost.at(-1)),
        ...stepsOf(evaluation, trace),
        ...placeOf(crs),
      },
    };
  });
  const entries: CrsEntry[] = evaluated.map(({ device, when, entry }) => ({
    device: device.path,
    object: '_CRS',
    ...identityOf(interpreter, device, when),
    ...entry,
  }));
  return interpreter.skipped === undefined
    ? entries
    : [...entries, ...undeclared(machine, entries, interpreter.skipped)];
}

/** `_CRS` that tables declare in code that was not run to its end: nothing can be said of them. */
function undeclared(machine: AcpiMachine, entries: readonly CrsEntry[], reason: string): CrsEntry[] {
  const there = new Set(entries.map((entry) => entry.device));
  const missing: CrsEntry[] = [];
  for (const object of machine.decoded.namespace.all()) {
    if (object.segment !== '_CRS' || object.declarations.length === 0 || object.parent === undefined)
      continue;
    const { table, term } = object.declarations[0]!;
    const device = object.parent.path;
    if (there.has(device)) continue;
    there.add(device);
    missing.push({
      device,
      object: '_CRS',
      status: 'unknown',
      why: `the code that may declare it was not followed up: ${reason}`,
      resources: [],
      table,
      span: spanIn(table, term.start, term.end),
    });
  }
  return missing;
}

const SCOPED: ReadonlySet<number> = new Set([
  TYPE.device,
  TYPE.processor,
  TYPE.thermalZone,
  TYPE.powerResource,
  TYPE.scope,
]);

type Outcome = Pick<CrsEntry, 'status' | 'why' | 'bytes' | 'alternatives' | 'resources'>;

function placeOf(node: NamespaceNode): Pick<CrsEntry, 'span' | 'table'> {
  const { table, term } = node;
  if (table === undefined || term === undefined) return {};
  return { table, span: spanIn(table, term.start, term.end) };
}

/** Where the bytes of a plain buffer stand in its table. */
function spansOf(node: NamespaceNode): ((start: number, end: number) => Span) | undefined {
  const { table, term } = node;
  if (table === undefined || term === undefined || !isTerm(term, 'Name')) return undefined;
  const buffer = term.operands[1];
  if (!(buffer instanceof Term) || !isTerm(buffer, 'Buffer')) return undefined;
  const list = buffer.operands[1];
  const first = buffer.end - (list instanceof Uint8Array ? list.length : 0);
  return (start, end) =>
    spanIn(table, Math.min(first + start, buffer.end), Math.min(first + end, buffer.end));
}

/** The template a value is; undefined when it is none. */
export function templateOf(value: AmlValue | NamespaceNode | undefined): TemplateBytes | undefined {
  if (value === undefined || value === 0n) return EMPTY_TEMPLATE;
  if (value instanceof StringObject && value.text === '') return EMPTY_TEMPLATE;
  if (!(value instanceof BufferObject) || value.unknown !== undefined) return undefined;
  return value.bytes.length === 0 ? EMPTY_TEMPLATE : Array.from(value.bytes);
}

/** Why nothing is known of a value; undefined when something is. */
function unknownReason(value: AmlValue | NamespaceNode | undefined): string | undefined {
  if (value instanceof UnknownObject) return value.reason;
  return value instanceof BufferObject ? value.unknown : undefined;
}

function outcomeOf(
  machine: AcpiMachine,
  node: NamespaceNode,
  when: Quantity,
  evaluation: Evaluation,
  lost: string | undefined,
): Outcome {
  const { fault, faults, value } = evaluation;
  const spanOf = spansOf(node);
  const decode = (bytes: TemplateBytes) =>
    decodeTemplate(bytes, { sink: machine.sink, path: node.path, ...(spanOf ? { spanOf } : {}) }).resources;
  if (lost !== undefined && machine.interpreter.journal.active)
    return { status: 'unknown', why: lost, resources: [] };
  if (fault !== undefined) {
    machine.sink.add(faultDiagnostic(fault, undefined, node.path));
    const unknown = isGivenUp(fault);
    return {
      status: unknown ? 'unknown' : 'error',
      why: unknown ? fault.message : `${fault.code}: ${fault.message}`,
      resources: [],
    };
  }
  const branches = alternativesOf(value, when, faults);
  if (branches === undefined)
    return { status: 'unknown', why: 'it hangs on too many conditions', resources: [] };
  const unknown = branches.map(({ value: given }) => unknownReason(given)).find((reason) => reason);
  if (unknown !== undefined) return { status: 'unknown', why: unknown, resources: [] };
  if (branches.length === 1 && isKnown(when)) {
    const only = branches[0]!;
    const bytes = templateOf(only.value);
    if (bytes === undefined) return { status: 'error', why: 'it gives no resource template', resources: [] };
    const why = whyUnknown(bytes);
    return {
      status: why === undefined ? 'ok' : 'partial',
      ...(why ? { why } : {}),
      bytes,
      resources: decode(bytes),
    };
  }
  const alternatives = branches.map((branch): CrsAlternative => {
    const bytes = branch.fault === undefined ? templateOf(branch.value) : undefined;
    const guard = formatQuantity(branch.when);
    if (bytes === undefined)
      return {
        when: guard,
        condition: branch.when,
        bytes: [],
        resources: [],
        why: branch.fault ? whyFailed(branch.fault) : 'it gives no resource template',
      };
    return { when: guard, condition: branch.when, bytes, resources: decode(bytes) };
  });
  if (!isKnown(when)) {
    alternatives.push({
      when: formatQuantity(not(when)),
      condition: not(when),
      bytes: [],
      resources: [],
      why: 'the device does not exist',
    });
  }
  // What a device gives if it is there is known; whether it is there is what can't be told.
  if (alternatives.length === 2 && !isKnown(when) && whyUnknown(alternatives[0]!.bytes) === undefined)
    return {
      status: 'unknown',
      why: `the device exists only when ${alternatives[0]!.when}`,
      alternatives,
      resources: [],
    };
  const bytes = commonBytes(alternatives);
  return {
    status: 'alternatives',
    why: `what it gives hangs on ${alternatives[0]!.when}`,
    alternatives,
    ...(bytes === undefined ? {} : { bytes }),
    resources: bytes === undefined ? [] : decode(bytes),
  };
}

function whyFailed(fault: AmlFault): string {
  return isGivenUp(fault) ? `not known: ${fault.message}` : `${fault.code}: ${fault.message}`;
}

/** Bytes of a template all alternatives have, where they are of one length; others are unknown. */
function commonBytes(alternatives: readonly CrsAlternative[]): TemplateBytes | undefined {
  const [first, ...rest] = alternatives;
  if (first === undefined || rest.length > 0) return undefined;
  return first.bytes;
}

function whyUnknown(bytes: TemplateBytes): string | undefined {
  const fields = new Map<string, FieldSymbol>();
  const reasons = new Set<string>();
  let unknown = 0;
  for (const byte of bytes) {
    if (typeof byte === 'number') continue;
    unknown += 1;
    for (const field of fieldsOf(byte.of)) fields.set(field.path, field);
    for (const reason of opaqueReasons(byte.of)) reasons.add(reason);
  }
  if (unknown === 0) return undefined;
  const names = [...fields.values()].slice(0, 6).map(describeField);
  const more = fields.size > 6 ? ` and ${fields.size - 6} more` : '';
  const from = names.length > 0 ? `hang on ${names.join('; ')}${more}` : 'are not known';
  return `${unknown} bytes ${from}${reasons.size > 0 ? ` (${[...reasons].slice(0, 3).join('; ')})` : ''}`;
}

/** `MG2B (32 bits at SystemMemory 0xf7fd9000)`. */
export function describeField(field: FieldSymbol): string {
  const where =
    field.address === undefined
      ? field.space
      : `${field.space} ${hex(field.address)}${field.bitOffset === 0 ? '' : `, bit ${field.bitOffset}`}`;
  return `${field.name} (${field.bits} bits at ${where})`;
}

function stepsOf(evaluation: Evaluation, trace: readonly TraceRecord[]): Pick<CrsEntry, 'steps'> {
  const steps: CrsStep[] = [];
  const seen = new Set<string>();
  for (const record of trace) {
    if (record.kind !== 'call' && record.kind !== 'read' && record.kind !== 'fault') continue;
    const text = `${record.kind === 'call' ? 'method' : record.kind === 'read' ? 'field' : 'fault'} ${record.text}`;
    if (seen.has(text) || steps.length >= MAX_STEPS_SHOWN) continue;
    seen.add(text);
    const { table, term } = record;
    steps.push(table && term ? { text, span: spanIn(table, term.start, term.end) } : { text });
  }
  const { value } = evaluation;
  if (value instanceof BufferObject) {
    for (const byte of value.bytes) {
      if (typeof byte === 'number') continue;
      for (const field of fieldsOf(byte.of)) {
        const text = `field ${describeField(field)}`;
        if (
          seen.has(text) ||
          seen.has(`field ${field.path}`) ||
          steps.some((step) => step.text.startsWith(`field ${field.path},`))
        )
          continue;
        seen.add(text);
        steps.push({ text });
      }
    }
  }
  return steps.length === 0 ? {} : { steps };
}

type Identity = Pick<CrsEntry, 'hid' | 'cid' | 'uid' | 'adr' | 'sta'>;

/** What the device says of itself. */
function identityOf(machine: Interpreter, device: NamespaceNode, when: Quantity): Identity {
  const value = (segment: string): AmlValue | NamespaceNode | undefined | null => {
    const node = device.children.get(segment);
    if (node?.object === undefined) return undefined;
    const { object } = node;
    if (typeof object === 'bigint' || object instanceof StringObject || object instanceof PackageObject)
      return object;
    const { value: given, fault, faults } = callUnder(machine, node, [], when);
    return fault === undefined && faults.length === 0 ? (given ?? null) : null;
  };
  const plain = (from: AmlValue | NamespaceNode | undefined | null): bigint | string | undefined => {
    const data = from instanceof SharedInteger ? from.value : from;
    return typeof data === 'bigint' ? data : data instanceof StringObject ? data.text : undefined;
  };
  const hid = plain(value('_HID'));
  const cids = value('_CID');
  const cid = cids instanceof PackageObject ? cids.elements.map(plain) : [plain(cids)];
  const ids = cid.filter((id) => id !== undefined).map(hardwareIdText);
  const uid = plain(value('_UID'));
  const adr = plain(value('_ADR'));
  const sta = value('_STA');
  return {
    ...(hid === undefined ? {} : { hid: hardwareIdText(hid) }),
    ...(ids.length === 0 ? {} : { cid: ids }),
    ...(uid === undefined ? {} : { uid: uniqueIdText(uid) }),
    ...(typeof adr === 'bigint' ? { adr } : {}),
    ...(sta === undefined ? {} : { sta: typeof sta === 'bigint' ? sta : null }),
  };
}

/** An integer result that isn't known, as its expression. */
export function expressionOf(value: AmlValue | NamespaceNode | undefined): Quantity | undefined {
  return typeof value === 'bigint' ? value : value instanceof UnknownInteger ? value.value : undefined;
}
