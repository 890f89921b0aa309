/**
 * Whether a reservation holds wherever the framebuffer is. vmbus_reserve_fb() makes it in the first window; from
 * another, vmbus_allocate_mmio() keeps off it only where it tests for it (docs/decisions/worlds.md).
 */
import { expect, test } from 'vitest';
import { type Arithmetic, PLAIN } from '../../../src/linux/vmbus/arithmetic.ts';
import type { Quantity } from '../../../src/symbolic/index.ts';
import { reservesSomewhere } from '../../../src/verdict/sysfb/judge/framebuffer.ts';

type Behaviour = Parameters<typeof reservesSomewhere>[1];
type Windows = Parameters<typeof reservesSomewhere>[0];

const holds = (ranges: readonly (readonly [bigint, bigint])[], framebufferTest = true): boolean =>
  reservesSomewhere(
    ranges.map(([start, end]) => ({ start, end, parts: [], cutAtVtpm: false })) as unknown as Windows,
    { framebufferTest } as unknown as Behaviour,
    PLAIN as unknown as Arithmetic<Quantity>,
  );
const LOW = [0xf8000000n, 0xffffffffn] as const;
const HIGH = [0x1000000000n, 0x1fffffffffn] as const;
const WRAPPED = [0n, 0xffffffffn] as const;

test('one low window, first of the list', () => {
  expect(holds([LOW, HIGH])).toBe(true);
  expect(holds([HIGH, LOW])).toBe(false);
  expect(holds([])).toBe(false);
});

test('an end that cuts off the 8 MiB at 0xf8000000 leaves them without', () => {
  expect(holds([WRAPPED])).toBe(true);
  expect(holds([[0n, 0xfed40000n]])).toBe(true);
  expect(holds([[0n, 0xf7ffffffn]])).toBe(true);
  // 0x34084 bytes of the framebuffer: vmbus_reserve_fb() tries no less than 1 MiB.
  expect(holds([[0n, 0xf8034083n]])).toBe(false);
  expect(holds([[0n, 0xf8000000n]])).toBe(false);
  expect(holds([[0n, 0xf87ffffen]])).toBe(false);
  expect(holds([[0n, 0xf87fffffn]])).toBe(true);
});

test('a second low window leads past it', () => {
  expect(holds([LOW, [0xe0000000n, 0xefffffffn]])).toBe(false);
  expect(holds([LOW, WRAPPED])).toBe(false);
});

test('two from 0 on: the first holds all of the second, and the allocator tests for the reservation', () => {
  expect(holds([WRAPPED, WRAPPED])).toBe(true);
  expect(holds([WRAPPED, [0n, 0xfed40000n]])).toBe(true);
  expect(holds([[0n, 0xfed40000n], WRAPPED])).toBe(false);
  expect(holds([WRAPPED, WRAPPED], false)).toBe(false);
});
