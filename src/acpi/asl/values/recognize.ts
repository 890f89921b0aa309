/** Recognizes what a buffer was in the source: a resource template, a UUID, a string. Only forms that give the same bytes. */
import { latin1Text } from '../../../bytes/text-encoding.ts';
import { decodeTemplate } from '../../resources/decode.ts';
import { type ResourceDescriptor, templateOf } from '../../resources/descriptor.ts';
import { callOfDescriptor, type MacroCall } from '../../resources/macro-values.ts';
import { isTerm, type Term } from '../../terms/term.ts';
import { integerOf } from './constants.ts';
import { PLD_LENGTH, type PldField, readPld, writePld } from './pld.ts';
import { uuidText } from './uuid.ts';

/** One descriptor of a recognized template. */
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
 * @param name of the object whose value it is, four characters: a `_PLD` may be a ToPLD
 */
export function bufferForm(term: Term, name?: string): BufferForm {
  const [size, bytes] = term.operands as [Term, Uint8Array];
  // The integer width does not matter: no buffer is as long as Ones.
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
  // With another size the compiled string would have another length.
  if (length !== undefined && length >= BigInt(bytes.length) && !isTerm(size, 'One')) {
    const text = stringText(bytes);
    if (text !== undefined) return { kind: 'string', text };
  }
  return BYTES;
}

/** Whether variant and version are valid (RFC 4122, 4.1). */
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

/** Macros that encode to exactly these bytes; `undefined` if they are no template or there are none. */
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
