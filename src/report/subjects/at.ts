/** The report of `at`: who claims an address. */
import { hex } from '../../bytes/address.ts';
import { formatPlace } from '../../bytes/source.ts';
import { type Names, type Quantity, withNames } from '../../symbolic/index.ts';
import type { AtReport, Claim } from '../../verdict/address/claims.ts';
import { type Conditions, withConditions } from '../conditions.ts';
import { type Block, code, type Document, linked, rowsSection, type Text } from '../document.ts';
import {
  conditionJson,
  diagnosticJson,
  expressionsJson,
  fieldsJson,
  hexOrNull,
  inputsJson,
  originJson,
} from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import type { AtJson, ClaimJson } from '../json/at.ts';
import { originPlace, rangeText, sizeText } from '../phrases.ts';
import { atResults } from '../results/at.ts';
import { aloneSections, evidenceJson } from './answer.ts';

function atJson(report: AtReport): AtJson {
  return withNames((names) => ({
    schema: 'fwmap/at@1',
    space: report.asked.space,
    address: hex(report.asked.start),
    last: hex(report.asked.last),
    summary: report.summary,
    claims: report.claims.map((claim) => claimJson(claim, report, names)),
    fields: fieldsJson(names),
    inputs: inputsJson(report.inputs),
    diagnostics: report.diagnostics.map(diagnosticJson),
  }));
}

function claimJson(claim: Claim, { inputs }: AtReport, names: Names): ClaimJson {
  const { kind, who, base, size, when, why, whole, note, origin, evidence } = claim;
  const known = (value: Quantity | null): string | null =>
    typeof value === 'bigint' ? hexOrNull(value) : null;
  const expressions = expressionsJson(base, size, names);
  const bounded = typeof base === 'bigint' && typeof size === 'bigint';
  return {
    kind,
    who,
    base: known(base),
    size: known(size),
    last: bounded ? hexOrNull(base + size - 1n) : null,
    ...(expressions === undefined ? {} : { expressions }),
    certainty: certaintyOf(claim),
    ...(when === 1n ? {} : conditionJson(when, names)),
    ...(why === undefined ? {} : { why }),
    whole,
    ...(note === undefined ? {} : { note }),
    ...(origin === undefined ? {} : { origin: originJson(origin, inputs) }),
    ...(evidence === undefined ? {} : { evidence: evidenceJson(evidence, inputs) }),
  };
}

function certaintyOf({ when, why }: Claim): 'certain' | 'conditional' | 'unknown' {
  return why !== undefined ? 'unknown' : when === 1n ? 'certain' : 'conditional';
}

/** @param alone the report travels without its inputs and without standard error: it names them and what was said */
function atDocument(report: AtReport, alone: boolean): Document {
  return withConditions((conditions) => [
    { kind: 'title', text: [{ text: report.summary, tone: 'strong' }] },
    ...claimBlocks('Claimed by', report, 'certain', conditions),
    ...claimBlocks('Under a condition', report, 'conditional', conditions),
    ...claimBlocks('Perhaps', report, 'unknown', conditions),
    ...conditions.blocks(),
    ...(alone ? aloneSections(report.inputs, report.diagnostics) : []),
  ]);
}

function claimBlocks(
  heading: string,
  { claims, asked }: AtReport,
  certainty: ReturnType<typeof certaintyOf>,
  conditions: Conditions,
): Block[] {
  return rowsSection(
    heading,
    ['kind', 'range', 'size', 'who'],
    claims
      .filter((claim) => certaintyOf(claim) === certainty)
      .map((claim) => row(claim, asked.space, conditions)),
  );
}

function row(claim: Claim, space: 'memory' | 'io', conditions: Conditions): Text[] {
  const { kind, who, base, size, when, why, whole, note, origin, evidence } = claim;
  const window = { space, base, size } as const;
  const place =
    origin !== undefined
      ? originPlace(origin)
      : evidence?.origin?.span !== undefined
        ? formatPlace(evidence.origin.span)
        : undefined;
  const notes = [
    ...(when === 1n ? [] : [conditions.when(when)]),
    ...(why === undefined ? [] : [`not known: ${why}`]),
    ...(whole || why !== undefined ? [] : ['a part of it']),
    ...(note === undefined ? [] : [note]),
  ];
  return [
    kind,
    [code(rangeText(window, conditions))],
    sizeText(window),
    [
      code(who),
      notes.length === 0 ? '' : `: ${notes.join('; ')}`,
      ...(place === undefined ? [] : [' (', linked(place, origin?.span ?? evidence?.origin?.span), ')']),
    ],
  ];
}

export function atReport(answer: AtReport): Report {
  return {
    json: () => atJson(answer),
    document: (format) => atDocument(answer, format !== 'text'),
    maps: async () => (await import('../map/subjects.ts')).atMaps(answer),
    found: () => ({ inputs: answer.inputs, results: [...answer.diagnostics, ...atResults(answer)] }),
  };
}
