/** The what-if table: each range of releases with each configuration. */

import type { ReleaseModel } from '../../linux/release-choice.ts';
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
  /** The boot condition of this configuration. */
  readonly boot?: Condition;
  /** The releases that have this configuration, where not all do. */
  readonly exists?: (model: ReleaseModel) => Condition;
  /** Where the value of CONFIG_SYSFB in this column can't be chosen, and the remark about it. */
  readonly forced?: { readonly when: (model: ReleaseModel) => Condition; readonly text: string };
}

const COLUMNS: readonly Column[] = [
  {
    when: 'SYSFB=n',
    hazardOf: ({ without }) => without,
    forced: {
      when: (model) => not(model.is('hypervSelectsSysfb', 'nothing')) as Condition,
      text: 'with EFI=y Hyper-V support selects it here, unless HYPERV_VTL_MODE=y',
    },
  },
  { when: 'SYSFB=y', hazardOf: ({ with: withIt }) => withIt },
];
/** Hyper-V support then doesn't select CONFIG_SYSFB: the case in which nothing else does either. */
const FOR_VTL: Column = {
  when: 'HYPERV_VTL_MODE=y',
  hazardOf: ({ without }) => without,
  exists: (model) => model.is('vtlMode', true),
};
/** efi_enabled(EFI_BOOT) is 0, whatever CONFIG_SYSFB is. */
const WITHOUT_EFI: Column = {
  when: 'EFI=n',
  hazardOf: ({ without }) => without,
  boot: not(IS_EFI) as Condition,
};

/** Constraints about the boot, which a column may vary. */
const BOOTS: ReadonlySet<string> = new Set(['boot', 'gen2-efi', 'gen1-bios', 'first-boot']);

/**
 * Makes the table.
 * @param judge as for the answer itself
 * @param context decides what is possible
 * @param isAcpi whether the boot is by ACPI: on a device tree boot CONFIG_EFI makes no difference
 */
export function matrixOf(
  judge: (ask: Ask) => Outcome,
  constraints: readonly Constraint[],
  isAcpi: boolean,
  model: ReleaseModel,
  oldest: Constraint,
  context: DecisionContext,
): MatrixRow[] {
  const rows: MatrixRow[] = [];
  for (const column of isAcpi ? [...COLUMNS, FOR_VTL, WITHOUT_EFI] : COLUMNS) {
    const kept = constraints.filter(
      ({ id }) => !OF_RELEASE.has(id) && (column.boot === undefined || !BOOTS.has(id)),
    );
    const boot: Constraint[] =
      column.boot === undefined
        ? []
        : [{ id: 'boot', kind: 'fact', condition: column.boot, text: column.when, source: 'the column' }];
    const given = [...kept, oldest, ...boot];
    rows.push(...columnRows(column, explore(judge, given, context).worlds, given, model, context));
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
  model: ReleaseModel,
  context: DecisionContext,
): MatrixRow[] {
  const facts = given.map(({ condition }) => condition);
  const cells = eachRelease((release): Cell | undefined => {
    const here = worlds.filter(
      ({ decisions }) => context.possible([...facts, ...decisions, release]) !== false,
    );
    if (here.length === 0) return undefined;
    const holds = (condition: Condition): boolean =>
      context.possible([...facts, release, not(condition) as Condition]) === false;
    if (column.exists !== undefined && !holds(column.exists(model))) return undefined;
    const cell = cellOf(column, here);
    const { forced } = column;
    return forced !== undefined && holds(forced.when(model))
      ? { ...cell, because: `${cell.because}; ${forced.text}` }
      : cell;
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
  // Where none is exposed it is false.
  const effective = withs.size > 1 ? null : withs.has('no');
  const told = (exposed[0] ?? worlds[0]!).outcome;
  return { answer, effective, because: told.because };
}
