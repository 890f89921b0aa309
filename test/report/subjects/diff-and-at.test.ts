/** The reports of `diff` and `at`, and their results. */
import { describe, expect, test } from 'vitest';
import { type Comparison, EMPTY_SIDE, type Side } from '../../../src/compare/compare.ts';
import type { WindowChange } from '../../../src/compare/windows.ts';
import { finding, messageOf } from '../../../src/findings/finding.ts';
import { atResults } from '../../../src/report/results/at.ts';
import { diffResults } from '../../../src/report/results/diff.ts';
import { atReport } from '../../../src/report/subjects/at.ts';
import { diffReport } from '../../../src/report/subjects/diff.ts';
import type { AtReport, Claim } from '../../../src/verdict/address/claims.ts';
import type { BridgesVerdict } from '../../../src/verdict/host-bridge/result.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import {
  artifactOf,
  claimOf,
  equals,
  fieldOf,
  INPUT,
  ORIGIN,
  SPAN,
  sectionsOf,
  verdictOf,
  windowOf,
} from './made.ts';

const IF = equals(fieldOf('AAAA'), 1n);
const RANGE = '[mem 0xf8000000-0xf80fffff]';
const MOVED_RANGE = '[mem 0xf9000000-0xf90fffff]';
const AFTER = artifactOf('b.dts');
const OTHER_SPAN = { ...SPAN, start: 0, end: 5 };
const old = windowOf();
const fresh = windowOf({ base: 0xf900_0000n, origin: { ...ORIGIN, artifact: AFTER, span: OTHER_SPAN } });
const MOVED: WindowChange = { did: 'moved', before: old, after: fresh, what: ['base'] };

const sideOf = (more: Partial<Side> = {}): Side => ({ ...EMPTY_SIDE, inputs: [INPUT], ...more });
const comparisonOf = (more: Partial<Comparison> = {}): Comparison => ({
  before: sideOf(),
  after: sideOf({ inputs: [AFTER] }),
  windows: [],
  answer: { before: undefined, after: undefined, flipped: false, because: [] },
  bridges: { before: undefined, after: undefined, flipped: false, because: [] },
  ...more,
});
const bridgesOf = (devices: string[]): BridgesVerdict =>
  ({ summary: 's', bridges: devices.map((device) => ({ device, windows: [], when: 1n })) }) as never;

