/** What the log shows of bridges, held against bridges made by hand. */
import { describe, expect, test } from 'vitest';
import type { BridgeWindowChange, MachineFacts, PciHost } from '../../../src/evidence/facts.ts';
import type { PrintedWindow } from '../../../src/evidence/values.ts';
import { busText, observe } from '../../../src/verdict/host-bridge/observed.ts';
import type { JudgedBridge } from '../../../src/verdict/host-bridge/result.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { observedFact as fact, read } from '../../evidence/artifacts.ts';
import { bridge, certain, maybe, unknown } from './made-bridges.ts';

const none = read().evidence;
const MIB = 0x10_0000n;
const LOW = 0xe000_0000n;
const printed = (
  start: bigint,
  size: bigint,
  more: Partial<PrintedWindow> & { text?: string } = {},
): MachineFacts['pciWindows'][number] => {
  const { text = 'pci_bus: root bus resource', ...rest } = more;
  return fact(
    { space: 'memory', bus: '0000:00', start, last: start + size - 1n, ...rest } as PrintedWindow,
    text,
  );
};
const host = (value: Partial<PciHost>): MachineFacts['pciHosts'][number] => fact(value as PciHost);
const see = (bridges: readonly JudgedBridge[], facts: Partial<MachineFacts>): JudgedBridge[] =>
  observe(bridges, { ...none, ...facts });
const places = (windows: readonly AddressWindow[]): (readonly [string, unknown, unknown])[] =>
  windows.map(({ space, base, size }) => [space, base, size]);
const on = { domain: 0, first: 0, last: 0xff };

test.each<[JudgedBridge['bus'], string | undefined]>([
  [{ domain: null, first: 0, last: 0xff }, '0000:00'],
  [{ domain: 1, first: 0x40, last: 0xff }, '0001:40'],
  [{ domain: 0x12, first: 7, last: null }, '0012:07'],
  [{ domain: 1, first: null, last: null }, undefined],
])('%j is bus %s', (bus, text) => {
  expect(busText(bus)).toBe(text);
});

