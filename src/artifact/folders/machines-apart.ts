/**
 * Machines apart: folders and archives often hold several, a folder each, or a file each beside one another. Files that
 * are named themselves on the command line describe one machine together.
 *
 * A folder is one machine's unless it has two whole descriptions in it: two device trees, two sets of tables with a
 * DSDT, or folders of which two have a log, a memory map, boot parameters or a PCI listing. Then each folder in it is
 * looked at by itself, each whole description among its files is a machine, and files are its own whose names begin as
 * its name does. Kernels, configurations, overlays and further tables that lie beside are of all of them.
 */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { textOf } from '../../bytes/source.ts';
import { sha256Of } from '../../platform/hash.ts';
import type { Artifact, MachineOfImage } from '../artifact.ts';
import type { ArtifactKind } from '../kinds.ts';

/** What one word of the command line was opened to. */
export interface OpenedPath {
  /** As it was given. */
  readonly path: string;
  readonly artifacts: readonly Artifact[];
}

export interface MachinesApart {
  readonly artifacts: readonly Artifact[];
  /** What is of no machine, or of all. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An artifact and where it is: names of folders and at last its own. */
interface Placed {
  readonly artifact: Artifact;
  readonly parts: readonly string[];
}

/** A machine's artifacts, and the place that they have in common: a folder, or a file. */
interface Group {
  readonly at: readonly string[];
  readonly own: readonly Placed[];
  /** Files beside it that are of all machines there. */
  readonly shared: readonly Placed[];
}

/** Listings of which a machine has one. */
const LISTINGS: readonly ArtifactKind[] = ['dmesg', 'iomem', 'boot-params', 'lspci'];
/** What may be of several machines. */
const SHARED: ReadonlySet<ArtifactKind> = new Set([
  'kconfig',
  'image',
  'kernel-source',
  'dtbo',
  'dts',
  'dts-fragment',
  'acpi-table',
  'asl',
  'patch',
]);
/** Folders in folders are looked at down to here; what is deeper is of the folder above. */
const MAX_DEPTH = 64;

const WHOLE_SOURCE = /\/dts-v1\/|^\/[ \t\n]*\{/m;
const DSDT_SOURCE = /\bDefinitionBlock\s*\([^,]*,\s*"DSDT"/;
const DUMPED_DSDT = /^DSDT ?@/m;

/** Which whole description it is: a machine has one of each. */
function wholeDescription({ kind, source, entries }: Artifact): 'tree' | 'tables' | undefined {
  switch (kind) {
    case 'dtb':
    case 'dt-dir':
      return 'tree';
    case 'dts': {
      const text = textOf(source);
      return WHOLE_SOURCE.test(text) && !/\/plugin\//.test(text) ? 'tree' : undefined;
    }
    case 'acpi-table':
      return signatureOf(source.bytes) === 'DSDT' ? 'tables' : undefined;
    case 'acpi-dir':
      return entries?.some((entry) => entry.source && signatureOf(entry.source.bytes) === 'DSDT')
        ? 'tables'
        : undefined;
    case 'acpidump':
      return DUMPED_DSDT.test(textOf(source)) ? 'tables' : undefined;
    case 'asl':
      return DSDT_SOURCE.test(textOf(source)) ? 'tables' : undefined;
    default:
      return undefined;
  }
}

function signatureOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4));
}

function partsBelow(name: string, path: string): string[] {
  const rest = name.startsWith(path) ? name.slice(path.length) : '';
  return rest.split(/[/!]/).filter((part) => part !== '');
}

function placed({ path, artifacts }: OpenedPath): Placed[] {
  const top = path.replace(/\/+$/, '');
  return artifacts.map((artifact) => {
    // A mail is one place, whatever is attached.
    const isMail = artifact.steps.some(({ how }) => how === 'mail part');
    return { artifact, parts: [top, ...partsBelow(isMail ? artifact.path : artifact.source.name, top)] };
  });
}

/** How many different whole descriptions of a sort there are; the same one twice counts once. */
function countOf(sort: 'tree' | 'tables', here: readonly { readonly artifact: Artifact }[]): number {
  const found = here.filter(({ artifact }) => wholeDescription(artifact) === sort);
  // Files of one archive share its hash; a folder has no bytes of its own.
  return new Set(
    found.map(({ artifact: { source, sha256, entries } }) =>
      entries === undefined ? sha256Of(source.bytes) : sha256,
    ),
  ).size;
}

/** Whether files can be of one machine, as far as whole descriptions tell: it has one tree and one set of tables. */
export function fitTogether(all: readonly { readonly artifact: Artifact }[]): boolean {
  return countOf('tree', all) <= 1 && countOf('tables', all) <= 1;
}

/** What has a tree or a set of tables in it, and is not only said beside one. */
export function isWholeDescription(artifact: Artifact): boolean {
  return wholeDescription(artifact) !== undefined;
}

function isOneMachine(all: readonly Placed[], depth: number): boolean {
  if (!fitTogether(all)) return false;
  return LISTINGS.every((kind) => {
    const having = all.filter(({ artifact }) => artifact.kind === kind);
    if (having.some(({ parts }) => parts.length <= depth + 1)) return true;
    return new Set(having.map(({ parts }) => parts[depth])).size <= 1;
  });
}