describe('diff', () => {
  const sections = (more: Partial<Comparison>) =>
    sectionsOf(diffReport(comparisonOf(more), []).document('text'));
  const lines = (change: WindowChange): string[] => sections({ windows: [change] }).Windows!.flat();
  const answer = (more: Partial<Comparison['answer']>): Comparison['answer'] => ({
    ...comparisonOf().answer,
    ...more,
  });

  test('says how many windows are different, by what became of them', () => {
    expect(sections({})).toEqual({ '': [['No window differs.']] });
    const windows: WindowChange[] = [
      MOVED,
      { did: 'added', after: fresh },
      MOVED,
      { did: 'removed', before: old },
    ];
    expect(sections({ windows })['']).toEqual([['Windows: 1 added, 1 removed, 2 moved.']]);
  });

  test('each change as a unified diff has it', () => {
    expect(lines({ did: 'added', after: fresh })).toEqual([
      'added: window /bus ranges[1]',
      `+ ${MOVED_RANGE}, 1 MiB`,
    ]);
    expect(lines({ did: 'removed', before: old })).toEqual([
      'removed: window /bus ranges[1]',
      `- ${RANGE}, 1 MiB`,
    ]);
    expect(lines(MOVED)).toEqual([
      'moved: window /bus ranges[1] (another base)',
      `- ${RANGE}, 1 MiB`,
      `+ ${MOVED_RANGE}, 1 MiB`,
    ]);
    const renamed = windowOf({ origin: { ...ORIGIN, path: '/other' }, flags: { prefetchable: true } });
    expect(lines({ did: 'changed', before: old, after: renamed, what: ['device', 'flags'] })).toEqual([
      'changed: window /other ranges[1] (another device, other flags)',
      '  was /bus ranges[1]',
      `- ${RANGE}, 1 MiB`,
      `+ ${RANGE}, 1 MiB, prefetchable`,
    ]);
    const buses = windowOf({ space: 'bus', base: 0n, size: 256n });
    expect(lines({ did: 'added', after: buses })[1]).toBe('+ [bus 00-ff]');
  });

  test('the answer, where it changes or is one', () => {
    const stays = (more: Partial<Verdict>) => sections({ answer: answer({ after: verdictOf(more) }) })[''];
    expect(stays({})).toEqual([['No window differs.'], ['The answer of sysfb is the same: not-needed.']]);
    expect(stays({ answer: 'unknown' })).toHaveLength(1);
    const flipped = (before: Partial<Verdict> | undefined, after: Partial<Verdict>) =>
      sections({
        answer: answer({
          flipped: true,
          ...(before === undefined ? {} : { before: verdictOf(before) }),
          after: verdictOf(after),
          because: ['b'],
        }),
      })['The answer of sysfb changes'];
    expect(flipped(undefined, { effective: false })).toEqual([
      ['before', 'nothing is described'],
      ['after', 's'],
      ['b'],
    ]);
    const effect = (effective: boolean | null) => flipped({ answer: 'depends', effective }, {})![0]![1];
    expect(effect(true)).toBe('s CONFIG_SYSFB would make the kernel reserve the framebuffer.');
    expect(effect(false)).toBe('s CONFIG_SYSFB would not make the kernel reserve the framebuffer.');
    expect(effect(null)).toBe('s');
  });

  test('what the host bridges get', () => {
    const bridges = { ...comparisonOf().bridges, flipped: true, because: ['b'] };
    expect(sections({ bridges })['What Linux gives the PCI host bridges changes']).toEqual([['b']]);
  });

  test('inputs of both sides where the report travels alone', () => {
    const told = sectionsOf(diffReport(comparisonOf(), []).document('mail'));
    expect([told.Before![0]![0], told.After![0]![0]]).toEqual(['a.dts (dts)', 'b.dts (dts)']);
  });

  test('as JSON', () => {
    const json = (more: Partial<Comparison>) =>
      JSON.parse(JSON.stringify(diffReport(comparisonOf(more), []).json()));
    expect(json({})).toMatchObject({
      same: true,
      windows: [],
      answers: [
        { question: 'sysfb', flipped: false, before: null, after: null },
        { question: 'bridges', flipped: false, before: null, after: null },
      ],
    });
    const { windows, same } = json({
      windows: [MOVED, { did: 'added', after: fresh }, { did: 'removed', before: old }],
    });
    expect(same).toBe(false);
    expect(windows).toMatchObject([
      { did: 'moved', before: { base: '0xf8000000' }, after: { base: '0xf9000000' }, what: ['base'] },
      { did: 'added', before: null, after: { origin: { input: 0 } } },
      { did: 'removed', before: { origin: { input: 0 } }, after: null },
    ]);
    expect(windows[1]).not.toHaveProperty('what');
    const changed = json({
      answer: answer({ flipped: true, before: verdictOf(), after: verdictOf({ answer: 'needed' }) }),
      bridges: { before: bridgesOf(['a']), after: undefined, flipped: true, because: [] },
    });
    expect(changed).toMatchObject({
      same: false,
      answers: [
        {
          before: { answer: 'not-needed', effective: true, hazard: 'none', summary: 's' },
          after: { answer: 'needed' },
        },
        { before: { summary: 's', windows: [] }, after: null },
      ],
    });
  });

  test('what is found: both sides, what was reported, then the changes', () => {
    const said = finding('artifact/empty', {}, { path: 'a.dts' });
    const found = diffReport(comparisonOf({ windows: [MOVED] }), [said]).found();
    expect(found.inputs).toEqual([AFTER, INPUT]);
    expect(found.results.map(({ code }) => code)).toEqual(['artifact/empty', 'diff/window-moved']);
  });
});

