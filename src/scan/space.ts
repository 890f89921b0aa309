/** Bytes that were opened: an input, what a compressed stream unpacks to, memory that an image describes. */
import { type Access, partOf } from '../containers/access.ts';
import type { ContainerStep } from './find.ts';
import { Sums } from './tables.ts';

/** A container, or a part of one, that lies plain in the bytes of a space. Half-open. */
export interface View {
  readonly start: number;
  readonly end: number;
  /** In a path. */
  readonly label: string;
  readonly step: ContainerStep;
  /** A file that says of itself it is raw data. */
  readonly raw: boolean;
}

/** A kernel whose header was read; what is found inside of it may tell its release. */
export interface KernelInside {
  /** Its find; undefined where there were too many. */
  readonly find: number | undefined;
  release: string | undefined;
}

/** Where bytes of a space stand in the input. Absent where nothing does. */
export type FileOffset = (offset: number, size: number) => number | null;

export class Space {
  readonly access: Access;
  /** The input's name and the containers on the way. */
  readonly path: string;
  readonly steps: readonly ContainerStep[];
  /** Containers on the way. */
  readonly depth: number;
  /** Address of the first byte, where this is memory; else 0. */
  readonly base: number;
  /** Whether addresses are physical. */
  readonly physical: boolean;
  readonly fileOffset: FileOffset;
  /** The kernel that this was unpacked from. */
  readonly kernel: KernelInside | undefined;
  readonly sums: Sums;
  readonly views: View[] = [];
  /** Programs that are kernels if they say so. */
  readonly programs: { readonly start: number; readonly end: number; readonly architecture: string }[] = [];
  readonly kernels: { readonly start: number; readonly end: number; readonly kernel: KernelInside }[] = [];
  /** Ranges in which nothing is looked for: compressed streams, pages that mean nothing where they stand. */
  #hidden: { readonly start: number; readonly end: number }[] = [];
  /** Containers that were opened here: `FORMAT@OFFSET`. */
  readonly #opened = new Set<string>();

  constructor(
    access: Access,
    options: {
      readonly path: string;
      readonly steps: readonly ContainerStep[];
      readonly depth: number;
      readonly fileOffset: FileOffset;
      readonly base?: number;
      readonly physical?: boolean;
      readonly kernel?: KernelInside | undefined;
    },
  ) {
    this.access = access;
    this.path = options.path;
    this.steps = options.steps;
    this.depth = options.depth;
    this.base = options.base ?? 0;
    this.physical = options.physical ?? false;
    this.fileOffset = options.fileOffset;
    this.kernel = options.kernel;
    this.sums = new Sums(access);
  }

  hide(start: number, end: number): void {
    this.#hidden.push({ start, end });
  }

  /** Whether nothing is looked for at a place. Asked in the order of the places: what was passed is forgotten. */
  isHidden(offset: number): boolean {
    if (this.#hidden.some(({ end }) => end <= offset))
      this.#hidden = this.#hidden.filter(({ end }) => end > offset);
    return this.#hidden.some(({ start }) => start <= offset);
  }

  /** True the first time that a container at a place is asked for. */
  claim(format: string, offset: number): boolean {
    const key = `${format}@${offset}`;
    if (this.#opened.has(key)) return false;
    this.#opened.add(key);
    return true;
  }

  /** Whether a place is in an archive of a format, but in none of its files: then what begins there belongs to it. */
  isListed(format: string, offset: number): boolean {
    const around = this.around(offset, offset + 1);
    return (
      around.findLast(({ step }) => step.format === format || step.format === 'file')?.step.format === format
    );
  }

  /** The views around a range, the outermost first. */
  around(start: number, end: number): View[] {
    return this.views
      .filter((view) => view.start <= start && end <= view.end)
      .sort((a, b) => a.start - b.start || b.end - a.end);
  }

  /** Path and containers of something at a range. */
  place(start: number, end: number): { path: string; container: readonly ContainerStep[] } {
    const views = this.around(start, end);
    return {
      path: [this.path, ...views.map(({ label }) => label)].join('!'),
      container: [...this.steps, ...views.map(({ step }) => step)],
    };
  }

  /** The kernel around a place, here or around this whole space. */
  kernelAt(offset: number): KernelInside | undefined {
    return this.kernels.find(({ start, end }) => start <= offset && offset < end)?.kernel ?? this.kernel;
  }

  part(start: number, size: number): Access {
    return partOf(this.access, start, size);
  }
}
