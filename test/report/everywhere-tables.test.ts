/** Hostile strings of ACPI tables, of logs and listings, and of a survey, through every command in every format. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUERY_FORMATS } from '../../src/index.ts';
import { MAP_FORMATS } from '../../src/report/formats/render.ts';
import { run } from '../cli/fake-io.ts';
import { CHECKS, HOSTILE, UNSEEN } from './hostile-checks.ts';
import { commandsOf } from './results/workflow-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As many bytes as the string that takes its place has. */
const standIn = (at: number): string => {
  const { length } = Buffer.from(HOSTILE[at]!, 'utf8');
  return `Z${at.toString(16)}`.padEnd(length, '_');
};

/** A machine of which every string is one of those: ids, names, sources of resources. */
function source(): string {
  const devices = HOSTILE.map((_, at) => {
    const text = standIn(at);
    return `Device (D${at.toString(16).toUpperCase().padStart(3, '0')}) {
      Name (_HID, ${at % 2 === 0 ? '"PNP0C02"' : `"${text}"`})
      Name (_UID, "${text}") Name (_DDN, "${text}") Name (_STR, "${text}")
      Name (_CRS, ResourceTemplate () {
        DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0,
          0xF${at.toString(16).toUpperCase()}000000, 0xF${at.toString(16).toUpperCase()}0FFFFF, 0, 0x100000, 0, "${text}")
        GpioIo (Exclusive, PullUp, 0, 0, IoRestrictionNone, "${text}") { 1 }
      })
    }`;
  });
  return `DefinitionBlock ("", "DSDT", 2, "OEMOEM", "TABLETAB", 1) {
    Scope (_SB) {
      Device (VMBS) {
        Name (_HID, "VMBus")
        Name (_CRS, ResourceTemplate () {
          DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFBFFFFFF, 0, 0x4000000)
        })
      }
      ${devices.join('\n')}
      Name (PLN0, "plain")
      Method (SAY0, 0) { ${HOSTILE.map((_, at) => `Debug = "${standIn(at)}"`).join('\n')} Return (\\_SB.D000._UID) }
    }
  }`;
}

/** The table with the strings put in, and its checksum right again. */
function patched(table: Buffer): Buffer {
  let text = table.toString('latin1');
  for (const [at, hostile] of HOSTILE.entries())
    text = text.replaceAll(standIn(at), Buffer.from(hostile, 'utf8').toString('latin1'));
  text = text.replace('OEMOEM', '::err[').replace('TABLETAB', '<b>\u001b[31m');
  const bytes = Buffer.from(text, 'latin1');
  expect(bytes.length).toBe(table.length);
  bytes[9] = 0;
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return bytes;
}

beforeAll(async () => {
  writeFileSync(join(folder, 'plain.asl'), source());
  const { status } = await run(['asl', '--compile', 'plain.asl', '-o', 'plain.aml'], { cwd: folder });
  expect(status).toBe(0);
  writeFileSync(join(folder, 'hostile.aml'), patched(readFileSync(join(folder, 'plain.aml'))));
  const lines = HOSTILE.map((text) => text.replaceAll('\n', ' '));
  writeFileSync(
    join(folder, 'dmesg.txt'),
    [
      'Linux version 6.6.10-::error::<b> (a@b) (gcc, [x](https://evil.example)) #1 SMP',
      ...lines.map(
        (text, at) =>
          `[    0.1000${at}] pci_bus 0000:0${at % 10}: root bus resource [mem 0xf0000000-0xf0ffffff window] ${text}`,
      ),
      ...lines.map((text) => `[    0.200000] ACPI: PCI Root Bridge [${text}] (domain 0000 [bus 00-ff])`),
      ...lines.map((text) => `[    0.300000] ${text}`),
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'iomem.txt'),
    lines.map((text, at) => `f${at.toString(16)}000000-f${at.toString(16)}0fffff : ${text}\n`).join(''),
  );
  writeFileSync(
    join(folder, 'hostile.config'),
    [
      '# Linux/x86 6.6.10 Kernel Configuration',
      ...lines.map((text) => `CONFIG_X="${text}"`),
      'CONFIG_SYSFB=y',
      '',
    ].join('\n'),
  );
});

const OBJECTS = [...HOSTILE.keys()].map(
  (at) => `\\_SB.D${at.toString(16).toUpperCase().padStart(3, '0')}._UID`,
);

