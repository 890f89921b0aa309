/** Explores the worlds that constraints leave open: forking on demand, by running a judgement again for each branch. */

import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import { limit } from '../limits/limits.ts';
import {
  allOf,
  anyOf,
  type ChoiceVariable,
  type Condition,
  chosen,
  DecisionContext,
  type Expr,
  isKnown,
  not,
  sameQuantity,
} from '../symbolic/index.ts';
import type { Ask, Constraint, Exploration, World } from './question.ts';

/** Thrown out of a judgement whose world has too many forks. */
class TooDeep extends Error {}

/** What is decided on the way to a world, in the order in which it was asked. */
interface Decision {
  readonly condition: Condition;
  readonly holds: boolean;
}

/**
 * Without the premises and authorities that facts defeat: what is seen of the machine beats what is assumed of it. Facts
 * that contradict each other stay; whoever made them has to tell that.
 */
export function undefeated(constraints: readonly Constraint[]): Constraint[] {
  const context = new DecisionContext();
  const kept = constraints.filter(({ kind }) => kind === 'fact');
  for (const constraint of [
    ...constraints.filter(({ kind }) => kind === 'premise'),
    ...constraints.filter(({ kind }) => kind === 'authority'),
  ]) {
    const together = [...kept, constraint].map(({ condition }) => condition);
    if (context.possible(together) !== false) kept.push(constraint);
  }
  return kept;
}

/**
 * Runs `judge` once in every world that the constraints leave. A judgement must ask the same in the same order when it
 * is given the same answers. Worlds exclude each other; together with `unexplored` they cover all that is left open.
 *
 * @param context where it is decided what is possible
 */
export function explore<A>(
  judge: (ask: Ask) => A,
  constraints: readonly Constraint[],
  context = new DecisionContext(),
  maxWorlds = limit('worlds'),
): Exploration<A> {
  const worlds: World<A>[] = [];
  const used = new Set<string>();
  let unexplored: Condition = 0n;
  let reached: Exploration<A>['reached'];
  const pending: Decision[][] = [[]];
  const solver = new Solver(constraints, used, context);
  for (let prefix = pending.pop(); prefix !== undefined; prefix = pending.pop()) {
    if (worlds.length >= Math.max(1, maxWorlds)) {
      unexplored = anyOf([unexplored, whenOf(prefix)]);
      reached = 'worlds';
      continue;
    }
    // The first world is looked at in any case: there is no answer without one.
    const run = new Run(prefix, solver, pending, worlds.length === 0 ? Infinity : limit('decisions'));
    try {
      const outcome = judge(run);
      worlds.push({ when: whenOf(run.decisions), decisions: run.decisions.map(decided), outcome });
    } catch (error) {
      if (!(error instanceof TooDeep)) throw error;
      unexplored = anyOf([unexplored, whenOf(run.decisions)]);
      reached = 'decisions';
    }
  }
  return { worlds, unexplored, used, ...(reached === undefined ? {} : { reached }) };
}

/** That not every case was looked at: a gap in what is judged. @param path the device that it is about */
export function tellUnexplored(limit: 'worlds' | 'decisions', path: string, sink: DiagnosticSink): void {
  sink.add(finding('verdict/unexplored', { limit }, { path }));
}

function whenOf(decisions: readonly Decision[]): Condition {
  return allOf(decisions.map(decided));
}

function decided({ condition, holds }: Decision): Condition {
  return holds ? condition : (not(condition) as Condition);
}

/** One run of the judgement along a prefix of decisions; branches found beyond it are put to the pending ones. */
class Run implements Ask {
  readonly decisions: Decision[] = [];
  readonly #prefix: readonly Decision[];
  readonly #solver: Solver;
  readonly #pending: Decision[][];
  readonly #most: number;
  /** What was asked in this run, by hash: a judgement asks some things several times, and is to get the same answer. */
  readonly #answers = new Map<number, { readonly condition: Expr; readonly holds: boolean }[]>();
  /** Which branches were taken, and how many questions were asked: names the next question. */
  #trail = '';
  #asked = 0;

