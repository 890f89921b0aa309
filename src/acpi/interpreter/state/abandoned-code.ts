/** Records abandoned code of one machine and its consequences for the machine's state. */
import type { AmlFault } from './fault.ts';

export class AbandonedCode {
  readonly #state: string[] = [];
  readonly #places = new Map<string, AmlFault>();
  #skipped: string | undefined;

  /** The last reason why the state is unreliable, if it is. */
  get unreliable(): string | undefined {
    return this.#state.at(-1);
  }

  /** Why some module-level code was not executed, if so: names that it declares may be missing. */
  get skipped(): string | undefined {
    return this.#skipped;
  }

  /** Records that the state is unreliable from now on. */
  state(reason: string): void {
    if (!this.#state.includes(reason)) this.#state.push(reason);
  }

  /** Records a place where code is abandoned. @returns the reason for unknown values */
  code(why: AmlFault): string {
    const reason = why.place === undefined ? why.message : `${why.message}, in ${why.place.path}`;
    if (!this.#places.has(reason)) this.#places.set(reason, why);
    return reason;
  }

  /** As {@link code}, for module-level code. */
  tableCode(why: AmlFault): void {
    const reason = this.code(why);
    this.#skipped ??= reason;
  }

  /** The fault that abandoned code, by the reason in unknown values. */
  placeOf(reason: string): AmlFault | undefined {
    return this.#places.get(reason);
  }
}
