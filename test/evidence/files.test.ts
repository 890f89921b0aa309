/** What single files say at their edges: kernel sources, images, boot_params, listings, and what of several agrees. */
import { describe, expect, test } from 'vitest';
import { KERNEL_SOURCE_FILES, kernelSourceFile } from '../../src/evidence/image/kernel-source.ts';
import { reconcile, sameFramebuffer } from '../../src/evidence/reconcile.ts';
import { artifactOf, read } from './artifacts.ts';

describe('a file of a kernel’s source', () => {
  test.each([
    ['int vmbus_allocate_mmio(struct resource **new)\n{', 'drivers/hv/vmbus_drv.c'],
    ['static int vmbus_acpi_add(struct platform_device *pdev)\n{', 'drivers/hv/vmbus_drv.c'],
    // A declaration and a call are none.
    ['int vmbus_allocate_mmio(struct resource **new);\n{', undefined],
    ['config HYPERV\n\ttristate', 'drivers/hv/Kconfig'],
    ['menuconfig HYPERV\n\ttristate', 'drivers/hv/Kconfig'],
    ['config HYPERV_UTILS\n', undefined],
    [' config HYPERV\n', undefined],
    ['x\nconfig SYSFB\n', 'drivers/firmware/Kconfig'],
    ['config FIRMWARE_MEMMAP\n', 'drivers/firmware/Kconfig'],
    ['config SYSFB_SIMPLEFB\n', undefined],
    ['config DRM_SYSFB_HELPER\n', 'drivers/gpu/drm/sysfb/Kconfig'],
    ['void __init pci_acpi_crs_quirks(void)\n{', 'arch/x86/pci/acpi.c'],
    ['VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 30\n', 'Makefile'],
    ['VERSION = 6\nPATCHLEVEL = 12\n', undefined],
    ['', undefined],
  ])('%j is %s', (text, file) => {
    expect(kernelSourceFile(text)).toBe(file);
  });

  test('is a fact; the Makefile says the release and where', () => {
    expect(KERNEL_SOURCE_FILES).toHaveLength(6);
    const of = (text: string) => read(artifactOf('kernel-source', text));
    const kconfig = of('config HYPERV\n');
    expect(kconfig.evidence.kernelSources.map(({ value, strength }) => [value, strength])).toEqual([
      ['drivers/hv/Kconfig', 'configured'],
    ]);
    expect(kconfig.evidence.releases).toEqual([]);
    const text = '# x\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 30\nEXTRAVERSION = -rc1\nNAME = x\n';
    const [release] = of(text).evidence.releases;
    expect([release!.value.release, release!.text]).toEqual([
      '6.12.30-rc1',
      'the Makefile of Linux 6.12.30-rc1',
    ]);
    expect(text.slice(release!.span!.start, release!.span!.end)).toBe(text.slice(4, text.indexOf('\nNAME')));
    const without = of('VERSION = 16\nPATCHLEVEL = 1\nSUBLEVEL = 10\nEXTRAVERSION =\n');
    expect(without.evidence.releases.map(({ value }) => value.release)).toEqual(['16.1.10']);
    expect(of('VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = \n')).toMatchObject({
      codes: [],
      evidence: { releases: [] },
    });
    const other = of('words');
    expect([other.codes, other.evidence.kernelSources]).toEqual([['evidence/kernel-source'], []]);
  });
});

