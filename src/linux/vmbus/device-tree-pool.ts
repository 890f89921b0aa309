/**
 * The pool from a device tree: `vmbus_device_add` of drivers/hv/vmbus_drv.c with `of_range_parser` of
 * drivers/of/address.c. Entries keep their order. There is no floor, no cut at the virtual TPM, no merging except by the
 * parser, and no reservation of the framebuffer.
 */
import type { Behaviour } from '../behaviour.ts';
import { u64 } from '../region-tree.ts';
import { EINVAL, ENOENT, ENXIO } from './acpi-pool.ts';
import { emptyPool, type VmbusPool, type VmbusWindow, windowOf } from './pool.ts';

/** OF_BAD_ADDR: the result for an address that cannot be translated. */
export const OF_BAD_ADDR = (1n << 64n) - 1n;

/** OF_MAX_ADDR_CELLS. */
const MAX_ADDRESS_CELLS = 4;

/** One complete tuple of `ranges`. */
export interface RangesEntry {
  /** Child bus address, without a flags cell. */
  readonly bus: bigint;
  /** The parent address translated to a CPU address; `null` if that is impossible. */
  readonly cpu: bigint | null;
  readonly size: bigint;
  /** Bus flags of the tuple: the flags cell on a bus with three address cells, 0 elsewhere. */
  readonly flags?: bigint;
}

/** The VMBus node. */
export interface VmbusNode {
  /** `null` without `ranges`; empty if `ranges` is empty or shorter than one tuple. */
  readonly ranges: readonly RangesEntry[] | null;
  /** The node's interrupt can be mapped. Newer releases require it on arm64. */
  readonly interrupt?: boolean;
  /** `#address-cells` and `#size-cells` of the node; newer parsers reject impossible counts. */
  readonly addressCells?: number;
  readonly sizeCells?: number;
}

type Rules = Pick<Behaviour, 'deviceTree' | 'deviceTreeIrqFirst' | 'refusesBadCells'>;

/** Builds the pool. */
export function buildDeviceTreePool(rules: Rules, node: VmbusNode, arch: 'x86_64' | 'arm64'): VmbusPool {
  const pool = emptyPool('dt');
  pool.reservation = {
    called: false,
    why: rules.deviceTree
      ? 'vmbus_device_add() never calls vmbus_reserve_fb()'
      : 'this release has no device tree support in the VMBus driver',
    tries: [],
  };
  if (!rules.deviceTree) {
    pool.probe = ENOENT;
    return pool;
  }
  if (node.ranges === null) {
    pool.probe = ENOENT;
    return pool;
  }
  const badCells =
    (node.addressCells !== undefined && (node.addressCells < 1 || node.addressCells > MAX_ADDRESS_CELLS)) ||
    (node.sizeCells !== undefined && node.sizeCells < 1);
  if (badCells && rules.refusesBadCells) {
    pool.probe = EINVAL;
    return pool;
  }
  if (rules.deviceTreeIrqFirst && arch === 'arm64' && node.interrupt === false) {
    pool.probe = ENXIO;
    return pool;
  }
  let fused: { bus: bigint; cpu: bigint; size: bigint; flags: bigint; window: VmbusWindow } | undefined;
  for (const [index, entry] of node.ranges.entries()) {
    const cpu = entry.cpu ?? OF_BAD_ADDR;
    const flags = entry.flags ?? 0n;
    const part = { level: 0, index };
    if (
      fused !== undefined &&
      fused.flags === flags &&
      entry.bus === u64(fused.bus + fused.size) &&
      cpu === u64(fused.cpu + fused.size)
    ) {
      fused.size = u64(fused.size + entry.size);
      fused.window.parts.push(part);
    } else {
      const window = windowOf(cpu, 0n, part);
      fused = { bus: entry.bus, cpu, size: entry.size, flags, window };
      pool.windows.push(window);
    }
    // The driver stores an exclusive end in a field that is inclusive elsewhere.
    fused.window.end = u64(fused.cpu + fused.size);
  }
  return pool;
}
