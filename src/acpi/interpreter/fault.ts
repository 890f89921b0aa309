/**
 * Faults: why firmware code was aborted, by ACPICA's exception names. Thrown inside the interpreter and caught where
 * an evaluation ends; they never leave it.
 */
export type FaultCode =
  | 'AE_NOT_FOUND'
  | 'AE_ALREADY_EXISTS'
  | 'AE_TYPE'
  | 'AE_SUPPORT'
  | 'AE_LIMIT'
  | 'AE_BAD_PARAMETER'
  | 'AE_BAD_SIGNATURE'
  | 'AE_INVALID_TABLE_LENGTH'
  | 'AE_NOT_EXIST'
  | 'AE_NULL_ENTRY'
  | 'AE_BAD_HEADER'
  | 'AE_OWNER_ID_LIMIT'
  | 'AE_AML_BAD_OPCODE'
  | 'AE_AML_NO_OPERAND'
  | 'AE_AML_OPERAND_TYPE'
  | 'AE_AML_OPERAND_VALUE'
  | 'AE_AML_UNINITIALIZED_LOCAL'
  | 'AE_AML_UNINITIALIZED_ARG'
  | 'AE_AML_UNINITIALIZED_ELEMENT'
  | 'AE_AML_UNINITIALIZED_NODE'
  | 'AE_AML_NUMERIC_OVERFLOW'
  | 'AE_AML_REGION_LIMIT'
  | 'AE_AML_BUFFER_LIMIT'
  | 'AE_AML_PACKAGE_LIMIT'
  | 'AE_AML_STRING_LIMIT'
  | 'AE_AML_REGISTER_LIMIT'
  | 'AE_AML_DIVIDE_BY_ZERO'
  | 'AE_AML_NO_RETURN_VALUE'
  | 'AE_AML_METHOD_LIMIT'
  | 'AE_AML_NOT_OWNER'
  | 'AE_AML_MUTEX_ORDER'
  | 'AE_AML_MUTEX_NOT_ACQUIRED'
  | 'AE_AML_INVALID_RESOURCE_TYPE'
  | 'AE_AML_NO_RESOURCE_END_TAG'
  | 'AE_AML_BAD_RESOURCE_LENGTH'
  | 'AE_AML_INVALID_SPACE_ID'
  | 'AE_AML_TARGET_TYPE'
  | 'AE_AML_LOOP_TIMEOUT'
  | 'AE_AML_TOO_FEW_ARGUMENTS'
  | 'AE_AML_INTERNAL'
  | 'AE_AML_PROTOCOL'
  | 'AE_AML_BAD_NAME'
  | 'AE_AML_NAME_NOT_FOUND'
  | 'AE_AML_CIRCULAR_REFERENCE'
  /** Not ACPICA's: a budget of ours ran out. */
  | 'BUDGET'
  /** Not ACPICA's: what happens hangs on unknown values in a way that isn't followed up. */
  | 'NOT_FOLLOWED';

export class AmlFault {
  readonly code: FaultCode;
  readonly message: string;
  constructor(code: FaultCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

export function fault(code: FaultCode, message: string): never {
  throw new AmlFault(code, message);
}
