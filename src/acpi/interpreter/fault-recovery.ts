/**
 * What a fault costs: in a table's own code the statement or the table, everything else is aborted; where ACPICA asks
 * the machine's `\_ERR`, a method may go on.
 */

import { isKnown } from '../../symbolic/index.ts';
import { forget } from './paths/forget.ts';
import { writesOf } from './paths/may-write.ts';
import type { Paths } from './paths/paths.ts';
import { type RestOfCode, restOfFrames } from './paths/rest-of-code.ts';
import type { Controls } from './plan/plan.ts';
import { AmlFault, type FaultPlace, isGivenUp, STATUS_CODES } from './state/fault.ts';
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

/** A fault takes as long as so many instructions: a table's own code may run into one in every turn of a loop. */
const STEPS_OF_FAULT = 20;

/** The machine, as far as dealing with faults needs it. */
interface Recovering extends Machine {
  readonly paths: Paths;
  readonly controls: Controls;
  /** How many frames belong to evaluations around the one under way. */
  readonly floor: number;
  readonly stack: Operand[];
  readonly frames: Frame[];
  sp: number;
  readonly onTableFault: (why: AmlFault, frame: Frame) => void;
  /** Ends the evaluation. */
  abort(why: AmlFault): void;
  /** Leaves the frames above `depth`. */
  unwind(depth: number): void;
  evaluate(enter: () => void): Evaluation;
  enterObject(node: NamespaceNode, args: readonly AmlValue[]): void;
}

/** Deals with the faults of one machine. */
export class FaultRecovery {
  readonly #machine: Recovering;
  /** Is `_ERR` running? It isn't called for faults of its own. */
  #pardoning = false;

  constructor(machine: Recovering) {
    this.#machine = machine;
  }

  /**
   * Deals with a fault of the top frame's instruction at `pc`, with its operands up to `sp`: a table's own code goes on
   * behind the statement or ends, everything else is aborted.
   */
  raise(fault: AmlFault, pc: number, sp: number): void {
    const m = this.#machine;
    const { frames } = m;
    m.budget.spend(STEPS_OF_FAULT);
    const foreign = isGivenUp(fault) ? undefined : this.#foreignIn(pc, sp);
    // With what nobody knows in hand, the machine may do well.
    const why = foreign === undefined ? fault : new AmlFault('NOT_FOLLOWED', foreign.reason);
    why.place ??= placeIn(frames.at(-1)!, pc);
    if (m.profile.callsErrorMethod && this.#pardon(why, pc, sp)) return;
    let depth = frames.length;
    while (depth > m.floor && frames[depth - 1]!.method !== undefined) depth -= 1;
    const top = frames.at(-1)!;
    if (m.trace.active)
      m.trace.record({
        kind: 'fault',
        text: `${why.code}: ${why.message} in ${top.method ? top.node.path : 'the table'}`,
      });
    if (m.journal.active && isGivenUp(why)) {
      // Had it gone on, it might have changed all this.
      const reason = m.givenUp.code(why);
      const rest = this.#rest(why, pc, depth);
      if (why.code === 'NOT_FOLLOWED' && m.paths.open && depth === m.floor) {
        m.paths.giveUp(why, reason, rest, () => writesOf(m, rest));
        return;
      }
      forget(m, writesOf(m, rest), { reason, inputs: [] });
    }
    if (depth > m.floor && isGivenUp(why)) m.givenUp.tableCode(why);
    if (depth === m.floor || why.code === 'BUDGET') {
      if (m.paths.open && why.code !== 'BUDGET') m.paths.go({ kind: 'fault' }, undefined, why);
      else m.abort(why);
      return;
    }
    const frame = frames[depth - 1]!;
    m.onTableFault(why, frame);
    const { plan } = frame;
    const at = Math.max(0, frame.pc - 1);
    // A fault of the table's own code costs the statement, one in a method it calls the whole table.
    // What isn't followed up is no fault of the machine's: there the table goes on.
    const costsTable = depth < frames.length && why.code !== 'NOT_FOLLOWED';
    // As ACPICA does with a table that fails.
    if (costsTable) withdrawTable(m, m.owner);
    const statement = !costsTable
      ? plan.statements[plan.statementOf[at]!]
      : { end: plan.instructions.length - 1, scopes: 0, loops: 0 };
    if (statement === undefined) {
      m.abort(why);
      return;
    }
    if (m.paths.open) {
      // Other paths come back to the frame where they left it.
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

  /** An object of another table that an instruction was to work with. */
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

  /** The side of a value that this path is on, if it is of another table. */
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
   * The code that giving up keeps from being run: what the frames are in the midst of, down to the one that goes on. Where
   * the whole evaluation ends, also what waits to be run, and all that is left of a table.
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
   * The tables' own `\_ERR` is called with status, its name and a thread's number. When it gives 0, a method goes on
   * behind the operator, which then has no result.
   */
  #pardon(why: AmlFault, pc: number, sp: number): boolean {
    const m = this.#machine;
    const status = STATUS_CODES[why.code];
    const node = m.root.children.get('_ERR');
    if (status === undefined || this.#pardoning || !(node?.object instanceof MethodObject)) return false;
    this.#pardoning = true;
    const { value } = m.locks.aside(() =>
      m.budget.aside(() => m.evaluate(() => m.enterObject(node, [status, new StringObject(why.code), 1n]))),
    );
    this.#pardoning = false;
    const frame = m.frames.at(-1)!;
    if (value !== 0n || frame.method === undefined) return false;
    const instruction = frame.plan.instructions[pc]!;
    frame.pc = pc + 1;
    m.sp = sp - instruction.takes;
    // A name whose value couldn't be taken is looked at again by who wants it.
    if (instruction.keeps)
      m.stack[m.sp++] = instruction.takesValue && instruction.name ? lookUp(m, instruction.name) : undefined;
    return true;
  }
}

/** Where a frame's instruction stands. */
function placeIn(frame: Frame, pc: number): FaultPlace | undefined {
  const { table, method, plan } = frame;
  const term = plan.instructions[pc]?.term;
  if (table === undefined || term === undefined) return undefined;
  return { table, term, path: method === undefined ? frame.scope.path : frame.node.path };
}
