/** A space of bytes to scan: an input, a decompressed stream, or memory that an image describes. */
import type { Access } from '../containers/access.ts';
import type { MemoryImage } from '../containers/container.ts';
import type { ContainerStep } from './find.ts';
import type { Banner } from './repeats.ts';
import { Sums } from './tables.ts';
import { type View, ViewTree } from './view-tree.ts';

/** A kernel whose header was read; a banner found inside of it gives its release. */
export interface KernelInside {
  /** The id of its find. */
  readonly find: number;
  release: string | undefined;
  /** Its banner, once found. */
  banner?: Banner | undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The offset in the input of a range of a space; null when it is not stored there contiguously. */
export type FileOffset = (offset: number, size: number) => number | null;

export interface SpaceOptions {
  readonly path: string;
  readonly steps: readonly ContainerStep[];
  readonly depth: number;
  readonly fileOffset: FileOffset;
  readonly base?: number;
  readonly physical?: boolean;
  readonly kernel?: KernelInside | undefined;
  readonly replaced?: MemoryImage['replaced'];
  /** Shared by the ranges of one memory. */
  readonly banners?: Map<string, KernelInside>;
}

export class Space {
  readonly access: Access;
  /** The input's name and the containers. */
  readonly path: string;
  /** Identifies the space without keeping its bytes. */
  readonly identity = Symbol();
  readonly steps: readonly ContainerStep[];
  /** Number of containers. */
  readonly depth: number;
  /** Address of the first byte, where this is memory; else 0. */
  readonly base: number;
  /** Whether addresses are physical. */
  readonly physical: boolean;
  readonly fileOffset: FileOffset;
  /** Cached sums of its bytes. */
  readonly sums: Sums;
  readonly kernels: (Range & { readonly kernel: KernelInside })[] = [];
  /** Programs, which are kernels if they contain a banner. */
  readonly programs: (Range & { readonly architecture: string })[] = [];
  /** Kernels by banner, since a kernel's log repeats it. */
  readonly banners: Map<string, KernelInside>;
  /** The kernel that this was decompressed from. */
  readonly #kernel: KernelInside | undefined;
  readonly #replaced: NonNullable<MemoryImage['replaced']>;
  readonly #views = new ViewTree();
  /** By `START-END`. */
  readonly #viewAt = new Map<string, View>();
  /** Raw files by start offset. */
  readonly #raw = new Map<number, View>();
  /** Ranges that are not searched, by start offset; those before index `#passed` end before the current offset. */
  readonly #hidden: Range[] = [];
  #passed = 0;
  #hiddenUntil = 0;
  /** Containers that were opened here: `FORMAT@OFFSET`. */
  readonly #opened = new Set<string>();

  constructor(access: Access, options: SpaceOptions) {
    this.access = access;
    this.path = options.path;
    this.steps = options.steps;
    this.depth = options.depth;
    this.base = options.base ?? 0;
    this.physical = options.physical ?? false;
    this.fileOffset = options.fileOffset;
    this.banners = options.banners ?? new Map();
    this.#kernel = options.kernel;
    this.#replaced = options.replaced ?? [];
    this.sums = new Sums(access);
  }

  /** Excludes a range from the search: a compressed stream, or pages that are scanned as memory. */
  hide(start: number, end: number): void {
    let at = this.#hidden.length;
    while (at > this.#passed && this.#hidden[at - 1]!.start > start) at -= 1;
    this.#hidden.splice(at, 0, { start, end });
  }

  /** The first offset from `offset` on that is searched. Must be called with increasing offsets. */
  shownFrom(offset: number): number {
    for (; this.#passed < this.#hidden.length; this.#passed += 1) {
      const { start, end } = this.#hidden[this.#passed]!;
      if (start > Math.max(offset, this.#hiddenUntil)) break;
      this.#hiddenUntil = Math.max(this.#hiddenUntil, end);
    }
    return Math.max(offset, this.#hiddenUntil);
  }

  /** True for the first call with a format and offset. */
  claim(format: string, offset: number): boolean {
    const key = `${format}@${offset}`;
    if (this.#opened.has(key)) return false;
    this.#opened.add(key);
    return true;
  }

  /** Adds a view: a range that is a container or a part of one, cut to the space. */
  addView(
    start: number,
    size: number,
    label: string,
    step: Omit<ContainerStep, 'offset' | 'size'>,
    raw = false,
  ): void {
    const end = Math.min(start + size, this.access.size);
    const placed = { ...step, offset: this.base + start, size: end - start };
    const view: View = { start, end, label, raw, step: placed };
    this.#views.add(view);
    this.#viewAt.set(`${start}-${end}`, view);
    if (raw) this.#raw.set(start, view);
  }

  /** The last view added for exactly this range. */
  viewAt(start: number, end: number): View | undefined {
    return this.#viewAt.get(`${start}-${end}`);
  }

  rawAt(start: number): View | undefined {
    return this.#raw.get(start);
  }

  /** Whether an offset is in a container of this format but not in one of its parts, so that a magic number there is its own. */
  isListed(format: string, offset: number): boolean {
    return this.#views.around(offset, offset + 1).at(-1)?.step.format === format;
  }

  /** Exclusive end of the innermost view around an offset, or of the space. */
  endAround(offset: number): number {
    return this.#views.around(offset, offset + 1).at(-1)?.end ?? this.access.size;
  }

  /** The path and containers of a range. */
  place(start: number, end: number): { path: string; container: readonly ContainerStep[] } {
    const views = this.#views.around(start, end);
    return {
      path: [this.path, ...views.map(({ label }) => label)].join('!'),
      container: [...this.steps, ...views.map(({ step }) => step)],
    };
  }

  /** Who replaces the content at an offset before it is used; undefined when nobody does. */
  replacedBy(offset: number): string | undefined {
    const address = this.base + offset;
    return this.#replaced.find((range) => range.address <= address && address < range.address + range.size)
      ?.by;
  }

  /** The kernel around an offset, in this space or around all of it. */
  kernelAt(offset: number): KernelInside | undefined {
    return this.kernels.find(({ start, end }) => start <= offset && offset < end)?.kernel ?? this.#kernel;
  }
}
