import { describe, expect, it } from 'vitest';
import { DiagnosticList, formatDiagnostic, MAX_DIAGNOSTICS } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';

describe('a list of diagnostics', () => {
  it('knows whether one is an error', () => {
    const list = new DiagnosticList();
    list.add({ severity: 'warning', code: 'dt/a', message: 'a' });
    expect(list.hasErrors).toBe(false);
    list.add({ severity: 'error', code: 'dt/b', message: 'b' });
    expect(list.hasErrors).toBe(true);
    expect(list.all.map(({ code }) => code)).toEqual(['dt/a', 'dt/b']);
  });

  it('keeps so many and counts the rest, errors too', () => {
    const list = new DiagnosticList();
    for (let index = 0; index < MAX_DIAGNOSTICS; index += 1)
      list.add({ severity: 'note', code: 'dt/a', message: 'a' });
    for (let index = 0; index < 3; index += 1) list.add({ severity: 'error', code: 'dt/b', message: 'b' });
    expect(list.hasErrors).toBe(true);
    expect(list.all).toHaveLength(MAX_DIAGNOSTICS + 1);
    expect(list.all.at(-1)!.message).toBe('3 more diagnostics left out');
  });
});

describe('a diagnostic as a line', () => {
  it('has the place, the severity, the path once and the code', () => {
    const span = { source: textSource('a.dts', 'x\ny = ;'), start: 6, end: 7 };
    expect(formatDiagnostic({ severity: 'error', code: 'dt/syntax', message: 'syntax error', span })).toBe(
      'a.dts:2:5: error: syntax error [dt/syntax]',
    );
    expect(formatDiagnostic({ severity: 'note', code: 'dt/a', message: 'is odd', path: '/soc' })).toBe(
      'note: /soc: is odd [dt/a]',
    );
    expect(formatDiagnostic({ severity: 'note', code: 'dt/a', message: '/soc is odd', path: '/soc' })).toBe(
      'note: /soc is odd [dt/a]',
    );
  });
});
