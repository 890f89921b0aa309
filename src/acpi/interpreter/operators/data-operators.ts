/** The operators on strings and buffers, and explicit conversions (ACPI 6.5, 19.6; ACPICA exoparg2.c, exmisc.c, exconvrt.c). */
import { bytesOfQuantity } from '../../../symbolic/index.ts';
import { explicitInteger } from '../../terms/string-to-integer.ts';
import { packBytes } from '../state/buffer-bytes.ts';
import { fault } from '../state/fault.ts';
import type { Machine, Run } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
import {
  type AmlValue,
  BufferObject,
  integer,
  NamespaceNode,
  StringObject,
  TYPE,
  typeOf,
} from '../state/objects.ts';
import {
  integerOperand,
  knownText,
  nameOfType,
  resolve,
  toBuffer,
  toInteger,
  toText,
} from '../values/values.ts';
import { dataOperand, deliver, knownLength } from './operands.ts';

const mid: Run = (m, _instruction, at) => {
  let source = dataOperand(m, m.stack[at]);
  if (!(source instanceof StringObject)) source = toBuffer(m, source);
  const from = knownLength(m, integerOperand(m, m.stack[at + 1]));
  const length = knownLength(m, integerOperand(m, m.stack[at + 2]));
  let part: AmlValue;
  if (source instanceof StringObject)
    part = new StringObject(knownText(m, source).slice(from, from + length));
  else {
    const { bytes, unknown } = source as BufferObject;
    part = new BufferObject(bytes.slice(from, from + length), unknown);
  }
  return deliver(m, part, m.stack[at + 3], 'result');
};

const concatenate: Run = (m, _instruction, at) => {
  const first = concatenated(m, resolve(m, m.stack[at]));
  const second = concatenated(m, resolve(m, m.stack[at + 1]));
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
  return deliver(m, result, m.stack[at + 2], 'result');
};

/** Concatenate takes any object: what is no data stands for its type's name (ACPI 6.5, 19.6.12). */
function concatenated(m: Machine, value: Resolved): AmlValue {
  if (!(value instanceof NamespaceNode)) {
    const type = typeOf(value);
    if (type === TYPE.integer || type === TYPE.string || type === TYPE.buffer) return value;
  }
  return new StringObject(
    `[${value instanceof NamespaceNode ? typeNameOfNode(m, value) : nameOfType(value)} Object]`,
  );
}

function typeNameOfNode(m: Machine, node: NamespaceNode): string {
  const object = m.settle(node.object);
  return object === undefined ? 'Untyped' : nameOfType(object);
}

/** Where the end tag of a template is; its tags are walked as ACPICA does. */
function endTagOf(m: Machine, buffer: BufferObject): number {
  const { bytes } = buffer;
  if (bytes.length === 0) return 0;
  if (bytes.length < 2) fault('AE_AML_NO_RESOURCE_END_TAG', 'too short for a resource template');
  const known = (i: number): number => {
    const byte = bytes[i];
    if (byte === undefined) return fault('AE_AML_NO_RESOURCE_END_TAG', 'a resource template without an end');
    return typeof byte === 'number' ? byte : m.abandon('a resource template whose tags are not known');
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

const concatenateTemplates: Run = (m, _instruction, at) => {
  const first = toBuffer(m, dataOperand(m, m.stack[at]));
  const second = toBuffer(m, dataOperand(m, m.stack[at + 1]));
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
  return deliver(m, result, m.stack[at + 2], 'result');
};

const toStringOperator: Run = (m, _instruction, at) => {
  const { bytes, unknown } = toBuffer(m, dataOperand(m, m.stack[at]));
  const limit = knownLength(m, integerOperand(m, m.stack[at + 1]));
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
  return deliver(m, new StringObject(text), m.stack[at + 2], 'fixed');
};

function converting(convert: (m: Machine, value: AmlValue) => AmlValue): Run {
  return (m, _instruction, at) =>
    deliver(m, convert(m, dataOperand(m, m.stack[at])), m.stack[at + 1], 'fixed');
}

/** By ASL name. */
export const DATA_OPERATORS: Readonly<Record<string, Run>> = {
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
