/**
 * The opcodes of AML (ACPI 6.5, chapter 20): the one table that the decoder, the ASL parser, the printer, the
 * compiler and the interpreter read. A row gives the name, the encoding, the operands by kind, what the term defines
 * and whether it yields a value. The rows without a code are terms that no opcode begins.
 */

/**
 * What stands at an operand's place. `PkgLength` makes no operand in a term: it only says that the term's length is
 * encoded there and bounds what follows.
 */
export type OperandKind =
  | 'PkgLength'
  /** The name a term defines, or a name it must find (Scope, IndexField's registers): a NamePath. */
  | 'NameString'
  /** Any term that yields a value: a Term. */
  | 'TermArg'
  /** A Term: name, local, argument, Debug, or a reference-yielding term (RefOf, DerefOf, Index, a method call). */
  | 'SuperName'
  /** As SuperName, but the name of a method is referred to and not called (RefOf, CondRefOf, ObjectType). */
  | 'Referent'
  /** A Term: name, local or argument (CopyObject's destination). */
  | 'SimpleName'
  /** As SuperName, or null when the result goes nowhere. */
  | 'Target'
  /** Value of a Name: constant, String, Buffer, Package or a reference to a name; a Term. */
  | 'DataRefObject'
  | 'ByteData'
  | 'WordData'
  | 'DWordData'
  | 'QWordData'
  /** Characters up to a NUL, as a string of Latin-1 characters without the NUL. */
  | 'AsciiString'
  /** The remaining terms of the package: Term[]. */
  | 'TermList'
  /** The remaining field elements: FieldElement[]. */
  | 'FieldList'
  /** The remaining bytes: Uint8Array. */
  | 'ByteList'
  /** The remaining DataRefObjects and names of the package: Term[]. */
  | 'PackageElementList';

/**
 * What a term adds to the namespace: `object` is one object without children, `scope` an object with children,
 * `reopen` children of an object that is there (Scope), `fields` the named elements of a field list.
 */
export type Defines = 'nothing' | 'object' | 'scope' | 'reopen' | 'fields';

export interface OpcodeRow {
  /** The ASL keyword; for constants the name of the prefix. */
  readonly name: string;
  /** One byte, or 0x5bNN for an opcode behind the extension prefix; -1 when the term has no opcode. */
  readonly code: number;
  readonly operands: readonly OperandKind[];
  readonly defines: Defines;
  /** The term can stand where a TermArg is wanted. */
  readonly yields: boolean;
  /** ASL+ infix or prefix operator with this meaning (`+`, `&&`); the assignment form is the operator and `=`. */
  readonly operator?: string;
}

function row(
  code: number,
  name: string,
  operands: readonly OperandKind[],
  yields: boolean,
  defines: Defines = 'nothing',
  operator?: string,
): OpcodeRow {
  return operator === undefined
    ? { name, code, operands, defines, yields }
    : { name, code, operands, defines, yields, operator };
}

const T = 'TermArg';
const BINARY = [T, T, 'Target'] as const;
const UNARY = [T, 'Target'] as const;
const COMPARE = [T, T] as const;

