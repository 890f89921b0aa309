/** Methods that branch on fields, held against runs with every content of the fields. */
import { describe, expect, test } from 'vitest';
import { Contents, valueUnder } from '../../../scripts/conformance/acpi/unknown/witness.ts';
import type { CrsEntry } from '../../../src/acpi/crs/crs.ts';
import { type EvaluationOptions, evaluateAllCrs, loadMachine } from '../../../src/acpi/machine.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import { quantityOfByte } from '../../../src/symbolic/index.ts';
import { branchingProgram } from './branching-programs.ts';
import { tablesOf } from './tables.ts';

const PROGRAMS = Number(process.env.FWMAP_BRANCHING_PROGRAMS ?? 40);
/** Of the byte that the three fields lie in. */
const CONTENTS = 64;

const quiet = { add: () => {} };

function crsOf(tables: readonly AcpiTable[], options: EvaluationOptions): CrsEntry[] {
  return evaluateAllCrs(loadMachine(tables, options, quiet));
}

/** Runs of which it can be told what is said of them, and others. */
let told = 0;
let open = 0;

/** What differs between what is said of a run and the run; undefined when nothing does. */
function wrong(entry: CrsEntry, run: CrsEntry | undefined, contents: Contents): string | undefined {
  const values = entry.cases!.map(({ condition }) => valueUnder(condition, contents));
  const holding = entry.cases!.filter((_, i) => values[i] === 1n);
  // A condition that grew too large is not known.
  if (holding.length === 0 && values.includes(undefined)) {
    open += 1;
    return undefined;
  }
  told += 1;
  if (holding.length !== 1) return `${holding.length} cases hold`;
  const { outcome, bytes } = holding[0]!;
  if (outcome === 'abandoned') return undefined;
  if (outcome !== 'template')
    return run?.status === 'error' ? undefined : `${outcome}, and is ${run?.status}`;
  const said = bytes.map((byte) =>
    typeof byte === 'number' ? BigInt(byte) : valueUnder(quantityOfByte(byte), contents),
  );
  if (run?.status !== 'ok') return `a template, and is ${run?.status}`;
  const at = said.findIndex((byte, i) => byte !== undefined && byte !== BigInt(run.bytes![i] as number));
  return at < 0 ? undefined : `byte ${at} is ${run.bytes![at]}, and said to be ${said[at]}`;
}

describe('the case that holds is what a run gives', () => {
  test(`${PROGRAMS} programs`, { timeout: 600_000 }, () => {
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const body = branchingProgram(seed);
      const tables = tablesOf(body);
      const ours = crsOf(tables, {});
      for (let content = 0; content < CONTENTS; content++) {
        const contents = new Contents(() => content);
        const runs = crsOf(tables, { assume: contents.fill });
        ours.forEach((entry, i) => {
          const why = wrong(entry, runs[i], contents);
          if (why !== undefined)
            expect.fail(`seed ${seed}, content ${content}, ${entry.device}: ${why}\n${body}`);
        });
      }
    }
    expect(open).toBeLessThan(told / 10);
  });
});
