/**
 * Kinds of inputs on which an answer was wrong once, or may be: each with the answer worked out from the kernel's source,
 * which the comment names.
 */
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../src/verdict/answer.ts';
import type { GivenFacts } from '../../src/verdict/given.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../evidence/artifacts.ts';

async function ask(inputs: readonly Artifact[], kernel: GivenFacts = {}): Promise<Verdict> {
  return answerSysfb(inputs, { describe: {}, kernel, judgedOnly: true }, new DiagnosticList());
}

const ids = ({ rules }: Verdict): string[] => rules.map(({ id }) => id);
const log = (...lines: string[]): Artifact =>
  artifactOf('dmesg', `${lines.map((line) => `[    0.000000] ${line}`).join('\n')}\n`, 'dmesg.txt');
const version = (release: string): string => `Linux version ${release} (b@h) (gcc) #1 SMP`;
const ON_HYPERV = 'Hypervisor detected: Microsoft Hyper-V';

// ---- device trees

interface TreeParts {
  readonly root?: string;
  readonly bus?: string;
  readonly vmbus?: string;
  readonly more?: string;
}

const LOW_RANGES = 'ranges = <0x0 0xf8000000 0x0 0xf8000000 0x0 0x06d40000>;';

function tree({ root = '', bus = '', vmbus = '', more = '' }: TreeParts, name = 'a.dts'): Artifact {
  return artifactOf(
    'dts',
    `/dts-v1/;
/ { #address-cells = <2>; #size-cells = <2>; ${root}
  bus { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges; ${bus}
    vmbus { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>; ${LOW_RANGES} ${vmbus} };
  };
  ${more}
};
`,
    name,
  );
}

/** A framebuffer node with the given properties, 1024 by 768. */
const framebuffer = (properties: string): string =>
  `chosen { #address-cells = <2>; #size-cells = <2>; ranges;
    framebuffer { compatible = "simple-framebuffer"; ${properties} width = <1024>; height = <768>; stride = <4096>; format = "x8r8g8b8"; };
  };`;
const INSIDE = framebuffer('reg = <0x0 0xf8000000 0x0 0x300000>;');
const OUTSIDE = framebuffer('reg = <0x0 0x90000000 0x0 0x300000>;');

describe('a VMBus node that is not to be used', () => {
  // of_platform_bus_create() makes no device of a node that of_device_is_available() refuses, and does not look below it:
  // a status that is neither "okay" nor "ok", empty ones too. The root is no device, and its status is not asked for.
  it.each<[string, TreeParts, string]>([
    ['disabled', { vmbus: 'status = "disabled";' }, 'not-needed'],
    ['of another status', { vmbus: 'status = "fail-sss";' }, 'not-needed'],
    ['of an empty status', { vmbus: 'status;' }, 'not-needed'],
    ['below a disabled bus', { bus: 'status = "disabled";' }, 'not-needed'],
    ['okay', { vmbus: 'status = "okay";' }, 'needed'],
    ['ok', { vmbus: 'status = "ok";' }, 'needed'],
    ['below a root with a status', { root: 'status = "disabled";' }, 'needed'],
  ])('%s', async (_name, parts, answer) => {
    const verdict = await ask([tree({ ...parts, more: INSIDE })]);
    expect(verdict.answer).toBe(answer);
    expect(ids(verdict).includes('dt-node-disabled')).toBe(answer === 'not-needed');
    if (answer === 'not-needed') expect(verdict).toMatchObject({ pool: [], hazard: 'none' });
  });

  it('says where that is written', async () => {
    const verdict = await ask([tree({ bus: 'status = "disabled";', more: INSIDE })]);
    expect(verdict.reason).toBe(
      '/bus is disabled by its status, so the driver does not probe what is below it',
    );
    const rule = verdict.rules.find(({ id }) => id === 'dt-node-disabled');
    expect(rule?.evidence[0]?.origin).toMatchObject({ path: '/bus', item: 'status' });
  });
});

