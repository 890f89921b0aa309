/**
 * What every question has: facts and premises that hold, authorities that exclude, worlds that are left, and a judgement
 * that is made in each. A judgement asks for what may be open; where both answers are possible the world forks there, so
 * no case can be passed over, and what is never asked for never counts.
 */
import type { Artifact } from '../artifact/artifact.ts';
import type { Gap } from '../artifact/gap.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { FactOf } from '../evidence/fact.ts';
import type { MemoryMapEntry } from '../evidence/values.ts';
import type { LimitName } from '../limits/limits.ts';
import type { ChoiceVariable, Condition } from '../symbolic/index.ts';
import type { Origin } from '../window/window.ts';

/** How a judgement learns what is so in its world. */
export interface Ask {
  /** Does the condition hold in this world? */
  holds(condition: Condition): boolean;
  /** The value that a choice takes in this world. */
  value(choice: ChoiceVariable): string;
  /**
   * A part of the judgement, made once for all worlds that were told the same up to its end. What it gives must depend on
   * nothing but what it asks and what was told before it, and isn't to be changed.
   *
   * @param name not used for another part of the same judgement
   */
  once<T>(name: string, make: () => T): T;
}

/** A fact that a rule rests on: read from an input (`origin`) or known about Linux or Hyper-V (`authority`). */
export interface EvidenceItem {
  readonly text: string;
  readonly origin?: Origin;
  /** Specification section, kernel function at a commit, mail: the source, where it is no input. */
  readonly authority?: string;
}

/** A rule that fired. @typeParam A the answers that a question has, where its cases may differ in them */
export interface RuleFinding<A extends string = never> {
  /** Stable kebab-case name. */
  readonly id: string;
  /** One sentence. */
  readonly says: string;
  readonly evidence: readonly EvidenceItem[];
  /** The answers of the cases in which it holds; undefined where that are all, or there is one. */
  readonly answers?: readonly A[];
}

/**
 * What narrows the worlds down. A `fact` is read or given; a `premise` defines the question and is printed with the
 * answer; an `authority` is general knowledge, which is listed where it was used.
 */
export interface Constraint {
  readonly id: string;
  readonly kind: 'fact' | 'premise' | 'authority';
  readonly condition: Condition;
  /** What it says, as a sentence without a full stop. */
  readonly text: string;
  /** Where it comes from. */
  readonly source: string;
  readonly origin?: Origin;
  /** What would defeat it: what one would see, or which option says otherwise. */
  readonly defeatedBy?: string;
}

/** A leaf: one way in which what is open may come out, and what the judgement is there. */
export interface World<A> {
  /** What was asked, beside the constraints. */
  readonly when: Condition;
  /** The same, one by one in the order in which it was asked: worlds stand as the leaves of a tree do. */
  readonly decisions: readonly Condition[];
  readonly outcome: A;
}

/** What keeps cases from being looked at, by the names of the limits. */
export type ExplorationLimit = Extract<LimitName, 'worlds' | 'decisions' | 'decision-steps'>;

export interface Exploration<A> {
  readonly worlds: readonly World<A>[];
  /** What the budget did not reach; 0n when all was explored. */
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

/** What an answer rests on beyond what was read, with what would answer otherwise. */
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
  /** Rows of the decision table that depend on it, of all. */
  readonly decides: { readonly rows: number; readonly of: number };
}

/** What every answered question has; each question adds what it is about. */
export interface Answered<A extends string = string> {
  readonly question: string;
  /** One sentence that can be quoted. */
  readonly summary: string;
  readonly premises: readonly Premise[];
  readonly assumptions: readonly Assumption[];
  /** Authorities that excluded something, and what. */
  readonly authorities: readonly Constraint[];
  /** What was not read and may hide something that bears on the answer. */
  readonly gaps: readonly Gap[];
  readonly rules: readonly RuleFinding<A>[];
  readonly toSettle: readonly ToSettle[];
  readonly kernel: {
    readonly release: string | null;
    /** True when no input and no option named a release. */
    readonly presumed: boolean;
  };
  /** What firmware told the kernel of memory, where the inputs have it. */
  readonly memoryMap?: readonly FactOf<MemoryMapEntry>[];
  readonly inputs: readonly Artifact[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Nothing came of the inputs but errors: that is no answer.
 * @param found what the answer is made of: windows, bridges, claims
 */
export function isNothingRead(
  inputs: readonly Artifact[],
  found: number,
  diagnostics: readonly Diagnostic[],
): boolean {
  return (inputs.length === 0 || found === 0) && diagnostics.some(({ severity }) => severity === 'error');
}

/** A default: where nothing says otherwise, the worse of what is possible; it can only make an answer worse. */
export interface Default {
  readonly condition: Condition;
  readonly text: string;
  readonly otherwise: string;
}
