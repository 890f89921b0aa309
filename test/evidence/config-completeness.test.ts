import { describe, expect, test } from 'vitest';
import { configValue, parseKernelConfig } from '../../src/evidence/kernel-config.ts';
import type { KernelConfig } from '../../src/evidence/values.ts';
import { artifactOf } from './artifacts.ts';

const parse = (text: string): KernelConfig =>
  parseKernelConfig(artifactOf('kconfig', text, '.config'), { add: () => {} })!;

const header = (release = '6.12.30'): string =>
  `#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 ${release} Kernel Configuration\n#\n`;
/** A menu as conf writes it since 5.2; before, without the last line. */
const menu = (title: string, inside = '', ends = true): string =>
  `\n#\n# ${title}\n#\n${inside}${ends ? `# end of ${title}\n` : ''}`;

/** The menus that every kernel has, with one symbol in each. */
function whole({ release = '6.12.30', ends = true, graphics = 'CONFIG_DRM=y\n' } = {}): string {
  return [
    header(release),
    'CONFIG_CC_VERSION_TEXT="gcc-12"\n',
    menu('General setup', 'CONFIG_SWAP=y\n', ends),
    'CONFIG_X86_64=y\n',
    menu('Processor type and features', 'CONFIG_SMP=y\nCONFIG_HYPERVISOR_GUEST=y\n', ends),
    menu(
      'Device Drivers',
      [
        menu('Firmware Drivers', 'CONFIG_DMIID=y\n', ends),
        // A comment has a heading and no end.
        '\n#\n# Console display driver support comes next\n#\n',
        menu('Graphics support', graphics, ends),
        menu('Microsoft Hyper-V guest support', 'CONFIG_HYPERV=y\n# CONFIG_HYPERV_UTILS is not set\n', ends),
      ].join(''),
      ends,
    ),
    menu('Library routines', 'CONFIG_CRC32=y\n', ends),
    menu('Kernel hacking', 'CONFIG_PRINTK_TIME=y\n', ends),
  ].join('');
}

describe('a whole configuration', () => {
  test('an absent symbol is off', () => {
    const config = parse(whole());
    expect(config.incompleteness).toEqual([]);
    expect(config.complete).toBe(true);
    expect(configValue(config, 'HYPERV')).toBe('y');
    expect(configValue(config, 'HYPERV_UTILS')).toBe('n');
    expect(configValue(config, 'SYSFB')).toBe('n');
  });

  test('of a release that writes no ends', () => {
    expect(parse(whole({ release: '4.19.300', ends: false })).complete).toBe(true);
    expect(parse(whole({ release: '6.1.5', ends: false })).incompleteness).toEqual([
      'none of its menus has an end',
    ]);
  });

  test('a header and symbols without any menu', () => {
    expect(parse(`${header()}CONFIG_X86_64=y\n`).complete).toBe(true);
  });

  test('with other line ends, and without the last one', () => {
    expect(parse(whole().replaceAll('\n', '\r\n')).complete).toBe(true);
    expect(parse(whole().trimEnd()).complete).toBe(true);
  });
});

describe('what is not whole says only what it says', () => {
  test.each([
    ['a fragment', '# options for a guest\nCONFIG_HYPERV=y\n# CONFIG_EFI is not set\n'],
    ['a defconfig', 'CONFIG_HYPERV=y\n# CONFIG_EFI is not set\nCONFIG_X86_64=y\n'],
    [
      'an extract',
      whole()
        .split('\n')
        .filter((line) => /HYPERV|EFI/.test(line))
        .join('\n'),
    ],
    [
      'the header of another program',
      '#\n# Automatically generated file; DO NOT EDIT.\n# U-Boot 2024.01 Configuration\n#\nCONFIG_HYPERV=y\n',
    ],
    ['a symbol twice', `${whole()}CONFIG_HYPERV=n\nCONFIG_HYPERV=y\n`],
    ['a menu taken out', whole().replace(menu('Graphics support', 'CONFIG_DRM=y\n'), '')],
  ])('%s', (_name, text) => {
    const config = parse(text);
    expect(config.complete).toBe(false);
    expect(config.incompleteness.length).toBeGreaterThan(0);
    expect(configValue(config, 'SYSFB')).toBeUndefined();
    expect(configValue(config, 'HYPERV')).toBe('y');
  });

  test('every cut of it: at any line, and any run of lines that takes a menu apart', () => {
    const lines = whole().split('\n');
    for (let length = 1; length < lines.length - 1; length += 1) {
      const cut = lines.slice(0, length);
      if (!cut.some((line) => line.startsWith('CONFIG_'))) continue;
      // What is left of a file that has not come to its first menu reads as one without menus.
      if (!cut.some((line, index) => line === '#' && index > 4)) continue;
      expect(parse(`${cut.join('\n')}\n`).complete, `cut at line ${length}`).toBe(false);
    }
    for (let from = 5; from < lines.length; from += 1)
      for (let to = from + 1; to < lines.length; to += 7) {
        const gone = lines.slice(from, to);
        const apart = gone.filter((line) => /^# end of /.test(line)).length;
        const begun = gone.filter(
          (line, index) => line.startsWith('# ') && gone[index - 1] === '#' && gone[index + 1] === '#',
        ).length;
        if (apart === begun) continue;
        const left = [...lines.slice(0, from), ...lines.slice(to)].join('\n');
        // A comment's heading has no end either; without it the file is as whole as before.
        if (gone.some((line) => line.includes('comes next'))) continue;
        expect(parse(left).complete, gone.join('|')).toBe(false);
      }
  });

  test('a hundred thousand headings and ends are no burden', () => {
    const start = performance.now();
    const text = `${header()}CONFIG_A=y\n${'#\n# x\n#\n'.repeat(50_000)}${'# end of y\n'.repeat(50_000)}`;
    expect(parse(text).complete).toBe(false);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('symbols that came later', () => {
  test('HYPERV_VMBUS of a release without it is what HYPERV is', () => {
    expect(configValue(parse(whole()), 'HYPERV_VMBUS')).toBe('y');
    expect(configValue(parse(whole({ release: '7.3.4' })), 'HYPERV_VMBUS')).toBe('n');
    expect(configValue(parse('CONFIG_HYPERV=m\n'), 'HYPERV_VMBUS')).toBe('m');
  });
});
