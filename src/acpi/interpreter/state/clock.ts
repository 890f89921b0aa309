/** The machine's clock, a virtual one, and how long a While may run by it. */

import { InnerLimit, moreThan } from '../../../limits/limits.ts';
import { fault } from './fault.ts';
import type { Profile } from './profile.ts';

const OPEN_LOOP_TURNS = new InnerLimit('open-loop-turns');
const LOOP_TURNS = new InnerLimit('loop-turns');

/** 100 ns in a tick of 100 us. */
const CLOCK_TICK = 1000n;
/** Time slept in a While, in 100 ns, after which ACPICA ends it (ACPI_MAX_LOOP_TIMEOUT, acconfig.h): 30 seconds. */
const MAX_SLEPT = 300_000_000n;

/** Goes on by being looked at, so that what comes out is the same each time, and by sleeping. */
export class Clock {
  /** Of 100 us, one at each look. */
  #ticks = 0;
  /** Time slept, in 100 ns. */
  #slept = 0n;

  /** A look at the clock takes 100 us. Gives the ticks since it was first looked at, without the time slept. */
  look(): number {
    this.#ticks += 1;
    return this.#ticks;
  }

  /** Time passes. */
  sleep(hundredNanoseconds: bigint): void {
    this.#slept += hundredNanoseconds;
  }

  /** Time slept so far, in 100 ns: at least so much passes on a machine too. */
  get slept(): bigint {
    return this.#slept;
  }

  /** Looks at the clock: 100 ns since that was first done. */
  elapsed(): bigint {
    this.look();
    return this.now;
  }

  /** The clock as it stood when it was last looked at, in 100 ns. */
  get now(): bigint {
    return BigInt(this.#ticks) * CLOCK_TICK + this.#slept;
  }
}

/** A While that runs. */
export interface Loop {
  turns: number;
  readonly started: number;
  readonly slept: bigint;
}

/** The machine, as far as loops need it. */
export interface Looping {
  readonly clock: Clock;
  readonly profile: Profile;
  readonly paths: { readonly open: boolean };
  /** Those of the code that runs, the innermost last. */
  readonly loops: Loop[];
}

/** The code that runs comes to a While. */
export function enterLoop(m: Looping): void {
  m.loops.push({ turns: 0, started: m.clock.look(), slept: m.clock.slept });
}

/** At the end of a turn of the innermost While. That it runs for too long is a fault, of the machine or ours. */
export function turnLoop(m: Looping): void {
  const loop = m.loops.at(-1)!;
  loop.turns += 1;
  if (loop.turns > OPEN_LOOP_TURNS.now && m.paths.open)
    fault('NOT_FOLLOWED', `a While that waits for what is not known runs for ${moreThan('open-loop-turns')}`);
  const { loopTimeout } = m.profile;
  const looked = m.clock.look() - loop.started;
  if (loopTimeout !== undefined) {
    if (looked > loopTimeout) fault('AE_AML_LOOP_TIMEOUT', `a While runs for more than ${loopTimeout} turns`);
  } else if (m.clock.slept - loop.slept > MAX_SLEPT)
    fault('AE_AML_LOOP_TIMEOUT', 'a While sleeps for more than 30 seconds');
  else if (looked > LOOP_TURNS.now) fault('NOT_FOLLOWED', `a While runs for ${moreThan('loop-turns')}`);
}
