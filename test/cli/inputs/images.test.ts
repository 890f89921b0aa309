/** Commands on images: each machine in one is answered for, by its name. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { makeCpio } from '../../containers/make-cpio.ts';
import * as make from '../../containers/make-images.ts';
import { packedBy } from '../../containers/pack.ts';
import { violations } from '../../report/schemas.ts';
import { KERNEL } from '../../scan/seen.ts';
import { run } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A VTL2 tree with one VMBus window (Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml). */
function vmbus(model: string, high: number, low: number): Uint8Array {
  const cells = { '#address-cells': make.be(2), '#size-cells': make.be(1) };
  const ranges = make.be(high, low, high, low, 0x0800_0000);
  return make.tree({
    properties: {
      ...cells,
      model: make.text(`${model}\0`),
      compatible: make.text('microsoft,hyperv-vtl2\0'),
    },
    children: [
      {
        name: 'bus',
        properties: { ...cells, compatible: make.text('simple-bus\0'), ranges: new Uint8Array(0) },
        children: [
          { name: 'vmbus', properties: { ...cells, compatible: make.text('microsoft,vmbus\0'), ranges } },
        ],
      },
    ],
  });
}

const HIGH = vmbus('Lab High', 0xf, 0xf000_0000);
const LOW = vmbus('Lab Low', 0, 0xf800_0000);
const FIT = make.fit(
  [
    { name: 'fdt-1', data: HIGH },
    { name: 'fdt-2', data: make.gz(LOW), compression: 'gzip' },
  ],
  [
    { name: 'conf-1', fdt: 'fdt-1' },
    { name: 'conf-2', fdt: 'fdt-2' },
  ],
);

