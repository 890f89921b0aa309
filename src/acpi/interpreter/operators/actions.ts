/** The operators that act on the machine: mutexes, events, notifications, time, tables. */
import { limit } from '../../../limits/limits.ts';
import { type ByteValue, isKnown, type Quantity } from '../../../symbolic/index.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../../tables/table.ts';
import { parseName } from '../../terms/name.ts';
import { TAKEN } from '../plan/plan.ts';
import { AmlFault, fault } from '../state/fault.ts';
import type { Machine, Run, TableLoader } from '../state/machine.ts';
import {
  type AmlValue,
  BufferObject,
  EventObject,
  ForeignObject,
  integer,
  MutexObject,
  NameReference,
  NamespaceNode,
  ObjectReference,
  type Operand,
  RegionObject,
  SlotOperand,
  TableHandle,
  TYPE,
  typeOf,
} from '../state/objects.ts';
import { SPACE } from '../state/regions.ts';
import { existsElsewhere } from '../values/foreign.ts';
import { lookUp } from '../values/names.ts';
import { store } from '../values/store.ts';
import { integerOperand, knownText, referenced, resolve, slotValue, toText } from '../values/values.ts';

/** The clock's start, as 100 ns since 1970: a fixed day, so results are the same each time. */
const CLOCK_START = 1_600_000_000n * 10_000_000n;
/** 100 ns in a millisecond and in a microsecond. */
const MILLISECOND = 10_000n;
const MICROSECOND = 10n;
/** Longest sleep, in milliseconds, and longest stall, in microseconds, as ACPICA has them. */
const MAX_SLEEP = 2000n;
const MAX_STALL = 255n;
/** A timeout that never comes. */
const FOREVER = 0xffffn;

/** The mutex or event an operand names, itself or as a package element; ACPICA follows no RefOf here. */
function synchronised(m: Machine, operand: Operand): MutexObject | EventObject | ForeignObject {
  let value: Operand = operand instanceof SlotOperand ? slotValue(m, operand.slot) : operand;
  if (value instanceof NameReference) value = referenced(m, value);
  if (value instanceof NamespaceNode) value = m.settle(value.object);
  if (value instanceof MutexObject || value instanceof EventObject || value instanceof ForeignObject)
    return value;
  return fault('AE_AML_OPERAND_TYPE', 'neither a mutex nor an event');
}

/** Undefined: one of another table. */
function mutexOf(m: Machine, operand: Operand): MutexObject | undefined {
  const object = synchronised(m, operand);
  if (object instanceof EventObject) fault('AE_AML_OPERAND_TYPE', 'an event is not a mutex');
  return object instanceof MutexObject ? object : undefined;
}

/** Undefined: one of another table. */
function eventOf(m: Machine, operand: Operand): EventObject | undefined {
  const object = synchronised(m, operand);
  if (object instanceof MutexObject) fault('AE_AML_OPERAND_TYPE', 'a mutex is not an event');
  return object instanceof EventObject ? object : undefined;
}

/** A timeout in milliseconds as threads wait; undefined: for as long as it takes. */
function waitingTime(milliseconds: Quantity): bigint | undefined {
  return isKnown(milliseconds) && milliseconds < FOREVER ? milliseconds * MILLISECOND : undefined;
}

const acquire: Run = (m, instruction, at) => {
  const mutex = mutexOf(m, m.stack[at]);
  // Nobody else holds it while firmware starts up.
  if (mutex === undefined) return 0n;
  if (m.syncLevel > mutex.syncLevel)
    fault('AE_AML_MUTEX_ORDER', `sync level ${m.syncLevel} is held, the mutex has ${mutex.syncLevel}`);
  if (m.threads !== undefined) {
    const { current } = m.threads;
    const timeout = waitingTime(BigInt(instruction.term.operands[1] as number));
    if (!m.threads.wait(() => mutex.depth === 0 || mutex.thread === current, timeout)) return m.mask;
    mutex.thread = current;
  }
  m.journal.set(mutex, 'depth', mutex.depth + 1);
  if (mutex.depth === 1) {
    m.held.push({ mutex, level: m.syncLevel });
    m.syncLevel = mutex.syncLevel;
  }
  return 0n;
};

