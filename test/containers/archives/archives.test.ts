import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { accessTo } from '../../../src/containers/access.ts';
import type { Archive, Member } from '../../../src/containers/container.ts';
import { ARCHIVES } from '../../../src/containers/rows.ts';
import { makeCpio } from '../make-cpio.ts';
import { hasProgram, mixedBytes } from '../pack.ts';

const root = mkdtempSync(join(tmpdir(), 'fwmap-archives-'));
const LONG = `${'a-folder-with-a-long-name/'.repeat(9)}file`;
const BYTES = Buffer.from(mixedBytes(3000, 3));
afterAll(() => rmSync(root, { recursive: true }));

mkdirSync(join(root, 'in', LONG, '..'), { recursive: true });
writeFileSync(join(root, 'in', 'plain'), BYTES);
writeFileSync(join(root, 'in', 'empty'), '');
writeFileSync(join(root, 'in', LONG), 'deep');
symlinkSync('plain', join(root, 'in', 'link'));

function rowOf(format: string): Archive {
  return ARCHIVES.find((row) => row.format === format)!;
}

async function contentOf(archive: Uint8Array, member: Member): Promise<Uint8Array> {
  const stored = archive.subarray(member.offset, member.offset + member.size);
  if (member.packed === undefined) return stored;
  const decoded = await member.packed.decode(stored, 1 << 20);
  expect([decoded.end, decoded.why]).toEqual(['whole', undefined]);
  return decoded.bytes;
}

async function expectContents(format: string, archive: Uint8Array, prefix = ''): Promise<void> {
  const row = rowOf(format);
  const access = accessTo(archive);
  expect(ARCHIVES.filter((other) => other.sniff(access, 0)).map((other) => other.format)).toEqual([format]);
  const content = row.list(access, 0, 1000);
  expect(content.faults).toEqual([]);
  const files = new Map(content.members.map((member) => [member.name.replace(prefix, ''), member]));
  expect(Buffer.compare(await contentOf(archive, files.get('plain')!), BYTES)).toBe(0);
  expect(Buffer.from(await contentOf(archive, files.get(LONG)!)).toString()).toBe('deep');
  expect(files.get('empty')).toMatchObject({ type: 'file', size: 0 });
  expect(content.size).toBe(archive.length);
}

describe.skipIf(!hasProgram('tar'))('tar', () => {
  test.each(['v7', 'oldgnu', 'gnu', 'ustar', 'posix'])('%s', async (format) => {
    const names = ['plain', 'empty', 'link', ...(format === 'v7' ? [] : [LONG])];
    const archive = execFileSync('tar', [
      '-C',
      join(root, 'in'),
      `--format=${format}`,
      '-b',
      '1',
      '-cf',
      '-',
      ...names,
    ]);
    if (format !== 'v7') await expectContents('tar', archive);
    const { members } = rowOf('tar').list(accessTo(archive), 0, 100);
    expect(members.find(({ name }) => name === 'link')).toMatchObject({
      type: 'link',
      target: 'plain',
      hard: false,
    });
  });

  test('a hard link', () => {
    const archive = execFileSync('tar', ['-C', join(root, 'in'), '-b', '1', '-cf', '-', 'plain', 'plain']);
    const { members } = rowOf('tar').list(accessTo(archive), 0, 100);
    expect(members.map(({ type }) => type)).toEqual(['file', 'link']);
    expect(members[1]).toMatchObject({ target: 'plain', hard: true });
  });

  test('cut short: what is there is given, and told', () => {
    const archive = execFileSync('tar', ['-C', join(root, 'in'), '-b', '1', '-cf', '-', 'plain']);
    const { members, faults } = rowOf('tar').list(accessTo(archive.subarray(0, 2000)), 0, 100);
    expect([members.map(({ size }) => size), faults[0]]).toEqual([[2000 - 512], 'plain is truncated']);
  });
});

test('the magic of zip in a program that compares with it is no archive', () => {
  // libarchive.so.13.6.2 of Debian 12, at 0x61636: cmp eax, 'PK\3\4', and what follows.
  const code = Buffer.from(`504b03040f848b01000041b8${'08e826478bfc4c8b7d28488b75304489'.repeat(40)}`, 'hex');
  expect(rowOf('zip').sniff(accessTo(code), 0)).toBe(false);
});

test.skipIf(!hasProgram('python3')).each([
  ['ZIP_LZMA', false],
  ['ZIP_DEFLATED', false],
  // A size that isn't known beforehand: the stream ends by a marker.
  ['ZIP_LZMA', true],
])("zip as Python's zipfile writes it, %s", async (method, streamed) => {
  const path = join(root, `${method}${streamed}.zip`);
  const script = `import sys, zipfile
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
with open(sys.argv[1], 'wb') as file:
    with zipfile.ZipFile(Pipe(file) if ${streamed ? 'True' : 'False'} else file, 'w', zipfile.${method}) as archive:
        archive.writestr('plain', sys.stdin.buffer.read())`;
  execFileSync('python3', ['-c', script, path], { input: BYTES });
  const archive = readFileSync(path);
  const { members, faults } = rowOf('zip').list(accessTo(archive), 0, 100);
  expect(faults).toEqual([]);
  expect(Buffer.compare(await contentOf(archive, members[0]!), BYTES)).toBe(0);
});

