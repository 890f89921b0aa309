/** Reads artifacts of kind `asl`: DefinitionBlocks become tables, bare resource templates become resources. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { type Source, textOf } from '../../bytes/source.ts';
import { finding, messageOf } from '../../findings/finding.ts';
import type { CrsEntry } from '../crs/crs.ts';
import { decodeTemplate } from '../resources/decode.ts';
import { templateOf } from '../resources/descriptor.ts';
import type { AcpiTable } from '../tables/table.ts';
import { compileAsl, compileUnit, tableOf } from './compile/compile.ts';
import { parseAslBody } from './parse/parse.ts';
import { parseResourceTemplates } from './parse/templates.ts';
import { withoutSurroundings } from './text/around.ts';
import { withoutMargins } from './text/margins.ts';
import type { PreprocessorOptions } from './text/preprocessor.ts';

/** The text with margins and other programs' output blanked out; every byte keeps its offset. */
export function aslText(source: Source): Source {
  return withoutSurroundings(withoutMargins(source));
}

/**
 * The tables and resource templates of a text. Tables are compiled and their spans refer to the text. Templates are
 * named `template0`, `template1` … in order. A text without any of them is reported.
 */
export function readAsl(
  artifact: Artifact,
  sink: DiagnosticSink,
  options: PreprocessorOptions = {},
): { readonly tables: AcpiTable[]; readonly crs: CrsEntry[] } {
  const source = aslText(artifact.source);
  const text = textOf(source);
  if (/\bDefinitionBlock\s*\(/i.test(text)) {
    return { tables: compileAsl(source, sink, options).map(tableOf), crs: [] };
  }
  if (/\b(?:Device|Scope|Method)\s*\(/i.test(text)) {
    const unit = parseAslBody(source, options);
    if ('terms' in unit) return { tables: [tableOf(compileUnit(unit))], crs: [] };
    sink.add(finding('acpi/asl-pieces', { problem: messageOf(unit) }, unit.span && { span: unit.span }));
  }
  const crs = parseResourceTemplates(source, sink).map(({ bytes, span, name }, index): CrsEntry => {
    const device = `template${index}`;
    const template = templateOf(bytes);
    const { resources } = decodeTemplate(template, { sink, path: device });
    return { device, object: name ?? '_CRS', status: 'ok', bytes: template, resources, span };
  });
  if (crs.length === 0) {
    sink.add(finding('acpi/no-asl', {}, { span: { source, start: 0, end: source.bytes.length } }));
  }
  return { tables: [], crs };
}
