import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { placeOf } from '../../../src/bytes/source.ts';
import { needsPreprocessing } from '../../../src/devicetree/preprocessor/needed.ts';
import type { PreprocessedText } from '../../../src/devicetree/preprocessor/output.ts';
import {
  type PreprocessOptions,
  PreprocessorCache,
  preprocess,
} from '../../../src/devicetree/preprocessor/preprocess.ts';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.ts';
import { pick, seededRandom } from '../../grammar/ebnf.ts';
import { installedVersion, Recordings } from '../../recorded.ts';
import { latin1Source, memoryLoader, tell } from '../trees.ts';

interface Run {
  readonly output: PreprocessedText;
  /** White space of any kind and amount as one space. */
  readonly text: string;
  readonly told: readonly string[];
}

function run(text: string, options: PreprocessOptions = {}): Run {
  const sink = new DiagnosticList();
  const output = preprocess(latin1Source('board.dts', text), options, sink);
  return { output, text: output.text.replace(/\s+/g, ' ').trim(), told: sink.all.map(tell) };
}

describe('macros', () => {
  it('are replaced, except inside strings and comments', () => {
    expect(run('#define N 3\na = <N>; b = "N"; /* N */ c = <N N>;').text).toBe(
      'a = <3>; b = "N"; /* N */ c = <3 3>;',
    );
  });

  it('take arguments, over several lines too', () => {
    expect(run('#define IRQ(a, b) <a b 4>\nx = IRQ(0,\n  (1, 2));\ny = IRQ;').text).toBe(
      'x = <0 (1, 2) 4>; y = IRQ;',
    );
  });

  it('paste and stringify', () => {
    expect(run('#define P(a) pin_##a\n#define S(a) #a\nx = &P(7); y = S( a "b\\n"  c );').text).toBe(
      'x = &pin_7; y = "a \\"b\\\\n\\" c";',
    );
  });

  it('are variadic, and lose a comma before an absent argument (GNU)', () => {
    const text = '#define V(a, ...) <a , ## __VA_ARGS__>\n#define W(a, r...) [a r]\nV(1) V(1, 2, 3) W(0, 1)';
    expect(run(text).text).toBe('<1> <1 , 2, 3> [0 1]');
  });

  it('are not replaced inside themselves (C 6.10.3.4 example 3)', () => {
    const text = `#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m(f)^m(m);`;
    // The standard's own answer, in GNU cpp's spacing.
    expect(run(text).text).toBe(
      'f(2 * (y+1)) + f(2 * (f(2 * (z[0])))) % f(2 * (0)) + t(1); f(2 * (2 +(3,4)-0,1)) | f(2 * (~ 5)) & f(2 * (0,1))^m(0,1);',
    );
  });

  it('leave a space only where two tokens would become one', () => {
    expect(run('#define N 3\n#define M -N\npin-N {}; -M N-1 label_N').text).toBe(
      'pin-3 {}; - -3 3 -1 label_N',
    );
  });

  it('predefined are those of an assembler source without a system', () => {
    expect(run('__DTS__ __ASSEMBLER__ linux __LINE__\n__LINE__ __FILE__ __COUNTER__ __COUNTER__').text).toBe(
      '1 1 linux 1 2 "board.dts" 0 1',
    );
  });

  it('may come from outside', () => {
    expect(run('A B C(2)', { defines: ['A', 'B=x y', 'C(n)=<n>'] }).text).toBe('1 x y <2>');
  });

  it('called wrongly are reported, at the call', () => {
    const { told } = run('#define F(a, b) a\n  F(1)\n#define F(a) b\nx = F(');
    expect(told).toEqual([
      '2:3 dt/macro-arguments macro "F" is called with the wrong number of arguments (takes 2 arguments, but 1 given)',
      '3:1 dt/macro-redefined "F" redefined',
      '4:5 dt/macro-arguments macro "F" is called with an unterminated argument list',
    ]);
  });
});

