/** The report of `sysfb`: the answer first, then what it rests on, then what would change it. */
import { formatMemRange, formatSize } from '../../bytes/address.ts';
import { formatPlace } from '../../bytes/source.ts';
import { type Names, withNames } from '../../symbolic/index.ts';
import type {
  Answer,
  Assumption,
  EvidenceItem,
  Hazard,
  RuleFinding,
  Verdict,
} from '../../verdict/verdict.ts';
import { derivationOf } from '../../window/derivation.ts';
import type { AddressWindow } from '../../window/window.ts';
import { type Conditions, withConditions } from '../conditions.ts';
import { type Block, code, type Document, type Item, type Text, type Tone } from '../document.ts';
import {
  conditionJson,
  diagnosticJson,
  fieldsJson,
  gapJson,
  hexOrNull,
  inputsJson,
  type JsonObject,
  originJson,
  windowJson,
} from '../formats/json-parts.ts';
import { rawData } from '../formats/raw-data.ts';
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

export const SYSFB_SCHEMA = 'fwmap/sysfb@1';

export function sysfbJson(verdict: Verdict): JsonObject {
  return withNames((names) => verdictJson(verdict, names));
}

function verdictJson(verdict: Verdict, names: Names): JsonObject {
  const { inputs, framebuffer, kconfig, matrix } = verdict;
  const evidence = (item: EvidenceItem): JsonObject => ({
    text: item.text,
    ...(item.origin === undefined ? {} : { origin: originJson(item.origin, inputs) }),
    ...(item.authority === undefined ? {} : { authority: item.authority }),
  });
  const conditions = verdict.conditions.map(({ when, answer, effective, because }) => ({
    ...conditionJson(when, names),
    answer,
    effective,
    because,
  }));
  return {
    schema: SYSFB_SCHEMA,
    question: verdict.question,
    answer: verdict.answer,
    summary: verdict.summary,
    effective: verdict.effective,
    hazard: verdict.hazard,
    conditions,
    fields: fieldsJson(names),
    premises: verdict.premises.map(({ text, defeatedBy }) => ({ text, defeatedBy })),
    gaps: verdict.gaps.map((gap) => gapJson(gap)),
    authorities: verdict.authorities.map(({ id, text, source, defeatedBy }) => ({
      id,
      text,
      source,
      ...(defeatedBy === undefined ? {} : { defeatedBy }),
    })),
    toSettle: verdict.toSettle.map(({ what, how, decides }) => ({ what, how, decides: { ...decides } })),
    ...(matrix === undefined ? {} : { matrix: matrix.map((row) => ({ ...row })) }),
    rules: verdict.rules.map((rule) => ({
      id: rule.id,
      says: rule.says,
      evidence: rule.evidence.map(evidence),
    })),
    assumptions: verdict.assumptions.map(({ text, authority, otherwise }) => ({
      text,
      authority,
      ...(otherwise === undefined ? {} : { otherwise }),
    })),
    wouldChange: verdict.wouldChange,
    machine: { ...verdict.machine },
    kernel: { ...verdict.kernel },
    pool: verdict.pool.map((window) => ({
      ...windowJson(window, inputs, names),
      derivation: derivationOf(window).map(({ what, text }) => ({ what, text })),
    })),
    framebuffer:
      framebuffer === null
        ? null
        : {
            base: hexOrNull(framebuffer.base),
            size: hexOrNull(framebuffer.size),
            from: framebuffer.from,
            text: framebuffer.text,
            ...(framebuffer.expression === undefined ? {} : { expression: framebuffer.expression }),
            ...(framebuffer.origin === undefined ? {} : { origin: originJson(framebuffer.origin, inputs) }),
          },
    ...(kconfig === undefined
      ? {}
      : { kconfig: { proposal: kconfig.proposal, explanation: kconfig.explanation } }),
    windows: verdict.windows.map((window) => windowJson(window, inputs, names)),
    inputs: inputsJson(inputs),
    diagnostics: verdict.diagnostics.map(diagnosticJson),
  };
}

