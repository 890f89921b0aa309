/**
 * What facts, options and tables make of the machine and its kernel for the question about host bridges. What is expected
 * is pci_acpi_crs_quirks() of arch/x86/pci/acpi.c by release, and that no processor has less address bits than are seen.
 */
import { describe, expect, test } from 'vitest';
import type { MachineFacts, Strength } from '../../../src/evidence/facts.ts';
import type { MemoryMapEntry } from '../../../src/evidence/values.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { releaseIs } from '../../../src/linux/release-choice.ts';
import { type Condition, DecisionContext, formatCondition, not } from '../../../src/symbolic/index.ts';
import type { GivenFacts } from '../../../src/verdict/given.ts';
import {
  type BridgeOptions,
  type BridgeSituation,
  bridgeSituation,
} from '../../../src/verdict/host-bridge/situation.ts';
import type { Machine } from '../../../src/window/describe.ts';
import { observedFact, read } from '../../evidence/artifacts.ts';

const none = read().evidence;
const fact = <T>(value: T, strength: Strength = 'observed') => ({ ...observedFact(value), strength });
const machine = (architecture?: string, trees = 0, tables = 1): Machine =>
  ({
    artifacts: [],
    trees: Array.from({ length: trees }, () => ({})),
    acpi: architecture && { architecture, tables: Array.from({ length: tables }, () => ({})) },
    windows: [],
  }) as never;
const PC = machine('x86');
const asked = (
  facts: Partial<MachineFacts> = {},
  { on = PC, given = {}, options = {} }: { on?: Machine; given?: GivenFacts; options?: BridgeOptions } = {},
): BridgeSituation => bridgeSituation(on, given, options, { ...none, ...facts });
const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
/** Constraints other than that of the release. */
const constraints = (situation: BridgeSituation): string[] =>
  situation.constraints
    .filter(({ id }) => !id.startsWith('release'))
    .map(({ id, kind, condition }) => `${kind} ${id}: ${formatCondition(condition)}`);

test.each<[string, Machine, readonly string[], string]>([
  ['that of the tables', machine('riscv'), ['x86_64'], 'riscv'],
  ['without a table, that of the log', machine('riscv', 0, 0), ['x86_64'], 'x86'],
  ['that of the log, also beside a tree', machine(undefined, 1), ['x86_64'], 'x86'],
  ['arm64 by the log', machine(), ['arm64'], 'arm64'],
  ['what has a tree is no PC', machine(undefined, 1), [], 'arm64'],
  ['a tree, whatever else is named', machine(undefined, 1), ['ppc64'], 'arm64'],
  ['nothing known', machine(), [], 'x86'],
  ['something else', machine(), ['ppc64'], 'x86'],
])('the architecture: %s', (_, on, named, is) => {
  expect(asked({ architectures: named.map((name) => fact(name)) }, { on }).architecture.name).toBe(is);
});

describe('address bits', () => {
  const node = (last: bigint) => ({ start: 0n, last, name: 'x', depth: 0, children: [], fact: fact('') });
  const window = (last: bigint, space: 'memory' | 'io' = 'memory') =>
    fact({ bus: '0000:00', space, start: 0n, last });

  test('by option; on others than x86 all of them', () => {
    expect(asked({}, { options: { addressBits: 39 } }).lastAddress).toBe(0x7f_ffff_ffffn);
    expect(asked({}, { on: machine('arm64'), options: { addressBits: 39 } }).lastAddress).toBe(
      0xffff_ffff_ffff_ffffn,
    );
    expect(asked().lastAddress).toBeUndefined();
    const seen = { iomem: [node(1n << 40n)] };
    expect(constraints(asked(seen, { options: { addressBits: 39 } }))).toEqual([]);
    expect(constraints(asked(seen, { on: machine('arm64') }))).toEqual([]);
  });

  // The bits that processors have: 36, 38, 39, 40, 42, 43, 44, 45, 46, 48, 52.
  test.each<[bigint, string | undefined]>([
    [1n, undefined],
    [(1n << 36n) - 1n, undefined],
    [1n << 36n, '>= 38'],
    [(1n << 38n) - 1n, '>= 38'],
    [1n << 38n, '>= 39'],
    [(1n << 42n) - 1n, '>= 42'],
    [1n << 42n, '>= 43'],
    [1n << 46n, '>= 48'],
    [1n << 48n, '>= 52'],
    [(1n << 52n) - 1n, '>= 52'],
    [1n << 52n, undefined],
  ])('with something seen up to %d', (last, is) => {
    const expected = is === undefined ? [] : [`fact address-bits: address_bits ${is}`];
    for (const facts of [{ iomem: [node(last)] }, { pciWindows: [window(last)] }]) {
      const situation = asked(facts);
      expect(constraints(situation)).toEqual(expected);
      expect(situation.lastAddress).toBeUndefined();
    }
  });

  test('the highest counts, and ports do not', () => {
    const both = { iomem: [node(1n << 36n), node(1n << 38n), node(0n)], pciWindows: [window(1n << 37n)] };
    const [found] = asked(both).constraints.filter(({ id }) => id === 'address-bits');
    expect(found!.text).toBe('the processor has more than 38 physical address bits');
    expect(constraints(asked({ pciWindows: [window(1n << 36n, 'io')] }))).toEqual([]);
  });
});

