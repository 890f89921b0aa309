/** What each subject draws, and what is said of each box. */
import { describe, expect, test } from 'vitest';
import { region } from '../../../src/linux/region-tree.ts';
import { emptyPool, type VmbusPool } from '../../../src/linux/vmbus/pool.ts';
import { Conditions } from '../../../src/report/conditions.ts';
import { type AddressMap, type MapItem, windowItem } from '../../../src/report/map/items.ts';
import {
  atMaps,
  bridgesMaps,
  simulationMaps,
  sysfbMaps,
  windowsMaps,
} from '../../../src/report/map/subjects.ts';
import type { AtReport, Claim } from '../../../src/verdict/address/claims.ts';
import type { BridgesVerdict } from '../../../src/verdict/host-bridge/result.ts';
import type { SimulationReport } from '../../../src/verdict/simulation/simulation.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import {
  artifactOf,
  claimOf,
  equals,
  fieldOf,
  INPUT,
  ORIGIN,
  SPAN,
  verdictOf,
  windowOf,
} from '../subjects/made.ts';

const IF = equals(fieldOf('AAAA'), 1n);
const RANGE = '[mem 0xf8000000-0xf80fffff]';
const itemsOf = ([map]: readonly AddressMap[]): readonly MapItem[] => map!.items;
/** Kind, range and owner of each. */
const shape = (maps: readonly AddressMap[]) =>
  itemsOf(maps).map(({ kind, range, owner }) => [kind, range, owner]);

describe('a window', () => {
  const item = (more: object) => windowItem({ ...windowOf(), ...more } as AddressWindow, new Conditions())!;

  test('has its range, whose it is, and where it was read', () => {
    expect(item({})).toEqual({
      kind: 'window',
      space: 'memory',
      base: { least: 0xf800_0000n, most: 0xf800_0000n },
      size: { least: 0x10_0000n, most: 0x10_0000n },
      range: RANGE,
      sizeText: '1 MiB',
      owner: '/bus',
      what: 'ranges[1]',
      notes: [],
      span: SPAN,
    });
    const { span: _span, ...without } = ORIGIN;
    expect(item({ origin: without })).not.toHaveProperty('span');
    expect(item({ role: 'register' }).kind).toBe('register');
    expect(windowItem(windowOf(), new Conditions(), 'pool')!.kind).toBe('pool');
    expect(item({ space: 'bus' })).toBeUndefined();
    expect(item({ space: 'io' })).toMatchObject({ space: 'io', sizeText: '1048576 ports', notes: [] });
  });

  test('notes where it lies, unless that is low, and what there is to say', () => {
    expect(item({ base: 1n << 32n }).notes).toEqual(['high']);
    expect(item({ base: 0n }).notes).toEqual(['below 1 MiB']);
    expect(item({ flags: { prefetchable: true } }).notes).toEqual(['prefetchable']);
    expect(item({ base: 1n << 32n, inferences: [{ text: 'i', because: [] }] }).notes).toEqual([
      'high',
      'inferred: i',
    ]);
  });

  test('is there under a condition, or not known', () => {
    expect(item({ certainty: 'conditional', when: IF })).toMatchObject({ when: 'AAAA == 1', notes: [] });
    const open = item({ certainty: 'unknown', base: fieldOf('BASE'), size: null, why: 'w' });
    expect(open).toMatchObject({
      why: 'w',
      base: { least: 0n, most: 0xffff_ffffn },
      size: null,
      range: '[mem BASE-?]',
      sizeText: '',
      notes: [],
    });
    expect(item({ certainty: 'unknown', base: null, why: 'w' }).base).toBeNull();
  });
});

describe('what the firmware describes', () => {
  const title = (...paths: string[]): string =>
    windowsMaps(
      [],
      paths.map((path) => artifactOf(path)),
    )[0]!.title.replace('Address map of ', '');

  test('is called by its inputs: two by name, more by their folder', () => {
    expect(title('dir/a.dts')).toBe('a.dts');
    expect(title('x/a', 'y/b')).toBe('a, b');
    expect(title('a', 'a')).toBe('a');
    expect(title('-')).toBe('<stdin>');
    expect(title('x/y/a', 'x/y/b', 'x/y/c')).toBe('y');
    expect(title('x/y/a', 'x/z/b', 'x/c')).toBe('x');
    expect(title('a', 'b', 'c', 'd')).toBe('a, b and 2 more');
    expect(title('x/a', 'y/b', 'z/c')).toBe('a, b and 1 more');
  });

  test('all windows but bus numbers, and the names in their ranges', () => {
    const long = fieldOf('A'.repeat(25));
    const open: AddressWindow = { ...windowOf(), certainty: 'unknown', base: long, size: null, why: 'w' };
    const maps = windowsMaps([windowOf(), windowOf({ space: 'bus' }), open], [INPUT]);
    expect(shape(maps).map(([, range]) => range)).toEqual([RANGE, '[mem E1-?]']);
    expect(maps[0]!.names).toEqual([`E1 is ${'A'.repeat(25)}`]);
  });
});

