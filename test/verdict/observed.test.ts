import { expect, test } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../src/verdict/answer.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../evidence/artifacts.ts';

const DMI =
  '[    0.000000] DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 04/13/2022';

async function ask(...lines: string[]): Promise<Verdict> {
  const log = artifactOf(
    'dmesg',
    `${['[    0.000000] Linux version 7.1.9 (b@h) #1 SMP', DMI, ...lines].join('\n')}\n`,
  );
  return answerSysfb([log], { describe: {}, kernel: {} }, new DiagnosticList());
}

const rule = (verdict: Verdict, id: string) => verdict.rules.find((each) => each.id === id);

test("the driver's own lines are an input by themselves", async () => {
  const verdict = await ask(
    '[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=[mem 0xf8000000-0xfbffffff]',
  );
  // 7.1.9 reserves inside the test of CONFIG_SYSFB.
  expect(verdict).toMatchObject({ answer: 'needed', effective: true });
  expect(verdict.pool.map(({ base, size }) => [base, size])).toEqual([
    [0xf8000000n, 0x6d40000n],
    [0xfe0000000n, 0x20000000n],
  ]);
  expect(rule(verdict, 'observed-pool')?.says).toContain('reserved [mem 0xf8000000-0xfbffffff]');
});

test('nothing reserved is what was seen, whatever the model makes of the release', async () => {
  const verdict = await ask(
    '[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=(null)',
  );
  expect(verdict.answer).toBe('needed');
  expect(rule(verdict, 'observed-pool')?.says).toContain('reserved nothing');
});

test('a reservation that leaves a part of the framebuffer to others is none', async () => {
  const pool = (fb: string): string =>
    `[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=${fb}`;
  const table = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) { Device (\\_SB.VMOD) { Name (_HID, "ACPI0004")
      Name (_CRS, ResourceTemplate () {
        DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFFFFFFFF, 0, 0x8000000)
        QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xFE0000000, 0xFFFFFFFFF, 0, 0x20000000) })
      Device (VMBS) { Name (_HID, "VMBus") Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} }) } } }`,
    'dsdt.asl',
  );
  // 6.6 reads screen_info without CONFIG_SYSFB, and has the line from 6.6.144 on.
  const log = (base: string, fb: string) =>
    artifactOf(
      'dmesg',
      `${['[    0.000000] Linux version 6.6.144 (b@h) #1 SMP', DMI, `[    0.8] efifb: framebuffer at ${base}, using 3072k, total 3072k`, pool(fb)].join('\n')}\n`,
    );
  for (const [base, fb, wanted] of [
    ['0xf8000000', '[mem 0xf8000000-0xfbffffff]', 'not-needed'],
    ['0xf8000000', '[mem 0xfa000000-0xfbffffff]', 'needed'],
    ['0xfbf00000', '[mem 0xfa000000-0xfbffffff]', 'needed'],
    // Outside of the windows there is nothing to reserve.
    ['0xe0000000', '[mem 0xf8000000-0xfbffffff]', 'not-needed'],
  ] as const) {
    const options = { describe: {}, kernel: {} };
    const verdict = await answerSysfb([table, log(base, fb)], options, new DiagnosticList());
    expect([base, fb, verdict.answer]).toEqual([base, fb, wanted]);
  }
});

test('failures of pass-through devices are reported with their lines', async () => {
  const guid = 'bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe';
  const verdict = await ask(
    '[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=(null)',
    `[    2.0] hv_pci ${guid}: PCI Pass-through VSP failed D0 Entry with status c0370048`,
    `[    2.1] hv_pci ${guid}: PCI Pass-through VSP failed D0 Entry with status c0370048`,
  );
  expect(rule(verdict, 'observed-pass-through-failed')?.evidence).toHaveLength(2);
});

test('a driver that falls back to the low window keeps a framebuffer at its start, and may miss one elsewhere', async () => {
  // From the start half of what there is up to 4 GiB, 65 MiB of 111 here; lfb_base is 0 after kdump on arm64. The
  // generation is not known.
  const answer = (window: string, reserved: string): Promise<Verdict> =>
    answerSysfb(
      [
        artifactOf(
          'dmesg',
          `[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd0c1]
[    0.000000] Linux version 5.10.262 (b@h) #1 SMP
[    0.000000] Kernel command line: BOOT_IMAGE=/vmlinuz elfcorehdr=0x2f000000
[    0.500000] hv_vmbus: hv_mmio=[mem ${window}]${window.includes(',') ? '' : ',(null)'} fb=[mem ${reserved}]
`,
        ),
      ],
      { describe: {}, kernel: { boot: 'efi' } },
      new DiagnosticList(),
    );
  const verdict = await answer('0xf7df0000-0xfed3ffff', '0xf7df0000-0xfbef7fff');
  expect(verdict.answer).toBe('depends');
  expect(verdict.conditions.map((each) => [each.answer, each.because])).toEqual([
    ['needed', expect.stringContaining('does not learn where')],
    ['not-needed', expect.stringContaining('the framebuffer is not in it')],
    ['not-needed', expect.stringContaining('without CONFIG_SYSFB (the start of the first window)')],
  ]);
  expect(verdict.toSettle.map(({ what }) => what)).toEqual(['framebuffer', 'framebuffer_base']);
  // A second window, of a gap of length 0 at 0, overlaps the first; what is at the start is kept in both.
  const second = await answer('0xf7df0000-0xfed3ffff],[mem 0x00000000-0xfed3ffff', '0xf7df0000-0xfbef7fff');
  expect(second.answer).toBe('depends');
  // Half of 15 MiB is less than the 8 MiB of Generation 2's framebuffer.
  expect((await answer('0xff100000-0xffffffff', '0xff100000-0xff87ffff')).answer).toBe('needed');
});

test('of a framebuffer that reaches beyond its window the part inside has to be reserved', async () => {
  const answer = (reserved: string): Promise<Verdict> =>
    ask(
      `[    0.9] hv_vmbus: hv_mmio=[mem 0x90000000-0x900fffff],[mem 0xfe0000000-0xfffffffff] fb=[mem ${reserved}]`,
      '[    1.0] efifb: framebuffer at 0x90000000, using 8192k, total 8192k',
    );
  // 7.1.9 reserves it with CONFIG_SYSFB: all of the 1 MiB that VMBus gets, or less than that.
  expect(await answer('0x90000000-0x900fffff')).toMatchObject({ answer: 'needed', effective: true });
  expect(rule(await answer('0x90000000-0x900fffff'), 'observed-contradicts-model')).toBeUndefined();
  expect(rule(await answer('0x90000000-0x9007ffff'), 'observed-contradicts-model')).toBeDefined();
});
