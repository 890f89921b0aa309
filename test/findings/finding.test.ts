import { describe, expect, it } from 'vitest';
import { textSource } from '../../src/bytes/source.ts';
import { finding, formatDiagnostic, hintOf, messageOf } from '../../src/findings/finding.ts';

describe('a diagnostic', () => {
  it('has the severity of its row, and is worded when it is printed', () => {
    const diagnostic = finding(
      'artifact/unreadable',
      { what: 'a.dts', why: 'Permission denied' },
      { path: 'a.dts' },
    );
    expect(diagnostic).toEqual({
      severity: 'error',
      code: 'artifact/unreadable',
      args: { what: 'a.dts', why: 'Permission denied' },
      path: 'a.dts',
    });
    expect(messageOf(diagnostic)).toBe('cannot read a.dts: Permission denied');
    expect(hintOf(diagnostic)).toBeUndefined();
  });

  it('as a line has the place, the severity, the path once and the code', () => {
    const span = { source: textSource('a.txt', 'x\ny = ;'), start: 6, end: 7 };
    expect(formatDiagnostic(finding('evidence/iomem-cut', {}, { span }))).toBe(
      'a.txt:2.5: warning: the last line is cut off; left out [evidence/iomem-cut]',
    );
    expect(formatDiagnostic(finding('artifact/empty', {}, { path: 'a.dts' }))).toBe(
      'a.dts: error: not used: it is empty [artifact/empty]',
    );
    expect(formatDiagnostic(finding('artifact/unreadable', { what: 'a', why: 'x' }, { path: 'a' }))).toBe(
      'error: cannot read a: x [artifact/unreadable]',
    );
  });
});
