/**
 * Windows from ACPI: the descriptors of every `_CRS`, by the rules of Linux' drivers/acpi/resource.c, bounded by other
 * tables (MCFG, SRAT). A bound that depends on unknown firmware values gives a conditional window with its expression; a
 * template that couldn't be evaluated gives none.
 */

import { type Architecture, architectureOf } from '../acpi/architecture.ts';
import type { PreprocessorOptions } from '../acpi/asl/text/preprocessor.ts';
import { inferWindow, type OccupiedRange, occupiedByTables } from '../acpi/bounds.ts';
import { type CrsEntry, casesOf, type DeviceAbove, type DeviceWithoutCrs } from '../acpi/crs/crs.ts';
import type { AskedDevices } from '../acpi/crs/evaluate-crs.ts';
import { isHostBridge } from '../acpi/crs/pci-root.ts';
import { readAcpiInputs } from '../acpi/inputs.ts';
import type { EvaluationOptions } from '../acpi/machine.ts';
import { quantityField, type ResourceDescriptor } from '../acpi/resources/descriptor.ts';
import {
  type AddressRange,
  MEMORY_MAPPED_PORTS,
  type RangeCase,
  rangeCases,
  spanOf,
  X86_RULES,
} from '../acpi/resources/range.ts';
import type { AcpiTable } from '../acpi/tables/table.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { hex } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import {
  allOf,
  anyOf,
  type Condition,
  formatQuantity,
  isKnown,
  type Quantity,
  sameQuantity,
  simplified,
} from '../symbolic/index.ts';
import type { HostBridgeRules, TakenRanges } from './host-bridge-rules.ts';
import type { AddressWindow, CertainWindow, WindowRole } from './window.ts';

/** A `_CRS` and its input. */
export interface FoundCrs {
  readonly artifact: Artifact;
  readonly entry: CrsEntry;
}

export interface AcpiOptions extends EvaluationOptions {
  /** How ASL text is read: the loader of included files, and defined macros. */
  readonly asl?: PreprocessorOptions;
  /** Hardware ids: only these devices and those that contain them are evaluated; by default all devices. */
  readonly onlyIds?: readonly string[];
  /** Hardware ids of devices that are listed even without a `_CRS`, with the devices that contain them. */
  readonly alsoIds?: readonly string[];
  /** IDs of devices whose `_CRS` a driver asks for, when methods of other devices have run. */
  readonly driverIds?: readonly string[];
  /** Which windows of a PCI host bridge the operating system uses; by default the producer bit decides. */
  readonly hostBridges?: HostBridgeRules;
}

export interface AcpiDescription {
  readonly tables: readonly AcpiTable[];
  readonly architecture: Architecture;
  readonly crs: readonly FoundCrs[];
  /** Devices of the requested ids without a `_CRS`. */
  readonly withoutCrs: readonly { readonly artifact: Artifact; readonly device: DeviceWithoutCrs }[];
  /** Devices without a `_CRS` that contain those of the requested ids. */
  readonly above: readonly DeviceAbove[];
  readonly windows: readonly AddressWindow[];
}

/**
 * Reads the tables and resource lists of one machine and gives its windows. Problems are reported to `sink`.
 * @param memory RAM according to a memory map, which bounds unknown windows
 */
