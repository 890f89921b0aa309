/** Device trees that grow: nodes, properties, macros. */
import { dts, type Growing, hex, lines } from '../growing.ts';

const VMBUS = (index: number): string =>
  `d${index} { #address-cells = <2>; #size-cells = <1>; compatible = "microsoft,vmbus"; ranges = <${index} 0 ${index} 0 0x1000>; };`;

export const TREES: readonly Growing[] = [
  { name: 'tree: VMBus nodes', count: 8000, command: ['sysfb'], make: (count) => dts(lines(count, VMBUS)) },
  {
    name: 'tree: VMBus nodes, windows',
    count: 8000,
    command: ['windows', '--format', 'json'],
    make: (count) => dts(lines(count, VMBUS)),
  },
  {
    name: 'tree: VMBus nodes, simulated',
    count: 8000,
    command: ['simulate'],
    make: (count) => dts(lines(count, VMBUS)),
  },
  {
    name: 'tree: VMBus nodes with windows in one place',
    count: 8000,
    command: ['sysfb'],
    make: (count) =>
      dts(
        lines(
          count,
          (index) =>
            `d${index} { #address-cells = <2>; #size-cells = <1>; compatible = "microsoft,vmbus"; ranges = <0 0xf8000000 0 0xf8000000 0x1000>; };`,
        ),
      ),
  },
  {
    name: 'tree: ranges of one node',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      dts(
        `v { #address-cells = <2>; #size-cells = <1>; compatible = "microsoft,vmbus"; ranges = ${Array.from({ length: count }, (_, index) => `<${index} 0 ${index} 0 0x1000>`).join(', ')}; };`,
      ),
  },
  {
    name: 'tree: nodes with reg',
    count: 16_000,
    command: ['windows'],
    make: (count) =>
      dts(lines(count, (index) => `n@${hex(index)} { reg = <0 0x${hex(index << 12)} 0 0x1000>; };`)),
  },
  {
    name: 'tree: registers, decoded',
    count: 16_000,
    command: ['resources'],
    make: (count) =>
      dts(lines(count, (index) => `n@${hex(index)} { reg = <0 0x${hex(index << 12)} 0 0x1000>; };`)),
  },
  {
    name: 'tree: nested nodes',
    count: 4000,
    command: ['windows'],
    make: (count) =>
      dts(
        `${'n { ranges; #address-cells = <2>; #size-cells = <2>; reg = <0 0 0 1>; '.repeat(count)}${'};'.repeat(count)}`,
      ),
  },
  {
    name: 'tree: nodes of one name',
    count: 16_000,
    command: ['windows'],
    make: (count) => dts(lines(count, () => 'same { a; };')),
  },
  {
    name: 'tree: properties of one node',
    count: 40_000,
    command: ['windows'],
    make: (count) => dts(lines(count, (index) => `p${index} = <${index}>;`)),
  },
  {
    name: 'tree: labels and references',
    count: 16_000,
    command: ['windows'],
    make: (count) => dts(lines(count, (index) => `l${index}: n${index} { a = <&l${count - 1 - index}>; };`)),
  },
  {
    name: 'tree: extensions by label',
    count: 16_000,
    command: ['windows'],
    make: (count) => `${dts('l: n { };')}${lines(count, (index) => `&l { a${index}; };`)}`,
  },
  {
    name: 'tree: deletions',
    count: 16_000,
    command: ['windows'],
    make: (count) => dts(lines(count, (index) => `n${index} { }; /delete-node/ n${index};`)),
  },
  {
    name: 'tree: memory reservations',
    count: 20_000,
    command: ['windows'],
    make: (count) =>
      `/dts-v1/;\n${lines(count, (index) => `/memreserve/ 0x${hex(index << 12)} 0x1000;`)}/ { };\n`,
  },
  {
    name: 'tree: reserved memory',
    count: 8000,
    command: ['sysfb'],
    make: (count) =>
      dts(
        `reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n${lines(count, (index) => `framebuffer@${hex(index)} { reg = <0 0x${hex(index << 12)} 0 0x1000>; };`)}};\n${VMBUS(0)}`,
      ),
  },
  {
    name: 'tree: a long expression',
    count: 40_000,
    command: ['windows'],
    make: (count) => dts(`a = <(${'1 + '.repeat(count)}1)>;`),
  },
  {
    name: 'tree: nested brackets',
    count: 20_000,
    command: ['windows'],
    make: (count) => dts(`a = <${'('.repeat(count)}1${')'.repeat(count)}>;`),
  },
  {
    name: 'tree: unfinished nodes',
    count: 40_000,
    command: ['windows'],
    make: (count) => dts('n { '.repeat(count)),
  },
  {
    name: 'tree: faulty lines',
    count: 20_000,
    command: ['windows'],
    make: (count) => dts(lines(count, () => 'a = = <;')),
  },
];

export const MACROS: readonly Growing[] = [
  {
    name: 'preprocessor: definitions',
    count: 20_000,
    command: ['windows'],
    make: (count) => `${lines(count, (index) => `#define M${index} ${index}`)}${dts(`a = <M${count - 1}>;`)}`,
  },
  {
    name: 'preprocessor: a chain of macros',
    count: 16_000,
    command: ['windows'],
    make: (count) =>
      `${lines(count, (index) => `#define M${index} M${index + 1}`)}#define M${count} 1\n${dts('a = <M0>;')}`,
  },
  {
    name: 'preprocessor: parameters',
    count: 40_000,
    command: ['windows'],
    make: (count) =>
      `#define M(${Array.from({ length: count }, (_, index) => `a${index}`).join(',')}) a${count - 1}\n${dts(`a = <M(${'1,'.repeat(count - 1)}1)>;`)}`,
  },
  {
    name: 'preprocessor: pasted tokens',
    count: 20_000,
    command: ['windows'],
    make: (count) => `#define M(x) ${'x##'.repeat(count)}1\n${dts('a = <M(1)>;')}`,
  },
  {
    name: 'preprocessor: one argument in many places',
    count: 8000,
    command: ['windows'],
    make: (count) => `#define M(x) ${'x '.repeat(count)}\n${dts('a = <M(1 2 3)>;')}`,
  },
  {
    name: 'preprocessor: a call in a call',
    count: 2000,
    command: ['windows'],
    make: (count) => `#define M(x) x\n${dts(`a = <${'M('.repeat(count)}1${')'.repeat(count)}>;`)}`,
  },
  {
    name: 'preprocessor: conditions',
    count: 20_000,
    command: ['windows'],
    make: (count) => `${lines(count, () => '#if 1 + 1 == 2\n#endif')}${dts('')}`,
  },
  {
    name: 'preprocessor: nested conditions',
    count: 20_000,
    command: ['windows'],
    make: (count) => `${lines(count, () => '#if 1')}${lines(count, () => '#endif')}${dts('')}`,
  },
  {
    name: 'preprocessor: continued lines',
    count: 40_000,
    command: ['windows'],
    make: (count) => `#define A ${'1 \\\n'.repeat(count)}\n${dts('a = <A>;')}`,
  },
  {
    name: 'preprocessor: a comment without end',
    count: 400_000,
    command: ['windows'],
    make: (count) => `${dts('')}/*${'*'.repeat(count)}`,
  },
];
