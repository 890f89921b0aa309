/** Bridges and their windows for tests. */
import { compare, type Expr } from '../../../src/symbolic/index.ts';
import type { JudgedBridge } from '../../../src/verdict/host-bridge/result.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { artifactOf } from '../../evidence/artifacts.ts';
import { fieldOf } from '../../symbolic/fields.ts';

const artifact = artifactOf('asl', '');
const FIELD = fieldOf('HASW', { bits: 8 });
export const OPEN = compare('eq', FIELD, 1n) as Expr;

const place = {
  role: 'window',
  flags: {},
  origin: { artifact, path: '\\_SB.PCI0', item: '_CRS', index: 0 },
  derivation: [],
} as const;
export const certain = (base: bigint, size: bigint, more: Partial<AddressWindow> = {}): AddressWindow =>
  ({ ...place, space: 'memory', certainty: 'certain', base, size, ...more }) as AddressWindow;
export const maybe = (base: bigint, size: bigint): AddressWindow => ({
  ...{ ...place, space: 'memory', certainty: 'conditional', base, size, when: OPEN },
});
export const unknown = (space: 'memory' | 'bus' = 'memory'): AddressWindow => ({
  ...{ ...place, space, certainty: 'unknown', base: null, size: null, why: 'a field' },
});

export const bridge = (
  windows: readonly AddressWindow[],
  bus: Partial<JudgedBridge['bus']> = {},
): JudgedBridge => ({
  device: '\\_SB.PCI0',
  by: 'acpi',
  bus: { domain: null, first: null, last: null, ...bus },
  when: 1n,
  windows,
  ...{ changed: [], notes: [], keptFree: [], prints: [] },
});
