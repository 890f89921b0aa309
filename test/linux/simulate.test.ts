/** What a scenario comes to: the hazard, by where the framebuffer is and what is kept off it. */
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { profileOf } from '../../src/linux/profile.ts';
import { region } from '../../src/linux/region-tree.ts';
import { parseRelease } from '../../src/linux/release.ts';
import { checkAgainstKernel } from '../../src/linux/self-check.ts';
import { simulate } from '../../src/linux/simulate.ts';
import { buildAcpiPool } from '../../src/linux/vmbus/acpi-pool.ts';
import type { SimulatedDevice } from '../../src/linux/vmbus/callers.ts';
import type { VmbusPool } from '../../src/linux/vmbus/pool.ts';
import { observedFact as fact } from '../evidence/artifacts.ts';

const { behaviour } = profileOf(parseRelease('6.12.30')!);
const LOW = 0xf800_0000n;
const HIGH = 0x10_0000_0000n;
const MIB = 0x10_0000n;

/** A pool of one `_CRS` with these windows; ends inclusive. */
function pool(...windows: readonly (readonly [start: bigint, end: bigint])[]): VmbusPool {
  const crs = windows.map(([min, max]) => ({ type: 'qword', min, max, name: 'qword-address' }) as const);
  return buildAcpiPool(behaviour, [
    { name: '\\_SB.VMBS', crs: [] },
    { name: '\\_SB.VMOD', crs },
  ]);
}
function reserved(of: VmbusPool, start: bigint, end: bigint): VmbusPool {
  const framebuffer = region(start, end, 'fb', true);
  of.windows.find((window) => window.start <= start && window.end >= end)!.children.push(framebuffer);
  return { ...of, framebuffer };
}
const nvme: SimulatedDevice = {
  kind: 'pci-pass-through',
  name: 'nvme',
  bars: [{ size: 0x4000n, bits: 64 }],
  size: 0n,
};
const play = (
  of: VmbusPool,
  framebuffer?: { base: bigint; size: bigint },
  { bootDisk = false, device = nvme }: { bootDisk?: boolean; device?: SimulatedDevice | null } = {},
) => {
  const steps = device === null ? [] : [{ do: 'probe' as const, device, bootDisk }];
  return simulate(behaviour, of, { name: 'made', steps } as never, framebuffer);
};

