/** What is known about the kernel's configuration: a symbol is set, is not set, or is not known. */
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { configValue } from '../../evidence/kernel-config.ts';

export class Configuration {
  readonly #facts: MachineFacts;

  constructor(facts: MachineFacts) {
    this.#facts = facts;
  }

  /**
   * `y`, `m`, `n`, a string, or undefined when it is not known. What was observed on the machine overrides files; where
   * files contradict each other the value is not known.
   */
  value(symbol: string): string | undefined {
    for (const { value } of this.#facts.symbols)
      if (value.symbol === symbol) return value.value === 'on' ? 'y' : value.value;
    const found = this.#inFiles(symbol);
    return isAgreed(found) ? found[0]?.value : undefined;
  }

  /** The fact that gives the symbol this value; undefined when it has another, or none is known. */
  fact(symbol: string, value: 'y' | 'n'): FactOf<unknown> | undefined {
    for (const fact of this.#facts.symbols) {
      if (fact.value.symbol !== symbol) continue;
      return (fact.value.value === 'n') === (value === 'n') ? fact : undefined;
    }
    const found = this.#inFiles(symbol);
    const [first] = found;
    if (first === undefined || !isAgreed(found) || (first.value === 'n') !== (value === 'n'))
      return undefined;
    return first.fact;
  }

  /** Where files contradict each other about a symbol that nothing observed settles; empty when they don't. */
  disagreement(symbol: string): readonly FactOf<unknown>[] {
    if (this.#facts.symbols.some(({ value }) => value.symbol === symbol)) return [];
    const found = this.#inFiles(symbol);
    return isAgreed(found) ? [] : found.map(({ fact }) => fact);
  }

  #inFiles(symbol: string): { readonly value: string; readonly fact: FactOf<unknown> }[] {
    return this.#facts.configs.flatMap((config) => {
      const value = configValue(config, symbol);
      if (value === undefined) return [];
      const fact = config.lineOf(symbol) ?? {
        value,
        strength: 'configured' as const,
        text: `CONFIG_${symbol} has no line in a complete configuration`,
        artifact: config.artifact,
      };
      return [{ value, fact }];
    });
  }
}

/** Whether all have the symbol set, or none. */
function isAgreed(found: readonly { readonly value: string }[]): boolean {
  return found.every(({ value }) => (value === 'n') === (found[0]!.value === 'n'));
}
