/**
 * Terms as a list of instructions: operands before operators, jumps for If and While; planner.ts makes them. A method's
 * plan is made when it is first called. Running a flat list needs no recursion, and says for every instruction which statement it belongs
 * to: where paths meet again that parted on an unknown condition, and where a table's code goes on after a fault.
 */

import { nameOfNode } from '../../namespace/node.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';
import { Instruction, type Machine, type Plan, type Run } from '../state/machine.ts';
import type { AmlValue, NamespaceNode } from '../state/objects.ts';
import type { Operands } from '../state/operands.ts';

/** Instructions that the planner itself needs. */
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
  /** Makes a package that is plain data, packages inside of it too: nothing of it is on the stack. */
  readonly makePlainPackage: Run;
  /** A Name's own package, of which a table keeps what is there when the rest fails. */
  readonly makeNamedPackage: Run;
  readonly call: Run;
  /** Calls a node's method, or gives the node. */
  readonly callNode: (
    machine: Machine,
    operands: Operands,
    instruction: Instruction,
    node: NamespaceNode,
  ) => unknown;
  /** Returns what is on the stack, which may be nothing. */
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
  /** Operators that first run a table's code, by ASL name: the operands stay below what it gives. */
  readonly loading: Readonly<Partial<Record<string, Run>>>;
  /** The operators, by ASL name. */
  readonly operators: Readonly<Partial<Record<string, Run>>>;
}

/** A plan that calls a method, or looks at a name's value, and returns what it gives. */
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
  // What it does is done by then.
  const done = new Term(OPCODES.Noop, [], 0, 0);
  instructions.push(call, new Instruction(controls.returnResult, done, 1, false));
  // One statement that only a return leaves: paths that part in it meet there.
  return {
    instructions,
    statements: [{ start: 0, end: instructions.length, loops: 0, scopes: 0 }],
    statementOf: instructions.map(() => 0),
  };
}