describe('a framebuffer elsewhere', () => {
  it('in the same tree leaves the low window free', async () => {
    expect((await ask([tree({ more: OUTSIDE })])).answer).toBe('not-needed');
  });

  // It shows that there may be one there, and nothing about the framebuffer of this machine.
  it('in another tree, or in a node that is disabled, says nothing of the low window', async () => {
    const other = artifactOf(
      'dts',
      `/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>; ${OUTSIDE} };`,
      'b.dts',
    );
    for (const inputs of [
      [tree({}), other],
      [tree({ more: framebuffer('status = "disabled"; reg = <0x0 0x90000000 0x0 0x300000>;') })],
    ])
      expect((await ask(inputs)).answer).toBe('depends');
  });

  // simplefb_get_memory_of() of drivers/gpu/drm/sysfb/simpledrm.c: memory-region comes before reg.
  it.each([
    ['0x90000000', '0xf8000000', 'not-needed'],
    ['0xf8000000', '0x90000000', 'needed'],
  ])('memory-region at %s counts, and reg at %s does not', async (region, reg, answer) => {
    const more = `reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
      region: fb@${region.slice(2)} { reg = <0x0 ${region} 0x0 0x300000>; no-map; }; };
      ${framebuffer(`reg = <0x0 ${reg} 0x0 0x300000>; memory-region = <&region>;`)}`;
    const verdict = await ask([tree({ more })]);
    expect(verdict).toMatchObject({ answer, framebuffer: { base: BigInt(region) } });
  });
});

describe('a line whose cells fill no entry', () => {
  const line = (cells: number): Artifact =>
    artifactOf(
      'dts-fragment',
      `ranges = <0x0f 0xf0000000 0x0f 0xf0000000 ${'0x10000000 '.repeat(cells - 4)}>;`,
      'line.dtsi',
    );

  // 2 + 2 + 1 by the binding, 2 + 2 + 2 by openhcl_boot; of seven cells Linux takes one entry, and which nobody knows.
  it.each([
    [5, 'not-needed'],
    [7, 'unknown'],
    [8, 'unknown'],
  ])('%i cells', async (cells, answer) => {
    const verdict = await ask([line(cells)]);
    expect(verdict.answer).toBe(answer);
    if (answer === 'unknown') expect(verdict.reason).toContain(`${cells} cells are neither whole entries`);
  });
});

// ---- ACPI tables

const LOW =
  'DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFFFFFFFF, 0, 0x08000000)';
const HIGH =
  'QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xFE0000000, 0xFFFFFFFFF, 0, 0x20000000)';
/** [base, last] of 32 bits. */
const window = (base: bigint, last: bigint): string =>
  `DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0x${base.toString(16)}, 0x${last.toString(16)}, 0, 0x${(last - base + 1n).toString(16)})`;

interface TableParts {
  readonly crs?: string;
  readonly own?: string;
  readonly before?: string;
  readonly after?: string;
}

