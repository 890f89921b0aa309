/** What was seen against worlds made by hand: which of them are left. */
import { describe, expect, test } from 'vitest';
import type { MachineFacts } from '../../../src/evidence/facts.ts';
import { compare, DecisionContext, type Quantity } from '../../../src/symbolic/index.ts';
import type { Exploration } from '../../../src/verdict/question.ts';
import type { Outcome } from '../../../src/verdict/sysfb/judge/outcome.ts';
import { observe } from '../../../src/verdict/sysfb/observed.ts';
import type { Situation } from '../../../src/verdict/sysfb/situation/situation.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { observedFact as fact, read } from '../../evidence/artifacts.ts';
import { fieldOf } from '../../symbolic/fields.ts';

const none = read().evidence;
const FRAMEBUFFER = { base: 0xf800_0000n, size: 0x10_0000n, from: 'dmesg', text: 'efifb' } as const;
const outcome = (more: Partial<Outcome>): Outcome => ({
  kind: 'reserved-with-sysfb',
  without: 'yes',
  with: 'no',
  pool: [],
  framebuffer: FRAMEBUFFER,
  because: 'made',
  rules: [],
  ...more,
});
const RESERVED = outcome({ kind: 'reserved', without: 'no', with: 'no' });
const GATED = outcome({});
const OUTSIDE = outcome({ kind: 'outside', without: 'no', with: 'no' });
const NO_WINDOW = outcome({ kind: 'no-window', without: 'no', with: 'no', framebuffer: null });

function seen(
  facts: Partial<MachineFacts>,
  worlds: readonly Outcome[],
  sysfb?: 'y' | 'n',
  given: Quantity = 1n,
) {
  const exploration: Exploration<Outcome> = {
    worlds: worlds.map((each) => ({ when: 1n, decisions: [], outcome: each })),
    unexplored: 0n,
    used: new Set(),
  };
  const situation = {
    constraints: [{ condition: given }],
    configuration: { value: () => sysfb },
  } as unknown as Situation;
  const result = observe(exploration, situation, { ...none, ...facts }, new DecisionContext());
  return {
    left: result.exploration.worlds.map((world) => world.outcome),
    rules: result.rules.map(({ id }) => id),
    exploration: result.exploration === exploration,
  };
}

const claim = (start: bigint, last: bigint, video = false) => ({
  vmbusClaims: [fact({ start, last, guid: 'a', video, inside: [] })],
});
const failure = (kind: 'd0-entry' | 'no-low-space') => ({
  passThroughFailures: [fact({ guid: 'a', failure: kind })],
});
const pool = (framebuffer: { start: bigint; last: bigint } | null) => ({
  printedPools: [
    fact({ windows: [{ start: 0xf800_0000n, last: 0xfed3_ffffn }, null], framebuffer } as never),
  ],
});

