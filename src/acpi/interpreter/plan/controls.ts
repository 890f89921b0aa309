/** The instructions of plans: pushing operands, calls, jumps, loops, returns. */
import { limit, moreThan } from '../../../limits/limits.ts';
import { isKnown } from '../../../symbolic/index.ts';
import { type PackageMaker, PlainPackage } from '../../aml/plain-package.ts';
import { nameOfNode } from '../../namespace/node.ts';
import { formatName, type NamePath } from '../../terms/name.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import type { Term } from '../../terms/term.ts';
import { ACTING_OPERATORS, LOADING_OPERATORS } from '../operators/actions.ts';
import { DEFINING_OPERATORS, enterScope, leaveScope } from '../operators/definitions.ts';
import { foreignResult } from '../operators/foreign-call.ts';
import { COMPUTING_OPERATORS } from '../operators/operators.ts';
import { enterLoop, turnLoop } from '../state/clock.ts';
import { AmlFault, fault } from '../state/fault.ts';
import type { Instruction, Machine, Run } from '../state/machine.ts';
import type { AmlValue, Resolved } from '../state/objects.ts';
import {
  AliasObject,
  BufferObject,
  Choice,
  DebugReference,
  ForeignObject,
  MethodObject,
  NameReference,
  NamespaceNode,
  type Operand,
  PackageObject,
  SLOT_OPERANDS,
  StringObject,
} from '../state/objects.ts';
import { find, lookUp } from '../values/names.ts';
import {
  conditionOperand,
  integerOperand,
  isData,
  resolve,
  resolveLoosely,
  resolveNode,
  settleElement,
} from '../values/values.ts';
import { type Controls, TAKEN } from './plan.ts';

const DEBUG = new DebugReference();

/** Calls a method with operands on the stack; what is built in answers at once. */
function call(m: Machine, instruction: Instruction, node: NamespaceNode, at: number): unknown {
  const method = m.settle(node.object);
  if (method instanceof ForeignObject) {
    const given = Array.from({ length: instruction.takes }, (_, i) =>
      resolveLoosely(m, m.stack[at + i], 'argument'),
    );
    return foreignResult(m, method, given);
  }
  if (!(method instanceof MethodObject)) {
    if (instruction.takes === 0) return node;
    return fault('AE_AML_OPERAND_TYPE', `${node.path} is not a method`);
  }
  const args: Resolved[] = [];
  for (let i = 0; i < instruction.takes; i++) args.push(resolveLoosely(m, m.stack[at + i], 'argument'));
  if (method.argumentCount > args.length)
    fault(
      'AE_AML_UNINITIALIZED_ARG',
      `${node.path} takes ${method.argumentCount} arguments, ${args.length} are given`,
    );
  if (method.builtIn !== undefined)
    return method.builtIn(args.map((arg) => (arg instanceof NamespaceNode ? 0n : arg)));
  m.enterMethod(node, method, args.slice(0, method.argumentCount));
  return TAKEN;
}

/** What may stand in a package: data, names and slots. ACPICA computes everything else, and then refuses it. */
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

function makePackage(m: Machine, instruction: Instruction, at: number): PackageObject {
  return packageOf(m, instruction, at, false);
}

/** The statement of a table's own code goes on with the elements before the one that is refused. */
function makeNamedPackage(m: Machine, instruction: Instruction, at: number): PackageObject {
  return packageOf(m, instruction, at, m.frames.at(-1)!.method === undefined);
}

function packageOf(m: Machine, instruction: Instruction, at: number, keepsRest: boolean): PackageObject {
  const { term, target: given } = instruction;
  const sized = term.op.name === 'VarPackage';
  let count: number;
  if (sized) {
    const size = integerOperand(m, m.stack[at]);
    if (!isKnown(size)) return m.abandon('a package whose size is not known');
    count = size > BigInt(limit('package-elements')) ? limit('package-elements') + 1 : Number(size);
  } else count = term.operands[0] as number;
  if (count > limit('package-elements'))
    fault('NOT_FOLLOWED', `a package of ${moreThan('package-elements')}`);
  const first = at + (sized ? 1 : 0);
  m.budget.allocate(8 * count);
  const elements = new Array(count).fill(undefined) as PackageObject['elements'];
  const terms = term.operands[1] as readonly Term[];
  for (let i = 0; i < Math.min(given, count); i++) {
    if (!isElement(terms[i]!)) {
      const why = new AmlFault('AE_SUPPORT', `${terms[i]!.op.name} in a package is not computed`);
      if (!keepsRest) throw why;
      const frame = m.frames.at(-1)!;
      if (frame.table) why.place = { table: frame.table, term: terms[i]!, path: frame.scope.path };
      m.onTableFault(why, frame);
      break;
    }
    const operand: Operand = m.stack[first + i];
    const element = operand instanceof NameReference ? operand : resolve(m, operand);
    elements[i] =
      element instanceof NamespaceNode ? new NameReference(nameOfNode(element), m.root, element) : element;
  }
  const made = new PackageObject(elements);
  complete(m, made);
  return made;
}

/** Makes packages of what stands in a table's bytes. */
class PackageBuilder implements PackageMaker<AmlValue> {
  readonly #machine: Machine;
  readonly #scope: NamespaceNode;

