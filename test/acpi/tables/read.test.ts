import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadOrder, nameTables, readAcpiTables } from '../../../src/acpi/tables/read.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { artifact, dumpText, littleEndian, table } from './made-tables.ts';

function read(input: Artifact): { tables: AcpiTable[]; codes: string[] } {
  const sink = new DiagnosticList();
  const tables = readAcpiTables(input, sink);
  return { tables, codes: sink.all.map(({ code }) => code) };
}

const names = (tables: readonly AcpiTable[]): string[] => tables.map(({ name }) => name);

describe('raw tables', () => {
  it('gives every header field', () => {
    const bytes = table('SSDT', [0x10, 0x05], { revision: 2, oemTableId: 'Cpu0Ist' });
    const { tables, codes } = read(artifact('acpi-table', bytes));
    expect(codes).toEqual([]);
    expect(tables).toEqual([
      {
        name: 'SSDT',
        signature: 'SSDT',
        length: 38,
        revision: 2,
        checksumOk: true,
        oemId: 'FWMAP',
        oemTableId: 'Cpu0Ist',
        oemRevision: 0x20260101,
        creatorId: 'FWMP',
        creatorRevision: 1,
        bytes,
        source: expect.anything(),
        offset: 0,
      },
    ]);
  });

  it('reads several one after the other, with the places of each', () => {
    const parts = [table('DSDT', [1, 2, 3]), table('SSDT', [4]), table('SSDT', [5])];
    const { tables, codes } = read(artifact('acpi-table', Buffer.concat(parts)));
    expect(codes).toEqual([]);
    expect(names(tables)).toEqual(['DSDT', 'SSDT1', 'SSDT2']);
    expect(tables.map(({ offset }) => offset)).toEqual([0, 39, 76]);
  });

  it('says that a checksum is off and reads the table all the same', () => {
    const bytes = table('DSDT', [1]);
    bytes[36] = 2;
    const { tables, codes } = read(artifact('acpi-table', bytes));
    expect(codes).toEqual(['acpi/checksum']);
    expect(tables[0]).toMatchObject({ name: 'DSDT', checksumOk: false });
  });

  it('takes what is there of a table that is cut short', () => {
    const { tables, codes } = read(artifact('acpi-table', table('DSDT', [1, 2, 3, 4]).subarray(0, 38)));
    expect(codes).toEqual(['acpi/table-truncated']);
    expect(tables[0]).toMatchObject({ length: 40, checksumOk: undefined });
    expect(tables[0]!.bytes).toHaveLength(38);
  });

  it('takes everything when the length is shorter than a header', () => {
    const bytes = table('DSDT', [1, 2, 3]);
    bytes.set(littleEndian(8, 4), 4);
    const { tables, codes } = read(artifact('acpi-table', bytes));
    expect(codes).toEqual(['acpi/table-length']);
    expect(tables[0]!.bytes).toHaveLength(39);
  });

  it('tells of bytes that are no further table, but not of padding', () => {
    const padded = Buffer.concat([table('DSDT'), Buffer.alloc(10)]);
    expect(read(artifact('acpi-table', padded)).codes).toEqual([]);
    const followed = Buffer.concat([table('DSDT'), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9])]);
    expect(read(artifact('acpi-table', followed)).codes).toEqual(['acpi/table-extra']);
  });

  it('knows the root pointer and FACS, which have no common header', () => {
    const rsdp = Buffer.alloc(36);
    rsdp.write('RSD PTR ', 0, 'latin1');
    rsdp.write('FWMAP ', 9, 'latin1');
    rsdp[15] = 2;
    rsdp.writeUInt32LE(36, 20);
    rsdp[8] = -rsdp.subarray(0, 20).reduce((sum, byte) => sum + byte, 0) & 0xff;
    rsdp[32] = -rsdp.reduce((sum, byte) => sum + byte, 0) & 0xff;
    const facs = Buffer.alloc(64);
    facs.write('FACS', 0, 'latin1');
    facs.writeUInt32LE(64, 4);
    const { tables, codes } = read(artifact('acpi-table', Buffer.concat([rsdp, facs])));
    expect(codes).toEqual([]);
    expect(tables.map(({ name, checksumOk }) => [name, checksumOk])).toEqual([
      ['RSDP', true],
      ['FACS', undefined],
    ]);
  });
});

