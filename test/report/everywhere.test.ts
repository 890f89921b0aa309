/** Hostile strings of an input, through every command in every format: what a reader of that medium would see of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAP_FORMATS } from '../../src/report/formats/render.ts';
import { run } from '../cli/fake-io.ts';
import { CHECKS, HOSTILE, UNSEEN } from './hostile-checks.ts';
import { commandsOf } from './results/workflow-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-everywhere-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILES = [
  '::error::x.dts',
  '<img src=x onerror=alert(1)>.dts',
  '##[add-mask]x.dts',
  '[x](https:evil).dts',
  '\u202estd.dts',
  '\u001b[31m.dts',
];

/** A blob with these nodes below the root, made by hand: names may be what no source could have. */
function blobOf(
  nodes: readonly { readonly name: string; readonly properties: Readonly<Record<string, Buffer>> }[],
): Buffer {
  const names: string[] = [];
  const offsets = new Map<string, number>();
  const nameAt = (name: string): number => {
    if (!offsets.has(name)) {
      offsets.set(name, Buffer.byteLength(names.map((each) => `${each}\0`).join('')));
      names.push(name);
    }
    return offsets.get(name)!;
  };
  const word = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4);
    return bytes;
  };
  const padded = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const property = (name: string, value: Buffer): Buffer =>
    Buffer.concat([word(3, value.length, nameAt(name)), padded(value)]);
  const node = (name: string, inside: readonly Buffer[]): Buffer =>
    Buffer.concat([word(1), padded(Buffer.from(`${name}\0`, 'utf8')), ...inside, word(2)]);
  const cells = [property('#address-cells', word(2)), property('#size-cells', word(1))];
  const tree = node('', [
    ...cells,
    ...nodes.map(({ name, properties }) =>
      node(name, [...cells, ...Object.entries(properties).map(([each, value]) => property(each, value))]),
    ),
  ]);
  const structure = Buffer.concat([tree, word(9)]);
  const strings = Buffer.from(names.map((name) => `${name}\0`).join(''), 'utf8');
  const [map, at] = [Buffer.alloc(16), 40];
  const total = at + map.length + structure.length + strings.length;
  const header = word(
    0xd00dfeed,
    total,
    at + map.length,
    at + map.length + structure.length,
    at,
    17,
    16,
    0,
    strings.length,
    structure.length,
  );
  return Buffer.concat([header, map, structure, strings]);
}

const ranges = (base: number): Buffer =>
  Buffer.from(`00000000${base.toString(16)}00000000${base.toString(16)}00100000`, 'hex');

beforeAll(() => {
  const nodes = HOSTILE.map((name, at) => ({
    // One below the other, so that there is something to warn of.
    name: name.replaceAll('\n', '\r'),
    properties: {
      compatible: Buffer.from(`microsoft,vmbus\0${name}\0`, 'utf8'),
      ranges: ranges(0xf0000000 + at * 0x80000),
    },
  }));
  writeFileSync(join(folder, 'hostile.dtb'), blobOf(nodes));
  writeFileSync(
    join(folder, 'plain.dtb'),
    blobOf([
      {
        name: 'vmbus',
        properties: { compatible: Buffer.from('microsoft,vmbus\0'), ranges: ranges(0xf0000000) },
      },
    ]),
  );
  // 10 MiB in one property.
  writeFileSync(
    join(folder, 'large.dtb'),
    blobOf([
      {
        name: 'vmbus',
        properties: {
          compatible: Buffer.from('microsoft,vmbus\0'),
          ranges: ranges(0xf0000000),
          [HOSTILE[0]!]: Buffer.alloc(10 << 20, '<b>'),
        },
      },
    ]),
  );
  for (const [at, name] of FILES.entries()) {
    mkdirSync(join(folder, `named ${at}`), { recursive: true });
    writeFileSync(join(folder, `named ${at}`, name), '/dts-v1/; / { a: a { }; a: b { }; };\n');
  }
});

const COMMANDS = [
  'sysfb',
  'bridges',
  'windows',
  'resources',
  'explain',
  'simulate',
  'at',
  'scan',
  'diff',
] as const;
const argvOf = (command: (typeof COMMANDS)[number], input: string): string[] =>
  command === 'at'
    ? ['at', '0xf0000000', input]
    : command === 'diff'
      ? ['diff', 'plain.dtb', input]
      : [command, input];
const hasPicture = (command: string): boolean => !['explain', 'resources', 'scan', 'diff'].includes(command);

it('the names are shown, not left out', async () => {
  const { stdout, status } = await run(['windows', 'hostile.dtb', '--all'], { cwd: folder });
  expect(status).toBe(0);
  for (const part of ['onerror=alert(1)', '\\x1b[31mred', 'set-output name', 'evil.example'])
    expect(stdout).toContain(part);
});

it('every format has a check', () => {
  expect(Object.keys(CHECKS).sort()).toEqual([...MAP_FORMATS].sort());
});

describe.each(COMMANDS)('%s', (command) => {
  it.each(Object.keys(CHECKS))('names as %s', async (format) => {
    if (format === 'svg' && !hasPicture(command)) return;
    const shown = await run([...argvOf(command, 'hostile.dtb'), '--format', format], { cwd: folder });
    const plain = await run([...argvOf(command, 'plain.dtb'), '--format', format], { cwd: folder });
    expect(plain.status).toBe(0);
    expect(commandsOf(shown.stderr)).toEqual([]);
    expect(shown.stderr).not.toMatch(UNSEEN);
    await CHECKS[format]!(shown.stdout, plain.stdout);
  });

  it('10 MB in one property are not printed', async () => {
    for (const format of ['text', 'markdown', 'sarif', 'github', 'html']) {
      const { stdout, status } = await run([...argvOf(command, 'large.dtb'), '--format', format], {
        cwd: folder,
      });
      expect([format, status]).toEqual([format, 0]);
      expect(stdout.length).toBeLessThan(1 << 20);
      await CHECKS[format]!(
        stdout,
        (await run([...argvOf(command, 'plain.dtb'), '--format', format], { cwd: folder })).stdout,
      );
    }
  }, 120_000);
});

describe('names of files', () => {
  it.each(Object.keys(CHECKS))('as %s', async (format) => {
    for (const [at, name] of FILES.entries()) {
      const where = { cwd: join(folder, `named ${at}`) };
      for (const command of ['windows', 'sysfb']) {
        const { stdout, stderr } = await run([command, name, '--format', format], where);
        expect(commandsOf(stderr)).toEqual([]);
        const plain = await run([command, 'plain.dtb', '--format', format], { cwd: folder });
        if (stdout !== '') await CHECKS[format]!(stdout, plain.stdout);
      }
    }
  });

  it('that are not there', async () => {
    for (const name of ['::error::x', '##[error]x', 'a\n::error::x', '\u001b[31m']) {
      const { stderr, status } = await run(['windows', name], { cwd: folder });
      expect(status).toBe(2);
      expect(commandsOf(stderr)).toEqual([]);
      expect(stderr).not.toMatch(UNSEEN);
    }
  });
});
