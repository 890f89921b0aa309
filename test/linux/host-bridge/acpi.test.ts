/**
 * Host bridges of ACPI, rule by rule. What is expected is read off the functions named, which are the same in Linux
 * 5.10.262, 6.1.192, 6.12.118, 7.2.13 and 7.3.4 (DOMAIN 13.5 to 13.8, 13.13, 13.26).
 */
import { describe, expect, it } from 'vitest';
import { ignoreAll, prepare, validate } from '../../../src/linux/host-bridge/acpi.ts';
import { bridgeArchitecture } from '../../../src/linux/host-bridge/architecture.ts';
import { coalesce } from '../../../src/linux/host-bridge/coalesce.ts';
import { insertWindows, requestWindows } from '../../../src/linux/host-bridge/conflicts.ts';
import { numberPorts, PortNumbers, remappedLine } from '../../../src/linux/host-bridge/ports.ts';
import type { BridgeWindow } from '../../../src/linux/host-bridge/window.ts';
import { insertRegion, type Region, region } from '../../../src/linux/region-tree.ts';
import { io, mem, printed } from './made-windows.ts';

const X86 = { memory: (1n << 36n) - 1n, io: 0xffffn };
const lines = ({ changes }: { changes: readonly { line?: string }[] }) => changes.map(({ line }) => line);

describe('acpi_pci_root_validate_resources()', () => {
  it('leaves what is addressable and overlaps nothing, in its order', () => {
    const list = [io(0n, 0xcf7n), mem(0xc0000000n, 0xfebfffffn), mem(0xa0000n, 0xbffffn)];
    expect(validate(list, X86)).toEqual({ windows: list, changes: [] });
  });

  it('drops what starts beyond the last address, and cuts what reaches beyond it', () => {
    const result = validate([mem(0xff0000000n, 0x100fffffffn), mem(0x1000000000n, 0x1fffffffffn)], X86);
    expect(printed(result.windows)).toEqual(['[mem 0xff0000000-0xfffffffff window]']);
    expect(lines(result)).toEqual([
      'host bridge window [mem 0xff0000000-0x100fffffff window] ([0x1000000000-0x100fffffff] ignored, not CPU addressable)',
      'host bridge window [mem 0x1000000000-0x1fffffffff window] (ignored, not CPU addressable)',
    ]);
  });

  it('ports end at 0xffff on x86, where acpi_decode_space() lets them reach 0x10002', () => {
    const result = validate([io(0xd00n, 0x10002n)], X86);
    expect(printed(result.windows)).toEqual(['[io  0x0d00-0xffff window]']);
    expect(lines(result)[0]).toContain('([0x10000-0x10002] ignored, not CPU addressable)');
  });

  it('says why it drops a window: beyond the last address, or a single byte', () => {
    const why = (window: BridgeWindow) => validate([window], X86).changes.map((change) => change.why);
    expect(why(mem(0x1000000000n, 0x1fffffffffn))).toEqual(['the processor cannot address it']);
    expect(why(io(0x10000n, 0x10002n))).toEqual(['ports end at 0xffff']);
    expect(why(mem(0xfee00000n, 0xfee00000n))).toEqual([
      'it is a single byte, which Linux treats as an empty range here',
    ]);
    // The last byte that can be addressed, and no more of it.
    expect(why(mem(0xfffffffffn, 0x1fffffffffn))).toEqual(['the processor cannot address it']);
  });

  it('takes a window of one byte for an empty one: the test is end <= start', () => {
    expect(validate([mem(0xfee00000n, 0xfee00000n)], X86).windows).toEqual([]);
  });

  it('widens the earlier of two that overlap, which keeps its place and flags', () => {
    const result = validate(
      [
        mem(0xc0000000n, 0xcfffffffn, 0, { prefetchable: true }),
        io(0n, 0xffn, 1),
        mem(0xb8000000n, 0xc7ffffffn, 2),
      ],
      X86,
    );
    expect(printed(result.windows)).toEqual([
      '[mem 0xb8000000-0xcfffffff pref window]',
      '[io  0x0000-0x00ff window]',
    ]);
    expect(lines(result)).toEqual([
      'host bridge window expanded to [mem 0xb8000000-0xcfffffff pref window]; [mem 0xb8000000-0xc7ffffff window] ignored',
    ]);
    expect(result.windows[0]!.from).toEqual([0, 2]);
  });

  it('touching is no overlap, and memory overlaps no ports', () => {
    const list = [mem(0x1000n, 0x1fffn), mem(0x2000n, 0x2fffn), io(0x1000n, 0x1fffn)];
    expect(validate(list, X86).windows).toEqual(list);
  });

  it('compares a widened window with no other again: two may overlap in the end', () => {
    // The third overlaps the first, which grows over the second.
    const result = validate([mem(0x1000n, 0x1fffn), mem(0x3000n, 0x3fffn, 1), mem(0x1800n, 0x37ffn, 2)], X86);
    expect(printed(result.windows)).toEqual([
      '[mem 0x00001000-0x000037ff window]',
      '[mem 0x00003000-0x00003fff window]',
    ]);
  });
});

