/**
 * Handles faults. A fault in module-level code aborts the statement or the table, any other aborts the evaluation. Where
 * ACPICA calls the machine's `\_ERR`, a method may continue.
 */

import { isKnown } from '../../symbolic/index.ts';
import { forget } from './paths/forget.ts';
import { writesOf } from './paths/may-write.ts';
import type { Paths } from './paths/paths.ts';
import { type RestOfCode, restOfFrames } from './paths/rest-of-code.ts';
import type { Controls } from './plan/plan.ts';
import { AmlFault, type FaultPlace, isAbandonment, STATUS_CODES } from './state/fault.ts';
import type { Evaluation, Frame, Machine } from './state/machine.ts';
import {
  type AmlValue,
  Choice,
  ForeignObject,
  MethodObject,
  NamespaceNode,
  type Operand,
  SlotOperand,
  StringObject,
} from './state/objects.ts';
import { lookUp, withdrawTable } from './values/names.ts';

/** Cost of a fault in instructions, since module-level code may fault in every iteration of a loop. */
const STEPS_OF_FAULT = 20;

/** The parts of the machine that fault handling needs. */
interface Recovering extends Machine {
  readonly paths: Paths;
  readonly controls: Controls;
  /** Number of frames that belong to enclosing evaluations. */
  readonly floor: number;
  readonly stack: Operand[];
  readonly frames: Frame[];
  sp: number;
  readonly onTableFault: (why: AmlFault, frame: Frame) => void;
  /** Ends the evaluation. */
  abort(why: AmlFault): void;
  /** Removes the frames above `depth`. */
  unwind(depth: number): void;
  evaluate(enter: () => void): Evaluation;
  enterObject(node: NamespaceNode, args: readonly AmlValue[]): void;
}

/** Handles the faults of one machine. */
export class FaultRecovery {
  readonly #machine: Recovering;
  /** `_ERR` is being executed; it is not called for its own faults. */
  #inErrorMethod = false;

  constructor(machine: Recovering) {
    this.#machine = machine;
  }

  /**
   * Handles a fault of the top frame's instruction at `pc`, whose operands are below `sp`. Module-level code continues
   * after the statement or ends; any other evaluation is aborted.
   */
  raise(fault: AmlFault, pc: number, sp: number): void {
    const m = this.#machine;
    const { frames } = m;
    m.budget.spend(STEPS_OF_FAULT);
    const foreign = isAbandonment(fault) ? undefined : this.#foreignIn(pc, sp);
    // With an operand of another table, the real machine may not fault.
    const why = foreign === undefined ? fault : new AmlFault('NOT_FOLLOWED', foreign.reason);
    why.place ??= placeIn(frames.at(-1)!, pc);
    if (m.profile.callsErrorMethod && this.#callErrorMethod(why, pc, sp)) return;
    let depth = frames.length;
    while (depth > m.floor && frames[depth - 1]!.method !== undefined) depth -= 1;
    const top = frames.at(-1)!;
    if (m.trace.active)
      m.trace.record({
        kind: 'fault',
        text: `${why.code}: ${why.message} in ${top.method ? top.node.path : 'the table'}`,
      });
    if (m.journal.active && isAbandonment(why)) {
      // What the remaining code might have written becomes unknown.
      const reason = m.abandonedCode.code(why);
      const rest = this.#rest(why, pc, depth);
      if (why.code === 'NOT_FOLLOWED' && m.paths.open && depth === m.floor) {
        m.paths.abandon(why, reason, rest, () => writesOf(m, rest));
        return;
      }
      forget(m, writesOf(m, rest), { reason, inputs: [] });
    }
    if (depth > m.floor && isAbandonment(why)) m.abandonedCode.tableCode(why);
    if (depth === m.floor || why.code === 'BUDGET') {
      if (m.paths.open && why.code !== 'BUDGET') m.paths.go({ kind: 'fault' }, undefined, why);
      else m.abort(why);
      return;
    }
    const frame = frames[depth - 1]!;
    m.onTableFault(why, frame);
    const { plan } = frame;
    const at = Math.max(0, frame.pc - 1);
    // A fault in module-level code aborts the statement; one in a called method aborts the table. Abandoned code is not a
    // fault of the machine, and the table continues.
    const costsTable = depth < frames.length && why.code !== 'NOT_FOLLOWED';
    // ACPICA removes the names of a table that fails to load.
    if (costsTable) withdrawTable(m, m.owner);
    const statement = !costsTable
      ? plan.statements[plan.statementOf[at]!]
      : { end: plan.instructions.length - 1, scopes: 0, loops: 0 };
    if (statement === undefined) {
      m.abort(why);
      return;
    }
    if (m.paths.open) {
      // Other paths resume the frame as they left it.
      const { scopes, loops, scope } = frame;
      m.paths.go({ kind: 'jump', depth, pc: statement.end }, undefined, why, {
        loops: loops.slice(0, statement.loops),
        scopes: scopes.slice(0, statement.scopes),
        scope: scopes[statement.scopes] ?? scope,
      });
    } else {
      while (frame.scopes.length > statement.scopes) frame.scope = frame.scopes.pop()!;
      frame.loops.length = Math.min(frame.loops.length, statement.loops);
      m.unwind(depth);
      frame.pc = statement.end;
      m.sp = frame.base;
    }
  }

  /** An operand of an instruction that is an object of another table. */
  #foreignIn(pc: number, sp: number): ForeignObject | undefined {
    const m = this.#machine;
    if (!m.otherTables.open) return undefined;
    const { plan, slots } = m.frames.at(-1)!;
    const instruction = plan.instructions[pc];
    if (instruction === undefined) return undefined;
    for (let at = sp - instruction.takes; at < sp; at++) {
      const operand = m.stack[at];
      const held = operand instanceof SlotOperand ? slots[operand.slot] : operand;
      const object = held instanceof NamespaceNode ? held.object : held;
      const foreign = object === undefined ? undefined : this.#foreignSide(object);
      if (foreign !== undefined) return foreign;
    }
    return undefined;
  }

