/** What a running kernel showed that the description doesn't have: other windows, a moved BAR, another machine. */
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../../src/verdict/answer.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../../evidence/artifacts.ts';

type Part = readonly [kind: Parameters<typeof artifactOf>[0], text: string];

function ask(...parts: readonly Part[]): Promise<Verdict> {
  const artifacts = parts.map(([kind, text], index) => artifactOf(kind, text, `${index}.${kind}`));
  return answerSysfb(artifacts, { describe: {}, kernel: {} }, new DiagnosticList());
}

/** vmbus_allocate_mmio() of drivers/hv/vmbus_drv.c takes space from the driver's windows and from nowhere else. */
describe('a VMBus device in iomem', () => {
  const tree: Part = [
    'dts',
    `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; vmbus { compatible = "microsoft,vmbus"; microsoft,vtl = <2>;
      #address-cells = <2>; #size-cells = <2>; ranges = <0xf 0xf0000000 0xf 0xf0000000 0x0 0x10000000>; }; };`,
  ];
  const iomem = (range: string): Part => [
    'iomem',
    `00100000-3ed1cfff : System RAM\n${range} : 47505500-0001-0000-3130-444531444234\n`,
  ];

  it('inside of the windows of the description says nothing against it', async () => {
    expect((await ask(tree, iomem('ff0000000-ff0001fff'))).answer).toBe('not-needed');
  });

  it('outside of them: the machine has other windows', async () => {
    const verdict = await ask(tree, iomem('f8000000-f8001fff'));
    expect(verdict.answer).toBe('unknown');
    expect(verdict.rules.map(({ id }) => id)).toContain('observed-claim-outside');
  });
});

/** vmbus_reserve_fb() takes pci_resource_start() of BAR 0 from 6.0 on, which is where Linux put it, and 0 where it did not. */
describe('BAR 0 of the Generation 1 video device in a log', () => {
  const log = (...lines: string[]): Part => [
    'dmesg',
    `${[
      'Linux version 6.6.30 (b@h) (gcc) #1 SMP',
      'BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable',
      'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018',
      'Hypervisor detected: Microsoft Hyper-V',
      'hv_vmbus: Vmbus version:5.3',
      'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]',
      'pci_bus 0000:00: root bus resource [mem 0xfe0000000-0xfffffffff window]',
      'pci 0000:00:08.0: [1414:5353] type 00 class 0x030000',
      'pci 0000:00:08.0: reg 0x10: [mem 0xf8000000-0xfbffffff]',
      ...lines,
    ]
      .map((line, index) => `[    0.${100_000 + index}] ${line}`)
      .join('\n')}\n`,
  ];

  it.each([
    ['stays', [], 'not-needed'],
    // The driver reserves in its first window only.
    ['is moved to the second window', ['BAR 0: assigned [mem 0xfe0000000-0xfe3ffffff]'], 'needed'],
    ['is moved, newer', ['BAR 0 [mem 0xfe0000000-0xfe3ffffff]: assigned'], 'needed'],
    ['gets no place', ['BAR 0: no space for [mem size 0x04000000]'], 'needed'],
    ['gets no place, newer', ["BAR 0 [mem size 0x04000000]: can't assign; no space"], 'needed'],
    [
      'gets one in the end',
      ['BAR 0: no space for [mem size 0x04000000]', 'BAR 0: assigned [mem 0xf8000000-0xfbffffff]'],
      'not-needed',
    ],
    ['is not the one that is moved', ['BAR 1: no space for [mem size 0x00001000]'], 'not-needed'],
  ])('%s', async (_what, lines, wanted) => {
    const pci = lines.map((line) => `pci 0000:00:08.0: ${line}`);
    expect(await ask(log(...pci))).toMatchObject({ answer: wanted, effective: false });
    // Without VMBus' line the windows of the bus are not taken for its own.
    const kernel = log(...pci)[1].replace(/.*hv_vmbus.*\n/, '');
    expect((await ask(['dmesg', kernel])).answer).toBe(wanted);
  });
});

/** On arm64 lfb_base is 0 in a kernel that another one started (DOMAIN 3.4); its first line is not "Linux version". */
it('a kernel that follows "Starting new kernel" was started by it, whatever its first line', async () => {
  const log = `[ 1000.0] kexec_core: Starting new kernel
[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd0c1]
[    0.000000] Linux version 6.6.30 (b@h) #1 SMP
`;
  for (const text of [log, log.replace('1000.0', '   0.0')]) {
    const verdict = await ask(['dmesg', `${text}[    0.1] Hypervisor detected: Microsoft Hyper-V\n`]);
    expect(verdict.rules.map(({ id }) => id)).toContain('started-by-kexec');
  }
});

/** RFC 3164, section 4.1.2: the host stands after the date. */
describe('a log in which several hosts wrote', () => {
  const from = (host: string, release: string): string =>
    [
      `Linux version ${release} (b@h) #1 SMP`,
      'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018',
      'Hypervisor detected: Microsoft Hyper-V',
    ]
      .map((line, index) => `Jun  5 10:00:0${index} ${host} kernel: [    0.00000${index}] ${line}\n`)
      .join('');
  const codes = async (text: string): Promise<readonly string[]> =>
    (await ask(['dmesg', text])).diagnostics.map(({ code }) => code);

  it('is of several machines', async () => {
    const both = from('one', '6.12.1') + from('two', '6.6.1');
    expect((await ask(['dmesg', both])).answer).toBe('unknown');
    expect(await codes(both)).toContain('evidence/log-hosts');
    const [first, ...rest] = from('one', '6.6.1').split('\n');
    const mixed = [first, ...from('two', '6.6.1').split('\n').slice(1, 2), ...rest].join('\n');
    expect(await codes(mixed)).toContain('evidence/log-hosts');
  });

  it('is of one where the host got its name meanwhile, or boots again', async () => {
    const [first, ...rest] = from('myvm', '6.6.1').split('\n');
    const named = [first!.replace('myvm', 'ubuntu'), ...rest].join('\n');
    for (const text of [
      named,
      named + from('myvm', '6.6.1'),
      from('localhost', '6.6.1') + from('myvm', '6.6.1') + from('localhost', '6.6.1'),
    ])
      expect(await codes(text)).not.toContain('evidence/log-hosts');
  });
});
