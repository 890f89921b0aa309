/**
 * Inputs that grow, of every reader and of the kinds that once cost more than their size: what they hold `count` times, and
 * the command that reads them.
 */
import { ATTACKS } from './attacks.ts';
import type { Growing } from './growing.ts';
import { CONTAINERS } from './inputs/containers.ts';
import { TABLES } from './inputs/tables.ts';
import { TEXTS } from './inputs/texts.ts';
import { MACROS, TREES } from './inputs/trees.ts';

export const GROWING: readonly Growing[] = [
  ...TREES,
  ...MACROS,
  ...TEXTS,
  ...TABLES,
  ...CONTAINERS,
  ...ATTACKS,
];
