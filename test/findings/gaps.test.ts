/** What is not read is a gap: one input for each way in which something is given up. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Gap, gapsOf } from '../../src/artifact/gap.ts';
import { openInput } from '../../src/artifact/open.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import type { Hidden } from '../../src/findings/row.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { describe as describeMachine } from '../../src/window/describe.ts';
import { dumpText, table } from '../acpi/tables/made-tables.ts';
import { blobOf } from '../devicetree/compiled.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-gaps-'));
afterAll(() => rmSync(folder, { recursive: true }));
const SAMPLES = new URL('../../samples/', import.meta.url);
const sample = (name: string): Buffer => readFileSync(new URL(name, SAMPLES));

type Files = Readonly<Record<string, string | Uint8Array>>;
let count = 0;

/** The gaps of a machine with these inputs: those whose names are given, or all files. */
async function gapsIn(files: Files, inputs: readonly string[] = Object.keys(files)): Promise<Gap[]> {
  count += 1;
  const root = join(folder, String(count));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const sink = new DiagnosticList();
  const artifacts = [];
  for (const name of inputs) artifacts.push(...(await openInput(name, { cwd: root }, sink)));
  await describeMachine(artifacts, {}, sink);
  return gapsOf(sink.all);
}

const hidden = (gaps: readonly Gap[], what: Hidden): string[] =>
  gaps.filter(({ hides }) => hides.has(what)).map(({ code }) => code);

const TREE = `/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <1>;
	bus { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <1>; ranges;
		vmbus { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <1>;
			ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>; };
	};
};
`;
const inTree = (line: string): string => TREE.replace('\tbus {', `\t${line}\n\tbus {`);
const asl = (signature: string, body: string): string =>
  `DefinitionBlock ("", "${signature}", 2, "FWMAP", "GAPS", 1)\n{\n${body}\n}\n`;

const MAIL = 'From: a@example.org\nTo: b@example.org\nSubject: x\nDate: Tue, 20 May 2025 02:07:48 +0000\n';
const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';
/** A mail that says LINE, with a part of another type behind. */
const inParts = (type: string, content: string, encoding = '7bit'): string =>
  `${MAIL}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\n${LINE}\n` +
  `--B\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${content}\n--B--\n`;

