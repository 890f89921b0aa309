/**
 * Converts device trees from one form to another, as dtc does: read into a live tree, completed and checked by
 * {@link prepareTree}, and written from there.
 */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import { latin1Bytes } from '../bytes/text-encoding.ts';
import type { BlobEdit } from './blob/edit.ts';
import type { LiveTree } from './live/live-tree.ts';
import type { FileAccess } from './source/value-parser.ts';
import type { BlobOptions } from './write/dtb.ts';

/** How a source's files are found, and its macros: `NAME` or `NAME=VALUE`. */
export interface CompileTreeOptions extends FileAccess {
  readonly defines?: readonly string[];
}

/**
 * Parses device tree source into a live tree, preprocessed first where it has directives.
 * @returns undefined when it can't be parsed; the errors are in `sink`
 */
export async function compileTree(
  source: Source,
  options: CompileTreeOptions,
  sink: DiagnosticSink,
): Promise<LiveTree | undefined> {
  const [{ needsPreprocessing }, { preprocess }, { parseDts }, { wholeSource }] = await Promise.all([
    import('./preprocessor/needed.ts'),
    import('./preprocessor/preprocess.ts'),
    import('./source/parser.ts'),
    import('./source/source-text.ts'),
  ]);
  const { loader, includePaths = [], defines = [] } = options;
  let failed = false;
  const noting: DiagnosticSink = {
    add(diagnostic) {
      failed ||= diagnostic.severity === 'error';
      sink.add(diagnostic);
    },
  };
  const text = needsPreprocessing(source, defines)
    ? preprocess(source, { loader, includePaths, defines }, noting)
    : wholeSource(source);
  const tree = failed ? undefined : parseDts(text, noting, { loader, includePaths, source });
  return failed ? undefined : tree;
}

/** The live tree of a blob. @returns undefined when it has none; the errors are in `sink` */
export async function treeOfBlob(source: Source, sink: DiagnosticSink): Promise<LiveTree | undefined> {
  const [{ readBlob }, { liveFromTree }] = await Promise.all([
    import('./blob/reader.ts'),
    import('./live/live-tree.ts'),
  ]);
  const tree = readBlob(source, sink);
  return tree && liveFromTree(tree);
}

export interface WriteTreeOptions extends Omit<BlobOptions, 'version'> {
  /** Of a blob: 1, 2, 3, 16 or 17 (the default). */
  readonly version?: number;
  /** Of source: 1 names the file and line of every node and property in comments, 2 also columns. */
  readonly annotate?: number;
  /**
   * What overlays changed ({@link applyOverlay}) in a tree that came from a blob: the blob is edited in place, as
   * fdtoverlay does, and keeps its layout.
   */
  readonly edits?: readonly BlobEdit[];
}

export type WrittenTree =
  | {
      readonly bytes: Uint8Array;
      /** The size of a blob that outgrew the minimum size asked for. */
      readonly sizeOverMinimum?: number | undefined;
    }
  | { readonly failure: string };

/** Forms that a tree is written in: source, blob, dtc's YAML, assembler source. */
export type TreeForm = 'dts' | 'dtb' | 'yaml' | 'asm';

/** Writes a tree that {@link prepareTree} has completed. */
export async function writeTree(
  tree: LiveTree,
  form: TreeForm,
  { version, annotate = 0, edits, ...layout }: WriteTreeOptions = {},
): Promise<WrittenTree> {
  if (form === 'dts') {
    const { writeDts } = await import('./write/dts.ts');
    return { bytes: latin1Bytes(writeDts(tree, { annotate })) };
  }
  if (form === 'yaml') {
    const { writeYaml } = await import('./write/yaml.ts');
    const written = writeYaml(tree);
    return 'failure' in written ? written : { bytes: latin1Bytes(written.text) };
  }
  const { blobVersion, DEFAULT_BLOB_VERSION, writeDtb } = await import('./write/dtb.ts');
  const numbered = blobVersion(version ?? DEFAULT_BLOB_VERSION);
  if (!numbered) return { failure: `Unknown device tree blob version ${version}` };
  const options = { ...layout, version: numbered };
  if (form === 'asm') {
    const { writeAsm } = await import('./write/asm.ts');
    return { bytes: latin1Bytes(writeAsm(tree, options)) };
  }
  if (edits !== undefined) {
    const { editBlob } = await import('./blob/edit.ts');
    const edited = editBlob(tree, edits);
    if (edited !== undefined) return { bytes: edited };
  }
  return writeDtb(tree, options);
}