export async function describeAcpi(
  artifacts: readonly Artifact[],
  options: AcpiOptions,
  sink: DiagnosticSink,
  memory: readonly OccupiedRange[] = [],
): Promise<AcpiDescription> {
  const { tables, artifactOf, lists, complete } = await readAcpiInputs(artifacts, sink, options.asl);
  const crs: FoundCrs[] = [];
  const withoutCrs: { artifact: Artifact; device: DeviceWithoutCrs }[] = [];
  const above: DeviceAbove[] = [];
  if (tables.length > 0) {
    const inputOf = (table: AcpiTable | undefined): Artifact =>
      (table && artifactOf.get(table)) ?? artifactOf.get(tables[0]!)!;
    const asked = await evaluateTables(tables, { complete, ...options }, sink);
    for (const entry of asked.crs) crs.push({ artifact: inputOf(entry.table), entry });
    for (const device of asked.withoutCrs) withoutCrs.push({ artifact: inputOf(device.table), device });
    above.push(...asked.above);
  }
  const architecture = architectureOf(tables);
  const context: NormaliseContext = {
    architecture,
    ...(options.hostBridges === undefined ? {} : { hostBridges: options.hostBridges }),
    occupied: [...occupiedByTables(tables, sink), ...memory],
  };
  crs.unshift(...withoutRepetitions(lists, crs, context));
  const windows = crs.flatMap(({ artifact, entry }) => windowsOfCrs(artifact, entry, context));
  return { tables, architecture, crs, withoutCrs, above, windows };
}

/**
 * Leaves out lists that Linux printed for a device whose `_CRS` in the tables is certain, since its windows would be listed
 * twice. A list without a device of the tables belongs to a device that has all of its ranges.
 */
function withoutRepetitions(
  lists: readonly FoundCrs[],
  described: readonly FoundCrs[],
  context: NormaliseContext,
): FoundCrs[] {
  const rangesOf = (of: FoundCrs): string[] =>
    windowsOfCrs(of.artifact, of.entry, context).map(({ space, base, size }) => `${space} ${base} ${size}`);
  const certain = described.filter(({ entry: { object, status } }) => object === '_CRS' && status === 'ok');
  const devices = new Set(certain.map(({ entry }) => entry.device));
  /** Devices by each of their ranges; created when first needed. */
  let byRange: Map<string, Set<string>[]> | undefined;
  const devicesWith = (range: string): readonly Set<string>[] => {
    if (byRange === undefined) {
      byRange = new Map();
      for (const of of certain) {
        const ranges = new Set(rangesOf(of));
        for (const each of ranges) {
          const others = byRange.get(each);
          if (others === undefined) byRange.set(each, [ranges]);
          else others.push(ranges);
        }
      }
    }
    return byRange.get(range) ?? [];
  };
  return lists.filter((list) => {
    if (list.artifact.kind !== 'crs-text' && list.artifact.kind !== 'dmesg') return true;
    if (devices.has(list.entry.device)) return false;
    if (certain.length === 0) return true;
    const own = rangesOf(list);
    const [first] = own;
    return (
      first === undefined || !devicesWith(first).some((theirs) => own.every((range) => theirs.has(range)))
    );
  });
}

async function evaluateTables(
  tables: readonly AcpiTable[],
  options: AcpiOptions,
  sink: DiagnosticSink,
): Promise<AskedDevices> {
  if (options.onlyIds !== undefined) {
    const { evaluateCrsOfIds } = await import('../acpi/prune/devices-by-id.ts');
    return evaluateCrsOfIds(tables, options.onlyIds, options, sink);
  }
  const [{ evaluateAllCrsAndIds, startMachine }, { decodeTables }, { loadOrder }, { checkSettings }] =
    await Promise.all([
      import('../acpi/machine.ts'),
      import('../acpi/aml/tables.ts'),
      import('../acpi/tables/read.ts'),
      import('../acpi/settings.ts'),
    ]);
  const order = loadOrder(tables);
  const decoded = decodeTables(order, sink);
  if (options.set !== undefined) await checkSettings(order, decoded, options.set, sink);
  return evaluateAllCrsAndIds(
    startMachine(tables, decoded, options, sink),
    options.alsoIds ?? [],
    options.driverIds ?? [],
  );
}

/** What the windows of a `_CRS` depend on besides itself. */
export interface NormaliseContext {
  readonly architecture: Architecture;
  readonly hostBridges?: HostBridgeRules;
  /** Known ranges, which bound unknown windows. */
  readonly occupied: readonly OccupiedRange[];
}

