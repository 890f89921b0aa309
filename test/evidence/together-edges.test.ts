/** Sources beside each other, and what kernels and configurations show, at the edges of what is told. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { configValue } from '../../src/evidence/kernel-config.ts';
import { platformsOfPci, platformsOfTable, platformsOfTables } from '../../src/evidence/platform.ts';
import { reconcile } from '../../src/evidence/reconcile.ts';
import { architectureNamed, kernelRelease } from '../../src/evidence/release-text.ts';
import { withLimits } from '../../src/limits/limits.ts';
import { artifactOf, read } from './artifacts.ts';

const log = (name: string, ...lines: string[]) =>
  artifactOf('dmesg', lines.map((line) => `${line}\n`).join(''), name);
const config = (text: string, name = '.config') => artifactOf('kconfig', text, name);
const together = (...artifacts: Parameters<typeof read>) => reconcile(read(...artifacts).evidence);
const efifb = (base: string, kilobytes = 3072) =>
  `efifb: framebuffer at 0x${base}, using 3072k, total ${kilobytes}k`;

describe('how the kernel was started', () => {
  const CONSOLE = 'Console: colour VGA+ 80x25';
  test('what is inferred gives way to what was observed in the same input', () => {
    expect(together(log('a', CONSOLE, 'efi: EFI v2.7 by Microsoft')).boot?.value).toBe('efi');
    expect(together(log('a', CONSOLE)).boot?.value).toBe('bios');
  });
  test('and contradicts another', () => {
    const found = together(log('a', CONSOLE), log('b', 'efi: EFI v2.7 by Microsoft'));
    expect(found.boot).toBeUndefined();
    expect(found.contradictions.map(({ about, message }) => [about, message])).toEqual([
      ['boot', 'a shows a boot without EFI, b an EFI boot'],
    ]);
    const other = together(log('b', 'efi: EFI v2.7 by Microsoft'), log('a', CONSOLE));
    expect(other.contradictions[0]?.message).toBe('b shows an EFI boot, a a boot without EFI');
  });
  test('a device tree is one as soon as a source says that there is no ACPI', () => {
    expect(together(log('a', 'ACPI: Interpreter enabled', 'efi: EFI v2.7 by X')).boot?.value).toBe('efi');
    expect(together(log('a', 'ACPI: Interpreter disabled.', 'efi: EFI v2.7 by X')).boot?.value).toBe('dt');
    expect(together(log('a', 'x'))).not.toHaveProperty('boot');
  });
});

describe('framebuffers are one where they have one base, or one is in the other', () => {
  test.each([
    ['the same base', 'f8000000', 'f8000000', 3072, 1],
    ['in the last byte of the first', 'f8000000', 'f82fffff', 1, 1],
    ['right behind the first', 'f8000000', 'f8300000', 1, 2],
    ['the first in the second', 'f8100000', 'f8000000', 3072, 1],
    ['before the first', 'f8000000', 'f7fffc00', 1, 2],
  ] as const)('%s', (_title, first, second, size, groups) => {
    const found = together(log('a', efifb(first)), log('b', efifb(second, size)));
    expect(found.framebuffers).toHaveLength(groups);
    expect(found.contradictions).toHaveLength(groups - 1);
  });
});

describe('releases are one', () => {
  const both = (a: string, b: string) =>
    together(log('a', `Linux version ${a}`), log('b', `Linux version ${b}`)).release?.value.release;
  test.each([
    ['6.1.5', '6.1.5', '6.1.5'],
    ['6.1.5', '6.1.6', undefined],
    ['6.1.5-a', '6.1.5-b', '6.1.5-a'],
    ['6.1.0-56-amd64', '6.1.192', '6.1.192'],
    ['6.1.0-56-amd64', '6.2.1', undefined],
    ['6.1.192', '6.1.0-56-amd64', '6.1.192'],
    ['6.1.0-rc1', '6.1.0-rc2', undefined],
    ['6.1.0-rc1-a', '6.1.0-rc1-b', '6.1.0-rc1-a'],
    ['6.1.0-56-amd64 (x) #1 SMP Debian 6.1.192-2', '6.1.192', '6.1.0-56-amd64'],
    ['6.1.0-56-amd64 (x) #1 SMP Debian 6.1.192-2', '6.1.191', undefined],
  ])('%s and %s', (a, b, release) => {
    expect(both(a, b)).toBe(release);
  });
});

describe('configurations', () => {
  test('differ by symbols that matter and that both name', () => {
    const one = config('CONFIG_X86_64=y\nCONFIG_SYSFB=y\n', 'one');
    const differing = (text: string) =>
      together(one, config(text, 'two')).contradictions.map(({ message }) => message);
    expect(differing('CONFIG_X86_64=y\nCONFIG_SYSFB=y\nCONFIG_FOO=y\n')).toEqual([]);
    expect(differing('CONFIG_X86_64=y\nCONFIG_FOO=y\n')).toEqual([]);
    expect(differing('CONFIG_X86_64=y\nCONFIG_SYSFB=n\n')).toEqual([
      'one and two are different configurations',
    ]);
  });

  test('are used where no other source is of another architecture, or they say none', () => {
    const uname = artifactOf('uname', 'Linux host 6.12.94 #1 SMP aarch64 GNU/Linux\n');
    expect(together(config('CONFIG_ARM64=y\nCONFIG_SYSFB=y\n'), uname).config).toBeDefined();
    expect(together(config('CONFIG_X86_64=y\nCONFIG_SYSFB=y\n'), uname).config).toBeUndefined();
    expect(together(config('CONFIG_SYSFB=y\n'), uname).config).toBeDefined();
  });

  test('a driver that speaks and whose symbol is off; one whose symbol nobody names', () => {
    const seen = log('dmesg', efifb('c0000000'));
    const [off] = together(seen, config('# CONFIG_FB_EFI is not set\n')).contradictions;
    expect([off?.about, off?.facts[0]?.text]).toEqual(['configuration', '# CONFIG_FB_EFI is not set']);
    expect(together(seen, config('CONFIG_FB_EFI=y\n')).contradictions).toEqual([]);
    expect(together(seen, config('CONFIG_FOO=y\n')).contradictions).toEqual([]);
    const vesa = log('dmesg', 'vesafb: framebuffer at 0xc0000000, using 3072k, total 3072k');
    expect(together(vesa, config('# CONFIG_FB_EFI is not set\n')).contradictions).toEqual([]);
    expect(together(vesa, config('# CONFIG_FB_VESA is not set\n')).contradictions).toHaveLength(1);
  });

  test.each([
    ['CONFIG_A=y\nCONFIG_B=', ['evidence/config-cut'], undefined],
    ['CONFIG_A=y\nCONFIG_B=y', [], 'y'],
    ['CONFIG_A=y\nCONFIG_B=12', [], '12'],
    ['CONFIG_A=y\nCONFIG_B=-1', [], '-1'],
    ['CONFIG_A=y\nCONFIG_B=0x1F', [], '0x1F'],
    ['CONFIG_A=y\nCONFIG_B="a b"', [], '"a b"'],
    ['CONFIG_A=y\nCONFIG_B="a b', ['evidence/config-cut'], undefined],
    ['CONFIG_A=y\nCONFIG_B="a b\n', [], '"a b'],
    ['CONFIG_A=y\nCONFIG_B=0x', ['evidence/config-cut'], undefined],
  ])('a last line: %j', (text, codes, value) => {
    const said = read(config(text));
    expect([said.codes, said.evidence.configs[0]?.values.get('B')]).toEqual([codes, value]);
  });

  test.each([
    ['6.17', 'y'],
    ['6.18', undefined],
    ['7.0', undefined],
    ['5.20', 'y'],
  ])('the symbol of the driver itself, in Linux %s: %s', (release, value) => {
    const text = `# Linux/x86 ${release}.0 Kernel Configuration\nCONFIG_X86_64=y\nCONFIG_HYPERV=y\n`;
    expect(configValue(read(config(text)).evidence.configs[0]!, 'HYPERV_VMBUS')).toBe(value);
  });

  test.each([
    ['CONFIG_X86_64=y\n', 'x86_64', []],
    ['CONFIG_ARM64=y\n', 'arm64', []],
    ['CONFIG_RISCV=y\n', undefined, ['evidence/config-architecture']],
    ['CONFIG_X86_64=n\nCONFIG_ARM=y\n', undefined, ['evidence/config-architecture']],
    ['# Linux/arm64 6.1.0 Kernel Configuration\nCONFIG_A=y\n', 'arm64', []],
    ['# Linux/riscv 6.1.0 Kernel Configuration\nCONFIG_A=y\n', undefined, ['evidence/config-architecture']],
  ])('its architecture: %j', (text, architecture, codes) => {
    const said = read(config(text));
    expect([said.evidence.architectures[0]?.value, said.codes]).toEqual([architecture, codes]);
  });
});

describe('kernel images', () => {
  const BANNER = 'Linux version 6.6.10 (builder@host) (gcc 13) #1 SMP PREEMPT_DYNAMIC';
  const CONFIG = 'CONFIG_X86_64=y\nCONFIG_SYSFB=y\n';
  const image = (...parts: (string | Uint8Array)[]) =>
    artifactOf(
      'image',
      new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')))),
      'image',
    );
  const embedded = (stream: Uint8Array = gzipSync(CONFIG)): Uint8Array =>
    Buffer.concat([Buffer.from('IKCFG_ST'), stream, Buffer.from('IKCFG_ED')]);

  test('with a configuration in them: an input of its own', () => {
    const { evidence, codes } = read(image(`\0${BANNER}\n\0`, embedded()));
    expect(codes).toEqual([]);
    const [found] = evidence.configs;
    expect([found!.values.get('SYSFB'), found!.embedded, found!.artifact.source.name]).toEqual([
      'y',
      true,
      'image!config',
    ]);
    expect(found!.artifact.steps).toEqual([{ how: 'carved', name: 'IKCFG_ST' }, { how: 'gunzip' }]);
    expect(found!.artifact.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the configuration behind markers that are none', () => {
    const decoys = [...Array.from({ length: 20 }, () => 'IKCFG_ST\0'), 'IKCFG_ST\x1f\x8b\x08\0'];
    expect(read(image(...decoys, embedded())).evidence.configs).toHaveLength(1);
    // Behind the last mark of an end there is none.
    expect(read(image('IKCFG_ED', 'IKCFG_ST', gzipSync(CONFIG))).evidence.configs).toEqual([]);
  });

  test('a name in the header of the stream', () => {
    const named = Buffer.from(gzipSync(CONFIG));
    named[3] = 8;
    const stream = Buffer.concat([named.subarray(0, 10), Buffer.from('config\0'), named.subarray(10)]);
    expect(read(image(embedded(stream))).evidence.configs).toHaveLength(1);
  });

  test('one that is larger than the limit is reported', () => {
    withLimits({ 'kernel-config-bytes': CONFIG.length - 1 }, () => {
      expect(read(image(BANNER, '\n', embedded())).codes).toEqual([
        'fwmap/limit',
        'evidence/image-without-config',
      ]);
    });
    withLimits({ 'kernel-config-bytes': CONFIG.length }, () => {
      expect(read(image(BANNER, '\n', embedded())).codes).toEqual([]);
    });
  });

  test('a kernel without one says so; what is no kernel says nothing', () => {
    expect(read(image(BANNER, '\n')).codes).toEqual(['evidence/image-without-config']);
    expect(read(image('Linux version %s (%s)\n')).codes).toEqual([]);
    expect(read(image('Linux version %s (%s)\n', BANNER, '\n')).evidence.releases[0]?.value.release).toBe(
      '6.6.10',
    );
  });

  test('the setup header of x86 names the release where it points', () => {
    const header = new Uint8Array(1024);
    header.set(Buffer.from('HdrS'), 0x202);
    new DataView(header.buffer).setUint16(0x20e, 0x100, true);
    header.set(Buffer.from('6.6.10 (a@b) #1\0more'), 0x300);
    const { evidence } = read(artifactOf('image', header));
    expect(
      evidence.releases.map(({ value, text, span }) => [value.release, text, span?.start, span?.end]),
    ).toEqual([['6.6.10', '6.6.10 (a@b) #1', 0x300, 0x300 + 15]]);
    expect(evidence.architectures.map(({ value, text }) => [value, text])).toEqual([
      ['x86_64', 'x86 kernel image'],
    ]);
    header[0x202] = 0;
    expect(read(artifactOf('image', header)).evidence.releases).toEqual([]);
    expect(read(artifactOf('image', header.subarray(0, 0x210))).evidence.releases).toEqual([]);
  });
});

describe('what names say', () => {
  test.each([
    ['6.12.30', '', { release: '6.12.30' }],
    ['6.1.0-1-amd64', '#1 SMP Debian 6.1.192-2', { release: '6.1.0-1-amd64', upstream: '6.1.192' }],
    ['6.1.0-1-amd64', '(Debian 6.1.192-2) #1 SMP', { release: '6.1.0-1-amd64' }],
    ['6.2.0-1-amd64', '#1 SMP Debian 6.1.192-2', { release: '6.2.0-1-amd64' }],
    // A candidate is not its release.
    [
      '7.1-rc3-amd64',
      '#1 SMP Debian 7.1~rc3-1~exp1 (2026)',
      { release: '7.1-rc3-amd64', upstream: '7.1-rc3' },
    ],
    [
      '7.1.0-3-generic',
      '#3-Ubuntu SMP (Ubuntu 7.1.0-3.3-generic 7.1.0-rc3)',
      { release: '7.1.0-3-generic', upstream: '7.1.0-rc3', vendor: { mark: '-generic', name: 'Ubuntu' } },
    ],
    [
      '5.15.0-1041-azure',
      '#48-Ubuntu SMP (Ubuntu 5.15.0-1041.48-azure 5.15.98)',
      { release: '5.15.0-1041-azure', upstream: '5.15.98', vendor: { mark: '-azure', name: 'Ubuntu' } },
    ],
    [
      '5.14.0-427.el9.x86_64',
      '',
      {
        release: '5.14.0-427.el9.x86_64',
        vendor: { mark: '.el9', name: 'Red Hat Enterprise Linux or a rebuild' },
      },
    ],
  ])('%s %s', (release, rest, fact) => {
    expect(kernelRelease(release, rest)).toEqual(fact);
  });

  // scripts/setlocalversion: commits after the tag with the hash, `+` where they are not counted, `-dirty`.
  test.each([
    ['6.6.0-12345-gabcdef012345', '-12345-gabcdef012345'],
    ['6.7.0-rc3-00227-g5f58da2befa5-dirty', '-00227-g5f58da2befa5-dirty'],
    ['6.6.30-gabcdef0', '-gabcdef0'],
    ['6.6.30-dirty', '-dirty'],
    ['6.6.0+', '+'],
    ['6.6.0-next-20231103', '-next-20231103'],
    ['6.7-rc0', '-rc0'],
    ['6.7.0-0.rc0.20231101git8bc9e6515183.5.fc40', '.rc0'],
    ['6.7.0-0.rc3.20231129git3b47bc037bd4.29.fc40', '.rc3.20231129git3b47bc037bd4'],
  ])('%s is not what its tag is', (release, mark) => {
    const name = 'a source tree with changes after that release';
    expect(kernelRelease(release, '')).toEqual({ release, vendor: { mark, name } });
  });

  test.each([
    '6.6.30',
    '6.6-rc3',
    '6.6.0-rc3',
    '6.1.0-28-amd64',
    '6.1.0-21-cloud-amd64',
    '6.12.107+deb13-cloud-arm64',
    '6.1.0-0.deb11.21-rt-amd64',
    '6.6.8-200.fc39.x86_64',
    '6.7.0-0.rc3.29.fc40.x86_64+debug',
    '6.6.8-arch1-1',
    '6.6.8-1-lts',
    '6.6.8-0-virt',
    '6.6.8-gentoo-r1-dist',
    '6.6.8-flatcar',
    '6.6.8_1',
  ])('%s has no changes that its name shows', (release) =>
    expect(kernelRelease(release, '').vendor).toBeUndefined(),
  );

  // A fourth number, a flavour, a suffix of one's own: nothing tells what such a tree took from newer releases.
  test.each([
    ['6.6.0-mshv3', '-mshv3'],
    ['5.15.126.mshv3', '.mshv3'],
    ['5.15.90.1', '.1'],
    ['5.15.90.1-lab', '.1-lab'],
    ['4.4.0-19041-Microsoft', '-Microsoft'],
    ['5.10.134-16.3.al8.x86_64', '.al8'],
    ['5.14.0-427.22.1.vz9.63', '.vz9'],
    ['6.6.0-28-snapdragon', '-28-snapdragon'],
    ['5.4.241-1-tlinux4-0017', '-1-tlinux4-0017'],
    ['6.6.21-yocto-standard', '-yocto-standard'],
    ['5.15.49-linuxkit', '-linuxkit'],
    ['4.19.0+1', '+1'],
    ['6.6.0+azure', '+azure'],
    ['6.6.0-00412-g1234567-lab', '-00412-g1234567-lab'],
    ['6.6.12-lqx1', '-lqx1'],
    ['6.6.30-custom', '-custom'],
  ])('%s may have any newer change', (release, mark) => {
    expect(kernelRelease(release, '').vendor?.mark).toBe(mark);
  });

  // The header of a configuration has the numbers only.
  test.each([
    [[], undefined],
    [['LOCALVERSION=""', 'BUILD_SALT=""'], undefined],
    [['BUILD_SALT="6.1.0-21-cloud-amd64"'], undefined],
    [['VERSION_SIGNATURE="Ubuntu 5.15.0-1041.48-azure 5.15.116"'], 'Ubuntu'],
    [['RHEL_DIFFERENCES=y'], 'Red Hat Enterprise Linux or a rebuild'],
    [['SUSE_KERNEL=y'], 'SUSE'],
    [['BUILD_SALT="5.14.0-427.el9.x86_64"'], 'Red Hat Enterprise Linux or a rebuild'],
    [['LOCALVERSION="-microsoft-standard-WSL2"'], 'Microsoft WSL'],
  ])('a configuration of 5.15.116 with %j', (symbols, name) => {
    const config = ['# Linux/x86 5.15.116 Kernel Configuration', 'CONFIG_X86_64=y'];
    const text = [...config, ...symbols.map((line) => `CONFIG_${line}`)].join('\n');
    const [release] = read(artifactOf('kconfig', `${text}\n`)).evidence.releases;
    expect([release?.value.release, release?.value.vendor?.name]).toEqual(['5.15.116', name]);
  });

  test.each([
    ['x86', 'x86_64'],
    ['amd64', 'x86_64'],
    ['x86_64', 'x86_64'],
    ['aarch64', 'arm64'],
    ['arm64', 'arm64'],
    ['mips', 'mips'],
  ])('the machine %s is %s', (name, architecture) => {
    expect(architectureNamed(name)).toBe(architecture);
  });

  const header = (signature: string, oemId: string, oemTableId = '') => ({ signature, oemId, oemTableId });
  test('tables leave open what all of them do', () => {
    const guest = header('FACP', 'VRTUAL', 'MICROSFT');
    expect(platformsOfTables([guest, header('DSDT', 'MSFTVM', 'MSFTVM02')])).toEqual({
      platforms: ['hyperv-gen1'],
      text: 'OEM ids of the ACPI tables: FACP VRTUAL MICROSFT, DSDT MSFTVM MSFTVM02',
    });
    expect(platformsOfTables([header('SSDT', 'VRTUAL', 'MICROSFT')])).toBeUndefined();
    expect(platformsOfTables([header('DSDT', 'NOBODY')])).toBeUndefined();
    expect(platformsOfTables([header('DSDT', 'BOCHS')])?.text).toBe('OEM ids of the ACPI tables: DSDT BOCHS');
    expect(platformsOfTable(header('FACP', 'VRTUAL', 'OTHER'))).toBeUndefined();
    expect(platformsOfTable(header('FACP', 'MSFTVM', 'DSDT01'))).toContain('openhcl-vtl2');
    expect(platformsOfTable(header('SSDT', 'BOCHS'))).toBeUndefined();
  });

  test.each([
    ['0000:00:08.0', 0x1414, 0x5353, ['hyperv-gen1']],
    ['0000:00:08.0', 0x1414, 0x5354, undefined],
    ['0000:00:08.0', 0x8086, 0x5353, undefined],
    ['0001:00:08.0', 0x1414, 0x5353, undefined],
    ['0000:00:08.0', 0x1af4, 1, ['other-hypervisor', 'qemu-vmbus']],
    ['0000:00:08.0', undefined, undefined, undefined],
  ])('the device at %s, %s:%s', (address, vendor, device, platforms) => {
    expect(
      platformsOfPci({
        address,
        ...(vendor === undefined ? {} : { vendor }),
        ...(device === undefined ? {} : { device }),
      }),
    ).toEqual(platforms);
  });
});
