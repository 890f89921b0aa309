/** From the worlds to one answer: what is so in all of them, what in those that the defaults leave, and what it depends on. */
import type { Gap } from '../../artifact/gap.ts';
import {
  allOf,
  anyOf,
  type Condition,
  type DecisionContext,
  isKnown,
  not,
  simplified,
} from '../../symbolic/index.ts';
import type { Constraint, Default, Exploration, RuleFinding, World } from '../question.ts';
import type { Answer, Case, Hazard } from '../verdict.ts';
import { branchesOf } from './branches.ts';
import type { Outcome, Possible } from './judge/outcome.ts';
import type { Situation } from './situation/situation.ts';

type SysfbWorld = World<Outcome>;

export interface Folded {
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  /** The decision table, the worst first. */
  readonly cases: readonly Case[];
  /** Defaults that the answer rests on. */
  readonly defaults: readonly Default[];
  /** The world whose windows and framebuffer are shown: the worst of those that count. */
  readonly shown: Outcome;
  readonly rules: readonly RuleFinding[];
  /** Hyper-V support selects CONFIG_SYSFB in all worlds that count. */
  readonly selects: boolean;
}

/**
 * @param gaps those that may hide a window or a framebuffer, and are open
 * @param context where it was decided what is possible
 */
export function fold(
  { worlds, unexplored }: Exploration<Outcome>,
  situation: Situation,
  gaps: readonly Gap[],
  context: DecisionContext,
): Folded {
  const constraints = situation.constraints.map(({ condition }: Constraint) => condition);
  const given = new Given(constraints, context);
  const wanted = openDefaults(situation.defaults, worlds, given);
  const standing = wanted.length === 0 ? worlds : worlds.filter((world) => agrees(world, wanted, given));
  const counted = standing.length === 0 ? worlds : standing;
  const firm = situation.constraints.filter(({ kind }) => kind !== 'authority');
  const cases = casesOf(worlds, allOf(firm.map(({ condition }) => condition)));
  const isComplete = unexplored === 0n && gaps.length === 0;
  const all = (list: readonly SysfbWorld[], without: Possible): boolean =>
    list.length > 0 && list.every(({ outcome }) => outcome.without === without);
  const answer: Answer = all(worlds, 'yes')
    ? 'needed'
    : all(worlds, 'no')
      ? isComplete
        ? 'not-needed'
        : 'unknown'
      : all(counted, 'yes')
        ? 'needed'
        : worlds.some(({ outcome }) => outcome.without === 'yes')
          ? 'depends'
          : 'unknown';
  const hazardous = counted.filter(({ outcome }) => outcome.without === 'yes');
  const exposed =
    hazardous.length > 0 ? hazardous : worlds.filter(({ outcome }) => outcome.without === 'yes');
  const shown = (exposed[0] ?? counted.find(({ outcome }) => outcome.without === 'open') ?? counted[0]!)
    .outcome;
  return {
    answer,
    effective: effectiveOf(exposed, answer),
    hazard: hazardOf(counted, situation, given, answer),
    cases: cases.length > 1 ? cases : [],
    defaults: answer === 'needed' && !all(worlds, 'yes') ? wanted : [],
    shown,
    rules: rulesOf(counted.length > 0 ? counted : worlds),
    selects: !situation.isTree && counted.every((world) => selectsSysfb(world, situation, given)),
  };
}

/** Defaults about what is open: those that some world fails. */
function openDefaults(
  defaults: readonly Default[],
  worlds: readonly SysfbWorld[],
  given: Given,
): readonly Default[] {
  return defaults.filter(({ condition }) =>
    worlds.some((world) => given.implies(world, not(condition) as Condition)),
  );
}

function agrees(world: SysfbWorld, defaults: readonly Default[], given: Given): boolean {
  return given.allows(
    world,
    defaults.map(({ condition }) => condition),
  );
}

/** What is so in a world beside what all constraints say. */
class Given {
  readonly #constraints: readonly Condition[];
  readonly #context: DecisionContext;

  constructor(constraints: readonly Condition[], context: DecisionContext) {
    this.#constraints = constraints;
    this.#context = context;
  }

