/** Numbers that the inputs don't settle; see expression/quantity.ts. */
export { bytesOfQuantity, quantityOfByte, quantityOfBytes, sameByte } from './expression/bytes.ts';
export { choose, compare, gather, mapConstantLeaves, not, truth } from './expression/conditions.ts';
export { fieldValue, opaque, sameQuantity } from './expression/identity.ts';
export { bitLength, maskOf, maximumOf, minimumOf, onesOf } from './expression/known-bits.ts';
export { arithmetic, bitsOf, bitwise, insertBits, join, sum } from './expression/numbers.ts';
export {
  type ArithmeticOperator,
  type BitOperator,
  type ByteValue,
  type Comparison,
  type Expr,
  type FieldSymbol,
  fieldsOf,
  isKnown,
  MAX_EXPRESSION_SIZE,
  MAX_OPAQUE_INPUTS,
  opaqueReasons,
  partsOf,
  type Quantity,
  type UnknownByte,
} from './expression/quantity.ts';
export { formatExpr, formatQuantity } from './expression/text.ts';
