/**
 * Terms as a list of instructions: operands before operators, jumps for If and While. A method's plan is made when it
 * is first called. Running a flat list needs no recursion, and says for every instruction which statement it belongs
 * to: where paths meet again that parted on an unknown condition, and where a table's code goes on after a fault.
 */
import type { NamePath } from '../name.ts';
import type { NamespaceNode } from '../namespace/node.ts';
import { OPCODES, type Opcode, type OperandKind } from '../opcodes.ts';
import type { Operand as TermOperand } from '../term.ts';
import { Term } from '../term.ts';
import type { Interpreter } from './interpreter.ts';
import type { AmlValue } from './objects.ts';

/**
 * What an instruction does. `at` is the stack index of its first operand. What it gives back goes on the stack when
 * the instruction's `keeps` is set.
 */
export type Run = (machine: Interpreter, instruction: Instruction, at: number) => unknown;

export class Instruction {
  readonly run: Run;
  readonly term: Term;
  /** Operands it takes from the stack. */
  readonly takes: number;
  /** Does its result stay on the stack? */
  keeps: boolean;
  name: NamePath | undefined;
  value: AmlValue | undefined;
  /** Jump target, slot, element count: what `run` makes of it. */
  target = 0;
  /** A name in a value's place: a method is called. */
  calls = false;
  /** A name that stands for its value, taken at once: what is computed later can't change it any more. */
  takesValue = false;

  constructor(run: Run, term: Term, takes: number, keeps: boolean) {
    this.run = run;
    this.term = term;
    this.takes = takes;
    this.keeps = keeps;
  }
}

/** A statement's instructions [start, end), and how deep in loops and scopes it stands. */
export interface Statement {
  readonly start: number;
  end: number;
  readonly loops: number;
  readonly scopes: number;
}

