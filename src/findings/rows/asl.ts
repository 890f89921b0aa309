/** ASL text. Sections are those of ACPI 6.5, chapter 19. */
import { FIRMWARE, NOTHING, row } from '../row.ts';
import { type Problem, problemText } from './problem.ts';

const table = (body: string) => ({
  files: { 'ssdt.asl': `DefinitionBlock ("", "SSDT", 2, "FWMAP", "EXAMPLE", 1)\n{\n${body}\n}\n` },
  run: 'windows ssdt.asl',
});
const LOST = 'The statement is left out; it could declare a device or a window.';

function error(summary: string, source: string, body: string, why = LOST) {
  return row<Problem>({
    severity: 'error',
    summary,
    why,
    example: table(body),
    source,
    hides: FIRMWARE,
    text: problemText,
  });
}

function warning(summary: string, why: string, source: string, body: string) {
  return row<Problem>({
    severity: 'warning',
    summary,
    why,
    example: table(body),
    source,
    hides: NOTHING,
    text: problemText,
  });
}

export const ASL_ROWS = {
  'acpi/asl-syntax': error('ASL text does not follow its grammar', '19.2; iasl', 'Name (A, )'),
  'acpi/asl-include': error(
    'a file named by Include cannot be read',
    '19.6.65',
    'Include ("nowhere.asl")',
    'Everything it declares is missing.',
  ),
  'acpi/asl-if': error(
    '#else, #elif or #endif without #if',
    "iasl's preprocessor",
    '\n#endif\n',
    'It is unclear which text was meant.',
  ),
  'acpi/asl-if-without-endif': error(
    'a file ends inside #if',
    "iasl's preprocessor",
    '\n#if 1\n',
    'The file may be cut off.',
  ),
  'acpi/asl-directive': error(
    'a preprocessor directive is malformed',
    "iasl's preprocessor",
    '\n#nonsense\n',
    'It is unclear which text was meant.',
  ),
  'acpi/asl-error-directive': error(
    'the source contains #error',
    "iasl's preprocessor",
    '\n#error choose a board\n',
    'It is not meant to be read with these macros.',
  ),
  'acpi/asl-macro': error(
    'a macro is called with the wrong arguments',
    "iasl's preprocessor",
    '\n#define F(a, b) a\nName (A, F(1))\n',
  ),
  'acpi/asl-too-long': row({
    severity: 'error',
    summary: 'ASL text is longer than is read',
    why: 'Everything past the limit is missing.',
    example: table(
      `${Array.from({ length: 20 }, (_, level) => `\n#define A${level} A${level + 1} A${level + 1}`).join('')}\nA0`,
    ),
    source: 'the limits of ASL (docs/limits.md)',
    hides: FIRMWARE,
    text: problemText,
  }),
  'acpi/asl-method': error('a method has more than 7 arguments', '19.6.83', 'Method (M, 8) { }'),
  'acpi/asl-sync-level': error('a sync level is more than 15', '19.6.83, 19.6.87', 'Mutex (M, 16)'),
  'acpi/asl-field-offset': error(
    'an Offset points backwards',
    '19.6.47',
    'OperationRegion (R, SystemMemory, 0, 16)\nField (R, AnyAcc, NoLock, Preserve) { Offset (8), A, 8, Offset (4), B, 8 }',
  ),
  'acpi/asl-package-length': row({
    severity: 'error',
    summary: 'a block is longer than a PkgLength can encode',
    why: LOST,
    example: undefined,
    source: '20.2.4, PkgLength',
    hides: FIRMWARE,
    text: problemText,
  }),
  'acpi/asl-resource': error(
    'a resource macro has an invalid argument',
    '19.6, resource macros',
    'Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadOnly, 0) })',
  ),
  'acpi/asl-header': row({
    severity: 'error',
    summary: 'a name in a DefinitionBlock has the wrong length',
    why: 'iasl rejects it. The name is truncated or padded; the code is read.',
    example: {
      files: { 'ssdt.asl': 'DefinitionBlock ("", "SSDT", 2, "TOOLONGNAME", "EXAMPLE", 1)\n{\n}\n' },
      run: 'windows ssdt.asl',
    },
    source: '19.6.29',
    hides: NOTHING,
    text: problemText,
  }),
  'acpi/asl-printf': row({
    severity: 'error',
    summary: 'a format of Printf or Fprintf cannot be read',
    why: 'It only produces text.',
    example: table('Method (M) { Printf ("%z", 1) }'),
    source: '19.6.114',
    hides: NOTHING,
    text: problemText,
  }),
  'acpi/asl-printf-extra': warning(
    'a format of Printf does not use all arguments',
    'It only produces text.',
    '19.6.114',
    'Method (M) { Printf ("a", 1) }',
  ),
  'acpi/asl-value-cut': warning(
    'a number does not fit the field of a descriptor',
    'It is truncated, as by iasl.',
    '19.6, resource macros',
    'Name (_CRS, ResourceTemplate () { IO (Decode16, 0x12345, 1, 1, 1) })',
  ),
  'acpi/asl-literal': warning(
    'a literal is not read as it is written',
    'A number or string is too long; it is read as by iasl.',
    '19.2.6',
    'Name (A, 0x123456789abcdef01)',
  ),
  'acpi/asl-integer-width': row({
    severity: 'warning',
    summary: 'a number does not fit the integers of its table',
    why: 'It is truncated, as by iasl.',
    example: {
      files: {
        'ssdt.asl': 'DefinitionBlock ("", "SSDT", 1, "FWMAP", "EXAMPLE", 1)\n{\nName (A, 0x123456789)\n}\n',
      },
      run: 'windows ssdt.asl',
    },
    source: '19.6.29: 32 bits before revision 2',
    hides: NOTHING,
    text: problemText,
  }),
  'acpi/asl-target': warning(
    'the target of a store is not an object',
    'The value is discarded, as in ACPICA.',
    '19.2.5',
    'Method (M) { Store (1, 2) }',
  ),
  'acpi/asl-warning-directive': warning(
    'the source contains #warning',
    'It is read anyway.',
    "iasl's preprocessor",
    '\n#warning old board\n',
  ),
  'acpi/asl-pieces': row({
    severity: 'warning',
    summary: 'a text contains ASL and something else',
    why: 'Only its resource templates are read, each by itself. Code around them may change them or create others.',
    example: {
      files: {
        'x.asl':
          'Device (D) {\n  Name (_CRS, ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) })\n  Nonsense (\n}\n',
      },
      run: 'windows x.asl',
    },
    source: '19.2',
    hides: FIRMWARE,
    text: ({ problem }: Problem) => `only the resource templates of this text are read: ${problem}`,
  }),
  'acpi/no-asl': row({
    severity: 'error',
    summary: 'a text read as ASL has neither a table nor a template',
    why: 'It contains nothing that fwmap can use.',
    example: { files: { 'x.asl': 'hello\n' }, run: 'windows --as asl x.asl' },
    source: '19.6.29, 19.6.116',
    hides: FIRMWARE,
    text: () => 'neither a DefinitionBlock nor a ResourceTemplate was found',
  }),
};
