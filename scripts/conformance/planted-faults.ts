/**
 * `npm run conformance -- planted-faults [--only WORD]`: plants faults in copies of the sources, one by one, and looks
 * whether hide and seek or else the tests of the verdict and of the driver's model catch them.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from './planted/faults.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = [
  'src',
  'scripts',
  'test',
  'samples',
  'grammars',
  'schemas',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];
/** What each of the two may take, in seconds. */
const MOST_HIDING = 35;
const MOST_TESTING = 90;
const TESTS = ['test/verdict', 'test/linux', 'test/evidence'];

/** Plants a fault in a copy; `undefined` where its text isn't there exactly once. */
export function planted(source: string, { find, replace }: Fault): string | undefined {
  const parts = source.split(find);
  return parts.length === 2 ? parts.join(replace) : undefined;
}

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string' }, seed: { type: 'string', default: '7' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  let missed = 0;
  let caught = 0;
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const fault of FAULTS) {
      if (values.only !== undefined && !fault.name.includes(values.only)) continue;
      const file = join(folder, fault.file);
      const source = readFileSync(file, 'utf8');
      const changed = planted(source, fault);
      if (changed === undefined) {
        missed += 1;
        console.log(`${fault.name.padEnd(72)}  can't be planted: its text isn't in ${fault.file} once`);
        continue;
      }
      writeFileSync(file, changed);
      const { by, seconds } = caughtBy(folder, values.seed);
      writeFileSync(file, source);
      if (by === undefined) missed += 1;
      else caught += 1;
      console.log(
        `${fault.name.padEnd(72)}  ${(by ?? 'NOTHING').padEnd(13)}  ${seconds.toFixed(0).padStart(3)} s`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${caught} passed, ${missed} failed`);
  return missed === 0 ? 0 : 1;
}

function caughtBy(folder: string, seed: string): { by: string | undefined; seconds: number } {
  const start = Date.now();
  const seconds = (): number => (Date.now() - start) / 1000;
  const hiding = [
    '--import',
    'tsx',
    'scripts/conformance.ts',
    'hide-and-seek',
    '--failures',
    '1',
    '--seed',
    seed,
  ];
  const options = { cwd: folder, stdio: 'ignore' } as const;
  const hidden = spawnSync(process.execPath, [...hiding, '--seconds', String(MOST_HIDING)], {
    ...options,
    timeout: 1000 * (MOST_HIDING + 20),
  });
  // One that doesn't end has an answer that takes too long.
  if (hidden.status !== 0)
    return { by: hidden.status === null ? 'no end' : 'hide and seek', seconds: seconds() };
  const tested = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', ...TESTS],
    { ...options, timeout: 1000 * MOST_TESTING },
  );
  return { by: tested.status === 0 || tested.status === null ? undefined : 'tests', seconds: seconds() };
}
