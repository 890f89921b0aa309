/** The report of `bridges`: each bridge with its windows, the windows that Linux changed, and what is kept free. */

import { hex } from '../../bytes/address.ts';
import { type Condition, type Names, withNames } from '../../symbolic/index.ts';
import type {
  BarFit,
  BridgeChange,
  BridgesVerdict,
  BusRange,
  JudgedBridge,
} from '../../verdict/host-bridge/result.ts';
import type { AddressWindow } from '../../window/window.ts';
import { type Conditions, withConditions } from '../conditions.ts';
import { type Block, code, type Document, linked, rowsSection, section, type Text } from '../document.ts';
import { conditionJson, diagnosticJson, fieldsJson, inputsJson, windowJson } from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import { References } from '../formats/sentences.ts';
import type { BarFitJson, BridgeJson, BridgesJson } from '../json/bridges.ts';
import type { WhenJson } from '../json/parts.ts';
import { likelyClass, rangeText, sizeText, windowNotes } from '../phrases.ts';
import { bridgesResults } from '../results/bridges.ts';
import {
  aloneSections,
  answeredJson,
  assumesSection,
  evidenceJson,
  gapSection,
  referenceBlocks,
  releaseJson,
  settleSection,
  whySection,
} from './answer.ts';
import { FEW, moreText, similarRun, unitedRun } from './runs.ts';

/** `0000:00-ff`; `?` where a number isn't known. */
export function busText({ domain, first, last }: BusRange): string {
  const number = (value: number | null, digits: number): string =>
    value === null ? '?'.repeat(digits) : value.toString(16).padStart(digits, '0');
  return `${number(domain ?? 0, 4)}:${number(first, 2)}-${number(last, 2)}`;
}

function bridgesJson(verdict: BridgesVerdict): BridgesJson {
  return withNames((names) => verdictJson(verdict, names));
}

function verdictJson(verdict: BridgesVerdict, names: Names): BridgesJson {
  const { inputs } = verdict;
  const whenJson = (when: Condition): Partial<WhenJson> => (when === 1n ? {} : conditionJson(when, names));
  const bridgeJson = (bridge: JudgedBridge): BridgeJson => ({
    device: bridge.device,
    by: bridge.by,
    bus: busText(bridge.bus),
    ...whenJson(bridge.when),
    windows: bridge.windows.map((window) => windowJson(window, inputs, names)),
    changed: bridge.changed.map(({ window, did, into, why, when, line, source, logged }) => ({
      window: windowJson(window, inputs, names),
      did,
      ...(into === undefined ? {} : { into }),
      why,
      ...whenJson(when),
      ...(line === undefined ? {} : { line }),
      source,
      ...(logged === undefined ? {} : { logged }),
    })),
    notes: bridge.notes.map(({ text, when, line, source }) => ({
      text,
      ...whenJson(when),
      ...(line === undefined ? {} : { line }),
      source,
    })),
    keptFree: bridge.keptFree.map(({ start, end, by, when, evidence }) => ({
      base: hex(start),
      last: hex(end),
      by,
      ...whenJson(when),
      ...(evidence === undefined ? {} : { evidence: evidenceJson(evidence, inputs) }),
    })),
    prints: bridge.prints,
    ...(bridge.observed === undefined
      ? {}
      : {
          observed: {
            bus: bridge.observed.bus,
            windows: bridge.observed.windows.map((window) => windowJson(window, inputs, names)),
            contradictions: bridge.observed.contradictions,
          },
        }),
  });
  const bridges = verdict.bridges.map(bridgeJson);
  return {
    schema: 'fwmap/bridges@1',
    question: verdict.question,
    summary: verdict.summary,
    bridges,
    ...(verdict.fits === undefined ? {} : { fits: verdict.fits.map(fitJson) }),
    ...(verdict.matrix === undefined ? {} : { matrix: verdict.matrix.map((row) => ({ ...row })) }),
    ...answeredJson(verdict, inputs),
    architecture: verdict.architecture,
    kernel: { release: releaseJson(verdict.kernel.release, verdict), presumed: verdict.kernel.presumed },
    fields: fieldsJson(names),
    inputs: inputsJson(inputs),
    diagnostics: verdict.diagnostics.map(diagnosticJson),
  };
}

