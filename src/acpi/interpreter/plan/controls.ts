/** The control instructions of plans: pushing operands, calls, jumps, loops, returns. */
import { limit, moreThan } from '../../../limits/limits.ts';
import { isKnown } from '../../../symbolic/index.ts';
import { type PackageMaker, PlainPackage } from '../../aml/plain-package.ts';
import { nameOfNode } from '../../namespace/node.ts';
import { formatName, type NamePath } from '../../terms/name.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import type { Term } from '../../terms/term.ts';
import { ACTING_OPERATORS } from '../operators/actions.ts';
import { DEFINING_OPERATORS, enterScope } from '../operators/definitions.ts';
import { foreignResult } from '../operators/foreign-call.ts';
import { COMPUTING_OPERATORS } from '../operators/operators.ts';
import { SYNCHRONISING_OPERATORS } from '../operators/synchronisation.ts';
import { LOADING_OPERATORS, TABLE_OPERATORS } from '../operators/tables.ts';
import { enterLoop, turnLoop } from '../state/clock.ts';
import { AmlFault, fault } from '../state/fault.ts';
import {
  type Calling,
  type Forgetting,
  type Instruction,
  type Machine,
  type Run,
  TAKEN,
} from '../state/machine.ts';
import {
  AliasObject,
  type AmlValue,
  BufferObject,
  Choice,
  DebugReference,
  ForeignObject,
  MethodObject,
  NameReference,
  NamespaceNode,
  PackageObject,
  type Resolved,
  SLOT_OPERANDS,
  StringObject,
} from '../state/objects.ts';
import type { Operands } from '../state/operands.ts';
import { find, lookUp } from '../values/names.ts';
import { isData, resolveNode, settleElement } from '../values/values.ts';
import type { Controls } from './plan.ts';

const DEBUG = new DebugReference();

/** Calls a method with operands on the stack. A built-in method returns at once. */
function call(
  m: Calling & Forgetting,
  operands: Operands,
  { takes }: Instruction,
  node: NamespaceNode,
): unknown {
  const method = m.settle(node.object);
  if (!(method instanceof ForeignObject || method instanceof MethodObject)) {
    if (takes === 0) return node;
    return fault('AE_AML_OPERAND_TYPE', `${node.path} is not a method`);
  }
  const args: Resolved[] = [];
  for (let i = 0; i < takes; i++) args.push(operands.loose(i, 'argument'));
  if (method instanceof ForeignObject) return foreignResult(m, method, args);
  if (method.argumentCount > args.length)
    fault(
      'AE_AML_UNINITIALIZED_ARG',
      `${node.path} takes ${method.argumentCount} arguments, not ${args.length}`,
    );
  if (method.builtIn !== undefined)
    return method.builtIn(args.map((arg) => (arg instanceof NamespaceNode ? 0n : arg)));
  m.enterMethod(node, method, args.slice(0, method.argumentCount));
  return TAKEN;
}

/** Whether a term can be a package element: data, names and slots. ACPICA evaluates any other term and then rejects it. */
function isElement({ op: { code } }: Term): boolean {
  return ELEMENT_CODES.has(code) || (code >= OPCODES.Local0.code && code <= OPCODES.Arg6.code);
}

const ELEMENT_CODES: ReadonlySet<number> = new Set(
  [
    OPCODES.Zero,
    OPCODES.One,
    OPCODES.Ones,
    OPCODES.Byte,
    OPCODES.Word,
    OPCODES.DWord,
    OPCODES.QWord,
    OPCODES.String,
    OPCODES.Revision,
    OPCODES.Buffer,
    OPCODES.Package,
    OPCODES.VarPackage,
    OPCODES.NamePath,
    OPCODES.Debug,
  ].map(({ code }) => code),
);

/** In module-level code, a rejected element does not fault: the package has the elements before it. */
const makeNamedPackage: Run = (m, operands, instruction) =>
  packageOf(m, operands, instruction, m.frame.method === undefined);

function packageOf(
  m: Machine,
  operands: Operands,
  { term, target: given }: Instruction,
  keepsRest: boolean,
): PackageObject {
  const sized = term.op.name === 'VarPackage';
  let count: number;
  if (sized) {
    const size = operands.integer(0);
    if (!isKnown(size)) return m.abandon('a package of unknown size');
    count = size > BigInt(limit('package-elements')) ? limit('package-elements') + 1 : Number(size);
  } else count = term.numberAt(0);
  if (count > limit('package-elements'))
    fault('NOT_FOLLOWED', `a package of ${moreThan('package-elements')}`);
  const first = sized ? 1 : 0;
  m.budget.allocate(8 * count);
  const elements = new Array<AmlValue | undefined>(count).fill(undefined);
  const terms = term.termsAt(1);
  for (let i = 0; i < Math.min(given, count); i++) {
    if (!isElement(terms[i]!)) {
      const why = new AmlFault('AE_SUPPORT', `${terms[i]!.op.name} is not supported as a package element`);
      if (!keepsRest) throw why;
      m.tableFault(why, terms[i]!);
      break;
    }
    const operand = operands.raw(first + i);
    const element = operand instanceof NameReference ? operand : operands.value(first + i);
    elements[i] =
      element instanceof NamespaceNode ? new NameReference(nameOfNode(element), m.root, element) : element;
  }
  const made = new PackageObject(elements);
  complete(m, made);
  return made;
}

/** Makes packages from the bytes of plain packages. */
class PackageBuilder implements PackageMaker<AmlValue> {
  readonly #machine: Machine;
  readonly #scope: NamespaceNode;

  constructor(m: Machine) {
    this.#machine = m;
    this.#scope = m.scope;
  }

  number(value: bigint): bigint {
    const { mask } = this.#machine;
    return value > mask ? value & mask : value;
  }

