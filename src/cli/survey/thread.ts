/** What a worker thread of a survey runs. */
import { type Limits, withLimits } from '../../limits/limits.ts';
import type { AskedKernel } from '../../survey/asked.ts';
import { examineUnit } from '../../survey/examine.ts';
import type { Examined } from '../../survey/run.ts';
import type { Unit } from '../../survey/unit.ts';

/** A unit, and where it is. */
export type PlacedUnit = Unit & { readonly at: string };

export interface Batch {
  readonly units: readonly PlacedUnit[];
  readonly limits: Partial<Limits>;
  readonly asked: AskedKernel;
}

/** What each unit comes to. */
export async function examineUnits({ units, limits, asked }: Batch): Promise<Examined[]> {
  return withLimits(limits, async () => {
    const examined: Examined[] = [];
    for (const { at, ...unit } of units) examined.push(await examineUnit(unit, at, asked));
    return examined;
  });
}
