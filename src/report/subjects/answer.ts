/** The parts that reports of all questions have: rules, premises, authorities, gaps, what would settle it. */
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

/** The release that an answer is about; where the newest one is assumed, that (JSON marks it as `presumed`). */
export function releaseJson(
  release: string | null,
  { assumptions }: Pick<Answered, 'assumptions'>,
): string | null {
  const assumed = assumptions.some(({ text }) => text.includes(NEWEST_RELEASE));
  return release ?? (assumed ? NEWEST_RELEASE : null);
}

/** A rule as a clause, its evidence with places, and the numbers of its sources. */
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

/** A premise that is obvious where there is one input. */
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

/** Up to this many things that are settled in the same way have a row each; more share one. */
const FEW_ALIKE = 3;

/** How something is settled, without its name and its address: equal for all fields of a kind. */
function generalHow({ what, how }: Answered['toSettle'][number]): string {
  return how.replaceAll(`${what}=`, 'FIELD=').replace(/DUMP@0x[0-9a-f]+/, 'DUMP@ADDRESS');
}

/** @param all name everything, also where many are settled in the same way */
export function settleSection({ toSettle }: Answered, all = true): Block[] {
  const alike = new Map<string, Answered['toSettle'][number][]>();
  for (const each of toSettle) {
    const general = generalHow(each);
    alike.set(general, [...(alike.get(general) ?? []), each]);
  }
  const rows = [...alike].flatMap(([general, group]) => {
    if (group.length <= FEW_ALIKE) return group.map(({ what, how }) => [what, how]);
    const names = group.map(({ what }) => what).sort();
    const shown = all ? names.join(', ') : `${names[0]} and ${names.length - 1} more`;
    // A dump from the lowest address on contains the others too.
    const addresses = group.flatMap(({ how }) => /DUMP@(0x[0-9a-f]+)/.exec(how)?.[1] ?? []);
    const [first] = addresses.sort((a, b) => Number(BigInt(a) - BigInt(b)));
    const how = general.replace('FIELD=VALUE', 'FIELD=VALUE each').replace('ADDRESS', first ?? 'ADDRESS');
    return [[shown, all || names.length <= FEW_ALIKE ? how : `${how} (--all)`]];
  });
  return rowsSection('To settle it', ['what', 'how'], rows);
}

/** Sections of a report that is read without its inputs and standard error. */
export function aloneSections(inputs: readonly Artifact[], diagnostics: readonly Diagnostic[]): Block[] {
  return [
    ...listSection('Inputs', inputs.map(inputItem)),
    ...listSection('Diagnostics', diagnostics.map(diagnosticItem)),
  ];
}

export function referenceBlocks({ items }: References): Block[] {
  return items.length === 0 ? [] : [{ kind: 'references', items }];
}
