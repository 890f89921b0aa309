/** The kernel's behaviour in one world: what differs between the possible releases is asked when it is needed. */
import { BASE_BEHAVIOUR, type Behaviour } from '../../../linux/behaviour.ts';
import { RELEASE_CHANGES } from '../../../linux/changes.ts';
import type { ReleaseModel } from '../../../linux/release-choice.ts';
import type { Ask } from '../../question.ts';

type Key = keyof Behaviour;

/** What each behaviour can be, the newest first. */
const VALUES: ReadonlyMap<Key, readonly Behaviour[Key][]> = valuesOf();

function valuesOf(): Map<Key, Behaviour[Key][]> {
  const values = new Map((Object.keys(BASE_BEHAVIOUR) as Key[]).map((key) => [key, [BASE_BEHAVIOUR[key]]]));
  for (const { effect } of RELEASE_CHANGES)
    for (const key of Object.keys(effect) as Key[]) {
      const [known, value] = [values.get(key)!, effect[key]];
      if (value !== undefined && !known.includes(value)) known.unshift(value);
    }
  return values;
}

/** Asks when a property is read. Its properties are made once, for all worlds. */
class AskedBehaviour {
  readonly ask: Ask;
  readonly model: ReleaseModel;

  constructor(ask: Ask, model: ReleaseModel) {
    this.ask = ask;
    this.model = model;
  }
}
for (const [key, values] of VALUES)
  Object.defineProperty(AskedBehaviour.prototype, key, {
    get(this: AskedBehaviour) {
      return values.find(
        (value, at) => at === values.length - 1 || this.ask.holds(this.model.is(key, value)),
      );
    },
  });

/** @returns an object whose properties ask when they are read: it must not be copied or spread */
export function rulesIn(ask: Ask, model: ReleaseModel): Behaviour {
  return new AskedBehaviour(ask, model) as unknown as Behaviour;
}
