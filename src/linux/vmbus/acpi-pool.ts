/**
 * The pool from ACPI: `vmbus_acpi_add` and `vmbus_walk_resources` of drivers/hv/vmbus_drv.c. Rules and their quirks
 * are those of the kernel, release by release as the profile says.
 */
import { ONE_MIB } from '../../bytes/address.ts';
import type { Behaviour } from '../behaviour.ts';
import { emptyPool, type VmbusPool, windowOf } from './pool.ts';
import { u64 } from './region-tree.ts';

/** Where Hyper-V puts the virtual TPM (VTPM_BASE_ADDRESS in drivers/hv). */
export const VTPM_BASE = 0xfed40000n;

/** Linux' errno values that the driver's probe and allocation return. */
export const ENODEV = -19;
export const ENXIO = -6;
export const ENOENT = -2;
export const EINVAL = -22;

/**
 * A resource descriptor as far as the driver looks at it: its type and the raw minimum and maximum (both
 * inclusive). Length, granularity, translation, the fixed flags, producer or consumer and the resource type (memory,
 * I/O, bus numbers) are not looked at by the kernel.
 */
export interface AcpiDescriptor {
  /** `dword` and `qword` address space descriptors count; `extended-irq` is only asked for its interrupts. */
  readonly type: 'dword' | 'qword' | 'extended-irq' | 'other';
  readonly min: bigint;
  readonly max: bigint;
  /** Interrupts listed in an extended interrupt descriptor. */
  readonly interrupts?: number;
  /** What it is, for the reason why it made no window: `memory32-fixed`, `word-address`. */
  readonly name?: string;
}

/** A device on the way from VMBus up to the namespace root. */
export interface AcpiLevel {
  /** Absolute path, or a name: for messages only. */
  readonly name: string;
  /** Its `_CRS`; null when it has none or evaluating it fails. */
  readonly crs: readonly AcpiDescriptor[] | null;
  /** This is the namespace root itself (ACPI_ROOT_OBJECT), where newer releases stop. */
  readonly namespaceRoot?: boolean;
}

type Rules = Pick<Behaviour, 'windowOrder' | 'mergesTouching' | 'vtpmCut' | 'stopsAtNamespaceRoot' | 'floor'>;

/**
 * Builds the window list.
 * @param levels `levels[0]` is the VMBus device, then its ancestors upward
 */
export function buildAcpiPool(rules: Rules, levels: readonly AcpiLevel[]): VmbusPool {
  const pool = emptyPool('acpi');
  const vmbus = levels[0];
  if (vmbus === undefined || !walkLevel(rules, pool, vmbus, 0)) {
    if (vmbus === undefined) pool.reservation = { called: false, why: 'there is no VMBus device', tries: [] };
    else pool.reservation = { called: false, why: `the _CRS of ${vmbus.name} cannot be walked`, tries: [] };
    pool.probe = ENODEV;
    pool.dangling = pool.windows.length > 0;
    pool.windows = [];
    return pool;
  }
  for (let index = 1; index < levels.length; index += 1) {
    const level = levels[index]!;
    if (level.namespaceRoot && rules.stopsAtNamespaceRoot) break;
    if (!walkLevel(rules, pool, level, index)) continue;
    if (pool.windows.length > 0) {
      pool.reserveCalled = true;
      break;
    }
  }
  if (!pool.reserveCalled)
    pool.reservation = {
      called: false,
      why:
        pool.windows.length === 0
          ? 'no window was found, so vmbus_reserve_fb() does not run'
          : 'no ancestor of the VMBus device has a _CRS, so vmbus_reserve_fb() does not run',
      tries: [],
    };
  return pool;
}

/** Walks one `_CRS` into the list. False when the walk fails: no `_CRS`, or an interrupt descriptor without interrupts. */
function walkLevel(rules: Rules, pool: VmbusPool, level: AcpiLevel, index: number): boolean {
  pool.levelsWalked.push(index);
  if (level.crs === null) return false;
  for (const [at, descriptor] of level.crs.entries()) {
    const part = { level: index, index: at };
    switch (descriptor.type) {
      case 'dword':
      case 'qword':
        addRange(rules, pool, descriptor, part);
        break;
      case 'extended-irq':
        if ((descriptor.interrupts ?? 1) === 0) {
          pool.log.push({ level: 'err', text: 'hv_vmbus: Unable to parse Hyper-V ACPI interrupt' });
          return false;
        }
        break;
      case 'other':
        pool.leftOut.push({
          ...part,
          why: `${descriptor.name ?? 'this type'} is not read by the VMBus driver`,
        });
        break;
    }
  }
  return true;
}

function addRange(
  rules: Rules,
  pool: VmbusPool,
  descriptor: AcpiDescriptor,
  part: { readonly level: number; readonly index: number },
): void {
  const start = descriptor.min;
  let end = descriptor.max;
  // The floor looks at the end alone, before any cut: what is all zeros, or VGA memory, drops out here.
  if (rules.floor && end < ONE_MIB) {
    pool.leftOut.push({ ...part, why: 'ends below 1 MiB' });
    return;
  }
  const fullEnd = end;
  if (rules.vtpmCut === 'keeps-first-byte' && end > VTPM_BASE && start < VTPM_BASE) end = VTPM_BASE;
  if (rules.vtpmCut === 'below' && end >= VTPM_BASE && start < VTPM_BASE) end = VTPM_BASE - 1n;
  const window = windowOf(start, end, part, end !== fullEnd);

  // At most one merge per range, and no look at overlaps.
  const { windows } = pool;
  for (let at = 0; at < windows.length; at += 1) {
    const node = windows[at]!;
    if (rules.mergesTouching && u64(node.end + 1n) === start) {
      node.end = end;
      node.parts.push(part);
      node.cutAtVtpm ||= window.cutAtVtpm;
      return;
    }
    if (rules.mergesTouching && node.start === u64(end + 1n)) {
      node.start = start;
      node.parts.push(part);
      node.cutAtVtpm ||= window.cutAtVtpm;
      return;
    }
    const before = rules.windowOrder === 'ascending' ? node.start > end : node.end < start;
    if (before) {
      windows.splice(at, 0, window);
      return;
    }
  }
  windows.push(window);
}
