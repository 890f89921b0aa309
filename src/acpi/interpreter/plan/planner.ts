/**
 * Compiles terms into plans. There is no native recursion: terms whose nested terms are not compiled yet are tasks on a
 * stack. A task continues when the tasks that it pushed are done.
 */
import { PlainPackage } from '../../aml/plain-package.ts';
import { OPCODES, type Opcode, type OperandKind } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';
import { Instruction, type Plan, type Run, type Statement } from '../state/machine.ts';
import type { Controls } from './plan.ts';

/** Kinds of operands that are pushed on the stack. */
const ON_STACK: ReadonlySet<OperandKind> = new Set([
  'TermArg',
  'SuperName',
  'Referent',
  'SimpleName',
  'Target',
  'DataRefObject',
]);

/** Kinds of operands whose value is used. */
const TAKES_VALUE: ReadonlySet<OperandKind> = new Set(['TermArg', 'DataRefObject']);

/** How an operator is compiled. */
interface Form {
  readonly run: Run | undefined;
  /** See {@link Controls.loading}. */
  readonly loading: Run | undefined;
  /** The operands on the stack. */
  readonly operands: readonly {
    readonly index: number;
    readonly calls: boolean;
    readonly takesValue: boolean;
  }[];
  /** Index of the name that is defined or resolved; -1 if there is none. */
  readonly name: number;
}

function formOf(op: Opcode, controls: Controls): Form {
  const kinds = op.operands.filter((kind) => kind !== 'PkgLength');
  return {
    run: controls.operators[op.name],
    loading: controls.loading[op.name],
    operands: kinds.flatMap((kind, index) =>
      ON_STACK.has(kind)
        ? [{ index, calls: kind !== 'Referent' && kind !== 'SimpleName', takesValue: TAKES_VALUE.has(kind) }]
        : [],
    ),
    name: op === OPCODES.Alias ? 1 : kinds.indexOf('NameString'),
  };
}

interface LoopLabels {
  /** Jumps to the end of the loop. */
  readonly breaks: Instruction[];
  readonly continues: Instruction[];
}

/** Kinds of tasks. */
const LIST = 0;
const IF = 1;
const WHILE = 2;
const RETURN = 3;
const SCOPE = 4;
const OPERATOR = 5;
const CALL = 6;
const BUFFER = 7;
const PACKAGE = 8;

const NO_TERMS: readonly Term[] = [];

/** A term or list that is partly compiled. */
class Task {
  declare readonly kind: number;
  declare readonly term: Term;
  declare readonly terms: readonly Term[];
  /** Its value remains on the stack. */
  declare readonly keeps: boolean;
  /** Index of the next term or operand, or of the next part of a control structure. */
  declare at: number;
  /** Of a list: the current statement, and the index of the enclosing one. */
  declare statement: Statement | undefined;
  declare outer: number;
  /** The Else of an If. */
  declare otherwise: Term | undefined;
  /** A jump whose target is not known yet. */
  declare jump: Instruction | undefined;
  /** Of a loop: the position of its condition. */
  declare start: number;

  constructor(kind: number, term: Term, terms: readonly Term[], keeps: boolean) {
    this.kind = kind;
    this.term = term;
    this.terms = terms;
    this.keeps = keeps;
    this.at = 0;
    this.statement = undefined;
    this.outer = 0;
    this.otherwise = undefined;
    this.jump = undefined;
    this.start = 0;
  }
}

const forms = new WeakMap<Controls, Map<Opcode, Form>>();

/** Compiles the terms of a method's body or of a table. */
export function planTerms(terms: readonly Term[], end: Term, controls: Controls, integerMask: bigint): Plan {
  let known = forms.get(controls);
  if (known === undefined) {
    known = new Map();
    forms.set(controls, known);
  }
  return new Planner(controls, known, integerMask).plan(terms, end);
}

class Planner {
  readonly #controls: Controls;
  readonly #forms: Map<Opcode, Form>;
  readonly #mask: bigint;
  readonly #instructions: Instruction[] = [];
  readonly #statementOf: number[] = [];
  readonly #statements: Statement[] = [];
  #statement = -1;
  #scopes = 0;
  readonly #loops: LoopLabels[] = [];
  readonly #tasks: Task[] = [];

  constructor(controls: Controls, known: Map<Opcode, Form>, mask: bigint) {
    this.#controls = controls;
    this.#forms = known;
    this.#mask = mask;
  }

