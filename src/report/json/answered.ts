/** What the JSON of every answered question has. */
import type { EvidenceJson, GapJson, Integer } from './parts.ts';

export type AnsweredJson = {
  /** What defines the question, with what defeats each. */
  readonly premises: readonly { readonly text: string; readonly defeatedBy: string }[];
  readonly gaps: readonly GapJson[];
  /** General knowledge that excluded a case. */
  readonly authorities: readonly AuthorityJson[];
  /** What would settle the answer, ranked. */
  readonly toSettle: readonly SettlingJson[];
  readonly rules: readonly RuleJson[];
  readonly assumptions: readonly AssumptionJson[];
};

export type AuthorityJson = {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly defeatedBy?: string;
};

export type SettlingJson = {
  readonly what: string;
  readonly how: string;
  /** Rows of the decision table that it decides, of all. */
  readonly decides: { readonly rows: Integer; readonly of: Integer };
};

export type RuleJson = {
  /** @pattern ^[a-z0-9-]+$ */
  readonly id: string;
  readonly says: string;
  readonly evidence: readonly EvidenceJson[];
  /** The answers of the cases in which it holds, as the question names them, where that isn't all of them. */
  readonly answers?: readonly string[];
};

export type AssumptionJson = {
  readonly text: string;
  readonly authority: string;
  /** What would answer otherwise. */
  readonly otherwise?: string;
};
