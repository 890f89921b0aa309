/**
 * Writes a tree as device tree source, in dtc's layout (treesource.c). Values are printed by their markers; a value without
 * type markers (from a blob) gets a type guessed from its bytes by dtc's rules.
 */
import { placeOf, type Source, type Span } from '../../bytes/source.ts';
import type { LiveNode, LiveProperty, LiveTree } from '../live/live-tree.ts';
import type { Marker } from '../tree.ts';

export interface SourceTextOptions {
  /** dtc -T: comments with the place of each node and property; 1 gives lines, 2 columns, too. */
  readonly annotate?: number;
}

type TypeKind = 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'string';

function isType(marker: Marker): marker is Marker & { kind: TypeKind } {
  switch (marker.kind) {
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'uint64':
    case 'string':
      return true;
    default:
      return false;
  }
}

/** A marker in a linked list, which makes insertion in the middle cheap. */
interface Link {
  readonly marker: Marker;
  next: Link | undefined;
}

/** A link, or the head of a list: a marker can be inserted after it. */
interface Slot {
  next: Link | undefined;
}

function linked(markers: readonly Marker[]): Slot {
  const head: Slot = { next: undefined };
  let last = head;
  for (const marker of markers) {
    const link: Link = { marker, next: undefined };
    last.next = link;
    last = link;
  }
  return head;
}

function listOf(head: Slot): Marker[] {
  const markers: Marker[] = [];
  for (let link = head.next; link; link = link.next) markers.push(link.marker);
  return markers;
}

/**
 * Inserts a marker at its offset, searching from a slot; a type marker precedes others at the same offset, and no kind is
 * there twice. Returns the slot to insert after: the new link, or the one before an equal marker.
 */
function addLink(from: Slot, marker: Marker): Slot {
  let slot = from;
  while (slot.next && slot.next.marker.offset < marker.offset) slot = slot.next;
  if (slot.next?.marker.offset === marker.offset && isType(slot.next.marker)) {
    if (isType(marker)) return slot;
    slot = slot.next;
  }
  if (slot.next?.marker.offset === marker.offset && slot.next.marker.kind === marker.kind) return slot;
  const link: Link = { marker, next: slot.next };
  slot.next = link;
  return link;
}

/** The markers with references inserted at their offsets; `added` may be in any order. */
export function withReferences(
  markers: readonly Marker[],
  added: readonly (Marker & { readonly kind: 'phandle-reference' })[],
): Marker[] {
  const head = linked(markers);
  let slot = head;
  let last = -1;
  for (const marker of [...added].sort((a, b) => a.offset - b.offset)) {
    // Only one reference per offset.
    if (marker.offset > last) slot = addLink(slot, marker);
    last = marker.offset;
  }
  return listOf(head);
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e;
}

/** A byte of what dtc takes for a string: printable, NUL, or \a \b \t \n \v \f \r. */
function isStringByte(code: number): boolean {
  return isPrintable(code) || code === 0 || (code >= 7 && code <= 13);
}

/** dtc's guess_value_type() for [offset, offset + length); several strings get their markers inserted after the slot. */
function guessType(value: Uint8Array, from: Slot, offset: number, length: number): TypeKind {
  let nuls = 0;
  let strange = 0;
  for (let at = offset; at < offset + length; at += 1) {
    const code = value[at]!;
    if (code === 0) nuls += 1;
    else if (!isStringByte(code)) strange += 1;
  }
  if (value[offset + length - 1] === 0 && strange === 0 && nuls <= length - nuls) {
    if (nuls > 1) {
      let slot = from;
      for (let at = value.indexOf(0, offset) + 1; at < offset + length; at = value.indexOf(0, at) + 1) {
        slot = addLink(slot, { kind: 'string', offset: at });
      }
    }
    return 'string';
  }
  return length % 4 === 0 ? 'uint32' : 'uint8';
}

