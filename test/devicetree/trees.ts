/** Trees from source text, for tests. */
import { type Diagnostic, DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { placeOf, type Source } from '../../src/bytes/source.ts';
import { checkStrictly } from '../../src/devicetree/checks/strict.ts';
import { type LiveTree, treeFromLive } from '../../src/devicetree/live/live-tree.ts';
import { type ParseOptions, parseDts } from '../../src/devicetree/source/parser.ts';
import type { SourceLoader } from '../../src/devicetree/source/source-loader.ts';
import { wholeSource } from '../../src/devicetree/source/source-text.ts';
import { type DeviceTree, pathOf, walk } from '../../src/devicetree/tree.ts';
import { messageOf } from '../../src/findings/finding.ts';

export function latin1Source(name: string, text: string): Source {
  return { name, form: 'text', bytes: Buffer.from(text, 'latin1') };
}

export interface Parsed {
  readonly live: LiveTree | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** `line:column code message` of each diagnostic. */
  readonly told: readonly string[];
}

export function parseText(text: string, options: ParseOptions = {}, name = 'test.dts'): Parsed {
  const sink = new DiagnosticList();
  const live = parseDts(wholeSource(latin1Source(name, text)), sink, options);
  return { live, diagnostics: sink.all, told: sink.all.map(tell) };
}

export function tell(diagnostic: Diagnostic): string {
  const { span, code } = diagnostic;
  const place = span && placeOf(span);
  const where = !place ? '-' : 'line' in place ? `${place.line}:${place.column}` : `@${place.offset}`;
  return `${where} ${code} ${messageOf(diagnostic)}`;
}

/** The finished tree of a source without a fault. */
export function treeOf(text: string, options: ParseOptions = {}): DeviceTree {
  const sink = new DiagnosticList();
  const live = parseDts(wholeSource(latin1Source('test.dts', text)), sink, options);
  if (live) checkStrictly(live, sink);
  if (!live || sink.hasErrors) throw new Error(sink.all.map(tell).join('\n'));
  return treeFromLive(live);
}

/** Every node's path and every property with its bytes in hex. */
export function contents(tree: DeviceTree): string[] {
  const lines: string[] = [];
  for (const node of walk(tree.root)) {
    lines.push(pathOf(node));
    for (const { name, value } of node.properties)
      lines.push(`${name}=${Buffer.from(value).toString('hex')}`);
  }
  return lines;
}

/** A loader over texts in memory. */
export function memoryLoader(files: Readonly<Record<string, string>>): SourceLoader {
  const sources = new Map(Object.entries(files).map(([name, text]) => [name, latin1Source(name, text)]));
  const missing = { reason: 'missing', text: 'No such file or directory' } as const;
  return {
    open: (path) => sources.get(path) ?? missing,
    read: (path, offset, length) => {
      const bytes = sources.get(path)?.bytes;
      if (!bytes) return missing;
      return bytes.subarray(Number(offset), length === undefined ? undefined : Number(offset + length));
    },
  };
}
