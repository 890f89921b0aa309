/**
 * From the root pointer to the tables: in a dump of memory tables name each other by address. Where the dump doesn't say what
 * address it begins at, the pointer and a root table that is found tell it.
 */
import { littleEndian } from '../containers/access.ts';
import type { Find } from './find.ts';
import type { Run } from './run.ts';
import type { Space } from './space.ts';
import { checksumHolds, rootPointerAt, tableHeaderAt } from './tables.ts';

/** Entries of a root table that are followed; real ones have under a hundred. */
const MAX_ENTRIES = 1024;
const HEADER_BYTES = 36;
/** Memory is dumped in pages. */
const PAGE = 4096;
/** Where the FADT says where the DSDT is: 32 bits, and 64 bits from revision 2 on (ACPI 6.5, 5.2.9). */
const FADT_DSDT = 40;
const FADT_X_DSDT = 140;

interface RootTable {
  readonly offset: number;
  readonly length: number;
  readonly width: 4 | 8;
}

function entriesOf(space: Space, { offset, length, width }: RootTable): number[] {
  const entries: number[] = [];
  for (
    let at = offset + HEADER_BYTES;
    at + width <= offset + length && entries.length < MAX_ENTRIES;
    at += width
  )
    entries.push(littleEndian(space.access, at, width) ?? 0);
  return entries;
}

/** Whether most of what a root table names is where it would be if the space began at `base`. */
function fits(space: Space, root: RootTable, base: number): boolean {
  const inside = entriesOf(space, root).filter(
    (address) => address >= base && address < base + space.access.size,
  );
  const tables = inside.filter((address) => {
    const header = tableHeaderAt(space.access, address - base);
    return header !== undefined && checksumHolds(header, address - base, space.sums);
  });
  return tables.length > 0 && tables.length * 2 >= inside.length;
}

/** The address that a space begins at, as the root pointers and root tables in it have it. */
function baseOf(space: Space, pointers: readonly Find[], roots: readonly Find[]): number | undefined {
  for (const pointer of pointers) {
    const read = rootPointerAt(space.access, pointer.offset - space.base, space.sums);
    for (const root of roots) {
      const address = root.signature === 'XSDT' ? read?.xsdt : read?.rsdt;
      if (address === undefined || address === 0) continue;
      const offset = root.offset - space.base;
      const base = address - offset;
      const table: RootTable = { offset, length: root.size, width: root.signature === 'XSDT' ? 8 : 4 };
      if (base >= 0 && base % PAGE === 0 && fits(space, table, base)) return base;
    }
  }
  return undefined;
}

/** Notes down a table that another one names and that no signature told. */
function follow(run: Run, space: Space, address: number, base: number, known: Set<number>): void {
  const offset = address - base;
  if (offset < 0 || offset >= space.access.size || known.has(offset)) return;
  known.add(offset);
  const header = tableHeaderAt(space.access, offset);
  if (header === undefined || !/^[A-Z0-9_!]{4}$/.test(header.signature)) return;
  if (!checksumHolds(header, offset, space.sums)) return;
  const { signature, oemTableId, length } = header;
  const note = 'named by the root table';
  run.found(space, offset, length, { kind: 'acpi-table', signature, oemTableId, note });
}

/** Follows root pointers that were found in a space; `first` is the first of its finds. */
export function followPointers(run: Run, space: Space, first: number): void {
  const inSpace = run.inSpace(space, first);
  const pointers = inSpace.filter(({ kind }) => kind === 'rsdp');
  const roots = inSpace.filter(({ signature }) => signature === 'XSDT' || signature === 'RSDT');
  if (pointers.length === 0 || roots.length === 0) return;
  const base = space.physical ? space.base : baseOf(space, pointers, roots);
  if (base === undefined) return;
  const shift = base - space.base;
  const known = new Set(inSpace.map(({ offset }) => offset - space.base));
  for (const root of roots) {
    const table: RootTable = {
      offset: root.offset - space.base,
      length: root.size,
      width: root.signature === 'XSDT' ? 8 : 4,
    };
    for (const address of entriesOf(space, table)) follow(run, space, address, base, known);
  }
  for (const fadt of inSpace.filter(({ signature }) => signature === 'FACP')) {
    const at = fadt.offset - space.base;
    const addresses = [littleEndian(space.access, at + FADT_DSDT, 4)];
    if (fadt.size >= FADT_X_DSDT + 8) addresses.push(littleEndian(space.access, at + FADT_X_DSDT, 8));
    for (const address of addresses) if (address) follow(run, space, address, base, known);
  }
  if (space.physical) return;
  // The dump now has an address: so has what is in it.
  for (const { id, offset } of run.inSpace(space, first)) run.amend(id, { address: BigInt(offset + shift) });
  const { access } = space;
  run.memory.push({
    path: space.path,
    address: BigInt(base),
    size: BigInt(access.size),
    read: (offset, length) => access.read(offset, length),
  });
}
