/** Explores the worlds that constraints leave open: forking on demand, by running a judgement again for each branch. */

import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import { limit } from '../limits/limits.ts';
import {
  allOf,
  anyOf,
  type ChoiceVariable,
  type Condition,
  type Cuts,
  chosen,
  cutsSoFar,
  DecisionContext,
  type Expr,
  isKnown,
  not,
  sameQuantity,
  type Together,
} from '../symbolic/index.ts';
import type { Ask, Constraint, Exploration, ExplorationLimit, World } from './question.ts';

/** Thrown out of a judgement whose world has too many forks. */
class TooDeep extends Error {}

/** A decision on the way to a world, in the order in which it was asked. */
interface Decision {
  readonly condition: Condition;
  readonly holds: boolean;
}

/**
 * Removes premises and authorities that the facts contradict: observations override assumptions. Facts that contradict
 * each other stay; their source reports that.
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
 * Runs `judge` once in every world that the constraints leave. Given the same answers, a judgement must ask the same
 * questions in the same order. Worlds exclude each other; together with `unexplored` they cover everything that is open.
 *
 * @param context decides what is possible
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
  const root = solver.start();
  const before = context.work;
  const limitReached = (): ExplorationLimit | undefined => {
    // The first world is judged in any case: there is no answer without one.
    if (worlds.length === 0) return undefined;
    if (worlds.length >= maxWorlds) return 'worlds';
    return context.work - before > limit('decision-steps') ? 'decision-steps' : undefined;
  };
  for (let prefix = pending.pop(); prefix !== undefined; prefix = pending.pop()) {
    const limited = limitReached();
    if (limited !== undefined) {
      unexplored = anyOf([unexplored, whenOf(prefix)]);
      reached = limited;
      continue;
    }
    const run = new Run(prefix, root, solver, pending, worlds.length === 0 ? Infinity : limit('decisions'));
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

/** Reports that not every case was judged, which is a gap. @param path the device that it is about */
export function tellUnexplored(limit: ExplorationLimit, path: string, sink: DiagnosticSink): void {
  sink.add(finding('verdict/unexplored', { limit }, { path }));
}

/**
 * Reports what was cut at a limit of size during the work on a result.
 * @param before what cutsSoFar() was when the work began
 */
export function tellCuts(before: Cuts, sink: DiagnosticSink): void {
  const now = cutsSoFar();
  const tell = (name: keyof Cuts, unit: string, rest: string): void => {
    if (now[name] > before[name]) sink.add(finding('fwmap/limit-told', { name, unit, rest }));
  };
  tell('expression-size', 'operators in an expression', 'longer expressions count as unknown');
  tell('condition-size', 'operators in a condition', 'longer conditions count as unknown');
}

function whenOf(decisions: readonly Decision[]): Condition {
  return allOf(decisions.map(decided));
}

function decided({ condition, holds }: Decision): Condition {
  return holds ? condition : (not(condition) as Condition);
}

/**
 * A place in the judgement: what is asked next there, and where each answer leads. A judgement that is run again goes the
 * same way up to where it takes another branch.
 */
interface Place {
  /** All constraints and what was decided on the way here. */
  readonly all: Together;
  /** The same without authorities. */
  readonly firm: Together;
  question?: Question;
  /** What was made on a part of the way that ends here, by its name. */
  made?: Map<string, Made>;
}

interface Question {
  readonly condition: Condition;
  readonly answer: Answer;
  readonly yes: Place | undefined;
  readonly no: Place | undefined;
}

/** Which answers are possible; one of them is. */
interface Answer {
  readonly yes: boolean;
  readonly no: boolean;
}

interface Made {
  readonly result: unknown;
  readonly told: readonly Told[];
}

interface Told {
  readonly condition: Expr;
  readonly holds: boolean;
}

/** One run of the judgement along a prefix of decisions; branches found beyond it are put to the pending ones. */
class Run implements Ask {
  readonly decisions: Decision[] = [];
  readonly #prefix: readonly Decision[];
  readonly #solver: Solver;
  readonly #pending: Decision[][];
  readonly #most: number;
  /** What was asked in this run, by hash: a judgement asks some things several times, and is to get the same answer. */
  readonly #answers = new Map<number, Told[]>();
  #place: Place;
  /** What was told since a part began whose result is kept. */
  #told: Told[] | undefined;

  /** @param most decisions that there may be */
  constructor(prefix: readonly Decision[], root: Place, solver: Solver, pending: Decision[][], most: number) {
    this.#prefix = prefix;
    this.#place = root;
    this.#solver = solver;
    this.#pending = pending;
    this.#most = most;
  }

