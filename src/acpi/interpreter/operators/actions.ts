/** Operators that interact with the operating system: Notify, Fatal, Revision. */
import { isKnown } from '../../../symbolic/index.ts';
import { fault } from '../state/fault.ts';
import type { Operators, Places, Run } from '../state/machine.ts';
import {
  ForeignObject,
  integer,
  NameReference,
  NamespaceNode,
  ObjectReference,
  type Operand,
  SlotOperand,
  TYPE,
  typeOf,
} from '../state/objects.ts';
import { referenced, slotValue } from '../values/values.ts';

const NOTIFIED: ReadonlySet<number> = new Set([TYPE.device, TYPE.processor, TYPE.thermalZone]);

const notify: Run<Places> = (m, operands) => {
  const operand = operands.raw(0);
  let target: Operand = operand instanceof SlotOperand ? slotValue(m, operand.slot) : operand;
  if (target instanceof NameReference) target = referenced(m, target);
  if (target instanceof ObjectReference && target.target instanceof NamespaceNode) target = target.target;
  const value = operands.integer(1);
  const object = target instanceof NamespaceNode ? m.settle(target.object) : undefined;
  const type = object === undefined ? TYPE.uninitialized : typeOf(object);
  if (object instanceof ForeignObject) return undefined;
  if (!(target instanceof NamespaceNode) || !NOTIFIED.has(type))
    return fault('AE_AML_OPERAND_TYPE', 'only devices, processors and thermal zones are notified');
  m.trace.record({
    kind: 'notify',
    text: `${target.path} ${isKnown(value) ? `0x${value.toString(16)}` : 'unknown'}`,
  });
  return undefined;
};

const fatal: Run<Places> = (m, operands, { term }) => {
  const argument = operands.integer(0);
  m.trace.record({
    kind: 'fatal',
    text: `type ${term.numberAt(0)}, code ${term.numberAt(1)}, argument ${isKnown(argument) ? argument : 'unknown'}`,
  });
  return undefined;
};

/** By ASL name. */
export const ACTING_OPERATORS: Operators<Places> = {
  Notify: notify,
  Fatal: fatal,
  Revision: (m) =>
    m.profile.interpreterRevision ?? integer(m.unknown("the revision of the operating system's interpreter")),
};
