import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CodeCache, writeCodeCache } from '../../../src/cli/start/code-cache.ts';
import { loadWithCache } from '../../../src/cli/start/load.ts';
import { trustedFolder } from '../../../src/cli/start/trusted-folder.ts';
import { hasProgram } from '../../containers/pack.ts';

/** Neither root nor who runs the test. */
const NOBODY = 65534;

const root = mkdtempSync(join(tmpdir(), 'fwmap-start-'));
afterAll(() => rmSync(root, { recursive: true }));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(root, 'home-'));
});
const folderOf = (): string => join(home, 'fwmap');
const files = (): string[] => (existsSync(folderOf()) ? readdirSync(folderOf()) : []);
const cacheFile = (): string => join(folderOf(), files()[0]!);

const BOARD = 'samples/openhcl-vtl2.dts';
const TABLE = 'samples/gen2-dsdt.aml';

function run(input: string, env: Record<string, string> = { XDG_CACHE_HOME: home }): string {
  const { NODE_DISABLE_COMPILE_CACHE: _, NODE_OPTIONS: __, NODE_V8_COVERAGE: ___, ...rest } = process.env;
  const done = spawnSync(process.execPath, ['bin/fwmap.js', 'sysfb', input], {
    env: { ...rest, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(done.status).toBe(0);
  return done.stdout;
}

const plain = (input: string): string => run(input, { NODE_DISABLE_COMPILE_CACHE: '1' });
/** When the file was written. */
const written = (): number => statSync(cacheFile()).mtimeMs;

// Each starts fwmap a few times, which on a busy host takes its time.
vi.setConfig({ testTimeout: 120_000 });

describe('code is kept', () => {
  test('for who runs it alone, and is not written again', () => {
    const expected = plain(BOARD);
    expect(files()).toEqual([]);
    expect(run(BOARD)).toBe(expected);
    expect(files()).toHaveLength(1);
    expect(statSync(cacheFile()).mode & 0o777).toBe(0o600);
    expect(statSync(folderOf()).mode & 0o777).toBe(0o700);
    utimesSync(cacheFile(), 1, 1);
    expect(run(BOARD)).toBe(expected);
    expect(written()).toBe(1000);
  });

  // Bundles of tables are loaded after V8's flags were changed.
  test('of every kind of input that was there', () => {
    const expected = [plain(BOARD), plain(TABLE)];
    run(BOARD);
    const { size } = statSync(cacheFile());
    run(TABLE);
    expect(statSync(cacheFile()).size).toBeGreaterThan(size);
    utimesSync(cacheFile(), 1, 1);
    expect([run(BOARD), run(TABLE)]).toEqual(expected);
    expect(written()).toBe(1000);
  });
});

test('a stack names lines and columns of the file', () => {
  const before = 'require("tell")(';
  writeFileSync(join(home, 'entry.cjs'), `${before}new Error("here").stack)`);
  let stack = '';
  const native = () => (text: string) => {
    stack = text;
  };
  loadWithCache('./entry.cjs', home, native, { folder: home, name: 'none' });
  expect(stack.split('\n')[1]).toContain(`${join(home, 'entry.cjs')}:1:${before.length + 1}`);
});

describe('a file is not believed', () => {
  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['with a bit that is another', (bytes) => flipped(bytes, bytes.length >> 2)],
    ['with a bit that is another in its second half', (bytes) => flipped(bytes, (bytes.length >> 1) + 4000)],
    ['that ends early', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['that is half of one', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['that is empty', () => Buffer.alloc(0)],
    ['of zeros', (bytes) => Buffer.alloc(bytes.length)],
    ['of something else', () => Buffer.from('{}'.repeat(5000))],
  ])('%s', (_, damage) => {
    const expected = run(BOARD);
    writeFileSync(cacheFile(), damage(readFileSync(cacheFile())));
    utimesSync(cacheFile(), 1, 1);
    expect(run(BOARD)).toBe(expected);
    expect(written()).toBeGreaterThan(1000);
  });

  test('that others can write to', () => {
    const expected = run(BOARD);
    const bytes = readFileSync(cacheFile());
    chmodSync(cacheFile(), 0o666);
    expect(CodeCache.open(cacheFile(), keyOf(bytes))).toBeUndefined();
    expect(run(BOARD)).toBe(expected);
    expect(statSync(cacheFile()).mode & 0o777).toBe(0o600);
  });

  test('that is a link', () => {
    run(BOARD);
    const name = cacheFile();
    const elsewhere = join(home, 'elsewhere');
    writeFileSync(elsewhere, readFileSync(name), { mode: 0o600 });
    rmSync(name);
    symlinkSync(elsewhere, name);
    expect(CodeCache.open(name, keyOf(readFileSync(elsewhere)))).toBeUndefined();
    expect(CodeCache.open(elsewhere, keyOf(readFileSync(elsewhere)))).toBeDefined();
  });

  test.skipIf(!hasProgram('mkfifo'))('that is a pipe (without mkfifo: skipped)', () => {
    const expected = run(BOARD);
    const name = cacheFile();
    rmSync(name);
    execFileSync('mkfifo', [name]);
    expect(run(BOARD)).toBe(expected);
  });

  test('of another key', () => {
    const folder = trustedFolder({ XDG_CACHE_HOME: home })!;
    const code = new Map([['a', Buffer.from('code')]]);
    writeCodeCache(folder, 'file', 'one', () => code);
    expect(CodeCache.open(join(folder, 'file'), 'one')?.get('a')).toEqual(code.get('a'));
    expect(CodeCache.open(join(folder, 'file'), 'other')).toBeUndefined();
  });
});

describe('without a folder to trust it runs as ever', () => {
  test.each([
    ['that cannot be made', '/proc'],
    ['with a relative path', 'here'],
    ['that is no folder', '/dev/null'],
  ])('%s', (_, path) => {
    expect(run(BOARD, { XDG_CACHE_HOME: path, HOME: '/proc' })).toBe(plain(BOARD));
    expect(existsSync('here')).toBe(false);
  });

  test('that others can write to, or put another in its place', () => {
    mkdirSync(folderOf());
    expect(trustedFolder({ XDG_CACHE_HOME: home })).toBe(folderOf());
    chmodSync(folderOf(), 0o777);
    expect(trustedFolder({ XDG_CACHE_HOME: home })).toBeUndefined();
    run(BOARD);
    expect(files()).toEqual([]);
    chmodSync(folderOf(), 0o700);
    chmodSync(home, 0o777);
    expect(trustedFolder({ XDG_CACHE_HOME: home })).toBeUndefined();
    chmodSync(home, 0o1777);
    expect(trustedFolder({ XDG_CACHE_HOME: home })).toBe(folderOf());
  });

  test.runIf(process.geteuid?.() === 0)("that is somebody else's", () => {
    mkdirSync(folderOf());
    chownSync(folderOf(), NOBODY, NOBODY);
    expect(trustedFolder({ XDG_CACHE_HOME: home })).toBeUndefined();
    chownSync(folderOf(), 0, 0);
    chownSync(home, NOBODY, NOBODY);
    expect(trustedFolder({ XDG_CACHE_HOME: home })).toBeUndefined();
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1;
  return bytes;
}

/** The key in a file's table of contents. */
function keyOf(bytes: Buffer): string {
  const start = bytes.indexOf('{"key":');
  const end = bytes.indexOf(']]}', start) + 3;
  return (JSON.parse(bytes.toString('utf8', start, end)) as { key: string }).key;
}
