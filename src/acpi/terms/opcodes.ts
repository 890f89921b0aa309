/**
 * The opcode table of AML (ACPI 6.5, chapter 20), used by decoder, ASL parser, printer, compiler and interpreter. A row
 * has the name, the encoding, the operand kinds, what the term defines, and whether it yields a value. Rows without a
 * code are terms that do not begin with an opcode.
 */

/**
 * The kind of an operand. `PkgLength` is not an operand of the term; the encoded length bounds the operands after it.
 */
export type OperandKind =
  | 'PkgLength'
  /** A name that the term defines or that must exist (Scope, IndexField's registers): a NamePath. */
  | 'NameString'
  /** Any term that yields a value: a Term. */
  | 'TermArg'
  /** A Term: name, local, argument, Debug, or a reference-yielding term (RefOf, DerefOf, Index, a method call). */
  | 'SuperName'
  /** As SuperName, but a method's name is a reference, not a call (RefOf, CondRefOf, ObjectType). */
  | 'Referent'
  /** A Term: name, local or argument (CopyObject's destination). */
  | 'SimpleName'
  /** As SuperName, or null if the result is discarded. */
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
 * What a term defines in the namespace: `object` an object without children, `scope` an object with children, `reopen`
 * children of an existing object (Scope), `fields` the named elements of a field list.
 */
export type Defines = 'nothing' | 'object' | 'scope' | 'reopen' | 'fields';

/**
 * How the result of a term (what it yields, stores, returns or defines) gives access to an operand, which may then be
 * modified through the result.
 */
export type Access =
  /** The object that the operand yields, not a copy; for a list of operands, all of them. */
  | { readonly operand: number; readonly as: 'object' }
  /** A reference to the operand. */
  | { readonly operand: number; readonly as: 'reference' }
  /** The object to which the operand refers. */
  | { readonly operand: number; readonly as: 'target' }
  /** A reference to an element of the operand; the operand `index` is its number. */
  | { readonly operand: number; readonly as: 'element'; readonly index: number }
  /** Bits of the operand's buffer from bit (operand `index`) * `unit` on; their number may be operand `count`. */
  | {
      readonly operand: number;
      readonly as: 'bits';
      readonly index: number;
      readonly unit: 1 | 8;
      readonly bits: number | { readonly count: number };
    };

/**
 * What executing a term may modify besides the side effects of its operands. Used for abandoned code. Operand numbers
 * are those in a Term, without PkgLength. Names that a term defines are in {@link Defines}.
 */
export interface Changes {
  /** Operands to which a value is stored, converted to the type of the existing object. */
  readonly stores?: readonly number[];
  /** Operands whose object is replaced. */
  readonly replaces?: readonly number[];
  /** The type of the new object if it is fixed; an existing object of that type only gets new contents. */
  readonly type?: 'integer' | 'string' | 'buffer';
  readonly opens?: Access;
  /** An operand that is an Event whose signal count changes. */
  readonly signals?: number;
  /** Code that is executed: a method, the `_REG` for a region, or module-level code of a table. */
  readonly runs?: 'method' | 'handler' | 'table';
}

export interface OpcodeRow {
  /** The ASL keyword; for constants the name of the prefix. */
  readonly name: string;
  /** One byte, or 0x5bNN for an opcode with the extension prefix; -1 if the term has no opcode. */
  readonly code: number;
  readonly operands: readonly OperandKind[];
  readonly changes: Changes;
  readonly defines: Defines;
  /** The term yields a value and can be a TermArg. */
  readonly yields: boolean;
  /** ASL+ infix or prefix operator (`+`, `&&`). */
  readonly operator?: string;
}

function row(
  code: number,
  name: string,
  operands: readonly OperandKind[],
  changes: Changes,
  yields: boolean,
  defines: Defines = 'nothing',
  operator?: string,
): OpcodeRow {
  return operator === undefined
    ? { name, code, operands, changes, defines, yields }
    : { name, code, operands, changes, defines, yields, operator };
}

const T = 'TermArg';
const BINARY = [T, T, 'Target'] as const;
const UNARY = [T, 'Target'] as const;
const COMPARE = [T, T] as const;

/** The term modifies nothing by itself. */
export const NOTHING: Changes = {};
/** The result is stored to operand 0, 1 or 2. */
const TO_0: Changes = { stores: [0] };
const TO_1: Changes = { stores: [1] };
const TO_2: Changes = { stores: [2] };
const INTEGER_TO_1: Changes = { replaces: [1], type: 'integer' };
const SIGNALS: Changes = { signals: 0 };
const CALLS: Changes = { runs: 'method' };
const TABLES: Changes = { runs: 'table' };
const object = (operand: number): Changes => ({ opens: { operand, as: 'object' } });
/** An operand that already has the type is the result, not a copy. */
const STRING_TO_1: Changes = { replaces: [1], type: 'string', ...object(0) };
const BUFFER_TO_1: Changes = { replaces: [1], type: 'buffer', ...object(0) };
const reference: Access = { operand: 0, as: 'reference' };
const view = (unit: 1 | 8, bits: number): Changes => ({
  opens: { operand: 0, as: 'bits', index: 1, unit, bits },
});

