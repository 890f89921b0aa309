/** An ACPI table of an input with its decoded header. */
import type { Source } from '../../bytes/source.ts';

/** Size in bytes of the common header of system description tables (ACPI 6.5, 5.2.6). */
export const TABLE_HEADER_LENGTH = 36;

export interface AcpiTable {
  /** `DSDT`, `SSDT3` (the machine's third SSDT), `FACP`: unique among the tables that are read together. */
  readonly name: string;
  /** Four characters; `RSD PTR ` for the RSDP. */
  readonly signature: string;
  /** The length in the header, even if the table is truncated. */
  readonly length: number;
  readonly revision: number;
  /** `undefined` if the table has no checksum (FACS) or is truncated. */
  readonly checksumOk: boolean | undefined;
  readonly oemId: string;
  readonly oemTableId: string;
  readonly oemRevision: number;
  readonly creatorId: string;
  readonly creatorRevision: number;
  /** The table with its header; shorter than `length` if it is truncated. */
  readonly bytes: Uint8Array;
  /** The source of spans into the table. For a text dump it is a blob of this table, named `acpidump.txt!SSDT3`. */
  readonly source: Source;
  /** Offset of the table in `source.bytes`. */
  readonly offset: number;
  /** Physical address, if the dump has it. */
  readonly address?: bigint;
}

/** Whether a table contains AML. */
export function holdsAml(table: Pick<AcpiTable, 'signature'>): boolean {
  return table.signature === 'DSDT' || table.signature === 'SSDT' || table.signature === 'PSDT';
}
