/** Firmware fields made by hand. */
import { type Expr, type FieldSymbol, fieldValue } from '../../src/symbolic/index.ts';

/** A field of 32 bits in memory, nobody knows where; `more` says what is different. */
export function symbolOf(name: string, more: Partial<FieldSymbol> = {}): FieldSymbol {
  return {
    name,
    path: `\\${name}`,
    space: 'SystemMemory',
    address: undefined,
    bitOffset: 0,
    bits: 32,
    epoch: 0,
    ...more,
  };
}

/** What {@link symbolOf} holds. */
export function fieldOf(name: string, more: Partial<FieldSymbol> = {}): Expr {
  return fieldValue(symbolOf(name, more));
}