/** The descriptors of a host bridge that Linux uses and those it ignores, by index. */
interface BridgeRanges {
  readonly windows: ReadonlyMap<number, TakenRanges['windows'][number]>;
  readonly passedOver: ReadonlyMap<number, TakenRanges['passedOver'][number]>;
}

function firstByIndex<T extends { readonly index: number }>(list: readonly T[]): Map<number, T> {
  return new Map(list.toReversed().map((each) => [each.index, each]));
}

/** The windows of one `_CRS`, in the order of its descriptors; those of alternatives with their conditions. */
export function windowsOfCrs(
  artifact: Artifact,
  entry: CrsEntry,
  context: NormaliseContext = { architecture: 'x86', occupied: [] },
): AddressWindow[] {
  const windowsOf = (resources: readonly ResourceDescriptor[], when: Condition): FoundWindow[] => {
    const taken = isHostBridge(entry)
      ? context.hostBridges?.take(resources, context.architecture)
      : undefined;
    const bridge = taken && {
      windows: firstByIndex(taken.windows),
      passedOver: firstByIndex(taken.passedOver),
    };
    return resources.flatMap((descriptor, index) => {
      const cases = rangeCases(descriptor, context.architecture === 'x86' ? X86_RULES : MEMORY_MAPPED_PORTS);
      return cases.flatMap((each) => {
        const claim = claimOf(descriptor, index, entry, bridge, each, cases.length === 1);
        if (claim === undefined) return [];
        const there = allOf([when, each.when]);
        return there === 0n ? [] : [foundWindow(artifact, entry, descriptor, index, claim, context, there)];
      });
    });
  };
  return joined(casesOf(entry).map(({ condition, resources }) => windowsOf(resources, condition))).flatMap(
    (found) => windowOf(found, entry) ?? [],
  );
}

/** A window in one outcome of a `_CRS`. */
interface FoundWindow {
  readonly parts: Omit<CertainWindow, 'certainty' | 'base' | 'size'>;
  readonly base: Quantity;
  readonly size: Quantity;
  readonly when: Condition;
}

/** The window as certain, conditional or unknown; undefined when it never exists. Its condition is simplified here. */
function windowOf({ parts, base, size, when }: FoundWindow, entry: CrsEntry): AddressWindow | undefined {
  const condition = isKnown(when) ? when : simplified(when);
  if (condition === 0n) return undefined;
  if (!isKnown(condition)) return { ...parts, certainty: 'conditional', base, size, when: condition };
  if (isKnown(base) && isKnown(size)) return { ...parts, certainty: 'certain', base, size };
  return {
    ...parts,
    certainty: 'unknown',
    base,
    size,
    why: entry.why ?? 'it depends on values that only the running machine has',
  };
}

/** The windows of several outcomes, each once. */
function joined(outcomes: readonly (readonly FoundWindow[])[]): FoundWindow[] {
  const found: { window: FoundWindow; when: Condition[] }[] = [];
  /** The windows of each descriptor. */
  const byIndex = new Map<number, typeof found>();
  for (const window of outcomes.flat()) {
    const { index } = window.parts.origin;
    const others = byIndex.get(index) ?? [];
    const same = others.find(({ window: other }) => isSame(other, window));
    if (same) {
      same.when.push(window.when);
      continue;
    }
    const one = { window, when: [window.when] };
    found.push(one);
    others.push(one);
    byIndex.set(index, others);
  }
  return found
    .map(({ window, when }) => ({ ...window, when: anyOf(when) }))
    .sort((a, b) => a.parts.origin.index - b.parts.origin.index);
}

function isSame(a: FoundWindow, b: FoundWindow): boolean {
  return (
    a.parts.space === b.parts.space &&
    a.parts.role === b.parts.role &&
    sameQuantity(a.base, b.base) &&
    sameQuantity(a.size, b.size)
  );
}

/** The range of a descriptor, before unknown bounds are narrowed. */
interface Claim extends AddressRange {
  readonly role: WindowRole;
  readonly size: Quantity;
  readonly text: string;
  /** Why the operating system ignores it. */
  readonly ignored?: string;
}

