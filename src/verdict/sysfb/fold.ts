/** From the worlds to one answer: what holds in all of them, what in those that the defaults leave, and what it depends on. */
import type { Gap } from '../../artifact/gap.ts';
import {
  allOf,
  anyOf,
  type Condition,
  type DecisionContext,
  type Expr,
  formatCondition,
  isKnown,
  isPlainWithin,
  keyOfVariable,
  Names,
  not,
  Simplifier,
  sameQuantity,
  type Variable,
  variablesOf,
} from '../../symbolic/index.ts';
import type { Constraint, Default, Exploration, RuleFinding, World } from '../question.ts';
import { type Part, partsOf } from './branches.ts';
import type { Outcome, Possible } from './judge/outcome.ts';
import type { Situation } from './situation/situation.ts';
import type { Answer, Case, Hazard } from './verdict.ts';

type SysfbWorld = World<Outcome>;

export interface Folded {
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  /** The decision table, the worst first. */
  readonly cases: readonly Case[];
  /** Defaults that the answer depends on. */
  readonly defaults: readonly Default[];
  /** The world whose windows and framebuffer are shown: the worst of those that count. */
  readonly shown: Outcome;
  readonly rules: readonly RuleFinding<Answer>[];
  /** Hyper-V support selects CONFIG_SYSFB in all worlds that count. */
  readonly selects: boolean;
}

/**
 * Folds the worlds into an answer.
 * @param gaps open ones that may hide a window or a framebuffer
 * @param context decides what is possible
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
  const rows = rowsOfTable(worlds, allOf(firm.map(({ condition }) => condition))).sort(compareRows);
  const cases = rows.map(caseOf);
  const isComplete = unexplored === 0n && gaps.length === 0 && !situation.contradicted;
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
  const shown = plainest(exposed.length > 0 ? exposed : counted, rows).outcome;
  return {
    answer,
    effective: effectiveOf(exposed, answer),
    hazard: hazardOf(counted, situation, given, answer),
    cases: cases.length > 1 ? cases : [],
    defaults: answer === 'needed' && !all(worlds, 'yes') ? wanted : [],
    shown: answer === 'unknown' && situation.contradicted ? { ...shown, because: CONTRADICTED } : shown,
    rules: rulesOf(counted.length > 0 ? counted : worlds),
    selects: !situation.isTree && counted.every((world) => selectsSysfb(world, situation, given)),
  };
}

/** Of several worlds the one with the shortest condition. */
function plainest(worlds: readonly SysfbWorld[], rows: readonly Row[]): SysfbWorld {
  return rows.find(({ world }) => worlds.includes(world))?.world ?? worlds[0]!;
}

/** Defaults about something open: those that some world contradicts. */
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

/** What holds in a world together with the constraints. */
class Given {
  readonly #constraints: readonly Condition[];
  readonly #context: DecisionContext;

  constructor(constraints: readonly Condition[], context: DecisionContext) {
    this.#constraints = constraints;
    this.#context = context;
  }

  /** Whether the conditions may hold there. */
  allows({ decisions }: Pick<SysfbWorld, 'decisions'>, conditions: readonly Condition[]): boolean {
    return this.#context.possible([...this.#constraints, ...decisions, ...conditions]) !== false;
  }

  /** Whether the condition certainly holds there. */
  implies(world: Pick<SysfbWorld, 'decisions'>, condition: Condition): boolean {
    return !this.allows(world, [not(condition) as Condition]);
  }
}

const ANSWER = { yes: 'needed', no: 'not-needed', open: 'unknown' } as const satisfies Record<
  Possible,
  Answer
>;

const CONTRADICTED =
  'the inputs contradict each other about what the machine is: they may be from several machines';

/** A row whose condition is longer, in characters, is divided into parts. */
const MAX_CONDITION = 100;

interface Row {
  /** A world that it is about. */
  readonly world: SysfbWorld;
  /** What kind of case it is. */
  readonly key: string;
  readonly when: Condition;
  /** Characters of the condition as it is printed. */
  readonly length: number;
  /** What else decides, in a row that covers several cases. */
  readonly by?: readonly Variable[];
  /** The reasons, in a row that covers several kinds of one outcome. */
  readonly reasons?: readonly string[];
}

/**
 * Worlds of one kind and outcome as one row, with their conditions simplified under the constraints. Where a condition is
 * long the table is divided by what was asked first.
 */
