import { describe, expect, it } from 'vitest';
import type { AslFiles } from '../../../src/acpi/asl/text/files.ts';
import { preprocess } from '../../../src/acpi/asl/text/preprocessor.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatPlace, textSource } from '../../../src/bytes/source.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';

function run(
  text: string,
  files?: Readonly<Record<string, string>>,
  defines?: Readonly<Record<string, string>>,
) {
  const sink = new DiagnosticList();
  const opener: AslFiles = {
    open: (name) => {
      const found = files?.[name];
      return found === undefined ? { reason: 'not found' } : textSource(name, found);
    },
  };
  const { tokens, positions } = preprocess(textSource('a.asl', text), sink, {
    files: opener,
    ...(defines && { defines }),
  });
  const real = tokens.slice(0, -1);
  return {
    text: real.map((token) => token.text).join(' '),
    places: real.map(({ start, end }) => formatPlace(positions.spanOf(start, end))),
    said: sink.all.map(formatDiagnostic),
  };
}

describe('the preprocessor', () => {
  it.each([
    ['a name', '#define SIZE 0x10\nName (A, SIZE)', 'Name ( A , 0x10 )'],
    ['a name and nothing', '#define X\nA X B', 'A B'],
    ['arguments', '#define ADD2(a, b) Add (a, b)\nADD2 (One, ADD2 (1, 2))', 'Add ( One , Add ( 1 , 2 ) )'],
    ['no arguments after all', '#define F(a) a\nF', 'F'],
    ['a name in itself', '#define A B\n#define B A\nA', 'A'],
    ['a name that is gone', '#define A 1\n#undef A\nA', 'A'],
    ['a line that goes on', '#define A 1 \\\n 2\nA', '1 2'],
    ['#if', '#define N 3\n#if N > 2 && defined (N)\nyes\n#else\nno\n#endif', 'yes'],
    ['#elif', '#if 0\na\n#elif (1 << 3) == 8\nb\n#elif 1\nc\n#else\nd\n#endif', 'b'],
    ['#if in what is skipped', '#ifdef NO\n#if 1\na\n#else\nb\n#endif\n#else\nc\n#endif', 'c'],
    ['what is no ASL in what is skipped', '#if 0\n"no end @\n#endif\nok', 'ok'],
    ["cpp's line markers", '# 12 "x.asl"\n#line 3 "y.asl"\nA', 'A'],
    ['comments', 'A /* #define A B */ // B\nC', 'A C'],
  ])('%s', (_, text, expected) => {
    const { text: got, said } = run(text);
    expect(said).toEqual([]);
    expect(got).toBe(expected);
  });

  it('reads included files, and every token knows its file', () => {
    const files = { 'b.asl': 'B\n#include "c.asl"\nD', 'c.asl': '\n  C' };
    const { text, places, said } = run('A\nInclude ("b.asl")\nE', files);
    expect(said).toEqual([]);
    expect(text).toBe('A B C D E');
    expect(places).toEqual(['a.asl:1.1', 'b.asl:1.1', 'c.asl:2.3', 'b.asl:3.1', 'a.asl:3.1']);
  });

  it('places what a macro makes where the macro is used', () => {
    expect(run('#define TWO 1 + 1\n\n  TWO').places).toEqual(['a.asl:3.3', 'a.asl:3.3', 'a.asl:3.3']);
  });

  it('takes definitions from outside', () => {
    expect(run('#ifdef DEBUG\nLEVEL\n#endif', {}, { DEBUG: '1', LEVEL: '0x7' }).text).toBe('0x7');
  });

  it('puts a file into a buffer', () => {
    expect(run('#includebuffer "b.bin" BUFF', { 'b.bin': 'AB' }).text).toBe(
      'Name ( BUFF , Buffer ( ) { 65 , 66 } )',
    );
  });

  it.each([
    ['#include "x.asl"', 'x.asl: not found'],
    ['#endif', '#endif without #if'],
    ['#if 1', '#if without #endif'],
    ['#error it is so', '#error'.slice(1)],
    ['#nonsense', 'unknown directive #nonsense'],
    ['#define F(a) a\nF (1', 'unterminated argument list of F'],
    ['#define F(a) a\nF (1, 2)', 'F takes 1 arguments, not 2'],
    ['#if 1 +\n#endif', '#if needs an integer expression'],
  ])('%s is a fault', (text, message) => {
    expect(run(text).said.join('\n')).toContain(message);
  });

  it('stops at files that include themselves and at macros that grow without end', () => {
    expect(run('#include "a"', { a: '#include "a"' }).said.join()).toContain(
      'more than 40 levels (--limit asl-include-depth=N)',
    );
    const lines = ['#define A0 1 1 1 1 1 1 1 1'];
    for (let index = 1; index < 30; index += 1) {
      lines.push(
        `#define A${index} ${Array(8)
          .fill(`A${index - 1}`)
          .join(' ')}`,
      );
    }
    expect(run(`${lines.join('\n')}\nA29`).said.join()).toContain('macros expand to more than 400000 tokens');
  });
});
