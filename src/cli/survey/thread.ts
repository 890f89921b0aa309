/** What a worker thread of a survey runs. */
import { type Limits, withLimits } from '../../limits/limits.ts';
import type { AskedKernel } from '../../survey/asked.ts';
import { examineUnit } from '../../survey/examine.ts';
import { type Examined, HostError, type Unexamined } from '../../survey/run.ts';
import type { Unit } from '../../survey/unit.ts';

/** A unit, and where it is. */
export type PlacedUnit = Unit & { readonly at: string };

export interface Batch {
  readonly units: readonly PlacedUnit[];
  readonly limits: Partial<Limits>;
  readonly asked: AskedKernel;
}

/** What each unit comes to. */
export async function examineUnits({ units, limits, asked }: Batch): Promise<(Examined | Unexamined)[]> {
  return withLimits(limits, async () => {
    const examined: (Examined | Unexamined)[] = [];
    for (const { at, ...unit } of units)
      try {
        examined.push(await examineUnit(unit, at, asked));
      } catch (error) {
        // Between threads an error loses what it is.
        if (!(error instanceof HostError)) throw error;
        examined.push({ unexamined: error.message });
      }
    return examined;
  });
}
