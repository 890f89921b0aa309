/** Releases frames that leave the stack, and suspends all frames of a thread. */
import type { Hold, Locks } from './state/locks.ts';
import type { Frame, Machine } from './state/machine.ts';
import type { Operand } from './state/objects.ts';
import { withdraw } from './values/names.ts';

const NOTHING_HELD: Hold = { mutexes: [], level: 0 };

/** The execution state of a machine. */
interface Running {
  readonly frames: Frame[];
  readonly stack: Operand[];
  sp: number;
  readonly locks: Locks;
}

/** Removes the names that a frame created. */
export function withdrawNames(machine: Machine, frame: Frame): void {
  if (frame.created !== undefined) withdraw(machine, frame.created);
}

/** Decrements the active calls of a frame's method; the last call of a serialized method restores the sync level. */
export function leaveMethod({ locks }: { readonly locks: Locks }, frame: Frame): void {
  if (frame.method === undefined) return;
  frame.method.running -= 1;
  if (frame.method.serialized && frame.method.running === 0) locks.leave(frame.syncLevel);
}

/** Releases what a frame holds: names, active call, sync level. */
export function releaseFrame(machine: Machine & { readonly locks: Locks }, frame: Frame): void {
  withdrawNames(machine, frame);
  leaveMethod(machine, frame);
}

/** Removes the execution state from the machine. @returns a function that restores it */
export function suspend(machine: Running): () => void {
  const { frames, stack, sp, locks } = machine;
  const kept = { frames: frames.splice(0), operands: stack.slice(0, sp), hold: locks.hold() };
  machine.sp = 0;
  locks.restore(NOTHING_HELD);
  return () => {
    frames.push(...kept.frames);
    for (const [i, operand] of kept.operands.entries()) stack[i] = operand;
    machine.sp = sp;
    locks.restore(kept.hold);
  };
}
