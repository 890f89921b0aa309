/** Modules and kernels put together here: an ELF header, and the strings that real ones have. */
import { describe, expect, test } from 'vitest';
import { sniffKind } from '../../src/artifact/sniff.ts';
import { artifactOf, read } from './artifacts.ts';

const elf = (machine: number, ...strings: string[]): Uint8Array => {
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  new DataView(header.buffer).setUint16(18, machine, true);
  return Uint8Array.from([...header, ...new TextEncoder().encode(`\0${strings.join('\0')}\0`)]);
};
const X86_64 = 62;
const VERMAGIC = 'vermagic=6.1.0-53-cloud-amd64 SMP preempt mod_unload modversions ';
const DRIVER = '\x016hv_vmbus: Vmbus version:%d.%d\n';
const facts = (bytes: Uint8Array) => read(artifactOf('image', bytes)).evidence;
const strings = (bytes: Uint8Array): Record<string, boolean> =>
  Object.fromEntries(facts(bytes).codeStrings.map(({ value }) => [value.string, value.present]));

describe('hv_vmbus.ko', () => {
  const module = (...more: string[]): Uint8Array => elf(X86_64, VERMAGIC, 'name=hv_vmbus', DRIVER, ...more);

  test('is found, with release and architecture', () => {
    expect(sniffKind(module())).toBe('image');
    const said = facts(module());
    expect(said.releases.map(({ value }) => value.release)).toEqual(['6.1.0-53-cloud-amd64']);
    expect(said.architectures.map(({ value }) => value)).toEqual(['x86_64']);
  });

  test('what it prints and uses', () => {
    expect(
      strings(module('screen_info', 'pci_get_device', '\x016hv_vmbus: hv_mmio=%pR,%pR fb=%pR\n')),
    ).toEqual({
      'hv_mmio=%pR,%pR fb=%pR': true,
      sysfb_primary_display: false,
      pci_get_device: true,
    });
    expect(strings(module('sysfb_primary_display'))).toMatchObject({
      sysfb_primary_display: true,
      'hv_mmio=%pR,%pR fb=%pR': false,
    });
  });

  test('one that looks at no boot framebuffer was built without SYSFB', () => {
    const symbols = (bytes: Uint8Array) =>
      facts(bytes).symbols.map(({ value }) => [value.symbol, value.value]);
    expect(symbols(module())).toEqual([
      ['HYPERV', 'm'],
      ['SYSFB', 'n'],
    ]);
    expect(symbols(module('screen_info'))).toEqual([['HYPERV', 'm']]);
  });

  test('another module says its release and nothing of the driver', () => {
    const other = facts(elf(X86_64, VERMAGIC, 'name=pci_hyperv'));
    expect(other.releases).toHaveLength(1);
    expect([other.codeStrings, other.symbols]).toEqual([[], []]);
  });
});

describe('a kernel', () => {
  const BANNER = 'Linux version 6.6.10-hcl (builder@host) (gcc 13) #1 SMP PREEMPT_DYNAMIC';

  test('vmlinux: banner, and the driver where it is built in', () => {
    const vmlinux = elf(183, 'Linux version %s (%s)', `${BANNER}\n`, DRIVER, 'hv_mmio=%pR,%pR fb=%pR');
    expect(sniffKind(vmlinux)).toBe('image');
    const said = facts(vmlinux);
    expect(said.releases.map(({ value }) => value)).toEqual([
      { release: '6.6.10-hcl', vendor: { mark: '-hcl', name: 'OpenHCL' } },
    ]);
    expect(said.architectures.map(({ value }) => value)).toEqual(['arm64']);
    expect(said.symbols.map(({ value }) => value)).toEqual([{ symbol: 'HYPERV', value: 'y' }]);
    // Symbols that a whole kernel uses show nothing about one driver.
    expect(said.codeStrings.map(({ value }) => value.string)).toEqual(['hv_mmio=%pR,%pR fb=%pR']);
  });

  test('without the driver it says nothing of it: that may be a module', () => {
    expect(facts(elf(X86_64, `${BANNER}\n`)).codeStrings).toEqual([]);
  });

  test('many streams and markers cost no more than a second', () => {
    const start = performance.now();
    facts(new Uint8Array(Buffer.from('IKCFG_ST\x1f\x8b\x08'.repeat(80_000), 'latin1')));
    facts(new Uint8Array(Buffer.from(`${'IKCFG_ST\x1f\x8b\x08'.repeat(80_000)}IKCFG_ED`, 'latin1')));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
