/**
 * Regions that are not byte arrays: SMBus, generic serial bus, IPMI, PCC and GPIO. With assumed contents their answers are
 * those of ACPICA's acpiexec (aeregion.c), otherwise unknown. Fixed hardware is treated as a byte array; since June 2022
 * ACPICA sends it a buffer of 256 bytes.
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

/** Sizes in bytes of request buffers: status, length, data (ACPICA, acconfig.h). */
const SMBUS_BUFFER = 34;
const IPMI_BUFFER = 66;
const IPMI_DATA = 64;
const MAX_SERIAL_DATA = 255;

/** Length in an answer of a protocol with variable length. */
const ANY_LENGTH = 0x20;

/** Size in bytes of the data of a serial bus protocol, by AccessAttrib (ACPICA's AcpiProtocolLengths, exserial.c). */
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
      return fault('AE_AML_PROTOCOL', `unknown serial bus protocol ${field.attribute}`);
  }
}

function answer(m: Places, length: number, fill: (index: number) => number): BufferObject {
  m.budget.allocate(length);
  if (m.journal.active) {
    const bytes: ByteValue[] = Array.from({ length }, () => ({
      of: opaque(8, 'the answer of a serial bus'),
      index: 0,
    }));
    return new BufferObject(bytes);
  }
  return new BufferObject(Uint8Array.from({ length }, (_, index) => fill(index)));
}

/**
 * The answer of acpiexec's serial buses: status 0, the length, then A0, A1, A2 …. The buffer of an SMBus has the same size
 * for all protocols; its remaining bytes are those of the request.
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

/** Reads such a field; `undefined` for other spaces. @param sent the request, for a write */
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
        fault('AE_NOT_EXIST', 'no handler for serial buses while tables are loaded');
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
  if (m.journal.active) return integer(opaque(length * 8, 'contents of a platform communication channel'));
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(buffer.bytes[i] as number);
  return value;
}

function gpioAnswer(m: Places, field: FieldObject): AmlValue {
  if (m.journal.active) return integer(opaque(Math.min(field.bitLength, m.bits), 'the state of GPIO pins'));
  let value = 0n;
  for (let i = 0; i < Math.min(8, (field.bitLength + 7) >> 3); i++) {
    const byte = m.regions.read(SPACE.gpio, BigInt((field.bitOffset >> 3) + i));
    value |= BigInt(typeof byte === 'number' ? byte : 0) << BigInt(8 * i);
  }
  return value & ((1n << BigInt(field.bitLength)) - 1n);
}

/** Writes such a field and returns the answer; `undefined` for other spaces. */
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
        fault('AE_AML_OPERAND_TYPE', 'only a buffer can be written to a serial bus');
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
