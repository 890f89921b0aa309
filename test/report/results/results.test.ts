/** Results one by one: their places, order, fingerprints. */
import { describe, expect, test } from 'vitest';
import { textSource } from '../../../src/bytes/source.ts';
import { finding } from '../../../src/findings/finding.ts';
import { countText } from '../../../src/report/formats/github.ts';
import { Fingerprints } from '../../../src/report/results/fingerprint.ts';
import { locateByName, uriPath } from '../../../src/report/results/located.ts';
import { Files, isNoFile, nameOfInput } from '../../../src/report/results/place.ts';
import {
  answerResult,
  foundTogether,
  relatedTo,
  whereOf,
  worstFirst,
} from '../../../src/report/results/results.ts';
import { origin, source, span } from '../made.ts';

describe('results one by one', () => {
  test('files, and what is in them', () => {
    const files = new Files([{ path: 'a!b' }, { path: 'a' }, { path: '-' }]);
    expect(files.split('a')).toEqual({ file: 'a', inside: undefined });
    expect(files.split('a!b')).toEqual({ file: 'a!b', inside: undefined });
    expect(files.split('a!b!c')).toEqual({ file: 'a!b', inside: 'c' });
    expect(files.split('a!x')).toEqual({ file: 'a', inside: 'x' });
    expect(files.split('other!x!y')).toEqual({ file: 'other', inside: 'x!y' });
    expect(files.split('!x')).toEqual({ file: '!x', inside: undefined });
    expect(files.split('other')).toEqual({ file: 'other', inside: undefined });
    expect([nameOfInput('-'), nameOfInput('x')]).toEqual(['<stdin>', 'x']);
    expect(['<stdin>', '<a>', 'x', '<A>', 'x<a>'].map(isNoFile)).toEqual([true, true, false, false, false]);
    expect(files.isFile({ code: 'dt/syntax', path: 'a!x' })).toBe(true);
    expect(files.isFile({ code: 'dt/syntax', path: '/bus' })).toBe(false);
    expect(files.isFile({ code: 'artifact/empty', path: 'gone' })).toBe(true);
    expect(files.isFile({ code: 'artifact/empty' } as never)).toBe(false);
  });

  test('columns count as editors do', () => {
    const umlauts = { ...textSource('u.dts', ''), bytes: new Uint8Array(Buffer.from('üü 𝄞x\n')) };
    const files = new Files([{ path: 'u.dts' }]);
    // Two bytes each, a blank, four bytes that are two code units.
    expect(files.placeOf({ source: umlauts, start: 5, end: 9 }).region).toEqual({
      line: 1,
      column: 4,
      endLine: 1,
      endColumn: 6,
    });
    expect(files.placeOfResult(finding('artifact/empty', {}, { path: 'u.dts' }))).toEqual({
      file: 'u.dts',
      inside: undefined,
      region: undefined,
    });
    expect(files.placeOfResult(finding('artifact/empty', {}))).toEqual({
      file: 'u.dts',
      inside: undefined,
      region: undefined,
    });
    expect(new Files([]).placeOfResult(finding('artifact/empty', {}))).toBeUndefined();
  });

  test('paths for programs', () => {
    expect([locateByName('a/b'), locateByName('/a')]).toEqual([
      { path: 'a/b', inRoot: true },
      { path: '/a', inRoot: false },
    ]);
    expect(uriPath('a b/ü/#\ud800')).toBe('a%20b/%C3%BC/%23%EF%BF%BD');
  });

  test('the worst first, places beside an answer once each, ten at most', () => {
    const of = (code: 'artifact/empty' | 'artifact/unknown-text' | 'artifact/part-not-used') =>
      finding(code, { part: 'x' } as never);
    const all = [of('artifact/part-not-used'), of('artifact/empty'), of('artifact/part-not-used')];
    const rank = { error: 0, warning: 1, note: 2 };
    const ranks = worstFirst(all).map(({ severity }) => rank[severity]);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(whereOf(undefined)).toEqual({});
    expect(whereOf(origin)).toEqual({ path: '/bus', span });
    const places = Array.from({ length: 12 }, (_, at) =>
      relatedTo('first' as never, { source, start: at * 2, end: at * 2 + 1 }),
    );
    const where = whereOf(origin, [undefined, ...places, places[0], relatedTo('first' as never, span)]);
    expect(where.related).toHaveLength(10);
    // The answer's own place is not beside it.
    expect(where.related!.map(({ span: { start } }) => start)).toEqual([0, 2, 4, 6, 10, 12, 14, 16, 18, 20]);
    expect(relatedTo('first' as never, undefined)).toBeUndefined();
    expect(answerResult('answer/claim', 'x', { path: 'p' })).toMatchObject({
      args: { says: 'x' },
      path: 'p',
    });
    const [input, result] = [{ path: 'x' }, of('artifact/empty')];
    expect(
      foundTogether([
        { inputs: [input], results: [result] },
        { inputs: [input], results: [result] },
      ]),
    ).toEqual({ inputs: [input], results: [result] });
  });

  test('a result is the same whatever its layout and comments are, and counted in its file', () => {
    const prints = new Fingerprints();
    const at = (text: string) => {
      const other = textSource('x', text);
      return finding('artifact/empty', {}, { span: { source: other, start: 0, end: text.length } });
    };
    const first = prints.of(at('a = <1>;'), 'x');
    expect(first).toMatch(/^[0-9a-f]{32}:1$/);
    expect(prints.of(at('a  =\n\t<1>; // c'), 'x')).toBe(first.replace(':1', ':2'));
    expect(prints.of(at('a = /* c */ <1>;'), 'y')).toBe(first);
    expect(prints.of(at('a = <2>;'), 'y')).not.toBe(first);
    const empty = finding('artifact/empty', {}, { span: { source, start: 3, end: 3 } });
    expect(prints.of(empty, 'z')).toBe(prints.of(finding('artifact/empty', {}), 'w'));
    const blob = { name: 'b', form: 'blob', bytes: Uint8Array.of(1, 2, 3) } as const;
    const blobs = [1, 2].map((start) =>
      prints.of(finding('artifact/empty', {}, { span: { source: blob, start, end: 3 } }), 'b'),
    );
    expect(blobs[0]).not.toBe(blobs[1]);
  });

  test('how many there are', () => {
    expect(countText({ error: 0, warning: 0, note: 0 })).toBe('');
    expect(countText({ error: 1, warning: 2, note: 0 })).toBe('1 error, 2 warnings');
    expect(countText({ error: 0, warning: 1, note: 3 })).toBe('1 warning, 3 notes');
  });
});
