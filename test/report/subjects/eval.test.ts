/** The report of `eval`: each kind of value, what happened on the way, and what is not known. */
import { describe, expect, test } from 'vitest';
import {
  BufferObject,
  PackageObject,
  SharedInteger,
  StringObject,
  UnknownInteger,
  UnknownObject,
} from '../../../src/acpi/interpreter/state/objects.ts';
import type { EvalResult } from '../../../src/acpi/machine.ts';
import { evalLines, evalReport } from '../../../src/report/subjects/eval.ts';
import { bytesOfQuantity, opaque } from '../../../src/symbolic/index.ts';
import { equals, fieldOf, INPUT, SPAN, sectionsOf } from './made.ts';

const resultOf = (more: Partial<EvalResult> = {}): EvalResult => ({
  path: '\\A',
  value: 5n,
  fault: undefined,
  faults: [],
  trace: [],
  debug: [],
  ...more,
});
const reportOf = (more: Partial<EvalResult>, trace = false) => ({
  inputs: [INPUT],
  result: resultOf(more),
  trace,
  diagnostics: [],
});
const lines = (more: Partial<EvalResult>, trace = false): string[] => evalLines(reportOf(more, trace));
const json = (more: Partial<EvalResult>, trace = false) =>
  JSON.parse(JSON.stringify(evalReport(reportOf(more, trace)).json()));
const shownOf = (value: EvalResult['value']) => json({ value }).value;
const FIELD = fieldOf('AAAA');
const LIMIT = 'more than 9 steps (--limit steps=N)';

describe('values as JSON', () => {
  test.each<[string, EvalResult['value'], unknown]>([
    ['none', undefined, null],
    ['a number', 0x1fn, { type: 'integer', value: '0x1f' }],
    ['a number that is shared', new SharedInteger(2n), { type: 'integer', value: '0x2' }],
    ['a field', new UnknownInteger(FIELD), { type: 'integer', expression: 'AAAA', certainty: 'unknown' }],
    ['a text', new StringObject('a'), { type: 'string', value: 'a' }],
    ['an empty text', new StringObject(''), { type: 'string', value: '' }],
    ['a text that is not known', new StringObject(undefined), { type: 'string', certainty: 'unknown' }],
    ['bytes', new BufferObject(Uint8Array.of(1, 0xff)), { type: 'buffer', bytes: '01ff' }],
    [
      'bytes of which some are not known',
      new BufferObject([1, ...bytesOfQuantity(FIELD, 4)]),
      { type: 'buffer', bytes: '01????????' },
    ],
    [
      'bytes of no known length',
      new BufferObject([], 'w'),
      { type: 'buffer', certainty: 'unknown', why: 'w' },
    ],
    [
      'a package',
      new PackageObject([1n, undefined, new PackageObject([])]),
      {
        type: 'package',
        elements: [{ type: 'integer', value: '0x1' }, null, { type: 'package', elements: [] }],
      },
    ],
  ])('%s', (_title, value, shown) => {
    expect(shownOf(value)).toEqual(shown);
  });

  test('a number that a limit kept from being known says which', () => {
    expect(shownOf(new UnknownInteger(opaque(8, LIMIT)))).toMatchObject({ type: 'integer', why: LIMIT });
    expect(shownOf(new UnknownInteger(opaque(8, 'a loop')))).not.toHaveProperty('why');
  });

  test('packages in packages to the sixteenth, the rest as text', () => {
    const nested = (depth: number): PackageObject =>
      new PackageObject(depth === 1 ? [] : [nested(depth - 1)]);
    let shown = shownOf(nested(17));
    for (let depth = 0; depth < 16; depth += 1) shown = shown.elements[0];
    expect(shown).toMatchObject({ type: 'object', text: expect.stringContaining('Package') });
    expect(shownOf(new UnknownObject('w'))).toMatchObject({ type: 'object' });
  });
});

