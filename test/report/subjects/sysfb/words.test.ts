/** The words of `sysfb` reports for each answer, machine and kernel. */
import { describe, expect, test } from 'vitest';
import { releaseFrom } from '../../../../src/linux/release-choice.ts';
import {
  answerSentence,
  dependsOnText,
  framebufferText,
  headlineOf,
  kernelText,
  machineText,
} from '../../../../src/report/subjects/sysfb/words.ts';
import { allOf, type Condition, chosen, compare, opaque } from '../../../../src/symbolic/index.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import { equals, fieldOf, verdictOf } from '../made.ts';

const caseOf = (when: Condition): Verdict['conditions'][number] => ({
  when,
  answer: 'needed',
  effective: true,
  because: '',
});
const DEPENDS = [caseOf(equals(fieldOf('MG2L'), 0n))];

describe('the answer', () => {
  test.each<[Partial<Verdict>, string, string]>([
    [{}, 'CONFIG_SYSFB: not needed', 'A kernel on this machine does not need CONFIG_SYSFB.'],
    // Whether it would have an effect is a caveat of `needed` alone.
    [
      { effective: false },
      'CONFIG_SYSFB: not needed',
      'A kernel on this machine does not need CONFIG_SYSFB.',
    ],
    [{ effective: null }, 'CONFIG_SYSFB: not needed', 'A kernel on this machine does not need CONFIG_SYSFB.'],
    [
      { answer: 'needed', effective: true },
      'CONFIG_SYSFB: needed',
      'A kernel on this machine needs CONFIG_SYSFB.',
    ],
    [
      { answer: 'needed', effective: false },
      'Reservation needed, and CONFIG_SYSFB would not make it',
      'A kernel on this machine needs a reservation, and CONFIG_SYSFB would not make it.',
    ],
    [
      { answer: 'needed', effective: null },
      'Reservation needed; whether CONFIG_SYSFB would make it is unknown',
      'A kernel on this machine needs a reservation; whether CONFIG_SYSFB would make it is unknown.',
    ],
    [
      { answer: 'depends', conditions: DEPENDS },
      'CONFIG_SYSFB: depends on the firmware field MG2L',
      'Whether a kernel on this machine needs CONFIG_SYSFB depends on the firmware field MG2L.',
    ],
    [
      { answer: 'unknown', effective: null },
      'CONFIG_SYSFB: unknown',
      'It is not known whether a kernel on this machine needs CONFIG_SYSFB.',
    ],
    [
      { machine: { platform: 'openhcl-vtl2', boot: 'dt', vtl: 2 } },
      'CONFIG_SYSFB: not needed',
      'VTL2 does not need CONFIG_SYSFB.',
    ],
    [
      { answer: 'unknown', machine: { platform: 'openhcl-vtl2', boot: 'dt', vtl: 2 } },
      'CONFIG_SYSFB: unknown',
      'It is not known whether VTL2 needs CONFIG_SYSFB.',
    ],
  ])('%#', (more, headline, sentence) => {
    const verdict = verdictOf(more);
    expect([headlineOf(verdict), answerSentence(verdict)]).toEqual([headline, sentence]);
  });
});

