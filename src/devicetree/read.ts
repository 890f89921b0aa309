/** Reads a device tree in any of its forms. */
import type { Artifact } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import { finding } from '../findings/finding.ts';
import { readDirectory } from './blob/directory-reader.ts';
import { readBlob } from './blob/reader.ts';
import { checkStrictly } from './checks/strict.ts';
import { treeFromLive } from './live/live-tree.ts';
import { applyOverlays } from './live/overlay.ts';
import { needsPreprocessing } from './preprocessor/needed.ts';
import { preprocess } from './preprocessor/preprocess.ts';
import { readFragment } from './source/fragment.ts';
import { parseDts } from './source/parser.ts';
import { wholeSource } from './source/source-text.ts';
import type { FileAccess } from './source/value-parser.ts';
import type { DeviceTree } from './tree.ts';

/** `loader` opens what `#include`, `/include/` and `/incbin/` name; without one they are errors. */
export interface ReadOptions extends FileAccess {
  /** Macros for the preprocessor, `NAME` or `NAME=VALUE`. */
  readonly defines?: readonly string[];
  /**
   * Applied, in this order, to every tree that is neither an overlay nor a fragment. When one can't be applied, the tree is
   * not read at all.
   */
  readonly overlays?: readonly DeviceTree[];
}

/**
 * The device tree of an artifact, with references resolved. Faults of the input become diagnostics in `sink`; undefined,
 * with an error, when no tree could be read or the artifact is of another kind.
 */
export function readDeviceTree(
  artifact: Artifact,
  sink: DiagnosticSink,
  options: ReadOptions = {},
): DeviceTree | undefined {
  const tree = readAsWritten(artifact, sink, options);
  const { overlays = [] } = options;
  if (tree?.overlay) sink.add(finding('dt/overlay-not-applied', {}, { path: artifact.source.name }));
  if (!tree || overlays.length === 0 || tree.overlay || tree.form === 'dts-fragment') return tree;
  return applyOverlays(tree, overlays, sink);
}

function readAsWritten(
  artifact: Artifact,
  sink: DiagnosticSink,
  options: ReadOptions,
): DeviceTree | undefined {
  switch (artifact.kind) {
    case 'dts':
      return readSource(artifact.source, sink, options);
    case 'dts-fragment':
      return readFragment(artifact.source, sink, artifact.isPartial);
    case 'dtb':
    case 'dtbo':
      return readBlob(artifact.source, sink);
    case 'dt-dir':
      return readDirectory(artifact, sink);
    default:
      sink.add(finding('dt/kind', { kind: artifact.kind }, { path: artifact.path }));
      return undefined;
  }
}

function readSource(source: Source, sink: DiagnosticSink, options: ReadOptions): DeviceTree | undefined {
  // Sources with #include and #define are preprocessed first, as the kernel's build does; dtc's language has neither.
  const { loader, includePaths = [], defines = [] } = options;
  const text = needsPreprocessing(source, defines)
    ? preprocess(source, { loader, includePaths, defines }, sink)
    : wholeSource(source);
  const live = parseDts(text, sink, { ...options, source });
  if (!live) return undefined;
  checkStrictly(live, sink);
  return treeFromLive(live);
}
