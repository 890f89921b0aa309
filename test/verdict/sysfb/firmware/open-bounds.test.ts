import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/limits/limits.ts';
import { run } from '../../../cli/fake-io.ts';

const TABLE = 'samples/gen2-dsdt.asl';

describe('a low gap that is too small for Generation 2', () => {
  // An authority says that it has 128 MiB at least. Against it the bounds of both gaps are open, and their sums are compared.
  it.each(['0x7000000', '0x1000'])(
    'MG2L = %s leaves more cases than are decided, and says so',
    async (length) => {
      expect(readFileSync(TABLE, 'utf8')).toContain('MG2L');
      const before = process.cpuUsage();
      const { status, stdout } = await run(['sysfb', TABLE, '--set', `MG2L=${length}`, '--format', 'json']);
      const { user, system } = process.cpuUsage(before);
      const { answer, diagnostics } = JSON.parse(stdout);
      expect([status, answer]).toEqual([0, 'depends']);
      expect(diagnostics.map(({ code }: { code: string }) => code)).toContain('verdict/unexplored');
      expect(JSON.stringify(diagnostics)).toContain(`${DEFAULT_LIMITS['decision-steps']} steps`);
      // It took 40 s.
      expect((user + system) / 1e6).toBeLessThan(5);
    },
  );
});
