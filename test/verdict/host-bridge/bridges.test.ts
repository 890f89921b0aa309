/**
 * `fwmap bridges` on small descriptions. What is expected follows from the kernel functions named in
 * test/linux/host-bridge, applied by hand to the ranges that stand in the text.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/fake-io.ts';
import { ask, asl, BUSES, folder, memory, ranges } from './asked.ts';

describe('ACPI', () => {
  it('drops, clips and unites, with the lines that Linux logs', async () => {
    const { bridges } = await ask(
      {
        'a.asl': asl(
          [
            BUSES,
            'IO (Decode16, 0xcf8, 0xcf8, 1, 8)',
            memory('0xc0000000', '0xcfffffff', '0x10000000'),
            memory('0xc8000000', '0xdfffffff', '0x18000000'),
            memory('0xff0000000', '0x100fffffff', '0x20000000'),
            memory('0x2000000000', '0x1fffffffff', '0'),
          ].join('\n'),
        ),
      },
      '--kernel',
      '6.12.30',
      '--address-bits',
      '36',
    );
    expect(bridges).toHaveLength(1);
    expect(bridges[0]!.bus).toBe('0000:00-ff');
    expect(ranges(bridges[0]!)).toEqual(['mem 0xc0000000-0xdfffffff', 'mem 0xff0000000-0xfffffffff']);
    expect(bridges[0]!.changed.map(({ did, line }) => [did, line])).toEqual([
      ['dropped', undefined],
      [
        'united',
        'host bridge window expanded to [mem 0xc0000000-0xdfffffff window]; [mem 0xc8000000-0xdfffffff window] ignored',
      ],
      [
        'clipped',
        'host bridge window [mem 0xff0000000-0x100fffffff window] ([0x1000000000-0x100fffffff] ignored, not CPU addressable)',
      ],
    ]);
    expect(bridges[0]!.prints.at(-1)).toBe('root bus resource [bus 00-ff]');
  });

  it('asks for the address bits only where they make a difference', async () => {
    const files = { 'b.asl': asl(memory('0x4000000000', '0x7fffffffff', '0x4000000000')) };
    const open = await ask(files, '--kernel', '6.12.30');
    expect(ranges(open.bridges[0]!)).toEqual(['mem 0x4000000000-0x7fffffffff if address_bits >= 39']);
    expect(open.bridges[0]!.changed.map(({ did, when }) => [did, when])).toEqual([
      ['dropped', 'address_bits < 39'],
    ]);
    expect(open.toSettle.map(({ what }) => what)).toEqual(['address_bits']);
    const settled = await ask(files, '--kernel', '6.12.30', '--address-bits', '39');
    expect(ranges(settled.bridges[0]!)).toEqual(['mem 0x4000000000-0x7fffffffff']);
    expect(settled.toSettle).toEqual([]);
  });

  it('windows that continue each other are one by release (7c3855c423b1)', async () => {
    const files = {
      'c.asl': asl(
        [memory('0xa0000', '0xbffff', '0x20000'), memory('0xc0000', '0xdffff', '0x20000')].join('\n'),
      ),
    };
    const apart = ['mem 0xa0000-0xbffff', 'mem 0xc0000-0xdffff'];
    expect(ranges((await ask(files, '--kernel', '5.10.218')).bridges[0]!)).toEqual(apart);
    expect(ranges((await ask(files, '--kernel', '5.10.237')).bridges[0]!)).toEqual(['mem 0xa0000-0xdffff']);
    expect(ranges((await ask(files, '--kernel', '6.12.30')).bridges[0]!)).toEqual(['mem 0xa0000-0xdffff']);
    // Without a release the windows are those of the newest, and the rest is told.
    const open = await ask(files);
    expect(ranges(open.bridges[0]!)).toEqual(['mem 0xa0000-0xdffff']);
    expect(open.bridges[0]!.changed[0]!.when).toContain('release >= 5.16');
    expect(open.matrix?.map(({ windows }) => windows.length)).toContain(2);
    expect(open.toSettle.map(({ what }) => what)).toContain('release');
  });

  it('by release, with --matrix', async () => {
    const files = {
      'm.asl': asl(
        [memory('0xa0000', '0xbffff', '0x20000'), memory('0xc0000', '0xdffff', '0x20000')].join('\n'),
      ),
    };
    const { matrix } = await ask(files, '--kernel', '6.12.30', '--matrix');
    const row = (release: string) => matrix?.find(({ releases }) => releases.startsWith(release))?.windows;
    expect(row('5.10 ')).toHaveLength(2);
    expect(row('5.10.237')).toEqual(['[mem 0x000a0000-0x000dffff]']);
    expect(row('5.16')).toEqual(['[mem 0x000a0000-0x000dffff]']);
  });

  it('do these BARs fit?', async () => {
    const files = {
      'n.asl': asl(
        [
          memory('0xc0000000', '0xcfffffff', '0x10000000'),
          memory('0x1000000000', '0x10ffffffff', '0x100000000'),
        ].join('\n'),
      ),
    };
    const fits = async (...bars: string[]) =>
      (
        await ask(
          files,
          '--kernel',
          '6.12.30',
          '--address-bits',
          '39',
          ...bars.flatMap((bar) => ['--bar', bar]),
        )
      ).fits?.map(({ fits: does, base }) => [does, base]);
    expect(await fits('256M', '16M')).toEqual([
      ['fits', '0xc0000000'],
      ['no', undefined],
    ]);
    expect(await fits('4G,64bit,prefetchable', '8G,64bit')).toEqual([
      ['fits', '0x1000000000'],
      ['no', undefined],
    ]);
    // A window that may not be there.
    const open = await ask(files, '--kernel', '6.12.30', '--bar', '4G,64bit');
    expect(open.fits?.[0]?.fits).toBe('open');
    const far = { 'o.asl': asl(memory('0x4000000000', '0x7fffffffff', '0x4000000000')) };
    expect((await ask(far, '--kernel', '6.12.30', '--bar', '4G,64bit')).fits?.[0]?.fits).toBe('open');
  });

  // e820__reserve_resources_late() and pnp_system_init() come before pcibios_assign_resources(): what lies inside of a
  // window is below it in the resource tree, and find_resource() looks for gaps between what is there.
  it('no BAR is put on what is reserved inside of a window, whether E820 is heeded or not', async () => {
    const registers = `Device (MBRD) { Name (_HID, EisaId ("PNP0C02"))
      Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, 0xC0000000, 0x100000) }) }`;
    const at = async (more: string, body: string): Promise<string | undefined> => {
      const log = `[    0.000000] Linux version 6.12.30 (x@y) (gcc) #1 SMP
[    0.000000] Command line: root=/dev/vda ${more}
[    0.000000] BIOS-e820: [mem 0x00000000c0100000-0x00000000c01fffff] reserved
[    0.000000] BIOS-e820: [mem 0x00000000b0000000-0x00000000bfffffff] reserved
`;
      const source = asl(memory('0xc0000000', '0xc0ffffff', '0x1000000'), body);
      const files = { 'taken.asl': source, 'dmesg.txt': log };
      return (await ask(files, '--bar', '1M')).fits?.[0]?.base;
    };
    expect(await at('pci=no_e820', '')).toBe('0xc0000000');
    expect(await at('pci=no_e820', registers)).toBe('0xc0200000');
    expect(await at('pci=use_e820', registers)).toBe('0xc0200000');
  });

  it('BARs of an lspci are in a window or in none', async () => {
    const files = {
      'p.asl': asl([BUSES, memory('0xc0000000', '0xcfffffff', '0x10000000')].join('\n')),
      'p.lspci': `00:02.0 VGA compatible controller [0300]: Intel Corporation [8086:1234]
\tRegion 0: Memory at c1000000 (64-bit, non-prefetchable) [size=16M]
\tRegion 2: Memory at d0000000 (64-bit, prefetchable) [size=256M]
`,
    };
    const { fits } = await ask(files, '--kernel', '6.12.30');
    expect(fits?.map(({ bar, fits: does }) => [bar, does])).toEqual([
      ['0000:00:02.0 BAR 0', 'placed'],
      ['0000:00:02.0 BAR 2', 'no'],
    ]);
  });

  it('says what is no BAR', async () => {
    for (const bar of ['3M', '256M,128bit', 'x', '0']) {
      const { status, stderr } = await run(['bridges', 'p.asl', '--bar', bar], { cwd: folder });
      expect([status, stderr]).toEqual([2, expect.stringContaining('--bar')]);
    }
  });

  it('a dozen windows that are there or not are a dozen questions', async () => {
    const fields = Array.from(
      { length: 13 },
      (_, at) => `P${at.toString(16).toUpperCase()}${at % 10}0, 8`,
    ).join(', ');
    const names = Array.from({ length: 13 }, (_, at) => `P${at.toString(16).toUpperCase()}${at % 10}0`);
    const windows = names.map((_, at) => {
      const base = 0xc0000 + at * 0x4000;
      return memory(`0x${base.toString(16)}`, `0x${(base + 0x3fff).toString(16)}`, '0x4000');
    });
    // QWord descriptors are 46 bytes long, the length is at offset 38.
    const code = names.map(
      (name, at) =>
        `If (${name}) { CreateQWordField (BUF, ${46 * at + 38}, L${name.slice(1)}) L${name.slice(1)} = 0 }`,
    );
    const text = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
      OperationRegion (REG, SystemMemory, 0xf0000000, 0x100) Field (REG, ByteAcc, NoLock, Preserve) { ${fields} }
      Scope (\\_SB) { Device (PCI0) { Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03"))
        Name (BUF, ResourceTemplate () { ${windows.join('\n')} })
        Method (_CRS, 0, Serialized) { ${code.join('\n')} Return (BUF) } } } }`;
    const { bridges } = await ask({ 'd.asl': text }, '--kernel', '6.12.30');
    expect(bridges[0]!.windows).toHaveLength(13);
    expect(bridges[0]!.windows[3]!.when).toBe('P330 == 0');
    expect(bridges[0]!.changed.every(({ did }) => did === 'coalesced')).toBe(true);
    expect(bridges[0]!.changed[0]!.when).toBe('P000 == 0 and P110 == 0');

    // In a text they are a row each only on request: 13 windows, of which twelve are continued by the next.
    const lines = async (...options: string[]): Promise<string[]> =>
      (await run(['bridges', 'd.asl', '--kernel', '6.12.30', ...options], { cwd: folder })).stdout.split(
        '\n',
      );
    const short = await lines();
    expect(short.filter((line) => line.includes('[mem 0x000c'))).toHaveLength(2);
    expect(short).toContain('  ... 12 more of 16 KiB up to 0x000f3fff, each with its condition (--all)');
    expect(short.join(' ')).toMatch(/coalesced +\[mem 0x000c0000-0x000c3fff\] +and the 12\s+contiguous/);
    const whole = await lines('--all');
    expect(whole.filter((line) => line.includes('coalesced'))).toHaveLength(12);
    expect(whole.filter((line) => /^ {2}\[mem 0x000[cdef]/.test(line))).toHaveLength(13);
  });

  it('bounds that the firmware calculates stay what they are made of, by an authority', async () => {
    const text = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
      OperationRegion (REG, SystemMemory, 0xf0000000, 0x100) Field (REG, DWordAcc, NoLock, Preserve) { M32B, 32, M32L, 32 }
      Scope (\\_SB) { Device (PCI0) { Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03"))
        Name (BUF, ResourceTemplate () {
          ${memory('0xa0000', '0xbffff', '0x20000')}
          DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0, 0, 0, 0, , , M32) })
        Method (_CRS, 0, Serialized) {
          CreateDWordField (BUF, \\_SB.PCI0.M32._MIN, MIN) CreateDWordField (BUF, \\_SB.PCI0.M32._MAX, MAX)
          CreateDWordField (BUF, \\_SB.PCI0.M32._LEN, LEN)
          MIN = M32B LEN = M32L MAX = (M32B + M32L) - 1 Return (BUF) } } } }`;
    const open = await ask({ 'e.asl': text }, '--kernel', '6.12.30');
    expect(open.bridges[0]!.windows.map(({ base }) => base)).toEqual(['0xa0000', null]);
    expect(open.authorities.map(({ id }) => id)).toEqual(['windows-distinct']);
    const set = await ask(
      { 'e.asl': text },
      '--kernel',
      '6.12.30',
      '--set',
      'M32B=0xb0000',
      '--set',
      'M32L=0x20000',
    );
    expect(ranges(set.bridges[0]!)).toEqual(['mem 0xa0000-0xcffff']);
    expect(set.authorities).toEqual([]);
  });

  // Eleven bridges with windows that overlap, each there or not by a bit of its own: 2^11 cases, of which MAX_WORLDS, 2^10,
  // are looked at.
  it('cases that are not looked at are a gap', async () => {
    const bits = Array.from({ length: 11 }, (_, index) => `B${index.toString(16).toUpperCase()}XX`);
    const devices = bits.map(
      (bit, index) => `Device (P${bit.slice(1)}) {
        Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03")) Name (_UID, ${index})
        Method (_STA) { If (${bit} == 1) { Return (0xf) } Return (0) }
        Name (_CRS, ResourceTemplate () { ${memory(`0xc${index.toString(16)}000000`, '0xcfffffff', `0x${(0x1000_0000 - index * 0x100_0000).toString(16)}`)} }) }`,
    );
    const text = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) {
      OperationRegion (REGS, SystemMemory, 0x1000, 0x100)
      Field (REGS, DWordAcc, NoLock, Preserve) { ${bits.map((bit) => `${bit}, 32`).join(', ')} }
      ${devices.join('\n')} } }`;
    writeFileSync(join(folder, 'u.asl'), text);
    const { stdout } = await run(['bridges', 'u.asl', '--kernel', '6.12.30', '--format', 'json'], {
      cwd: folder,
    });
    const { gaps } = JSON.parse(stdout) as { gaps: { code: string; mayHide: string[] }[] };
    expect(gaps.map(({ code }) => code)).toContain('verdict/unexplored');
  }, 60_000);

  it('a memory map tells where RAM is, a log what was done', async () => {
    const files = {
      'f.asl': asl(
        [
          BUSES,
          memory('0x7ff00000', '0xfebfffff', '0x7ed00000'),
          memory('0xa0000', '0xbffff', '0x20000'),
        ].join('\n'),
      ),
    };
    const without = await ask(files, '--kernel', '6.1.100');
    expect(without.bridges[0]!.windows).toHaveLength(2);
    expect(without.premises.map(({ text }) => text).join()).toContain('no window crosses an edge of RAM');
    const map = '0x0 0x9fbff System RAM\n0x100000 0x7fffffff System RAM\n';
    const dropped = await ask({ ...files, 'memmap.txt': map }, '--kernel', '6.1.100');
    expect(ranges(dropped.bridges[0]!)).toEqual(['mem 0xa0000-0xbffff']);
    expect(dropped.bridges[0]!.changed[0]!.line).toBe(
      'ignoring host bridge window [mem 0x7ff00000-0xfebfffff window] (conflicts with System RAM [mem 0x00100000-0x7fffffff])',
    );
    const log = [
      '[    0.000000] Linux version 6.1.100 (x@y) (gcc) #1 SMP',
      '[    0.500000] ACPI: PCI Root Bridge [PCI0] (domain 0000 [bus 00-ff])',
      '[    0.500001] acpi PNP0A08:00: ignoring host bridge window [mem 0x7ff00000-0xfebfffff window] (conflicts with System RAM [mem 0x00100000-0x7fffffff])',
      '[    0.500002] pci_bus 0000:00: root bus resource [mem 0x000a0000-0x000bffff window]',
      '[    0.500003] pci_bus 0000:00: root bus resource [bus 00-ff]',
    ].join('\n');
    const logged = await ask({ ...files, 'memmap.txt': map, 'dmesg.txt': `${log}\n` });
    expect(logged.bridges[0]!.observed?.contradictions).toEqual([]);
    expect(logged.bridges[0]!.changed[0]!.logged).toBe(true);
    const other = log.replace('[mem 0x000a0000-0x000bffff window]', '[mem 0x000a0000-0x000affff window]');
    const contradicted = await ask({ ...files, 'memmap.txt': map, 'dmesg.txt': `${other}\n` });
    expect(contradicted.bridges[0]!.observed?.contradictions).toHaveLength(2);
    expect(ranges(contradicted.bridges[0]!)).toEqual(['mem 0xa0000-0xaffff']);
    expect(contradicted.summary).toContain('The log contradicts this');
  });

  it('a boot framebuffer in a window conflicts with none (13.24)', async () => {
    const { bridges } = await ask(
      { 'q.asl': asl(memory('0xc0000000', '0xcfffffff', '0x10000000')) },
      '--kernel',
      '6.12.30',
      '--framebuffer',
      '0xc0000000+0x800000',
    );
    expect(bridges[0]!.windows).toHaveLength(1);
    expect(bridges[0]!.notes.map(({ text }) => text).join()).toContain(
      '[mem 0xc0000000-0xc07fffff] is in a window',
    );
  });

  it('a log alone has its bridges', async () => {
    const { bridges } = await ask({
      'alone.txt': `[    0.000000] Linux version 6.1.100 (x@y) (gcc) #1 SMP
[    0.500002] pci_bus 0000:00: root bus resource [mem 0xc0000000-0xfebfffff window]
[    0.600002] pci_bus 0000:01: resource 1 [mem 0xc0000000-0xc00fffff]
`,
    });
    expect(bridges.map(({ device }) => device)).toEqual(['pci_bus 0000:00']);
    expect(ranges(bridges[0]!)).toEqual(['mem 0xc0000000-0xfebfffff']);
  });

  // arch/x86/pci/acpi.c, set_ignore_seg(): the one machine for which _SEG is ignored (DOMAIN 13.11).
  it('_SEG is ignored on an HP xw9300', async () => {
    const source = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) { Device (PCI1) {
      Name (_HID, EisaId ("PNP0A03")) Name (_SEG, 1) Name (_CRS, ResourceTemplate () { ${BUSES} }) } } }`;
    const log = (dmi: string): string => `[    0.000000] Linux version 6.1.100 (x@y) (gcc) #1 SMP
[    0.000000] Command line: root=/dev/vda
[    0.000000] DMI: ${dmi}, BIOS 786B7 v2.09 03/20/2008
`;
    const buses = async (dmi: string) =>
      (await ask({ 'seg.asl': source, 'dmesg.txt': log(dmi) })).bridges[0]!.bus;
    expect(await buses('HP HP xw9300 Workstation/09E4h')).toBe('0000:00-ff');
    expect(await buses('HP HP xw9400 Workstation/0A1Ch')).toBe('0001:00-ff');
  });

  it('pci=nocrs and E820 by release, year and option', async () => {
    const files = {
      'g.asl': asl(memory('0xc0000000', '0xfebfffff', '0x3ec00000')),
    };
    const log = (more: string): string => `[    0.000000] Linux version 5.19.0 (x@y) (gcc) #1 SMP
[    0.000000] Command line: root=/dev/vda ${more}
[    0.000000] BIOS-e820: [mem 0x00000000e0000000-0x00000000efffffff] reserved
`;
    const refused = await ask({ ...files, 'dmesg.txt': log('pci=nocrs') });
    expect(refused.bridges[0]!.windows).toEqual([]);
    expect(refused.bridges[0]!.changed[0]!.did).toBe('refused');
    const byYear = await ask({ ...files, 'dmesg.txt': log('') });
    expect(byYear.bridges[0]!.keptFree.map(({ base, when }) => [base, when])).toEqual([
      ['0xe0000000', 'BIOS_year < 2023'],
    ]);
    expect((await ask({ ...files, 'dmesg.txt': log('pci=no_e820') })).bridges[0]!.keptFree).toEqual([]);
    expect(
      (await ask({ ...files, 'dmesg.txt': log('pci=use_e820') })).bridges[0]!.keptFree[0]!.when,
    ).toBeUndefined();
    const old = log('pci=no_e820').replace('5.19.0', '5.18.0');
    expect((await ask({ ...files, 'dmesg.txt': old })).bridges[0]!.keptFree[0]!.when).toBeUndefined();
  });
});

describe('device tree', () => {
  const dts = (body: string): string => `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;
    memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x80000000>; };
    pcie@10000000 { compatible = "pci-host-ecam-generic"; device_type = "pci"; #address-cells = <3>; #size-cells = <2>;
      reg = <0 0x70000000 0 0x10000000>; ${body} }; };`;
  const window = 'ranges = <0x02000000 0 0x10000000 0 0x10000000 0 0x10000000>;';

  it('a bridge without ranges by release (d277f6e88c88)', async () => {
    const files = { 'a.dts': dts('bus-range = <0 0xf>;') };
    const old = (await ask(files, '--kernel', '5.10.67')).bridges[0]!;
    expect([old.when, old.notes[0]!.text]).toEqual([
      expect.anything(),
      'it has no ranges, so its probe fails: it gets no bus',
    ]);
    const recent = (await ask(files, '--kernel', '5.10.68')).bridges[0]!;
    expect([recent.when, recent.windows, recent.bus]).toEqual([undefined, [], '0000:00-0f']);
  });

  it('a missing bus-range is reported up to 6.13 (5ad20c289cd7)', async () => {
    const lines = async (release: string) =>
      (await ask({ 'b.dts': dts(window) }, '--kernel', release)).bridges[0]!.notes.map(({ line }) => line);
    expect(await lines('6.13')).toEqual(['  No bus range found for /pcie@10000000, using [bus 00-ff]']);
    expect(await lines('6.14')).toEqual([undefined]);
  });

  it('a window over RAM fails the probe', async () => {
    const { bridges } = await ask(
      {
        'c.dts': dts(
          'bus-range = <0 0xf>; ranges = <0x02000000 0 0x80000000 0 0x80000000 0 0x10000000>, <0x02000000 0 0x20000000 0 0x20000000 0 0x1000>;',
        ),
      },
      '--kernel',
      '6.12.30',
    );
    expect(bridges[0]!.windows).toEqual([]);
    expect(bridges[0]!.changed.map(({ did }) => did)).toEqual(['refused', 'refused']);
    expect(bridges[0]!.notes[0]!.text).toContain('its probe fails');
  });

  it('translated windows have their bus address', async () => {
    const { bridges } = await ask(
      {
        'd.dts': dts('bus-range = <0 0>; ranges = <0x02000000 0 0xc0000000 6 0 0 0x40000000>;'),
      },
      '--kernel',
      '6.12.30',
    );
    expect(bridges[0]!.prints).toEqual([
      'host bridge /pcie@10000000 ranges:',
      '     MEM 0x0600000000..0x063fffffff -> 0x00c0000000',
      'root bus resource [bus 00]',
      'root bus resource [mem 0x600000000-0x63fffffff] (bus address [0xc0000000-0xffffffff])',
    ]);
  });
});
