/** Logs in which another program put something in front of each line; the facts are those of the log as dmesg prints it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { logLines } from '../../../src/evidence/log/lines.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import { artifactOf, read } from '../artifacts.ts';

/** A confidential machine of Generation 2: lfb_base is 0, so that 6.6 reserves nothing (DOMAIN section 10). */
const LOG = `[    0.000000] Linux version 6.6.10 (u@h) (gcc (GCC) 12.2.0) #1 SMP PREEMPT_DYNAMIC Tue Jan  9 10:00:00 UTC 2024
[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda2 ro
[    0.000000] efi: EFI v2.7 by Microsoft
[    0.000000] DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 05/13/2024
[    0.000000] Hypervisor detected: Microsoft Hyper-V
[    0.000000] Hyper-V: Isolation Config: Group A 0x1, Group B 0xba2
[    0.050000] Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP
[    0.100000] hv_vmbus: Vmbus version:5.3
`;
const TABLE = artifactOf('acpi-table', readFileSync('samples/gen2-dsdt.aml'));
const GAPS = new Map(Object.entries({ MG2B: 0xf8000000n, MG2L: 0x8000000n, HMIB: 0xfe00n, HMIL: 0x200n }));
const FORMS: readonly [string, (line: string, at: number) => string][] = [
  ['dmesg -d', (line) => `${line.slice(0, 13)} <    0.000000>] ${line.slice(15)}\n`],
  ['dmesg -T -d', (line) => `[Tue Jan  9 10:00:01 2024 <    0.000000>] ${line.slice(15)}\n`],
  ['RFC 5424', (line) => `<6>1 2024-01-09T10:00:01.000003Z vm kernel - - - ${line.slice(15)}\n`],
  ['RFC 5424 with data', (line) => `<6>1 2024-01-09T10:00:01.003Z vm kernel 1 2 [a@1 b="\\"]"][c] ${line}\n`],
  ['a serial console', (line) => `\r${line}\r\n`],
  ['Docker', (line) => `{"log":${JSON.stringify(`${line}\n`)},"stream":"stdout","time":"2024"}\n`],
  ['ts', (line) => `Jan 09 10:00:01 ${line}\n`],
  ['minicom', (line) => `[2024-01-09 10:00:01] ${line}\n`],
  ['Jenkins', (line, at) => `10:00:${10 + at}  ${line}\n`],
  ['GitHub', (line) => `2024-01-09T10:00:01.1234567Z ${line}\n`],
  ['GitLab', (line) => `00:01 ${line}\n`],
  ['cat -n', (line, at) => `${String(at).padStart(6)}\t${line}\n`],
  ['grep -n', (line, at) => `${at}:${line}\n`],
  ['grep -H', (line) => `boot/dmesg.txt:${line}\n`],
  ['a patch', (line) => `+${line}\n`],
  ['a table', (line, at) => `${at},"${line}"\n`],
  ['a list', (line) => `  "${line}",\n`],
  ['LAVA', (line) => `- {"dt": "2024-01-09T10:00:01.123456", "lvl": "target", "msg": "${line}"}\n`],
  ['a page', (line) => `<div class="a">${line}</div>\n`],
  ['a terminal', (line) => `\x1b]0;vm\x07${line}\n`],
];
const written = (form: (line: string, at: number) => string): string =>
  LOG.trimEnd().split('\n').map(form).join('');

describe.each(FORMS)('%s', (_, form) => {
  it('shows the same facts', () => {
    const values = (text: string) => {
      const { evidence } = read(artifactOf('dmesg', text));
      return Object.entries(evidence).flatMap(([name, facts]) =>
        Array.isArray(facts) ? [[name, facts.map(({ value }: { value: unknown }) => value)]] : [],
      );
    };
    expect(values(written(form))).toEqual(values(LOG));
  });

  it('leads to the same answer', async () => {
    const ask = async (text: string) => {
      const { answer, effective } = await answerSysfb(
        [TABLE, artifactOf('dmesg', text)],
        { describe: { set: GAPS }, kernel: {}, judgedOnly: true },
        new DiagnosticList(),
      );
      return [answer, effective];
    };
    expect(await ask(LOG)).not.toContain('not-needed');
    expect(await ask(written(form))).toEqual(await ask(LOG));
  });
});

it('lines of other programs in the form of RFC 5424 are no messages of the kernel', () => {
  const line = '<6>1 2024-01-09T10:00:01.000003Z vm sshd 12 - - Linux version 6.6.10 (u@h) #1 SMP';
  expect([...logLines(artifactOf('dmesg', `${line}\n`))].map(({ foreign }) => foreign)).toEqual([true]);
});

it('the ends of messages in a filled paragraph stand for themselves', () => {
  const text = `one two [    0.000000] three four five [    0.100000] six
seven. [    0.200000] eight, nine
ten eleven twelve [    0.300000] thirteen [    0.400000] fourteen
`;
  expect([...logLines(artifactOf('dmesg', text))].map(({ message }) => message)).toEqual([
    'one two',
    'three four five',
    'six',
    'seven.',
    'eight, nine',
    'ten eleven twelve',
    'thirteen',
    'fourteen',
  ]);
});
