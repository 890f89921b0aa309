/** What would settle the answer: each open variable of the decision table, ranked by how many rows depend on it. */
import { Names, type Variable, variablesOf } from '../../symbolic/index.ts';
import type { ToSettle } from '../question.ts';
import type { Case } from '../verdict.ts';
import { BOOT, LFB_BASE, PLACE, VIDEO } from './variables.ts';

const HOW: Readonly<Record<string, string>> = {
  release: '--kernel RELEASE, or dmesg, uname -r or the .config of the machine',
  [BOOT.id]: '--boot efi|bios, or dmesg of the machine',
  [LFB_BASE.id]: 'a dump of boot_params (/sys/kernel/boot_params/data), or dmesg of the boot',
  [PLACE.id]: '--framebuffer BASE+SIZE, or boot_params, dmesg or lspci of the machine',
  [VIDEO.id]: 'lspci -vv -nn of the machine',
  cells: '--cells CHILD,PARENT,SIZE, or the whole tree: /sys/firmware/fdt',
  vmbus: '--vtl N, or only the tree that the kernel boots with',
};

export function toSettle(cases: readonly Case[]): ToSettle[] {
  const names = new Names(cases.flatMap(({ when }) => variablesOf(when)));
  const rows = new Map<string, { how: string; rows: number }>();
  for (const { when } of cases)
    for (const variable of variablesOf(when)) {
      const what = names.of(variable);
      const known = rows.get(what);
      if (known !== undefined) {
        known.rows += 1;
        continue;
      }
      rows.set(what, { how: howTo(variable), rows: 1 });
    }
  return [...rows]
    .map(([what, { how, rows: count }]) => ({ what, how, decides: { rows: count, of: cases.length } }))
    .sort((a, b) => b.decides.rows - a.decides.rows);
}

function howTo(variable: Variable): string {
  if (variable.kind === 'choice') {
    const { id } = variable.choice;
    if (id.startsWith('has ')) return `--with-commit or --without-commit ${id.slice(4)}`;
    return HOW[id] ?? 'an input that has it';
  }
  if (variable.kind === 'unknown') return `what was not followed: ${variable.of.reason}`;
  const { name, space, address } = variable.field;
  const memory =
    space === 'SystemMemory' && address !== undefined ? ` or --memory DUMP@0x${address.toString(16)}` : '';
  return `--set ${name}=VALUE${memory}`;
}
