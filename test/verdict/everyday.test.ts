/** What everyday inputs answer: the table of the question, and kinds of evidence that change an answer. */
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../src/verdict/answer.ts';
import type { GivenFacts } from '../../src/verdict/given.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../evidence/artifacts.ts';

type Values = Readonly<Record<string, bigint>>;

async function ask(inputs: readonly Artifact[], kernel: GivenFacts = {}, set: Values = {}): Promise<Verdict> {
  return answerSysfb(
    inputs,
    { describe: { set: new Map(Object.entries(set)) }, kernel },
    new DiagnosticList(),
  );
}

/**
 * As the table of a Generation 2 machine computes its gaps: the last address is base + length - 1, without a test of the
 * length.
 */
const GEN2 = artifactOf(
  'asl',
  `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) {
  OperationRegion (BIOS, SystemMemory, 0xF7FD9000, 0x20)
  Field (BIOS, DWordAcc, NoLock, Preserve) { MG2B, 32, MG2L, 32, HMIB, 32, HMIL, 32 }
  Device (\\_SB.VMOD) {
    Name (_HID, "ACPI0004")
    Name (_CRS, ResourceTemplate () {
      DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0, 0, 0, 0,,, _Y00)
      QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0, 0, 0, 0,,, _Y01)
    })
    Method (_INI, 0, NotSerialized) {
      CreateDWordField (_CRS, \\_SB.VMOD._Y00._MIN, MIN4)
      CreateDWordField (_CRS, \\_SB.VMOD._Y00._MAX, MAX4)
      CreateDWordField (_CRS, \\_SB.VMOD._Y00._LEN, LEN4)
      CreateQWordField (_CRS, \\_SB.VMOD._Y01._MIN, MIN6)
      CreateQWordField (_CRS, \\_SB.VMOD._Y01._MAX, MAX6)
      CreateQWordField (_CRS, \\_SB.VMOD._Y01._LEN, LEN6)
      MIN4 = MG2B
      LEN4 = MG2L
      MAX4 = (MIN4 + (LEN4 - 1))
      MIN6 = (HMIB << 20)
      LEN6 = (HMIL << 20)
      MAX6 = (MIN6 + (LEN6 - 1))
    }
    Device (VMBS) {
      Name (_HID, "VMBus")
      Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })
    }
  }
}`,
  'dsdt.asl',
);
/** Low gap [0xf8000000, 4 GiB), high gap from 0xfe0000000 on. */
const LOCAL: Values = { MG2B: 0xf8000000n, MG2L: 0x8000000n, HMIB: 0xfe00n, HMIL: 0x200n };
const HIGH: Values = { HMIB: 0xfe00n, HMIL: 0x200n };

/** Generation 1: VMBus directly below a PCI root bridge. */
const GEN1 = artifactOf(
  'asl',
  `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "MSFTVM02", 1) {
  Device (\\_SB.PCI0) {
    Name (_HID, EisaId ("PNP0A03"))
    Name (_CRS, ResourceTemplate () {
      DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFFFBFFFF, 0, 0x07FC0000)
    })
    Device (VMB8) {
      Name (_HID, "VMBus")
      Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })
    }
  }
}`,
  'dsdt.asl',
);

const log = (...lines: string[]): Artifact =>
  artifactOf('dmesg', `${lines.map((line) => `[    0.000000] ${line}`).join('\n')}\n`, 'dmesg.txt');
const version = (release: string): string => `Linux version ${release} (b@h) (gcc) #1 SMP`;
const KDUMP = 'Kernel command line: root=/dev/sda1 elfcorehdr=0x2f000000';
/** A configuration without header or ends says only what it says. */
const config = (...lines: string[]): Artifact =>
  artifactOf('kconfig', `${lines.join('\n')}\n`, 'fragment.config');

const rowsOf = ({ conditions }: Verdict) => conditions.map(({ answer, effective }) => [answer, effective]);
const ids = ({ rules }: Verdict): string[] => rules.map(({ id }) => id);