  /** The value on this path, if it is an object of another table. */
  #foreignSide(value: AmlValue | NamespaceNode): ForeignObject | undefined {
    let at: AmlValue | NamespaceNode | undefined = value;
    while (at instanceof Choice) {
      const when = this.#machine.paths.decided(at.when);
      if (!isKnown(when)) return undefined;
      at = when === 0n ? at.no : at.yes;
    }
    return at instanceof ForeignObject ? at : undefined;
  }

  /**
   * The code that is not executed because it is abandoned: the rest of the frames down to the one that continues. If the
   * whole evaluation ends, also the code of waiting paths and the rest of a table.
   */
  #rest({ code }: AmlFault, pc: number, depth: number): RestOfCode[] {
    const { frames, floor, paths, controls } = this.#machine;
    const ends = code === 'BUDGET';
    const first = ends ? floor : Math.max(floor, depth - 1);
    const rest = restOfFrames(controls, frames, pc, first, ends);
    if (ends)
      for (const at of paths.unfinished())
        if (at.depth > first)
          rest.push(...restOfFrames(controls, frames.slice(0, at.depth), at.pc, first, ends));
    return rest;
  }

  /**
   * Calls the machine's `\_ERR` with status code, its name and a thread number (ACPICA, exdebug.c and dsmethod.c,
   * acpi_ds_method_error). If it returns 0, a method continues after the operator, which has no result.
   */
  #callErrorMethod(why: AmlFault, pc: number, sp: number): boolean {
    const m = this.#machine;
    const status = STATUS_CODES[why.code];
    const node = m.root.children.get('_ERR');
    if (status === undefined || this.#inErrorMethod || !(node?.object instanceof MethodObject)) return false;
    this.#inErrorMethod = true;
    const { value } = m.locks.aside(() =>
      m.budget.aside(() => m.evaluate(() => m.enterObject(node, [status, new StringObject(why.code), 1n]))),
    );
    this.#inErrorMethod = false;
    const frame = m.frames.at(-1)!;
    if (value !== 0n || frame.method === undefined) return false;
    const instruction = frame.plan.instructions[pc]!;
    frame.pc = pc + 1;
    m.sp = sp - instruction.takes;
    // A name whose value could not be read is the operand itself, and is read again on use.
    if (instruction.keeps)
      m.stack[m.sp++] = instruction.takesValue && instruction.name ? lookUp(m, instruction.name) : undefined;
    return true;
  }
}

/** The place of a frame's instruction. */
function placeIn(frame: Frame, pc: number): FaultPlace | undefined {
  const { table, method, plan } = frame;
  const term = plan.instructions[pc]?.term;
  if (table === undefined || term === undefined) return undefined;
  return { table, term, path: method === undefined ? frame.scope.path : frame.node.path };
}
