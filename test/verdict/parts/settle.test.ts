/** What would settle an answer: which input or option, and how much of it. */
import { expect, test } from 'vitest';
import {
  type ChoiceVariable,
  choiceValue,
  compare,
  gather,
  opaque,
  type Quantity,
  variablesOf,
} from '../../../src/symbolic/index.ts';
import { toSettle } from '../../../src/verdict/settle.ts';
import { fieldOf as field } from '../../symbolic/fields.ts';

const choice = (id: string): ChoiceVariable => ({ id, values: ['n', 'y'], ordered: false });
const is = (of: Quantity): Quantity => compare('eq', of, 1n);

test('each variable with what settles it, what decides most comes first', () => {
  const rows = [
    is(field('MG2B')),
    gather('all', [is(field('MG2L')), is(choiceValue(choice('release')))]),
    gather('all', [is(field('MG2L')), is(choiceValue(choice('boot')))]),
  ];
  expect(toSettle(rows, { boot: '--boot efi|bios|dt' })).toEqual([
    { what: 'MG2L', how: '--set MG2L=VALUE', decides: { rows: 2, of: 3 } },
    { what: 'MG2B', how: '--set MG2B=VALUE', decides: { rows: 1, of: 3 } },
    {
      what: 'release',
      how: '--kernel RELEASE, or dmesg, uname -r or the .config of the machine',
      decides: { rows: 1, of: 3 },
    },
    { what: 'boot', how: '--boot efi|bios|dt', decides: { rows: 1, of: 3 } },
  ]);
});

test.each<[string, Quantity, string]>([
  [
    'memory with an address',
    field('A', { address: 0xf7fd9000n }),
    '--set A=VALUE or --memory DUMP@0xf7fd9000',
  ],
  ['memory without one', field('A'), '--set A=VALUE'],
  ['ports', field('A', { space: 'SystemIO', address: 0x70n }), '--set A=VALUE'],
  [
    'a commit that a vendor kernel may have',
    choiceValue(choice('has a07b50d80ab6')),
    '--kernel-source PATH, or --with-commit or --without-commit a07b50d80ab6',
  ],
  ['any other choice', choiceValue(choice('lfb_base')), 'an input that contains it'],
  ['what is not known', opaque(8, 'a loop was given up'), 'unknown: a loop was given up'],
])('%s', (_, of, how) => {
  expect(toSettle([is(of)], {}).map((one) => one.how)).toEqual([how]);
});

test('what a row depends on besides counts for it', () => {
  const [a, b] = [field('AAAA'), field('BBBB')];
  const settled = toSettle([is(a), 1n], {}, [[], variablesOf(a, b)]);
  expect(settled.map(({ what, decides }) => [what, decides.rows])).toEqual([
    ['AAAA', 2],
    ['BBBB', 1],
  ]);
  expect(toSettle([], {})).toEqual([]);
  expect(toSettle([1n, 0n], {})).toEqual([]);
});
