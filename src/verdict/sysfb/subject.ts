/** What the question is about: the VMBus device in a description, and the windows the firmware gives it. */

import type { CrsEntry, DeviceAbove } from '../../acpi/crs/crs.ts';
import { isHostBridge } from '../../acpi/crs/pci-root.ts';
import type { ResourceDescriptor } from '../../acpi/resources/descriptor.ts';
import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { textOf } from '../../bytes/source.ts';
import { isCompatible, isOkay } from '../../devicetree/address/bus.ts';
import type { DtNode } from '../../devicetree/tree.ts';
import { baseNameOf, pathOf, propertyOf } from '../../devicetree/tree.ts';
import { finding } from '../../findings/finding.ts';
import { limit } from '../../limits/limits.ts';
import { type Condition, gather } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import type { AcpiDescription } from '../../window/from-acpi.ts';
import type { TreeDescription } from '../../window/from-device-tree.ts';
import type { AddressWindow } from '../../window/window.ts';

/** The binding of the VMBus device (Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml). */
export const VMBUS_COMPATIBLE = 'microsoft,vmbus';

/** vmbus_acpi_device_ids of drivers/hv/vmbus_drv.c, matched against _HID and every _CID. */
export const VMBUS_ACPI_IDS: readonly string[] = ['VMBUS', 'VMBus'];

/** A VMBus node of a device tree, or a fragment that is assumed to be one. */
export interface TreeSubject {
  readonly kind: 'device-tree';
  readonly description: TreeDescription;
  readonly node: DtNode;
  readonly path: string;
  /** The input is a fragment without `compatible`; its `ranges` are assumed to be VMBus'. */
  readonly presumed: boolean;
  /** `microsoft,vtl` of the node. */
  readonly vtl: number | null;
  /** OpenHCL's boot shim wrote the tree: its name in the root, its node, or VTL 2 in this one. */
  readonly openhcl: boolean;
  /** The node, or one above it, whose `status` says that it is not to be used; the driver then never sees the device. */
  readonly disabled?: DtNode;
  /** Its `ranges`, translated; null when the node has no `ranges`. */
  readonly windows: readonly AddressWindow[] | null;
}

/** A device on the way up from VMBus, with its `_CRS` if it has one. */
export interface SubjectLevel {
  readonly path: string;
  readonly entry: CrsEntry | undefined;
  /** What is known about it where it has no `_CRS`. */
  readonly device?: Pick<DeviceAbove, 'sta' | 'staValue'> & Partial<Pick<DeviceAbove, 'isForeign'>>;
}

/** The VMBus device of an ACPI namespace, or a resource list that is assumed to be that of its ancestor. */
export interface AcpiSubject {
  readonly kind: 'acpi';
  readonly artifact: Artifact;
  readonly path: string;
  /** The input is a resource list alone, which is assumed to belong to an ancestor of VMBus. */
  readonly presumed: boolean;
  /** 1 directly below a PCI root bridge, 2 below a module device; null when neither. */
  readonly generation: 1 | 2 | null;
  /** Below a device of a PCI root bus, as QEMU's VMBus is below the ISA bridge. */
  readonly belowIsa: boolean;
  /** VMBus first, then its ancestors upward, without the namespace root. */
  readonly levels: readonly SubjectLevel[];
  /** The condition under which its `_HID` or `_CID` is that of VMBus; absent if they are known. */
  readonly matches?: Condition;
  /** No description is known, only the kernel. */
  readonly kernelOnly?: boolean;
}

export type Subject = TreeSubject | AcpiSubject;

/** The VMBus devices that the inputs describe, those of device trees first; beyond the limit a diagnostic is added. */
export function subjectsOf(machine: Machine, sink: DiagnosticSink): Subject[] {
  const found: Subject[] = machine.trees.flatMap(treeSubjects);
  if (machine.acpi) {
    const isAlone = machine.trees.length === 0 && machine.acpi.tables.length === 0;
    found.push(...acpiSubjects(machine.acpi, isAlone));
    // Where nothing else is VMBus, such a device of a PC is not taken for it.
    const open = found.length === 0 ? undefined : deviceOfOpenIds(machine.acpi);
    if (open !== undefined) sink.add(finding('acpi/ids-open', {}, { path: open.device }));
  }
  if (found.length <= limit('vmbus-devices')) return found;
  const most = limit('vmbus-devices');
  const { path } = found[most]!;
  sink.add(finding('linux/vmbus-limit', { limit: most, count: found.length }, { path }));
  return found.slice(0, most);
}

