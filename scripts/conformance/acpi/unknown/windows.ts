/**
 * Compares the windows of one `_CRS` with unknown regions with those of a run with known contents: a certain window is in
 * every run, a conditional one in exactly the runs in which its condition holds, and no run has any other.
 */
import { type CrsEntry, casesOf } from '../../../../src/acpi/crs/crs.ts';
import type { Artifact } from '../../../../src/artifact/artifact.ts';
import { textSource } from '../../../../src/bytes/source.ts';
import { choicesOf, fieldsOf, opaqueReasons, type Quantity } from '../../../../src/symbolic/index.ts';
import { windowsOfCrs } from '../../../../src/window/from-acpi.ts';
import type { AddressWindow } from '../../../../src/window/window.ts';
import { type Contents, valueUnder } from './witness.ts';

const NO_INPUT: Artifact = {
  kind: 'acpi-table',
  source: textSource('', ''),
  path: '',
  sha256: '',
  steps: [],
};

/** Numbers of compared windows by certainty, and of those that contents of regions alone don't decide. */
export interface WindowCount {
  certain: number;
  conditional: number;
  unknown: number;
  unclear: number;
}

/** The windows of an entry's descriptors, without Linux's processing of host bridges. */
export function plainWindows(entry: CrsEntry): AddressWindow[] {
  const { hid: _hid, cid: _cid, ...device } = entry;
  return windowsOfCrs(NO_INPUT, device);
}

/**
 * Whether the value depends only on initial contents of regions, so that it can be calculated. PCI_Config is excluded as
 * acpiexec has one configuration space for all devices.
 */
function isClear(value: Quantity | null): value is Quantity {
  return (
    value !== null &&
    opaqueReasons(value).length === 0 &&
    choicesOf(value).length === 0 &&
    fieldsOf(value).every(
      ({ epoch, address, space }) => epoch === 0 && address !== undefined && space !== 'PCI_Config',
    )
  );
}

/** The first contradiction between the windows of an entry and those of a run with these contents. */
export function wrongWindows(
  entry: CrsEntry,
  ours: readonly AddressWindow[],
  run: CrsEntry | undefined,
  contents: Contents,
  count: WindowCount,
): string | undefined {
  const theirs = run?.status === 'ok' ? plainWindows(run) : [];
  const explained = new Set<AddressWindow>();
  for (const window of ours) {
    const { base, size, origin, space, certainty } = window;
    const when = certainty === 'certain' ? 1n : certainty === 'conditional' ? window.when : undefined;
    const [at, length] = [base, size].map((bound) =>
      isClear(bound) ? valueUnder(bound, contents) : undefined,
    );
    const alike = theirs.filter(
      (other) => other.origin.index === origin.index && other.space === space && other.role === window.role,
    );
    const same = alike.filter(
      (other) => (at === undefined || other.base === at) && (length === undefined || other.size === length),
    );
    if (when === undefined || !isClear(when) || at === undefined || length === undefined) {
      count[when === undefined ? 'unknown' : 'unclear'] += 1;
      for (const other of same) explained.add(other);
      continue;
    }
    count[certainty] += 1;
    const holds = valueUnder(when, contents);
    if (holds === 1n) {
      if (same.length === 0)
        return `${certainty} window ${origin.index} at 0x${at.toString(16)} is not in a run where it should be`;
      for (const other of same) explained.add(other);
    } else if (certainty === 'conditional' && holds === 0n && same.length > 0) {
      // Another of the same descriptor may have the same bounds, on another condition.
      const elsewhere = ours.some(
        (other) =>
          other !== window && other.certainty === 'conditional' && valueUnder(other.when, contents) !== 0n,
      );
      if (!elsewhere)
        return `window ${origin.index} at 0x${at.toString(16)} is in a run where its condition doesn't hold`;
    }
  }
  const other = theirs.find((window) => !explained.has(window));
  if (other === undefined || mayBeAnything(entry, contents)) return undefined;
  return `a run has window ${other.origin.index} at 0x${other.base?.toString(16)}, which isn't told`;
}

/** Whether the entry allows any window: by abandoned code, or a template with an unknown rest. */
function mayBeAnything(entry: CrsEntry, contents: Contents): boolean {
  return casesOf(entry).some(
    ({ condition, outcome, rest }) =>
      (outcome === 'abandoned' || rest !== undefined) &&
      (!isClear(condition) || valueUnder(condition, contents) !== 0n),
  );
}
