/**
 * The rows of the decision table that are device tree boots. Sources: vmbus_device_add() has no call of
 * vmbus_reserve_fb() in any release; the framebuffer of a Hyper-V machine is in low MMIO.
 */
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import { formatCondition } from '../../src/symbolic/index.ts';
import { answerSysfb } from '../../src/verdict/answer.ts';
import type { GivenFacts } from '../../src/verdict/given.ts';
import type { Verdict } from '../../src/verdict/sysfb/verdict.ts';

async function ask(text: string, kernel: GivenFacts = {}, kind: Artifact['kind'] = 'dts'): Promise<Verdict> {
  const source = textSource('test.dts', text);
  const artifact: Artifact = { kind, source, path: 'test.dts', sha256: '', steps: [] };
  return answerSysfb([artifact], { describe: {}, kernel }, new DiagnosticList());
}

/** A tree with 2/2 cells throughout, its VMBus node holding the given lines. */
function tree(vmbus: string, more = ''): string {
  return `/dts-v1/;
/ { #address-cells = <2>; #size-cells = <2>; compatible = "microsoft,openvmm";
  bus { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges;
    vmbus { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>; microsoft,vtl = <2>; ${vmbus} };
  };
  ${more}
};`;
}

const HIGH = 'ranges = <0xf 0xf0000000 0xf 0xf0000000 0x0 0x10000000>;';
const LOW = 'ranges = <0x0 0xf8000000 0x0 0xf8000000 0x0 0x8000000>;';
const framebuffer = (base: bigint, size: bigint): GivenFacts => ({
  framebuffer: { base, size, from: 'given', text: 'given' },
});

