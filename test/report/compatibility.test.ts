/**
 * JSON as scripts read it: what the version before printed (recorded at commit 66057a5) is still there, under the same name
 * and of the same type. Fields may be added. Recorded anew only where a schema gets another number.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS, MAP_FORMATS } from '../../src/report/formats/render.ts';
import { run } from '../cli/fake-io.ts';
import { violations } from './schemas.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Recorded {
  readonly name: string;
  readonly run: readonly string[];
  readonly output: { readonly schema: string };
}

const recorded: readonly Recorded[] = readFileSync(
  join(ROOT, 'test', 'recorded', 'json-outputs.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** Each field by its path, elements of a list as one, with the types that it has. */
function shapeOf(
  value: unknown,
  path = '',
  shape = new Map<string, Set<string>>(),
): Map<string, Set<string>> {
  const type = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  if (!shape.has(path)) shape.set(path, new Set());
  shape.get(path)!.add(type);
  if (Array.isArray(value)) for (const each of value) shapeOf(each, `${path}[]`, shape);
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) shapeOf(each, `${path}.${name}`, shape);
  return shape;
}

/** What is gone, or of another type. */
function broken(before: unknown, now: unknown): string[] {
  const shape = shapeOf(now);
  return [...shapeOf(before)].flatMap(([path, types]) => {
    const found = shape.get(path);
    if (found === undefined) return [`${path} is gone`];
    // Nothing but null said that it may be anything: what it is then, the schema of before and of now says.
    if (types.size === 1 && types.has('null')) return [];
    const others = [...found].filter((type) => !types.has(type) && type !== 'null');
    return others.length === 0 ? [] : [`${path} is ${others.join(', ')}, was ${[...types].join(', ')}`];
  });
}

async function json(argv: readonly string[]): Promise<{ schema: string }> {
  const { status, stdout } = await run([...argv, '--format', 'json'], { cwd: ROOT });
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('fields of the version before', () => {
  it.each(recorded.map((each) => [each.name, each] as const))('%s', async (_, { run: argv, output }) => {
    const now = await json(argv);
    expect(now.schema).toBe(output.schema);
    expect(broken(output, now)).toEqual([]);
    expect(violations(/^fwmap\/(\w+)@/.exec(now.schema)![1]!, now)).toEqual([]);
  });

  it('that are gone or of another type are found', () => {
    const before = { a: [{ b: '1' }, { c: null }], d: true };
    expect(broken(before, { ...before, e: 1 })).toEqual([]);
    expect(broken(before, { a: [{ b: '1' }], d: true })).toEqual(['.a[].c is gone']);
    expect(broken(before, { a: [{ b: 1, c: null }], d: true })).toEqual(['.a[].b is number, was string']);
  });
});

describe('the same input is the same output, byte for byte', () => {
  it('in processes with another locale, time zone and order of the environment', () => {
    const surroundings = [
      { LC_ALL: 'C', LANG: 'C', TZ: 'UTC', COLUMNS: '80', A: '1', B: '2' },
      { B: '2', A: '1', TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', COLUMNS: '80' },
    ];
    for (const argv of [
      ['sysfb', 'samples/gen2-dsdt.aml'],
      ['bridges', 'samples/gen1-dsdt.aml'],
      ['sysfb', 'samples/seed-reply.txt'],
      ['diff', 'samples/openhcl-vtl2.dts', 'samples/low-window-framebuffer.dts'],
    ])
      for (const format of ['text', 'mail', 'json', 'sarif', 'html', 'github']) {
        const [first, second] = surroundings.map(
          (env) =>
            spawnSync(process.execPath, [join(ROOT, 'bin', 'fwmap.js'), ...argv, '--format', format], {
              cwd: ROOT,
              env: { PATH: process.env.PATH, ...env },
              encoding: 'utf8',
            }).stdout,
        );
        expect(first!.length).toBeGreaterThan(100);
        expect([argv[0], format, second === first]).toEqual([argv[0], format, true]);
      }
  }, 120_000);

  const ENV = { LANG: 'de_DE.UTF-8', TZ: 'Asia/Tokyo', HOME: '/nowhere', USER: 'x', A: '1' };
  const reversed = Object.fromEntries(Object.entries(ENV).reverse());
  const drawn = new Set(['sysfb', 'windows', 'bridges', 'simulate', 'at']);
  const lines = recorded.filter(({ name }) => !name.includes('matrix'));

  it.each(lines.map((each) => [each.name, each] as const))('%s', async (_, { run: argv }) => {
    const formats: readonly string[] = drawn.has(argv[0]!) ? MAP_FORMATS : FORMATS;
    for (const format of formats) {
      const first = await run([...argv, '--format', format], { cwd: ROOT, env: ENV });
      const second = await run([...argv, '--format', format], { cwd: ROOT, env: reversed });
      expect([format, second.stdout === first.stdout, second.stderr]).toEqual([format, true, first.stderr]);
    }
  });
});
