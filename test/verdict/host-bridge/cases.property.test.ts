/**
 * A bridge whose `_CRS` depends on fields, asked once for all contents, is in each content what it is when it is asked with
 * the fields set: conditions of windows and changes say neither too much nor too little.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../cli/fake-io.ts';
import { runs } from '../../runs.ts';
import { holdsText } from '../../symbolic/reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-cases-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Range {
  readonly start: number;
  readonly size: number;
  readonly io: boolean;
  readonly prefetchable: boolean;
}
const range: fc.Arbitrary<Range> = fc.record({
  start: fc.integer({ min: 0, max: 7 }),
  size: fc.integer({ min: 1, max: 3 }),
  io: fc.boolean(),
  prefetchable: fc.boolean(),
});
const MIB = 0x10_0000;
const hex = (value: number): string => `0x${value.toString(16)}`;

function descriptor({ start, size, io, prefetchable }: Range): string {
  const unit = io ? 0x400 : MIB;
  const base = (io ? 0x1000 : 0xe000_0000) + start * unit;
  const bounds = `0, ${hex(base)}, ${hex(base + size * unit - 1)}, 0, ${hex(size * unit)}`;
  return io
    ? `DWordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, ${bounds})`
    : `DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, ${prefetchable ? 'Prefetchable' : 'NonCacheable'}, ReadWrite, ${bounds})`;
}

const template = (list: readonly Range[]): string =>
  `ResourceTemplate () { ${list.map(descriptor).join('\n')} }`;

/** Three templates, chosen by AAAA, and the last two by BBBB, too. */
function asl(lists: readonly (readonly Range[])[]): string {
  const names = lists.map((list, i) => `Name (RT0${i}, ${template(list)})`).join('\n');
  return `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
    OperationRegion (REGS, SystemMemory, 0xF7FD9000, 2) Field (REGS, ByteAcc, NoLock, Preserve) { AAAA, 8, BBBB, 8 }
    Scope (\\_SB) { Device (PCI0) {
      Name (_HID, EisaId ("PNP0A08")) Name (_UID, 0) ${names}
      Method (_CRS) {
        If (AAAA == 1) { Return (RT00) }
        If (BBBB < 3) { Return (RT01) }
        Return (RT02)
      }
    } }
  }`;
}

interface Answer {
  readonly bridges: readonly {
    readonly windows: readonly {
      space: string;
      base: string;
      last: string;
      when?: string;
      certainty: string;
    }[];
    readonly changed: readonly { did: string; into?: string; when?: string }[];
  }[];
}

/** Of a kernel that leaves windows apart that continue each other: of those that may be there it is only told that they would be one. */
async function ask(...options: readonly string[]): Promise<Answer['bridges'][0]> {
  const { status, stdout, stderr } = await run(
    ['bridges', 'a.asl', '--format', 'json', '--kernel', '5.14', ...options],
    { cwd: folder },
  );
  expect([status, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as Answer).bridges[0]!;
}

const CONTENTS = [
  [1, 0],
  [1, 3],
  [0, 0],
  [2, 2],
  [0, 3],
  [255, 255],
] as const;

test('in each content', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(range, { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
      async (lists) => {
        writeFileSync(join(folder, 'a.asl'), asl(lists));
        const open = await ask();
        for (const [a, b] of CONTENTS) {
          const set = await ask('--set', `AAAA=${a}`, '--set', `BBBB=${b}`);
          const isSo = ({ when }: { when?: string }): boolean =>
            when === undefined || holdsText(when, (name) => BigInt({ AAAA: a, BBBB: b }[name]!));
          const windows = (bridge: Answer['bridges'][0]) =>
            bridge.windows.filter(isSo).map(({ space, base, last }) => `${space} ${base}-${last}`);
          expect(windows(open).sort()).toEqual(windows(set).sort());
          expect(set.windows.every(({ certainty }) => certainty === 'certain')).toBe(true);
          const changes = (bridge: Answer['bridges'][0]) =>
            [...new Set(bridge.changed.filter(isSo).map(({ did, into }) => `${did} ${into}`))].sort();
          expect(changes(open)).toEqual(changes(set));
        }
      },
    ),
    { numRuns: runs(8) },
  );
}, 120_000);