/** Generation 2: VMBus below a module device. */
function gen2({ crs = `${LOW} ${HIGH}`, own = '', before = '', after = '' }: TableParts = {}): Artifact {
  const above = crs === '' ? '' : `Name (_CRS, ResourceTemplate () { ${crs} })`;
  return artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) {
  ${before}
  Device (\\_SB.VMOD) {
    Name (_HID, "ACPI0004")
    ${above}
    Device (VMBS) {
      Name (_HID, "VMBus")
      Name (_CRS, ResourceTemplate () { ${own} IRQ (Edge, ActiveHigh, Exclusive) {5} })
    }
  }
  ${after}
}`,
    'dsdt.asl',
  );
}

describe('another window that overlaps the first', () => {
  // The allocator's test of the reservation looks at the first and the last byte of a request (vmbus_allocate_mmio);
  // in the second window no claim of the first is in the way. The kernel's vector h-overlap-enclose-fb-second-window.
  const around = gen2({ crs: `${LOW} ${window(0xf0000000n, 0xfed3ffffn)}` });
  const at = (base: bigint): NonNullable<GivenFacts['framebuffer']> => ({
    base,
    size: 0x800000n,
    from: 'given',
    text: 'given',
  });

  it('gives a request around the reservation a way past it', async () => {
    // Listed first is [f8000000, fed40000]: the other overlaps it and comes after it.
    const old = await ask([around], { release: '6.6.10', framebuffer: at(0xfa000000n) });
    expect(old).toMatchObject({ answer: 'needed', effective: false });
    expect(old.reason).toContain('a request around the whole reservation');
    const gated = await ask([around], { release: '6.12.60', framebuffer: at(0xfa000000n) });
    expect(gated).toMatchObject({ answer: 'needed', effective: null });
  });

  it('does not where it ends with the reservation, or is in it', async () => {
    // Of the reservation [fa000000, fa7fffff] it holds the end alone, and nothing after it.
    const upTo = gen2({ crs: `${LOW} ${window(0xf9000000n, 0xfa7fffffn)}` });
    expect((await ask([upTo], { release: '6.6.10', framebuffer: at(0xfa000000n) })).answer).toBe(
      'not-needed',
    );
    const from = gen2({ crs: `${LOW} ${window(0xfa000000n, 0xfb000000n)}` });
    expect((await ask([from], { release: '6.6.10', framebuffer: at(0xfa000000n) })).answer).toBe(
      'not-needed',
    );
  });

  it('is not kept off at all before the test (f0880e2cb7e1)', async () => {
    const from = gen2({ crs: `${LOW} ${window(0xfa000000n, 0xfb000000n)}` });
    const verdict = await ask([from], { release: '5.10.100', framebuffer: at(0xfa000000n) });
    expect(verdict).toMatchObject({ answer: 'needed', effective: false });
  });
});

it('a reservation of the whole low window keeps the framebuffer, wherever it is in it', async () => {
  // With lfb_base 0 the fallback (016a25e4b0df) takes 128 MiB at most from the start of the first window on, and this
  // window has no more. In 6.6.y it does so whatever CONFIG_SYSFB is, in 6.12.y only with it.
  const printed = (release: string): Artifact[] => [
    log(
      version(release),
      ON_HYPERV,
      'efi: EFI v2.7 by Microsoft',
      'hv_vmbus: hv_mmio=[mem 0xc0000000-0xc7ffffff],(null) fb=[mem 0xc0000000-0xc7ffffff]',
    ),
    artifactOf('boot-params', new Uint8Array(64), 'boot_params'),
  ];
  expect((await ask(printed('6.6.144'))).answer).toBe('not-needed');
  expect(await ask(printed('6.12.95'))).toMatchObject({ answer: 'needed', effective: true });
  // Of a larger one a part stays free: the start, where Generation 2 firmware puts it, is kept.
  const larger = log(
    version('6.6.144'),
    ON_HYPERV,
    'efi: EFI v2.7 by Microsoft',
    'hv_vmbus: hv_mmio=[mem 0xc0000000-0xcfffffff],(null) fb=[mem 0xc0000000-0xc7ffffff]',
  );
  const verdict = await ask([larger, artifactOf('boot-params', new Uint8Array(64), 'boot_params')]);
  expect(verdict.answer).toBe('depends');
  expect(verdict.conditions.filter((each) => each.answer === 'needed')).toHaveLength(1);
  expect(verdict.toSettle.map(({ what }) => what)).toContain('framebuffer_base');
});

it('a reservation of a part of the framebuffer is none', async () => {
  // 8 MiB do not fit at fe800000 below the virtual TPM's fed40000, 4 MiB do: fec00000 and up stay free to hand out.
  const at = { base: 0xfe800000n, size: 0x800000n, from: 'given' as const, text: 'given' };
  const verdict = await ask([gen2()], { release: '6.6.10', framebuffer: at });
  expect(verdict).toMatchObject({ answer: 'needed', effective: false });
  expect(verdict.reason).toContain('only a part of it is reserved');
});

it("windows of VMBus' own _CRS are never reserved in, where nothing above has one", async () => {
  // vmbus_acpi_add() calls vmbus_reserve_fb() only after an ancestor's _CRS was walked.
  for (const release of ['6.6.10', '6.12.60']) {
    const verdict = await ask([gen2({ crs: '', own: LOW })], { release });
    expect(verdict).toMatchObject({ answer: 'needed', effective: false });
  }
});

it.each([
  // ChangeLog of 6.1.53 has 78e04bbff849; 6.6 is the first mainline release with it.
  ['6.1.52', true],
  ['6.1.53', false],
  ['6.5', true],
  ['6.6', false],
])('without a window above VMBus Linux %s oopses: %s', async (release, oopses) => {
  const verdict = await ask([gen2({ crs: window(0n, 0n) })], { release });
  expect(verdict.answer).toBe('not-needed');
  expect(ids(verdict).includes('acpi-root-oops')).toBe(oopses);
});

it('a table that is loaded at boot and not known may describe VMBus', async () => {
  const loads = gen2({
    crs: HIGH,
    before: 'OperationRegion (TABL, SystemMemory, 0x7FFF0000, 0x1000) Name (HNDL, 0)',
    after: 'Scope (\\_SB) { Method (_INI) { Load (\\TABL, \\HNDL) } }',
  });
  const verdict = await ask([loads], { release: '6.12.60' });
  expect(verdict.answer).toBe('unknown');
  expect(verdict.gaps.map(({ code }) => code)).toEqual(['acpi/table-loaded-unknown']);
  // A method that nobody calls loads nothing.
  const idle = gen2({
    crs: HIGH,
    before: 'OperationRegion (TABL, SystemMemory, 0x7FFF0000, 0x1000) Name (HNDL, 0)',
    after: 'Scope (\\_SB) { Method (LDTB) { Load (\\TABL, \\HNDL) } }',
  });
  expect((await ask([idle], { release: '6.12.60' })).answer).toBe('not-needed');
});

// ---- kernels

it('a vendor kernel that is named by option may have backports, as one of a log may', async () => {
  for (const release of ['5.14.0-570.el9.x86_64', '6.6.96.1-1.azl3', '5.15.0-1041-azure']) {
    const verdict = await ask([gen2()], { release });
    expect(verdict.answer).toBe('depends');
    expect(ids(verdict)).toContain('vendor-kernel');
    const told = verdict.conditions.map(({ answer, because }) => `${answer} ${because}`).join('\n');
    expect(told).toMatch(/needed .*only with CONFIG_SYSFB/);
  }
  expect((await ask([gen2()], { release: '6.6.96' })).answer).toBe('not-needed');
});

describe('releases that several inputs name', () => {
  const uname = (text: string): Artifact => artifactOf('uname', text, 'uname.txt');
  const header = (release: string): Artifact =>
    artifactOf('kconfig', `# Linux/x86 ${release} Kernel Configuration\nCONFIG_HYPERV=y\n`, '.config');

  it('a branch and one of its updates are that update', async () => {
    // Debian's 6.1.0-50-amd64 may be any update of 6.1, and its configuration's header says which.
    const verdict = await ask([
      gen2(),
      header('6.1.176'),
      uname('Linux host 6.1.0-50-amd64 #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n'),
    ]);
    expect(ids(verdict)).not.toContain('evidence-contradicts');
    expect(verdict.answer).toBe('not-needed');
  });

  it('one number with and without the marks of a distribution is one release', async () => {
    const text =
      'Linux version 6.12.117+deb12-amd64 (x@y) (gcc (Debian 12.2.0-14) 12.2.0) # SMP Debian 6.12.117-1 (2026-11-14)';
    const verdict = await ask([gen2(), header('6.12.117'), log(text)]);
    expect(ids(verdict)).not.toContain('evidence-contradicts');
    expect(verdict.kernel.release).toBe('6.12.117');
  });

  it('two updates of a branch contradict each other, and a candidate is none of them', async () => {
    for (const other of ['6.6.10', '6.12-rc3', '6.12.94']) {
      const verdict = await ask([gen2(), header(other), header('6.12.117')]);
      expect(ids(verdict)).toContain('evidence-contradicts');
    }
  });
});

