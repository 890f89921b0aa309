/**
 * Boots a machine: creates predefined names, loads tables in order with their module-level code, and executes `_REG`,
 * `_STA` and `_INI` in the order of ACPICA's acpiexec 20200925.
 */

import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import {
  bitsOf,
  type Condition,
  choose,
  gather,
  isKnown,
  not,
  type Quantity,
  truth,
} from '../../symbolic/index.ts';
import { type DecodedTables, decodeMore } from '../aml/tables.ts';
import { eisaIdText } from '../asl/values/eisa-id.ts';
import { byteSum } from '../tables/read.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../tables/table.ts';
import { OPCODES } from '../terms/opcodes.ts';
import { Term } from '../terms/term.ts';
import { Interpreter } from './interpreter.ts';
import { conditionsMerged } from './paths/merge.ts';
import { ForkSignal } from './paths/paths.ts';
import { CONTROLS } from './plan/controls.ts';
import { AmlFault, fault, faultDiagnostic } from './state/fault.ts';
import type { Evaluation, InterpreterOptions, TableLoader } from './state/machine.ts';
import {
  type AmlValue,
  Choice,
  ForeignObject,
  integer,
  MethodObject,
  MutexObject,
  NamespaceNode,
  RegionObject,
  ScopeObject,
  StringObject,
  TableHandle,
  TYPE,
  typeOf,
  UnknownInteger,
} from './state/objects.ts';
import { SPACE } from './state/regions.ts';
import { withdrawTable } from './values/names.ts';
import { settleElement } from './values/values.ts';

/** Bit numbers of `_STA` (ACPI 6.5, 6.3.7). */
const PRESENT = 0;
const FUNCTIONING = 3;
/** Second argument of `_REG`: connect the handler (ACPI 6.5, 6.5.4). */
const CONNECT = 1n;
/** Cost in budgeted bytes of decoding one byte of a loaded table, so that code which loads and unloads in a loop ends. */
const TERM_BYTES = 128;

/**
 * Instructions that an evaluation may execute: a minimum, and a number for each byte of AML. The longest loop of real
 * firmware has 100,000 iterations and needs 42 instructions for each byte of the machine's AML.
 */
const FEWEST_STEPS = 3_000_000;
const STEPS_PER_BYTE = 300;
/** Budget of all evaluations together, in multiples of that of one. */
const STEPS_OF_MACHINE = 4;

/** Predefined scopes (ACPI 6.5, 5.3.1) with their types in ACPICA (utglobal.c, acpi_gbl_pre_defined_names). */
const SCOPES: readonly (readonly [string, number])[] = [
  ['_GPE', TYPE.scope],
  ['_PR_', TYPE.scope],
  ['_SB_', TYPE.device],
  ['_SI_', TYPE.scope],
  ['_TZ_', TYPE.device],
];

export class Boot {
  readonly machine: Interpreter;
  readonly #decoded: DecodedTables;
  readonly #sink: DiagnosticSink;
  readonly #loaded = new Set<AcpiTable>();
  /** Tables loaded by code, by handle number. */
  readonly #loadedAs = new Map<number, AcpiTable>();
  #owners = 0;
  /** Interfaces for which `_OSI` currently returns true, and under which condition. */
  readonly #interfaces: Map<string, Condition>;

  /**
   * @param tables all tables of the machine @param decoded those with AML, in load order
   */
  constructor(
    tables: readonly AcpiTable[],
    decoded: DecodedTables,
    options: InterpreterOptions,
    sink: DiagnosticSink,
  ) {
    this.#decoded = decoded;
    this.#sink = sink;
    this.#interfaces = new Map(options.profile.interfaces);
    conditionsMerged();
    const machine = new Interpreter(options, CONTROLS, {
      declared: decoded.namespace,
      loader: this.#loaderOf(tables),
      onTableFault: (why, table) => this.#report(why, table?.name ?? 'a table'),
    });
    this.machine = machine;
    const bytes = decoded.tables.reduce((sum, { table }) => sum + table.bytes.length, 0);
    machine.budget.maxSteps = Math.min(limit('evaluation-steps'), FEWEST_STEPS + STEPS_PER_BYTE * bytes);
    // A simulation, which has known contents, has no total budget, like acpiexec.
    if (machine.journal.active) machine.budget.left = STEPS_OF_MACHINE * machine.budget.maxSteps;
    this.#predefine();
  }

