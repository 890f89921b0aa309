/** The interface of an instruction's operands for operators. */
import type { Quantity } from '../../../symbolic/index.ts';
import type {
  BufferObject,
  Operand,
  PackageObject,
  Resolved,
  StringObject,
  UnknownInteger,
} from './objects.ts';

/** References that are not resolved: Store keeps Index references, calls and CopyObject those to package elements. */
export type Resolving = 'value' | 'store' | 'argument';

/**
 * `store` is the Store operator, `result` the target of another operator: both convert to the type of the existing
 * object. `fixed` (the target of ToBuffer and so on) and `copy` (CopyObject) replace the object.
 */
export type Storing = 'store' | 'result' | 'fixed' | 'copy';

/** An integer, string or buffer, which are converted into each other (ACPI 6.5, 19.3.5). */
export type DataObject = bigint | UnknownInteger | StringObject | BufferObject;

/**
 * Operands by index in the opcode's row. An operand of another kind than requested, or without a value, is a fault with
 * ACPICA's exception code. Each call reads the operand again.
 */
export interface Operands {
  /** The entry on the stack; `undefined` for an absent target or a call without a result. */
  raw(index: number): Operand;
  /** Its value; the node of a device or thermal zone. */
  value(index: number, resolving?: Resolving): Resolved;
  /** As {@link value}, but a Choice between data is returned unchanged. */
  loose(index: number, resolving: Resolving): Resolved;
  /** Its value after conversion to an integer. */
  integer(index: number): Quantity;
  /** As {@link integer}, for the predicate of If or While, where an Index reference is not resolved. */
  condition(index: number): Quantity;
  data(index: number): DataObject;
  /** Its value after conversion to a buffer; a buffer itself, not a copy. */
  buffer(index: number): BufferObject;
  /** Its value after conversion to a string; the path is abandoned if it is unknown. */
  text(index: number): string;
  /** A package. @param wanted message of the fault for any other value */
  package(index: number, wanted: string): PackageObject;
  /** Stores to the operand. @returns the answer of a serial bus, which is then the value of Store */
  store(index: number, value: Resolved, storing: Storing): Resolved | undefined;
  /** Stores an operator's result to its target, if it has one. @returns the value of the operator */
  deliver(index: number, value: Resolved, storing: Storing): Resolved;
}
