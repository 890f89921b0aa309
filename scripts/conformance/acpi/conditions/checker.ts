/** Checks the printed conditions of machines with z3, and reports their lengths. */
import {
  bracketedIn,
  type Cover,
  formatCondition,
  formatQuantity,
  isKnown,
  type Literal,
  printedCover,
  type Quantity,
} from '../../../../src/symbolic/index.ts';
import { KeyWriter } from './key.ts';
import type { FoundCondition, MachineConditions } from './machine.ts';
import { simplifiedFrom } from './observed.ts';
import { questionsAbout, questionsAboutExclusion } from './printed.ts';
import { ask, type Question, Smt } from './smt.ts';

export const FAULTS = [
  'operation',
  'equal',
  'possible',
  'alternative',
  'comparison',
  'bracket',
  'exclusive',
] as const;
export type Fault = (typeof FAULTS)[number];

export function isFault(name: string): name is Fault {
  return (FAULTS as readonly string[]).includes(name);
}

interface Length {
  readonly bridge: boolean;
  readonly kind: FoundCondition['kind'];
  readonly before: number;
  readonly after: number;
}

export class PrintedChecker {
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
    for (const { device, bridge, kind, condition } of found) {
      const cover = printedCover(condition);
      const text = formatCondition(condition);
      if (text === '1 == 1') this.#always += 1;
      else if (text === '1 == 0') this.#never += 1;
      else {
        const before =
          typeof condition === 'bigint' ? condition : (simplifiedFrom.get(condition) ?? condition);
        this.#lengths.push({ bridge, kind, before: formatQuantity(before).length, after: text.length });
      }
      if (this.#isKnown(new KeyWriter().of(condition))) continue;
      if (!cover.complete) this.#incomplete += 1;
      const about = `${machine} ${device}: ${text.slice(0, 200)}`;
      questions.push(...questionsAbout(smt, about, condition, this.#spoiled(cover)));
    }
    for (const { of, conditions } of exclusive) {
      if (this.#isKnown(`exclusive ${new KeyWriter().all(conditions)}`)) continue;
      const given: Quantity[] = this.#planted === 'exclusive' ? [...conditions, 1n] : [...conditions];
      questions.push(...questionsAboutExclusion(smt, `${machine} ${of}`, given));
    }
    ask(smt, questions).forEach((answer, i) => {
      const { about, wanted } = questions[i]!;
      if (answer === wanted) this.passed += 1;
      else if (answer === 'sat' || answer === 'unsat') this.wrong.push(`not so: ${about}`);
      else this.#open.push(about);
    });
  }

  /** Whether an equal case, except for names, was checked before. */
  #isKnown(key: string): boolean {
    if (this.#cases.has(key)) return true;
    this.#cases.add(key);
    return false;
  }

  /** A cover with the planted fault in it. */
  #spoiled(cover: Cover): Cover {
    const [first, ...rest] = cover.alternatives;
    if (first === undefined || first.length === 0 || !cover.complete) return cover;
    const { left, right } = first[0]!;
    switch (this.#planted) {
      case 'equal':
        return { ...cover, alternatives: [first.slice(1), ...rest] };
      case 'possible':
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
      case 'alternative':
        return { ...cover, alternatives: [...cover.alternatives, first] };
      case 'comparison':
        // Always true, so redundant.
        return { ...cover, alternatives: [[...first, { left, op: '>=', right: 0n }], ...rest] };
      case 'bracket':
        return { ...cover, alternatives: cover.alternatives.map((literals) => literals.map(twiceInside)) };
      default:
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
    this.#distribution('windows of root bridges', ({ bridge, kind }) => bridge && kind === 'window');
    this.#distribution('all windows', ({ kind }) => kind === 'window');
    this.#distribution('alternatives of _CRS', ({ kind }) => kind === 'alternative');
  }

  #distribution(title: string, which: (length: Length) => boolean): void {
    const these = this.#lengths.filter(which);
    for (const when of ['before', 'after'] as const) {
      const lengths = these.map((length) => length[when]).sort((a, b) => a - b);
      const at = (part: number): number =>
        lengths[Math.min(lengths.length - 1, Math.floor(part * lengths.length))] ?? 0;
      const share = (limit: number): string =>
        `${((100 * lengths.filter((length) => length <= limit).length) / Math.max(1, lengths.length)).toFixed(1)} %`;
      console.log(
        `${title}, ${when}: ${lengths.length}; half at most ${at(0.5)} characters, 90 % ${at(0.9)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, all ${at(1)}; at most 80: ${share(80)}, at most 400: ${share(400)}`,
      );
    }
  }
}

/** A literal with brackets, with its first alternative repeated; any other literal unchanged. */
function twiceInside(literal: Literal): Literal {
  const { left } = literal;
  if (bracketedIn(literal) === undefined || isKnown(left) || left.kind !== 'any') return literal;
  return { ...literal, left: { ...left, of: [...left.of, left.of[0]!] } };
}
