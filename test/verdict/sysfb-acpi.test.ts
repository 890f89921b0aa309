/**
 * The rows of the decision table that are ACPI boots, and the story of the review thread. Expected answers follow from
 * vmbus_reserve_fb() by release: a07b50d80ab6 (v6.7) put the test of CONFIG_SYSFB before screen_info, 96959283a58d
 * (v6.16) selects SYSFB, 016a25e4b0df (v7.1) falls back to the start of the first window, 2a8a8afba0c3 (v6.0) takes
 * Generation 1 from the PCI device.
 */
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { formatCondition } from '../../src/symbolic/index.ts';
import { artifact, ask, ids } from './asked.ts';

const dword = (min: string, max: string, length: string): string =>
  `DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length})`;
const qword = (min: string, max: string, length: string): string =>
  `QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length})`;

/** A local Hyper-V machine: low gap 0xf8000000, 128 MiB; high gap 0xfe0000000, 512 MiB. */
const LOW = dword('0xF8000000', '0xFFFFFFFF', '0x08000000');
const HIGH = qword('0xFE0000000', '0xFFFFFFFFF', '0x20000000');

function dsdt(hid: string, ...descriptors: string[]): Artifact {
  return artifact(
    'asl',
    'dsdt.asl',
    `DefinitionBlock ("", "DSDT", 2, "FWMAP", "TEST", 1) {
  Device (\\_SB.PARN) {
    Name (_HID, ${hid})
    Name (_CRS, ResourceTemplate () { ${descriptors.join('\n')} })
    Device (VMBS) {
      Name (_HID, "MSFT1000")
      Name (_CID, "VMBus")
      Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })
    }
  }
}`,
  );
}

const gen2 = (...descriptors: string[]): Artifact => dsdt('"ACPI0004"', ...descriptors);
const gen1 = (...descriptors: string[]): Artifact => dsdt('EisaId ("PNP0A03")', ...descriptors);
const config = (text: string): Artifact => artifact('kconfig', '.config', text);

/** Parts of a configuration: what it doesn't name is not known. */
const ON = `CONFIG_X86_64=y
CONFIG_EFI=y
CONFIG_HYPERV=y
CONFIG_PCI_HYPERV=y
CONFIG_FB_EFI=y
CONFIG_SYSFB=y
`;
const OFF = ON.replace(
  'CONFIG_FB_EFI=y\nCONFIG_SYSFB=y\n',
  '# CONFIG_FB_EFI is not set\n# CONFIG_SYSFB is not set\n',
);

describe('sysfb on Generation 2, the framebuffer at the base of the low window', () => {
  it.each(['5.19', '6.1.100', '6.6.10'])('%s reads screen_info in any case: not needed', async (release) => {
    const verdict = await ask([gen2(LOW, HIGH)], { release });
    expect(verdict).toMatchObject({ answer: 'not-needed', effective: false, hazard: 'none' });
    expect(verdict.machine).toEqual({ platform: 'hyperv-gen2', boot: 'efi', vtl: null });
    expect(ids(verdict)).toContain('efi-ungated');
  });

  it.each(['6.7', '6.12.30', '6.15'])('%s asks for CONFIG_SYSFB: needed', async (release) => {
    const verdict = await ask([gen2(LOW, HIGH)], { release });
    expect(verdict).toMatchObject({ answer: 'needed', effective: true, hazard: 'unknown' });
    expect(ids(verdict)).toContain('efi-gated');
    expect(verdict.framebuffer).toMatchObject({ base: 0xf8000000n, from: 'presumed' });
  });

  it('6.16 selects it: needed, and there is no hazard', async () => {
    const verdict = await ask([gen2(LOW, HIGH)], { release: '6.16.1' });
    expect(verdict).toMatchObject({ answer: 'needed', effective: true, hazard: 'none' });
    expect(ids(verdict)).toContain('kconfig-selects');
  });

  it('gives the pool as the driver keeps it, cut at the virtual TPM', async () => {
    const { pool } = await ask([gen2(LOW, HIGH)], { release: '7.2' });
    // 016a25e4b0df: the end becomes 0xfed3ffff. 0xfed40000 - 0xf8000000 = 0x6d40000.
    expect(pool.map(({ base, size }) => ({ base, size }))).toEqual([
      { base: 0xf8000000n, size: 0x6d40000n },
      { base: 0xfe0000000n, size: 0x20000000n },
    ]);
  });

  it('tells the story of the thread: 6.12 without CONFIG_SYSFB loses the boot disk', async () => {
    const verdict = await ask([gen2(LOW, HIGH), config(OFF)], { release: '6.12.30' });
    expect(verdict).toMatchObject({ answer: 'needed', effective: true, hazard: 'boot-failure' });
    expect(verdict.kernel.config).toMatchObject({ SYSFB: 'n', EFI: 'y' });
    const landing = verdict.rules.find((rule) => rule.id === 'pass-through-lands-on-framebuffer');
    expect(landing?.says).toContain('[mem 0xf8000000-0xf8001fff]');
  });

  it('and with it the same kernel is safe', async () => {
    const verdict = await ask([gen2(LOW, HIGH), config(ON)], { release: '6.12.30' });
    expect(verdict).toMatchObject({ answer: 'needed', effective: true, hazard: 'none' });
  });

  it('without PCI pass-through in the kernel the framebuffer is unprotected, no more', async () => {
    const without = config(OFF.replace('CONFIG_PCI_HYPERV=y', '# CONFIG_PCI_HYPERV is not set'));
    expect((await ask([gen2(LOW, HIGH), without], { release: '6.12.30' })).hazard).toBe(
      'framebuffer-unprotected',
    );
  });
});

