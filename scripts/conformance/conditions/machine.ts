/** The conditions of one machine: of the alternatives of each `_CRS`, and of the windows in them. */
import type { CrsEntry } from '../../../src/acpi/crs/crs.ts';
import { isHostBridge } from '../../../src/acpi/host-bridge.ts';
import { evaluateAllCrs, loadMachine } from '../../../src/acpi/machine.ts';
import { rangeOf, X86_RULES } from '../../../src/acpi/resources/range.ts';
import { readAcpiTables } from '../../../src/acpi/tables/read.ts';
import { openInput } from '../../../src/artifact/open.ts';
import { allOf, anyOf, formatQuantity, type Quantity } from '../../../src/symbolic/index.ts';

const quiet = { add: () => {} };

export interface FoundCondition {
  readonly device: string;
  /** Of a PCI host bridge. */
  readonly bridge: boolean;
  readonly kind: 'alternative' | 'window';
  /** As it was built. */
  readonly raw: Quantity;
}

export interface MachineConditions {
  readonly found: readonly FoundCondition[];
  /** Of each `_CRS`: the conditions that exclude each other. */
  readonly exclusive: readonly { readonly device: string; readonly conditions: readonly Quantity[] }[];
}

export async function entriesOf(file: string): Promise<CrsEntry[]> {
  const [artifact] = await openInput(file, {}, quiet);
  return artifact ? evaluateAllCrs(loadMachine(readAcpiTables(artifact, quiet), {}, quiet)) : [];
}

export function conditionsOf(entries: readonly CrsEntry[]): MachineConditions {
  const found: FoundCondition[] = [];
  const exclusive: { device: string; conditions: Quantity[] }[] = [];
  for (const entry of entries) {
    const { device, alternatives } = entry;
    const bridge = isHostBridge(entry);
    const ways = alternatives ?? [{ condition: 1n, resources: entry.resources }];
    const windows = new Map<string, Quantity[]>();
    for (const { condition, resources } of ways) {
      if (alternatives !== undefined) found.push({ device, bridge, kind: 'alternative', raw: condition });
      for (const [index, descriptor] of resources.entries()) {
        const range = rangeOf(descriptor, X86_RULES);
        if (range === undefined) continue;
        const key = [index, range.space, formatQuantity(range.first), formatQuantity(range.last)].join(' ');
        windows.set(key, [...(windows.get(key) ?? []), allOf([condition, range.taken])]);
      }
    }
    for (const conditions of windows.values())
      found.push({ device, bridge, kind: 'window', raw: anyOf(conditions) });
    if (alternatives !== undefined)
      exclusive.push({ device, conditions: alternatives.map(({ condition }) => condition) });
  }
  return { found, exclusive };
}
