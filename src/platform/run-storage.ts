/** Storage for the duration of a run, including asynchronous work that it starts (AsyncLocalStorage). */

/** A value that code inside of a run can read. */
export interface RunStorage<T> {
  getStore(): T | undefined;
  run<R>(value: T, work: () => R): R;
}

/** Without Node, one run at a time: a second one throws. */
class OneAtATime<T> implements RunStorage<T> {
  #value: T | undefined;

  getStore(): T | undefined {
    return this.#value;
  }

  run<R>(value: T, work: () => R): R {
    if (this.#value !== undefined)
      throw new Error('another run has not finished: outside of Node, runs cannot overlap');
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
