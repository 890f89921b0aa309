/**
 * `npm run conformance -- conditions [--verbose] [--no-operations] [--plant=FAULT] [DIR|FILE.txt.gz ...]`: what fwmap says
 * of conditions, held against z3, which knows nothing of how they were decided.
 *
 * Built right: of each operation that evaluating a machine asks of `src/symbolic`, the result is what the operation says
 * of its operands, and the bits it calls known are. By induction a condition is then what the firmware asks for.
 * Printed right: what is printed for a condition equals it; no alternative is impossible or covered by the others, and no
 * comparison is redundant. The alternatives of one `_CRS` exclude each other.
 *
 * FAULT is one of `operation`, `equal`, `possible`, `alternative`, `comparison`, `exclusive`: a fault of that kind is
 * planted, and has to be found.
 */
import { readdirSync } from 'node:fs';
import { register } from 'node:module';
import { basename, join } from 'node:path';
import {
  type Cover,
  compare,
  conditionOfLiteral,
  coverOf,
  formatCondition,
  formatQuantity,
  implies,
  type Quantity,
} from '../../src/symbolic/index.ts';
import { KeyWriter } from './conditions/key.ts';
import type { FoundCondition, MachineConditions } from './conditions/machine.ts';
import { observe } from './conditions/observed.ts';
import { OperationChecker } from './conditions/operations.ts';
import { questionsAbout, questionsAboutExclusion } from './conditions/printed.ts';
import { ask, type Question, Smt } from './conditions/smt.ts';

const FAULTS = ['operation', 'equal', 'possible', 'alternative', 'comparison', 'exclusive'] as const;
type Fault = (typeof FAULTS)[number];

