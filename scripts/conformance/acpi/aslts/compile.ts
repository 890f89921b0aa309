/** The suite's cases as compiled tables. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Integers of 64 or 32 bits. `n64` and `n32` are the modes of the suite's scripts; their makefiles quote `-oa -r 1` as
 * one option, so that iasl ignores `-r` and the tables of `n32` have 64 bits too. `r32` really has 32.
 */
export const MODES = ['n64', 'n32', 'r32'] as const;
export type Mode = (typeof MODES)[number];

export interface SuiteCase {
  readonly name: string;
  /** The compiled table; undefined if iasl rejects the case. */
  readonly aml: Uint8Array | undefined;
}

const COLLECTIONS = 'tests/aslts/src/runtime/collections';
/** Options of the suite's Makefile.def: not optimised, no remarks; the revision sets the width of integers. */
const FLAGS: Readonly<Record<Mode, readonly string[]>> = {
  n64: ['-oa', '-r', '2', '-of', '-cr', '-vs'],
  n32: ['-oa -r 1', '-of', '-cr', '-vs'],
  r32: ['-oa', '-r', '1', '-of', '-cr', '-vs'],
};
/** Cases that the suite's settings disable: for other systems, and unmaintained ones. */
const DISABLED = new Set(['module', 'dynobj', 'exc_operand1', 'exc_result1', 'oconversion', 'rconversion']);

interface Recipe {
  readonly name: string;
  readonly folder: string;
  readonly source: string;
  readonly flags: readonly string[];
}

/** Values of a variable in a makefile, those added with `+=` too; comments are left out. */
function variable(makefile: string, name: string): string[] {
  return [...makefile.matchAll(new RegExp(`^${name}\\s*\\+?=([^#\\n]*)`, 'gm'))].flatMap(([, value]) =>
    value!.trim().split(/\s+/).filter(Boolean),
  );
}

function recipes(folder: string): Recipe[] {
  const found: Recipe[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...recipes(path));
    else if (entry.name === 'Makefile') {
      const makefile = readFileSync(path, 'utf8');
      const sources = ['MAIN', ...variable(makefile, 'ASLMODADD')];
      const flags = variable(makefile, 'ADD_ASLFLAGS');
      variable(makefile, 'AMLMOD').forEach((name, i) => {
        found.push({ name, folder, source: `${sources[i] ?? 'MAIN'}.asl`, flags });
      });
    }
  }
  return found;
}

/** All enabled cases of the checkout; those compiled in an earlier run are not compiled again. */
export function suiteCases(
  checkout: string,
  mode: Mode,
  iasl: string | undefined,
  only: readonly string[] | undefined,
): SuiteCase[] {
  const built = resolve(checkout, 'generate/unix/bin/iasl');
  const compiler = iasl ?? (existsSync(built) ? built : 'iasl');
  const kept = join(resolve(checkout), 'tests/aslts/tmp/fwmap', mode);
  mkdirSync(kept, { recursive: true });
  return recipes(join(resolve(checkout), COLLECTIONS))
    .filter(({ name }) => only?.includes(name) ?? !DISABLED.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((recipe) => {
      const aml = join(kept, `${recipe.name}.aml`);
      if (!existsSync(aml)) {
        const command = [...FLAGS[mode], ...recipe.flags, '-p', join(kept, recipe.name), recipe.source];
        const { error } = spawnSync(compiler, command, { cwd: recipe.folder, stdio: 'ignore' });
        if (error) throw error;
      }
      return { name: recipe.name, aml: existsSync(aml) ? readFileSync(aml) : undefined };
    });
}
