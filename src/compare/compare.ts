/** Compares two machines, or one before and after a change. */
import type { Artifact } from '../artifact/artifact.ts';
import type { Diagnostic, DiagnosticList } from '../bytes/diagnostic.ts';
import { formatCondition, formatQuantity, Names } from '../symbolic/index.ts';
import { type AnswerOptions, answerQuestions } from '../verdict/answer.ts';
import type { BridgesVerdict } from '../verdict/host-bridge/result.ts';
import type { Verdict } from '../verdict/sysfb/verdict.ts';
import { formatRange } from '../window/range-text.ts';
import type { AddressWindow } from '../window/window.ts';
import { compareWindows, type WindowChange } from './windows.ts';

/** One side of a comparison: a machine's description and answers. */
export interface Side {
  readonly inputs: readonly Artifact[];
  readonly windows: readonly AddressWindow[];
  /** Undefined for a side without inputs: a file that was added or removed. */
  readonly sysfb: Verdict | undefined;
  readonly bridges: BridgesVerdict | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The side without inputs of a file that was added or removed. */
export const EMPTY_SIDE: Side = {
  inputs: [],
  windows: [],
  sysfb: undefined,
  bridges: undefined,
  diagnostics: [],
};

/** Describes a machine and answers the questions, for one side; `diagnostics` gets problems and is kept in the result. */
export async function describeSide(
  artifacts: readonly Artifact[],
  options: AnswerOptions,
  diagnostics: DiagnosticList,
): Promise<Side> {
  const { sysfb, bridges } = await answerQuestions(artifacts, options, diagnostics);
  return { inputs: sysfb.inputs, windows: sysfb.windows, sysfb, bridges, diagnostics: diagnostics.all };
}

/** The change of the answer to `sysfb`. */
export interface AnswerChange {
  readonly before: Verdict | undefined;
  readonly after: Verdict | undefined;
  /** Whether the answer, `effective` or the hazard changed. */
  readonly flipped: boolean;
  /** Rules that only one side uses, new ones first. */
  readonly because: readonly string[];
}

/** The change of the windows of the PCI host bridges. */
export interface BridgesChange {
  readonly before: BridgesVerdict | undefined;
  readonly after: BridgesVerdict | undefined;
  readonly flipped: boolean;
  /** Windows that only one side has, new ones first. */
  readonly because: readonly string[];
}

export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly windows: readonly WindowChange[];
  readonly answer: AnswerChange;
  readonly bridges: BridgesChange;
}

/** True when nothing that was compared differs. */
export function isSame({ windows, answer, bridges }: Comparison): boolean {
  return windows.length === 0 && !answer.flipped && !bridges.flipped;
}

export function compareSides(before: Side, after: Side): Comparison {
  return {
    before,
    after,
    windows: compareWindows(before.windows, after.windows),
    answer: compareAnswers(before.sysfb, after.sysfb),
    bridges: compareBridges(before.bridges, after.bridges),
  };
}

/** Compares the answers. A side without inputs counts as `unknown`. */
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
    because: onOneSide(old, fresh),
  };
}

function onOneSide(old: readonly string[], fresh: readonly string[]): string[] {
  return [
    ...fresh.filter((text) => !old.includes(text)).map((text) => `now: ${text}`),
    ...old.filter((text) => !fresh.includes(text)).map((text) => `before: ${text}`),
  ];
}

function compareBridges(
  before: BridgesVerdict | undefined,
  after: BridgesVerdict | undefined,
): BridgesChange {
  const because = onOneSide(bridgeWindows(before), bridgeWindows(after));
  return { before, after, flipped: because.length > 0, because };
}

/** The bridges' windows as text: `\_SB.PCI0: mem 0xc0000000-0xfebfffff`. */
export function bridgeWindows(verdict: BridgesVerdict | undefined): string[] {
  const names = new Names();
  return (verdict?.bridges ?? []).flatMap(({ device, windows }) =>
    windows.map((window) => {
      const range = formatRange(window, (value) => formatQuantity(value, names));
      const when = window.certainty === 'conditional' ? ` if ${formatCondition(window.when, names)}` : '';
      return `${device}: ${range}${when}`;
    }),
  );
}
