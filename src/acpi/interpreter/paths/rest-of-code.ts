/**
 * What is left of running code to be run: all that a path that is given up may still do. Frames are looked at as they are
 * then, the innermost last: it is before an instruction, the others behind the call of the next.
 */

import { NOTHING } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';
import type { Controls } from '../plan/plan.ts';
import type { Frame, Plan } from '../state/machine.ts';
import { type AmlValue, type NamespaceNode, UnknownInteger } from '../state/objects.ts';

/** Code that may still be run, and what it has to work with. */
export interface RestOfCode {
  /** Those that may change something. */
  readonly terms: readonly Term[];
  /** Where its names are looked up. */
  readonly scope: NamespaceNode;
  /** What its locals and arguments hold. */
  readonly slots: readonly (AmlValue | NamespaceNode | undefined)[];
  /** Where it is. */
  readonly key: string;
}

/**
 * The rest of what frames run.
 * @param controls the instructions that the plans were made with: which of them jump
 * @param pc where the innermost of them is
 * @param floor number of frames below that go on
 * @param whole a table's own code doesn't go on with its next statement
 */
export function restOfFrames(
  controls: Controls,
  frames: readonly Frame[],
  pc: number,
  floor: number,
  whole: boolean,
): RestOfCode[] {
  const rests: RestOfCode[] = [];
  for (let i = floor; i < frames.length; i++) {
    const frame = frames[i]!;
    const at = i === frames.length - 1 ? pc : frame.pc;
    const terms = reachable(controls, frame.plan, at, frame.method === undefined && !whole);
    rests.push({
      terms,
      scope: frame.scope,
      slots: frame.slots.slice(),
      key: `${frame.node.path}@${at}`,
    });
  }
  return rests;
}

/** The terms of the instructions that may be run from one on, in its statement alone or in all that follows. */
function reachable(controls: Controls, plan: Plan, from: number, statementOnly: boolean): Term[] {
  const { instructions, statements, statementOf } = plan;
  const end = statementOnly ? statements[statementOf[from]!]?.end : undefined;
  const seen = new Set<number>();
  const terms = new Set<Term>();
  const pending = [from];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const instruction = instructions[at];
    if (instruction === undefined || seen.has(at) || (end !== undefined && at >= end)) continue;
    seen.add(at);
    if (instruction.term.op.changes !== NOTHING) terms.add(instruction.term);
    const { run, target } = instruction;
    if (run === controls.returnValue || run === controls.returnResult || run === controls.endPlan) continue;
    if (run === controls.jump || run === controls.jumpFalse || run === controls.turnLoop)
      pending.push(target);
    if (run !== controls.jump) pending.push(at + 1);
  }
  return [...terms];
}

const flattened = new WeakMap<Term, readonly Term[]>();

/** Every term in the body of a method that may change something. */
export function termsOfMethod(method: Term): readonly Term[] {
  let terms = flattened.get(method);
  if (terms === undefined) {
    terms = termsWithin(method.termsAt(2));
    flattened.set(method, terms);
  }
  return terms;
}

function termsWithin(list: readonly Term[]): Term[] {
  const found: Term[] = [];
  const pending = [...list];
  for (let term = pending.pop(); term; term = pending.pop()) {
    if (term.op.changes !== NOTHING) found.push(term);
    for (const operand of term.operands) {
      if (operand instanceof Term) pending.push(operand);
      else if (Array.isArray(operand))
        for (const inner of operand) if (inner instanceof Term) pending.push(inner);
    }
  }
  return found;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** Names code that has the same to work with: where it is, and the objects that its locals and arguments hold. */
export function keyOfRest(rest: readonly RestOfCode[]): string {
  return rest.map(({ key, slots }) => `${key}(${slots.map((held) => identityOf(held)).join()})`).join(' ');
}

function identityOf(held: AmlValue | NamespaceNode | undefined): number | '' {
  if (typeof held !== 'object' || held instanceof UnknownInteger) return '';
  let identity = identities.get(held);
  if (identity === undefined) {
    lastIdentity += 1;
    identity = lastIdentity;
    identities.set(held, identity);
  }
  return identity;
}