describe.skipIf(!hasProgram('zip'))('zip', () => {
  test.each([['-0'], ['-9'], ['-Z', 'bzip2']])('%s %s', async (...options) => {
    const path = join(root, `${options.join('')}.zip`);
    execFileSync('zip', ['-q', '-y', '-r', ...options, path, 'plain', 'empty', 'link', LONG], {
      cwd: join(root, 'in'),
    });
    const archive = readFileSync(path);
    await expectContents('zip', archive);
    const { members } = rowOf('zip').list(accessTo(archive), 0, 100);
    expect(members.find(({ name }) => name === 'link')).toMatchObject({ type: 'link', target: 'plain' });
  });

  test('without its directory: by what stands before each file', async () => {
    const path = join(root, 'cut.zip');
    execFileSync('zip', ['-q', path, 'plain'], { cwd: join(root, 'in') });
    const archive = readFileSync(path);
    const cut = archive.subarray(0, archive.indexOf('PK\x01\x02', 0, 'latin1'));
    const { members, faults } = rowOf('zip').list(accessTo(cut), 0, 100);
    expect(faults).toEqual(['the central directory is missing']);
    expect(Buffer.compare(await contentOf(cut, members[0]!), BYTES)).toBe(0);
  });

  test('streamed, the sizes behind the data', async () => {
    const archive = execFileSync('zip', ['-q', '-', '-'], { input: BYTES });
    const { members, faults } = rowOf('zip').list(accessTo(archive), 0, 100);
    expect(faults).toEqual([]);
    expect(Buffer.compare(await contentOf(archive, members[0]!), BYTES)).toBe(0);
  });
});

describe('cpio', () => {
  test('new format, with and without sums', async () => {
    for (const magic of ['070701', '070702'])
      await expectContents(
        'cpio',
        makeCpio(
          [{ name: 'plain', content: BYTES }, { name: 'empty' }, { name: LONG, content: 'deep' }],
          magic,
        ),
      );
  });

  test('old format of POSIX', () => {
    const entry = (name: string, content: string): string =>
      `070707${'0'.repeat(12)}100644${'0'.repeat(35)}${(name.length + 1).toString(8).padStart(6, '0')}${content.length
        .toString(8)
        .padStart(11, '0')}${name}\0${content}`;
    const archive = Buffer.from(`${entry('one', 'first')}${entry('TRAILER!!!', '')}`, 'latin1');
    const { members, faults, size } = rowOf('cpio').list(accessTo(archive), 0, 100);
    expect([faults, size]).toEqual([[], archive.length]);
    expect(members).toMatchObject([{ name: 'one', type: 'file', size: 5 }]);
    expect(archive.subarray(members[0]!.offset).subarray(0, 5).toString()).toBe('first');
  });

  test('links and folders', () => {
    const archive = makeCpio([
      { name: 'd', mode: 0o040755 },
      { name: 'd/l', mode: 0o120777, content: '../x' },
    ]);
    expect(rowOf('cpio').list(accessTo(archive), 0, 100).members).toMatchObject([
      { name: 'd', type: 'directory' },
      { name: 'd/l', type: 'link', target: '../x' },
    ]);
  });
});

describe.skipIf(!hasProgram('ar'))('ar', () => {
  test('as ar writes it, long names too', async () => {
    const long = 'a-name-of-more-than-sixteen-characters';
    writeFileSync(join(root, long), 'odd');
    writeFileSync(join(root, 'plain'), BYTES);
    execFileSync('ar', ['rc', 'a.ar', long, 'plain'], { cwd: root, stdio: 'ignore' });
    const archive = readFileSync(join(root, 'a.ar'));
    const { members, faults, size } = rowOf('ar').list(accessTo(archive), 0, 100);
    expect([faults, size, members.map(({ name }) => name)]).toEqual([[], archive.length, [long, 'plain']]);
    expect(Buffer.compare(await contentOf(archive, members[1]!), BYTES)).toBe(0);
  });
});

describe('hostile archives', () => {
  const starts: { readonly row: Archive; readonly archive: Uint8Array }[] = [
    {
      row: rowOf('cpio'),
      archive: makeCpio([{ name: 'plain', content: BYTES.subarray(0, 300) }, { name: 'b' }]),
    },
  ];
  if (hasProgram('tar'))
    starts.push({
      row: rowOf('tar'),
      archive: execFileSync('tar', ['--format=posix', '-cf', '-', 'package.json', 'LICENSE']),
    });
  if (hasProgram('zip'))
    starts.push({
      row: rowOf('zip'),
      archive: execFileSync('zip', ['-q', '-', '-'], { input: BYTES.subarray(0, 300) }),
    });

  test('any change of any byte: no exception, nothing outside, no more than the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
        fc.nat(),
        async ({ row, archive }, changes, cut) => {
          const changed = Uint8Array.from(archive);
          for (const [at, byte] of changes) changed[at % changed.length] = byte;
          const bytes = changed.subarray(0, 1 + (cut % (changed.length * 2)));
          const access = accessTo(bytes);
          row.sniff(access, 0);
          const { members, size } = row.list(access, 0, 4);
          expect(members.length).toBeLessThanOrEqual(4);
          expect(size).toBeLessThanOrEqual(bytes.length);
          for (const member of members) {
            expect(member.offset + member.size).toBeLessThanOrEqual(Math.max(bytes.length, member.offset));
            await member.packed?.decode(bytes.subarray(member.offset, member.offset + member.size), 1000);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a list of nothing but entries stops at the limit', () => {
    const archive = makeCpio(Array.from({ length: 50 }, (_, index) => ({ name: `f${index}` })));
    const { members, faults } = rowOf('cpio').list(accessTo(archive), 0, 10);
    expect([members.length, faults]).toEqual([
      10,
      ['more than 10 files (--limit container-pieces=N); the rest is not read'],
    ]);
  });
});
