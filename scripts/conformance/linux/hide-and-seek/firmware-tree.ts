/** Device trees with a VMBus node, from a small grammar, and the windows that they give. */
import type { Random } from './random.ts';

const MIB = 1n << 20n;
const GIB = 1n << 30n;
const FOUR_GIB = 1n << 32n;

export interface Range {
  readonly base: bigint;
  readonly size: bigint;
}

export interface TreeFirmware {
  readonly kind: 'tree';
  readonly family: 'tree';
  readonly dts: string;
  /** The node alone, and its `ranges` alone, as people quote them. */
  readonly node: string;
  readonly line: string;
  readonly sizeCells: 1 | 2;
  /** In the order of the tree, by CPU address; neighbours that touch count as one. Null: no `ranges`. */
  readonly windows: readonly Range[] | null;
  /** The same, entry by entry. */
  readonly raw: readonly Range[];
  readonly vtl: number | null;
  /** The framebuffer that a node describes. */
  readonly described: Range | null;
}

function cells(value: bigint, count: number): string {
  const words: string[] = [];
  for (let at = count - 1; at >= 0; at -= 1)
    words.push(`0x${((value >> BigInt(at * 32)) & 0xffffffffn).toString(16)}`);
  return words.join(' ');
}

export function drawTree(random: Random): TreeFirmware {
  const sizeCells = random.chance(0.35) ? 1 : 2;
  const windows: Range[] = [];
  const limit = sizeCells === 1 ? 0xf0000000n : 64n * GIB;
  const size = (list: readonly bigint[]): bigint => {
    const chosen = random.pick(list);
    return chosen > limit ? limit : chosen;
  };
  const high = (): Range => ({
    base: random.pick([
      0xff0000000n,
      0xfe0000000n,
      FOUR_GIB,
      64n * GIB,
      random.big(4n * GIB, 512n * GIB, MIB),
    ]),
    size: size([256n * MIB, 512n * MIB, GIB, 64n * GIB]),
  });
  const low = (): Range => {
    const base = random.pick([0xf8000000n, 0xe0000000n, 0xf0000000n, 0xc0000000n]);
    return { base, size: random.pick([64n * MIB, 128n * MIB, 0x06d40000n, MIB]) };
  };
  const shape = random.below(10);
  if (shape < 4) windows.push(high());
  else if (shape < 6) windows.push(low());
  else if (shape < 9) windows.push(low(), high());
  else windows.push(high(), low());
  const hasRanges = !random.chance(0.03);
  const vtl = random.pick([2, 2, 2, 0, null]);
  const entries = windows.map(
    ({ base, size }) => `<${cells(base, 2)} ${cells(base, 2)} ${cells(size, sizeCells)}>`,
  );
  const ranges =
    random.chance(0.5) || entries.length === 1
      ? `ranges = ${entries.join(', ')};`
      : `ranges = <${entries.map((entry) => entry.slice(1, -1)).join(' ')}>;`;
  const node = [
    'vmbus {',
    '\tcompatible = "microsoft,vmbus";',
    '\t#address-cells = <2>;',
    `\t#size-cells = <${sizeCells}>;`,
    ...(random.chance(0.5) ? ['\tdma-coherent;'] : []),
    ...(vtl === null ? [] : [`\tmicrosoft,vtl = <${vtl}>;`]),
    '\tinterrupts = <1 2 1>;',
    ...(hasRanges ? [`\t${ranges}`] : []),
    '};',
  ];
  let described: Range | null = null;
  const framebuffer: string[] = [];
  if (random.chance(0.4)) {
    const inside = random.chance(0.6) ? random.pick(windows) : undefined;
    const length = random.pick([0x300000n, 0x800000n, 0x1000000n]);
    const base =
      inside === undefined
        ? random.pick([0x80000000n, 0xd0000000n, 0x3f000000n, 0xf8000000n])
        : inside.base + random.pick([0n, 0n, inside.size / 2n, inside.size - 4096n]);
    described = { base, size: length };
    const byRegion = random.chance(0.3);
    const reg = `<${cells(base, 2)} ${cells(length, 2)}>`;
    if (byRegion)
      framebuffer.push(
        'reserved-memory {\n#address-cells = <2>;\n#size-cells = <2>;\nranges;',
        `fbmem: framebuffer@${base.toString(16)} {\nreg = ${reg};\nno-map;\n};\n};`,
      );
    framebuffer.push(
      'chosen {\n#address-cells = <2>;\n#size-cells = <2>;\nranges;',
      `framebuffer${byRegion ? '' : `@${base.toString(16)}`} {\ncompatible = "simple-framebuffer";`,
      byRegion ? 'memory-region = <&fbmem>;' : `reg = ${reg};`,
      'width = <1024>;\nheight = <768>;\nstride = <4096>;\nformat = "x8r8g8b8";\n};\n};',
    );
  }
  const bus = random.chance(0.8)
    ? ['bus {\ncompatible = "simple-bus";\n#address-cells = <2>;\n#size-cells = <2>;\nranges;', ...node, '};']
    : node;
  const openhcl = vtl === 2 && random.chance(0.4) ? ['openhcl {\n};'] : [];
  const dts = [
    '/dts-v1/;',
    '/ {',
    '#address-cells = <2>;\n#size-cells = <2>;',
    `compatible = "${vtl === 2 ? 'microsoft,openvmm' : 'microsoft,hyperv'}";`,
    'memory@0 {\ndevice_type = "memory";\nreg = <0x0 0x0 0x0 0x8000000>;\n};',
    ...openhcl,
    ...bus,
    ...framebuffer,
    '};',
  ];
  return {
    kind: 'tree',
    family: 'tree',
    dts: `${dts.join('\n')}\n`,
    node: `${node.join('\n')}\n`,
    line: hasRanges ? `${ranges}\n` : `${node.join('\n')}\n`,
    sizeCells,
    windows: hasRanges ? fused(windows) : null,
    raw: windows,
    vtl,
    described,
  };
}

/** The kernel's parser joins an entry to the one before where bus and CPU addresses go on. */
function fused(windows: readonly Range[]): Range[] {
  const out: Range[] = [];
  for (const window of windows) {
    const last = out.at(-1);
    if (last !== undefined && last.base + last.size === window.base)
      out[out.length - 1] = { base: last.base, size: last.size + window.size };
    else out.push(window);
  }
  return out;
}
