/**
 * `npm run conformance -- hide-and-seek [--seconds N] [--cases N] [--seed S] [--case K] [--failures N]`: whole true machines,
 * of which parts are hidden. What fwmap answers about the rest may never be wrong, and what it answers about the whole
 * must be the truth. `--case K` runs one case again and writes its files.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Checked, check, show } from './hide-and-seek/check.ts';
import { AMOUNTS, type Amount, hide, type Shown } from './hide-and-seek/hiding.ts';
import { drawMachine, type Machine } from './hide-and-seek/machine.ts';
import { caseRandom } from './hide-and-seek/random.ts';

const MOST_FAILURES = '10';

interface Case {
  readonly machine: Machine;
  readonly shown: Shown;
  readonly checked: Checked;
}

/** Draws and checks one case. */
export async function runCase(seed: number, index: number): Promise<Case> {
  const random = caseRandom(seed, index);
  const machine = drawMachine(random);
  const shown = hide(machine, random);
  return { machine, shown, checked: await check(machine, shown, random) };
}

type Tally = { cases: number; exact: number; depends: number; unknown: number; other: number };

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string' },
      cases: { type: 'string' },
      seed: { type: 'string', default: '1' },
      case: { type: 'string' },
      failures: { type: 'string', default: MOST_FAILURES },
    },
  });
  const seed = Number(values.seed);
  if (values.case !== undefined) return runAgain(seed, Number(values.case));
  const until =
    values.seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.seconds) * 1000;
  const most =
    values.cases === undefined
      ? values.seconds === undefined
        ? 1000
        : Number.POSITIVE_INFINITY
      : Number(values.cases);
  const tallies = new Map<Amount, Tally>(
    AMOUNTS.map((amount) => [amount, { cases: 0, exact: 0, depends: 0, unknown: 0, other: 0 }]),
  );
  let slowest = { seconds: 0, index: 0 };
  let failed = 0;
  let index = 0;
  for (; index < most && Date.now() < until && failed < Number(values.failures); index += 1) {
    let one: Case;
    try {
      one = await runCase(seed, index);
    } catch (error) {
      failed += 1;
      console.log(`case ${index} of seed ${seed}: ${error instanceof Error ? error.stack : error}`);
      continue;
    }
    const { checked, shown } = one;
    const tally = tallies.get(shown.amount)!;
    tally.cases += 1;
    const { answer } = checked.verdict;
    if (checked.exact) tally.exact += 1;
    else if (answer === 'depends' || answer === 'unknown') tally[answer] += 1;
    else tally.other += 1;
    if (checked.seconds > slowest.seconds) slowest = { seconds: checked.seconds, index };
    if (checked.wrong === undefined) continue;
    failed += 1;
    console.log(`case ${index} of seed ${seed}: ${checked.wrong}`);
    console.log(`  ${checked.verdict.summary}`);
    console.log(
      `  ${write(one)} has its inputs; again: npm run conformance -- hide-and-seek --seed ${seed} --case ${index}`,
    );
  }
  const share = (part: number, of: number): string => `${of === 0 ? '-' : ((100 * part) / of).toFixed(1)} %`;
  console.log('hidden      cases    exact  depends  unknown  worse');
  for (const [amount, { cases, exact, depends, unknown, other }] of tallies)
    console.log(
      [
        amount.padEnd(9),
        String(cases).padStart(7),
        ...[exact, depends, unknown, other].map((part) => share(part, cases).padStart(7)),
      ].join('  '),
    );
  console.log(
    `slowest: case ${slowest.index}, ${slowest.seconds.toFixed(2)} s of processor time; seed ${seed}`,
  );
  console.log(`${index - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function runAgain(seed: number, index: number): Promise<number> {
  const one = await runCase(seed, index);
  const { checked, shown, machine } = one;
  console.log(`inputs in ${write(one)}`);
  console.log(
    show({
      ...machine,
      firmware: { ...machine.firmware, asl: undefined, dts: undefined },
      kernel: { ...machine.kernel, behaviour: undefined },
      configuration: Object.fromEntries(machine.configuration.values),
      must: [...machine.must],
      contents: Object.fromEntries(machine.contents),
    }),
  );
  console.log(
    show({
      amount: shown.amount,
      notes: shown.notes,
      kernel: shown.kernel,
      set: Object.fromEntries(shown.set),
      mentioned: [...shown.mentioned],
      said: [...shown.said],
    }),
  );
  console.log(show(checked.truth));
  console.log(
    `${checked.verdict.answer}, effective ${checked.verdict.effective}: ${checked.verdict.summary}`,
  );
  console.log(checked.wrong ?? 'nothing is wrong');
  return checked.wrong === undefined ? 0 : 1;
}

/** Writes what was shown as files. */
function write({ shown }: Case): string {
  const folder = mkdtempSync(join(tmpdir(), 'hide-and-seek-'));
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of shown.files) writeFileSync(join(folder, name), bytes);
  for (const { address, bytes } of shown.memory)
    writeFileSync(join(folder, `memory@0x${address.toString(16)}`), bytes);
  return folder;
}
