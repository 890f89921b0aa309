/** What is said of a VMBus node of a tree: each rule with its evidence, and several devices in one question. */
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatCondition } from '../../../src/symbolic/index.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import type { GivenFacts } from '../../../src/verdict/given.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../evidence/artifacts.ts';
import { whole } from '../whole.ts';

const RELEASE: GivenFacts = { release: '6.12.60' };
const ask = async (text: string, kernel: GivenFacts = RELEASE, kind: 'dts' | 'dts-fragment' = 'dts') =>
  whole(await answerSysfb([artifactOf(kind, text, 'a.dts')], { describe: {}, kernel }, new DiagnosticList()));
const node = (body: string, name = 'vmbus', more = ''): string =>
  `${name} { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>; ${body} ${more} };`;
const tree = (...nodes: string[]): string =>
  `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; compatible = "microsoft,openvmm"; ${nodes.join('\n')} };`;
const range = (base: bigint, size: bigint): string => {
  const wide = (value: bigint) =>
    `${'0x'}${(value >> 32n).toString(16)} 0x${(value & 0xffff_ffffn).toString(16)}`;
  return `<${wide(base)} ${wide(base)} ${wide(size)}>`;
};
const LOW = range(0xf800_0000n, 0x800_0000n);
const HIGH = range(0xf_f000_0000n, 0x1000_0000n);
const rule = ({ rules }: Verdict, id: string) => rules.find((each) => each.id === id);
const texts = (verdict: Verdict, id: string): string[] => rule(verdict, id)!.evidence.map(({ text }) => text);
const framebuffer = (base: bigint | null, size: bigint | null): GivenFacts => ({
  ...RELEASE,
  framebuffer: { base, size, from: 'given', text: 'given' },
});

