/** The terms that make named objects: Name, Method, OperationRegion, Field, CreateField and their kin. */
import { isKnown, type Quantity } from '../../../symbolic/index.ts';
import { nodeForDefinition } from '../../namespace/lookup.ts';
import type { NamePath } from '../../terms/name.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import type { FieldElement, Term } from '../../terms/term.ts';
import { TAKEN } from '../plan/plan.ts';
import { fault } from '../state/fault.ts';
import type { Instruction, Machine, Run } from '../state/machine.ts';
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
  type Operand,
  RegionObject,
  ScopeObject,
  SlotOperand,
  StringObject,
  TYPE,
} from '../state/objects.ts';
import { define, find, install } from '../values/names.ts';
import { TABLE_SPACE } from '../values/region-access.ts';
import { copyOf, integerOperand, knownText, resolve, toText } from '../values/values.ts';
import { findTable, isElsewhere } from './actions.ts';

/** Bytes of one access for each AccessType; AnyAcc and BufferAcc are bytes, as ACPICA has it. */
const ACCESS_BYTES = [1, 1, 2, 4, 8, 1] as const;
/** Field bits past this offset can't be in any region. */
const MAX_FIELD_OFFSET = 2 ** 35;

const name: Run = (m, instruction, at) => {
  const operand = m.stack[at];
  const value =
    operand instanceof NamespaceNode || operand instanceof SlotOperand
      ? named(m, operand)
      : (operand as AmlValue);
  define(m, instruction.name!, instruction.term, () => value);
  return undefined;
};

/** What a Name gets that is defined as another name: a reference to it, or a copy of the data. */
function named(m: Machine, operand: Operand): AmlValue {
  const value = copyOf(m, resolve(m, operand));
  return value instanceof NamespaceNode ? new ObjectReference(value) : value;
}

const method: Run = (m, instruction) => {
  const { term } = instruction;
  const flags = term.operands[1] as number;
  define(m, instruction.name!, term, () => new MethodObject(term, m.frames.at(-1)!.table, flags));
  return undefined;
};

const alias: Run = (m, instruction) => {
  const { term } = instruction;
  const target = find(m, term.operands[0] as NamePath);
  define(m, instruction.name!, term, () => new AliasObject(target));
  return undefined;
};

const mutex: Run = (m, instruction) => {
  define(
    m,
    instruction.name!,
    instruction.term,
    () => new MutexObject((instruction.term.operands[1] as number) & 15),
  );
  return undefined;
};

const event: Run = (m, instruction) => {
  define(m, instruction.name!, instruction.term, () => new EventObject());
  return undefined;
};

const operationRegion: Run = (m, instruction, at) => {
  const space = instruction.term.operands[1] as number;
  const address = integerOperand(m, m.stack[at]);
  const length = integerOperand(m, m.stack[at + 1]);
  define(
    m,
    instruction.name!,
    instruction.term,
    (node) => new RegionObject(node, space, address, length, undefined),
  );
  return connectRegion(m, space);
};

/** `_REG`'s second argument: there is a handler. */
const CONNECT = 1n;

/** A region that a method makes is announced at once, to a `_REG` beside it. */
function connectRegion(m: Machine, space: number): unknown {
  const frame = m.frames.at(-1)!;
  if (frame.method === undefined || m.tablesLoading) return undefined;
  const node = frame.scope.children.get('_REG');
  const method = node && m.settle(node.object);
  if (!(method instanceof MethodObject) || method.argumentCount !== 2) return undefined;
  m.enterMethod(node!, method, [BigInt(space), CONNECT]);
  return TAKEN;
}

/** No table is longer. */
const TABLE_ADDRESS_BITS = 32n;

const dataTableRegion: Run = (m, instruction, at) => {
  const [signature, oemId, oemTableId] = [0, 1, 2].map((i) =>
    knownText(m, toText(m, resolve(m, m.stack[at + i]), 'implicit')),
  ) as [string, string, string];
  const table = findTable(m, signature, oemId, oemTableId);
  if (table === undefined) {
    if (isElsewhere(m, signature, oemId, oemTableId)) m.abandon('a table is looked at that is not there');
    return fault('AE_NOT_FOUND', `there is no table ${signature}`);
  }
  const address = m.tableAddresses.get(table.bytes) ?? BigInt(m.tableAddresses.size) << TABLE_ADDRESS_BITS;
  m.tableAddresses.set(table.bytes, address);
  define(
    m,
    instruction.name!,
    instruction.term,
    (node) => new RegionObject(node, TABLE_SPACE, address, BigInt(table.bytes.length), table.bytes),
  );
  return connectRegion(m, TABLE_SPACE);
};

