import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openText } from '../artifact/open.ts';
import { artifactOf, read } from './artifacts.ts';

const CONFIG = [
  '#',
  '# Automatically generated file; DO NOT EDIT.',
  '# Linux/x86 6.12.94 Kernel Configuration',
  '#',
  'CONFIG_CC_VERSION_TEXT="gcc-14 (Debian 14.2.0-19) 14.2.0"',
  'CONFIG_X86_64=y',
  'CONFIG_HYPERV=m',
  '# CONFIG_FB_EFI is not set',
  'CONFIG_NR_CPUS=8192',
  '',
].join('\n');

describe('a configuration', () => {
  test('its values, what is not set, its release and architecture', () => {
    const { evidence, codes } = read(artifactOf('kconfig', CONFIG, '.config'));
    expect(codes).toEqual([]);
    const [config] = evidence.configs;
    expect(config!.values.get('HYPERV')).toBe('m');
    expect(config!.values.get('FB_EFI')).toBe('n');
    expect(config!.values.get('NR_CPUS')).toBe('8192');
    expect(config!.values.has('SYSFB')).toBe(false);
    expect(config).toMatchObject({ release: '6.12.94', architecture: 'x86_64', embedded: false });
    expect(evidence.releases[0]!.value).toEqual({ release: '6.12.94' });
    expect(config!.lineOf('FB_EFI')).toMatchObject({ value: 'n', text: '# CONFIG_FB_EFI is not set' });
    expect(config!.lineOf('SYSFB')).toBeUndefined();
  });

  test.each([
    ['# Linux/arm 6.1.176 Kernel Configuration\nCONFIG_ARM=y\nCONFIG_FB=y\n', 'arm'],
    ['CONFIG_RISCV=y\nCONFIG_SYSFB=y\n', 'riscv'],
    ['CONFIG_X86_32=y\nCONFIG_SYSFB=y\n', 'i386'],
  ])('of another architecture: said and left out (%j)', (text) => {
    const { evidence, codes } = read(artifactOf('kconfig', text));
    expect(codes).toEqual(['evidence/config-architecture']);
    expect([evidence.configs, evidence.releases, evidence.architectures]).toEqual([[], [], []]);
  });

  test('a last line that is cut is left out', () => {
    const { evidence, codes } = read(artifactOf('kconfig', 'CONFIG_HYPERV=y\nCONFIG_CMDLINE="console=tt'));
    expect(codes).toEqual(['evidence/config-cut']);
    expect(evidence.configs[0]!.values.has('CMDLINE')).toBe(false);
    // A value that stands whole is kept.
    expect(read(artifactOf('kconfig', 'CONFIG_HYPERV=y')).evidence.configs[0]!.values.get('HYPERV')).toBe(
      'y',
    );
  });

  test('nothing in it', () => {
    expect(read(artifactOf('kconfig', 'hello\n')).codes).toEqual(['evidence/config-empty']);
  });
});

describe('embedded in a kernel image (kernel/configs.c)', () => {
  const block = Buffer.concat([Buffer.from('IKCFG_ST'), gzipSync(CONFIG), Buffer.from('IKCFG_ED')]);
  const kernel = Buffer.concat([
    Buffer.alloc(5000, 0x90),
    Buffer.from('IKCFG_ST\0decoy'),
    block,
    Buffer.alloc(3000),
  ]);

  test('of a vmlinux', () => {
    const { evidence, codes } = read(artifactOf('image', kernel, 'vmlinux'));
    expect(codes).toEqual([]);
    expect(evidence.configs[0]).toMatchObject({ release: '6.12.94', embedded: true });
    expect(evidence.configs[0]!.artifact.steps.map(({ how }) => how)).toEqual(['carved', 'gunzip']);
  });

  test('of a file with two kernels both count', () => {
    const banner = (release: string): Buffer =>
      Buffer.from(`\0Linux version ${release} (me@here) #1 SMP\n\0`);
    const other = Buffer.from(CONFIG.replace('CONFIG_HYPERV=m', 'CONFIG_HYPERV=y'));
    const second = Buffer.concat([Buffer.from('IKCFG_ST'), gzipSync(other), Buffer.from('IKCFG_ED')]);
    const both = Buffer.concat([kernel, banner('6.6.10'), banner('6.8.0'), banner('6.6.10'), block, second]);
    const { evidence } = read(artifactOf('image', both, 'vmlinux'));
    expect(evidence.configs.map(({ values }) => values.get('HYPERV'))).toEqual(['m', 'y']);
    const banners = evidence.releases.filter(({ text }) => text.startsWith('Linux version'));
    expect(banners.map(({ value }) => value?.release)).toEqual(['6.6.10', '6.8.0']);
  });

  /** A bzImage as Documentation/arch/x86/boot.rst describes its header. */
  const bzImage = (payload: Buffer): Uint8Array => {
    const setup = 512 * 32;
    const head = Buffer.alloc(setup);
    head[0x1f1] = setup / 512 - 1;
    head.writeUInt32LE(Math.ceil(payload.length / 16), 0x1f4);
    head.writeUInt16LE(0xaa55, 0x1fe);
    head.write('HdrS', 0x202, 'latin1');
    head.writeUInt16LE(0x20f, 0x206);
    head.writeUInt16LE(0x3000 - 0x200, 0x20e);
    head[0x211] = 1;
    head.writeUInt16LE(1, 0x236);
    head.writeUInt32LE(payload.length, 0x24c);
    head.write('6.12.94-custom (me@here) #1 SMP Sun Nov 22 2026\0', 0x3000, 'latin1');
    return new Uint8Array(Buffer.concat([head, payload]));
  };
  const opened = async (bytes: Uint8Array) => read(...(await openText(bytes)).artifacts);

  test('of a bzImage whose header names the release', async () => {
    const { evidence, codes } = await opened(bzImage(gzipSync(kernel)));
    expect(codes).toEqual([]);
    expect(evidence.configs[0]).toMatchObject({ release: '6.12.94', embedded: true });
    expect(evidence.releases.map(({ value }) => value.release)).toEqual(['6.12.94-custom', '6.12.94']);
    expect(evidence.configs[0]!.artifact.steps.map(({ how }) => how)).toEqual([
      'bzimage',
      'gzip',
      'carved',
      'gunzip',
    ]);
  });

  test('a kernel without one says so; another image is passed over', async () => {
    const bare = Buffer.from('\0Linux version 6.12.94-custom (me@here) #1 SMP\n\0');
    expect((await opened(bzImage(gzipSync(bare)))).codes).toEqual(['evidence/image-without-config']);
    expect(read(artifactOf('image', Buffer.alloc(9000), 'fw.bin')).codes).toEqual([]);
  });
});
