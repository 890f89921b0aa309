/** The operators that load tables and take them out again (ACPI 6.5, 19.6; ACPICA exconfig.c). */
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

/** The bytes of a table that lies in a region or buffer. */
function tableBytes(m: Loading, source: RegionObject | BufferObject): Uint8Array {
  const byteAt = (i: number): number => {
    let byte: ByteValue | undefined;
    if (source instanceof BufferObject) byte = source.bytes[i];
    else if (isKnown(source.address)) byte = m.regions.read(SPACE.memory, source.address + BigInt(i));
    if (typeof byte === 'number') return byte;
    m.otherTables.loadUnknown();
    return m.abandon('what the table to be loaded holds is not known');
  };
  if (source instanceof RegionObject && source.space !== SPACE.memory)
    fault('AE_AML_OPERAND_TYPE', 'tables are loaded from memory');
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

/** Load and LoadTable have what their table's code gave behind their own operands: so many. */
const LOAD_OPERANDS = 2;
const LOAD_TABLE_OPERANDS = 6;

/** The handle of a table that is loaded, or what stands for none. */
function givenBy(operands: Operands, index: number): AmlValue | undefined {
  const given = operands.raw(index);
  return given instanceof TableHandle || typeof given === 'bigint' ? given : undefined;
}

/**
 * What a table is known by once it is loaded. Up to ACPI 6.3 that is a handle, which Unload takes; since 6.4 Load and
 * LoadTable say True. Asked once the table is there: where the path parts on it, it is loaded all the same.
 */
function loadedAs(m: Loading, loaded: AmlValue): AmlValue {
  return loaded instanceof TableHandle && !m.decide(m.profile.givesTableHandles) ? m.mask : loaded;
}

/** Runs the code of the table that is in the first operand. */
const beginLoad: Run<Loading> = (m, operands) => {
  const operand = operands.raw(-LOAD_OPERANDS);
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : undefined;
  const source = held instanceof RegionObject ? held : operands.value(-LOAD_OPERANDS);
  if (!(source instanceof RegionObject) && !(source instanceof BufferObject))
    return fault('AE_AML_OPERAND_TYPE', 'tables are loaded from regions and buffers');
  m.loader.load(tableBytes(m, source), m.root);
  return TAKEN;
};

/**
 * Stores what stands for the table, if it was loaded; one that can't be stored is unloaded again. As long as that is a
 * handle, Load has no result besides.
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

/** Names that LoadTable is given as strings. */
function namedBy(m: Places, path: string, scope: NamespaceNode | undefined): NamespaceNode {
  const name = parseName(path) ?? fault('AE_BAD_PATHNAME', `${path} is not a name`);
  return lookUp(m, name, scope) ?? fault('AE_NOT_FOUND', `${path} is not found`);
}

/** What a table is looked for by; an empty string is any. */
export interface WantedTable {
  readonly signature: string;
  readonly oemId: string;
  readonly oemTableId: string;
}

/** The first operands of LoadTable and DataTableRegion. @param first the place of the first of them */
export function wantedTable(operands: Operands, first = 0): WantedTable {
  return {
    signature: operands.text(first),
    oemId: operands.text(first + 1),
    oemTableId: operands.text(first + 2),
  };
}

/** The table of a signature, OEM id and OEM table id; ACPICA's AcpiTbFindTable. */
export function findTable(m: Loading, { signature, oemId, oemTableId }: WantedTable): AcpiTable | undefined {
  // ACPICA lets an exclamation mark end it.
  if (!/^[A-Z0-9_]{3}[A-Z0-9_!]$/.test(signature))
    fault('AE_BAD_SIGNATURE', `${signature} is not a signature`);
  if (oemId.length > 6 || oemTableId.length > 8) fault('AE_AML_STRING_LIMIT', 'an OEM id that is too long');
  return m.loader.find(signature, oemId, oemTableId);
}

/** Is there such a table that isn't among those given? */
export function isElsewhere(m: Places, { signature, oemId, oemTableId }: WantedTable): boolean {
  if (!m.otherTables.open) return false;
  const name = [signature, oemId, oemTableId].filter((text) => text !== '').join(' ');
  return m.decide(existsElsewhere(name));
}

/** The name LoadTable stores its last operand to, given where the table is loaded; undefined when none is named. */
function parameterOf(m: Places, root: string, path: string): NamespaceNode | undefined {
  if (path === '') return undefined;
  // A relative path starts where the table is loaded.
  return namedBy(m, path, /^[\\^]/.test(path) ? undefined : rootOf(m, root));
}

/** Where in the namespace LoadTable loads: below its fourth operand. */
function rootOf(m: Places, root: string): NamespaceNode {
  return root === '' ? m.root : namedBy(m, root, undefined);
}

const beginLoadTable: Run<Loading> = (m, operands) => {
  const at = -LOAD_TABLE_OPERANDS;
  const wanted = wantedTable(operands, at);
  const table = findTable(m, wanted);
  if (table === undefined) {
    if (!isElsewhere(m, wanted)) return 0n;
    return m.abandon('a table is loaded that is not there');
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
    // ACPICA has no rule to convert by here: exconvrt.c finds no target among LoadTable's operands.
    if (CONVERTED.has(type) && (data instanceof NamespaceNode || typeOf(data) !== type))
      fault('AE_AML_INTERNAL', `${parameter.path} takes no other type from LoadTable`);
    store(m, data, parameter, 'result');
  });
  return loaded;
};

const CONVERTED: ReadonlySet<number> = new Set([TYPE.integer, TYPE.string, TYPE.buffer]);

const unload: Run<Loading> = (m, operands) => {
  const operand = operands.raw(0);
  const held = operand instanceof NamespaceNode ? m.settle(operand.object) : operands.value(0);
  if (!(held instanceof TableHandle) || !held.valid)
    return fault('AE_AML_OPERAND_TYPE', 'Unload takes the handle of a table that is loaded');
  m.loader.unload(held);
  m.journal.set(held, 'valid', false);
  return undefined;
};

/** What Load and LoadTable do before they have their result. */
export const LOADING_OPERATORS: Operators<Loading> = {
  Load: beginLoad,
  LoadTable: beginLoadTable,
};

/** The operators themselves, with the table's code run where it was. */
export const TABLE_OPERATORS: Operators<Loading> = {
  Load: finishLoad,
  LoadTable: finishLoadTable,
  Unload: unload,
};
