/** Evaluates the `_CRS` of devices in namespace order. Each evaluation starts with the state that the last one left. */

import { fieldsOf, gather, type Quantity } from '../../symbolic/index.ts';
import type { AcpiMachine } from '../acpi-machine.ts';
import { callUnder, existenceOf, typeOfNode } from '../interpreter/boot.ts';
import type { Interpreter } from '../interpreter/interpreter.ts';
import type { Evaluation } from '../interpreter/state/machine.ts';
import {
  type AmlValue,
  BufferObject,
  type NamespaceNode,
  PackageObject,
  StringObject,
  TYPE,
} from '../interpreter/state/objects.ts';
import type { TraceRecord } from '../interpreter/state/trace.ts';
import type { ByteRange } from '../prune/unreferenced-devices.ts';
import { spanIn } from '../tables/records.ts';
import { forgetChanges } from './changed-before.ts';
import type { CrsEntry, CrsStep, DeviceAbove, DeviceWithoutCrs } from './crs.ts';
import { hardwareIdText } from './hardware-id.ts';
import { identityOf } from './identity.ts';
import { abandoned, describeField, resultOf } from './outcome.ts';
import { placeOf } from './places.ts';

/** Maximum number of steps recorded for one `_CRS`. */
const MAX_STEPS_SHOWN = 200;

/** A `_CRS` in the namespace. */
interface FoundCrs {
  readonly device: NamespaceNode;
  readonly crs: NamespaceNode;
  /** The condition under which both exist. */
  readonly when: Quantity;
}

/** Evaluates every `_CRS` of the machine. */
export function evaluateAllCrs(machine: AcpiMachine): CrsEntry[] {
  return evaluateFound(machine, findCrs(machine.interpreter));
}

/** Devices that were selected by hardware ID. */
export interface AskedDevices {
  /** Their `_CRS`, and those of their ancestors. */
  readonly crs: readonly CrsEntry[];
  /** Those without `_CRS`. */
  readonly withoutCrs: readonly DeviceWithoutCrs[];
  /** Their ancestors without a known `_CRS`. */
  readonly above: readonly DeviceAbove[];
}

/**
 * Evaluates `_CRS` of the devices that have, or may have, one of these hardware IDs, and of their ancestors.
 * @param leftOut pieces of the tables that were not loaded
 * @returns undefined where code that was left out may change what they give
 */
export function evaluateCrsOf(
  machine: AcpiMachine,
  ids: readonly string[],
  leftOut: readonly ByteRange[],
): AskedDevices | undefined {
  const found = findCrs(machine.interpreter);
  const asked = askedIn(machine.interpreter, found, ids);
  if (!forgetChanges(machine.interpreter, asked.wanted, leftOut)) return undefined;
  const crs = evaluateFound(
    machine,
    found.filter(({ device }) => asked.wanted.has(device)),
  );
  return { crs, ...withoutCrsOf(machine.interpreter, found, asked) };
}

/**
 * Evaluates every `_CRS` of the machine, and finds the devices with one of these hardware IDs that have none.
 * @param driverIds IDs of devices whose `_CRS` a driver asks for, when other methods have run
 */
export function evaluateAllCrsAndIds(
  machine: AcpiMachine,
  ids: readonly string[],
  driverIds: readonly string[],
): AskedDevices {
  const found = findCrs(machine.interpreter);
  // Without IDs every device whose own is not known would count.
  const wanted = driverIds.length === 0 ? NO_NODES : askedIn(machine.interpreter, found, driverIds).wanted;
  forgetChanges(machine.interpreter, wanted, []);
  const crs = evaluateFound(machine, found, ({ device }) => wanted.has(device));
  return { crs, ...withoutCrsOf(machine.interpreter, found, askedIn(machine.interpreter, found, ids)) };
}

const NO_NODES: ReadonlySet<NamespaceNode> = new Set();

interface Asked {
  /** Devices with the IDs and all their ancestors, the root included. */
  readonly wanted: ReadonlySet<NamespaceNode>;
  readonly without: readonly { readonly device: NamespaceNode; readonly when: Quantity }[];
}

