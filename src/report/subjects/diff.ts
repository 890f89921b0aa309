/** The report of `diff`. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { bridgeWindows, type Comparison, isSame, type Side } from '../../compare/compare.ts';
import type { WindowChange } from '../../compare/windows.ts';
import { Names } from '../../symbolic/index.ts';
import type { BridgesVerdict } from '../../verdict/host-bridge/result.ts';
import type { Verdict } from '../../verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../window/window.ts';
import { Conditions } from '../conditions.ts';
import { type Block, type Document, listSection } from '../document.ts';
import { diagnosticJson, inputsJson, windowJson } from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import type { AnswerJson, BridgesAnswerJson, DiffJson, SideJson } from '../json/diff.ts';
import type { WindowJson } from '../json/parts.ts';
import { inputItem, rangeText, sizeText, whereText, windowNotes } from '../phrases.ts';
import { diffResults } from '../results/diff.ts';

function diffJson(comparison: Comparison): DiffJson {
  const { before, after, windows, answer, bridges } = comparison;
  const [namesBefore, namesAfter] = [new Names(), new Names()];
  const old = (window: AddressWindow): WindowJson => windowJson(window, before.inputs, namesBefore);
  const fresh = (window: AddressWindow): WindowJson => windowJson(window, after.inputs, namesAfter);
  return {
    schema: 'fwmap/diff@1',
    same: isSame(comparison),
    before: sideJson(before),
    after: sideJson(after),
    windows: windows.map((change) => ({
      did: change.did,
      before: change.did === 'added' ? null : old(change.before),
      after: change.did === 'removed' ? null : fresh(change.after),
      ...('what' in change ? { what: change.what } : {}),
    })),
    answers: [
      {
        question: 'sysfb',
        flipped: answer.flipped,
        before: answerJson(answer.before),
        after: answerJson(answer.after),
        because: answer.because,
      },
      {
        question: 'bridges',
        flipped: bridges.flipped,
        before: bridgesJson(bridges.before),
        after: bridgesJson(bridges.after),
        because: bridges.because,
      },
    ],
  };
}

function sideJson({ inputs, diagnostics }: Side): SideJson {
  return { inputs: inputsJson(inputs), diagnostics: diagnostics.map(diagnosticJson) };
}

function answerJson(verdict: Verdict | undefined): AnswerJson | null {
  if (verdict === undefined) return null;
  const { answer, effective, hazard, summary } = verdict;
  return { answer, effective, hazard, summary };
}

function bridgesJson(verdict: BridgesVerdict | undefined): BridgesAnswerJson | null {
  return verdict === undefined ? null : { summary: verdict.summary, windows: bridgeWindows(verdict) };
}

const ASPECTS = {
  device: 'another device',
  base: 'another base',
  size: 'another size',
  condition: 'another condition',
  flags: 'other flags',
  certainty: 'another certainty',
} as const;

/** A window on a line: its range, size and notes. */
function windowLine(window: AddressWindow, conditions: Conditions): string {
  const notes = [sizeText(window), ...windowNotes(window, conditions)];
  return [rangeText(window, conditions), ...notes.filter((note) => note !== '')].join(', ');
}

/** As in a unified diff: what it is, the window before, the window after. */
function changeLines(change: WindowChange, conditions: Conditions): string[] {
  const window = change.did === 'removed' ? change.before : change.after;
  const head = `${change.did}: ${window.role} ${whereText(window.origin)}`;
  switch (change.did) {
    case 'added':
      return [head, `+ ${windowLine(window, conditions)}`];
    case 'removed':
      return [head, `- ${windowLine(window, conditions)}`];
    default: {
      const { before, after, what } = change;
      return [
        `${head} (${what.map((aspect) => ASPECTS[aspect]).join(', ')})`,
        ...(what.includes('device') ? [`  was ${whereText(before.origin)}`] : []),
        `- ${windowLine(before, conditions)}`,
        `+ ${windowLine(after, conditions)}`,
      ];
    }
  }
}

/** What CONFIG_SYSFB would do, where the summary does not say it. */
function effectText({ answer, effective }: Verdict): string {
  return answer !== 'depends' || effective === null
    ? ''
    : ` CONFIG_SYSFB would ${effective ? '' : 'not '}make the kernel reserve the framebuffer.`;
}

function answerBlocks({ before, after, flipped, because }: Comparison['answer']): Block[] {
  if (!flipped) {
    if (after === undefined || after.answer === 'unknown') return [];
    return [{ kind: 'paragraph', text: `The answer of sysfb is the same: ${after.answer}.` }];
  }
  const said = (verdict: Verdict | undefined): string =>
    verdict === undefined ? 'nothing is described' : `${verdict.summary}${effectText(verdict)}`;
  return [
    { kind: 'heading', text: 'The answer of sysfb changes' },
    {
      kind: 'facts',
      rows: [
        { label: 'before', text: said(before) },
        { label: 'after', text: said(after) },
      ],
    },
    ...(because.length === 0 ? [] : [{ kind: 'list', items: because.map((text) => ({ text })) } as const]),
  ];
}

function bridgesBlocks({ flipped, because }: Comparison['bridges']): Block[] {
  if (!flipped) return [];
  return [
    { kind: 'heading', text: 'What Linux gives the PCI host bridges changes' },
    { kind: 'list', items: because.map((text) => ({ text })) },
  ];
}

function count(windows: readonly WindowChange[]): string {
  const kinds = ['added', 'removed', 'moved', 'resized', 'changed'] as const;
  const counts = kinds.flatMap((kind) => {
    const times = windows.filter(({ did }) => did === kind).length;
    return times === 0 ? [] : [`${times} ${kind}`];
  });
  return counts.length === 0 ? 'No window differs.' : `Windows: ${counts.join(', ')}.`;
}

/** @param withInputs lists the inputs and their hashes: for reports that are read without them */
function diffDocument(comparison: Comparison, withInputs: boolean): Document {
  const { before, after, windows, answer, bridges } = comparison;
  const conditions = new Conditions();
  const blocks: Block[] = [
    { kind: 'paragraph', text: count(windows) },
    ...answerBlocks(answer),
    ...bridgesBlocks(bridges),
    ...(windows.length === 0
      ? []
      : [
          { kind: 'heading', text: 'Windows' } as const,
          { kind: 'lines', lines: windows.flatMap((change) => changeLines(change, conditions)) } as const,
        ]),
  ];
  blocks.push(...conditions.blocks());
  if (withInputs)
    blocks.push(
      ...listSection('Before', before.inputs.map(inputItem)),
      ...listSection('After', after.inputs.map(inputItem)),
    );
  return blocks;
}

/** @param diagnostics of both sides, each once */
export function diffReport(comparison: Comparison, diagnostics: readonly Diagnostic[]): Report {
  const { before, after } = comparison;
  return {
    json: () => diffJson(comparison),
    document: (format) => diffDocument(comparison, format !== 'text'),
    found: () => ({
      inputs: [...after.inputs, ...before.inputs],
      results: [...diagnostics, ...diffResults(comparison)],
    }),
  };
}
