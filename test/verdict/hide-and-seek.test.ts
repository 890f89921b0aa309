/** What `npm run conformance -- hide-and-seek` found, as small inputs; expected answers follow from the driver's code. */
import { describe, expect, it } from 'vitest';
import { drawConfiguration, kernelOf } from '../../scripts/conformance/linux/hide-and-seek/machine.ts';
import { caseRandom } from '../../scripts/conformance/linux/hide-and-seek/random.ts';
import { runCase } from '../../scripts/conformance/linux/hide-and-seek.ts';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { runs } from '../runs.ts';
import { artifact, ask, dmesg } from './asked.ts';

const window = (type: 'D' | 'Q', min: string, max: string, length: string): string =>
  `${type}WordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length})`;

/** @param inner a device between, as QEMU's ISA bridge */
function dsdt(hid: string, windows: readonly string[], inner = false): Artifact {
  return artifact(
    'asl',
    'dsdt.asl',
    `DefinitionBlock ("", "DSDT", 2, "FWMAP", "TEST", 1) {
  Device (\\_SB.PARN) {
    Name (_HID, ${hid})
    Name (_CRS, ResourceTemplate () { ${windows.join('\n')} })
    ${inner ? 'Device (ISA) { Name (_ADR, 0x10000)' : ''}
    Device (VMBS) {
      Name (_HID, "VMBus")
      Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })
    }
    ${inner ? '}' : ''}
  }
}`,
  );
}

const VERSION = (release: string): string =>
  `[    0.000000] Linux version ${release} (build@host) (gcc) #1 SMP`;
const HIGH = window('Q', '0xFE0000000', '0xFFFFFFFFF', '0x20000000');

describe('what hide and seek found', () => {
  it('a framebuffer of unknown place may be in another window than the first, where the driver reserves nothing', async () => {
    const two = dsdt(
      'EisaId ("PNP0A03")',
      [
        window('D', '0xC0000000', '0xCFFFFFFF', '0x10000000'),
        window('D', '0xE0000000', '0xFEBFFFFF', '0x1EC00000'),
      ],
      true,
    );
    // The release reads screen_info in any case, and it is set.
    const log = dmesg(
      VERSION('6.1.100'),
      '[    0.000000] efi: EFI v2.7 by EDK II',
      '[    1.000000] fb0: EFI VGA frame buffer device',
    );
    expect((await ask([two, log])).answer).not.toBe('not-needed');
    const one = dsdt('EisaId ("PNP0A03")', [window('D', '0xE0000000', '0xFEBFFFFF', '0x1EC00000')], true);
    expect((await ask([one, log])).answer).toBe('not-needed');
  });

  it('the driver prints two windows; the tables may have a third', async () => {
    const three = dsdt('"ACPI0004"', [
      window('D', '0xF8000000', '0xFED3FFFF', '0x06D40000'),
      window('D', '0xE0000000', '0xEFFFFFFF', '0x10000000'),
      window('D', '0x70000000', '0x7FFFFFFF', '0x10000000'),
      HIGH,
    ]);
    const log = dmesg(
      VERSION('7.1.1'),
      // Ascending: the third, at 0xf8000000, is not printed.
      '[    1.000000] hv_vmbus: hv_mmio=[mem 0x70000000-0x7fffffff],[mem 0xe0000000-0xefffffff] fb=(null)',
      '[    1.100000] efifb: framebuffer at 0xf8000000, using 8192k, total 8192k',
    );
    expect((await ask([three, log])).answer).toBe('needed');
  });

  it('nothing reserved is no sign of danger where no window may hold the framebuffer', async () => {
    const log = dmesg(
      VERSION('7.3.4'),
      '[    1.000000] hv_vmbus: Unexpected low mmio base 0x0000000fe0000000',
      '[    1.000000] hv_vmbus: hv_mmio=[mem 0xfe0000000-0xfffffffff],(null) fb=(null)',
    );
    expect((await ask([dsdt('"ACPI0004"', [HIGH]), log])).answer).toBe('not-needed');
  });

  it('a listing without the video device of Generation 1 is cut', async () => {
    const gen1 = dsdt('EisaId ("PNP0A03")', [window('D', '0xF8000000', '0xFFFBFFFF', '0x07FC0000')]);
    const listing = artifact(
      'lspci',
      'lspci.txt',
      '00:00.0 Host bridge [0600]: Intel Corporation 440BX [8086:7192] (rev 03)\n00:07.0 ISA bridge [0601]: Intel Corporation PIIX4 [8086:7110] (rev 01)\n',
    );
    expect((await ask([gen1, listing], { release: '6.6.10' })).answer).toBe('depends');
  });
});

describe('hide and seek', () => {
  it('draws configurations that have the driver, unless the options say otherwise', () => {
    // HYPERV is a bool from v6.18 on, where HYPERV_VMBUS is the driver: with HYPERV=m there was none.
    const drivers = { '6.17.9': 'HYPERV', '6.18.1': 'HYPERV_VMBUS', '7.3.4': 'HYPERV_VMBUS' };
    for (const [release, symbol] of Object.entries(drivers)) {
      const seen = new Set<string | undefined>();
      for (let index = 0; index < 40; index += 1) {
        const random = caseRandom(1, index);
        const { values } = drawConfiguration(random, kernelOf(random, release, false), 'x86_64', false);
        expect(values.get('HYPERV'), release).toBeDefined();
        seen.add(values.get(symbol));
      }
      expect([...seen].sort(), release).toEqual(['m', 'y']);
    }
  });

  it('finds nothing in a few cases', async () => {
    for (let index = 0; index < runs(60); index += 1)
      expect((await runCase(20, index)).checked.wrong, `case ${index} of seed 20`).toBeUndefined();
  });
});