describe('Generation 2', () => {
  it.each([
    // Without a release the newest counts: the driver takes screen_info only with CONFIG_SYSFB since 6.7.
    [undefined, 'needed', true],
    ['6.12.60', 'needed', true],
    ['6.6.10', 'not-needed', false],
    ['5.15.150', 'not-needed', false],
  ] as const)('with its values and release %s', async (release, answer, effective) => {
    expect(await ask([GEN2], release === undefined ? {} : { release }, LOCAL)).toMatchObject({
      answer,
      effective,
    });
  });

  it('tells older releases where none is named', async () => {
    const verdict = await ask([GEN2], {}, LOCAL);
    expect(rowsOf(verdict)).toEqual([
      ['needed', true],
      ['not-needed', false],
    ]);
  });

  it('whose table alone is given depends on the low gap, first of all', async () => {
    const verdict = await ask([GEN2]);
    expect(verdict.answer).toBe('depends');
    expect(verdict.summary).toMatch(/^It depends: needed if MG2L > 0 and release >= 6\.7\b/);
    expect(verdict.framebuffer).toMatchObject({ expression: 'MG2B' });
    expect(verdict.conditions.length).toBeLessThanOrEqual(8);
  });

  it('without a low gap takes what is computed of its base', async () => {
    // [0xf8000000, 0xf7ffffff] is no place for anything.
    expect((await ask([GEN2], {}, { ...HIGH, MG2L: 0n, MG2B: 0xf8000000n })).answer).toBe('not-needed');
    // 0 + 0 - 1 is all below 4 GiB, and nothing says where in it the framebuffer is.
    const all = await ask([GEN2], {}, { ...HIGH, MG2L: 0n, MG2B: 0n });
    expect(all).toMatchObject({ answer: 'needed', effective: true });
    expect(all.pool[0]).toMatchObject({ base: 0n, size: 0xfed40000n });
  });

  it('without a high gap has its framebuffer at the base of the low one all the same', async () => {
    const verdict = await ask([GEN2], { release: '6.12.60' }, { ...LOCAL, HMIB: 0n, HMIL: 0n });
    expect(verdict).toMatchObject({ answer: 'needed', framebuffer: { base: 0xf8000000n } });
    // The high window's end wraps: the driver has a second window from 0 on.
    expect(verdict.pool[1]).toMatchObject({ base: 0n });
  });

  it.each([
    ['Hyper-V: Isolation Config: Group A 0x0, Group B 0x2'],
    ['Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP'],
    ['tdx: Guest detected'],
  ])('that is confidential has no framebuffer to be told of: %s', async (line) => {
    const verdict = await ask([GEN2, log(version('6.8.0'), line)], {}, LOCAL);
    expect(verdict).toMatchObject({ answer: 'needed', effective: false });
    expect(ids(verdict)).toContain('confidential');
    // Before the test of CONFIG_SYSFB came lfb_base was needed, too.
    expect(await ask([GEN2, log(version('6.6.10'), line)], {}, LOCAL)).toMatchObject({
      answer: 'needed',
      effective: false,
    });
  });

  it('started by kdump: screen_info is open on x86 and empty on arm64', async () => {
    const x86 = await ask([GEN2, log(version('6.8.0'), KDUMP)], {}, LOCAL);
    expect(x86).toMatchObject({ answer: 'needed', effective: null });
    const arm = log('Booting Linux on physical CPU 0x0000000000 [0x410fd0c1]', version('6.8.0'), KDUMP);
    expect(await ask([GEN2, arm], {}, LOCAL)).toMatchObject({ answer: 'needed', effective: false });
    // Where no gate is, it depends on what the first kernel left in screen_info.
    expect((await ask([GEN2, log(version('6.6.10'), KDUMP)], {}, LOCAL)).answer).toBe('depends');
  });

  it('with CONFIG_EFI=n takes the branch of Generation 1 and finds no video device', async () => {
    const verdict = await ask([GEN2, config('# CONFIG_EFI is not set')], { release: '6.8.0' }, LOCAL);
    expect(verdict).toMatchObject({ answer: 'needed', effective: false });
    expect(ids(verdict)).toContain('efi-not-configured');
    // So it does in releases without the gate.
    expect(await ask([GEN2, config('# CONFIG_EFI is not set')], { release: '6.6.10' }, LOCAL)).toMatchObject({
      answer: 'needed',
      effective: false,
    });
  });

  it('whose kernel is of a vendor may have any backport', async () => {
    // 6.6 has no gate; whether the vendor took a07b50d80ab6 nobody knows.
    const verdict = await ask([GEN2, log(version('6.6.57.1-7.azl3'))], {}, LOCAL);
    expect(verdict.answer).toBe('depends');
    expect(verdict.toSettle.map(({ what }) => what)).toContain('has a07b50d80ab6');
    expect(ids(verdict)).toContain('vendor-kernel');
    // Nor of a tree whose name is nobody's, or of what came before the first candidate of 6.7.
    for (const name of [
      '6.6.57-lab',
      '6.6.57.1',
      '6.6.57.mshv2',
      '6.7.0-rc0',
      '6.7.0-0.rc0.20231101git8bc9e65.5.fc40',
    ])
      expect((await ask([GEN2, log(version(name))], {}, LOCAL)).answer, name).toBe('depends');
    expect((await ask([GEN2, log(version('6.6.57-200.fc39.x86_64'))], {}, LOCAL)).answer).toBe('not-needed');
    // What a release has, its vendors don't take out.
    expect((await ask([GEN2, log(version('6.8.0-1021-azure'))], {}, LOCAL)).answer).toBe('needed');
  });

  it('whose driver failed on a device did not reserve, whatever the release says', async () => {
    const failed =
      'hv_pci 5c41ac43-1a2b-4c3d-9e8f-0123456789ab: PCI Pass-through VSP failed D0 Entry with status c0370048';
    const verdict = await ask([GEN2, log(version('6.6.10'), failed)], {}, LOCAL);
    expect(verdict.answer).toBe('needed');
    expect(ids(verdict)).toContain('observed-contradicts-model');
    // With CONFIG_SYSFB open one of its values explains it.
    const newer = await ask([GEN2, log(version('6.8.0'), failed)], {}, LOCAL);
    expect(newer).toMatchObject({ answer: 'needed', effective: true });
    expect(ids(newer)).not.toContain('observed-contradicts-model');
  });

  it('takes the gaps that SRAT leaves for its own, towards the worse answer only', async () => {
    const range = (text: string): string => `ACPI: SRAT: Node 0 PXM 0 [mem ${text}`;
    // What is left out: [0xf8000000, 4 GiB) and [0xfe0000000, 64 GiB).
    const srat = log(
      range('0x00000000-0x5fffffff]'),
      range('0x60000000-0xf7ffffff] hotplug'),
      range('0x100000000-0xfdfffffff] hotplug'),
      range('0x1000000000-0xffffffffff] hotplug'),
    );
    const verdict = await ask([GEN2, srat]);
    expect(verdict).toMatchObject({ answer: 'needed', effective: true });
    expect(ids(verdict)).toContain('srat-gaps');
    expect(verdict.assumptions.map(({ text }) => text).join()).toContain('SRAT');
    // Of a release that would be safe with these gaps it still isn't known.
    expect((await ask([GEN2, srat], { release: '6.6.10' })).answer).toBe('depends');
    // Values that are given count.
    expect((await ask([GEN2, srat], {}, { ...HIGH, MG2L: 0n, MG2B: 0xf8000000n })).answer).toBe('not-needed');
    // Memory that is there says nothing of gaps.
    const plain = log(range('0x00000000-0xf7ffffff]'), range('0x100000000-0x1ffffffff]'));
    expect((await ask([GEN2, plain])).answer).toBe('depends');
  });

  it('of a release that is not out yet is an assumption by name', async () => {
    const verdict = await ask([GEN2], { release: '99.1' }, LOCAL);
    expect(verdict.assumptions.map(({ text }) => text).join()).toContain('Linux 99.1');
  });
});

