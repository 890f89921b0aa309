/** Trees drawn as a model, and written as a blob, as source, as a folder: what readers must give for each is the model. */
import type { DirectoryEntry } from '../../src/artifact/artifact.ts';
import { type DeviceTree, type DtNode, pathOf, walk } from '../../src/devicetree/tree.ts';
import * as make from '../../test/containers/make-images.ts';
import { type Draw, hex } from './draw.ts';

export interface ModelNode {
  readonly name: string;
  readonly properties: Record<string, Uint8Array>;
  readonly children: ModelNode[];
}

const DEPTH = 3;

export function drawNode(draw: Draw, name = '', depth = 0): ModelNode {
  const properties: Record<string, Uint8Array> = {};
  for (const key of draw.some(0, 4, () => draw.pick(['reg', 'ranges', 'compatible', `x-${draw.word(1, 5)}`])))
    properties[key] = draw.chance(0.3) ? draw.bytes(0, 9) : draw.bytes(4, 4);
  const names = depth >= DEPTH ? [] : draw.some(0, 3, () => `${draw.word(1, 6)}@${hex(draw.below(0x1000))}`);
  return { name, properties, children: [...new Set(names)].map((each) => drawNode(draw, each, depth + 1)) };
}

export function blobOfModel(root: ModelNode): Uint8Array {
  return make.tree(root);
}

/** A property's value as source: bytes, cells, or both. */
function valueText(value: Uint8Array, draw: Draw): string {
  if (value.length === 0) return '';
  const bytes = `[${Buffer.from(value).toString('hex')}]`;
  if (value.length % 4 !== 0 || draw.chance(0.3)) return ` = ${bytes}`;
  const cells = Array.from({ length: value.length / 4 }, (_, at) => Buffer.from(value).readUInt32BE(at * 4));
  return ` = <${cells.map((cell) => draw.pick([String(cell), `0x${hex(cell)}`, `(${cell} + 0)`])).join(' ')}>`;
}

export function sourceOfModel(root: ModelNode, draw: Draw): string {
  const write = ({ name, properties, children }: ModelNode): string =>
    [
      `${name || '/'} {`,
      ...Object.entries(properties).map(([key, value]) => `${key}${valueText(value, draw)};`),
      ...children.map(write),
      '};',
    ].join(draw.pick([' ', '\n', ' /* } */ ', ' // ;\n']));
  return `/dts-v1/;\n${write(root)}\n`;
}

export function entriesOfModel(root: ModelNode): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  const put = ({ properties, children }: ModelNode, path: string): void => {
    for (const [key, bytes] of Object.entries(properties))
      entries.push({
        path: path + key,
        type: 'file',
        source: { name: `tree/${path}${key}`, form: 'blob', bytes },
      });
    for (const child of children) {
      entries.push({ path: path + child.name, type: 'directory' });
      put(child, `${path}${child.name}/`);
    }
  };
  put(root, '');
  return entries;
}

/** Nodes by their paths with their properties, both in the order of their names. */
export type Listed = readonly (readonly [path: string, properties: readonly (readonly [string, string])[]])[];

function sorted(nodes: (readonly [string, (readonly [string, string])[]])[]): Listed {
  for (const [, properties] of nodes) properties.sort(([a], [b]) => (a < b ? -1 : 1));
  return nodes.sort(([a], [b]) => (a < b ? -1 : 1));
}

export function listedModel(root: ModelNode): Listed {
  const nodes: (readonly [string, (readonly [string, string])[]])[] = [];
  const put = (node: ModelNode, path: string): void => {
    const properties = Object.entries(node.properties).map(
      ([key, value]) => [key, Buffer.from(value).toString('hex')] as const,
    );
    nodes.push([path || '/', properties]);
    for (const child of node.children) put(child, `${path}/${child.name}`);
  };
  put(root, '');
  return sorted(nodes);
}

export function listedTree(tree: DeviceTree | undefined): Listed | undefined {
  if (tree === undefined) return undefined;
  const list = (node: DtNode): readonly [string, (readonly [string, string])[]] => [
    pathOf(node),
    node.properties.map(({ name, value }) => [name, Buffer.from(value).toString('hex')] as const),
  ];
  return sorted([...walk(tree.root)].map(list));
}
