/**
 * DOMAIN.md section 10 (as section 11 corrects it), row by row, as far as it is about what Linux does: windows,
 * reservation, and where a pass-through device's configuration window lands.
 */
import { describe, expect, test } from 'vitest';
import { sysfbOf } from '../../src/linux/kconfig/sysfb.ts';
import { profileOf } from '../../src/linux/profile.ts';
import { parseRelease } from '../../src/linux/release.ts';
import { PASS_THROUGH_NVME, type Scenario } from '../../src/linux/scenario.ts';
import { type Simulation, simulate } from '../../src/linux/simulate.ts';
import { buildAcpiPool } from '../../src/linux/vmbus/acpi-pool.ts';
import { buildDeviceTreePool } from '../../src/linux/vmbus/device-tree-pool.ts';
import { type FramebufferFacts, reserveFramebuffer } from '../../src/linux/vmbus/reservation.ts';

const behaviour = (release: string) => profileOf(parseRelease(release)!).behaviour;
const LOW = { min: 0xf8000000n, max: 0xffffffffn };
const HIGH = { min: 0xfe0000000n, max: 0xfffffffffn };
const GEN2_FB = { base: 0xf8000000n, size: 0x800000n };
const GEN1_FB = { base: 0xf8000000n, size: 0x4000000n };
const EFI: FramebufferFacts = {
  boot: 'efi',
  sysfb: true,
  screenInfo: { lfbBase: 0xf8000000n, lfbSize: 0x300000n },
  gen1Video: null,
};
const WITHOUT = { ...EFI, sysfb: false };
const NO_LFB = { ...EFI, screenInfo: { lfbBase: 0n, lfbSize: 0n } };

function acpi(
  release: string,
  facts: FramebufferFacts,
  windows: readonly { min: bigint; max: bigint }[] = [LOW, HIGH],
  framebuffer = GEN2_FB,
  scenario: Scenario = PASS_THROUGH_NVME,
): Simulation {
  const pool = buildAcpiPool(behaviour(release), [
    { name: 'VMBS', crs: [] },
    { name: 'VMOD', crs: windows.map((window) => ({ type: 'qword', ...window })) },
  ]);
  reserveFramebuffer(behaviour(release), pool, facts);
  return simulate(behaviour(release), pool, scenario, framebuffer);
}

function tree(base: bigint, framebuffer?: { base: bigint; size: bigint }, size = 0x10000000n): Simulation {
  const pool = buildDeviceTreePool(
    behaviour('6.12.94'),
    { ranges: [{ bus: base, cpu: base, size }] },
    'x86_64',
  );
  return simulate(behaviour('6.12.94'), pool, PASS_THROUGH_NVME, framebuffer);
}

describe('device tree', () => {
  test('VTL2, a window above 4 GiB: no hazard, and nothing is ever reserved', () => {
    const played = tree(0xff0000000n);
    expect(played.hazard).toBe('none');
    expect(played.pool.reservation.called).toBe(false);
    // Configuration window and 64-bit BARs fit.
    expect(played.steps.map((step) => step.outcome?.kind)).toEqual(['placed', 'placed', 'placed']);
  });

  test('VTL2, a 32-bit BAR in a window above 4 GiB gets nothing', () => {
    const scenario: Scenario = {
      name: '32-bit',
      steps: [
        {
          do: 'probe',
          bootDisk: true,
          device: { kind: 'pci-pass-through', name: 'old', bars: [{ size: 0x1000n, bits: 32 }], size: 0n },
        },
      ],
    };
    const pool = buildDeviceTreePool(
      behaviour('6.12.94'),
      { ranges: [{ bus: 0xff0000000n, cpu: 0xff0000000n, size: 0x10000000n }] },
      'x86_64',
    );
    const played = simulate(behaviour('6.12.94'), pool, scenario, undefined);
    expect(played.steps[1]).toMatchObject({
      what: 'low bridge window',
      outcome: { kind: 'failed', ret: -6 },
      consequence: 'Need 0x1000 of low MMIO space. Consider reconfiguring the VM.',
    });
    // The driver gives back what it had.
    expect(played.pool.windows[0]!.children).toEqual([]);
    expect(played.pool.iomem.children).toEqual([]);
  });

  test('a window that holds a framebuffer: the configuration window lands on it', () => {
    const played = tree(0xf8000000n, GEN2_FB, 0x4000000n);
    expect(played.hazard).toBe('boot-failure');
    expect(played.steps[0]).toMatchObject({ onFramebuffer: true, outcome: { start: 0xf8000000n } });
  });

  test('a framebuffer that begins where the window ends is not in it, though the driver stores that address', () => {
    expect(tree(0xf0000000n, { base: 0xf8000000n, size: 0x800000n }, 0x8000000n).hazard).toBe('none');
  });

  test('a low window and nobody knows the framebuffer', () => {
    expect(tree(0xf8000000n, undefined, 0x4000000n).hazard).toBe('unknown');
  });
});

