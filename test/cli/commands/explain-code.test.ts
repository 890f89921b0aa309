import { describe, expect, it } from 'vitest';
import { CODES } from '../../../src/findings/finding.ts';
import { FORMATS } from '../../../src/report/formats/render.ts';
import { violations } from '../../report/schemas.ts';
import { run } from '../fake-io.ts';

describe('explain CODE', () => {
  it('prints the row of the registry', async () => {
    const { status, stdout } = await run(['explain', 'dt/division-by-zero']);
    expect(status).toBe(0);
    expect(stdout).toContain('dt/division-by-zero');
    expect(stdout).toContain('an expression divides by zero');
    expect(stdout).toContain('$ fwmap windows board.dts');
  });

  it('in JSON is what the schema says, for every code', async () => {
    for (const code of CODES) {
      const { status, stdout } = await run(['explain', code, '--format', 'json']);
      expect([code, status, violations('finding', JSON.parse(stdout))]).toEqual([code, 0, []]);
    }
  });

  it.each(FORMATS)('can be printed as %s', async (format) => {
    expect((await run(['explain', 'acpi/table-truncated', '--format', format])).status).toBe(0);
  });

  it('that is mistyped is suggested', async () => {
    const { status, stderr } = await run(['explain', 'dt/divison-by-zero']);
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean dt/division-by-zero?');
  });

  it('that is a path which is not there is reported as a path', async () => {
    const { status, stderr } = await run(['explain', 'some/tree']);
    expect(status).toBe(2);
    expect(stderr).toContain('cannot read some/tree');
  });
});
