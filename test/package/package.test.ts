/** The package as it is published. It is made from dist: `npm ci` builds it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const isBuilt = existsSync(join(ROOT, 'dist', 'core.js'));
const folder = mkdtempSync(join(tmpdir(), 'fwmap-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

function npm(...argv: string[]): string {
  return execFileSync('npm', argv, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function sizeOf(path: string): number {
  const status = statSync(path);
  if (!status.isDirectory()) return status.size;
  // A package's own node_modules are packages of the lock file by themselves.
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
}

describe.skipIf(!isBuilt)('the package (skipped before npm run build)', () => {
  test('publint finds nothing', () => {
    expect(execFileSync('npx', ['publint', '--strict'], { cwd: ROOT, encoding: 'utf8' })).toContain(
      'All good',
    );
  }, 120_000);

  test('its types are right for ES modules and CommonJS', () => {
    const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder)) as [
      { filename: string },
    ];
    const told = execFileSync('npx', ['attw', join(folder, packed.filename), '--format', 'json'], {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    const { problems } = JSON.parse(told) as { problems?: Record<string, unknown> };
    expect(problems ?? {}).toEqual({});
  }, 120_000);

  test('both kinds of modules get the library', () => {
    const line = "'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;'";
    const ask = `(async () => {
      const diagnostics = new fwmap.DiagnosticList();
      const artifacts = await fwmap.openBytes('-', Buffer.from(${line}), {}, diagnostics);
      const verdict = await fwmap.askSysfb(artifacts, { describe: {}, kernel: {} }, diagnostics);
      console.log(verdict.answer);
    })()`;
    for (const entry of ['fwmap', 'fwmap/core']) {
      const common = execFileSync('node', ['-e', `const fwmap = require('${entry}'); ${ask}`], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      const modules = execFileSync(
        'node',
        ['--input-type=module', '-e', `import * as fwmap from '${entry}'; ${ask}`],
        { cwd: ROOT, encoding: 'utf8' },
      );
      expect([entry, common, modules]).toEqual([entry, 'not-needed\n', 'not-needed\n']);
    }
  }, 60_000);

  test('has what it says, and is below 10 MB with what it depends on', () => {
    const [packed] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts')) as [
      { unpackedSize: number; files: { path: string }[] },
    ];
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'SECURITY.md',
      'bin/fwmap.js',
      'dist/cli.cjs.map',
    ])
      expect(paths).toContain(path);
    expect(paths.filter((path) => /^(?:src|test|scripts)\//.test(path))).toEqual([]);
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Locked>;
    };
    const installed = Object.entries(lock.packages)
      .filter(([path, { dev, optional, peer }]) => path !== '' && !dev && !optional && !peer)
      .map(([path]) => join(ROOT, path))
      .filter(existsSync);
    const total = installed.reduce((sum, path) => sum + sizeOf(path), packed.unpackedSize);
    expect(installed.length).toBeGreaterThan(5);
    expect(total).toBeLessThan(10_000_000);
  }, 60_000);

  test('package.json has what registries show', () => {
    const { author, license, keywords, engines } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    );
    expect(author).toBe('the fwmap authors');
    expect(license).toBe('MIT');
    expect(keywords).toContain('acpi');
    expect(engines.node).toMatch(/^>=20/);
  });
});
