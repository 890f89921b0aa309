/** Numbers that the inputs don't settle; see quantity.ts. */
export { bytesOfQuantity, quantityOfByte, quantityOfBytes, sameByte } from './bytes.ts';
export {
  allOf,
  anyOf,
  choose,
  chosen,
  chosenFrom,
  compare,
  gather,
  mapConstantLeaves,
  not,
  truth,
} from './conditions.ts';
export { DecisionContext, type Together } from './decision/context.ts';
export { type Cover, coverOf, simplified } from './decision/cover.ts';
export { equivalent, excludes, implies, isPossible } from './decision/decide.ts';
export { bracketedIn } from './decision/factors.ts';
export { conditionOfLiteral, type Literal, type Relation } from './decision/literal.ts';
export { Simplifier } from './decision/simplifier.ts';
export {
  type ConditionTree,
  conditionTree,
  formatCondition,
  formatCover,
  isPlainWithin,
  printedCover,
} from './format.ts';
export { choiceIn, given } from './given.ts';
export {
  type Cuts,
  choiceValue,
  cutsSoFar,
  fieldValue,
  numberOpaques,
  OpaqueNumbers,
  opaque,
  sameQuantity,
} from './identity.ts';
export { bitLength, maskOf, maximumOf, minimumOf, onesOf } from './known-bits.ts';
export { Names, withNames } from './names.ts';
export { arithmetic, bitsOf, bitwise, insertBits, join, sum } from './numbers.ts';
export {
  type ArithmeticOperator,
  type BitOperator,
  type ByteValue,
  type ChoiceVariable,
  type Comparison,
  type Condition,
  choicesOf,
  type Expr,
  type FieldSymbol,
  fieldsOf,
  isKnown,
  MAX_OPAQUE_INPUTS,
  opaqueReasons,
  partsOf,
  type Quantity,
  type UnknownByte,
} from './quantity.ts';
export { Assignment, substitute } from './substitute.ts';
export { formatExpr, formatQuantity } from './text.ts';
export { keyOfVariable, type Variable, variablesOf } from './variables.ts';
