/**
 * What a report finds, as a list: for media that show results one by one, each with its rule, level and place. What was
 * wrong with the inputs and what the answers are come as diagnostics alike, so each has its row in the registry.
 */
import type { Diagnostic, RelatedPlace, Where } from '../../bytes/diagnostic.ts';
import type { Span } from '../../bytes/source.ts';
import { type Code, finding } from '../../findings/finding.ts';
import type { Said } from '../../findings/rows/sysfb.ts';
import type { Origin } from '../../window/window.ts';

/** A file that was read, or that could not be. */
export interface FoundInput {
  readonly path: string;
  readonly kind?: string | undefined;
  readonly sha256?: string | undefined;
}

/** What a report finds. */
export interface Found {
  readonly inputs: readonly FoundInput[];
  /** What was wrong with them, and the answers: codes of `src/findings/rows/answers.ts`. */
  readonly results: readonly Diagnostic[];
  /** Why nothing was answered, where nothing was. */
  readonly failure?: string;
}

/** Codes whose wording is given. */
type AnswerCode = Extract<Code, `answer/${string}` | `diff/${string}`>;

/** Other places that are named with an answer. */
const MAX_RELATED = 10;

/** An answer as a result. */
export function answerResult(code: AnswerCode, says: string, where: Where = {}): Diagnostic {
  return finding(code, { says } satisfies Said, where);
}

/** Where a window or a piece of evidence was read. */
export function whereOf(
  origin: Origin | undefined,
  related: readonly (RelatedPlace | undefined)[] = [],
): Where {
  const seen = new Set<string>();
  const others = related.filter((each): each is RelatedPlace => {
    if (each === undefined) return false;
    const { source, start, end } = each.span;
    const key = `${source.name}:${start}:${end}`;
    if (seen.has(key) || (origin?.span?.source === source && origin.span.start === start)) return false;
    seen.add(key);
    return true;
  });
  return {
    ...(origin === undefined ? {} : { path: origin.path }),
    ...(origin?.span === undefined ? {} : { span: origin.span }),
    ...(others.length === 0 ? {} : { related: others.slice(0, MAX_RELATED) }),
  };
}

/** A related place, where there is one. */
export function relatedTo(what: RelatedPlace['what'], span: Span | undefined): RelatedPlace | undefined {
  return span === undefined ? undefined : { what, span };
}

const RANK = { error: 0, warning: 1, note: 2 } as const;

/** The worst first; of one severity as they came. */
export function worstFirst(results: readonly Diagnostic[]): Diagnostic[] {
  return results.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** What several reports find: what they share once. */
export function foundTogether(found: readonly Found[]): Found {
  return {
    inputs: [...new Set(found.flatMap(({ inputs }) => inputs))],
    results: [...new Set(found.flatMap(({ results }) => results))],
  };
}