/** Without what follows the first dot, if anything stands before it. */
function stemOf(name: string): string {
  return /^(.[^.]*)\./.exec(name)?.[1] ?? name;
}

function belongsTo(name: string, stem: string): boolean {
  return name === stem || (name.startsWith(stem) && /^[-_. ]/.test(name.slice(stem.length)));
}

/** The machines below a place, all of whose artifacts are given. */
function groupsAt(at: readonly string[], all: readonly Placed[]): Group[] {
  const depth = at.length;
  if (depth >= MAX_DEPTH || isOneMachine(all, depth)) return [{ at, own: all, shared: [] }];
  const files: Placed[] = [];
  const folders = new Map<string, Placed[]>();
  for (const each of all) {
    if (each.parts.length <= depth + 1) {
      files.push(each);
      continue;
    }
    const name = each.parts[depth]!;
    const inside = folders.get(name);
    if (inside === undefined) folders.set(name, [each]);
    else inside.push(each);
  }
  const groups: Group[] = [];
  const stems = new Map<string, Placed[]>();
  const others: Placed[] = [];
  for (const file of files) {
    if (wholeDescription(file.artifact) === undefined) others.push(file);
    else {
      const stem = stemOf(file.parts.at(-1)!);
      stems.set(stem, [...(stems.get(stem) ?? []), file]);
    }
  }
  const rest: Placed[] = [];
  const shared: Placed[] = [];
  for (const file of others) {
    const name = file.parts.at(-1)!;
    const [stem] = [...stems.keys()]
      .filter((each) => belongsTo(name, each))
      .sort((a, b) => b.length - a.length);
    if (stem !== undefined) stems.get(stem)!.push(file);
    else (SHARED.has(file.artifact.kind) ? shared : rest).push(file);
  }
  for (const own of stems.values()) groups.push({ at: own[0]!.parts, own, shared: [] });
  for (const [name, inside] of folders) {
    if (inside.every(({ artifact }) => SHARED.has(artifact.kind) && wholeDescription(artifact) === undefined))
      shared.push(...inside);
    else groups.push(...groupsAt([...at, name], inside));
  }
  if (rest.length > 0) groups.push({ at, own: rest, shared: [] });
  return groups.map((group) => ({ ...group, shared: [...group.shared, ...shared] }));
}

/** Whether a word of the command line names a folder or an archive, and not an input itself. */
function holdsInputs({ path, artifacts }: OpenedPath): boolean {
  return artifacts.some(({ source, path: opened, steps }) => {
    if (steps.some(({ how }) => how === 'mail part' || how === 'quoted text')) return opened !== path;
    return partsBelow(source.name, path.replace(/\/+$/, '')).length > 0;
  });
}

/**
 * Tells apart the machines that folders and archives among the inputs are of. What is said of one machine's files goes
 * with it. Without several machines everything is as it was.
 */
export function machinesApart(
  opened: readonly OpenedPath[],
  diagnostics: readonly Diagnostic[],
): MachinesApart {
  const artifacts = opened.flatMap((each) => each.artifacts);
  const unchanged = { artifacts, diagnostics };
  if (artifacts.some(({ machine }) => machine !== undefined)) return unchanged;
  const named = opened.filter((each) => !holdsInputs(each)).flatMap(placed);
  const folders = opened.filter(holdsInputs);
  const inFolders = folders.flatMap((each) => placed(each));
  if (folders.length === 0) return unchanged;
  const groups =
    folders.length > 1 && isOneMachine(inFolders, 0)
      ? []
      : folders.flatMap((each) => {
          const all = placed(each);
          return groupsAt([all[0]!.parts[0]!], all);
        });
  if (groups.length <= 1) return unchanged;
  // A tree that is named itself beside folders of machines is another one.
  const [wholes, common] = [true, false].map((whole) =>
    named.filter(({ artifact }) => (wholeDescription(artifact) !== undefined) === whole),
  ) as [Placed[], Placed[]];
  for (const each of wholes) groups.push({ at: each.parts, own: [each], shared: [] });
  const left = new Set(diagnostics);
  const found = groups.flatMap(({ at, own, shared }) => {
    const name = at.join('/');
    const of = diagnostics.filter((diagnostic) => isBelow(diagnostic, at));
    for (const diagnostic of of) left.delete(diagnostic);
    const machine: MachineOfImage = { id: name, name, memory: [], overlays: [], findings: of };
    return [...own, ...shared].map(({ artifact }) => ({ ...artifact, machine }));
  });
  return { artifacts: [...found, ...common.map(({ artifact }) => artifact)], diagnostics: [...left] };
}

function isBelow({ path, span }: Diagnostic, at: readonly string[]): boolean {
  const name = span?.source.name ?? path;
  if (name === undefined) return false;
  const [top = '', ...below] = at;
  if (!name.startsWith(top)) return false;
  const parts = partsBelow(name, top);
  return below.every((part, index) => parts[index] === part);
}