/** boot_params whose screen_info is empty: 4 KiB of zeros but for the header's magic (Documentation/arch/x86/boot.rst). */
function emptyScreenInfo(): Artifact {
  const bytes = new Uint8Array(4096);
  bytes.set(new TextEncoder().encode('HdrS'), 0x202);
  return {
    kind: 'boot-params',
    source: { name: 'boot_params', form: 'blob', bytes },
    path: 'boot_params',
    sha256: '',
    steps: [],
  };
}

describe('sysfb without lfb_base', () => {
  it.each(['6.6.10', '6.12.30', '7.0.3'])(
    '%s reserves nothing, with CONFIG_SYSFB or without',
    async (release) => {
      const verdict = await ask([gen2(LOW, HIGH), emptyScreenInfo()], { release, boot: 'efi' });
      expect(verdict.answer).toBe('needed');
      // 7.0.3: 016a25e4b0df in 7.0.y is not confirmed, so either may be.
      expect(verdict.effective).toBe(release === '7.0.3' ? null : false);
      expect(ids(verdict)).toContain('reservation-not-possible');
    },
  );

  it('7.1 falls back to the first window, inside the test of CONFIG_SYSFB', async () => {
    const verdict = await ask([gen2(LOW, HIGH), emptyScreenInfo()], { release: '7.1.2', boot: 'efi' });
    expect(verdict).toMatchObject({ answer: 'needed', effective: true });
  });

  it('6.12.95 has the fallback, 6.12.94 has not', async () => {
    const inputs = [gen2(LOW, HIGH), emptyScreenInfo()];
    expect((await ask(inputs, { release: '6.12.95', boot: 'efi' })).effective).toBe(true);
    expect((await ask(inputs, { release: '6.12.94', boot: 'efi' })).effective).toBe(false);
  });
});

