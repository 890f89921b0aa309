/**
 * A minimal reader of flattened device trees for containers in that format: nodes, and where the values of their
 * properties are (Devicetree Specification 0.4, chapter 5). Trees that describe hardware are read by src/devicetree.
 */
import { type Access, bigEndian } from '../access.ts';

const BEGIN_NODE = 1;
const END_NODE = 2;
const PROP = 3;
const NOP = 4;
/** FITs have some dozens of nodes, nested 4 deep; with more, whoever opens the image reports that it can't be read. */
const MAX_NODES = 65_536;
const MAX_DEPTH = 16;
const MAX_NAME = 256;

export interface FlatNode {
  readonly name: string;
  readonly children: FlatNode[];
  /** Values by name; offsets count from the beginning of the tree. */
  readonly values: Map<string, { readonly offset: number; readonly size: number }>;
}

export class FlatTree {
  readonly #access: Access;
  readonly root: FlatNode;

  constructor(access: Access, root: FlatNode) {
    this.#access = access;
    this.root = root;
  }

  node(...path: readonly string[]): FlatNode | undefined {
    let node: FlatNode | undefined = this.root;
    for (const name of path) node = node?.children.find((child) => child.name === name);
    return node;
  }

  strings(node: FlatNode, name: string): string[] | undefined {
    const value = node.values.get(name);
    if (value === undefined) return undefined;
    const bytes = this.#access.read(value.offset, value.size);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString('latin1')
      .replace(/\0$/, '')
      .split('\0');
  }

  text(node: FlatNode, name: string): string | undefined {
    return this.strings(node, name)?.[0];
  }

  cell(node: FlatNode, name: string): number | undefined {
    const value = node.values.get(name);
    return value?.size === 4 ? bigEndian(this.#access, value.offset, 4) : undefined;
  }
}

function zeroEnded(access: Access, offset: number): string | undefined {
  const bytes = access.read(offset, MAX_NAME);
  const end = bytes.indexOf(0);
  return end < 0 ? undefined : String.fromCharCode(...bytes.subarray(0, end));
}

/** Reads the tree at the first byte; undefined if it is invalid or truncated. */
export function readFlatTree(access: Access): FlatTree | undefined {
  const total = bigEndian(access, 4, 4);
  const structure = bigEndian(access, 8, 4);
  const strings = bigEndian(access, 12, 4);
  if (total === undefined || structure === undefined || strings === undefined || total > access.size)
    return undefined;
  const stack: FlatNode[] = [];
  const names = new Map<number, string | undefined>();
  let root: FlatNode | undefined;
  let nodes = 0;
  for (let at = structure; at + 4 <= total; ) {
    const token = bigEndian(access, at, 4);
    at += 4;
    if (token === BEGIN_NODE) {
      const name = zeroEnded(access, at);
      nodes += 1;
      if (name === undefined || stack.length >= MAX_DEPTH || nodes > MAX_NODES) return undefined;
      const node: FlatNode = { name, children: [], values: new Map() };
      stack.at(-1)?.children.push(node);
      root ??= node;
      stack.push(node);
      at = align4(at + name.length + 1);
    } else if (token === END_NODE) {
      stack.pop();
      if (stack.length === 0) return root && new FlatTree(access, root);
    } else if (token === PROP) {
      const size = bigEndian(access, at, 4);
      const nameOffset = bigEndian(access, at + 4, 4);
      const node = stack.at(-1);
      if (size === undefined || nameOffset === undefined || node === undefined) return undefined;
      if (at + 8 + size > total) return undefined;
      if (!names.has(nameOffset)) names.set(nameOffset, zeroEnded(access, strings + nameOffset));
      const name = names.get(nameOffset);
      if (name !== undefined) node.values.set(name, { offset: at + 8, size });
      at = align4(at + 8 + size);
    } else if (token !== NOP) return undefined;
  }
  return undefined;
}

function align4(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}