describe('text dumps', () => {
  const dsdt = table(
    'DSDT',
    Array.from({ length: 100 }, (_, index) => (index * 7) & 0xff),
  );
  const ssdt = table('SSDT', [1, 2, 3]);

  it.each([
    ['new acpidump', dumpText('DSDT @ 0x00000000BF7E3000', dsdt), 0xbf7e3000n],
    [
      'old acpidump',
      dumpText('DSDT @ 0xbf7e3000', dsdt, 6).toLowerCase().replace('dsdt @', 'DSDT @'),
      0xbf7e3000n,
    ],
    ['no address', dumpText('DSDT @ (nil)', dsdt), undefined],
    ['CR LF', dumpText('DSDT @ 0xBF7E3000', dsdt).replaceAll('\n', '\r\n'), 0xbf7e3000n],
    [
      'a wider gap in the middle',
      dumpText('DSDT @ 0xBF7E3000', dsdt).replace(/(: (?:\w\w ){8})/g, '$1 '),
      0xbf7e3000n,
    ],
    [
      'a dash in the middle',
      dumpText('DSDT @ 0xBF7E3000', dsdt).replace(/(: (?:\w\w ){7}\w\w) (?=\w\w )/g, '$1-'),
      0xbf7e3000n,
    ],
  ])('%s', (_name, text, address) => {
    const { tables, codes } = read(artifact('acpidump', text));
    expect(codes).toEqual([]);
    expect(tables).toHaveLength(1);
    expect(Buffer.from(tables[0]!.bytes)).toEqual(Buffer.from(dsdt));
    expect(tables[0]!.address).toBe(address);
  });

  it('repeated signatures are numbered, and each is a source of its own', () => {
    const text =
      dumpText('SSDT @ 0x1000', ssdt) + dumpText('DSDT @ 0x2000', dsdt) + dumpText('SSDT @ 0x3000', ssdt);
    const { tables } = read(artifact('acpidump', text));
    expect(names(tables)).toEqual(['SSDT1', 'DSDT', 'SSDT2']);
    expect(tables.map(({ source }) => source.name)).toEqual(['input!SSDT', 'input!DSDT', 'input!SSDT2']);
  });

  it('reads on past 1 MiB, where the offset column grows', () => {
    const large = table(
      'OEM1',
      Array.from({ length: (1 << 20) + 100 }, (_, index) => index & 0xff),
    );
    // The old tool's column has four digits and no blank left from there on.
    const text = dumpText('OEM1 @ 0x1000', large, 6).replace(/^ +(?=1\w{5}:)/gm, '');
    const { tables, codes } = read(artifact('acpidump', text));
    expect(codes).toEqual([]);
    expect(tables[0]!.bytes).toHaveLength(large.length);
    expect(tables[0]!.checksumOk).toBe(true);
  });

  it('passes over what stands between', () => {
    const text = `ACPI dump of a machine\n\n${dumpText('DSDT @ 0x1', dsdt)}Signature  Length\n${dumpText('SSDT @ 0x2', ssdt)}done @ home\n`;
    expect(names(read(artifact('acpidump', text)).tables)).toEqual(['DSDT', 'SSDT']);
  });

  it('tells of a missing line', () => {
    const lines = dumpText('DSDT @ 0x1', dsdt).split('\n');
    lines.splice(3, 1);
    const { tables, codes } = read(artifact('acpidump', lines.join('\n')));
    expect(codes).toEqual(['acpi/dump-offset', 'acpi/table-truncated']);
    expect(names(tables)).toEqual(['DSDT']);
  });

  it('an input without tables is an error', () => {
    expect(read(artifact('acpidump', 'nothing here\n')).codes).toEqual(['acpi/dump-empty']);
  });

  it('never throws, whatever is cut off', () => {
    const text = dumpText('DSDT @ 0x1', dsdt);
    fc.assert(
      fc.property(fc.nat(text.length), fc.string(), (length, junk) => {
        read(artifact('acpidump', text.slice(0, length) + junk));
      }),
    );
  });
});

