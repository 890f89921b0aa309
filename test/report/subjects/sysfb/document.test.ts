/** The report of `sysfb`, section by section: what stands in each, and when it is there at all. */
import { describe, expect, test } from 'vitest';
import { textSource } from '../../../../src/bytes/source.ts';
import type { AddressEntry } from '../../../../src/devicetree/address/entries.ts';
import { finding } from '../../../../src/findings/finding.ts';
import { plainText } from '../../../../src/report/document.ts';
import type { Format } from '../../../../src/report/formats/render.ts';
import { sysfbDocument } from '../../../../src/report/subjects/sysfb/document.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../../../src/window/window.ts';
import {
  artifactOf,
  equals,
  fieldOf,
  INPUT,
  ORIGIN,
  SPAN,
  sectionsOf,
  verdictOf,
  windowOf,
} from '../made.ts';

interface Layout {
  readonly format?: Format;
  readonly full?: boolean;
}
const documentOf = (more: Partial<Verdict>, { format = 'text', full = false }: Layout = {}) =>
  sysfbDocument(verdictOf(more), { format, full, version: '1' });
const sections = (more: Partial<Verdict>, layout?: Layout) => sectionsOf(documentOf(more, layout));

const { span: _span, ...PLACED } = ORIGIN;
const NO_SPAN = { ...PLACED, artifact: artifactOf('b.dts', { source: textSource('b.dts', '') }) };

describe('the reason', () => {
  const machine = { platform: 'openhcl-vtl2', boot: 'dt', vtl: 2 } as const;
  const pool = [windowOf()];
  const reason = (more: Partial<Verdict>): string | undefined =>
    sections({ reason: 'x', ...more })['']![1]?.[0];

  test('stands below the headline, as sentences', () => {
    expect(sections({ reason: 'a; b' })['']).toEqual([['CONFIG_SYSFB: not needed'], ['A. B.']]);
  });

  test('but for a table that tells the cases', () => {
    const conditions = [
      { when: equals(fieldOf('A'), 1n), answer: 'needed', effective: true, because: '' },
    ] as const;
    expect(reason({ answer: 'depends', conditions })).not.toBe('X.');
    expect(reason({ answer: 'depends' })).toBe('X.');
    expect(reason({ answer: 'needed', conditions })).toBe('X.');
  });

  test('on a device tree boot says what the option would do, and what to do instead', () => {
    const NO_EFFECT =
      'X. On a device tree boot the driver never reserves a framebuffer, so CONFIG_SYSFB would have no effect.';
    expect(reason({ machine, effective: false, pool })).toBe(NO_EFFECT);
    expect(reason({ machine, effective: false })).toBe('X.');
    expect(reason({ machine, effective: null, pool })).toBe('X.');
    expect(reason({ effective: false, pool })).toBe('X.');
    expect(reason({ machine, answer: 'needed', effective: false, pool })).toBe(
      'X. Take it out of the ranges of /bus.',
    );
    expect(reason({ machine, answer: 'needed', effective: false })).toBe('X.');
    expect(reason({ answer: 'needed', effective: true, pool })).toBe('X.');
  });
});