describe('directives', () => {
  it('that cpp does not know are text: properties whose names start with a number sign', () => {
    const text =
      '#address-cells = <1>;\n  #size-cells = <0>;\n# 3 "x.dts"\n#define address 7\n#address-cells = <2>;';
    expect(run(text).text).toBe('#address-cells = <1>; #size-cells = <0>; # 3 "x.dts" #7 -cells = <2>;');
  });

  it('choose groups', () => {
    const text = `#define A 2
#if A == 1
one
#elif A == 2 && defined(A) && !defined B
two
# if 0
never
# else
nested
# endif
#else
other
#endif
#ifdef B
b
#endif
#ifndef B
no b
#endif`;
    expect(run(text).text).toBe('two nested no b');
  });

  it('in groups that are left out are not carried out', () => {
    expect(run('#if 0\n#define A 1\n#include "missing"\n#error no\n#bogus\n\'\n#endif\nA').text).toBe('A');
  });

  it('join lines that end in a backslash', () => {
    const { output, text } = run('#define A 1 \\\n  2\nx\\\ny = <A>;');
    expect(text).toBe('xy = <1 2>;');
    const at = output.text.indexOf('= <');
    expect(placeOf(output.spanOf(at, at + 1))).toMatchObject({ line: 4, column: 3 });
  });

  it('tell what is wrong with them', () => {
    const text = '#if 1 +\n#endif\n#else\n#define 1\n#error stop  here\n#warning mind\n#if 1\n';
    expect(run(text).told).toEqual([
      '1:1 dt/condition #if expression ends too early',
      '3:1 dt/stray-conditional #else without #if',
      '4:1 dt/macro-definition macro names must be identifiers',
      '5:1 dt/error-directive #error stop here',
      '6:1 dt/warning-directive #warning mind',
      '8:1 dt/unterminated-conditional the file ends inside a conditional: #endif is missing',
    ]);
  });

  it('are what makes a source need all this', () => {
    const needs = (text: string): boolean => needsPreprocessing(latin1Source('x.dts', text));
    expect(needs('/dts-v1/;\n#include "a.dtsi"\n')).toBe(true);
    expect(needs('/ {\n # define X\n};')).toBe(true);
    expect(needs('/dts-v1/;\n# 1 "a.dts"\n#line 3 "b"\n/ {\n#address-cells = <1>; };')).toBe(false);
  });

  it('are not all that needs it: cpp’s own macros and joined lines, outside comments and strings', () => {
    const needs = (text: string, defines: string[] = []): boolean =>
      needsPreprocessing(latin1Source('x.dts', text), defines);
    expect(needs('/ { a = __FILE__; };')).toBe(true);
    expect(needs('/ { a = <1>, \\\n <2>; };')).toBe(true);
    expect(needs('/ { a = "b\\ \nc"; };')).toBe(true);
    expect(needs('/ { a = "__FILE__"; }; // __LINE__ \\\n/* __TIME__ \\\n */')).toBe(false);
    expect(needs(`/ { a = <'"'>; b = __LINE__; };`)).toBe(true);
    expect(needs('/ { a = <N>; };')).toBe(false);
    expect(needs('/ { a = <N>; };', ['N=1'])).toBe(true);
  });

  it('tell the time as cpp does', () => {
    const clock = {
      now: new Date('1970-01-02T03:04:05Z'),
      utc: true,
      modified: (name: string) => (name === 'board.dts' ? new Date(2001, 1, 3, 4, 5, 6) : undefined),
    };
    const text = '__DATE__ __TIME__ __TIMESTAMP__';
    // asctime(): Sat Feb  3 2001, the day padded with a blank.
    expect(run(text, { loader: { ...memoryLoader({}), clock } }).output.text.trim()).toBe(
      '"Jan  2 1970" "03:04:05" "Sat Feb  3 04:05:06 2001"',
    );
    expect(run(text).output.text.trim()).toBe('"??? ?? ????" "??:??:??" "??? ??? ?? ??:??:?? ????"');
  });
});

