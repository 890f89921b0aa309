import type { Term } from '../../terms/term.ts';
import type { Plan } from '../state/machine.ts';
import type { Controls } from './plan.ts';
import { planTerms } from './planner.ts';

/** Plans of code, those of methods kept: they are called again. */
export class Plans {
  readonly #controls: Controls;
  readonly #mask: bigint;
  readonly #kept = new Map<Term, Plan>();

  /** @param mask the largest integer */
  constructor(controls: Controls, mask: bigint) {
    this.#controls = controls;
    this.#mask = mask;
  }

  /** The plan of a method's body. */
  ofMethod(method: Term): Plan {
    let plan = this.#kept.get(method);
    if (plan === undefined) {
      plan = planTerms(method.termsAt(2), method, this.#controls, this.#mask);
      this.#kept.set(method, plan);
    }
    return plan;
  }

  /** The plan of a table's own code, which runs once. */
  ofTable(table: Term): Plan {
    return planTerms(table.termsAt(0), table, this.#controls, this.#mask);
  }
}