/** Properties that only OpenHCL's boot shim writes into the VMBus node (openhcl_boot/src/dt.rs). */
const VMBUS_PROPERTIES = ['microsoft,vtl', 'microsoft,message-connection-id'] as const;

function strings(node: DtNode, name: string): string[] {
  const value = propertyOf(node, name)?.value;
  return value
    ? Buffer.from(value)
        .toString('latin1')
        .split('\0')
        .filter((text) => text !== '')
    : [];
}

function cell(node: DtNode, name: string): number | null {
  const value = propertyOf(node, name)?.value;
  return value?.length === 4 ? new DataView(value.buffer, value.byteOffset, 4).getUint32(0) : null;
}

function treeSubjects(description: TreeDescription): TreeSubject[] {
  const { tree } = description;
  const fragment = tree.form === 'dts-fragment';
  const subjects: TreeSubject[] = [];
  const windows = new Map<string | undefined, AddressWindow[]>();
  for (const window of description.windows) {
    if (window.role !== 'window') continue;
    const { path } = window.origin;
    const others = windows.get(path);
    if (others === undefined) windows.set(path, [window]);
    else others.push(window);
  }
  const hasOpenhcl = tree.root.children.some(({ name }) => name === 'openhcl');
  const waiting: DtNode[] = [tree.root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    waiting.push(...node.children.toReversed());
    const compatible = strings(node, 'compatible');
    const isVmbus = isCompatible(node, VMBUS_COMPATIBLE);
    const presumed =
      fragment &&
      (node === tree.root ||
        baseNameOf(node) === 'vmbus' ||
        VMBUS_PROPERTIES.some((name) => propertyOf(node, name) !== undefined)) &&
      compatible.length === 0 &&
      propertyOf(node, 'ranges') !== undefined;
    if (!isVmbus && !presumed) continue;
    const path = pathOf(node);
    subjects.push({
      kind: 'device-tree',
      description,
      node,
      path,
      presumed,
      vtl: cell(node, 'microsoft,vtl'),
      openhcl: isOpenhcl(hasOpenhcl, cell(node, 'microsoft,vtl')) || presumed,
      ...disabledAt(node),
      windows: propertyOf(node, 'ranges') === undefined ? null : (windows.get(path) ?? []),
    });
  }
  return subjects;
}

/** The lowest disabled node from this one upward. The root is not a device: its `status` is ignored. */
function disabledAt(node: DtNode): { readonly disabled?: DtNode } {
  for (let at: DtNode | undefined = node; at; at = at.parent)
    if ((at === node || at.parent) && !isOkay(propertyOf(at, 'status'))) return { disabled: at };
  return {};
}

/**
 * openhcl_boot/src/dt.rs writes `microsoft,vtl` into the node and describes memory below `/openhcl`. That the root is
 * compatible with "microsoft,openvmm" shows nothing: openvmm's own trees for VTL0 have that too.
 */
function isOpenhcl(hasOpenhcl: boolean, vtl: number | null): boolean {
  return vtl === null ? hasOpenhcl : vtl === 2;
}

/** The descriptors of VMBus and its ancestors, in every outcome of their `_CRS`. */
export function descriptorsOf({ levels }: Pick<AcpiSubject, 'levels'>): readonly ResourceDescriptor[] {
  return levels.flatMap(
    ({ entry }) => entry?.alternatives?.flatMap(({ resources }) => resources) ?? entry?.resources ?? [],
  );
}

type Identified = Pick<CrsEntry, 'device' | 'hid' | 'cid' | 'possibleIds' | 'idsOpen'>;

/** A device whose `_HID` or `_CID` may be any string, so that it may be a further VMBus. */
function deviceOfOpenIds({ crs, withoutCrs }: AcpiDescription): Identified | undefined {
  const devices = [...crs.map(({ entry }) => entry), ...withoutCrs.map(({ device }) => device)];
  return devices.find((device) => device.idsOpen && !hasId(device, VMBUS_ACPI_IDS));
}

