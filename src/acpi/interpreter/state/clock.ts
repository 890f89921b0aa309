/** The machine's virtual clock, and the timeout of While loops. */

import { InnerLimit, moreThan } from '../../../limits/limits.ts';
import { fault } from './fault.ts';
import type { Profile } from './profile.ts';

const OPEN_LOOP_TURNS = new InnerLimit('open-loop-turns');
const LOOP_TURNS = new InnerLimit('loop-turns');

/** A tick of 100 us in units of 100 ns. */
const CLOCK_TICK = 1000n;
/** Sleep time in a While loop, in units of 100 ns, after which ACPICA aborts it: 30 s (acconfig.h, ACPI_MAX_LOOP_TIMEOUT). */
const MAX_SLEPT = 300_000_000n;

/** Advances by 100 us on each look and by sleeping, so that results are reproducible. */
export class Clock {
  /** Number of looks; each takes a tick of 100 us. */
  #ticks = 0;
  /** Sleep time in units of 100 ns. */
  #slept = 0n;

  /** Looks at the clock, which takes a tick. @returns the number of ticks, without sleep time */
  look(): number {
    this.#ticks += 1;
    return this.#ticks;
  }

  /** Advances the clock. */
  sleep(hundredNanoseconds: bigint): void {
    this.#slept += hundredNanoseconds;
  }

  /** Total sleep time in units of 100 ns, the minimum time that passes on a real machine. */
  get slept(): bigint {
    return this.#slept;
  }

  /** Looks at the clock. @returns the time in units of 100 ns */
  elapsed(): bigint {
    this.look();
    return this.now;
  }

  /** The time in units of 100 ns, without looking. */
  get now(): bigint {
    return BigInt(this.#ticks) * CLOCK_TICK + this.#slept;
  }
}

/** A running While loop. */
export interface Loop {
  turns: number;
  readonly started: number;
  readonly slept: bigint;
}

/** The parts of the machine that loops need. */
export interface Looping {
  readonly clock: Clock;
  readonly profile: Profile;
  readonly paths: { readonly open: boolean };
  /** Loops of the current frame, innermost last. */
  readonly loops: Loop[];
}

/** Enters a While loop. */
export function enterLoop(m: Looping): void {
  m.loops.push({ turns: 0, started: m.clock.look(), slept: m.clock.slept });
}

/** Ends an iteration of the innermost While loop. Faults if it has run for too long for ACPICA, or for fwmap's limits. */
export function turnLoop(m: Looping): void {
  const loop = m.loops.at(-1)!;
  loop.turns += 1;
  if (loop.turns > OPEN_LOOP_TURNS.now && m.paths.open)
    fault('NOT_FOLLOWED', `a While with an unknown condition runs for ${moreThan('open-loop-turns')}`);
  const { loopTimeout } = m.profile;
  const looked = m.clock.look() - loop.started;
  if (loopTimeout !== undefined) {
    if (looked > loopTimeout) fault('AE_AML_LOOP_TIMEOUT', `a While runs for more than ${loopTimeout} turns`);
  } else if (m.clock.slept - loop.slept > MAX_SLEPT)
    fault('AE_AML_LOOP_TIMEOUT', 'a While sleeps for more than 30 seconds');
  else if (looked > LOOP_TURNS.now) fault('NOT_FOLLOWED', `a While runs for ${moreThan('loop-turns')}`);
}
