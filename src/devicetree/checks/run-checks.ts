/**
 * The table of checks in dtc's order, their levels, and the run. As in dtc, some checks change the tree:
 * `phandle_references` writes phandles, `omit_unused_nodes` drops nodes. A live tree must have passed them before it is
 * written.
 */
import { limit, moreThan } from '../../limits/limits.ts';
import { type LiveNode, type LiveTree, walkLive } from '../live/live-tree.ts';
import type { References } from '../live/references.ts';
import { ADDRESS_MAP_CHECKS } from './address-map-checks.ts';
import { ADDRESS_CHECKS } from './bus-checks.ts';
import { type Check, type CheckContext, canFail, type Finding } from './check.ts';
import { GPIO_AND_INTERRUPT_CHECKS, GRAPH_CHECKS, PROVIDER_CHECKS } from './provider-checks.ts';
import {
  ALIAS_CHECKS,
  NAME_CHECKS,
  REFERENCE_CHECKS,
  STRICT_NAME_CHECKS,
  TESTING_CHECKS,
} from './structure-checks.ts';
import { CHOSEN_CHECKS, VALUE_CHECKS } from './value-checks.ts';

/** In the order in which they run; a prerequisite runs before the check that requires it. */
export const CHECKS: readonly Check[] = [
  ...NAME_CHECKS,
  ...REFERENCE_CHECKS,
  ...VALUE_CHECKS,
  ...STRICT_NAME_CHECKS,
  ...ADDRESS_CHECKS,
  ...CHOSEN_CHECKS,
  ...PROVIDER_CHECKS,
  ...GPIO_AND_INTERRUPT_CHECKS,
  ...ALIAS_CHECKS,
  ...GRAPH_CHECKS,
  ...TESTING_CHECKS,
  ...ADDRESS_MAP_CHECKS,
];

interface Switches {
  warning: boolean;
  error: boolean;
}

/** The names of all checks, for {@link CheckLevels}. */
export const CHECK_NAMES: readonly string[] = CHECKS.map(({ name }) => name);

/** Which checks are warnings and which are errors: dtc's -W and -E. */
export class CheckLevels {
  readonly #switches = new Map<string, Switches>(
    CHECKS.map(({ name, level }) => [name, { warning: level === 'warning', error: level === 'error' }]),
  );

  of(name: string): Readonly<Switches> {
    return this.#switches.get(name) ?? { warning: false, error: false };
  }

  /**
   * Applies the argument of one -W or -E: a check's name, prefixed with `no-` to switch it off. Enabling a check enables its
   * prerequisites; disabling one disables the checks that require it. False when there is no such check.
   */
  set(kind: 'warning' | 'error', argument: string): boolean {
    const off = /^no[-_]/.test(argument);
    const name = off ? argument.slice(3) : argument;
    if (!this.#switches.has(name)) return false;
    if (off) this.#lower(name, kind);
    else this.#raise(name, kind);
    return true;
  }

  #raise(name: string, kind: 'warning' | 'error'): void {
    const switches = this.#switches.get(name)!;
    if (switches[kind]) return;
    for (const required of CHECKS.find((check) => check.name === name)!.requires) this.#raise(required, kind);
    switches[kind] = true;
  }

  #lower(name: string, kind: 'warning' | 'error'): void {
    const switches = this.#switches.get(name)!;
    if (!switches[kind]) return;
    for (const check of CHECKS) if (check.requires.includes(name)) this.#lower(check.name, kind);
    switches[kind] = false;
  }
}

export interface CheckOptions {
  readonly levels: CheckLevels;
  readonly symbols: boolean;
}

export interface CheckResult {
  /** In the order in which they were found. */
  readonly findings: readonly Finding[];
  /** A check of level error failed. */
  readonly failed: boolean;
}

type Status = 'passed' | 'failed' | 'not-run';

class CheckRun {
  readonly findings: Finding[] = [];
  readonly #byName = new Map(CHECKS.map((check) => [check.name, check]));
  readonly #status = new Map<string, Status>();
  readonly #levels: CheckLevels;
  readonly #context: CheckContext;
  readonly #propertyNames = new Set<string>();
  /** Listed once: no check adds nodes, and deleted ones are skipped. */
  readonly #nodes: readonly LiveNode[];
  #current: Check = CHECKS[0]!;

  constructor(tree: LiveTree, references: References, options: CheckOptions) {
    this.#levels = options.levels;
    this.#nodes = [...walkLive(tree.root)];
    for (const node of this.#nodes) for (const { name } of node.properties) this.#propertyNames.add(name);
    const { findings } = this;
    this.#context = {
      tree,
      references,
      symbols: options.symbols,
      buses: new Map(),
      cells: new Map(),
      get full() {
        return findings.length > limit('check-findings');
      },
      fail: (node, message, property) => {
        this.#status.set(this.#current.name, 'failed');
        this.#report(this.#current, { message, node, ...(property ? { property } : {}) });
      },
    };
  }

  #report(check: Check, what: Pick<Finding, 'message' | 'node' | 'property'>): void {
    const { warning, error } = this.#levels.of(check.name);
    if ((!warning && !error) || this.findings.length > limit('check-findings')) return;
    if (this.findings.length === limit('check-findings')) {
      const message = `${moreThan('check-findings')}; the rest is left out`;
      this.findings.push({ check: check.name, level: error ? 'error' : 'warning', ...what, message });
      return;
    }
    this.findings.push({ check: check.name, level: error ? 'error' : 'warning', ...what });
  }

  /** Runs a check after its prerequisites; true when one of them or the check itself is an error that failed. */
  run(check: Check): boolean {
    let failed = false;
    if (!this.#status.has(check.name)) failed = this.#runNew(check);
    return failed || (this.#status.get(check.name) !== 'passed' && this.#levels.of(check.name).error);
  }

  #runNew(check: Check): boolean {
    let failed = false;
    for (const name of check.requires) {
      const required = this.#byName.get(name)!;
      // As in dtc's run_check(): after an error the other prerequisites are not run, and count as failed.
      failed ||= this.run(required);
      if (this.#status.get(name) !== 'passed') {
        this.#status.set(check.name, 'not-run');
        this.#report(check, { message: `Failed prerequisite '${name}'` });
      }
    }
    if (this.#status.has(check.name)) return failed;
    this.#status.set(check.name, 'passed');
    if (!canFail(check, this.#propertyNames)) return failed;
    this.#current = check;
    for (const node of this.#nodes) if (!node.deleted) check.visit(node, this.#context);
    return failed;
  }

  runAll(): boolean {
    let failed = false;
    for (const check of CHECKS) {
      const { warning, error } = this.#levels.of(check.name);
      // The first error ends the run, as in dtc.
      if (warning || error) failed ||= this.run(check);
    }
    return failed;
  }
}

/** Runs the enabled checks. Those that resolve references change the tree. */
export function runChecks(tree: LiveTree, references: References, options: CheckOptions): CheckResult {
  const run = new CheckRun(tree, references, options);
  const failed = run.runAll();
  return { findings: run.findings, failed };
}
