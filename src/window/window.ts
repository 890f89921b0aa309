/** Address windows: the one form that device trees and ACPI come to, each knowing where it was said and how sure that is. */
import type { Artifact } from '../artifact/artifact.ts';
import { FOUR_GIB, ONE_MIB } from '../bytes/address.ts';
import type { Span } from '../bytes/source.ts';

export type WindowSpace = 'memory' | 'io' | 'bus';
export type WindowRole = 'window' | 'register' | 'ram' | 'reserved' | 'framebuffer';
export type WindowClass = 'below-1m' | 'low' | 'high' | 'straddles-4g';
export type Certainty = 'certain' | 'conditional' | 'unknown';

/** Where a window was said. */
export interface Origin {
  readonly artifact: Artifact;
  /** Node path or ACPI object path. */
  readonly path: string;
  /** `ranges`, `reg`, `_CRS`, `/memreserve/`, `SRAT`. */
  readonly item: string;
  /** Entry or descriptor index, from 0. */
  readonly index: number;
  readonly span?: Span;
}

/** One step of a derivation, in the order it was made. */
export interface DerivationStep {
  /** `child address`, `parent address`, `size`, `translate through /soc`, `field read`. */
  readonly what: string;
  /** What was found, ready to read: `cells 0x0f 0xf0000000 -> 0xff0000000 (#address-cells = 2 of /bus/vmbus)`. */
  readonly text: string;
  readonly span?: Span;
}

/** What other parts of the description say about a bound that isn't known. It narrows the bound, it never settles it. */
export interface WindowInference {
  /** `MG2B lies in [0xf8000000, 0x100000000)`. */
  readonly text: string;
  /** What it rests on. */
  readonly because: readonly { readonly text: string; readonly span?: Span }[];
}

export interface AddressWindow {
  readonly space: WindowSpace;
  readonly role: WindowRole;
  /** CPU address (memory), port (io) or bus number (bus) of the first byte; null when it isn't known. */
  readonly base: bigint | null;
  /** In bytes (ports, buses); up to 2^64; null when it isn't known. Never 0: an empty range is no window. */
  readonly size: bigint | null;
  /** The bus-side address of the base, where the window lies behind a translation. */
  readonly bus?: { readonly base: bigint } | undefined;
  readonly certainty: Certainty;
  /** The condition under which a `conditional` window exists or has these bounds, in the firmware's names. */
  readonly when?: string;
  /** Why a window is `unknown`. */
  readonly why?: string | undefined;
  /** What bounds that aren't known are made of, in the firmware's names. */
  readonly expressions?: { readonly base?: string; readonly size?: string };
  readonly inferences?: readonly WindowInference[];
  readonly flags: WindowFlags;
  /** Why Linux takes nothing from it, where the description itself doesn't switch it off; `available` is then false. */
  readonly ignored?: string | undefined;
  readonly origin: Origin;
  readonly derivation: readonly DerivationStep[];
}

export interface WindowFlags {
  readonly prefetchable?: boolean;
  /** ACPI ResourceProducer, or a device tree `ranges` entry. */
  readonly producer?: boolean;
  /** False for a device that its `status` or `_STA` says is off, or one below such a device. */
  readonly available?: boolean;
  /** PCI address space code of a `ranges` entry. */
  readonly pci?: 'config' | 'io' | 'mem32' | 'mem64';
}

/**
 * Where a memory window lies as a whole: below 1 MiB, below 4 GiB (`low`), at or above it (`high`), or across.
 * `null` when a bound is unknown or the window isn't memory.
 */
export function windowClass(window: Pick<AddressWindow, 'space' | 'base' | 'size'>): WindowClass | null {
  if (window.space !== 'memory' || window.base === null || window.size === null) return null;
  const end = window.base + window.size;
  if (end <= ONE_MIB) return 'below-1m';
  if (end <= FOUR_GIB) return 'low';
  return window.base >= FOUR_GIB ? 'high' : 'straddles-4g';
}