const release: Run = (m, _instruction, at) => {
  const mutex = mutexOf(m, m.stack[at]);
  if (mutex === undefined) return undefined;
  if (mutex.depth === 0) fault('AE_AML_MUTEX_NOT_ACQUIRED', 'a mutex is released that is not held');
  if (m.threads !== undefined && mutex.thread !== m.threads.current)
    fault('AE_AML_NOT_OWNER', 'a mutex is released that another thread holds');
  if (mutex.syncLevel !== m.syncLevel)
    fault(
      'AE_AML_MUTEX_ORDER',
      `sync level ${m.syncLevel} is held, the mutex released has ${mutex.syncLevel}`,
    );
  const previous = m.held.at(-1)?.level ?? 0;
  m.journal.set(mutex, 'depth', mutex.depth - 1);
  if (mutex.depth === 0) {
    const index = m.held.findLastIndex((held) => held.mutex === mutex);
    if (index >= 0) m.held.splice(index, 1);
    m.syncLevel = previous;
  }
  return undefined;
};

const wait: Run = (m, _instruction, at) => {
  const event = eventOf(m, m.stack[at]);
  if (event === undefined) return integer(m.unknown('whether an event was signalled'));
  const timeout = integerOperand(m, m.stack[at + 1]);
  if (m.threads !== undefined) {
    if (!m.threads.wait(() => event.signals !== 0, waitingTime(timeout))) return m.mask;
  } else if (event.signals === undefined) return integer(m.unknown('whether an event was signalled'));
  else if (event.signals === 0) {
    // Nobody else runs who could signal: it times out.
    if (isKnown(timeout) && timeout < FOREVER) m.clock.sleep(timeout * MILLISECOND);
    return m.mask;
  }
  m.journal.set(event, 'signals', (event.signals ?? 1) - 1);
  return 0n;
};

const notify: Run = (m, _instruction, at) => {
  const operand = m.stack[at];
  let target: Operand = operand instanceof SlotOperand ? slotValue(m, operand.slot) : operand;
  if (target instanceof NameReference) target = referenced(m, target);
  if (target instanceof ObjectReference && target.target instanceof NamespaceNode) target = target.target;
  const value = integerOperand(m, m.stack[at + 1]);
  const object = target instanceof NamespaceNode ? m.settle(target.object) : undefined;
  const type = object === undefined ? TYPE.uninitialized : typeOf(object);
  if (object instanceof ForeignObject) return undefined;
  if (type !== TYPE.device && type !== TYPE.processor && type !== TYPE.thermalZone)
    fault('AE_AML_OPERAND_TYPE', 'only devices, processors and thermal zones are notified');
  const text = `${(target as NamespaceNode).path} ${isKnown(value) ? `0x${value.toString(16)}` : 'unknown'}`;
  if (m.notifications.length < limit('trace-records')) m.notifications.push(text);
  m.record({ kind: 'notify', text });
  return undefined;
};

const fatal: Run = (m, instruction, at) => {
  const { operands } = instruction.term;
  const argument = integerOperand(m, m.stack[at]);
  m.record({
    kind: 'fatal',
    text: `type ${operands[0]}, code ${operands[1]}, argument ${isKnown(argument) ? argument : 'unknown'}`,
  });
  return undefined;
};

/** The bytes of a table that lies in a region or buffer. */
function tableBytes(m: Machine, source: RegionObject | BufferObject): Uint8Array {
  const byteAt = (i: number): number => {
    let byte: ByteValue | undefined;
    if (source instanceof BufferObject) byte = source.bytes[i];
    else if (isKnown(source.address)) byte = m.regions.read(SPACE.memory, source.address + BigInt(i));
    if (typeof byte === 'number') return byte;
    m.unsettleNames();
    return m.abandon('what the table to be loaded holds is not known');
  };
  if (source instanceof RegionObject && source.space !== SPACE.memory)
    fault('AE_AML_OPERAND_TYPE', 'tables are loaded from memory');
  if (source instanceof BufferObject && source.bytes.length < TABLE_HEADER_LENGTH)
    fault('AE_INVALID_TABLE_LENGTH', 'a buffer too short for a table');
  const length = byteAt(4) + byteAt(5) * 0x100 + byteAt(6) * 0x10000 + byteAt(7) * 0x1000000;
  if (length < TABLE_HEADER_LENGTH || length > limit('evaluation-bytes'))
    fault('AE_INVALID_TABLE_LENGTH', `a table of ${length} bytes`);
  if (source instanceof BufferObject && length > source.bytes.length)
    fault('AE_AML_BUFFER_LIMIT', 'a table that is longer than its buffer');
  m.budget.allocate(length);
  return Uint8Array.from({ length }, (_, i) => byteAt(i));
}

