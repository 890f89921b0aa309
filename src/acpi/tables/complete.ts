/** Decides whether these are all tables of a machine, so that a name that none of them declares does not exist. */
import type { AcpiTable } from './table.ts';

/** Tables that XSDT and RSDT do not list (ACPI 6.5, 5.2.7 and 5.2.8); the FADT has the addresses of DSDT and FACS. */
const UNLISTED: ReadonlySet<string> = new Set(['DSDT', 'FACS', 'XSDT', 'RSDT', 'RSD PTR ']);
const HEADER = 36;

/**
 * True if there are a DSDT, a FADT and as many tables as the root table lists.
 * @param whole they are from a dump or a folder of a machine's tables, so a root table is not required
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
