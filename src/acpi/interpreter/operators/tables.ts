/** Operators that load and unload tables (ACPI 6.5, 19.6; ACPICA exconfig.c). */
import { limit } from '../../../limits/limits.ts';
import { type ByteValue, isKnown } from '../../../symbolic/index.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../../tables/table.ts';
import { parseName } from '../../terms/name.ts';
import { AmlFault, fault } from '../state/fault.ts';
import { type Loading, type Operators, type Places, type Run, TAKEN } from '../state/machine.ts';
import {
  type AmlValue,
  BufferObject,
  NamespaceNode,
  RegionObject,
  TableHandle,
  TYPE,
  typeOf,
} from '../state/objects.ts';
import type { Operands } from '../state/operands.ts';
import { SPACE } from '../state/regions.ts';
import { existsElsewhere } from '../values/foreign.ts';
import { lookUp } from '../values/names.ts';
import { store } from '../values/store.ts';

/** The bytes of a table in a region or buffer. */
function tableBytes(m: Loading, source: RegionObject | BufferObject): Uint8Array {
  const byteAt = (i: number): number => {
    let byte: ByteValue | undefined;
    if (source instanceof BufferObject) byte = source.bytes[i];
    else if (isKnown(source.address)) byte = m.regions.read(SPACE.memory, source.address + BigInt(i));
    if (typeof byte === 'number') return byte;
    m.otherTables.loadUnknown();
    return m.abandon('the contents of the table to be loaded are unknown');
  };
  if (source instanceof RegionObject && source.space !== SPACE.memory)
    fault('AE_AML_OPERAND_TYPE', 'tables can be loaded from SystemMemory regions only');
  if (source instanceof BufferObject && source.bytes.length < TABLE_HEADER_LENGTH)
    fault('AE_INVALID_TABLE_LENGTH', 'a buffer too short for a table');
  const length = byteAt(4) + byteAt(5) * 0x100 + byteAt(6) * 0x10000 + byteAt(7) * 0x1000000;
  if (length < TABLE_HEADER_LENGTH || length > limit('evaluation-bytes'))
    fault('AE_INVALID_TABLE_LENGTH', `a table of ${length} bytes`);
  if (source instanceof BufferObject && length > source.bytes.length)
    fault('AE_AML_BUFFER_LIMIT', 'a table that is longer than its buffer');
  m.budget.allocate(length);
  return Uint8Array.from({ length }, (_, i) => byteAt(i));
}

/** Number of operands of Load and LoadTable; the result of the table's code follows them on the stack. */
const LOAD_OPERANDS = 2;
const LOAD_TABLE_OPERANDS = 6;

/** The result of loading: a handle, 0 for none, or `undefined` after a fault. */
function givenBy(operands: Operands, index: number): AmlValue | undefined {
  const given = operands.raw(index);
  return given instanceof TableHandle || typeof given === 'bigint' ? given : undefined;
}

/**
 * The result of Load and LoadTable: up to ACPI 6.3 a handle for Unload, since 6.4 True. This may fork, so it is called
 * after the table is loaded.
 */
function loadedAs(m: Loading, loaded: AmlValue): AmlValue {
  return loaded instanceof TableHandle && !m.decide(m.profile.givesTableHandles) ? m.mask : loaded;
}

/** Loads the table in the first operand and pushes a frame for its code. */
const beginLoad: Run<Loading> = (m, operands) => {
  const operand = operands.raw(-LOAD_OPERANDS);
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : undefined;
  const source = held instanceof RegionObject ? held : operands.value(-LOAD_OPERANDS);
  if (!(source instanceof RegionObject) && !(source instanceof BufferObject))
    return fault('AE_AML_OPERAND_TYPE', 'tables can be loaded from regions and buffers only');
  m.loader.load(tableBytes(m, source), m.root);
  return TAKEN;
};

/**
 * Stores the result of loading, if the table was loaded. If storing fails, the table is unloaded again. With a handle,
 * Load itself yields no value.
 */
const finishLoad: Run<Loading> = (m, operands) => {
  const given = givenBy(operands, LOAD_OPERANDS);
  if (given === undefined) return undefined;
  const loaded = loadedAs(m, given);
  m.resumeOwner();
  storeOrUnload(m, loaded, () => operands.store(1, loaded, 'result'));
  return loaded instanceof TableHandle ? undefined : m.mask;
};

function storeOrUnload(m: Loading, loaded: AmlValue, put: () => void): void {
  try {
    put();
  } catch (thrown) {
    if (thrown instanceof AmlFault && loaded instanceof TableHandle) m.loader.unload(loaded);
    throw thrown;
  }
}