describe('windows', () => {
  const windows = (more: Partial<Verdict>) => sections(more).Windows;

  test('nothing where there are none', () => {
    expect(windows({})).toBeUndefined();
  });

  test('range, size, class, source, notes', () => {
    // A place in a text has a line to look at: of one input its name and that.
    expect(windows({ pool: [windowOf()] })).toEqual([
      ['[mem 0xf8000000-0xf80fffff]', '1 MiB', 'low', 'a.dts:2.3', ''],
    ]);
    expect(windows({ pool: [windowOf({ flags: { prefetchable: true } })] })![0]![4]).toBe('prefetchable');
  });

  test('the source is the place in a text, the object in a blob; of several inputs always the place', () => {
    const blob = { name: 'dir/b.dat', form: 'blob', bytes: new Uint8Array(40) } as const;
    const origin = { ...ORIGIN, span: { source: blob, start: 10, end: 20 } };
    const source = (origins: object, inputs = [INPUT]) =>
      windows({ pool: [windowOf({ origin: { ...ORIGIN, ...origins } })], inputs })![0]![3];
    expect(source(origin)).toBe('/bus ranges[1]');
    expect(source(origin, [INPUT, INPUT])).toBe('b.dat@0xa');
    expect(source({})).toBe('a.dts:2.3');
    const named = (name: string) => ({
      span: { ...SPAN, source: textSource(name, 'first\n  second = <1>;\n') },
    });
    expect(source(named('dir/c.dts'))).toBe('c.dts:2.3');
    // 34 characters with the place: whole; one more: the place in the one input.
    const [fits, tooLong] = [`${'n'.repeat(30)}:2.3`, `${'n'.repeat(31)}:2.3`];
    expect([fits.length, source(named('n'.repeat(30)))]).toEqual([34, fits]);
    expect(source(named('n'.repeat(31)))).toBe(':2.3');
    expect(source(named('n'.repeat(31)), [INPUT, INPUT])).toBe(tooLong);
  });

  test('cells that no tree says are noted, and what is unknown of a bound but not of known ones', () => {
    const counts = (from: string) => ({
      childAddress: { cells: 2, from: 'own', node: '/bus' },
      size: { cells: 1, from, node: '/bus' },
    });
    const notes = (from: string) =>
      windows({
        pool: [windowOf({ derivation: { entry: { counts: counts(from) } as unknown as AddressEntry } })],
      })![0]![4];
    expect([notes('given'), notes('inferred'), notes('own')]).toEqual(['cells 2/1', 'cells 2/1', '']);
    const unknown = (more: object) =>
      windows({
        pool: [{ ...windowOf(), certainty: 'unknown', why: 'w', ...more } as AddressWindow],
      })![0]![4];
    expect([unknown({ base: null }), unknown({ size: null }), unknown({})]).toEqual([
      'unknown: w',
      'unknown: w',
      '',
    ]);
  });

  test('the framebuffer, where its bounds are known', () => {
    const framebuffer = { base: 0x8000_0000n, size: 0x80_0000n, from: 'dmesg', text: 'efifb' } as const;
    const RANGE = '[mem 0x80000000-0x807fffff]';
    const told = (more: Partial<NonNullable<Verdict['framebuffer']>>, inputs = [INPUT]) =>
      windows({ framebuffer: { ...framebuffer, ...more }, inputs });
    expect(told({})).toEqual([[RANGE, '8 MiB', 'low', '', 'framebuffer: efifb']]);
    expect(told({ origin: ORIGIN })![0]![3]).toBe('a.dts:2.3');
    expect(told({ base: 1n << 32n })![0]![2]).toBe('high');
    expect(told({ base: 0xffc0_0000n })![0]![2]).toBe('across 4 GiB');
    expect(told({ base: 0n, size: 0x10_0000n })![0]![2]).toBe('below 1 MiB');
    // The range stands once, and what is left has no end of a list.
    expect(told({ text: `node: ${RANGE}` })![0]![4]).toBe('framebuffer: node');
    expect(told({ text: RANGE })![0]![4]).toBe('framebuffer');
    expect(told({ base: null })).toBeUndefined();
    expect(told({ size: null })).toBeUndefined();
  });
});