describe('sysfb where the windows and the framebuffer do not meet', () => {
  it('is not needed when every window is above 4 GiB', async () => {
    const verdict = await ask([gen2(HIGH)], { release: '6.12.30' });
    expect(verdict).toMatchObject({ answer: 'not-needed', effective: false, framebuffer: null });
    expect(ids(verdict)).toContain('acpi-no-low-window');
  });

  it('is not needed when the framebuffer is outside', async () => {
    const verdict = await ask([gen2(LOW, HIGH)], {
      release: '6.12.30',
      framebuffer: { base: 0xf0000000n, size: 0x800000n, from: 'given', text: 'given' },
    });
    expect(verdict).toMatchObject({ answer: 'not-needed' });
    expect(ids(verdict)).toContain('acpi-framebuffer-outside');
  });

  it('cannot be helped by CONFIG_SYSFB when the framebuffer is not in the first window', async () => {
    // The reservation's parent is the first window only, [0xe0000000, 0xe8000000).
    const first = dword('0xE0000000', '0xE7FFFFFF', '0x08000000');
    const verdict = await ask([gen2(first, LOW)], {
      release: '6.12.30',
      framebuffer: { base: 0xf8000000n, size: 0x800000n, from: 'given', text: 'given' },
    });
    expect(verdict).toMatchObject({ answer: 'needed', effective: false });
  });

  it('is not needed without any window', async () => {
    const verdict = await ask([gen2('Memory32Fixed (ReadWrite, 0xF8000000, 0x08000000)')], {
      release: '6.12.30',
    });
    expect(verdict).toMatchObject({ answer: 'not-needed', effective: false });
    expect(ids(verdict)).toContain('acpi-no-window');
  });
});

describe('sysfb on Generation 1', () => {
  const vga = dword('0x000A0000', '0x000BFFFF', '0x00020000');

  it.each(['6.1.100', '6.12.30', '7.3.4'])('%s takes the BAR: not needed', async (release) => {
    const verdict = await ask([gen1(vga, LOW, HIGH)], { release });
    expect(verdict).toMatchObject({
      answer: 'not-needed',
      machine: { platform: 'hyperv-gen1', boot: 'bios' },
    });
    expect(ids(verdict)).toContain('gen1-pci-bar');
  });

  it.each(['5.10.218', '5.19'])(
    '%s takes screen_info, which is empty in text mode: depends',
    async (release) => {
      const verdict = await ask([gen1(vga, LOW, HIGH)], { release });
      expect(verdict).toMatchObject({ answer: 'depends', effective: false });
      expect(verdict.conditions.map(({ when, answer }) => [formatCondition(when), answer])).toEqual([
        ['lfb_base == 0', 'needed'],
        ['lfb_base == framebuffer', 'not-needed'],
      ]);
      expect(ids(verdict)).toContain('gen1-screen-info');
    },
  );

  it('without a release it depends on that, too', async () => {
    const { answer, conditions } = await ask([gen1(vga, LOW, HIGH)]);
    expect(answer).toBe('depends');
    // 2a8a8afba0c3, v6.0.
    expect(conditions.map(({ when, answer: row }) => [formatCondition(when), row])).toEqual([
      ['release < 6.0 and lfb_base == 0', 'needed'],
      ['release >= 6.0, or lfb_base == framebuffer', 'not-needed'],
    ]);
  });
});

describe('sysfb with the wrong kernel for the path', () => {
  it('says that a VTL kernel is not meant for an ACPI boot', async () => {
    const vtl = config(`${OFF}CONFIG_HYPERV_VTL_MODE=y\n`);
    const verdict = await ask([gen2(LOW, HIGH), vtl], { release: '6.16.1' });
    expect(verdict).toMatchObject({ answer: 'needed', hazard: 'boot-failure' });
    expect(ids(verdict)).toContain('vtl-mode-on-acpi');
  });

  it('does not read ACPI on a device tree boot', async () => {
    expect(await ask([gen2(LOW, HIGH)], { boot: 'dt' })).toMatchObject({ answer: 'unknown' });
  });

  it('names its premises and its default', async () => {
    const { answer, assumptions, premises } = await ask([gen2(LOW, HIGH)]);
    expect(answer).toBe('needed');
    expect(assumptions.map(({ text }) => text).join()).toMatch(/newest release/);
    expect(premises.map(({ text }) => text).join()).toMatch(/EFI firmware/);
  });
});

describe('sysfb on a printed resource list', () => {
  it('takes the host bridge windows of a log for those above VMBus', async () => {
    const log = artifact(
      'crs-text',
      'windows.txt',
      'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]\n',
    );
    const verdict = await ask([log], { release: '6.12.30', boot: 'efi' });
    expect(verdict.pool.map(({ base }) => base)).toEqual([0xf8000000n]);
    expect(verdict.answer).toBe('needed');
  });
});