test('the year of the firmware, as far as it is asked for', () => {
  const of = (...years: number[]) => constraints(asked({ biosYears: years.map((year) => fact(year)) }));
  expect(of(2022)).toEqual(['fact bios-year: BIOS_year < 2023']);
  expect(of(2023)).toEqual(['fact bios-year: BIOS_year >= 2023']);
  expect(of(2024, 2001)).toEqual(['fact bios-year: BIOS_year >= 2023']);
  expect(of()).toEqual([]);
});

describe('windows of _CRS', () => {
  const rule = (value: 'nocrs' | 'use_crs' | 'no_e820' | 'use_e820', strength: Strength) =>
    fact(value, strength);
  const DELL = 'Dell Inc. Studio 1557/0KM426, BIOS A09 07/28/2010';

  test('what the kernel printed last beats options', () => {
    const printed = asked({ pciRules: [rule('use_crs', 'observed'), rule('nocrs', 'observed')] });
    expect(printed.crs).toEqual({ uses: false, why: 'as logged' });
    expect(ids(printed.rules)).toEqual(['crs-rule-printed']);
    expect(printed.rules[0]!.says).toBe('The kernel logged that it ignores host bridge windows from ACPI.');
    expect(printed.assumptions).toEqual([]);
    const uses = asked({
      pciRules: [rule('use_crs', 'observed'), rule('no_e820', 'observed'), rule('nocrs', 'given')],
    });
    expect(uses.crs.uses).toBe(true);
    expect(uses.rules[0]!.says).toBe('The kernel logged that it uses host bridge windows from ACPI.');
  });

  test('by option and DMI where there is a command line, else it is assumed', () => {
    const line = { commandLines: [fact('root=/dev/vda')] };
    expect(asked().crs.uses).toBe(true);
    expect(asked().rules).toEqual([]);
    expect(asked().assumptions.map(({ otherwise }) => otherwise)).toEqual([
      'with pci=nocrs the windows of ACPI are ignored; the "Command line:" and "DMI:" lines of a log tell',
    ]);
    expect(asked(line).assumptions).toEqual([]);
    expect(asked(line).rules.map(({ says }) => says)).toEqual([
      'Linux uses host bridge windows from _CRS: Linux takes windows from _CRS since firmware of 2008.',
    ]);
    const off = asked({ ...line, pciRules: [rule('nocrs', 'given')] });
    expect(off.crs.uses).toBe(false);
    expect(off.rules[0]!.says).toMatch(/^Linux ignores /);
    expect(off.rules[0]!.evidence).toHaveLength(2);
    expect(asked({ dmi: [fact('x'), fact(DELL)] }).crs.uses).toBe(false);
    expect(asked({ dmi: [fact(DELL), fact('x')] }).crs.uses).toBe(true);
  });

  test('the year counts where the processor addresses 4 GiB, which is not assumed', () => {
    const old = { biosYears: [fact(2007)] };
    expect(asked(old).crs.uses).toBe(true);
    expect(asked(old, { options: { addressBits: 33 } }).crs.uses).toBe(true);
    expect(asked(old, { options: { addressBits: 32 } }).crs.uses).toBe(false);
    expect(asked({ biosYears: [fact(2008)] }, { options: { addressBits: 32 } }).crs.uses).toBe(true);
  });

  test('only x86 has the option', () => {
    const arm = asked({ pciRules: [rule('nocrs', 'observed')] }, { on: machine('arm64') });
    expect(arm.crs).toEqual({ uses: true, why: 'only x86 has pci=nocrs' });
    expect(arm.rules).toEqual([]);
  });

  test('_SEG of an HP xw9300 (set_ignore_seg)', () => {
    const XW = 'Hewlett-Packard HP xw9300 Workstation/08A4, BIOS 786B7 v2.09 01/01/2007';
    expect(asked({ dmi: [fact(XW)] }).ignoresSegment).toBe(true);
    expect(ids(asked({ dmi: [fact(XW)] }).rules)).toEqual(['segment-ignored']);
    expect(asked({ dmi: [fact('HP xw9400')] }).ignoresSegment).toBeUndefined();
    expect(asked({ dmi: [fact(XW)] }, { on: machine('arm64') }).rules).toEqual([]);
  });
});

