/** The verdict as a reply on a list: at most fifteen lines of 72 characters, what doesn't fit counted. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textSource } from '../../../../src/bytes/source.ts';
import type { AddressEntry } from '../../../../src/devicetree/address/entries.ts';
import { plainText } from '../../../../src/report/document.ts';
import { renderMail } from '../../../../src/report/formats/mail.ts';
import { sysfbReply } from '../../../../src/report/subjects/sysfb/mail.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../../../src/window/window.ts';
import { artifactOf, equals, fieldOf, INPUT, ORIGIN, SPAN, verdictOf, windowOf } from '../made.ts';

/** Each block as one text. */
function told(more: Partial<Verdict>, version = '1'): string[] {
  return sysfbReply(verdictOf(more), version).map((block) => {
    if (block.kind === 'paragraph') return plainText(block.text);
    if (block.kind === 'lines') return block.lines.join('\n');
    throw new Error(block.kind);
  });
}
const lastOf = (more: Partial<Verdict>): string => told(more).at(-1)!;

describe('what was read, and how to do it again', () => {
  test('on one line where it fits', () => {
    const line = 'fwmap 1, a.dts sha256 0123456789ab; derivation: fwmap sysfb --full a.dts';
    expect([line.length, lastOf({})]).toEqual([72, line]);
  });

  test('a name that makes it longer stands once', () => {
    expect(lastOf({ inputs: [artifactOf('ab.dts')] })).toBe(
      'fwmap 1: sysfb --full ab.dts, sha256 0123456789ab',
    );
  });

  test('of several inputs two are named, whatever it takes', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => artifactOf(name)) as [
      typeof INPUT,
      typeof INPUT,
      typeof INPUT,
      typeof INPUT,
    ];
    expect(lastOf({ inputs: [a, b] })).toBe(
      'fwmap 1, a sha256 0123456789ab, b sha256 0123456789ab; derivation: fwmap sysfb --full a b',
    );
    expect(lastOf({ inputs: [a, b, c, d] })).toBe(
      'fwmap 1, a sha256 0123456789ab, b sha256 0123456789ab and 2 more; derivation: fwmap sysfb --full a b ...',
    );
  });

  test('members of an archive have its name once', () => {
    const member = (name: string) =>
      artifactOf('c.tar', { source: textSource(`c.tar!${name}`, ''), sha256: name.repeat(16) });
    expect(lastOf({ inputs: [member('d'), member('e')] })).toBe(
      'fwmap 1, c.tar: d sha256 dddddddddddd, e sha256 eeeeeeeeeeee; derivation: fwmap sysfb --full c.tar',
    );
    // One alone is the archive.
    expect(lastOf({ inputs: [member('d')] })).toBe(
      'fwmap 1, c.tar sha256 dddddddddddd; derivation: fwmap sysfb --full c.tar',
    );
    const folder = (name: string) => artifactOf('f', { source: textSource(`f/${name}`, '') });
    expect(lastOf({ inputs: [folder('d'), folder('e')] })).toMatch(/^fwmap 1, f: d sha256 \w+, e sha256/);
    expect(lastOf({ inputs: [member('d'), artifactOf('x')] })).toMatch(/^fwmap 1, c\.tar sha256 \w+, x sha/);
  });

  test('standard input has no name of its own', () => {
    expect(lastOf({ inputs: [artifactOf('-')] })).toBe(
      'fwmap 1, input sha256 0123456789ab; derivation: fwmap sysfb --full -',
    );
  });
});

/** A `ranges` entry of #address-cells 2, of the parent 2, #size-cells 1; `from` is where the counts were found. */
function entryOf(more: object = {}, from = 'inferred', cells = [2, 2, 1]): AddressWindow['derivation'] {
  const [child, parent, size] = cells.map((count) => ({ cells: count, from, node: '/bus' }));
  const entry = {
    base: 0x1000n,
    parent: 0x2000n,
    size: 0x10_0000n,
    counts: { childAddress: child, parentAddress: parent, size },
    ...more,
  };
  return { entry: entry as unknown as AddressEntry };
}

