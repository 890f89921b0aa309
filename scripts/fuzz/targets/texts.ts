/** Mails, mailboxes and patches: what is taken out of a text before anything reads it. And any input at all. */
import { readFileSync } from 'node:fs';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { openBytes } from '../../../src/artifact/open-bytes.ts';
import { resolvePatches } from '../../../src/artifact/patch/resolve.ts';
import { readUnifiedDiff } from '../../../src/artifact/patch/unified-diff.ts';
import { htmlToText } from '../../../src/artifact/text/html.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { textOf, textSource } from '../../../src/bytes/source.ts';
import { openImage } from '../../../src/scan/open-image.ts';
import { Draw, latin1 } from '../draw.ts';
import { anyChange, textChange } from '../mutations.ts';
import { inCheckout } from '../root.ts';
import { type Known, type Reader, readerTarget, type Target } from '../target.ts';

const TEXTS = [
  'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n',
  '/dts-v1/;\n/ {\n\tmodel = "x";\n};\n',
  'CONFIG_HYPERV=y\n# CONFIG_SYSFB is not set\n',
  'f8000000-fffbffff : PCI Bus 0000:00\n  f8000000-fbffffff : 0000:00:08.0\n',
  '[    0.000000] Linux version 6.12.30 (x@y) (gcc) #1 SMP\n[    0.310000] hv_vmbus: Vmbus version:5.3\n',
];
const KINDS = ['dts-fragment', 'dts', 'kconfig', 'iomem', 'dmesg'];

/** RFC 2045, 6.7: quoted-printable, without soft line breaks but where lines would be too long. */
function quotedPrintable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const plain = line
        .replace(
          /[^ -<>-~\t]/g,
          (character) => `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .replace(/=(?![0-9A-F]{2})/g, '=3D');
      return plain.replace(/.{70}(?=.)/g, '$&=\n');
    })
    .join('\n');
}

const ENCODED: Readonly<Record<string, (text: string) => string>> = {
  '7bit': (text) => text,
  base64: (text) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n'),
  'quoted-printable': quotedPrintable,
};

/** One message with texts as attachments, each of another kind. */
function message(draw: Draw): { text: string; said: unknown[] } {
  const chosen = draw.some(1, 3, () => draw.below(TEXTS.length));
  const parts = [...new Set(chosen)].map((which) => ({ which, encoding: draw.pick(Object.keys(ENCODED)) }));
  const boundary = `b${draw.word(4, 9)}`;
  const body = parts.map(
    ({ which, encoding }) =>
      `--${boundary}\nContent-Type: text/plain; name="${draw.word(1, 5)}.txt"\nContent-Disposition: attachment; filename="${draw.word(1, 5)}.txt"\nContent-Transfer-Encoding: ${encoding}\n\n${ENCODED[encoding]!(TEXTS[which]!)}\n`,
  );
  const text = `From: a@example.org\nSubject: x\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${boundary}"\n\n${body.join('')}--${boundary}--\n`;
  return { text, said: parts.map(({ which }) => [KINDS[which], TEXTS[which]!.trim()]) };
}

/** Kinds and texts of what is in a mail; of a tree in a text what stands around it is blanked. */
async function openedMail(bytes: Uint8Array): Promise<unknown> {
  const artifacts = await openBytes('fuzz', bytes, { as: 'mail' }, new DiagnosticList());
  return artifacts.map(({ kind, source }) => [kind, textOf(source).trim()]);
}

const MAIL_TOKENS = [
  'Content-Transfer-Encoding: base64\n',
  'Content-Type: text/html\n',
  'Content-Type: message/rfc822\n',
  'Content-Type: multipart/mixed; boundary="b"\n',
  '--b\n',
  '--b--\n',
  '=3D=',
  '=?utf-8?B?AAAA?=',
  'charset=utf-16',
  '> > ',
  '<pre>',
  '&amp;#x3e;',
  '<table><tr><td>',
  'From a Mon Jan  1 00:00:00 2024\n',
];

/** A text, another one, and a unified diff of them: one hunk of everything (POSIX, diff -u). */
function edits(draw: Draw): { before: string[]; after: string[]; diff: string } {
  const before = draw.some(1, 12, (at) => `\tline${at} = <${draw.below(100)}>;`);
  const rows = before.map((line) => ({
    line,
    out: draw.chance(0.25),
    added: draw.chance(0.25) ? [`\tnew-${draw.word(1, 5)};`] : [],
  }));
  if (!rows.some(({ out, added }) => out || added.length > 0)) rows[0]!.added.push('\tnew;');
  const after = rows.flatMap(({ line, out, added }) => [...(out ? [] : [line]), ...added]);
  const body = rows.flatMap(({ line, out, added }) => [
    `${out ? '-' : ' '}${line}`,
    ...added.map((text) => `+${text}`),
  ]);
  const diff = `--- a/x.dtsi\n+++ b/x.dtsi\n@@ -1,${before.length} +${after.length === 0 ? 0 : 1},${after.length} @@\n${body.join('\n')}\n`;
  return { before, after, diff };
}

