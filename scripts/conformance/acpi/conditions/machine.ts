/** The conditions of one machine: of the alternatives of each `_CRS`, and of the windows in them. */

import { architectureOf } from '../../../../src/acpi/architecture.ts';
import type { CrsEntry } from '../../../../src/acpi/crs/crs.ts';
import { isHostBridge } from '../../../../src/acpi/crs/pci-root.ts';
import { evaluateAllCrs, loadMachine } from '../../../../src/acpi/machine.ts';
import { readAcpiTables } from '../../../../src/acpi/tables/read.ts';
import { openInput } from '../../../../src/artifact/open.ts';
import { IGNORED } from '../../../../src/bytes/diagnostic.ts';
import { possibleAlternatives } from '../../../../src/report/subjects/resources.ts';
import type { Condition } from '../../../../src/symbolic/index.ts';
import { windowsOfCrs } from '../../../../src/window/from-acpi.ts';
import type { AddressWindow } from '../../../../src/window/window.ts';

export interface FoundCondition {
  readonly device: string;
  /** Of a PCI host bridge. */
  readonly bridge: boolean;
  readonly kind: 'alternative' | 'window';
  readonly condition: Condition;
}

export interface MachineConditions {
  readonly found: readonly FoundCondition[];
  /** Sets of conditions that must exclude each other: those of each `_CRS`, and of the windows of each descriptor. */
  readonly exclusive: readonly { readonly of: string; readonly conditions: readonly Condition[] }[];
}

export async function conditionsIn(file: string): Promise<MachineConditions> {
  const [artifact] = await openInput(file, {}, IGNORED);
  if (artifact === undefined) return { found: [], exclusive: [] };
  const tables = readAcpiTables(artifact, IGNORED);
  const entries = evaluateAllCrs(loadMachine(tables, {}, IGNORED));
  const context = { architecture: architectureOf(tables), occupied: [] };
  const found: FoundCondition[] = [];
  const exclusive: { of: string; conditions: Condition[] }[] = [];
  for (const entry of entries) {
    const { device } = entry;
    const bridge = isHostBridge(entry);
    const alternatives = conditionsOfAlternatives(entry);
    for (const condition of alternatives) found.push({ device, bridge, kind: 'alternative', condition });
    if (alternatives.length > 0) exclusive.push({ of: `${device}: alternatives`, conditions: alternatives });
    const windows = windowsOfCrs(artifact, entry, context);
    for (const window of windows)
      if (window.certainty === 'conditional')
        found.push({ device, bridge, kind: 'window', condition: window.when });
    for (const [index, same] of byIndex(windows))
      if (same.length > 1)
        exclusive.push({
          of: `${device}: windows of descriptor ${index}`,
          conditions: same.map(conditionOfWindow),
        });
  }
  return { found, exclusive };
}

function conditionsOfAlternatives(entry: CrsEntry): Condition[] {
  return possibleAlternatives(entry).map(({ condition }) => condition);
}

function conditionOfWindow(window: AddressWindow): Condition {
  return window.certainty === 'conditional' ? window.when : 1n;
}

function byIndex(windows: readonly AddressWindow[]): Map<number, AddressWindow[]> {
  const groups = new Map<number, AddressWindow[]>();
  for (const window of windows) {
    const { index } = window.origin;
    groups.set(index, [...(groups.get(index) ?? []), window]);
  }
  return groups;
}