  #loaderOf(tables: readonly AcpiTable[]): TableLoader {
    return {
      find: (signature, oemId, oemTableId) =>
        tables.find(
          (table) =>
            table.signature === signature &&
            (oemId === '' || isText(table, OEM_ID, 6, oemId)) &&
            (oemTableId === '' || isText(table, OEM_TABLE_ID, 8, oemTableId)),
        ),
      load: (bytes, scope) => this.#load(this.#tableOf(bytes), scope),
      loadFound: (table, scope) => {
        if (this.#loaded.has(table)) fault('AE_ALREADY_EXISTS', `${table.name} is loaded already`);
        this.#load(table, scope);
      },
      unload: (handle) => this.#unload(handle),
    };
  }

  #predefine(): void {
    const { machine } = this;
    const { root, profile } = machine;
    for (const [segment, type] of SCOPES) root.child(segment).object = new ScopeObject(type, undefined);
    root.child('_REV').object = profile.revision;
    root.child('_OS_').object = new StringObject(profile.os);
    root.child('_GL_').object = new MutexObject(0);
    if (profile.hasOsi)
      root.child('_OSI').object = new MethodObject(undefined, undefined, 1, ([asked]) => this.#osi(asked));
  }

  #osi(asked: AmlValue | undefined): AmlValue {
    const { machine } = this;
    if (!(asked instanceof StringObject)) return fault('AE_TYPE', '_OSI takes a string');
    const text = asked.text ?? machine.abandon('_OSI of an unknown string');
    const when = this.#interfaces.get(text) ?? 0n;
    if (when === 0n) return 0n;
    if (text.startsWith('Windows')) this.#askedWindows = true;
    return isKnown(when) ? machine.mask : integer(choose(when, machine.mask, 0n));
  }

  #askedWindows = false;

  #report(why: AmlFault, where: string, path?: string): void {
    this.#sink.add(faultDiagnostic(why, where, path));
  }

  // ---- tables

  /** Loads all tables, then initializes regions and devices. */
  run(): void {
    const { machine } = this;
    for (const { table, terms } of this.#decoded.tables) {
      this.#loaded.add(table);
      this.#owners += 1;
      const owner = this.#owners;
      const result = machine.evaluate(() =>
        machine.enterTable(table, blockOf(terms, table), machine.root, owner),
      );
      if (result.fault !== undefined) this.#report(result.fault, table.name);
      this.#settlePackages();
    }
    machine.handlers.endLoading();
    this.#initialise();
    if (machine.profile.testsItself) this.#testSelf();
    machine.handlers.cutPorts(this.#askedWindows);
    if (machine.otherTables.unknown)
      this.#sink.add(finding('acpi/table-loaded-unknown', {}, { path: '\\_SB' }));
  }

  /** Resolves names in packages of module-level code, now that the table is loaded. */
  #settlePackages(): void {
    for (const open of this.machine.takeOpenPackages()) {
      for (let i = 0; i < open.elements.length; i++) {
        try {
          settleElement(this.machine, open, i);
        } catch (thrown) {
          // Otherwise the name is resolved on use.
          if (!(thrown instanceof ForkSignal || thrown instanceof AmlFault)) throw thrown;
        }
      }
    }
  }

  #tableOf(bytes: Uint8Array): AcpiTable {
    const text = (start: number, length: number): string =>
      String.fromCharCode(...bytes.subarray(start, start + length));
    const signature = text(0, 4);
    // As in ACPICA, a wrong checksum prevents loading only for tables that code loads.
    if ((byteSum(bytes) & 0xff) !== 0)
      fault('AE_BAD_CHECKSUM', 'the checksum of the table to be loaded is wrong');
    if (!/^(SSDT|PSDT|OEM.)$/.test(signature))
      fault('AE_BAD_SIGNATURE', 'the table to be loaded is not an SSDT, PSDT or OEM table');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const same = [...this.#loaded].some(
      (table) => table.bytes.length === bytes.length && table.bytes.every((byte, i) => byte === bytes[i]),
    );
    if (same) fault('AE_ALREADY_EXISTS', 'the table is loaded already');
    const name = `${signature} loaded by code`;
    return {
      name,
      signature,
      length: bytes.length,
      revision: bytes[8] ?? 0,
      checksumOk: undefined,
      oemId: text(10, 6),
      oemTableId: text(16, 8),
      oemRevision: view.getUint32(24, true),
      creatorId: text(28, 4),
      creatorRevision: view.getUint32(32, true),
      bytes,
      source: { name, form: 'blob', bytes },
      offset: 0,
    };
  }

  #load(table: AcpiTable, scope: NamespaceNode): void {
    if (this.#loadedAs.size >= limit('loaded-tables'))
      fault('AE_OWNER_ID_LIMIT', `${moreThan('loaded-tables')} are loaded`);
    const { machine } = this;
    machine.budget.charge(TERM_BYTES * table.bytes.length);
    this.#loaded.add(table);
    this.#owners += 1;
    const terms = decodeMore(this.#decoded, table);
    this.#loadedAs.set(this.#owners, table);
    machine.enterTable(table, blockOf(terms, table), scope, this.#owners, new TableHandle(this.#owners));
  }

  #unload(handle: TableHandle): void {
    const { machine } = this;
    const table = this.#loadedAs.get(handle.index) ?? fault('AE_NOT_EXIST', 'the table is unloaded already');
    this.#loadedAs.delete(handle.index);
    this.#loaded.delete(table);
    withdrawTable(machine, handle.index);
  }

  // ---- initialisation

  #initialise(): void {
    const { machine } = this;
    // acpiexec looks for devices by ID before it initializes them, Linux when it enumerates them.
    if (machine.profile.testsItself) for (const node of this.#nodes(TYPE.device)) this.#askForIds(node);
    this.#connectControllers();
    for (const node of this.#nodes(TYPE.region)) {
      const region = node.object;
      if (!(region instanceof RegionObject) || !LATE_SPACES.has(region.space)) continue;
      const connect = node.parent?.children.get('_REG');
      if (connect?.object !== undefined) this.call(connect, [BigInt(region.space), CONNECT]);
    }
    const init = machine.root.children.get('_INI');
    if (init?.object !== undefined) this.call(init, []);
    const bus = machine.root.children.get('_SB_');
    const busInit = bus?.children.get('_INI');
    if (busInit?.object !== undefined) this.call(busInit, []);
    this.#initialiseDevices(bus);
    if (!machine.profile.testsItself) this.#enumerate();
  }

  /**
   * Evaluates what Linux evaluates for every device, present or not, before any `_CRS` (drivers/acpi/scan.c,
   * acpi_bus_check_add): some of these methods have side effects.
   */
  #enumerate(): void {
    for (const type of [TYPE.device, TYPE.processor])
      for (const node of this.#nodes(type)) {
        const sta = node.children.get('_STA');
        if (sta !== undefined && typeOfNode(sta) === TYPE.method) this.#status(node);
        this.#askForIds(node);
      }
  }

  /** Executes `_HID` and `_CID` methods, as a search for devices by ID does. */
  #askForIds(node: NamespaceNode): void {
    const [hid, cid] = ['_HID', '_CID'].map((name) => node.children.get(name));
    if (hid?.object === undefined) return;
    if (typeOfNode(hid) === TYPE.method && this.call(hid, []).fault !== undefined) return;
    if (cid !== undefined && typeOfNode(cid) === TYPE.method) this.call(cid, []);
  }

  /** Calls `_REG` of present embedded controllers, whose default handler is the only one with a `_REG`. */
  #connectControllers(): void {
    for (const node of this.#nodes(TYPE.device)) {
      const connect = node.children.get('_REG');
      if (connect?.object === undefined || !this.#isController(node)) continue;
      const present = this.#status(node);
      if (present === undefined || present.functioning === 0n) continue;
      this.call(connect, [BigInt(SPACE.embeddedController), CONNECT], present.functioning);
    }
  }

  #isController(node: NamespaceNode): boolean {
    const id = node.children.get('_HID')?.object;
    if (id instanceof StringObject) return id.text === 'PNP0C09';
    return typeof id === 'bigint' && eisaIdText(id) === 'PNP0C09';
  }

  /**
   * Executes `_STA` and then `_INI` of every device that has an `_INI` at or below it. A device that is neither present
   * nor functioning is skipped with its children.
   */
  #initialiseDevices(bus: NamespaceNode | undefined): void {
    const { machine } = this;
    const wanted = this.#withInit();
    const pending: { node: NamespaceNode; when: Quantity }[] = [{ node: machine.root, when: 1n }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { node } = next;
      let when: Quantity = next.when;
      const type = typeOfNode(node);
      if (node !== machine.root) {
        if (type === undefined) continue;
        if (type === TYPE.device || type === TYPE.processor || type === TYPE.thermalZone) {
          if (!wanted.has(node)) continue;
          const status = this.#status(node, when);
          if (status !== undefined) {
            const present = machine.paths.decided(status.present);
            const functioning = machine.paths.decided(status.functioning);
            if (present === 0n && functioning === 0n) continue;
            const init = node.children.get('_INI');
            if (present !== 0n && node !== bus && init?.object !== undefined)
              this.call(init, [], both(when, present));
            when = both(when, gather('any', [present, functioning]));
          }
        }
      }
      for (const child of lastFirst(node)) pending.push({ node: child, when });
    }
  }

  /**
   * acpiexec's self-tests (AeMiscellaneousTests), as far as they have effects: they evaluate sleep states, remove an
   * interface, and evaluate `_STA` of every device unless an ancestor is neither present nor functioning or its `_STA`
   * fails (AcpiNsGetDeviceCallback).
   */
  #testSelf(): void {
    const { root, profile } = this.machine;
    for (let state = 0; state <= 5; state++) {
      const sleep = root.children.get(`_S${state}_`);
      if (sleep?.object !== undefined) this.call(sleep, []);
    }
    for (const text of profile.removedAfterInit) this.#interfaces.delete(text);
    const pending: NamespaceNode[] = [root];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (typeOfNode(node) === TYPE.device) {
        const status = this.#status(node);
        if (status === undefined || (status.present === 0n && status.functioning === 0n)) continue;
      }
      pending.push(...lastFirst(node));
    }
  }

  /** Devices with an `_INI`, and all ancestors. */
  #withInit(): Set<NamespaceNode> {
    const wanted = new Set<NamespaceNode>();
    const pending: NamespaceNode[] = [this.machine.root];
    for (let node = pending.pop(); node; node = pending.pop()) {
      for (const child of node.children.values()) {
        pending.push(child);
        if (child.segment !== '_INI' || child.object === undefined) continue;
        const type = typeOfNode(node);
        if (type !== TYPE.device && type !== TYPE.processor && type !== TYPE.thermalZone) continue;
        for (let at: NamespaceNode | undefined = node; at; at = at.parent) wanted.add(at);
      }
    }
    return wanted;
  }

  /** Evaluates `_STA`: conditions for present and functioning; `undefined` if it fails. */
  #status(
    node: NamespaceNode,
    when: Quantity = 1n,
  ): { present: Quantity; functioning: Quantity } | undefined {
    const sta = node.children.get('_STA');
    if (sta?.object === undefined) return { present: 1n, functioning: 1n };
    // A device without `_STA` is present and functioning.
    const hasStatus = existenceOf(sta);
    const { value, fault: failed, faults } = this.call(sta, [], both(when, hasStatus));
    if (failed !== undefined || value === undefined || value instanceof NamespaceNode) return undefined;
    const bits = numberOf(value);
    if (bits === undefined) return undefined;
    // On paths where it faults, the device is not initialized.
    const fine = faults.reduce<Quantity>((left, { when: failing }) => both(left, not(failing)), 1n);
    const statusBit = (bit: number): Quantity =>
      gather('any', [not(hasStatus), both(fine, truth(bitsOf(bits, bit, 1)))]);
    return { present: statusBit(PRESENT), functioning: statusBit(FUNCTIONING) };
  }

  /** Every node with an object of a type, parents first. */
  *#nodes(type: number): Generator<NamespaceNode> {
    const pending: NamespaceNode[] = [this.machine.root];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (typeOfNode(node) === type) yield node;
      pending.push(...lastFirst(node));
    }
  }

  /**
   * Evaluates an object: calls a method, reads a field, or returns the object. @param when condition under which its side
   * effects take place
   */
  call(node: NamespaceNode, args: readonly AmlValue[], when: Quantity = 1n): Evaluation {
    return callUnder(this.machine, node, args, when);
  }
}

