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
import { FEW } from './runs.ts';

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

interface AtLayout {
  /** The report is read without its inputs and standard error: it lists the inputs and the diagnostics. */
  readonly alone: boolean;
  /** Every claim on a line of its own. */
  readonly all: boolean;
}

function atDocument(report: AtReport, { alone, all }: AtLayout): Document {
  return withConditions((conditions) => [
    { kind: 'title', text: [{ text: report.summary, tone: 'strong' }] },
    ...claimBlocks('Claimed by', report, 'certain', conditions, all),
    ...claimBlocks('Under a condition', report, 'conditional', conditions, all),
    ...claimBlocks('Unknown', report, 'unknown', conditions, all),
    ...conditions.blocks(),
    ...(alone ? aloneSections(report.inputs, report.diagnostics) : []),
  ]);
}

function claimBlocks(
  heading: string,
  { claims, asked, inputs }: AtReport,
  certainty: ReturnType<typeof certaintyOf>,
  conditions: Conditions,
  all: boolean,
): Block[] {
  const own = claims.filter((claim) => certaintyOf(claim) === certainty);
  const floating = own.filter(isFloating);
  const isFolded = !all && floating.length > FEW;
  const listed = isFolded ? own.filter((claim) => !isFloating(claim)) : own;
  const rows: Text[][] = [];
  for (let at = 0; at < listed.length; ) {
    const run = all ? 1 : runOf(listed, at);
    rows.push(row(listed[at]!, asked.space, conditions, inputs.length));
    if (run > FEW) rows.push([moreClaims(listed, at, run, asked.space)]);
    at += run > FEW ? run : 1;
  }
  if (isFolded) rows.push([floatingText(floating)]);
  return rowsSection(heading, ['kind', 'range', 'size', 'who'], rows);
}

/** Whether it is a register whose address is not a number: it may be anywhere, so most tables have many of them. */
function isFloating({ kind, base }: Claim): boolean {
  return kind === 'register' && typeof base !== 'bigint';
}

function floatingText(claims: readonly Claim[]): string {
  const devices = new Set(claims.map(({ who, origin }) => origin?.path ?? who)).size;
  const of = devices === 1 ? '' : ` of ${devices} devices`;
  return `${claims.length} registers${of}, whose addresses depend on firmware fields (--all)`;
}

/** How many claims from `from` on are contiguous, with the same kind, size and device. */
function runOf(claims: readonly Claim[], from: number): number {
  const first = claims[from]!;
  const { kind, base, size, origin } = first;
  if (typeof base !== 'bigint' || typeof size !== 'bigint' || origin === undefined) return 1;
  let to = from + 1;
  for (; to < claims.length; to += 1) {
    const next = claims[to]!;
    const isNext =
      next.kind === kind &&
      next.base === base + size * BigInt(to - from) &&
      next.size === size &&
      next.origin?.path === origin.path;
    if (!isNext) break;
  }
  return to - from;
}

/** The line below the first claim of a run, about the others. */
function moreClaims(claims: readonly Claim[], from: number, run: number, space: 'memory' | 'io'): string {
  const { base, size, when } = claims[from]!;
  const end = (base as bigint) + (size as bigint) * BigInt(run);
  const each = when === 1n ? '' : ', each with its condition';
  const upTo = `0x${(end - 1n).toString(16).padStart(8, '0')}`;
  return `... ${run - 1} more of ${sizeText({ space, size })} up to ${upTo}${each} (--all)`;
}

/** A place without what is the same for all claims: the folder, and with one input the input. */
function shortPlace(place: string, inputs: number): string {
  const name = place.slice(place.lastIndexOf('/') + 1);
  return inputs === 1 && name.includes('!') ? name.slice(name.indexOf('!') + 1) : name;
}

function row(claim: Claim, space: 'memory' | 'io', conditions: Conditions, inputs: number): Text[] {
  const { kind, who, base, size, when, why, whole, note, origin, evidence } = claim;
  const window = { space, base, size } as const;
  const found =
    origin !== undefined
      ? originPlace(origin)
      : evidence?.origin?.span !== undefined
        ? formatPlace(evidence.origin.span)
        : undefined;
  const place = found === undefined ? undefined : shortPlace(found, inputs);
  const notes = [
    ...(when === 1n ? [] : [conditions.when(when)]),
    ...(why === undefined ? [] : [`unknown: ${why}`]),
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

/** The report of `at`. @param layout `all`: every claim on a line of its own, also similar ones */
export function atReport(answer: AtReport, { all = false }: { readonly all?: boolean } = {}): Report {
  return {
    json: () => atJson(answer),
    document: (format) => atDocument(answer, { alone: format !== 'text', all: all || format === 'html' }),
    maps: async () => (await import('../map/subjects.ts')).atMaps(answer),
    found: () => ({ inputs: answer.inputs, results: [...answer.diagnostics, ...atResults(answer)] }),
  };
}
