import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import { messageOf } from '../../src/findings/finding.ts';
import { profileOf } from '../../src/linux/profile.ts';
import { parseRelease } from '../../src/linux/release.ts';
import { parseSize, readScenario } from '../../src/linux/scenario.ts';
import { simulate } from '../../src/linux/simulate.ts';
import { buildAcpiPool } from '../../src/linux/vmbus/acpi-pool.ts';

const read = async (text: string) => {
  const sink = new DiagnosticList();
  const scenario = await readScenario(textSource('s.yaml', text), sink);
  return { scenario, messages: sink.all.map(messageOf) };
};

describe('scenario files', () => {
  test('YAML', async () => {
    const { scenario, messages } = await read(
      [
        'name: two disks',
        'steps:',
        '  - device: pci-pass-through',
        '    name: disk0',
        '    boot-disk: true',
        '    bars: [16K, {size: 0x1000, bits: 32}]',
        '  - remove: disk0',
        '  - device: hyperv_drm',
        '    size: 64 MiB',
      ].join('\n'),
    );
    expect(messages).toEqual([]);
    expect(scenario).toEqual({
      name: 'two disks',
      steps: [
        {
          do: 'probe',
          bootDisk: true,
          device: {
            kind: 'pci-pass-through',
            name: 'disk0',
            bars: [
              { size: 0x4000n, bits: 64 },
              { size: 0x1000n, bits: 32 },
            ],
            size: 0n,
          },
        },
        { do: 'remove', name: 'disk0' },
        {
          do: 'probe',
          bootDisk: false,
          device: { kind: 'hyperv_drm', name: 'hyperv_drm-3', bars: [], size: 0x4000000n },
        },
      ],
    });
  });

  test('JSON, a list alone', async () => {
    const { scenario } = await read('[{"device": "hyperv_fb"}]');
    expect(scenario?.steps).toHaveLength(1);
  });

  test.each([
    ['', 'no list of steps'],
    ['steps: 3', 'no list of steps'],
    ['steps: [{device: toaster}]', 'step 1: "device" must be one of pci-pass-through, hyperv_drm, hyperv_fb'],
    ['steps: [{device: pci-pass-through, bars: [much]}]', 'step 1: a BAR needs a size such as 16K'],
    [
      'steps: [{device: pci-pass-through, bars: [{size: 1, bits: 16}]}]',
      'step 1: "bits" of a BAR must be 32 or 64',
    ],
    ['steps: [{device: hyperv_drm, size: -1}]', 'step 1: "size" must be a size such as 8M'],
    ['steps: [nvme]', 'step 1: not a mapping such as "device: pci-pass-through"'],
  ])('%j: %s', async (text, message) => {
    const { scenario, messages } = await read(text);
    expect(scenario).toBeUndefined();
    expect(messages).toEqual([message]);
  });

  test('what the parser only warns of is an error as well, and it prints nothing itself', async () => {
    const warnings: unknown[] = [];
    const note = (warning: unknown): number => warnings.push(warning);
    process.on('warning', note);
    const { scenario, messages } = await read('steps:\n  - !size 2048\n');
    await setImmediate();
    process.off('warning', note);
    expect([scenario, warnings]).toEqual([undefined, []]);
    expect(messages).toEqual([expect.stringContaining('Unresolved tag: !size at line 2')]);
  });

  test('what is no YAML is said, not thrown', async () => {
    const { scenario, messages } = await read('steps: [\n  {device: "x');
    expect(scenario).toBeUndefined();
    expect(messages).toHaveLength(1);
  });
});

test.each([
  ['16K', 0x4000n],
  ['16 KiB', 0x4000n],
  ['0x4000', 0x4000n],
  ['8M', 0x800000n],
  ['2G', 0x80000000n],
  ['512', 512n],
  ['512B', 512n],
  ['', undefined],
  ['-1', undefined],
  ['0', undefined],
  ['16 potatoes', undefined],
])('size %j', (text, size) => {
  expect(parseSize(text)).toBe(size);
});

test('bridge windows: BARs rounded to pages and summed, aligned to the power of two below (pci-hyperv)', async () => {
  const { scenario } = await read(
    'steps: [{device: pci-pass-through, name: gpu, bars: [{size: 0x100, bits: 32}, {size: 0x2800, bits: 32}, 16M, 64K]}]',
  );
  const { behaviour } = profileOf(parseRelease('6.12.94'));
  const pool = buildAcpiPool(behaviour, [
    { name: 'VMBS', crs: [] },
    {
      name: 'VMOD',
      crs: [
        { type: 'qword', min: 0xf8000000n, max: 0xfbffffffn },
        { type: 'qword', min: 0xfe0000000n, max: 0xfffffffffn },
      ],
    },
  ]);
  const { steps, pool: after } = simulate(behaviour, pool, scenario!, undefined);
  // 0x100 -> 0x1000 and 0x2800 -> 0x3000 make 0x4000; 16 MiB and 64 KiB make 0x1010000, aligned to 16 MiB.
  expect(steps.map(({ what, request }) => [what, request?.size, request?.align])).toEqual([
    ['configuration window', 0x2000n, 0x1000n],
    ['low bridge window', 0x4000n, 0x4000n],
    ['high bridge window', 0x1010000n, 0x1000000n],
  ]);
  // pci-hyperv lets PCI resources nest in its windows.
  expect(after.iomem.children.every((claim) => !claim.busy)).toBe(true);
  expect(pool.iomem.children).toEqual([]);
});

test('a removed device gives everything back, once', async () => {
  const { scenario } = await read(
    'steps: [{device: pci-pass-through, name: d, bars: [16K]}, {remove: d}, {remove: d}]',
  );
  const { behaviour } = profileOf(undefined);
  const start = buildAcpiPool(behaviour, [
    { name: 'VMBS', crs: [] },
    {
      name: 'VMOD',
      crs: [
        { type: 'dword', min: 0xf8000000n, max: 0xfbffffffn },
        { type: 'qword', min: 0xfe0000000n, max: 0xfffffffffn },
      ],
    },
  ]);
  const { steps, pool } = simulate(behaviour, start, scenario!, undefined);
  expect(steps.map(({ what }) => what).slice(-2)).toEqual(['removed', 'not there to be removed']);
  expect(steps.filter(({ outcome }) => outcome?.kind === 'placed').length).toBeGreaterThan(1);
  expect([pool.iomem, ...pool.windows].flatMap(({ children }) => children)).toEqual([]);
});

test('a device that fails has given everything back already', async () => {
  const { scenario } = await read(
    'steps: [{device: pci-pass-through, name: d, bars: [16K]}, {remove: d}, {remove: d}, {device: hyperv_fb}]',
  );
  const { behaviour } = profileOf(undefined);
  const pool = buildAcpiPool(behaviour, [
    { name: 'VMBS', crs: [] },
    { name: 'VMOD', crs: [{ type: 'qword', min: 0xf8000000n, max: 0xfbffffffn }] },
  ]);
  const { steps } = simulate(behaviour, pool, scenario!, undefined);
  expect(steps.map(({ what }) => what)).toEqual([
    'configuration window',
    'high bridge window',
    'not there to be removed',
    'not there to be removed',
    'framebuffer',
  ]);
});