describe('a claim', () => {
  test.each([
    ['on the framebuffer', 0xf800_0000n, 0xf800_1fffn, true],
    ['on its last byte', 0xf80f_ffffn, 0xf810_0fffn, true],
    ['on its first byte', 0xf7ff_f000n, 0xf800_0000n, true],
    ['just behind it', 0xf810_0000n, 0xf810_0fffn, false],
    ['just before it', 0xf7ff_f000n, 0xf7ff_ffffn, false],
  ])('%s', (_, start, last, hits) => {
    const { left, rules } = seen(claim(start, last), [RESERVED, GATED]);
    expect(left).toEqual(hits ? [GATED] : [RESERVED, GATED]);
    expect(rules).toEqual(hits ? ['observed-claim-on-framebuffer'] : []);
  });

  test('of the video device shows nothing, nor where no framebuffer is known', () => {
    expect(seen(claim(0xf800_0000n, 0xf80f_ffffn, true), [RESERVED]).rules).toEqual([]);
    const without = outcome({ framebuffer: { ...FRAMEBUFFER, base: null } });
    expect(seen(claim(0xf800_0000n, 0xf80f_ffffn), [without]).rules).toEqual([]);
    const unsized = outcome({ framebuffer: { ...FRAMEBUFFER, size: null } });
    expect(seen(claim(0xf800_0000n, 0xf80f_ffffn), [unsized]).rules).toEqual([]);
  });

  test('outside of all windows leaves the worlds that have it inside, or else nothing is known', () => {
    const window = { base: 0xfe0_0000_0000n, size: 0x1000n } as AddressWindow;
    const [high, beyond] = [0n, 1n].map((more) => claim(window.base as bigint, 0xfe0_0000_0fffn + more)) as [
      ReturnType<typeof claim>,
      ReturnType<typeof claim>,
    ];
    const there = outcome({ kind: 'outside', without: 'no', with: 'no', pool: [window] });
    const low = outcome({ pool: [{ ...window, base: 0xf800_0000n }] });
    expect(seen(high, [there, low])).toEqual({
      left: [there],
      rules: ['observed-claim'],
      exploration: false,
    });
    // A world that ends like one that holds it makes no difference.
    expect(seen(high, [there, NO_WINDOW])).toEqual({
      left: [there, NO_WINDOW],
      rules: [],
      exploration: true,
    });
    expect(seen(high, [there, RESERVED])).toEqual({
      left: [there, RESERVED],
      rules: [],
      exploration: true,
    });
    for (const [claimed, worlds] of [
      [high, [NO_WINDOW]],
      [beyond, [there]],
    ] as const) {
      const { left, rules } = seen(claimed, worlds);
      expect(rules).toEqual(['observed-claim-outside']);
      expect(left).toMatchObject([{ kind: 'unreadable', without: 'open', with: 'open' }]);
    }
    const open = outcome({ kind: 'outside', pool: [{ ...window, size: null } as unknown as AddressWindow] });
    expect(seen(beyond, [open]).rules).toEqual([]);
  });

  test('in a window of open bounds counts where these may be so', () => {
    const field = fieldOf('BASE', { bits: 64 });
    const at = (base: Quantity, size: Quantity, more: Partial<Outcome> = {}) =>
      outcome({ ...more, pool: [{ base, size } as unknown as AddressWindow] });
    const left = (start: bigint, last: bigint, base: Quantity, size: Quantity, given: Quantity) =>
      seen(
        claim(start, last, true),
        [at(base, size, { without: 'no' }), at(start, last - start + 1n)],
        undefined,
        given,
      ).left.length;
    const above = compare('le', 1n << 32n, field);
    // The base is at 4 GiB or above.
    expect(left(0xf800_0000n, 0xf80f_ffffn, field, 1n << 32n, above)).toBe(1);
    expect(left(0xf800_0000n, 0xf80f_ffffn, field, 1n << 32n, 1n)).toBe(2);
    expect(left(1n << 32n, (1n << 33n) - 1n, field, 1n << 32n, above)).toBe(2);
    // From one byte less it would begin below, with one byte more it ends too early.
    expect(left((1n << 32n) - 1n, 1n << 32n, field, 1n << 32n, above)).toBe(1);
    expect(left(1n << 32n, 1n << 33n, field, 1n << 32n, above)).toBe(1);
    // The last byte of all.
    expect(left((1n << 64n) - 4096n, (1n << 64n) - 1n, field, 4096n, 1n)).toBe(2);
  });
});

test('nothing seen: nothing changes', () => {
  expect(seen({}, [RESERVED, GATED])).toEqual({ left: [RESERVED, GATED], rules: [], exploration: true });
  const printed = seen(pool({ start: 0xf800_0000n, last: 0xfbff_ffffn }), [RESERVED]);
  expect(printed).toEqual({ left: [RESERVED], rules: ['observed-pool'], exploration: true });
  expect(seen(failure('no-low-space'), [RESERVED])).toMatchObject({
    rules: ['observed-no-mmio-space'],
    exploration: true,
  });
});

test.each<[string, Partial<MachineFacts>, readonly Outcome[], string]>([
  // Something landed on it: a world without anything to hit does not agree.
  ['a device that was refused', failure('d0-entry'), [GATED], 'observed-pass-through-failed'],
  // Nothing was set aside: there may have been nothing to set aside.
  ['a pool without a reservation', pool(null), [GATED, OUTSIDE, NO_WINDOW], 'observed-pool'],
  [
    'no framebuffer to reserve',
    { framebufferBaseZero: [fact(true as const)] },
    [GATED, OUTSIDE, NO_WINDOW],
    'observed-no-framebuffer-base',
  ],
])('%s leaves the worlds that agree', (_, facts, left, rule) => {
  const found = seen(facts, [RESERVED, GATED, OUTSIDE, NO_WINDOW]);
  expect(found.left).toEqual(left);
  expect(found.rules).toEqual([rule]);
});

test('the configuration says which way counts', () => {
  const facts = failure('d0-entry');
  expect(seen(facts, [GATED, RESERVED], 'n').left).toEqual([GATED]);
  const half = outcome({ without: 'no', with: 'open' });
  expect(seen(facts, [half, GATED], 'y').left).toEqual([half]);
  expect(seen(facts, [half, GATED], 'n').left).toEqual([GATED]);
  expect(seen(facts, [half, RESERVED]).left).toEqual([half]);
});

test('where no world agrees the answer follows what was seen, and says so', () => {
  const { left, rules } = seen(failure('d0-entry'), [RESERVED, OUTSIDE], 'y');
  expect(rules).toEqual(['observed-pass-through-failed', 'observed-contradicts-model']);
  expect(left.map(({ kind, without, with: withIt }) => [kind, without, withIt])).toEqual([
    ['unprotected', 'yes', 'open'],
    ['unprotected', 'yes', 'open'],
  ]);
  expect(left[0]!.because).toMatch(/nothing kept VMBus off the framebuffer/);
});

test('an unexpected low base is reported and shows nothing', () => {
  const found = seen({ unexpectedLowBase: [fact(0n)] }, [RESERVED]);
  expect(found).toEqual({ left: [RESERVED], rules: ['observed-unexpected-low-base'], exploration: true });
});