describe('the line that was read', () => {
  const pool = [windowOf({ derivation: entryOf() })];
  const READ = 'is child 0x1000, parent 0x2000, size 0x100000';
  const quoted = (more: Partial<Verdict>): string => told({ pool, ...more })[2]!;

  test('is quoted, and told how it is read', () => {
    expect(told({ pool, reason: 'no part is low' }).slice(0, 3)).toEqual([
      'A kernel on this machine does not need CONFIG_SYSFB.',
      'second = <1>;',
      `${READ} (2/2/1 cells, as in microsoft,vmbus.yaml). No part is low.`,
    ]);
  });

  test('the binding is named where the counts are its, and no tree says them', () => {
    const reading = (from: string, cells: number[]): string =>
      quoted({ pool: [windowOf({ derivation: entryOf({}, from, cells) })], reason: 'x' });
    expect(reading('given', [2, 2, 1])).toContain('(2/2/1 cells, as in microsoft,vmbus.yaml)');
    expect(reading('own', [2, 2, 1])).toContain('(2/2/1 cells).');
    expect(reading('inferred', [2, 2, 2])).toContain('(2/2/2 cells).');
  });

  test('a reason that begins with what VMBus gets goes on from it', () => {
    expect(quoted({ reason: 'VMBus gets [mem 0x0-0x1]; it is low' })).toBe(
      `${READ} (2/2/1 cells, as in microsoft,vmbus.yaml): [mem 0x0-0x1]. It is low.`,
    );
  });

  test('on a device tree boot the option has no effect where nothing is needed', () => {
    const machine = { platform: 'openhcl-vtl2', boot: 'dt', vtl: 2 } as const;
    const SAYS = 'vmbus_device_add() never calls vmbus_reserve_fb()';
    expect(
      quoted({ machine, effective: false, reason: 'none is where the Hyper-V framebuffer is' }),
    ).toContain(`. None is where the framebuffer is, and ${SAYS}`);
    expect(quoted({ machine, effective: null })).not.toContain(SAYS);
    expect(quoted({ effective: false })).not.toContain(SAYS);
    expect(quoted({ machine, effective: false, answer: 'needed' })).not.toContain(SAYS);
  });

  const long = textSource('a.dts', `${'x'.repeat(69)}\n`);
  const fits = textSource('a.dts', `${'x'.repeat(68)}\n`);
  const blob = { name: 'a.dtb', form: 'blob', bytes: new Uint8Array(40) } as const;
  test.each<[string, Verdict['pool'], boolean]>([
    ['of 68 characters, which a quotation of four more has room for', [spanned(fits, 0, 68)], true],
    ['of more characters', [spanned(long, 0, 69)], false],
    [
      'of two lines',
      [windowOf({ derivation: entryOf(), origin: { ...ORIGIN, span: { ...SPAN, end: 26 } } })],
      false,
    ],
    ['of a blob', [spanned(blob, 0, 8)], false],
    ['of one of two windows', [...pool, windowOf()], false],
    [
      'of no known place',
      [windowOf({ derivation: entryOf(), origin: { ...ORIGIN, span: undefined! } })],
      false,
    ],
    ['of an ACPI object', [windowOf()], false],
    ['without a parent address', [windowOf({ derivation: entryOf({ parent: null }) })], false],
    ['without a size', [windowOf({ derivation: entryOf({ size: null }) })], false],
  ])('%s', (_title, windows, is) => {
    expect(told({ pool: windows, reason: 'x' }).some((text) => text.startsWith('is child'))).toBe(is);
  });

  function spanned(source: (typeof SPAN)['source'], start: number, end: number): AddressWindow {
    return windowOf({ derivation: entryOf(), origin: { ...ORIGIN, span: { source, start, end } } });
  }
});

