/** Recognises flattened device trees. */
import { type Diagnostic, DiagnosticList } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import { type Access, bigEndian } from '../containers/access.ts';
import { readBlob } from '../devicetree/blob/reader.ts';
import type { DeviceTree, DtNode } from '../devicetree/tree.ts';
import { messageOf } from '../findings/finding.ts';
import { isOfLimit } from '../limits/limits.ts';

export const TREE_MAGIC: readonly number[] = [0xd0, 0x0d, 0xfe, 0xed];
const HEADER_BYTES = 40;
const NEWEST_VERSION = 17;

/** The total size in the header at an offset; undefined when it can't be a complete tree. */
export function treeSizeAt(access: Access, at: number): number | undefined {
  const size = bigEndian(access, at + 4, 4);
  const structure = bigEndian(access, at + 8, 4);
  const strings = bigEndian(access, at + 12, 4);
  const version = bigEndian(access, at + 20, 4);
  const compatible = bigEndian(access, at + 24, 4);
  if (size === undefined || structure === undefined || strings === undefined) return undefined;
  if (version === undefined || compatible === undefined) return undefined;
  if (version === 0 || compatible > Math.min(version, NEWEST_VERSION)) return undefined;
  if (size < HEADER_BYTES || size > access.size - at || structure >= size || strings > size) return undefined;
  return structure % 4 === 0 ? size : undefined;
}

/** A valid tree. */
export interface FoundTree {
  readonly kind: 'dtb' | 'dtbo' | 'fit';
  readonly model: string | null;
  readonly compatible: readonly string[];
  /** It is only a root node without properties, which programs have as a template. */
  readonly isEmpty: boolean;
}

/** The strings of a property; undefined unless the value is a list of NUL-terminated strings. */
export function stringsOf(node: DtNode, name: string): string[] | undefined {
  const value = node.properties.find((property) => property.name === name)?.value;
  if (value === undefined || value.length === 0 || value[value.length - 1] !== 0) return undefined;
  return new TextDecoder().decode(value.subarray(0, -1)).split('\0');
}

/** Whether a tree is a FIT, which contains images with data (U-Boot, doc/usage/fit/source_file_format.rst). */
function isFit(root: DtNode): boolean {
  const images = root.children.find(({ name }) => name === 'images');
  if (images === undefined || images.children.length === 0) return false;
  const data = new Set(['data', 'data-size', 'data-offset', 'data-position']);
  return images.children.some(({ properties }) => properties.some(({ name }) => data.has(name)));
}

/** The result of parsing a candidate; without `tree` it is not a tree. */
export interface JudgedTree {
  readonly tree?: FoundTree;
  readonly sha256?: string;
}

/** Reads a blob of exactly its declared size; undefined when it has any error. */
export function treeIn(source: Source): (FoundTree & { readonly tree: DeviceTree }) | undefined {
  const problems = new DiagnosticList();
  const tree = readBlob(source, problems);
  if (tree === undefined || tree.root.name !== '') return undefined;
  // What a limit ends is no less a tree: whoever reads it is told of the limit.
  const isFault = (problem: Diagnostic): boolean =>
    problem.severity === 'error' && !isOfLimit(messageOf(problem));
  if (problems.all.some(isFault)) return undefined;
  // Linux and libfdt require FDT_END; without it the blob has been overwritten.
  if (problems.all.some(({ code }) => code === 'dt/blob-end')) return undefined;
  return {
    tree,
    kind: isFit(tree.root) ? 'fit' : tree.overlay ? 'dtbo' : 'dtb',
    model: stringsOf(tree.root, 'model')?.[0] ?? null,
    compatible: stringsOf(tree.root, 'compatible') ?? [],
    isEmpty: tree.root.children.length === 0 && tree.root.properties.length === 0,
  };
}