describe('why', () => {
  type Rule = Verdict['rules'][number];
  const rule = (more: Partial<Rule> = {}): Rule => ({
    id: 'r',
    says: 'The rule holds.',
    evidence: [],
    ...more,
  });
  const why = (rules: Rule[], more: Partial<Verdict> = {}) => sections({ rules, reason: 'x', ...more }).Why;

  test('a rule a row: what it says, what was seen and where', () => {
    expect(why([])).toBeUndefined();
    expect(why([rule()])).toEqual([['r', 'the rule holds']]);
    expect(why([rule({ evidence: [{ text: 'seen', origin: ORIGIN }, { text: 'more' }] })])).toEqual([
      ['r', 'the rule holds: seen (a.dts:2.3), more'],
    ]);
    expect(why([rule({ evidence: [{ text: 'seen', origin: NO_SPAN }] })])).toEqual([
      ['r', 'the rule holds: seen (b.dts)'],
    ]);
  });

  test('three pieces of evidence, more by their number', () => {
    const seen = (count: number) => Array.from({ length: count }, (_, at) => ({ text: `seen ${at}` }));
    expect(why([rule({ evidence: seen(3) })])![0]![1]).toBe('the rule holds: seen 0, seen 1, seen 2');
    expect(why([rule({ evidence: seen(5) })])![0]![1]).toBe(
      'the rule holds: seen 0, seen 1, seen 2, and 2 more',
    );
  });

  test('not the windows, which stand above', () => {
    const evidence = [{ text: 'the window', origin: ORIGIN }];
    expect(why([rule({ evidence })], { pool: [windowOf()] })![0]![1]).toBe('the rule holds');
    expect(why([rule({ evidence })])![0]![1]).toBe('the rule holds: the window (a.dts:2.3)');
    expect(
      why([rule({ evidence: [{ text: 'seen' }] })], { pool: [windowOf({ origin: NO_SPAN })] })![0]![1],
    ).toBe('the rule holds: seen');
  });

  test('sources by number, each once and in order', () => {
    const of = (...authorities: string[]) => authorities.map((authority) => ({ text: authority, authority }));
    const rules = [
      rule({ id: 'a', says: 'First.', evidence: of('S1', 'S2') }),
      rule({ id: 'b', says: 'Second.', evidence: of('S3', 'S1', 'S3') }),
    ];
    expect(why(rules)).toEqual([
      ['a', 'First [1][2]'],
      ['b', 'Second [1][3]'],
    ]);
    const twelve = Array.from({ length: 12 }, (_, at) => `S${at}`);
    const all = [...of(...twelve), ...of('S1')];
    const text = why([rule({ evidence: all }), rule({ id: 'b', says: 'Then.', evidence: of('S10', 'S1') })])!;
    expect(text[1]![1]).toBe('Then [2][11]');
  });

  test('what was reported is not said again', () => {
    expect(why([rule(), rule({ id: 'b' })])).toEqual([['r', 'the rule holds']]);
    expect(why([rule({ says: 'X.' })])).toBeUndefined();
    const again = rule({ id: 'b', evidence: [{ text: 'S', authority: 'S' }] });
    expect(why([rule(), again])![1]).toEqual(['b', 'S [1]']);
    const twice = rule({ id: 'b', evidence: [{ text: 'The rule holds', authority: 'S' }] });
    expect(why([rule(), twice])![1]).toEqual(['b', 'see above [1]']);
  });

  test('in which cases it holds, where that is not all', () => {
    expect(why([rule({ answers: ['needed', 'not-needed'] })])![0]![1]).toBe(
      'where needed or not needed: the rule holds',
    );
  });

  test('all evidence where all is asked for', () => {
    const evidence = [
      { text: 'seen', origin: ORIGIN },
      { text: 'S', authority: 'S' },
    ];
    const told = sections({ rules: [rule({ evidence }), rule({ id: 'none' })], reason: 'x' }, { full: true });
    expect(told.Why).toBeUndefined();
    expect(told.Evidence).toEqual([['r: the rule holds', 'seen (a.dts:2.3)', 'S [1]']]);
  });
});

