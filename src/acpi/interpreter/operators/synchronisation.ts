/** Operators on time, mutexes and events (ACPI 6.5, 19.6; ACPICA exsystem.c, exmutex.c). */
import { isKnown, type Quantity } from '../../../symbolic/index.ts';
import { fault } from '../state/fault.ts';
import type { Operators, Places, Run, Synchronising } from '../state/machine.ts';
import {
  EventObject,
  ForeignObject,
  integer,
  MutexObject,
  NameReference,
  NamespaceNode,
  type Operand,
  SlotOperand,
} from '../state/objects.ts';
import { referenced, slotValue } from '../values/values.ts';

/** Start of the clock in units of 100 ns since 1970: fixed, so that results are reproducible. */
const CLOCK_START = 1_600_000_000n * 10_000_000n;
/** In units of 100 ns. */
const MILLISECOND = 10_000n;
const MICROSECOND = 10n;
/** Longest Sleep in milliseconds and longest Stall in microseconds in ACPICA. */
const MAX_SLEEP = 2000n;
const MAX_STALL = 255n;
/** No timeout. */
const FOREVER = 0xffffn;

/** The mutex or event that an operand or a package element names; like ACPICA it does not follow RefOf. */
function synchronised(m: Places, operand: Operand): MutexObject | EventObject | ForeignObject {
  let value: Operand = operand instanceof SlotOperand ? slotValue(m, operand.slot) : operand;
  if (value instanceof NameReference) value = referenced(m, value);
  if (value instanceof NamespaceNode) value = m.settle(value.object);
  if (value instanceof MutexObject || value instanceof EventObject || value instanceof ForeignObject)
    return value;
  return fault('AE_AML_OPERAND_TYPE', 'neither a mutex nor an event');
}

/** The mutex; `undefined` if it is in another table. */
function mutexOf(m: Places, operand: Operand): MutexObject | undefined {
  const object = synchronised(m, operand);
  if (object instanceof EventObject) fault('AE_AML_OPERAND_TYPE', 'an event is not a mutex');
  return object instanceof MutexObject ? object : undefined;
}

/** The event; `undefined` if it is in another table. */
function eventOf(m: Places, operand: Operand): EventObject | undefined {
  const object = synchronised(m, operand);
  if (object instanceof MutexObject) fault('AE_AML_OPERAND_TYPE', 'a mutex is not an event');
  return object instanceof EventObject ? object : undefined;
}

/** A timeout in units of 100 ns; `undefined` for none. */
function waitingTime(milliseconds: Quantity): bigint | undefined {
  return isKnown(milliseconds) && milliseconds < FOREVER ? milliseconds * MILLISECOND : undefined;
}

const acquire: Run<Synchronising> = (m, operands, { term }) => {
  const mutex = mutexOf(m, operands.raw(0));
  // No other thread holds it while the firmware is booting.
  if (mutex === undefined) return 0n;
  m.locks.checkOrder(mutex);
  if (m.threads !== undefined) {
    const { current } = m.threads;
    const timeout = waitingTime(BigInt(term.numberAt(1)));
    if (!m.threads.wait(() => mutex.depth === 0 || mutex.thread === current, timeout)) return m.mask;
    mutex.thread = current;
  }
  m.locks.acquire(mutex);
  return 0n;
};

const release: Run<Synchronising> = (m, operands) => {
  const mutex = mutexOf(m, operands.raw(0));
  if (mutex === undefined) return undefined;
  if (mutex.depth === 0) fault('AE_AML_MUTEX_NOT_ACQUIRED', 'release of a mutex that is not held');
  if (m.threads !== undefined && mutex.thread !== m.threads.current)
    fault('AE_AML_NOT_OWNER', 'release of a mutex that another thread holds');
  m.locks.release(mutex);
  return undefined;
};

const wait: Run<Synchronising> = (m, operands) => {
  const event = eventOf(m, operands.raw(0));
  if (event === undefined) return integer(m.unknown('whether an event was signalled'));
  const timeout = operands.integer(1);
  if (m.threads !== undefined) {
    if (!m.threads.wait(() => event.signals !== 0, waitingTime(timeout))) return m.mask;
  } else if (event.signals === undefined) return integer(m.unknown('whether an event was signalled'));
  else if (event.signals === 0) {
    // No other thread can signal the event: it times out.
    if (isKnown(timeout) && timeout < FOREVER) m.clock.sleep(timeout * MILLISECOND);
    return m.mask;
  }
  m.journal.set(event, 'signals', (event.signals ?? 1) - 1);
  return 0n;
};

/** By ASL name. */
export const SYNCHRONISING_OPERATORS: Operators<Synchronising> = {
  Acquire: acquire,
  Release: release,
  Wait: wait,
  Signal: (m, operands) => {
    const event = eventOf(m, operands.raw(0));
    if (event?.signals !== undefined) m.journal.set(event, 'signals', event.signals + 1);
    return undefined;
  },
  Reset: (m, operands) => {
    const event = eventOf(m, operands.raw(0));
    if (event !== undefined) m.journal.set(event, 'signals', 0);
    return undefined;
  },
  Sleep: (m, operands) => {
    const time = operands.integer(0);
    if (!isKnown(time)) return undefined;
    const slept = (time < MAX_SLEEP ? time : MAX_SLEEP) * MILLISECOND;
    if (m.threads === undefined || m.nested) m.clock.sleep(slept);
    else m.threads.wait(() => false, slept);
    return undefined;
  },
  Stall: (m, operands) => {
    const time = operands.integer(0);
    if (!isKnown(time)) return undefined;
    if (time > MAX_STALL) fault('AE_AML_OPERAND_VALUE', `a Stall of ${time} us`);
    m.clock.sleep(time * MICROSECOND);
    return undefined;
  },
  // The time of a real machine is unknown.
  Timer: (m) =>
    m.journal.active ? integer(m.unknown('the time')) : (CLOCK_START + m.clock.elapsed()) & m.mask,
};
