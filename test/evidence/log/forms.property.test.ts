/** A log says the same whatever a journal, a mailer or a person who quotes it puts around its lines. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { artifactOf, read } from '../artifacts.ts';

/** In the shape of a posted log of a Generation 2 guest, with the messages that every kernel prints. */
const LINES = [
  'Linux version 6.8.0-1021-azure (buildd@lcy02-amd64-001) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0) 13.2.0, GNU ld 2.42) #25-Ubuntu SMP Wed Jan 15 20:45:09 UTC 2025 (Ubuntu 6.8.0-1021.25-azure 6.8.12)',
  'Command line: BOOT_IMAGE=/boot/vmlinuz-6.8.0-1021-azure root=PARTUUID=0000-1111 ro console=tty1 console=ttyS0 earlyprintk=ttyS0 nvme_core.io_timeout=240 pci=nocrs panic=-1',
  'BIOS-provided physical RAM map:',
  'BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable',
  'BIOS-e820: [mem 0x00000000000c0000-0x00000000000fffff] reserved',
  'BIOS-e820: [mem 0x0000000000100000-0x000000003e12cfff] usable',
  'efi: EFI v2.7 by Microsoft',
  'efi: ACPI=0x3fffa000 ACPI 2.0=0x3fffa014 SMBIOS=0x3ffd6000 SMBIOS 3.0=0x3ffd4000 MEMATTR=0x3e990018 RNG=0x3ffda018',
  'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 08/23/2024',
  'Hypervisor detected: Microsoft Hyper-V',
  'Hyper-V: privilege flags low 0xae7f, high 0x3b8030, hints 0xc2c, misc 0xe0bed7b2',
  'e820: remove [mem 0x000a0000-0x000fffff] usable',
  'last_pfn = 0x240000 max_arch_pfn = 0x400000000',
  'ACPI: RSDP 0x000000003FFFA014 000024 (v02 VRTUAL)',
  'ACPI: DSDT 0x000000003FFD7000 01E184 (v02 MSFTVM DSDT01   00000001 MSFT 05000000)',
  'ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x3fffffff] hotplug',
  'ACPI: SRAT: Node 0 PXM 0 [mem 0x100000000-0xfdfffffff] hotplug',
  'Zone ranges:',
  'Kernel command line: BOOT_IMAGE=/boot/vmlinuz-6.8.0-1021-azure root=PARTUUID=0000-1111 ro console=tty1 console=ttyS0 earlyprintk=ttyS0 nvme_core.io_timeout=240 pci=nocrs panic=-1',
  'Memory: 8091364K/8388076K available (22528K kernel code, 4443K rwdata, 14372K rodata, 4984K init, 4716K bss, 296452K reserved, 0K cma-reserved)',
  'Console: colour dummy device 80x25',
  'ACPI: Interpreter enabled',
  'hv_vmbus: Vmbus version:5.3',
  'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]',
  'efifb: framebuffer at 0x40000000, using 3072k, total 3072k',
  'fb0: EFI VGA frame buffer device',
  'Freeing unused kernel image (initmem) memory: 4984K',
  'hv_pci bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe: PCI Pass-through VSP failed D0 Entry with status c0370048',
];

const second = (index: number): string => (index / 100).toFixed(6).padStart(12);
/** What stands before a message, by its number. */
const PREFIXES: Readonly<Record<string, (index: number) => string>> = {
  dmesg: (index) => `[${second(index)}] `,
  'dmesg -r': (index) => `<6>[${second(index)}] `,
  'dmesg -x': (index) => `kern  :info  : [${second(index)}] `,
  'with callers': (index) => `[${second(index)}][    T0] `,
  'with callers, newer': (index) => `[${second(index)}] [      T0] `,
  'dmesg -T': () => '[Sun Nov 22 15:04:11 2026] ',
  'dmesg --time-format iso': () => '2026-11-22T15:04:11,123456+00:00 ',
  'journalctl -k': () => 'Nov 22 15:04:11 host kernel: ',
  'journalctl -o short-full': () => 'Sun 2026-11-22 15:04:11 UTC host kernel: ',
  'journalctl -o short-monotonic': (index) => `[${second(index)}] host kernel: `,
  'journalctl -o short-unix': () => '1795359851.123456 host kernel: ',
  syslog: (index) => `Nov 22 15:04:11 host kernel: [${second(index)}] `,
  '/dev/kmsg': (index) => `6,${100 + index},${index * 10_000},-;`,
  '/dev/kmsg, with callers': (index) => `30,${100 + index},${index * 10_000},-,caller=T1;`,
  'netconsole, extended': (index) => `6.8.0-1021-azure,6,${100 + index},${index * 10_000},-;`,
  'rsyslog, precise': () => '2026-11-22T15:04:11.123456+01:00 host kernel: ',
};

/** Breaks lines at blanks, as mailers do: the first line of each piece is no longer than the width where it can be. */
function wrap(line: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(' ', width);
    // A word that is too long stays, and so does the stamp before it.
    const cut = at > 20 ? at : rest.indexOf(' ', width);
    if (cut < 0) break;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut + 1);
  }
  return [...pieces, rest];
}

/** Kind and value of every fact, without where and how it was said. */
function facts(text: string): Record<string, unknown[]> {
  const { evidence } = read(artifactOf('dmesg', text));
  return Object.fromEntries(
    Object.entries(evidence).map(([kind, list]) => [
      kind,
      (list as readonly object[]).map((fact) =>
        'early' in fact
          ? [(fact as { early: unknown }).early, (fact as unknown as { complete: unknown }).complete]
          : [(fact as { value: unknown }).value, (fact as { strength?: unknown }).strength],
      ),
    ]),
  );
}