/** Every row. The order is that of the codes. */
const ROWS = {
  // Terms that are encoded by a name alone.
  /** Operand: the NamePath. A name that is no method, or a method that is referred to and not called. */
  NamePath: row(-1, 'NamePath', ['NameString'], true),
  /** Operands: the NamePath, then Term[], the arguments. */
  MethodCall: row(-1, 'MethodCall', ['NameString', 'TermList'], true),
  /** Bytes that can't be read as terms, up to the end of the list they stand in. */
  Unreadable: row(-1, 'Unreadable', ['ByteList'], false),

  Zero: row(0x00, 'Zero', [], true),
  One: row(0x01, 'One', [], true),
  Alias: row(0x06, 'Alias', ['NameString', 'NameString'], false, 'object'),
  Name: row(0x08, 'Name', ['NameString', 'DataRefObject'], false, 'object'),
  Byte: row(0x0a, 'Byte', ['ByteData'], true),
  Word: row(0x0b, 'Word', ['WordData'], true),
  DWord: row(0x0c, 'DWord', ['DWordData'], true),
  String: row(0x0d, 'String', ['AsciiString'], true),
  QWord: row(0x0e, 'QWord', ['QWordData'], true),
  Scope: row(0x10, 'Scope', ['PkgLength', 'NameString', 'TermList'], false, 'reopen'),
  Buffer: row(0x11, 'Buffer', ['PkgLength', T, 'ByteList'], true),
  Package: row(0x12, 'Package', ['PkgLength', 'ByteData', 'PackageElementList'], true),
  VarPackage: row(0x13, 'VarPackage', ['PkgLength', T, 'PackageElementList'], true),
  Method: row(0x14, 'Method', ['PkgLength', 'NameString', 'ByteData', 'TermList'], false, 'scope'),
  External: row(0x15, 'External', ['NameString', 'ByteData', 'ByteData'], false),
  Local0: row(0x60, 'Local0', [], true),
  Local1: row(0x61, 'Local1', [], true),
  Local2: row(0x62, 'Local2', [], true),
  Local3: row(0x63, 'Local3', [], true),
  Local4: row(0x64, 'Local4', [], true),
  Local5: row(0x65, 'Local5', [], true),
  Local6: row(0x66, 'Local6', [], true),
  Local7: row(0x67, 'Local7', [], true),
  Arg0: row(0x68, 'Arg0', [], true),
  Arg1: row(0x69, 'Arg1', [], true),
  Arg2: row(0x6a, 'Arg2', [], true),
  Arg3: row(0x6b, 'Arg3', [], true),
  Arg4: row(0x6c, 'Arg4', [], true),
  Arg5: row(0x6d, 'Arg5', [], true),
  Arg6: row(0x6e, 'Arg6', [], true),
  Store: row(0x70, 'Store', [T, 'SuperName'], true, 'nothing', '='),
  RefOf: row(0x71, 'RefOf', ['Referent'], true),
  Add: row(0x72, 'Add', BINARY, true, 'nothing', '+'),
  Concatenate: row(0x73, 'Concatenate', BINARY, true),
  Subtract: row(0x74, 'Subtract', BINARY, true, 'nothing', '-'),
  Increment: row(0x75, 'Increment', ['SuperName'], true, 'nothing', '++'),
  Decrement: row(0x76, 'Decrement', ['SuperName'], true, 'nothing', '--'),
  Multiply: row(0x77, 'Multiply', BINARY, true, 'nothing', '*'),
  /** Dividend, divisor, remainder, quotient. */
  Divide: row(0x78, 'Divide', [T, T, 'Target', 'Target'], true, 'nothing', '/'),
  ShiftLeft: row(0x79, 'ShiftLeft', BINARY, true, 'nothing', '<<'),
  ShiftRight: row(0x7a, 'ShiftRight', BINARY, true, 'nothing', '>>'),
  And: row(0x7b, 'And', BINARY, true, 'nothing', '&'),
  NAnd: row(0x7c, 'NAnd', BINARY, true),
  Or: row(0x7d, 'Or', BINARY, true, 'nothing', '|'),
  NOr: row(0x7e, 'NOr', BINARY, true),
  XOr: row(0x7f, 'XOr', BINARY, true, 'nothing', '^'),
  Not: row(0x80, 'Not', UNARY, true, 'nothing', '~'),
  FindSetLeftBit: row(0x81, 'FindSetLeftBit', UNARY, true),
  FindSetRightBit: row(0x82, 'FindSetRightBit', UNARY, true),
  DerefOf: row(0x83, 'DerefOf', [T], true),
  ConcatenateResTemplate: row(0x84, 'ConcatenateResTemplate', BINARY, true),
  Mod: row(0x85, 'Mod', BINARY, true, 'nothing', '%'),
  Notify: row(0x86, 'Notify', ['SuperName', T], false),
  SizeOf: row(0x87, 'SizeOf', ['SuperName'], true),
  Index: row(0x88, 'Index', BINARY, true),
  /** Package, operator 1 (0 MTR, 1 MEQ, 2 MLE, 3 MLT, 4 MGE, 5 MGT), value 1, operator 2, value 2, start index. */
  Match: row(0x89, 'Match', [T, 'ByteData', T, 'ByteData', T, T], true),
  CreateDWordField: row(0x8a, 'CreateDWordField', [T, T, 'NameString'], false, 'object'),
  CreateWordField: row(0x8b, 'CreateWordField', [T, T, 'NameString'], false, 'object'),
  CreateByteField: row(0x8c, 'CreateByteField', [T, T, 'NameString'], false, 'object'),
  CreateBitField: row(0x8d, 'CreateBitField', [T, T, 'NameString'], false, 'object'),
  ObjectType: row(0x8e, 'ObjectType', ['Referent'], true),
  CreateQWordField: row(0x8f, 'CreateQWordField', [T, T, 'NameString'], false, 'object'),
  LAnd: row(0x90, 'LAnd', COMPARE, true, 'nothing', '&&'),
  LOr: row(0x91, 'LOr', COMPARE, true, 'nothing', '||'),
  /** `!=`, `<=` and `>=` are LNot of LEqual, LGreater and LLess; the tree keeps them so. */
  LNot: row(0x92, 'LNot', [T], true, 'nothing', '!'),
  LEqual: row(0x93, 'LEqual', COMPARE, true, 'nothing', '=='),
  LGreater: row(0x94, 'LGreater', COMPARE, true, 'nothing', '>'),
  LLess: row(0x95, 'LLess', COMPARE, true, 'nothing', '<'),
  ToBuffer: row(0x96, 'ToBuffer', UNARY, true),
  ToDecimalString: row(0x97, 'ToDecimalString', UNARY, true),
  ToHexString: row(0x98, 'ToHexString', UNARY, true),
  ToInteger: row(0x99, 'ToInteger', UNARY, true),
  ToString: row(0x9c, 'ToString', BINARY, true),
  CopyObject: row(0x9d, 'CopyObject', [T, 'SimpleName'], true),
  Mid: row(0x9e, 'Mid', [T, T, T, 'Target'], true),
  Continue: row(0x9f, 'Continue', [], false),
  /** An Else is a term of its own that follows its If in the same list. */
  If: row(0xa0, 'If', ['PkgLength', T, 'TermList'], false),
  Else: row(0xa1, 'Else', ['PkgLength', 'TermList'], false),
  While: row(0xa2, 'While', ['PkgLength', T, 'TermList'], false),
  Noop: row(0xa3, 'Noop', [], false),
  Return: row(0xa4, 'Return', [T], false),
  Break: row(0xa5, 'Break', [], false),
  BreakPoint: row(0xcc, 'BreakPoint', [], false),
  Ones: row(0xff, 'Ones', [], true),

  Mutex: row(0x5b01, 'Mutex', ['NameString', 'ByteData'], false, 'object'),
  Event: row(0x5b02, 'Event', ['NameString'], false, 'object'),
  CondRefOf: row(0x5b12, 'CondRefOf', ['Referent', 'Target'], true),
  /** Source buffer, bit index, number of bits, name. */
  CreateField: row(0x5b13, 'CreateField', [T, T, T, 'NameString'], false, 'object'),
  LoadTable: row(0x5b1f, 'LoadTable', [T, T, T, T, T, T], true),
  /** The handle is a Target since ACPI 6.4, where Load yields a value too. */
  Load: row(0x5b20, 'Load', ['SuperName', 'Target'], true),
  Stall: row(0x5b21, 'Stall', [T], false),
  Sleep: row(0x5b22, 'Sleep', [T], false),
  Acquire: row(0x5b23, 'Acquire', ['SuperName', 'WordData'], true),
  Signal: row(0x5b24, 'Signal', ['SuperName'], false),
  Wait: row(0x5b25, 'Wait', ['SuperName', T], true),
  Reset: row(0x5b26, 'Reset', ['SuperName'], false),
  Release: row(0x5b27, 'Release', ['SuperName'], false),
  FromBCD: row(0x5b28, 'FromBCD', UNARY, true),
  ToBCD: row(0x5b29, 'ToBCD', UNARY, true),
  Unload: row(0x5b2a, 'Unload', ['SuperName'], false),
  Revision: row(0x5b30, 'Revision', [], true),
  Debug: row(0x5b31, 'Debug', [], true),
  Fatal: row(0x5b32, 'Fatal', ['ByteData', 'DWordData', T], false),
  Timer: row(0x5b33, 'Timer', [], true),
  /** Name, space, offset, length. */
  OperationRegion: row(0x5b80, 'OperationRegion', ['NameString', 'ByteData', T, T], false, 'object'),
  /** Region, flags, elements. */
  Field: row(0x5b81, 'Field', ['PkgLength', 'NameString', 'ByteData', 'FieldList'], false, 'fields'),
  Device: row(0x5b82, 'Device', ['PkgLength', 'NameString', 'TermList'], false, 'scope'),
  /** Name, id, PBLK address, PBLK length, terms. Left out of ACPI since 6.4, still found. */
  Processor: row(
    0x5b83,
    'Processor',
    ['PkgLength', 'NameString', 'ByteData', 'DWordData', 'ByteData', 'TermList'],
    false,
    'scope',
  ),
  /** Name, system level, resource order, terms. */
  PowerResource: row(
    0x5b84,
    'PowerResource',
    ['PkgLength', 'NameString', 'ByteData', 'WordData', 'TermList'],
    false,
    'scope',
  ),
  ThermalZone: row(0x5b85, 'ThermalZone', ['PkgLength', 'NameString', 'TermList'], false, 'scope'),
  /** Index register, data register, flags, elements. */
  IndexField: row(
    0x5b86,
    'IndexField',
    ['PkgLength', 'NameString', 'NameString', 'ByteData', 'FieldList'],
    false,
    'fields',
  ),
  /** Region, bank register, bank value, flags, elements. */
  BankField: row(
    0x5b87,
    'BankField',
    ['PkgLength', 'NameString', 'NameString', T, 'ByteData', 'FieldList'],
    false,
    'fields',
  ),
  /** Name, table signature, OEM id, OEM table id. */
  DataTableRegion: row(0x5b88, 'DataTableRegion', ['NameString', T, T, T], false, 'object'),
} as const satisfies Record<string, OpcodeRow>;

