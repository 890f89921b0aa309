/** The budget of one evaluation: instructions, and bytes of objects. */
import { InnerLimit, limit, limitHint, moreThan } from '../../../limits/limits.ts';
import { fault } from './fault.ts';

const OBJECT_BYTES = new InnerLimit('object-bytes');
const EVALUATION_BYTES = new InnerLimit('evaluation-bytes');

/** Maximum part of the machine's remaining budget for one evaluation, and minimum number of instructions. */
const PART_OF_WHAT_IS_LEFT = 1 / 2;
const LEAST_STEPS = 20_000;

/** Counts the work of the current evaluation; exceeding the budget is a fault. */
export class EvaluationBudget {
  /** Maximum number of instructions of one evaluation. */
  maxSteps = limit('evaluation-steps');
  /** Remaining number of instructions for all evaluations of the machine. */
  left = Number.POSITIVE_INFINITY;
  #limit = limit('evaluation-steps');
  #steps = 0;
  #allocated = 0;

  /** Called before an evaluation. */
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

  /** Counts work in units of instructions. The budget is checked at the next instruction. */
  spend(steps: number): void {
    this.#steps += steps;
  }

  /** Counts the bytes of a new object. */
  allocate(bytes: number): void {
    if (bytes > OBJECT_BYTES.now) fault('NOT_FOLLOWED', `an object of ${moreThan('object-bytes')}`);
    this.charge(bytes);
  }

  /** Counts work in units of allocated bytes. */
  charge(bytes: number): void {
    this.#allocated += bytes;
    if (this.#allocated > EVALUATION_BYTES.now)
      fault('BUDGET', `${moreThan('evaluation-bytes')} are allocated`);
  }

  /** Calls `work`, which does not count. */
  aside<T>(work: () => T): T {
    const steps = this.#steps;
    const allocated = this.#allocated;
    const result = work();
    this.#steps = steps;
    this.#allocated = allocated;
    return result;
  }
}