describe('pci_acpi_root_prepare_resources()', () => {
  it('x86 takes out exactly 0xcf8-0xcff, and consumers are windows', () => {
    const x86 = bridgeArchitecture('x86');
    const list = [
      io(0xcf8n, 0xcffn),
      io(0xcf8n, 0xcfen),
      mem(0xe0000000n, 0xefffffffn, 2, { window: false }),
    ];
    expect(printed(prepare(list, x86).windows)).toEqual([
      '[io  0x0cf8-0x0cfe window]',
      '[mem 0xe0000000-0xefffffff]',
    ]);
  });

  it('arm64 takes out consumers, after they could widen a window (13.26)', () => {
    const arm64 = bridgeArchitecture('arm64');
    const consumer = mem(0x3f000000n, 0x3fffffffn, 0, { window: false });
    const producer = mem(0x10000000n, 0x3effffffn, 1);
    expect(printed(prepare([consumer, producer], arm64).windows)).toEqual([
      '[mem 0x10000000-0x3effffff window]',
    ]);
    // Here the consumer comes first and swallows the window, which goes with it.
    const swallowed = validate([consumer, mem(0x3f000000n, 0x3f0fffffn, 1)], {
      memory: (1n << 64n) - 1n,
      io: 0xffffffn,
    });
    expect(prepare(swallowed.windows, arm64).windows).toEqual([]);
  });

  it('pci=nocrs: every window is reported and none counts (13.12)', () => {
    const { windows, changes } = ignoreAll([mem(0xa0000n, 0xbffffn)], 'pci=nocrs');
    expect(windows).toEqual([]);
    expect(lines({ changes })).toEqual(['host bridge window [mem 0x000a0000-0x000bffff window] (ignored)']);
  });
});

function trees(...regions: readonly (readonly [bigint, bigint, string])[]): { memory: Region; io: Region } {
  const memory = region(0n, (1n << 36n) - 1n, 'PCI mem');
  for (const [start, end, name] of regions) insertRegion(memory, region(start, end, name, true));
  return { memory, io: region(0n, 0xffffn, 'PCI IO') };
}

describe('pci_acpi_root_add_resources()', () => {
  const ram = [0x100000n, 0x7fffffffn, 'System RAM'] as const;

  it('drops a window that crosses an edge of RAM', () => {
    const result = insertWindows([mem(0x7ff00000n, 0xfebfffffn)], trees(ram), 'PCI Bus 0000:00');
    expect(result.windows).toEqual([]);
    expect(lines(result)).toEqual([
      'ignoring host bridge window [mem 0x7ff00000-0xfebfffff window] (conflicts with System RAM [mem 0x00100000-0x7fffffff])',
    ]);
  });

  it('a window inside RAM nests, one around it adopts it, one of the same range becomes its parent', () => {
    for (const window of [mem(0x200000n, 0x2fffffn), mem(0n, 0xffffffffn), mem(0x100000n, 0x7fffffffn)])
      expect(insertWindows([window], trees(ram), 'PCI Bus 0000:00').changes).toEqual([]);
  });

  it('a window of a second bridge that crosses one of the first goes', () => {
    const tree = trees(ram);
    insertWindows([mem(0x80000000n, 0xbfffffffn)], tree, 'PCI Bus 0000:00');
    const second = insertWindows([mem(0xb0000000n, 0xcfffffffn)], tree, 'PCI Bus 0000:80');
    expect(lines(second)[0]).toContain('(conflicts with PCI Bus 0000:00 [mem 0x80000000-0xbfffffff])');
  });

  it('ROMs below 1 MiB count', () => {
    const result = insertWindows(
      [mem(0xc4000n, 0xc7fffn), mem(0xcc000n, 0xcffffn, 1)],
      trees([0xc0000n, 0xcf1ffn, 'Video ROM']),
      'PCI Bus 0000:00',
    );
    expect(printed(result.windows)).toEqual(['[mem 0x000c4000-0x000c7fff window]']);
  });
});

