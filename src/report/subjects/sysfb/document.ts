/** The report of `sysfb`: the answer with its caveat, then the reasons in the order a reader asks for them, sources last. */
import { formatPlace } from '../../../bytes/source.ts';
import type { AddressEntry } from '../../../devicetree/address/entries.ts';
import type { Answer, EvidenceItem, RuleFinding, Verdict } from '../../../verdict/sysfb/verdict.ts';
import { derivationOf } from '../../../window/derivation.ts';
import { type AddressWindow, windowClass } from '../../../window/window.ts';
import { type Conditions, withConditions } from '../../conditions.ts';
import {
  type Block,
  code,
  type Document,
  type Item,
  linesSection,
  linked,
  listSection,
  type Phrase,
  section,
  type Text,
  type Tone,
} from '../../document.ts';
import { rawData } from '../../formats/raw-data.ts';
import type { Format } from '../../formats/render.ts';
import { clause, References, Said, sentences } from '../../formats/sentences.ts';
import {
  classText,
  diagnosticItem,
  inputItem,
  inputName,
  originPlace,
  rangeText,
  sizeText,
  whereText,
  windowNotes,
} from '../../phrases.ts';
import { decisionTable, settleTable } from './decision.ts';
import { ANSWER_WORDS, framebufferText, HAZARD_WORDS, headlineOf, kernelText, machineText } from './words.ts';

export interface SysfbLayout {
  readonly format: Format;
  /** Everything: derivations, every piece of evidence, the Kconfig line, the raw data. */
  readonly full: boolean;
  readonly version: string;
}

const HEADLINE_TONES = { 'not-needed': 'good', needed: 'bad', depends: 'warn', unknown: 'warn' } as const;

const NO_EFFECT =
  'On a device tree boot the driver never reserves a framebuffer, so CONFIG_SYSFB would have no effect.';

/** The reason as sentences, with its consequence. */
export function reasonText(verdict: Verdict): string {
  const { answer, effective, machine, pool, reason } = verdict;
  const parts = [sentences(reason)];
  const onTree = machine.boot === 'dt';
  if (answer === 'not-needed' && effective === false && onTree && pool.length > 0) parts.push(NO_EFFECT);
  const [first] = pool;
  if (answer === 'needed' && onTree && first !== undefined)
    parts.push(`Take it out of the ranges of ${first.origin.path}.`);
  return parts.join(' ');
}

/** `2/2/1` for a window whose cell counts were given or inferred; undefined where the tree has them. */
export function inferredCells({ derivation }: AddressWindow): string | undefined {
  if (!('entry' in derivation)) return undefined;
  const { childAddress, parentAddress, size }: AddressEntry['counts'] = derivation.entry.counts;
  const counts = [childAddress, parentAddress, size].flatMap((count) => (count === undefined ? [] : [count]));
  if (!counts.some(({ from }) => from === 'given' || from === 'inferred')) return undefined;
  return counts.map(({ cells }) => cells).join('/');
}

/** The last part of a path; without the file name where there is one input and the name is long. */
function baseName(place: string, inputs: number): string {
  const name = place.slice(place.lastIndexOf('/') + 1);
  return inputs === 1 && name.length > MAX_PLACE ? name.slice(name.lastIndexOf(':')) : name;
}

/** The longest place that keeps the name of the only input, in characters. */
const MAX_PLACE = 34;

function windowRows(verdict: Verdict, conditions: Conditions): Text[][] {
  const several = verdict.inputs.length > 1;
  const rows = verdict.pool.map((window): Text[] => {
    const cells = inferredCells(window);
    // The range shows the expressions of its bounds, which are explained below.
    const known = window.base !== null && window.size !== null;
    const notes = windowNotes(window, conditions).filter((note) => !known || !note.startsWith('unknown: '));
    if (cells !== undefined) notes.push(`cells ${cells}`);
    const place = originPlace(window.origin);
    const where =
      several || /:\d+\.\d+$/.test(place) ? baseName(place, verdict.inputs.length) : whereText(window.origin);
    return [
      [code(rangeText(window, conditions))],
      sizeText(window),
      classText(window),
      [linked(where, window.origin.span)],
      notes.join(', '),
    ];
  });
  const { framebuffer } = verdict;
  if (framebuffer !== null && framebuffer.base !== null && framebuffer.size !== null) {
    const bounds = { space: 'memory', base: framebuffer.base, size: framebuffer.size } as const;
    const range = rangeText(bounds, conditions);
    const source = framebuffer.text.replace(range, '').replace(/[\s:,]+$/, '');
    rows.push([
      [code(range)],
      sizeText(bounds),
      CLASS_OF[windowClass(bounds) ?? 'low'],
      framebuffer.origin === undefined
        ? ''
        : [linked(baseName(originPlace(framebuffer.origin), verdict.inputs.length), framebuffer.origin.span)],
      source === '' ? 'framebuffer' : `framebuffer: ${source}`,
    ]);
  }
  return rows;
}

