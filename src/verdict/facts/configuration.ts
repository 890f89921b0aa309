/** What is known of the kernel's configuration: a symbol is set, is not set, or nothing says. */
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { configValue } from '../../evidence/kernel-config.ts';

export class Configuration {
  readonly #facts: MachineFacts;

  constructor(facts: MachineFacts) {
    this.#facts = facts;
  }

  /** `y`, `m`, `n`, a string, or undefined when it is not known. What the machine shows beats what a file says. */
  value(symbol: string): string | undefined {
    for (const { value } of this.#facts.symbols)
      if (value.symbol === symbol) return value.value === 'on' ? 'y' : value.value;
    for (const config of this.#facts.configs) {
      const value = configValue(config, symbol);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Where it is written that the symbol has the value; undefined when it hasn't, or nothing says. */
  fact(symbol: string, value: 'y' | 'n'): FactOf<unknown> | undefined {
    for (const fact of this.#facts.symbols) {
      if (fact.value.symbol !== symbol) continue;
      return (fact.value.value === 'n') === (value === 'n') ? fact : undefined;
    }
    for (const config of this.#facts.configs) {
      const found = configValue(config, symbol);
      if (found === undefined) continue;
      if ((found === 'n') !== (value === 'n')) return undefined;
      return (
        config.lineOf(symbol) ?? {
          value: found,
          strength: 'configured',
          text: `CONFIG_${symbol} has no line in a complete configuration`,
          artifact: config.artifact,
        }
      );
    }
    return undefined;
  }
}
