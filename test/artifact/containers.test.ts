import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { formatPlace } from '../../src/bytes/source.ts';
import { messageOf } from '../../src/findings/finding.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { openAt, openText, readable } from './open.ts';

const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';
const hasXz = spawnSync('xz', ['--version']).status === 0;
const root = mkdtempSync(join(tmpdir(), 'fwmap-open-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('wrappings', () => {
  test('gzip, also twice', async () => {
    const { artifacts } = await openText(gzipSync(gzipSync(`${LINE}\n`)));
    expect(artifacts.map(({ kind, steps }) => [kind, steps])).toEqual([
      ['dts-fragment', [{ how: 'gzip' }, { how: 'gzip' }]],
    ]);
  });

  test('the hash is that of what was named, not of what was in it', async () => {
    const packed = gzipSync(`${LINE}\n`);
    const { createHash } = await import('node:crypto');
    const { artifacts } = await openText(packed);
    expect(artifacts[0]?.sha256).toBe(createHash('sha256').update(packed).digest('hex'));
  });

  test('gzip cut short: said, and what is there is read', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => `p${index} = <${(index * 7919) % 65536}>;`).join(
      '\n',
    );
    const packed = gzipSync(many);
    const { artifacts, diagnostics } = await openText(packed.subarray(0, packed.length >> 1));
    expect(diagnostics.map(({ code }) => code)).toEqual(['container/damaged']);
    expect(readable(artifacts[0]!)).toContain('p0 = <0>;');
  });

  test('gzip of nothing good', async () => {
    const { artifacts, diagnostics } = await openText(Uint8Array.of(0x1f, 0x8b, 0x08, 0xff, 0xff, 0xff));
    expect(artifacts).toEqual([]);
    expect(diagnostics[0]?.code).toBe('container/damaged');
  });

  test('a bomb is not blown up', async () => {
    const bomb = gzipSync(Buffer.alloc(DEFAULT_LIMITS['unpacked-bytes'] + 1));
    const { artifacts, diagnostics } = await openText(bomb);
    expect(artifacts).toEqual([]);
    expect(messageOf(diagnostics[0]!)).toContain('256 MiB unpacked');
  });

  // Peak memory of a process of its own, as it is told in KiB; the room that the program itself takes is left out.
  const memoryFor = (file: string): number => {
    const code = `
      import { readFileSync } from 'node:fs';
      import { openText } from ${JSON.stringify(new URL('./open.ts', import.meta.url).href)};
      await openText(Buffer.from('x'));
      // Not maxRSS, which a process inherits from the one that starts it.
      const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
      const before = peak();
      await openText(readFileSync(${JSON.stringify(file)}));
      process.stdout.write(String(peak() - before));`;
    const options = ['--import', 'tsx', '--input-type=module', '--eval', code];
    return Number(execFileSync(process.execPath, options, { encoding: 'utf8' })) / 1024;
  };

  test.skipIf(process.platform !== 'linux').each([
    ['zeros, just within the limit', Buffer.alloc(250 << 20)],
    ['letters, just within the limit', Buffer.alloc(250 << 20, 'a')],
    ['line ends', Buffer.alloc(32 << 20, '\n')],
  ])('a nested bomb of %s takes less than half a gigabyte', (_, content) => {
    const folder = mkdtempSync(join(tmpdir(), 'fwmap-bomb-'));
    try {
      const file = join(folder, 'bomb.gz');
      writeFileSync(file, gzipSync(gzipSync(gzipSync(content))));
      expect(memoryFor(file)).toBeLessThan(448);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a large text that was packed is not read, and that is reported', async () => {
    const { artifacts, diagnostics } = await openText(gzipSync(Buffer.alloc((64 << 20) + 1, `${LINE}\n`)));
    expect(artifacts).toEqual([]);
    expect(diagnostics.map(messageOf)).toEqual([
      'More than 64 MiB of unpacked text (--limit unpacked-text-bytes=N); the rest is not read',
    ]);
  });

  test('more layers than anybody wraps are not taken off, and that is reported', async () => {
    let packed = Buffer.from(`${LINE}\n`);
    for (let layer = 0; layer <= DEFAULT_LIMITS['container-depth']; layer += 1) packed = gzipSync(packed);
    expect((await openText(packed)).diagnostics[0]?.code).toBe('container/limit');
  });

  test.skipIf(!hasXz)('xz (skipped without the xz program)', async () => {
    const pack = (content: string): Buffer => execFileSync('xz', ['-c'], { input: content });
    const { artifacts, diagnostics } = await openText(pack(`${LINE}\n`));
    expect(diagnostics).toEqual([]);
    expect(artifacts.map(({ kind, steps }) => [kind, steps])).toEqual([['dts-fragment', [{ how: 'xz' }]]]);
    expect(readable(artifacts[0]!)).toBe(`${LINE}\n`);
    const cut = await openText(pack('x'.repeat(5000)).subarray(0, 40));
    expect(cut.diagnostics.map(({ code }) => code)).toContain('container/damaged');
  });

  test('UTF-16, as PowerShell writes it', async () => {
    const { artifacts } = await openText(Buffer.from(`\ufeff${LINE}\r\n`, 'utf16le'));
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dts-fragment']);
  });
});