describe('results of diff', () => {
  const results = (more: Partial<Comparison>) => diffResults(comparisonOf(more));
  const message = (change: WindowChange): string => messageOf(results({ windows: [change] })[0]!);

  test('a window, at the place after the change, with that before it', () => {
    expect(message(MOVED)).toBe(
      `window ranges[1] of /bus is moved: ${RANGE} before, ${MOVED_RANGE} now (base)`,
    );
    expect(message({ did: 'added', after: fresh })).toBe(`window ranges[1] of /bus is added: ${MOVED_RANGE}`);
    expect(message({ did: 'removed', before: old })).toBe(`window ranges[1] of /bus is removed: ${RANGE}`);
    const conditional: AddressWindow = { ...windowOf(), certainty: 'conditional', when: IF as never };
    expect(message({ did: 'added', after: conditional })).toBe(
      `window ranges[1] of /bus is added: ${RANGE} if AAAA == 1`,
    );
    const open: AddressWindow = { ...conditional, certainty: 'unknown', base: fieldOf('BASE'), why: 'w' };
    expect(message({ did: 'added', after: open })).toContain(': [mem BASE-BASE+');
    const places = [MOVED, { did: 'added', after: fresh } as const, { did: 'removed', before: old } as const];
    expect(results({ windows: places }).map(({ span, related }) => [span, related])).toEqual([
      [OTHER_SPAN, [{ what: 'before', span: SPAN }]],
      [OTHER_SPAN, undefined],
      // Its own place is not beside it.
      [SPAN, undefined],
    ]);
  });

  const flip = (
    before: Partial<Verdict> | undefined,
    after: Partial<Verdict> | undefined,
    because: string[] = [],
  ) =>
    results({
      answer: {
        flipped: true,
        before: before && verdictOf({ summary: 'old.', ...before }),
        after: after && verdictOf({ summary: 'new.', ...after }),
        because,
      },
    });

  test.each<[Partial<Verdict> | undefined, Partial<Verdict>, 'worse' | 'other']>([
    // From the worst on: needed, depends, unknown, not needed.
    [{ answer: 'not-needed' }, { answer: 'needed' }, 'worse'],
    [{ answer: 'not-needed' }, { answer: 'unknown' }, 'worse'],
    [{ answer: 'unknown' }, { answer: 'depends' }, 'worse'],
    [{ answer: 'depends' }, { answer: 'needed' }, 'worse'],
    [{ answer: 'needed' }, { answer: 'depends' }, 'other'],
    [{ answer: 'needed' }, { answer: 'not-needed' }, 'other'],
    // The same answer with another hazard: none, unknown, unprotected, no boot.
    [{ answer: 'needed', hazard: 'none' }, { answer: 'needed', hazard: 'unknown' }, 'worse'],
    [
      { answer: 'needed', hazard: 'unknown' },
      { answer: 'needed', hazard: 'framebuffer-unprotected' },
      'worse',
    ],
    [
      { answer: 'needed', hazard: 'framebuffer-unprotected' },
      { answer: 'needed', hazard: 'boot-failure' },
      'worse',
    ],
    [{ answer: 'needed', hazard: 'boot-failure' }, { answer: 'needed', hazard: 'none' }, 'other'],
    [{ answer: 'needed', hazard: 'none' }, { answer: 'needed', hazard: 'none' }, 'other'],
    [{ answer: 'needed', hazard: 'none' }, { answer: 'depends', hazard: 'boot-failure' }, 'other'],
    // Something where there was nothing is worse unless nothing is needed.
    [undefined, { answer: 'unknown' }, 'worse'],
    [undefined, { answer: 'not-needed' }, 'other'],
  ])('an answer of %j that becomes %j is %s', (before, after, kind) => {
    expect(flip(before, after).map(({ code }) => code)).toEqual([`diff/answer-${kind}`]);
  });

  test('what the answer was and is, and why', () => {
    expect(messageOf(flip({}, { answer: 'needed' }, ['It is so.', 'and so'])[0]!)).toBe(
      'Before: old. Now: new. (It is so; and so)',
    );
    expect(messageOf(flip({}, {})[0]!)).toBe('Before: old. Now: new.');
    expect(messageOf(flip(undefined, {})[0]!)).toBe('Before: nothing Now: new.');
    expect(flip({}, undefined)).toEqual([]);
    expect(results({ answer: { ...comparisonOf().answer, after: verdictOf() } })).toEqual([]);
    expect(flip({}, { pool: [windowOf()] })[0]).toMatchObject({ path: '/bus', span: SPAN });
    expect(flip({}, {})[0]).not.toHaveProperty('span');
    expect(flip({}, {})[0]).not.toHaveProperty('path');
  });

  test('of a file that was added or removed only what is now', () => {
    const after = verdictOf({ answer: 'needed', summary: 'new.' });
    const answer = { flipped: true, before: undefined, after, because: [] };
    for (const side of ['before', 'after'] as const)
      expect(results({ [side]: EMPTY_SIDE, answer }).map(messageOf)).toEqual(['new.']);
  });

  test('host bridges, at the first of them', () => {
    const bridges = {
      before: undefined,
      after: bridgesOf(['\\_SB.A', '\\_SB.B']),
      flipped: true,
      because: ['x', 'y'],
    };
    expect(results({ bridges }).map((result) => [result.code, messageOf(result), result.path])).toEqual([
      ['diff/answer-other', 'PCI host bridges: x; y', '\\_SB.A'],
    ]);
    expect(results({ bridges: { ...bridges, after: undefined } })[0]).not.toHaveProperty('path');
    expect(results({ bridges: { ...bridges, flipped: false } })).toEqual([]);
    expect(results({ bridges, before: EMPTY_SIDE })).toEqual([]);
    expect(results({ bridges, after: EMPTY_SIDE })).toEqual([]);
  });
});

