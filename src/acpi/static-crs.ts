/**
 * `_CRS` objects as the tables declare them, without running anything: a plain buffer that nothing else names is
 * what it says; a method, and a buffer that code may write to, is `unknown`.
 */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { type DecodedTables, decodeTables } from './aml/tables.ts';
import type { CrsEntry } from './crs.ts';
import { hardwareIdText, uniqueIdText } from './hardware-id.ts';
import type { NamePath } from './name.ts';
import type { Declaration, DeclaredObject } from './namespace/declared.ts';
import { decodeTemplate } from './resources/decode.ts';
import { loadOrder } from './tables/read.ts';
import { spanIn } from './tables/records.ts';
import type { AcpiTable } from './tables/table.ts';
import { constantOf, isTerm, type Operand, Term } from './term.ts';

/** A declared buffer larger than this is no resource template. */
const MAX_TEMPLATE_LENGTH = 0x10000;

/** The entry of every `_CRS` that the tables declare, in the order of the namespace. */
export function staticCrs(tables: readonly AcpiTable[], sink: DiagnosticSink): CrsEntry[] {
  const decoded = decodeTables(loadOrder(tables), sink);
  const users = usersOfTemplates(decoded);
  const entries: CrsEntry[] = [];
  for (const object of decoded.namespace.all()) {
    if (object.segment !== '_CRS' || !object.parent) continue;
    const declaration = object.declarations[0];
    if (declaration) entries.push(entryOf(object, object.parent, declaration, users.get(object), sink));
  }
  return entries;
}

function entryOf(
  object: DeclaredObject,
  device: DeclaredObject,
  declaration: Declaration,
  user: Use | undefined,
  sink: DiagnosticSink,
): CrsEntry {
  const { term, table } = declaration;
  const common = {
    device: device.path,
    object: '_CRS',
    ...identityOf(device),
    table,
    span: spanIn(table, term.start, term.end),
  };
  const unknown = (why: string): CrsEntry => ({ ...common, status: 'unknown', why, resources: [] });
  if (declaration.conditional) return unknown('it is declared by code that may or may not run');
  if (isTerm(term, 'Method')) return unknown('it is a method, and nothing was run');
  const buffer = term.operands[1];
  if (!isTerm(term, 'Name') || !(buffer instanceof Term) || !isTerm(buffer, 'Buffer')) {
    return unknown(`it is declared by ${term.op.name}, not as a buffer`);
  }
  if (user) return unknown(`code names the buffer and may change it (${user.inside})`);
  const bytes = bufferBytes(buffer);
  if (!bytes) return unknown('the size of the buffer is computed');
  // Bytes past the initialiser have no place of their own: the buffer's end stands for them.
  const first = buffer.end - initialiserLength(buffer);
  const spanOf = (start: number, end: number) =>
    spanIn(table, Math.min(first + start, buffer.end), Math.min(first + end, buffer.end));
  const { resources } = decodeTemplate(bytes, { sink, path: object.path, spanOf });
  return { ...common, status: 'ok', bytes, resources };
}

function initialiserLength(buffer: Term): number {
  const list = buffer.operands[1];
  return list instanceof Uint8Array ? list.length : 0;
}

/** The bytes of a Buffer term: its initialiser, filled up with zeros to its size. */
function bufferBytes(buffer: Term): number[] | undefined {
  const [size, list] = buffer.operands;
  const length = size instanceof Term ? constantOf(size) : undefined;
  if (length === undefined || length > MAX_TEMPLATE_LENGTH || !(list instanceof Uint8Array)) return undefined;
  const bytes = Array.from(list);
  while (bytes.length < Number(length)) bytes.push(0);
  return bytes;
}

type Identity = Pick<CrsEntry, 'hid' | 'cid' | 'uid' | 'adr' | 'sta'>;

/** What the device's plain names say of it. A `_STA` that is a method isn't known. */
function identityOf(device: DeclaredObject): Identity {
  const value = (segment: string): bigint | string | readonly Term[] | undefined => {
    const term = device.children.get(segment)?.declarations[0]?.term;
    return term && isTerm(term, 'Name') ? plainValue(term.operands[1]) : undefined;
  };
  const hid = value('_HID');
  const cid = value('_CID');
  const uid = value('_UID');
  const adr = value('_ADR');
  const sta = value('_STA');
  const ids =
    cid === undefined
      ? []
      : isPlain(cid)
        ? [hardwareIdText(cid)]
        : cid
            .map((term) => plainValue(term))
            .filter(isPlain)
            .map(hardwareIdText);
  return {
    ...(isPlain(hid) ? { hid: hardwareIdText(hid) } : {}),
    ...(ids.length > 0 ? { cid: ids } : {}),
    ...(isPlain(uid) ? { uid: uniqueIdText(uid) } : {}),
    ...(typeof adr === 'bigint' ? { adr } : {}),
    ...(typeof sta === 'bigint' ? { sta } : device.children.get('_STA')?.kind ? { sta: null } : {}),
  };
}

function isPlain(value: bigint | string | readonly Term[] | undefined): value is bigint | string {
  return typeof value === 'bigint' || typeof value === 'string';
}

function plainValue(operand: Operand | undefined): bigint | string | readonly Term[] | undefined {
  if (!(operand instanceof Term)) return undefined;
  if (isTerm(operand, 'String')) return operand.operands[0] as string;
  if (isTerm(operand, 'Package')) return operand.operands[1] as readonly Term[];
  return constantOf(operand);
}

/** Where a template is named other than by its own declaration. */
interface Use {
  /** Path of the method or scope the code is in. */
  readonly inside: string;
}

/** Terms that open a scope; their first operand is its name. */
const SCOPES: ReadonlySet<string> = new Set([
  'Scope',
  'Device',
  'Processor',
  'PowerResource',
  'ThermalZone',
  'Method',
]);
/** Terms whose first operand declares a name. */
const DECLARERS: ReadonlySet<string> = new Set([...SCOPES, 'Name', 'External']);

/**
 * Every `_CRS` that some code names: to make fields in it, to store to it, to hand it to a method. Any of these may
 * change it, so none is told apart.
 */
function usersOfTemplates({ tables, namespace }: DecodedTables): Map<DeclaredObject, Use> {
  const users = new Map<DeclaredObject, Use>();
  for (const { terms } of tables) {
    const waiting: { operand: Operand; scope: DeclaredObject }[] = [...terms]
      .reverse()
      .map((operand) => ({ operand, scope: namespace.root }));
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { operand, scope } = next;
      if (Array.isArray(operand)) {
        for (const member of operand) if (member instanceof Term) waiting.push({ operand: member, scope });
      } else if (operand instanceof Term) {
        const { operands } = operand;
        const opens = SCOPES.has(operand.op.name);
        const inner = opens ? namespace.locate(scope, operands[0] as NamePath) : scope;
        const named = DECLARERS.has(operand.op.name) ? 1 : 0;
        for (const inside of operands.slice(named)) waiting.push({ operand: inside, scope: inner });
      } else if (isTemplateName(operand)) {
        const object = namespace.resolve(scope, operand);
        if (object) users.set(object, { inside: scope.path });
      }
    }
  }
  return users;
}

function isTemplateName(operand: Operand): operand is NamePath {
  return (
    typeof operand === 'object' &&
    operand !== null &&
    'segments' in operand &&
    operand.segments.at(-1) === '_CRS'
  );
}
