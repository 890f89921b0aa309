/** The C preprocessor of device tree source. Messages are worded as by GNU cpp, where it has one. */
import { FIRMWARE, NOTHING, row } from '../row.ts';
import { problemText } from './problem.ts';

const board = (text: string) => ({
  files: { 'board.dts': `${text}/dts-v1/;\n/ { };\n` },
  run: 'windows board.dts',
});
const REFUSED = 'cpp rejects this source. How the rest would have been read is unknown.';
const SOURCE = 'GNU cpp; ISO C11, 6.10';

export const DT_PREPROCESSOR_ROWS = {
  'dt/include-missing': row({
    severity: 'error',
    summary: 'a file named by #include cannot be opened',
    why: 'Everything it defines is missing: nodes, labels, macros. Nothing after it is read.',
    example: board('#include "soc.dtsi"\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: cannotOpen,
    hint: ({ name }) =>
      name.startsWith('dt-bindings/')
        ? 'a kernel tree has it: -I LINUX/include'
        : 'name the folder it is in: -I DIR',
  }),
  'dt/include-refused': row({
    severity: 'error',
    summary: 'a file named by #include is outside of the include roots',
    why: 'Everything it defines is missing. --include-root names the folders that may be read.',
    example: {
      files: { 'in/board.dts': '#include "../soc.dtsi"\n/dts-v1/;\n/ { };\n', 'soc.dtsi': '' },
      run: 'windows --include-root in in/board.dts',
    },
    source: 'README: --include-root',
    hides: FIRMWARE,
    text: cannotOpen,
  }),
  'dt/include-depth': row({
    severity: 'error',
    summary: 'files include each other without end',
    why: 'Nothing after it is read.',
    example: board('#include "board.dts"\n'),
    source: 'the limits include-depth and includes; cpp stops at the same depth',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/directive': row({
    severity: 'error',
    summary: 'a preprocessor directive is malformed',
    why: REFUSED,
    example: board('#ifdef\n#endif\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/unsupported-directive': row({
    severity: 'warning',
    summary: 'a preprocessor directive is ignored',
    why: '#assert and #unassert are obsolete and change no text.',
    example: board('#assert machine(x86)\n'),
    source: SOURCE,
    hides: NOTHING,
    text: ({ name }: { name: string }) => `#${name} is not supported`,
  }),
  'dt/error-directive': row({
    severity: 'error',
    summary: 'the source contains #error',
    why: 'It is not meant to be read with these macros. --define sets one.',
    example: board('#error choose a board\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: ({ text }: { text: string }) => `#error${text}`,
  }),
  'dt/warning-directive': row({
    severity: 'warning',
    summary: 'the source contains #warning',
    why: 'It is read anyway.',
    example: board('#warning old board\n'),
    source: SOURCE,
    hides: NOTHING,
    text: ({ text }: { text: string }) => `#warning${text}`,
  }),
  'dt/condition': row({
    severity: 'error',
    summary: 'the expression of an #if cannot be evaluated',
    why: `${REFUSED} Its group is left out.`,
    example: board('#if 1 +\n#endif\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/stray-conditional': row({
    severity: 'error',
    summary: '#else, #elif or #endif without #if',
    why: REFUSED,
    example: board('#endif\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: ({ name }: { name: string }) => `#${name} without #if`,
  }),
  'dt/unterminated-conditional': row({
    severity: 'error',
    summary: 'a file ends inside #if',
    why: 'The file may be cut off.',
    example: board('#if 1\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: () => 'the file ends inside a conditional: #endif is missing',
  }),
  'dt/macro-definition': row({
    severity: 'error',
    summary: 'a macro cannot be defined',
    why: `${REFUSED} The macro stays undefined.`,
    example: board('#define 1x 2\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/macro-redefined': row({
    severity: 'warning',
    summary: 'a macro is defined again, differently',
    why: 'The later definition counts, as with cpp.',
    example: board('#define A 1\n#define A 2\n'),
    source: SOURCE,
    hides: NOTHING,
    text: ({ name }: { name: string }) => `"${name}" redefined`,
  }),
  'dt/macro-arguments': row({
    severity: 'error',
    summary: 'a macro is called with the wrong arguments',
    why: REFUSED,
    example: board('#define F(a) a\n#define G F(1, 2)\n/* */ G\n'),
    source: SOURCE,
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/macro-limit': row({
    severity: 'error',
    summary: 'macros expand to more than is read',
    why: 'Nothing after it is read.',
    example: {
      files: {
        'board.dts': `${Array.from({ length: 64 }, (_, level) => `#define M${level} M${level + 1} M${level + 1}\n`).join('')}M0\n`,
      },
      run: 'windows --as dts board.dts',
    },
    source: 'the limits macro-tokens, macro-characters and macro-argument-depth',
    hides: FIRMWARE,
    text: problemText,
  }),
};

function cannotOpen({ name, why }: { name: string; why: string }): string {
  return `can't open "${name}": ${why}`;
}
