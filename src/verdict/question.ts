/**
 * What every question has: facts and premises that hold, authorities that exclude cases, the worlds that are left, and a
 * judgement that is made in each. A judgement asks about everything that may be open; where both answers are possible, the
 * world forks, so that no case is missed.
 */
import type { Artifact } from '../artifact/artifact.ts';
import type { Gap } from '../artifact/gap.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { FactOf } from '../evidence/fact.ts';
import type { MemoryMapEntry } from '../evidence/values.ts';
import type { LimitName } from '../limits/limits.ts';
import type { ChoiceVariable, Condition } from '../symbolic/index.ts';
import type { Origin } from '../window/window.ts';

/** How a judgement finds out about its world. */
export interface Ask {
  /** Whether the condition holds in this world. */
  holds(condition: Condition): boolean;
  /** The value that a choice takes in this world. */
  value(choice: ChoiceVariable): string;
  /**
   * A part of the judgement, made once for all worlds that got the same answers up to its end. Its result must depend only
   * on what it asks and on earlier answers, and must not be modified.
   *
   * @param name unique within the judgement
   */
  once<T>(name: string, make: () => T): T;
}

/** Evidence of a rule: read from an input (`origin`) or known about Linux or Hyper-V (`authority`). */
export interface EvidenceItem {
  readonly text: string;
  readonly origin?: Origin;
  /** The source, where it is not an input: specification section, kernel function at a commit, mail. */
  readonly authority?: string;
}

/** A rule that applies. @typeParam A the answers of the question, where its cases may have different ones */
export interface RuleFinding<A extends string = never> {
  /** Stable kebab-case name. */
  readonly id: string;
  /** One sentence. */
  readonly says: string;
  readonly evidence: readonly EvidenceItem[];
  /** The answers of the cases in which it holds; undefined where it holds in all cases. */
  readonly answers?: readonly A[];
}

/**
 * What excludes worlds. A `fact` is read or given; a `premise` defines the question and is printed with the answer; an
 * `authority` is general knowledge, which is listed where it was used.
 */
export interface Constraint {
  readonly id: string;
  readonly kind: 'fact' | 'premise' | 'authority';
  readonly condition: Condition;
  /** Its statement, as a sentence without a full stop. */
  readonly text: string;
  /** Where it comes from. */
  readonly source: string;
  readonly origin?: Origin;
  /** What would refute it: an observation, or an option. */
  readonly defeatedBy?: string;
}

/** One way in which everything that is open may turn out, and the judgement there. */
export interface World<A> {
  /** The condition of the world, besides the constraints. */
  readonly when: Condition;
  /** Its parts in the order in which they were asked: worlds are the leaves of a decision tree. */
  readonly decisions: readonly Condition[];
  readonly outcome: A;
}

/** The limits that keep cases from being judged, by name. */
export type ExplorationLimit = Extract<LimitName, 'worlds' | 'decisions' | 'decision-steps'>;

export interface Exploration<A> {
  readonly worlds: readonly World<A>[];
  /** The condition of what was not explored; 0n when everything was. */
  readonly unexplored: Condition;
  /** The limit that kept it from being explored. */
  readonly reached?: ExplorationLimit;
  /** Authorities without which there would have been more worlds, by id. */
  readonly used: ReadonlySet<string>;
}

/** A premise of a question, as it is printed. */
export interface Premise {
  readonly text: string;
  readonly defeatedBy: string;
}

/** An assumption of an answer, with what would change the answer. */
export interface Assumption {
  readonly text: string;
  readonly authority: string;
  readonly otherwise?: string;
}

/** Something open that would settle (a part of) the answer. */
export interface ToSettle {
  /** The variable, as it is printed in conditions. */
  readonly what: string;
  /** Option, input or command that settles it. */
  readonly how: string;
  /** How many rows of the decision table depend on it, and how many there are. */
  readonly decides: { readonly rows: number; readonly of: number };
}

/** What every answer has; each question adds its own. */
export interface Answered<A extends string = string> {
  readonly question: string;
  /** One sentence that can be quoted. */
  readonly summary: string;
  readonly premises: readonly Premise[];
  readonly assumptions: readonly Assumption[];
  /** Authorities that excluded cases. */
  readonly authorities: readonly Constraint[];
  /** What was not read and may hide something that affects the answer. */
  readonly gaps: readonly Gap[];
  readonly rules: readonly RuleFinding<A>[];
  readonly toSettle: readonly ToSettle[];
  readonly kernel: {
    readonly release: string | null;
    /** True when no input and no option named a release. */
    readonly presumed: boolean;
  };
  /** The memory map that firmware gave the kernel, where the inputs have it. */
  readonly memoryMap?: readonly FactOf<MemoryMapEntry>[];
  readonly inputs: readonly Artifact[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Whether the inputs gave nothing but errors, so that there is no answer.
 * @param found how many things the answer is made of: windows, bridges, claims
 */
export function isNothingRead(
  inputs: readonly Artifact[],
  found: number,
  diagnostics: readonly Diagnostic[],
): boolean {
  return (inputs.length === 0 || found === 0) && diagnostics.some(({ severity }) => severity === 'error');
}

/** What is taken where nothing else is known: the worse of what is possible, so it can only make an answer worse. */
export interface Default {
  readonly condition: Condition;
  readonly text: string;
  readonly otherwise: string;
}
