/** Plans a survey: machines that no earlier plan has, grouped into shards. */
import { realpathSync } from 'node:fs';
import { sha256Of } from '../platform/hash.ts';
import { type FindOptions, unitsAt } from './find-units.ts';
import type { PlannedInput, SurveyStore } from './store.ts';
import { type Shard, shardsOf, type Unit } from './unit.ts';

export interface PlanCounts {
  /** How many inputs were found, duplicates included. */
  readonly inputs: number;
  readonly machines: number;
}

/** Called, and awaited, for each input that is found. */
export type OnInput = (found: PlanCounts) => void | Promise<void>;

/**
 * Finds the machines at the paths and plans those that are new to the survey.
 * @returns every shard of the survey, those of earlier plans first, done or not
 */
export async function planSurvey(
  paths: Iterable<string>,
  store: SurveyStore,
  options: FindOptions & { readonly onInput?: OnInput },
): Promise<{ readonly shards: readonly Shard[]; readonly found: PlanCounts }> {
  const earlier = await store.plans();
  const knownInputs = new Set(
    earlier.flatMap(({ inputs }) => inputs.map(({ hash, path }) => `${hash} ${path}`)),
  );
  const known = new Set(
    earlier.flatMap(({ shards }) => shards.flatMap(({ units }) => units.map(({ hash }) => hash))),
  );
  const units = new Map<string, Unit>();
  const { folder } = store.place;
  const except = folder === undefined ? {} : { except: realpathSync(folder) };
  const inputs: PlannedInput[] = [];
  const all = new Set<string>();
  let count = 0;
  for (const path of paths)
    for await (const { hash, path: name, bytes, from } of unitsAt(path, { ...options, ...except })) {
      count += 1;
      all.add(hash);
      await options.onInput?.({ inputs: count, machines: all.size });
      const key = `${hash} ${name}`;
      if (knownInputs.has(key)) continue;
      knownInputs.add(key);
      inputs.push({ hash, path: name, bytes });
      if (known.has(hash)) continue;
      const before = units.get(hash);
      if (before !== undefined && before.path <= name) continue;
      const file = 'file' in from ? from.file : await store.spool(hash, from.content);
      units.set(hash, { hash, path: name, file, bytes });
    }
  const shards = shardsOf([...units.values()]);
  if (inputs.length > 0) {
    inputs.sort((a, b) => compare(a.hash, b.hash) || compare(a.path, b.path));
    const id = sha256Of(inputs.map(({ hash, path }) => `${hash} ${path}\n`).join('')).slice(0, 32);
    await store.addPlan(id, { inputs, shards });
  }
  return {
    shards: [...earlier.flatMap((plan) => plan.shards), ...shards],
    found: { inputs: count, machines: all.size },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
