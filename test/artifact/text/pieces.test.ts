/** Several inputs in one text: what each is, what is in it and where it stands. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPlace } from '../../../src/bytes/source.ts';
import { openText, readable } from '../open.ts';

const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';
const OTHER = 'ranges = <0x0 0xc0000000 0x0 0xc0000000 0x20000000>;';
const LOG = [
  '[    0.000000] Linux version 6.12.30 (x@y) (gcc) #1 SMP',
  '[    0.000000] efi: EFI v2.7 by Microsoft',
  '[    0.310000] hv_vmbus: Vmbus version:5.3',
];
const IOMEM = ['f8000000-fffbffff : PCI Bus 0000:00', '  f8000000-fbffffff : 0000:00:08.0'];
const LSPCI = [
  '00:00.0 Host bridge [0600]: Intel Corporation 440BX [8086:7192] (rev 03)',
  '00:08.0 VGA compatible controller [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353]',
  '\tMemory at f8000000 (32-bit, non-prefetchable) [size=64M]',
];
const CONFIG = ['CONFIG_HYPERV=y', '# CONFIG_SYSFB is not set'];
const UNAME = ['Linux vm 6.12.30 #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux'];
const MEMMAP = ['0x0 0x9fbff System RAM', '0x9fc00 0x9ffff Reserved'];
const DUMP = [
  'DSDT @ 0x0000000000000000',
  '  0000: 44 53 44 54 24 00 00 00 02 00 00 00 00 00 00 00  DSDT$...........',
];
const HEADERS = 'From: A <a@example.org>\nTo: b@example.org\nSubject: MMIO\nMessage-ID: <1@example.org>\n';

/** Kinds and texts, leading blanks kept and line ends as one. */
async function pieces(text: string | Uint8Array): Promise<[string, string][]> {
  const { artifacts } = await openText(text);
  return artifacts.map((artifact) => [artifact.kind, readable(artifact).replaceAll('\r', '').trimEnd()]);
}

