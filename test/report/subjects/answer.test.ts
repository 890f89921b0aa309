/** The parts that the reports of all questions share: why, what was not read, what would settle it, what is assumed. */
import { describe, expect, test } from 'vitest';
import { messageOf } from '../../../src/findings/finding.ts';
import { NEWEST_RELEASE } from '../../../src/linux/profile.ts';
import { Conditions } from '../../../src/report/conditions.ts';
import { References } from '../../../src/report/formats/sentences.ts';
import { sysfbResults } from '../../../src/report/results/sysfb.ts';
import {
  aloneSections,
  answeredJson,
  assumesSection,
  evidenceJson,
  gapSection,
  referenceBlocks,
  releaseJson,
  settleSection,
  whySection,
} from '../../../src/report/subjects/answer.ts';
import { type Condition, fieldValue } from '../../../src/symbolic/index.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import { equals, fieldOf, INPUT, ORIGIN, SPAN, sectionsOf, verdictOf, windowOf } from './made.ts';

describe('sections', () => {
  const settle = (...names: [string, string][]) =>
    sectionsOf(
      settleSection(
        verdictOf({ toSettle: names.map(([what, how]) => ({ what, how, decides: { rows: 1, of: 2 } })) }),
      ),
    )['To settle it'];
  const set = (...names: string[]): [string, string][] => names.map((name) => [name, `--set ${name}=VALUE`]);

  test('what would settle it: more than three alike share a row, where the first of them stands', () => {
    expect(settle()).toBeUndefined();
    expect(settle(...set('A', 'B', 'C'))).toEqual(set('A', 'B', 'C'));
    expect(settle(...set('A', 'B'), ['release', '--kernel'], ...set('C', 'D'))).toEqual([
      ['A, B, C, D', '--set FIELD=VALUE each'],
      ['release', '--kernel'],
    ]);
  });

  test('why: what a rule says, its sources, what was seen and where', () => {
    const why = (evidence: Verdict['rules'][number]['evidence']) => {
      const references = new References();
      const blocks = whySection(
        verdictOf({ rules: [{ id: 'r', says: 'The rule holds.', evidence }] }),
        references,
      );
      return [sectionsOf(blocks).Why![0]![1], references.items];
    };
    expect(why([])).toEqual(['the rule holds', []]);
    expect(why([{ text: 't', authority: 'S' }, { text: 'seen', origin: ORIGIN }, { text: 'more' }])).toEqual([
      'the rule holds [1]; seen (a.dts:2.3)',
      ['S'],
    ]);
    expect(whySection(verdictOf(), new References())).toEqual([]);
  });

  test('what was not read', () => {
    const gap = { code: 'c', reason: 'r', hides: new Set(['window'] as const) };
    expect(gapSection(verdictOf())).toEqual([]);
    expect(
      sectionsOf(
        gapSection(
          verdictOf({
            gaps: [
              { ...gap, place: {} },
              { ...gap, place: { span: SPAN }, hint: 'h' },
            ],
          }),
        ),
      )['Not read'],
    ).toEqual([['r'], ['a.dts:2.3: r; h']]);
  });

  test('what is assumed', () => {
    const verdict = verdictOf({
      premises: [
        { text: 'the inputs describe one machine', defeatedBy: '' },
        { text: 'p', defeatedBy: '' },
      ],
      assumptions: [
        { text: 'a', authority: 'default' },
        { text: 'b', authority: 'S', otherwise: 'o' },
      ],
      authorities: [{ id: 'i', kind: 'authority', condition: 1n, text: 'c', source: 'T' }],
    });
    const told = (count: number) =>
      sectionsOf(
        assumesSection(
          verdict,
          Array.from({ length: count }, () => INPUT),
          new References(),
        ),
      ).Assumes!.flat();
    expect(told(1)).toEqual(['p', 'a', 'b [1]; otherwise: o', 'c [2]']);
    expect(told(2)[0]).toBe('the inputs describe one machine');
  });

  test('what travels with a report', () => {
    expect(aloneSections([], [])).toEqual([]);
    expect(Object.keys(sectionsOf(aloneSections([INPUT], [])))).toEqual(['Inputs']);
    const references = new References();
    expect(referenceBlocks(references)).toEqual([]);
    references.mark('S');
    expect(referenceBlocks(references)).toEqual([{ kind: 'references', items: ['S'] }]);
  });
});

