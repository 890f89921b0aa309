/** Expressions as text with numbered variables: equal for expressions that differ only in names. */
import type { Expr, Quantity } from '../../../../src/symbolic/index.ts';

export class KeyWriter {
  readonly #variables = new Map<string | object, number>();

  #variable(key: string | object, bits: number): string {
    let number = this.#variables.get(key);
    if (number === undefined) {
      number = this.#variables.size;
      this.#variables.set(key, number);
    }
    return `v${number}:${bits}`;
  }

  of(value: Quantity): string {
    return typeof value === 'bigint' ? value.toString(36) : this.#of(value);
  }

  all(values: readonly Quantity[]): string {
    return values.map((value) => this.of(value)).join(' ');
  }

  #of(value: Expr): string {
    const all = (parts: readonly Quantity[]): string => parts.map((part) => this.of(part)).join(',');
    switch (value.kind) {
      case 'field': {
        const { path, epoch, address, bitOffset } = value.field;
        return this.#variable(`${path} ${epoch} ${address} ${bitOffset}`, value.bits);
      }
      case 'choice':
        return this.#variable(value.choice.id, value.choice.values.length);
      case 'opaque':
        return this.#variable(value, value.bits);
      case 'sum':
        return `s${value.bits}(${value.constant.toString(36)};${value.terms.map(({ coefficient, of }) => `${coefficient.toString(36)}*${this.of(of)}`)})`;
      case 'bitwise':
      case 'arithmetic':
      case 'compare':
        return `${value.op}${value.bits}(${all([value.left, value.right])})`;
      case 'slice':
        return `[${value.low}:${value.bits}](${this.of(value.of)})`;
      case 'join':
        return `j(${value.parts.map(({ bits, value: part }) => `${bits}:${this.of(part)}`)})`;
      case 'all':
      case 'any':
        return `${value.kind}(${all(value.of)})`;
      case 'not':
        return `!(${this.of(value.of)})`;
      case 'choose':
        return `?${value.bits}(${all([value.when, value.yes, value.no])})`;
    }
  }
}
