/**
 * Faults abort firmware code. They have ACPICA's exception codes. They are thrown and caught inside the interpreter.
 */
import type { Diagnostic } from '../../../bytes/diagnostic.ts';
import { finding } from '../../../findings/finding.ts';
import { spanIn } from '../../tables/records.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { Term } from '../../terms/term.ts';

export type FaultCode =
  | 'AE_NOT_FOUND'
  | 'AE_ALREADY_EXISTS'
  | 'AE_TYPE'
  | 'AE_SUPPORT'
  | 'AE_LIMIT'
  | 'AE_BAD_PARAMETER'
  | 'AE_BAD_PATHNAME'
  | 'AE_BAD_SIGNATURE'
  | 'AE_INVALID_TABLE_LENGTH'
  | 'AE_NOT_EXIST'
  | 'AE_NULL_ENTRY'
  | 'AE_BAD_HEADER'
  | 'AE_BAD_CHECKSUM'
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
  /** Not in ACPICA: fwmap's budget is exceeded. */
  | 'BUDGET'
  /** Not in ACPICA: fwmap cannot follow the code because of unknown values or limits. */
  | 'NOT_FOLLOWED';

/** Whether fwmap abandoned the code: on a real machine it may not fault. */
export function isAbandonment({ code }: { readonly code: FaultCode }): boolean {
  return code === 'BUDGET' || code === 'NOT_FOLLOWED';
}

/** ACPICA's exception codes (acexcep.h). */
export const STATUS_CODES: Readonly<Partial<Record<FaultCode, bigint>>> = {
  AE_NOT_FOUND: 0x0005n,
  AE_ALREADY_EXISTS: 0x0007n,
  AE_TYPE: 0x0008n,
  AE_SUPPORT: 0x000fn,
  AE_LIMIT: 0x0010n,
  AE_BAD_PARAMETER: 0x1001n,
  AE_BAD_PATHNAME: 0x1003n,
  AE_BAD_SIGNATURE: 0x2001n,
  AE_INVALID_TABLE_LENGTH: 0x2005n,
  AE_NOT_EXIST: 0x0006n,
  AE_NULL_ENTRY: 0x000an,
  AE_BAD_HEADER: 0x2002n,
  AE_BAD_CHECKSUM: 0x2003n,
  AE_OWNER_ID_LIMIT: 0x001bn,
  AE_AML_BAD_OPCODE: 0x3001n,
  AE_AML_NO_OPERAND: 0x3002n,
  AE_AML_OPERAND_TYPE: 0x3003n,
  AE_AML_OPERAND_VALUE: 0x3004n,
  AE_AML_UNINITIALIZED_LOCAL: 0x3005n,
  AE_AML_UNINITIALIZED_ARG: 0x3006n,
  AE_AML_UNINITIALIZED_ELEMENT: 0x3007n,
  AE_AML_UNINITIALIZED_NODE: 0x3022n,
  AE_AML_NUMERIC_OVERFLOW: 0x3008n,
  AE_AML_REGION_LIMIT: 0x3009n,
  AE_AML_BUFFER_LIMIT: 0x300an,
  AE_AML_PACKAGE_LIMIT: 0x300bn,
  AE_AML_STRING_LIMIT: 0x3011n,
  AE_AML_REGISTER_LIMIT: 0x3019n,
  AE_AML_DIVIDE_BY_ZERO: 0x300cn,
  AE_AML_NO_RETURN_VALUE: 0x3012n,
  AE_AML_METHOD_LIMIT: 0x3013n,
  AE_AML_NOT_OWNER: 0x3014n,
  AE_AML_MUTEX_ORDER: 0x3015n,
  AE_AML_MUTEX_NOT_ACQUIRED: 0x3016n,
  AE_AML_INVALID_RESOURCE_TYPE: 0x3017n,
  AE_AML_NO_RESOURCE_END_TAG: 0x301cn,
  AE_AML_BAD_RESOURCE_LENGTH: 0x301fn,
  AE_AML_INVALID_SPACE_ID: 0x3010n,
  AE_AML_TARGET_TYPE: 0x3023n,
  AE_AML_LOOP_TIMEOUT: 0x3021n,
  AE_AML_TOO_FEW_ARGUMENTS: 0x3026n,
  AE_AML_INTERNAL: 0x300fn,
  AE_AML_PROTOCOL: 0x3024n,
  AE_AML_BAD_NAME: 0x300dn,
  AE_AML_NAME_NOT_FOUND: 0x300en,
  AE_AML_CIRCULAR_REFERENCE: 0x301en,
};

/** The instruction at fault. */
export interface FaultPlace {
  readonly table: AcpiTable;
  readonly term: Term;
  /** Its method or, in module-level code, its scope. */
  readonly path: string;
}

export class AmlFault {
  readonly code: FaultCode;
  readonly message: string;
  place: FaultPlace | undefined;
  constructor(code: FaultCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** A fault as a diagnostic with table, offset and path if they are known. */
export function faultDiagnostic(
  { code, message, place }: AmlFault,
  where: string | undefined,
  path: string | undefined,
): Diagnostic {
  const table = where ?? place?.table.name;
  const at = path ?? place?.path;
  const inside = place && path !== undefined && place.path !== path ? place.path : undefined;
  return finding(
    code === 'BUDGET' ? 'acpi/aml-budget' : code === 'NOT_FOLLOWED' ? 'acpi/aml-abandoned' : 'acpi/aml-fault',
    { table, exception: code, problem: message, inside },
    {
      ...(place === undefined ? {} : { span: spanIn(place.table, place.term.start, place.term.end) }),
      ...(at === undefined ? {} : { path: at }),
    },
  );
}

export function fault(code: FaultCode, message: string): never {
  throw new AmlFault(code, message);
}
