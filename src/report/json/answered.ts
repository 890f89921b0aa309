/** The parts that the JSON of every answered question has. */
import type { EvidenceJson, GapJson, Integer } from './parts.ts';

export type AnsweredJson = {
  /** Statements that define the question, and what would refute each. */
  readonly premises: readonly { readonly text: string; readonly defeatedBy: string }[];
  readonly gaps: readonly GapJson[];
  /** General knowledge that excluded cases. */
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
  /** How many rows of the decision table it decides, and how many there are. */
  readonly decides: { readonly rows: Integer; readonly of: Integer };
};

export type RuleJson = {
  /** @pattern ^[a-z0-9-]+$ */
  readonly id: string;
  readonly says: string;
  readonly evidence: readonly EvidenceJson[];
  /** The answers of the cases in which the rule holds; absent where it holds in all cases. */
  readonly answers?: readonly string[];
};

export type AssumptionJson = {
  readonly text: string;
  readonly authority: string;
  /** What would change the answer. */
  readonly otherwise?: string;
};
