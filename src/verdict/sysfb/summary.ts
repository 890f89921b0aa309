/** The answer in one sentence that a reviewer can quote. */
import type { Gap } from '../../artifact/gap.ts';
import { formatCondition } from '../../symbolic/index.ts';
import type { Answer, Case } from '../verdict.ts';
import type { Folded } from './fold.ts';
import type { Situation } from './situation/situation.ts';

/** Rows of the decision table that a sentence tells. */
const MAX_ROWS = 3;

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
      const told = cases
        .slice(0, MAX_ROWS)
        .map((row) => `${row.answer} if ${formatCondition(row.when)}`)
        .join('; ');
      const more = cases.length > MAX_ROWS ? `; and ${cases.length - MAX_ROWS} more cases` : '';
      return `It depends: ${told}${more}.`;
    }
    case 'unknown': {
      const [gap] = gaps;
      return gap === undefined
        ? `Unknown: ${because}.`
        : `Unknown: what was not read may hide a window or a framebuffer (${gap.reason}).`;
    }
  }
}
