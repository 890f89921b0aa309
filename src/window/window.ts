/** Address windows: the common form of device trees and ACPI, each with its source and its certainty. */
import type { Artifact } from '../artifact/artifact.ts';
import { FOUR_GIB, ONE_MIB } from '../bytes/address.ts';
import type { Span } from '../bytes/source.ts';
import type { AddressEntry } from '../devicetree/address/entries.ts';
import type { Expr, Quantity } from '../symbolic/index.ts';

export type WindowSpace = 'memory' | 'io' | 'bus';
export type WindowRole = 'window' | 'register' | 'ram' | 'reserved' | 'framebuffer';
export type WindowClass = 'below-1m' | 'low' | 'high' | 'straddles-4g';
export type Certainty = 'certain' | 'conditional' | 'unknown';

/** The source of a window. */
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

/** How a window was derived: the steps, or the device tree entry from which they follow. */
export type Derivation = readonly DerivationStep[] | { readonly entry: AddressEntry };

/** What other parts of the description imply for an unknown bound: it is narrowed, never determined. */
export interface WindowInference {
  /** `MG2B is in [mem 0xf8000000-0xffffffff]`. */
  readonly text: string;
  /** The evidence for it. */
  readonly because: readonly { readonly text: string; readonly span?: Span }[];
}

interface WindowBase {
  readonly space: WindowSpace;
  readonly role: WindowRole;
  /** The bus address of the base, where the window is translated. */
  readonly bus?: { readonly base: bigint } | undefined;
  readonly inferences?: readonly WindowInference[];
  readonly flags: WindowFlags;
  /** Why Linux ignores it although the description doesn't disable it; `available` is false then. */
  readonly ignored?: string | undefined;
  readonly origin: Origin;
  readonly derivation: Derivation;
}

/** The window exists, and its bounds are known. */
export interface CertainWindow extends WindowBase {
  readonly certainty: 'certain';
  /** CPU address (memory), port (io) or bus number (bus) of the first byte. */
  readonly base: bigint;
  /** In bytes (or ports, buses), from 1 to 2^64. */
  readonly size: bigint;
}

/** The window exists, with these bounds, exactly where a condition holds. */
export interface ConditionalWindow extends WindowBase {
  readonly certainty: 'conditional';
  readonly base: Quantity;
  readonly size: Quantity;
  readonly when: Expr;
}

/** A bound of the window is unknown, or whether it exists. */
export interface UnknownWindow extends WindowBase {
  readonly certainty: 'unknown';
  /** The bound as an expression; null when not even that is known. */
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

/** A window's bounds as numbers, whatever its certainty; undefined when one of them is unknown. */
export function boundsOf(window: Pick<AddressWindow, 'base' | 'size'>): Bounds | undefined {
  const { base, size } = window;
  return typeof base === 'bigint' && typeof size === 'bigint' ? { base, size } : undefined;
}

export interface WindowFlags {
  readonly prefetchable?: boolean;
  /** ACPI ResourceProducer, or a device tree `ranges` entry. */
  readonly producer?: boolean;
  /** False for a device that is disabled by `status` or `_STA`, or below such a device. */
  readonly available?: boolean;
  /** PCI address space code of a `ranges` entry. */
  readonly pci?: 'config' | 'io' | 'mem32' | 'mem64';
}

/**
 * The class of a memory window: completely below 1 MiB, below 4 GiB (`low`), at or above 4 GiB (`high`), or across it.
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

/** A type under construction. Members are added one by one, three times as fast as by spreading: there are thousands of windows. */
export type InTheMaking<T> = { -readonly [Name in keyof T]: T[Name] };