function rowsOfTable(worlds: readonly SysfbWorld[], given: Condition): Row[] {
  const decisions = new Set(worlds.flatMap((world) => world.decisions));
  const simplifier = new Simplifier(given, [...decisions]);
  const maker = new RowMaker(worlds, simplifier);
  // What has the most branches first: it is the longest.
  const keysOf = ({ groups }: Part): string[] =>
    [...groups].toSorted((a, b) => b[1].length - a[1].length).map(([key]) => key);
  const parts = partsOf(
    worlds.map((world) => ({ decisions: world.decisions, key: keyOf(world) })),
    (part) => {
      const keys = keysOf(part);
      const short = keys.filter((key) => maker.isPlain(part, key));
      return { isShort: short.length === keys.length, rows: Math.min(keys.length, short.length + 1) };
    },
  );
  const all = parts.flatMap((part) =>
    part.isCoarse
      ? coarsened(part, keysOf(part), maker, simplifier)
      : keysOf(part).map((key) => maker.row(part, key)),
  );
  return sameOutcome(parts.length === 1 ? all : joined(all, simplifier), simplifier);
}

/** Makes rows of parts of the table, each once. */
class RowMaker {
  readonly #worlds: readonly SysfbWorld[];
  readonly #simplifier: Simplifier;
  /** By the branches of a part: a coarse one is a copy of the part that it was. */
  readonly #rows = new Map<Part['groups'], Map<string, Row>>();

  constructor(worlds: readonly SysfbWorld[], simplifier: Simplifier) {
    this.#worlds = worlds;
    this.#simplifier = simplifier;
  }

