import { describe, expect, it } from 'vitest';
import { acpiexecResults, acpiexecVersion, compile, ourResults, type Program } from './oracle.ts';
import { PROGRAMS } from './programs.ts';
import { randomProgram } from './random-programs.ts';

const RANDOM_PROGRAMS = Number(process.env.FWMAP_ORACLE_PROGRAMS ?? 30);

function methodsOf(body: string): string[] {
  return [...body.matchAll(/Method \((T[0-9A-F]{3})\b/g)].map(([, name]) => name!);
}

function expectEqual(program: Program): void {
  const aml = compile(program);
  const theirs = acpiexecResults(aml, program.methods);
  const ours = ourResults(aml, program.methods);
  const told = (results: readonly string[]) => program.methods.map((name, i) => `${name}: ${results[i]}`);
  expect(told(ours), program.body).toEqual(told(theirs));
}

const present = acpiexecVersion !== undefined;
describe.skipIf(!present)(
  `programs give what acpiexec gives${present ? '' : ' (skipped: no iasl or acpiexec)'}`,
  () => {
    for (const [subject, body] of Object.entries(PROGRAMS))
      for (const revision of [2, 1] as const)
        it(`${subject}, ${revision === 2 ? 64 : 32}-bit integers`, () => {
          expectEqual({ body, methods: methodsOf(body), revision });
        });

    it(`${RANDOM_PROGRAMS} random programs`, { timeout: 120_000 }, () => {
      for (let seed = 1; seed <= RANDOM_PROGRAMS; seed++) expectEqual(randomProgram(seed));
    });
  },
);