describe('mails', () => {
  const HEADERS = 'From: A <a@example.org>\nTo: b@example.org\nSubject: MMIO\nMessage-ID: <1@example.org>\n';

  test('a plain body keeps its lines', async () => {
    const mail = `${HEADERS}\nHello,\n> ${LINE}\nBye\n`;
    const { artifacts } = await openText(mail);
    expect(artifacts.map(({ kind, source }) => [kind, source.name])).toEqual([['dts-fragment', 'input']]);
    expect(readable(artifacts[0]!)).toBe(`  ${LINE}\n`);
    const { source } = artifacts[0]!;
    // Four header lines, a blank one, the greeting.
    expect(formatPlace({ source, start: 2, end: 3 })).toBe('input:7.3');
    expect(artifacts[0]!.steps.at(-1)).toEqual({ how: 'quoted text', offset: mail.indexOf('> ranges') });
    expect(artifacts[0]!.steps.map((step) => step.how)).toEqual(['mail part', 'quoted text']);
  });

  test('quoted-printable and base64', async () => {
    const printable = `${HEADERS}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n> ranges =3D <0x0f 0xf0000000 0x0f 0xf0000000=\n 0x10000000>;\n`;
    const { artifacts } = await openText(printable);
    expect(artifacts.map(({ kind, source }) => [kind, source.name])).toEqual([
      ['dts-fragment', 'input!text/plain'],
    ]);
    expect(readable(artifacts[0]!).trim()).toBe(LINE);
    const encoded = `${HEADERS}MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n${Buffer.from(`${LINE}\n`).toString('base64')}\n`;
    expect(readable((await openText(encoded)).artifacts[0]!).trim()).toBe(LINE);
  });

  test('attachments, each of its own kind', async () => {
    const blob = Buffer.from('d00dfeed00000048', 'hex').toString('base64');
    const mail = `${HEADERS}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nSee the tree.\n--x\nContent-Type: application/octet-stream; name="vtl2.dtb"\nContent-Disposition: attachment; filename="vtl2.dtb"\nContent-Transfer-Encoding: base64\n\n${blob}\n--x--\n`;
    const { artifacts, diagnostics } = await openText(mail);
    expect(artifacts.map(({ kind, source }) => [kind, source.name])).toEqual([['dtb', 'input!vtl2.dtb']]);
    expect(diagnostics).toEqual([]);
  });

  test('a mailbox of several', async () => {
    const box = `From a@example.org Tue May 20 02:07:48 2025\n${HEADERS}\n> ${LINE}\n\nFrom b@example.org Tue May 20 02:08:48 2025\n${HEADERS}\nNo.\n`;
    const { artifacts } = await openText(box);
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dts-fragment']);
  });

  test('a mail of nothing we know says so', async () => {
    const { artifacts, diagnostics } = await openText(`${HEADERS}\nHello.\n`);
    expect(artifacts).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['artifact/mail-nothing-known']);
  });
});

