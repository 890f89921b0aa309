/** The differences between two descriptions, as results. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import type { Comparison } from '../../compare/compare.ts';
import type { WindowChange } from '../../compare/windows.ts';
import { formatCondition, formatQuantity, Names } from '../../symbolic/index.ts';
import { compareAnswers, type Verdict } from '../../verdict/sysfb/verdict.ts';
import { formatRange } from '../../window/range-text.ts';
import type { AddressWindow } from '../../window/window.ts';
import { answerResult, relatedTo, whereOf } from './results.ts';
import { sysfbResults } from './sysfb.ts';

/** A result for each window that differs, and one for a different answer. Places are those after the change. */
export function diffResults({ windows, answer, bridges, before, after }: Comparison): Diagnostic[] {
  const names = new Names();
  const shown = (window: AddressWindow): string => {
    const range = formatRange(window, (value) => formatQuantity(value, names));
    return window.certainty === 'conditional' ? `${range} if ${formatCondition(window.when, names)}` : range;
  };
  const changes = windows.map((change) => {
    const window = change.did === 'removed' ? change.before : change.after;
    const related = change.did === 'added' ? [] : [relatedTo('before', change.before.origin.span)];
    return answerResult(
      `diff/window-${change.did}`,
      changeText(change, shown),
      whereOf(window.origin, related),
    );
  });
  const both = before.inputs.length > 0 && after.inputs.length > 0;
  return [...changes, ...answerChange(answer, both), ...(both ? bridgesChange(bridges) : [])];
}

function changeText(change: WindowChange, shown: (window: AddressWindow) => string): string {
  const { origin, role } = change.did === 'removed' ? change.before : change.after;
  const what = `${role} ${origin.item}[${origin.index}] of ${origin.path}`;
  switch (change.did) {
    case 'added':
      return `${what} is added: ${shown(change.after)}`;
    case 'removed':
      return `${what} is removed: ${shown(change.before)}`;
    default:
      return `${what} is ${change.did}: ${shown(change.before)} before, ${shown(change.after)} now (${change.what.join(', ')})`;
  }
}

/** @param both whether there is something on both sides; else the answer is new, or gone */
function answerChange(
  { before, after, flipped, because }: Comparison['answer'],
  both: boolean,
): Diagnostic[] {
  if (!flipped || after === undefined) return [];
  const worse =
    before === undefined ||
    compareAnswers(after.answer, before.answer) < 0 ||
    (after.answer === before.answer && HAZARDS.indexOf(after.hazard) > HAZARDS.indexOf(before.hazard));
  const said = (verdict: Verdict | undefined): string =>
    verdict === undefined ? 'nothing' : verdict.summary;
  const own = sysfbResults(after)[0];
  const text = both ? `Before: ${said(before)} Now: ${said(after)}` : said(after);
  return [
    answerResult(
      worse && after.answer !== 'not-needed' ? 'diff/answer-worse' : 'diff/answer-other',
      because.length === 0 ? text : `${text} (${because.map((each) => each.replace(/\.$/, '')).join('; ')})`,
      {
        ...(own?.path === undefined ? {} : { path: own.path }),
        ...(own?.span === undefined ? {} : { span: own.span }),
      },
    ),
  ];
}

function bridgesChange({ after, flipped, because }: Comparison['bridges']): Diagnostic[] {
  if (!flipped) return [];
  const [bridge] = after?.bridges ?? [];
  const text = `PCI host bridges: ${because.join('; ')}`;
  return [answerResult('diff/answer-other', text, bridge === undefined ? {} : { path: bridge.device })];
}

const HAZARDS: readonly Verdict['hazard'][] = ['none', 'unknown', 'framebuffer-unprotected', 'boot-failure'];