describe('a node', () => {
  test('that is disabled, or stands in one that is', async () => {
    const own = await ask(tree(node(`ranges = ${LOW};`, 'vmbus', 'status = "disabled";')));
    expect([own.answer, own.reason]).toEqual([
      'not-needed',
      '/vmbus is disabled by its status, so the driver does not probe it',
    ]);
    expect(rule(own, 'dt-node-disabled')!.evidence[0]!.origin).toMatchObject({
      path: '/vmbus',
      item: 'status',
      index: 0,
    });
    const bus = `bus { status = "disabled"; compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges; ${node(`ranges = ${LOW};`)} };`;
    expect((await ask(tree(bus))).reason).toBe(
      '/bus is disabled by its status, so the driver does not probe what is below it',
    );
    expect(rule(own, 'dt-never-reserves')).toBeUndefined();
    expect([own.pool, own.framebuffer]).toEqual([[], null]);
  });

  test('without ranges, or with none in it', async () => {
    const without = await ask(tree(node('')));
    expect(rule(without, 'dt-no-window')!.says).toMatch(/^\/vmbus has no ranges: the driver gets no MMIO/);
    const empty = await ask(tree(node('ranges;')));
    expect(rule(empty, 'dt-no-window')!.says).toMatch(/^The ranges of \/vmbus hold no entry: /);
    expect(empty.reason).toBe('the ranges of /vmbus hold no entry, so VMBus gets no MMIO window');
  });

  test('above 4 GiB: where each window ends', async () => {
    const verdict = await ask(tree(node(`ranges = ${HIGH}, ${range(0x1_0000_0000n, 0x1000n)};`)));
    expect(verdict.answer).toBe('not-needed');
    // 0xff0000000 + 256 MiB is 64 GiB; the other end is no multiple of 1 MiB.
    expect(verdict.reason).toBe(
      'VMBus gets [mem 0xff0000000-0xfffffffff], 256 MiB ending at 64 GiB and [mem 0x100000000-0x100000fff], 4 KiB ending at 0x100001000; no part is below 4 GiB, where the Hyper-V framebuffer is',
    );
    expect(texts(verdict, 'dt-above-4g')).toEqual([
      'starts at or above 4 GiB: [mem 0xff0000000-0xfffffffff]',
      'starts at or above 4 GiB: [mem 0x100000000-0x100000fff]',
      'Hyper-V puts it there',
    ]);
    expect((await ask(tree(node(`ranges = ${range(0xffff_f000n, 0x1000n)};`)))).answer).toBe('depends');
  });

  test('beyond 64 bits', async () => {
    const verdict = await ask(tree(node(`ranges = ${range(0xffff_ffff_ffff_f000n, 0x2000n)};`)));
    expect(verdict.answer).toBe('unknown');
    expect(texts(verdict, 'dt-window-unknown')).toEqual([
      'base 0xfffffffffffff000 and size 0x2000 reach beyond 64 bits',
    ]);
    expect(verdict.pool).toHaveLength(1);
    const last = await ask(tree(node(`ranges = ${range(0xffff_ffff_ffff_f000n, 0x1000n)};`)));
    expect(last.answer).toBe('not-needed');
  });

  test('with a framebuffer in it, which is known by its base alone', async () => {
    const inside = await ask(tree(node(`ranges = ${HIGH}, ${LOW};`)), framebuffer(0xf800_0000n, null));
    expect([inside.answer, inside.effective]).toEqual(['needed', false]);
    // Generation 2 firmware gives it 8 MiB.
    expect(inside.reason).toContain(
      'the framebuffer [mem 0xf8000000-0xf87fffff] is inside [mem 0xf8000000-0xffffffff]',
    );
    expect(inside.framebuffer).toMatchObject({ base: 0xf800_0000n, size: 0x80_0000n });
    expect(texts(inside, 'dt-window-holds-framebuffer')).toEqual([
      '[mem 0xf8000000-0xffffffff] from /vmbus ranges[1]',
      'given',
    ]);
    expect(rule(inside, 'dt-window-holds-framebuffer')!.says).toMatch(/ is in a window that VMBus gets\.$/);
    const ending = (base: bigint) => ask(tree(node(`ranges = ${LOW};`)), framebuffer(base, null));
    expect((await ending(0xf800_0000n - 0x80_0000n)).answer).toBe('not-needed');
    expect((await ending(0xf800_0000n - 0x80_0000n + 1n)).answer).toBe('needed');
    const across = await ask(
      tree(node(`ranges = ${range(0xf800_0000n, 0x1000n)}, ${range(0xf800_1000n, 0x1000n)};`)),
      framebuffer(0xf800_0000n, 0x2000n),
    );
    expect(rule(across, 'dt-window-holds-framebuffer')!.says).toMatch(/ is in windows that VMBus gets\.$/);
    expect(texts(across, 'dt-window-holds-framebuffer')).toHaveLength(3);
  });

  test('before 6.4 is not found at all', async () => {
    const old = await ask(tree(node(`ranges = ${LOW};`)), {
      ...framebuffer(0xf800_0000n, 0x1000n),
      release: '6.3',
    });
    expect([old.answer, old.reason]).toEqual([
      'not-needed',
      'a driver without device tree support, before 6.4, does not find the node',
    ]);
    expect(texts(old, 'dt-not-supported')).toEqual(['device tree support came with v6.4']);
    expect(old.pool).toHaveLength(1);
  });

  test('outside of which the framebuffer is', async () => {
    const low = await ask(tree(node(`ranges = ${LOW};`)), framebuffer(0xc000_0000n, 0x1000n));
    expect(low.reason).toBe(
      'the framebuffer [mem 0xc0000000-0xc0000fff] is outside every window that VMBus gets',
    );
    expect(texts(low, 'dt-framebuffer-outside')).toEqual(['given']);
    expect(low.framebuffer).toMatchObject({ base: 0xc000_0000n });
    const high = await ask(tree(node(`ranges = ${HIGH};`)), framebuffer(0xc000_0000n, 0x1000n));
    expect([high.answer, high.framebuffer]).toMatchObject(['not-needed', { base: 0xc000_0000n }]);
  });

  test('with a framebuffer that the tree describes, somewhere', async () => {
    const chosen = (more: string) =>
      `chosen { #address-cells = <2>; #size-cells = <2>; ranges; framebuffer { compatible = "simple-framebuffer"; ${more} }; };`;
    const open = await ask(tree(node(`ranges = ${LOW};`), chosen('')));
    expect(open.answer).toBe('depends');
    expect(open.conditions.map(({ when, answer }) => [formatCondition(when), answer])).toEqual([
      ['framebuffer == inside', 'needed'],
      ['framebuffer == outside', 'not-needed'],
    ]);
    expect(texts(open, 'dt-window-holds-framebuffer').at(-1)).toMatch(
      /^simple-framebuffer \/chosen\/framebuffer, whose place/,
    );
    const there = await ask(tree(node(`ranges = ${LOW};`), chosen('reg = <0 0xf8000000 0 0x1000>;')));
    expect(there.answer).toBe('needed');
    // One that is off shows that it may be there.
    const off = await ask(
      tree(node(`ranges = ${LOW};`), chosen('reg = <0 0xc0000000 0 0x1000>; status = "disabled";')),
    );
    expect(off.answer).toBe('depends');
    const away = await ask(tree(node(`ranges = ${LOW};`), chosen('reg = <0 0xc0000000 0 0x1000>;')));
    expect(away.answer).toBe('not-needed');
    // Above 4 GiB it is no Hyper-V framebuffer: there may be one more.
    const high = await ask(tree(node(`ranges = ${LOW};`), chosen('reg = <0x1 0 0 0x1000>;')));
    expect(high.answer).toBe('depends');
  });

  test('of which nothing says whether there is a framebuffer', async () => {
    const open = await ask(tree(node(`ranges = ${LOW}, ${HIGH};`)));
    expect(
      open.conditions.map(({ when, answer, because }) => [formatCondition(when), answer, because]),
    ).toEqual([
      [
        'framebuffer == inside',
        'needed',
        'the framebuffer somewhere in [mem 0xf8000000-0xffffffff] is inside [mem 0xf8000000-0xffffffff], which VMBus gets, and on a device tree boot nothing reserves it',
      ],
      ['framebuffer == outside', 'not-needed', 'no framebuffer is in [mem 0xf8000000-0xffffffff]'],
    ]);
    expect(texts(open, 'dt-low-window-open')[0]).toBe('[mem 0xf8000000-0xffffffff]');
    expect(open.framebuffer).toMatchObject({ base: null, size: null, from: 'presumed' });
  });

  test('of a kernel that does not read trees', async () => {
    const unread = await ask(tree(node(`ranges = ${LOW};`)), { ...RELEASE, boot: 'efi' });
    expect([unread.answer, unread.pool, unread.framebuffer]).toEqual(['unknown', [], null]);
    expect(rule(unread, 'device-tree-not-read')).toBeDefined();
  });
});

