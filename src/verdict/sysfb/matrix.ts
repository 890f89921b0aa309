/** The what-if table: each stretch of releases with each configuration, the same worlds told another way. */
import { type Condition, type DecisionContext, not } from '../../symbolic/index.ts';
import { explore } from '../explore.ts';
import { eachRelease, OF_RELEASE, stretches } from '../facts/releases.ts';
import type { Ask, Constraint, World } from '../question.ts';
import type { Outcome, Possible } from './judge/outcome.ts';
import { IS_EFI } from './variables.ts';
import type { Answer, MatrixRow } from './verdict.ts';

/** A column: a configuration, and which hazard it is about. */
interface Column {
  readonly when: string;
  readonly hazardOf: (outcome: Outcome) => Possible;
  /** What the configuration makes of the boot. */
  readonly boot?: Condition;
}

const COLUMNS: readonly Column[] = [
  { when: 'SYSFB=n', hazardOf: ({ without }) => without },
  { when: 'SYSFB=y', hazardOf: ({ with: withIt }) => withIt },
];
/** efi_enabled(EFI_BOOT) is 0, whatever CONFIG_SYSFB is. */
const WITHOUT_EFI: Column = {
  when: 'EFI=n',
  hazardOf: ({ without }) => without,
  boot: not(IS_EFI) as Condition,
};

/** Constraints about the boot, which a column may vary. */
const BOOTS: ReadonlySet<string> = new Set(['boot', 'gen2-efi', 'gen1-bios', 'first-boot']);

/**
 * @param judge as for the answer itself
 * @param context where it is decided what is possible
 * @param isAcpi on a device tree boot CONFIG_EFI makes no difference
 */
export function matrixOf(
  judge: (ask: Ask) => Outcome,
  constraints: readonly Constraint[],
  isAcpi: boolean,
  oldest: Constraint,
  context: DecisionContext,
): MatrixRow[] {
  const rows: MatrixRow[] = [];
  for (const column of isAcpi ? [...COLUMNS, WITHOUT_EFI] : COLUMNS) {
    const kept = constraints.filter(
      ({ id }) => !OF_RELEASE.has(id) && (column.boot === undefined || !BOOTS.has(id)),
    );
    const boot: Constraint[] =
      column.boot === undefined
        ? []
        : [{ id: 'boot', kind: 'fact', condition: column.boot, text: column.when, source: 'the column' }];
    const given = [...kept, oldest, ...boot];
    rows.push(...columnRows(column, explore(judge, given, context).worlds, given, context));
  }
  return rows;
}

interface Cell {
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly because: string;
}

function columnRows(
  column: Column,
  worlds: readonly World<Outcome>[],
  given: readonly Constraint[],
  context: DecisionContext,
): MatrixRow[] {
  const facts = given.map(({ condition }) => condition);
  const cells = eachRelease((release): Cell | undefined => {
    const here = worlds.filter(
      ({ decisions }) => context.possible([...facts, ...decisions, release]) !== false,
    );
    return here.length === 0 ? undefined : cellOf(column, here);
  });
  return stretches(cells, sameCell).map(({ releases, cell }) => ({ releases, when: column.when, ...cell }));
}

function sameCell(a: Cell, b: Cell): boolean {
  return a.answer === b.answer && a.effective === b.effective && a.because === b.because;
}

function cellOf({ hazardOf }: Column, worlds: readonly World<Outcome>[]): Cell {
  const found = new Set(worlds.map(({ outcome }) => hazardOf(outcome)));
  const exposed = worlds.filter(({ outcome }) => hazardOf(outcome) === 'yes');
  const answer: Answer =
    found.size > 1 ? 'depends' : found.has('yes') ? 'needed' : found.has('no') ? 'not-needed' : 'unknown';
  const withs = new Set(exposed.map(({ outcome }) => outcome.with));
  const effective = exposed.length === 0 ? false : withs.size > 1 ? null : withs.has('no');
  const told = (exposed[0] ?? worlds[0]!).outcome;
  return { answer, effective, because: told.because };
}
