/** The what-if table says of each release what the answer for that release says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../src/verdict/answer.ts';
import type { GivenFacts } from '../../src/verdict/given.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';

const table = (name: string): Artifact => ({
  kind: 'asl',
  source: { name, form: 'text', bytes: readFileSync(new URL(`../../samples/${name}`, import.meta.url)) },
  path: name,
  sha256: '',
  steps: [],
});

async function ask(
  name: string,
  kernel: GivenFacts,
  set?: Readonly<Record<string, bigint>>,
): Promise<Verdict> {
  const describe = set === undefined ? {} : { set: new Map(Object.entries(set)) };
  return answerSysfb([table(name)], { describe, kernel }, new DiagnosticList());
}

const VALUES = { MG2B: 0xf8000000n, MG2L: 0x8000000n, HMIB: 0xfe00n, HMIL: 0x200n };

test('Generation 2: gated from 6.7 on, and CONFIG_SYSFB makes the reservation', async () => {
  const { matrix } = await ask('gen2-dsdt.asl', { matrix: true }, VALUES);
  const rows = (when: string) =>
    matrix!.filter((row) => row.when === when).map(({ releases, answer }) => [releases, answer]);
  // a07b50d80ab6, v6.7; before it screen_info is read whatever CONFIG_SYSFB is.
  expect(rows('SYSFB=n')).toEqual([
    ['5.10 - before 6.7', 'not-needed'],
    ['6.7 and newer', 'needed'],
  ]);
  expect(new Set(rows('SYSFB=y').map(([, answer]) => answer))).toEqual(new Set(['not-needed']));
  // Without EFI the driver looks for PCI 1414:5353, which Generation 2 lacks (2a8a8afba0c3, v6.0); before, for screen_info.
  expect(rows('EFI=n').at(-1)).toEqual(['6.0 and newer', 'needed']);
});

test.each(['6.6.10', '6.12.30', '7.3.4'])('%s alone says the same', async (release) => {
  const { answer } = await ask('gen2-dsdt.asl', { release }, VALUES);
  expect(answer).toBe(release === '6.6.10' ? 'not-needed' : 'needed');
});

test('no table where it is not asked for', async () => {
  expect((await ask('gen2-dsdt.asl', {}, VALUES)).matrix).toBeUndefined();
});