describe('several devices', () => {
  const two = tree(
    node(`ranges = ${LOW};`, 'vmbus@1', 'microsoft,vtl = <0>;'),
    node(`ranges = ${HIGH};`, 'vmbus@2', 'microsoft,vtl = <2>;'),
  );
  const FB = framebuffer(0xf800_0000n, 0x1000n);

  test('that differ: it depends on which the kernel is given', async () => {
    const verdict = await ask(two, FB);
    expect([verdict.answer, verdict.effective, verdict.hazard]).toEqual(['depends', null, 'unknown']);
    expect(verdict.conditions.map(({ when, answer }) => [formatCondition(when), answer])).toEqual([
      ['vmbus == a.dts:/vmbus@1 (VTL 0)', 'needed'],
      ['vmbus == a.dts:/vmbus@2 (VTL 2)', 'not-needed'],
    ]);
    // The worst is shown.
    expect(verdict.pool.map(({ base }) => base)).toEqual([0xf800_0000n]);
    expect(verdict.machine).toMatchObject({ boot: 'dt', vtl: 0 });
  });

  test('of which one is asked about', async () => {
    expect((await ask(two, { ...FB, vtl: 0 })).answer).toBe('needed');
    expect((await ask(two, { ...FB, vtl: 2 })).answer).toBe('not-needed');
    const none = await ask(two, { ...FB, vtl: 1 });
    expect(none.answer).toBe('unknown');
    expect(rule(none, 'no-vmbus')!.evidence.map(({ text }) => text)).toEqual([
      'microsoft,vtl of /vmbus@1',
      'microsoft,vtl of /vmbus@2',
    ]);
  });

  test('that agree: one answer, and their windows', async () => {
    const same = tree(node(`ranges = ${HIGH};`, 'vmbus@1'), node(`ranges = ${HIGH};`, 'vmbus@2'));
    const verdict = await ask(same);
    expect([verdict.answer, verdict.conditions]).toEqual(['not-needed', []]);
    expect(verdict.rules.filter(({ id }) => id === 'dt-above-4g')).toHaveLength(1);
  });
});

test('devices of one name are told apart by where they stand', async () => {
  const one = tree(node(`ranges = ${LOW};`));
  const other = tree(node(`ranges = ${HIGH};`));
  const verdict = await answerSysfb(
    [artifactOf('dts', one, 'a.dts'), artifactOf('dts', `\n\n${other}`, 'a.dts')],
    { describe: {}, kernel: framebuffer(0xf800_0000n, 0x1000n) },
    new DiagnosticList(),
  );
  const names = verdict.conditions.map(({ when, answer }) => [
    formatCondition(when).replace('vmbus == ', ''),
    answer,
  ]);
  expect(names).toEqual([
    [expect.stringMatching(/^a\.dts:1\.\d+$/), 'needed'],
    [expect.stringMatching(/^a\.dts:3\.\d+$/), 'not-needed'],
  ]);
});

describe('a fragment', () => {
  const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';

  test('whose cells the binding or the boot shim has', async () => {
    const verdict = await ask(LINE, RELEASE, 'dts-fragment');
    expect(verdict.answer).toBe('not-needed');
    expect(verdict.authorities.map(({ id, text }) => [id, text])).toEqual([
      ['cells', 'the cells are 2/2/1 (child, parent, size)'],
    ]);
    expect(rule(verdict, 'same-as-binding-example')).toBeDefined();
    expect(rule(verdict, 'cells-inferred')!.says).toBe(
      'No cell count is given; the best reading is 2/2/1 (child, parent, size).',
    );
    expect(verdict.premises.map(({ text }) => text)).toContain(
      'the line is the VMBus node of the tree that this kernel boots with',
    );
    const other = await ask(LINE.replace('0x10000000', '0x20000000'), RELEASE, 'dts-fragment');
    expect(rule(other, 'same-as-binding-example')).toBeUndefined();
    const six = await ask(
      'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0 0x10000000>;',
      RELEASE,
      'dts-fragment',
    );
    expect([six.answer, rule(six, 'same-as-binding-example')]).toEqual(['not-needed', undefined]);
  });

  test('whose cells are whole entries of neither', async () => {
    const verdict = await ask('ranges = <0x0f 0xf0000000 0x0f 0xf0000000>;', RELEASE, 'dts-fragment');
    expect(verdict.answer).toBe('unknown');
    expect(verdict.reason).toMatch(
      /: 4 cells are neither whole entries of 5, as in the binding, nor of 6, as OpenHCL's/,
    );
  });
});