describe('what the kernel is to the hypervisor', () => {
  // hv_acpi_init() (drivers/hv/vmbus_drv.c): nothing without Hyper-V, nor in a root partition that isn't nested.
  it.each([
    ['a Xen PV guest', ['Hypervisor detected: Xen PV']],
    ['a root partition', [ON_HYPERV, 'Hyper-V: running as root partition']],
  ])('%s has no VMBus driver', async (_name, lines) => {
    const verdict = await ask([gen2(), log(version('6.12.60'), ...lines)]);
    expect(verdict).toMatchObject({ answer: 'not-needed', hazard: 'none', pool: [] });
    expect(ids(verdict)).toContain('no-vmbus-here');
  });

  it('a nested root partition has it', async () => {
    const nested = log(
      version('6.12.60'),
      ON_HYPERV,
      'Hyper-V: running as root partition',
      'Hyper-V: running on a nested hypervisor',
    );
    expect((await ask([gen2(), nested])).answer).toBe('needed');
  });

  it('the log of a physical machine is that of no guest', async () => {
    const pc = log(
      version('6.12.60'),
      'DMI: Dell Inc. Precision 5520/06X96V, BIOS 1.2.3 01/01/2020',
      'efifb: framebuffer at 0xe0000000, using 3072k, total 3072k',
    );
    expect((await ask([pc])).answer).toBe('unknown');
    // With the hypervisor's line it is the root partition.
    const root = log(
      version('6.12.60'),
      'DMI: Dell Inc. Precision 5520/06X96V, BIOS 1.2.3 01/01/2020',
      ON_HYPERV,
    );
    expect((await ask([root])).answer).not.toBe('needed');
  });
});

