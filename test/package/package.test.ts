/** The package as it is published. It is made from dist: `npm ci` builds it. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';
const isBuilt = existsSync(join(ROOT, 'dist', 'core.js'));
const folder = mkdtempSync(join(tmpdir(), 'fwmap-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

function npm(...argv: string[]): string {
  return execFileSync('npm', argv, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** What it takes on the disk, as `du` counts: blocks, those of folders too. */
function diskUsage(path: string): number {
  const status = lstatSync(path);
  const below = status.isDirectory() ? readdirSync(path).map((name) => diskUsage(join(path, name))) : [];
  return below.reduce((sum, size) => sum + size, status.blocks * 512);
}

/** Codes of findings and the like that are in one line of the sources alone. */
function sourceWords(): Map<string, { file: string; line: number }> {
  const places = new Map<string, { file: string; line: number }[]>();
  for (const file of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.ts'))
      // A constant's value may stand where it is used.
      for (const [index, text] of readFileSync(join(ROOT, 'src', file), 'utf8')
        .split('\n')
        .entries())
        for (const [, word] of (/^\s*(?:export )?const /.test(text) ? '' : text).matchAll(
          /'([a-z]+\/[a-z-]{6,})'/g,
        ))
          places.set(word!, [...(places.get(word!) ?? []), { file, line: index + 1 }]);
  return new Map(
    [...places].filter(([, { length }]) => length === 1).map(([word, [place]]) => [word, place!]),
  );
}

/** Packed as it is published, and installed where there is nothing: no home, no cache, no network. */
function install(): { tarball: string; project: string; told: string; env: NodeJS.ProcessEnv } {
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder)) as [
    { filename: string },
  ];
  const [tarball, project, home] = [
    join(folder, packed.filename),
    join(folder, 'project'),
    join(folder, 'home'),
  ];
  mkdirSync(project);
  mkdirSync(home);
  writeFileSync(join(project, 'package.json'), '{}\n');
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    CI: '1',
    NO_COLOR: '1',
    npm_config_update_notifier: 'false',
  };
  const { status, stdout, stderr } = spawnSync('npm', ['install', '--offline', tarball], {
    cwd: project,
    env,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return { tarball, project, told: stdout, env };
}

describe.skipIf(!isBuilt)('the package (skipped before npm run build)', () => {
  test('publint finds nothing', () => {
    expect(execFileSync('npx', ['publint', '--strict'], { cwd: ROOT, encoding: 'utf8' })).toContain(
      'All good',
    );
  }, 120_000);

  describe('installed in an empty project', () => {
    let installed: ReturnType<typeof install>;
    const runIn = (program: string, ...argv: string[]): string => {
      const { project: cwd, env } = installed;
      return execFileSync(program, argv, { cwd, env, encoding: 'utf8' });
    };
    beforeAll(() => {
      installed = install();
    }, 120_000);

    test('there are no warnings, and nothing else comes along', () => {
      expect(installed.told).toMatch(/^\s*added 1 package/);
      expect(installed.told).not.toMatch(/warn/i);
      expect(readdirSync(join(installed.project, 'node_modules')).sort()).toEqual([
        '.bin',
        '.package-lock.json',
        'fwmap',
      ]);
    });

    test('it takes less than README says', () => {
      const said = Number(
        /less than (\d+) MB on the disk/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1],
      );
      expect(said).toBeLessThanOrEqual(10);
      const size = diskUsage(join(installed.project, 'node_modules'));
      expect(size).toBeLessThan(said * 1_000_000);
      // Far less would be another folder.
      expect(size).toBeGreaterThan(3_000_000);
    });

    test('npx fwmap answers', () => {
      writeFileSync(join(installed.project, 'line.dtsi'), `${LINE}\n`);
      expect(runIn('npx', '--no-install', 'fwmap', 'line.dtsi')).toMatch(/^CONFIG_SYSFB: not needed\n/);
      expect(runIn('npx', '--no-install', 'fwmap', 'help')).toContain('fwmap windows');
    }, 60_000);

    test('a survey finds its threads', () => {
      expect(runIn('npx', '--no-install', 'fwmap', 'survey', 'line.dtsi', '--into', 'survey')).toMatch(
        /^1 input, 1 distinct; the survey has 1 machine$/m,
      );
    }, 60_000);

    test('both kinds of modules get the library', () => {
      const ask = `(async () => {
        const diagnostics = new fwmap.DiagnosticList();
        const artifacts = await fwmap.openBytes('-', Buffer.from('${LINE}'), {}, diagnostics);
        const verdict = await fwmap.answerSysfb(artifacts, {}, diagnostics);
        console.log(verdict.answer);
      })()`;
      for (const entry of ['fwmap', 'fwmap/core']) {
        const common = runIn('node', '-e', `const fwmap = require('${entry}'); ${ask}`);
        const modules = runIn(
          'node',
          '--input-type=module',
          '-e',
          `import * as fwmap from '${entry}'; ${ask}`,
        );
        expect([entry, common, modules]).toEqual([entry, 'not-needed\n', 'not-needed\n']);
      }
    }, 60_000);

    test('a strict program compiles with nothing else installed, no types of Node either', () => {
      const { project } = installed;
      const program = `const diagnostics = new fwmap.DiagnosticList();
        export async function ask(bytes: Uint8Array): Promise<string> {
          const artifacts = await fwmap.openBytes('dsdt.dat', bytes, {}, diagnostics);
          const verdict = await fwmap.answerSysfb(artifacts, { kernel: { release: '6.12.30' } }, diagnostics);
          const report = fwmap.sysfbReport(verdict, { version: '1' });
          return fwmap.renderReport(report, 'markdown', { color: false, width: 80 });
        }`;
      for (const [name, entry] of [
        ['core.mts', 'fwmap/core'],
        ['node.mts', 'fwmap'],
        ['core.cts', 'fwmap/core'],
        ['node.cts', 'fwmap'],
      ] as const)
        writeFileSync(join(project, name), `import * as fwmap from '${entry}';\n${program}\n`);
      writeFileSync(
        join(project, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            strict: true,
            skipLibCheck: false,
            noEmit: true,
            target: 'es2022',
            lib: ['es2022'],
            module: 'nodenext',
            types: [],
          },
        }),
      );
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project],
        { encoding: 'utf8' },
      );
      expect([status, stdout]).toEqual([0, '']);
    }, 120_000);

    test('its types are right for ES modules and CommonJS', () => {
      const told = execFileSync('npx', ['attw', installed.tarball, '--format', 'json'], {
        cwd: ROOT,
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      });
      const { problems } = JSON.parse(told) as { problems?: Record<string, unknown> };
      expect(problems ?? {}).toEqual({});
    }, 120_000);
  });

  test('has what it says, and the licences of what is bundled', () => {
    const [packed] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts')) as [
      { files: { path: string }[] },
    ];
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'SECURITY.md',
      'bin/fwmap.js',
      'man/fwmap.1',
      'dist/cli.cjs.map',
    ])
      expect(paths).toContain(path);
    expect(paths.filter((path) => /^(?:src|test|scripts)\//.test(path))).toEqual([]);
    // What packed pages link to is packed.
    for (const page of paths.filter((path) => path.endsWith('.md')))
      for (const [, target] of readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!\w+:|#)([^)#]+)/g))
        expect([page, paths.includes(normalize(join(dirname(page), target!)))]).toEqual([page, true]);
    const licences = readFileSync(join(ROOT, 'dist', 'LICENSES.txt'), 'utf8');
    for (const name of [
      'cliui',
      'hyparquet-writer',
      'pako',
      'pino',
      'sonic-boom',
      'tinypool',
      'yaml',
      'yargs',
    ])
      expect(licences).toMatch(new RegExp(`^${name}\n\n.`, 'm'));
  }, 60_000);

  test('source maps lead from each bundle to the lines of the sources', () => {
    const dist = join(ROOT, 'dist');
    const bundles = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^[^.]*\.c?js$/.test(name),
    );
    // Without code of the sources: these hand on what others have, or are the bundler's.
    const without = /^(?:core\.cjs|index\.c?js|rolldown-runtime-.*)$/;
    for (const name of bundles.filter((each) => !without.test(each)))
      expect(existsSync(join(dist, `${name}.map`)), name).toBe(true);

    // A word of the sources that is there once is found again at the line that the map names.
    const words = sourceWords();
    for (const name of ['core.js', ...bundles.filter((each) => each.startsWith('base-'))]) {
      const code = readFileSync(join(dist, name), 'utf8');
      const map = new SourceMap(JSON.parse(readFileSync(join(dist, `${name}.map`), 'utf8')));
      let found = 0;
      for (const [word, { file, line }] of words) {
        const at = code.indexOf(word);
        if (at < 0 || code.indexOf(word, at + 1) >= 0) continue;
        const before = code.slice(0, at).split('\n');
        const entry = map.findEntry(before.length - 1, before.at(-1)!.length) as SourceMapping;
        expect([word, entry.originalSource, entry.originalLine + 1]).toEqual([word, `../src/${file}`, line]);
        found += 1;
      }
      expect(found).toBeGreaterThan(50);
    }
  });

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
