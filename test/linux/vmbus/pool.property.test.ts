/**
 * The driver's list of windows and its reservation, written a second time as the kernel does it: a singly linked list that
 * vmbus_walk_resources() goes along for each range, and sizes that are halved until one fits.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../src/linux/profile.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { type AcpiDescriptor, type AcpiLevel, buildAcpiPool } from '../../../src/linux/vmbus/acpi-pool.ts';
import { levelsOf, vmbusNodeOf } from '../../../src/linux/vmbus/firmware-input.ts';
import { isBusy } from '../../../src/linux/vmbus/iomem-regions.ts';
import { reserveFramebuffer } from '../../../src/linux/vmbus/reservation.ts';
import { compare } from '../../../src/symbolic/index.ts';
import { runs } from '../../runs.ts';
import { fieldOf } from '../../symbolic/fields.ts';

const MIB = 0x10_0000n;
const TPM = 0xfed4_0000n;
const behaviour = (release: string) => profileOf(parseRelease(release)!).behaviour;

/** By release: how the end is cut at the TPM (016a25e4b0df), and whether neighbours join and where the list grows (4.7). */
const RELEASES = [
  ['4.4', { joins: false, ascending: false, cut: 'keeps', floor: true }],
  ['5.10.218', { joins: true, ascending: true, cut: 'keeps', floor: true }],
  ['7.3.4', { joins: true, ascending: true, cut: 'below', floor: true }],
] as const;

const range = fc
  .tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 1, max: 6 }), fc.boolean())
  .map(([at, size, high]) => {
    // Around the first MiB, and around the TPM.
    const unit = high ? 0x2_0000n : MIB / 4n;
    const start = (high ? TPM - 12n * unit : 0n) + BigInt(at) * unit;
    return { start, end: start + BigInt(size) * unit - 1n };
  });

interface Node {
  start: bigint;
  end: bigint;
  next: Node | undefined;
}

function listOf(
  ranges: readonly { start: bigint; end: bigint }[],
  rules: (typeof RELEASES)[number][1],
): (readonly [bigint, bigint])[] {
  let head: Node | undefined;
  for (const given of ranges) {
    const { start } = given;
    let { end } = given;
    if (rules.floor && end < MIB) continue;
    if (rules.cut === 'keeps' && end > TPM && start < TPM) end = TPM;
    if (rules.cut === 'below' && end >= TPM && start < TPM) end = TPM - 1n;
    let isDone = false;
    let before: Node | undefined;
    for (let node = head; node !== undefined; before = node, node = node.next) {
      if (rules.joins && node.end + 1n === start) {
        node.end = end;
        isDone = true;
        break;
      }
      if (rules.joins && node.start === end + 1n) {
        node.start = start;
        isDone = true;
        break;
      }
      if (rules.ascending ? node.start > end : node.end < start) break;
    }
    if (isDone) continue;
    const next = before === undefined ? head : before.next;
    const made: Node = { start, end, next };
    if (before === undefined) head = made;
    else before.next = made;
  }
  const list: (readonly [bigint, bigint])[] = [];
  for (let node = head; node !== undefined; node = node.next) list.push([node.start, node.end]);
  return list;
}

test.each(RELEASES)('the list of %s', (release, rules) => {
  const known = behaviour(release);
  expect([known.mergesTouching, known.windowOrder === 'ascending', known.floor]).toEqual([
    rules.joins,
    rules.ascending,
    rules.floor,
  ]);
  fc.assert(
    fc.property(fc.array(range, { maxLength: 7 }), (ranges) => {
      const crs = ranges.map(({ start, end }): AcpiDescriptor => ({ type: 'qword', min: start, max: end }));
      const levels: AcpiLevel[] = [
        { name: 'VMBS', crs: [] },
        { name: 'VMOD', crs },
      ];
      const pool = buildAcpiPool(known, levels);
      expect(pool.windows.map(({ start, end }) => [start, end])).toEqual(listOf(ranges, rules));
      expect(pool.reserveCalled).toBe(pool.windows.length > 0);
      const parts = pool.windows.flatMap((window) => window.parts.map(({ index }) => index));
      const left = pool.leftOut.map(({ index }) => index);
      expect([...parts, ...left].sort((a, b) => a - b)).toEqual(ranges.map((_, i) => i));
      // One that was cut ends at the TPM.
      for (const window of pool.windows)
        if (window.cutAtVtpm) expect([TPM, TPM - 1n].some((end) => window.end >= end)).toBe(true);
    }),
    { numRuns: runs(200) },
  );
});

