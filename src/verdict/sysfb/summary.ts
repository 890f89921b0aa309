/** The answer as a sentence that a reviewer can quote. */
import type { Gap } from '../../artifact/gap.ts';
import { formatCondition } from '../../symbolic/index.ts';
import type { Folded } from './fold.ts';
import type { Answer, Case } from './verdict.ts';

/** The most rows of the decision table in a sentence. */
const MAX_ROWS = 3;
/** Rows of more characters are left out of a sentence. */
const MAX_ROW = 120;

/** The reason of the answer: clauses separated by semicolons, without a full stop. */
export function reasonOf(
  answer: Answer,
  { shown, cases: own }: Folded,
  gaps: readonly Gap[],
  cases: readonly Case[],
): string {
  const { because } = shown;
  switch (answer) {
    case 'not-needed': {
      const reasons = [...new Set(own.length === 0 ? [because] : own.map((row) => row.because))];
      return reasons.slice(0, MAX_ROWS).join('; or ');
    }
    case 'needed':
      return because;
    case 'depends': {
      const rows = plainest(cases).map((row) => `${row.answer} if ${formatCondition(row.when)}`);
      const short = rows.filter((text) => text.length <= MAX_ROW);
      const told = (short.length > 0 ? short : rows).slice(0, MAX_ROWS);
      const more = cases.length - told.length;
      const rest = more === 0 ? '' : `; and ${more} more ${more === 1 ? 'case' : 'cases'}`;
      return `${told.join('; ')}${rest}`;
    }
    case 'unknown': {
      const [gap] = gaps;
      return gap === undefined
        ? because
        : `what was not read may hide a window or a framebuffer (${gap.reason})`;
    }
  }
}

/** Rows in the order of a sentence: the first of each answer, then the others. */
function plainest(cases: readonly Case[]): Case[] {
  const first = new Map<Answer, Case>();
  for (const row of cases) if (!first.has(row.answer)) first.set(row.answer, row);
  const told = new Set(first.values());
  return [...told, ...cases.filter((row) => !told.has(row))];
}

/** One sentence: the answer and its reason. */
export function summaryOf(answer: Answer, effective: boolean | null, reason: string): string {
  switch (answer) {
    case 'not-needed':
      return `CONFIG_SYSFB is not needed: ${reason}.`;
    case 'needed':
      if (effective === true) return `CONFIG_SYSFB is needed: ${reason}.`;
      return effective === false
        ? `A reservation is needed, and CONFIG_SYSFB would not make it: ${reason}.`
        : `A reservation is needed, and it is open whether CONFIG_SYSFB makes it: ${reason}.`;
    case 'depends':
      return `It depends: ${reason}.`;
    case 'unknown':
      return `Unknown: ${reason}.`;
  }
}