/** The property's markers, with guessed types where there are none. */
export function typedMarkers({ value, markers }: LiveProperty): readonly Marker[] {
  // A type marker at the start means that the whole value has types.
  const first = markers[0];
  if (first && isType(first)) return markers;
  const head = linked(markers);
  let offset = 0;
  let slot = head;
  while (slot.next) {
    let here = slot.next;
    if (isType(here.marker)) return listOf(head);
    if (here.marker.offset > offset) {
      const kind = guessType(value, slot, offset, here.marker.offset - offset);
      slot = addLink(slot, { kind, offset });
      // Several strings have inserted markers of their own.
      here = slot.next ?? here;
      offset = here.marker.offset;
    }
    if (here.marker.kind === 'phandle-reference') {
      addLink(slot, { kind: 'uint32', offset });
      offset += 4;
    }
    slot = here;
  }
  if (offset < value.length) {
    addLink(slot, { kind: guessType(value, slot, offset, value.length - offset), offset });
  }
  return listOf(head);
}

const STARTS: Readonly<Record<TypeKind, string>> = {
  uint8: '[',
  uint16: '/bits/ 16 <',
  uint32: '<',
  uint64: '/bits/ 64 <',
  string: '',
};
const ENDS: Readonly<Record<TypeKind, string>> = {
  uint8: ']',
  uint16: '>',
  uint32: '>',
  uint64: '>',
  string: '',
};

const ESCAPES: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/**
 * A string literal for the bytes before the final NUL. A byte above 0x7f becomes `\xde`, as in dtc where `char` is unsigned;
 * where it is signed, as on x86, dtc writes `\xffffffde`, which it reads back as another string.
 */
function stringLiteral(value: Uint8Array, start: number, end: number): string {
  let text = '"';
  for (let at = start; at < end - 1; at += 1) {
    const code = value[at]!;
    text +=
      ESCAPES[code] ??
      (isPrintable(code) ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, '0')}`);
  }
  return `${text}"`;
}

const WIDTHS: Readonly<Record<TypeKind, number>> = { uint8: 1, uint16: 2, uint32: 4, uint64: 8, string: 1 };

/** The whole elements in [start, end), with spaces between. */
function integers(value: Uint8Array, start: number, end: number, kind: TypeKind): string {
  const width = WIDTHS[kind];
  const parts: string[] = [];
  for (let at = start; at + width <= end; at += width) {
    let digits = '';
    for (let index = at; index < at + width; index += 1)
      digits += value[index]!.toString(16).padStart(2, '0');
    if (width === 1) parts.push(digits);
    else parts.push(`0x${digits.replace(/^0+/, '').padStart(2, '0')}`);
  }
  return parts.join(' ');
}

/** For each marker the offset of the next type marker after it; -1 when there is none. */
function nextTypeOffsets(markers: readonly Marker[]): number[] {
  const offsets: number[] = new Array(markers.length);
  let next = -1;
  for (let index = markers.length - 1; index >= 0; index -= 1) {
    offsets[index] = next;
    if (isType(markers[index]!)) next = markers[index]!.offset;
  }
  return offsets;
}

/** `= …` without the semicolon, as dtc lays it out; empty for an empty value. */
export function valueText(property: LiveProperty): string {
  const { value } = property;
  if (value.length === 0) return '';
  const markers = typedMarkers(property);
  const typeEnds = nextTypeOffsets(markers);
  const references = new Map<number, Marker & { readonly kind: 'phandle-reference' }>();
  for (const marker of markers) {
    if (marker.kind === 'phandle-reference' && !references.has(marker.offset)) {
      references.set(marker.offset, { ...marker, kind: 'phandle-reference' });
    }
  }
  let text = ' =';
  let open: TypeKind | undefined;
  for (let index = 0; index < markers.length; index += 1) {
    const marker = markers[index]!;
    const { offset } = marker;
    const chunkEnd = markers[index + 1]?.offset ?? value.length;
    const nextType = typeEnds[index]!;
    const dataEnd = nextType > offset ? nextType : value.length;
    if (isType(marker)) {
      open = marker.kind;
      text += ` ${STARTS[open]}`;
    } else if (marker.kind === 'label') {
      text += ` ${marker.name}:`;
    }
    if (!open || chunkEnd === offset) continue;
    if (open === 'string') {
      text += stringLiteral(value, offset, chunkEnd);
    } else if (open === 'uint32') {
      const reference = references.get(offset);
      if (reference) {
        text += reference.target.startsWith('/') ? `&{${reference.target}}` : `&${reference.target}`;
        if (chunkEnd > offset + 4) text += ` ${integers(value, offset + 4, chunkEnd, open)}`;
      } else {
        text += integers(value, offset, chunkEnd, open);
      }
      if (dataEnd > chunkEnd) text += ' ';
    } else {
      text += integers(value, offset, chunkEnd, open);
    }
    if (chunkEnd === dataEnd) {
      text += chunkEnd === value.length ? ENDS[open] : `${ENDS[open]},`;
      open = undefined;
    }
  }
  return text;
}

