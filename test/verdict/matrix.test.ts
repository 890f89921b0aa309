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
    ['6.7 - before 6.16-rc1', 'needed'],
    ['6.16-rc1 and newer', 'needed'],
  ]);
  // 96959283a58d: from there on the symbol is selected.
  const selected = matrix!.filter(({ because }) => because.includes('selects it here'));
  expect(selected.map(({ releases, when }) => [releases, when])).toEqual([['6.16-rc1 and newer', 'SYSFB=n']]);
  // The symbol came with 6.4, and excludes the select.
  expect(rows('HYPERV_VTL_MODE=y')).toEqual([
    ['6.4 - before 6.7', 'not-needed'],
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

test('a kernel that was started by another has rows of its own for each stable branch with the fallback', async () => {
  // 016a25e4b0df needs no lfb_base, and is in 6.6.144 and 6.12.95; from 6.7 on it is behind CONFIG_SYSFB.
  const kdump = {
    kind: 'dmesg' as const,
    path: 'dmesg.txt',
    source: {
      name: 'dmesg.txt',
      form: 'text' as const,
      bytes: new TextEncoder().encode(
        '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x413fd0c1]\n[    0.000000] Kernel command line: root=/dev/sda1 elfcorehdr=0x2f000000\n',
      ),
    },
    sha256: '',
    steps: [],
  };
  const { matrix } = await answerSysfb(
    [table('gen2-dsdt.asl'), kdump],
    { describe: { set: new Map(Object.entries(VALUES)) }, kernel: { matrix: true } },
    new DiagnosticList(),
  );
  const answerOf = (when: string, releases: RegExp) =>
    matrix!.filter((row) => row.when === when && releases.test(row.releases)).map(({ answer }) => answer);
  expect(answerOf('SYSFB=n', /^6\.6\.144/)).toEqual(['not-needed']);
  expect(answerOf('SYSFB=y', /^6\.12\.95/)).toEqual(['not-needed']);
  expect(answerOf('SYSFB=n', /^6\.12\.95/)).not.toContain('not-needed');
});

test('what would settle it names what the table leaves out, too', async () => {
  // Without its values a Generation 2 table has rows that stand for several cases.
  const { conditions, toSettle } = await ask('gen2-dsdt.asl', {});
  const named = new Set(toSettle.map(({ what }) => what));
  for (const { because, answer } of conditions)
    if (answer === 'depends')
      for (const what of because.replace(/ decides? as well$/, '').split(', ')) expect(named).toContain(what);
  const counts = toSettle.map(({ decides }) => decides.rows);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(toSettle[0]).toMatchObject({
    what: 'MG2L',
    decides: { rows: conditions.length, of: conditions.length },
  });
});

test('no table where it is not asked for', async () => {
  expect((await ask('gen2-dsdt.asl', {}, VALUES)).matrix).toBeUndefined();
});