const printed = LINES.map((line, index) => PREFIXES.dmesg!(index) + line);
const PLAIN = facts(`${printed.join('\n')}\n`);

describe('one log in many forms', () => {
  test('the plain one says what it should', () => {
    expect(PLAIN.releases).toEqual([
      [
        { release: '6.8.0-1021-azure', upstream: '6.8.12', vendor: { mark: '-azure', name: 'Ubuntu' } },
        'observed',
      ],
    ]);
    expect(PLAIN.efiBoot).toEqual([
      [true, 'observed'],
      [true, 'inferred'],
    ]);
    expect(PLAIN.lfbBase).toEqual([
      [0x40000000n, 'observed'],
      ['nonzero', 'observed'],
    ]);
    expect(PLAIN.pciRules).toEqual([['nocrs', 'given']]);
    expect(PLAIN.logs).toEqual([[true, true]]);
    expect(PLAIN.passThroughFailures).toEqual([
      [{ guid: 'bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe', failure: 'd0-entry' }, 'observed'],
    ]);
    expect(PLAIN.srat).toHaveLength(2);
  });

  test.each(Object.entries(PREFIXES))('%s', (_name, prefix) => {
    const text = LINES.map((line, index) => prefix(index) + line).join('\n');
    expect(facts(`${text}\n`)).toEqual(PLAIN);
  });

  test('records of /dev/kmsg have lines of a dictionary between them', () => {
    const lines = LINES.map((line, index) => `${PREFIXES['/dev/kmsg']!(index)}${line}\n`);
    expect(facts(lines.join(' SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n'))).toEqual(PLAIN);
  });

  test('quoted, wrapped before or after, with other line ends, indented', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(PREFIXES)),
        fc.option(fc.integer({ min: 66, max: 120 }), { nil: undefined }),
        fc.constantFrom('', '> ', '>> ', '> > ', '| ', '    ', '\t'),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n'),
        (prefix, width, quote, quotedFirst, lineEnd) => {
          const lines = LINES.map((line, index) => prefix(index) + line);
          const broken =
            width === undefined
              ? lines.map((line) => quote + line)
              : quotedFirst && quote.trim() !== ''
                ? // The mailer that quoted them broke them: what follows is quoted too.
                  lines.flatMap((line) => wrap(line, width - quote.length).map((piece) => quote + piece))
                : lines.flatMap((line) => wrap(line, width)).map((piece) => quote + piece);
          expect(facts(broken.join(lineEnd) + lineEnd)).toEqual(PLAIN);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('lines of other programs between them say nothing and hide nothing', () => {
    const prefix = PREFIXES['journalctl -k']!;
    const mixed = LINES.flatMap((line, index) => [
      prefix(index) + line,
      `Nov 22 15:04:11 host systemd[1]: Linux version 5.4.0 (x) started ${index}.`,
    ]);
    expect(facts(`${mixed.join('\n')}\n`)).toEqual(PLAIN);
  });

  test('any line that is left out makes it incomplete, or says nothing that counts', () => {
    for (const gone of LINES.keys()) {
      const left = facts(`${printed.filter((_, index) => index !== gone).join('\n')}\n`);
      const [shape] = left.logs as [boolean, boolean][];
      // The absence of a line is only taken for something where the log says that it is whole.
      if (shape![0] && LINES[gone]!.startsWith('efi: EFI')) continue;
      const efi = left.efiBoot as readonly (readonly [boolean, string])[];
      expect(
        efi.some(([value]) => !value),
        LINES[gone],
      ).toBe(false);
    }
  });

  test('a mark of omission anywhere ends what its absences mean', () => {
    const withoutEfi = printed.filter((line) => !/efi: |efifb|EFI VGA|UEFI/.test(line));
    expect(facts(`${withoutEfi.join('\n')}\n`).efiBoot).toEqual([[false, 'observed']]);
    for (const mark of ['[...]', '<snip>', '...', '[snip]', '--- 8< ---', '[ lines omitted ]', 'Some words.'])
      expect(
        facts(`${[...withoutEfi.slice(0, 3), mark, ...withoutEfi.slice(3)].join('\n')}\n`).efiBoot,
        mark,
      ).toEqual([]);
  });
});

describe('amounts', () => {
  test.each([
    ['messages', (index: number) => `[${second(index)}] usb 1-1: new device number ${index}`],
    [
      'windows',
      (index: number) =>
        `[    1.0] pci_bus 0000:00: root bus resource [mem 0x${(index * 65536).toString(16)}-0x${(index * 65536 + 65535).toString(16)} window]`,
    ],
    [
      'framebuffers',
      (index: number) =>
        `[    1.0] efifb: framebuffer at 0x${(0xf0000000 + index).toString(16)}, using 3072k, total 3072k`,
    ],
    ['boots', () => '[    0.0] Linux version 6.1.5 (x) #1'],
    ['broken lines', () => 'x'.repeat(70)],
    ['quote marks', () => '>'.repeat(100)],
  ])('a hundred thousand lines of %s take seconds at most', (_name, line) => {
    const text = Array.from({ length: 100_000 }, (_, index) => line(index)).join('\n');
    const start = performance.now();
    read(artifactOf('dmesg', `${text}\n`));
    // About one second alone; a quadratic reader takes minutes.
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