describe('#include', () => {
  const files = {
    'soc/a.dtsi': '#include "b.dtsi"\n#include <c.h>\na;',
    'soc/b.dtsi': '#pragma once\nb;',
    'inc/b.dtsi': 'wrong;',
    'inc/c.h': '#ifndef C\n#define C 1\n#define D 5\nc;\n#endif\n',
  };

  it('looks beside the including file, then in the include paths; angle brackets only there', () => {
    const text = '#include "soc/a.dtsi"\n#include <c.h>\n#include "soc/b.dtsi"\n<D>';
    const { output, text: out } = run(text, { loader: memoryLoader(files), includePaths: ['inc'] });
    expect(out).toBe('b; c; a; <5>');
    expect(output.files.map(({ name }) => name)).toEqual([
      'board.dts',
      'soc/a.dtsi',
      'soc/b.dtsi',
      'inc/c.h',
    ]);
  });

  it('takes its name from a macro', () => {
    const text = '#define H <c.h>\n#define Q "soc/b.dtsi"\n#include H\n#include Q';
    expect(run(text, { loader: memoryLoader(files), includePaths: ['inc'] }).text).toBe('c; b;');
  });

  it('knows what is there', () => {
    const text = '#if __has_include(<c.h>) && !__has_include("d.h")\nyes\n#endif';
    expect(run(text, { loader: memoryLoader(files), includePaths: ['inc'] }).text).toBe('yes');
  });

  it('continues after the path it was found in (#include_next)', () => {
    const loader = memoryLoader({ 'p/x.h': 'first #\n#include_next <x.h>', 'q/x.h': 'second' });
    expect(run('#include <x.h>', { loader, includePaths: ['p', 'q'] }).text).toBe('first # second');
  });

  it('of a file that is not there ends the run and tells the way to it', () => {
    const sink = new DiagnosticList();
    const loader = memoryLoader({ 'a.dtsi': '\n#include "gone.h"' });
    preprocess(latin1Source('board.dts', '\n\n#include "a.dtsi"'), { loader }, sink);
    const [problem] = sink.all;
    expect(problem).toMatchObject({ severity: 'error', code: 'dt/include-missing' });
    expect(problem!.span).toMatchObject({ source: { name: 'a.dtsi' }, start: 1 });
    expect(problem!.related?.map(({ span }) => [span.source.name, span.start])).toEqual([['board.dts', 2]]);
  });

  it('is kept scanned between boards', () => {
    const cache = new PreprocessorCache();
    const options = { loader: memoryLoader(files), includePaths: ['inc'], cache };
    expect(run('#include <c.h>\nD', options).text).toBe('c; 5');
    expect(run('D\n#include <c.h>\nD', options).text).toBe('D c; 5');
  });
});

describe('spans', () => {
  it('survive expansion: a place in the source, and the macro', () => {
    const { output } = run('#define N(x) (x + 1)\na = <1 N(2) 3>;');
    const at = output.text.indexOf('+');
    const span = output.spanOf(at, at + 1);
    expect(span.via).toBe('expanded from macro N');
    // Line 2, from the name to the closing parenthesis.
    expect(placeOf(span)).toEqual({ line: 2, column: 8, endLine: 2, endColumn: 12 });
    const after = output.text.indexOf('3>');
    expect(placeOf(output.spanOf(after, after + 1))).toMatchObject({ line: 2, column: 13 });
  });

  it('know the includes that led there', () => {
    const loader = memoryLoader({ 'a.dtsi': '#include "b.dtsi"', 'b.dtsi': '\nhere' });
    const { output } = run('#include "a.dtsi"', { loader });
    const at = output.text.indexOf('here');
    expect(output.spanOf(at, at + 4)).toMatchObject({ source: { name: 'b.dtsi' }, start: 1, end: 5 });
    expect(output.includeStack(at).map(({ source }) => source.name)).toEqual(['a.dtsi', 'board.dts']);
  });
});