describe('ACPI and EFI, the framebuffer at the base of the low window, pass-through PCI', () => {
  test.each(['5.10.218', '6.1.170', '6.6.10'])('%s: reserved without CONFIG_SYSFB', (release) => {
    expect(acpi(release, WITHOUT).hazard).toBe('none');
  });

  test.each(['6.7', '6.12.94', '6.12.117', '6.15'])(
    '%s: without CONFIG_SYSFB the boot disk is lost',
    (release) => {
      const played = acpi(release, WITHOUT);
      expect(played.hazard).toBe('boot-failure');
      expect(played.steps[0]).toMatchObject({
        what: 'configuration window',
        onFramebuffer: true,
        consequence: 'Hyper-V refuses it: PCI Pass-through VSP failed D0 Entry; the device is lost',
      });
      expect(acpi(release, EFI).hazard).toBe('none');
    },
  );

  test.each(['6.16', '7.3.4'])('%s: needed and forced by select, unless EFI=n or VTL_MODE=y', (release) => {
    expect(acpi(release, WITHOUT).hazard).toBe('boot-failure');
    const sysfb = (values: string): string =>
      sysfbOf(behaviour(release), new Map(values.split(' ').map((name) => [name, 'y'])), 'x86_64').sysfb;
    expect(sysfb('HYPERV HYPERV_VMBUS EFI')).toBe('y');
    expect(sysfb('HYPERV HYPERV_VMBUS')).toBe('n');
    expect(sysfb('HYPERV HYPERV_VMBUS EFI HYPERV_VTL_MODE')).toBe('n');
  });

  test('lfb_base 0 before the fallback: CONFIG_SYSFB alone is useless', () => {
    expect(acpi('6.12.94', NO_LFB).hazard).toBe('boot-failure');
    expect(acpi('6.6.10', NO_LFB).hazard).toBe('boot-failure');
  });

  test('lfb_base 0 with the fallback: needed, since the fallback is inside the gate', () => {
    expect(acpi('7.3.4', NO_LFB).hazard).toBe('none');
    expect(acpi('6.18.37', NO_LFB).hazard).toBe('none');
    expect(acpi('7.3.4', { ...NO_LFB, sysfb: false }).hazard).toBe('boot-failure');
    // 6.1 has the fallback and no gate.
    expect(acpi('6.1.192', { ...NO_LFB, sysfb: false }).hazard).toBe('none');
  });

  test('the first window at or above 4 GiB: no reservation is possible, and 7.1 says so', () => {
    const played = acpi('7.3.4', EFI, [HIGH]);
    expect(played.pool.framebuffer).toBeNull();
    expect(played.pool.log[0]!.text).toContain('Unexpected low mmio base 0x0000000fe0000000');
    expect(played.hazard).toBe('none');
  });

  test('a framebuffer in a window that is not the first: no reservation, so it is open', () => {
    const played = acpi('6.12.94', { ...EFI, screenInfo: { lfbBase: 0xf8000000n, lfbSize: 0x300000n } }, [
      { min: 0x80000000n, max: 0x80001fffn },
      LOW,
    ]);
    expect(played.pool.framebuffer).toBeNull();
    // The first window is too small for all that NVMe asks for, so its bridge window goes to the next.
    expect(played.steps[0]).toMatchObject({ outcome: { start: 0x80000000n }, onFramebuffer: false });
    expect(played.hazard).toBe('framebuffer-unprotected');
  });

  test('CONFIG_SYSFB on but nothing reserved: hyperv_drm takes what there is, and pci-hyperv the framebuffer', () => {
    const played = acpi('6.12.94', NO_LFB);
    expect(played.steps.at(-1)).toMatchObject({ device: 'hyperv_drm', outcome: { fromReservation: false } });
  });
});

describe('Generation 1', () => {
  const bios = (lfbBase: bigint): FramebufferFacts => ({
    boot: 'bios',
    sysfb: false,
    screenInfo: { lfbBase, lfbSize: 0n },
    gen1Video: { kind: 'mem', start: GEN1_FB.base, size: GEN1_FB.size },
  });
  const windows = [{ min: 0xa0000n, max: 0xbffffn }, { min: 0xf8000000n, max: 0xfffbffffn }, HIGH];

  test.each(['6.0', '6.1.170', '6.12.94', '7.3.4'])(
    '%s: the BAR is reserved without CONFIG_SYSFB',
    (release) => {
      const played = acpi(release, bios(0n), windows, GEN1_FB);
      expect(played.pool.framebuffer).toMatchObject({ start: 0xf8000000n, end: 0xfbffffffn });
      expect(played.hazard).toBe('none');
    },
  );

  test.each(['5.10.218', '5.10.262'])(
    '%s: screen_info, not gated; in text mode (lfb_base 0) it is open',
    (release) => {
      expect(acpi(release, bios(0xf8000000n), windows, GEN1_FB).hazard).toBe('none');
      const text = acpi(release, bios(0n), windows, GEN1_FB);
      // The symptom in the message of f0880e2cb7e1: f8000000-f8001fff inside the video BAR.
      expect(text.steps[0]).toMatchObject({
        outcome: { start: 0xf8000000n, end: 0xf8001fffn },
        onFramebuffer: true,
      });
    },
  );

  test('no PCI device 1414:5353: nothing is reserved', () => {
    const played = acpi('6.12.94', { ...bios(0xf8000000n), gen1Video: null }, windows, GEN1_FB);
    expect(played.pool.reservation.why).toBe('there is no PCI device 1414:5353');
  });
});

test('without a pass-through device the missing reservation has no victim', () => {
  const scenario: Scenario = { name: 'graphics alone', steps: PASS_THROUGH_NVME.steps.slice(1) };
  expect(acpi('6.12.94', WITHOUT, [LOW, HIGH], GEN2_FB, scenario)).toMatchObject({
    hazard: 'framebuffer-unprotected',
    summary: 'no allocation of this scenario lands on the framebuffer, but nothing keeps one off it',
  });
});