describe('windows that the log has', () => {
  const contradictions = (
    windows: readonly AddressWindow[],
    ...lines: MachineFacts['pciWindows']
  ): readonly string[] => see([bridge(windows, on)], { pciWindows: lines })[0]!.observed!.contradictions;
  const LOG = (text: string): string =>
    `the log has ${text}, which the description and the rules do not give`;
  const LACKS = (text: string): string =>
    `the description and the rules give ${text}, which the log does not have`;
  const M0 = '[mem 0xe0000000-0xe00fffff]';
  const M1 = '[mem 0xe0100000-0xe01fffff]';

  test.each<[string, readonly AddressWindow[], MachineFacts['pciWindows'], readonly string[]]>([
    ['the same', [certain(LOW, MIB)], [printed(LOW, MIB)], []],
    ['another one', [certain(LOW, MIB)], [printed(LOW + MIB, MIB)], [LOG(M1), LACKS(M0)]],
    ['one more', [certain(LOW, MIB)], [printed(LOW, MIB), printed(LOW + MIB, MIB)], [LOG(M1)]],
    ['one less', [certain(LOW, MIB), certain(LOW + MIB, MIB)], [printed(LOW, MIB)], [LACKS(M1)]],
    [
      'another size',
      [certain(LOW, 2n * MIB)],
      [printed(LOW, MIB)],
      [LOG(M0), LACKS('[mem 0xe0000000-0xe01fffff]')],
    ],
    [
      'of another kind',
      [certain(LOW, MIB, { space: 'io' })],
      [printed(LOW, MIB)],
      [LOG(M0), LACKS('[io  0xe0000000-0xe00fffff]')],
    ],
    ['twice what is there once', [certain(LOW, MIB)], [printed(LOW, MIB), printed(LOW, MIB)], [LOG(M0)]],
    ['one that may be there', [maybe(LOW, MIB)], [printed(LOW, MIB)], []],
    ['not one that may be there', [maybe(LOW, MIB), certain(LOW + MIB, MIB)], [printed(LOW + MIB, MIB)], []],
    ['any, of unknown bounds', [unknown()], [printed(LOW, MIB)], []],
    ['several, of wholly unknown bounds', [unknown()], [printed(LOW, MIB), printed(LOW + MIB, MIB)], []],
    ['a port, of wholly unknown bounds', [unknown()], [printed(0x1000n, 0x1000n, { space: 'io' })], []],
    [
      'two of one whose base is known',
      [{ ...unknown(), base: LOW } as AddressWindow],
      [printed(LOW, MIB), printed(LOW + MIB, MIB)],
      [LOG(M1)],
    ],
    [
      'a run of those that may be there',
      [maybe(LOW, MIB), maybe(LOW + MIB, MIB)],
      [printed(LOW, 2n * MIB)],
      [],
    ],
    [
      'a run that is too long',
      [maybe(LOW, MIB), maybe(LOW + MIB, 2n * MIB)],
      [printed(LOW, 2n * MIB)],
      [LOG('[mem 0xe0000000-0xe01fffff]')],
    ],
    [
      'a run with a gap',
      [maybe(LOW, MIB), maybe(LOW + 2n * MIB, MIB)],
      [printed(LOW, 3n * MIB)],
      [LOG('[mem 0xe0000000-0xe02fffff]')],
    ],
    ['a run of certain ones', [certain(LOW, MIB), certain(LOW + MIB, MIB)], [printed(LOW, 2n * MIB)], []],
  ])('%s', (_, windows, lines, expected) => {
    expect(contradictions(windows, ...lines)).toEqual(expected);
  });

  test('are the windows, with where the description has them, their bus address and whether they are prefetchable', () => {
    const text =
      'pci_bus 0000:00: root bus resource [mem 0xe0000000-0xe00fffff pref] (bus address [0x40000000-0x400fffff])';
    const [seen] = see([bridge([certain(LOW, MIB)], on)], { pciWindows: [printed(LOW, MIB, { text })] });
    const [window] = seen!.windows;
    expect(window).toMatchObject({
      certainty: 'certain',
      bus: { base: 0x4000_0000n },
      flags: { producer: true, prefetchable: true },
      origin: { path: '\\_SB.PCI0', item: '_CRS' },
    });
    expect(seen!.observed!.bus).toBe('0000:00');
    const [alone] = see([bridge([], on)], { pciWindows: [printed(LOW, MIB)] });
    expect(alone!.windows[0]).toMatchObject({
      origin: { path: 'pci_bus 0000:00', item: 'root bus resource' },
    });
    expect(alone!.windows[0]!.flags).toEqual({ producer: true });
    expect(alone!.windows[0]!.bus).toBeUndefined();
  });

  test('of a bus below a root bus are none', () => {
    const below = printed(LOW, MIB, { text: 'pci_bus 0000:01: resource 1 [mem 0xe0000000-0xe00fffff]' });
    expect(see([bridge([certain(LOW, MIB)], on)], { pciWindows: [below] })[0]!.observed).toBeUndefined();
  });

  test('of a bus that no description has make a bridge of their own', () => {
    const lines = [printed(LOW, MIB), printed(LOW + MIB, MIB, { bus: '0001:40' })];
    const found = see([bridge([certain(LOW, MIB)], on)], {
      pciWindows: lines,
      pciHosts: [host({ bus: '0001:40', lastBus: 0x7f })],
    });
    expect(found.map(({ device, by, bus, windows }) => [device, by, bus, places(windows)])).toEqual([
      ['\\_SB.PCI0', 'acpi', on, [['memory', LOW, MIB]]],
      ['pci_bus 0001:40', 'log', { domain: 1, first: 0x40, last: 0x7f }, [['memory', LOW + MIB, MIB]]],
    ]);
    const open = see([], { pciWindows: [printed(LOW, MIB)] });
    expect(open[0]!.bus).toEqual({ domain: 0, first: 0, last: null });
  });
});

describe('which bus is which bridge', () => {
  const onBus = (made: Partial<JudgedBridge>, pciHosts: MachineFacts['pciHosts']): string | undefined =>
    see([{ ...bridge([], on), ...made }], {
      pciWindows: [printed(LOW, MIB), printed(LOW, MIB, { bus: '0005:00' })],
      pciHosts,
    })[0]!.observed?.bus;

  test('by the line that names it, else by its numbers', () => {
    expect(onBus({}, [])).toBe('0000:00');
    const named = host({ by: 'acpi', name: 'PCI0', bus: '0005:00' });
    expect(onBus({}, [named])).toBe('0005:00');
    // The kernel prints four characters.
    expect(onBus({ device: '\\_SB.PC' }, [host({ by: 'acpi', name: 'PC__', bus: '0005:00' })])).toBe(
      '0005:00',
    );
    expect(onBus({}, [host({ by: 'acpi', name: 'PCI1', bus: '0005:00' })])).toBe('0000:00');
    expect(onBus({}, [host({ by: 'device-tree', name: 'PCI0', bus: '0005:00' } as Partial<PciHost>)])).toBe(
      '0000:00',
    );
    // Two of that name, below different scopes.
    expect(onBus({}, [named, named])).toBe('0000:00');
    expect(onBus({ bus: { domain: 7, first: 0, last: 1 } }, [])).toBeUndefined();
    expect(onBus({ bus: { domain: null, first: null, last: null } }, [])).toBeUndefined();
  });

  test('of a device tree by the path and the device of its lines', () => {
    const node = { by: 'device-tree', device: '/pcie@1' } as const;
    const lines = [
      host({ name: 'pci-host-generic 1.pcie', path: '/pcie@1' }),
      host({ name: 'pci-host-generic 1.pcie', bus: '0005:00' }),
    ];
    expect(onBus(node, lines)).toBe('0005:00');
    expect(onBus(node, lines.slice(0, 1))).toBe('0000:00');
    expect(onBus({ ...node, device: '/pcie@2' }, lines)).toBe('0000:00');
  });
});

