/** `_CRS` of ASL whose regions are unknown. */
import { expect } from 'vitest';
import { Contents, valueUnder } from '../../../scripts/conformance/acpi/unknown/witness.ts';
import type { CrsEntry } from '../../../src/acpi/crs/crs.ts';
import { type EvaluationOptions, evaluateAllCrs, loadMachine } from '../../../src/acpi/machine.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import { quantityOfByte } from '../../../src/symbolic/index.ts';
import { tablesOf as tablesOfBody } from './tables.ts';

export const quiet = { add: () => {} };

/** The table of a body that has the fields FLAG, KIND and BASE. */
export function tablesOf(body: string): readonly AcpiTable[] {
  return tablesOfBody(`    OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
    Field (NVS, ByteAcc, NoLock, Preserve) { FLAG, 8, KIND, 8, BASE, 32 }
    ${body}`);
}

export function crsOf(tables: readonly AcpiTable[], options: EvaluationOptions = {}): Map<string, CrsEntry> {
  return new Map(evaluateAllCrs(loadMachine(tables, options, quiet)).map((entry) => [entry.device, entry]));
}

/** A template of one word, which stands in its bytes 2 and 3, and an end tag. */
export const template = (word: string): string =>
  `Buffer () { 0x83, 0x02, 0x00, ${word}, ${word}, 0x79, 0x00 }`;

const FLAGS = [0, 1, 2, 3, 5, 0x80, 0xff];

const KINDS = [0, 1, 7];

function hexUnder(bytes: CrsEntry['bytes'], contents: Contents): string | undefined {
  return bytes
    ?.map((byte) => (typeof byte === 'number' ? BigInt(byte) : valueUnder(quantityOfByte(byte), contents)))
    .join(' ');
}

/** Exactly one case holds, and says what comes out there. */
function expectCase(
  entry: CrsEntry | undefined,
  run: CrsEntry | undefined,
  given: string | undefined,
  contents: Contents,
  where: string,
): void {
  const holding = (entry?.cases ?? []).filter(({ condition }) => valueUnder(condition, contents) === 1n);
  expect(holding.length, where).toBe(1);
  const { outcome, bytes } = holding[0]!;
  if (outcome === 'template') expect(hexUnder(bytes, contents), where).toBe(given);
  else if (outcome === 'absent') expect(run, where).toBeUndefined();
  else if (outcome !== 'abandoned') expect(run?.status, where).toBe('error');
}

/** Runs with every content; what each device gives is what its entry says it gives there. */
export function expectTrue(body: string): Map<string, CrsEntry> {
  const tables = tablesOf(body);
  const ours = crsOf(tables);
  for (const flag of FLAGS) {
    for (const kind of KINDS) {
      const contents = new Contents((_space, address) =>
        address === 0x1000n ? flag : address === 0x1001n ? kind : 0,
      );
      const runs = crsOf(tables, { assume: contents.fill });
      for (const device of new Set([...ours.keys(), ...runs.keys()])) {
        const run = runs.get(device);
        const entry = ours.get(device);
        const where = `${device} with FLAG ${flag}, KIND ${kind}`;
        const given = run?.status === 'ok' ? hexUnder(run.bytes, contents) : undefined;
        expectCase(entry, run, given, contents, where);
        if (entry?.alternatives === undefined) {
          if (entry?.bytes !== undefined) expect(hexUnder(entry.bytes, contents), where).toBe(given);
          else expect(['unknown', 'error'], where).toContain(entry?.status);
          continue;
        }
        const true_ = entry.alternatives.filter(({ condition }) => valueUnder(condition, contents) === 1n);
        expect(true_.length, where).toBe(1);
        expect(true_[0]!.why === undefined ? hexUnder(true_[0]!.bytes, contents) : undefined, where).toBe(
          given,
        );
      }
    }
  }
  return ours;
}