function knownPatch(draw: Draw): Known {
  const { before, after, diff } = edits(draw);
  return { bytes: latin1(diff), value: [{ before: before.join('\n'), after: after.join('\n') }] };
}

function artifactOf(kind: Artifact['kind'], path: string, text: string): Artifact {
  return { kind, source: textSource(path, text), path, sha256: '', steps: [] };
}

const READERS: readonly Reader[] = [
  {
    name: 'mail',
    group: 'texts',
    known: (random) => {
      const { text, said } = message(new Draw(random));
      return { bytes: latin1(text), value: said };
    },
    read: openedMail,
    change: textChange(MAIL_TOKENS),
    more: async (bytes, _random, watch) => {
      await watch.step('html', () => htmlToText(Buffer.from(bytes).toString('latin1')));
    },
  },
  {
    name: 'mailbox',
    group: 'texts',
    known: (random) => {
      const draw = new Draw(random);
      const first = message(draw);
      // Another message with other content: identical content is read once.
      const rest = `From: b@example.org\nSubject: y\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\nLinux vm ${draw.pick(['6.12.31', '5.4.1'])} #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n`;
      const uname = rest.trimEnd().split('\n').at(-1)!;
      const separator = 'From x Mon Jan  1 00:00:00 2024\n';
      return {
        bytes: latin1(`${separator}${first.text}\n${separator}${rest}`),
        value: [...first.said, ['uname', uname]],
      };
    },
    read: openedMail,
    change: textChange(MAIL_TOKENS),
  },
  {
    name: 'patch',
    group: 'texts',
    known: (random) => knownPatch(new Draw(random)),
    read: (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      return readUnifiedDiff(text).flatMap(({ hunks }) =>
        hunks.map(({ lines }) => {
          const side = (left: string): string =>
            lines
              .filter(({ mark }) => mark !== left)
              .map((line) => line.text)
              .join('\n');
          return { before: side('+'), after: side('-') };
        }),
      );
    },
    change: textChange([
      '@@ -1,3 +1,3 @@\n',
      '--- a/x.dts\n',
      '+++ /dev/null\n',
      'diff --git a/x b/y\n',
      '-',
      '+',
      '\\ No newline at end of file\n',
      'GIT binary patch\n',
      '> ',
    ]),
  },
  {
    name: 'patched-file',
    group: 'texts',
    known: (random) => {
      const { before, after, diff } = edits(new Draw(random));
      const text = `${before.join('\n')}\n`;
      return {
        bytes: latin1(`${text}\0${diff}`),
        value: after.length === 0 ? '' : `${after.join('\n')}\n`,
      };
    },
    // The file and the patch, with a NUL between them.
    read: (bytes) => {
      const [file = '', diff = ''] = Buffer.from(bytes).toString('latin1').split('\0');
      const inputs = [artifactOf('dts', 'x.dtsi', file), artifactOf('patch', 'x.patch', diff)];
      const [made] = resolvePatches(inputs, {}, new DiagnosticList());
      return made?.before === undefined ? undefined : textOf(made.source);
    },
    change: textChange(['@@ -1,3 +1,3 @@\n', '\0', '-', '+', '--- a/x.dtsi\n+++ b/x.dtsi\n']),
  },
  {
    name: 'any-input',
    group: 'texts',
    milliseconds: 1500,
    known: (random) => {
      const draw = new Draw(random);
      const which = draw.below(TEXTS.length);
      return { bytes: latin1(TEXTS[which]!), value: [KINDS[which]] };
    },
    read: async (bytes) => {
      const artifacts = await openBytes('fuzz', bytes, { openImage }, new DiagnosticList());
      return artifacts.map(({ kind }) => kind);
    },
    change: (bytes, random) => (random() < 0.5 ? textChange(MAIL_TOKENS) : anyChange())(bytes, random),
    starts: () =>
      ['gen1-dsdt.asl', 'gen2-dsdt.asl', 'openhcl-vtl2.dts'].flatMap((name) => {
        try {
          return [readFileSync(inCheckout('samples', name))];
        } catch {
          return [];
        }
      }),
  },
];

export const textTargets: readonly Target[] = READERS.map(readerTarget);