describe('what was not read, and what is assumed', () => {
  test('gaps', () => {
    const gap = { code: 'c', reason: 'r', hides: new Set(['window'] as const) };
    expect(sections({})['Not read']).toBeUndefined();
    expect(
      sections({
        gaps: [
          { ...gap, place: {} },
          { ...gap, place: { span: SPAN }, hint: 'h' },
        ],
      })['Not read'],
    ).toEqual([['r'], ['a.dts:2.3: r; h']]);
  });

  test('premises, assumptions, authorities, with the numbers of their sources', () => {
    const told = (inputs: Verdict['inputs']) =>
      sections({
        inputs,
        premises: [
          { text: 'the inputs describe one machine', defeatedBy: '' },
          { text: 'p', defeatedBy: '' },
        ],
        assumptions: [
          { text: 'a', authority: 'default' },
          { text: 'b', authority: 'S', otherwise: 'o' },
        ],
        authorities: [{ id: 'i', kind: 'authority', condition: 1n, text: 'c', source: 'T' }],
      }).Assumes;
    expect(told([INPUT])).toEqual([['p'], ['a'], ['b [1]; otherwise: o'], ['c [2]']]);
    expect(told([INPUT, INPUT])![0]).toEqual(['the inputs describe one machine']);
    expect(sections({}).Assumes).toBeUndefined();
  });

  test('what would change it', () => {
    expect(sections({ wouldChange: ['x'] })['What would change the answer']).toEqual([['x']]);
    expect(sections({ wouldChange: ['x'], answer: 'unknown' })['What to add']).toEqual([['x']]);
    expect(Object.keys(sections({ answer: 'unknown' }))).toEqual(['', 'Machine']);
  });
});

describe('machine, kernel and configuration', () => {
  const machine = (more: Partial<Verdict>, layout?: Layout) => sections(more, layout).Machine;
  const PLATFORM = ['Platform', 'Hyper-V, Generation 2; EFI and ACPI'];
  const other = { machine: { platform: 'other', boot: 'unknown', vtl: null } } as const;

  test('what is known of them', () => {
    expect(machine({})).toEqual([PLATFORM]);
    expect(machine(other)).toBeUndefined();
    expect(machine({ ...other, kernel: { release: '6.1', presumed: false, config: {} } })).toEqual([
      ['Kernel', '6.1'],
    ]);
    expect(machine({ ...other, kernel: { release: null, presumed: true, config: { EFI: 'y' } } })).toEqual([
      ['Kernel', 'CONFIG_EFI=y'],
    ]);
  });

  test('of lines alone nothing is known of the platform', () => {
    const kinds = (...list: (typeof INPUT)['kind'][]) => list.map((kind) => artifactOf('x', { kind }));
    expect(machine({ inputs: kinds('dts-fragment') })).toBeUndefined();
    expect(machine({ inputs: kinds('crs-hex', 'crs-text') })).toBeUndefined();
    expect(machine({ inputs: kinds('dts-fragment', 'dmesg') })).toEqual([PLATFORM]);
  });

  test('a framebuffer whose bounds are not known', () => {
    const framebuffer = { base: 0x1000n, size: null, from: 'dmesg', text: 't' } as const;
    expect(machine({ ...other, framebuffer })).toEqual([['Framebuffer', 'at 0x1000, t']]);
    expect(machine({ ...other, framebuffer: { ...framebuffer, base: null, size: 5n } })).toEqual([
      ['Framebuffer', 't'],
    ]);
    expect(machine({ ...other, framebuffer: { ...framebuffer, size: 16n } })).toBeUndefined();
  });

  test('everything where all is asked for', () => {
    const rows = (effective: boolean | null) => machine({ ...other, effective }, { full: true })!;
    expect(rows(null)).toEqual([
      ['Platform', 'not recognised; boot path unknown'],
      ['Kernel', 'release unknown'],
      ['Framebuffer', 'none known'],
      ['CONFIG_SYSFB effective', 'unknown'],
      ['Hazard', 'none'],
    ]);
    expect([rows(true)[3]![1], rows(false)[3]![1]]).toEqual(['yes', 'no']);
  });

  test('the line of Kconfig where it was asked for, or all is', () => {
    const kconfig = { proposal: 'select X', asked: false, explanation: ['e'] };
    expect(sections({}).Kconfig).toBeUndefined();
    expect(sections({ kconfig }).Kconfig).toBeUndefined();
    expect(sections({ kconfig: { ...kconfig, asked: true } }).Kconfig).toEqual([['select X', 'e']]);
    expect(sections({ kconfig }, { full: true }).Kconfig).toEqual([['select X', 'e']]);
    expect(sections({ kconfig: { ...kconfig, asked: true } }, { full: true }).Kconfig).toHaveLength(1);
  });

  test('releases and configurations, with what the option costs', () => {
    const row = { releases: '6.1', when: 'w', effective: null, because: 'b' };
    const answers = ['needed', 'not-needed', 'depends', 'unknown'] as const;
    const told = sections({ matrix: answers.map((answer) => ({ ...row, answer })) })[
      'By release and configuration'
    ]!;
    expect(told.map((cells) => cells[2])).toEqual([
      'missing',
      'not needed, or made',
      'depends',
      'depends',
      undefined,
    ]);
    expect(told[4]![0]).toMatch(/^Where it is not needed, .* 3,533 bytes/);
    expect(sections({ matrix: [] })['By release and configuration']).toHaveLength(1);
  });
});