const CLASS_OF = { 'below-1m': 'below 1 MiB', low: 'low', high: 'high', 'straddles-4g': 'across 4 GiB' };

function windowsSection(verdict: Verdict, conditions: Conditions): Block[] {
  const rows = windowRows(verdict, conditions);
  return rows.length === 0
    ? []
    : section('Windows', {
        kind: 'table',
        untitled: true,
        columns: [
          { title: 'range' },
          { title: 'size', align: 'right' },
          { title: 'class' },
          { title: 'source' },
          { title: 'notes' },
        ],
        rows,
      });
}

/** How many pieces of evidence a rule shows without --full. */
const MAX_EVIDENCE = 3;

/** A rule as a clause: its sentence, its evidence with places, the numbers of its sources. */
function ruleText(
  rule: RuleFinding<Answer>,
  verdict: Verdict,
  said: Said,
  references: References,
): Text | undefined {
  const isWindow = ({ origin }: EvidenceItem): boolean =>
    verdict.pool.some((window) => origin !== undefined && window.origin.span === origin.span);
  const fresh = said.isNew(rule.says);
  const phrases: Phrase[] = fresh ? [clause(rule.says)] : [];
  // Evidence with a source is shown by the source's number.
  const shown = rule.evidence
    .filter((item) => !isWindow(item) && (item.authority === undefined || !fresh) && said.isNew(item.text))
    .slice(0, MAX_EVIDENCE);
  for (const [at, { text, origin }] of shown.entries()) {
    phrases.push(at > 0 ? ', ' : phrases.length === 0 ? '' : ': ', text);
    if (origin !== undefined) phrases.push(' (', linked(originPlace(origin), origin.span), ')');
  }
  const left =
    rule.evidence.filter((item) => !isWindow(item) && item.authority === undefined).length - shown.length;
  if (fresh && shown.length === MAX_EVIDENCE && left > 0) phrases.push(`, and ${left} more`);
  const marks = rule.evidence.flatMap(({ authority }) =>
    authority === undefined ? [] : [references.mark(authority)],
  );
  if (phrases.length === 0 && marks.length === 0) return undefined;
  if (phrases.length === 0) phrases.push('see above');
  if (marks.length > 0) phrases.push(` ${inOrder(marks).join('')}`);
  return [caseText(rule), ...phrases];
}

/** Each number once, the smallest first. */
function inOrder(marks: readonly string[]): string[] {
  const number = (mark: string): number => Number(mark.slice(1, -1));
  return [...new Set(marks)].sort((a, b) => number(a) - number(b));
}

/** The cases in which a rule holds; empty where it holds in all. */
function caseText({ answers }: RuleFinding<Answer>): string {
  return answers === undefined
    ? ''
    : `where ${answers.map((answer) => ANSWER_WORDS[answer][0]).join(' or ')}: `;
}

function whySection(verdict: Verdict, said: Said, references: References): Block[] {
  const rows = verdict.rules.flatMap((rule): Text[][] => {
    const text = ruleText(rule, verdict, said, references);
    return text === undefined ? [] : [[[code(rule.id)], text]];
  });
  return rows.length === 0
    ? []
    : section('Why', {
        kind: 'table',
        untitled: true,
        columns: [{ title: 'rule' }, { title: 'what it found' }],
        rows,
      });
}

/** A premise that is obvious where there is one input. */
const ONE_MACHINE = 'the inputs describe one machine';

