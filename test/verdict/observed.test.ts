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

test('failures of pass-through devices are told with their lines', async () => {
  const guid = 'bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe';
  const verdict = await ask(
    '[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=(null)',
    `[    2.0] hv_pci ${guid}: PCI Pass-through VSP failed D0 Entry with status c0370048`,
    `[    2.1] hv_pci ${guid}: PCI Pass-through VSP failed D0 Entry with status c0370048`,
  );
  expect(rule(verdict, 'observed-pass-through-failed')?.evidence).toHaveLength(2);
});