describe('what is long', () => {
  const pool = [windowOf({ derivation: [{ what: 'base', text: 'it is so' }] })];

  test('is there where all is asked for, in the text', () => {
    const told = sections({ pool }, { full: true });
    expect(told.Derivation).toEqual([
      ['[mem 0xf8000000-0xf80fffff] from /bus ranges[1] at a.dts:2.3', 'base: it is so'],
    ]);
    expect(told['Raw data']).toEqual([['a.dts:2.3:'], ['second = <1>;']]);
    expect(Object.keys(sections({ pool }))).not.toContain('Derivation');
    const without = sections({ pool: [windowOf({ origin: NO_SPAN })] }, { full: true });
    expect([without['Raw data'], without.Derivation![0]![0]]).toEqual([
      undefined,
      '[mem 0xf8000000-0xf80fffff] from /bus ranges[1] at b.dts',
    ]);
  });

  test('is folded where a medium can', () => {
    for (const format of ['markdown', 'html'] as const) {
      const blocks = documentOf({ pool }, { format });
      const folded = blocks.flatMap((block) => (block.kind === 'details' ? [block] : []));
      expect(folded.map(({ summary }) => summary)).toEqual(['Evidence and derivation']);
      expect(Object.keys(sectionsOf(folded[0]!.blocks))).toEqual(['Derivation', 'Raw data']);
      expect(documentOf({}, { format }).some(({ kind }) => kind === 'details')).toBe(false);
      // Both: the rules in short, and all of it below.
      const rules = [{ id: 'r', says: 'S.', evidence: [] }];
      expect(sectionsOf(documentOf({ rules }, { format, full: true })).Why).toEqual([['r', 'S']]);
    }
  });

  test('inputs, what was reported, and the command stand below where the report travels alone', () => {
    const diagnostics = [finding('artifact/empty', {}, { path: 'a.dts' })];
    const told = sections({ diagnostics }, { format: 'mail' });
    expect(told.Inputs).toEqual([['a.dts (dts)', 'sha256 0123456789abcdef']]);
    expect(told.Diagnostics![0]![0]).toContain('a.dts');
    expect(told.Diagnostics!.at(-1)).toEqual(['fwmap 1: fwmap sysfb a.dts']);
    expect(Object.keys(sections({ diagnostics }))).toEqual(['', 'Machine']);
    const command = (...paths: string[]): string => {
      const last = documentOf({ inputs: paths.map((path) => artifactOf(path)) }, { format: 'mail' }).at(-1)!;
      return last.kind === 'paragraph' ? plainText(last.text) : '';
    };
    expect(command('x', 'x', '-')).toBe('fwmap 1: fwmap sysfb x -');
    expect(command('x', 'y', 'z')).toBe('fwmap 1: fwmap sysfb x y ...');
  });
});
