/** Loads the ACPI tables of a machine, as an operating system does at boot, and evaluates objects. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import { finding } from '../findings/finding.ts';
import { allOf, type Condition } from '../symbolic/index.ts';
import type { AcpiMachine } from './acpi-machine.ts';
import { type DecodedTables, decodeTables } from './aml/tables.ts';
import { Boot, callUnder } from './interpreter/boot.ts';
import { type AmlFault, faultDiagnostic } from './interpreter/state/fault.ts';
import type { AmlValue, NamespaceNode } from './interpreter/state/objects.ts';
import {
  acpiexecProfile,
  type OperatingSystem,
  PLAIN_SYSTEM,
  profileOf,
} from './interpreter/state/profile.ts';
import type { Fill } from './interpreter/state/regions.ts';
import type { TraceRecord } from './interpreter/state/trace.ts';
import { formatValue } from './interpreter/values/debug.ts';
import { findNode } from './namespace/lookup.ts';
import { loadOrder } from './tables/read.ts';
import { type AcpiTable, holdsAml } from './tables/table.ts';
import { formatName, type NamePath } from './terms/name.ts';

export { evaluateAllCrs, evaluateAllCrsAndIds, evaluateCrsOf } from './crs/evaluate-crs.ts';

export interface EvaluationOptions {
  /**
   * What memory and registers hold whose contents are not given: all bits zero, all ones, a byte, or a byte for each
   * space and address. Results are then those of ACPICA's acpiexec with that fill, its quirks included. By default such
   * contents are unknown.
   */
  readonly assume?: 'zero' | 'ones' | Fill;
  /**
   * The machine has no other tables. By default a name that none of the tables declares may be declared by another, and
   * what depends on it has conditions like `exists(\ZZZZ)`.
   */
  readonly complete?: boolean;
  /** The operating system that runs the code. Ignored with `assume`, which selects acpiexec. */
  readonly system?: OperatingSystem;
  /** Interfaces for which `_OSI` returns true, and under which condition; replaces those of `system`. */
  readonly interfaces?: ReadonlyMap<string, Condition>;
  /** Values of firmware fields, by name (`MG2B`) or path (`\_SB.PCI0.TOLM`). */
  readonly set?: ReadonlyMap<string, bigint>;
  /** Known contents of physical memory. */
  readonly memory?: readonly {
    readonly address: bigint;
    readonly bytes: Uint8Array;
    readonly source?: Source;
  }[];
}

/** A DSDT of a revision below 2 makes integers of all tables 32 bits wide (ACPI 6.5, 5.2.11.1 and 19.6.30). */
const WIDE_REVISION = 2;

/**
 * Loads the tables of one machine as an operating system does: runs their module-level code, then `_REG`, `_STA` and
 * `_INI`. A failure is reported to `sink`, and loading continues.
 */
export function loadMachine(
  tables: readonly AcpiTable[],
  options: EvaluationOptions,
  sink: DiagnosticSink,
): AcpiMachine {
  return startMachine(tables, decodeTables(loadOrder(tables), sink), options, sink);
}

/** As {@link loadMachine}, for tables that are decoded already. */
export function startMachine(
  tables: readonly AcpiTable[],
  decoded: DecodedTables,
  options: EvaluationOptions,
  sink: DiagnosticSink,
): AcpiMachine {
  const order = decoded.tables.map(({ table }) => table);
  const first = order.find((table) => table.signature === 'DSDT') ?? order[0];
  const system = options.system ?? PLAIN_SYSTEM;
  const profile = options.assume === undefined ? profileOf(system) : acpiexecProfile;
  const boot = new Boot(
    // acpiexec has no other tables of the machine than those with AML.
    options.assume === undefined ? tables : tables.filter(holdsAml),
    decoded,
    {
      narrow: first !== undefined && first.revision < WIDE_REVISION,
      fill: options.assume === 'zero' ? 0 : options.assume === 'ones' ? 0xff : options.assume,
      memory: options.memory ?? [],
      set: options.set ?? new Map(),
      complete: options.complete === true,
      profile:
        options.interfaces === undefined
          ? profile
          : { ...profile, interfaces: options.interfaces, removedAfterInit: [] },
    },
    sink,
  );
  boot.run();
  return { tables, sink, decoded, interpreter: boot.machine };
}

export interface EvalResult {
  /** The object's absolute path; `undefined` if it does not exist. */
  readonly path: string | undefined;
  readonly value: AmlValue | NamespaceNode | undefined;
  /** Why there is no value. */
  readonly fault: AmlFault | undefined;
  /** Paths that faulted, with their conditions. */
  readonly faults: readonly { readonly when: Condition; readonly fault: AmlFault }[];
  /** Calls, field accesses, Debug output and notifications, in order of execution. */
  readonly trace: readonly TraceRecord[];
  /** Lines that were stored to `Debug`. */
  readonly debug: readonly string[];
}

/** Evaluates the object at an absolute path. @param args arguments, if it is a method */
export function evaluate(machine: AcpiMachine, name: NamePath, args: readonly AmlValue[] = []): EvalResult {
  const { interpreter } = machine;
  const { root } = interpreter;
  const node = findNode(root, root, name, ({ object }) => object !== undefined);
  if (node === undefined) {
    machine.sink.add(finding('acpi/not-found', { name: formatName(name) }));
    return { path: undefined, value: undefined, fault: undefined, faults: [], trace: [], debug: [] };
  }
  const before = interpreter.trace.lines.length;
  const { result, trace } = interpreter.trace.during(() => callUnder(interpreter, node, args, 1n));
  const { value, fault, faults } = result;
  if (fault !== undefined) machine.sink.add(faultDiagnostic(fault, undefined, node.path));
  return {
    path: node.path,
    value,
    fault,
    faults: faults.map((failing) => ({ when: allOf([failing.when]), fault: failing.fault })),
    trace,
    debug: interpreter.trace.lines.slice(before),
  };
}

/** A value in ASL syntax. */
export function formatResult(value: AmlValue | NamespaceNode | undefined): string {
  return formatValue(value);
}
