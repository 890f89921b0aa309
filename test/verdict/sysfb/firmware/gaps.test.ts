/**
 * What Hyper-V's firmware and SRAT say of gaps whose bounds a table leaves open. The authority's condition is held against
 * its rule, written out for values around each bound.
 */
import { describe, expect, test } from 'vitest';
import type { CrsEntry } from '../../../../src/acpi/crs/crs.ts';
import type {
  FieldValues,
  ResourceDescriptor,
  ResourceType,
} from '../../../../src/acpi/resources/descriptor.ts';
import type { AcpiTable } from '../../../../src/acpi/tables/table.ts';
import { type Condition, compare, DecisionContext, type Quantity } from '../../../../src/symbolic/index.ts';
import { firmwareAuthority } from '../../../../src/verdict/sysfb/situation/firmware-authority.ts';
import { gapsDefault, shownGaps } from '../../../../src/verdict/sysfb/situation/srat.ts';
import type { AcpiSubject } from '../../../../src/verdict/sysfb/subject.ts';
import { littleEndian, table } from '../../../acpi/tables/made-tables.ts';
import { observedFact as fact, read } from '../../../evidence/artifacts.ts';
import { fieldOf } from '../../../symbolic/fields.ts';

const none = read().evidence;
const MIB = 1n << 20n;
const GIB = 1n << 30n;
const [B, L, HB, HL] = [
  fieldOf('MG2B'),
  fieldOf('MG2L'),
  fieldOf('HMIB', { bits: 64 }),
  fieldOf('HMIL', { bits: 64 }),
] as const;

const descriptor = (
  type: ResourceType,
  min: Quantity,
  length: Quantity,
  more: FieldValues = {},
): ResourceDescriptor => ({ type, fields: { space: 'memory', min, max: 0n, length, ...more } }) as never;
const low = (min: Quantity, length: Quantity) => descriptor('dword-address', min, length);
const high = (min: Quantity, length: Quantity) => descriptor('qword-address', min, length);
const subject = (...levels: readonly (readonly ResourceDescriptor[])[]): AcpiSubject =>
  ({ levels: levels.map((resources) => ({ path: '', entry: { resources } as Partial<CrsEntry> })) }) as never;
const alternatives = (...ways: readonly (readonly ResourceDescriptor[])[]): AcpiSubject =>
  ({
    levels: [{ path: '', entry: { resources: [], alternatives: ways.map((resources) => ({ resources })) } }],
  }) as never;

/** Does the condition hold where the fields have these values? */
function holds(condition: Condition, values: readonly (readonly [Quantity, bigint])[]): boolean {
  const given = values.map(([field, value]) => compare('eq', field, value) as Condition);
  return new DecisionContext().possible([...given, condition]) !== false;
}

