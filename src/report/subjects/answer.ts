/** The parts that the reports of all answered questions have: rules, premises, authorities, gaps, what would settle it. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { Gap } from '../../artifact/gap.ts';
import { formatPlace } from '../../bytes/source.ts';
import type {
  Assumption,
  Constraint,
  EvidenceItem,
  Premise,
  RuleFinding,
  ToSettle,
} from '../../verdict/question.ts';
import { type Block, code, type Item } from '../document.ts';
import { gapJson, type JsonObject, originJson } from '../formats/json-parts.ts';
import { originPlace } from '../phrases.ts';

/** What any answered question has. */
export interface Answered {
  readonly premises: readonly Premise[];
  readonly assumptions: readonly Assumption[];
  readonly authorities: readonly Constraint[];
  readonly gaps: readonly Gap[];
  readonly rules: readonly RuleFinding[];
  readonly toSettle: readonly ToSettle[];
}

export function evidenceJson(item: EvidenceItem, inputs: readonly Artifact[]): JsonObject {
  return {
    text: item.text,
    ...(item.origin === undefined ? {} : { origin: originJson(item.origin, inputs) }),
    ...(item.authority === undefined ? {} : { authority: item.authority }),
  };
}

export function answeredJson(answered: Answered, inputs: readonly Artifact[]): JsonObject {
  return {
    premises: answered.premises.map(({ text, defeatedBy }) => ({ text, defeatedBy })),
    gaps: answered.gaps.map((gap) => gapJson(gap)),
    authorities: answered.authorities.map(({ id, text, source, defeatedBy }) => ({
      id,
      text,
      source,
      ...(defeatedBy === undefined ? {} : { defeatedBy }),
    })),
    toSettle: answered.toSettle.map(({ what, how, decides }) => ({ what, how, decides: { ...decides } })),
    rules: answered.rules.map(({ id, says, evidence }) => ({
      id,
      says,
      evidence: evidence.map((item) => evidenceJson(item, inputs)),
    })),
    assumptions: answered.assumptions.map(({ text, authority, otherwise }) => ({
      text,
      authority,
      ...(otherwise === undefined ? {} : { otherwise }),
    })),
  };
}

/** A heading with its points; nothing where there are none. */
export function section(heading: string, items: readonly Item[]): Block[] {
  return items.length === 0
    ? []
    : [
        { kind: 'heading', text: heading },
        { kind: 'list', items },
      ];
}

export function evidenceItem(item: EvidenceItem): Item {
  const place = item.origin ? [' (', code(originPlace(item.origin)), ')'] : [];
  const authority = item.authority === undefined ? [] : [`; ${item.authority}`];
  return { text: [item.text, ...place, ...authority] };
}

export function ruleItem(rule: RuleFinding): Item {
  return { text: [rule.says, ' [', code(rule.id), ']'], below: rule.evidence.map(evidenceItem) };
}

export function assumptionItem({ text, authority, otherwise }: Assumption): Item {
  return {
    text,
    below: [{ text: authority }, ...(otherwise === undefined ? [] : [{ text: `otherwise: ${otherwise}` }])],
  };
}

export function gapItem({ reason, place, hint }: Gap): Item {
  return {
    text: `${place.span === undefined ? '' : `${formatPlace(place.span)}: `}${reason}`,
    ...(hint === undefined ? {} : { below: [{ text: hint }] }),
  };
}

export function assumesSection({ premises, assumptions, authorities }: Answered): Block[] {
  return section('Assumes', [
    ...premises.map(({ text }) => ({ text })),
    ...assumptions.map(assumptionItem),
    ...authorities.map(({ text, source }) => ({ text, below: [{ text: source }] })),
  ]);
}

export function settleSection({ toSettle }: Answered): Block[] {
  return section(
    'To settle it',
    toSettle.map(({ what, how }) => ({ text: `${what}: ${how}` })),
  );
}