const hasAcpidump = spawnSync('acpidump', ['-v']).status === 0;
describe.skipIf(!hasAcpidump)("acpidump's own output (skipped when acpidump is missing)", () => {
  it('reads back byte by byte, past 1 MiB too', { timeout: 20_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'fwmap-acpidump-'));
    const large = table(
      'OEM1',
      Array.from({ length: (1 << 20) + 99 }, (_, index) => (index * 31) & 0xff),
    );
    writeFileSync(join(folder, 'oem1.dat'), large);
    const text = execFileSync('acpidump', ['-f', join(folder, 'oem1.dat')], {
      maxBuffer: 1 << 24,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rmSync(folder, { recursive: true });
    const { tables, codes } = read(artifact('acpidump', text.toString('latin1')));
    expect(codes).toEqual([]);
    expect(tables).toHaveLength(1);
    expect(Buffer.compare(Buffer.from(tables[0]!.bytes), Buffer.from(large))).toBe(0);
  });
});

describe('folders', () => {
  const file = (path: string, bytes: Uint8Array | string) => ({
    path,
    type: 'file' as const,
    source: {
      name: `tables/${path}`,
      form: 'blob' as const,
      bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
    },
  });

  it('are read in the order of the numbers, dynamic tables last, other files passed over', () => {
    const ids = [1, 2, 10, 3].map((number) => file(`ssdt${number}.dat`, table('SSDT', [number])));
    const entries = [
      file('README.md', 'Tables of a machine\n'),
      { path: 'data', type: 'directory' as const },
      file('data/BERT', table('BERT')),
      file('dsdt.dat', table('DSDT')),
      { path: 'dynamic', type: 'directory' as const },
      file('dynamic/SSDT11', table('SSDT', [11])),
      ...ids,
    ];
    const { tables, codes } = read(artifact('acpi-dir', new Uint8Array(), entries));
    expect(codes).toEqual([]);
    expect(tables.map(({ signature, bytes }) => [signature, bytes[36]])).toEqual([
      ['DSDT', undefined],
      ['SSDT', 1],
      ['SSDT', 2],
      ['SSDT', 3],
      ['SSDT', 10],
      ['SSDT', 11],
    ]);
  });
});

describe('several inputs of one machine', () => {
  it('are named together and loaded DSDT first', () => {
    const inputs = [
      artifact('acpi-table', table('SSDT', [1])),
      artifact('acpi-table', table('DSDT', [2])),
      artifact('acpidump', dumpText('SSDT @ 0x0', table('SSDT', [3]))),
      artifact('acpi-table', table('DSDT', [4])),
    ];
    const tables = nameTables(inputs.flatMap((input) => read(input).tables));
    expect(names(tables)).toEqual(['SSDT1', 'DSDT1', 'SSDT2', 'DSDT2']);
    expect(names(loadOrder(tables))).toEqual(['DSDT1', 'SSDT1', 'SSDT2']);
  });
});

const CORPUS = process.env.FWMAP_CORPUS ?? '../shared/corpus';
describe.skipIf(!existsSync(`${CORPUS}/acpi`))(
  'real machines (skipped when ../shared/corpus is missing)',
  () => {
    it('every table of every dump has the sha256 that acpixtract gave it', { timeout: 60_000 }, () => {
      for (const name of readdirSync(`${CORPUS}/acpi`)
        .filter((file) => file.endsWith('.txt.gz'))
        .slice(0, 12)) {
        const bytes = gunzipSync(readFileSync(`${CORPUS}/acpi/${name}`));
        const reference = JSON.parse(
          gunzipSync(
            readFileSync(`${CORPUS}/acpi/${name.replace('.txt.gz', '.resources.json.gz')}`),
          ).toString(),
        ) as { tables: { sha256: string }[] };
        const { tables } = read({ ...artifact('acpidump', ''), source: { name, form: 'text', bytes } });
        const digests = tables.map((found) =>
          createHash('sha256').update(found.bytes).digest('hex').slice(0, 16),
        );
        expect(digests.sort(), name).toEqual(reference.tables.map(({ sha256 }) => sha256).sort());
      }
    });
  },
);
