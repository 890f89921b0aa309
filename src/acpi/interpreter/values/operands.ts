/** The operands of the current instruction on the stack. */
import type { Quantity } from '../../../symbolic/index.ts';
import { fault } from '../state/fault.ts';
import type { Places } from '../state/machine.ts';
import {
  type BufferObject,
  ForeignObject,
  integer,
  type Operand,
  PackageObject,
  type Resolved,
} from '../state/objects.ts';
import type { DataObject, Operands, Resolving, Storing } from '../state/operands.ts';
import { store } from './store.ts';
import {
  isConvertible,
  knownText,
  nameOfType,
  resolve,
  resolveLoosely,
  toBuffer,
  toInteger,
  toText,
} from './values.ts';

/** One object for a machine, since instructions are not nested. */
export class StackOperands implements Operands {
  // Not #private, for speed.
  private readonly machine: Places;
  private readonly stack: readonly Operand[];
  /** Index on the stack of the first operand; set before each instruction. */
  at = 0;

  constructor(machine: Places, stack: readonly Operand[]) {
    this.machine = machine;
    this.stack = stack;
  }

  raw(index: number): Operand {
    return this.stack[this.at + index];
  }

  value(index: number, resolving: Resolving = 'value'): Resolved {
    return resolve(this.machine, this.stack[this.at + index], resolving);
  }

  loose(index: number, resolving: Resolving): Resolved {
    return resolveLoosely(this.machine, this.stack[this.at + index], resolving);
  }

  integer(index: number): Quantity {
    const operand = this.stack[this.at + index];
    if (typeof operand === 'bigint') return operand;
    return toInteger(this.machine, resolve(this.machine, operand));
  }

  condition(index: number): Quantity {
    const operand = this.stack[this.at + index];
    if (typeof operand === 'bigint') return operand;
    return toInteger(this.machine, resolve(this.machine, operand, 'store'), 'AE_TYPE');
  }

  data(index: number): DataObject {
    const value = resolve(this.machine, this.stack[this.at + index]);
    if (isConvertible(value)) return value;
    if (value instanceof ForeignObject) return integer(toInteger(this.machine, value));
    return fault(
      'AE_AML_OPERAND_TYPE',
      `an integer, string or buffer is expected, not a ${nameOfType(value)}`,
    );
  }

  buffer(index: number): BufferObject {
    return toBuffer(this.machine, this.data(index));
  }

  text(index: number): string {
    return knownText(this.machine, toText(this.machine, this.value(index), 'implicit'));
  }

  package(index: number, wanted: string): PackageObject {
    const value = this.value(index);
    return value instanceof PackageObject ? value : fault('AE_AML_OPERAND_TYPE', wanted);
  }

  store(index: number, value: Resolved, storing: Storing): Resolved | undefined {
    return store(this.machine, value, this.stack[this.at + index], storing);
  }

  deliver(index: number, value: Resolved, storing: Storing): Resolved {
    const target = this.stack[this.at + index];
    if (target === undefined) return value;
    return store(this.machine, value, target, storing) ?? value;
  }
}