export async function run(args: string[]): Promise<number> {
  const verbose = args.includes('--verbose');
  const planted = args.find((arg) => arg.startsWith('--plant='))?.slice('--plant='.length) as
    | Fault
    | undefined;
  if (planted !== undefined && !FAULTS.includes(planted)) {
    console.error(`--plant takes one of ${FAULTS.join(', ')}`);
    return 2;
  }
  const paths = args.filter((arg) => !arg.startsWith('--'));
  const files = (paths.length > 0 ? paths : ['../shared/corpus/acpi'])
    .flatMap((path) => (path.endsWith('.gz') ? [path] : readdirSync(path).map((name) => join(path, name))))
    .filter((path) => path.endsWith('.txt.gz'))
    .sort();
  register('./conditions/redirect.mjs', import.meta.url);
  const { conditionsOf, entriesOf } = await import('./conditions/machine.ts');
  const operations = args.includes('--no-operations')
    ? undefined
    : new OperationChecker(planted === 'operation');
  const printed = new PrintedChecker(planted);
  for (const file of files) {
    const name = basename(file, '.txt.gz');
    if (operations) observe(operations.observer);
    const entries = await entriesOf(file);
    observe(undefined);
    operations?.check(name);
    printed.check(name, conditionsOf(entries));
    if (verbose) console.log(`${name}: ${printed.passed} printed, ${operations?.total ?? 0} operations`);
  }
  if (operations) operations.report();
  printed.report();
  const failed = printed.wrong.length + (operations?.wrong.length ?? 0);
  const passed = printed.passed + (operations?.passed ?? 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

interface Length {
  readonly bridge: boolean;
  readonly kind: FoundCondition['kind'];
  readonly before: number;
  readonly after: number;
}

class PrintedChecker {
  readonly wrong: string[] = [];
  passed = 0;
  readonly #planted: Fault | undefined;
  readonly #lengths: Length[] = [];
  readonly #cases = new Set<string>();
  readonly #open: string[] = [];
  #incomplete = 0;
  #always = 0;
  #never = 0;

  constructor(planted: Fault | undefined) {
    this.#planted = planted;
  }

  check(machine: string, { found, exclusive }: MachineConditions): void {
    const smt = new Smt();
    const questions: Question[] = [];
    for (const { device, bridge, kind, raw } of found) {
      const text = formatCondition(raw);
      if (text === '1 == 1') this.#always += 1;
      else if (text === '1 == 0') this.#never += 1;
      else this.#lengths.push({ bridge, kind, before: formatQuantity(raw).length, after: text.length });
      const key = new KeyWriter().of(raw);
      if (this.#cases.has(key)) continue;
      this.#cases.add(key);
      const cover = this.#spoiled(coverOf(raw), raw);
      if (!cover.complete) this.#incomplete += 1;
      questions.push(...questionsAbout(smt, `${machine} ${device}: ${text.slice(0, 200)}`, raw, cover));
    }
    for (const { device, conditions } of exclusive) {
      const key = `exclusive ${new KeyWriter().all(conditions)}`;
      if (this.#cases.has(key)) continue;
      this.#cases.add(key);
      const given = this.#planted === 'exclusive' ? [...conditions, 1n] : conditions;
      questions.push(...questionsAboutExclusion(smt, `${machine} ${device}: its alternatives`, given));
    }
    ask(smt, questions).forEach((answer, i) => {
      const { about, wanted } = questions[i]!;
      if (answer === wanted) this.passed += 1;
      else if (answer === 'sat' || answer === 'unsat') this.wrong.push(`not so: ${about}`);
      else this.#open.push(about);
    });
  }

  /** A cover with the planted fault in it. */
  #spoiled(cover: Cover, raw: Quantity): Cover {
    const [first, ...rest] = cover.alternatives;
    if (first === undefined || first.length === 0 || !cover.complete) return cover;
    switch (this.#planted) {
      case 'equal':
        return { ...cover, alternatives: [first.slice(1), ...rest] };
      case 'possible': {
        const { left, right } = first[0]!;
        return {
          ...cover,
          alternatives: [
            ...cover.alternatives,
            [
              { left, op: '<', right },
              { left, op: '>', right },
            ],
          ],
        };
      }
      case 'alternative':
        return { ...cover, alternatives: [...cover.alternatives, first] };
      case 'comparison': {
        // Zero is at most anything: it says nothing.
        const { left } = first[0]!;
        return { ...cover, alternatives: [[...first, { left, op: '>=', right: 0n }], ...rest] };
      }
      default:
        void [compare, conditionOfLiteral, implies, raw];
        return cover;
    }
  }

  report(): void {
    for (const each of this.wrong.slice(0, 20)) console.log(each);
    if (this.wrong.length > 20) console.log(`... ${this.wrong.length - 20} more`);
    for (const each of this.#open) console.log(`not decided by z3: ${each}`);
    console.log(
      `conditions: ${this.#cases.size} that differ, ${this.#incomplete} of them past the bound and kept whole; always ${this.#always}, never ${this.#never}`,
    );
    const share = (lengths: readonly number[], limit: number): string =>
      `${((100 * lengths.filter((length) => length <= limit).length) / Math.max(1, lengths.length)).toFixed(1)} %`;
    const line = (title: string, which: (length: Length) => boolean): void => {
      const these = this.#lengths.filter(which);
      for (const when of ['before', 'after'] as const) {
        const lengths = these.map((length) => length[when]).sort((a, b) => a - b);
        const at = (part: number): number =>
          lengths[Math.min(lengths.length - 1, Math.floor(part * lengths.length))] ?? 0;
        console.log(
          `${title}, ${when}: ${lengths.length}; half at most ${at(0.5)} characters, 90 % ${at(0.9)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, all ${at(1)}; at most 80: ${share(lengths, 80)}, at most 400: ${share(lengths, 400)}`,
        );
      }
    };
    line('windows of root bridges', ({ bridge, kind }) => bridge && kind === 'window');
    line('all windows', ({ kind }) => kind === 'window');
    line('alternatives of _CRS', ({ kind }) => kind === 'alternative');
  }
}