const ANSWER_WORDS: Record<Answer, readonly [string, Tone]> = {
  'not-needed': ['not needed', 'good'],
  needed: ['needed', 'bad'],
  depends: ['it depends', 'warn'],
  unknown: ['unknown', 'warn'],
};

const HAZARD_WORDS: Record<Hazard, string> = {
  none: 'none',
  'framebuffer-unprotected': 'VMBus may hand out the space in which the framebuffer lies',
  'boot-failure': 'a device gets the space of the framebuffer and the machine may not boot',
  unknown: 'not known',
};

const PLATFORM_WORDS: Record<Verdict['machine']['platform'], string> = {
  'hyperv-gen1': 'Hyper-V, Generation 1',
  'hyperv-gen2': 'Hyper-V, Generation 2',
  'hyperv-direct': 'Hyper-V, started without firmware',
  'hyperv-root': 'Hyper-V root partition',
  'openhcl-vtl2': 'OpenHCL in VTL2',
  'qemu-vmbus': 'QEMU with a VMBus bridge',
  pc: 'no Hyper-V guest',
  'xen-pv': 'Xen PV guest',
  'other-hypervisor': 'guest of another hypervisor',
  other: 'not recognised',
};

const BOOT_WORDS: Record<Verdict['machine']['boot'], string> = {
  efi: 'EFI and ACPI',
  bios: 'BIOS and ACPI',
  dt: 'device tree',
  unknown: 'boot path not known',
};

function answerText(answer: Answer): Text {
  const [text, tone] = ANSWER_WORDS[answer];
  return [{ text, tone }];
}

function effectiveText(effective: boolean | null): string {
  if (effective === null) return 'not known';
  return effective
    ? 'yes, with it this kernel reserves the framebuffer'
    : 'no, it changes nothing on this boot path';
}

function kernelText({ kernel }: Verdict): string {
  const release = kernel.release ?? 'no release given, the newest known is taken';
  const config = Object.entries(kernel.config).map(([name, value]) => `CONFIG_${name}=${value}`);
  return config.length === 0 ? release : `${release}; ${config.join(' ')}`;
}

function framebufferText({ framebuffer }: Verdict): string {
  if (framebuffer === null) return 'none known';
  const { base, size, expression, text } = framebuffer;
  const range =
    base !== null && size !== null
      ? formatMemRange(base, size)
      : (expression ?? (base === null ? undefined : `at ${hexOrNull(base)}`));
  return range === undefined ? text : `${range}, ${text}`;
}

function factsOf(verdict: Verdict): Block {
  const { platform, boot, vtl } = verdict.machine;
  return {
    kind: 'facts',
    rows: [
      {
        label: 'Machine',
        text: `${PLATFORM_WORDS[platform]}; ${BOOT_WORDS[boot]}${vtl === null ? '' : `; VTL ${vtl}`}`,
      },
      { label: 'Kernel', text: kernelText(verdict) },
      { label: 'Framebuffer', text: framebufferText(verdict) },
      { label: 'CONFIG_SYSFB effective', text: effectiveText(verdict.effective) },
      { label: 'Hazard', text: HAZARD_WORDS[verdict.hazard] },
    ],
  };
}

function evidenceItem(item: EvidenceItem): Item {
  const place = item.origin ? [' (', code(originPlace(item.origin)), ')'] : [];
  const authority = item.authority === undefined ? [] : [`; ${item.authority}`];
  return { text: [item.text, ...place, ...authority] };
}

function ruleItem(rule: RuleFinding): Item {
  return {
    text: [rule.says, ' [', code(rule.id), ']'],
    below: rule.evidence.map(evidenceItem),
  };
}