function written(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('sysfb', () => {
  const image = written('two.itb', FIT);

  test('answers for every machine', async () => {
    const { status, stdout } = await run(['sysfb', image, '--format', 'json']);
    const report = JSON.parse(stdout);
    expect([status, report.schema]).toEqual([0, 'fwmap/machines@1']);
    expect(violations('machines', report)).toEqual([]);
    expect(
      report.machines.map(({ name, answer }: { name: string; answer: string }) => [name, answer]),
    ).toEqual([
      ['conf-1', 'not-needed'],
      ['conf-2', expect.stringMatching(/^(?:needed|depends)$/)],
    ]);
    const { sha256, contentSha256 } = report.machines[0].inputs[0];
    expect([sha256, contentSha256]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect(sha256).not.toBe(contentSha256);
  });

  test('of one of them with --select', async () => {
    const { status, stdout } = await run([
      'sysfb',
      image,
      '--select',
      'conf-1',
      '--format',
      'json',
      '--exit-code',
    ]);
    const report = JSON.parse(stdout);
    expect([status, report.schema, report.name, report.answer]).toEqual([
      0,
      'fwmap/sysfb@1',
      'conf-1',
      'not-needed',
    ]);
    expect(violations('sysfb', report)).toEqual([]);
    const none = await run(['sysfb', image, '--select', 'conf-3']);
    expect([none.status, none.stderr]).toEqual([
      2,
      'fwmap: --select conf-3: there is no such machine; did you mean conf-1 or conf-2?\n',
    ]);
  });

  test('says why nothing is found: a limit, or a container that cannot be read', async () => {
    const limited = await run(['sysfb', image, '--limit', 'image-finds=0']);
    expect([limited.status, limited.stderr]).toEqual([2, expect.stringContaining('[container/limit]')]);
    // makedumpfile's flattened form (makedumpfile, makedumpfile.h: signature, type and version, big endian).
    const dump = make.join(make.text('makedumpfile', 16), make.be(0, 1, 0, 1), new Uint8Array(8192));
    const unread = await run(['sysfb', written('vmcore', dump)]);
    expect([unread.status, unread.stderr]).toEqual([2, expect.stringContaining('flattened format')]);
  });

  test('of no machine is `not-needed` beside a table that is too large to be read', async () => {
    const table = make.table('SSDT', { body: new Uint8Array(4096).fill(0xa3) });
    const both = written('large.bin.gz', gzipSync(Buffer.concat([HIGH, table])));
    const answerOf = async (...options: string[]): Promise<string> =>
      JSON.parse((await run(['sysfb', both, '--format', 'json', ...options])).stdout).answer;
    expect(await answerOf('--select', 'Lab High')).toBe('not-needed');
    expect(await answerOf('--limit', 'input-bytes=4K')).not.toBe('not-needed');
  });

  /** What `scan` finds are machines of every command: one tree, then another in whatever form. */
  test.each<[string, (low: Uint8Array) => Uint8Array]>([
    ['a tree', (low) => make.join(HIGH, low)],
    ['gzip', (low) => make.join(HIGH, make.gz(low))],
    ['gzip after padding', (low) => make.join(HIGH, new Uint8Array(100), make.gz(low))],
    // Without xz, gzip stands in for it.
    [
      'LZMA, which has no magic number',
      (low) => make.join(HIGH, packedBy('xz', ['-c', '--format=lzma'], low) ?? make.gz(low)),
    ],
    ['an archive', (low) => make.join(HIGH, makeCpio([{ name: 'low.dtb.gz', content: make.gz(low) }]))],
    ['a FIT', (low) => make.join(HIGH, make.fit([{ name: 'a', data: low }], [{ name: 'c', fdt: 'a' }]))],
    ['a kernel and a tree', (low) => make.join(HIGH, make.uimage(make.gz(low), { packing: 1 }))],
    ['a tree behind a compressed one', (low) => make.join(make.gz(HIGH), low)],
    ['a FIT behind a compressed one', (low) => make.join(make.gz(HIGH), make.uimage(low))],
    ['a compressed one behind a compressed one', (low) => make.join(make.gz(HIGH), make.gz(low))],
    ['gzip behind a kernel and a tree', (low) => make.join(make.arm64Image(KERNEL), HIGH, make.gz(low))],
    [
      'gzip behind a tree behind a zImage',
      (low) => make.join(make.zimage(make.gz(KERNEL)), HIGH, make.gz(low)),
    ],
  ])('behind a tree: %s', async (name, imageOf) => {
    const path = written(`${name}.bin`, imageOf(LOW));
    const { stdout } = await run(['sysfb', path, '--format', 'json']);
    const { machines } = JSON.parse(stdout);
    expect(machines?.map(({ answer }: { answer: string }) => answer === 'not-needed').toSorted()).toEqual([
      false,
      true,
    ]);
    const windows = JSON.parse((await run(['windows', path, '--format', 'json'])).stdout);
    expect(windows.machines).toHaveLength(2);
  });

  test('tables, and a tree behind them', async () => {
    const path = written('tables.bin', make.join(make.table('DSDT'), make.table('SSDT'), make.gz(HIGH)));
    const { machines } = JSON.parse((await run(['sysfb', path, '--format', 'json'])).stdout);
    expect(machines.map(({ answer }: { answer: string }) => answer).toSorted()).toEqual([
      'not-needed',
      'unknown',
    ]);
  });

  test('a tree with padding, or with bytes that are nothing, is one machine', async () => {
    for (const rest of [new Uint8Array(99), new Uint8Array(99).fill(0xff), new Uint8Array(99).fill(7)]) {
      const path = written('alone.dtb', make.join(HIGH, rest));
      const report = JSON.parse((await run(['sysfb', path, '--format', 'json'])).stdout);
      expect([report.schema, report.answer]).toEqual(['fwmap/sysfb@1', 'not-needed']);
    }
  });

  test('in text under its name, in ndjson a line each; the status is the worst', async () => {
    const { stdout } = await run(['sysfb', image]);
    expect(stdout).toMatch(/^conf-1\n[\s\S]*\nconf-2\n/);
    const lines = (await run(['sysfb', image, '--format', 'ndjson'])).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(['conf-1', 'conf-2']);
    expect((await run(['sysfb', image, '--exit-code'])).status).toBeGreaterThan(0);
  });

  describe('overlays of a table', () => {
    /** An overlay that moves the window of VMBus (dtspec has none of them; as dtc writes one that names its target by path). */
    const moved = (high: number, low: number): Uint8Array =>
      make.tree({
        properties: {},
        children: [
          {
            name: 'fragment@0',
            properties: { 'target-path': make.text('/bus/vmbus\0') },
            children: [
              { name: '__overlay__', properties: { ranges: make.be(high, low, high, low, 0x0800_0000) } },
            ],
          },
        ],
      });
    const [down, up] = [moved(0, 0xf800_0000), moved(0xf, 0xe000_0000)];
    const MIXED = make.dtboTable([{ bytes: HIGH }, { bytes: down }]);
    const base = written('base.dtb', HIGH);
    const table = written('dtbo.img', make.dtboTable([{ bytes: down }, { bytes: up }, { bytes: down }]));

    async function answers(...words: readonly string[]): Promise<[string, string][]> {
      const { stdout } = await run(['sysfb', ...words, '--format', 'json']);
      const report = JSON.parse(stdout);
      const machines: { name: string; answer: string }[] = report.machines ?? [report];
      return machines.map(({ name, answer }) => [name, answer === 'not-needed' ? answer : 'other']);
    }

    test('are applied to the tree beside it, each for itself', async () => {
      expect(await answers(base, table)).toEqual([
        ['entry 0', 'other'],
        ['entry 1', 'not-needed'],
        ['entry 2', 'other'],
      ]);
      expect(await answers(table, base, '--select', 'entry 1')).toEqual([['entry 1', 'not-needed']]);
    });

    test('are applied to a tree in the same table, and to those of another image', async () => {
      expect(await answers(written('mixed.img', MIXED))).toEqual([
        ['entry 0', 'not-needed'],
        ['entry 0 + entry 1', 'other'],
      ]);
      const one = written('one.img', make.dtboTable([{ bytes: up }]));
      expect(await answers(image, one)).toEqual([
        ['conf-1', 'not-needed'],
        ['conf-2', 'other'],
        ['conf-1 + entry 0', 'not-needed'],
        ['conf-2 + entry 0', 'not-needed'],
      ]);
    });

    test('are chosen among by what answers about one machine', async () => {
      const { status, stderr } = await run(['diff', written('four.img', MIXED), base]);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(
          /^fwmap: \S+four\.img describes 2 machines; choose one with --select: entry 0, entry 0 \+ entry 1\n$/,
        ),
      ]);
      const overlay = await run(['windows', base, '--overlay', table]);
      expect([overlay.status, overlay.stderr]).toEqual([
        2,
        expect.stringMatching(
          /^fwmap: --overlay \S+: it holds 3 trees; give it as an input, and choose one with --select/,
        ),
      ]);
    });
  });

  test('of a kernel with trees behind it, also when that is compressed once more', async () => {
    const kernel = make.join(make.gz(make.arm64Image(make.text(make.BANNER, 500))), HIGH, LOW);
    for (const bytes of [kernel, gzipSync(kernel)]) {
      const { stdout } = await run(['sysfb', written('Image.gz-dtb', bytes), '--format', 'json']);
      const { machines } = JSON.parse(stdout);
      expect(
        machines.map(({ name, kernel: { release } }: { name: string; kernel: { release: string } }) => [
          name,
          release,
        ]),
      ).toEqual([
        ['Lab High', '6.6.10-lab'],
        ['Lab Low', '6.6.10-lab'],
      ]);
    }
  });

  test('of an image in an archive, beside other inputs', async () => {
    const archive = written(
      'all.cpio',
      makeCpio([
        { name: 'fw/two.itb', content: FIT },
        { name: 'config', content: 'CONFIG_SYSFB=y\nCONFIG_EFI=y\n' },
      ]),
    );
    const { stdout } = await run(['sysfb', archive, '--format', 'json']);
    const { machines } = JSON.parse(stdout);
    expect(
      machines.map(({ name, inputs }: { name: string; inputs: { kind: string }[] }) => [
        name,
        inputs.map(({ kind }) => kind),
      ]),
    ).toEqual([
      ['conf-1', ['kconfig', 'dtb']],
      ['conf-2', ['kconfig', 'dtb']],
    ]);
  });

  test('of a guest whose tree the host makes: that is said, and no answer is "not needed"', async () => {
    const guest = make.igvm(
      [{ mask: 1, vtl: 2, type: 1 }],
      [{ address: 0x100000, mask: 1, bytes: make.text(make.BANNER, 4096) }],
      {
        areas: [{ mask: 1, address: 0x200000, size: 8192, parameter: 0x312 }],
      },
    );
    const { stdout } = await run(['sysfb', written('guest.igvm', guest), '--format', 'json']);
    const report = JSON.parse(stdout);
    expect(report.answer).not.toBe('not-needed');
    expect(report.diagnostics.map(({ code }: { code: string }) => code)).toContain('container/from-host');
    expect(report.gaps.map(({ code }: { code: string }) => code)).toContain('container/from-host');
    const filled = make.igvm([{ mask: 1, vtl: 2, type: 1 }], [], {
      areas: [{ mask: 1, address: 0x200000, size: 8192, parameter: 0x312, bytes: HIGH }],
    });
    const other = JSON.parse(
      (await run(['sysfb', written('filled.igvm', filled), '--format', 'json'])).stdout,
    );
    expect([other.answer, other.diagnostics.map(({ code }: { code: string }) => code)]).toEqual([
      'not-needed',
      ['container/replaced'],
    ]);
  });

  test('noise is no input', async () => {
    const noise = new Uint8Array(5000).map((_, index) => (index * 7919) >> 3);
    const { status, stderr } = await run(['sysfb', written('noise.bin', noise)]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('[artifact/unknown-kind]')]);
  });
});