describe('logs and listings in the words of a mail', () => {
  const PARTS: Readonly<Record<string, readonly string[]>> = {
    dmesg: LOG,
    iomem: IOMEM,
    lspci: LSPCI,
    kconfig: CONFIG,
    uname: UNAME,
    memmap: MEMMAP,
    acpidump: DUMP,
    'dts-fragment': [LINE],
  };

  test.each(Object.entries(PARTS))('%s', async (kind, lines) => {
    const mail = `${HEADERS}\nHello,\n\nI see this here:\n${lines.join('\n')}\n\nWhat does it mean?\n`;
    expect(await pieces(mail)).toEqual([[kind, lines.join('\n')]]);
  });

  test('each of them, in any order, quoted or not, with any line ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(Object.keys(PARTS), { minLength: 1 }),
        fc.constantFrom('', '> ', '> > ', '| '),
        fc.constantFrom('\n', '\r\n'),
        async (kinds, quote, lineEnd) => {
          const body = kinds.flatMap((kind) => [
            '',
            'Some words before it.',
            ...PARTS[kind]!.map((line) => quote + line),
            '',
            'And some behind.',
          ]);
          const mail = [...HEADERS.trimEnd().split('\n'), ...body, ''].join(lineEnd);
          const found = await pieces(mail);
          expect(found.map(([kind]) => kind)).toEqual(kinds);
          for (const [kind, text] of found)
            expect(text.split('\n').map((line) => line.slice(quote.length))).toEqual(PARTS[kind]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a place is that of the mail', async () => {
    const mail = `${HEADERS}\nHello,\n> ${IOMEM.join('\n> ')}\n`;
    const [iomem] = (await openText(mail)).artifacts;
    // Four header lines, a blank one, the greeting, the first line of the listing.
    const at = readable(iomem!).indexOf('  f8000000-fbffffff');
    expect(formatPlace({ source: iomem!.source, start: at, end: at })).toBe('input:8.3');
  });

  test('a mark of omission and a blank line are inside a log, words apart from it are not', async () => {
    const together = [LOG[0], '', '[...]', '', LOG[2]].join('\n');
    expect((await pieces(`${HEADERS}\n${together}\n`)).map(([kind]) => kind)).toEqual(['dmesg']);
    const apart = [LOG[0], LOG[1], '', 'and after that:', '', LOG[2]].join('\n');
    expect((await pieces(`${HEADERS}\n${apart}\n`)).map(([kind]) => kind)).toEqual(['dmesg', 'dmesg']);
  });

  test('the rest of a broken line stays with it', async () => {
    const broken =
      '[    0.000000] Linux version 5.16.0-rc3-00227-g5f58da2befa5-dirty\n(user@host) (gcc 11) #124 SMP';
    expect(await pieces(`${HEADERS}\nSee:\n\n${broken}\n`)).toEqual([['dmesg', broken]]);
  });

  test('a configuration with lines that a mailer broke stays one', async () => {
    const config = [
      '#',
      '# Automatically generated file; DO NOT EDIT.',
      '# Linux/x86 6.15.0-rc1 Kernel Configuration',
      '#',
      'CONFIG_X86_64=y',
      '# NOTE: USB_STORAGE depends on SCSI but BLK_DEV_SD may also be needed; see',
      'USB_STORAGE Help for more info',
      'CONFIG_HYPERV=y',
    ].slice(1);
    expect(await pieces(`${HEADERS}\nMine is\n\n${config.join('\n')}\n\nIs that right?\n`)).toEqual([
      ['kconfig', config.join('\n')],
    ]);
  });

  test('blanks that do not break are blanks', async () => {
    const nbsp = (lines: readonly string[]): string =>
      lines.join('\n').replaceAll('  ', ' \u00a0').replaceAll('\t', '\u00a0');
    const mail = `${HEADERS}\nSee:\n>>> ${nbsp(LOG).replaceAll('\n', '\n>>> ')}\n\nand\n\n${nbsp(IOMEM)}\n`;
    const found = await pieces(mail);
    expect(
      found.map(([kind, text]) => [kind, text.replace(/^ {4}/gm, kind === 'dmesg' ? '' : '    ')]),
    ).toEqual([
      ['dmesg', LOG.join('\n')],
      ['iomem', IOMEM.join('\n')],
    ]);
    const alone = await openText(`${nbsp(LOG)}\n`);
    expect(alone.artifacts.map((artifact) => [artifact.kind, readable(artifact)])).toEqual([
      ['dmesg', `${LOG.join('\n')}\n`],
    ]);
  });

  test('a warning that somebody quotes without its stamps', async () => {
    const lines =
      'Hardware name: Microsoft Corporation Virtual Machine/Virtual Machine,\n    BIOS Hyper-V UEFI Release v4.0 12/17/2019';
    expect(await pieces(`${HEADERS}\nWe see:\n\n${lines}\n`)).toEqual([['dmesg', lines]]);
  });

  test('a source and a table as text', async () => {
    const tree = '/dts-v1/;\n\n/ {\n\t#address-cells = <2>;\n\tbus {\n\t\tranges;\n\t};\n};';
    expect(await pieces(`${HEADERS}\nThe tree:\n\n${tree}\n\nBye.\n`)).toEqual([['dts', tree]]);
    const asl = 'Device (VMBS)\n{\n    Name (_HID, "VMBUS")\n}';
    expect(await pieces(`${HEADERS}\nThe device:\n\n${asl}\n\nBye (soon).\n`)).toEqual([['asl', asl]]);
  });

  test('words are none of it', async () => {
    const { artifacts, diagnostics } = await openText(
      `${HEADERS}\nSee [1] and [2.5], CONFIG_SYSFB=y is set; a-b : c. Device (x) is fine.\nIn /proc/iomem f8000000-fbffffff is listed.\n\n[1] https://example.org/\n`,
    );
    expect(artifacts).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['artifact/mail-nothing-known']);
  });
});

