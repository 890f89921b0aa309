/** What `fwmap windows` warns of in a device tree, and `fwmap dtc` when its checks are switched on. */
import { describe, expect, it } from 'vitest';
import { run } from '../fake-io.ts';

const CELLS = '#address-cells = <1>; #size-cells = <1>;';

/** A body of the root, and the warnings that it deserves: code, path and what must be in the message. */
const CASES = [
  {
    name: 'windows that overlap within a bus',
    body: `a { ${CELLS} ranges = <0 0x1000 0x1000>; }; b { ${CELLS} ranges = <0 0x1800 0x1000>; };`,
    check: 'fwmap_overlapping_windows',
    code: 'dt/overlapping-windows',
    path: '/b',
    says: 'both claim [mem 0x00001800-0x000027ff] of the parent',
  },
  {
    name: 'a reg outside its parent’s ranges',
    body: `a { ${CELLS} ranges = <0 0x1000 0x1000>; d@2000 { reg = <0x2000 1>; }; };`,
    check: 'fwmap_reg_outside_ranges',
    code: 'dt/reg-outside-ranges',
    path: '/a/d@2000',
    says: 'reg[0] at 0x2000 is in none of the ranges of /a',
  },
  {
    name: 'a framebuffer inside a window given to somebody else',
    body: `v { ${CELLS} ranges = <0 0x1000 0x1000>; }; f@1800 { compatible = "simple-framebuffer"; reg = <0x1800 0x10>; };`,
    check: 'fwmap_framebuffer_in_window',
    code: 'dt/framebuffer-in-window',
    path: '/f@1800',
    says: 'is in the window [mem 0x00001000-0x00001fff] that /v ranges[0] passes to its children',
  },
  {
    name: 'a ranges whose cells fit another cell count',
    // Four cells are no entries of 1 + 1 + 1; they are one of 1 + 2 + 1.
    body: `v { ${CELLS} ranges = <0 0xf 0xf0000000 0x10000000>; };`,
    check: 'fwmap_ranges_cells',
    code: 'dt/ranges-cells',
    path: '/v',
    says: 'ranges',
  },
] as const;

describe.each(CASES)('$name', ({ body, check, code, path, says }) => {
  const text = `/dts-v1/;\n/ { ${CELLS}\n${body}\n};\n`;

  it('is warned of with the windows', async () => {
    const json = await run(['windows', '--format', 'json', '-'], { stdin: text });
    expect(json.status).toBe(0);
    const { diagnostics } = JSON.parse(json.stdout);
    expect(diagnostics).toEqual([
      expect.objectContaining({ severity: 'warning', code, path, message: expect.stringContaining(says) }),
    ]);
    expect(diagnostics[0].at.line).toBe(3);
    const plain = await run(['windows', '-'], { stdin: text });
    expect(plain.stderr).toContain(`[${code}]`);
  });

  it('fails the check of fwmap dtc that is named after it, when that is switched on', async () => {
    const dtc = ['dtc', '-o', '/dev/null', '-'];
    expect((await run(dtc, { stdin: text })).stderr).not.toContain('fwmap_');
    const warned = await run([...dtc, '-W', check], { stdin: text });
    expect(warned.stderr).toContain(`Warning (${check}): ${path}`);
    expect((await run([...dtc, '-E', check], { stdin: text })).status).toBe(2);
  });
});

it('says nothing of a tree that is in order', async () => {
  const text = `/dts-v1/; / { ${CELLS} a { ${CELLS} ranges = <0 0x1000 0x1000>; d@10 { reg = <0x10 1>; }; }; };`;
  const { stdout } = await run(['windows', '--format', 'json', '-'], { stdin: text });
  expect(JSON.parse(stdout).diagnostics).toEqual([]);
});
