/** `_HID`, `_CID` and `_UID` values as text (ACPI 6.5, 6.1.5, 6.1.2, 6.1.12). */
import { hex } from '../../bytes/address.ts';
import { eisaIdText } from '../asl/values/eisa-id.ts';

/** A hardware ID given as a string or as the integer of an EISA ID; any other integer in hexadecimal. */
export function hardwareIdText(value: bigint | string): string {
  return typeof value === 'string' ? value : (eisaIdText(value) ?? hex(value));
}

/** A unique ID: a string unchanged, an integer in decimal as in Linux (drivers/acpi/acpica/utids.c, acpi_ut_execute_UID). */
export function uniqueIdText(value: bigint | string): string {
  return typeof value === 'bigint' ? value.toString() : value;
}
