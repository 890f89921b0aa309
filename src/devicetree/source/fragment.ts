/**
 * Reads fragments of device tree source, as quoted in mails: properties and nodes without the tree around them, or only a
 * list of cells.
 */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source, Span } from '../../bytes/source.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { finding } from '../../findings/finding.ts';
import {
  type LiveNode,
  type LiveProperty,
  livePathOf,
  liveProperty,
  treeFromLive,
  walkLive,
} from '../live/live-tree.ts';
import type { DeviceTree } from '../tree.ts';
import { parseBody } from './parser.ts';
import { wholeSource } from './source-text.ts';

/** Properties that give addresses or identify the device. */
const ADDRESS_PROPERTY =
  /^(?:reg|ranges|dma-ranges|#address-cells|#size-cells|compatible|status|device_type|memory-region)$/;
/** How far back the beginning of a statement is searched, in characters. */
const MAX_STATEMENT = 64 * 1024;

/** The name of the property whose statement contains an offset. */
function statementName(text: string, offset: number): string | undefined {
  const before = text.slice(Math.max(0, offset - MAX_STATEMENT), offset);
  const start = Math.max(before.lastIndexOf(';'), before.lastIndexOf('{'), before.lastIndexOf('}')) + 1;
  const statement = before.slice(start) + text.slice(offset, offset + 64);
  return /^\s*(?:[A-Za-z_]\w*\s*:\s*)*([\w,.+*#?-]+)\s*=/.exec(statement)?.[1];
}

/**
 * A tree of form `dts-fragment` whose root has the fragment's properties. Anything else in it is a warning, since a fragment
 * may be surrounded by other text. A list of cells alone, in `<…>` or without, is read as `ranges`. Undefined, with an
 * error, when there is neither property nor node.
 * @param isPartial the part of a file that a patch shows: it may be empty, and macros have no values in it, which is reported
 *   for properties with addresses only
 */
export function readFragment(
  source: Source,
  sink: DiagnosticSink,
  isPartial = false,
): DeviceTree | undefined {
  const text = wholeSource(source);
  const list = isPartial ? undefined : bareCellList(text.text);
  if (list) {
    const span: Span = text.spanOf(list.start, list.end);
    sink.add(finding('dt/fragment-name', {}, { span }));
    const value = new Uint8Array(list.cells.length * 4);
    const view = new DataView(value.buffer);
    for (const [index, cell] of list.cells.entries()) view.setUint32(index * 4, cell);
    const property = liveProperty('ranges', value, [{ kind: 'uint32', offset: 0 }]);
    property.span = span;
    property.valueSpan = span;
    const live = parseBody(wholeSource({ ...source, bytes: new Uint8Array(0) }), sink);
    live.root.properties.push(property);
    return treeFromLive(live);
  }
  const lenient: DiagnosticSink = {
    add: (diagnostic) => {
      const { severity, code, span } = diagnostic;
      if (isPartial) {
        const name = span && statementName(text.text, span.start);
        if (code === 'dt/property-order' || name === undefined || !ADDRESS_PROPERTY.test(name)) return;
      }
      sink.add(severity === 'error' ? { ...diagnostic, severity: 'warning' } : diagnostic);
    },
  };
  const live = parseBody(text, lenient);
  tellUnsettled(live.root, isPartial, lenient);
  const tree = treeFromLive(live);
  if (isPartial || tree.root.properties.length > 0 || tree.root.children.length > 0) return tree;
  sink.add(finding('dt/fragment-empty', {}, { span: text.spanOf(0, 0) }));
  return undefined;
}

/** What looks like a reference in a text that was copied from the source of a page. */
const HTML_ENTITY = /^(?:lt|gt|amp|quot|nbsp)$/;
/** Properties that windows come from. */
const WINDOW_PROPERTY = /^(?:reg|ranges|dma-ranges|#address-cells|#size-cells)$/;

/**
 * Tells what leaves a property that windows come from unsettled: it stands twice in a node, as the two sides of a change
 * that was quoted without its hunk do, or it refers to something outside.
 * @param isPartial lines of several nodes may be the root's
 */
function tellUnsettled(root: LiveNode, isPartial: boolean, sink: DiagnosticSink): void {
  for (const node of walkLive(root)) {
    const before = new Map<string, LiveProperty>();
    for (const property of node.properties) {
      const { name, value, span, markers } = property;
      if (!WINDOW_PROPERTY.test(name)) continue;
      if (property.deleted) {
        before.delete(name);
        continue;
      }
      const where = { path: livePathOf(node), ...(span && { span }) };
      const first = before.get(name);
      before.set(name, property);
      const isChange =
        first !== undefined && !(isPartial && node === root) && latin1Text(first.value) !== latin1Text(value);
      if (isChange)
        sink.add(
          finding('dt/duplicate-property-names', { problem: `Duplicate property name "${name}"` }, where),
        );
      for (const marker of markers) {
        if (marker.kind !== 'phandle-reference' && marker.kind !== 'path-reference') continue;
        const problem = `Reference to non-existent node or label "${marker.target}"`;
        const advice = HTML_ENTITY.test(marker.target) ? 'save the text without HTML entities' : undefined;
        sink.add(finding('dt/reference', { problem, advice }, where));
      }
    }
  }
}

interface CellList {
  readonly cells: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** `<0x0f 0xf0000000 …>`, also in several `<…>` with commas between them, or the numbers alone. */
function bareCellList(text: string): CellList | undefined {
  // Runs on every fragment, so each test is linear in the text.
  if (!/^[\s<>,;0-9a-fA-FxX]+$/.test(text)) return undefined;
  const trimmed = text.trim();
  const start = text.indexOf(trimmed);
  const words = trimmed.split(/[\s<>,;]+/).filter((word) => word !== '');
  if (words.length === 0 || !words.every((word) => /^(?:0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10})$/.test(word)))
    return undefined;
  const cells = words.map(Number);
  if (cells.some((cell) => cell > 0xffffffff)) return undefined;
  return { cells, start, end: start + trimmed.length };
}