describe('folders', () => {
  const table = (signature: string): Buffer => {
    const made = Buffer.alloc(36);
    made.write(signature, 'latin1');
    made.writeUInt32LE(36, 4);
    return made;
  };

  mkdirSync(join(root, 'tree', 'bus', 'vmbus'), { recursive: true });
  writeFileSync(join(root, 'tree', '#address-cells'), Buffer.of(0, 0, 0, 2));
  writeFileSync(join(root, 'tree', 'bus', 'vmbus', 'ranges'), '');
  writeFileSync(join(root, 'secret'), 'secret');
  symlinkSync(join(root, 'secret'), join(root, 'tree', 'bus', 'outside'));
  symlinkSync(join(root, 'tree'), join(root, 'tree', 'bus', 'again'));
  symlinkSync(join(root, 'tree', '#address-cells'), join(root, 'tree', 'bus', 'inside'));
  symlinkSync(join(root, 'tree'), join(root, 'link-to-tree'));
  mkdirSync(join(root, 'tables', 'dynamic'), { recursive: true });
  writeFileSync(join(root, 'tables', 'DSDT'), table('DSDT'));
  writeFileSync(join(root, 'tables', 'APIC'), table('APIC'));
  writeFileSync(join(root, 'tables', 'README'), 'About these.\n');
  writeFileSync(join(root, 'tables', 'dynamic', 'SSDT1'), table('SSDT'));
  mkdirSync(join(root, 'mixed', 'tables'), { recursive: true });
  writeFileSync(join(root, 'mixed', 'line.dtsi'), `${LINE}\n`);
  writeFileSync(join(root, 'mixed', 'config'), 'CONFIG_64BIT=y\nCONFIG_SYSFB=y\n');
  writeFileSync(join(root, 'mixed', 'tables', 'DSDT'), table('DSDT'));
  mkdirSync(join(root, 'empty'));

  test('a copy of /proc/device-tree, links out of it left alone', async () => {
    const { artifacts, diagnostics } = await openAt(join(root, 'tree'));
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dt-dir']);
    expect(artifacts[0]!.entries?.map(({ path, type }) => [path, type])).toEqual([
      ['#address-cells', 'file'],
      ['bus', 'directory'],
      ['bus/inside', 'file'],
      ['bus/vmbus', 'directory'],
      ['bus/vmbus/ranges', 'file'],
    ]);
    expect(diagnostics.map(({ code, path }) => [code, path]).sort()).toEqual([
      ['artifact/link-not-followed', 'bus/again'],
      ['artifact/link-not-followed', 'bus/outside'],
    ]);
    expect(artifacts[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('behind a link, as /proc/device-tree is', async () => {
    const { artifacts } = await openAt(join(root, 'link-to-tree'));
    expect(artifacts.map(({ kind, entries }) => [kind, entries?.length])).toEqual([['dt-dir', 5]]);
  });

  test('a folder of tables, with those loaded at run time, without what is none', async () => {
    const { artifacts } = await openAt(join(root, 'tables'));
    expect(artifacts.map(({ kind }) => kind)).toEqual(['acpi-dir']);
    expect(artifacts[0]!.entries?.map(({ path }) => path)).toEqual(['APIC', 'DSDT', 'dynamic/SSDT1']);
  });

  test('any other folder is its files', async () => {
    const { artifacts } = await openAt('mixed', { cwd: root });
    expect(artifacts.map(({ kind, path }) => [kind, path])).toEqual([
      ['kconfig', 'mixed/config'],
      ['dts-fragment', 'mixed/line.dtsi'],
      ['acpi-dir', 'mixed/tables'],
    ]);
  });

  test('an empty one is none', async () => {
    const { artifacts, diagnostics } = await openAt(join(root, 'empty'));
    expect(artifacts).toEqual([]);
    expect(diagnostics.map(messageOf)).toEqual(['the folder is empty']);
  });
});

describe('what can not be opened', () => {
  test('is one diagnostic', async () => {
    const { artifacts, diagnostics } = await openAt('nowhere', { cwd: root });
    expect(artifacts).toEqual([]);
    expect(diagnostics).toEqual([
      {
        severity: 'error',
        code: 'artifact/unreadable',
        args: { what: 'nowhere', why: 'No such file or directory' },
        path: 'nowhere',
      },
    ]);
  });

  test('too much on standard input', async () => {
    const { diagnostics } = await openAt('-', { readStdin: async () => undefined });
    expect(diagnostics[0]?.code).toBe('artifact/unreadable');
  });
});
