/** What one evaluation may take: instructions, and bytes of what it makes. */
import { fault } from './fault.ts';

/** Instructions of one evaluation. The longest of real firmware takes some millions, waiting in loops. */
export const MAX_STEPS = 50_000_000;
/** Bytes of buffers, strings and packages that one evaluation may make. */
export const MAX_ALLOCATION = 256 * 1024 * 1024;
/** Of these, bytes of one. */
const MAX_OBJECT = 8 * 1024 * 1024;

/** Of what is left to a machine one evaluation may take so much, and the last ones still this many instructions. */
const PART_OF_WHAT_IS_LEFT = 1 / 2;
const LEAST_STEPS = 20_000;

/** Counts what the evaluation under way takes; what is too much is a fault. */
export class EvaluationBudget {
  /** Instructions that one evaluation may take. */
  maxSteps = MAX_STEPS;
  /** Instructions that are left to all evaluations of the machine. */
  left = Number.POSITIVE_INFINITY;
  #limit = MAX_STEPS;
  #steps = 0;
  #allocated = 0;

  /** Before an evaluation. */
  restart(): void {
    this.left -= this.#steps;
    this.#limit = Math.min(this.maxSteps, Math.max(LEAST_STEPS, this.left * PART_OF_WHAT_IS_LEFT));
    this.#steps = 0;
    this.#allocated = 0;
  }

  /** Counts an instruction. */
  step(): void {
    this.#steps += 1;
    if (this.#steps > this.#limit) fault('BUDGET', `more than ${Math.floor(this.#limit)} instructions`);
  }

  /** Counts what takes as long as so many instructions; the next one finds out whether it was too much. */
  spend(steps: number): void {
    this.#steps += steps;
  }

  /** Counts bytes made. */
  allocate(bytes: number): void {
    if (bytes > MAX_OBJECT) fault('NOT_FOLLOWED', `an object of more than ${MAX_OBJECT} bytes`);
    this.charge(bytes);
  }

  /** Counts what is as much work as making so many bytes. */
  charge(bytes: number): void {
    this.#allocated += bytes;
    if (this.#allocated > MAX_ALLOCATION) fault('BUDGET', `more than ${MAX_ALLOCATION} bytes are allocated`);
  }

  /** Does something with a budget of its own: nothing of it counts here. */
  aside<T>(work: () => T): T {
    const steps = this.#steps;
    const allocated = this.#allocated;
    const result = work();
    this.#steps = steps;
    this.#allocated = allocated;
    return result;
  }
}
