/** One thing that evidence says, with where it says it and how much that weighs. */
import type { Artifact } from '../artifact/artifact.ts';
import type { Span } from '../bytes/source.ts';

/**
 * How a fact is known, strongest first. `observed`: the machine or its kernel printed it; `configured`: the kernel's
 * configuration says it; `given`: the user says it by option; `inferred`: it follows from something else, and what it
 * follows from is no proof.
 */
export type Strength = 'observed' | 'configured' | 'given' | 'inferred';

/** A value, its source and its weight. Facts of one kind stand side by side; which of them hold together is judged later. */
export interface FactOf<T> {
  readonly value: T;
  readonly strength: Strength;
  /** What was read, for a person: the log line, the configuration line, the field. Not escaped. */
  readonly text: string;
  readonly artifact: Artifact;
  readonly span?: Span;
}
