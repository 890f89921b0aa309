import { describe, expect, test } from 'vitest';
import { reconcile } from '../../src/evidence/reconcile.ts';
import { artifactOf, read } from './artifacts.ts';

const log = (name: string, ...lines: string[]) =>
  artifactOf(
    'dmesg',
    `[    0.0] Linux version 6.12.94 (x) #1\n${lines.map((line) => `[    1.0] ${line}\n`).join('')}`,
    name,
  );
const uname = (release: string, machine = 'x86_64') =>
  artifactOf('uname', `Linux host ${release} #1 SMP ${machine} GNU/Linux\n`);
const config = (text: string, name = '.config') => artifactOf('kconfig', text, name);
const screen = (type: number, base: number) => {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint8(0x0f, type);
  view.setUint32(0x18, base, true);
  view.setUint32(0x1c, 0x300000, true);
  return artifactOf('boot-params', bytes, 'screen.bin');
};
const together = (...artifacts: Parameters<typeof read>) => reconcile(read(...artifacts).evidence);

describe('sources that agree', () => {
  test('a distribution name and its upstream release are one', () => {
    const found = together(
      uname('6.1.0-56-amd64'),
      config('# Linux/x86 6.1.192 Kernel Configuration\nCONFIG_X86_64=y\n'),
    );
    expect(found.contradictions).toEqual([]);
    // The one that says more.
    expect(found.release?.value.release).toBe('6.1.192');
    expect(found.config?.values.get('X86_64')).toBe('y');
  });

  test('screen_info, efifb and a reservation are one framebuffer', () => {
    const found = together(
      screen(0x70, 0xf8000000),
      log('dmesg', 'efifb: framebuffer at 0xf8000000, using 3072k, total 3072k'),
    );
    expect(found.framebuffers).toHaveLength(1);
    expect(found.framebuffers[0]).toHaveLength(2);
    expect(found.boot?.value).toBe('efi');
    expect(found.contradictions).toEqual([]);
  });

  test('a boot by device tree says nothing against EFI', () => {
    expect(
      together(log('dmesg', 'efi: EFI v2.7 by EDK II', 'VMBus is present in DeviceTree')).boot?.value,
    ).toBe('dt');
  });
});

describe('sources that contradict each other: both named, none preferred', () => {
  test('releases', () => {
    const found = together(uname('6.12.30'), log('dmesg'));
    expect(found.release).toBeUndefined();
    expect(found.contradictions).toMatchObject([
      { about: 'kernel release', message: 'uname.txt is from Linux 6.12.30, dmesg from Linux 6.12.94' },
    ]);
    expect(together(uname('6.8.0-31-generic'), log('dmesg')).contradictions).toHaveLength(1);
  });

  test('framebuffers', () => {
    const found = together(
      screen(0x70, 0xf8000000),
      log('dmesg', 'efifb: framebuffer at 0xc0000000, using 3072k, total 3072k'),
    );
    expect(found.framebuffers).toHaveLength(2);
    expect(found.contradictions[0]!.message).toBe(
      'screen.bin has the framebuffer at 0xf8000000 (screen_info), dmesg at 0xc0000000 (efifb)',
    );
  });

  test('a screen_info without framebuffer beside an efifb line', () => {
    const found = together(
      screen(1, 0),
      log('dmesg', 'efifb: framebuffer at 0xc0000000, using 3072k, total 3072k'),
    );
    expect(found.contradictions).toMatchObject([{ about: 'framebuffer' }]);
  });

  test('boots, and two configurations', () => {
    const found = together(
      log('a', 'efi: EFI v2.7 by Microsoft'),
      artifactOf('boot-params', new Uint8Array(4096), 'b'),
      config('CONFIG_X86_64=y\nCONFIG_SYSFB=y\n', 'one'),
      config('CONFIG_X86_64=y\n# CONFIG_SYSFB is not set\n', 'two'),
    );
    expect(found.boot).toBeUndefined();
    expect(found.config).toBeUndefined();
    expect(found.contradictions.map(({ about }) => about)).toEqual(['boot', 'configuration']);
  });

  test('a driver that speaks in the log and is off in the configuration', () => {
    const found = together(
      log('dmesg', 'efifb: framebuffer at 0xc0000000, using 3072k, total 3072k'),
      config('CONFIG_X86_64=y\n# CONFIG_FB_EFI is not set\n'),
    );
    expect(found.contradictions.map(({ message }) => message)).toEqual([
      '.config has CONFIG_FB_EFI off, but dmesg has "efifb: framebuffer at 0xc0000000, using 3072k, total 3072k"',
    ]);
    expect(found.config).toBeDefined();
  });

  test('a configuration for another architecture than the machine', () => {
    const found = together(
      uname('6.12.94', 'aarch64'),
      config('# Linux/x86 6.12.94 Kernel Configuration\nCONFIG_X86_64=y\nCONFIG_SYSFB=y\n'),
    );
    expect(found.contradictions).toMatchObject([{ about: 'architecture' }]);
    expect(found.config).toBeUndefined();
  });
});