describe('lines', () => {
  const fault = { code: 'AE_X', message: 'm' } as unknown as NonNullable<EvalResult['fault']>;
  const IF = equals(FIELD, 1n);

  test('what was stored to Debug, then the result; nothing where there is no such object', () => {
    expect(lines({ debug: ['a', 'b'] })).toEqual(['a', 'b', expect.stringMatching(/5/)]);
    expect(lines({ path: undefined, value: undefined })).toEqual([]);
    expect(lines({ fault, debug: ['a'] })).toEqual(['a', 'AE_X: m']);
  });

  test('the trace where it is asked for, with its places, without what Debug has said', () => {
    const record = { kind: 'read', text: 'AAAA' } as const;
    const table = { source: SPAN.source, offset: 4 } as never;
    const term = { start: 4, end: 9 } as never;
    const trace: EvalResult['trace'] = [
      record,
      { ...record, kind: 'debug' },
      { ...record, table, term },
      { ...record, table },
      { ...record, term },
    ];
    // Offset 4 of the table is byte 8 of the text: line 2, column 3.
    expect(lines({ trace }, true).slice(0, -1)).toEqual([
      'read AAAA',
      'read AAAA (a.dts:2.3)',
      'read AAAA',
      'read AAAA',
    ]);
    expect(lines({ trace })).toHaveLength(1);
    expect(json({ trace }, true).trace).toHaveLength(5);
    expect(json({ trace }, true).trace[0]).toEqual({ kind: 'read', text: 'AAAA' });
    expect(json({ trace })).not.toHaveProperty('trace');
  });

  test('what failed under a condition, once', () => {
    const other = { code: 'AE_Y', message: 'n' } as unknown as NonNullable<EvalResult['fault']>;
    expect(lines({ faults: [{ when: IF, fault: other }] })[0]).toBe('AE_Y when AAAA == 1: n');
    expect(lines({ fault, faults: [{ when: IF, fault }] })).toEqual(['AE_X: m']);
    expect(json({ fault, faults: [{ when: IF, fault: other }] })).toMatchObject({
      fault: { code: 'AE_X', message: 'm' },
      faults: [{ when: 'AAAA == 1', code: 'AE_Y', message: 'n' }],
    });
    expect(json({})).not.toHaveProperty('fault');
  });

  test('what unknown bytes are made of: a line a number', () => {
    const other = fieldOf('BBBB', 0x2000n);
    const runs = (bytes: ConstructorParameters<typeof BufferObject>[0]): string[] =>
      lines({ value: new BufferObject(bytes) }).filter((line) => line.startsWith('// bytes'));
    const [a, b] = [bytesOfQuantity(FIELD, 4), bytesOfQuantity(other, 4)];
    expect(runs(Uint8Array.of(1, 2))).toEqual([]);
    expect(runs([1, ...a, 2])).toEqual(['// bytes 0x1 to 0x4: AAAA']);
    expect(runs([...a, ...b])).toEqual(['// bytes 0x0 to 0x3: AAAA', '// bytes 0x4 to 0x7: BBBB']);
    // Bytes of one number that do not follow each other are numbers of their own.
    expect(runs([a[0]!, 0, a[1]!])).toHaveLength(2);
    expect(runs([a[1]!, a[0]!])).toHaveLength(2);
    expect(runs([a[0]!, a[0]!])).toHaveLength(2);
    expect(lines({ value: new UnknownInteger(FIELD) }).filter((line) => line.startsWith('//'))).toEqual([]);
  });

  test('limits that left something out, each once', () => {
    const leftOut = (value: EvalResult['value']): string[] =>
      lines({ value }).filter((line) => line.startsWith('// unknown:'));
    const limited = opaque(8, LIMIT);
    expect(leftOut(new UnknownInteger(limited))).toEqual([`// unknown: ${LIMIT}`]);
    expect(leftOut(new UnknownInteger(opaque(8, 'a loop')))).toEqual([]);
    expect(
      leftOut(new BufferObject([1, ...bytesOfQuantity(limited, 1), ...bytesOfQuantity(limited, 1)])),
    ).toEqual([`// unknown: ${LIMIT}`]);
    expect(leftOut(new BufferObject([], LIMIT))).toEqual([`// unknown: ${LIMIT}`]);
    expect(leftOut(new BufferObject([], 'a loop'))).toEqual([]);
    expect(leftOut(new UnknownObject(LIMIT))).toEqual([`// unknown: ${LIMIT}`]);
    expect(leftOut(5n)).toEqual([]);
  });
});

test('a report that travels names its inputs; JSON has the path or none', () => {
  const report = evalReport(reportOf({}));
  expect(Object.keys(sectionsOf(report.document('mail')))).toEqual(['', 'Inputs']);
  expect(report.found()).toEqual({ inputs: [INPUT], results: [] });
  expect(json({}).path).toBe('\\A');
  expect(json({ path: undefined }).path).toBeNull();
});
