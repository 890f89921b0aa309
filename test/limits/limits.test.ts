/** Setting limits: from the command line, in the library, for one run and no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { limitsMarkdown } from '../../scripts/limits/markdown.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { readLimits } from '../../src/cli/common/limits.ts';
import { openBytes, withLimits as withCoreLimits } from '../../src/core.ts';
import { messageOf } from '../../src/findings/finding.ts';
import {
  DEFAULT_LIMITS,
  LIMIT_NAMES,
  limit,
  limitRow,
  limitText,
  withLimits,
} from '../../src/limits/limits.ts';
import { anyOf, compare, fieldValue, opaqueReasons } from '../../src/symbolic/index.ts';
import { run } from '../cli/fake-io.ts';
import { CASES } from './cases.ts';

test('docs/limits.md is what the limits are (else: npm run limits)', () => {
  expect(readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8')).toBe(limitsMarkdown());
});

test.each(LIMIT_NAMES)('%s has a reason and says what is counted', (name) => {
  const { reason, of, then, unit, default: value } = limitRow(name);
  for (const text of [reason, of, then, unit]) expect(text.trim().length).toBeGreaterThan(3);
  expect(Number.isSafeInteger(value) && value > 0).toBe(true);
  expect(DEFAULT_LIMITS[name]).toBe(value);
});

describe('--limit', () => {
  test.each([
    ['tree-nodes=5', { 'tree-nodes': 5 }],
    ['unpacked-bytes=8M', { 'unpacked-bytes': 8 * 2 ** 20 }],
    ['unpacked-bytes=1GiB', { 'unpacked-bytes': 2 ** 30 }],
    ['unpacked-bytes=0x10', { 'unpacked-bytes': 16 }],
    ['worlds=0', { worlds: 0 }],
  ])('%s', async (text, limits) => {
    expect(await readLimits([text])).toEqual(limits);
  });

  test.each([
    [['tree-node=5'], '--limit tree-node=5: there is no limit tree-node; did you mean tree-nodes?'],
    [
      ['xyzzy=5'],
      '--limit xyzzy=5: there is no limit xyzzy; a message about a limit names it, and docs/limits.md lists all',
    ],
    [
      ['=5'],
      '--limit =5: there is no limit without a name; a message about a limit names it, and docs/limits.md lists all',
    ],
    [['tree-nodes'], '--limit tree-nodes: it takes NAME=VALUE; for example --limit tree-nodes=200000'],
    [
      ['tree-nodes='],
      '--limit tree-nodes=: it takes a number of nodes; for example --limit tree-nodes=200000',
    ],
    [
      ['tree-nodes=-1'],
      '--limit tree-nodes=-1: it takes a number of nodes; for example --limit tree-nodes=200000',
    ],
    [
      ['tree-nodes=1.5'],
      '--limit tree-nodes=1.5: it takes a number of nodes; for example --limit tree-nodes=200000',
    ],
    [
      ['unpacked-bytes=lots'],
      '--limit unpacked-bytes=lots: it takes a number of bytes; for example --limit unpacked-bytes=512M',
    ],
    [
      ['unpacked-bytes=99999999999999999999'],
      '--limit unpacked-bytes=99999999999999999999: it takes a number of bytes; for example --limit unpacked-bytes=512M',
    ],
    [['tree-nodes=1', 'tree-nodes=2'], '--limit tree-nodes is given more than once'],
  ])('%j', async (given, message) => {
    const words = given.flatMap((each) => [`--limit=${each}`]);
    const { status, stderr } = await run(['windows', 'x.dts', ...words]);
    expect([status, stderr]).toEqual([2, `fwmap: ${message}\n`]);
    const raw = await run(['dtc', 'x.dts', ...words]);
    expect([raw.status, raw.stderr]).toEqual([2, `fwmap: ${message}\n`]);
  });

  test('is an option of every command', async () => {
    const { COMMANDS } = await import('../../src/cli/commands.ts');
    for (const { name } of COMMANDS) {
      // Those that take no inputs.
      const words = name === 'capture' || name === 'worker' ? [] : ['x', '\\X'];
      const { status, stderr } = await run([name, ...words, '--limit', 'nothing=1']);
      expect([name, status, stderr.includes('there is no limit nothing')]).toEqual([name, 2, true]);
    }
  });
});

describe('limits belong to a run', () => {
  const depth = (): number => limit('tree-depth');

  test('and are the defaults outside of it', () => {
    expect(withLimits({ 'tree-depth': 7 }, depth)).toBe(7);
    expect(depth()).toBe(DEFAULT_LIMITS['tree-depth']);
    expect(() =>
      withLimits({ 'tree-depth': 7 }, () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(depth()).toBe(DEFAULT_LIMITS['tree-depth']);
  });

  test('a run inside of one keeps what it does not set', () => {
    const both = withLimits({ 'tree-depth': 7, worlds: 3 }, () =>
      withLimits({ 'tree-depth': 8 }, () => [depth(), limit('worlds')]),
    );
    expect(both).toEqual([8, 3]);
  });

  test('also where runs go on beside each other', async () => {
    const later = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return depth();
    };
    const runs = [1, 2, 3].map((value) => withLimits({ 'tree-depth': value }, later));
    expect(await Promise.all([...runs, later()])).toEqual([1, 2, 3, DEFAULT_LIMITS['tree-depth']]);
  });

  test('what is no limit is refused', () => {
    expect(() => withLimits({ 'tree-depth': -1 }, depth)).toThrow(RangeError);
    expect(() => withLimits({ 'tree-depth': 0.5 }, depth)).toThrow(RangeError);
    expect(() => withLimits({ nothing: 1 } as never, depth)).toThrow('there is no limit nothing');
  });

  test('in the library', async () => {
    const open = async (): Promise<string[]> => {
      const sink = new DiagnosticList();
      await openBytes('x.gz', Buffer.from('H4sIAAAAAAAAA0tMTEwEAN3Xsu8EAAAA', 'base64'), {}, sink);
      return sink.all.map(messageOf);
    };
    expect(await withCoreLimits({ 'unpacked-bytes': 1 }, open)).toEqual([
      'More than 1 bytes unpacked (--limit unpacked-bytes=N); the rest is not read',
    ]);
    expect((await open()).join()).not.toContain('--limit');
  });
});

test('limits read as people write sizes', () => {
  expect(limitText('unpacked-bytes')).toBe('256 MiB (--limit unpacked-bytes=N)');
  expect(withLimits({ 'unpacked-bytes': 1000 }, () => limitText('unpacked-bytes'))).toBe(
    '1000 bytes (--limit unpacked-bytes=N)',
  );
});

test('anyOf: a condition that grows too large says so', () => {
  const conditions = Array.from({ length: 9 }, (_, index) => {
    const name = `F${index}`;
    const place = { space: 'SystemMemory', address: BigInt(4 * index), bitOffset: 0, bits: 32, epoch: 0 };
    return compare('eq', fieldValue({ name, path: `\\\\${name}`, ...place }), 1n);
  });
  const reasons = withLimits({ 'condition-size': 4 }, () => opaqueReasons(anyOf(conditions)));
  expect(reasons).toEqual(['the expression is too large (--limit condition-size=N)']);
});

test('those that no small input reaches are few', () => {
  expect(LIMIT_NAMES.filter((name) => 'elsewhere' in CASES[name])).toEqual([
    'survey-thread-bytes',
    'query-bytes',
  ]);
});
