/** Facts of evidence as constraints and as evidence of a rule, the strongest first. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { Condition } from '../../symbolic/index.ts';
import type { Origin } from '../../window/window.ts';
import type { Constraint, EvidenceItem } from '../question.ts';

/** The facts of the greatest strength; they may contradict each other. */
export function strongest<T>(facts: readonly FactOf<T>[]): readonly FactOf<T>[] {
  for (const strength of ['given', 'observed', 'configured', 'inferred'] as const) {
    const found = facts.filter((fact) => fact.strength === strength);
    if (found.length > 0) return found;
  }
  return [];
}

export function evidenceItem({ text, artifact, span }: FactOf<unknown>): EvidenceItem {
  return { text, origin: factOrigin(artifact, text, span) };
}

/** The origin of a fact. */
export function factOrigin(artifact: Artifact, item: string, span?: FactOf<unknown>['span']): Origin {
  return { artifact, path: artifact.source.name, item, index: 0, ...(span ? { span } : {}) };
}

export function fromFact(
  id: string,
  condition: Condition,
  text: string,
  { text: line, artifact, span }: FactOf<unknown>,
): Constraint {
  const origin = factOrigin(artifact, line, span);
  return { id, kind: 'fact', condition, text, source: line, origin };
}

export function byOption(id: string, condition: Condition, text: string, option: string): Constraint {
  return { id, kind: 'fact', condition, text, source: option };
}
