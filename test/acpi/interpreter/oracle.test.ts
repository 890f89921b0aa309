import { describe, expect, it } from 'vitest';
import { Recordings } from '../../recorded.ts';
import { acpiexecResults, acpiexecVersion, compile, ourResults, type Program } from './oracle.ts';
import { PROGRAMS } from './programs.ts';
import { randomProgram } from './random-programs.ts';

const RANDOM_PROGRAMS = Number(process.env.FWMAP_ORACLE_PROGRAMS ?? 30);

function methodsOf(body: string): string[] {
  return [...body.matchAll(/Method \((T[0-9A-F]{3})\b/g)].map(([, name]) => name!);
}

const recordings = new Recordings('acpiexec', acpiexecVersion);

const COMMAND = 'iasl -oa -of program.asl && acpiexec -b "evaluate METHOD;..." program.aml';

/** Compiles and evaluates; false where the programs are missing and nothing is recorded. */
function expectEqual(program: Program): boolean {
  const input = JSON.stringify(program);
  if (!recordings.has(COMMAND, input)) return false;
  const output = recordings.output(COMMAND, input, () => {
    const bytes = compile(program);
    return JSON.stringify({
      aml: Buffer.from(bytes).toString('base64'),
      results: acpiexecResults(bytes, program.methods),
    });
  });
  const { aml: base64, results: theirs } = JSON.parse(output) as { aml: string; results: string[] };
  const aml = new Uint8Array(Buffer.from(base64, 'base64'));
  const ours = ourResults(aml, program.methods);
  const told = (results: readonly string[]) => program.methods.map((name, i) => `${name}: ${results[i]}`);
  expect(told(ours), program.body).toEqual(told(theirs));
  return true;
}

describe(`programs give what acpiexec gives${recordings.note}`, () => {
  for (const [subject, body] of Object.entries(PROGRAMS))
    for (const revision of [2, 1] as const)
      it(`${subject}, ${revision === 2 ? 64 : 32}-bit integers`, ({ skip }) => {
        if (!expectEqual({ body, methods: methodsOf(body), revision })) skip('not recorded');
      });

  it(`${RANDOM_PROGRAMS} random programs`, { timeout: 120_000 }, ({ skip }) => {
    let compared = 0;
    for (let seed = 1; seed <= RANDOM_PROGRAMS; seed++) compared += expectEqual(randomProgram(seed)) ? 1 : 0;
    if (compared === 0) skip('not recorded');
  });
});
