/** What would settle an answer: each open variable that it depends on, ranked by how much depends on it. */
import { Names, type Quantity, type Variable, variablesOf } from '../symbolic/index.ts';
import type { ToSettle } from './question.ts';

/** How variables that every question may have are settled, by name. */
const HOW: Readonly<Record<string, string>> = {
  release: '--kernel RELEASE, or dmesg, uname -r or the .config of the machine',
};

/**
 * Lists what would settle an answer.
 * @param rows what the answer depends on: conditions of a decision table, bounds that aren't known
 * @param how what settles the question's own choices
 * @param also further variables that each row depends on
 */
export function toSettle(
  rows: readonly Quantity[],
  how: Readonly<Record<string, string>>,
  also: readonly (readonly Variable[])[] = [],
): ToSettle[] {
  const variables = rows.map((row, at) => [...variablesOf(row), ...(also[at] ?? [])]);
  const names = new Names(variables.flat());
  const found = new Map<string, { how: string; rows: number }>();
  for (const row of variables)
    for (const variable of row) {
      const what = names.of(variable);
      const known = found.get(what);
      if (known === undefined) found.set(what, { how: howTo(variable, how), rows: 1 });
      else known.rows += 1;
    }
  return [...found]
    .map(([what, { how: settledBy, rows: count }]) => ({
      what,
      how: settledBy,
      decides: { rows: count, of: rows.length },
    }))
    .sort((a, b) => b.decides.rows - a.decides.rows);
}

function howTo(variable: Variable, how: Readonly<Record<string, string>>): string {
  if (variable.kind === 'choice') {
    const { id } = variable.choice;
    if (id.startsWith('has '))
      return `--kernel-source PATH, or --with-commit or --without-commit ${id.slice(4)}`;
    return how[id] ?? HOW[id] ?? 'an input that contains it';
  }
  if (variable.kind === 'unknown') return `unknown: ${variable.of.reason}`;
  const { name, space, address } = variable.field;
  const memory =
    space === 'SystemMemory' && address !== undefined ? ` or --memory DUMP@0x${address.toString(16)}` : '';
  return `--set ${name}=VALUE${memory}`;
}