/** As {@link Boot.call}. */
export function callUnder(
  machine: Interpreter,
  node: NamespaceNode,
  args: readonly AmlValue[],
  when: Quantity,
): Evaluation {
  return machine.evaluateUnder(when, () => machine.enterObject(node, args));
}

/** Address spaces whose handlers are installed after the tables are loaded; their `_REG` is called then. */
const LATE_SPACES: ReadonlySet<number> = new Set([
  SPACE.smbus,
  SPACE.cmos,
  SPACE.pciBar,
  SPACE.ipmi,
  SPACE.gpio,
  SPACE.serialBus,
  SPACE.pcc,
  SPACE.fixedHardware,
]);

/** Offsets in a table's header. */
const OEM_ID = 10;
const OEM_TABLE_ID = 16;

/** Whether a header field is exactly this text, padded with NULs. Blanks count, as in ACPICA's AcpiTbFindTable. */
function isText({ bytes }: AcpiTable, at: number, length: number, text: string): boolean {
  return Array.from({ length }, (_, i) => bytes[at + i] ?? 0).every(
    (byte, i) => byte === (i < text.length ? text.charCodeAt(i) : 0),
  );
}

/** A table's terms as one term for the plan compiler: an Else, whose only operand is a list. */
function blockOf(terms: readonly Term[], table: AcpiTable): Term {
  return new Term(OPCODES.Else, [terms], TABLE_HEADER_LENGTH, table.bytes.length);
}

/** The children of a node in reverse order, so that the first is on top of a stack. */
function lastFirst(node: NamespaceNode): readonly NamespaceNode[] {
  return node.children.size === 0 ? NO_NODES : [...node.children.values()].reverse();
}

const NO_NODES: readonly NamespaceNode[] = [];

/** The type of a node's object; of a Choice, that of its first existing side. `undefined` if there is none. */
export function typeOfNode(node: NamespaceNode): number | undefined {
  let object = node.object;
  for (let i = 0; i < 64 && object instanceof Choice; i++) object = object.yes ?? object.no;
  return object === undefined || object instanceof Choice ? undefined : typeOf(object);
}

/** The condition under which a node's object exists: 0, 1 or an expression. */
export function existenceOf(node: NamespaceNode): Quantity {
  const walk = (object: AmlValue | undefined): Quantity => {
    if (object === undefined) return 0n;
    if (!(object instanceof Choice)) return 1n;
    return choose(object.when, walk(object.yes), walk(object.no));
  };
  return walk(node.object);
}

function numberOf(value: AmlValue): Quantity | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof UnknownInteger || value instanceof ForeignObject ? value.value : undefined;
}

function both(a: Quantity, b: Quantity): Quantity {
  return gather('all', [a, b]);
}
