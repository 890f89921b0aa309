/** Logs and configurations without any description of the machine. */
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

async function ofLog(...lines: string[]): Promise<Verdict> {
  const text = lines.map((line) => `[    0.000000] ${line}`).join('\n');
  return answerSysfb(
    [artifactOf('dmesg', `${text}\n`, 'dmesg.txt')],
    { describe: {}, kernel: {}, judgedOnly: true },
    new DiagnosticList(),
  );
}

const VERSION = 'Linux version 6.6.10 (b@h) (gcc) #1 SMP';
const GUEST = 'Hypervisor detected: Microsoft Hyper-V';

describe('a kernel that reads a device tree', () => {
  // vmbus_device_add() never calls vmbus_reserve_fb(): whatever release, nothing is reserved. Which windows there are
  // isn't known, so that the framebuffer may be in one.
  it.each([
    ['says so', 'hv_vmbus: VMBus is present in DeviceTree'],
    ['was told to leave ACPI', 'Command line: console=ttyS0 acpi=off'],
  ])('%s: nothing is reserved, whatever the release', async (_name, line) => {
    const verdict = await ofLog(VERSION, GUEST, line);
    expect(verdict).toMatchObject({ answer: 'depends', effective: false });
    expect(verdict.rules.map(({ id }) => id)).toContain('dt-never-reserves');
    const rows = verdict.conditions.map(({ answer, effective }) => ({ answer, effective }));
    expect(rows).toEqual([
      { answer: 'needed', effective: false },
      { answer: 'not-needed', effective: false },
    ]);
  });

  it('one that reads tables is judged by its release', async () => {
    const efi = 'efi: EFI v2.7 by Microsoft';
    // screen_info is read in any case before 6.7.
    expect((await ofLog(VERSION, GUEST, efi)).answer).toBe('not-needed');
    expect((await ofLog(VERSION.replace('6.6.10', '6.8.0'), GUEST, efi)).answer).toBe('needed');
  });
});

describe('a Generation 1 machine of which only a log is known, started by BIOS', () => {
  const GEN1 = 'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018';
  const of = async (release: string) => {
    const verdict = await ofLog(VERSION.replace('6.6.10', release), GUEST, GEN1);
    return { answer: verdict.answer, settles: verdict.toSettle.map(({ what }) => what) };
  };

  it('up to 5.19 lfb_base decides, from 6.0 on (2a8a8afba0c3) the video device does, which each has', async () => {
    const old = await of('5.10.218');
    expect(old.answer).toBe('depends');
    expect(old.settles).toContain('lfb_base');
    expect((await of('6.1.100')).answer).toBe('not-needed');
  });
});

describe('a configuration alone', () => {
  const menus = [
    'Device Drivers',
    'Firmware Drivers',
    'Graphics support',
    'Library routines',
    'Kernel hacking',
  ];
  const config = (lines: string, last = ''): string =>
    `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.30 Kernel Configuration
#
#
# General setup
#
CONFIG_X86_64=y
CONFIG_EFI=y
CONFIG_ACPI=y
${lines}# end of General setup
${menus.map((menu) => `\n#\n# ${menu}\n#\n${menu === 'Kernel hacking' ? last : ''}# end of ${menu}\n`).join('')}`;
  const of = (text: string): Promise<Verdict> =>
    answerSysfb(
      [artifactOf('kconfig', text, '.config')],
      { describe: {}, kernel: {}, judgedOnly: true },
      new DiagnosticList(),
    );

  // Kconfig writes no line for a symbol whose dependencies are off, as HYPERV without HYPERVISOR_GUEST.
  it('which is complete and has no line for HYPERV: there is no driver, whether its last menu is empty or not', async () => {
    for (const last of ['', 'CONFIG_PRINTK_TIME=y\n'])
      expect(await of(config('', last))).toMatchObject({ answer: 'not-needed', effective: false });
    expect((await of(config('CONFIG_HYPERV=y\nCONFIG_PCI=y\n'))).answer).toBe('depends');
  });

  it('which ends before its last menu does: nothing follows from what it lacks', async () => {
    const cut = config('').slice(0, config('').lastIndexOf('# end of Kernel hacking'));
    expect((await of(cut)).answer).toBe('unknown');
  });
});
