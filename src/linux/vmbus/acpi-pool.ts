/**
 * The pool from ACPI: `vmbus_acpi_add` and `vmbus_walk_resources` of drivers/hv/vmbus_drv.c. Rules and their quirks
 * are those of the kernel, release by release as the profile says.
 */
import { ONE_MIB } from '../../bytes/address.ts';
import type { Behaviour } from '../behaviour.ts';
import { type Arithmetic, PLAIN } from './arithmetic.ts';
import { emptyPool, type LeftOut, type LogLine, type VmbusPool, type WindowPart, windowOf } from './pool.ts';

/** Where Hyper-V puts the virtual TPM (VTPM_BASE_ADDRESS in drivers/hv). */
export const VTPM_BASE = 0xfed40000n;

const MAX_ADDRESS = (1n << 64n) - 1n;

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
export interface AcpiDescriptor<N = bigint> {
  /** `dword` and `qword` address space descriptors count; `extended-irq` is only asked for its interrupts. */
  readonly type: 'dword' | 'qword' | 'extended-irq' | 'other';
  readonly min: N;
  readonly max: N;
  /** Interrupts listed in an extended interrupt descriptor. */
  readonly interrupts?: number;
  /** What it is, for the reason why it made no window: `memory32-fixed`, `word-address`. */
  readonly name?: string;
}

/** A device on the way from VMBus up to the namespace root. */
export interface AcpiLevel<N = bigint> {
  /** Absolute path, or a name: for messages only. */
  readonly name: string;
  /** Its `_CRS`; null when it has none or evaluating it fails. */
  readonly crs: readonly AcpiDescriptor<N>[] | null;
  /** It has no `_CRS`: then `crs` is null. */
  readonly lacksCrs?: boolean;
  /** This is the namespace root itself (ACPI_ROOT_OBJECT), where newer releases stop. */
  readonly namespaceRoot?: boolean;
}

type Rules = Pick<Behaviour, 'windowOrder' | 'mergesTouching' | 'vtpmCut' | 'stopsAtNamespaceRoot' | 'floor'>;

/** A window as the walk collects it; ends inclusive. */
export interface CollectedWindow<N> {
  readonly start: N;
  readonly end: N;
  readonly parts: readonly WindowPart[];
  readonly cutAtVtpm: boolean;
}

/** What walking VMBus and its ancestors comes to. */
export interface Collected<N> {
  readonly windows: readonly CollectedWindow<N>[];
  readonly levelsWalked: readonly number[];
  readonly leftOut: readonly LeftOut[];
  readonly log: readonly LogLine[];
  /** The `_CRS` of VMBus itself can't be walked: the probe fails. */
  readonly failed: boolean;
  /** An ancestor's resources were walked while there were windows, so `vmbus_reserve_fb` runs. */
  readonly reserveCalled: boolean;
}

/**
 * Walks VMBus and its ancestors as `vmbus_acpi_add` does.
 * @param levels `levels[0]` is the VMBus device, then its ancestors upward
 */
export function collectWindows<N>(
  rules: Rules,
  levels: readonly AcpiLevel<N>[],
  arithmetic: Arithmetic<N>,
): Collected<N> {
  const walk = new Walk(rules, arithmetic);
  const vmbus = levels[0];
  if (vmbus === undefined || !walk.level(vmbus, 0)) return walk.result(true, false);
  for (let index = 1; index < levels.length; index += 1) {
    const level = levels[index]!;
    if (level.namespaceRoot && rules.stopsAtNamespaceRoot) break;
    if (!walk.level(level, index)) continue;
    if (walk.windows.length > 0) return walk.result(false, true);
  }
  return walk.result(false, false);
}

/** Builds the pool from numbers. */
export function buildAcpiPool(rules: Rules, levels: readonly AcpiLevel[]): VmbusPool {
  const { windows, levelsWalked, leftOut, log, failed, reserveCalled } = collectWindows(rules, levels, PLAIN);
  const pool = emptyPool('acpi');
  pool.levelsWalked = [...levelsWalked];
  pool.leftOut = [...leftOut];
  pool.log = [...log];
  pool.reserveCalled = reserveCalled;
  if (failed) {
    const vmbus = levels[0];
    const why =
      vmbus === undefined
        ? 'there is no VMBus device'
        : vmbus.lacksCrs
          ? `${vmbus.name} has no _CRS, so its probe fails`
          : `the _CRS of ${vmbus.name} cannot be walked, so its probe fails`;
    pool.reservation = { called: false, why, tries: [] };
    pool.probe = ENODEV;
    pool.dangling = windows.length > 0;
    return pool;
  }
  pool.windows = windows.map(({ start, end, parts, cutAtVtpm }) => ({
    ...windowOf(start, end, parts[0]!, cutAtVtpm),
    parts: [...parts],
  }));
  if (!reserveCalled)
    pool.reservation = {
      called: false,
      why:
        windows.length === 0
          ? 'no window was found, so vmbus_reserve_fb() does not run'
          : 'no ancestor of the VMBus device has a _CRS, so vmbus_reserve_fb() does not run',
      tries: [],
    };
  return pool;
}