describe('screen_info in words', () => {
  const text = (type: number, base: number, size: number): string => {
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    view.setUint8(0x0f, type);
    view.setUint32(0x18, base, true);
    view.setUint32(0x1c, size, true);
    return read(artifactOf('boot-params', bytes)).evidence.screenInfos[0]!.text;
  };

  test('has its type, and where it is', () => {
    expect(text(0x70, 0xf8000000, 0x300000)).toBe(
      'screen_info: orig_video_isVGA 0x70, lfb_base 0xf8000000, lfb_size 0x300000',
    );
    expect(text(0x01, 0xf8000000, 0x300000)).toBe('screen_info: orig_video_isVGA 0x1, no linear framebuffer');
    expect(text(0x70, 0, 0x300000)).toBe('screen_info: orig_video_isVGA 0x70, no linear framebuffer');
  });

  test('of boot_params each fact stands where it is read', () => {
    const bytes = new Uint8Array(4096);
    bytes.set(Buffer.from('HdrS'), 0x202);
    bytes[0x210] = 0xd1;
    bytes[0x1e8] = 1;
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0x2d0, 0x1000n, true);
    view.setBigUint64(0x2d8, 0x2000n, true);
    view.setUint32(0x2e0, 99, true);
    const { evidence } = read(artifactOf('boot-params', bytes));
    const place = ([fact]: readonly {
      span?: { start: number; end: number } | undefined;
      text: string;
    }[]) => [fact!.span!.start, fact!.span!.end, fact!.text];
    expect(place(evidence.efiBoot)).toEqual([0x1c0, 0x1c4, 'efi_loader_signature is not set']);
    expect(place(evidence.kexec)).toEqual([0x210, 0x211, 'type_of_loader 0xd1: kexec-tools']);
    expect(place(evidence.memoryMap)).toEqual([0x2d0, 0x2e4, 'e820 entry 0: 0x1000+0x2000 type 99']);
    expect(evidence.memoryMap[0]!.value).toMatchObject({ type: 'other', map: 'e820' });
    bytes.set(Buffer.from('EL32'), 0x1c0);
    expect(read(artifactOf('boot-params', bytes)).evidence.efiBoot[0]).toMatchObject({
      value: true,
      text: 'efi_loader_signature is EL32',
    });
    // 128 entries are as many as there may be.
    bytes[0x1e8] = 128;
    expect(read(artifactOf('boot-params', bytes)).codes).toEqual([]);
    bytes[0x1e8] = 129;
    expect(read(artifactOf('boot-params', bytes)).codes).toEqual(['evidence/e820-count']);
  });
});

describe('a kernel image', () => {
  const image = (text: string) => read(artifactOf('image', new Uint8Array(Buffer.from(text, 'latin1'))));

  test('without its configuration says so, where it says what it is', () => {
    const banner = 'Linux version 6.1.5 (x) #1 SMP\n';
    const { codes, evidence } = image(`\0\0${banner}`);
    expect(codes).toEqual(['evidence/image-without-config']);
    expect(evidence.releases.map(({ value, text }) => [value.release, text])).toEqual([
      ['6.1.5', banner.trim()],
    ]);
    expect(image('words').codes).toEqual([]);
    // The format that it is printed with is none.
    expect(image('Linux version %s (%s)\0').evidence.releases).toEqual([]);
    expect(image(`Linux version %s (%s)\0${banner}`).evidence.releases).toHaveLength(1);
  });

  test('of x86 has its release in the header', () => {
    const bytes = new Uint8Array(0x400);
    const view = new DataView(bytes.buffer);
    const put = (text: string, at: number): void => bytes.set(Buffer.from(text), at);
    put('HdrS', 0x202);
    view.setUint16(0x20e, 0x100, true);
    put('6.1.0-56-amd64 (debian) #1 SMP\0', 0x300);
    const { evidence, codes } = read(artifactOf('image', bytes));
    const [release] = evidence.releases;
    expect([codes, release!.value.release, release!.text, release!.span!.start, release!.span!.end]).toEqual([
      [],
      '6.1.0-56-amd64',
      '6.1.0-56-amd64 (debian) #1 SMP',
      0x300,
      0x31e,
    ]);
    expect(evidence.architectures.map(({ value }) => value)).toEqual(['x86_64']);
    put('words without a release\0', 0x300);
    expect(read(artifactOf('image', bytes)).evidence.releases).toEqual([]);
  });
});

describe('/proc/iomem', () => {
  const iomem = (text: string) => read(artifactOf('iomem', text));

  test('names, levels and what cannot lie where it stands', () => {
    const { evidence, codes } = iomem(
      '00000000-0000ffff : System RAM\n  00001000-00001fff : Kernel code\n    00001000-00001fff : x\n00010000-0001ffff : y z \n',
    );
    expect(codes).toEqual([]);
    const shape = (nodes: typeof evidence.iomem): unknown =>
      nodes.map(({ start, last, name, depth, children }) => [start, last, name, depth, shape(children)]);
    expect(shape(evidence.iomem)).toEqual([
      [
        0n,
        0xffffn,
        'System RAM',
        0,
        [[0x1000n, 0x1fffn, 'Kernel code', 1, [[0x1000n, 0x1fffn, 'x', 2, []]]]],
      ],
      [0x10000n, 0x1ffffn, 'y z', 0, []],
    ]);
    const faults = (text: string): string[] => iomem(`00000000-0000ffff : a\n${text}\n`).codes;
    expect(faults('00020000-0001ffff : b')).toEqual(['evidence/iomem-nesting']);
    expect(faults('  00001000-00010000 : b')).toEqual(['evidence/iomem-nesting']);
    expect(faults('    00001000-00001fff : b')).toEqual(['evidence/iomem-nesting']);
    expect(faults('  00001000-0000ffff : b')).toEqual([]);
    expect(faults('words')).toEqual(['evidence/iomem-line']);
    expect(faults('00010000-0001ffff : ')).toEqual(['evidence/iomem-line']);
    expect(faults('\n')).toEqual([]);
    expect(iomem('').codes).toEqual(['evidence/iomem-empty']);
  });

  test('read without privilege it is zeros', () => {
    const zeros = '00000000-00000000 : a\n00000000-00000000 : b\n';
    expect(iomem(zeros)).toMatchObject({ codes: ['evidence/iomem-unprivileged'], evidence: { iomem: [] } });
    expect(iomem('00000000-00000000 : a\n').codes).toEqual([]);
    expect(iomem(`${zeros}00001000-00001fff : c\n00002000-00002fff : d\n`).codes).toEqual([]);
  });
});

