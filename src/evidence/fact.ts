/** Facts: values from evidence, with their source and strength. */
import type { Artifact } from '../artifact/artifact.ts';
import type { Span } from '../bytes/source.ts';

/**
 * How a fact is known, strongest first. `observed`: printed by the machine or its kernel; `configured`: from the kernel's
 * configuration, image or source; `given`: by an option of the user; `inferred`: concluded from something that is not proof.
 */
export type Strength = 'observed' | 'configured' | 'given' | 'inferred';

/** A value with its source and strength. Facts may contradict each other; reconcile.ts and the verdicts resolve that. */
export interface FactOf<T> {
  readonly value: T;
  readonly strength: Strength;
  /** The text it was read from: a log line, a configuration line, a field. Not escaped. */
  readonly text: string;
  readonly artifact: Artifact;
  readonly span?: Span;
}
