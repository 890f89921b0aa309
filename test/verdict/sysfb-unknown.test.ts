/**
 * A Generation 2 DSDT whose windows only the running machine knows (samples/gen2-dsdt.asl): what the answer depends on,
 * and what settles it. The fields are 32 bits each at SystemMemory 0xf7fd9000: MG2B, MG2L in bytes, HMIB, HMIL in MiB.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { formatCondition, formatQuantity } from '../../src/symbolic/index.ts';
import { answerSysfb } from '../../src/verdict/answer.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';
import type { DescribeOptions } from '../../src/window/describe.ts';

const bytes = readFileSync(new URL('../../samples/gen2-dsdt.asl', import.meta.url));
const dsdt: Artifact = {
  kind: 'asl',
  source: { name: 'gen2-dsdt.asl', form: 'text', bytes },
  path: 'gen2-dsdt.asl',
  sha256: '',
  steps: [],
};

async function ask(options: DescribeOptions): Promise<Verdict> {
  return answerSysfb([dsdt], { describe: options, kernel: { release: '6.12.30' } }, new DiagnosticList());
}

const set = (values: Readonly<Record<string, bigint>>): DescribeOptions => ({
  set: new Map(Object.entries(values)),
});

/** The same four fields as a page of memory. */
function page(...fields: number[]): DescribeOptions {
  const memory = new Uint8Array(16);
  const view = new DataView(memory.buffer);
  for (const [at, value] of fields.entries()) view.setUint32(at * 4, value, true);
  return { memory: [{ address: 0xf7fd9000n, bytes: memory }] };
}

describe('sysfb where the firmware does not say', () => {
  it('depends, on the fields by their names', async () => {
    const verdict = await ask({});
    expect(verdict.answer).toBe('depends');
    const rows = verdict.conditions.map(({ when, answer }) => [answer, formatCondition(when)]);
    expect(rows[0]).toEqual(['needed', 'MG2L > 0']);
    for (const [answer, when] of rows.slice(1)) {
      expect(answer).toBe('not-needed');
      expect(when).toContain('MG2L == 0');
    }
    const low = verdict.windows.find(({ origin }) => origin.item === '_CRS' && origin.index === 0);
    expect(low?.certainty).toBe('conditional');
    expect([low?.base, low?.size].map((bound) => formatQuantity(bound ?? 0n))).toEqual(['MG2B', 'MG2L']);
    expect(verdict.toSettle[0]).toMatchObject({
      what: 'MG2L',
      how: '--set MG2L=VALUE or --memory DUMP@0xf7fd9004',
    });
  });

  it.each([
    ['--set', set({ MG2B: 0xf8000000n, MG2L: 0x8000000n, HMIB: 0xfe00n, HMIL: 0x200n })],
    ['--set with paths', set({ '\\MG2B': 0xf8000000n, '\\MG2L': 0x8000000n, HMIB: 0xfe00n, HMIL: 0x200n })],
    ['--memory', page(0xf8000000, 0x8000000, 0xfe00, 0x200)],
  ])('%s settles it: needed', async (_, options) => {
    const verdict = await ask(options);
    expect(verdict).toMatchObject({ answer: 'needed', effective: true, conditions: [] });
    // 6.12.30 keeps the first byte of the virtual TPM: [0xf8000000, 0xfed40000]; 0xfe00 MiB is 0xfe0000000.
    expect(verdict.pool.map(({ base, size }) => [base, size])).toEqual([
      [0xf8000000n, 0x6d40001n],
      [0xfe0000000n, 0x20000000n],
    ]);
  });

  it('a part of the values settles a part', async () => {
    expect((await ask(set({ MG2B: 0xf8000000n, MG2L: 0x8000000n }))).answer).toBe('needed');
    // Without a low gap VMBus gets the high gap at most, and the firmware puts that at or above 4 GiB.
    const high = await ask(set({ MG2L: 0n }));
    expect(high.answer).toBe('not-needed');
    expect(high.authorities.map(({ id }) => id)).toContain('gen2-gaps');
  });

  it('no low gap: not needed', async () => {
    expect((await ask(set({ MG2B: 0n, MG2L: 0n, HMIB: 0xfe00n, HMIL: 0x200n }))).answer).toBe('not-needed');
  });
});