  ones(): bigint {
    return this.#machine.mask;
  }

  text(text: string): StringObject {
    return new StringObject(text);
  }

  name(name: NamePath): NameReference {
    return new NameReference(name, this.#scope, undefined);
  }

  pack(count: number, given: AmlValue[]): PackageObject {
    const m = this.#machine;
    if (count > limit('package-elements'))
      fault('NOT_FOLLOWED', `a package of ${moreThan('package-elements')}`);
    m.budget.allocate(8 * count);
    // The same cost as if each element were an instruction.
    m.budget.spend(given.length);
    const made = new PackageObject(given.slice(0, count));
    while (made.elements.length < count) made.elements.push(undefined);
    complete(m, made);
    return made;
  }
}

const makePlainPackage: Run = (m, _operands, { term: { late } }) => {
  if (!(late instanceof PlainPackage)) return fault('AE_AML_INTERNAL', 'a package is not plain');
  return late.read(new PackageBuilder(m));
};

/** Resolves the names in a package; in module-level code at the end of the table, since later objects may be named. */
function complete(m: Machine, made: PackageObject): void {
  if (m.frame.method === undefined) m.completeLater(made);
  else for (let i = 0; i < made.elements.length; i++) settleElement(m, made, i);
}

const makeBuffer: Run = (m, operands, instruction) => {
  const initial = instruction.term.bytesAt(1);
  const size = operands.integer(0);
  if (!isKnown(size)) return m.abandon('a buffer of unknown size');
  if (size > BigInt(limit('buffer-bytes'))) fault('NOT_FOLLOWED', `a buffer of ${moreThan('buffer-bytes')}`);
  const length = Math.max(Number(size), initial.length);
  m.budget.allocate(length);
  const bytes = new Uint8Array(length);
  bytes.set(initial);
  return new BufferObject(bytes);
};

/** Whether each side is data or `undefined`, which is a valid result of a method. */
function givesDataOrNothing(choice: Choice): boolean {
  return [choice.yes, choice.no].every((side) =>
    side instanceof Choice ? givesDataOrNothing(side) : side === undefined || isData(side),
  );
}

export const CONTROLS: Controls = {
  push: (_m, _operands, instruction) => instruction.value,
  pushOnes: (m) => m.mask,
  pushString: (_m, _operands, instruction) => new StringObject(instruction.term.textAt(0)),
  pushNone: () => undefined,
  pushSlot: (_m, _operands, instruction) => SLOT_OPERANDS[instruction.target],
  pushDebug: () => DEBUG,
  pushName: (m, operands, instruction) => {
    const node = lookUp(m, instruction.name!);
    if (node !== undefined && instruction.calls) {
      const foreign = m.settle(node.object);
      // As a target, the name is used.
      if (foreign instanceof ForeignObject)
        return instruction.takesValue ? foreignResult(m, foreign, []) : node;
    }
    if (node === undefined) {
      if (instruction.target === 1 || instruction.name!.segments.length === 0) return undefined;
      return fault('AE_NOT_FOUND', `${formatName(instruction.name!)} is not found`);
    }
    if (instruction.calls && m.settle(node.object) instanceof MethodObject)
      return call(m, operands, instruction, node);
    return instruction.takesValue ? resolveNode(m, node) : node;
  },
  pushNameReference: (m, _operands, instruction) => new NameReference(instruction.name!, m.scope, undefined),
  makeBuffer,
  makePackage: (m, operands, instruction) => packageOf(m, operands, instruction, false),
  makePlainPackage,
  makeNamedPackage,
  call: (m, operands, instruction) => call(m, operands, instruction, find(m, instruction.name!)),
  callNode: (m, operands, instruction, node) => {
    // An alias denotes its target node (ACPICA, acpi_ns_evaluate() and acpi_ex_resolve_node_to_value()).
    const object = m.settle(node.object);
    return call(m, operands, instruction, object instanceof AliasObject ? object.target : node);
  },
  returnResult: (m, operands) => {
    const operand = operands.raw(0);
    const finished = operand === undefined || (operand instanceof Choice && givesDataOrNothing(operand));
    m.returnFrom(finished ? operand : operands.loose(0, 'value'));
    return TAKEN;
  },
  jump: (m, _operands, instruction) => m.jump(instruction.target),
  jumpFalse: (m, operands, instruction) => {
    if (!m.truthOf(operands.condition(0))) m.jump(instruction.target);
  },
  enterLoop,
  turnLoop: (m, _operands, instruction) => {
    turnLoop(m);
    m.jump(instruction.target);
  },
  leaveLoop: (m) => {
    m.loops.pop();
  },
  returnValue: (m, operands) => {
    // The result of Index is returned as a reference.
    const value = operands.raw(0) === undefined ? undefined : operands.value(0, 'argument');
    // The value that module-level code returns is not used; the result of Load is the frame's `result`.
    if (m.frame.method === undefined) m.returnResult();
    else m.returnFrom(value);
    return TAKEN;
  },
  endPlan: (m) => {
    m.returnResult();
    return TAKEN;
  },
  enterScope: (m, _operands, instruction) => enterScope(m, instruction),
  leaveScope: (m) => m.frame.leaveScope(),
  unreadable: (_m, _operands, instruction) =>
    fault(
      'AE_AML_BAD_OPCODE',
      `${instruction.term.op.name} at offset 0x${instruction.term.start.toString(16)} cannot be executed`,
    ),
  loading: LOADING_OPERATORS,
  operators: {
    ...COMPUTING_OPERATORS,
    ...DEFINING_OPERATORS,
    ...SYNCHRONISING_OPERATORS,
    ...TABLE_OPERATORS,
    ...ACTING_OPERATORS,
  },
};
