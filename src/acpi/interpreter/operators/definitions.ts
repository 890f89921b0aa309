/** Terms that create named objects: Name, Method, OperationRegion, Field, CreateField and so on. */
import { fieldValue, isKnown, type Quantity } from '../../../symbolic/index.ts';
import { nodeForDefinition } from '../../namespace/lookup.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import type { Term } from '../../terms/term.ts';
import { fault } from '../state/fault.ts';
import {
  type Deciding,
  type Defining,
  type Instruction,
  type Operators,
  type Run,
  TAKEN,
} from '../state/machine.ts';
import {
  AliasObject,
  type AmlValue,
  BufferFieldObject,
  BufferObject,
  EventObject,
  FieldObject,
  type FieldSource,
  ForeignObject,
  MethodObject,
  MutexObject,
  NamespaceNode,
  ObjectReference,
  RegionObject,
  ScopeObject,
  SlotOperand,
  StringObject,
  TYPE,
} from '../state/objects.ts';
import { SPACE } from '../state/regions.ts';
import { define, find, install } from '../values/names.ts';
import { copyOf } from '../values/values.ts';
import { findTable, isElsewhere, wantedTable } from './tables.ts';

/** Size in bytes of an access by AccessType; AnyAcc and BufferAcc are byte accesses, as in ACPICA. */
const ACCESS_BYTES = [1, 1, 2, 4, 8, 1] as const;
/** Exclusive bound of bit offsets of fields. */
const MAX_FIELD_OFFSET = 2 ** 35;

const name: Run<Defining> = (m, operands, instruction) => {
  const operand = operands.raw(0);
  // A Name whose value is another name gets a copy of its data, or a reference to it.
  const value =
    operand instanceof NamespaceNode || operand instanceof SlotOperand
      ? copyOf(m, operands.value(0))
      : (operand ?? fault('AE_AML_NO_OPERAND', 'a Name without a value'));
  define(m, instruction.name!, instruction.term, () =>
    value instanceof NamespaceNode ? new ObjectReference(value) : value,
  );
  return undefined;
};

const method: Run<Defining> = (m, _operands, instruction) => {
  const { term } = instruction;
  const flags = term.numberAt(1);
  define(m, instruction.name!, term, () => new MethodObject(term, m.frame.table, flags));
  return undefined;
};

const alias: Run<Defining> = (m, _operands, instruction) => {
  const { term } = instruction;
  const target = find(m, term.nameAt(0));
  define(m, instruction.name!, term, () => new AliasObject(target));
  return undefined;
};

const mutex: Run<Defining> = (m, _operands, instruction) => {
  define(m, instruction.name!, instruction.term, () => new MutexObject(instruction.term.numberAt(1) & 15));
  return undefined;
};

const event: Run<Defining> = (m, _operands, instruction) => {
  define(m, instruction.name!, instruction.term, () => new EventObject());
  return undefined;
};

const operationRegion: Run<Defining> = (m, operands, instruction) => {
  const space = instruction.term.numberAt(1);
  const address = operands.integer(0);
  const length = operands.integer(1);
  define(
    m,
    instruction.name!,
    instruction.term,
    (node) => new RegionObject(node, space, address, length, undefined),
  );
  return connectRegion(m, space);
};

/** Second argument of `_REG`: connect the handler. */
const CONNECT = 1n;

/** For a region that a method creates, `_REG` in the same scope is called at once. */
function connectRegion(m: Defining, space: number): unknown {
  if (m.frame.method === undefined || m.handlers.tablesLoading) return undefined;
  const node = m.scope.children.get('_REG');
  const method = node && m.settle(node.object);
  if (!(method instanceof MethodObject) || method.argumentCount !== 2) return undefined;
  m.enterMethod(node!, method, [BigInt(space), CONNECT]);
  return TAKEN;
}

const dataTableRegion: Run<Defining> = (m, operands, instruction) => {
  const wanted = wantedTable(operands);
  const table = findTable(m, wanted);
  if (table === undefined) {
    if (!isElsewhere(m, wanted)) return fault('AE_NOT_FOUND', `there is no table ${wanted.signature}`);
    // Of a table that is not given neither contents, place nor length are known.
    define(m, instruction.name!, instruction.term, (node) => {
      const open = (name: string): Quantity =>
        fieldValue({
          name: `${name}(${wanted.signature})`,
          path: `${name}(${node.path})`,
          space: 'another table',
          address: undefined,
          bitOffset: 0,
          bits: 32,
          epoch: 0,
        });
      return new RegionObject(node, SPACE.dataTable, open('address'), open('length'), undefined);
    });
    return connectRegion(m, SPACE.dataTable);
  }
  const address = m.handlers.addressOfTable(table.bytes);
  define(
    m,
    instruction.name!,
    instruction.term,
    (node) => new RegionObject(node, SPACE.dataTable, address, BigInt(table.bytes.length), table.bytes),
  );
  return connectRegion(m, SPACE.dataTable);
};

/** Field, BankField and IndexField. */
const field: Run<Defining> = (m, _operands, instruction) => {
  const { term } = instruction;
  const region = find(m, term.nameAt(0));
  defineFields(m, term, term.numberAt(1), () => ({ kind: 'region', region }));
  return undefined;
};

const bankField: Run<Defining> = (m, operands, instruction) => {
  const { term } = instruction;
  const region = find(m, term.nameAt(0));
  const bank = find(m, term.nameAt(1));
  const value = operands.integer(0);
  defineFields(m, term, term.numberAt(3), () => ({ kind: 'bank', region, bank, value }));
  return undefined;
};

