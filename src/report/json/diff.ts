/** `fwmap diff --format json`. */
import type { Aspect } from '../../compare/windows.ts';
import type { Answer, Hazard } from '../../verdict/sysfb/verdict.ts';
import type { DiagnosticJson, InputJson, WindowJson } from './parts.ts';

export type DiffJson = {
  readonly schema: 'fwmap/diff@1';
  /** Which of several machines it is about. */
  readonly name?: string;
  /** No window and no answer is different. */
  readonly same: boolean;
  readonly before: SideJson;
  readonly after: SideJson;
  /** What is different, in the order of the windows after; what was removed at the end. */
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
   * Of a window that is on both sides: what it has otherwise.
   * @minItems 1
   */
  readonly what?: readonly Aspect[];
};

export type AnswerChangeJson = {
  readonly question: 'sysfb';
  readonly flipped: boolean;
  readonly before: AnswerJson | null;
  readonly after: AnswerJson | null;
  /** Rules that only one side rests on. */
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
