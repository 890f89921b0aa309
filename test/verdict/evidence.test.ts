/** Evidence beside the firmware: what it settles, what contradicts. */
import { describe, expect, it } from 'vitest';
import { formatPlace } from '../../src/bytes/source.ts';
import { artifact, ask, dmesg, ids } from './asked.ts';

/** A local Generation 2 machine: low gap [0xf8000000, 4 GiB), high gap [0xfe0000000, 64 GiB). */
const GEN2 = artifact(
  'asl',
  'dsdt.asl',
  `DefinitionBlock ("", "DSDT", 2, "FWMAP", "TEST", 1) {
  Device (\\_SB.VMOD) {
    Name (_HID, "ACPI0004")
    Name (_CRS, ResourceTemplate () {
      DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFFFFFFFF, 0, 0x08000000)
      QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xFE0000000, 0xFFFFFFFFF, 0, 0x20000000)
    })
    Device (VMBS) {
      Name (_HID, "VMBus")
      Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })
    }
  }
}`,
);

const FRAMEBUFFER = {
  base: 0xf8000000n,
  size: 0x300000n,
  from: 'given',
  text: '--framebuffer',
} as const;
const VERSION = '[    0.000000] Linux version 6.12.30 (build@host) (gcc) #1 SMP';
const EFIFB = '[    0.500000] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k';

describe('evidence', () => {
  it('gives the release and the framebuffer', async () => {
    const verdict = await ask([GEN2, dmesg(VERSION, '[    0.000000] efi: EFI v2.7 by Microsoft', EFIFB)]);
    expect(verdict.kernel).toMatchObject({ release: '6.12.30', presumed: false });
    // 3072 KiB at 0xf8000000.
    expect(verdict.framebuffer).toMatchObject({ base: 0xf8000000n, size: 0x300000n, from: 'dmesg' });
    expect(verdict.answer).toBe('needed');
  });

  it('is cited with file and line where a rule rests on it', async () => {
    const config = artifact(
      'kconfig',
      '.config',
      '# Linux/x86 6.12.30 Kernel Configuration\nCONFIG_EFI=y\nCONFIG_HYPERV=y\nCONFIG_SYSFB=y\n',
    );
    const observed = await ask([GEN2, config, dmesg('[    0.000000] efi: EFI v2.7 by Microsoft', EFIFB)]);
    const citedBy = (id: string, verdict = observed): string[] =>
      verdict.rules
        .find((rule) => rule.id === id)!
        .evidence.flatMap(({ origin }) => (origin?.span ? [formatPlace(origin.span)] : []));
    // The release in the first line of the configuration; EFI in that of the log.
    expect(citedBy('efi-gated')).toEqual(['.config:1.1', 'dmesg.txt:1.16']);
    // efifb has a framebuffer only with CONFIG_SYSFB: what is observed counts before what is configured.
    expect(citedBy('reserved-with-sysfb')).toEqual(['dmesg.txt:2.16']);
    const configured = await ask([GEN2, config], { boot: 'efi', framebuffer: FRAMEBUFFER });
    expect(citedBy('reserved-with-sysfb', configured)).toEqual(['.config:4.1']);
    // The framebuffer in the log, the windows in their descriptors.
    expect(
      citedBy('window-holds-framebuffer').map((place) => place.split('.').slice(0, -1).join('.')),
    ).toEqual(['dmesg.txt:2', 'dsdt.asl:4', 'dsdt.asl:4']);
  });

  it('loses openly against an option', async () => {
    const verdict = await ask([GEN2, dmesg(VERSION, EFIFB)], { release: '6.6.10' });
    expect(verdict.answer).toBe('not-needed');
    expect(verdict.diagnostics.map(({ code }) => code)).toContain('verdict/option-over-evidence');
  });

  it('names both sides of a contradiction and prefers neither', async () => {
    const other = artifact(
      'dmesg',
      'other.txt',
      `${VERSION}\n${EFIFB.replace('0xf8000000', '0xd0000000')}\n`,
    );
    const verdict = await ask([GEN2, dmesg(VERSION, EFIFB), other]);
    expect(ids(verdict)).toContain('evidence-contradicts');
    // One framebuffer lies in the window, the other outside.
    expect(verdict.answer).toBe('depends');
    expect(verdict.conditions.map(({ answer }) => answer).sort()).toEqual(['needed', 'not-needed']);
  });

  it('holds the model against what the running kernel printed', async () => {
    const pool =
      '[    1.000000] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=[mem 0xf8000000-0xfbffffff]';
    const kernel = { release: '7.1' };
    const agreeing = await ask([GEN2, dmesg(EFIFB, pool)], kernel);
    expect(ids(agreeing)).toContain('agrees-with-kernel');
    expect(agreeing.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const differing = await ask(
      [GEN2, dmesg(EFIFB, pool.replace('0xf8000000-0xfed3ffff', '0xe0000000-0xfed3ffff'))],
      kernel,
    );
    expect(ids(differing)).toContain('differs-from-kernel');
    expect(differing.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  });

  it('says what the given configuration makes of CONFIG_SYSFB', async () => {
    const config = artifact(
      'kconfig',
      '.config',
      '# Linux/x86 6.12.30 Kernel Configuration\nCONFIG_X86_64=y\nCONFIG_EFI=y\nCONFIG_HYPERV=y\nCONFIG_FB=y\nCONFIG_FB_EFI=y\nCONFIG_SYSFB=y\n',
    );
    const { kconfig } = await ask([GEN2, config]);
    expect(kconfig?.proposal).toBe('select SYSFB if EFI && !HYPERV_VTL_MODE');
    expect(kconfig?.explanation.join('\n')).toMatch(/CONFIG_SYSFB is y/);
  });
});
