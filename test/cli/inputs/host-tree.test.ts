/**
 * An OpenHCL guest with the tree of its host. The ranges expected are worked out from topology_from_host_dt and the cases of
 * select_vtl2_mmio_range (microsoft/openvmm 1488a37b7, openhcl/openhcl_boot/src/host_params).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import * as make from '../../containers/make-images.ts';
import { run } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-host-tree-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GIB = 1n << 30n;
const MIB = 1n << 20n;

interface Vmbus {
  readonly vtl: number;
  readonly ranges: readonly (readonly [base: bigint, size: bigint])[];
}

/** A tree as openvmm's host writes it (openvmm_core, igvm.rs). */
function hostTree(buses: readonly Vmbus[], openhcl = ''): string {
  const wide = (value: bigint): string =>
    `0x${(value >> 32n).toString(16)} 0x${(value & 0xffffffffn).toString(16)}`;
  const nodes = buses.map(
    ({ vtl, ranges }, index) => `vmbus-vtl${vtl}@${index} {
      #address-cells = <2>; #size-cells = <2>; compatible = "microsoft,vmbus"; microsoft,vtl = <${vtl}>;
      microsoft,message-connection-id = <${vtl + 1}>;
      ranges ${ranges.length === 0 ? '' : `= ${ranges.map(([base, size]) => `<${wide(base)} ${wide(base)} ${wide(size)}>`).join(', ')}`}; };`,
  );
  return `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;
    memory@0 { device_type = "memory"; reg = <0 0 0 0x40000000>; numa-node-id = <0>; };
    bus { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges; ${nodes.join('\n')} };
    ${openhcl} };`;
}

const LOW = [0xf800_0000n, 128n * MIB] as const;
const HIGH = [0xf_e000_0000n, 512n * MIB] as const;
const OWN = [0x20_0000_0000n, GIB] as const;
const BOTH = (own: Vmbus['ranges']): Vmbus[] => [
  { vtl: 0, ranges: [LOW, HIGH] },
  { vtl: 2, ranges: own },
];

let count = 0;
function written(bytes: Uint8Array | string): string {
  count += 1;
  const path = join(folder, `file-${count}`);
  writeFileSync(path, bytes);
  return path;
}

/** A guest: a kernel, and a parameter area that the host fills in. `type`: 1 VSM, 2 SNP, 3 TDX. */
function guest(type: number, version: 1 | 2 = 1): string {
  return written(
    make.igvm(
      [{ mask: 1, vtl: 2, type }],
      [{ address: 0x100000, mask: 1, bytes: make.text(make.BANNER, 4096) }],
      { version, areas: [{ mask: 1, address: 0x200000, size: 8192, parameter: 0x312 }] },
    ),
  );
}

interface Machine {
  readonly name?: string;
  readonly answer: string;
  readonly pool: readonly { readonly base: string; readonly size: string }[];
  readonly kernel: { readonly release: string | null };
  readonly machine: { readonly platform: string; readonly vtl: number };
  readonly diagnostics: readonly { readonly code: string }[];
}

async function asked(image: string, tree: string): Promise<{ machines: Machine[]; stderr: string }> {
  const { stdout, stderr } = await run(['sysfb', image, '--host-tree', written(tree), '--format', 'json']);
  const report = stdout === '' ? { machines: [] } : JSON.parse(stdout);
  return { machines: report.machines ?? [report], stderr };
}

const pools = (machines: readonly Machine[]): unknown =>
  machines.map(({ name, pool }) => [
    name?.replace(/^guest/, ''),
    ...pool.map(({ base, size }) => `${base}+${size}`),
  ]);
const shown = ([base, size]: readonly [bigint, bigint]): string =>
  `0x${base.toString(16)}+0x${size.toString(16)}`;