describe('several that are compared with each other', () => {
  const uname = (release: string) =>
    artifactOf('uname', `Linux host ${release} #1 SMP x86_64 GNU/Linux\n`, release);
  const releases = (...names: string[]) => {
    const { release, contradictions } = reconcile(read(...names.map(uname)).evidence);
    return [release?.value.release, contradictions.length];
  };

  test.each<[string[], string | undefined, number]>([
    [['6.1.5', '6.1.5'], '6.1.5', 0],
    [['6.1.5', '6.1.6'], undefined, 1],
    [['6.1.0-56-amd64', '6.1.192'], '6.1.192', 0],
    [['6.1.0-56-amd64', '6.2.1'], undefined, 1],
    [['6.1.0-56-amd64', '6.1.0-57-amd64'], '6.1.0-56-amd64', 0],
    // Only a number behind `.0-` hides an update: that is a release of its own.
    [['6.1.0-rc1', '6.1.5'], undefined, 1],
    [['6.1.5-custom', '6.1.5-other'], '6.1.5-custom', 0],
    [['16.1.0-56-amd64', '6.1.0-56-amd64'], undefined, 1],
  ])('%j', (names, release, contradictions) => {
    expect(releases(...names)).toEqual([release, contradictions]);
  });

  test('screen_infos of one base and of different sizes are different', () => {
    const screen = (base: number, size: number, name: string) => {
      const bytes = new Uint8Array(64);
      const view = new DataView(bytes.buffer);
      view.setUint8(0x0f, 0x70);
      view.setUint32(0x18, base, true);
      view.setUint32(0x1c, size, true);
      return artifactOf('boot-params', bytes, name);
    };
    const found = (...screens: Parameters<typeof screen>[]) => {
      const { screenInfo, contradictions } = reconcile(
        read(...screens.map((each) => screen(...each))).evidence,
      );
      return [screenInfo?.value.lfbSize, contradictions.map(({ about, message }) => `${about}: ${message}`)];
    };
    expect(found([0x1000, 0x10, 'a'], [0x1000, 0x10, 'b'])).toEqual([0x10n, []]);
    expect(found([0x1000, 0x10, 'a'], [0x1000, 0x20, 'b'])).toEqual([
      undefined,
      ['screen_info: a and b have different framebuffers'],
    ]);
    expect(found([0x1000, 0x10, 'a'], [0x2000, 0x10, 'b'])[0]).toBeUndefined();
  });

  test('framebuffers are one where one begins in the other', () => {
    const same = (a: [bigint, bigint | null], b: [bigint, bigint | null]): boolean[] => {
      const [one, two] = [a, b].map(([base, size]) => ({ base, size })) as [
        { base: bigint; size: bigint | null },
        { base: bigint; size: bigint | null },
      ];
      return [sameFramebuffer(one, two), sameFramebuffer(two, one)];
    };
    expect(same([0x1000n, null], [0x1000n, null])).toEqual([true, true]);
    expect(same([0x1000n, 0x1000n], [0x1fffn, null])).toEqual([true, true]);
    expect(same([0x1000n, 0x1000n], [0x2000n, 0x1000n])).toEqual([false, false]);
    expect(same([0x1000n, null], [0x1001n, null])).toEqual([false, false]);
    expect(same([0x1001n, 0x10n], [0x1000n, 1n])).toEqual([false, false]);
  });
});
