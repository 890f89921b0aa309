/** Archives are read as the folders they were made of. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { makeCpio } from '../containers/make-cpio.ts';
import { hasProgram, packedBy } from '../containers/pack.ts';
import { openAt, openText, readable } from './open.ts';

const root = mkdtempSync(join(tmpdir(), 'fwmap-archive-'));
const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n';
const CONFIG = 'CONFIG_64BIT=y\n# CONFIG_SYSFB is not set\n';
afterAll(() => rmSync(root, { recursive: true }));

function table(signature: string): Buffer {
  const made = Buffer.alloc(36);
  made.write(signature, 'latin1');
  made.writeUInt32LE(36, 4);
  return made;
}

const capture = join(root, 'capture');
mkdirSync(join(capture, 'sys/firmware/acpi/tables/dynamic'), { recursive: true });
mkdirSync(join(capture, 'proc/device-tree/bus'), { recursive: true });
writeFileSync(join(capture, 'sys/firmware/acpi/tables/DSDT'), table('DSDT'));
writeFileSync(join(capture, 'sys/firmware/acpi/tables/dynamic/SSDT1'), table('SSDT'));
writeFileSync(join(capture, 'proc/device-tree/#address-cells'), Buffer.of(0, 0, 0, 2));
writeFileSync(join(capture, 'proc/device-tree/bus/ranges'), '');
writeFileSync(join(capture, 'proc/iomem'), '00001000-0009ffff : System RAM\n000a0000-000fffff : Reserved\n');
writeFileSync(join(capture, 'config.gz'), gzipSync(CONFIG));
symlinkSync('proc/iomem', join(capture, 'iomem-again'));

/** What matters to whoever reads an artifact. */
function seen(artifacts: readonly Artifact[], container: string) {
  return artifacts.map(({ kind, source, entries }) => ({
    kind,
    name: source.name.replace(container, ''),
    text: readable({ source } as Artifact),
    entries: entries?.map((entry) => [
      entry.path,
      entry.type,
      entry.source && Buffer.from(entry.source.bytes).toString(),
    ]),
  }));
}

describe.skipIf(!hasProgram('tar'))('a capture', () => {
  const pack = (...options: string[]): Buffer =>
    execFileSync('tar', ['-C', join(root, 'capture'), ...options, '-cf', '-', '.']);

  test.each([
    ['capture.tar', () => pack()],
    ['capture.tar.gz', () => gzipSync(pack())],
    ['capture.tar.xz', () => packedBy('xz', ['-c'], pack())],
    ['capture.tar.zst', () => packedBy('zstd', ['-c'], pack())],
    ['capture.tar.bz2', () => packedBy('bzip2', ['-c'], pack())],
    ['capture.tar.lz4', () => packedBy('lz4', ['-c'], pack())],
    ['capture.tar.lzma', () => packedBy('xz', ['-c', '--format=lzma'], pack())],
    [
      'capture.zip',
      () => {
        execFileSync('zip', ['-q', '-r', '-y', join(root, 'made.zip'), '.'], { cwd: join(root, 'capture') });
        return readFileSync(join(root, 'made.zip'));
      },
    ],
  ])('%s is the folder it was made of', async (name, make) => {
    let packed: Uint8Array | undefined;
    try {
      packed = make();
    } catch {
      // The program is not there.
    }
    if (packed === undefined) return;
    writeFileSync(join(root, name), packed);
    const folder = await openAt('capture', { cwd: root });
    const archive = await openAt(name, { cwd: root });
    expect(archive.diagnostics).toEqual(folder.diagnostics);
    expect(archive.artifacts.map(({ kind }) => kind).sort()).toEqual([
      'acpi-dir',
      'dt-dir',
      'iomem',
      'iomem',
      'kconfig',
    ]);
    expect(seen(archive.artifacts, `${name}!`)).toEqual(seen(folder.artifacts, 'capture/'));
    expect(new Set(archive.artifacts.map(({ path }) => path))).toEqual(new Set([name]));
  });

  test('on standard input', async () => {
    const { artifacts } = await openAt('-', { readStdin: async () => gzipSync(pack()) });
    expect(artifacts.map(({ kind, path }) => [kind, path])).toContainEqual(['dt-dir', '-']);
  });
});