describe('what hides a window', () => {
  it.each<[string, Files, string]>([
    ['a token that is none', { 'a.dts': inTree('a = <0x>;') }, 'dt/lexical'],
    ['a missing semicolon', { 'a.dts': inTree('a = <1>') }, 'dt/syntax'],
    ['an undefined macro', { 'a.dts': inTree('a = <GIC_SPI>;') }, 'dt/lexical'],
    ['a missing #include', { 'a.dts': `#include "soc.dtsi"\n${TREE}` }, 'dt/include-refused'],
    ['a missing /include/', { 'a.dts': `${TREE}/include/ "soc.dtsi"\n` }, 'dt/include'],
    ['a missing /incbin/', { 'a.dts': inTree('a = /incbin/("a.bin");') }, 'dt/incbin'],
    ['an undefined label', { 'a.dts': inTree('a = <&nowhere>;') }, 'dt/reference'],
    ['a node that is changed and not there', { 'a.dts': `${TREE}&nowhere { };\n` }, 'dt/reference-missing'],
    ['a property twice', { 'a.dts': inTree('a; a;') }, 'dt/duplicate-property-names'],
    ['a node twice', { 'a.dts': inTree('n { }; n { };') }, 'dt/duplicate-node-names'],
    ['#error', { 'a.dts': `#error choose\n${TREE}` }, 'dt/error-directive'],
    [
      'an overlay beside its base',
      { 'a.dts': TREE, 'b.dts': '/dts-v1/; /plugin/;\n&{/bus/vmbus} { ranges; };\n' },
      'dt/overlay-not-applied',
    ],
    [
      'a second DSDT',
      { 'a.asl': asl('DSDT', 'Name (A, 1)'), 'b.asl': asl('DSDT', 'Name (A, 2)') },
      'acpi/second-dsdt',
    ],
    ['an Include that is missing', { 'a.asl': asl('SSDT', 'Include ("b.asl")') }, 'acpi/asl-include'],
    ['a statement of ASL that cannot be parsed', { 'a.asl': asl('SSDT', 'Name (A, )') }, 'acpi/asl-syntax'],
    [
      'a template in ASL beside code that cannot be parsed',
      {
        'a.asl':
          'Device (D) {\n  Name (_CRS, ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) })\n  Nonsense (\n}\n',
      },
      'acpi/asl-pieces',
    ],
    [
      'a descriptor that ACPI does not define',
      {
        'a.asl': asl(
          'SSDT',
          'Device (\\D) { Name (_HID, "D") Name (_CRS, Buffer () {0x94, 1, 0, 0, 0x79, 0}) }',
        ),
      },
      'acpi/descriptor-unknown',
    ],
    [
      'a template without an end',
      {
        'a.asl': asl(
          'SSDT',
          'Device (\\D) { Name (_HID, "D") Name (_CRS, Buffer () {0x47, 1, 1, 0, 1, 0, 1, 1}) }',
        ),
      },
      'acpi/no-end-tag',
    ],
    ['a table that is cut', { 'dsdt.aml': sample('gen2-dsdt.aml').subarray(0, -9) }, 'acpi/table-truncated'],
    [
      'a table in a folder that is damaged',
      {
        'tables/dsdt.aml': sample('gen2-dsdt.aml'),
        'tables/ssdt1.aml': Buffer.from([0, 1, 2, 3, 0xff, 0xfe]),
      },
      'artifact/member-unknown-kind',
    ],
    [
      'a mail of several parts that is cut',
      { 'a.eml': inParts('text/plain', LINE).replace(/--B--/, '') },
      'artifact/mail-cut',
    ],
    [
      'an attachment of an unknown kind',
      { 'a.eml': inParts('application/octet-stream; name=t.bin', 'AAECA/8=', 'base64') },
      'artifact/part-not-read',
    ],
    [
      'a property in a mail that has no end',
      { 'a.eml': `${MAIL}\n> ${LINE}\n> ranges = <0x00 0xc0000000 0x00\n\nBye\n` },
      'artifact/unfinished-property',
    ],
    [
      'a file of an unknown kind',
      { 'a.dts': TREE, 'b.bin': Buffer.from([0, 1, 2, 3, 0xff]) },
      'artifact/unknown-kind',
    ],
    ['an input that is not there', { 'a.dts': TREE, 'b.dts': '' }, 'artifact/empty'],
  ])('%s', async (_name, files, code) => {
    const inputs = [...new Set(Object.keys(files).map((name) => name.split('/')[0]!))];
    expect(hidden(await gapsIn(files, inputs), 'window')).toContain(code);
  });

  it('a device tree source that ends early, wherever that is', async () => {
    const lines = TREE.trimEnd();
    for (let end = 0; end < lines.length - 1; end += 7)
      expect(
        hidden(await gapsIn({ 'a.dts': lines.slice(0, end) }), 'window'),
        lines.slice(0, end),
      ).not.toEqual([]);
  });

  it('a device tree blob that ends early, wherever that is', async () => {
    const bytes = blobOf(TREE);
    for (let end = 5; end < bytes.length; end += 5)
      expect(hidden(await gapsIn({ 'a.dtb': bytes.subarray(0, end) }), 'window'), `${end} bytes`).not.toEqual(
        [],
      );
  });

  it('a table that ends early, wherever that is, raw or dumped', async () => {
    const bytes = sample('gen2-dsdt.aml');
    for (let end = 1; end < bytes.length; end += 37)
      expect(
        hidden(await gapsIn({ 'dsdt.aml': bytes.subarray(0, end) }), 'window'),
        `${end} bytes`,
      ).not.toEqual([]);
    const dump = dumpText('DSDT @ 0x0000000000000000', bytes).trimEnd();
    // Without a line of bytes it is no dump; behind the last byte the text column goes on.
    for (let end = 60; end < dump.length - 20; end += 211)
      expect(
        hidden(await gapsIn({ 'acpi.txt': dump.slice(0, end) }), 'window'),
        dump.slice(0, end),
      ).not.toEqual([]);
  });

  it('a dump that lost lines in the middle or its heading', async () => {
    const lines = dumpText('DSDT @ 0x0000000000000000', sample('gen2-dsdt.aml')).split('\n');
    const without = (from: number, count: number): Files => ({
      'acpi.txt': [...lines.slice(0, from), ...lines.slice(from + count)].join('\n'),
    });
    expect(hidden(await gapsIn(without(9, 3)), 'window')).toContain('acpi/dump-offset');
    const ssdt = dumpText('SSDT @ 0x0000000000000000', table('SSDT')).split('\n');
    expect(hidden(await gapsIn({ 'acpi.txt': [...lines.slice(1), ...ssdt].join('\n') }), 'window')).toContain(
      'acpi/dump-heading',
    );
  });

  it('a hex dump of a template that lost a line', async () => {
    const rows = ['0000: 47 01 f8 0c f8 0c 01 08', '0008: 47 01 00 0d 00 0d 01 08', '0010: 79 00'];
    expect(await gapsIn({ 'crs.hex': rows.join('\n') })).toEqual([]);
    expect(hidden(await gapsIn({ 'crs.hex': `${rows[0]}\n${rows[2]}\n` }), 'window')).toContain(
      'acpi/hex-dump',
    );
    // A part of a dump may begin anywhere.
    const part = ['01f8: 47 01 f8 0c f8 0c 01 08', '0200: 79 00'];
    expect(await gapsIn({ 'crs.hex': part.join('\n') })).toEqual([]);
  });

  it('a printed line that is cut', async () => {
    const lines = [
      'pci_bus 0000:00: root bus resource [io  0x0000-0x0cf7 window]',
      'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xf',
    ];
    expect(hidden(await gapsIn({ 'pci.txt': lines.join('\n') }), 'window')).toContain('acpi/printed-line');
  });

  it('a file of a folder that is too large or a link that leads nowhere', async () => {
    const tables = { 'tables/dsdt.aml': sample('gen2-dsdt.aml') };
    expect(await gapsIn(tables, ['tables'])).toEqual([]);
    const root = join(folder, String(count), 'tables');
    writeFileSync(join(root, 'large.bin'), '');
    truncateSync(join(root, 'large.bin'), DEFAULT_LIMITS['input-bytes'] + 1);
    symlinkSync('nowhere', join(root, 'ssdt.aml'));
    const sink = new DiagnosticList();
    await openInput(root, {}, sink);
    const codes = hidden(gapsOf(sink.all), 'window');
    expect(codes).toContain('artifact/member-unreadable');
    expect(codes).toContain('artifact/link-not-followed');
  });

  it('a file that is not there', async () => {
    expect(hidden(await gapsIn({}, ['nowhere.dts']), 'window')).toEqual(['artifact/unreadable']);
  });
});

