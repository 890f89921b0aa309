/** The operands of an instruction, as operators take them: by place, each as what the operator wants it to be. */
import type { Quantity } from '../../../symbolic/index.ts';
import type {
  BufferObject,
  Operand,
  PackageObject,
  Resolved,
  StringObject,
  UnknownInteger,
} from './objects.ts';

/** What an operator lets stand: Store keeps Index references, calls and CopyObject those to package elements. */
export type Resolving = 'value' | 'store' | 'argument';

/**
 * `store` is the Store operator, `result` another operator's target: both convert to the type that is there.
 * `fixed` targets (ToBuffer and the like) and `copy` (CopyObject) change the type instead.
 */
export type Storing = 'store' | 'result' | 'fixed' | 'copy';

/** An integer, string or buffer: what is converted into each other (ACPI 6.5, 19.3.5). */
export type DataObject = bigint | UnknownInteger | StringObject | BufferObject;

/**
 * Operands counted from 0, in the order of the opcode's row. What is there and isn't of the kind asked for is a fault of
 * ACPICA's name, as is an operand without a value. Each call looks anew: what was stored meanwhile is seen.
 */
export interface Operands {
  /** As it stands on the stack: a name or slot unread. Undefined: a Target that isn't given, or a call without a result. */
  raw(index: number): Operand;
  /** Its value; a device or thermal zone is its node. */
  value(index: number, resolving?: Resolving): Resolved;
  /** As {@link value}, but a Choice between data stays one. */
  loose(index: number, resolving: Resolving): Resolved;
  /** As an integer, strings and buffers converted. */
  integer(index: number): Quantity;
  /** As the condition of an If or While: an Index is a reference there, whose element nobody takes. */
  condition(index: number): Quantity;
  data(index: number): DataObject;
  /** As a buffer, converted; a buffer is given itself. */
  buffer(index: number): BufferObject;
  /** As text, converted; unknown text ends what can be followed. */
  text(index: number): string;
  /** A package; `wanted` is what the fault says of anything else. */
  package(index: number, wanted: string): PackageObject;
  /** Stores to what the operand names. What a serial bus gives back is the value of the Store. */
  store(index: number, value: Resolved, storing: Storing): Resolved | undefined;
  /** Stores an operator's result in its target, if it has one, and gives the operator's value. */
  deliver(index: number, value: Resolved, storing: Storing): Resolved;
}
