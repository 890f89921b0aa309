/** Bytes that were opened: an input, what a compressed stream unpacks to, memory that an image describes. */
import type { Access } from '../containers/access.ts';
import type { MemoryImage } from '../containers/container.ts';
import type { ContainerStep } from './find.ts';
import type { Banner } from './repeats.ts';
import { Sums } from './tables.ts';
import { type View, ViewTree } from './view-tree.ts';

/** A kernel whose header was read; what is found inside of it may tell its release. */
export interface KernelInside {
  /** The id of its find. */
  readonly find: number;
  release: string | undefined;
  /** What it prints first, once that was met in it. */
  banner?: Banner | undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a range of a space stands in the input; null where it doesn't, or not in one piece. */
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
  /** Of the memory that this is a stretch of. */
  readonly banners?: Map<string, KernelInside>;
}

export class Space {
  readonly access: Access;
  /** The input's name and the containers on the way. */
  readonly path: string;
  /** Stands for this space where its bytes must not be kept. */
  readonly identity = Symbol();
  readonly steps: readonly ContainerStep[];
  /** Containers on the way. */
  readonly depth: number;
  /** Address of the first byte, where this is memory; else 0. */
  readonly base: number;
  /** Whether addresses are physical. */
  readonly physical: boolean;
  readonly fileOffset: FileOffset;
  /** Sums of its bytes. */
  readonly sums: Sums;
  readonly kernels: (Range & { readonly kernel: KernelInside })[] = [];
  /** Programs that are kernels if they say so. */
  readonly programs: (Range & { readonly architecture: string })[] = [];
  /** Kernels by what they print first: the same stands in a program and in its log. */
  readonly banners: Map<string, KernelInside>;
  /** The kernel that this was unpacked from. */
  readonly #kernel: KernelInside | undefined;
  readonly #replaced: NonNullable<MemoryImage['replaced']>;
  readonly #views = new ViewTree();
  /** By `START-END`. */
  readonly #viewAt = new Map<string, View>();
  /** By where they begin. */
  readonly #raw = new Map<number, View>();
  /** Ranges in which nothing is looked for, by their beginnings; those before `#passed` are behind what is asked. */
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

  /** Nothing is looked for in a range: a compressed stream, pages that mean nothing where they stand. */
  hide(start: number, end: number): void {
    let at = this.#hidden.length;
    while (at > this.#passed && this.#hidden[at - 1]!.start > start) at -= 1;
    this.#hidden.splice(at, 0, { start, end });
  }

  /** The first place from one on at which something is looked for. To be asked in the order of the places. */
  shownFrom(offset: number): number {
    for (; this.#passed < this.#hidden.length; this.#passed += 1) {
      const { start, end } = this.#hidden[this.#passed]!;
      if (start > Math.max(offset, this.#hiddenUntil)) break;
      this.#hiddenUntil = Math.max(this.#hiddenUntil, end);
    }
    return Math.max(offset, this.#hiddenUntil);
  }

  /** True the first time that a container at a place is asked for. */
  claim(format: string, offset: number): boolean {
    const key = `${format}@${offset}`;
    if (this.#opened.has(key)) return false;
    this.#opened.add(key);
    return true;
  }

  /** Notes down that a range is a container or a part of one; what goes beyond the end is cut. */
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

  /** The view of just this range that was noted down last. */
  viewAt(start: number, end: number): View | undefined {
    return this.#viewAt.get(`${start}-${end}`);
  }

  rawAt(start: number): View | undefined {
    return this.#raw.get(start);
  }

  /** Whether a place is in a container of a format, but in none of its parts: then what begins there belongs to it. */
  isListed(format: string, offset: number): boolean {
    return this.#views.around(offset, offset + 1).at(-1)?.step.format === format;
  }

  /** Where the innermost view around a place ends, or the space. */
  endAround(offset: number): number {
    return this.#views.around(offset, offset + 1).at(-1)?.end ?? this.access.size;
  }

  /** Path and containers of something at a range. */
  place(start: number, end: number): { path: string; container: readonly ContainerStep[] } {
    const views = this.#views.around(start, end);
    return {
      path: [this.path, ...views.map(({ label }) => label)].join('!'),
      container: [...this.steps, ...views.map(({ step }) => step)],
    };
  }

  /** Who decides what stands at a place before it is used; undefined where that is what is in the image. */
  replacedBy(offset: number): string | undefined {
    const address = this.base + offset;
    return this.#replaced.find((range) => range.address <= address && address < range.address + range.size)
      ?.by;
  }

  /** The kernel around a place, here or around this whole space. */
  kernelAt(offset: number): KernelInside | undefined {
    return this.kernels.find(({ start, end }) => start <= offset && offset < end)?.kernel ?? this.#kernel;
  }
}
