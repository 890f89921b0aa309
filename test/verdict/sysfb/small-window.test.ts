/** A window too small for Generation 2's framebuffer is not the low gap: DOMAIN 11.7, h-kind-dwordio-counts, h-floor-starts-1m. */
import { expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatCondition } from '../../../src/symbolic/index.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

async function ask(release: string, ...windows: readonly (readonly [bigint, bigint])[]): Promise<Verdict> {
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  const crs = windows.map(
    ([min, max]) =>
      `${max >> 32n > 0n ? 'QWord' : 'DWord'}Memory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${hex(min)}, ${hex(max)}, 0, ${hex(max - min + 1n)})`,
  );
  const table = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) {
  Device (\\_SB.VMOD) {
    Name (_HID, "ACPI0004")
    Name (_CRS, ResourceTemplate () { ${crs.join('\n')} })
    Device (VMBS) { Name (_HID, "VMBus") Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} }) }
  }
}`,
    'dsdt.asl',
  );
  return answerSysfb([table], { describe: {}, kernel: { release } }, new DiagnosticList());
}

const SMALL = [0x100000n, 0x1fffffn] as const;
const LOW = [0xf8000000n, 0xffffffffn] as const;

it('one MiB at 1 MiB comes first and takes the reservation with it: vmbus_reserve_fb() reserves in its first window only', async () => {
  for (const release of ['6.6.10', '6.12.60', '6.12.117', '7.3.4'])
    for (const windows of [
      [SMALL, LOW],
      [LOW, SMALL],
    ])
      expect(await ask(release, ...windows)).toMatchObject({
        answer: 'needed',
        framebuffer: { base: 0xf8000000n },
      });
  expect((await ask('6.6.10', SMALL, LOW)).effective).toBe(false);
  expect((await ask('6.6.10', LOW)).answer).toBe('not-needed');
});

it('eight MiB are enough, and where no window has them the framebuffer is at the base all the same', async () => {
  const base = async (
    ...windows: readonly (readonly [bigint, bigint])[]
  ): Promise<bigint | null | undefined> => (await ask('6.12.60', ...windows)).framebuffer?.base;
  expect(await base([0x70000000n, 0x707fffffn], LOW)).toBe(0x70000000n);
  expect(await base([0x70000000n, 0x707ffffen], LOW)).toBe(0xf8000000n);
  expect(await base([0x70000000n, 0x700fffffn])).toBe(0x70000000n);
});

it('one that reaches above 4 GiB may be the high gap: then it depends on which is the low one', async () => {
  const across = async (...windows: readonly (readonly [bigint, bigint])[]): Promise<Verdict> =>
    ask('6.0.1', ...windows);
  // From screen_info 6.0 reserves what is in its first window, the small one: nothing of a framebuffer at 0x10000000.
  const verdict = await across(SMALL, [0x10000000n, 0x10_0fffffffn]);
  expect(verdict.answer).toBe('depends');
  expect(verdict.conditions.map(({ answer }) => answer)).toEqual(['needed', 'not-needed']);
  expect(verdict.toSettle.map(({ what }) => what)).toEqual(['low_gap']);
  // Below 4 GiB it is the low gap.
  expect((await across(SMALL, [0x10000000n, 0xffffffffn])).answer).toBe('needed');
});

it('of several windows with room below 4 GiB any may be the low gap', async () => {
  const OTHER = [0x80000000n, 0x8fffffffn] as const;
  // 6.6 reserves in its first window, 0x80000000: a framebuffer at the base of the second stays unprotected.
  for (const windows of [
    [OTHER, LOW],
    [LOW, OTHER],
  ]) {
    const { answer, conditions } = await ask('6.6.10', ...windows);
    expect([answer, conditions.map(({ when, answer }) => [formatCondition(when), answer])]).toEqual([
      'depends',
      [
        ['low_gap == 0xf8000000', 'needed'],
        ['low_gap == 0x80000000', 'not-needed'],
      ],
    ]);
  }
  // Windows that touch are one to the driver, and so is the gap.
  expect((await ask('6.6.10', [0xe8000000n, 0xf7ffffffn], LOW)).answer).toBe('not-needed');
  expect((await ask('6.12.60', OTHER, LOW)).answer).toBe('needed');
  // Of more than four it isn't asked which: the framebuffer is in one of them.
  const many = [0x10n, 0x20n, 0x30n, 0x40n, 0x50n].map((at) => [at << 24n, (at << 24n) + 0xffffffn] as const);
  expect((await ask('6.6.10', ...many)).answer).toBe('depends');
});
