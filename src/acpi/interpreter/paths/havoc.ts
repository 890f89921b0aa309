/**
 * What code may change that isn't run to its end because what it does hangs on too much that isn't known: every named
 * object and field that the methods under way, and those they may call, name as a target or hand on by reference.
 */
import { isKnown, opaque } from '../../../symbolic/index.ts';
import { findNode, type NamespaceNode } from '../../namespace/node.ts';
import type { NamePath } from '../../terms/name.ts';
import { OPCODES, type OperandKind } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';
import type { Interpreter } from '../interpreter.ts';
import { unknownByte, unknownBytes } from '../state/buffer-bytes.ts';
import {
  type BufferFieldObject,
  type BufferObject,
  Choice,
  FieldObject,
  integer,
  MethodObject,
  type PackageObject,
  RegionObject,
  type StringObject,
  TYPE,
  typeOf,
  UnknownObject,
} from '../state/objects.ts';
import { cellOf, forgetBytes, MAX_TRACKED_BYTES } from '../values/fields.ts';
import { tellSharers } from '../values/values.ts';

/** Methods looked through; beyond, nothing of the machine is relied on. */
const MAX_METHODS = 400;

const WRITTEN: ReadonlySet<OperandKind> = new Set(['Target', 'SuperName', 'SimpleName', 'Referent']);

/** Terms that give access to what their first operand names. */
const OPENING: ReadonlySet<string> = new Set([
  'Index',
  'RefOf',
  'CondRefOf',
  'DerefOf',
  'CreateField',
  'CreateBitField',
  'CreateByteField',
  'CreateWordField',
  'CreateDWordField',
  'CreateQWordField',
]);

/** Makes everything unknown that methods may change, by themselves and by those they call. */
export function havoc(m: Interpreter, reason: string, running: Iterable<NamespaceNode>): void {
  const bodies: { term: Term; scope: NamespaceNode }[] = [];
  const seen = new Set<Term>();
  const enter = (node: NamespaceNode): void => {
    let { object } = node;
    if (object instanceof Choice) object = object.yes ?? object.no;
    if (!(object instanceof MethodObject) || object.term === undefined || seen.has(object.term)) return;
    seen.add(object.term);
    bodies.push({ term: object.term, scope: node });
  };
  for (const node of running) enter(node);
  const written = new Set<NamespaceNode>();
  const find = (scope: NamespaceNode, name: NamePath): NamespaceNode | undefined =>
    findNode(m.root, scope, name, (node) => node.object !== undefined);
  for (let count = 0; bodies.length > 0; count++) {
    const { term: body, scope } = bodies.pop()!;
    if (count > MAX_METHODS) {
      m.lose(`${reason}, in more methods than are looked through`);
      break;
    }
    const pending: { term: Term; opened: boolean }[] = (body.operands[2] as readonly Term[]).map((term) => ({
      term,
      opened: false,
    }));
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { term, opened } = next;
      const { op, operands } = term;
      if (op === OPCODES.NamePath || op === OPCODES.MethodCall) {
        const node = find(scope, operands[0] as NamePath);
        if (node !== undefined) {
          if (typeOf(node.object ?? 0n) === TYPE.method) enter(node);
          else if (opened) written.add(node);
        }
        if (op === OPCODES.MethodCall)
          for (const argument of operands[1] as readonly Term[])
            pending.push({ term: argument, opened: true });
        continue;
      }
      const kinds = op.operands.filter((kind) => kind !== 'PkgLength');
      operands.forEach((operand, i) => {
        if (Array.isArray(operand)) {
          for (const inner of operand)
            if (inner instanceof Term) pending.push({ term: inner, opened: false });
        } else if (operand instanceof Term) {
          const target = WRITTEN.has(kinds[i]!) && op !== OPCODES.SizeOf && op !== OPCODES.ObjectType;
          pending.push({ term: operand, opened: target || (i === 0 && OPENING.has(op.name)) });
        }
      });
    }
  }
  for (const node of written) forget(m, node, reason);
}

/** Makes a named object's value unknown. */
function forget(m: Interpreter, node: NamespaceNode, reason: string): void {
  const { object } = node;
  if (object === undefined || object instanceof UnknownObject) return;
  if (object instanceof Choice) {
    m.journal.set(node, 'object', new UnknownObject(reason));
    return;
  }
  switch (typeOf(object)) {
    case TYPE.integer: {
      const value = integer(opaque(m.bits, reason));
      m.journal.set(node, 'object', value);
      tellSharers(m, node, value);
      return;
    }
    case TYPE.string:
      m.journal.set(object as StringObject, 'text', undefined);
      return;
    case TYPE.buffer:
      forgetBuffer(m, object as BufferObject, reason);
      return;
    case TYPE.package: {
      const { elements } = object as PackageObject;
      elements.forEach((_, i) => {
        m.journal.set(elements, i, new UnknownObject(reason));
      });
      return;
    }
    case TYPE.bufferField:
      forgetBuffer(m, (object as BufferFieldObject).buffer, reason);
      return;
    case TYPE.fieldUnit:
      forgetField(m, object as FieldObject, reason);
      return;
    default:
  }
}

function forgetBuffer(m: Interpreter, buffer: BufferObject, reason: string): void {
  m.journal.set(buffer, 'bytes', unknownBytes(buffer.bytes.length, reason));
  buffer.step = m.journal.step;
}

function forgetField(m: Interpreter, field: FieldObject, reason: string): void {
  const { source } = field;
  if (source.kind === 'index') {
    const data = source.data.object;
    if (data instanceof FieldObject && data.source.kind !== 'index') forgetField(m, data, reason);
    return;
  }
  const region = source.region.object;
  if (!(region instanceof RegionObject) || region.tableBytes !== undefined) return;
  const first = field.bitOffset >> 3;
  const last = (field.bitOffset + field.bitLength + 7) >> 3;
  if (last - first > MAX_TRACKED_BYTES) {
    forgetBytes(m, region, first, last - first);
    return;
  }
  for (let offset = first; offset < last; offset++) {
    const byte = unknownByte(reason);
    if (isKnown(region.address))
      m.regions.write(region.space, cellOf(m, region, region.address, offset), byte);
    else m.regions.writeFloating(region.space, region.node.path, offset, byte);
  }
}