/** The fields of a descriptor that define its range, with their names in ASL. */
const RANGE_FIELDS = [
  ['base', '_BAS'],
  ['min', '_MIN'],
  ['max', '_MAX'],
  ['length', '_LEN'],
  ['translation', '_TRA'],
] as const;

/** A memory device (ACPI 6.5, 9.11): its ranges are RAM, whether firmware sets the producer bit or not. */
const MEMORY_DEVICE = 'PNP0C80';

function idsOf(entry: CrsEntry): readonly string[] {
  return [...(entry.hid === undefined ? [] : [entry.hid]), ...(entry.cid ?? [])];
}

function claimOf(
  descriptor: ResourceDescriptor,
  index: number,
  entry: CrsEntry,
  bridge: BridgeRanges | undefined,
  { range }: RangeCase,
  isOnly: boolean,
): Claim | undefined {
  const fields = RANGE_FIELDS.flatMap(([name, tag]) => {
    const value = quantityField(descriptor, name);
    return value === undefined ? [] : [`${tag} ${text(value)}`];
  });
  const said = fields.join(', ') + (descriptor.type === 'memory24' ? ', in units of 256 bytes' : '');
  const claim = (first: Quantity, last: Quantity, role: WindowRole, note = ''): Claim => ({
    ...range,
    first,
    last,
    role,
    size: spanOf(first, last),
    text: note === '' ? said : `${said}; ${note}`,
  });
  if (idsOf(entry).includes(MEMORY_DEVICE)) return claim(range.first, range.last, 'ram');
  if (!bridge || range.space === 'bus') {
    return claim(range.first, range.last, range.window ? 'window' : 'register');
  }
  const window = bridge.windows.get(index);
  if (window)
    return isOnly ? claim(window.first, window.last, 'window') : claim(range.first, range.last, 'window');
  const passed = bridge.passedOver.get(index);
  if (passed === undefined || passed.is === 'nothing') return undefined;
  if (passed.is === 'own') return claim(range.first, range.last, 'register', passed.why);
  return { ...claim(range.first, range.last, 'window', passed.why), ignored: passed.why };
}

function text(value: Quantity): string {
  return isKnown(value) ? hex(value) : formatQuantity(value);
}

function foundWindow(
  artifact: Artifact,
  entry: CrsEntry,
  descriptor: ResourceDescriptor,
  index: number,
  claim: Claim,
  { occupied }: NormaliseContext,
  when: Condition,
): FoundWindow {
  const { first, size } = claim;
  const min = claim.offset === 0n ? undefined : quantityField(descriptor, 'min');
  const place = descriptor.span ?? entry.span;
  const inference = claim.space === 'memory' ? inferWindow({ base: first, size }, occupied) : undefined;
  return {
    base: first,
    size,
    when,
    parts: {
      space: claim.space,
      role: claim.role,
      ...(min !== undefined && isKnown(min) && min !== first ? { bus: { base: min } } : {}),
      ...(inference ? { inferences: [{ text: inference.text, because: inference.because }] } : {}),
      flags: {
        producer: claim.window,
        ...(claim.prefetchable ? { prefetchable: true } : {}),
        ...(claim.ignored === undefined
          ? entry.sta === undefined || entry.sta === null
            ? {}
            : { available: (entry.sta & 1n) === 1n }
          : { available: false }),
      },
      ...(claim.ignored === undefined ? {} : { ignored: claim.ignored }),
      origin: {
        artifact,
        path: entry.device,
        item: entry.object,
        index,
        // A template that a method builds has no place; the method has one.
        ...(place === undefined ? {} : { span: place }),
      },
      derivation: [
        ...(entry.steps ?? []).map((step) => ({ what: 'evaluate', ...step })),
        {
          what: descriptor.type,
          text: claim.text,
          ...(descriptor.span ? { span: descriptor.span } : {}),
        },
      ],
    },
  };
}