function fitJson({ bar, bridge, fits, at, why }: BarFit): BarFitJson {
  return {
    bar,
    bridge,
    fits,
    ...(at === undefined ? {} : { base: hex(at.start), last: hex(at.end) }),
    why,
  };
}

interface BridgesLayout {
  /** The report is read without its inputs and standard error: it lists the inputs and the diagnostics. */
  readonly alone: boolean;
  /** Every window and change on a line of its own, with what is inferred about it. */
  readonly all?: boolean;
}

function bridgesDocument(verdict: BridgesVerdict, layout: BridgesLayout): Document {
  return withConditions((conditions) => documentOf(verdict, layout, conditions));
}

function documentOf(
  verdict: BridgesVerdict,
  { alone, all = false }: BridgesLayout,
  conditions: Conditions,
): Document {
  const references = new References();
  return [
    { kind: 'title', text: [{ text: verdict.summary, tone: 'strong' }] },
    ...windowBlocks(verdict, conditions, all),
    ...verdict.bridges.flatMap((bridge) => changeBlocks(bridge, verdict, conditions, references, all)),
    ...fitBlocks(verdict),
    ...matrixBlocks(verdict),
    ...whySection(verdict, references),
    ...gapSection(verdict),
    ...settleSection(verdict, all),
    ...assumesSection(verdict, verdict.inputs, references),
    ...conditions.blocks(),
    ...(alone ? aloneSections(verdict.inputs, verdict.diagnostics) : []),
    ...referenceBlocks(references),
  ];
}

/** The windows of all bridges, each bridge with its source. */
function windowBlocks({ bridges }: BridgesVerdict, conditions: Conditions, all: boolean): Block[] {
  if (bridges.length === 0) return [];
  return [
    {
      kind: 'groups',
      title: 'host bridge',
      columns: [
        { title: 'window' },
        { title: 'size', align: 'right' },
        { title: 'class' },
        { title: 'notes' },
      ],
      groups: bridges.map((bridge) => ({
        title: [code(bridge.device), `  ${sourceText(bridge, conditions)}`],
        rows: windowRows(bridge.windows, conditions, all),
        ...(bridge.windows.length === 0 ? { note: 'no windows' } : {}),
      })),
    },
  ];
}

function windowRows(windows: readonly AddressWindow[], conditions: Conditions, all: boolean): Text[][] {
  const rows: Text[][] = [];
  for (let at = 0; at < windows.length; ) {
    const window = windows[at]!;
    const run = all ? 1 : similarRun(windows, at);
    rows.push([
      [linked(rangeText(window, conditions), window.origin.span)],
      sizeText(window),
      likelyClass(window),
      windowNotes(window, conditions, { inferences: all }).join(', '),
    ]);
    if (run > FEW) rows.push([moreText(windows, at, run)]);
    at += run > FEW ? run : 1;
  }
  return rows;
}

function sourceText({ when, by, bus, observed }: JudgedBridge, conditions: Conditions): string {
  const source =
    observed === undefined
      ? ''
      : by === 'log'
        ? ', by the log alone'
        : observed.contradictions.length === 0
          ? ', as the log has them'
          : ', as the log has them and not as described';
  return `buses ${busText(bus)}${whenText(when, conditions)}${source}`;
}

function whenText(when: Condition, conditions: Conditions): string {
  if (when === 1n) return '';
  return when === 0n ? ', without a bus' : `, ${conditions.when(when)}`;
}

/** The last address of a printed range; the range itself where it has no such form. */
function lastAddress(range: string): string {
  return /-(\w+)(?: window)?\]$/.exec(range)?.[1] ?? range;
}

function changeRows(
  changed: readonly BridgeChange[],
  conditions: Conditions,
  known: (source: string) => string,
  all: boolean,
): Text[][] {
  const rows: Text[][] = [];
  for (let at = 0; at < changed.length; ) {
    const { did, window, into, why, when, kernels, line, source, logged } = changed[at]!;
    const run = all ? 1 : unitedRun(changed, at);
    const range = [linked(rangeText(window, conditions), window.origin.span)];
    if (run > FEW) {
      const { into: whole } = changed[at + run - 1]!;
      rows.push([
        did,
        range,
        `and the ${run} contiguous windows after it, up to ${lastAddress(whole!)}: neighbours that exist become ` +
          `one${whenText(kernels!, conditions)} (--all)${known(source)}`,
      ]);
    } else {
      rows.push([
        did,
        range,
        [
          `${into === undefined ? '' : `becomes ${into}: `}${why}${whenText(when, conditions)}`,
          ...(line === undefined || !isNews(line, why)
            ? []
            : [logged ? '; the log has ' : '; logged as ', code(line)]),
          logged && line === source ? '' : known(source),
        ],
      ]);
    }
    at += run > FEW ? run : 1;
  }
  return rows;
}

