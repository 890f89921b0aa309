/** The parts that the reports of all answered questions have: rules, premises, authorities, gaps, what would settle it. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { formatPlace } from '../../bytes/source.ts';
import { NEWEST_RELEASE } from '../../linux/profile.ts';
import type { Answered as AnsweredQuestion, EvidenceItem, RuleFinding } from '../../verdict/question.ts';
import { type Block, code, linked, listSection, type Phrase, rowsSection, type Text } from '../document.ts';
import { gapJson, originJson } from '../formats/json-parts.ts';
import { clause, type References } from '../formats/sentences.ts';
import type { AnsweredJson } from '../json/answered.ts';
import type { EvidenceJson } from '../json/parts.ts';
import { diagnosticItem, inputItem, originPlace } from '../phrases.ts';

/** The parts of an answered question that these reports show. */
export type Answered = Pick<
  AnsweredQuestion,
  'premises' | 'assumptions' | 'authorities' | 'gaps' | 'rules' | 'toSettle'
>;

export function evidenceJson(item: EvidenceItem, inputs: readonly Artifact[]): EvidenceJson {
  return {
    text: item.text,
    ...(item.origin === undefined ? {} : { origin: originJson(item.origin, inputs) }),
    ...(item.authority === undefined ? {} : { authority: item.authority }),
  };
}

export function answeredJson(answered: Answered, inputs: readonly Artifact[]): AnsweredJson {
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
    rules: answered.rules.map(({ id, says, evidence, answers }) => ({
      id,
      says,
      evidence: evidence.map((item) => evidenceJson(item, inputs)),
      ...(answers === undefined ? {} : { answers }),
    })),
    assumptions: answered.assumptions.map(({ text, authority, otherwise }) => ({
      text,
      authority,
      ...(otherwise === undefined ? {} : { otherwise }),
    })),
  };
}

/** The release that an answer is about: where it rests on the newest one, that; it is marked as assumed beside it. */
export function releaseJson(
  release: string | null,
  { assumptions }: Pick<Answered, 'assumptions'>,
): string | null {
  const assumed = assumptions.some(({ text }) => text.includes(NEWEST_RELEASE));
  return release ?? (assumed ? NEWEST_RELEASE : null);
}

/** One rule as a clause, what was seen and where, the numbers of its sources. */
function ruleText({ says, evidence }: RuleFinding<string>, references: References): Text {
  const phrases: Phrase[] = [clause(says)];
  for (const { text, origin, authority } of evidence) {
    if (authority !== undefined) phrases.push(` ${references.mark(authority)}`);
    if (origin !== undefined) phrases.push(`; ${text} (`, linked(originPlace(origin), origin.span), ')');
  }
  return phrases;
}

export function whySection({ rules }: Answered, references: References): Block[] {
  return rowsSection(
    'Why',
    ['rule', 'what it found'],
    rules.map((rule) => [[code(rule.id)], ruleText(rule, references)]),
  );
}

export function gapSection({ gaps }: Answered): Block[] {
  return rowsSection(
    'Not read',
    ['what'],
    gaps.map(({ reason, place, hint }) => [
      [
        ...(place.span === undefined ? [] : [linked(formatPlace(place.span), place.span), ': ']),
        `${reason}${hint === undefined ? '' : `; ${hint}`}`,
      ],
    ]),
  );
}

/** A premise that goes without saying where there is one input. */
const ONE_MACHINE = 'the inputs describe one machine';

export function assumesSection(
  { premises, assumptions, authorities }: Answered,
  inputs: readonly Artifact[],
  references: References,
): Block[] {
  return rowsSection(
    'Assumes',
    ['assumption'],
    [
      ...premises.map(({ text }) => text).filter((text) => text !== ONE_MACHINE || inputs.length > 1),
      ...assumptions.map(
        ({ text, authority, otherwise }) =>
          `${text}${authority.startsWith('default') ? '' : ` ${references.mark(authority)}`}${otherwise === undefined ? '' : `; otherwise: ${otherwise}`}`,
      ),
      ...authorities.map(({ text, source }) => `${text} ${references.mark(source)}`),
    ].map((text) => [text]),
  );
}

/** So many things that are settled alike have a row each; more share one. */
const FEW_ALIKE = 3;

export function settleSection({ toSettle }: Answered): Block[] {
  // `--set PM1L=VALUE` of each field: the same but for the name.
  const alike = new Map<string, string[]>();
  for (const { what, how } of toSettle) {
    const general = how.replaceAll(`${what}=`, 'FIELD=');
    alike.set(general, [...(alike.get(general) ?? []), what]);
  }
  const rows = toSettle.flatMap(({ what, how }) => {
    const general = how.replaceAll(`${what}=`, 'FIELD=');
    const whats = alike.get(general)!;
    if (whats.length <= FEW_ALIKE) return [[what, how]];
    return whats[0] === what ? [[whats.join(', '), `${general} each`]] : [];
  });
  return rowsSection('To settle it', ['what', 'how'], rows);
}

/** What travels with a report that has neither its inputs nor standard error beside it. */
export function aloneSections(inputs: readonly Artifact[], diagnostics: readonly Diagnostic[]): Block[] {
  return [
    ...listSection('Inputs', inputs.map(inputItem)),
    ...listSection('Diagnostics', diagnostics.map(diagnosticItem)),
  ];
}

export function referenceBlocks({ items }: References): Block[] {
  return items.length === 0 ? [] : [{ kind: 'references', items }];
}
