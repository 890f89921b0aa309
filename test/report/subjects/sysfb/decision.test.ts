/** The table of cases, and what would settle it. */
import { describe, expect, test } from 'vitest';
import { releaseFrom } from '../../../../src/linux/release-choice.ts';
import { Conditions } from '../../../../src/report/conditions.ts';
import {
  decisionClauses,
  decisionTable,
  settleTable,
} from '../../../../src/report/subjects/sysfb/decision.ts';
import { allOf, anyOf, type Condition, not, opaque } from '../../../../src/symbolic/index.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import { equals, fieldOf, sectionsOf, verdictOf } from '../made.ts';

type Case = Verdict['conditions'][number];
const caseOf = (when: Condition, more: Partial<Case> = {}): Case => ({
  when,
  answer: 'needed',
  effective: true,
  because: 'b',
  ...more,
});
const [A, B] = [equals(fieldOf('AAAA'), 1n), equals(fieldOf('BBBB', 0x1100n), 1n)];
const OLD = not(releaseFrom('5.19')) as Condition;
const NEW = releaseFrom('5.19');

describe('the table', () => {
  const blocks = (conditions: Case[], full = false, answer: Verdict['answer'] = 'depends') =>
    decisionTable(verdictOf({ answer, conditions }), new Conditions(), full);
  const rows = (conditions: Case[], full = false) => sectionsOf(blocks(conditions, full))[''];
  const titles = (conditions: Case[], full = false): string[] =>
    blocks(conditions, full).flatMap((block) =>
      block.kind === 'table' ? block.columns.map(({ title }) => title) : [],
    );

  test('nothing where all comes to one outcome; under a heading where the answer is not that it depends', () => {
    expect(blocks([])).toEqual([]);
    expect(Object.keys(sectionsOf(blocks([caseOf(A)])))).toEqual(['']);
    expect(Object.keys(sectionsOf(blocks([caseOf(A)], false, 'needed')))).toEqual(['Case by case']);
  });

  test('fields in one column, choices beside them, where rows share fields', () => {
    const shared = [caseOf(allOf([A, NEW])), caseOf(allOf([A, OLD]), { answer: 'not-needed' })];
    expect(titles(shared)).toEqual(['if', 'and', 'CONFIG_SYSFB']);
    expect(rows(shared)).toEqual([
      ['AAAA == 1', '5.19 and newer', 'needed'],
      ['', 'before 5.19', 'not needed'],
    ]);
  });

  test('rows of the same fields stand together', () => {
    const apart = [caseOf(allOf([A, NEW])), caseOf(allOf([B, NEW])), caseOf(allOf([A, OLD]))];
    expect(rows(apart)!.map((row) => row.slice(0, 2))).toEqual([
      ['AAAA == 1', '5.19 and newer'],
      ['', 'before 5.19'],
      ['BBBB == 1', '5.19 and newer'],
    ]);
  });

  test('in one column where none shares', () => {
    const different = [caseOf(allOf([A, NEW])), caseOf(allOf([B, OLD]))];
    expect(titles(different)).toEqual(['if', 'CONFIG_SYSFB']);
    expect(rows(different)).toEqual([
      ['AAAA == 1 and release >= 5.19', 'needed'],
      ['BBBB == 1 and release < 5.19', 'needed'],
    ]);
    // A row of one kind says what it is by itself.
    expect(rows([caseOf(NEW), caseOf(allOf([A, OLD]))])!.map(([when]) => when)).toEqual([
      'Linux 5.19 and newer',
      'AAAA == 1 and release < 5.19',
    ]);
    expect(rows([caseOf(OLD), caseOf(allOf([A, NEW]))])!.map(([when]) => when)).toEqual([
      'Linux before 5.19',
      'AAAA == 1 and release >= 5.19',
    ]);
    expect(rows([caseOf(A), caseOf(allOf([B, NEW]))])![0]![0]).toBe('AAAA == 1');
  });

  test('alternatives are not taken apart', () => {
    expect(rows([caseOf(anyOf([A, NEW]))])![0]).toEqual(['AAAA == 1, or release >= 5.19', '', 'needed']);
  });

  test('what is longer than 160 characters has a name', () => {
    // `FNNN == 1` has nine characters, ` and ` five: of eleven fields 149, of twelve 163.
    const many = (count: number): Condition =>
      allOf(Array.from({ length: count }, (_, at) => equals(fieldOf(`F${100 + at}`, BigInt(at * 4)), 1n)));
    const text = (condition: Condition): string => rows([caseOf(condition), caseOf(A)])![0]![0]!;
    expect(text(many(11))).toHaveLength(149);
    expect(text(many(12))).toBe('[C1]');
    // `5.19 and newer` has fourteen more, `before 5.19` eleven: 163 and 160.
    expect(rows([caseOf(allOf([many(11), NEW])), caseOf(A)])![0]).toEqual(['[C1]', '', 'needed']);
    expect(rows([caseOf(allOf([many(11), OLD])), caseOf(many(11))])!.map((row) => row[1])).toEqual([
      'before 5.19',
      '',
    ]);
  });

  test('each outcome with its caveat, and what it rests on where all is asked for', () => {
    const outcome = (more: Partial<Case>, full = false): string[] =>
      rows([caseOf(A, more)], full)![0]!.slice(2);
    expect(outcome({ effective: true })).toEqual(['needed']);
    expect(outcome({ effective: null })).toEqual(['needed']);
    expect(outcome({ effective: false })).toEqual(['needed (CONFIG_SYSFB has no effect)']);
    expect(outcome({ answer: 'not-needed', effective: false })).toEqual(['not needed']);
    expect(outcome({ answer: 'depends', effective: false })).toEqual(['depends: b']);
    expect(outcome({ answer: 'unknown' })).toEqual(['unknown']);
    expect(outcome({}, true)).toEqual(['needed', 'b']);
    expect(titles([caseOf(A)], true).at(-1)).toBe('because');
  });

  test('as clauses', () => {
    const conditions = [caseOf(A, { answer: 'not-needed' }), caseOf(NEW, { effective: false })];
    expect(decisionClauses(verdictOf({ conditions }), new Conditions())).toEqual([
      'not needed if AAAA == 1',
      'needed (CONFIG_SYSFB has no effect) on Linux 5.19 and newer',
    ]);
  });
});

