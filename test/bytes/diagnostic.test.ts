import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';

describe('a list of diagnostics', () => {
  it('knows whether one is an error', () => {
    const list = new DiagnosticList();
    list.add({ severity: 'warning', code: 'dt/a', args: {} });
    expect(list.hasErrors).toBe(false);
    list.add({ severity: 'error', code: 'dt/b', args: {} });
    expect(list.hasErrors).toBe(true);
    expect(list.all.map(({ code }) => code)).toEqual(['dt/a', 'dt/b']);
  });

  it('keeps so many and counts the rest, errors too', () => {
    const list = new DiagnosticList();
    for (let index = 0; index < DEFAULT_LIMITS.diagnostics; index += 1)
      list.add({ severity: 'note', code: 'dt/a', args: {} });
    for (let index = 0; index < 3; index += 1) list.add({ severity: 'error', code: 'dt/b', args: {} });
    expect(list.hasErrors).toBe(true);
    expect(list.all).toHaveLength(DEFAULT_LIMITS.diagnostics + 1);
    expect(list.all.at(-1)).toMatchObject({ code: 'fwmap/too-many-diagnostics', args: { count: 3 } });
  });
});