  /** @param most decisions that there may be */
  constructor(prefix: readonly Decision[], solver: Solver, pending: Decision[][], most: number) {
    this.#prefix = prefix;
    this.#solver = solver;
    this.#pending = pending;
    this.#most = most;
  }

  holds(condition: Condition): boolean {
    if (isKnown(condition)) return condition !== 0n;
    const same = this.#answers.get(condition.hash);
    const before = same?.find((each) => sameQuantity(each.condition, condition));
    if (before !== undefined) return before.holds;
    const holds = this.#decide(condition);
    if (same === undefined) this.#answers.set(condition.hash, [{ condition, holds }]);
    else same.push({ condition, holds });
    return holds;
  }

  value(choice: ChoiceVariable): string {
    const last = choice.values.length - 1;
    for (const [index, value] of choice.values.entries())
      if (index === last || this.holds(chosen(choice, value) as Condition)) return value;
    throw new RangeError(`${choice.id} has no values`);
  }

  #decide(condition: Condition): boolean {
    this.#asked += 1;
    const path = (): readonly Condition[] => this.decisions.map(decided);
    const { yes, no } = this.#solver.both(`${this.#asked}${this.#trail}`, path, condition);
    if (!yes || !no) return yes;
    const at = this.decisions.length;
    if (at >= this.#most) throw new TooDeep();
    const holds = this.#prefix[at]?.holds ?? true;
    if (at >= this.#prefix.length) this.#pending.push([...this.decisions, { condition, holds: false }]);
    this.decisions.push({ condition, holds });
    this.#trail += holds ? `+${this.#asked}` : `-${this.#asked}`;
    return holds;
  }
}

/** Tells what is possible beside the constraints. What can't be decided within the bound on work counts as possible. */
class Solver {
  readonly #firm: readonly Condition[];
  readonly #authorities: readonly Constraint[];
  readonly #all: readonly Condition[];
  readonly #used: Set<string>;
  readonly #context: DecisionContext;
  /** By the name of the question: a judgement that is run again asks the same up to where it takes another branch. */
  readonly #known = new Map<string, { readonly yes: boolean; readonly no: boolean }>();

  constructor(constraints: readonly Constraint[], used: Set<string>, context: DecisionContext) {
    this.#context = context;
    const firm = constraints.filter(({ kind }) => kind !== 'authority');
    this.#authorities = constraints.filter(({ kind }) => kind === 'authority');
    this.#firm = firm.map(({ condition }) => condition);
    this.#all = [...this.#firm, ...this.#authorities.map(({ condition }) => condition)];
    this.#used = used;
  }

  /** Whether a condition may hold, and may fail, on a path. */
  both(
    question: string,
    path: () => readonly Condition[],
    condition: Condition,
  ): { readonly yes: boolean; readonly no: boolean } {
    let answer = this.#known.get(question);
    if (answer === undefined) {
      answer = this.#both(path(), condition);
      this.#known.set(question, answer);
    }
    return answer;
  }

  #both(path: readonly Condition[], condition: Condition): { readonly yes: boolean; readonly no: boolean } {
    const opposite = not(condition) as Condition;
    const given = [...this.#all, ...path];
    const yes = this.#beside(given, condition);
    const no = this.#beside(given, opposite);
    if (yes && no) return { yes, no };
    // Which authority made the difference?
    const excluded = yes ? opposite : condition;
    if (
      this.#authorities.some(({ id }) => !this.#used.has(id)) &&
      this.#beside([...this.#firm, ...path], excluded)
    )
      for (const { id } of this.#needed(path, excluded)) this.#used.add(id);
    // Constraints that contradict each other leave no world: then the path alone decides.
    return yes || no ? { yes, no } : { yes: true, no: false };
  }

  /** Authorities that exclude the condition: each by itself, else all of them. */
  #needed(path: readonly Condition[], condition: Condition): readonly Constraint[] {
    const single = this.#authorities.filter(
      (authority) => !this.#beside([...this.#firm, authority.condition, ...path], condition),
    );
    return single.length > 0 ? single : this.#authorities;
  }

  #beside(others: readonly Condition[], condition: Condition): boolean {
    return this.#context.possibleBeside(condition, others) !== false;
  }
}
