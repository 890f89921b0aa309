/** The answer of `sysfb` as a result. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import type { Verdict } from '../../verdict/sysfb/verdict.ts';
import { answerResult, relatedTo, whereOf } from './results.ts';

function codeOf({ answer, hazard }: Verdict): Parameters<typeof answerResult>[0] {
  switch (answer) {
    case 'needed':
      if (hazard === 'none') return 'answer/needed-and-set';
      return hazard === 'unknown' ? 'answer/needed' : 'answer/framebuffer-unprotected';
    case 'depends':
      return 'answer/depends';
    case 'not-needed':
      return 'answer/not-needed';
    case 'unknown':
      return 'answer/unknown';
  }
}

/** One result: at the first window of VMBus, with the framebuffer, the other windows and the evidence as related places. */
export function sysfbResults(verdict: Verdict): Diagnostic[] {
  const { pool, framebuffer, rules, toSettle, answer } = verdict;
  const [first, ...others] = pool;
  const evidence = rules.flatMap((rule) =>
    rule.evidence.map(({ origin }) => relatedTo('evidence', origin?.span)),
  );
  const where = whereOf(first?.origin, [
    relatedTo('framebuffer', framebuffer?.origin?.span),
    ...others.map(({ origin }) => relatedTo('other-window', origin.span)),
    ...evidence,
  ]);
  const settle =
    answer === 'depends' && toSettle.length > 0
      ? ` To settle it: ${toSettle.map(({ what }) => what).join(', ')}.`
      : '';
  return [answerResult(codeOf(verdict), `${verdict.summary}${settle}`, where)];
}
