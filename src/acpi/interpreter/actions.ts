/** The operators that act on the machine: mutexes, events, notifications, time, tables. */
import { type ByteValue, isKnown } from '../expression.ts';
import { parseName } from '../name.ts';
import { NamespaceNode } from '../namespace/node.ts';
import { TABLE_HEADER_LENGTH } from '../tables/table.ts';
import { fault } from './fault.ts';
import { type Interpreter, MAX_ALLOCATION, TAKEN } from './interpreter.ts';
import {
  BufferObject,
  EventObject,
  MutexObject,
  NameReference,
  ObjectReference,
  type Operand,
  RegionObject,
  SlotOperand,
  TableHandle,
  TYPE,
  typeOf,
} from './objects.ts';
import type { Run } from './plan.ts';
import { SPACE } from './regions.ts';
import { store } from './store.ts';
import { integerOperand, knownText, referenced, resolve, slotValue, toText } from './values.ts';

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

/** The mutex or event an operand names, through references. */
function synchronised(m: Interpreter, operand: Operand): MutexObject | EventObject {
  let value: Operand = operand instanceof SlotOperand ? slotValue(m, operand.slot) : operand;
  if (value instanceof NameReference) value = referenced(m, value);
  if (value instanceof ObjectReference && value.target instanceof NamespaceNode) value = value.target;
  if (value instanceof NamespaceNode) value = m.settle(value.object);
  if (value instanceof MutexObject || value instanceof EventObject) return value;
  return fault('AE_AML_OPERAND_TYPE', 'neither a mutex nor an event');
}

function mutexOf(m: Interpreter, operand: Operand): MutexObject {
  const object = synchronised(m, operand);
  return object instanceof MutexObject ? object : fault('AE_AML_OPERAND_TYPE', 'an event is no mutex');
}

function eventOf(m: Interpreter, operand: Operand): EventObject {
  const object = synchronised(m, operand);
  return object instanceof EventObject ? object : fault('AE_AML_OPERAND_TYPE', 'a mutex is no event');
}

const acquire: Run = (m, _instruction, at) => {
  const mutex = mutexOf(m, m.stack[at]);
  if (m.syncLevel > mutex.syncLevel)
    fault('AE_AML_MUTEX_ORDER', `sync level ${m.syncLevel} is held, the mutex has ${mutex.syncLevel}`);
  m.journal.set(mutex, 'depth', mutex.depth + 1);
  if (mutex.depth === 1) {
    m.held.push({ mutex, level: m.syncLevel });
    m.syncLevel = mutex.syncLevel;
  }
  return 0n;
};

const release: Run = (m, _instruction, at) => {
  const mutex = mutexOf(m, m.stack[at]);
  if (mutex.depth === 0) fault('AE_AML_MUTEX_NOT_ACQUIRED', 'a mutex is released that is not held');
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
  const timeout = integerOperand(m, m.stack[at + 1]);
  if (event.signals === 0) {
    // Nobody else runs who could signal: it times out.
    if (isKnown(timeout) && timeout < FOREVER) m.sleep(timeout * MILLISECOND);
    return m.mask;
  }
  m.journal.set(event, 'signals', event.signals - 1);
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
  if (type !== TYPE.device && type !== TYPE.processor && type !== TYPE.thermalZone)
    fault('AE_AML_OPERAND_TYPE', 'only devices, processors and thermal zones are notified');
  const text = `${(target as NamespaceNode).path} ${isKnown(value) ? `0x${value.toString(16)}` : 'unknown'}`;
  if (m.notifications.length < MAX_NOTIFICATIONS) m.notifications.push(text);
  m.record({ kind: 'notify', text });
  return undefined;
};

/** Notifications kept. */
const MAX_NOTIFICATIONS = 10_000;

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
function tableBytes(m: Interpreter, source: RegionObject | BufferObject): Uint8Array {
  const byteAt = (i: number): number => {
    let byte: ByteValue | undefined;
    if (source instanceof BufferObject) byte = source.bytes[i];
    else if (isKnown(source.address)) byte = m.regions.read(SPACE.memory, source.address + BigInt(i));
    if (typeof byte !== 'number')
      fault('AE_INVALID_TABLE_LENGTH', 'what the table to be loaded holds is not known');
    return byte;
  };
  if (source instanceof RegionObject && source.space !== SPACE.memory)
    fault('AE_AML_OPERAND_TYPE', 'tables are loaded from memory');
  if (source instanceof BufferObject && source.bytes.length < TABLE_HEADER_LENGTH)
    fault('AE_INVALID_TABLE_LENGTH', 'a buffer too short for a table');
  const length = byteAt(4) + byteAt(5) * 0x100 + byteAt(6) * 0x10000 + byteAt(7) * 0x1000000;
  if (length < TABLE_HEADER_LENGTH || length > MAX_ALLOCATION)
    fault('AE_INVALID_TABLE_LENGTH', `a table of ${length} bytes`);
  if (source instanceof BufferObject && length > source.bytes.length)
    fault('AE_AML_BUFFER_LIMIT', 'a table that is longer than its buffer');
  m.allocate(length);
  return Uint8Array.from({ length }, (_, i) => byteAt(i));
}