/** The assumptions of the answer, each with the number of its source. */
export function assumptionTexts(
  verdict: Verdict,
  references: References | undefined,
  withOtherwise = true,
): string[] {
  const mark = (source: string): string =>
    references === undefined || source.startsWith('default') ? '' : ` ${references.mark(source)}`;
  return [
    ...verdict.premises
      .map(({ text }) => text)
      .filter((text) => text !== ONE_MACHINE || verdict.inputs.length > 1),
    ...verdict.assumptions.map(
      ({ text, authority, otherwise }) =>
        `${text}${mark(authority)}${otherwise === undefined || !withOtherwise ? '' : `; otherwise: ${otherwise}`}`,
    ),
    ...verdict.authorities.map(({ text, source }) => `${text}${mark(source)}`),
  ];
}

function gapTexts(verdict: Verdict): Text[] {
  return verdict.gaps.map(({ reason, place, hint }) => [
    ...(place.span === undefined ? [] : [linked(formatPlace(place.span), place.span), ': ']),
    `${reason}${hint === undefined ? '' : `; ${hint}`}`,
  ]);
}

/** What is known about the machine, the kernel and the framebuffer. */
function machineSection(verdict: Verdict, full: boolean): Block[] {
  const { framebuffer, kernel, machine, hazard, effective } = verdict;
  const rows: { label: string; text: string }[] = [];
  const assumed = verdict.inputs.every(({ kind }) => kind === 'dts-fragment' || kind.startsWith('crs-'));
  if (full || (machine.platform !== 'other' && !assumed))
    rows.push({ label: 'Platform', text: machineText(verdict) });
  if (full || kernel.release !== null || Object.keys(kernel.config).length > 0)
    rows.push({ label: 'Kernel', text: kernelText(verdict) });
  if (full || (framebuffer !== null && (framebuffer.base === null || framebuffer.size === null)))
    rows.push({ label: 'Framebuffer', text: framebufferText(verdict) });
  if (full) {
    const words = effective === null ? 'unknown' : effective ? 'yes' : 'no';
    rows.push({ label: 'CONFIG_SYSFB effective', text: words });
    rows.push({ label: 'Hazard', text: HAZARD_WORDS[hazard] });
  }
  return rows.length === 0 ? [] : section('Machine', { kind: 'facts', rows, inset: true });
}

/** The what-if table, and the cost of CONFIG_SYSFB. */
function matrixBlocks({ matrix }: Verdict): Block[] {
  if (matrix === undefined) return [];
  return [
    ...section('By release and configuration', {
      kind: 'table',
      columns: [{ title: 'releases' }, { title: 'with' }, { title: 'reservation' }, { title: 'because' }],
      rows: matrix.map(({ releases, when, answer, because }) => [
        releases,
        when,
        answer === 'needed' ? 'missing' : answer === 'not-needed' ? 'not needed, or made' : 'depends',
        because,
      ]),
    }),
    { kind: 'paragraph', text: SYSFB_COST },
  ];
}

/** Measured on Linux 6.12.117, x86-64, gcc 12.2, a configuration like OpenHCL's, built with and without the select. */
const SYSFB_COST =
  'Where it is not needed, as in a VTL2 kernel, CONFIG_SYSFB costs 3,533 bytes of code and data (0.05 %) and 4 KiB of bzImage; with CONFIG_EFI 17,856 bytes more, most of them init. From 7.1 on the reservation takes up to 128 MiB of the low window, so large 32-bit BARs may no longer fit.';

/** A window with the steps that led to it. */
function derivationItem(window: AddressWindow, conditions: Conditions): Item {
  return {
    text: [
      code(rangeText(window, conditions)),
      ' from ',
      code(whereText(window.origin)),
      ' at ',
      linked(originPlace(window.origin), window.origin.span),
    ],
    below: derivationOf(window).map((step) => ({ text: `${step.what}: ${step.text}` })),
  };
}

function evidenceItems(rule: RuleFinding<Answer>, references: References): Item {
  return {
    text: [code(rule.id), `: ${caseText(rule)}${clause(rule.says)}`],
    below: rule.evidence.map((item) => ({
      text: [
        item.text,
        ...(item.origin === undefined ? [] : [' (', linked(originPlace(item.origin), item.origin.span), ')']),
        ...(item.authority === undefined ? [] : [` ${references.mark(item.authority)}`]),
      ],
    })),
  };
}

