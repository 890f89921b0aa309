/** An ACPI table as it was found in an input, and what its header says. */
import type { Source } from '../../bytes/source.ts';

/** Bytes of the header that every system description table begins with (ACPI 6.5, 5.2.6). */
export const TABLE_HEADER_LENGTH = 36;

export interface AcpiTable {
  /** `DSDT`, `SSDT3` (the third SSDT of the machine), `FACP`: unique among the tables read together. */
  readonly name: string;
  /** Four characters as in the table; `RSD PTR ` for the root pointer. */
  readonly signature: string;
  /** What the header says, even when fewer bytes are there. */
  readonly length: number;
  readonly revision: number;
  /** Undefined where the table has no checksum (FACS) or is cut short. */
  readonly checksumOk: boolean | undefined;
  readonly oemId: string;
  readonly oemTableId: string;
  readonly oemRevision: number;
  readonly creatorId: string;
  readonly creatorRevision: number;
  /** The whole table with its header, no more than the header's length and no more than there is. */
  readonly bytes: Uint8Array;
  /** What spans into the table point at. Of a text dump this is a blob of the table alone, named `acpidump.txt!SSDT3`. */
  readonly source: Source;
  /** Of the table's first byte in `source.bytes`. */
  readonly offset: number;
  /** Physical address, where the dump gives one. */
  readonly address?: bigint;
}

/** The tables that hold AML. */
export function holdsAml(table: Pick<AcpiTable, 'signature'>): boolean {
  return table.signature === 'DSDT' || table.signature === 'SSDT' || table.signature === 'PSDT';
}