/** Operands of Load, and of LoadTable. */
const LOAD_OPERANDS = 2;
const LOAD_TABLE_OPERANDS = 6;

function loaderOf(m: Machine): TableLoader {
  return m.loader ?? fault('AE_SUPPORT', 'no tables can be loaded');
}

/**
 * What a table is known by once it is loaded. Up to ACPI 6.3 that is a handle, which Unload takes; since 6.4 Load and
 * LoadTable say True. Asked once the table is there: where the path parts on it, it is loaded all the same.
 */
function loadedAs(m: Machine, loaded: AmlValue): AmlValue {
  return loaded instanceof TableHandle && !m.decide(m.profile.givesTableHandles) ? m.mask : loaded;
}

/** Runs the code of the table that is in the first operand. */
const beginLoad: Run = (m, _instruction, end) => {
  const operand = m.stack[end - LOAD_OPERANDS];
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : undefined;
  const source = held instanceof RegionObject ? held : resolve(m, operand);
  if (!(source instanceof RegionObject) && !(source instanceof BufferObject))
    return fault('AE_AML_OPERAND_TYPE', 'tables are loaded from regions and buffers');
  const handle = loaderOf(m).load(tableBytes(m, source), m.root);
  m.frames.at(-1)!.result = handle;
  return TAKEN;
};

/**
 * Stores what stands for the table, if it was loaded; one that can't be stored is unloaded again. As long as that is a
 * handle, Load has no result besides.
 */
const finishLoad: Run = (m, _instruction, at) => {
  const given = m.stack[at + LOAD_OPERANDS] as AmlValue | undefined;
  if (given === undefined) return undefined;
  const loaded = loadedAs(m, given);
  m.owner = m.frames.at(-1)!.owner;
  storeOrUnload(m, loaded, () => store(m, loaded, m.stack[at + 1], 'result'));
  return loaded instanceof TableHandle ? undefined : m.mask;
};

function storeOrUnload(m: Machine, loaded: AmlValue, put: () => void): void {
  try {
    put();
  } catch (thrown) {
    if (thrown instanceof AmlFault && loaded instanceof TableHandle) loaderOf(m).unload(loaded);
    throw thrown;
  }
}

/** Names that LoadTable is given as strings. */
function namedBy(m: Machine, path: string, scope: NamespaceNode | undefined): NamespaceNode {
  const name = parseName(path) ?? fault('AE_BAD_PATHNAME', `${path} is not a name`);
  return lookUp(m, name, scope) ?? fault('AE_NOT_FOUND', `${path} is not found`);
}

function textOperand(m: Machine, operand: Operand): string {
  return knownText(m, toText(m, resolve(m, operand), 'implicit'));
}

/** The table of a signature, OEM id and OEM table id; ACPICA's AcpiTbFindTable. */
export function findTable(
  m: Machine,
  signature: string,
  oemId: string,
  oemTableId: string,
): AcpiTable | undefined {
  // ACPICA lets an exclamation mark end it.
  if (!/^[A-Z0-9_]{3}[A-Z0-9_!]$/.test(signature))
    fault('AE_BAD_SIGNATURE', `${signature} is not a signature`);
  if (oemId.length > 6 || oemTableId.length > 8) fault('AE_AML_STRING_LIMIT', 'an OEM id that is too long');
  return m.loader?.find(signature, oemId, oemTableId);
}

/** Is there such a table that isn't among those given? */
export function isElsewhere(m: Machine, signature: string, oemId: string, oemTableId: string): boolean {
  if (!m.namesOpen) return false;
  const name = [signature, oemId, oemTableId].filter((text) => text !== '').join(' ');
  return m.decide(existsElsewhere(name));
}

/** The name LoadTable stores its last operand to; undefined when none is given. */
function parameterOf(m: Machine, root: Operand, path: Operand): NamespaceNode | undefined {
  const text = textOperand(m, path);
  if (text === '') return undefined;
  // A relative path starts where the table is loaded.
  return namedBy(m, text, /^[\\^]/.test(text) ? undefined : rootOf(m, root));
}

/** Where in the namespace LoadTable loads: below its fourth operand. */
function rootOf(m: Machine, root: Operand): NamespaceNode {
  const text = textOperand(m, root);
  return text === '' ? m.root : namedBy(m, text, undefined);
}