/** The places of definitions, as `-T` prints them, with file names relative to the main file's directory. */
class Annotations {
  readonly #level: number;
  readonly #main: string;

  constructor(level: number, main: Source) {
    this.#level = level;
    this.#main = main.lineMarkers?.[0]?.name ?? main.name;
  }

  #shortened(name: string): string {
    const main = this.#main;
    let slashes = 0;
    let slash = -1;
    for (let at = 0; at < name.length && name[at] === main[at]; at += 1) {
      if (name[at] !== '/') continue;
      slash = at;
      slashes += 1;
    }
    if (slash < 0) return name;
    const all = main.split('/').length - 1;
    return '../'.repeat(all - slashes) + name.slice(slash + 1);
  }

  #one(span: Span, edge: 'first' | 'last'): string {
    const place = placeOf(span);
    if (!('line' in place)) return '<no-file>:<no-line>';
    // Where line markers change the file within the span, dtc names the last file.
    const last = placeOf({ ...span, start: Math.max(span.start, span.end - 1) });
    const name = ('line' in last && last.name) || span.source.name;
    if (this.#level > 1) return `${name}:${place.line}:${place.column}-${place.endLine}:${place.endColumn}`;
    return `${this.#shortened(name)}:${edge === 'first' ? place.line : place.endLine}`;
  }

  comment(spans: readonly Span[], edge: 'first' | 'last'): string {
    if (this.#level === 0) return '';
    if (spans.length === 0) return this.#level > 1 ? ' /* <no-file>:<no-line> */' : '';
    return ` /* ${spans.map((span) => this.#one(span, edge)).join(', ')} */`;
  }
}

/** The source text, Latin-1. */
export function writeDts(tree: LiveTree, options: SourceTextOptions = {}): string {
  const annotations = new Annotations(options.annotate ?? 0, tree.source);
  const out: string[] = ['/dts-v1/;\n', tree.plugin ? '/plugin/;\n' : '', '\n'];
  for (const { address, size, labels } of tree.reservations) {
    for (const label of labels) out.push(`${label}: `);
    const digits = (value: bigint): string => value.toString(16).padStart(16, '0');
    out.push(`/memreserve/\t0x${digits(address)} 0x${digits(size)};\n`);
  }
  const open = (node: LiveNode, level: number): void => {
    const indent = '\t'.repeat(level);
    out.push(indent);
    for (const label of node.labels) if (!label.deleted) out.push(`${label.name}: `);
    out.push(`${node.name === '' ? '/' : node.name} {${annotations.comment(node.spans, 'first')}\n`);
    for (const property of node.properties) {
      if (property.deleted) continue;
      out.push(`${indent}\t`);
      for (const label of property.labels) if (!label.deleted) out.push(`${label.name}: `);
      const place = annotations.comment(property.span ? [property.span] : [], 'first');
      out.push(`${property.name}${valueText(property)};${place}\n`);
    }
  };
  const path: { node: LiveNode; next: number }[] = [{ node: tree.root, next: 0 }];
  open(tree.root, 0);
  while (path.length > 0) {
    const top = path.at(-1)!;
    const child = top.node.children[top.next];
    top.next += 1;
    if (!child) {
      path.pop();
      out.push(`${'\t'.repeat(path.length)}};${annotations.comment(top.node.spans, 'last')}\n`);
    } else if (!child.deleted) {
      out.push('\n');
      open(child, path.length);
      path.push({ node: child, next: 0 });
    }
  }
  return out.join('');
}