describe('what hides nothing', () => {
  it.each<[string, Files]>([
    ['a whole tree', { 'a.dts': TREE }],
    ['a table', { 'dsdt.aml': sample('gen2-dsdt.aml') }],
    ['the same DSDT twice', { 'a.aml': sample('gen2-dsdt.aml'), 'b.aml': sample('gen2-dsdt.aml') }],
    ['a mail of several parts', { 'a.eml': inParts('text/plain', 'Bye') }],
    [
      'a mail with a signature',
      { 'a.eml': inParts('application/pgp-signature', '-----BEGIN PGP SIGNATURE-----') },
    ],
    ['a README', { 'a.dts': TREE, README: 'The tree of a machine.\n' }],
    [
      'a README and a signature beside tables',
      {
        'tables/dsdt.aml': sample('gen2-dsdt.aml'),
        'tables/README.md': '# Tables\n\nOf a machine.\n',
        'tables/SHA256SUMS.asc':
          '-----BEGIN PGP SIGNATURE-----\n\niQIzBAABCAAdFiEE\n-----END PGP SIGNATURE-----\n',
      },
    ],
    ['a name in UTF-8', { 'tables/dsdt-Gerät.aml': sample('gen2-dsdt.aml') }],
    [
      'a name in UTF-8 in a folder of other inputs',
      { 'machine/Gerät.dts': TREE, 'machine/uname.txt': 'Linux vm 6.12.30 #1 SMP x86_64 GNU/Linux\n' },
    ],
  ])('%s', async (_name, files) => {
    const inputs = [...new Set(Object.keys(files).map((name) => name.split('/')[0]!))];
    const gaps = await gapsIn(files, inputs);
    expect(gaps.map(({ code, reason }) => `${code}: ${reason}`)).toEqual([]);
  });

  it('the samples', async () => {
    for (const name of ['openhcl-vtl2.dts', 'openhcl-vtl2-arm64.dts', 'seed-line.dtsi', 'gen1-dsdt.asl'])
      expect(
        (await gapsIn({ [name]: sample(name) })).map(({ code }) => code),
        name,
      ).toEqual([]);
  });
});