describe('what would settle it', () => {
  const settle = (names: string[], fields: Condition[], more: Partial<Verdict> = {}) =>
    sectionsOf(
      settleTable(
        verdictOf({
          machine: { platform: 'pc', boot: 'efi', vtl: null },
          conditions: fields.map((when) => caseOf(when)),
          toSettle: names.map((what) => ({ what, how: `settle ${what}`, decides: { rows: 1, of: 1 } })),
          ...more,
        }),
      ),
    )['To settle it'];
  const at = (name: string, address?: bigint | null, space?: string): Condition =>
    equals(fieldOf(name, address, space), 1n);

  test('nothing where nothing is open', () => {
    expect(settle([], [A])).toBeUndefined();
  });

  test('what is no field as the verdict says it', () => {
    expect(settle(['release'], [allOf([A, NEW])])).toEqual([['release', 'settle release']]);
    // A field that the verdict does not name is not to be settled.
    expect(settle(['release', 'AAAA'], [NEW])).toEqual([
      ['release', 'settle release'],
      ['AAAA', 'settle AAAA'],
    ]);
  });

  test('fields together: by memory from the lowest address on, or by their values', () => {
    expect(settle(['AAAA', 'BBBB'], [at('AAAA', 0x2000n), at('BBBB', 0x1000n)])).toEqual([
      ['AAAA, BBBB', '--memory DUMP@0x1000, or --set AAAA=... --set BBBB=...'],
    ]);
    expect(settle(['AAAA', 'BBBB'], [at('AAAA', 0x1000n), at('BBBB', 0x2000n)])![0]![1]).toContain(
      '@0x1000,',
    );
    expect(settle(['AAAA'], [at('AAAA', 0n)])![0]![1]).toBe('--memory DUMP@0x0, or --set AAAA=...');
  });

  test('by values alone where one is not in memory, or has no address', () => {
    expect(settle(['AAAA', 'BBBB'], [A, at('BBBB', 0x10n, 'PCI_Config')])).toEqual([
      ['AAAA, BBBB', '--set AAAA=... --set BBBB=...'],
    ]);
    expect(settle(['AAAA', 'CCCC'], [A, at('CCCC', null)])![0]![1]).toBe('--set AAAA=... --set CCCC=...');
  });

  test('three with their values, more by words', () => {
    const names = ['AAAA', 'BBBB', 'CCCC', 'DDDD'];
    const way = (count: number): string =>
      settle(
        names.slice(0, count),
        names.slice(0, count).map((name, index) => at(name, 0x1000n + BigInt(index) * 4n)),
      )![0]![1]!;
    expect(way(3)).toBe('--memory DUMP@0x1000, or --set AAAA=... --set BBBB=... --set CCCC=...');
    expect(way(4)).toBe('--memory DUMP@0x1000, or --set AAAA=... --set BBBB=... --set CCCC=... and so on');
  });

  test('a Hyper-V guest that ACPI describes prints the result', () => {
    const how = (platform: Verdict['machine']['platform'], boot: Verdict['machine']['boot']): string =>
      settle(['AAAA'], [A], { machine: { platform, boot, vtl: null } })![0]![1]!;
    const PRINTS = '; dmesg | grep hv_mmio on 7.1 and newer shows the result';
    expect(how('hyperv-gen1', 'bios')).toBe(`--memory DUMP@0x1000, or --set AAAA=...${PRINTS}`);
    expect(how('hyperv-gen2', 'unknown').endsWith(PRINTS)).toBe(true);
    expect(how('hyperv-direct', 'dt')).toBe('--memory DUMP@0x1000, or --set AAAA=...');
    expect(how('qemu-vmbus', 'efi')).toBe('--memory DUMP@0x1000, or --set AAAA=...');
  });

  test('what is not known at all is reported as unknown', () => {
    const unknown = equals(opaque(8, 'a loop'), 1n);
    expect(settle(['unknown()'], [unknown])).toEqual([['unknown()', 'settle unknown()']]);
  });
});
