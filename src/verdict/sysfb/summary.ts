/** The answer in one sentence that a reviewer can quote. */
import type { Gap } from '../../artifact/gap.ts';
import { formatCondition } from '../../symbolic/index.ts';
import type { Answer, Case } from '../verdict.ts';
import type { Folded } from './fold.ts';
import type { Situation } from './situation/situation.ts';

/** Rows of the decision table that a sentence tells. */
const MAX_ROWS = 3;
/** Characters of a row beyond which a sentence leaves it out. */
const MAX_ROW = 120;

export function summaryOf(
  answer: Answer,
  { shown, effective, cases: own }: Folded,
  situation: Situation,
  gaps: readonly Gap[],
  cases: readonly Case[],
): string {
  const because = shown.because;
  void situation;
  switch (answer) {
    case 'not-needed': {
      const reasons = [...new Set(own.length === 0 ? [because] : own.map((row) => row.because))];
      return `CONFIG_SYSFB is not needed: ${reasons.slice(0, MAX_ROWS).join('; or ')}.`;
    }
    case 'needed':
      if (effective === true) return `CONFIG_SYSFB is needed: ${because}.`;
      return effective === false
        ? `A reservation is needed, and CONFIG_SYSFB would not make it: ${because}.`
        : `A reservation is needed, and it is open whether CONFIG_SYSFB makes it: ${because}.`;
    case 'depends': {
      const rows = plainest(cases).map((row) => `${row.answer} if ${formatCondition(row.when)}`);
      const short = rows.filter((text) => text.length <= MAX_ROW);
      const told = (short.length > 0 ? short : rows).slice(0, MAX_ROWS);
      const more = cases.length - told.length;
      const rest = more === 0 ? '' : `; and ${more} more ${more === 1 ? 'case' : 'cases'}`;
      return `It depends: ${told.join('; ')}${rest}.`;
    }
    case 'unknown': {
      const [gap] = gaps;
      return gap === undefined
        ? `Unknown: ${because}.`
        : `Unknown: what was not read may hide a window or a framebuffer (${gap.reason}).`;
    }
  }
}

/** Rows in the order in which a sentence tells them: of each answer the first, then the others. */
function plainest(cases: readonly Case[]): Case[] {
  const first = new Map<Answer, Case>();
  for (const row of cases) if (!first.has(row.answer)) first.set(row.answer, row);
  const told = new Set(first.values());
  return [...told, ...cases.filter((row) => !told.has(row))];
}
