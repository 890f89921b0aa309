/**
 * The precedence of C's binary operators, in expressions of the source and in `#if`: higher numbers bind tighter. All are
 * left-associative. Below them are 2 for `?:` and 1 for the comma.
 */
export const BINARY_PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 3,
  '&&': 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '==': 8,
  '!=': 8,
  '<': 9,
  '>': 9,
  '<=': 9,
  '>=': 9,
  '<<': 10,
  '>>': 10,
  '+': 11,
  '-': 11,
  '*': 12,
  '/': 12,
  '%': 12,
};
export const UNARY_PRECEDENCE = 13;
