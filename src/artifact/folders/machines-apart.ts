/**
 * Splits the content of folders and archives into machines: often there is a folder or a file for each of several machines.
 * Files named on the command line describe one machine together.
 *
 * A folder is one machine unless it has two complete descriptions: two device trees, two sets of tables with a DSDT, or two
 * subfolders with a log, a memory map, boot parameters or a PCI listing. Then each subfolder is examined by itself, each
 * complete description among its files is a machine, and files whose names begin with its name belong to it. Kernels,
 * configurations, overlays and further tables beside them belong to all.
 */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { textOf } from '../../bytes/source.ts';
import { sha256Of } from '../../platform/hash.ts';
import type { Artifact, MachineOfImage } from '../artifact.ts';
import type { ArtifactKind } from '../kinds.ts';

/** The artifacts of one argument of the command line. */
export interface OpenedPath {
  /** As given. */
  readonly path: string;
  readonly artifacts: readonly Artifact[];
}

export interface MachinesApart {
  readonly artifacts: readonly Artifact[];
  /** Diagnostics that belong to no particular machine. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An artifact and its path: the names of the folders, then its own. */
interface Placed {
  readonly artifact: Artifact;
  readonly parts: readonly string[];
}

/** A machine's artifacts and their common path: a folder, or a file. */
interface Group {
  readonly at: readonly string[];
  readonly own: readonly Placed[];
  /** Files beside it that belong to all machines there. */
  readonly shared: readonly Placed[];
}

/** Kinds of which a machine has one. */
const LISTINGS: readonly ArtifactKind[] = ['dmesg', 'iomem', 'boot-params', 'lspci'];
/** Kinds that several machines may share. */
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
/** Depth down to which subfolders are examined; deeper files belong to the folder at that depth. */
const MAX_DEPTH = 64;

const WHOLE_SOURCE = /\/dts-v1\/|^\/[ \t\n]*\{/m;
const DSDT_SOURCE = /\bDefinitionBlock\s*\([^,]*,\s*"DSDT"/;
const DUMPED_DSDT = /^DSDT ?@/m;

/** Whether an artifact is a complete device tree or set of tables; a machine has at most one of each. */
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
    // The attachments of a mail belong together.
    const isMail = artifact.steps.some(({ how }) => how === 'mail part');
    return { artifact, parts: [top, ...partsBelow(isMail ? artifact.path : artifact.source.name, top)] };
  });
}

/** The number of distinct complete descriptions of a sort. */
function countOf(sort: 'tree' | 'tables', here: readonly { readonly artifact: Artifact }[]): number {
  const found = here.filter(({ artifact }) => wholeDescription(artifact) === sort);
  // Compared by their own bytes, since `sha256` is that of the whole archive; a folder only has `sha256`.
  return new Set(
    found.map(({ artifact: { source, sha256, entries } }) =>
      entries === undefined ? sha256Of(source.bytes) : sha256,
    ),
  ).size;
}

/** Whether files can belong to one machine: at most one tree and one set of tables. */
export function fitTogether(all: readonly { readonly artifact: Artifact }[]): boolean {
  return countOf('tree', all) <= 1 && countOf('tables', all) <= 1;
}

/** Whether an artifact is a complete device tree or set of tables. */
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

/** The name up to the first dot, unless that is its first character. */
function stemOf(name: string): string {
  return /^(.[^.]*)\./.exec(name)?.[1] ?? name;
}

function belongsTo(name: string, stem: string): boolean {
  return name === stem || (name.startsWith(stem) && /^[-_. ]/.test(name.slice(stem.length)));
}

/** The machines at a path. @param all every artifact below it */
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

/** Whether an argument of the command line is a folder or an archive rather than an input itself. */
function holdsInputs({ path, artifacts }: OpenedPath): boolean {
  return artifacts.some(({ source, path: opened, steps }) => {
    if (steps.some(({ how }) => how === 'mail part' || how === 'quoted text')) return opened !== path;
    return partsBelow(source.name, path.replace(/\/+$/, '')).length > 0;
  });
}

/**
 * Assigns the content of folders and archives among the inputs to machines, and diagnostics with it. With one machine
 * everything is returned unchanged.
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
  // A tree named on the command line beside folders of machines is another machine.
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
