import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';
import { violations } from './schemas.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const CORPUS = join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus');
const samples = readdirSync(SAMPLES).filter((name) => !/\.(?:expected\.txt|md)$/.test(name));

describe('real output is what the schemas say', () => {
  const operands: Readonly<Record<string, readonly string[]>> = {
    at: ['0xf8000000'],
    diff: [join(SAMPLES, 'openhcl-vtl2.dts')],
  };
  const commands = ['sysfb', 'bridges', 'windows', 'resources', 'explain', 'simulate', 'at', 'diff', 'scan'];
  for (const command of commands)
    test.each(samples)(`${command} %s`, async (sample) => {
      const named = [...(operands[command] ?? []), join(SAMPLES, sample)];
      const { status, stdout } = await run([command, '--format', 'json', ...named]);
      expect(status).toBe(0);
      const document = JSON.parse(stdout);
      expect(document.schema).toBe(`fwmap/${command}@1`);
      expect(violations(command, document)).toEqual([]);
    });

  test('a schema refuses what is not so', () => {
    expect(
      violations('windows', {
        schema: 'fwmap/windows@1',
        inputs: [],
        windows: [],
        fields: [],
        diagnostics: [],
      }),
    ).toEqual([]);
    expect(
      violations('windows', {
        schema: 'fwmap/windows@1',
        inputs: [],
        windows: [{}],
        fields: [],
        diagnostics: [],
      }),
    ).not.toEqual([]);
    expect(
      violations('windows', {
        schema: 'fwmap/windows@2',
        inputs: [],
        windows: [],
        fields: [],
        diagnostics: [],
      }),
    ).not.toEqual([]);
  });
});

const boards = ['dtb', 'fuzz', 'acpi'].flatMap((folder) => {
  const path = join(CORPUS, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => /\.(?:dtb|txt)\.gz$/.test(name))
    .filter((_name, index) => index % 20 === 0)
    .map((name) => join(path, name));
});

describe.skipIf(boards.length === 0)('real machines (skipped without ../shared/corpus)', () => {
  for (const command of ['windows', 'resources'])
    test(`${command} of every twentieth is what the schema says`, async () => {
      for (const board of boards) {
        const { status, stdout, stderr } = await run([command, '--format', 'json', board]);
        expect([board, status, stderr]).toEqual([board, 0, '']);
        expect([board, violations(command, JSON.parse(stdout))]).toEqual([board, []]);
      }
    });
});

test('windows of the seed line, from the cells by hand', async () => {
  // 2/2/1 cells: child <0xf 0xf0000000>, parent the same, size 0x10000000; 0xff0000000 + 0x10000000 - 1 = 0xfffffffff.
  const { stdout } = await run(['windows', '-', '--format', 'json'], {
    stdin: 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n',
  });
  const { windows, inputs } = JSON.parse(stdout);
  expect(windows).toHaveLength(1);
  expect(windows[0]).toMatchObject({
    space: 'memory',
    role: 'window',
    base: '0xff0000000',
    size: '0x10000000',
    last: '0xfffffffff',
    class: 'high',
    certainty: 'certain',
    origin: { input: 0, path: '/', item: 'ranges', index: 0 },
  });
  // printf 'ranges = …;\n' | sha256sum
  expect(inputs[0]).toEqual({
    path: '-',
    kind: 'dts-fragment',
    sha256: '54d062a83ae48f27748ab819af6cffe4c6d64bfc177ea803462dd596904e7650',
  });
});