test('what is not known of memory', () => {
  const entry = fact({ base: 0n, size: 1n, type: 'ram', name: '', map: 'e820' } as const);
  const iomem = [{ start: 0n, last: 1n, name: 'x', depth: 0, children: [], fact: fact('') }];
  const said = (facts: Partial<MachineFacts>, on = PC) =>
    asked(facts, { on }).premises.map(({ defeatedBy }) => defeatedBy);
  expect(said({})).toEqual(['/proc/iomem, or a log with the memory map']);
  expect(said({ memoryMap: [entry] })).toEqual(['/proc/iomem']);
  expect(said({ memoryMap: [entry] }, machine('arm64'))).toEqual([]);
  expect(said({}, machine('arm64'))).toHaveLength(1);
  expect(said({ iomem })).toEqual([]);
  expect(said({}, machine())).toEqual([]);
  expect(said({}, machine('x86', 0, 0))).toEqual([]);
});

describe('whether E820 keeps BARs out', () => {
  /** In each release, for firmware of 2022 and of 2023: `yes`, `no`, or `by year`. */
  const counts = (situation: BridgeSituation, release: string): string => {
    const context = new DecisionContext();
    const { counts: condition } = situation.e820;
    const is = releaseIs(parseRelease(release)!);
    const given = [is, ...situation.constraints.map((each) => each.condition)];
    const may = (what: Condition): boolean => context.possible([...given, what]) !== false;
    if (!may(condition)) return 'no';
    return may(not(condition) as Condition) ? 'by year' : 'yes';
  };
  const rows = (facts: Partial<MachineFacts>, on = PC): string =>
    ['5.10.262', '5.18', '5.19', '6.12'].map((release) => counts(asked(facts, { on }), release)).join(', ');
  const rule = (value: 'no_e820' | 'use_e820' | 'nocrs', strength: Strength) => fact(value, strength);
  const ACER = 'Acer Spin SP513-54N/Caboom_IL, BIOS V1.09 01/01/2021';

  test.each<[string, Partial<MachineFacts>, string]>([
    ['nothing known', {}, 'yes, yes, by year, by year'],
    ['firmware of 2022', { biosYears: [fact(2022)] }, 'yes, yes, yes, yes'],
    ['firmware of 2023', { biosYears: [fact(2023)] }, 'yes, yes, no, no'],
    ['pci=no_e820', { pciRules: [rule('no_e820', 'given')] }, 'yes, yes, no, no'],
    [
      'pci=use_e820, firmware of 2023',
      { pciRules: [rule('use_e820', 'given')], biosYears: [fact(2023)] },
      'yes, yes, yes, yes',
    ],
    [
      'the last option',
      { pciRules: [rule('no_e820', 'given'), rule('use_e820', 'given')] },
      'yes, yes, yes, yes',
    ],
    ['another option', { pciRules: [rule('nocrs', 'given')] }, 'yes, yes, by year, by year'],
    ['printed', { pciRules: [rule('use_e820', 'observed'), rule('no_e820', 'given')] }, 'yes, yes, yes, yes'],
    [
      'printed that not',
      { pciRules: [rule('no_e820', 'observed')], biosYears: [fact(2020)] },
      'no, no, no, no',
    ],
    [
      'the last that was printed',
      { pciRules: [rule('no_e820', 'observed'), rule('use_e820', 'observed')] },
      'yes, yes, yes, yes',
    ],
    ['another rule printed', { pciRules: [rule('nocrs', 'observed')] }, 'yes, yes, by year, by year'],
    ['a machine for which it is off', { dmi: [fact(ACER)], biosYears: [fact(2020)] }, 'yes, yes, no, no'],
    ['another machine', { dmi: [fact('x')] }, 'yes, yes, by year, by year'],
    [
      'an option beats the machine',
      { dmi: [fact(ACER)], pciRules: [rule('use_e820', 'given')] },
      'yes, yes, yes, yes',
    ],
  ])('%s', (_, facts, expected) => {
    expect(rows(facts)).toBe(expected);
    expect(rows(facts, machine('arm64'))).toBe('no, no, no, no');
  });

  test('says why', () => {
    const why = (facts: Partial<MachineFacts>, on = PC): readonly [string, number] => {
      const { e820 } = asked(facts, { on });
      return [e820.why, e820.evidence.length];
    };
    expect(why({})[0]).toMatch(/^by release and the year/);
    expect(why({ pciRules: [rule('no_e820', 'observed')] })).toEqual(['as logged', 1]);
    expect(why({ pciRules: [rule('no_e820', 'given')] })).toEqual([
      "pci=no_e820, which kernels before 5.19 don't have",
      1,
    ]);
    expect(why({ dmi: [fact(ACER)] })).toEqual(['the machine is a Acer Spin SP513-54N', 1]);
    expect(why({}, machine('arm64'))).toEqual(['there is no E820', 0]);
  });

  // efi_remove_e820_mmio(), since 6.2: reserved entries within MMIO of EFI of 256 KiB and more.
  const entry = (map: 'e820' | 'efi', type: 'reserved' | 'mmio', base: bigint, size: bigint) =>
    fact<MemoryMapEntry>({ base, size, type, name: type, map });
  const kept = (
    memoryMap: MachineFacts['memoryMap'],
    removed: readonly [bigint, bigint][] = [],
  ): string[] => {
    const e820Removals = removed.map(([start, last]) => fact({ start, last }));
    return ['6.1', '6.2'].map((release) => {
      const situation = asked({ memoryMap, e820Removals }, { given: { release } });
      const context = new DecisionContext();
      const given = situation.constraints.map(({ condition }) => condition);
      return situation.e820.entries
        .map(({ entry: { base }, when }) =>
          context.possible([...given, when]) === false ? `not ${base}` : `${base}`,
        )
        .join();
    });
  };

  test('entries are those of E820; those that the kernel takes out count before 6.2', () => {
    const E = entry('e820', 'reserved', 1000n, 100n);
    const K = 0x4_0000n;
    expect(kept([E])).toEqual(['1000', '1000']);
    expect(kept([E, entry('efi', 'mmio', 900n, K)])).toEqual(['1000', 'not 1000']);
    expect(kept([E, entry('efi', 'mmio', 900n, K - 1n)])).toEqual(['1000', '1000']);
    expect(kept([entry('efi', 'reserved', 0n, 1n)])).toEqual(['', '']);
    // As the log has it: `e820: remove [mem …]`.
    expect(kept([E], [[1000n, 1099n]])).toEqual(['1000', 'not 1000']);
    expect(kept([E], [[999n, 1100n]])).toEqual(['1000', 'not 1000']);
    expect(kept([E], [[1000n, 1098n]])).toEqual(['1000', '1000']);
    expect(kept([E], [[1001n, 1099n]])).toEqual(['1000', '1000']);
    expect(kept([E, entry('e820', 'reserved', 5000n, 1n)], [[1000n, 1099n]])).toEqual([
      '1000,5000',
      'not 1000,5000',
    ]);
  });

  test('a kernel that is known to take them out', () => {
    const memoryMap = [entry('e820', 'reserved', 1000n, 100n), entry('efi', 'mmio', 900n, 0x4_0000n)];
    const has = asked({ memoryMap }, { given: { withCommits: ['07eab0901ede'] } });
    expect(has.e820.entries.map(({ when }) => when)).toEqual([0n]);
    const lacks = asked({ memoryMap }, { given: { withoutCommits: ['07eab0901ede'] } });
    expect(lacks.e820.entries.map(({ when }) => when)).toEqual([1n]);
  });
});