describe("Hyper-V's gaps", () => {
  const condition = (...of: readonly ResourceDescriptor[]): Condition =>
    firmwareAuthority(subject(of))[0]!.condition;

  // There is none, or it is between 1 MiB and 4 GiB and has 128 MiB.
  test.each<[bigint, bigint, boolean]>([
    [0n, 0n, true],
    [0x1234n, 0n, true],
    [MIB, 128n * MIB, true],
    [MIB - 1n, 128n * MIB, false],
    [MIB, 128n * MIB - 1n, false],
    [4n * GIB - 128n * MIB, 128n * MIB, true],
    [4n * GIB - 128n * MIB + 1n, 128n * MIB, false],
    [0xf800_0000n, 1n, false],
    [0xffff_ffffn, 0xffff_ffffn, false],
  ])('low at %d with %d bytes: %s', (base, length, is) => {
    expect(
      holds(condition(low(B, L)), [
        [B, base],
        [L, length],
      ]),
    ).toBe(is);
  });

  // There is none, and then both are 0, or it is at 4 GiB or above and ends within 64 bits.
  test.each<[bigint, bigint, boolean]>([
    [0n, 0n, true],
    [1n, 0n, false],
    [0n, 1n, false],
    [4n * GIB, 1n, true],
    [4n * GIB - 1n, 1n, false],
    [4n * GIB, 0n, true],
    [(1n << 64n) - GIB, GIB, true],
    [(1n << 64n) - GIB, GIB + 1n, false],
  ])('high at %d with %d bytes: %s', (base, length, is) => {
    expect(
      holds(condition(high(HB, HL)), [
        [HB, base],
        [HL, length],
      ]),
    ).toBe(is);
  });

  test('where only one bound is open', () => {
    expect(holds(condition(low(0xf800_0000n, L)), [[L, 128n * MIB]])).toBe(true);
    expect(holds(condition(low(0xf800_0000n, L)), [[L, 128n * MIB + 1n]])).toBe(false);
    expect(holds(condition(low(B, 128n * MIB)), [[B, 0n]])).toBe(false);
  });

  test('of all levels and all outcomes, with the names of what is open', () => {
    const all = firmwareAuthority(subject([low(B, L)], [high(HB, HL)]));
    expect(all).toMatchObject([{ id: 'gen2-gaps', kind: 'authority' }]);
    expect(all[0]!.text).toMatch(/^MG2L, MG2B, HMIL, HMIB are Hyper-V's /);
    expect(
      holds(all[0]!.condition, [
        [B, 0n],
        [L, 1n],
      ]),
    ).toBe(false);
    expect(
      holds(all[0]!.condition, [
        [HB, 0n],
        [HL, 1n],
      ]),
    ).toBe(false);
    const ways = firmwareAuthority(alternatives([low(B, L)], [high(HB, HL)]))[0]!;
    expect(ways.text).toMatch(/^MG2L, MG2B, HMIL, HMIB are/);
  });

  test.each<[string, readonly ResourceDescriptor[]]>([
    ['known bounds', [low(0xf800_0000n, MIB), high(0n, 0n)]],
    ['other descriptors', [descriptor('memory32', B, L), descriptor('word-address', B, L)]],
    ['no length', [{ type: 'dword-address', fields: { min: B } } as never]],
    ['no minimum', [{ type: 'dword-address', fields: { length: L } } as never]],
    ['nothing', []],
  ])('nothing of %s', (_, of) => {
    expect(firmwareAuthority(subject(of))).toEqual([]);
  });

  test('nothing of a level without _CRS', () => {
    expect(firmwareAuthority({ levels: [{ path: '', entry: undefined }] } as never)).toEqual([]);
  });
});

describe('the gaps that SRAT leaves', () => {
  /** Enabled memory affinity structures, hotpluggable (ACPI 6.5, 5.2.16.2). */
  const srat = (...ranges: readonly (readonly [base: bigint, size: bigint])[]): AcpiTable => {
    const body = ranges.flatMap(([base, size]) => [
      ...[
        1,
        40,
        ...littleEndian(0, 6),
        ...littleEndian(base, 8),
        ...littleEndian(size, 8),
        ...littleEndian(0, 4),
      ],
      ...[...littleEndian(3, 4), ...littleEndian(0, 8)],
    ]);
    const bytes = table('SRAT', [...littleEndian(1, 4), ...littleEndian(0, 8), ...body]);
    return { signature: 'SRAT', name: 'SRAT', bytes } as never;
  };
  const LOW: readonly [bigint, bigint] = [0n, 0xf800_0000n];
  const ABOVE: readonly [bigint, bigint] = [4n * GIB, 4n * GIB];
  const line = (start: bigint, last: bigint) => fact({ start, last, hotplug: true });

  test('by the table, else by the log', () => {
    expect(shownGaps([], none)).toBeUndefined();
    const shown = shownGaps([srat(LOW, ABOVE)], none)!;
    expect(shown.gaps).toContainEqual({ base: 0xf800_0000n, size: 0x800_0000n, class: 'low' });
    expect(shown.evidence).toEqual({ text: 'the ranges of SRAT' });
    const logged = { ...none, srat: [line(0n, 0xefff_ffffn), line(4n * GIB, 8n * GIB - 1n)] };
    expect(shownGaps([], logged)!.gaps[0]).toEqual({ base: 0xf000_0000n, size: 0x1000_0000n, class: 'low' });
    expect(shownGaps([srat(LOW, ABOVE)], logged)!.gaps[0]!.base).toBe(0xf800_0000n);
    // A table that leaves none is as none, and other tables are no SRAT.
    expect(shownGaps([srat()], logged)!.gaps[0]!.base).toBe(0xf000_0000n);
    expect(shownGaps([{ ...srat(LOW, ABOVE), signature: 'SLIT' } as never], none)).toBeUndefined();
    expect(
      shownGaps([], { ...none, srat: [line(0n, 0xffn)] })?.gaps.some(({ class: is }) => is === 'low') ??
        false,
    ).toBe(false);
  });

  const GAPS = {
    gaps: [
      { base: 0xf800_0000n, size: 0x800_0000n, class: 'low' },
      { base: 0xf_0000_0000n, size: GIB, class: 'high' },
    ],
    evidence: { text: 'the ranges of SRAT' },
  } as const;
  const assumed = (
    of: AcpiSubject,
    gaps:
      | typeof GAPS
      | { gaps: readonly (typeof GAPS.gaps)[number][]; evidence: typeof GAPS.evidence } = GAPS,
  ) => gapsDefault(of, gaps);

  test('are what is open, each kind by its own', () => {
    const found = assumed(subject([low(B, L)], [high(HB, HL)]))!;
    const values: [Quantity, bigint][] = [
      [B, 0xf800_0000n],
      [L, 0x800_0000n],
      [HB, 0xf_0000_0000n],
      [HL, GIB],
    ];
    expect(holds(found.assumed.condition, values)).toBe(true);
    values.forEach(([field, value], at) => {
      const other = values.map((each, i): [Quantity, bigint] => (i === at ? [field, value + 1n] : each));
      expect(holds(found.assumed.condition, other)).toBe(false);
    });
    expect(found.assumed.text).toMatch(
      /^MG2B, MG2L, HMIB, HMIL are the gaps in SRAT: \[mem 0xf8000000-0xffffffff\] and /,
    );
    expect(found.rule.id).toBe('srat-gaps');
    expect(found.rule.says).toContain('[mem 0xf8000000-0xffffffff] and [mem 0xf00000000-0xf3fffffff]');
    expect(found.rule.evidence).toMatchObject([{ text: 'the ranges of SRAT' }]);
    // Only what is used is told.
    expect(assumed(subject([low(B, L)]))!.rule.says).not.toContain('0xf00000000');
    expect(assumed(alternatives([low(B, L)], [high(HB, HL)]))!.assumed.text).toMatch(
      /^MG2B, MG2L, HMIB, HMIL/,
    );
  });

  test('a bound that is known has to be that of the gap', () => {
    const [base, other] = [0xf800_0000n, 0xf000_0000n];
    expect(assumed(subject([low(base, L)]))!.assumed.text).toMatch(/^MG2L are/);
    expect(assumed(subject([low(other, L)]))).toBeUndefined();
    expect(assumed(subject([low(B, 0x800_0000n)]))!.assumed.text).toMatch(/^MG2B are/);
    expect(assumed(subject([low(B, 0x700_0000n)]))).toBeUndefined();
    expect(assumed(subject([low(base, 0x800_0000n)]))).toBeUndefined();
  });

  test('nothing where a window of known bounds is in the gap: then it is that one, or both together', () => {
    const own = (min: bigint, max: bigint) => descriptor('dword-address', min, max - min + 1n, { max });
    expect(assumed(subject([own(0xfa00_0000n, 0xfaff_ffffn)], [low(B, L)]))).toBeUndefined();
    expect(assumed(subject([low(B, L)], [own(0xf000_0000n, 0xf800_0000n)]))).toBeUndefined();
    expect(assumed(alternatives([low(B, L)], [own(0xffff_fffen, 0xffff_ffffn)]))).toBeUndefined();
    // The other gap is as before, and so are windows beside the gap and empty ones.
    expect(
      assumed(subject([own(0xfa00_0000n, 0xfaff_ffffn), low(B, L), high(HB, HL)]))!.assumed.text,
    ).toMatch(/^HMIB, HMIL are/);
    expect(assumed(subject([own(0xf000_0000n, 0xf7ff_ffffn), low(B, L)]))!.assumed.text).toMatch(/^MG2B/);
    expect(assumed(subject([low(0n, 0n), low(B, L)]))!.assumed.text).toMatch(/^MG2B/);
  });

  test('nothing where there are several of a kind, or none, or no range', () => {
    const [first, second] = GAPS.gaps;
    expect(assumed(subject([low(B, L)]), { ...GAPS, gaps: [first, first] })).toBeUndefined();
    expect(assumed(subject([low(B, L)]), { ...GAPS, gaps: [second] })).toBeUndefined();
    expect(assumed(subject([high(HB, HL)]), { ...GAPS, gaps: [first] })).toBeUndefined();
    expect(assumed(subject([descriptor('memory32', B, L)]))).toBeUndefined();
    expect(assumed(subject([{ type: 'dword-address', fields: { min: B } } as never]))).toBeUndefined();
    expect(assumed({ levels: [{ path: '', entry: undefined }] } as never)).toBeUndefined();
  });
});
