/** `fwmap diff --format json`. */
import type { Aspect } from '../../compare/windows.ts';
import type { Answer, Hazard } from '../../verdict/sysfb/verdict.ts';
import type { DiagnosticJson, InputJson, WindowJson } from './parts.ts';

export type DiffJson = {
  readonly schema: 'fwmap/diff@1';
  /** The machine's name, where there are several. */
  readonly name?: string;
  /** No window and no answer differs. */
  readonly same: boolean;
  readonly before: SideJson;
  readonly after: SideJson;
  /** The windows that differ, in the order of AFTER; removed ones at the end. */
  readonly windows: readonly WindowChangeJson[];
  readonly answers: readonly (AnswerChangeJson | BridgesChangeJson)[];
};

/** Without inputs: a file that was added or removed. */
export type SideJson = {
  readonly inputs: readonly InputJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type WindowChangeJson = {
  readonly did: 'added' | 'removed' | 'moved' | 'resized' | 'changed';
  readonly before: WindowJson | null;
  readonly after: WindowJson | null;
  /**
   * What differs in a window that both sides have.
   * @minItems 1
   */
  readonly what?: readonly Aspect[];
};

export type AnswerChangeJson = {
  readonly question: 'sysfb';
  readonly flipped: boolean;
  readonly before: AnswerJson | null;
  readonly after: AnswerJson | null;
  /** Rules that only one side has. */
  readonly because: readonly string[];
};

export type AnswerJson = {
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  readonly summary: string;
};

export type BridgesChangeJson = {
  readonly question: 'bridges';
  readonly flipped: boolean;
  readonly before: BridgesAnswerJson | null;
  readonly after: BridgesAnswerJson | null;
  /** Windows that only one side has. */
  readonly because: readonly string[];
};

export type BridgesAnswerJson = {
  readonly summary: string;
  /** DEVICE: WINDOW, as Linux gives them. */
  readonly windows: readonly string[];
};
