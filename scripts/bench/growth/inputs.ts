/**
 * The inputs of the growth check, for every reader and for everything that once took more than linear time. Each repeats
 * something `count` times, and names the command that reads it.
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