/** Every row. The order is that of the codes. */
const ROWS = {
  // Terms without an opcode.
  /** Operand: the NamePath of an object that is not a method, or of a method that is not called. */
  NamePath: row(-1, 'NamePath', ['NameString'], CALLS, true),
  /** Operands: the NamePath, then Term[], the arguments. */
  MethodCall: row(-1, 'MethodCall', ['NameString', 'TermList'], CALLS, true),
  /** Bytes that cannot be decoded, up to the end of the list. */
  Unreadable: row(-1, 'Unreadable', ['ByteList'], NOTHING, false),

  Zero: row(0x00, 'Zero', [], NOTHING, true),
  One: row(0x01, 'One', [], NOTHING, true),
  Alias: row(0x06, 'Alias', ['NameString', 'NameString'], { opens: reference }, false, 'object'),
  Name: row(0x08, 'Name', ['NameString', 'DataRefObject'], object(1), false, 'object'),
  Byte: row(0x0a, 'Byte', ['ByteData'], NOTHING, true),
  Word: row(0x0b, 'Word', ['WordData'], NOTHING, true),
  DWord: row(0x0c, 'DWord', ['DWordData'], NOTHING, true),
  String: row(0x0d, 'String', ['AsciiString'], NOTHING, true),
  QWord: row(0x0e, 'QWord', ['QWordData'], NOTHING, true),
  Scope: row(0x10, 'Scope', ['PkgLength', 'NameString', 'TermList'], NOTHING, false, 'reopen'),
  Buffer: row(0x11, 'Buffer', ['PkgLength', T, 'ByteList'], NOTHING, true),
  Package: row(0x12, 'Package', ['PkgLength', 'ByteData', 'PackageElementList'], object(1), true),
  VarPackage: row(0x13, 'VarPackage', ['PkgLength', T, 'PackageElementList'], object(1), true),
  Method: row(0x14, 'Method', ['PkgLength', 'NameString', 'ByteData', 'TermList'], NOTHING, false, 'scope'),
  External: row(0x15, 'External', ['NameString', 'ByteData', 'ByteData'], NOTHING, false),
  Local0: row(0x60, 'Local0', [], NOTHING, true),
  Local1: row(0x61, 'Local1', [], NOTHING, true),
  Local2: row(0x62, 'Local2', [], NOTHING, true),
  Local3: row(0x63, 'Local3', [], NOTHING, true),
  Local4: row(0x64, 'Local4', [], NOTHING, true),
  Local5: row(0x65, 'Local5', [], NOTHING, true),
  Local6: row(0x66, 'Local6', [], NOTHING, true),
  Local7: row(0x67, 'Local7', [], NOTHING, true),
  Arg0: row(0x68, 'Arg0', [], NOTHING, true),
  Arg1: row(0x69, 'Arg1', [], NOTHING, true),
  Arg2: row(0x6a, 'Arg2', [], NOTHING, true),
  Arg3: row(0x6b, 'Arg3', [], NOTHING, true),
  Arg4: row(0x6c, 'Arg4', [], NOTHING, true),
  Arg5: row(0x6d, 'Arg5', [], NOTHING, true),
  Arg6: row(0x6e, 'Arg6', [], NOTHING, true),
  Store: row(0x70, 'Store', [T, 'SuperName'], { stores: [1], ...object(0) }, true, 'nothing', '='),
  RefOf: row(0x71, 'RefOf', ['Referent'], { opens: reference }, true),
  Add: row(0x72, 'Add', BINARY, TO_2, true, 'nothing', '+'),
  Concatenate: row(0x73, 'Concatenate', BINARY, TO_2, true),
  Subtract: row(0x74, 'Subtract', BINARY, TO_2, true, 'nothing', '-'),
  Increment: row(0x75, 'Increment', ['SuperName'], TO_0, true, 'nothing', '++'),
  Decrement: row(0x76, 'Decrement', ['SuperName'], TO_0, true, 'nothing', '--'),
  Multiply: row(0x77, 'Multiply', BINARY, TO_2, true, 'nothing', '*'),
  /** Dividend, divisor, remainder, quotient. */
  Divide: row(0x78, 'Divide', [T, T, 'Target', 'Target'], { stores: [2, 3] }, true, 'nothing', '/'),
  ShiftLeft: row(0x79, 'ShiftLeft', BINARY, TO_2, true, 'nothing', '<<'),
  ShiftRight: row(0x7a, 'ShiftRight', BINARY, TO_2, true, 'nothing', '>>'),
  And: row(0x7b, 'And', BINARY, TO_2, true, 'nothing', '&'),
  NAnd: row(0x7c, 'NAnd', BINARY, TO_2, true),
  Or: row(0x7d, 'Or', BINARY, TO_2, true, 'nothing', '|'),
  NOr: row(0x7e, 'NOr', BINARY, TO_2, true),
  XOr: row(0x7f, 'XOr', BINARY, TO_2, true, 'nothing', '^'),
  Not: row(0x80, 'Not', UNARY, TO_1, true, 'nothing', '~'),
  FindSetLeftBit: row(0x81, 'FindSetLeftBit', UNARY, TO_1, true),
  FindSetRightBit: row(0x82, 'FindSetRightBit', UNARY, TO_1, true),
  DerefOf: row(0x83, 'DerefOf', [T], { opens: { operand: 0, as: 'target' } }, true),
  ConcatenateResTemplate: row(0x84, 'ConcatenateResTemplate', BINARY, TO_2, true),
  Mod: row(0x85, 'Mod', BINARY, TO_2, true, 'nothing', '%'),
  Notify: row(0x86, 'Notify', ['SuperName', T], NOTHING, false),
  SizeOf: row(0x87, 'SizeOf', ['SuperName'], NOTHING, true),
  Index: row(0x88, 'Index', BINARY, { stores: [2], opens: { operand: 0, as: 'element', index: 1 } }, true),
  /** Package, operator 1 (0 MTR, 1 MEQ, 2 MLE, 3 MLT, 4 MGE, 5 MGT), value 1, operator 2, value 2, start index. */
  Match: row(0x89, 'Match', [T, 'ByteData', T, 'ByteData', T, T], NOTHING, true),
  CreateDWordField: row(0x8a, 'CreateDWordField', [T, T, 'NameString'], view(8, 32), false, 'object'),
  CreateWordField: row(0x8b, 'CreateWordField', [T, T, 'NameString'], view(8, 16), false, 'object'),
  CreateByteField: row(0x8c, 'CreateByteField', [T, T, 'NameString'], view(8, 8), false, 'object'),
  CreateBitField: row(0x8d, 'CreateBitField', [T, T, 'NameString'], view(1, 1), false, 'object'),
  ObjectType: row(0x8e, 'ObjectType', ['Referent'], NOTHING, true),
  CreateQWordField: row(0x8f, 'CreateQWordField', [T, T, 'NameString'], view(8, 64), false, 'object'),
  LAnd: row(0x90, 'LAnd', COMPARE, NOTHING, true, 'nothing', '&&'),
  LOr: row(0x91, 'LOr', COMPARE, NOTHING, true, 'nothing', '||'),
  /** `!=`, `<=` and `>=` are LNot of LEqual, LGreater and LLess, in terms as in AML. */
  LNot: row(0x92, 'LNot', [T], NOTHING, true, 'nothing', '!'),
  LEqual: row(0x93, 'LEqual', COMPARE, NOTHING, true, 'nothing', '=='),
  LGreater: row(0x94, 'LGreater', COMPARE, NOTHING, true, 'nothing', '>'),
  LLess: row(0x95, 'LLess', COMPARE, NOTHING, true, 'nothing', '<'),
  ToBuffer: row(0x96, 'ToBuffer', UNARY, BUFFER_TO_1, true),
  ToDecimalString: row(0x97, 'ToDecimalString', UNARY, STRING_TO_1, true),
  ToHexString: row(0x98, 'ToHexString', UNARY, STRING_TO_1, true),
  ToInteger: row(0x99, 'ToInteger', UNARY, INTEGER_TO_1, true),
  ToString: row(0x9c, 'ToString', BINARY, { replaces: [2], type: 'string' }, true),
  CopyObject: row(0x9d, 'CopyObject', [T, 'SimpleName'], { replaces: [1], ...object(0) }, true),
  Mid: row(0x9e, 'Mid', [T, T, T, 'Target'], { stores: [3] }, true),
  Continue: row(0x9f, 'Continue', [], NOTHING, false),
  /** An Else is a separate term after its If in the same list. */
  If: row(0xa0, 'If', ['PkgLength', T, 'TermList'], NOTHING, false),
  Else: row(0xa1, 'Else', ['PkgLength', 'TermList'], NOTHING, false),
  While: row(0xa2, 'While', ['PkgLength', T, 'TermList'], NOTHING, false),
  Noop: row(0xa3, 'Noop', [], NOTHING, false),
  Return: row(0xa4, 'Return', [T], object(0), false),
  Break: row(0xa5, 'Break', [], NOTHING, false),
  BreakPoint: row(0xcc, 'BreakPoint', [], NOTHING, false),
  Ones: row(0xff, 'Ones', [], NOTHING, true),

  Mutex: row(0x5b01, 'Mutex', ['NameString', 'ByteData'], NOTHING, false, 'object'),
  Event: row(0x5b02, 'Event', ['NameString'], NOTHING, false, 'object'),
  CondRefOf: row(0x5b12, 'CondRefOf', ['Referent', 'Target'], { stores: [1], opens: reference }, true),
  /** Source buffer, bit index, number of bits, name. */
  CreateField: row(
    0x5b13,
    'CreateField',
    [T, T, T, 'NameString'],
    { opens: { operand: 0, as: 'bits', index: 1, unit: 1, bits: { count: 2 } } },
    false,
    'object',
  ),
  LoadTable: row(0x5b1f, 'LoadTable', [T, T, T, T, T, T], TABLES, true),
  /** The handle is a Target since ACPI 6.4, where Load yields a value too. */
  Load: row(0x5b20, 'Load', ['SuperName', 'Target'], { replaces: [1], ...TABLES }, true),
  Stall: row(0x5b21, 'Stall', [T], NOTHING, false),
  Sleep: row(0x5b22, 'Sleep', [T], NOTHING, false),
  Acquire: row(0x5b23, 'Acquire', ['SuperName', 'WordData'], NOTHING, true),
  Signal: row(0x5b24, 'Signal', ['SuperName'], SIGNALS, false),
  Wait: row(0x5b25, 'Wait', ['SuperName', T], SIGNALS, true),
  Reset: row(0x5b26, 'Reset', ['SuperName'], SIGNALS, false),
  Release: row(0x5b27, 'Release', ['SuperName'], NOTHING, false),
  FromBCD: row(0x5b28, 'FromBCD', UNARY, INTEGER_TO_1, true),
  ToBCD: row(0x5b29, 'ToBCD', UNARY, INTEGER_TO_1, true),
  Unload: row(0x5b2a, 'Unload', ['SuperName'], TABLES, false),
  Revision: row(0x5b30, 'Revision', [], NOTHING, true),
  Debug: row(0x5b31, 'Debug', [], NOTHING, true),
  Fatal: row(0x5b32, 'Fatal', ['ByteData', 'DWordData', T], NOTHING, false),
  Timer: row(0x5b33, 'Timer', [], NOTHING, true),
  /** Name, space, offset, length. */
  OperationRegion: row(
    0x5b80,
    'OperationRegion',
    ['NameString', 'ByteData', T, T],
    { runs: 'handler' },
    false,
    'object',
  ),
  /** Region, flags, elements. */
  Field: row(0x5b81, 'Field', ['PkgLength', 'NameString', 'ByteData', 'FieldList'], NOTHING, false, 'fields'),
  Device: row(0x5b82, 'Device', ['PkgLength', 'NameString', 'TermList'], NOTHING, false, 'scope'),
  /** Name, ID, P_BLK address, P_BLK length, terms. Removed in ACPI 6.4, but still in use. */
  Processor: row(
    0x5b83,
    'Processor',
    ['PkgLength', 'NameString', 'ByteData', 'DWordData', 'ByteData', 'TermList'],
    NOTHING,
    false,
    'scope',
  ),
  /** Name, system level, resource order, terms. */
  PowerResource: row(
    0x5b84,
    'PowerResource',
    ['PkgLength', 'NameString', 'ByteData', 'WordData', 'TermList'],
    NOTHING,
    false,
    'scope',
  ),
  ThermalZone: row(0x5b85, 'ThermalZone', ['PkgLength', 'NameString', 'TermList'], NOTHING, false, 'scope'),
  /** Index register, data register, flags, elements. */
  IndexField: row(
    0x5b86,
    'IndexField',
    ['PkgLength', 'NameString', 'NameString', 'ByteData', 'FieldList'],
    NOTHING,
    false,
    'fields',
  ),
  /** Region, bank register, bank value, flags, elements. */
  BankField: row(
    0x5b87,
    'BankField',
    ['PkgLength', 'NameString', 'NameString', T, 'ByteData', 'FieldList'],
    NOTHING,
    false,
    'fields',
  ),
  /** Name, table signature, OEM ID, OEM table ID. */
  DataTableRegion: row(
    0x5b88,
    'DataTableRegion',
    ['NameString', T, T, T],
    { runs: 'handler' },
    false,
    'object',
  ),
} as const satisfies Record<string, OpcodeRow>;

export type OpcodeName = keyof typeof ROWS;

/** A row with its name's type. Compare by identity, `term.op === OPCODES.Add`, or by `name`. */
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
