/** From the worlds to windows and changes, each with its condition. */
import { type BridgeWindow, type Change, printWindow } from '../../linux/host-bridge/window.ts';
import { anyOf, type Condition, isKnown, simplified } from '../../symbolic/index.ts';
import type { AddressWindow } from '../../window/window.ts';
import type { BridgeChange } from './result.ts';

/** A window or a change, and its condition. */
export interface Found<T> {
  readonly of: T;
  readonly when: Condition;
}

export const keyOfWindow = ({ space, start, end, offset, prefetchable, from }: BridgeWindow): string =>
  `${space} ${start} ${end} ${offset} ${prefetchable} ${from.join(',')}`;

export const keyOfChange = ({ did, window, into, why }: Change): string =>
  `${did} ${keyOfWindow(window)} ${into === undefined ? '' : `${into.start} ${into.end}`} ${why}`;

/** Merges what several worlds have in common, under the disjunction of their conditions. */
export function gathered<T>(
  found: readonly Found<T>[],
  key: (of: T) => string,
  given: Condition,
): Found<T>[] {
  const groups = new Map<string, { of: T; when: Condition[] }>();
  for (const { of, when } of found) {
    const own = key(of);
    const group = groups.get(own);
    if (group === undefined) groups.set(own, { of, when: [when] });
    else group.when.push(when);
  }
  return [...groups.values()].map(({ of, when }) => ({ of, when: simplifiedUnder(anyOf(when), given) }));
}

export function simplifiedUnder(condition: Condition, given: Condition): Condition {
  return isKnown(condition) ? condition : simplified(condition, given);
}

export function changeOf(change: Change, when: Condition, window: AddressWindow): BridgeChange {
  const { did, why, into, line, source } = change;
  return {
    did,
    window,
    why,
    when,
    source,
    ...(into === undefined ? {} : { into: printWindow(into) }),
    ...(line === undefined ? {} : { line }),
  };
}