describe('windows', () => {
  test('of every machine, and of one', async () => {
    const image = written('windows.itb', FIT);
    const { machines } = JSON.parse((await run(['windows', image, '--format', 'json'])).stdout);
    expect(
      machines.map(({ name, windows }: { name: string; windows: { base: string }[] }) => [
        name,
        windows.map(({ base }) => base),
      ]),
    ).toEqual([
      ['conf-1', ['0xff0000000']],
      ['conf-2', ['0xf8000000']],
    ]);
    const one = JSON.parse((await run(['windows', image, '--select', 'conf-2', '--format', 'json'])).stdout);
    expect([one.name, one.windows.length]).toEqual(['conf-2', 1]);
  });

  test('of fields that stand in a dump of memory', async () => {
    // OperationRegion (R, SystemMemory, 0x1000, 4) Field { B, 32 }; Device (D) { _CRS from B } would be long: eval shows the read.
    const region = make.join(
      make.u8(0x5b, 0x80, 0x52, 0x47, 0x4e, 0x5f, 0x00, 0x0b, 0x00, 0x10, 0x0a, 0x04),
      make.u8(0x5b, 0x81, 0x0b, 0x52, 0x47, 0x4e, 0x5f, 0x03, 0x42, 0x41, 0x53, 0x45, 0x20),
    );
    const core = make.elf(4, [
      { address: 0x1000, bytes: make.le(4, 0xf800_0000) },
      { address: 0x8000, bytes: make.table('DSDT', { body: region }) },
    ]);
    const { stdout } = await run(['eval', written('core.elf', core), '\\BASE']);
    expect(stdout.trim()).toMatch(/0x0*F8000000/i);
  });
});