describe('Generation 1', () => {
  it('depends on lfb_base before 6.0, and needs nothing from then on', async () => {
    const verdict = await ask([GEN1]);
    expect(verdict.answer).toBe('depends');
    expect(verdict.toSettle.map(({ what }) => what).sort()).toEqual(['lfb_base', 'release']);
    expect((await ask([GEN1], { release: '6.0' })).answer).toBe('not-needed');
    expect((await ask([GEN1], { release: '6.12.60' })).answer).toBe('not-needed');
    expect((await ask([GEN1], { release: '5.15.100' })).answer).toBe('depends');
  });

  it('in text mode has lfb_base 0', async () => {
    const text = log(version('5.15.100'), 'Console: colour VGA+ 80x25');
    expect(await ask([GEN1, text])).toMatchObject({ answer: 'needed', effective: false });
  });
});

describe('a machine of which only the kernel is known', () => {
  const guest = (release: string, ...lines: string[]): Artifact =>
    log(version(release), 'Hypervisor detected: Microsoft Hyper-V', ...lines);

  it('is gated from 6.7 on, where it boots by EFI', async () => {
    const efi = 'efi: EFI v2.7 by Microsoft';
    expect(await ask([guest('6.8.0', efi)])).toMatchObject({ answer: 'needed', effective: true });
    const older = await ask([guest('6.6.10', efi)]);
    expect(older.conditions.some(({ answer }) => answer === 'needed')).toBe(false);
  });
});