const load: Run = (m, instruction, at) => {
  const operand = m.stack[at];
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : undefined;
  const source = held instanceof RegionObject ? held : resolve(m, operand);
  if (!(source instanceof RegionObject) && !(source instanceof BufferObject))
    return fault('AE_AML_OPERAND_TYPE', 'tables are loaded from regions and buffers');
  const bytes = tableBytes(m, source);
  const loader = m.loader ?? fault('AE_SUPPORT', 'no tables can be loaded');
  const target = m.stack[at + 1];
  const before = m.frames.length;
  const handle = loader.load(bytes, m.root);
  finishLoad(m, before);
  if (target !== undefined) store(m, handle, target, 'fixed');
  return m.frames.length > before ? TAKEN : instruction.keeps ? m.mask : undefined;
};

/** A loaded table's code gives Ones when it has run. */
function finishLoad(m: Interpreter, before: number): void {
  if (m.frames.length > before) m.frames.at(-1)!.result = m.mask;
}

const loadTable: Run = (m, _instruction, at) => {
  const texts = [0, 1, 2, 3, 4].map((i) => knownText(m, toText(m, resolve(m, m.stack[at + i]), 'implicit')));
  const [signature, oemId, oemTableId, rootPath, parameterPath] = texts as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (!/^[A-Z0-9_]{4}$/.test(signature)) fault('AE_BAD_SIGNATURE', `${signature} is no signature`);
  if (oemId.length > 6 || oemTableId.length > 8) fault('AE_AML_STRING_LIMIT', 'an OEM id that is too long');
  const { loader } = m;
  const table = loader?.find(signature, oemId, oemTableId);
  if (loader === undefined || table === undefined) return 0n;
  let scope = m.root;
  if (rootPath !== '') {
    const name = parseName(rootPath);
    scope = (name && m.lookUp(name)) ?? fault('AE_NOT_FOUND', `${rootPath} is not found`);
  }
  let parameter: NamespaceNode | undefined;
  if (parameterPath !== '') {
    const name = parseName(parameterPath);
    parameter = (name && m.lookUp(name, scope)) ?? fault('AE_NOT_FOUND', `${parameterPath} is not found`);
  }
  const data = resolve(m, m.stack[at + 5]);
  const before = m.frames.length;
  loader.loadFound(table, scope);
  if (parameter !== undefined) store(m, data, parameter, 'store');
  finishLoad(m, before);
  return m.frames.length > before ? TAKEN : m.mask;
};

const unload: Run = (m, _instruction, at) => {
  const operand = m.stack[at];
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : resolve(m, operand);
  if (!(held instanceof TableHandle)) return fault('AE_AML_OPERAND_TYPE', 'Unload takes a table handle');
  m.loader?.unload(held);
  return undefined;
};

export const ACTING_OPERATORS: Readonly<Record<string, Run>> = {
  Acquire: acquire,
  Release: release,
  Wait: wait,
  Signal: (m, _instruction, at) => {
    const event = eventOf(m, m.stack[at]);
    m.journal.set(event, 'signals', event.signals + 1);
    return undefined;
  },
  Reset: (m, _instruction, at) => {
    m.journal.set(eventOf(m, m.stack[at]), 'signals', 0);
    return undefined;
  },
  Notify: notify,
  Fatal: fatal,
  Sleep: (m, _instruction, at) => {
    const time = integerOperand(m, m.stack[at]);
    if (isKnown(time)) m.sleep((time < MAX_SLEEP ? time : MAX_SLEEP) * MILLISECOND);
    return undefined;
  },
  Stall: (m, _instruction, at) => {
    const time = integerOperand(m, m.stack[at]);
    if (!isKnown(time)) return undefined;
    if (time > MAX_STALL) fault('AE_AML_OPERAND_VALUE', `a Stall of ${time} us`);
    m.sleep(time * MICROSECOND);
    return undefined;
  },
  Timer: (m) => (CLOCK_START + m.elapsed()) & m.mask,
  Revision: (m) => m.profile.interpreterRevision,
  Load: load,
  LoadTable: loadTable,
  Unload: unload,
};