describe('what VMBus gets', () => {
  const RANGE = '[mem 0xf8000000-0xf80fffff], 1 MiB (/bus ranges[1], a.dts:2.3)';
  const gets = (count: number): string[] =>
    told({ pool: Array.from({ length: count }, () => windowOf()), reason: 'it is low' });

  test('stands behind the reason, two windows at most', () => {
    expect(gets(0).slice(1, -1)).toEqual(['It is low.']);
    expect(gets(1).slice(1, -1)).toEqual(['It is low.', `VMBus gets ${RANGE}.`]);
    expect(gets(2)[2]).toBe(`VMBus gets ${RANGE}; ${RANGE}.`);
    expect(gets(3)[2]).toBe(`VMBus gets ${RANGE}; ${RANGE}; and 1 more.`);
  });

  test('not where the reason says it', () => {
    expect(told({ pool: [windowOf()], reason: 'VMBus gets something' })).toHaveLength(3);
  });

  test('without a size where that is not known', () => {
    const pool: AddressWindow[] = [{ ...windowOf(), certainty: 'unknown', size: null, why: 'a field' }];
    expect(told({ pool, reason: 'x' })[2]).toMatch(/^VMBus gets \[mem 0xf8000000-\?\] \(\/bus/);
  });
});

describe('what is assumed', () => {
  const assumption = (text: string) => ({ text, authority: 'default' });
  const assumed = (...texts: string[]): string =>
    told({ reason: 'x', assumptions: texts.map(assumption) }).at(-2)!;

  test('is a sentence', () => {
    expect(assumed('The machine is one', 'a')).toBe('This assumes that the machine is one; a.');
    expect(assumed('a', 'a')).toBe('This assumes that a.');
    expect(told({ reason: 'x' })).toHaveLength(3);
  });

  test('rules that are a caveat are behind it; others are not told', () => {
    const rule = (id: string, says: string) => ({ id, says, evidence: [] });
    const rules = [rule('vendor-kernel', 'It is a vendor’s.'), rule('other', 'Not told.')];
    expect(told({ reason: 'x', rules, assumptions: [assumption('a')] }).at(-2)).toBe(
      'This assumes that a. It is a vendor’s.',
    );
    expect(told({ reason: 'x', rules }).at(-2)).toBe('It is a vendor’s.');
  });

  test('what does not fit is counted', () => {
    // 15 lines less the answer, the reason, the last line and three empty ones between four blocks: nine.
    const texts = Array.from({ length: 40 }, (_, at) => `assumption ${at} ${'x'.repeat(50)}`);
    const text = assumed(...texts);
    const shown = texts.filter((each) => text.includes(each)).length;
    expect(text).toMatch(new RegExp(`; and ${40 - shown} more \\(--full\\)\\.$`));
    expect(linesOf({ reason: 'x', assumptions: texts.map(assumption) })).toBe(15);
  });
});

/** Lines of the mail, without the empty ones at its end. */
function linesOf(more: Partial<Verdict>): number {
  return renderMail(sysfbReply(verdictOf(more), '1'))
    .trimEnd()
    .split('\n').length;
}

describe('the reason', () => {
  test('has as many sentences as fit; one that is too long is cut', () => {
    const sentence = (name: string): string => `${name} ${'word '.repeat(20)}end`;
    const texts = Array.from({ length: 20 }, (_, at) => sentence(`S${at}`));
    const body = told({ reason: texts.join('; ') })[1]!;
    expect(body).toMatch(/end\.$/);
    expect(body.startsWith(`${sentence('S0')}. ${sentence('S1')}.`)).toBe(true);
    expect(linesOf({ reason: texts.join('; ') })).toBeLessThanOrEqual(15);
    const cut = told({ reason: 'word '.repeat(400).trim() })[1]!;
    expect(cut).toMatch(/word \.\.\. \(--full\)$/);
    expect(linesOf({ reason: 'word '.repeat(400).trim() })).toBeLessThanOrEqual(15);
  });
});

describe('the table', () => {
  const caseOf = (value: bigint): Verdict['conditions'][number] => ({
    when: equals(fieldOf('MG2L'), value),
    answer: value === 0n ? 'not-needed' : 'needed',
    effective: value === 1n,
    because: '',
  });
  const rows = (count: number): Verdict['conditions'] =>
    Array.from({ length: count }, (_, at) => caseOf(BigInt(at)));
  const table = (count: number): string[] =>
    told({ answer: 'depends', conditions: rows(count) })[1]!.split('\n');

  test('has a row a case', () => {
    expect(table(3)).toEqual([
      'not needed if MG2L == 0',
      'needed if MG2L == 1',
      'needed (CONFIG_SYSFB has no effect) if MG2L == 2',
    ]);
  });

  test('without cases there is the reason', () => {
    expect(told({ answer: 'depends', reason: 'x' })[1]).toBe('X.');
    expect(told({ answer: 'needed', conditions: rows(2), reason: 'y' })[1]).toBe('Y.');
  });

  test('as many as fit, the others counted', () => {
    const left = (shown: readonly string[]): number =>
      Number(/^and (\d+) more \(--full\)$/.exec(shown.at(-1)!)?.[1]);
    const many = table(40);
    expect(many.length - 1 + left(many)).toBe(40);
    const most = many.length;
    // One line is for the count only where there is something to count.
    expect(table(most)).toHaveLength(most);
    expect(table(most).at(-1)).toMatch(/^needed/);
    expect(table(most + 1)).toHaveLength(most);
    expect(left(table(most + 1))).toBe(2);
  });
});

test('never more than fifteen lines, and none is wider than 72 unless a word is', () => {
  const words = fc
    .array(fc.constantFrom('a', 'window', 'of', '[mem 0xf8000000-0xf80fffff]', 'the', 'kernel'), {
      minLength: 1,
      maxLength: 60,
    })
    .map((list) => list.join(' '));
  fc.assert(
    fc.property(
      fc.array(words, { minLength: 1, maxLength: 6 }),
      fc.array(words, { maxLength: 6 }),
      fc.nat(3),
      fc.constantFrom('needed', 'not-needed', 'unknown', 'depends'),
      (reason, assumptions, windows, answer) => {
        const lines = renderMail(
          sysfbReply(
            verdictOf({
              answer: answer as Verdict['answer'],
              reason: reason.join('; '),
              assumptions: assumptions.map((text) => ({ text, authority: 'default' })),
              pool: Array.from({ length: windows }, () => windowOf()),
              inputs: [INPUT],
            }),
            '1',
          ),
        )
          .trimEnd()
          .split('\n');
        expect(lines.length).toBeLessThanOrEqual(15);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(72);
      },
    ),
    { numRuns: 200 },
  );
});
