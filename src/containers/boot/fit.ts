/**
 * U-Boot's FIT: a flattened tree whose nodes are images, with their data inside of the tree or after it, and
 * configurations that choose among them (doc/usage/fit/source_file_format.rst; boot/image-fit.c).
 */
import { type Access, bigEndian, partOf } from '../access.ts';
import { decoderOf } from '../codecs/decoders.ts';
import type { Choice, Image, ImageContent, Part } from '../container.ts';
import { type FlatNode, type FlatTree, readFlatTree } from './flat-tree.ts';

const MAGIC = 0xd00dfeed;
/** Properties of a configuration that name images, in the order in which they are listed. */
const USES = ['fdt', 'kernel', 'ramdisk', 'setup', 'firmware', 'loadables', 'fpga', 'standalone'];

/** The data of an image (fit_image_get_data): inside of the tree, at a position, or at an offset after the tree. */
function dataOf(tree: FlatTree, node: FlatNode, total: number): { offset: number; size: number } | undefined {
  const inside = node.values.get('data');
  if (inside !== undefined) return inside;
  const size = tree.cell(node, 'data-size');
  const position = tree.cell(node, 'data-position');
  const offset = tree.cell(node, 'data-offset');
  // U-Boot reads both as `int`; negative values are invalid.
  const place = position ?? (offset === undefined ? undefined : Math.ceil(total / 4) * 4 + offset);
  if (size === undefined || place === undefined || size >= 2 ** 31 || place >= 2 ** 32) return undefined;
  return { offset: place, size };
}

function choiceOf(tree: FlatTree, node: FlatNode, chosen: string | undefined): Choice {
  const parts = USES.flatMap((use) => tree.strings(node, use) ?? []);
  const compatible = tree.strings(node, 'compatible');
  const description = tree.text(node, 'description');
  return {
    name: node.name,
    parts,
    ...(node.name === chosen ? { isDefault: true } : {}),
    ...(compatible === undefined ? {} : { compatible }),
    ...(description === undefined ? {} : { description }),
  };
}

function open(access: Access, at: number, limit: number): ImageContent | undefined {
  const total = bigEndian(access, at + 4, 4);
  const tree = readFlatTree(partOf(access, at, access.size - at));
  const images = tree?.node('images');
  if (tree === undefined || images === undefined || total === undefined) return undefined;
  const faults: string[] = [];
  const parts: Part[] = [];
  let size = total;
  for (const image of images.children.slice(0, limit)) {
    const data = dataOf(tree, image, total);
    if (data === undefined) continue;
    const format = tree.text(image, 'compression') ?? 'none';
    const decode = format === 'none' ? undefined : decoderOf(format);
    // The kernel unpacks a ramdisk; U-Boot ignores its `compression`.
    const packed =
      decode === undefined || tree.text(image, 'type') === 'ramdisk' ? {} : { packed: { format, decode } };
    if (format !== 'none' && decode === undefined)
      faults.push(`${image.name} is compressed by the unknown method ${format}`);
    if (at + data.offset + data.size > access.size) faults.push(`the data of ${image.name} is truncated`);
    parts.push({ name: image.name, ...data, ...packed });
    size = Math.max(size, data.offset + data.size);
  }
  if (parts.length === 0) return undefined;
  const configurations = tree.node('configurations');
  const chosen = configurations && tree.text(configurations, 'default');
  const list = configurations?.children.slice(0, limit).map((node) => choiceOf(tree, node, chosen)) ?? [];
  const name = tree.text(tree.root, 'description');
  return {
    size: Math.min(size, access.size - at),
    ...(name === undefined ? {} : { name }),
    parts,
    faults,
    ...(list.length === 0 ? {} : { choices: { axis: 'configuration', list } }),
  };
}

export const fit: Image = {
  format: 'fit',
  // Every device tree blob has the same magic number: whether it is a FIT is decided where blobs are found.
  magics: [],
  sniff: (access, at) => bigEndian(access, at, 4) === MAGIC,
  open,
};
