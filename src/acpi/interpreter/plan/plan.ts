/**
 * A plan is a list of instructions compiled from terms by planner.ts: operands before operators, jumps for If and While.
 * A method is compiled on its first call. Executing a flat list needs no recursion. The statement of every instruction is
 * recorded: at its end, paths that parted on an unknown condition merge, and module-level code continues after a fault.
 */

import { nameOfNode } from '../../namespace/node.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';
import { Instruction, type Machine, type Plan, type Run } from '../state/machine.ts';
import type { AmlValue, NamespaceNode } from '../state/objects.ts';
import type { Operands } from '../state/operands.ts';

/** The control instructions, and the operators. */
export interface Controls {
  readonly push: Run;
  readonly pushOnes: Run;
  readonly pushString: Run;
  readonly pushNone: Run;
  readonly pushSlot: Run;
  readonly pushDebug: Run;
  readonly pushName: Run;
  readonly pushNameReference: Run;
  readonly makeBuffer: Run;
  readonly makePackage: Run;
  /** Makes a plain package without operands on the stack. */
  readonly makePlainPackage: Run;
  /** Makes the package of a Name; in module-level code it is kept if a later element fails. */
  readonly makeNamedPackage: Run;
  readonly call: Run;
  /** Calls a node's method, or yields the node. */
  readonly callNode: (
    machine: Machine,
    operands: Operands,
    instruction: Instruction,
    node: NamespaceNode,
  ) => unknown;
  /** Returns the top of the stack, which may be `undefined`. */
  readonly returnResult: Run;
  readonly jump: Run;
  readonly jumpFalse: Run;
  readonly enterLoop: Run;
  readonly turnLoop: Run;
  readonly leaveLoop: Run;
  readonly returnValue: Run;
  readonly endPlan: Run;
  readonly enterScope: Run;
  readonly leaveScope: Run;
  readonly unreadable: Run;
  /** First parts of operators that execute a table's code, by ASL name. Operands remain on the stack below its result. */
  readonly loading: Readonly<Partial<Record<string, Run>>>;
  /** The operators, by ASL name. */
  readonly operators: Readonly<Partial<Record<string, Run>>>;
}

/** A plan that calls a method, or reads a name's value, and returns the result. */
export function planEvaluation(controls: Controls, node: NamespaceNode, args: readonly AmlValue[]): Plan {
  const term = new Term(OPCODES.NamePath, [nameOfNode(node)], 0, 0);
  const instructions: Instruction[] = [];
  for (const arg of args) {
    const push = new Instruction(controls.push, term, 0, true);
    push.value = arg;
    instructions.push(push);
  }
  const call = new Instruction(
    (m, operands, instruction) => controls.callNode(m, operands, instruction, node),
    term,
    args.length,
    true,
  );
  // A term without side effects.
  const done = new Term(OPCODES.Noop, [], 0, 0);
  instructions.push(call, new Instruction(controls.returnResult, done, 1, false));
  // One statement up to the return, where paths merge.
  return {
    instructions,
    statements: [{ start: 0, end: instructions.length, loops: 0, scopes: 0 }],
    statementOf: instructions.map(() => 0),
  };
}
