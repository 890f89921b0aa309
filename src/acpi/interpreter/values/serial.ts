/**
 * Regions that are no plain bytes: SMBus, generic serial bus, IPMI, PCC and GPIO. What they give is what ACPICA's
 * acpiexec simulates; without an assumption it isn't known. Fixed hardware is plain bytes; ACPICA
 * since June 2022 sends it a buffer of 256 bytes.
 */
import { type ByteValue, opaque } from '../../../symbolic/index.ts';
import { fault } from '../state/fault.ts';
import type { Places } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
import {
  type AmlValue,
  BufferObject,
  type FieldObject,
  integer,
  type RegionObject,
} from '../state/objects.ts';
import { SPACE } from '../state/regions.ts';

/** Bytes of the buffer that carries a request: status, length, data (ACPICA, acconfig.h). */
const SMBUS_BUFFER = 34;
const IPMI_BUFFER = 66;
const IPMI_DATA = 64;
const MAX_SERIAL_DATA = 255;

/** What a bus says of the length of an answer that may have any. */
const ANY_LENGTH = 0x20;

/** Data bytes of a serial bus protocol by its AccessAttrib (ACPI 6.5, table 19.39; ACPICA's AcpiProtocolLengths). */
function dataLength(field: FieldObject): number {
  switch (field.attribute) {
    case 0x02:
      return 0;
    case 0x04:
    case 0x06:
      return 1;
    case 0x08:
    case 0x0c:
      return 2;
    case 0x0a:
    case 0x0b:
    case 0x0d:
    case 0x0e:
    case 0x0f:
      return MAX_SERIAL_DATA;
    default:
      return fault('AE_AML_PROTOCOL', `there is no serial bus protocol ${field.attribute}`);
  }
}

function answer(m: Places, length: number, fill: (index: number) => number): BufferObject {
  m.budget.allocate(length);
  if (m.journal.active) {
    const bytes: ByteValue[] = Array.from({ length }, () => ({
      of: opaque(8, 'what a serial bus answers'),
      index: 0,
    }));
    return new BufferObject(bytes);
  }
  return new BufferObject(Uint8Array.from({ length }, (_, index) => fill(index)));
}

/**
 * Status 0, the length, then A0, A1, A2 …: what acpiexec's serial buses answer. An SMBus has one size of buffer for all
 * protocols; what isn't answered in it stays as it was sent.
 */
function busAnswer(m: Places, field: FieldObject, space: number, sent?: BufferObject): BufferObject {
  const whole = dataLength(field);
  const length = space === SPACE.smbus ? Math.min(whole, SMBUS_BUFFER - 2) : whole;
  const said = length === MAX_SERIAL_DATA ? ANY_LENGTH : length;
  const given = sent?.bytes;
  return answer(m, space === SPACE.smbus ? SMBUS_BUFFER : length + 2, (index) => {
    if (index < 2) return index === 0 ? 0 : said;
    if (index < length + 2) return (0xa0 + index - 2) & 0xff;
    const byte = given?.[index];
    return typeof byte === 'number' ? byte : 0;
  });
}

/** The value of such a field; undefined when the space is one of plain bytes. */
export function readSerial(
  m: Places,
  field: FieldObject,
  region: RegionObject,
  sent?: BufferObject,
): AmlValue | undefined {
  switch (region.space) {
    case SPACE.smbus:
    case SPACE.serialBus:
      if (m.handlers.tablesLoading)
        fault('AE_NOT_EXIST', 'nothing answers on a serial bus while tables load');
      return busAnswer(m, field, region.space, sent);
    case SPACE.ipmi:
      return ipmiAnswer(m);
    case SPACE.pcc:
      return pccAnswer(m, field);
    case SPACE.gpio:
      return gpioAnswer(m, field);
    default:
      return undefined;
  }
}

function ipmiAnswer(m: Places): BufferObject {
  return answer(m, IPMI_BUFFER, (index) => (index < 4 ? (index === 1 ? IPMI_DATA : 0) : index));
}

function pccAnswer(m: Places, field: FieldObject): AmlValue {
  const length = (field.bitLength + 7) >> 3;
  const start = field.bitOffset >> 3;
  const buffer = answer(m, length, (index) => (start + index) & 0xff);
  if (length > m.bits / 8) return buffer;
  if (m.journal.active) return integer(opaque(length * 8, 'what a platform communication channel holds'));
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(buffer.bytes[i] as number);
  return value;
}

function gpioAnswer(m: Places, field: FieldObject): AmlValue {
  if (m.journal.active) return integer(opaque(Math.min(field.bitLength, m.bits), 'what pins are at'));
  let value = 0n;
  for (let i = 0; i < Math.min(8, (field.bitLength + 7) >> 3); i++) {
    const byte = m.regions.read(SPACE.gpio, BigInt((field.bitOffset >> 3) + i));
    value |= BigInt(typeof byte === 'number' ? byte : 0) << BigInt(8 * i);
  }
  return value & ((1n << BigInt(field.bitLength)) - 1n);
}

/** Writes such a field, giving what comes back; undefined when the space is one of plain bytes. */
export function writeSerial(
  m: Places,
  field: FieldObject,
  region: RegionObject,
  value: Resolved,
): AmlValue | undefined {
  switch (region.space) {
    case SPACE.smbus:
    case SPACE.serialBus:
    case SPACE.ipmi:
      if (!(value instanceof BufferObject))
        fault('AE_AML_OPERAND_TYPE', 'only a buffer goes to a serial bus');
      return readSerial(m, field, region, value);
    case SPACE.pcc:
      return integer(0n);
    case SPACE.gpio:
      if (typeof value !== 'bigint') return 0n;
      if (!m.journal.active)
        for (let i = 0; i < Math.min(8, (field.bitLength + 7) >> 3); i++)
          m.regions.write(
            SPACE.gpio,
            BigInt((field.bitOffset >> 3) + i),
            Number((value >> BigInt(8 * i)) & 0xffn),
          );
      return value;
    default:
      return undefined;
  }
}
