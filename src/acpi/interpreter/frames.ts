/** How frames leave the stack: what one leaves behind when it goes, and all of them put aside for another thread's. */
import type { Hold, Locks } from './state/locks.ts';
import type { Frame, Machine } from './state/machine.ts';
import type { Operand } from './state/objects.ts';
import { withdraw } from './values/names.ts';

const NOTHING_HELD: Hold = { mutexes: [], level: 0 };

/** What runs on a machine. */
interface Running {
  readonly frames: Frame[];
  readonly stack: Operand[];
  sp: number;
  readonly locks: Locks;
}

/** The names that a frame made are gone. */
export function withdrawNames(machine: Machine, frame: Frame): void {
  if (frame.created !== undefined) withdraw(machine, frame.created);
}

/** The method of a frame runs once less; a serialized one gives back its sync level with its last. */
export function leaveMethod({ locks }: { readonly locks: Locks }, frame: Frame): void {
  if (frame.method === undefined) return;
  frame.method.running -= 1;
  if (frame.method.serialized && frame.method.running === 0) locks.leave(frame.syncLevel);
}

/** What a frame leaves behind when it goes. */
export function clean(machine: Machine & { readonly locks: Locks }, frame: Frame): void {
  withdrawNames(machine, frame);
  leaveMethod(machine, frame);
}

/** Takes what runs off the machine. Gives what puts it back. */
export function takeOff(machine: Running): () => void {
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