describe('as JSON', () => {
  test('evidence has what there is of it', () => {
    expect(evidenceJson({ text: 't' }, [INPUT])).toEqual({ text: 't' });
    expect(evidenceJson({ text: 't', origin: ORIGIN, authority: 'S' }, [INPUT])).toEqual({
      text: 't',
      origin: { input: 0, path: '/bus', item: 'ranges', index: 1, at: { line: 2, column: 3 } },
      authority: 'S',
    });
  });

  test('an answer', () => {
    const authority = { id: 'i', kind: 'authority', condition: 1n, text: 'c', source: 'T' } as const;
    const parts = verdictOf({
      premises: [{ text: 'p', defeatedBy: 'd' }],
      authorities: [authority, { ...authority, defeatedBy: 'd' }],
      toSettle: [{ what: 'w', how: 'h', decides: { rows: 1, of: 2 } }],
      rules: [
        { id: 'r', says: 's', evidence: [{ text: 't' }] },
        { id: 'q', says: 's', evidence: [], answers: ['needed'] },
      ],
      assumptions: [
        { text: 'a', authority: 'A' },
        { text: 'b', authority: 'B', otherwise: 'o' },
      ],
    });
    expect(JSON.parse(JSON.stringify(answeredJson(parts, [INPUT])))).toEqual({
      premises: [{ text: 'p', defeatedBy: 'd' }],
      gaps: [],
      authorities: [
        { id: 'i', text: 'c', source: 'T' },
        { id: 'i', text: 'c', source: 'T', defeatedBy: 'd' },
      ],
      toSettle: [{ what: 'w', how: 'h', decides: { rows: 1, of: 2 } }],
      rules: [
        { id: 'r', says: 's', evidence: [{ text: 't' }] },
        { id: 'q', says: 's', evidence: [], answers: ['needed'] },
      ],
      assumptions: [
        { text: 'a', authority: 'A' },
        { text: 'b', authority: 'B', otherwise: 'o' },
      ],
    });
  });

  test('the release is that of the inputs, or the newest where the answer rests on that', () => {
    const assumed = { assumptions: [{ text: `it is ${NEWEST_RELEASE}`, authority: 'default' }] };
    expect(releaseJson('6.1', assumed)).toBe('6.1');
    expect(releaseJson(null, assumed)).toBe(NEWEST_RELEASE);
    expect(releaseJson(null, { assumptions: [{ text: 'it is new', authority: 'default' }] })).toBeNull();
    expect(releaseJson(null, { assumptions: [] })).toBeNull();
  });
});

describe('the answer of sysfb as a result', () => {
  const result = (more: Partial<Verdict>) => sysfbResults(verdictOf({ summary: 'It is so.', ...more }))[0]!;

  test.each<[Partial<Verdict>, string]>([
    [{ answer: 'needed', hazard: 'none' }, 'answer/needed-and-set'],
    [{ answer: 'needed', hazard: 'unknown' }, 'answer/needed'],
    [{ answer: 'needed', hazard: 'boot-failure' }, 'answer/framebuffer-unprotected'],
    [{ answer: 'depends' }, 'answer/depends'],
    [{ answer: 'not-needed' }, 'answer/not-needed'],
    [{ answer: 'unknown' }, 'answer/unknown'],
  ])('%j is %s', (more, code) => {
    expect(result(more).code).toBe(code);
  });

  test('what would settle it, where it depends', () => {
    const toSettle = ['A', 'B'].map((what) => ({ what, how: 'h', decides: { rows: 1, of: 1 } }));
    expect(messageOf(result({ answer: 'depends', toSettle }))).toBe('It is so. To settle it: A, B.');
    expect(messageOf(result({ answer: 'depends' }))).toBe('It is so.');
    expect(messageOf(result({ answer: 'unknown', toSettle }))).toBe('It is so.');
  });

  test('stands at the first window, the framebuffer, other windows and the evidence beside it', () => {
    const spans = [0, 1, 2].map((start) => ({ ...SPAN, start, end: start + 1 }));
    const at = (span: (typeof spans)[number]) => ({ ...ORIGIN, span });
    const told = result({
      pool: [windowOf(), windowOf({ origin: at(spans[0]!) })],
      framebuffer: { base: 0n, size: 1n, from: 'dmesg', text: 't', origin: at(spans[1]!) },
      rules: [{ id: 'r', says: 's', evidence: [{ text: 't' }, { text: 't', origin: at(spans[2]!) }] }],
    });
    expect([told.path, told.span, told.related]).toEqual([
      '/bus',
      SPAN,
      [
        { what: 'framebuffer', span: spans[1] },
        { what: 'other-window', span: spans[0] },
        { what: 'evidence', span: spans[2] },
      ],
    ]);
    expect(result({})).not.toHaveProperty('span');
  });
});