describe('a list of PCI devices', () => {
  const QEMU = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "BOCHS", "BXPCDSDT", 1) {
  Device (\\_SB.PCI0) {
    Name (_HID, EisaId ("PNP0A08"))
    Name (_CRS, ResourceTemplate () {
      DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xC0000000, 0xFEBFFFFF, 0, 0x3EC00000)
    })
    Device (ISA) {
      Name (_ADR, 0x00010000)
      Device (VMBR) {
        Name (_HID, "VMBus")
        Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })
      }
    }
  }
}`,
    'dsdt.asl',
  );
  const FIRST = '00:00.0 Host bridge [0600]: Intel Corporation 82G33 [8086:29c0]';
  const ISA = '00:1f.0 ISA bridge [0601]: Intel Corporation ICH9 [8086:2918] (rev 02)';
  const SATA = '00:1f.2 SATA controller [0106]: Intel Corporation ICH9 [8086:2922] (rev 02)';
  const listing = (...lines: string[]): Artifact => artifactOf('lspci', `${lines.join('\n')}\n`, 'lspci.txt');

  it('proves that there is no video device where it begins at the first', async () => {
    const verdict = await ask([QEMU, listing(FIRST, ISA, SATA)], { release: '6.12.60', boot: 'bios' });
    // Nothing finds a framebuffer, wherever it is: CONFIG_SYSFB makes no difference.
    expect(verdict.conditions.some(({ effective }) => effective === true)).toBe(false);
    expect(verdict.toSettle.map(({ what }) => what)).not.toContain('1414:5353');
  });

  it('proves nothing of the kind where its beginning is missing', async () => {
    const verdict = await ask([QEMU, listing(ISA, SATA)], { release: '6.12.60', boot: 'bios' });
    expect(verdict.toSettle.map(({ what }) => what)).toContain('1414:5353');
  });
});

describe('inputs of several machines', () => {
  const GEN1_DMI = 'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018';
  const GEN2_DMI =
    'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 04/13/2022';
  const QEMU_DMI = 'DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2 04/01/2014';
  const TREE = artifactOf(
    'dts',
    `/dts-v1/;
/ {
  #address-cells = <2>; #size-cells = <2>;
  bus {
    compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges;
    vmbus {
      compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>;
      microsoft,vtl = <2>;
      ranges = <0xf 0xf0000000 0xf 0xf0000000 0x0 0x10000000>;
    };
  };
};
`,
    'a.dts',
  );

  it.each([
    ['tables of Generation 2 and a log of Generation 1', [GEN2, log(version('6.6.10'), GEN1_DMI)]],
    ['tables of Generation 2 and a log of QEMU', [GEN2, log(version('6.6.10'), QEMU_DMI)]],
    ['tables of Generation 1 and a log of Generation 2', [GEN1, log(version('6.12.60'), GEN2_DMI)]],
    ['a tree of VTL2 and a log of VTL0', [TREE, log(version('6.12.60'), GEN2_DMI)]],
  ])('%s', async (_name, inputs) => {
    const verdict = await ask(inputs, {}, inputs.includes(GEN2) ? LOCAL : {});
    expect(verdict.answer).not.toBe('not-needed');
    expect(ids(verdict)).toContain('evidence-contradicts');
  });

  it('by the OEM ids of the tables alone', async () => {
    const bochs = artifactOf(
      'asl',
      new TextDecoder().decode(GEN1.source.bytes).replace('"MSFTVM", "MSFTVM02"', '"BOCHS", "BXPC"'),
      'dsdt.asl',
    );
    const verdict = await ask([bochs], { release: '6.12.60' });
    expect(verdict.answer).not.toBe('not-needed');
    expect(verdict.machine.platform).toBe('other');
  });

  it('a tree beside the log of a kernel that EFI started on x86', async () => {
    const x86 = log(version('6.12.60'), 'Command line: root=/dev/sda1', 'efi: EFI v2.7 by EDK II');
    const verdict = await ask([TREE, x86, config('CONFIG_X86_64=y')]);
    expect(verdict.answer).toBe('unknown');
    expect(ids(verdict)).toContain('device-tree-not-read');
    // On arm64 EFI firmware gives kernels a tree.
    const arm = log(
      'Booting Linux on physical CPU 0x0000000000 [0x410fd0c1]',
      version('6.12.60'),
      'efi: EFI v2.7 by EDK II',
    );
    expect((await ask([TREE, arm])).answer).toBe('not-needed');
  });
});

it('a VMBus device that _STA says is not there is not taken by the driver', async () => {
  const text = new TextDecoder().decode(GEN2.source.bytes);
  const gone = artifactOf('asl', text.replace('Name (_HID, "VMBus")', 'Name (_HID, "VMBus") Name (_STA, 0)'));
  expect((await ask([gone], {}, LOCAL)).answer).toBe('not-needed');
  // Bit 3, functioning, is enough for Linux.
  const works = artifactOf(
    'asl',
    text.replace('Name (_HID, "VMBus")', 'Name (_HID, "VMBus") Name (_STA, 8)'),
  );
  expect((await ask([works], {}, LOCAL)).answer).toBe('needed');
});

it('a tree of which nothing can be read is no tree', async () => {
  const broken = artifactOf('dtb', new Uint8Array([0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 1]), 'a.dtb');
  expect((await ask([broken])).answer).toBe('unknown');
  expect((await ask([broken, GEN1], { release: '6.12.60' })).answer).not.toBe('not-needed');
});
