/** How much is done for what depends on unknown values before it is given up. */
import { limit } from '../../../limits/limits.ts';

const PART_OF_WHAT_IS_LEFT = 2 / 5;
/** What a late evaluation gets all the same, until the machine has had twice its due. */
const LEAST_WORK = 3000;
export class WorkBudget {
  #work = 0;
  #allWork = 0;
  /** What the evaluation may take. */
  #limit = limit('path-work');

  /** The limit that what the evaluation may take is of. */
  get limitedBy(): 'path-work' | 'machine-path-work' {
    return this.#limit === limit('path-work') ? 'path-work' : 'machine-path-work';
  }

  /** Is so much done on open paths that they are given up? */
  get spent(): boolean {
    return this.#work >= this.#limit;
  }

  spend(work: number): void {
    this.#work += work;
    this.#allWork += work;
  }

  /** Before an evaluation. */
  restart(): void {
    this.#work = 0;
    const left = Math.max(0, limit('machine-path-work') - this.#allWork) * PART_OF_WHAT_IS_LEFT;
    const most = limit('path-work');
    const least = this.#allWork < 2 * limit('machine-path-work') ? Math.min(LEAST_WORK, most) : 0;
    this.#limit = Math.max(least, Math.min(most, left));
  }
}
