/**
 * Parses the host's device tree like OpenHCL's boot shim (microsoft/openvmm 1488a37b7, openhcl/host_fdt_parser/src/lib.rs),
 * which knows only the nodes that a host writes and rejects anything unexpected in them.
 */
import { latin1Text } from '../../bytes/text-encoding.ts';
import type { DtNode } from '../../devicetree/tree.ts';
import { propertyOf } from '../../devicetree/tree.ts';
import { type Interval, overlaps } from '../../window/interval.ts';

/** HV_PAGE_SIZE, the alignment of ranges. */
const PAGE = 4096n;
const MAX_ADDRESS = 1n << 64n;
/** 64-bit numbers of a VMBus range: child address, parent address, size. */
const RANGE_WORDS = 3;
const MAX_RANGES = 2;

/** The VMBus node of one virtual trust level. */
export interface HostVmbus {
  /** In ascending order; one may be empty. */
  readonly ranges: readonly Interval[];
  readonly connection: number;
}

export interface HostTree {
  readonly vtl0: HostVmbus | undefined;
  readonly vtl2: HostVmbus | undefined;
  /** Who allocates VTL2's memory; by default the host. */
  readonly mode: 'host' | 'vtl2';
  /** `mmio-size` of `/openhcl`, read with mode `vtl2` only. */
  readonly mmioSize: bigint | undefined;
}

/** Why the shim gives up on a tree. */
export class ShimError extends Error {}

function numbers(node: DtNode, name: string, width: 4 | 8): bigint[] | undefined {
  const value = propertyOf(node, name)?.value;
  if (value === undefined) return undefined;
  if (value.length % width !== 0)
    throw new ShimError(`${node.name}: ${name} is not a list of ${width * 8}-bit numbers`);
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return Array.from({ length: value.length / width }, (_, index) =>
    width === 4 ? BigInt(view.getUint32(index * 4)) : view.getBigUint64(index * 8),
  );
}

function required(node: DtNode, name: string, width: 4 | 8): bigint {
  const value = numbers(node, name, width);
  if (value === undefined) throw new ShimError(`${node.name}: ${name} is missing`);
  if (value[0] === undefined) throw new ShimError(`${node.name}: ${name} is empty`);
  return value[0];
}

/** The first string: the shim reads up to the first NUL (support/fdt/src/parser.rs, extract_str_from_bytes). */
function string(node: DtNode, name: string): string | undefined {
  const value = propertyOf(node, name)?.value;
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  if (end < 0) throw new ShimError(`${node.name}: ${name} is not a string`);
  return latin1Text(value.subarray(0, end));
}

function range(node: DtNode, base: bigint, length: bigint): Interval {
  if (base % PAGE !== 0n || length % PAGE !== 0n)
    throw new ShimError(`${node.name}: a range is not a multiple of 4 KiB`);
  if (base + length >= MAX_ADDRESS) throw new ShimError(`${node.name}: a range goes past the last address`);
  return { start: base, end: base + length };
}

function vmbus(node: DtNode): HostVmbus {
  for (const name of ['#address-cells', '#size-cells']) {
    const cells = required(node, name, 4);
    if (cells !== 2n) throw new ShimError(`${node.name}: ${name} is ${cells}, not 2`);
  }
  const ranges = rangesOf(node);
  return { ranges, connection: Number(required(node, 'microsoft,message-connection-id', 4)) };
}

function rangesOf(node: DtNode): Interval[] {
  const size = propertyOf(node, 'ranges')?.value.length ?? 0;
  const count = Math.floor(size / (RANGE_WORDS * 8));
  if (count > MAX_RANGES) throw new ShimError(`${node.name}: ${count} ranges, more than ${MAX_RANGES}`);
  if (count === 0) return [];
  const words = numbers(node, 'ranges', 8)!;
  const ranges: Interval[] = [];
  for (let index = 0; index < count; index += 1) {
    const [child, parent, length] = words.slice(index * RANGE_WORDS, (index + 1) * RANGE_WORDS);
    if (child !== parent) throw new ShimError(`${node.name}: a range is translated`);
    ranges.push(range(node, child!, length!));
  }
  ranges.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  if (ranges.length > 1 && overlaps(ranges[0]!, ranges[1]!))
    throw new ShimError(`${node.name}: its ranges overlap`);
  return ranges;
}

/** The VMBus nodes below simple buses of the root with an empty `ranges`. */
function vmbusNodes(root: DtNode): { vtl0: HostVmbus | undefined; vtl2: HostVmbus | undefined } {
  const found = new Map<bigint, HostVmbus>();
  for (const bus of root.children) {
    if (string(bus, 'compatible') !== 'simple-bus') continue;
    const translation = propertyOf(bus, 'ranges');
    if (translation === undefined) throw new ShimError(`${bus.name}: ranges is missing`);
    if (translation.value.length > 0) continue;
    for (const node of bus.children) {
      if (string(node, 'compatible') !== 'microsoft,vmbus') continue;
      const vtl = required(node, 'microsoft,vtl', 4);
      if (vtl !== 0n && vtl !== 2n) throw new ShimError(`${node.name}: VTL ${vtl}`);
      if (found.has(vtl)) throw new ShimError(`${node.name}: a second VMBus of VTL ${vtl}`);
      found.set(vtl, vmbus(node));
    }
  }
  return { vtl0: found.get(0n), vtl2: found.get(2n) };
}

function memory(root: DtNode): Interval[] {
  return root.children
    .filter(({ name }) => name.startsWith('memory@'))
    .flatMap((node) => {
      const words = numbers(node, 'reg', 8);
      if (words === undefined) throw new ShimError(`${node.name}: reg is missing`);
      return Array.from({ length: words.length >> 1 }, (_, index) =>
        range(node, words[index * 2]!, words[index * 2 + 1]!),
      );
    });
}

function allocation(root: DtNode): Pick<HostTree, 'mode' | 'mmioSize'> {
  const node = root.children.find(({ name }) => name === 'openhcl');
  if (node === undefined) return { mode: 'host', mmioSize: undefined };
  const mode = string(node, 'memory-allocation-mode');
  if (mode === 'host') return { mode, mmioSize: undefined };
  if (mode !== 'vtl2')
    throw new ShimError(
      `openhcl: memory-allocation-mode ${mode === undefined ? 'is missing' : `is "${mode}"`}`,
    );
  const given = propertyOf(node, 'mmio-size') !== undefined;
  return { mode, mmioSize: given ? required(node, 'mmio-size', 8) : undefined };
}

/** Reads a host's tree. Throws {@link ShimError} where the shim would not start with it. */
export function readHostTree(root: DtNode): HostTree {
  const buses = vmbusNodes(root);
  const allocated = allocation(root);
  const ram = memory(root);
  const [vtl0, vtl2] = [buses.vtl0?.ranges ?? [], buses.vtl2?.ranges ?? []];
  for (const each of [...vtl0, ...vtl2])
    if (ram.some((other) => overlaps(each, other))) throw new ShimError('a range of VMBus overlaps memory');
  if (vtl0.some((each) => vtl2.some((other) => overlaps(each, other))))
    throw new ShimError('ranges of the two VMBus overlap');
  return { ...buses, ...allocated };
}