const beginLoadTable: Run = (m, _instruction, end) => {
  const at = end - LOAD_TABLE_OPERANDS;
  const [signature, oemId, oemTableId] = [0, 1, 2].map((i) => textOperand(m, m.stack[at + i])) as [
    string,
    string,
    string,
  ];
  const table = findTable(m, signature, oemId, oemTableId);
  if (table === undefined) {
    if (!isElsewhere(m, signature, oemId, oemTableId)) return 0n;
    return m.abandon('a table is loaded that is not there');
  }
  const scope = rootOf(m, m.stack[at + 3]);
  parameterOf(m, m.stack[at + 3], m.stack[at + 4]);
  const handle = loaderOf(m).loadFound(table, scope);
  m.frames.at(-1)!.result = handle;
  return TAKEN;
};

const finishLoadTable: Run = (m, _instruction, at) => {
  const given = m.stack[at + LOAD_TABLE_OPERANDS] as AmlValue | undefined;
  if (given === undefined || given === 0n) return given;
  const loaded = loadedAs(m, given);
  m.owner = m.frames.at(-1)!.owner;
  const parameter = parameterOf(m, m.stack[at + 3], m.stack[at + 4]);
  if (parameter === undefined) return loaded;
  storeOrUnload(m, loaded, () => {
    const data = resolve(m, m.stack[at + 5]);
    const held = m.settle(parameter.object);
    const type = held === undefined ? TYPE.uninitialized : typeOf(held);
    // ACPICA has no rule to convert by here: exconvrt.c finds no target among LoadTable's operands.
    if (CONVERTED.has(type) && (data instanceof NamespaceNode || typeOf(data) !== type))
      fault('AE_AML_INTERNAL', `${parameter.path} takes no other type from LoadTable`);
    store(m, data, parameter, 'result');
  });
  return loaded;
};

const CONVERTED: ReadonlySet<number> = new Set([TYPE.integer, TYPE.string, TYPE.buffer]);

const unload: Run = (m, _instruction, at) => {
  const operand = m.stack[at];
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : resolve(m, operand);
  if (!(held instanceof TableHandle) || !held.valid)
    return fault('AE_AML_OPERAND_TYPE', 'Unload takes the handle of a table that is loaded');
  loaderOf(m).unload(held);
  m.journal.set(held, 'valid', false);
  return undefined;
};

/** What Load and LoadTable do before they have their result. */
export const LOADING_OPERATORS: Readonly<Record<string, Run>> = {
  Load: beginLoad,
  LoadTable: beginLoadTable,
};

export const ACTING_OPERATORS: Readonly<Record<string, Run>> = {
  Acquire: acquire,
  Release: release,
  Wait: wait,
  Signal: (m, _instruction, at) => {
    const event = eventOf(m, m.stack[at]);
    if (event?.signals !== undefined) m.journal.set(event, 'signals', event.signals + 1);
    return undefined;
  },
  Reset: (m, _instruction, at) => {
    const event = eventOf(m, m.stack[at]);
    if (event !== undefined) m.journal.set(event, 'signals', 0);
    return undefined;
  },
  Notify: notify,
  Fatal: fatal,
  Sleep: (m, _instruction, at) => {
    const time = integerOperand(m, m.stack[at]);
    if (!isKnown(time)) return undefined;
    const slept = (time < MAX_SLEEP ? time : MAX_SLEEP) * MILLISECOND;
    if (m.threads === undefined || m.nested) m.clock.sleep(slept);
    else m.threads.wait(() => false, slept);
    return undefined;
  },
  Stall: (m, _instruction, at) => {
    const time = integerOperand(m, m.stack[at]);
    if (!isKnown(time)) return undefined;
    if (time > MAX_STALL) fault('AE_AML_OPERAND_VALUE', `a Stall of ${time} us`);
    m.clock.sleep(time * MICROSECOND);
    return undefined;
  },
  // Nobody knows what a machine's clock shows.
  Timer: (m) =>
    m.journal.active ? integer(m.unknown('the time')) : (CLOCK_START + m.clock.elapsed()) & m.mask,
  Revision: (m) =>
    m.profile.interpreterRevision ?? integer(m.unknown("the revision of the operating system's interpreter")),
  Load: finishLoad,
  LoadTable: finishLoadTable,
  Unload: unload,
};