const indexField: Run<Defining> = (m, _operands, instruction) => {
  const { term } = instruction;
  const index = find(m, term.nameAt(0));
  const data = find(m, term.nameAt(1));
  defineFields(m, term, term.numberAt(2), (bitOffset, accessBytes) => ({
    kind: 'index',
    index,
    data,
    value: Math.floor(Math.floor(bitOffset / 8) / accessBytes) * accessBytes,
  }));
  return undefined;
};

function defineFields(
  m: Defining,
  term: Term,
  flags: number,
  source: (bitOffset: number, accessBytes: number) => FieldSource,
): void {
  let bitOffset = 0;
  let current = flags;
  let attribute = 0;
  let accessLength = 0;
  let connection: AmlValue | undefined;
  for (const element of term.fieldsAt(term.lastOperand)) {
    switch (element.kind) {
      case 'reserved':
        bitOffset += element.bits;
        break;
      case 'access':
        current = (current & ~0x0f) | (element.type & 0x0f);
        attribute = element.attribute;
        break;
      case 'extended-access':
        current = (current & ~0x0f) | (element.type & 0x0f);
        attribute = element.attribute;
        accessLength = element.length;
        break;
      case 'connection':
        connection = connectionOf(m, element.connection);
        break;
      case 'named': {
        const node = nodeForDefinition(
          m.root,
          m.scope,
          { root: false, parents: 0, segments: [element.name] },
          () => true,
        )!;
        const offset = bitOffset;
        bitOffset += element.bits;
        if (bitOffset > MAX_FIELD_OFFSET)
          fault('AE_LIMIT', 'a field is too far from the start of its region');
        // A name that already exists keeps its object.
        if (node.object !== undefined && m.settle(node.object) !== undefined) break;
        const accessBytes = ACCESS_BYTES[current & 0x0f] ?? 1;
        const baseOffset = Math.floor(Math.floor(offset / 8) / accessBytes) * accessBytes;
        const object = new FieldObject({
          node,
          source: source(offset, accessBytes),
          bitOffset: offset,
          bitLength: element.bits,
          flags: current,
          accessBytes,
          baseOffset,
          startBit: offset - baseOffset * 8,
          attribute,
          accessLength,
          connection,
          element,
        });
        install(m, node, term, object);
        break;
      }
    }
  }
}

function connectionOf(m: Defining, term: Term): AmlValue | undefined {
  if (term.op === OPCODES.Buffer) return new BufferObject(term.bytesAt(1).slice());
  const object = m.settle(find(m, term.nameAt(0)).object);
  return object;
}

const createField: Run<Defining> = (m, operands, instruction) => {
  const { op } = instruction.term;
  const view = op.changes.opens;
  if (view?.as !== 'bits') return fault('AE_AML_INTERNAL', `${op.name} makes no buffer field`);
  const source = operands.value(0);
  const bitOffset = placeOf(m, operands.integer(view.index)) * view.unit;
  const { bits } = view;
  const bitLength = typeof bits === 'number' ? bits : placeOf(m, operands.integer(bits.count));
  if (bitLength === 0) fault('AE_AML_OPERAND_VALUE', 'a buffer field of 0 bits');
  if (!(source instanceof BufferObject))
    return fault('AE_AML_OPERAND_TYPE', 'the source of a buffer field must be a buffer');
  if (source.unknown !== undefined) m.abandon(source.unknown);
  if (bitOffset + bitLength > source.bytes.length * 8)
    fault(
      'AE_AML_BUFFER_LIMIT',
      `bits ${bitOffset} to ${bitOffset + bitLength} of a buffer of ${source.bytes.length} bytes`,
    );
  define(
    m,
    instruction.name!,
    instruction.term,
    () => new BufferFieldObject(source, bitOffset, bitLength, op === OPCODES.CreateField),
  );
  return undefined;
};

function placeOf(m: Deciding, value: Quantity): number {
  if (!isKnown(value)) return m.abandon('a buffer field with an unknown offset or length');
  return value > 0xffff_ffffn ? 0xffff_ffff : Number(value);
}

const SCOPE_TYPES: Readonly<Record<string, number>> = {
  Device: TYPE.device,
  Processor: TYPE.processor,
  PowerResource: TYPE.powerResource,
  ThermalZone: TYPE.thermalZone,
};

/** Enters the scope of Scope, Device and so on, in which the following names are created. */
export function enterScope(m: Defining, instruction: Instruction): void {
  const { term } = instruction;
  const type = SCOPE_TYPES[term.op.name];
  let node: NamespaceNode;
  if (type === undefined) {
    node = find(m, instruction.name!);
    const object = m.settle(node.object);
    if (!(object instanceof ScopeObject || object instanceof ForeignObject)) {
      const data =
        object === undefined ||
        typeof object === 'bigint' ||
        object instanceof StringObject ||
        object instanceof BufferObject;
      if (!data) fault('AE_AML_OPERAND_TYPE', `${node.path} is not a scope`);
    }
  } else node = define(m, instruction.name!, term, () => new ScopeObject(type, term));
  m.frame.enterScope(node);
}

export const DEFINING_OPERATORS: Operators<Defining> = {
  Name: name,
  Method: method,
  Alias: alias,
  Mutex: mutex,
  Event: event,
  OperationRegion: operationRegion,
  DataTableRegion: dataTableRegion,
  Field: field,
  BankField: bankField,
  IndexField: indexField,
  CreateField: createField,
  CreateBitField: createField,
  CreateByteField: createField,
  CreateWordField: createField,
  CreateDWordField: createField,
  CreateQWordField: createField,
};
