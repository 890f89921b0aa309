/**
 * The results of a report as a list, for formats that show each with its rule, level and place. Problems of the inputs and
 * answers are both diagnostics, so each has its row in the registry.
 */
import type { Diagnostic, RelatedPlace, Where } from '../../bytes/diagnostic.ts';
import type { Span } from '../../bytes/source.ts';
import { type Code, finding } from '../../findings/finding.ts';
import type { RuleSentence } from '../../findings/rows/sysfb.ts';
import type { Origin } from '../../window/window.ts';

/** A file that was read, or that could not be. */
export interface FoundInput {
  readonly path: string;
  readonly kind?: string | undefined;
  readonly sha256?: string | undefined;
}

/** The results of a report. */
export interface Found {
  readonly inputs: readonly FoundInput[];
  /** Diagnostics about them, and the answers: codes of `src/findings/rows/answers.ts`. */
  readonly results: readonly Diagnostic[];
  /** Why there is no answer, where there is none. */
  readonly failure?: string;
}

/** Codes whose message is given as an argument. */
type AnswerCode = Extract<Code, `answer/${string}` | `diff/${string}`>;

/** How many related places an answer has at most. */
const MAX_RELATED = 10;

/** An answer as a result. */
export function answerResult(code: AnswerCode, says: string, where: Where = {}): Diagnostic {
  return finding(code, { says } satisfies RuleSentence, where);
}

/** The place where a window or a piece of evidence was read. */
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

/** Sorts by severity, the worst first; the sort is stable. */
export function worstFirst(results: readonly Diagnostic[]): Diagnostic[] {
  return results.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** The results of several reports, shared ones once. */
export function foundTogether(found: readonly Found[]): Found {
  return {
    inputs: [...new Set(found.flatMap(({ inputs }) => inputs))],
    results: [...new Set(found.flatMap(({ results }) => results))],
  };
}