describe('what it depends on', () => {
  const is = (...names: string[]): Condition => allOf(names.map((name) => equals(fieldOf(name), 1n)));
  const choice = (id: string): Condition =>
    chosen({ id, values: ['n', 'y'], ordered: false }, 'y') as Condition;

  test.each<[string, Condition[], string]>([
    ['nothing that is named', [], 'what the inputs leave open'],
    ['one field', [is('AAAA')], 'the firmware field AAAA'],
    ['fields of several conditions', [is('AAAA'), is('BBBB')], 'the firmware fields AAAA, BBBB'],
    ['one field in several conditions', [is('AAAA'), is('AAAA')], 'the firmware field AAAA'],
    ['four', [is('AAAA', 'BBBB', 'CCCC', 'DDDD')], 'the firmware fields AAAA, BBBB, CCCC, DDDD'],
    [
      'more than four',
      [is('AAAA', 'BBBB', 'CCCC', 'DDDD', 'EEEE', 'FFFF')],
      'the firmware fields AAAA, BBBB, CCCC, DDDD and 2 more',
    ],
    ['the release', [releaseFrom('5.19')], 'the release'],
    ['a symbol of the configuration', [choice('SYSFB')], 'SYSFB'],
    ['how it boots', [choice('boot')], 'how it boots'],
    [
      'fields and a choice',
      [allOf([is('AAAA'), releaseFrom('5.19')])],
      'the firmware field AAAA and on the release',
    ],
    [
      'three things',
      [allOf([is('AAAA'), releaseFrom('5.19')]), choice('boot')],
      'the firmware field AAAA, on the release and on how it boots',
    ],
    [
      'what was not followed',
      [compare('eq', opaque(8, 'a loop'), 1n) as Condition],
      'code that was not followed',
    ],
    [
      'what was not followed and a field',
      [compare('eq', opaque(8, 'a loop'), 1n) as Condition, is('AAAA')],
      'the firmware field AAAA and on code that was not followed',
    ],
  ])('%s', (_title, conditions, text) => {
    expect(dependsOnText(conditions)).toBe(text);
  });
});

describe('machine and kernel', () => {
  test.each<[Verdict['machine'], string]>([
    [{ platform: 'hyperv-gen1', boot: 'bios', vtl: null }, 'Hyper-V, Generation 1; BIOS and ACPI'],
    [{ platform: 'openhcl-vtl2', boot: 'dt', vtl: 2 }, 'OpenHCL in VTL2; device tree; VTL 2'],
    [{ platform: 'other', boot: 'unknown', vtl: 0 }, 'not recognised; boot path unknown; VTL 0'],
  ])('%j', (machine, text) => {
    expect(machineText(verdictOf({ machine }))).toBe(text);
  });

  test.each<[string | null, Readonly<Record<string, string>>, string]>([
    ['6.12.30', {}, '6.12.30'],
    ['6.12.30', { SYSFB: 'y', EFI: 'n' }, '6.12.30; CONFIG_SYSFB=y CONFIG_EFI=n'],
    [null, { SYSFB: 'y' }, 'CONFIG_SYSFB=y'],
    [null, {}, 'release unknown'],
  ])('kernel %s with %j', (release, config, text) => {
    expect(kernelText(verdictOf({ kernel: { release, presumed: release === null, config } }))).toBe(text);
  });

  type Framebuffer = NonNullable<Verdict['framebuffer']>;
  test.each<[Pick<Framebuffer, 'base' | 'size' | 'expression' | 'text'> | null, string]>([
    [null, 'none known'],
    // %pR of base 0xf8000000 and 8 MiB: the end is inclusive.
    [{ base: 0xf800_0000n, size: 0x80_0000n, text: 'boot' }, '[mem 0xf8000000-0xf87fffff], boot'],
    [
      { base: 0xf800_0000n, size: 0x80_0000n, text: 'node: [mem 0xf8000000-0xf87fffff]' },
      'node: [mem 0xf8000000-0xf87fffff]',
    ],
    [{ base: 0xf800_0000n, size: null, text: 'boot' }, 'at 0xf8000000, boot'],
    [{ base: null, size: null, expression: 'where MG2B is', text: 'boot' }, 'where MG2B is, boot'],
    [{ base: 0xf800_0000n, size: null, expression: 'where MG2B is', text: 'boot' }, 'where MG2B is, boot'],
    [{ base: null, size: 0x80_0000n, text: 'boot' }, 'boot'],
  ])('framebuffer %#', (framebuffer, text) => {
    const given = framebuffer === null ? null : { from: 'dmesg' as const, ...framebuffer };
    expect(framebufferText(verdictOf({ framebuffer: given }))).toBe(text);
  });
});
