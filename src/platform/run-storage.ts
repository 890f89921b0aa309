/** What belongs to a run and to all that it starts, synchronous or not. */

/** Holds a value for whoever asks inside of a run. */
export interface RunStorage<T> {
  getStore(): T | undefined;
  run<R>(value: T, work: () => R): R;
}

/** Where there is no Node, one run at a time: another is refused while it goes on. */
class OneAtATime<T> implements RunStorage<T> {
  #value: T | undefined;

  getStore(): T | undefined {
    return this.#value;
  }

  run<R>(value: T, work: () => R): R {
    if (this.#value !== undefined) throw new Error('a run goes on already: here they follow one another');
    this.#value = value;
    const end = (): void => {
      this.#value = undefined;
    };
    let result: R;
    try {
      result = work();
    } catch (error) {
      end();
      throw error;
    }
    if (result instanceof Promise) return result.finally(end) as R;
    end();
    return result;
  }
}

export function newRunStorage<T>(): RunStorage<T> {
  const hooks = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:async_hooks');
  return hooks === undefined ? new OneAtATime<T>() : new hooks.AsyncLocalStorage<T>();
}
