/** String and buffer operators, and explicit conversions (ACPI 6.5, 19.6; ACPICA exoparg2.c, exmisc.c, exconvrt.c). */
import { bytesOfQuantity } from '../../../symbolic/index.ts';
import { explicitInteger } from '../../terms/string-to-integer.ts';
import { packBytes } from '../state/buffer-bytes.ts';
import { fault } from '../state/fault.ts';
import type { Converting, Operators, Run } from '../state/machine.ts';
import {
  type AmlValue,
  BufferObject,
  integer,
  NamespaceNode,
  type Resolved,
  StringObject,
} from '../state/objects.ts';
import type { DataObject } from '../state/operands.ts';
import { isConvertible, knownText, nameOfType, toBuffer, toInteger, toText } from '../values/values.ts';
import { knownLength } from './known.ts';

const mid: Run<Converting> = (m, operands) => {
  const data = operands.data(0);
  const source = data instanceof StringObject ? data : toBuffer(m, data);
  const from = knownLength(m, operands.integer(1));
  const length = knownLength(m, operands.integer(2));
  const part =
    source instanceof StringObject
      ? new StringObject(knownText(m, source).slice(from, from + length))
      : new BufferObject(source.bytes.slice(from, from + length), source.unknown);
  return operands.deliver(3, part, 'result');
};

const concatenate: Run<Converting> = (m, operands) => {
  const first = concatenated(m, operands.value(0));
  const second = concatenated(m, operands.value(1));
  let result: AmlValue;
  if (first instanceof StringObject) {
    const [a, b] = [first.text, toText(m, second, 'implicit').text];
    if (a !== undefined && b !== undefined) m.budget.allocate(a.length + b.length);
    result = new StringObject(a === undefined || b === undefined ? undefined : a + b);
  } else if (first instanceof BufferObject) {
    const other = toBuffer(m, second);
    m.budget.allocate(first.bytes.length + other.bytes.length);
    result = new BufferObject(packBytes([...first.bytes, ...other.bytes]), first.unknown ?? other.unknown);
  } else {
    const width = m.bits / 8;
    result = new BufferObject(
      packBytes([
        ...bytesOfQuantity(toInteger(m, first), width),
        ...bytesOfQuantity(toInteger(m, second), width),
      ]),
    );
  }
  return operands.deliver(2, result, 'result');
};

/** Concatenate accepts any object: one without data is replaced by the name of its type (ACPI 6.5, 19.6.12). */
function concatenated(m: Converting, value: Resolved): DataObject {
  if (isConvertible(value)) return value;
  return new StringObject(
    `[${value instanceof NamespaceNode ? typeNameOfNode(m, value) : nameOfType(value)} Object]`,
  );
}

function typeNameOfNode(m: Converting, node: NamespaceNode): string {
  const object = m.settle(node.object);
  return object === undefined ? 'Untyped' : nameOfType(object);
}

/** Offset of the end tag of a template, found like in ACPICA (utresrc.c, acpi_ut_get_resource_end_tag). */
function endTagOf(m: Converting, buffer: BufferObject): number {
  const { bytes } = buffer;
  if (bytes.length === 0) return 0;
  if (bytes.length < 2) fault('AE_AML_NO_RESOURCE_END_TAG', 'too short for a resource template');
  const known = (i: number): number => {
    const byte = bytes[i];
    if (byte === undefined)
      return fault('AE_AML_NO_RESOURCE_END_TAG', 'a resource template without an end tag');
    return typeof byte === 'number' ? byte : m.abandon('a resource template with unknown tags');
  };
  for (let at = 0; ; ) {
    const tag = known(at);
    if ((tag & 0xf8) === 0x78) {
      known(at + 1);
      return at;
    }
    if (tag & 0x80) at += 3 + (known(at + 1) | (known(at + 2) << 8));
    else if (tag === 0) return fault('AE_AML_INVALID_RESOURCE_TYPE', 'a resource of type 0');
    else at += 1 + (tag & 7);
  }
}

const concatenateTemplates: Run<Converting> = (m, operands) => {
  const first = operands.buffer(0);
  const second = operands.buffer(1);
  const reason = first.unknown ?? second.unknown;
  const result =
    reason === undefined
      ? new BufferObject(
          packBytes([
            ...first.bytes.slice(0, endTagOf(m, first)),
            ...second.bytes.slice(0, endTagOf(m, second)),
            0x79,
            0,
          ]),
        )
      : new BufferObject([], reason);
  m.budget.allocate(result.bytes.length);
  return operands.deliver(2, result, 'result');
};

const toStringOperator: Run<Converting> = (m, operands) => {
  const { bytes, unknown } = operands.buffer(0);
  const limit = knownLength(m, operands.integer(1));
  let text: string | undefined = unknown === undefined ? '' : undefined;
  for (let i = 0; i < bytes.length && i < limit; i++) {
    const byte = bytes[i]!;
    if (typeof byte !== 'number') {
      text = undefined;
      break;
    }
    if (byte === 0) break;
    text = (text ?? '') + String.fromCharCode(byte);
  }
  return operands.deliver(2, new StringObject(text), 'fixed');
};

function converting(convert: (m: Converting, value: DataObject) => AmlValue): Run<Converting> {
  return (m, operands) => operands.deliver(1, convert(m, operands.data(0)), 'fixed');
}

/** By ASL name. */
export const DATA_OPERATORS: Operators<Converting> = {
  Mid: mid,
  Concatenate: concatenate,
  ConcatenateResTemplate: concatenateTemplates,
  ToBuffer: converting((m, value) => toBuffer(m, value)),
  ToDecimalString: converting((m, value) => toText(m, value, 'decimal')),
  ToHexString: converting((m, value) => toText(m, value, 'hex')),
  ToInteger: converting((m, value) =>
    value instanceof StringObject
      ? value.text === undefined
        ? integer(m.unknown('an integer from an unknown string'))
        : explicitInteger(value.text, m.bits)
      : integer(toInteger(m, value)),
  ),
  ToString: toStringOperator,
};