/** A window with the steps that led to it. */
function windowItem(window: AddressWindow, conditions: Conditions): Item {
  const said = [sizeText(window), classText(window), ...windowNotes(window, conditions)].filter(
    (part) => part !== '',
  );
  return {
    text: [code(rangeText(window, conditions)), said.length === 0 ? '' : ` ${said.join(', ')}`],
    below: [
      { text: ['source: ', code(whereText(window.origin)), ' at ', code(originPlace(window.origin))] },
      ...derivationOf(window).map((step) => ({ text: `${step.what}: ${step.text}` })),
    ],
  };
}

function assumptionItem({ text, authority, otherwise }: Assumption): Item {
  return {
    text,
    below: [{ text: authority }, ...(otherwise === undefined ? [] : [{ text: `otherwise: ${otherwise}` }])],
  };
}

function section(heading: string, items: readonly Item[]): Block[] {
  return items.length === 0
    ? []
    : [
        { kind: 'heading', text: heading },
        { kind: 'list', items },
      ];
}

/** Rows of the decision table are told whole up to this many characters. */
const MAX_ROW = 160;

function conditionItems(verdict: Verdict, conditions: Conditions): Item[] {
  return verdict.conditions.map(({ when, answer, effective, because }) => ({
    text: [
      ...(answerText(answer) as readonly []),
      answer === 'needed' && effective === false ? ', and CONFIG_SYSFB has no effect,' : '',
      ` ${conditions.when(when, MAX_ROW)}`,
    ],
    below: [{ text: because }],
  }));
}

function premiseItems(verdict: Verdict): Item[] {
  return verdict.premises.map(({ text }) => ({ text }));
}

function gapItems(verdict: Verdict): Item[] {
  return verdict.gaps.map(({ reason, place, hint }) => ({
    text: `${place.span === undefined ? '' : `${formatPlace(place.span)}: `}${reason}`,
    ...(hint === undefined ? {} : { below: [{ text: hint }] }),
  }));
}

function settleItems(verdict: Verdict): Item[] {
  return verdict.toSettle.map(({ what, how }) => ({ text: `${what}: ${how}` }));
}

function authorityItems(verdict: Verdict): Item[] {
  return verdict.authorities.map(({ text, source }) => ({ text, below: [{ text: source }] }));
}

/** The what-if table, with what CONFIG_SYSFB costs. */
function matrixBlocks({ matrix }: Verdict): Block[] {
  if (matrix === undefined) return [];
  return [
    { kind: 'heading', text: 'By release and configuration' },
    {
      kind: 'table',
      columns: [{ title: 'releases' }, { title: 'with' }, { title: 'reservation' }, { title: 'because' }],
      rows: matrix.map(({ releases, when, answer, because }) => [
        releases,
        when,
        answer === 'needed' ? 'missing' : answer === 'not-needed' ? 'not needed, or made' : 'depends',
        because,
      ]),
    },
    { kind: 'paragraph', text: SYSFB_COST },
  ];
}

/** Measured on Linux 6.12.117, x86-64, gcc 12.2, a configuration like OpenHCL's, built with and without the select. */
const SYSFB_COST =
  'Added for nothing, as in a VTL2 kernel, CONFIG_SYSFB costs 3,533 bytes of code and data (0.05 %), 4 KiB of bzImage; with CONFIG_EFI 17,856 bytes more, most of it init. From 7.1 on the reservation takes up to 128 MiB of the low window, so large 32-bit BARs may no longer fit beside it.';

function poolTotal(pool: readonly AddressWindow[]): string {
  let total = 0n;
  for (const { size } of pool) {
    if (typeof size !== 'bigint') return '';
    total += size;
  }
  return pool.length > 1 ? `, ${formatSize(total)} together` : '';
}

/**
 * The verdict for a reader, on a terminal or in a comment.
 * @param alone the report travels without its inputs and without standard error: it names them and what was said
 */
export function sysfbDocument(verdict: Verdict, alone: boolean): Document {
  return withConditions((conditions) => documentOf(verdict, alone, conditions));
}

