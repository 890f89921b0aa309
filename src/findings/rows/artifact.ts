/** Opening inputs: files, folders, archives, mails. */
import { limitHint, limitText } from '../../limits/limits.ts';
import { ANYTHING, NOTHING, row } from '../row.ts';

export const ARTIFACT_ROWS = {
  'artifact/unreadable': row({
    severity: 'error',
    summary: 'an input cannot be read',
    why: 'Its content is missing from every answer.',
    example: { files: {}, run: 'windows nowhere.dts' },
    source: "the operating system's message",
    hides: ANYTHING,
    text: ({ what, why }: { what: string; why: string }) => `cannot read ${what}: ${why}`,
  }),
  'artifact/member-unreadable': row({
    severity: 'warning',
    summary: 'a file in a folder cannot be read',
    why: 'The folder is read without it: a table or property may be missing. Copies of /sys need root.',
    example: undefined,
    source: "the operating system's message",
    hides: ANYTHING,
    text: ({ what, why }: { what: string; why: string }) => `cannot read ${what}: ${why}`,
  }),
  'artifact/link-not-followed': row({
    severity: 'warning',
    summary: 'a symbolic link in a folder is not followed',
    why: 'It points out of the folder, to another folder, or to nothing. Its target is not part of the input.',
    example: { files: { 'tree/compatible': 'x\0', 'tree/link': { link: '/' } }, run: 'windows tree' },
    source: 'a capture is self-contained; links to folders may be circular',
    hides: ANYTHING,
    text: ({ why }: { why: string }) => `Link not followed: ${why}`,
  }),
  'artifact/folder-too-large': row({
    severity: 'error',
    summary: 'a folder has more entries than are read',
    why: 'Everything past the limit is missing from every answer. Name the inputs themselves instead of the folder.',
    example: undefined,
    source: 'the limits folder-entries, folder-inputs and input-bytes',
    hides: ANYTHING,
    text: ({ limit }: { limit: string }) => `More than ${limit}; the rest is not read`,
  }),
  'artifact/folder-too-deep': row({
    severity: 'error',
    summary: 'folders are nested deeper than is read',
    why: 'Everything below is missing from every answer.',
    example: { files: { [`tree/${'n/'.repeat(129)}x`]: '', 'tree/compatible': 'x\0' }, run: 'windows tree' },
    source: 'the limit folder-depth',
    hides: ANYTHING,
    text: ({ levels }: { levels: number }) =>
      `More than ${levels} levels ${limitHint('folder-depth')}; everything below is not read`,
  }),
  'artifact/capture-not-read': row({
    severity: 'warning',
    summary: 'the script of fwmap capture could not read a file',
    why: 'It is missing from the capture, and from every answer. Only root may read ACPI tables.',
    example: {
      files: { 'capture/capture.txt': 'fwmap capture 1\nnot read: /sys/firmware/acpi/tables/DSDT\n' },
      run: 'windows capture',
    },
    source: 'capture.txt of the capture',
    hides: ANYTHING,
    text: ({ what }: { what: string }) => `The capture lacks ${what}, which could not be read`,
    hint: () => 'run the script as root',
  }),
  'artifact/empty': row({
    severity: 'error',
    summary: 'an input is empty',
    why: 'The redirected output of a command that failed is such a file.',
    example: { files: { 'dmesg.txt': '' }, run: 'windows dmesg.txt' },
    source: 'no byte was read',
    hides: ANYTHING,
    text: () => 'not used: it is empty',
  }),
  'artifact/unknown-kind': row({
    severity: 'error',
    summary: 'the content does not show what kind of input it is',
    why: 'It is not read, and may be anything. Name its kind with --as KIND, or --as FILE=KIND for one of several inputs.',
    example: { files: { 'dump.bin': { hex: '00ff00ff00ff00ff' } }, run: 'windows dump.bin' },
    source: 'SNIFF_ROWS in src/artifact/sniff.ts',
    hides: ANYTHING,
    text: ({ start }: { start: string }) => `not used: unknown kind, begins with ${start}`,
  }),
  'artifact/unknown-text': row({
    severity: 'error',
    summary: 'a text contains nothing of a known kind',
    why: 'It is prose, or a format that fwmap does not read. It describes no machine, so nothing is missing without it; --as KIND reads it anyway. In a folder with other inputs this is a note.',
    example: { files: { README: 'hello\n' }, run: 'windows README' },
    source: 'SNIFF_ROWS in src/artifact/sniff.ts',
    hides: NOTHING,
    text: () => 'not used: a text that contains nothing of a known kind',
  }),
  'artifact/irrelevant': row({
    severity: 'error',
    summary: 'an input is a picture, a document, a signature or the like',
    why: 'Nothing in such a file describes a machine, so nothing is missing without it.',
    example: {
      files: { 'screen.png': { hex: '89504e470d0a1a0a0000000d49484452' } },
      run: 'windows screen.png',
    },
    source: 'MAGICS in src/artifact/irrelevant.ts',
    hides: NOTHING,
    text: ({ what }: { what: string }) => `not used: ${what}`,
  }),
  'artifact/member-unknown-kind': row({
    severity: 'warning',
    summary: 'a file among ACPI tables is of an unknown kind',
    why: 'It may be a table whose header is damaged, and declare devices with windows.',
    example: {
      files: {
        'tables/ssdt1.aml': {
          hex: '53534454240000000280464d41502020204558414d504c45200100000046574d5001000000',
        },
        'tables/ssdt2.aml': { hex: '00010203ff' },
      },
      run: 'windows tables',
    },
    source: 'SNIFF_ROWS in src/artifact/sniff.ts',
    hides: ANYTHING,
    text: () => 'not used: unknown kind',
  }),
  'artifact/unfinished-property': row({
    severity: 'warning',
    summary: 'a quoted property of addresses has no end, or a macro as its value',
    why: 'It begins like ranges = <…> without a closing semicolon, or its value is a macro that the text does not define. It is not read; it may contain a window.',
    example: {
      files: {
        'mail.txt':
          'Hello,\n> ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n> ranges = <0x00 0xc0000000 0x00\n\nBye\n',
      },
      run: 'windows mail.txt',
    },
    source: 'Devicetree Specification, section 6.3: a property definition ends with a semicolon',
    hides: ['window', 'framebuffer'],
    text: ({ line, problem }: { line: number; problem: 'no end' | 'too long' | 'macro' }) => {
      const why =
        problem === 'macro'
          ? 'is a macro'
          : `has no end${problem === 'too long' ? ` within ${limitText('statement-lines')}` : ''}`;
      return `the property that begins on line ${line} ${why}; it is not read`;
    },
    hint: ({ problem }) => (problem === 'macro' ? 'give the source with its includes' : 'quote all of it'),
  }),
  'artifact/empty-folder': row({
    severity: 'error',
    summary: 'a folder is empty',
    why: 'The copy may have failed.',
    example: { files: { 'tables/': '' }, run: 'windows tables' },
    source: 'no entry was listed',
    hides: ANYTHING,
    text: () => 'the folder is empty',
  }),
  'artifact/mail': row({
    severity: 'error',
    summary: 'a mail cannot be parsed',
    why: 'None of its parts is read.',
    example: undefined,
    source: 'RFC 2045, as postal-mime reads it',
    hides: ANYTHING,
    text: ({ why }: { why: string }) => `The mail can't be parsed: ${why}`,
  }),
  'artifact/mail-cut': row({
    severity: 'warning',
    summary: 'a mail with several parts has no end',
    why: 'Everything after the cut is missing: the rest of a part, and the parts after it.',
    example: {
      files: {
        'mail.eml':
          'From: a@example.org\nTo: b@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n',
      },
      run: 'windows mail.eml',
    },
    source: 'RFC 2046, section 5.1.1: the last part is followed by a boundary that ends in --',
    hides: ANYTHING,
    text: () => 'the mail is cut off: its last boundary is missing',
  }),
  'artifact/mail-damaged': row({
    severity: 'warning',
    summary: 'a part of a mail has bytes that are not text',
    why: 'The part was damaged in transit, or its encoding is not the one that it declares. The original text is unknown.',
    example: {
      files: {
        'mail.eml':
          'From: a@example.org\nTo: b@example.org\nSubject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nranges =3D <0x0f 0xf0000000 0x0f 0xf0000000 0x10=FF=FE0000>;\n',
      },
      run: 'windows mail.eml',
    },
    source: 'RFC 2045; UTF-8',
    hides: ANYTHING,
    text: ({ part }: { part: string }) => `part ${part} has bytes that are invalid in its encoding`,
  }),
  'artifact/mail-parts': row({
    severity: 'error',
    summary: 'a mailbox has more attachments than are opened',
    why: 'Attachments past the limit, and the messages after them, are not read.',
    example: undefined,
    source: 'the limit mail-attachments',
    hides: ANYTHING,
    text: ({ most }: { most: number }) =>
      `more than ${most} attachments ${limitHint('mail-attachments')}; the rest is not read`,
  }),
  'artifact/part-not-read': row({
    severity: 'warning',
    summary: 'an attachment is of an unknown kind',
    why: 'It is not read, and may describe the machine. Save it, and give it with --as KIND.',
    example: {
      files: {
        'mail.eml':
          'From: a@example.org\nTo: b@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream; name=dump.bin\nContent-Transfer-Encoding: base64\n\nAAECAwQFBgcICQ==\n--b--\n',
      },
      run: 'windows mail.eml',
    },
    source: 'SNIFF_ROWS in src/artifact/sniff.ts',
    hides: ANYTHING,
    text: ({ part, type }: { part: string; type: string }) =>
      `attachment ${part}${part === type ? '' : ` (${type})`}: unknown kind, not read`,
    hint: () => 'save it and give it with --as KIND',
  }),
  'artifact/part-not-used': row({
    severity: 'note',
    summary: 'an attachment describes no machine',
    why: 'It is a picture, a signature, or a text that contains nothing of a known kind. Nothing is missing without it.',
    example: {
      files: {
        'mail.eml':
          'From: a@example.org\nTo: b@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n--b\nContent-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----\n--b--\n',
      },
      run: 'windows mail.eml',
    },
    source: 'SNIFF_ROWS in src/artifact/sniff.ts',
    hides: NOTHING,
    text: ({ part }: { part: string }) => `attachment ${part}: it describes no machine`,
  }),
  'artifact/mail-nothing-known': row({
    severity: 'error',
    summary: 'no part of a mail is of a known kind',
    why: 'Nothing in it is read. Save the attachment or the quoted text in a file of its own, and give that with --as KIND.',
    example: {
      files: { 'mail.eml': 'From: a@example.org\nTo: b@example.org\nSubject: hello\nDate: x\n\nhello\n' },
      run: 'windows mail.eml',
    },
    source: 'SNIFF_ROWS in src/artifact/sniff.ts',
    hides: NOTHING,
    text: () => 'not used: the mail contains nothing of a known kind',
  }),
};