export type OpcodeName = keyof typeof ROWS;

/** A row as a term carries it: compare by identity, `term.op === OPCODES.Add`, or by `name`. */
export interface Opcode extends OpcodeRow {
  readonly name: OpcodeName;
}

/** The rows by name. */
export const OPCODES = ROWS as Readonly<Record<OpcodeName, OpcodeRow>> as Readonly<
  Record<OpcodeName, Opcode>
>;

/** Prefix of the two-byte opcodes. */
export const EXTENSION_PREFIX = 0x5b;

function byCode(extended: boolean): readonly (Opcode | undefined)[] {
  const table = new Array<Opcode | undefined>(256).fill(undefined);
  for (const opcode of Object.values(OPCODES)) {
    if (opcode.code < 0 || opcode.code > 0xff !== extended) continue;
    table[opcode.code & 0xff] = opcode as Opcode;
  }
  return table;
}

/** The opcode of each first byte. */
export const OPCODE_BY_BYTE: readonly (Opcode | undefined)[] = byCode(false);
/** The opcode of each byte after {@link EXTENSION_PREFIX}. */
export const OPCODE_BY_EXTENDED_BYTE: readonly (Opcode | undefined)[] = byCode(true);

/** Field flags, bits 0..3 of a FieldFlags byte (ACPI 6.5, 19.6.48). */
export const ACCESS_TYPES = ['AnyAcc', 'ByteAcc', 'WordAcc', 'DWordAcc', 'QWordAcc', 'BufferAcc'] as const;
/** Field flags, bit 4. */
export const LOCK_RULES = ['NoLock', 'Lock'] as const;
/** Field flags, bits 5..6. */
export const UPDATE_RULES = ['Preserve', 'WriteAsOnes', 'WriteAsZeros'] as const;
/** Address spaces by number (ACPI 6.5, table 5.182); 0x80 and above belong to the vendor. */
export const REGION_SPACES = [
  'SystemMemory',
  'SystemIO',
  'PCI_Config',
  'EmbeddedControl',
  'SMBus',
  'SystemCMOS',
  'PciBarTarget',
  'IPMI',
  'GeneralPurposeIO',
  'GenericSerialBus',
  'PCC',
  'PlatformRtMechanism',
] as const;
export const FIXED_HARDWARE_SPACE = 0x7f;
/** Match operators by number. */
export const MATCH_OPERATORS = ['MTR', 'MEQ', 'MLE', 'MLT', 'MGE', 'MGT'] as const;
/** Object types by number, as ObjectType yields and External gives them. */
export const OBJECT_TYPES = [
  'UnknownObj',
  'IntObj',
  'StrObj',
  'BuffObj',
  'PkgObj',
  'FieldUnitObj',
  'DeviceObj',
  'EventObj',
  'MethodObj',
  'MutexObj',
  'OpRegionObj',
  'PowerResObj',
  'ProcessorObj',
  'ThermalZoneObj',
  'BuffFieldObj',
  'DDBHandleObj',
] as const;
