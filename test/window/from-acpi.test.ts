import { describe, expect, it } from 'vitest';
import type { FieldValues } from '../../src/acpi/resources/descriptor.ts';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import { LINUX_HOST_BRIDGES } from '../../src/linux/host-bridge/descriptors.ts';
import {
  type Condition,
  compare,
  type Expr,
  equivalent,
  fieldValue,
  formatCondition,
  formatQuantity,
  gather,
  type Quantity,
  sum,
} from '../../src/symbolic/index.ts';
import { describe as describeMachine } from '../../src/window/describe.ts';
import { type NormaliseContext, windowsOfCrs } from '../../src/window/from-acpi.ts';
import { entry, type Given, memoryOf } from './crs-entries.ts';

const artifact = (kind: Artifact['kind'], text: string): Artifact => ({
  kind,
  source: textSource('input', text),
  path: 'input',
  sha256: '',
  steps: [],
});
const INPUT = artifact('crs-hex', '');

const memory = (min: Quantity, max: Quantity, length: Quantity, more: FieldValues = {}): Given =>
  memoryOf('dword-address', min, max, length, more);

const field = (name: string): Expr =>
  fieldValue({
    name,
    path: `\\${name}`,
    space: 'SystemMemory',
    // A place of its own for each name.
    address: BigInt(`0x${Buffer.from(name).toString('hex')}`),
    bitOffset: 0,
    bits: 32,
    epoch: 0,
  });

const X86: NormaliseContext = { architecture: 'x86', hostBridges: LINUX_HOST_BRIDGES, occupied: [] };

describe('windows from _CRS', () => {
  it('a producer makes a window, a consumer a register', () => {
    const windows = windowsOfCrs(
      INPUT,
      entry([
        memory(0xf8000000n, 0xffffffffn, 0x8000000n),
        memory(0xfed40000n, 0xfed40fffn, 0x1000n, { producer: false }),
        ['memory32-fixed', { base: 0xfec00000n, length: 0x1000n }],
        ['irq', { interrupts: [4n] }],
      ]),
    );
    expect(windows.map(({ role, base, size }) => [role, base, size])).toEqual([
      ['window', 0xf8000000n, 0x8000000n],
      ['register', 0xfed40000n, 0x1000n],
      ['register', 0xfec00000n, 0x1000n],
    ]);
    expect(windows.map(({ origin }) => origin.index)).toEqual([0, 1, 2]);
  });

  it('a length of 0 makes none: an unfilled template gives no window', () => {
    expect(windowsOfCrs(INPUT, entry([memory(0n, 0xffffffffn, 0n)]))).toEqual([]);
  });

  it('a translated window has its CPU address and the bus address', () => {
    const [window] = windowsOfCrs(
      INPUT,
      entry([
        [
          'qword-address',
          {
            space: 'memory',
            producer: true,
            min: 0x80000000n,
            max: 0x8fffffffn,
            translation: 0x10_0000_0000n,
            length: 0x10000000n,
          },
        ],
      ]),
    );
    expect(window).toMatchObject({ base: 0x10_8000_0000n, size: 0x10000000n, bus: { base: 0x80000000n } });
  });

  it('a root bridge on x86 passes everything on but the configuration ports', () => {
    const windows = windowsOfCrs(
      INPUT,
      entry(
        [
          ['io', { addressDecoding: 'Decode16', min: 0xcf8n, max: 0xcf8n, alignment: 1n, length: 8n }],
          ['io', { addressDecoding: 'Decode16', min: 0x70n, max: 0x70n, alignment: 1n, length: 2n }],
          memory(0xe0000000n, 0xefffffffn, 0x10000000n, { producer: false }),
        ],
        { hid: 'PNP0A08', cid: ['PNP0A03'] },
      ),
      X86,
    );
    expect(windows.map(({ role, base }) => [role, base])).toEqual([
      ['register', 0xcf8n],
      ['window', 0x70n],
      ['window', 0xe0000000n],
    ]);
  });

  it('a memory device lists RAM', () => {
    const windows = windowsOfCrs(INPUT, entry([memory(0n, 0x7fffffffn, 0x80000000n)], { hid: 'PNP0C80' }));
    expect(windows.map(({ role }) => role)).toEqual(['ram']);
  });

  it('unknown bounds: a condition, expressions, and where the window can lie', () => {
    const [base, length] = [field('MG2B'), field('MG2L')];
    const last = sum(32, -1n, [
      { coefficient: 1n, of: base },
      { coefficient: 1n, of: length },
    ]);
    const ram = { start: 0n, end: 0xf8000000n, kind: 'memory', text: 'SRAT: memory' } as const;
    const [window] = windowsOfCrs(INPUT, entry([memory(base, last, length)], { status: 'partial' }), {
      architecture: 'x86',
      occupied: [ram],
    });
    // The range is taken when it has a length and doesn't wrap (acpi_dev_resource_len_valid).
    const taken = gather('all', [compare('ne', length, 0n), compare('le', base, last)]);
    expect(window?.certainty === 'conditional' && equivalent(window.when, taken)).toBe(true);
    expect([window?.base, window?.size].map((bound) => formatQuantity(bound ?? 0n))).toEqual([
      'MG2B',
      'MG2L',
    ]);
    expect(window?.inferences).toEqual([
      { text: 'MG2B is in [mem 0xf8000000-0xffffffff], so MG2L is at most 0x8000000', because: [ram] },
    ]);
  });

  it('what a method makes is found where the method is', () => {
    const method = { source: textSource('dsdt.dat', 'xxxxxxxx'), start: 2, end: 6 };
    const [window] = windowsOfCrs(
      INPUT,
      entry([memory(0xf8000000n, 0xffffffffn, 0x8000000n)], { span: method }),
    );
    expect(window?.origin.span).toEqual(method);
  });

  it('of alternatives, each comes under its condition', () => {
    const low = entry([memory(0xf8000000n, 0xffffffffn, 0x8000000n)]);
    const windows = windowsOfCrs(INPUT, {
      device: '\\_SB.VMOD',
      object: '_CRS',
      status: 'alternatives',
      resources: [],
      alternatives: [
        {
          condition: compare('eq', field('GEN2'), 1n) as Condition,
          outcome: 'template',
          bytes: low.bytes!,
          resources: low.resources,
        },
        {
          condition: compare('ne', field('GEN2'), 1n) as Condition,
          outcome: 'template',
          bytes: [0x79, 0],
          resources: [],
        },
      ],
    });
    expect(windows.map((each) => each.certainty === 'conditional' && formatCondition(each.when))).toEqual([
      'GEN2 == 1',
    ]);
  });

  it("a memory map among the inputs bounds what the tables don't say", async () => {
    const template = [
      '870017',
      '00 0c 03',
      '00000000',
      '????????',
      'ffffffff',
      '00000000',
      '????????',
      '7900',
    ];
    const hex = template.join(' ').replace('870017', '87 17 00');
    const map = artifact(
      'dmesg',
      '[    0.000000] Linux version 6.6.10\n[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x00000000f7ffffff] usable\n',
    );
    const machine = await describeMachine([artifact('crs-hex', hex), map], {}, new DiagnosticList());
    const [window] = machine.windows;
    expect(typeof window?.base).toBe('object');
    expect(window?.certainty).toBe('conditional');
    expect(window?.inferences?.[0]?.because.map(({ text }) => text)).toEqual(['e820 memory map: usable']);
  });
});