describe('what names stand for', () => {
  const field = (name: string, more: object = {}): Condition =>
    equals(
      fieldValue({
        ...{
          name,
          path: `\\_SB.DEV.${name}`,
          space: 'SystemMemory',
          address: 0x1000n,
          bitOffset: 0,
          bits: 32,
          epoch: 0,
        },
        ...more,
      }),
      1n,
    );
  const rows = (...conditions: Condition[]) => {
    const all = new Conditions();
    for (const condition of conditions) all.text(condition);
    return sectionsOf(all.blocks()).Fields;
  };

  test('each kind of field a row, by their addresses', () => {
    expect(rows()).toBeUndefined();
    expect(rows(field('AAAA'))).toEqual([['AAAA', '32 bits in memory of \\_SB.DEV at 0x1000']]);
    expect(
      rows(field('BBBB', { address: 0x2000n }), field('AAAA'), field('CCCC', { bits: 8, address: 0x3000n })),
    ).toEqual([
      ['AAAA, BBBB', '32 bits in memory of \\_SB.DEV at 0x1000, 0x2000'],
      ['CCCC', '8 bits in memory of \\_SB.DEV at 0x3000'],
    ]);
    expect(rows(field('AAAA', { address: undefined }))).toEqual([['AAAA', '32 bits in memory of \\_SB.DEV']]);
  });

  test('whose they are: the scope, or the device whose space it is; nothing of what stands at the root', () => {
    const is = (more: object): string => rows(field('AAAA', more))![0]![1]!;
    expect(is({ path: '\\AAAA' })).toBe('32 bits in memory at 0x1000');
    expect(is({ path: 'AAAA' })).toBe('32 bits in memory at 0x1000');
    expect(is({ space: 'PCI_Config', within: '\\_SB.PCI0' })).toBe(
      '32 bits in PCI configuration space of \\_SB.PCI0 at 0x1000',
    );
    expect(is({ space: 'SystemIO' })).toBe('32 bits in I/O ports of \\_SB.DEV at 0x1000');
    expect(is({ space: 'EmbeddedControl' })).toBe('32 bits in EmbeddedControl of \\_SB.DEV at 0x1000');
    expect(is({ space: '' })).toBe('32 bits in a register behind an index of \\_SB.DEV at 0x1000');
  });

  test('of more than four only where the first is', () => {
    const many = (count: number): Condition[] =>
      Array.from({ length: count }, (_, at) => field(`FL0${at}`, { address: 0x1000n + BigInt(at) * 4n }));
    expect(rows(...many(4))![0]![1]).toBe('32 bits in memory of \\_SB.DEV at 0x1000, 0x1004, 0x1008, 0x100c');
    expect(rows(...many(5))![0]![1]).toBe('32 bits in memory of \\_SB.DEV from 0x1000 on');
  });

  test('a later read has its reason; what several have stands once, below the last of them', () => {
    const later = { epoch: 2, why: 'a method wrote there' };
    expect(rows(field('AAAA', later))).toEqual([
      ["AAAA'2", '32 bits in memory of \\_SB.DEV at 0x1000, read after this: a method wrote there'],
    ]);
    expect(rows(field('AAAA', { epoch: 2 }))![0]![1]).toContain('read after this: it may have changed');
    expect(
      rows(
        field('AAAA', later),
        field('BBBB', { ...later, bits: 8, address: 0x2000n }),
        field('CCCC', { bits: 16, address: 0x3000n }),
      ),
    ).toEqual([
      ["AAAA'2", '32 bits in memory of \\_SB.DEV at 0x1000'],
      ["BBBB'2", '8 bits in memory of \\_SB.DEV at 0x2000'],
      ["AAAA'2, BBBB'2: read after this: a method wrote there"],
      ['CCCC', '16 bits in memory of \\_SB.DEV at 0x3000'],
    ]);
  });

  test('a long number has a name where it stands', () => {
    const conditions = new Conditions();
    expect(conditions.quantity(0x10n)).toBe('0x10');
    expect(conditions.quantity(fieldOf('A'.repeat(24)))).toBe('A'.repeat(24));
    const long = fieldOf('A'.repeat(25));
    expect([
      conditions.quantity(long),
      conditions.quantity(long),
      conditions.quantity(fieldOf('B'.repeat(25), 0x9n)),
    ]).toEqual(['E1', 'E1', 'E2']);
    expect(conditions.quantities()).toEqual([
      ['E1', 'A'.repeat(25)],
      ['E2', 'B'.repeat(25)],
    ]);
  });

  test('a condition stands where it is up to 48 characters', () => {
    const conditions = new Conditions();
    // ` == 1` has five.
    const of = (length: number): Condition => equals(fieldOf('A'.repeat(length)), 1n);
    expect(conditions.text(of(43))).toHaveLength(48);
    expect(conditions.text(of(44))).toBe('[C1]');
    expect(conditions.text(of(44), 49)).toHaveLength(49);
  });
});
