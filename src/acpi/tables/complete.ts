/** Are these all the tables of a machine? Then a name that none of them declares doesn't exist. */
import type { AcpiTable } from './table.ts';

/** Tables that no XSDT or RSDT lists (ACPI 6.5, 5.2.7 and 5.2.8): the FADT has the addresses of DSDT and FACS. */
const UNLISTED: ReadonlySet<string> = new Set(['DSDT', 'FACS', 'XSDT', 'RSDT', 'RSD PTR ']);
const HEADER = 36;

/**
 * @param whole they come from a dump or a folder of a machine's tables, and not one by one: with a DSDT and a FADT among
 *   them they are all. What a root table lists must be there in any case.
 */
export function areComplete(tables: readonly AcpiTable[], whole: boolean): boolean {
  const has = (signature: string): boolean => tables.some((table) => table.signature === signature);
  if (!has('DSDT') || !has('FACP')) return false;
  const root =
    tables.find(({ signature }) => signature === 'XSDT') ??
    tables.find(({ signature }) => signature === 'RSDT');
  if (root === undefined) return whole;
  const entries = Math.floor(
    Math.max(0, Math.min(root.length, root.bytes.length) - HEADER) / (root.signature === 'XSDT' ? 8 : 4),
  );
  return tables.filter(({ signature }) => !UNLISTED.has(signature)).length >= entries;
}
