/** What the question is about: the VMBus device in a description, and the windows the firmware gives it. */
import type { CrsEntry } from '../acpi/crs/crs.ts';
import { isHostBridge } from '../acpi/host-bridge.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { textOf } from '../bytes/source.ts';
import type { DtNode } from '../devicetree/tree.ts';
import { baseNameOf, pathOf, propertyOf } from '../devicetree/tree.ts';
import type { Machine } from '../window/describe.ts';
import type { TreeDescription } from '../window/from-device-tree.ts';
import type { AddressWindow } from '../window/window.ts';

/** The binding of the VMBus device (Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml). */
export const VMBUS_COMPATIBLE = 'microsoft,vmbus';

/** vmbus_acpi_device_ids of drivers/hv/vmbus_drv.c, matched against _HID and every _CID. */
export const VMBUS_ACPI_IDS: readonly string[] = ['VMBUS', 'VMBus'];

/** A VMBus node of a device tree, or a fragment taken for one. */
export interface TreeSubject {
  readonly kind: 'device-tree';
  readonly description: TreeDescription;
  readonly node: DtNode;
  readonly path: string;
  /** The input is a fragment; that its `ranges` are VMBus' is presumed unless it says `compatible`. */
  readonly presumed: boolean;
  /** `microsoft,vtl` of the node. */
  readonly vtl: number | null;
  /** Its `ranges`, translated; null when the node has no `ranges`. */
  readonly windows: readonly AddressWindow[] | null;
}

/** A device on the way up from VMBus, with its `_CRS` if it has one. */
export interface SubjectLevel {
  readonly path: string;
  readonly entry: CrsEntry | undefined;
}

/** The VMBus device of an ACPI namespace, or a resource list taken for that of its ancestor. */
export interface AcpiSubject {
  readonly kind: 'acpi';
  readonly artifact: Artifact;
  readonly path: string;
  /** The input is a resource list alone; that it belongs to an ancestor of VMBus is presumed. */
  readonly presumed: boolean;
  /** 1 below a PCI root bridge, 2 below a module device; null when neither. */
  readonly generation: 1 | 2 | null;
  /** VMBus first, then its ancestors upward, the namespace root left out. */
  readonly levels: readonly SubjectLevel[];
}

export type Subject = TreeSubject | AcpiSubject;

/**
 * The VMBus devices that the inputs describe, those of device trees first.
 * @param vtl only nodes of this virtual trust level, where the nodes say one
 */
export function subjectsOf(machine: Machine, vtl: number | undefined): Subject[] {
  const found: Subject[] = [];
  for (const description of machine.trees) found.push(...treeSubjects(description));
  const chosen = found.filter(
    (subject) => vtl === undefined || subjectVtl(subject) === null || subjectVtl(subject) === vtl,
  );
  if (machine.acpi) chosen.push(...acpiSubjects(machine.acpi.crs));
  return chosen;
}

function subjectVtl(subject: Subject): number | null {
  return subject.kind === 'device-tree' ? subject.vtl : null;
}

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
  const waiting: DtNode[] = [tree.root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    waiting.push(...node.children.toReversed());
    const compatible = strings(node, 'compatible');
    const isVmbus = compatible.includes(VMBUS_COMPATIBLE);
    const presumed =
      fragment &&
      (node === tree.root || baseNameOf(node) === 'vmbus') &&
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
      windows:
        propertyOf(node, 'ranges') === undefined
          ? null
          : description.windows.filter((window) => window.role === 'window' && window.origin.path === path),
    });
  }
  return subjects;
}

interface CrsOf {
  readonly artifact: Artifact;
  readonly entry: CrsEntry;
}

function hasId(entry: CrsEntry, ids: readonly string[]): boolean {
  return (
    (entry.hid !== undefined && ids.includes(entry.hid)) ||
    (entry.cid?.some((id) => ids.includes(id)) ?? false)
  );
}

function acpiSubjects(crs: readonly CrsOf[]): AcpiSubject[] {
  const byPath = new Map(
    crs.filter(({ entry }) => entry.object === '_CRS').map((of) => [of.entry.device, of]),
  );
  const subjects: AcpiSubject[] = [];
  for (const { artifact, entry } of byPath.values()) {
    if (!hasId(entry, VMBUS_ACPI_IDS)) continue;
    const levels: SubjectLevel[] = [{ path: entry.device, entry }];
    for (const path of ancestorsOf(entry.device)) levels.push({ path, entry: byPath.get(path)?.entry });
    const above = levels.slice(1).flatMap((level) => level.entry ?? []);
    const generation = above.some(isHostBridge)
      ? 1
      : above.some((level) => hasId(level, ['ACPI0004']))
        ? 2
        : null;
    subjects.push({ kind: 'acpi', artifact, path: entry.device, presumed: false, generation, levels });
  }
  if (subjects.length === 0)
    for (const { artifact, entry } of crs)
      if (mayBeVmbusParent(artifact, entry))
        subjects.push({
          kind: 'acpi',
          artifact,
          path: entry.device,
          presumed: true,
          // A PCI root bus above VMBus is what Generation 1 has.
          generation: artifact.kind === 'dmesg' ? 1 : null,
          // VMBus' own _CRS holds an interrupt and no window; the list is its ancestor's.
          levels: [
            { path: 'VMBus', entry: { device: 'VMBus', object: '_CRS', status: 'ok', resources: [] } },
            { path: entry.device, entry },
          ],
        });
  return subjects;
}

/**
 * A resource list alone, taken for that of the device above VMBus. In a log only the first PCI domain's bus, and only
 * when VMBus is in the log too: the other domains are those of pass-through devices.
 */
function mayBeVmbusParent(artifact: Artifact, entry: CrsEntry): boolean {
  if (artifact.kind === 'crs-hex' || artifact.kind === 'crs-text') return true;
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