describe('devm_request_pci_bus_resources() (13.30)', () => {
  it('nests nowhere: any overlap is a conflict', () => {
    const tree = trees([0x40000000n, 0x7fffffffn, 'System RAM']);
    expect(requestWindows([mem(0x10000000n, 0x3fffffffn)], tree, 'pcie@10000000')).toBeUndefined();
    expect(requestWindows([mem(0x50000000n, 0x5fffffffn)], tree, 'pcie@50000000')?.with).toBe(
      'System RAM [mem 0x40000000-0x7fffffff]',
    );
    expect(requestWindows([mem(0x20000000n, 0x2fffffffn)], tree, 'pcie@20000000')?.with).toContain(
      'pcie@10000000',
    );
  });
});

describe('pci_register_host_bridge(): contiguous windows (7c3855c423b1)', () => {
  it('neighbours of the list that continue each other become one, in the place of the later', () => {
    const { windows, changes } = coalesce([
      mem(0xa0000n, 0xbffffn),
      mem(0xc0000n, 0xc3fffn, 1),
      mem(0xc4000n, 0xc7fffn, 2),
    ]);
    expect(printed(windows)).toEqual(['[mem 0x000a0000-0x000c7fff window]']);
    expect(changes).toHaveLength(2);
    expect(windows[0]!.from).toEqual([0, 1, 2]);
  });

  it('not where another stands between, nor downward, nor with other flags or another offset', () => {
    const lists = [
      [mem(0x1000n, 0x1fffn), io(0n, 0xfn, 1), mem(0x2000n, 0x2fffn, 2)],
      [mem(0x2000n, 0x2fffn), mem(0x1000n, 0x1fffn, 1)],
      [mem(0x1000n, 0x1fffn), mem(0x2000n, 0x2fffn, 1, { prefetchable: true })],
      [mem(0x1000n, 0x1fffn), mem(0x2000n, 0x2fffn, 1, { offset: 0x1000n })],
      [mem(0x1000n, 0x1fffn), mem(0x2000n, 0x2fffn, 1, { window: false })],
    ];
    for (const list of lists) expect(coalesce(list).windows).toEqual(list);
  });
});

describe('ports that are memory: acpi_pci_root_remap_iospace(), logic_pio_register_range()', () => {
  it('are numbered from 0 in the order of the bridges', () => {
    const numbers = new PortNumbers(0xffffffn);
    const offset = 0x3eff0000n;
    const first = numberPorts([io(0x3eff0000n, 0x3effffffn, 0, { offset })], '\\_SB.PCI0', numbers);
    expect(printed(first.windows)).toEqual(['[io  0x0000-0xffff window]']);
    // The bus address stays 0.
    expect(first.windows[0]!.offset).toBe(0n);
    expect(remappedLine(0x3eff0000n, first.windows[0]!)).toBe(
      'ACPI: Remapped I/O 0x000000003eff0000 to [io  0x0000-0xffff window]',
    );
    const second = numberPorts([io(0x4eff0000n, 0x4effffffn)], '\\_SB.PCI1', numbers);
    expect(printed(second.windows)).toEqual(['[io  0x10000-0x1ffff window]']);
  });

  it('a bridge has one stretch: what is outside of it gets no numbers', () => {
    const numbers = new PortNumbers(0xffffffn);
    const { windows, changes } = numberPorts(
      [io(0x1000n, 0x1fffn), io(0x1800n, 0x18ffn, 1), io(0x4000n, 0x4fffn, 2)],
      'bridge',
      numbers,
    );
    expect(printed(windows)).toEqual(['[io  0x0000-0x0fff window]', '[io  0x0800-0x08ff window]']);
    expect(changes.map(({ did }) => did)).toEqual(['dropped']);
  });
});
