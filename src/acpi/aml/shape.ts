/** The operand kinds of each opcode as small integers, for a fast decoder. */
import type { Opcode, OperandKind } from '../terms/opcodes.ts';

export const PKG_LENGTH = 0;
export const NAME_STRING = 1;
/** Operands of the kinds from here to {@link LAST_TERM} are terms. */
export const TERM_ARG = 2;
export const DATA_REF_OBJECT = 3;
export const SUPER_NAME = 4;
export const TARGET = 5;
export const REFERENT = 6;
export const SIMPLE_NAME = 7;
export const LAST_TERM = 7;
export const BYTE_DATA = 8;
export const WORD_DATA = 9;
export const DWORD_DATA = 10;
export const QWORD_DATA = 11;
export const ASCII_STRING = 12;
export const TERM_LIST = 13;
export const PACKAGE_ELEMENT_LIST = 14;
export const FIELD_LIST = 15;
export const BYTE_LIST = 16;

const NUMBERS: Readonly<Record<OperandKind, number>> = {
  PkgLength: PKG_LENGTH,
  NameString: NAME_STRING,
  TermArg: TERM_ARG,
  DataRefObject: DATA_REF_OBJECT,
  SuperName: SUPER_NAME,
  Target: TARGET,
  Referent: REFERENT,
  SimpleName: SIMPLE_NAME,
  ByteData: BYTE_DATA,
  WordData: WORD_DATA,
  DWordData: DWORD_DATA,
  QWordData: QWORD_DATA,
  AsciiString: ASCII_STRING,
  TermList: TERM_LIST,
  PackageElementList: PACKAGE_ELEMENT_LIST,
  FieldList: FIELD_LIST,
  ByteList: BYTE_LIST,
};

export type Shape = readonly number[];

const shapes = new Map<number, Shape>();

/** The operand kinds of an opcode in the order of the encoding; cached. The opcode must have a code. */
export function shapeOf(op: Opcode): Shape {
  let shape = shapes.get(op.code);
  if (shape === undefined) {
    shape = op.operands.map((kind) => NUMBERS[kind]);
    shapes.set(op.code, shape);
  }
  return shape;
}

/** Maximum for a method (ACPI 6.5, 19.6.85); the count in an External is not limited. */
export const MAX_ARGUMENTS = 7;

/** The operand kinds of a method call, by argument count. */
export const CALL_SHAPES: readonly Shape[] = Array.from({ length: MAX_ARGUMENTS + 1 }, (_, count) =>
  new Array<number>(count).fill(TERM_ARG),
);

/** Whether a method's name as an operand of this kind is a call. */
export function isCallable(kind: number): boolean {
  return kind === TERM_ARG || kind === SUPER_NAME || kind === TARGET;
}
