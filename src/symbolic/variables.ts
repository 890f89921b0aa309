/** What quantities and conditions depend on: fields, choices, and what is not known and not expressed. */
import {
  type ChoiceVariable,
  type ExprOf,
  type FieldSymbol,
  isKnown,
  partsOf,
  type Quantity,
} from './quantity.ts';

/** One thing that an expression depends on. */
export type Variable =
  | { readonly kind: 'field'; readonly field: FieldSymbol }
  | { readonly kind: 'choice'; readonly choice: ChoiceVariable }
  /** Nothing is known of it; `of` says why, and what it was made from. */
  | { readonly kind: 'unknown'; readonly of: ExprOf<'opaque'> };

/**
 * What distinguishes a variable from others: fields by path, place and read, choices by their id, unknown values by
 * themselves. An object for unknown values, a text for the others.
 */
export function keyOfVariable(variable: Variable): string | object {
  switch (variable.kind) {
    case 'field': {
      const { path, epoch, address, bitOffset } = variable.field;
      return `${path}#${epoch}@${address ?? ''}.${bitOffset}`;
    }
    case 'choice':
      return variable.choice.id;
    case 'unknown':
      return variable.of;
  }
}

/** The variables of some expressions, each once, in the order in which they stand there. */
export function variablesOf(...values: readonly Quantity[]): Variable[] {
  const found = new Map<string | object, Variable>();
  // What is made of the same parts again and again is looked at once.
  const seen = new Set<object>();
  const pending: Quantity[] = [...values].reverse();
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (isKnown(next)) continue;
    const object = next.kind === 'field' ? next.field : next.kind === 'choice' ? next.choice : next;
    if (seen.has(object)) continue;
    seen.add(object);
    const variable: Variable | undefined =
      next.kind === 'field'
        ? { kind: 'field', field: next.field }
        : next.kind === 'choice'
          ? { kind: 'choice', choice: next.choice }
          : next.kind === 'opaque'
            ? { kind: 'unknown', of: next }
            : undefined;
    if (variable === undefined) {
      const parts = partsOf(next);
      for (let i = parts.length - 1; i >= 0; i--) pending.push(parts[i]!);
      continue;
    }
    const key = keyOfVariable(variable);
    if (!found.has(key)) found.set(key, variable);
  }
  return [...found.values()];
}
