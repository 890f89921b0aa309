/** Completes a live tree for writing: checks, labels, symbols, fixups and sorting, in the order of dtc's main(). */
import type { Finding } from '../checks/check.ts';
import { CheckLevels, runChecks } from '../checks/run-checks.ts';
import { OVERLAY_HINT } from '../source/parser.ts';
import { type LiveTree, liveChildOf } from './live-tree.ts';
import { type PhandleFormat, References } from './references.ts';
import { sortTree } from './sort-tree.ts';
import {
  generateFixups,
  generateLabelTree,
  generateLocalFixups,
  labelsFromSymbols,
  markersFromFixups,
  markersFromLocalFixups,
} from './symbols.ts';

export interface PrepareOptions {
  /** dtc's -W and -E. */
  readonly levels?: CheckLevels;
  readonly phandleFormat?: PhandleFormat;
  /** -@ */
  readonly symbols?: boolean;
  /** -A */
  readonly aliases?: boolean;
  /** -L; a plugin always gets its fixups. */
  readonly fixups?: boolean;
  /** -s */
  readonly sort?: boolean;
  /** -f: continues after a check of level error failed. */
  readonly force?: boolean;
}

/** A line dtc prints, with its newline where it has one. */
export interface PrepareNote {
  readonly text: string;
  /** Printed even when warnings are switched off. */
  readonly always: boolean;
}

export interface PreparedTree {
  readonly findings: readonly Finding[];
  /** A check of level error failed. Without `force` the tree must not be written then. */
  readonly failed: boolean;
  readonly notes: readonly PrepareNote[];
  /** Why fixups can't be generated; the tree must not be written then. */
  readonly failure?: string;
  /** What to do about a tree that failed; dtc has no such hint. */
  readonly hint?: string;
}

/** Completes a live tree for the writers, in place. */
export function prepareTree(tree: LiveTree, options: PrepareOptions = {}): PreparedTree {
  const symbols = options.symbols ?? false;
  const references = new References(tree, { phandleFormat: options.phandleFormat, symbols });
  const levels = options.levels ?? new CheckLevels();
  const { findings, failed } = runChecks(tree, references, { levels, symbols });
  const notes: PrepareNote[] = [];
  if (failed && !options.force) {
    // An overlay without /plugin/ fails by its references to the base tree.
    const isOverlay = tree.root.children.some((child) => liveChildOf(child, '__overlay__'));
    return { findings, failed, notes, ...(isOverlay ? { hint: OVERLAY_HINT } : {}) };
  }
  const always = (text: string): void => {
    notes.push({ text, always: true });
  };
  const warn = (text: string): void => {
    notes.push({ text, always: false });
  };
  if (options.aliases) generateLabelTree(tree, references, 'aliases', false, always);
  labelsFromSymbols(tree, warn);
  if (symbols) generateLabelTree(tree, references, '__symbols__', true, always);
  const makesFixups = tree.plugin || options.fixups === true;
  if (makesFixups || liveChildOf(tree.root, '__fixups__') || liveChildOf(tree.root, '__local_fixups__')) {
    // Labels have changed since the checks.
    const current = new References(tree);
    markersFromFixups(tree, warn);
    markersFromLocalFixups(tree, current, warn);
    const problem = makesFixups ? generateFixups(tree, current, always) : undefined;
    if (problem) return { findings, failed, notes, failure: problem.failure };
    if (makesFixups) generateLocalFixups(tree, current, always);
  }
  if (options.sort) sortTree(tree);
  return { findings, failed, notes };
}
