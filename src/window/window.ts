/** Address windows: the one form that device trees and ACPI come to, each knowing where it was said and how sure that is. */
import type { Artifact } from '../artifact/artifact.ts';
import { FOUR_GIB, ONE_MIB } from '../bytes/address.ts';
import type { Span } from '../bytes/source.ts';
import type { AddressEntry } from '../devicetree/address/entries.ts';
import type { Expr, Quantity } from '../symbolic/index.ts';

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

/** How a window was derived: steps that were noted, or the device tree entry from which they follow. */
export type Derivation = readonly DerivationStep[] | { readonly entry: AddressEntry };

/** What other parts of the description say about a bound that isn't known. It narrows the bound, it never settles it. */
export interface WindowInference {
  /** `MG2B is in [mem 0xf8000000-0xffffffff]`. */
  readonly text: string;
  /** What it rests on. */
  readonly because: readonly { readonly text: string; readonly span?: Span }[];
}

interface WindowBase {
  readonly space: WindowSpace;
  readonly role: WindowRole;
  /** The bus-side address of the base, where the window lies behind a translation. */
  readonly bus?: { readonly base: bigint } | undefined;
  readonly inferences?: readonly WindowInference[];
  readonly flags: WindowFlags;
  /** Why Linux takes nothing from it, where the description itself doesn't switch it off; `available` is then false. */
  readonly ignored?: string | undefined;
  readonly origin: Origin;
  readonly derivation: Derivation;
}

/** It is there, and its bounds are known. */
export interface CertainWindow extends WindowBase {
  readonly certainty: 'certain';
  /** CPU address (memory), port (io) or bus number (bus) of the first byte. */
  readonly base: bigint;
  /** In bytes (ports, buses); up to 2^64. Never 0: an empty range is no window. */
  readonly size: bigint;
}

/** It is there, with these bounds, exactly where a condition holds. */
export interface ConditionalWindow extends WindowBase {
  readonly certainty: 'conditional';
  readonly base: Quantity;
  readonly size: Quantity;
  readonly when: Expr;
}

/** It is there, but a bound isn't known, or it isn't known whether it is there at all. */
export interface UnknownWindow extends WindowBase {
  readonly certainty: 'unknown';
  /** What the bound is made of; null when not even that is known. */
  readonly base: Quantity | null;
  readonly size: Quantity | null;
  readonly why: string;
}

export type AddressWindow = CertainWindow | ConditionalWindow | UnknownWindow;

/** Numeric bounds, half-open: [base, base + size). */
export interface Bounds {
  readonly base: bigint;
  readonly size: bigint;
}

/** A window's bounds as numbers, whether or not it is sure to be there; undefined when one of them isn't known. */
export function boundsOf(window: Pick<AddressWindow, 'base' | 'size'>): Bounds | undefined {
  const { base, size } = window;
  return typeof base === 'bigint' && typeof size === 'bigint' ? { base, size } : undefined;
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
  const bounds = boundsOf(window);
  if (window.space !== 'memory' || bounds === undefined) return null;
  const end = bounds.base + bounds.size;
  if (end <= ONE_MIB) return 'below-1m';
  if (end <= FOUR_GIB) return 'low';
  return bounds.base >= FOUR_GIB ? 'high' : 'straddles-4g';
}

/** There are thousands of windows: members are added one by one, which takes a third of spreading them. */
export type InTheMaking<T> = { -readonly [Name in keyof T]: T[Name] };