describe('archives in general', () => {
  test('an initramfs of two archives, the second compressed', async () => {
    const initramfs = Buffer.concat([
      makeCpio([{ name: 'early', content: LINE }]),
      Buffer.alloc(100),
      gzipSync(makeCpio([{ name: 'etc/config', content: CONFIG }])),
    ]);
    const { artifacts, diagnostics } = await openText(initramfs);
    expect(diagnostics).toEqual([]);
    expect(artifacts.map(({ kind, source }) => [kind, source.name])).toEqual([
      ['dts-fragment', 'input!early'],
      ['kconfig', 'input!etc/config'],
    ]);
  });

  test('steps say where a file was', async () => {
    const archive = makeCpio([{ name: 'a/b', content: CONFIG }]);
    const { artifacts } = await openText(gzipSync(archive));
    expect(artifacts[0]!.steps).toEqual([
      { how: 'gzip' },
      { how: 'cpio', name: 'a/b', offset: Buffer.from(archive).indexOf(CONFIG) },
    ]);
  });

  test('names that lead out of it lead nowhere', async () => {
    const archive = makeCpio([
      { name: '../../etc/config', content: CONFIG },
      { name: '/proc/line', content: LINE },
      { name: 'out', mode: 0o120777, content: '/etc/passwd' },
    ]);
    const { artifacts, diagnostics } = await openText(archive);
    expect(artifacts.map(({ source }) => source.name)).toEqual(['input!etc/config', 'input!proc/line']);
    expect(diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['artifact/link-not-followed', 'input!out'],
    ]);
  });

  test('a later file of a name takes the place of the earlier one', async () => {
    const { artifacts } = await openText(
      makeCpio([
        { name: 'config', content: 'CONFIG_A=y\n' },
        { name: './config', content: CONFIG },
      ]),
    );
    expect(artifacts.map(readable)).toEqual([CONFIG]);
  });

  test('links round in a circle end', async () => {
    const archive = makeCpio([
      { name: 'a', mode: 0o120777, content: 'b' },
      { name: 'b', mode: 0o120777, content: 'a' },
    ]);
    expect((await openText(archive)).diagnostics.map(({ code }) => code)).toEqual([
      'artifact/link-not-followed',
      'artifact/link-not-followed',
      'artifact/empty-folder',
    ]);
  });

  test('what nests counts together: every layer is small, the whole is not', async () => {
    const quarter = Buffer.alloc(DEFAULT_LIMITS['unpacked-bytes'] / 4);
    const part = gzipSync(quarter);
    const archive = makeCpio([1, 2, 3, 4, 5].map((number) => ({ name: `${number}.gz`, content: part })));
    const { diagnostics } = await openText(gzipSync(archive));
    expect(diagnostics.filter(({ code }) => code === 'container/limit')).toHaveLength(2);
  });

  test('brotli, which nothing marks', async () => {
    const { artifacts } = await openText(brotliCompressSync(CONFIG.repeat(5)));
    expect(artifacts.map(({ kind, steps }) => [kind, steps])).toEqual([['kconfig', [{ how: 'brotli' }]]]);
  });

  test('two logs compressed one after the other are one', async () => {
    const { artifacts, diagnostics } = await openText(Buffer.concat([gzipSync(LINE), gzipSync(LINE)]));
    expect([diagnostics, readable(artifacts[0]!).trim()]).toEqual([[], `${LINE}${LINE}`.trim()]);
  });

  test('something behind a stream is reported', async () => {
    const { artifacts, diagnostics } = await openText(
      Buffer.concat([gzipSync(CONFIG), Buffer.from('garbage')]),
    );
    expect(artifacts.map(({ kind }) => kind)).toEqual(['kconfig']);
    expect(diagnostics.map(({ code }) => code)).toEqual(['container/trailing']);
  });

  test('a compressed kernel with a tree behind it stays one image', async () => {
    const image = Buffer.concat([
      gzipSync(Buffer.alloc(5000, 'kernel\0')),
      Buffer.from('d00dfeed00000048', 'hex'),
    ]);
    const { artifacts } = await openText(image);
    expect(artifacts.map(({ kind, source }) => [kind, source.bytes.length])).toEqual([
      ['image', image.length],
    ]);
  });
});
