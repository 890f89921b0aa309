/**
 * The remaining code of frames: what an abandoned path might still execute. The innermost frame is before an instruction,
 * the others are after the call of the next frame.
 */

import { NOTHING } from '../../terms/opcodes.ts';
import { type Term, termsWithin } from '../../terms/term.ts';
import type { Controls } from '../plan/plan.ts';
import type { Frame, Plan } from '../state/machine.ts';
import { type AmlValue, type NamespaceNode, UnknownInteger } from '../state/objects.ts';

/** The remaining code of one frame. */
export interface RestOfCode {
  /** The terms with side effects. */
  readonly terms: readonly Term[];
  /** Where its names are resolved. */
  readonly scope: NamespaceNode;
  /** The values of its locals and arguments. */
  readonly slots: readonly (AmlValue | NamespaceNode | undefined)[];
  /** Identifies the position in the code. */
  readonly key: string;
}

/**
 * The remaining code of frames.
 * @param controls the control instructions of the plans
 * @param pc of the innermost frame
 * @param floor number of frames below that continue
 * @param whole the rest of module-level code is included, not only its current statement
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

/** The terms with side effects that are reachable from an instruction, maybe within its statement only. */
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

/** Every term with side effects in the body of a method. */
export function termsOfMethod(method: Term): readonly Term[] {
  let terms = flattened.get(method);
  if (terms === undefined) {
    terms = [...termsWithin(method.termsAt(2))].filter(({ op }) => op.changes !== NOTHING);
    flattened.set(method, terms);
  }
  return terms;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** A key that is equal for code at the same position with the same objects in locals and arguments. */
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