  row(part: Part, key: string): Row {
    const rows = this.#rows.get(part.groups) ?? new Map<string, Row>();
    this.#rows.set(part.groups, rows);
    let row = rows.get(key);
    if (row === undefined) {
      row = rowOf(key, conditionOf(part, key, this.#simplifier), this.worldIn(part, key));
      rows.set(key, row);
    }
    return row;
  }

  /** A world of a part, of one kind if that is given. */
  worldIn(part: Part, key?: string): SysfbWorld {
    return this.#worlds.find((each) => (key === undefined || keyOf(each) === key) && isIn(each, part))!;
  }

  /** Whether the row's condition is short. Most that are too long are recognised before they are made. */
  isPlain(part: Part, key: string): boolean {
    const ways = part.groups.get(key)!.map(({ decisions }) => [...part.path, ...decisions]);
    return !this.#simplifier.exceeds(ways, MAX_CONDITION) && isPlain(this.row(part, key));
  }
}

/** Merges rows of one outcome where the condition gets no longer: what distinguishes them decides nothing. */
function sameOutcome(rows: readonly Row[], simplifier: Simplifier): Row[] {
  const out: Row[] = [];
  for (const row of rows) {
    const at = row.by === undefined ? out.findIndex((other) => isLike(other, row)) : -1;
    const like = out[at];
    const limit = Math.min(like?.length ?? 0, row.length);
    const isLonger =
      like === undefined || (limit <= MAX_CONDITION && simplifier.exceeds([[like.when], [row.when]], limit));
    const both = isLonger
      ? undefined
      : rowOf(like.key, simplifier.simplified(anyOf([like.when, row.when])), like.world);
    if (like !== undefined && both !== undefined && both.length <= limit)
      out[at] = { ...both, reasons: [...new Set([...reasonsOf(like), ...reasonsOf(row)])] };
    else out.push(row);
  }
  return out;
}

function isLike(a: Row, b: Row): boolean {
  const [one, other] = [a.world.outcome, b.world.outcome];
  return a.by === undefined && one.without === other.without && one.with === other.with;
}

function reasonsOf({ reasons, world }: Row): readonly string[] {
  return reasons ?? [world.outcome.because];
}

/** Whether a row's condition is short and simple. */
function isPlain({ when }: Row): boolean {
  return !isLong(when) && isPlainWithin(when, MAX_CONDITION);
}

/** The rows of a part, those with long conditions as one: the rest of the part. */
function coarsened(part: Part, keys: readonly string[], maker: RowMaker, simplifier: Simplifier): Row[] {
  const isShort = new Map(keys.map((key) => [key, maker.isPlain(part, key)]));
  const short = keys.filter((key) => isShort.get(key)).map((key) => maker.row(part, key));
  const long = keys.filter((key) => !isShort.get(key));
  const [first] = long;
  if (first === undefined) return short;
  const others = short.map(({ when }) => not(when) as Condition);
  const when = simplifier.simplified(allOf([...part.path, ...others]));
  if (long.length === 1) return [...short, rowOf(first, when, maker.worldIn(part, first))];
  const decisions = long.flatMap((key) => part.groups.get(key)!.flatMap((branch) => branch.decisions));
  const told = new Set(variablesOf(when).map(keyOfVariable));
  const by = variablesOf(...decisions).filter((variable) => !told.has(keyOfVariable(variable)));
  return [...short, { ...rowOf(`${long.join()} ${by.length}`, when, maker.worldIn(part)), by }];
}

function conditionOf({ path, groups }: Part, key: string, simplifier: Simplifier): Condition {
  const ways = anyOf(groups.get(key)!.map(({ decisions }) => allOf(decisions)));
  return simplifier.simplified(allOf([...path, ways]));
}

/** A condition of more parts is long however it is printed. */
const LONG = 40;

function isIn({ decisions }: SysfbWorld, { path }: Part): boolean {
  return path.every((step) => decisions.some((decision) => sameQuantity(decision, step)));
}

function isLong(when: Condition): boolean {
  return !isKnown(when) && when.size > LONG;
}

function rowOf(key: string, when: Condition, world: SysfbWorld): Row {
  return {
    key,
    when,
    world,
    // Most rows are seen to be too long before they are printed.
    get length() {
      return isLong(when) ? MAX_CONDITION + (when as Expr).size : formatCondition(when).length;
    },
  };
}

/** Merges rows of several parts with one outcome where the result is short. */
function joined(rows: readonly Row[], simplifier: Simplifier): Row[] {
  const out: Row[] = [];
  for (const row of rows.toSorted((a, b) => a.length - b.length)) {
    const isShort = row.length <= MAX_CONDITION;
    const at = isShort
      ? out.findIndex(({ key, length }) => key === row.key && length + row.length <= 2 * MAX_CONDITION)
      : -1;
    const other = out[at];
    const both =
      other === undefined || simplifier.exceeds([[other.when], [row.when]], MAX_CONDITION)
        ? undefined
        : rowOf(row.key, simplifier.simplified(anyOf([other.when, row.when])), other.world);
    if (both !== undefined && isPlain(both))
      out[at] = { ...both, ...(row.by === undefined ? {} : { by: row.by }) };
    else out.push(row);
  }
  return out;
}

function caseOf(row: Row): Case {
  const { when, world, by } = row;
  if (by !== undefined) {
    const names = new Names();
    const list = by.map((variable) => names.of(variable)).join(', ');
    const because =
      by.length === 0 ? 'these decide further' : `${list} ${by.length === 1 ? 'decides' : 'decide'} as well`;
    return { when, answer: 'depends', effective: null, because, by };
  }
  const { without, with: withIt } = world.outcome;
  const because = reasonsOf(row).join('; or ');
  const effective = without !== 'yes' ? false : withIt === 'open' ? null : withIt === 'no';
  return { when, answer: ANSWER[without], effective, because };
}

const WORST_FIRST: readonly Possible[] = ['yes', 'open', 'no'];

/** The worst first, then the shortest. */
function compareRows(a: Row, b: Row): number {
  // A row that covers several cases comes last.
  const rank = ({ world, by }: Row): number =>
    by === undefined ? WORST_FIRST.indexOf(world.outcome.without) : WORST_FIRST.length;
  return rank(a) - rank(b) || a.length - b.length;
}

function keyOf({ outcome: { kind, without, with: withIt } }: SysfbWorld): string {
  return `${kind} ${without} ${withIt}`;
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

/** The hazard in one world, with the known configuration. */
function hazardIn(world: SysfbWorld, situation: Situation, given: Given): Possible {
  const { without, with: withIt } = world.outcome;
  if (without === withIt) return without;
  const { configuration } = situation;
  const set = configuration.value('SYSFB');
  if (set !== undefined) return set === 'n' ? without : withIt;
  return selectsSysfb(world, situation, given) ? withIt : 'open';
}

/** Whether Hyper-V support selects CONFIG_SYSFB, whatever else is configured. */
function selectsSysfb(world: SysfbWorld, { configuration, model }: Situation, given: Given): boolean {
  if (configuration.value('HYPERV_VTL_MODE') === 'y' || configuration.value('EFI') === 'n') return false;
  const selects = not(model.is('hypervSelectsSysfb', 'nothing'));
  return given.implies(world, selects as Condition);
}

/** The rules of the worlds that count, each once, the worst worlds' first. */
function rulesOf(worlds: readonly SysfbWorld[]): RuleFinding<Answer>[] {
  const sorted = worlds.toSorted(
    (a, b) => WORST_FIRST.indexOf(a.outcome.without) - WORST_FIRST.indexOf(b.outcome.without),
  );
  const all = new Set(worlds.map(({ outcome }) => outcome.without));
  const found = new Map<string, { readonly rule: RuleFinding; readonly where: Set<Possible> }>();
  for (const { outcome } of sorted)
    for (const rule of outcome.rules) {
      const known = found.get(rule.id);
      if (known === undefined) found.set(rule.id, { rule, where: new Set([outcome.without]) });
      else known.where.add(outcome.without);
    }
  return [...found.values()].map(({ rule, where }) =>
    where.size === all.size ? rule : { ...rule, answers: [...where].map((each) => ANSWER[each]) },
  );
}