function kconfigSection({ kconfig }: Verdict): Block[] {
  if (kconfig === undefined) return [];
  return listSection('Kconfig', [
    { text: [code(kconfig.proposal)], below: kconfig.explanation.map((text) => ({ text })) },
  ]);
}

function rawSection(verdict: Verdict): Block[] {
  const lines = rawData(verdict.pool.flatMap(({ origin }) => (origin.span ? [origin.span] : [])));
  return lines.length === 0 ? [] : section('Raw data', { kind: 'lines', lines });
}

/** The long parts, for readers who check: folded in formats that can fold. */
function detailSections(verdict: Verdict, conditions: Conditions, references: References): Block[] {
  return [
    ...listSection(
      'Evidence',
      verdict.rules
        .filter(({ evidence }) => evidence.length > 0)
        .map((rule) => evidenceItems(rule, references)),
    ),
    ...listSection(
      'Derivation',
      verdict.pool.map((window) => derivationItem(window, conditions)),
    ),
    ...kconfigSection(verdict),
    ...rawSection(verdict),
  ];
}

/** The verdict as a document. In formats other than text it lists the inputs and the diagnostics. */
export function sysfbDocument(verdict: Verdict, layout: SysfbLayout): Document {
  return withConditions((conditions) => documentOf(verdict, layout, conditions));
}

function documentOf(
  verdict: Verdict,
  { format, full, version }: SysfbLayout,
  conditions: Conditions,
): Document {
  const references = new References();
  const said = new Said();
  const alone = format !== 'text';
  const folds = format === 'markdown' || format === 'html';
  const headline = headlineOf(verdict);
  const hasTable = verdict.conditions.length > 0;
  const reason = verdict.answer === 'depends' && hasTable ? undefined : reasonText(verdict);
  if (reason !== undefined) for (const part of sentences(verdict.reason).split(/(?<=\.) /)) said.isNew(part);
  const tone: Tone = HEADLINE_TONES[verdict.answer];
  const blocks: Block[] = [
    { kind: 'title', text: [{ text: headline, tone }] },
    ...(reason === undefined ? [] : [{ kind: 'paragraph', text: reason } as const]),
    ...decisionTable(verdict, conditions, full),
    ...settleTable(verdict),
    ...windowsSection(verdict, conditions),
    // The full evidence contains the rules.
    ...(full && !folds ? [] : whySection(verdict, said, references)),
    ...linesSection('Not read', gapTexts(verdict)),
    ...matrixBlocks(verdict),
    ...machineSection(verdict, full),
    ...linesSection('Assumes', assumptionTexts(verdict, references)),
    ...linesSection(
      verdict.answer === 'unknown' ? 'What to add' : 'What would change the answer',
      verdict.wouldChange,
    ),
    ...(verdict.kconfig?.asked === true && !full ? kconfigSection(verdict) : []),
  ];
  const details = full || folds ? detailSections(verdict, conditions, references) : [];
  const names = conditions.blocks();
  const inputs = alone ? listSection('Inputs', verdict.inputs.map(inputItem)) : [];
  const diagnostics = alone ? listSection('Diagnostics', verdict.diagnostics.map(diagnosticItem)) : [];
  return [
    ...blocks,
    ...(folds || details.length === 0 ? [] : details),
    ...names,
    ...(folds && details.length > 0
      ? [{ kind: 'details', summary: 'Evidence and derivation', blocks: details } as const]
      : []),
    ...inputs,
    ...diagnostics,
    ...(references.items.length === 0 ? [] : [{ kind: 'references', items: references.items } as const]),
    ...(alone
      ? [
          {
            kind: 'paragraph',
            text: [`fwmap ${version}: `, code(`fwmap sysfb ${commandInputs(verdict)}`)],
          } as const,
        ]
      : []),
  ];
}

/** The inputs as on the command line. */
export function commandInputs({ inputs }: Verdict): string {
  const names = [...new Set(inputs.map(inputName))].map((name) => (name === '<stdin>' ? '-' : name));
  return names.length > 2 ? `${names.slice(0, 2).join(' ')} ...` : names.join(' ');
}