function askedIn(interpreter: Interpreter, found: readonly FoundCrs[], ids: readonly string[]): Asked {
  const without = findWithoutCrs(interpreter, ids);
  const wanted = new Set<NamespaceNode>();
  const want = (device: NamespaceNode): void => {
    for (let at: NamespaceNode | undefined = device; at; at = at.parent) wanted.add(at);
  };
  for (const { device } of found) if (mayBe(device, ids)) want(device);
  for (const { device } of without) want(device);
  return { wanted, without };
}

function withoutCrsOf(
  interpreter: Interpreter,
  found: readonly FoundCrs[],
  { wanted, without }: Asked,
): Omit<AskedDevices, 'crs'> {
  const listed = new Set([...found, ...without].map(({ device }) => device));
  const above: DeviceAbove[] = [];
  for (const node of wanted) {
    if (node.parent === undefined || listed.has(node)) continue;
    const type = typeOfNode(node);
    const isForeign = type === undefined || !SCOPED.has(type);
    const { sta, staValue } = isForeign ? {} : identityOf(interpreter, node, 1n);
    above.push({
      device: node.path,
      isForeign,
      ...(sta === undefined ? {} : { sta }),
      ...(staValue === undefined ? {} : { staValue }),
    });
  }
  return {
    withoutCrs: without.map(({ device, when }) => ({
      device: device.path,
      when,
      ...identityOf(interpreter, device, when),
      ...placeOf(device),
    })),
    above,
  };
}

/** Devices that have, or may have, one of these IDs and have no `_CRS`. */
function findWithoutCrs(
  interpreter: Interpreter,
  ids: readonly string[],
): { readonly device: NamespaceNode; readonly when: Quantity }[] {
  const found: { device: NamespaceNode; when: Quantity }[] = [];
  const pending: { node: NamespaceNode; when: Quantity }[] = [{ node: interpreter.root, when: 1n }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node } = next;
    if (node.children.size === 0) continue;
    const when = gather('all', [next.when, existenceOf(node)]);
    if (when === 0n) continue;
    const crs = node.children.get('_CRS');
    const hasCrs = crs !== undefined && existenceOf(crs) !== 0n;
    if (!hasCrs && typeOfNode(node) === TYPE.device && mayBe(node, ids)) found.push({ device: node, when });
    for (const child of [...node.children.values()].reverse()) pending.push({ node: child, when });
  }
  return found;
}

/** Whether a device may have one of these IDs: false if its `_HID` and `_CID` are constants with other values. */
function mayBe(device: NamespaceNode, ids: readonly string[]): boolean {
  const isOther = (value: AmlValue | undefined): boolean =>
    value === undefined ||
    (typeof value === 'bigint' && !ids.includes(hardwareIdText(value))) ||
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

/** @param isFirst what is evaluated before all others, which may change what it reads */
function evaluateFound(
  machine: AcpiMachine,
  found: readonly FoundCrs[],
  isFirst: (each: FoundCrs) => boolean = () => false,
): CrsEntry[] {
  const { interpreter } = machine;
  const evaluate = ({ device, crs, when }: FoundCrs) => {
    const { result: evaluation, trace } = interpreter.trace.during(() =>
      callUnder(interpreter, crs, [], when),
    );
    // Decoded at once, since the next method may write to the same buffer.
    return {
      device,
      when,
      entry: {
        ...resultOf(machine, crs, when, evaluation, interpreter.abandonedCode.unreliable),
        ...stepsOf(evaluation, trace),
        ...placeOf(crs),
      },
    };
  };
  const first = new Map(found.filter(isFirst).map((each) => [each, evaluate(each)]));
  const evaluated = found.map((each) => first.get(each) ?? evaluate(each));
  const entries: CrsEntry[] = evaluated.map(({ device, when, entry }) => ({
    device: device.path,
    object: '_CRS',
    ...identityOf(interpreter, device, when),
    ...entry,
  }));
  return interpreter.abandonedCode.skipped === undefined
    ? entries
    : [...entries, ...undeclared(machine, entries, interpreter.abandonedCode.skipped)];
}

/** Entries of status `unknown` for `_CRS` that are declared by code which was not executed completely. */
function undeclared(machine: AcpiMachine, entries: readonly CrsEntry[], reason: string): CrsEntry[] {
  const there = new Set(entries.map((entry) => entry.device));
  const missing: CrsEntry[] = [];
  machine.decoded.namespace.bodies.decodeAll();
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
      ...abandoned(1n, `the code that may declare it was not executed completely: ${reason}`),
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
