/**
 * The VMBus driver's MMIO pool: the list of windows (`hyperv_mmio`), the framebuffer reservation (`fb_mmio`), and the
 * system's memory resource tree. `acpi-pool.ts` and `device-tree-pool.ts` build it, `reservation.ts` reserves the
 * framebuffer, `allocation.ts` allocates ranges.
 */
import { iomemRoot, type Region, region, regionsOf } from '../region-tree.ts';

/** A firmware entry that is part of a window. */
export interface WindowPart {
  /** Index of the level (ACPI: 0 is the VMBus device, then its ancestors) or 0 (device tree). */
  readonly level: number;
  /** Index of the descriptor or `ranges` entry, from 0. */
  readonly index: number;
}

/** One window of the driver's list. Its children are claims (the shadow tree). */
export interface VmbusWindow extends Region {
  readonly parts: WindowPart[];
  /** The end was cut at the virtual TPM. */
  cutAtVtpm: boolean;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'err';
  readonly text: string;
}

/** A firmware entry that did not become a window, and why. */
export interface LeftOut extends WindowPart {
  readonly why: string;
}

/** One attempt to reserve. */
export interface ReservationTry {
  readonly start: bigint;
  readonly size: bigint;
  readonly ok: boolean;
}

/** The result of `vmbus_reserve_fb`. */
export interface Reservation {
  /** False on a device tree boot, without windows, or if no ancestor's `_CRS` could be walked. */
  readonly called: boolean;
  /** Why it was not called, or why nothing was reserved. */
  readonly why?: string;
  /** Source of the base. */
  readonly base?: 'screen_info' | 'pci-bar' | 'low-window-base';
  readonly tries: readonly ReservationTry[];
}

export interface VmbusPool {
  readonly path: 'acpi' | 'dt';
  /** Result of the probe: 0 or a negative errno. */
  probe: number;
  /** In the driver's order, which is not always ascending. Ends as stored by the driver (device tree: one too high). */
  windows: VmbusWindow[];
  /** The probe failed after windows were collected: the list was freed, but the driver still points to it. */
  dangling: boolean;
  /** ACPI: indices of levels whose `_CRS` was walked. */
  levelsWalked: number[];
  /** ACPI: an ancestor's resources were walked and there are windows, so `vmbus_reserve_fb` is called. */
  reserveCalled: boolean;
  leftOut: LeftOut[];
  log: LogLine[];
  reservation: Reservation;
  /** The reservation, a busy child of the first window. */
  framebuffer: Region | null;
  /** The kernel's memory resource tree. */
  iomem: Region;
}

export function emptyPool(path: 'acpi' | 'dt'): VmbusPool {
  return {
    path,
    probe: 0,
    windows: [],
    dangling: false,
    levelsWalked: [],
    reserveCalled: false,
    leftOut: [],
    log: [],
    reservation: { called: false, why: 'not run', tries: [] },
    framebuffer: null,
    iomem: iomemRoot(),
  };
}

export function windowOf(start: bigint, end: bigint, part: WindowPart, cutAtVtpm = false): VmbusWindow {
  return { ...region(start, end, 'hyperv mmio'), parts: [part], cutAtVtpm };
}

/** A window's last address. With a device tree the driver's end is one too high. */
export function lastOf(pool: Pick<VmbusPool, 'path'>, window: Pick<Region, 'end'>): bigint {
  return pool.path === 'dt' ? window.end - 1n : window.end;
}

/** A deep copy, so that several scenarios can be simulated with one pool. */
export function clonePool(pool: VmbusPool): VmbusPool {
  const copies = new Map<Region, Region>();
  const copyTree = <T extends Region>(root: T): T => {
    const copy = { ...root, children: [] as Region[] };
    copies.set(root, copy);
    const parents: Region[] = [copy];
    for (const { region: at, depth } of regionsOf(root)) {
      const made = { ...at, children: [] as Region[] };
      copies.set(at, made);
      parents.length = depth + 1;
      parents[depth]!.children.push(made);
      parents.push(made);
    }
    return copy;
  };
  const windows = pool.windows.map((window) => ({ ...copyTree(window), parts: [...window.parts] }));
  const iomem = copyTree(pool.iomem);
  return {
    ...pool,
    windows,
    iomem,
    levelsWalked: [...pool.levelsWalked],
    leftOut: [...pool.leftOut],
    log: [...pool.log],
    framebuffer: pool.framebuffer === null ? null : (copies.get(pool.framebuffer) ?? { ...pool.framebuffer }),
  };
}

/** `%pR` of a memory resource: `[mem 0xf8000000-0xfbffffff]`, or one address if start and end are equal. */
export function printResource(resource: Pick<Region, 'start' | 'end'> | null | undefined): string {
  if (!resource) return '(null)';
  const digits = (value: bigint): string => `0x${value.toString(16).padStart(8, '0')}`;
  return resource.start === resource.end
    ? `[mem ${digits(resource.start)}]`
    : `[mem ${digits(resource.start)}-${digits(resource.end)}]`;
}

/** `%pa` of a 64-bit address. */
export function printAddress(value: bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}
