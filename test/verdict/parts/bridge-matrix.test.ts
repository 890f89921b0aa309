/** Which stretches of releases make what of a bridge, of bridges made by hand. */
import { expect, test } from 'vitest';
import { RELEASE } from '../../../src/linux/release-choice.ts';
import { type Condition, chosenFrom, DecisionContext, not } from '../../../src/symbolic/index.ts';
import { bridgeMatrix } from '../../../src/verdict/host-bridge/matrix.ts';
import type { BridgeChange, JudgedBridge } from '../../../src/verdict/host-bridge/result.ts';
import type { E820 } from '../../../src/verdict/host-bridge/situation.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { bridge, certain, maybe, OPEN, unknown } from './made-bridges.ts';

const LOW = 0xe000_0000n;
const MIB = 0x10_0000n;
const from = (label: string): Condition => chosenFrom(RELEASE, label) as Condition;
const SINCE = '6.7';
const RECENT = from(SINCE);
const OLD = not(RECENT) as Condition;
const before = `4.0 - before ${SINCE}`;
const since = `${SINCE} and newer`;

function rows(made: JudgedBridge, counts: Condition = 0n, given: Condition = 1n) {
  const constraints = [{ id: 'a', kind: 'fact', condition: given, text: '', source: '' } as const];
  const e820: E820 = { entries: [], counts, why: '', evidence: [] };
  return bridgeMatrix([made], constraints, e820, new DecisionContext()).map(
    ({ releases, windows, because }) => [releases, windows, because],
  );
}
const M = '[mem 0xe0000000-0xe00fffff]';
const change = (did: BridgeChange['did'], when: Condition): BridgeChange => ({
  ...{ did, window: certain(LOW, MIB), why: '', when, source: '' },
});

test('what is the same in all releases is one row', () => {
  expect(rows(bridge([certain(LOW, MIB)]))).toEqual([['4.0 and newer', [M], '']]);
  expect(rows(bridge([]))).toEqual([['4.0 and newer', [], '']]);
});

test('a window that is there by release, and one that may be there in any', () => {
  const byRelease = { ...maybe(LOW, MIB), when: RECENT } as AddressWindow;
  expect(rows(bridge([byRelease]))).toEqual([
    [before, [], ''],
    [since, [M], ''],
  ]);
  expect(rows(bridge([{ ...maybe(LOW, MIB), when: OPEN } as never]))).toEqual([
    ['4.0 and newer', [`${M} (if)`], ''],
  ]);
});

test('windows without bounds, of ports and of buses', () => {
  const ports = certain(0x1000n, 0x1000n, { space: 'io' });
  const prefetched = certain(LOW, MIB, { flags: { prefetchable: true } });
  expect(rows(bridge([ports, prefetched, unknown(), unknown('bus')]))[0]![1]).toEqual([
    '[io  0x1000-0x1fff]',
    '[mem 0xe0000000-0xe00fffff pref]',
    'mem of _CRS[0]',
    'mem of _CRS[0]',
  ]);
  const openPorts = { ...unknown(), space: 'io' } as never;
  expect(rows(bridge([openPorts]))[0]![1]).toEqual(['io of _CRS[0]']);
});

test('changes that are always made there, each kind once; what is refused shows in the windows', () => {
  const made = {
    ...bridge([]),
    changed: [
      change('clipped', RECENT),
      change('clipped', RECENT),
      change('refused', 1n),
      change('united', OPEN),
    ],
  };
  expect(rows(made)).toEqual([
    [before, [], ''],
    [since, [], 'clipped'],
  ]);
  const both = { ...made, changed: [change('dropped', OLD), change('clipped', 1n)] };
  expect(rows(both)).toEqual([
    [before, [], 'dropped, clipped'],
    [since, [], 'clipped'],
  ]);
});

test('a bridge that gets no bus there', () => {
  expect(rows({ ...bridge([]), when: RECENT })).toEqual([
    [before, [], 'no bus'],
    [since, [], ''],
  ]);
});

test('E820 where it keeps something free', () => {
  const free = [{ window: certain(LOW, MIB), start: LOW, end: LOW, by: 'E820', when: 1n }] as const;
  const made = { ...bridge([]), keptFree: free };
  expect(rows(made, OLD)).toEqual([
    [before, [], 'E820 for new BARs: kept free'],
    [since, [], 'E820 for new BARs: ignored'],
  ]);
  expect(rows(made, OPEN)).toEqual([['4.0 and newer', [], 'E820 for new BARs: by the year of the firmware']]);
  expect(rows(bridge([]), OLD)).toEqual([['4.0 and newer', [], '']]);
});

test('releases that something else excludes have no row', () => {
  expect(rows(bridge([certain(LOW, MIB)]), 0n, RECENT)).toEqual([[since, [M], '']]);
});