describe('at', () => {
  const reportOf = (claims: Claim[], space: 'memory' | 'io' = 'memory'): AtReport => ({
    asked: { space, start: 0x1000n, last: 0x1000n },
    summary: 'the summary',
    claims,
    inputs: [INPUT],
    diagnostics: [],
  });
  const sections = (claims: Claim[], space?: 'memory' | 'io') =>
    sectionsOf(atReport(reportOf(claims, space)).document('text'));
  const who = (more: Partial<Claim>): string => Object.values(sections([claimOf(more)])).at(1)![0]![3]!;
  const PLACED = ['window', '[mem 0x00001000-0x00001fff]', '4 KiB'];

  test('claims by how sure they are', () => {
    const open = claimOf({ when: IF, who: 'maybe' });
    const unknown = claimOf({ why: 'w', who: 'perhaps' });
    expect(sections([claimOf(), unknown, open])).toMatchObject({
      'Claimed by': [[...PLACED, '\\_SB.PCI0']],
      'Under a condition': [[...PLACED, 'maybe: if AAAA == 1']],
      Unknown: [[...PLACED, 'perhaps: unknown: w']],
    });
    expect(sections([])).toEqual({ '': [['the summary']] });
    expect(sections([claimOf()], 'io')['Claimed by']![0]!.slice(1, 3)).toEqual([
      '[io  0x1000-0x1fff]',
      '4096 ports',
    ]);
  });

  test('similar claims are folded, unless all are asked for', () => {
    const registers = Array.from({ length: 5 }, (_, at) =>
      claimOf({ kind: 'register', who: `r${at}`, base: fieldOf(`F${at}`), when: IF }),
    );
    const windows = Array.from({ length: 4 }, (_, at) =>
      claimOf({ base: 0x1000n * BigInt(at + 1), when: IF, origin: { ...ORIGIN, index: at } }),
    );
    const own = 'Under a condition';
    expect(sections([...registers, ...windows])[own]).toEqual([
      [...PLACED, '\\_SB.PCI0: if AAAA == 1 (a.dts:2.3)'],
      ['... 3 more of 4 KiB up to 0x00004fff, each with its condition (--all)'],
      ['5 registers of 5 devices, whose addresses depend on firmware fields (--all)'],
    ]);
    const report = reportOf([...registers, ...windows]);
    expect(sectionsOf(atReport(report, { all: true }).document('text'))[own]).toHaveLength(9);
    expect(sectionsOf(atReport(report).document('html'))[own]).toHaveLength(9);
    // Three are no more than a line each.
    expect(sections([...registers.slice(2), ...windows.slice(1)])[own]).toHaveLength(6);
  });

  test('what there is to say of each, and where it stands', () => {
    expect(who({ whole: false })).toBe('\\_SB.PCI0: a part of it');
    expect(who({ whole: false, why: 'w' })).toBe('\\_SB.PCI0: unknown: w');
    expect(who({ note: 'n', whole: false })).toBe('\\_SB.PCI0: a part of it; n');
    expect(who({ when: IF, why: 'w', note: 'n' })).toBe('\\_SB.PCI0: if AAAA == 1; unknown: w; n');
    expect(who({ origin: ORIGIN })).toBe('\\_SB.PCI0 (a.dts:2.3)');
    expect(who({ evidence: { text: 't', origin: ORIGIN } })).toBe('\\_SB.PCI0 (a.dts:2.3)');
    const { span: _span, ...without } = ORIGIN;
    expect(who({ evidence: { text: 't', origin: without } })).toBe('\\_SB.PCI0');
    expect(who({ evidence: { text: 't' } })).toBe('\\_SB.PCI0');
    expect(who({ origin: without })).toBe('\\_SB.PCI0 (a.dts)');
  });

  test('as JSON', () => {
    const claim = (more: Partial<Claim>) =>
      JSON.parse(JSON.stringify(atReport(reportOf([claimOf(more)])).json())).claims[0];
    expect(claim({})).toEqual({
      kind: 'window',
      who: '\\_SB.PCI0',
      base: '0x1000',
      size: '0x1000',
      last: '0x1fff',
      certainty: 'certain',
      whole: true,
    });
    expect(claim({ when: IF, note: 'n', origin: ORIGIN, evidence: { text: 't' } })).toMatchObject({
      certainty: 'conditional',
      when: 'AAAA == 1',
      note: 'n',
      origin: { path: '/bus' },
      evidence: { text: 't' },
    });
    expect(claim({ base: fieldOf('BASE'), why: 'w' })).toMatchObject({
      base: null,
      last: null,
      certainty: 'unknown',
      why: 'w',
      expressions: { base: 'BASE' },
    });
    expect(claim({ base: null })).toMatchObject({ base: null, size: '0x1000', last: null });
    expect(claim({ size: null })).toMatchObject({ base: '0x1000', size: null, last: null });
    expect(JSON.parse(JSON.stringify(atReport(reportOf([])).json()))).toMatchObject({
      space: 'memory',
      address: '0x1000',
      last: '0x1000',
      summary: 'the summary',
    });
  });

  test('a result a claim, the places of the others beside it', () => {
    const evidence = { text: 't', origin: { ...ORIGIN, path: '/other', span: OTHER_SPAN } };
    const results = atResults(
      reportOf([
        claimOf({ origin: ORIGIN, when: IF }),
        claimOf({ evidence, why: 'w', note: 'n' }),
        claimOf(),
      ]),
    );
    const RANGE_AT = 'window [mem 0x00001000-0x00001fff] of \\_SB.PCI0';
    expect(results.map((result) => [messageOf(result), result.path, result.related])).toEqual([
      [`${RANGE_AT}: if AAAA == 1`, '/bus', [{ what: 'other-window', span: OTHER_SPAN }]],
      [`${RANGE_AT}: unknown: w; n`, '/other', [{ what: 'other-window', span: SPAN }]],
      [RANGE_AT, undefined, [SPAN, OTHER_SPAN].map((span) => ({ what: 'other-window', span }))],
    ]);
    const open = atResults(reportOf([claimOf({ base: fieldOf('BASE') })]));
    expect(messageOf(open[0]!)).toMatch(/^window \[mem BASE-BASE\+/);
    // What a claim itself rests on is not that of another.
    const { span: _span, ...unplaced } = ORIGIN;
    expect(atResults(reportOf([claimOf({ origin: unplaced, evidence })]))[0]).not.toHaveProperty('related');
    expect(atResults(reportOf([claimOf(), claimOf()]))[0]).not.toHaveProperty('related');
  });
});