describe('sysfb on a device tree boot', () => {
  it('is not needed when every window is above 4 GiB', async () => {
    const verdict = await ask(tree(HIGH));
    expect(verdict).toMatchObject({
      answer: 'not-needed',
      effective: false,
      hazard: 'none',
      machine: { platform: 'openhcl-vtl2', boot: 'dt', vtl: 2 },
    });
    expect(verdict.rules.map((rule) => rule.id)).toEqual(['dt-never-reserves', 'dt-above-4g']);
    // 0xf0000000 + 15 * 2^32 = 0xff0000000; plus 256 MiB is 2^36 = 64 GiB.
    expect(verdict.summary).toContain('[mem 0xff0000000-0xfffffffff]');
    expect(verdict.summary).toContain('64 GiB');
  });

  it('says that CONFIG_SYSFB would have no effect where a window holds a framebuffer', async () => {
    const verdict = await ask(tree(HIGH), framebuffer(0xff8000000n, 0x800000n));
    expect(verdict).toMatchObject({
      answer: 'needed',
      effective: false,
      hazard: 'framebuffer-unprotected',
      framebuffer: { from: 'given', base: 0xff8000000n },
    });
  });

  it('finds the framebuffer that the tree itself describes', async () => {
    const chosen = `chosen { #address-cells = <2>; #size-cells = <2>; ranges;
      framebuffer@f8000000 { compatible = "simple-framebuffer"; reg = <0 0xf8000000 0 0x300000>; }; };`;
    expect(await ask(tree(LOW, chosen))).toMatchObject({
      answer: 'needed',
      effective: false,
      framebuffer: { from: 'device-tree', base: 0xf8000000n, size: 0x300000n },
    });
    // The same below a bus that does not hold it is outside.
    expect(await ask(tree(HIGH, chosen))).toMatchObject({ answer: 'not-needed', effective: false });
  });

  it('depends, where a low window is given and no input says whether there is a framebuffer', async () => {
    const verdict = await ask(tree(LOW));
    expect(verdict).toMatchObject({ answer: 'depends', effective: false });
    // Device tree support came with v6.4 (f83705a51275).
    expect(verdict.conditions.map(({ when, answer }) => [formatCondition(when), answer])).toEqual([
      ['framebuffer == inside and release >= 6.4', 'needed'],
      ['framebuffer == outside', 'not-needed'],
      ['framebuffer == inside and release < 6.4', 'not-needed'],
    ]);
  });

  it('counts a window that crosses 4 GiB as low', async () => {
    // [0xf0000000, 0x110000000)
    const verdict = await ask(tree('ranges = <0x0 0xf0000000 0x0 0xf0000000 0x0 0x20000000>;'));
    expect(verdict.answer).toBe('depends');
  });

  it('is not needed in a low window when the framebuffer is known to lie elsewhere', async () => {
    expect((await ask(tree(LOW), framebuffer(0xc0000000n, 0x800000n))).answer).toBe('not-needed');
    // Adjacent is outside: [0xf7800000, 0xf8000000) ends where the window starts.
    expect((await ask(tree(LOW), framebuffer(0xf7800000n, 0x800000n))).answer).toBe('not-needed');
    expect((await ask(tree(LOW), framebuffer(0xf7800000n, 0x800001n))).answer).toBe('needed');
  });

  it('is not needed without any window, which missing and empty ranges both mean', async () => {
    expect((await ask(tree(''))).rules.map((rule) => rule.id)).toContain('dt-no-window');
    expect((await ask(tree('ranges;'))).answer).toBe('not-needed');
  });

  it('is unknown when the ranges do not translate', async () => {
    const text = tree(HIGH).replace('ranges;\n    vmbus', '\n    vmbus');
    expect(text).not.toBe(tree(HIGH));
    expect(await ask(text)).toMatchObject({ answer: 'unknown', hazard: 'unknown' });
  });

  it('is unknown when a window reaches beyond 64 bits', async () => {
    const verdict = await ask(tree('ranges = <0xffffffff 0xf0000000 0xffffffff 0xf0000000 0x0 0x20000000>;'));
    expect(verdict.answer).toBe('unknown');
  });

  it('is unknown without a VMBus node', async () => {
    const verdict = await ask('/dts-v1/; / { };');
    expect(verdict).toMatchObject({ answer: 'unknown', machine: { platform: 'other' } });
    expect(verdict.wouldChange.length).toBeGreaterThan(0);
  });

  it('chooses the node of the virtual trust level asked for', async () => {
    const two = `/dts-v1/;
/ { #address-cells = <2>; #size-cells = <2>;
  vmbus-vtl0 { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>; microsoft,vtl = <0>; ${LOW} };
  vmbus-vtl2 { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>; microsoft,vtl = <2>; ${HIGH} };
};`;
    expect((await ask(two, { vtl: 2 })).answer).toBe('not-needed');
    expect((await ask(two, { vtl: 0 })).answer).toBe('depends');
    const both = await ask(two);
    expect(both.answer).toBe('depends');
    // Which node it is given, and what the answer for that node depends on.
    for (const { when } of both.conditions) expect(formatCondition(when)).toContain('vmbus');
    expect(new Set(both.conditions.map(({ answer }) => answer))).toEqual(new Set(['needed', 'not-needed']));
  });
});

describe('sysfb on a fragment', () => {
  const SEED = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n';

  it("answers the line of the review thread by the binding's cell counts", async () => {
    const verdict = await ask(SEED, {}, 'dts-fragment');
    expect(verdict).toMatchObject({ answer: 'not-needed', effective: false, hazard: 'none' });
    expect(verdict.rules.map((rule) => rule.id)).toContain('cells-inferred');
    // Only the binding's counts fit five cells; which others were excluded is listed.
    expect(verdict.authorities.map(({ id, text }) => [id, text])).toEqual([
      ['cells', 'the cells are 2/2/1 (child, parent, size)'],
    ]);
  });

  it('takes the cell counts it is given', async () => {
    const source = textSource('test.dts', SEED);
    const artifact: Artifact = { kind: 'dts-fragment', source, path: '-', sha256: '', steps: [] };
    const verdict = await answerSysfb(
      [artifact],
      // Flags 0x0f, PCI address 0xf0000000_0000000f... one cell less on the parent's side: 3/1/1 has base 0xf0000000.
      { describe: { cells: { child: 3, parent: 1, size: 1 } }, kernel: {} },
      new DiagnosticList(),
    );
    expect(verdict.pool[0]?.base).toBe(0xf0000000n);
    expect(verdict.answer).toBe('depends');
    expect(verdict.rules.map((rule) => rule.id)).not.toContain('cells-inferred');
  });
});