describe('files that somebody put together', () => {
  test('a log with listings behind it stays one log', async () => {
    const text = [...LOG, '', '# cat /proc/iomem', ...IOMEM, '', '[    9.0] later', ''].join('\n');
    const { artifacts } = await openText(text);
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dmesg', 'iomem']);
    expect(
      readable(artifacts[0]!)
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(text.split('\n').map((line) => (IOMEM.includes(line) ? '' : line)));
  });

  test('one log or listing alone is as it is', async () => {
    for (const lines of [LOG, IOMEM, LSPCI, CONFIG, UNAME, MEMMAP]) {
      const text = `${lines.join('\n')}\n`;
      const { artifacts } = await openText(text);
      expect(artifacts.map((artifact) => [readable(artifact), artifact.steps])).toEqual([[text, []]]);
    }
  });

  test('a quoted log alone is one without the marks', async () => {
    const { artifacts } = await openText(LOG.map((line) => `> ${line}\n`).join(''));
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dmesg']);
  });

  test('--as keeps it whole', async () => {
    const text = [...LOG, ...IOMEM, ''].join('\n');
    const { artifacts } = await openText(text, { as: 'dmesg' });
    expect(artifacts.map((artifact) => [artifact.kind, readable(artifact)])).toEqual([['dmesg', text]]);
  });
});

describe('mails whole', () => {
  const part = (type: string, content: string, more = ''): string =>
    `--b\nContent-Type: ${type}\n${more}\n${content}\n`;
  const mixed = (...parts: string[]): string =>
    `${HEADERS}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n${parts.join('')}--b--\n`;
  const attached = (name: string, bytes: Uint8Array, type = 'application/octet-stream'): string =>
    part(
      `${type}; name="${name}"`,
      Buffer.from(bytes).toString('base64'),
      `Content-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n`,
    );

  test('an HTML part that says more', async () => {
    const html = `<html><head><style>p { color: red }</style></head><body><p>And <b>this</b>:</p><pre>${OTHER.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</pre></body></html>`;
    const found = await pieces(mixed(part('text/plain', LINE), part('text/html', html)));
    expect(found.map(([, text]) => text.trim())).toEqual([LINE, OTHER]);
  });

  test('an HTML part that is the twin of the text says nothing new', async () => {
    const html = `<p>Hello,<br>${LINE.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '&nbsp;')}</p>`;
    const alternative = `${HEADERS}Content-Type: multipart/alternative; boundary="b"\n\n${part('text/plain', `Hello,\n${LINE}`)}${part('text/html', html)}--b--\n`;
    expect((await pieces(alternative)).map(([, text]) => text.trim())).toEqual([LINE]);
  });

  test('HTML alone: a listing keeps its levels', async () => {
    const html = `${HEADERS}Content-Type: text/html\n\n<div>See</div><pre>${IOMEM.join('\n')}</pre>`;
    const found = await pieces(html);
    expect(found).toContainEqual(['iomem', IOMEM.join('\n')]);
  });

  test('a forwarded message, attached and inline', async () => {
    const inner = `${HEADERS}\n> ${LINE}\n`;
    const forwarded = mixed(part('text/plain', 'See below.'), part('message/rfc822', inner));
    expect((await pieces(forwarded)).map(([, text]) => text.trim())).toEqual([LINE]);
    const inline = `${HEADERS}\n-------- Forwarded Message --------\nFrom: x@example.org\nSubject: y\n\n${LINE}\n`;
    expect((await pieces(inline)).map(([, text]) => text.trim())).toEqual([LINE]);
  });

  test('packed attachments', async () => {
    const log = Buffer.from(`${LOG.join('\n')}\n`);
    const { artifacts, diagnostics } = await openText(
      mixed(
        part('text/plain', 'Attached.'),
        attached('dmesg.gz', gzipSync(log)),
        attached('iomem', Buffer.from(`${IOMEM.join('\n')}\n`)),
      ),
    );
    expect(artifacts.map(({ kind, source }) => [kind, source.name])).toEqual([
      ['dmesg', 'input!dmesg.gz'],
      ['iomem', 'input!iomem'],
    ]);
    expect(diagnostics).toEqual([]);
  });

  test('what can not be read is said, what says nothing is not compared with it', async () => {
    const { diagnostics } = await openText(
      mixed(
        part('text/plain', LINE),
        attached('dump.bin', Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)),
        attached('photo.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'image/png'),
        attached('README', Buffer.from('Hello.\n')),
        part('application/pgp-signature; name="signature.asc"', '-----BEGIN PGP SIGNATURE-----'),
      ),
    );
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['artifact/part-not-read', 'warning'],
      ['artifact/part-not-used', 'note'],
      ['artifact/part-not-used', 'note'],
      ['artifact/part-not-used', 'note'],
    ]);
  });

  test('a mail without its end, and one whose bytes are no text', async () => {
    const whole = mixed(part('text/plain', LINE), attached('iomem', Buffer.from(`${IOMEM.join('\n')}\n`)));
    expect((await openText(whole)).diagnostics).toEqual([]);
    const cut = await openText(whole.slice(0, whole.indexOf('--b--')));
    expect(cut.diagnostics.map(({ code }) => code)).toEqual(['artifact/mail-cut']);
    const damaged = await openText(
      `${HEADERS}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n${LINE.replaceAll('=', '=3D')} =FF=FE\n`,
    );
    expect(damaged.diagnostics.map(({ code }) => code)).toEqual(['artifact/mail-damaged']);
  });

  test('a mailbox: messages apart, what replies quote counts once, also with CRLF', async () => {
    const box = (lineEnd: string): string =>
      [
        `From a@example.org Tue May 20 02:07:48 2025\n${HEADERS}\n${LINE}\n`,
        `From b@example.org Tue May 20 02:08:48 2025\n${HEADERS}\n> ${LINE}\n\nFrom where? And this:\n${OTHER}\n`,
        `From c@example.org Tue May 20 02:09:48 2025\n${HEADERS}\n> > ${LINE}\n>\n> ${OTHER}\n`,
      ]
        .join('\n')
        .replaceAll('\n', lineEnd);
    for (const lineEnd of ['\n', '\r\n'])
      expect((await pieces(box(lineEnd))).map(([, text]) => text.trim())).toEqual([LINE, OTHER]);
  });

  test('ten thousand messages take no more than seconds', async () => {
    const message = (index: number): string =>
      `From a@example.org Tue May 20 02:07:48 2025\n${HEADERS}\n> p${index} = <${index}>;\n\n`;
    const box = Array.from({ length: 10_000 }, (_, index) => message(index)).join('');
    const start = performance.now();
    expect(await pieces(box)).toHaveLength(10_000);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

describe('amounts', () => {
  test.each([
    [
      'property lines',
      (index: number) => `ranges = <0x0f 0xf0000000 0x0f 0x${index.toString(16)} 0x10000000>;`,
    ],
    ['closing braces', () => '}'],
    ['opening ones', (index: number) => `n${index} {`],
    ['values without an end', () => 'x = <1 2 3'],
    ['devices', () => 'Device (A)'],
    ['listings', (index: number) => (index % 2 === 0 ? IOMEM[0]! : CONFIG[0]!)],
    ['quote marks', () => '> > > > > > > >'],
    ['sources', () => '/dts-v1/;'],
  ])('a hundred thousand lines of %s', async (_name, line) => {
    const text = `${HEADERS}\nWords.\n${Array.from({ length: 100_000 }, (_, index) => line(index)).join('\n')}\n`;
    const start = performance.now();
    await openText(text);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