describe('sysfb', () => {
  const maps = (more: Partial<Verdict>) => sysfbMaps(verdictOf({ summary: 'the summary', ...more }));
  const framebuffer = {
    base: 0xf800_0000n,
    size: 0x10_0000n,
    from: 'dmesg',
    text: `efifb: ${RANGE}`,
  } as const;

  test('VMBus’ windows once, the framebuffer, other windows, memory', () => {
    const other = windowOf({ base: 0x1000_0000n, origin: { ...ORIGIN, index: 2 } });
    const memoryMap = [
      { value: { base: 0n, size: 0x1000n, type: 'ram', name: 'usable', map: 'e820' }, span: SPAN },
      { value: { base: 0x1000n, size: 0x1000n, type: 'reserved', name: 'reserved', map: 'e820' } },
      { value: { base: 0x2000n, size: 0n, type: 'ram', name: 'none', map: 'e820' } },
      { value: { base: 0n, size: 0x1000n, type: 'reserved', name: 'again', map: 'efi' } },
      { value: { base: 0x3000n, size: 0x1000n, type: 'soft-reserved', name: 'soft', map: 'efi' } },
    ] as unknown as NonNullable<Verdict['memoryMap']>;
    const drawn = maps({ pool: [windowOf()], windows: [windowOf(), other], framebuffer, memoryMap });
    expect(shape(drawn)).toEqual([
      ['pool', RANGE, '/bus'],
      ['framebuffer', RANGE, 'efifb'],
      ['window', '[mem 0x10000000-0x100fffff]', '/bus'],
      ['ram', '[mem 0x00000000-0x00000fff]', 'e820: usable'],
      ['reserved', '[mem 0x00001000-0x00001fff]', 'e820: reserved'],
      ['ram', '[mem 0x00003000-0x00003fff]', 'efi: soft'],
    ]);
    expect(itemsOf(drawn).map(({ span }) => span !== undefined)).toEqual([
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(drawn[0]!.text).toBe('the summary');
  });

  test('a window is VMBus’ by its place in the description', () => {
    for (const more of [{ path: '/other' }, { item: 'reg' }, { index: 2 }, { artifact: artifactOf('b') }])
      expect(
        maps({ pool: [windowOf()], windows: [windowOf({ origin: { ...ORIGIN, ...more } })] })[0]!.items,
      ).toHaveLength(2);
  });

  test('a framebuffer that the description has a window for is there already', () => {
    const drawn = (more: object) =>
      shape(maps({ framebuffer, windows: [windowOf({ role: 'framebuffer', ...more })] }));
    expect(drawn({})).toEqual([['framebuffer', RANGE, '/bus']]);
    for (const more of [{ base: 0n }, { size: 1n }, { role: 'window' }] as const)
      expect(drawn(more)).toHaveLength(2);
  });

  test('a framebuffer of which only a part is known', () => {
    const drawn = (more: Partial<NonNullable<Verdict['framebuffer']>>) =>
      itemsOf(maps({ framebuffer: { ...framebuffer, text: 't', ...more } }));
    expect(drawn({ base: null })).toEqual([]);
    expect(drawn({ base: null, expression: 'MG2B' })).toMatchObject([
      {
        range: '[mem MG2B-MG2B+0xfffff]',
        base: { least: 0n, most: 0xffff_ffffn },
        size: { least: 0x10_0000n, most: 0x10_0000n },
        owner: 't',
      },
    ]);
    expect(drawn({ base: null, size: null, expression: 'MG2B' })).toMatchObject([
      { range: '[mem MG2B-?]', size: null },
    ]);
    expect(drawn({ size: null, expression: 'MG2B', origin: ORIGIN })).toMatchObject([
      { range: '[mem 0xf8000000-?]', span: SPAN },
    ]);
    expect(drawn({})[0]).not.toHaveProperty('span');
    expect(itemsOf(maps({}))).toEqual([]);
  });
});

test('bridges: the windows of each, and what is kept free of it', () => {
  const bridge = {
    device: '\\_SB.PCI0',
    windows: [windowOf()],
    keptFree: [
      { start: 0x1000n, end: 0x1fffn, by: 'BIOS ROM', when: 1n },
      { start: 0x2000n, end: 0x2000n, by: 'E820', when: IF },
    ],
  };
  const maps = bridgesMaps({ bridges: [bridge], inputs: [INPUT], summary: 's' } as unknown as BridgesVerdict);
  expect(maps.map(({ title, text }) => [title, text])).toEqual([['Windows of PCI host bridges, a.dts', 's']]);
  expect(shape(maps)).toEqual([
    ['window', RANGE, '\\_SB.PCI0'],
    ['reserved', '[mem 0x00001000-0x00001fff]', 'kept free of \\_SB.PCI0: BIOS ROM'],
    ['reserved', '[mem 0x00002000-0x00002000]', 'kept free of \\_SB.PCI0: E820'],
  ]);
  expect(itemsOf(maps).map(({ when }) => when)).toEqual([undefined, undefined, 'AAAA == 1']);
});

describe('simulate', () => {
  const placed = { kind: 'placed', start: 0x1000n, end: 0x1fffn } as const;
  const step = (more: object) => ({ device: 'nvme', what: 'window', onFramebuffer: false, ...more });
  const run = (pool: Partial<VmbusPool>, steps: object[] = [], sysfb = false) => ({
    sysfb,
    pool: { ...emptyPool('acpi'), ...pool },
    simulation: { steps, summary: 's' },
  });
  const maps = (...runs: object[]) =>
    simulationMaps({
      cases: [{ path: '\\_SB.VMOD', framebuffer: null, runs }],
      scenario: { name: 'boot' },
    } as unknown as SimulationReport);

  test('one for each way in which it was played', () => {
    expect(maps(run({})).map(({ title }) => title)).toEqual(['\\_SB.VMOD: boot']);
    expect(maps(run({}), run({}, [], true)).map(({ title, text }) => [title, text])).toEqual([
      ['\\_SB.VMOD: boot, without CONFIG_SYSFB', 's'],
      ['\\_SB.VMOD: boot, with CONFIG_SYSFB', 's'],
    ]);
  });

  test('the windows, what is set aside, what is handed out', () => {
    const windows = [
      region(0x1000n, 0x2fffn, ''),
      region(0x4000n, 0x3fffn, ''),
    ] as unknown as VmbusPool['windows'];
    const drawn = maps(
      run({ windows, framebuffer: region(0x2000n, 0x2fffn, '') }, [
        step({ outcome: placed }),
        step({ outcome: placed, onFramebuffer: true, consequence: 'c' }),
        step({ outcome: placed, onFramebuffer: null }),
        step({ outcome: { kind: 'failed' } }),
        step({}),
      ]),
    );
    const AT = '[mem 0x00001000-0x00001fff]';
    expect(shape(drawn)).toEqual([
      // The second was cut to nothing.
      ['pool', '[mem 0x00001000-0x00002fff]', '\\_SB.VMOD, what Linux gives VMBus'],
      ['reservation', '[mem 0x00002000-0x00002fff]', 'vmbus_reserve_fb()'],
      ['allocation', AT, 'nvme, window'],
      ['hazard', AT, 'nvme, window'],
      ['allocation', AT, 'nvme, window'],
    ]);
    expect(itemsOf(drawn).map(({ notes }) => notes)).toEqual([[], [], [], ['c'], []]);
    // One address is a window; on a device tree boot the driver's end is one too high.
    expect(maps(run({ windows: [region(5n, 5n, '')] as never }))[0]!.items).toHaveLength(1);
    expect(maps(run({ windows: [region(5n, 5n, '')] as never, path: 'dt' }))[0]!.items).toHaveLength(0);
  });
});

describe('at', () => {
  const maps = (...claims: Claim[]) =>
    atMaps({
      asked: { space: 'memory', start: 0x1800n, last: 0x18ffn },
      claims,
      summary: 's',
    } as unknown as AtReport);

  test('what is asked about, and what claims it', () => {
    expect(shape(maps(claimOf({})))).toEqual([
      ['asked', '[mem 0x00001800-0x000018ff]', ''],
      ['window', '[mem 0x00001000-0x00001fff]', '\\_SB.PCI0'],
    ]);
    const kinds = maps(
      ...(
        [
          'register',
          'ram',
          'table',
          'iomem',
          'bar',
          'pci-bridge',
          'kept-free',
          'vmbus',
          'framebuffer',
        ] as const
      ).map((kind) => claimOf({ kind })),
      claimOf({ kind: 'iomem', who: 'System RAM' }),
    );
    expect(itemsOf(kinds).map(({ kind }) => kind)).toEqual([
      'asked',
      ...[
        'register',
        'ram',
        'reserved',
        'reserved',
        'register',
        'window',
        'reserved',
        'pool',
        'framebuffer',
        'ram',
      ],
    ]);
  });

  test('each with what is known of it', () => {
    const [, plain, full] = itemsOf(
      maps(claimOf({}), claimOf({ when: IF, why: 'w', note: 'n', origin: ORIGIN })),
    );
    expect(full).toMatchObject({ when: 'AAAA == 1', why: 'w', notes: ['n'], span: SPAN });
    expect(Object.keys(plain!).sort()).toEqual([
      'base',
      'kind',
      'notes',
      'owner',
      'range',
      'size',
      'sizeText',
      'space',
    ]);
  });
});
