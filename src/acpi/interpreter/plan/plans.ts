import type { Term } from '../../terms/term.ts';
import type { Plan } from '../state/machine.ts';
import type { Controls } from './plan.ts';
import { planTerms } from './planner.ts';

/** Compiles plans and caches those of methods. */
export class Plans {
  readonly #controls: Controls;
  readonly #mask: bigint;
  readonly #kept = new Map<Term, Plan>();

  /** @param mask Ones in the integer width */
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

  /** The plan of a table's module-level code. */
  ofTable(table: Term): Plan {
    return planTerms(table.termsAt(0), table, this.#controls, this.#mask);
  }
}