/** The condition under which a device has one of the IDs. */
function idCondition(device: Identified, ids: readonly string[]): Condition {
  if (hasId(device, ids)) return 1n;
  const ways = device.possibleIds?.filter(({ id }) => ids.includes(id)).map(({ when }) => when) ?? [];
  return gather('any', ways) as Condition;
}

function hasId(entry: Identified, ids: readonly string[]): boolean {
  return (
    (entry.hid !== undefined && ids.includes(entry.hid)) ||
    (entry.cid?.some((id) => ids.includes(id)) ?? false)
  );
}

/** @param isAlone whether there are only resource lists: beside tables, a list belongs to a device of those */
function acpiSubjects({ crs, withoutCrs, above }: AcpiDescription, isAlone: boolean): AcpiSubject[] {
  const byPath = new Map(
    crs.filter(({ entry }) => entry.object === '_CRS').map((of) => [of.entry.device, of]),
  );
  const withoutByPath = new Map<string, NonNullable<SubjectLevel['device']>>(
    [...withoutCrs.map(({ device }) => device), ...above].map((device) => [device.device, device]),
  );
  const subjects: AcpiSubject[] = [];
  // A device without _CRS exists too: the driver matches it, and its probe fails.
  const devices: { artifact: Artifact; device: Identified; entry: CrsEntry | undefined }[] = [
    ...[...byPath.values()].map(({ artifact, entry }) => ({ artifact, device: entry, entry })),
    ...withoutCrs.map(({ artifact, device }) => ({ artifact, device, entry: undefined })),
  ];
  for (const { artifact, device } of devices) {
    const matches = idCondition(device, VMBUS_ACPI_IDS);
    if (matches === 0n) continue;
    const levels = [device.device, ...ancestorsOf(device.device)].map((path): SubjectLevel => {
      const told = withoutByPath.get(path);
      return { path, entry: byPath.get(path)?.entry, ...(told === undefined ? {} : { device: told }) };
    });
    const over = levels.slice(1).flatMap((level) => level.entry ?? []);
    const parent = levels[1]?.entry;
    const onBus = over.some(isHostBridge);
    const isModule = !onBus && over.some((level) => hasId(level, ['ACPI0004']));
    subjects.push({
      kind: 'acpi',
      artifact,
      path: device.device,
      presumed: false,
      ...(matches === 1n ? {} : { matches }),
      generation: parent !== undefined && isHostBridge(parent) ? 1 : isModule ? 2 : null,
      belowIsa: onBus && (parent === undefined || !isHostBridge(parent)),
      levels,
    });
  }
  const paths = new Set(crs.map(({ entry }) => entry.device));
  if (subjects.length === 0 && isAlone)
    for (const { artifact, entry } of crs)
      if (mayBeVmbusParent(artifact, entry, paths.size))
        subjects.push({
          kind: 'acpi',
          artifact,
          path: entry.device,
          presumed: true,
          // A PCI root bus above VMBus is what Generation 1 has.
          generation: artifact.kind === 'dmesg' ? 1 : null,
          belowIsa: false,
          // VMBus' own _CRS holds an interrupt and no window; the list is its ancestor's.
          levels: [
            { path: 'VMBus', entry: { device: 'VMBus', object: '_CRS', status: 'ok', resources: [] } },
            { path: entry.device, entry },
          ],
        });
  return subjects;
}

/**
 * Whether a resource list alone may be that of the device above VMBus. In a log only the bus of the first PCI domain, and
 * only if the log mentions VMBus too: the other domains are those of pass-through devices.
 */
function mayBeVmbusParent(artifact: Artifact, entry: CrsEntry, devices: number): boolean {
  // Lists of a whole machine name their devices, of which none is VMBus.
  if (artifact.kind === 'crs-hex' || artifact.kind === 'crs-text') return devices === 1;
  if (artifact.kind === 'dmesg')
    return entry.device === 'pci_bus 0000:00' && textOf(artifact.source).includes('hv_vmbus:');
  // A ResourceTemplate in a text has no table around it.
  return artifact.kind === 'asl' && entry.table === undefined;
}

function ancestorsOf(path: string): string[] {
  const segments = path.replace(/^\\/, '').split('.');
  const above: string[] = [];
  for (let length = segments.length - 1; length > 0; length -= 1)
    above.push(`\\${segments.slice(0, length).join('.')}`);
  return above;
}