/** The node of a path that LoadTable has as a string. */
function namedBy(m: Places, path: string, scope: NamespaceNode | undefined): NamespaceNode {
  const name = parseName(path) ?? fault('AE_BAD_PATHNAME', `${path} is not a name`);
  return lookUp(m, name, scope) ?? fault('AE_NOT_FOUND', `${path} is not found`);
}

/** Search criteria for a table; an empty string matches any. */
export interface WantedTable {
  readonly signature: string;
  readonly oemId: string;
  readonly oemTableId: string;
}

/** The search criteria of LoadTable or DataTableRegion. @param first index of the first operand */
export function wantedTable(operands: Operands, first = 0): WantedTable {
  return {
    signature: operands.text(first),
    oemId: operands.text(first + 1),
    oemTableId: operands.text(first + 2),
  };
}

/** Finds a table like ACPICA's AcpiTbFindTable. */
export function findTable(m: Loading, { signature, oemId, oemTableId }: WantedTable): AcpiTable | undefined {
  // ACPICA accepts an exclamation mark at the end.
  if (!/^[A-Z0-9_]{3}[A-Z0-9_!]$/.test(signature))
    fault('AE_BAD_SIGNATURE', `${signature} is not a signature`);
  if (oemId.length > 6 || oemTableId.length > 8) fault('AE_AML_STRING_LIMIT', 'an OEM ID is too long');
  return m.loader.find(signature, oemId, oemTableId);
}

/** Whether such a table exists that is not among the given ones. */
export function isElsewhere(m: Places, { signature, oemId, oemTableId }: WantedTable): boolean {
  if (!m.otherTables.open) return false;
  const name = [signature, oemId, oemTableId].filter((text) => text !== '').join(' ');
  return m.decide(existsElsewhere(name));
}

/** The name to which LoadTable stores its last operand; `undefined` if there is none. */
function parameterOf(m: Places, root: string, path: string): NamespaceNode | undefined {
  if (path === '') return undefined;
  // A relative path starts at the scope where the table is loaded.
  return namedBy(m, path, /^[\\^]/.test(path) ? undefined : rootOf(m, root));
}

/** The scope where LoadTable loads the table: its fourth operand. */
function rootOf(m: Places, root: string): NamespaceNode {
  return root === '' ? m.root : namedBy(m, root, undefined);
}

const beginLoadTable: Run<Loading> = (m, operands) => {
  const at = -LOAD_TABLE_OPERANDS;
  const wanted = wantedTable(operands, at);
  const table = findTable(m, wanted);
  if (table === undefined) {
    if (!isElsewhere(m, wanted)) return 0n;
    return m.abandon('LoadTable of a table that is not given');
  }
  const root = operands.text(at + 3);
  const scope = rootOf(m, root);
  parameterOf(m, root, operands.text(at + 4));
  m.loader.loadFound(table, scope);
  return TAKEN;
};

const finishLoadTable: Run<Loading> = (m, operands) => {
  const given = givenBy(operands, LOAD_TABLE_OPERANDS);
  if (given === undefined || given === 0n) return given;
  const loaded = loadedAs(m, given);
  m.resumeOwner();
  const parameter = parameterOf(m, operands.text(3), operands.text(4));
  if (parameter === undefined) return loaded;
  storeOrUnload(m, loaded, () => {
    const data = operands.value(5);
    const held = m.settle(parameter.object);
    const type = held === undefined ? TYPE.uninitialized : typeOf(held);
    // ACPICA cannot convert here: exconvrt.c finds no target among LoadTable's operands.
    if (CONVERTED.has(type) && (data instanceof NamespaceNode || typeOf(data) !== type))
      fault('AE_AML_INTERNAL', `LoadTable cannot convert its parameter to the type of ${parameter.path}`);
    store(m, data, parameter, 'result');
  });
  return loaded;
};

const CONVERTED: ReadonlySet<number> = new Set([TYPE.integer, TYPE.string, TYPE.buffer]);

const unload: Run<Loading> = (m, operands) => {
  const operand = operands.raw(0);
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : operands.value(0);
  if (!(held instanceof TableHandle) || !held.valid)
    return fault('AE_AML_OPERAND_TYPE', 'Unload needs the handle of a loaded table');
  m.loader.unload(held);
  m.journal.set(held, 'valid', false);
  return undefined;
};

/** The first parts of Load and LoadTable, which push the table's code. */
export const LOADING_OPERATORS: Operators<Loading> = {
  Load: beginLoad,
  LoadTable: beginLoadTable,
};

/** Unload, and the second parts of Load and LoadTable after the table's code. */
export const TABLE_OPERATORS: Operators<Loading> = {
  Load: finishLoad,
  LoadTable: finishLoadTable,
  Unload: unload,
};
