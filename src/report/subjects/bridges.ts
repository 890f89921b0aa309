/** The report of `bridges`: each bridge with its windows, what became of others, what is kept free. */
import { hex } from '../../bytes/address.ts';
import { type Condition, Names } from '../../symbolic/index.ts';
import type {
  BarFit,
  BridgeChange,
  BridgesVerdict,
  BusRange,
  JudgedBridge,
  KeptFree,
} from '../../verdict/host-bridge/result.ts';
import { Conditions } from '../conditions.ts';
import { type Block, code, type Document, type Item } from '../document.ts';
import {
  conditionJson,
  diagnosticJson,
  fieldsJson,
  inputsJson,
  type JsonObject,
  windowJson,
} from '../formats/json-parts.ts';
import {
  classText,
  diagnosticItem,
  inputItem,
  originPlace,
  rangeText,
  sizeText,
  whereText,
  windowNotes,
} from '../phrases.ts';
import {
  answeredJson,
  assumesSection,
  evidenceItem,
  evidenceJson,
  gapItem,
  ruleItem,
  section,
  settleSection,
} from './answer.ts';

export const BRIDGES_SCHEMA = 'fwmap/bridges@1';

/** `0000:00-ff`; `?` where a number isn't known. */
export function busText({ domain, first, last }: BusRange): string {
  const number = (value: number | null, digits: number): string =>
    value === null ? '?'.repeat(digits) : value.toString(16).padStart(digits, '0');
  return `${number(domain ?? 0, 4)}:${number(first, 2)}-${number(last, 2)}`;
}