  plan(terms: readonly Term[], end: Term): Plan {
    const tasks = this.#tasks;
    this.#list(end, terms);
    while (tasks.length > 0) {
      const task = tasks[tasks.length - 1]!;
      // A task that is done has pushed no other task.
      if (this.#turn(task)) tasks.pop();
    }
    this.#emit(this.#controls.endPlan, end, 0, false);
    return {
      instructions: this.#instructions,
      statements: this.#statements,
      statementOf: this.#statementOf,
    };
  }

  #turn(task: Task): boolean {
    switch (task.kind) {
      case LIST:
        return this.#nextStatement(task);
      case IF:
        return this.#if(task);
      case WHILE:
        return this.#while(task);
      case SCOPE:
        this.#emit(this.#controls.leaveScope, task.term, 0, false);
        this.#scopes -= 1;
        return true;
      case RETURN:
        this.#emit(this.#controls.returnValue, task.term, 1, false);
        return true;
      case BUFFER:
        return this.#buffer(task);
      case CALL:
        return this.#call(task);
      case PACKAGE:
        return this.#package(task);
      default:
        return this.#operator(task);
    }
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

  #push(kind: number, term: Term, terms: readonly Term[], keeps: boolean): Task {
    const task = new Task(kind, term, terms, keeps);
    this.#tasks.push(task);
    return task;
  }