export interface Plan {
  readonly instructions: readonly Instruction[];
  readonly statements: readonly Statement[];
  /** For each instruction the index of the innermost statement around it. */
  readonly statementOf: readonly number[];
}

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
  readonly call: Run;
  /** Calls a node's method, or gives the node. */
  readonly callNode: (
    machine: Interpreter,
    instruction: Instruction,
    node: NamespaceNode,
    at: number,
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

/** Operands that are terms or targets and so stand on the stack. */
const ON_STACK: ReadonlySet<OperandKind> = new Set([
  'TermArg',
  'SuperName',
  'Referent',
  'SimpleName',
  'Target',
  'DataRefObject',
]);

/** Operands of which only the value counts. */
const TAKES_VALUE: ReadonlySet<OperandKind> = new Set(['TermArg', 'DataRefObject']);

interface LoopLabels {
  /** Instructions that jump behind the loop. */
  readonly breaks: Instruction[];
  readonly continues: Instruction[];
}

/** Plans the terms of a method's body or of a table. */
export function planTerms(terms: readonly Term[], end: Term, controls: Controls, integerMask: bigint): Plan {
  return new Planner(controls, integerMask).plan(terms, end);
}

/** A plan that calls a method, or looks at a name's value, and returns what it gives. */
export function planEvaluation(controls: Controls, node: NamespaceNode, args: readonly AmlValue[]): Plan {
  const term = new Term(OPCODES.NamePath, [], 0, 0);
  const instructions: Instruction[] = [];
  for (const arg of args) {
    const push = new Instruction(controls.push, term, 0, true);
    push.value = arg;
    instructions.push(push);
  }
  const call = new Instruction(
    (m, instruction, at) => controls.callNode(m, instruction, node, at),
    term,
    args.length,
    true,
  );
  instructions.push(call, new Instruction(controls.returnResult, term, 1, false));
  // One statement that only a return leaves: paths that part in it meet there.
  return {
    instructions,
    statements: [{ start: 0, end: instructions.length, loops: 0, scopes: 0 }],
    statementOf: instructions.map(() => 0),
  };
}

class Planner {
  readonly #controls: Controls;
  readonly #mask: bigint;
  readonly #instructions: Instruction[] = [];
  readonly #statementOf: number[] = [];
  readonly #statements: Statement[] = [];
  #statement = -1;
  #scopes = 0;
  readonly #loops: LoopLabels[] = [];
  /** What is still to be planned, the next last. */
  readonly #work: (() => void)[] = [];

  constructor(controls: Controls, mask: bigint) {
    this.#controls = controls;
    this.#mask = mask;
  }

  plan(terms: readonly Term[], end: Term): Plan {
    this.#list(terms);
    while (this.#work.length > 0) this.#work.pop()!();
    this.#emit(this.#controls.endPlan, end, 0, false);
    return {
      instructions: this.#instructions,
      statements: this.#statements,
      statementOf: this.#statementOf,
    };
  }

  #next(...steps: (() => void)[]): void {
    for (let i = steps.length - 1; i >= 0; i--) this.#work.push(steps[i]!);
  }

  #emit(run: Run, term: Term, takes: number, keeps: boolean): Instruction {
    const instruction = new Instruction(run, term, takes, keeps);
    this.#instructions.push(instruction);
    this.#statementOf.push(this.#statement);
    return instruction;
  }

  get #here(): number {
    return this.#instructions.length;
  }

  #list(terms: readonly Term[]): void {
    const steps: (() => void)[] = [];
    for (let i = 0; i < terms.length; i++) {
      const term = terms[i]!;
      const next = terms[i + 1];
      if (term.op === OPCODES.If && next?.op === OPCODES.Else) {
        steps.push(() => this.#inStatement(() => this.#if(term, next)));
        i += 1;
      } else steps.push(() => this.#inStatement(() => this.#statementTerm(term)));
    }
    this.#next(...steps);
  }

  #inStatement(plan: () => void): void {
    const outer = this.#statement;
    const statement: Statement = {
      start: this.#here,
      end: 0,
      loops: this.#loops.length,
      scopes: this.#scopes,
    };
    this.#statement = this.#statements.length;
    this.#statements.push(statement);
    this.#next(plan, () => {
      statement.end = this.#here;
      this.#statement = outer;
    });
  }

  #if(term: Term, otherwise: Term | undefined): void {
    const { jumpFalse, jump } = this.#controls;
    let skip: Instruction | undefined;
    this.#next(
      () => this.#value(term.operands[0] as Term),
      () => {
        skip = this.#emit(jumpFalse, term, 1, false);
      },
      () => this.#list(term.operands[1] as readonly Term[]),
      () => {
        if (otherwise === undefined) {
          skip!.target = this.#here;
          return;
        }
        const done = this.#emit(jump, otherwise, 0, false);
        skip!.target = this.#here;
        this.#next(
          () => this.#list(otherwise.operands[0] as readonly Term[]),
          () => {
            done.target = this.#here;
          },
        );
      },
    );
  }

  #while(term: Term): void {
    const { enterLoop, turnLoop, leaveLoop, jumpFalse } = this.#controls;
    const labels: LoopLabels = { breaks: [], continues: [] };
    this.#emit(enterLoop, term, 0, false);
    this.#loops.push(labels);
    const start = this.#here;
    let leave: Instruction | undefined;
    this.#next(
      () => this.#value(term.operands[0] as Term),
      () => {
        leave = this.#emit(jumpFalse, term, 1, false);
      },
      () => this.#list(term.operands[1] as readonly Term[]),
      () => {
        for (const instruction of labels.continues) instruction.target = this.#here;
        this.#emit(turnLoop, term, 0, false).target = start;
        for (const instruction of labels.breaks) instruction.target = this.#here;
        leave!.target = this.#here;
        this.#emit(leaveLoop, term, 0, false);
        this.#loops.pop();
      },
    );
  }

  #statementTerm(term: Term): void {
    const { jump, returnValue, enterScope, leaveScope, unreadable } = this.#controls;
    switch (term.op) {
      case OPCODES.If:
        this.#if(term, undefined);
        return;
      case OPCODES.Else:
        // An Else without its If: nothing runs it.
        return;
      case OPCODES.While:
        this.#while(term);
        return;
      case OPCODES.Break:
      case OPCODES.Continue: {
        const loop = this.#loops.at(-1);
        if (loop === undefined) {
          this.#emit(unreadable, term, 0, false);
          return;
        }
        const list = term.op === OPCODES.Break ? loop.breaks : loop.continues;
        list.push(this.#emit(jump, term, 0, false));
        return;
      }
      case OPCODES.Return:
        this.#next(
          () => this.#value(term.operands[0] as Term),
          () => this.#emit(returnValue, term, 1, false),
        );
        return;
      case OPCODES.Noop:
      case OPCODES.External:
      case OPCODES.BreakPoint:
        return;
      case OPCODES.Scope:
      case OPCODES.Device:
      case OPCODES.Processor:
      case OPCODES.PowerResource:
      case OPCODES.ThermalZone: {
        const enter = this.#emit(enterScope, term, 0, false);
        enter.name = term.operands[0] as NamePath;
        this.#scopes += 1;
        this.#next(
          () => this.#list(term.operands.at(-1) as readonly Term[]),
          () => {
            this.#emit(leaveScope, term, 0, false);
            this.#scopes -= 1;
          },
        );
        return;
      }
      default:
        this.#value(term, false);
    }
  }

  /** Instructions that leave the term's value on the stack, or, with `keeps` false, only do what it does. */
  #value(term: Term, keeps = true, calls = true, takesValue = true): void {
    const { op } = term;
    const controls = this.#controls;
    switch (op) {
      case OPCODES.Zero:
      case OPCODES.One:
      case OPCODES.Byte:
      case OPCODES.Word:
      case OPCODES.DWord:
      case OPCODES.QWord:
        this.#emit(controls.push, term, 0, keeps).value =
          op === OPCODES.Zero ? 0n : op === OPCODES.One ? 1n : (term.operands[0] as bigint) & this.#mask;
        return;
      case OPCODES.Ones:
        this.#emit(controls.pushOnes, term, 0, keeps);
        return;
      case OPCODES.String:
        this.#emit(controls.pushString, term, 0, keeps);
        return;
      case OPCODES.Debug:
        this.#emit(controls.pushDebug, term, 0, keeps);
        return;
      case OPCODES.NamePath: {
        const push = this.#emit(controls.pushName, term, 0, keeps);
        push.name = term.operands[0] as NamePath;
        push.calls = calls;
        push.takesValue = takesValue;
        return;
      }
      case OPCODES.MethodCall: {
        const args = term.operands[1] as readonly Term[];
        this.#next(...args.map((arg) => () => this.#value(arg)), () => {
          this.#emit(controls.call, term, args.length, keeps).name = term.operands[0] as NamePath;
        });
        return;
      }
      case OPCODES.Buffer:
        this.#next(
          () => this.#value(term.operands[0] as Term),
          () => this.#emit(controls.makeBuffer, term, 1, keeps),
        );
        return;
      case OPCODES.Package:
      case OPCODES.VarPackage: {
        const elements = term.operands[1] as readonly Term[];
        const sized = op === OPCODES.VarPackage;
        this.#next(
          ...(sized ? [() => this.#value(term.operands[0] as Term)] : []),
          ...elements.map((element) => () => this.#element(element)),
          () => {
            const make = this.#emit(controls.makePackage, term, elements.length + (sized ? 1 : 0), keeps);
            make.target = elements.length;
          },
        );
        return;
      }
      case OPCODES.Unreadable:
      case OPCODES.Break:
      case OPCODES.Continue:
        this.#emit(controls.unreadable, term, 0, keeps);
        return;
      default:
    }
    if (op.code >= OPCODES.Local0.code && op.code <= OPCODES.Arg6.code) {
      this.#emit(controls.pushSlot, term, 0, keeps).target = op.code - OPCODES.Local0.code;
      return;
    }
    const run = controls.operators[op.name];
    if (run === undefined) {
      this.#emit(controls.unreadable, term, 0, keeps);
      return;
    }
    this.#operator(term, op, run, keeps);
  }

  #operator(term: Term, op: Opcode, run: Run, keeps: boolean): void {
    const kinds = op.operands.filter((kind) => kind !== 'PkgLength');
    const steps: (() => void)[] = [];
    kinds.forEach((kind, index) => {
      if (!ON_STACK.has(kind)) return;
      const operand: TermOperand = term.operands[index] ?? null;
      steps.push(() => {
        if (operand instanceof Term) {
          this.#value(operand, true, kind !== 'Referent' && kind !== 'SimpleName', TAKES_VALUE.has(kind));
          // CondRefOf asks whether the name is there.
          if (op === OPCODES.CondRefOf && index === 0 && operand.op === OPCODES.NamePath)
            this.#instructions.at(-1)!.target = 1;
        } else this.#emit(this.#controls.pushNone, term, 0, true);
      });
    });
    this.#next(...steps, () => {
      const loading = this.#controls.loading[op.name];
      if (loading !== undefined) this.#emit(loading, term, 0, true);
      const instruction = this.#emit(run, term, steps.length + (loading === undefined ? 0 : 1), keeps);
      const index = op === OPCODES.Alias ? 1 : kinds.indexOf('NameString');
      if (index >= 0) instruction.name = term.operands[index] as NamePath;
    });
  }

  /** A package element: a name stays a name until the package is complete. */
  #element(term: Term): void {
    if (term.op !== OPCODES.NamePath) {
      this.#value(term);
      return;
    }
    const push = this.#emit(this.#controls.pushNameReference, term, 0, true);
    push.name = term.operands[0] as NamePath;
  }
}
