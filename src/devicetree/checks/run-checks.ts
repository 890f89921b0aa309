/**
 * The table of checks in dtc's order, who is switched on, and the run itself. Some checks also do something, as in dtc:
 * `phandle_references` writes phandles, `omit_unused_nodes` drops nodes. So running the checks is how a live tree gets
 * ready to be written.
 */
import { limit, moreThan } from '../../limits/limits.ts';
import { type LiveNode, type LiveTree, walkLive } from '../live/live-tree.ts';
import type { References } from '../live/references.ts';
import { ADDRESS_MAP_CHECKS } from './address-map-checks.ts';
import { ADDRESS_CHECKS } from './bus-checks.ts';
import type { Check, CheckContext, Finding } from './check.ts';
import { GPIO_AND_INTERRUPT_CHECKS, GRAPH_CHECKS, PROVIDER_CHECKS } from './provider-checks.ts';
import {
  ALIAS_CHECKS,
  NAME_CHECKS,
  REFERENCE_CHECKS,
  STRICT_NAME_CHECKS,
  TESTING_CHECKS,
} from './structure-checks.ts';
import { CHOSEN_CHECKS, VALUE_CHECKS } from './value-checks.ts';

/** In the order in which they run, unless a prerequisite asks for an earlier turn. */
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

/** What dtc calls its checks, for {@link CheckLevels}. */
export const CHECK_NAMES: readonly string[] = CHECKS.map(({ name }) => name);

/** Which checks warn and which are errors: dtc's -W and -E. */
export class CheckLevels {
  readonly #switches = new Map<string, Switches>(
    CHECKS.map(({ name, level }) => [name, { warning: level === 'warning', error: level === 'error' }]),
  );

  of(name: string): Readonly<Switches> {
    return this.#switches.get(name) ?? { warning: false, error: false };
  }

  /**
   * Carries out the argument of one -W or -E: a check's name, with `no-` before it to switch off. Raising a check raises
   * what it requires, lowering one lowers what requires it. False when no check has the name.
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
  /** In the order in which they were made. */
  readonly findings: readonly Finding[];
  /** A check that counts as an error failed. */
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
  /** No check adds nodes; some delete them. */
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

  /** Runs a check after what it requires; true when that made an error. */
  run(check: Check): boolean {
    let failed = false;
    if (!this.#status.has(check.name)) failed = this.#runNew(check);
    return failed || (this.#status.get(check.name) !== 'passed' && this.#levels.of(check.name).error);
  }

  #runNew(check: Check): boolean {
    let failed = false;
    for (const name of check.requires) {
      const required = this.#byName.get(name)!;
      // After an error the other prerequisites are not even tried, and count as failed.
      failed ||= this.run(required);
      if (this.#status.get(name) !== 'passed') {
        this.#status.set(check.name, 'not-run');
        this.#report(check, { message: `Failed prerequisite '${name}'` });
      }
    }
    if (this.#status.has(check.name)) return failed;
    this.#status.set(check.name, 'passed');
    if (!this.#mayFail(check)) return failed;
    this.#current = check;
    for (const node of this.#nodes) if (!node.deleted) check.visit(node, this.#context);
    return failed;
  }

  #mayFail({ concerns }: Check): boolean {
    if (concerns === undefined) return true;
    if (typeof concerns === 'string') return this.#propertyNames.has(concerns);
    for (const name of this.#propertyNames) if (concerns.test(name)) return true;
    return false;
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

/** Runs the checks that are switched on. The tree is changed by those that resolve references. */
export function runChecks(tree: LiveTree, references: References, options: CheckOptions): CheckResult {
  const run = new CheckRun(tree, references, options);
  const failed = run.runAll();
  return { findings: run.findings, failed };
}
