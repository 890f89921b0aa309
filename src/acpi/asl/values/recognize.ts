/** What a buffer most likely was in the source: a resource template, a UUID, a string. Only forms that give back the very bytes. */
import { latin1Text } from '../../../bytes/text-encoding.ts';
import { decodeTemplate } from '../../resources/decode.ts';
import { type ResourceDescriptor, templateOf } from '../../resources/descriptor.ts';
import { callOfDescriptor, type MacroCall } from '../../resources/macro-values.ts';
import { isTerm, type Term } from '../../terms/term.ts';
import { integerOf } from './constants.ts';
import { PLD_LENGTH, type PldField, readPld, writePld } from './pld.ts';
import { uuidText } from './uuid.ts';

/** One descriptor of a recognised template. */
export interface RecognizedDescriptor {
  readonly call: MacroCall;
  readonly resource: ResourceDescriptor;
}

export type BufferForm =
  | { readonly kind: 'template'; readonly descriptors: readonly RecognizedDescriptor[] }
  | { readonly kind: 'uuid'; readonly text: string }
  | { readonly kind: 'unicode'; readonly text: string }
  | { readonly kind: 'pld'; readonly values: ReadonlyMap<PldField, bigint> }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'bytes' };

const BYTES: BufferForm = { kind: 'bytes' };
const END_TAG = 0x79;

/**
 * The form of a Buffer term.
 * @param name the object that holds it, four characters, where it is one's value: `_PLD` and `_STR` say what is inside
 */
export function bufferForm(term: Term, name?: string): BufferForm {
  const [size, bytes] = term.operands as [Term, Uint8Array];
  // 64 bits or 32: no buffer is as long as Ones.
  const length = integerOf(size, true);
  if (length === BigInt(bytes.length)) {
    const descriptors = templateDescriptors(bytes);
    if (descriptors !== undefined) return { kind: 'template', descriptors };
    if (bytes.length === 16 && isUuid(bytes)) return { kind: 'uuid', text: uuidText(bytes)! };
    if (name === '_PLD' && bytes.length === PLD_LENGTH) {
      const values = readPld(bytes);
      if (Buffer.from(writePld(values)).equals(bytes)) return { kind: 'pld', values };
    }
    const unicode = unicodeText(bytes);
    if (unicode !== undefined) return { kind: 'unicode', text: unicode };
  }
  // With any other size the string would be one of another length.
  if (length !== undefined && length >= BigInt(bytes.length) && !isTerm(size, 'One')) {
    const text = stringText(bytes);
    if (text !== undefined) return { kind: 'string', text };
  }
  return BYTES;
}

/** A variant and a version that RFC 4122 knows. */
function isUuid(bytes: Uint8Array): boolean {
  const version = bytes[7]! >> 4;
  return version >= 1 && version <= 5 && (bytes[8]! & 0xc0) === 0x80;
}

function unicodeText(bytes: Uint8Array): string | undefined {
  if (bytes.length < 8 || bytes.length % 2 !== 0) return undefined;
  const text = Buffer.from(bytes).toString('utf16le');
  return /^[\x20-\x7e]+\0$/.test(text) ? text.slice(0, -1) : undefined;
}

function stringText(bytes: Uint8Array): string | undefined {
  if (bytes.length < 3 || bytes.at(-1) !== 0) return undefined;
  const text = latin1Text(bytes.subarray(0, -1));
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

/** The macros that make exactly these bytes; undefined when they are no template or no macros do. */
export function templateDescriptors(bytes: Uint8Array): readonly RecognizedDescriptor[] | undefined {
  const tag = bytes.length - 2;
  if (tag < 0 || bytes[tag] !== END_TAG || bytes[tag + 1] !== 0) return undefined;
  const { resources, end, trailing } = decodeTemplate(templateOf(bytes));
  if (end?.offset !== tag || (trailing?.length ?? 0) > 0) return undefined;
  const descriptors: RecognizedDescriptor[] = [];
  let dependent = false;
  for (const resource of resources) {
    const call = callOfDescriptor(resource);
    if (call === undefined) return undefined;
    if (resource.type === 'start-dependent') dependent = true;
    if (resource.type === 'end-dependent') {
      if (!dependent) return undefined;
      dependent = false;
    }
    descriptors.push({ call, resource });
  }
  return dependent || descriptors.length === 0 ? undefined : descriptors;
}
