/** The budget for exploring paths, after which they are abandoned. */
import { limit } from '../../../limits/limits.ts';

const PART_OF_WHAT_IS_LEFT = 2 / 5;
/** Minimum for a late evaluation, until the machine has used twice its limit. */
const LEAST_WORK = 3000;
export class WorkBudget {
  #work = 0;
  #allWork = 0;
  /** Budget of the current evaluation. */
  #limit = limit('path-work');

  /** The limit that determines the budget. */
  get limitedBy(): 'path-work' | 'machine-path-work' {
    return this.#limit === limit('path-work') ? 'path-work' : 'machine-path-work';
  }

  /** The budget is used up, so paths are abandoned. */
  get spent(): boolean {
    return this.#work >= this.#limit;
  }

  spend(work: number): void {
    this.#work += work;
    this.#allWork += work;
  }

  /** Called before an evaluation. */
  restart(): void {
    this.#work = 0;
    const left = Math.max(0, limit('machine-path-work') - this.#allWork) * PART_OF_WHAT_IS_LEFT;
    const most = limit('path-work');
    const least = this.#allWork < 2 * limit('machine-path-work') ? Math.min(LEAST_WORK, most) : 0;
    this.#limit = Math.max(least, Math.min(most, left));
  }
}