/** The region, bank and index registers that a field list names. */
const field: Run = (m, instruction) => {
  const { operands } = instruction.term;
  const region = find(m, operands[0] as NamePath);
  defineFields(m, instruction.term, operands[1] as number, () => ({ kind: 'region', region }));
  return undefined;
};

const bankField: Run = (m, instruction, at) => {
  const { operands } = instruction.term;
  const region = find(m, operands[0] as NamePath);
  const bank = find(m, operands[1] as NamePath);
  const value = integerOperand(m, m.stack[at]);
  defineFields(m, instruction.term, operands[3] as number, () => ({ kind: 'bank', region, bank, value }));
  return undefined;
};

const indexField: Run = (m, instruction) => {
  const { operands } = instruction.term;
  const index = find(m, operands[0] as NamePath);
  const data = find(m, operands[1] as NamePath);
  defineFields(m, instruction.term, operands[2] as number, (bitOffset, accessBytes) => ({
    kind: 'index',
    index,
    data,
    value: Math.floor(Math.floor(bitOffset / 8) / accessBytes) * accessBytes,
  }));
  return undefined;
};

function defineFields(
  m: Machine,
  term: Term,
  flags: number,
  source: (bitOffset: number, accessBytes: number) => FieldSource,
): void {
  const frame = m.frames.at(-1)!;
  let bitOffset = 0;
  let current = flags;
  let attribute = 0;
  let accessLength = 0;
  let connection: AmlValue | undefined;
  for (const element of term.operands.at(-1) as readonly FieldElement[]) {
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
          frame.scope,
          { root: false, parents: 0, segments: [element.name] },
          () => true,
        )!;
        const offset = bitOffset;
        bitOffset += element.bits;
        if (bitOffset > MAX_FIELD_OFFSET) fault('AE_LIMIT', 'a field is too far from its region');
        // An element that is there already stays what it is.
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

function connectionOf(m: Machine, term: Term): AmlValue | undefined {
  if (term.op === OPCODES.Buffer) return new BufferObject((term.operands[1] as Uint8Array).slice());
  const object = m.settle(find(m, term.operands[0] as NamePath).object);
  return object;
}

const createField: Run = (m, instruction, at) => {
  const { op } = instruction.term;
  const view = op.changes.opens;
  if (view?.as !== 'bits') return fault('AE_AML_INTERNAL', `${op.name} makes no buffer field`);
  const source = resolve(m, m.stack[at]);
  const bitOffset = placeOf(m, integerOperand(m, m.stack[at + view.index])) * view.unit;
  const { bits } = view;
  const bitLength = typeof bits === 'number' ? bits : placeOf(m, integerOperand(m, m.stack[at + bits.count]));
  if (bitLength === 0) fault('AE_AML_OPERAND_VALUE', 'a buffer field of no bits');
  if (!(source instanceof BufferObject))
    return fault('AE_AML_OPERAND_TYPE', 'buffer fields are made of a buffer');
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

function placeOf(m: Machine, value: Quantity): number {
  if (!isKnown(value)) return m.abandon('a buffer field at a place that is not known');
  return value > 0xffff_ffffn ? 0xffff_ffff : Number(value);
}

const SCOPE_TYPES: Readonly<Record<string, number>> = {
  Device: TYPE.device,
  Processor: TYPE.processor,
  PowerResource: TYPE.powerResource,
  ThermalZone: TYPE.thermalZone,
};

/** Enters Scope, Device and the like: names are made inside until its end. */
export function enterScope(m: Machine, instruction: Instruction): void {
  const frame = m.frames.at(-1)!;
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
  frame.scopes.push(frame.scope);
  frame.scope = node;
}

export function leaveScope(m: Machine): void {
  const frame = m.frames.at(-1)!;
  frame.scope = frame.scopes.pop() ?? frame.scope;
}

export const DEFINING_OPERATORS: Readonly<Record<string, Run>> = {
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