describe('the hazard', () => {
  const low = (): VmbusPool => pool([LOW, LOW + 64n * MIB - 1n], [HIGH, HIGH + 256n * MIB - 1n]);
  const AT_LOW = { base: LOW, size: 8n * MIB };

  test('first fit is at the bottom, where the framebuffer is', () => {
    const played = play(low(), AT_LOW);
    expect([played.hazard, played.summary]).toEqual([
      'framebuffer-unprotected',
      'the configuration window of nvme lands on the framebuffer',
    ]);
    const boot = play(low(), AT_LOW, { bootDisk: true });
    expect([boot.hazard, boot.summary]).toEqual([
      'boot-failure',
      'the configuration window of nvme lands on the framebuffer: the boot disk is lost',
    ]);
    expect(boot.steps.map(({ what, onFramebuffer }) => [what, onFramebuffer])).toEqual([
      ['configuration window', true],
      ['high bridge window', false],
    ]);
    expect(boot.steps[0]!.consequence).toContain('D0 Entry');
    expect(boot.steps[1]!.consequence).toBeUndefined();
  });

  test('a bridge window on it loses no boot disk', () => {
    const device = { ...nvme, bars: [{ size: 8n * MIB, bits: 32 as const }] };
    // The configuration window takes the first two pages; a window of 8 MiB is aligned to its size.
    const played = play(low(), { base: LOW + 8n * MIB, size: MIB }, { bootDisk: true, device });
    expect(played.steps.map(({ what, onFramebuffer }) => [what, onFramebuffer])).toEqual([
      ['configuration window', false],
      ['low bridge window', true],
    ]);
    expect(played.hazard).toBe('framebuffer-unprotected');
    expect(played.steps[1]!.consequence).toBe('the device and the framebuffer have the same addresses');
  });

  test.each<[string, { base: bigint; size: bigint }, boolean]>([
    ['its first byte', { base: LOW + 0x1fffn, size: MIB }, true],
    ['behind it', { base: LOW + 0x2000n, size: MIB }, false],
    ['its last byte', { base: LOW - MIB + 1n, size: MIB }, true],
    ['before it', { base: LOW - MIB, size: MIB }, false],
  ])('a claim meets the framebuffer: %s', (_, framebuffer, meets) => {
    expect(play(low(), framebuffer).steps[0]!.onFramebuffer).toBe(meets);
  });

  const END = LOW + 64n * MIB;
  test.each<[string, bigint, bigint, string]>([
    ['before the window', LOW - MIB, MIB, 'none'],
    ['in its first byte', LOW - MIB + 1n, MIB, 'framebuffer-unprotected'],
    ['in its last byte', END - 1n, MIB, 'framebuffer-unprotected'],
    ['behind it', END, MIB, 'none'],
  ])('nothing is asked for, the framebuffer is %s', (_, base, size, hazard) => {
    const played = play(low(), { base, size }, { device: null });
    expect(played.hazard).toBe(hazard);
    expect(played.summary).toBe(
      hazard === 'none'
        ? 'the framebuffer is in no window: nothing can be placed on it'
        : 'no allocation of this scenario lands on the framebuffer, but nothing keeps one off it',
    );
  });

  test.each<[string, bigint, bigint, string]>([
    ['all of it', LOW, LOW + 8n * MIB - 1n, 'none'],
    ['more', LOW, LOW + 9n * MIB - 1n, 'none'],
    ['all but its last byte', LOW, LOW + 8n * MIB - 2n, 'framebuffer-unprotected'],
    ['all but its first byte', LOW + 1n, LOW + 8n * MIB - 1n, 'framebuffer-unprotected'],
  ])('what is set aside is %s', (_, start, end, hazard) => {
    expect(play(reserved(low(), start, end), AT_LOW, { device: null }).hazard).toBe(hazard);
  });

  test('a framebuffer that reaches out of the window is kept as far as it is in there', () => {
    const across = { base: LOW - MIB, size: 2n * MIB };
    expect(play(reserved(low(), LOW, LOW + MIB - 1n), across, { device: null }).hazard).toBe('none');
    const end = { base: END - MIB, size: 2n * MIB };
    expect(play(reserved(low(), END - MIB, END - 1n), end, { device: null }).hazard).toBe('none');
  });

  test('nobody knows where it is', () => {
    const open = play(low());
    expect([open.hazard, open.summary]).toEqual(['unknown', 'nothing says where the framebuffer is']);
    expect(open.steps.map(({ onFramebuffer }) => onFramebuffer)).toEqual([null, false]);
    const high = play(pool([HIGH, HIGH + 256n * MIB - 1n]));
    expect([high.hazard, high.summary]).toEqual([
      'none',
      'no window is below 4 GiB, where the framebuffer is',
    ]);
    expect(high.steps[0]!.onFramebuffer).toBe(false);
  });

  test('the owner of the framebuffer may be on it, and gets it', () => {
    const video = { kind: 'hyperv_drm', name: 'video', bars: [], size: 8n * MIB };
    const played = play(reserved(low(), LOW, LOW + 8n * MIB - 1n), AT_LOW, { device: video });
    expect(played.steps).toMatchObject([
      { what: 'framebuffer', onFramebuffer: false, outcome: { start: LOW, fromReservation: true } },
    ]);
    expect(played.hazard).toBe('none');
  });

  test('what fails gives back what it had', () => {
    const small = pool([LOW, LOW + 0x2fffn]);
    const played = play(small);
    expect(played.steps.map(({ what, outcome }) => [what, outcome!.kind])).toEqual([
      ['configuration window', 'placed'],
      ['high bridge window', 'failed'],
    ]);
    expect(played.steps[1]!.consequence).toBe(
      'Need 0x4000 of high MMIO space. Consider reconfiguring the VM.',
    );
    expect(played.pool.windows[0]!.children).toEqual([]);
    // The pool given stays as it was.
    expect(small.windows[0]!.children).toEqual([]);
    const steps = [
      { do: 'probe', device: nvme, bootDisk: false },
      { do: 'remove', name: 'nvme' },
      { do: 'remove', name: 'nvme' },
    ];
    const removed = simulate(behaviour, low(), { name: 'made', steps } as never, undefined);
    expect(removed.steps.slice(2).map(({ what }) => what)).toEqual(['removed', 'not there to be removed']);
    expect(removed.pool.windows.flatMap(({ children }) => children)).toEqual([]);
  });
});

