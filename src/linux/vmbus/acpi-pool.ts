/**
 * The pool from ACPI: `vmbus_acpi_add` and `vmbus_walk_resources` of drivers/hv/vmbus_drv.c, with all quirks, by release.
 */
import { ONE_MIB } from '../../bytes/address.ts';
import type { Behaviour } from '../behaviour.ts';
import { type Arithmetic, PLAIN } from './arithmetic.ts';
import { emptyPool, type LeftOut, type LogLine, type VmbusPool, type WindowPart, windowOf } from './pool.ts';

/** Address of the virtual TPM in Hyper-V (VTPM_BASE_ADDRESS in drivers/hv). */
export const VTPM_BASE = 0xfed40000n;

const MAX_ADDRESS = (1n << 64n) - 1n;

/** Linux errno values that the driver's probe and allocation return. */
export const ENODEV = -19;
export const ENXIO = -6;
export const ENOENT = -2;
export const EINVAL = -22;

/**
 * The parts of a resource descriptor that the driver uses: the type and the raw minimum and maximum (both inclusive). It
 * ignores length, granularity, translation, flags and even the resource type (memory, I/O, bus numbers).
 */
export interface AcpiDescriptor<N = bigint> {
  /** The driver uses `dword` and `qword` address space descriptors, and the interrupts of `extended-irq`. */
  readonly type: 'dword' | 'qword' | 'extended-irq' | 'other';
  readonly min: N;
  readonly max: N;
  /** Number of interrupts in an extended interrupt descriptor. */
  readonly interrupts?: number;
  /** Type for messages: `memory32-fixed`, `word-address`. */
  readonly name?: string;
}

/** VMBus or one of its ancestors. */
export interface AcpiLevel<N = bigint> {
  /** Absolute path or a name, for messages. */
  readonly name: string;
  /** Its `_CRS`; `null` if it has none or evaluation fails. */
  readonly crs: readonly AcpiDescriptor<N>[] | null;
  /** It has no `_CRS`; `crs` is `null` then. */
  readonly lacksCrs?: boolean;
  /** The namespace root (ACPI_ROOT_OBJECT), where newer releases stop. */
  readonly namespaceRoot?: boolean;
}

type Rules = Pick<Behaviour, 'windowOrder' | 'mergesTouching' | 'vtpmCut' | 'stopsAtNamespaceRoot' | 'floor'>;

/** A collected window; the end is inclusive. */
export interface CollectedWindow<N> {
  readonly start: N;
  readonly end: N;
  readonly parts: readonly WindowPart[];
  readonly cutAtVtpm: boolean;
}

/** The result of walking VMBus and its ancestors. */
export interface Collected<N> {
  readonly windows: readonly CollectedWindow<N>[];
  readonly levelsWalked: readonly number[];
  readonly leftOut: readonly LeftOut[];
  readonly log: readonly LogLine[];
  /** The `_CRS` of VMBus itself cannot be walked: the probe fails. */
  readonly failed: boolean;
  /** An ancestor's resources were walked and there are windows, so `vmbus_reserve_fb` is called. */
  readonly reserveCalled: boolean;
}

/**
 * Walks VMBus and its ancestors like `vmbus_acpi_add`.
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

/** Builds the pool from known numbers. */
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

/** A window to which parts are added. */
type GrowingWindow<N> = Omit<CollectedWindow<N>, 'parts'> & { readonly parts: WindowPart[] };

class Walk<N> {
  readonly windows: GrowingWindow<N>[] = [];
  readonly #levelsWalked: number[] = [];
  readonly #leftOut: LeftOut[] = [];
  readonly #log: LogLine[] = [];
  /** The highest bound of all windows; `undefined` once one is unknown. */
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

  /** Walks one `_CRS`; false if there is none, or an interrupt descriptor has no interrupts. */
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

  /** Fast path: whether a window of known numbers is above all others, so that it is appended. */
  #isLast(start: N, end: N): boolean {
    const highest = this.#highest;
    if (highest === undefined) return false;
    if (typeof start !== 'bigint' || typeof end !== 'bigint') {
      this.#highest = undefined;
      return false;
    }
    this.#highest = [highest, start, end].reduce((a, b) => (a < b ? b : a));
    const { windowOrder, mergesTouching } = this.#rules;
    // Sums wrap: a window that ends at the last address is adjacent to one that starts at 0.
    const touches = mergesTouching && (start === highest + 1n || end === MAX_ADDRESS);
    return windowOrder === 'ascending' && start <= end && start > highest && !touches;
  }

  #add({ min: start, max }: AcpiDescriptor<N>, part: WindowPart): void {
    const { plus, equal } = this.#arithmetic;
    const { vtpmCut, mergesTouching, windowOrder, floor } = this.#rules;
    const below = (a: N, b: N): boolean => this.#arithmetic.below(a, b);
    const of = this.#arithmetic.of;
    // The floor applies to the end, before any cut: it excludes zeros and VGA memory.
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

    // At most one merge for a range; overlaps are not checked.
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
