/** `_HID`, `_CID` and `_UID` values as text (ACPI 6.5, 6.1.5, 6.1.2, 6.1.12). */
import { hex } from '../../bytes/address.ts';
import { eisaIdText } from '../asl/values/eisa-id.ts';

/** A hardware id given as a string or as the integer of an EISA id; other integers come as hex. */
export function hardwareIdText(value: bigint | string): string {
  return typeof value === 'string' ? value : (eisaIdText(value) ?? hex(value));
}

/** A unique id: strings as they are, integers in decimal as Linux prints them (drivers/acpi/scan.c, acpi_device_uid). */
export function uniqueIdText(value: bigint | string): string {
  return typeof value === 'bigint' ? value.toString() : value;
}