export function bridgesJson(verdict: BridgesVerdict): JsonObject {
  const { inputs } = verdict;
  const names = new Names();
  const whenJson = (when: Condition): JsonObject => (when === 1n ? {} : conditionJson(when, names));
  const bridgeJson = (bridge: JudgedBridge): JsonObject => ({
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
    schema: BRIDGES_SCHEMA,
    question: verdict.question,
    summary: verdict.summary,
    bridges,
    ...(verdict.fits === undefined ? {} : { fits: verdict.fits.map(fitJson) }),
    ...(verdict.matrix === undefined ? {} : { matrix: verdict.matrix.map((row) => ({ ...row })) }),
    ...answeredJson(verdict, inputs),
    architecture: verdict.architecture,
    kernel: { release: verdict.kernel.release, presumed: verdict.kernel.presumed },
    fields: fieldsJson(names),
    inputs: inputsJson(inputs),
    diagnostics: verdict.diagnostics.map(diagnosticJson),
  };
}

function fitJson({ bar, bridge, fits, at, why }: BarFit): JsonObject {
  return {
    bar,
    bridge,
    fits,
    ...(at === undefined ? {} : { base: hex(at.start), last: hex(at.end) }),
    why,
  };
}

/** @param alone the report travels without its inputs and without standard error: it names them and what was said */
export function bridgesDocument(verdict: BridgesVerdict, alone: boolean): Document {
  const conditions = new Conditions();
  const bridges = verdict.bridges.flatMap((bridge) => bridgeBlocks(bridge, conditions));
  return [
    { kind: 'title', text: [{ text: verdict.summary, tone: 'strong' }] },
    ...bridges,
    ...fitBlocks(verdict),
    ...conditions.blocks(),
    ...matrixBlocks(verdict),
    ...section('Why', verdict.rules.map(ruleItem)),
    ...section('Not read', verdict.gaps.map(gapItem)),
    ...settleSection(verdict),
    ...assumesSection(verdict),
    ...(alone ? section('Inputs', verdict.inputs.map(inputItem)) : []),
    ...(alone ? section('Said while reading', verdict.diagnostics.map(diagnosticItem)) : []),
  ];
}

function bridgeBlocks(bridge: JudgedBridge, conditions: Conditions): Block[] {
  const { device, by, bus, windows, observed } = bridge;
  const there = ifText(bridge.when, conditions);
  const source =
    observed === undefined
      ? ''
      : by === 'log'
        ? ', by the log alone'
        : observed.contradictions.length === 0
          ? ', as the log has them'
          : ', as the log has them, which is not what the description gives';
  return [
    { kind: 'heading', text: `${device}  [bus ${busText(bus)}]${there}${source}` },
    windows.length === 0
      ? { kind: 'paragraph', text: 'No windows.' }
      : {
          kind: 'table',
          columns: [
            { title: 'window' },
            { title: 'size', align: 'right' },
            { title: 'class' },
            { title: 'source' },
            { title: 'notes' },
          ],
          rows: windows.map((window) => [
            [code(rangeText(window, conditions))],
            sizeText(window),
            classText(window),
            [code(whereText(window.origin))],
            windowNotes(window, conditions).join(', '),
          ]),
        },
    ...section(
      `Changed in ${device}`,
      bridge.changed.map((change) => changeItem(change, conditions)),
    ),
    ...section(
      `Also of ${device}`,
      bridge.notes.map(({ text, when, line, source: by_ }) => ({
        text: `${text}${ifText(when, conditions)}`,
        below: [...(line === undefined || line === '' ? [] : [{ text: [code(line)] }]), { text: by_ }],
      })),
    ),
    ...section(`Kept free of new BARs in ${device}`, keptFreeItems(bridge.keptFree, conditions)),
    ...(observed === undefined
      ? []
      : section(
          `Contradicted by the log`,
          observed.contradictions.map((text) => ({ text })),
        )),
  ];
}

function ifText(when: Condition, conditions: Conditions): string {
  if (when === 1n) return '';
  return when === 0n ? ', which is not there' : `, if ${conditions.text(when)}`;
}

function changeItem(
  { did, window, into, why, when, line, source, logged }: BridgeChange,
  conditions: Conditions,
): Item {
  return {
    text: [
      `${did}: `,
      code(rangeText(window, conditions)),
      into === undefined ? '' : ` into ${into}`,
      `: ${why}${ifText(when, conditions)}`,
    ],
    below: [
      ...(line === undefined ? [] : [{ text: [logged ? 'the log has ' : 'logged as ', code(line)] }]),
      {
        text: [
          'source: ',
          code(whereText(window.origin)),
          ' at ',
          code(originPlace(window.origin)),
          `; ${source}`,
        ],
      },
    ],
  };
}

function keptFreeItems(parts: readonly KeptFree[], conditions: Conditions): Item[] {
  return parts.map(({ start, end, by, when, evidence }) => ({
    text: [
      code(rangeText({ space: 'memory', base: start, size: end - start + 1n }, conditions)),
      ` ${by}${ifText(when, conditions)}`,
    ],
    ...(evidence === undefined ? {} : { below: [evidenceItem(evidence)] }),
  }));
}

function fitBlocks({ fits }: BridgesVerdict): Block[] {
  if (fits === undefined) return [];
  return [
    { kind: 'heading', text: 'Do the BARs fit?' },
    {
      kind: 'table',
      columns: [
        { title: 'BAR' },
        { title: 'bridge' },
        { title: 'fits' },
        { title: 'at' },
        { title: 'because' },
      ],
      rows: fits.map(({ bar, bridge, fits: does, at, why }) => [
        bar,
        [code(bridge)],
        does,
        at === undefined ? '' : `${hex(at.start)}-${hex(at.end)}`,
        why.join('; '),
      ]),
    },
  ];
}

function matrixBlocks({ matrix }: BridgesVerdict): Block[] {
  if (matrix === undefined) return [];
  return [
    { kind: 'heading', text: 'By release' },
    {
      kind: 'table',
      columns: [
        { title: 'releases' },
        { title: 'with' },
        { title: 'bridge' },
        { title: 'windows' },
        { title: 'because' },
      ],
      rows: matrix.map(({ releases, when, bridge, windows, because }) => [
        releases,
        when,
        [code(bridge)],
        windows.join(' '),
        because,
      ]),
    },
  ];
}
