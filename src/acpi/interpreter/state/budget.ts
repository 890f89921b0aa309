/** What one evaluation may take: instructions, and bytes of what it makes. */
import { InnerLimit, limit, limitHint, moreThan } from '../../../limits/limits.ts';
import { fault } from './fault.ts';

const OBJECT_BYTES = new InnerLimit('object-bytes');
const EVALUATION_BYTES = new InnerLimit('evaluation-bytes');

/** Of what is left to a machine one evaluation may take so much, and the last ones still this many instructions. */
const PART_OF_WHAT_IS_LEFT = 1 / 2;
const LEAST_STEPS = 20_000;

/** Counts what the evaluation under way takes; what is too much is a fault. */
export class EvaluationBudget {
  /** Instructions that one evaluation may take. */
  maxSteps = limit('evaluation-steps');
  /** Instructions that are left to all evaluations of the machine. */
  left = Number.POSITIVE_INFINITY;
  #limit = limit('evaluation-steps');
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
    if (this.#steps > this.#limit)
      fault('BUDGET', `more than ${Math.floor(this.#limit)} instructions ${limitHint('evaluation-steps')}`);
  }

  /** Counts what takes as long as so many instructions; the next one finds out whether it was too much. */
  spend(steps: number): void {
    this.#steps += steps;
  }

  /** Counts bytes made. */
  allocate(bytes: number): void {
    if (bytes > OBJECT_BYTES.now) fault('NOT_FOLLOWED', `an object of ${moreThan('object-bytes')}`);
    this.charge(bytes);
  }

  /** Counts what is as much work as making so many bytes. */
  charge(bytes: number): void {
    this.#allocated += bytes;
    if (this.#allocated > EVALUATION_BYTES.now)
      fault('BUDGET', `${moreThan('evaluation-bytes')} are allocated`);
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
