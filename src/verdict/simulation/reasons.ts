/** The assumptions of a simulation, each once. */
import type { Assumption } from '../question.ts';

export class Reasons {
  readonly assumptions: Assumption[] = [];

  assume(text: string, authority: string, otherwise?: string): void {
    if (!this.assumptions.some((assumption) => assumption.text === text))
      this.assumptions.push({ text, authority, ...(otherwise === undefined ? {} : { otherwise }) });
  }
}