function documentOf(verdict: Verdict, alone: boolean, conditions: Conditions): Document {
  const kconfig = verdict.kconfig;
  return [
    {
      kind: 'title',
      text: [{ text: verdict.question, tone: 'strong' }, ' ', ...(answerText(verdict.answer) as readonly [])],
    },
    { kind: 'paragraph', text: verdict.summary },
    factsOf(verdict),
    ...section(
      verdict.answer === 'depends' ? 'Depends on' : 'Case by case',
      conditionItems(verdict, conditions),
    ),
    ...section('Why', verdict.rules.map(ruleItem)),
    ...section(
      `Windows given to VMBus${poolTotal(verdict.pool)}`,
      verdict.pool.map((window) => windowItem(window, conditions)),
    ),
    ...conditions.blocks(),
    ...matrixBlocks(verdict),
    ...section('Not read', gapItems(verdict)),
    ...section('To settle it', settleItems(verdict)),
    ...section('Assumes', [
      ...premiseItems(verdict),
      ...verdict.assumptions.map(assumptionItem),
      ...authorityItems(verdict),
    ]),
    ...section(
      verdict.answer === 'unknown' ? 'What to add' : 'What would change the answer',
      verdict.wouldChange.map((text) => ({ text })),
    ),
    ...(kconfig === undefined
      ? []
      : section('Kconfig', [
          { text: [code(kconfig.proposal)], below: kconfig.explanation.map((text) => ({ text })) },
        ])),
    ...(alone ? section('Inputs', verdict.inputs.map(inputItem)) : []),
    ...(alone ? section('Said while reading', verdict.diagnostics.map(diagnosticItem)) : []),
  ];
}

function rawBlocks(verdict: Verdict): Block[] {
  const lines = rawData(verdict.pool.flatMap(({ origin }) => (origin.span ? [origin.span] : [])));
  return lines.length === 0
    ? []
    : [
        { kind: 'heading', text: 'Raw data' },
        { kind: 'lines', lines },
      ];
}

/** The verdict as a review reply puts it: question, answer, evidence, derivation, assumptions. */
export function sysfbMailDocument(verdict: Verdict, toolVersion: string): Document {
  return withConditions((conditions) => mailOf(verdict, toolVersion, conditions));
}

function mailOf(verdict: Verdict, toolVersion: string, conditions: Conditions): Document {
  const kconfig = verdict.kconfig;
  const [answer] = ANSWER_WORDS[verdict.answer];
  return [
    {
      kind: 'facts',
      rows: [
        { label: 'Question', text: verdict.question },
        { label: 'Answer', text: `${answer}. ${verdict.summary}` },
      ],
    },
    factsOf(verdict),
    ...section(
      verdict.answer === 'depends' ? 'Depends on' : 'Case by case',
      conditionItems(verdict, conditions),
    ),
    ...section('Evidence', verdict.rules.map(ruleItem)),
    ...section(
      'Derivation of the windows given to VMBus',
      verdict.pool.map((window) => windowItem(window, conditions)),
    ),
    ...conditions.blocks(),
    ...matrixBlocks(verdict),
    ...section('Not read', gapItems(verdict)),
    ...section('To settle it', settleItems(verdict)),
    ...section('Assumptions', [
      ...premiseItems(verdict),
      ...verdict.assumptions.map(assumptionItem),
      ...authorityItems(verdict),
    ]),
    ...section(
      verdict.answer === 'unknown' ? 'What to add' : 'What would change the answer',
      verdict.wouldChange.map((text) => ({ text })),
    ),
    ...(kconfig === undefined
      ? []
      : section('Kconfig', [
          { text: kconfig.proposal, below: kconfig.explanation.map((text) => ({ text })) },
        ])),
    ...section('Read from', verdict.inputs.map(inputItem)),
    ...rawBlocks(verdict),
    ...section('Said while reading', verdict.diagnostics.map(diagnosticItem)),
    { kind: 'paragraph', text: `Made with fwmap ${toolVersion} from the inputs above.` },
  ];
}
