/** Inputs that were made to cost more than their size, each by what a reader does at every one of its places. */
import { dts, type Growing } from './growing.ts';

export const ATTACKS: readonly Growing[] = [
  {
    name: 'tree: letters between brackets of bytes',
    count: 1_000_000,
    command: ['windows'],
    make: (count) => dts(`a = [${'x'.repeat(count)}];`),
  },
  {
    name: 'tree: quotes without end',
    count: 400_000,
    command: ['windows'],
    make: (count) => dts(`a = "${'\\"'.repeat(count)}`),
  },
  {
    name: 'resource templates in hex',
    count: 20_000,
    command: ['windows', '--as', 'crs-hex'],
    make: (count) => `${'86 09 00 01 00 00 00 f8 00 00 00 01 79 00\n'.repeat(count)}`,
  },
  {
    name: 'ASL: buffers without a brace, as hex',
    count: 100_000,
    command: ['windows', '--as', 'crs-hex'],
    make: (count) => 'Buffer(){'.repeat(count),
  },
];