  holds(condition: Condition): boolean {
    if (isKnown(condition)) return condition !== 0n;
    const before = this.#answers.get(condition.hash)?.find((each) => sameQuantity(each.condition, condition));
    if (before !== undefined) return before.holds;
    const told = { condition, holds: this.#decide(condition) };
    this.#note(told);
    this.#told?.push(told);
    return told.holds;
  }

  value(choice: ChoiceVariable): string {
    const last = choice.values.length - 1;
    for (const [index, value] of choice.values.entries())
      if (index === last || this.holds(chosen(choice, value) as Condition)) return value;
    throw new RangeError(`${choice.id} has no values`);
  }

  once<T>(name: string, make: () => T): T {
    const known = this.#walked(name);
    if (known !== undefined) return known.result as T;
    const outer = this.#told;
    const told: Told[] = [];
    this.#told = told;
    const result = make();
    this.#told = outer;
    outer?.push(...told);
    this.#place.made ??= new Map();
    this.#place.made.set(name, { result, told });
    return result;
  }

  /** Goes along what earlier runs were told, to where something was made; stays where none of them came there. */
  #walked(name: string): Made | undefined {
    const taken: Decision[] = [];
    for (let at: Place | undefined = this.#place; at !== undefined; ) {
      const made = at.made?.get(name);
      if (made !== undefined) {
        this.#place = at;
        this.decisions.push(...taken);
        if (this.decisions.length > this.#most) {
          this.decisions.length = this.#most;
          throw new TooDeep();
        }
        for (const told of made.told) this.#note(told);
        this.#told?.push(...made.told);
        return made;
      }
      if (at.question === undefined) return undefined;
      const question: Question = at.question;
      const { condition, answer } = question;
      let holds: boolean = answer.yes;
      if (answer.yes && answer.no) {
        const decision = this.#prefix[this.decisions.length + taken.length];
        // Beyond the prefix this is the first run.
        if (decision === undefined) return undefined;
        holds = decision.holds;
        taken.push({ condition, holds });
      }
      at = holds ? question.yes : question.no;
    }
    return undefined;
  }

  #note(told: Told): void {
    const same = this.#answers.get(told.condition.hash);
    if (same === undefined) this.#answers.set(told.condition.hash, [told]);
    else same.push(told);
  }

  #decide(condition: Expr): boolean {
    this.#place.question ??= this.#solver.ask(this.#place, condition);
    // What was asked here the first time is taken: a condition that was cut at a limit is a new value in each run.
    const { condition: asked, answer, yes, no } = this.#place.question;
    let holds = answer.yes;
    if (answer.yes && answer.no) {
      const at = this.decisions.length;
      if (at >= this.#most) throw new TooDeep();
      holds = this.#prefix[at]?.holds ?? true;
      if (at >= this.#prefix.length)
        this.#pending.push([...this.decisions, { condition: asked, holds: false }]);
      this.decisions.push({ condition: asked, holds });
    }
    this.#place = (holds ? yes : no)!;
    return holds;
  }
}

/** Tells what is possible beside the constraints. What can't be decided within the bound on work counts as possible. */
class Solver {
  readonly #firm: readonly Condition[];
  readonly #authorities: readonly Constraint[];
  readonly #used: Set<string>;
  readonly #context: DecisionContext;

  constructor(constraints: readonly Constraint[], used: Set<string>, context: DecisionContext) {
    this.#context = context;
    this.#firm = constraints.filter(({ kind }) => kind !== 'authority').map(({ condition }) => condition);
    this.#authorities = constraints.filter(({ kind }) => kind === 'authority');
    this.#used = used;
  }

  /** Where a judgement begins. */
  start(): Place {
    const authorities = this.#authorities.map(({ condition }) => condition);
    return {
      all: this.#context.together([...this.#firm, ...authorities]),
      firm: this.#context.together(this.#firm),
    };
  }

  /** What a condition may be at a place, and where that leads. */
  ask(place: Place, condition: Expr): Question {
    const opposite = not(condition) as Condition;
    const answer = this.#answer(place, condition, opposite);
    if (answer.yes !== answer.no) {
      // It follows from what was decided.
      const next: Place = { all: place.all, firm: place.firm };
      return { condition, answer, yes: answer.yes ? next : undefined, no: answer.no ? next : undefined };
    }
    const after = (decided: Condition): Place => ({
      all: this.#context.with(place.all, decided),
      firm: this.#context.with(place.firm, decided),
    });
    return { condition, answer, yes: after(condition), no: after(opposite) };
  }

  #answer(place: Place, condition: Expr, opposite: Condition): Answer {
    const possible = this.#context.sides(place.all, condition);
    const [yes, no] = [possible.yes !== false, possible.no !== false];
    if (yes && no) return { yes, no };
    const isOpen = ({ id }: Constraint): boolean => !this.#used.has(id);
    if (this.#authorities.some(isOpen)) {
      // Which authority made the difference?
      const excluded = yes ? opposite : condition;
      const concerned = this.#authorities.filter((authority) =>
        this.#context.concerns(place.all, authority.condition, excluded),
      );
      if (concerned.some(isOpen) && this.#beside(place.firm, excluded))
        for (const { id } of this.#needed(place, concerned, excluded)) this.#used.add(id);
    }
    // Constraints that contradict each other leave no world: then the path alone decides.
    return yes || no ? { yes, no } : { yes: true, no: false };
  }

  /** Of some authorities those that exclude the condition: each by itself, else all of them. */
  #needed({ firm }: Place, authorities: readonly Constraint[], condition: Condition): readonly Constraint[] {
    const single = authorities.filter(
      (authority) => !this.#beside(this.#context.with(firm, authority.condition), condition),
    );
    return single.length > 0 ? single : authorities;
  }

  #beside(others: Together, condition: Condition): boolean {
    return this.#context.allows(others, condition) !== false;
  }
}