/** Its parts are its own, and grow with it. */
type GrowingWindow<N> = Omit<CollectedWindow<N>, 'parts'> & { readonly parts: WindowPart[] };

class Walk<N> {
  readonly windows: GrowingWindow<N>[] = [];
  readonly #levelsWalked: number[] = [];
  readonly #leftOut: LeftOut[] = [];
  readonly #log: LogLine[] = [];
  /** The highest bound of all windows; undefined as soon as one is no number. */
  #highest: bigint | undefined = -1n;
  readonly #rules: Rules;
  readonly #arithmetic: Arithmetic<N>;

  constructor(rules: Rules, arithmetic: Arithmetic<N>) {
    this.#rules = rules;
    this.#arithmetic = arithmetic;
  }

  result(failed: boolean, reserveCalled: boolean): Collected<N> {
    return {
      windows: this.windows,
      levelsWalked: this.#levelsWalked,
      leftOut: this.#leftOut,
      log: this.#log,
      failed,
      reserveCalled,
    };
  }

  /** Walks one `_CRS`. False when the walk fails: no `_CRS`, or an interrupt descriptor without interrupts. */
  level({ crs }: AcpiLevel<N>, index: number): boolean {
    this.#levelsWalked.push(index);
    if (crs === null) return false;
    for (const [at, descriptor] of crs.entries()) {
      const part = { level: index, index: at };
      switch (descriptor.type) {
        case 'dword':
        case 'qword':
          this.#add(descriptor, part);
          break;
        case 'extended-irq':
          if ((descriptor.interrupts ?? 1) === 0) {
            this.#log.push({ level: 'err', text: 'hv_vmbus: Unable to parse Hyper-V ACPI interrupt' });
            return false;
          }
          break;
        case 'other':
          this.#leftOut.push({
            ...part,
            why: `${descriptor.name ?? 'another type'}: not read by the VMBus driver`,
          });
          break;
      }
    }
    return true;
  }

  /** Whether a window lies above all others, so that the driver's walk over its list comes to nothing; asked of numbers only. */
  #isLast(start: N, end: N): boolean {
    const highest = this.#highest;
    if (highest === undefined) return false;
    if (typeof start !== 'bigint' || typeof end !== 'bigint') {
      this.#highest = undefined;
      return false;
    }
    this.#highest = [highest, start, end].reduce((a, b) => (a < b ? b : a));
    const { windowOrder, mergesTouching } = this.#rules;
    // Sums wrap: what ends with the last address touches what begins with the first.
    const touches = mergesTouching && (start === highest + 1n || end === MAX_ADDRESS);
    return windowOrder === 'ascending' && start <= end && start > highest && !touches;
  }

  #add({ min: start, max }: AcpiDescriptor<N>, part: WindowPart): void {
    const { plus, equal } = this.#arithmetic;
    const { vtpmCut, mergesTouching, windowOrder, floor } = this.#rules;
    const below = (a: N, b: N): boolean => this.#arithmetic.below(a, b);
    const of = this.#arithmetic.of;
    // The floor looks at the end alone, before any cut: what is all zeros, or VGA memory, drops out here.
    if (floor && below(max, of(ONE_MIB))) {
      this.#leftOut.push({ ...part, why: 'memory range: ends below 1 MiB' });
      return;
    }
    const vtpm = of(VTPM_BASE);
    const reaches =
      vtpmCut === 'keeps-first-byte' ? below(vtpm, max) : vtpmCut === 'below' && !below(max, vtpm);
    const cutAtVtpm = reaches && below(start, vtpm);
    const end = !cutAtVtpm ? max : vtpmCut === 'below' ? of(VTPM_BASE - 1n) : vtpm;
    const window: GrowingWindow<N> = { start, end, parts: [part], cutAtVtpm };

    // At most one merge per range, and no look at overlaps.
    const { windows } = this;
    if (this.#isLast(start, end)) {
      windows.push(window);
      return;
    }
    for (let at = 0; at < windows.length; at += 1) {
      const node = windows[at]!;
      const isCut = node.cutAtVtpm || cutAtVtpm;
      if (mergesTouching && equal(plus(node.end, 1n), start)) {
        node.parts.push(part);
        windows[at] = { parts: node.parts, cutAtVtpm: isCut, start: node.start, end };
        return;
      }
      if (mergesTouching && equal(node.start, plus(end, 1n))) {
        node.parts.push(part);
        windows[at] = { parts: node.parts, cutAtVtpm: isCut, start, end: node.end };
        return;
      }
      const before = windowOrder === 'ascending' ? below(end, node.start) : below(node.end, start);
      if (before) {
        windows.splice(at, 0, window);
        return;
      }
    }
    windows.push(window);
  }
}
