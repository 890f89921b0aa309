/** Compiles ASL text into AML tables as iasl does. */
import type { DiagnosticSink } from '../../../bytes/diagnostic.ts';
import type { Source, Span } from '../../../bytes/source.ts';
import { latin1Text } from '../../../bytes/text-encoding.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from '../../tables/table.ts';
import { type AslUnit, parseAsl } from '../parse/parse.ts';
import type { PreprocessorOptions } from '../text/preprocessor.ts';
import { type EncodedTerm, encodeTerms } from './encode.ts';
import { resolveUnit } from './resolve.ts';

export interface CompileOptions extends PreprocessorOptions {
  /** Header fields that identify the compiler: four characters, and a version. */
  readonly creatorId?: string;
  readonly creatorRevision?: number;
}

export interface CompiledTable {
  readonly unit: AslUnit;
  /** The whole table, header and checksum included. */
  readonly bytes: Uint8Array;
  /** Place in the text of the innermost term that the byte belongs to; of the DefinitionBlock for a header byte. */
  spanAt(offset: number): Span;
}

/** Compiles every DefinitionBlock of a text. Statements with errors are left out. */
export function compileAsl(
  source: Source,
  sink: DiagnosticSink,
  options: CompileOptions = {},
): CompiledTable[] {
  return parseAsl(source, sink, options).map((unit) => compileUnit(unit, options));
}

/** Compiles one block. */
export function compileUnit(unit: AslUnit, options: CompileOptions = {}): CompiledTable {
  const { bytes: body, map } = encodeTerms(resolveUnit(unit), TABLE_HEADER_LENGTH);
  const bytes = new Uint8Array(TABLE_HEADER_LENGTH + body.length);
  bytes.set(body, TABLE_HEADER_LENGTH);
  writeHeader(bytes, unit, options);
  return { unit, bytes, spanAt: (offset) => spanAt(unit, map, offset) };
}

/**
 * The compiled table in the form of one that was read from a binary. A span into its bytes is shown as the place in the
 * text.
 */
export function tableOf({ unit, bytes, spanAt }: CompiledTable): AcpiTable {
  const { source } = unit.positions.spanOf(unit.start, unit.end);
  const view = new DataView(bytes.buffer);
  return {
    name: unit.signature,
    signature: unit.signature,
    length: bytes.length,
    revision: unit.revision,
    checksumOk: true,
    oemId: unit.oemId,
    oemTableId: unit.oemTableId,
    oemRevision: unit.oemRevision,
    creatorId: latin1Text(bytes.subarray(28, 32)),
    creatorRevision: view.getUint32(32, true),
    bytes,
    source: { name: `${source.name}!${unit.signature}`, form: 'blob', bytes, written: spanAt },
    offset: 0,
  };
}

function writeHeader(bytes: Uint8Array, unit: AslUnit, options: CompileOptions): void {
  const view = new DataView(bytes.buffer);
  const text = (offset: number, value: string, length: number): void => {
    for (let index = 0; index < Math.min(length, value.length); index += 1) {
      bytes[offset + index] = value.charCodeAt(index);
    }
  };
  text(0, unit.signature, 4);
  view.setUint32(4, bytes.length, true);
  view.setUint8(8, unit.revision);
  text(10, unit.oemId, 6);
  text(16, unit.oemTableId, 8);
  view.setUint32(24, unit.oemRevision, true);
  text(28, options.creatorId ?? 'FWMP', 4);
  view.setUint32(32, options.creatorRevision ?? 1, true);
  let sum = 0;
  for (const byte of bytes) sum += byte;
  view.setUint8(9, -sum & 0xff);
}

function spanAt(unit: AslUnit, map: readonly EncodedTerm[], offset: number): Span {
  let low = 0;
  let high = map.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (map[middle]!.at <= offset) low = middle + 1;
    else high = middle;
  }
  // The last term that begins at or before the byte if it extends beyond it, otherwise the nearest enclosing term.
  for (let index = low - 1; index >= 0; index -= 1) {
    const term = map[index]!;
    if (term.end > offset) return unit.positions.spanOf(term.textStart, term.textEnd);
  }
  return unit.positions.spanOf(unit.start, unit.end);
}