describe('hostile input ends in a diagnostic', () => {
  const timed = (text: string, options: PreprocessOptions = {}): { codes: string[]; ms: number } => {
    const sink = new DiagnosticList();
    const started = performance.now();
    preprocess(latin1Source('x.dts', text), options, sink);
    return { codes: [...new Set(sink.all.map(({ code }) => code))], ms: performance.now() - started };
  };

  it('a file that includes itself', () => {
    const loader = memoryLoader({ 'x.dts': '#include "x.dts"\n' });
    const { codes, ms } = timed('#include "x.dts"\n', { loader });
    expect(codes).toEqual(['dt/include-depth']);
    expect(ms).toBeLessThan(2000);
    expect(DEFAULT_LIMITS['include-depth']).toBe(200);
  });

  it('files that include their like twice', () => {
    const files: Record<string, string> = {};
    for (let level = 0; level < 64; level += 1) files[`f${level}`] = `#include "f${level + 1}"\n`.repeat(2);
    files.f64 = 'x';
    expect(timed('#include "f0"\n', { loader: memoryLoader(files) }).codes).toEqual(['dt/include-depth']);
  });

  it('macros that double themselves', () => {
    const defines = Array.from(
      { length: 64 },
      (_, level) => `#define M${level} M${level + 1} M${level + 1}\n`,
    );
    const { codes, ms } = timed(`${defines.join('')}M0\n`);
    expect(codes).toEqual(['dt/macro-limit']);
    expect(ms).toBeLessThan(4000);
  });

  const joined = (level: number): string => `#define P${level}(x) P${level + 1}(x##x)\n`;
  const joins = (levels: number): string =>
    Array.from({ length: levels }, (_, level) => joined(level)).join('');

  it.each([
    ['names that are pasted to themselves', `${joins(26)}#define P26(x) #x\nP0(a)\n`],
    ['numbers that are', `${joins(26)}P0(1)\n`],
    // 2^16 letters a line; the token of the line itself is short.
    ['pastes in conditions', `${joins(16)}#define P16(x) 0\n${'#if P0(a)\n#endif\n'.repeat(1000)}`],
    [
      'quoted arguments',
      `${joins(16)}#define P16(x) x\n#define Q(x) #x\n#define E(x) Q(x)\n${'E(P0(a)) '.repeat(1000)}`,
    ],
    [
      'a quote of long arguments',
      `#define S(x) #x\n#define D(x) S(${'x '.repeat(1000)})\nD(${'a'.repeat(100_000)})\n`,
    ],
    ['a long constant, used often', `#define A "${'a'.repeat(100_000)}"\n${'A '.repeat(100_000)}\n`],
    ['a long argument, used often', `#define F(x) ${'x '.repeat(1000)}\nF(${'a'.repeat(100_000)})\n`],
  ])('%s', (_, text) => {
    const sink = new DiagnosticList();
    const { text: made } = preprocess(latin1Source('x.dts', text), {}, sink);
    expect(sink.all.map(({ code }) => code)).toEqual(['dt/macro-limit']);
    expect(sink.all.map(tell).join()).toContain('--limit macro-characters=N');
    expect(made.length).toBeLessThan(DEFAULT_LIMITS['macro-characters'] + text.length);
  });

  it('macros that double themselves in one condition after the other', () => {
    const text = `${Array.from({ length: 12 }, (_, level) => `#define M${level} M${level + 1} M${level + 1}\n`).join('')}#define M12 + 1\n${'#if 0 M0\n#endif\n'.repeat(1000)}`;
    expect(timed(text).codes).toEqual(['dt/macro-limit']);
  });

  it('one name of fifty thousand pieces, which is read once', () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `n${index}`);
    const { told, text } = run(`#define LONG ${names.join('##')}\nLONG\n`);
    expect(told).toEqual([]);
    expect(text).toBe(names.join(''));
  });

  it('calls nested a hundred thousand deep', () => {
    const text = `#define F(x) x\n${'F('.repeat(100_000)}${')'.repeat(100_000)}\n`;
    expect(timed(text).codes).toEqual(['dt/macro-limit']);
  });

  it('parentheses in #if', () => {
    expect(timed(`#if ${'('.repeat(100_000)}1\n#endif\n`).codes).toEqual(['dt/condition']);
  });
});

const recordings = new Recordings('cpp', installedVersion('cpp', '--version'));