  /** May the conditions hold there? */
  allows({ decisions }: Pick<SysfbWorld, 'decisions'>, conditions: readonly Condition[]): boolean {
    return this.#context.possible([...this.#constraints, ...decisions, ...conditions]) !== false;
  }

  /** Does the condition hold there for certain? */
  implies(world: Pick<SysfbWorld, 'decisions'>, condition: Condition): boolean {
    return !this.allows(world, [not(condition) as Condition]);
  }
}

const ANSWER: Readonly<Record<Possible, Answer>> = { yes: 'needed', no: 'not-needed', open: 'unknown' };

/** Worlds of one kind and outcome as one row, under what is left of their conditions beside the constraints. */
function casesOf(worlds: readonly SysfbWorld[], given: Condition): Case[] {
  const groups = new Map<string, SysfbWorld>();
  for (const world of worlds) if (!groups.has(keyOf(world))) groups.set(keyOf(world), world);
  const branches = branchesOf(worlds.map((world) => ({ decisions: world.decisions, key: keyOf(world) })));
  return [...groups]
    .map(([key, first]): Case => {
      const { without, with: withIt, because } = first.outcome;
      const ways = branches.filter((branch) => branch.key === key);
      const when = simplified(anyOf(ways.map(({ decisions }) => allOf(decisions))), given);
      const effective = without !== 'yes' ? false : withIt === 'open' ? null : withIt === 'no';
      return { when, answer: ANSWER[without], effective, because };
    })
    .sort((a, b) => rank(a) - rank(b));
}

function keyOf({ outcome: { kind, without, with: withIt } }: SysfbWorld): string {
  return `${kind} ${without} ${withIt}`;
}

function rank({ answer, when }: Case): number {
  const order = answer === 'needed' ? 0 : answer === 'unknown' ? 1 : 2;
  return order * 1e6 + (isKnown(when) ? 0 : when.size);
}

/** True where CONFIG_SYSFB makes the reservation in every world that needs one, false where in none. */
function effectiveOf(exposed: readonly SysfbWorld[], answer: Answer): boolean | null {
  if (exposed.length === 0) return answer === 'unknown' ? null : false;
  if (exposed.every(({ outcome }) => outcome.with === 'no')) return true;
  return exposed.every(({ outcome }) => outcome.with === 'yes') ? false : null;
}

function hazardOf(worlds: readonly SysfbWorld[], situation: Situation, given: Given, answer: Answer): Hazard {
  if (answer === 'unknown') return 'unknown';
  const found = new Set(worlds.map((world) => hazardIn(world, situation, given)));
  if (found.size !== 1) return 'unknown';
  const [only] = found;
  if (only === 'open') return 'unknown';
  if (only === 'no') return 'none';
  const passThrough = situation.configuration.value('PCI_HYPERV') !== 'n';
  return passThrough && !situation.isTree ? 'boot-failure' : 'framebuffer-unprotected';
}

/** The hazard with the configuration as it is known, in one world. */
function hazardIn(world: SysfbWorld, situation: Situation, given: Given): Possible {
  const { without, with: withIt } = world.outcome;
  if (without === withIt) return without;
  const { configuration } = situation;
  const set = configuration.value('SYSFB');
  if (set !== undefined) return set === 'n' ? without : withIt;
  return selectsSysfb(world, situation, given) ? withIt : 'open';
}

/** Does Hyper-V support select CONFIG_SYSFB, whatever else is configured? */
function selectsSysfb(world: SysfbWorld, { configuration, model }: Situation, given: Given): boolean {
  if (configuration.value('HYPERV_VTL_MODE') === 'y' || configuration.value('EFI') === 'n') return false;
  const selects = not(model.is('hypervSelectsSysfb', 'nothing'));
  return given.implies(world, selects as Condition);
}

/** The rules of the worlds that count, each once, the worst worlds' first. */
function rulesOf(worlds: readonly SysfbWorld[]): RuleFinding[] {
  const order: readonly Possible[] = ['yes', 'open', 'no'];
  const sorted = worlds.toSorted(
    (a, b) => order.indexOf(a.outcome.without) - order.indexOf(b.outcome.without),
  );
  const found = new Map<string, RuleFinding>();
  for (const { outcome } of sorted)
    for (const rule of outcome.rules) if (!found.has(rule.id)) found.set(rule.id, rule);
  return [...found.values()];
}