describe('without PCI', () => {
  const config = (...lines: string[]): Artifact =>
    artifactOf('kconfig', `CONFIG_HYPERV=y\n${lines.join('\n')}\n`, 'fragment.config');
  const gen1 = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "MSFTVM02", 1) {
  Device (\\_SB.PCI0) {
    Name (_HID, EisaId ("PNP0A03"))
    Name (_CRS, ResourceTemplate () { ${window(0xf8000000n, 0xfffbffffn)} })
    Device (VMB8) {
      Name (_HID, "VMBus")
      Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })
    }
  }
}`,
    'dsdt.asl',
  );

  it('Generation 1 finds no video device to reserve by', async () => {
    // include/linux/pci.h: without CONFIG_PCI pci_get_device() gives NULL.
    const inputs = [gen1, config('# CONFIG_PCI is not set')];
    expect(await ask(inputs, { release: '6.12.60' })).toMatchObject({ answer: 'needed', effective: false });
    expect((await ask([gen1, config('CONFIG_PCI=y')], { release: '6.12.60' })).answer).toBe('not-needed');
  });
});

it('a kernel without EFI on Generation 2 takes the branch for PCI, if it knows where the tables are', async () => {
  const config = artifactOf('kconfig', 'CONFIG_HYPERV=y\n# CONFIG_EFI is not set\n', 'fragment.config');
  const verdict = await ask([gen2(), config], { release: '6.12.60' });
  expect(verdict).toMatchObject({ answer: 'needed', effective: false });
  expect(verdict.premises.map(({ text }) => text).join('\n')).toContain(
    'the boot loader passes this kernel the address of the ACPI tables',
  );
  const noTables = log(
    version('6.12.60'),
    ON_HYPERV,
    'ACPI BIOS Error (bug): A valid RSDP was not found (20240827/tbxfroot-210)',
  );
  expect(await ask([gen2(), config, noTables])).toMatchObject({ answer: 'unknown', hazard: 'unknown' });
});

it('a listing that was read without privilege says nothing, and hides nothing', async () => {
  const zeros = artifactOf('iomem', '00000000-00000000 : System RAM\n00000000-00000000 : efifb\n', 'iomem');
  const verdict = await ask([gen2(), zeros], { release: '6.6.10' });
  expect(verdict).toMatchObject({ answer: 'not-needed', gaps: [] });
  expect(verdict.diagnostics.map(({ code }) => code)).toContain('evidence/iomem-unprivileged');
});

describe('a configuration that is not that of the kernel', () => {
  const config = (name: string, ...lines: string[]): Artifact =>
    artifactOf('kconfig', `${lines.join('\n')}\n`, name);
  const off = config('a.config', '# CONFIG_HYPERV is not set');
  const ids6 = { release: '6.12.60' };

  it('two that contradict each other settle nothing, and leave nothing not-needed', async () => {
    expect((await ask([gen2(), off], ids6)).answer).toBe('not-needed');
    for (const inputs of [
      [off, config('b.config', 'CONFIG_HYPERV=y')],
      [config('b.config', 'CONFIG_HYPERV=y'), off],
    ]) {
      const verdict = await ask([gen2(), ...inputs], ids6);
      expect(verdict.answer).toBe('needed');
      expect(ids(verdict)).toContain('evidence-contradicts');
    }
    // 6.6 reads screen_info whatever CONFIG_SYSFB is, on an EFI boot: that it is one nobody knows here.
    const efi = [config('a.config', '# CONFIG_EFI is not set'), config('b.config', 'CONFIG_EFI=y')];
    expect((await ask([gen2(), ...efi], { release: '6.6.10' })).answer).toBe('unknown');
  });

  it('a driver that was seen is there', async () => {
    const seen = [
      log(version('6.12.60'), ON_HYPERV, 'hv_vmbus: Vmbus version:5.3'),
      artifactOf(
        'iomem',
        'f8000000-fffbffff : PCI Bus 0000:00\n  fc000000-fc001fff : 8a1b9f04-0000-4000-8000-000000000000\n',
        'iomem',
      ),
    ];
    for (const each of seen) expect((await ask([gen2(), off, each], ids6)).answer).toBe('needed');
  });

  it('a line of CONFIG_HYPERV_VMBUS says nothing before 6.18, which has the symbol', async () => {
    // 94b04355e639
    const line = config('a.config', 'CONFIG_HYPERV=y', '# CONFIG_HYPERV_VMBUS is not set');
    expect((await ask([gen2(), line], ids6)).answer).toBe('needed');
    expect((await ask([gen2(), line], { release: '6.18.10' })).answer).toBe('not-needed');
  });
});