describe(`as GNU cpp${recordings.note}`, () => {
  const NAMES = ['A', 'B', 'F', 'G', 'V'];

  /** Random tokens; calls and macro names among them. */
  function tokens(random: () => number, parameters: readonly string[], depth: number): string {
    let text = '';
    for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
      const kind = random();
      let token: string;
      if (kind < 0.2) token = pick(random, NAMES);
      else if (kind < 0.35 && parameters.length > 0) token = pick(random, parameters);
      else if (kind < 0.5 && depth < 3) {
        const more = random() < 0.5 ? `, ${tokens(random, parameters, depth + 1)}` : '';
        token = `${pick(random, ['F', 'G', 'V'])}(${tokens(random, parameters, depth + 1)}${more})`;
      } else if (kind < 0.65) token = pick(random, ['1', '0x2f', '1e', '.5', '"s"', "'c'", '"q\\n"']);
      else
        token = pick(random, [
          '+',
          '-',
          '>',
          '<',
          '=',
          '&',
          '|',
          '.',
          '->',
          '<<',
          '@',
          '#',
          '\\',
          '*',
          ':',
          'foo',
          'y1',
        ]);
      text += (random() < 0.5 ? ' ' : '') + token;
    }
    return text;
  }

  function program(random: () => number): string {
    const paste = (parameter: string): string => (random() < 0.5 ? ` ## ${parameter}` : ` #${parameter}`);
    const lines = [
      `#define A${random() < 0.2 ? '' : ` ${tokens(random, [], 1)}`}`,
      `#define B ${tokens(random, [], 1)}`,
      `#define F(a) ${tokens(random, ['a'], 1)}${paste('a')}`,
      `#define G(a, b) ${tokens(random, ['a', 'b'], 1)}${paste('b')}`,
      `#define V(a, ...) ${tokens(random, ['a', '__VA_ARGS__'], 1)} , ## __VA_ARGS__`,
    ];
    for (let line = 0; line < 4; line += 1) lines.push(tokens(random, [], 0));
    return `${lines.filter((_, index) => index > 4 || random() < 0.85).join('\n')}\n`;
  }

  const byCpp = (input: string): string | undefined => {
    const options = ['-nostdinc', '-undef', '-P', '-w', '-x', 'assembler-with-cpp', '-'];
    const output = recordings.output(`cpp ${options.join(' ')}`, input, () => {
      const { stdout, stderr } = spawnSync('cpp', options, { input, encoding: 'latin1' });
      return stderr.includes('error:') ? 'error' : stdout.replace(/\s+/g, ' ').trim();
    });
    return output === 'error' ? undefined : output;
  };

  it('expands random macros, space for space', () => {
    const random = seededRandom(20);
    let compared = 0;
    for (let round = 0; round < 60; round += 1) {
      const text = program(random);
      const expected = byCpp(text);
      if (expected === undefined) continue;
      expect(run(text).text, text).toBe(expected);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(10);
  });

  it('evaluates random #if expressions', () => {
    const random = seededRandom(21);
    const operand = (depth: number): string => {
      const kind = random();
      if (kind < 0.3 && depth < 4) return `(${expression(depth + 1)})`;
      if (kind < 0.45) return `${pick(random, ['-', '~', '!', '+'])}${operand(depth + 1)}`;
      return pick(random, [
        '0',
        '1',
        '2',
        '7u',
        '0x7fffffffffffffff',
        '-1',
        '0xffffffffffffffff',
        "'a'",
        '63',
        'X',
        'defined X',
        '010',
      ]);
    };
    const OPERATORS = [
      '+',
      '-',
      '*',
      '<<',
      '>>',
      '<',
      '>',
      '<=',
      '>=',
      '==',
      '!=',
      '&',
      '^',
      '|',
      '&&',
      '||',
    ];
    const expression = (depth: number): string => {
      let text = operand(depth);
      for (let count = Math.floor(random() * 3); count > 0; count -= 1)
        text += ` ${pick(random, OPERATORS)} ${operand(depth)}`;
      return random() < 0.15 ? `${text} ? ${operand(depth)} : ${operand(depth)}` : text;
    };
    const tests = Array.from({ length: 400 }, (_, index) => {
      const test = expression(0);
      return `#if ${test}\nyes${index}\n#else\nno${index}\n#endif\n`;
    });
    // What cpp refuses (an overflow, a division by zero) is named with its line and left out.
    const options = ['-nostdinc', '-undef', '-P', '-w', '-x', 'assembler-with-cpp', '-'];
    const refused = recordings.output(`cpp ${options.join(' ')} 2>&1 >/dev/null`, tests.join(''), () => {
      const { stderr } = spawnSync('cpp', options, { input: tests.join(''), encoding: 'latin1' });
      return [...new Set([...stderr.matchAll(/^<stdin>:(\d+):\d+: error/gm)].map(([, line]) => line))].join(
        ' ',
      );
    });
    const bad = new Set(refused.split(' ').map((line) => Math.floor((Number(line) - 1) / 5)));
    const good = tests.filter((_, index) => !bad.has(index));
    expect(good.length).toBeGreaterThan(150);
    expect(run(good.join('')).text.split(' ')).toEqual(byCpp(good.join(''))!.split(' '));
  });
});
