/** Claims on an address as results. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { formatCondition, formatQuantity, Names } from '../../symbolic/index.ts';
import type { AtReport } from '../../verdict/address/claims.ts';
import { formatRange } from '../../window/range-text.ts';
import { answerResult, relatedTo, whereOf } from './results.ts';

/** A result for each claim, with the places of the other claims as related places. */
export function atResults({ claims, asked }: AtReport): Diagnostic[] {
  const names = new Names();
  const spanOf = ({ origin, evidence }: AtReport['claims'][number]) => origin?.span ?? evidence?.origin?.span;
  return claims.map((claim) => {
    const { kind, who, base, size, when, why, note, origin, evidence } = claim;
    const range = formatRange({ space: asked.space, base, size }, (value) => formatQuantity(value, names));
    const notes = [
      ...(when === 1n ? [] : [`if ${formatCondition(when, names)}`]),
      ...(why === undefined ? [] : [`unknown: ${why}`]),
      ...(note === undefined ? [] : [note]),
    ];
    const others = claims
      .filter((other) => other !== claim)
      .map((other) => relatedTo('other-window', spanOf(other)));
    return answerResult(
      'answer/claim',
      `${kind} ${range} of ${who}${notes.length === 0 ? '' : `: ${notes.join('; ')}`}`,
      whereOf(origin ?? evidence?.origin, others),
    );
  });
}
