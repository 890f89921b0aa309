/**
 * Writes a tree as device tree source, in dtc's layout. Values are printed as their markers say; a value without
 * type markers (from a blob) gets the type that its bytes suggest, by dtc's rules.
 */
import { placeOf, type Source, type Span } from '../bytes/source.ts';
import type { LiveNode, LiveProperty, LiveTree } from './live-tree.ts';
import type { Marker } from './tree.ts';

export interface SourceTextOptions {
  /** dtc -T: comments that say where each node and property was defined; 1 names lines, 2 exact places. */
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

/**
 * Adds a marker at its offset, at or behind index `from`; a type stands before what else is at that offset, and
 * nothing is there twice. Gives the index behind the marker, or of the one that was there.
 */
export function addMarker(markers: Marker[], marker: Marker, from = 0): number {
  let at = from;
  while (at < markers.length && markers[at]!.offset < marker.offset) at += 1;
  if (markers[at]?.offset === marker.offset && isType(markers[at]!)) {
    if (isType(marker)) return at;
    at += 1;
  }
  if (markers[at]?.offset === marker.offset && markers[at]!.kind === marker.kind) return at;
  markers.splice(at, 0, marker);
  return at + 1;
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e;
}

/** A byte that may stand in what is taken for a string: printable, NUL, or \a \b \t \n \v \f \r. */
function isStringByte(code: number): boolean {
  return isPrintable(code) || code === 0 || (code >= 7 && code <= 13);
}

/** The type that [offset, offset + length) of the value suggests; several strings get their markers here. */
function guessType(value: Uint8Array, markers: Marker[], offset: number, length: number): TypeKind {
  let nuls = 0;
  let strange = 0;
  for (let at = offset; at < offset + length; at += 1) {
    const code = value[at]!;
    if (code === 0) nuls += 1;
    else if (!isStringByte(code)) strange += 1;
  }
  if (value[offset + length - 1] === 0 && strange === 0 && nuls <= length - nuls) {
    if (nuls > 1) {
      let from = 0;
      for (let at = value.indexOf(0, offset) + 1; at < offset + length; at = value.indexOf(0, at) + 1) {
        from = addMarker(markers, { kind: 'string', offset: at }, from);
      }
    }
    return 'string';
  }
  return length % 4 === 0 ? 'uint32' : 'uint8';
}

/** The property's markers, with guessed types where nothing says one. */
export function typedMarkers(property: LiveProperty): Marker[] {
  const markers = [...property.markers];
  const { value } = property;
  let offset = 0;
  let at = 0;
  for (; at < markers.length; at += 1) {
    // One type means that all of the value has been given types.
    if (isType(markers[at]!)) return markers;
    if (markers[at]!.offset > offset) {
      const kind = guessType(value, markers, offset, markers[at]!.offset - offset);
      at = addMarker(markers, { kind, offset }, at);
      offset = markers[at]!.offset;
    }
    if (markers[at]!.kind === 'phandle-reference') {
      at = addMarker(markers, { kind: 'uint32', offset }, at);
      offset += 4;
    }
  }
  if (offset < value.length) {
    addMarker(markers, { kind: guessType(value, markers, offset, value.length - offset), offset }, at);
  }
  return markers;
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
 * A string literal for the bytes before the closing NUL. A byte above 0x7f becomes `\xde`, as in dtc where `char` is
 * unsigned; where it is signed, as on x86, dtc writes `\xffffffde`, which it then reads back as another string.
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

/** `= …` without the semicolon, as dtc lays it out; empty for an empty value. */
export function valueText(property: LiveProperty): string {
  const { value } = property;
  if (value.length === 0) return '';
  const markers = typedMarkers(property);
  let text = ' =';
  let open: TypeKind | undefined;
  for (let index = 0; index < markers.length; index += 1) {
    const marker = markers[index]!;
    const { offset } = marker;
    const chunkEnd = markers[index + 1]?.offset ?? value.length;
    const nextType = markers.find((other, at) => at > index && isType(other));
    const dataEnd = nextType && nextType.offset > offset ? nextType.offset : value.length;
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
      const reference = markers.find(
        (other) => other.kind === 'phandle-reference' && other.offset === offset,
      );
      if (reference?.kind === 'phandle-reference') {
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

/** Where definitions stood, as `-T` prints it; file names relative to the main file's directory. */
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
    // Where line markers change the file on the way, dtc names the one at the end.
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

/** The source text, one character a byte. */
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
