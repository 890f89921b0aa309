/** Two machines, or one before and after a change, held against each other. */
import type { Artifact } from '../artifact/artifact.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Verdict } from '../verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../window/window.ts';
import { compareWindows, type WindowChange } from './windows.ts';

/** One side: a machine as it is described and judged. */
export interface Side {
  readonly inputs: readonly Artifact[];
  readonly windows: readonly AddressWindow[];
  /** Undefined where there is nothing: a file that was added or removed. */
  readonly sysfb: Verdict | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What became of the answer to `sysfb`. */
export interface AnswerChange {
  readonly before: Verdict | undefined;
  readonly after: Verdict | undefined;
  /** The answer itself, or whether the option would help, or what threatens. */
  readonly flipped: boolean;
  /** Rules that only one side rests on, those that are new first. */
  readonly because: readonly string[];
}

export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly windows: readonly WindowChange[];
  readonly answer: AnswerChange;
}

/** True where nothing that was compared is different. */
export function isSame({ windows, answer }: Comparison): boolean {
  return windows.length === 0 && !answer.flipped;
}

export function compareSides(before: Side, after: Side): Comparison {
  return {
    before,
    after,
    windows: compareWindows(before.windows, after.windows),
    answer: compareAnswers(before.sysfb, after.sysfb),
  };
}

/** Whether somebody who asked before would have to be told. A side without anything answers nothing. */
function compareAnswers(before: Verdict | undefined, after: Verdict | undefined): AnswerChange {
  const stands = (verdict: Verdict | undefined): string =>
    verdict === undefined || verdict.answer === 'unknown'
      ? 'unknown'
      : [verdict.answer, verdict.effective, verdict.hazard].join();
  const flipped = stands(before) !== stands(after);
  if (!flipped) return { before, after, flipped, because: [] };
  const says = (verdict: Verdict | undefined): string[] => verdict?.rules.map((rule) => rule.says) ?? [];
  const [old, fresh] = [says(before), says(after)];
  return {
    before,
    after,
    flipped,
    because: [
      ...fresh.filter((text) => !old.includes(text)).map((text) => `now: ${text}`),
      ...old.filter((text) => !fresh.includes(text)).map((text) => `before: ${text}`),
    ],
  };
}