test('the tables of a dump are those that are named, across the holes in its memory; a ROM has templates', async () => {
  const named = make.table('DSDT', { id: 'INUSE' });
  const facp = make.table('FACP', { body: make.join(make.le(4, 0, 0x7f00_2000), new Uint8Array(200)) });
  const core = make.elf(4, [
    {
      address: 0x7f00_0000,
      bytes: make.placed(
        0x4000,
        [0, make.table('RSDT', { body: make.le(4, 0x7f00_1000) })],
        [0x1000, facp],
        [0x2000, named],
      ),
    },
    { address: 0xfff0_0000, bytes: make.placed(0x1000, [0x100, make.table('DSDT', { id: 'TEMPLATE' })]) },
  ]);
  const { stdout } = await run(['scan', written('dump.elf', core), '--format', 'json']);
  const { finds, machines } = JSON.parse(stdout);
  expect(finds.map((find: { signature: string }) => find.signature)).toEqual([
    'RSDT',
    'FACP',
    'DSDT',
    'DSDT',
  ]);
  expect(machines).toEqual([{ name: 'DSDT INUSE', finds: [2, 1] }]);
});

describe('commands that ask about one machine', () => {
  test.each([
    ['simulate', []],
    ['eval', ['\\_SB']],
    ['explain', []],
  ])('%s wants to know which', async (command, rest) => {
    const image = written('several.itb', FIT);
    const { status, stderr } = await run([command, image, ...rest]);
    expect([status, stderr]).toEqual([
      2,
      'fwmap: the inputs describe 2 machines; choose one with --select: conf-1, conf-2\n',
    ]);
  });
});

