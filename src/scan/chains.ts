/**
 * Follows the RSDP to the tables: in a dump of memory, tables refer to each other by physical address. If the address of the
 * dump's first byte is unknown, it is computed from an RSDP and the root table that it points to.
 */
import { littleEndian } from '../containers/access.ts';
import type { Find } from './find.ts';
import { type Run, WORK_OF_PLACE, workOfSum } from './run.ts';
import type { Space } from './space.ts';
import { checksumHolds, rootPointerAt, type TableHeader, tableHeaderAt } from './tables.ts';

const HEADER_BYTES = 36;
/** Dumps begin at a page boundary. */
const PAGE = 4096;
/** Offsets in the FADT of DSDT (32 bits) and X_DSDT (64 bits, from revision 2 on) (ACPI 6.5, 5.2.9). */
const FADT_DSDT = 40;
const FADT_X_DSDT = 140;

interface RootTable {
  readonly offset: number;
  readonly length: number;
  readonly width: 4 | 8;
}

/** The addresses in a root table; each is charged as a place, since its table is looked at. */
function* entriesOf(run: Run, space: Space, { offset, length, width }: RootTable): Generator<number> {
  for (let at = offset + HEADER_BYTES; at + width <= offset + length; at += width) {
    run.work(WORK_OF_PLACE);
    yield littleEndian(space.access, at, width) ?? 0;
  }
}

/** The header of a table with a valid checksum. */
function validTableAt(run: Run, space: Space, offset: number): TableHeader | undefined {
  const header = tableHeaderAt(space.access, offset);
  if (header === undefined) return undefined;
  run.work(workOfSum(header.length));
  return checksumHolds(header, offset, space.sums) ? header : undefined;
}

/** Whether most entries of a root table point to tables if the space begins at address `base`. */
function fits(run: Run, space: Space, root: RootTable, base: number): boolean {
  let inside = 0;
  let tables = 0;
  for (const address of entriesOf(run, space, root)) {
    if (address < base || address >= base + space.access.size) continue;
    inside += 1;
    if (validTableAt(run, space, address - base) !== undefined) tables += 1;
  }
  return tables > 0 && tables * 2 >= inside;
}

/** The address of a space's first byte, by its RSDPs and root tables; undefined when they don't determine it. */
function baseOf(
  run: Run,
  space: Space,
  pointers: readonly Find[],
  roots: readonly Find[],
): number | undefined {
  for (const pointer of pointers) {
    const read = rootPointerAt(space.access, pointer.offset - space.base, space.sums);
    for (const root of roots) {
      const address = root.signature === 'XSDT' ? read?.xsdt : read?.rsdt;
      if (address === undefined || address === 0) continue;
      const offset = root.offset - space.base;
      const base = address - offset;
      const table: RootTable = { offset, length: root.size, width: root.signature === 'XSDT' ? 8 : 4 };
      if (base >= 0 && base % PAGE === 0 && fits(run, space, table, base)) return base;
    }
  }
  return undefined;
}

/** Adds a table at an address that was not found by its signature. */
function follow(run: Run, space: Space, address: number, base: number, known: Set<number>): void {
  const offset = address - base;
  if (offset < 0 || offset >= space.access.size || known.has(offset)) return;
  known.add(offset);
  const header = validTableAt(run, space, offset);
  if (header === undefined || !/^[A-Z0-9_!]{4}$/.test(header.signature)) return;
  if (!run.mayBeRead(header.length, 'of one ACPI table')) return;
  const { signature, oemTableId, length } = header;
  const note = 'named by the root table';
  run.found(space, offset, length, { kind: 'acpi-table', signature, oemTableId, note });
}

/** Follows the RSDPs in a space. @param first id of the first find in it */
export function followPointers(run: Run, space: Space, first: number): void {
  const inSpace = run.inSpace(space, first);
  const pointers = inSpace.filter(({ kind }) => kind === 'rsdp');
  const roots = inSpace.filter(({ signature }) => signature === 'XSDT' || signature === 'RSDT');
  if (pointers.length === 0 || roots.length === 0) return;
  const base = space.physical ? space.base : baseOf(run, space, pointers, roots);
  if (base === undefined) return;
  const shift = base - space.base;
  const known = new Set(inSpace.map(({ offset }) => offset - space.base));
  for (const root of roots) {
    const table: RootTable = {
      offset: root.offset - space.base,
      length: root.size,
      width: root.signature === 'XSDT' ? 8 : 4,
    };
    for (const address of entriesOf(run, space, table)) follow(run, space, address, base, known);
  }
  for (const fadt of inSpace.filter(({ signature }) => signature === 'FACP')) {
    const at = fadt.offset - space.base;
    const addresses = [littleEndian(space.access, at + FADT_DSDT, 4)];
    if (fadt.size >= FADT_X_DSDT + 8) addresses.push(littleEndian(space.access, at + FADT_X_DSDT, 8));
    for (const address of addresses) if (address) follow(run, space, address, base, known);
  }
  if (space.physical) return;
  // The dump's address is known now, so finds in it get addresses, too.
  for (const { id, offset } of run.inSpace(space, first)) run.amend(id, { address: BigInt(offset + shift) });
  const { access } = space;
  run.memory.push({
    path: space.path,
    address: BigInt(base),
    size: BigInt(access.size),
    read: (offset, length) => access.read(offset, length),
  });
}