  #list(around: Term, terms: readonly Term[]): void {
    this.#push(LIST, around, terms, false);
  }

  /** Compiles statements up to one that needs another task, or to the end of the list. */
  #nextStatement(list: Task): boolean {
    const { terms } = list;
    const tasks = this.#tasks;
    const depth = tasks.length;
    for (;;) {
      if (list.statement !== undefined) {
        list.statement.end = this.#here;
        this.#statement = list.outer;
        list.statement = undefined;
      }
      const term = terms[list.at];
      if (term === undefined) return true;
      list.at += 1;
      list.statement = { start: this.#here, end: 0, loops: this.#loops.length, scopes: this.#scopes };
      list.outer = this.#statement;
      this.#statement = this.#statements.length;
      this.#statements.push(list.statement);
      const next = terms[list.at];
      if (term.op === OPCODES.If && next?.op === OPCODES.Else) {
        list.at += 1;
        this.#push(IF, term, NO_TERMS, false).otherwise = next;
      } else this.#statementTerm(term);
      if (tasks.length > depth) return false;
    }
  }

  #if(task: Task): boolean {
    const { term, otherwise } = task;
    const { jumpFalse, jump } = this.#controls;
    task.at += 1;
    switch (task.at) {
      case 1:
        this.#value(term.termAt(0));
        return false;
      case 2:
        task.jump = this.#emit(jumpFalse, term, 1, false);
        this.#list(term, term.termsAt(1));
        return false;
      case 3: {
        if (otherwise === undefined) break;
        const done = this.#emit(jump, otherwise, 0, false);
        task.jump!.target = this.#here;
        task.jump = done;
        this.#list(otherwise, otherwise.termsAt(0));
        return false;
      }
      default:
    }
    task.jump!.target = this.#here;
    return true;
  }

  #while(task: Task): boolean {
    const { term } = task;
    const { enterLoop, turnLoop, leaveLoop, jumpFalse } = this.#controls;
    task.at += 1;
    switch (task.at) {
      case 1:
        this.#emit(enterLoop, term, 0, false);
        this.#loops.push({ breaks: [], continues: [] });
        task.start = this.#here;
        this.#value(term.termAt(0));
        return false;
      case 2:
        task.jump = this.#emit(jumpFalse, term, 1, false);
        this.#list(term, term.termsAt(1));
        return false;
      default: {
        const labels = this.#loops.pop()!;
        for (const instruction of labels.continues) instruction.target = this.#here;
        this.#emit(turnLoop, term, 0, false).target = task.start;
        for (const instruction of labels.breaks) instruction.target = this.#here;
        task.jump!.target = this.#here;
        this.#emit(leaveLoop, term, 0, false);
        return true;
      }
    }
  }

  #statementTerm(term: Term): void {
    const { jump, enterScope, unreadable } = this.#controls;
    switch (term.op) {
      case OPCODES.If:
        this.#push(IF, term, NO_TERMS, false);
        return;
      case OPCODES.Else:
        // An Else without an If is never executed.
        return;
      case OPCODES.While:
        this.#push(WHILE, term, NO_TERMS, false);
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
        this.#push(RETURN, term, NO_TERMS, false);
        this.#value(term.termAt(0));
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
        enter.name = term.nameAt(0);
        this.#scopes += 1;
        this.#push(SCOPE, term, NO_TERMS, false);
        this.#list(term, term.termsAt(term.lastOperand));
        return;
      }
      default:
        this.#value(term, false);
    }
  }

  /**
   * Compiles a term whose value remains on the stack or, with `keeps` false, is discarded. A term with operands becomes a
   * task.
   */
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
          op === OPCODES.Zero ? 0n : op === OPCODES.One ? 1n : term.integerAt(0) & this.#mask;
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
        push.name = term.nameAt(0);
        push.calls = calls;
        push.takesValue = takesValue;
        return;
      }
      case OPCODES.MethodCall:
        this.#push(CALL, term, term.termsAt(1), keeps);
        return;
      case OPCODES.Buffer:
        this.#push(BUFFER, term, NO_TERMS, keeps);
        return;
      case OPCODES.Package:
        if (term.late instanceof PlainPackage) {
          this.#emit(controls.makePlainPackage, term, 0, keeps);
          return;
        }
        this.#push(PACKAGE, term, term.termsAt(1), keeps);
        return;
      case OPCODES.VarPackage:
        // At index -1 its size, before the elements.
        this.#push(PACKAGE, term, term.termsAt(1), keeps).at = -1;
        return;
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
    const form = this.#formOf(op);
    if (form.run === undefined) this.#emit(controls.unreadable, term, 0, keeps);
    else this.#push(OPERATOR, term, NO_TERMS, keeps);
  }

  #formOf(op: Opcode): Form {
    let form = this.#forms.get(op);
    if (form === undefined) {
      form = formOf(op, this.#controls);
      this.#forms.set(op, form);
    }
    return form;
  }

  #operator(task: Task): boolean {
    const { term, keeps } = task;
    const { op } = term;
    const tasks = this.#tasks;
    const depth = tasks.length;
    const { run, loading, operands, name } = this.#formOf(op);
    while (task.at < operands.length) {
      const { index, calls, takesValue } = operands[task.at]!;
      task.at += 1;
      const operand = term.operands[index];
      if (operand instanceof Term) {
        this.#value(operand, true, calls, takesValue);
        // CondRefOf accepts a name that does not exist.
        if (op === OPCODES.CondRefOf && index === 0 && operand.op === OPCODES.NamePath)
          this.#instructions.at(-1)!.target = 1;
        if (tasks.length > depth) return false;
      } else this.#emit(this.#controls.pushNone, term, 0, true);
    }
    if (loading !== undefined) this.#emit(loading, term, 0, true);
    const instruction = this.#emit(run!, term, operands.length + (loading === undefined ? 0 : 1), keeps);
    if (name >= 0) instruction.name = term.nameAt(name);
    return true;
  }

  #call(task: Task): boolean {
    const { term, terms: args, keeps } = task;
    const depth = this.#tasks.length;
    while (task.at < args.length) {
      task.at += 1;
      this.#value(args[task.at - 1]!);
      if (this.#tasks.length > depth) return false;
    }
    this.#emit(this.#controls.call, term, args.length, keeps).name = term.nameAt(0);
    return true;
  }

  #buffer(task: Task): boolean {
    const { term, keeps } = task;
    if (task.at === 0) {
      task.at = 1;
      const depth = this.#tasks.length;
      this.#value(term.termAt(0));
      if (this.#tasks.length > depth) return false;
    }
    this.#emit(this.#controls.makeBuffer, term, 1, keeps);
    return true;
  }

  #package(task: Task): boolean {
    const { term, terms: elements, keeps } = task;
    const depth = this.#tasks.length;
    while (task.at < elements.length) {
      const element = task.at < 0 ? term.termAt(0) : elements[task.at]!;
      task.at += 1;
      // A name is resolved when the package is complete.
      if (element.op === OPCODES.NamePath && task.at > 0)
        this.#emit(this.#controls.pushNameReference, element, 0, true).name = element.nameAt(0);
      else this.#value(element);
      if (this.#tasks.length > depth) return false;
    }
    const sized = term.op === OPCODES.VarPackage;
    const named = this.#tasks.at(-2)?.term.op === OPCODES.Name;
    const { makePackage, makeNamedPackage } = this.#controls;
    const run = named ? makeNamedPackage : makePackage;
    const make = this.#emit(run, term, elements.length + (sized ? 1 : 0), keeps);
    make.target = elements.length;
    return true;
  }
}