describe('--host-tree', () => {
  test("the host's ranges for VTL 2 are used as they are, isolated or not", async () => {
    for (const image of [guest(1), guest(2), guest(1, 2)]) {
      const { machines } = await asked(image, hostTree(BOTH([OWN])));
      expect(machines).toHaveLength(1);
      expect(machines[0]).toMatchObject({
        answer: 'not-needed',
        machine: { platform: 'openhcl-vtl2', vtl: 2 },
        kernel: { release: '6.6.10-lab' },
        pool: [{ base: '0x2000000000', size: '0x40000000' }],
      });
      const codes = machines[0]!.diagnostics.map(({ code }) => code);
      expect(codes).toContain('openhcl/host-tree');
      expect(codes).not.toContain('container/from-host');
    }
  });

  test('ranges below 4 GiB are not refused: the hazard is reported', async () => {
    const { machines } = await asked(
      guest(1),
      hostTree([
        { vtl: 0, ranges: [HIGH] },
        { vtl: 2, ranges: [LOW] },
      ]),
    );
    expect(machines.map(({ answer }) => answer)).not.toContain('not-needed');
  });

  test('without ranges for VTL 2 an isolated guest takes half of the high gap, from its end', async () => {
    // 512 MiB / 2 = 256 MiB, within 128 MiB and 1 GiB.
    const { machines } = await asked(guest(2), hostTree(BOTH([])));
    expect(machines).toMatchObject([{ pool: [{ base: '0xff0000000', size: '0x10000000' }] }]);
  });

  test('where the image leaves open whether the guest is isolated, both are answered', async () => {
    const { machines } = await asked(guest(1), hostTree(BOTH([])));
    expect(pools(machines)).toEqual([
      [', not isolated'],
      [', isolated (VBS)', shown([HIGH[0] + 256n * MIB, 256n * MIB])],
    ]);
    // On arm64 there is no isolation.
    expect(await asked(guest(1, 2), hostTree(BOTH([])))).toMatchObject({ machines: [{ pool: [] }] });
  });

  test.each([
    ['at least 128 MiB', [0xf_e000_0000n, 192n * MIB], '', 128n * MIB],
    ['at most 1 GiB', [0x10_0000_0000n, 8n * GIB], '', GIB],
    ['what the host asks for, if that is more', HIGH, 'mmio-size = <0 0x18000000>;', 384n * MIB],
    ['the usual, if the host asks for less', HIGH, 'mmio-size = <0 0x1000000>;', 256n * MIB],
  ] as const)('mode vtl2: %s', async (_, high, size, expected) => {
    const openhcl = `openhcl { memory-allocation-mode = "vtl2"; ${size} };`;
    const buses = [
      { vtl: 0, ranges: [high, LOW] },
      { vtl: 2, ranges: [] },
    ];
    const { machines } = await asked(guest(1), hostTree(buses, openhcl));
    expect(machines.map(({ pool }) => pool.map(({ base, size: length }) => `${base}+${length}`))).toEqual([
      [shown([high[0] + high[1] - expected, expected])],
    ]);
  });

  test.each<[string, Vmbus[], string]>([
    ['there is no VMBus of VTL 2', [{ vtl: 0, ranges: [LOW, HIGH] }], ''],
    ['a range of VMBus overlaps memory', BOTH([[0x1000_0000n, MIB]]), ''],
    ['ranges of the two VMBus overlap', BOTH([[HIGH[0] + MIB, MIB]]), ''],
    ['not a multiple of 4 KiB', BOTH([[OWN[0] + 0x200n, MIB]]), ''],
    ['a second VMBus of VTL 2', [...BOTH([OWN]), { vtl: 2, ranges: [] }], ''],
    [
      'smaller than mmio-size',
      BOTH([OWN]),
      'openhcl { memory-allocation-mode = "vtl2"; mmio-size = <1 0>; };',
    ],
    ['memory-allocation-mode is "other"', BOTH([OWN]), 'openhcl { memory-allocation-mode = "other"; };'],
    [
      'no range above 4 GiB',
      [
        { vtl: 0, ranges: [[0x5000_0000n, GIB], LOW] },
        { vtl: 2, ranges: [] },
      ],
      'openhcl { memory-allocation-mode = "vtl2"; };',
    ],
    [
      'smaller than the 0x8000000 bytes',
      [
        { vtl: 0, ranges: [LOW, [HIGH[0], 64n * MIB]] },
        { vtl: 2, ranges: [] },
      ],
      'openhcl { memory-allocation-mode = "vtl2"; };',
    ],
    [
      'nothing would be left',
      [
        { vtl: 0, ranges: [LOW, [HIGH[0], 128n * MIB]] },
        { vtl: 2, ranges: [] },
      ],
      'openhcl { memory-allocation-mode = "vtl2"; };',
    ],
  ])('a tree that the shim does not start with: %s', async (why, buses, openhcl) => {
    const { machines, stderr } = await asked(guest(2), hostTree(buses, openhcl));
    expect(machines).toEqual([]);
    expect(stderr).toContain(`openhcl_boot does not start with it: `);
    expect(stderr).toContain(why);
  });

  test('the tree in the file is the one that the host replaces', async () => {
    const inFile = make.igvm([{ mask: 1, vtl: 2, type: 2 }], [], {
      areas: [{ mask: 1, address: 0x200000, size: 8192, parameter: 0x312, bytes: make.board('In the file') }],
    });
    const { machines } = await asked(written(inFile), hostTree(BOTH([OWN])));
    expect(machines).toMatchObject([{ pool: [{ base: '0x2000000000' }] }]);
  });

  test('without a guest it is an error', async () => {
    const { stderr } = await asked(written('CONFIG_SYSFB=y\n'), hostTree(BOTH([OWN])));
    expect(stderr).toContain('none of the inputs is an OpenHCL guest');
  });
});