/** The changes of one bridge's windows, notes, what is kept free, and contradictions; empty parts are left out. */
function changeBlocks(
  bridge: JudgedBridge,
  { bridges }: BridgesVerdict,
  conditions: Conditions,
  references: References,
  all: boolean,
): Block[] {
  const { device, changed, notes, keptFree, observed } = bridge;
  const of = bridges.length > 1 ? ` (${device})` : '';
  const known = (source: string): string => (source === 'the log' ? '' : ` ${references.mark(source)}`);
  return [
    ...rowsSection(`Changed${of}`, ['what', 'window', 'why'], changeRows(changed, conditions, known, all)),
    ...rowsSection(
      `Also${of}`,
      ['note'],
      notes.map(({ text, when, line, source }) => [
        [
          `${text}${whenText(when, conditions)}`,
          ...(line === undefined || line === '' ? [] : ['; logged as ', code(line.trim())]),
          known(source),
        ],
      ]),
    ),
    ...rowsSection(
      `Kept free of new BARs${of}`,
      ['range', 'by'],
      keptFree.map(({ start, end, by, when }) => [
        [code(rangeText({ space: 'memory', base: start, size: end - start + 1n }, conditions))],
        `${by}${whenText(when, conditions)}`,
      ]),
    ),
    ...rowsSection(
      `Contradicted by the log${of}`,
      ['what'],
      (observed?.contradictions ?? []).map((text) => [text]),
    ),
  ];
}

/** Whether a line says more than the reason: of a line that was read in a log, the reason is the line itself. */
function isNews(line: string, why: string): boolean {
  return line !== why;
}

/** The BARs of --bar, and those of the machine that are not in a window. */
function fitBlocks({ fits }: BridgesVerdict): Block[] {
  if (fits === undefined) return [];
  const told = fits.filter((fit) => fit.fits !== 'placed');
  const placed = fits.length - told.length;
  const blocks: Block[] =
    placed === 0
      ? []
      : [
          {
            kind: 'paragraph',
            text: `${placed} BAR${placed === 1 ? '' : 's'} of the machine ${placed === 1 ? 'is' : 'are'} in a window of the bridge.`,
          },
        ];
  if (told.length > 0)
    blocks.push({
      kind: 'table',
      columns: [
        { title: 'BAR' },
        { title: 'bridge' },
        { title: 'fits' },
        { title: 'at' },
        { title: 'because' },
      ],
      rows: told.map(({ bar, bridge, fits: does, at, why }) => [
        bar,
        [code(bridge)],
        does,
        at === undefined ? '' : `${hex(at.start)}-${hex(at.end)}`,
        why.join('; '),
      ]),
    });
  return section('Do the BARs fit?', ...blocks);
}

function matrixBlocks({ matrix }: BridgesVerdict): Block[] {
  if (matrix === undefined) return [];
  return section('By release', {
    kind: 'table',
    columns: [{ title: 'releases' }, { title: 'bridge' }, { title: 'windows' }, { title: 'because' }],
    rows: matrix.map(({ releases, bridge, windows, because }) => [
      releases,
      [code(bridge)],
      windows.join(' '),
      because,
    ]),
  });
}

/** The report of `bridges`. */
export function bridgesReport(
  verdict: BridgesVerdict,
  { all = false }: { readonly all?: boolean } = {},
): Report {
  return {
    json: () => bridgesJson(verdict),
    document: (format) => bridgesDocument(verdict, { alone: format !== 'text', all }),
    maps: async () => (await import('../map/subjects.ts')).bridgesMaps(verdict),
    found: () => ({ inputs: verdict.inputs, results: [...verdict.diagnostics, ...bridgesResults(verdict)] }),
  };
}