describe('a node that a whole log has no line of', () => {
  const node = {
    ...bridge([certain(LOW, MIB)], on),
    by: 'device-tree',
    device: '/pcie@1',
    prints: ['x'],
  } as const;
  const log = (complete: boolean) => ({ logs: [{ complete }] as unknown as MachineFacts['logs'] });
  const seen = (facts: Partial<MachineFacts>, made: JudgedBridge = node) => {
    const [found] = see([made], facts);
    return [found!.when, found!.windows.length, found!.changed.map(({ did }) => did), found!.prints.length];
  };
  const STAYS = [1n, 1, [], 1];
  const GONE = [0n, 0, ['refused'], 0];

  test('was not probed', () => {
    expect(seen(log(true))).toEqual(GONE);
    expect(seen(log(false))).toEqual(STAYS);
    expect(seen({})).toEqual(STAYS);
    expect(seen({ ...log(true), pciHosts: [host({ path: '/pcie@1' })] })).toEqual(STAYS);
    expect(seen({ ...log(true), pciHosts: [host({ path: '/pcie@2' })] })).toEqual(GONE);
    expect(seen(log(true), { ...node, by: 'acpi' })).toEqual(STAYS);
    // Also beside other buses of the log.
    expect(seen({ ...log(true), pciWindows: [printed(LOW, MIB, { bus: '0005:00' })] })).toEqual(GONE);
  });
});

describe('changes that the log has', () => {
  const LINE = 'ignoring host bridge window [mem 0xe0000000-0xe00fffff window]';
  const changed = (
    text: string,
    value: Partial<BridgeWindowChange> = {},
  ): MachineFacts['bridgeChanges'][number] =>
    fact(
      {
        ...{ did: 'ignored', bridge: '0000:00', space: 'memory', start: LOW, last: LOW + MIB - 1n },
        ...value,
      } as BridgeWindowChange,
      text,
    );
  const change = {
    did: 'refused',
    window: certain(LOW, MIB),
    why: 'it conflicts',
    when: 0n,
    line: LINE,
    source: 'the rules',
  } as const;
  const rows = (bridges: readonly JudgedBridge[]) =>
    bridges.map((each) => each.changed.map(({ did, when, logged }) => [did, when, logged === true]));

  test('those of the rules are marked, once each', () => {
    const made = { ...bridge([], on), changed: [change, change] };
    const logged = changed(`acpi PNP0A08:00: ${LINE}`);
    expect(rows(see([made], { bridgeChanges: [logged] }))).toEqual([
      [
        ['refused', 1n, true],
        ['refused', 0n, false],
      ],
    ]);
    const { line: _, ...unsaid } = change;
    expect(rows(see([{ ...made, changed: [unsaid] }], { bridgeChanges: [] }))).toEqual([
      [['refused', 0n, false]],
    ]);
  });

  test('others are those of the bridge that they name', () => {
    const two = [bridge([], on), bridge([], { ...on, first: 0x40 })];
    const at = (name: string): number[] =>
      see(two, { bridgeChanges: [changed('another line', { bridge: name })] }).map(
        (each) => each.changed.length,
      );
    expect(at('PNP0A08:00')).toEqual([1, 0]);
    expect(at('PNP0A03:01')).toEqual([0, 1]);
    // One too many: the last.
    expect(at('PNP0A08:1f')).toEqual([0, 1]);
    expect(at('xPNP0A08:01')).toEqual([0, 0]);
    expect(at('PNP0A08:01x')).toEqual([0, 0]);
    expect(at('PNP0A05:00')).toEqual([0, 0]);
    expect(at('0000:00')).toEqual([1, 0]);
    expect(at('0000:40')).toEqual([0, 1]);
    expect(at('0000:41')).toEqual([0, 0]);
  });

  test.each([
    ['ignored', 'refused'],
    ['clipped', 'clipped'],
    ['expanded', 'united'],
    ['conflicts', 'dropped'],
    ['not-addressable', 'dropped'],
  ] as const)('%s is %s', (did, is) => {
    const [seen] = see([bridge([], on)], { bridgeChanges: [changed('another line', { did })] });
    expect(seen!.changed).toMatchObject([
      {
        did: is,
        when: 1n,
        logged: true,
        line: 'another line',
        why: 'as logged',
        window: { space: 'memory', base: LOW, size: MIB, origin: { path: '0000:00', item: 'log' } },
      },
    ]);
  });

  test('contradict what is known of a bridge that the log has windows of', () => {
    const facts = { pciWindows: [printed(LOW, MIB)], bridgeChanges: [changed('another line')] };
    const said = `the log has "another line", which the rules do not give`;
    expect(see([bridge([certain(LOW, MIB)], on)], facts)[0]!.observed!.contradictions).toEqual([said]);
    expect(see([], facts)[0]!.observed!.contradictions).toEqual([]);
  });
});