describe('the model, compared with the kernel', () => {
  const GUID = '12345678-1234-1234-1234-123456789abc';
  const VIDEO = '5620e0c7-8062-4dce-aeb7-520c7ef76171';
  const node = (start: bigint, last: bigint, name = GUID) => ({
    start,
    last,
    name,
    depth: 0,
    children: [],
    fact: fact('a'),
  });
  const checked = (of: VmbusPool, start: bigint, last: bigint, name?: string) => {
    const sink = new DiagnosticList();
    const [check] = checkAgainstKernel(of, { printedPools: [], iomem: [node(start, last, name)] }, sink);
    return [check?.agrees, check?.model.replace(/\[.*/, ''), sink.all.length];
  };
  const END = LOW + 64n * MIB - 1n;
  const one = (): VmbusPool => reserved(pool([LOW, END]), LOW + MIB, LOW + 2n * MIB - 1n);

  test.each<[string, bigint, bigint, string | undefined, readonly unknown[]]>([
    ['in the window', LOW, LOW + 0xfffn, undefined, [true, 'a place in the window ', 0]],
    ['up to its end', END - 0xfffn, END, undefined, [true, 'a place in the window ', 0]],
    ['beyond it', END - 0xfffn, END + 1n, undefined, [false, 'no such window (', 1]],
    ['before it', LOW - 1n, LOW + 1n, undefined, [false, 'no such window (', 1]],
    ['in the first byte of the reservation', LOW, LOW + MIB, undefined, [false, 'that range reserved: ', 1]],
    ['up to the reservation', LOW, LOW + MIB - 1n, undefined, [true, 'a place in the window ', 0]],
    ['in its last byte', LOW + 2n * MIB - 1n, LOW + 3n * MIB, undefined, [false, 'that range reserved: ', 1]],
    ['behind it', LOW + 2n * MIB, LOW + 3n * MIB, undefined, [true, 'a place in the window ', 0]],
    ['the video device in it', LOW + MIB, LOW + 2n * MIB - 1n, VIDEO, [true, 'a place in the window ', 0]],
    ['what is no VMBus device', 0n, 1n, 'System RAM', [undefined, undefined, 0]],
  ])('a claim %s', (_, start, last, name, expected) => {
    expect(checked(one(), start, last, name)).toEqual(expected);
  });

  test('without a reservation a claim may be anywhere; without windows nowhere', () => {
    expect(checked(pool([LOW, END]), LOW + MIB, LOW + 2n * MIB)).toEqual([true, 'a place in the window ', 0]);
    const { model } = checkAgainstKernel(
      pool(),
      { printedPools: [], iomem: [node(LOW, LOW)] },
      new DiagnosticList(),
    )[0]!;
    expect(model).toBe('no such window (none)');
  });

  test('the windows and the reservation that the driver printed', () => {
    const agree = (windows: unknown, framebuffer: unknown) => {
      const sink = new DiagnosticList();
      const facts = { printedPools: [fact({ windows, framebuffer } as never)], iomem: [] };
      return [checkAgainstKernel(one(), facts, sink).map(({ agrees }) => agrees), sink.all.length];
    };
    const window = { start: LOW, last: END };
    const fb = { start: LOW + MIB, last: LOW + 2n * MIB - 1n };
    expect(agree([window, null], fb)).toEqual([[true, true], 0]);
    expect(agree([window, null], null)).toEqual([[true, false], 1]);
    expect(agree([{ ...window, last: END - 1n }, null], fb)).toEqual([[false, true], 1]);
    expect(agree([window, window], { ...fb, start: LOW })).toEqual([[false, false], 2]);
  });
});
