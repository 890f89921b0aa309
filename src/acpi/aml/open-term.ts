/** Terms under construction. */

import type { DeclaredObject } from '../namespace/declared.ts';
import type { NamePath } from '../terms/name.ts';
import type { Opcode } from '../terms/opcodes.ts';
import { type Operand, Term } from '../terms/term.ts';
import * as shape from './shape.ts';

/** Lists up to this length are kept in arrays of that length. */
const SHORT_LIST = 12;

/** A term some of whose operands are still to be read: it waits on the decoder's stack while terms inside it are. */
export class OpenTerm {
  declare readonly op: Opcode;
  declare readonly shape: shape.Shape;
  /** Index of the operand that is next, and how many there are, package lengths being none. */
  declare at: number;
  declare count: number;
  /** Made in its full length: an array that grows takes more room than most terms have operands. */
  declare readonly operands: Operand[];
  declare readonly start: number;
  /** Exclusive end of the package, or of the package around a term without one. */
  declare end: number;
  declare hasPackage: boolean;
  /** What a call calls; its operands here are the arguments. */
  declare callee: NamePath | undefined;
  /** The list being filled, when the operand is one. */
  declare list: Term[] | undefined;
  /** Where names inside are resolved. */
  declare scope: DeclaredObject;
  /** Only what runs makes what is declared inside. */
  declare readonly conditional: boolean;

  constructor(
    op: Opcode,
    operandShape: shape.Shape,
    start: number,
    end: number,
    scope: DeclaredObject,
    conditional: boolean,
  ) {
    this.op = op;
    this.shape = operandShape;
    this.at = 0;
    this.count = 0;
    this.operands = new Array<Operand>(
      operandShape[0] === shape.PKG_LENGTH ? operandShape.length - 1 : operandShape.length,
    );
    this.start = start;
    this.end = end;
    this.hasPackage = false;
    this.callee = undefined;
    this.list = undefined;
    this.scope = scope;
    this.conditional = conditional;
  }

  /** The next operand. */
  take(operand: Operand): void {
    this.operands[this.count] = operand;
    this.count += 1;
    this.at += 1;
  }

  /** The list being filled is the next operand, and at its end. */
  takeList(list: Term[]): void {
    this.list = undefined;
    this.take(list.length < SHORT_LIST ? list.slice() : list);
  }

  /** The package length is read. */
  enterPackage(end: number): void {
    this.end = end;
    this.hasPackage = true;
    this.at += 1;
  }

  /** All operands are there: the term, which ends at `end`. */
  finished(end: number): Term {
    const { op, operands, callee, start } = this;
    return new Term(op, callee === undefined ? operands : [callee, operands as Term[]], start, end);
  }
}