  constructor(m: Machine) {
    this.#machine = m;
    this.#scope = m.frames.at(-1)!.scope;
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
    // As many steps as when each element is an instruction.
    m.budget.spend(given.length);
    const made = new PackageObject(given.slice(0, count));
    while (made.elements.length < count) made.elements.push(undefined);
    complete(m, made);
    return made;
  }
}

const makePlainPackage: Run = (m, instruction) => {
  const { late } = instruction.term;
  if (!(late instanceof PlainPackage)) return fault('AE_AML_INTERNAL', 'a package is not plain');
  return late.read(new PackageBuilder(m));
};

/** A table's own packages may name what comes later: their names are looked up when the table is through. */
function complete(m: Machine, made: PackageObject): void {
  if (m.frames.at(-1)!.method === undefined) m.openPackages.push(made);
  else for (let i = 0; i < made.elements.length; i++) settleElement(m, made, i);
}

function makeBuffer(m: Machine, instruction: Instruction, at: number): BufferObject {
  const initial = instruction.term.operands[1] as Uint8Array;
  const size = integerOperand(m, m.stack[at]);
  if (!isKnown(size)) return m.abandon('a buffer whose size is not known');
  if (size > BigInt(limit('buffer-bytes'))) fault('NOT_FOLLOWED', `a buffer of ${moreThan('buffer-bytes')}`);
  const length = Math.max(Number(size), initial.length);
  m.budget.allocate(length);
  const bytes = new Uint8Array(length);
  bytes.set(initial);
  return new BufferObject(bytes);
}

/** Is each side data, or nothing, which methods may well return? */
function givesDataOrNothing(choice: Choice): boolean {
  return [choice.yes, choice.no].every((side) =>
    side instanceof Choice ? givesDataOrNothing(side) : side === undefined || isData(side),
  );
}

export const CONTROLS: Controls = {
  push: (_m, instruction) => instruction.value,
  pushOnes: (m) => m.mask,
  pushString: (_m, instruction) => new StringObject(instruction.term.operands[0] as string),
  pushNone: () => undefined,
  pushSlot: (_m, instruction) => SLOT_OPERANDS[instruction.target],
  pushDebug: () => DEBUG,
  pushName: (m, instruction, at) => {
    const node = lookUp(m, instruction.name!);
    if (node !== undefined && instruction.calls) {
      const foreign = m.settle(node.object);
      // In a target's place it is the name that counts.
      if (foreign instanceof ForeignObject)
        return instruction.takesValue ? foreignResult(m, foreign, []) : node;
    }
    if (node === undefined) {
      if (instruction.target === 1 || instruction.name!.segments.length === 0) return undefined;
      return fault('AE_NOT_FOUND', `${formatName(instruction.name!)} is not found`);
    }
    if (instruction.calls && m.settle(node.object) instanceof MethodObject)
      return call(m, instruction, node, at);
    return instruction.takesValue ? resolveNode(m, node) : node;
  },
  pushNameReference: (m, instruction) =>
    new NameReference(instruction.name!, m.frames.at(-1)!.scope, undefined),
  makeBuffer,
  makePackage,
  makePlainPackage,
  makeNamedPackage,
  call: (m, instruction, at) => call(m, instruction, find(m, instruction.name!), at),
  callNode: (m, instruction, node, at) => {
    // An alias is the node that it stands for (acpi_ns_evaluate(), acpi_ex_resolve_node_to_value() of ACPICA).
    const object = m.settle(node.object);
    return call(m, instruction, object instanceof AliasObject ? object.target : node, at);
  },
  returnResult: (m, _instruction, at) => {
    const operand = m.stack[at];
    const finished = operand === undefined || (operand instanceof Choice && givesDataOrNothing(operand));
    const value = finished ? operand : resolveLoosely(m, operand, 'value');
    m.sp = at;
    m.returnFrom(value);
    return TAKEN;
  },
  jump: (m, instruction) => {
    m.frames.at(-1)!.pc = instruction.target;
  },
  jumpFalse: (m, instruction, at) => {
    if (!m.truthOf(conditionOperand(m, m.stack[at]))) m.frames.at(-1)!.pc = instruction.target;
  },
  enterLoop,
  turnLoop: (m, instruction) => {
    turnLoop(m);
    m.frames.at(-1)!.pc = instruction.target;
  },
  leaveLoop: (m) => {
    m.frames.at(-1)!.loops.pop();
  },
  returnValue: (m, _instruction, at) => {
    // What Index gave is returned as the reference it is.
    const operand = m.stack[at];
    const value = operand === undefined ? undefined : resolve(m, operand, 'argument');
    m.sp = at;
    const frame = m.frames.at(-1)!;
    // Nobody takes what a table's own code returns; Load is given something else.
    m.returnFrom(frame.method === undefined ? frame.result : value);
    return TAKEN;
  },
  endPlan: (m) => {
    m.returnFrom(m.frames.at(-1)!.result);
    return TAKEN;
  },
  enterScope: (m, instruction) => enterScope(m, instruction),
  leaveScope: (m) => leaveScope(m),
  unreadable: (_m, instruction) =>
    fault(
      'AE_AML_BAD_OPCODE',
      `${instruction.term.op.name} at offset 0x${instruction.term.start.toString(16)} can't be run`,
    ),
  loading: LOADING_OPERATORS,
  operators: { ...COMPUTING_OPERATORS, ...DEFINING_OPERATORS, ...ACTING_OPERATORS },
};
