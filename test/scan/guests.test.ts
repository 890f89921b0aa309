/** Guests of OpenHCL in one IGVM file: each platform has its kernel, its command line and its firmware (openvmm, vm/loader). */
import { describe, expect, test } from 'vitest';
import { machineGroups } from '../../src/scan/machines.ts';
import * as make from '../containers/make-images.ts';
import { scanned } from './scanned.ts';

const PAGE = 4096;
/** Linux 6.1 and newer have what they print first twice: a copy without the build's number comes first. */
const EARLY = make.BANNER.replace('#1', '#');
const KERNEL = make.join(make.text(EARLY, 512), make.text(make.BANNER, 512));
const SLIT = 0x30f;

/** A page with a policy, a length and a text (openvmm, loader_defs/src/paravisor.rs). */
function commandLine(policy: 0 | 1, text: string): Uint8Array {
  return make.join(make.le(2, policy, text.length), make.text(text, PAGE - 4));
}

/** The command line stands five pages before the SLIT on x64 and two on arm64. */
function image(
  version: 1 | 2,
  lines: readonly (readonly [mask: number, policy: 0 | 1, text: string])[],
): Uint8Array {
  const slit = 0x10_0000;
  const before = version === 1 ? 5 : 2;
  const platforms = [1, 2, 4].map((mask, index) => ({ mask, vtl: 2, type: index + 1 }));
  return make.igvm(
    platforms,
    [
      { address: 0, mask: 7, bytes: KERNEL },
      ...lines.map(([mask, policy, text]) => ({
        address: slit - before * PAGE,
        mask,
        bytes: commandLine(policy, text),
      })),
    ],
    {
      version,
      areas: [
        { mask: 7, address: slit, size: PAGE, parameter: SLIT },
        { mask: 7, address: slit + PAGE, size: 2 * PAGE, parameter: 0x312 },
      ],
    },
  );
}

describe.each([1, 2] as const)('version %d', (version) => {
  test('a kernel that platforms share is the kernel of each', async () => {
    const result = await scanned(image(version, []));
    const kernels = result.finds.filter(({ kind }) => kind === 'kernel');
    expect(kernels.map(({ release, text, path }) => [release, text, path.replace(/.*!/, '')])).toEqual(
      [1, 2, 4].map((mask) => ['6.6.10-lab', make.BANNER.trim(), `gpa(mask=0x${mask})`]),
    );
    const { machines } = machineGroups(result, new Map());
    expect(
      machines.map(({ name, finds, treeFromHost }) => [name, finds.length, treeFromHost?.platform]),
    ).toEqual([
      ['vsm', 1, 'vsm'],
      ['snp', 1, 'snp'],
      ['tdx', 1, 'tdx'],
    ]);
  });

  test('each has the command line that is its own', async () => {
    const result = await scanned(
      image(version, [
        [3, 1, 'shared'],
        [4, 0, 'confidential'],
      ]),
    );
    const lines = result.finds.filter(({ kind }) => kind === 'command-line');
    expect(lines.map(({ name, text, memory }) => [name, text, memory])).toEqual([
      ['the host may append to it', 'shared', ['mask=0x1', 'mask=0x2']],
      ['static', 'confidential', ['mask=0x4']],
    ]);
    const { machines } = machineGroups(result, new Map());
    expect(
      machines.map(({ findings = [] }) =>
        findings.flatMap(({ code, args }) => (code === 'openhcl/command-line' ? [args.text] : [])),
      ),
    ).toEqual([['shared'], ['shared'], ['confidential']]);
  });
});

test('a tree in the firmware of VTL 0 does not get the kernel of VTL 2', async () => {
  const tree = make.board('In firmware');
  const volume = make.firmwareVolume([make.firmwareFile(1, 2, make.sections(make.section(0x19, tree)))]);
  const pages = Array.from({ length: Math.ceil(volume.length / PAGE) }, (_, index) => ({
    address: 0x10_0000 + index * PAGE,
    mask: 1,
    bytes: volume.slice(index * PAGE, (index + 1) * PAGE),
  }));
  const result = await scanned(
    make.igvm([{ mask: 1, vtl: 2, type: 1 }], [{ address: 0, mask: 1, bytes: KERNEL }, ...pages]),
  );
  const { machines } = machineGroups(result, new Map());
  expect(machines.map(({ name, finds }) => [name, finds.map(({ kind }) => kind)])).toEqual([
    ['In firmware', ['dtb']],
  ]);
});