describe('scan', () => {
  const image = written(
    'scan.bin',
    make.join(new Uint8Array(32), FIT, make.table('SSDT', { id: '../../x' })),
  );

  test('JSON is what its schema says', async () => {
    const { status, stdout } = await run(['scan', image, '--format', 'json']);
    const report = JSON.parse(stdout);
    expect([status, violations('scan', report)]).toEqual([0, []]);
    expect(
      report.finds.map(({ kind, fileOffset }: { kind: string; fileOffset: string | null }) => [
        kind,
        fileOffset,
      ]),
    ).toEqual([
      ['fit', '0x20'],
      ['dtb', null],
      [
        'dtb',
        `0x${Buffer.from(make.join(new Uint8Array(32), FIT))
          .indexOf(HIGH)
          .toString(16)}`,
      ],
      ['acpi-table', expect.stringMatching(/^0x/)],
    ]);
  });

  test('--select lists what belongs to one machine', async () => {
    const { stdout } = await run(['scan', image, '--select', 'conf-2', '--format', 'json']);
    const report = JSON.parse(stdout);
    expect(report.finds.map(({ model }: { model: string }) => model)).toEqual(['Lab Low']);
    expect((await run(['scan', image, '--select', 'x'])).status).toBe(2);
  });

  test('--extract writes finds under names of our own, and over nothing', async () => {
    const to = join(folder, 'out');
    expect((await run(['scan', image, '--extract', to])).status).toBe(0);
    expect(readdirSync(to).sort()).toEqual([
      '000-fit.itb',
      '001-dtb-Lab-Low.dtb',
      '002-dtb-Lab-High.dtb',
      '003-SSDT-x.aml',
    ]);
    expect(Buffer.compare(readFileSync(join(to, '002-dtb-Lab-High.dtb')), HIGH)).toBe(0);
    const again = await run(['scan', image, '--extract', to]);
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('File already exists')]);
  });

  test('--extract follows no link out of its folder', async () => {
    const to = join(folder, 'linked');
    mkdirSync(to);
    symlinkSync(join(folder, 'outside'), join(to, '000-fit.itb'));
    expect((await run(['scan', image, '--extract', to])).status).toBe(2);
    expect(readdirSync(folder)).not.toContain('outside');
  });

  test('a folder is its files, standard input is one', async () => {
    const several = join(folder, 'several');
    mkdirSync(several);
    writeFileSync(join(several, 'a.bin'), HIGH);
    writeFileSync(join(several, 'b.txt'), 'nothing\n');
    const { stdout } = await run(['scan', several, '--format', 'json']);
    const report = JSON.parse(stdout);
    expect(report.inputs.map(({ path }: { path: string }) => path)).toEqual([
      `${several}/a.bin`,
      `${several}/b.txt`,
    ]);
    expect(report.finds.map(({ path }: { path: string }) => path)).toEqual([`${several}/a.bin`]);
    const piped = JSON.parse((await run(['scan', '-', '--format', 'json'], { stdin: HIGH })).stdout);
    expect(piped.finds.map(({ path }: { path: string }) => path)).toEqual(['<stdin>']);
  });

  test('what is not there is an error', async () => {
    expect(await run(['scan', join(folder, 'nowhere')])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('No such file'),
    });
  });

  test('texts of the image are shown escaped', async () => {
    const bad = make.board('Lab \x1b[31mred\u0007');
    const { stdout } = await run(['scan', written('bad.bin', bad)]);
    expect(stdout).not.toMatch(/[\x00-\x08\x0b-\x1f]/);
  });
});
