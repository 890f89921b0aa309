/** Terms under construction. */

import type { DeclaredObject } from '../namespace/declared.ts';
import type { NamePath } from '../terms/name.ts';
import type { Opcode } from '../terms/opcodes.ts';
import { type Operand, Term } from '../terms/term.ts';
import * as shape from './shape.ts';

/** Lists up to this length are kept in arrays of that length. */
const SHORT_LIST = 12;

/** A term on the decoder's stack: its nested terms are being decoded. */
export class OpenTerm {
  declare readonly op: Opcode;
  declare readonly shape: shape.Shape;
  /** Index in {@link shape} of the next operand, and how many operands there are so far (PkgLength is none). */
  declare at: number;
  declare count: number;
  /** Allocated at full length: an array that grows has a capacity greater than most terms' operand count. */
  declare readonly operands: Operand[];
  declare readonly start: number;
  /** Exclusive end of the package, or of the package around a term without one. */
  declare end: number;
  declare hasPackage: boolean;
  /** Of a call: the method's name; `operands` are then the arguments. */
  declare callee: NamePath | undefined;
  /** The list that is being decoded, if the current operand is one. */
  declare list: Term[] | undefined;
  /** Where nested names are resolved. */
  declare scope: DeclaredObject;
  /** Objects declared inside are created only if the code around them runs. */
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

  /** Adds the next operand. */
  take(operand: Operand): void {
    this.operands[this.count] = operand;
    this.count += 1;
    this.at += 1;
  }

  /** Adds the list that was being decoded as the next operand. */
  takeList(list: Term[]): void {
    this.list = undefined;
    this.take(list.length < SHORT_LIST ? list.slice() : list);
  }

  /** Sets the end that a package length gives. @param end exclusive */
  enterPackage(end: number): void {
    this.end = end;
    this.hasPackage = true;
    this.at += 1;
  }

  /** The finished term. @param end exclusive */
  finished(end: number): Term {
    const { op, operands, callee, start } = this;
    return new Term(op, callee === undefined ? operands : [callee, operands as Term[]], start, end);
  }
}
