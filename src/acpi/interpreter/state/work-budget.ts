/** How much is done for what depends on unknown values before it is given up. */

/**
 * Work on paths that depend on something unknown, in about the time that one instruction takes: of one evaluation, and of
 * all of a machine. An evaluation gets no more than a part of what the machine has left, so that the last ones get
 * something too. What isn't done then is given up, and unknown.
 */
export const MAX_WORK = 300_000;
export const MAX_WORK_OF_MACHINE = 600_000;
const PART_OF_WHAT_IS_LEFT = 2 / 5;
/** What a late evaluation gets all the same, until the machine has had twice its due. */
const LEAST_WORK = 3000;
export class WorkBudget {
  #work = 0;
  #allWork = 0;
  /** What the evaluation may take. */
  #limit = MAX_WORK;

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
    const left = Math.max(0, MAX_WORK_OF_MACHINE - this.#allWork) * PART_OF_WHAT_IS_LEFT;
    const least = this.#allWork < 2 * MAX_WORK_OF_MACHINE ? LEAST_WORK : 0;
    this.#limit = Math.max(least, Math.min(MAX_WORK, left));
  }
}
