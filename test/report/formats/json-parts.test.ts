/** What every JSON report has. */
import { describe, expect, test } from 'vitest';
import { finding } from '../../../src/findings/finding.ts';
import {
  diagnosticJson,
  gapJson,
  hexOrNull,
  inputsJson,
  placeJson,
  windowJson,
} from '../../../src/report/formats/json-parts.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { artifact, origin, span, window } from '../made.ts';

describe('what every JSON report has', () => {
  test('numbers, inputs and places', () => {
    expect([hexOrNull(255n), hexOrNull(null), hexOrNull(undefined)]).toEqual(['0xff', null, null]);
    expect(
      inputsJson([
        artifact('x'),
        artifact('y', {
          contentSha256: 'bb',
          steps: [{ how: 'tar', offset: 5, name: 'n' }, { how: 'gzip' }],
        }),
      ]),
    ).toEqual([
      { path: 'x', kind: 'dts', sha256: 'aa' },
      {
        path: 'y',
        kind: 'dts',
        sha256: 'aa',
        contentSha256: 'bb',
        steps: [{ how: 'tar', offset: 5, name: 'n' }, { how: 'gzip' }],
      },
    ]);
    expect(placeJson(span)).toEqual({ source: 'a.dts', line: 2, column: 3 });
    expect(placeJson(span, 'a.dts')).toEqual({ line: 2, column: 3 });
    const blob = { name: 'b', form: 'blob', bytes: new Uint8Array(9) } as const;
    expect(placeJson({ source: blob, start: 2, end: 5 }, 'a.dts')).toEqual({
      source: 'b',
      offset: 2,
      length: 3,
    });
  });

  test('a window', () => {
    const inputs = [artifact('z'), origin.artifact];
    expect(windowJson(window(), inputs)).toEqual({
      space: 'memory',
      role: 'window',
      base: '0xf8000000',
      size: '0x100000',
      last: '0xf80fffff',
      class: 'low',
      certainty: 'certain',
      origin: { input: 1, path: '/bus', item: 'ranges', index: 1, at: { line: 2, column: 3 } },
      flags: {},
    });
    const full = window({
      bus: { base: 1n },
      flags: { prefetchable: false, producer: true, available: false, pci: 'io' },
      ignored: 'why',
      inferences: [{ text: 'low', because: [{ text: 'SRAT', span }, { text: 'log' }] }],
    });
    expect(windowJson(full, inputs)).toMatchObject({
      bus: { base: '0x1' },
      flags: { prefetchable: false, producer: true, available: false, pci: 'io' },
      ignored: 'why',
      inferences: [
        {
          text: 'low',
          because: [{ text: 'SRAT', at: { source: 'a.dts', line: 2, column: 3 } }, { text: 'log' }],
        },
      ],
    });
    const unknown = { ...window(), certainty: 'unknown', base: null, why: 'a field' } as AddressWindow;
    expect(windowJson(unknown, inputs)).toMatchObject({
      base: null,
      size: '0x100000',
      last: null,
      class: null,
      why: 'a field',
    });
    expect(windowJson(unknown, inputs)).not.toHaveProperty('expressions');
  });

  test('what is wrong with an input, and what it may hide', () => {
    const bare = finding('artifact/empty', {});
    expect(diagnosticJson(bare)).toEqual({
      severity: bare.severity,
      code: 'artifact/empty',
      message: expect.any(String),
    });
    const placed = finding('artifact/unreadable', { what: 'x', why: 'y' }, {
      path: 'x',
      span,
      related: [{ what: 'first', span }],
    } as never);
    expect(diagnosticJson(placed)).toMatchObject({
      path: 'x',
      at: { source: 'a.dts', line: 2, column: 3 },
      related: [{ at: { line: 2 } }],
    });
    expect(diagnosticJson({ ...placed, related: [] })).not.toHaveProperty('related');
    const gap = { code: 'c', reason: 'r', hides: new Set(['window'] as const) };
    expect(gapJson({ ...gap, place: {} })).toEqual({
      code: 'c',
      what: '',
      where: null,
      why: 'r',
      mayHide: ['window'],
    });
    expect(gapJson({ ...gap, place: { span }, hint: 'h' })).toEqual({
      code: 'c',
      what: 'a.dts',
      where: { source: 'a.dts', line: 2, column: 3 },
      why: 'r',
      mayHide: ['window'],
      hint: 'h',
    });
    expect(gapJson({ ...gap, place: { span, path: 'p' } }).what).toBe('p');
  });
});