test('what the driver finds, and how large a part of it fits', () => {
  const known = behaviour('6.12.30');
  const WINDOW = { start: 0xf800_0000n, size: 64n * MIB };
  fc.assert(
    fc.property(fc.nat({ max: 80 }), fc.nat({ max: 40 }), (at, size) => {
      const pool = buildAcpiPool(known, [
        { name: 'VMBS', crs: [] },
        { name: 'VMOD', crs: [{ type: 'dword', min: WINDOW.start, max: WINDOW.start + WINDOW.size - 1n }] },
      ]);
      const base = WINDOW.start + BigInt(at - 8) * MIB;
      const lfbSize = BigInt(size) * MIB;
      reserveFramebuffer(known, pool, {
        boot: 'efi',
        sysfb: true,
        screenInfo: { lfbBase: base, lfbSize },
        gen1Video: null,
      });
      // At least 8 MiB, halved down to 1 MiB until it lies in the first window.
      let wanted = lfbSize > 8n * MIB ? lfbSize : 8n * MIB;
      let found: bigint | undefined;
      for (; wanted >= MIB; wanted /= 2n)
        if (base >= WINDOW.start && base + wanted <= WINDOW.start + WINDOW.size) {
          found = wanted;
          break;
        }
      const { framebuffer, reservation } = pool;
      expect(
        framebuffer === null ? undefined : [framebuffer.start, framebuffer.end - framebuffer.start + 1n],
      ).toEqual(found === undefined ? undefined : [base, found]);
      expect(reservation.called).toBe(true);
      expect(reservation.base).toBe('screen_info');
      expect(reservation.tries.map(({ ok }) => ok)).toEqual(
        reservation.tries.map((_, i) => found !== undefined && i === reservation.tries.length - 1),
      );
      expect(reservation.why === undefined).toBe(found !== undefined);
    }),
    { numRuns: runs(200) },
  );
});

