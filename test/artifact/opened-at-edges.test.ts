/** Opening at its limits: how deep, how long, how many; and what stands behind and around what is wrapped. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { withLimits } from '../../src/limits/limits.ts';
import { makeCpio } from '../containers/make-cpio.ts';
import { openAt, openText } from './open.ts';

const root = mkdtempSync(join(tmpdir(), 'fwmap-opened-'));
afterAll(() => rmSync(root, { recursive: true }));
function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(root, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return path;
}

const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';
const DTS = '/dts-v1/;\n/ { };\n';
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const told = ({ artifacts, diagnostics }: Awaited<ReturnType<typeof openText>>) => [
  artifacts.map(({ kind }) => kind),
  diagnostics.map(({ code, path }) => [code, path]),
];

describe('texts', () => {
  test('of more lines than the limit are not looked through, which is reported', async () => {
    await withLimits({ 'text-lines': 3 }, async () => {
      expect(told(await openText(`Words.\n> ${LINE}\nMore.\n`))).toEqual([['dts-fragment'], []]);
      expect(told(await openText(`Words.\n> ${LINE}\nMore.\n\n`))).toEqual([
        [],
        [['container/limit', 'input']],
      ]);
    });
  });

  test('a property without an end says whether that may are after the lines that are read', async () => {
    const problem = async (text: string): Promise<unknown> => (await openText(text)).diagnostics[0]?.args;
    await withLimits({ 'statement-lines': 3 }, async () => {
      expect(await problem('Hello\n> ranges = <1\n> 2\n> 3\n> 4>;\n')).toEqual({
        line: 2,
        problem: 'too long',
      });
      expect(await problem('Hello\n\n> ranges = <1\n\n> 2 3>;\n')).toEqual({ line: 3, problem: 'no end' });
      expect(await problem('Hello\n> ranges = <1\n> 2\n> 3')).toEqual({ line: 2, problem: 'no end' });
    });
  });

  test('packed ones that are larger than the limit are not read', async () => {
    const packed = gzipSync(DTS);
    await withLimits({ 'unpacked-text-bytes': DTS.length }, async () => {
      expect(told(await openText(packed))).toEqual([['dts'], []]);
      expect(told(await openText(DTS))).toEqual([['dts'], []]);
    });
    await withLimits({ 'unpacked-text-bytes': DTS.length - 1 }, async () => {
      expect(told(await openText(packed))).toEqual([[], [['container/limit', 'input']]]);
      // One that is there as it is, is.
      expect(told(await openText(DTS))).toEqual([['dts'], []]);
      // What is no text is no matter of it.
      const blob = Buffer.concat([Buffer.from('d00dfeed', 'hex'), Buffer.alloc(60)]);
      expect(told(await openText(gzipSync(blob)))[0]).toEqual(['dtb']);
    });
  });
});

describe('mails in mails', () => {
  const headers = 'From: a@x\nTo: b@x\nSubject: s\n';
  const inside = (body: string): string =>
    `${headers}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: message/rfc822\n\n${body}\n--B--\n`;

  test('are opened as deep as containers may be', async () => {
    const mail = inside(`${headers}\n> ${LINE}\n`);
    await withLimits({ 'container-depth': 2 }, async () => {
      expect(told(await openText(mail))[0]).toEqual(['dts-fragment']);
    });
    await withLimits({ 'container-depth': 1 }, async () => {
      const [kinds, said] = told(await openText(mail));
      expect([kinds, said]).toEqual([
        [],
        [
          ['container/limit', expect.stringContaining('input!')],
          ['artifact/mail-nothing-known', 'input'],
        ],
      ]);
    });
  });
});

describe('archives', () => {
  const two = makeCpio([
    { name: 'a/x.dts', content: DTS },
    { name: 'b.config', content: 'CONFIG_64BIT=y\n' },
  ]);

  test('are opened as deep as containers may be', async () => {
    const kinds = async (bytes: Uint8Array): Promise<unknown> =>
      (await openText(bytes)).artifacts.map(({ kind }) => kind);
    await withLimits({ 'container-depth': 1 }, async () => {
      expect(await kinds(two)).toEqual(['dts', 'kconfig']);
      expect(told(await openText(gzipSync(two)))).toEqual([[], [['container/limit', 'input']]]);
    });
    await withLimits({ 'container-depth': 2 }, async () => {
      expect(await kinds(gzipSync(two))).toEqual(['dts', 'kconfig']);
    });
  });

  test('a member that is larger than the limit is told by its name', async () => {
    await withLimits({ 'input-bytes': DTS.length - 1 }, async () => {
      const { artifacts, diagnostics } = await openText(two);
      expect(artifacts.map(({ source }) => source.name)).toEqual(['input!b.config']);
      expect(diagnostics.map(({ code, path }) => [code, path])).toEqual([
        ['artifact/member-unreadable', 'input!a/x.dts'],
      ]);
    });
  });

  test('one behind the other are both read', async () => {
    const other = makeCpio([{ name: 'c.config', content: 'CONFIG_ARM64=y\n' }]);
    const names = async (bytes: Uint8Array): Promise<string[]> =>
      (await openText(bytes)).artifacts.map(({ source }) => source.name);
    const all = ['input!a/x.dts', 'input!b.config', 'input!c.config'];
    expect(await names(Buffer.concat([two, other]))).toEqual(all);
    expect(await names(Buffer.concat([two, Buffer.alloc(512), gzipSync(other)]))).toEqual(all);
    expect(await names(Buffer.concat([gzipSync(two), gzipSync(other)]))).toEqual(all);
    expect(await names(Buffer.concat([two, Buffer.from('words')]))).toEqual(all.slice(0, 2));
  });

  test('what follows a stream and is nothing is reported', async () => {
    const { artifacts, diagnostics } = await openText(Buffer.concat([gzipSync(DTS), Buffer.from('words')]));
    expect(artifacts.map(({ kind, steps }) => [kind, steps])).toEqual([['dts', [{ how: 'gzip' }]]]);
    expect(diagnostics.map(({ code, args }) => [code, args])).toEqual([
      ['container/trailing', { format: 'gzip', bytes: 5 }],
    ]);
    expect(told(await openText(Buffer.concat([gzipSync(DTS), Buffer.alloc(9)])))).toEqual([['dts'], []]);
  });
});

describe('folders', () => {
  test('have as many inputs as the limit, which is reported', async () => {
    const path = folder('many', { a: DTS, b: `${DTS}\n`, c: 'CONFIG_64BIT=y\n' });
    await withLimits({ 'folder-inputs': 3 }, async () => {
      expect(told(await openAt(path))).toEqual([['dts', 'dts', 'kconfig'], []]);
    });
    await withLimits({ 'folder-inputs': 2 }, async () => {
      expect(told(await openAt(path))).toEqual([['dts', 'dts'], [['artifact/folder-too-large', path]]]);
    });
  });

  test('are looked into as deep as the limit', async () => {
    const path = folder('deep', { 'a/b/x.dts': DTS, 'y.config': 'CONFIG_64BIT=y\n' });
    await withLimits({ 'loose-folder-depth': 3 }, async () => {
      expect(told(await openAt(path))[0]).toEqual(['dts', 'kconfig']);
    });
    await withLimits({ 'loose-folder-depth': 2 }, async () => {
      expect(told(await openAt(path))).toEqual([
        ['kconfig'],
        [['artifact/member-unreadable', join(path, 'a/b')]],
      ]);
    });
  });

  test('that are one input have the hash of their listing', async () => {
    const path = folder('tree', { compatible: 'lab\0', 'bus/ranges': '', 'bus/reg': 'x' });
    const [artifact] = (await openAt(path)).artifacts;
    // As sha256sum lists them, in byte order of their names.
    const listing = [
      ['bus/ranges', ''],
      ['bus/reg', 'x'],
      ['compatible', 'lab\0'],
    ].map(([name, content]) => `${sha256(content!)}  ${name}\n`);
    expect([artifact!.kind, artifact!.sha256]).toEqual(['dt-dir', sha256(listing.join(''))]);
  });

  test('without anything in them are reported', async () => {
    const path = folder('empty/x', {});
    mkdirSync(path, { recursive: true });
    expect(told(await openAt(path))).toEqual([[], [['artifact/empty-folder', path]]]);
  });

  test('a file that is not used beside one that is, is a note', async () => {
    const path = folder('beside', { 'a.dts': DTS, 'readme.md': 'Hello, world.\n' });
    expect((await openAt(path)).diagnostics.map(({ severity }) => severity)).toEqual(['note']);
    const alone = folder('alone', { 'readme.md': 'Hello, world.\n' });
    expect((await openAt(alone)).diagnostics.map(({ severity }) => severity)).toEqual(['error']);
  });
});

describe('what is of no known kind', () => {
  test('shows its first eight bytes', async () => {
    const { diagnostics } = await openText(Uint8Array.from([0, 1, 2, 0xfe, 0xff, 5, 6, 7, 8, 9]));
    expect(diagnostics.map(({ code, args }) => [code, args])).toEqual([
      ['artifact/unknown-kind', { start: '00 01 02 fe ff 05 06 07' }],
    ]);
  });

  test('is what somebody says it is', async () => {
    const { artifacts } = await openText('words', {
      asOf: (name) => (name === 'input' ? 'kconfig' : undefined),
    });
    expect(artifacts.map(({ kind }) => kind)).toEqual(['kconfig']);
    // Lines of a tree are taken out of the words around them all the same.
    const mixed = await openText(`Words\n> ${LINE}\n`, { as: 'dts-fragment' });
    expect(mixed.artifacts.map(({ kind, steps }) => [kind, steps])).toEqual([
      ['dts-fragment', [{ how: 'quoted text', offset: 6 }]],
    ]);
  });
});