/** With the tables: what is asked, and whether there is a picture of it. */
const QUESTIONS: readonly (readonly [string, (table: string) => string[], boolean])[] = [
  ['sysfb', (table) => ['sysfb', table], true],
  ['bridges', (table) => ['bridges', table], true],
  ['windows', (table) => ['windows', table, '--all'], true],
  ['resources', (table) => ['resources', table], false],
  ['explain', (table) => ['explain', table], false],
  ['simulate', (table) => ['simulate', table], true],
  ['at', (table) => ['at', '0xf0000000', table], true],
  ['scan', (table) => ['scan', table], false],
  ['diff', (table) => ['diff', 'plain.aml', table], false],
  ['eval', (table) => ['eval', table, OBJECTS[0]!], false],
  ['eval, what is stored to Debug', (table) => ['eval', table, '\\_SB.SAY0'], false],
  [
    'everything of a boot',
    (table) =>
      table === 'hostile.aml'
        ? ['at', '0xf0000000', table, 'dmesg.txt', 'iomem.txt', 'hostile.config']
        : ['at', '0xf0000000', table],
    true,
  ],
  [
    'sysfb of a boot',
    (table) =>
      table === 'hostile.aml' ? ['sysfb', table, 'dmesg.txt', 'hostile.config', '--full'] : ['sysfb', table],
    true,
  ],
  [
    'bridges of a boot',
    (table) => (table === 'hostile.aml' ? ['bridges', table, 'dmesg.txt', 'iomem.txt'] : ['bridges', table]),
    true,
  ],
];

it('the strings are shown', async () => {
  for (const [at, object] of OBJECTS.entries()) {
    const { stdout, status } = await run(['eval', 'hostile.aml', object, '--format', 'json'], {
      cwd: folder,
    });
    expect(status).toBe(0);
    if (/^[\x20-\x7e]*$/.test(HOSTILE[at]!))
      expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(HOSTILE[at]!).slice(1, -1));
  }
});

describe.each(QUESTIONS)('%s', (_, argv, hasPicture) => {
  it.each(MAP_FORMATS)('as %s', async (format) => {
    if (format === 'svg' && !hasPicture) return;
    // There each input is a machine of its own.
    if (format === 'ndjson' && argv('hostile.aml').includes('dmesg.txt')) return;
    const shown = await run([...argv('hostile.aml'), '--format', format], { cwd: folder });
    const plain = await run([...argv('plain.aml'), '--format', format], { cwd: folder });
    expect(plain.status).toBe(0);
    expect(shown.status).toBe(0);
    expect(commandsOf(shown.stderr)).toEqual([]);
    expect(shown.stderr).not.toMatch(UNSEEN);
    await CHECKS[format]!(shown.stdout, plain.stdout);
  });
});

it('ASL that is printed of them is text that compiles to the same', async () => {
  const { stdout, status } = await run(['asl', 'hostile.aml'], { cwd: folder });
  expect(status).toBe(0);
  expect(commandsOf(stdout)).toEqual([]);
  expect(stdout).not.toMatch(UNSEEN);
  writeFileSync(join(folder, 'again.asl'), stdout);
  expect((await run(['asl', '--compile', 'again.asl', '-o', 'again.aml'], { cwd: folder })).status).toBe(0);
  const [before, after] = ['hostile.aml', 'again.aml'].map((name) => readFileSync(join(folder, name)));
  // Behind the header, whose ids are not of ASL's characters.
  expect(after!.subarray(36)).toEqual(before!.subarray(36));
});

describe('a survey', () => {
  const hasDatabase = (() => {
    try {
      return existsSync(createRequire(import.meta.url).resolve('@duckdb/node-api'));
    } catch {
      return false;
    }
  })();

  it.skipIf(!hasDatabase)('as every format of query', async () => {
    const { status, stdout, stderr } = await run(
      ['survey', 'hostile.aml', 'plain.aml', 'dmesg.txt', '--into', 'tables'],
      { cwd: folder },
    );
    expect(status).toBe(0);
    for (const said of [stdout, stderr]) expect(said).not.toMatch(UNSEEN);
    const asked = [
      ['--summary', '--needed', '--bridges', '--conditions'],
      [`SELECT * FROM windows`],
      ...HOSTILE.map((text) => [`SELECT '${text.replaceAll("'", "''")}' AS "${text.replaceAll('"', '""')}"`]),
    ];
    for (const words of asked)
      for (const format of QUERY_FORMATS) {
        const shown = await run(['query', 'tables', ...words, '--format', format], { cwd: folder });
        expect(shown.status).toBe(0);
        expect(commandsOf(shown.stderr)).toEqual([]);
        if (format !== 'csv') expect(shown.stdout).not.toMatch(UNSEEN);
        else expect(shown.stdout).not.toMatch(/^\s*::/m);
        const plain = await run(['query', 'tables', 'SELECT 1', '--format', format], { cwd: folder });
        if (format !== 'csv') await CHECKS[format]!(shown.stdout, plain.stdout);
      }
  });
});