describe('what firmware readers give the driver', () => {
  const F = fieldOf('MG2B');
  const descriptor = (type: string, min: unknown, max: unknown, more = {}) =>
    ({ type, fields: { min, max, ...more } }) as never;
  const levels = (entry: object | undefined) => levelsOf([{ path: 'P', entry: entry as never }]);
  const ok = (...resources: unknown[]) => levels({ status: 'ok', resources });

  test('each kind of descriptor', () => {
    expect(
      ok(
        descriptor('dword-address', 1n, 2n),
        descriptor('qword-address', 3n, 4n),
        descriptor('word-address', 5n, 6n),
        descriptor('extended-irq', undefined, undefined, { interrupts: [1n, 2n] }),
        descriptor('extended-irq', undefined, undefined, { interrupts: [] }),
        descriptor('extended-irq', undefined, undefined),
        descriptor('dword-address', 1n, undefined),
        descriptor('qword-address', undefined, 1n),
      ).levels[0],
    ).toEqual({
      name: 'P',
      crs: [
        { type: 'dword', min: 1n, max: 2n, name: 'dword-address' },
        { type: 'qword', min: 3n, max: 4n, name: 'qword-address' },
        { type: 'other', min: 0n, max: 0n, name: 'word-address' },
        { type: 'extended-irq', min: 0n, max: 0n, name: 'extended-irq', interrupts: 2 },
        { type: 'extended-irq', min: 0n, max: 0n, name: 'extended-irq', interrupts: 0 },
        { type: 'extended-irq', min: 0n, max: 0n, name: 'extended-irq' },
        { type: 'other', min: 0n, max: 0n, name: 'dword-address' },
        { type: 'other', min: 0n, max: 0n, name: 'qword-address' },
      ],
    });
  });

  test('a level without _CRS, one that fails, and what is open', () => {
    expect(levels(undefined)).toEqual({ levels: [{ name: 'P', crs: null, lacksCrs: true }], open: [] });
    expect(levels({ status: 'error', resources: [] })).toEqual({
      levels: [{ name: 'P', crs: null }],
      open: [],
    });
    expect(levels({ status: 'unknown', resources: [] })).toEqual({
      levels: [{ name: 'P', crs: null }],
      open: [{ path: 'P', why: 'its result depends on values that are not known', fields: [] }],
    });
    const alternatives = [
      {
        condition: compare('eq', fieldOf('SELA', { bits: 8 }), 1n),
        resources: [descriptor('dword-address', F, 5n)],
      },
      {
        condition: compare('ne', fieldOf('SELA', { bits: 8 }), 1n),
        resources: [
          descriptor('dword-address', 1n, fieldOf('MAXI')),
          descriptor('irq', undefined, undefined),
        ],
      },
    ];
    expect(levels({ status: 'alternatives', why: 'by SELA', resources: [], alternatives }).open).toEqual([
      { path: 'P', why: 'by SELA', fields: ['SELA', 'MG2B', 'MAXI'] },
    ]);
    expect(ok(descriptor('dword-address', F, 5n)).open).toEqual([
      { path: 'P', why: 'the minimum is MG2B', fields: ['MG2B'] },
    ]);
    expect(ok(descriptor('dword-address', 1n, F)).open).toEqual([
      { path: 'P', why: 'the maximum is MG2B', fields: ['MG2B'] },
    ]);
    expect(ok(descriptor('dword-address', fieldOf('MINI'), F)).open).toEqual([
      { path: 'P', why: 'the minimum is MINI', fields: ['MINI', 'MG2B'] },
    ]);
    expect(ok(descriptor('word-address', F, F)).open).toEqual([]);
  });

  const node = (...names: string[]) =>
    ({
      name: 'vmbus',
      properties: names.map((name) => ({ name, value: new Uint8Array() })),
      children: [],
    }) as never;
  test('ranges of its own node, and whether it has an interrupt', () => {
    const own = node('ranges');
    const entry = (more: object) =>
      ({ node: own, item: 'ranges', base: 1n, cpu: 2n, size: 3n, ...more }) as never;
    expect(vmbusNodeOf(node(), [])).toEqual({ ranges: null });
    expect(
      vmbusNodeOf(own, [
        entry({}),
        entry({ item: 'reg' }),
        entry({ node: node('ranges') }),
        entry({ cpu: null, size: null, base: -1n, flags: { cell: 7 } }),
      ]),
    ).toEqual({
      ranges: [
        { bus: 1n, cpu: 2n, size: 3n },
        { bus: (1n << 64n) - 1n, cpu: null, size: 0n, flags: 7n },
      ],
      interrupt: false,
    });
    expect(vmbusNodeOf(node('ranges', 'interrupts'), []).interrupt).toBe(true);
    expect(vmbusNodeOf(node('ranges', 'interrupts-extended'), []).interrupt).toBe(true);
    expect(vmbusNodeOf(node('ranges', 'interrupt-parent'), []).interrupt).toBe(false);
  });
});

// do_mark_busy() of arch/x86/kernel/e820.c, and which resources drivers insert rather than request.
test.each<[string, bigint, boolean]>([
  ['System RAM', MIB, true],
  ['ACPI Tables', MIB, true],
  ['IOAPIC 0', MIB, true],
  ['Reserved', MIB, false],
  ['reserved', MIB, false],
  ['Reserved', MIB - 1n, true],
  ['reserved', 0n, true],
  ['Soft Reserved', MIB, false],
  ['Persistent Memory (legacy)', MIB, false],
  ['PCI Bus 0000:00', MIB, false],
  ['PCI ECAM 0000 [bus 00-ff]', MIB, false],
  ['0000:00:08.0', MIB, false],
  ['0000:00:08.8', MIB, true],
  ['BOOTFB', MIB, false],
  ['efifb', MIB, true],
  ['pnp 00:01', MIB, false],
  ['HPET 0', MIB, false],
  ['PNP0103:00', MIB, false],
  ['xReserved', MIB, true],
])('%s at %d is busy: %s', (name, start, busy) => {
  expect(isBusy({ name, start })).toBe(busy);
});
