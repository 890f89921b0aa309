/**
 * Replaces patches among the inputs by the files that they change, as they are after the last patch, with the state before
 * the first in `before`. A base file given with them supplies what the hunks don't show.
 */
import { type DiagnosticSink, IGNORED } from '../../bytes/diagnostic.ts';
import { type Source, type Span, textOf } from '../../bytes/source.ts';
import { latin1Bytes, latin1Text } from '../../bytes/text-encoding.ts';
import { finding } from '../../findings/finding.ts';
import type { Artifact } from '../artifact.ts';
import { sniffKind } from '../sniff.ts';
import { shownAsl } from './asl-text.ts';
import { KCONFIG_FILE, kconfigChanges } from './kconfig.ts';
import { KnownFile, type Segment } from './known-lines.ts';
import { applySeries, orderOfShown } from './series.ts';
import { markersOf, type ShownText } from './shown-text.ts';
import { shownTree } from './tree-text.ts';
import { type FilePatch, type Hunk, readUnifiedDiff } from './unified-diff.ts';

/** A whole file that patches may apply to. */
export interface BaseFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its origin, for messages: `v6.12:arch/arm64/boot/dts/x.dts`. */
  readonly how: string;
}

export interface ResolveOptions {
  /** The files of `--base`. */
  readonly bases?: readonly BaseFile[];
  /**
   * Finds a file that a patch names in the source tree of an input: `arch/arm64/boot/dts/soc.dtsi` for
   * `/src/linux/arch/arm64/boot/dts/board.dts`, which includes it.
   */
  readonly findFile?: (name: string, beside: string) => BaseFile | undefined;
}

/** A file that one or several patches change. */
interface ChangedFile {
  /** Its name after the last patch. */
  path: string | undefined;
  isNew: boolean;
  isDeleted: boolean;
  readonly parts: { readonly artifact: Artifact; readonly patch: FilePatch }[];
}

const TREE_FILE = /\.(?:dtsi?|dtso|dts\.in|overlay)$/i;
const ASL_FILE = /\.(?:asl|dsl|asi|asli)$/i;

/**
 * The inputs with patches resolved, in order. Changes to files that are neither device tree source nor ASL nor Kconfig are
 * reported and left out.
 */
export function resolvePatches(
  artifacts: readonly Artifact[],
  options: ResolveOptions,
  sink: DiagnosticSink,
): Artifact[] {
  const { bases = [], findFile } = options;
  const resolver = new Resolver(artifacts, bases, findFile, sink);
  const resolved = artifacts.some(({ kind }) => kind === 'patch') ? resolver.resolve() : [...artifacts];
  resolver.reportUnusedBases();
  return resolved;
}

class Resolver {
  readonly #artifacts: readonly Artifact[];
  readonly #bases: readonly BaseFile[];
  readonly #findFile: ResolveOptions['findFile'];
  readonly #sink: DiagnosticSink;
  readonly #replaced = new Map<Artifact, Artifact>();
  readonly #made = new Map<Artifact, Artifact[]>();
  readonly #usedBases = new Set<BaseFile>();

  constructor(
    artifacts: readonly Artifact[],
    bases: readonly BaseFile[],
    findFile: ResolveOptions['findFile'],
    sink: DiagnosticSink,
  ) {
    this.#artifacts = artifacts;
    this.#bases = bases;
    this.#findFile = findFile;
    this.#sink = sink;
  }

  resolve(): Artifact[] {
    const files = changedFiles(
      this.#artifacts.filter(({ kind }) => kind === 'patch'),
      this.#sink,
    );
    const others: string[] = [];
    for (const file of files)
      if (!this.#file(file, files.length)) others.push(file.path ?? 'a file without a name');
    const first = this.#artifacts.find(({ kind }) => kind === 'patch')!;
    if (others.length > 0)
      this.#sink.add(finding('artifact/patch-other-files', { files: others }, { path: first.path }));
    return this.#artifacts.flatMap((artifact) =>
      artifact.kind === 'patch'
        ? (this.#made.get(artifact) ?? [])
        : [this.#replaced.get(artifact) ?? artifact],
    );
  }

  reportUnusedBases(): void {
    for (const base of this.#bases)
      if (!this.#usedBases.has(base))
        this.#sink.add(finding('artifact/base-not-used', { base: base.how }, { path: base.how }));
  }

  /** Resolves one changed file; false when it is neither device tree source nor ASL nor Kconfig. */
  #file(file: ChangedFile, files: number): boolean {
    const { path = '' } = file;
    const shown = file.parts.flatMap(({ patch }) => patch.hunks.flatMap(({ lines }) => lines));
    const text = shown.map((line) => line.text).join('\n');
    const isKconfig = KCONFIG_FILE.test(path);
    const kind = isKconfig
      ? 'kconfig'
      : TREE_FILE.test(path)
        ? 'tree'
        : ASL_FILE.test(path)
          ? 'asl'
          : contentKind(text, file.path === undefined);
    if (kind === undefined) return false;
    if (file.isDeleted) {
      this.#sink.add(finding('artifact/patch-deletes', { file: path }, { path }));
      return true;
    }
    if (kind === 'kconfig') this.#kconfig(file);
    else if (!this.#complete(file, kind, files) && !this.#included(file)) this.#shown(file, kind);
    return true;
  }

  #kconfig(file: ChangedFile): void {
    for (const { artifact, patch } of file.parts)
      this.#make(artifact, {
        ...copyOf(artifact),
        kind: 'patch',
        source: artifact.source,
        steps: [...artifact.steps, { how: 'patch', ...(file.path === undefined ? {} : { name: file.path }) }],
        changes: kconfigChanges(patch.hunks),
      });
  }

  #make(patch: Artifact, made: Artifact): void {
    const known = this.#made.get(patch);
    if (known) known.push(made);
    else this.#made.set(patch, [made]);
  }

  /** Resolves a file of which the whole text is known: from another input, from --base, or because it is new. */
  #complete(file: ChangedFile, kind: 'tree' | 'asl', files: number): boolean {
    const given = this.#artifacts.find(
      (artifact) =>
        (artifact.kind === 'dts' || artifact.kind === 'asl') && isSameFile(artifact.path, file.path),
    );
    const base = this.#baseOf(file, files);
    if (base) this.#usedBases.add(base);
    const text = given ? textOf(given.source) : base ? latin1Text(base.bytes) : file.isNew ? '' : undefined;
    if (text === undefined) return false;
    const makes = text === '' ? file.parts.find(({ patch }) => patch.isNew) : undefined;
    const rest = file.parts.filter((part) => part !== makes);
    const series = applySeries(makes === undefined ? text : addedText(makes.patch.hunks), rest);
    if ('stuck' in series) {
      const { artifact, patch } = series.stuck;
      const where = given?.path ?? base?.how ?? file.path ?? '';
      this.#sink.add(
        finding(
          'artifact/patch-does-not-apply',
          { file: where, large: series.large },
          { path: artifact.path, span: spanOf(artifact, patch) },
        ),
      );
      return false;
    }
    const { after } = series;
    const before = makes === undefined ? series.before : '';
    const last = (series.order.at(-1) ?? makes ?? file.parts.at(-1)!).artifact;
    // A new file that includes others, which are not given: only what its hunks show can be read.
    if (!given && !base && (kind === 'asl' || /^[ \t]*(?:#[ \t]*include|\/include\/)/m.test(after)))
      return false;
    const name = given?.path ?? base?.path ?? file.path!;
    const made = (content: string, how: string): Artifact => {
      const bytes = latin1Bytes(content);
      return {
        ...copyOf(given ?? last),
        kind: kind === 'asl' ? 'asl' : sniffKind(bytes) === 'dts' ? 'dts' : 'dts-fragment',
        source: { name, form: 'text', bytes },
        path: given?.path ?? (base ? base.path : last.path),
        steps: [...(given ?? last).steps, { how, name: last.path }],
      };
    };
    const artifact: Artifact = {
      ...made(after, 'patched'),
      ...(before === undefined || before === '' ? {} : { before: made(before, 'before the patch') }),
    };
    if (given) this.#replaced.set(given, artifact);
    else this.#make(last, artifact);
    return true;
  }

  /** Resolves a file that one of the input sources can include: that source is read with the patched file. */
  #included(file: ChangedFile): boolean {
    if (file.path === undefined || !this.#findFile) return false;
    for (const artifact of this.#artifacts) {
      if (artifact.kind !== 'dts') continue;
      const found = this.#findFile(file.path, artifact.path);
      if (!found) continue;
      const series = applySeries(latin1Text(found.bytes), file.parts);
      if ('stuck' in series) {
        const { artifact: patchArtifact, patch } = series.stuck;
        const place = { path: patchArtifact.path, span: spanOf(patchArtifact, patch) };
        this.#sink.add(
          finding('artifact/patch-does-not-apply', { file: found.path, large: series.large }, place),
        );
        return false;
      }
      const { after: text } = series;
      const current = this.#replaced.get(artifact) ?? artifact;
      const patchedFiles = new Map(current.patchedFiles).set(found.path, latin1Bytes(text));
      this.#replaced.set(artifact, { ...current, patchedFiles });
      return true;
    }
    return false;
  }

  #baseOf(file: ChangedFile, files: number): BaseFile | undefined {
    const same = this.#bases.find(({ path }) => isSameFile(path, file.path));
    // A single changed file and a single base belong together whatever their names.
    return same ?? (files === 1 && this.#bases.length === 1 ? this.#bases[0] : undefined);
  }

  /** Resolves a file from its hunks alone. */
  #shown(file: ChangedFile, kind: 'tree' | 'asl'): void {
    file.parts.splice(0, file.parts.length, ...orderOfShown(file.parts));
    const known = new KnownFile();
    for (const [index, { patch }] of file.parts.entries()) known.apply(index, patch.hunks);
    const last = file.parts.at(-1)!.artifact;
    if (known.mismatches > 0)
      this.#sink.add(finding('artifact/patch-mismatch', { file: file.path ?? '' }, { path: last.path }));
    if (known.after.length === 0) return;
    const after = this.#shownArtifact(file, kind, known.after, 'after the patch', this.#sink);
    const before = this.#shownArtifact(file, kind, known.before, 'before the patch', IGNORED);
    this.#make(last, { ...after, before });
  }

  #shownArtifact(
    file: ChangedFile,
    kind: 'tree' | 'asl',
    segments: readonly Segment[],
    how: string,
    sink: DiagnosticSink,
  ): Artifact {
    const shown = kind === 'tree' ? shownTree(segments) : shownAsl(segments);
    const last = file.parts.at(-1)!.artifact;
    const placeOf = (patch: number): { name: string; linesBefore: number } => {
      const { source } = file.parts[patch]!.artifact;
      const marker = source.lineMarkers?.[0];
      return { name: marker?.name ?? source.name, linesBefore: marker ? marker.line - 1 : 0 };
    };
    const source: Source = {
      name: last.source.name,
      form: 'text',
      bytes: latin1Bytes(shown.text),
      lineMarkers: markersOf(shown, placeOf),
    };
    this.#reportCut(file, shown, sink);
    return {
      ...copyOf(last),
      kind: kind === 'tree' ? 'dts-fragment' : 'asl',
      source,
      steps: [...last.steps, { how, ...(file.path === undefined ? {} : { name: file.path }) }],
      isPartial: true,
    };
  }

  #reportCut(file: ChangedFile, { cut }: ShownText, sink: DiagnosticSink): void {
    for (const { at, name } of cut) {
      if (name !== undefined && !ADDRESS_PROPERTY.test(name)) continue;
      const { artifact } = file.parts[at.patch]!;
      sink.add(
        finding(
          'artifact/patch-cuts-value',
          { name },
          { path: artifact.path, span: lineSpan(artifact.source, at.line) },
        ),
      );
    }
  }
}

/** Properties that addresses depend on. */
const ADDRESS_PROPERTY = /^(?:reg|ranges|dma-ranges|compatible|#address-cells|#size-cells|memory-region)$/;

function copyOf({ path, sha256, steps }: Artifact): Pick<Artifact, 'path' | 'sha256' | 'steps'> {
  return { path, sha256, steps };
}

function lineSpan(source: Source, line: number): Span {
  const text = textOf(source);
  let start = 0;
  for (let left = line; left > 0 && start >= 0; left -= 1) start = text.indexOf('\n', start) + 1;
  const end = text.indexOf('\n', start);
  return { source, start, end: end < 0 ? text.length : end };
}

function spanOf({ source }: Artifact, { line }: FilePatch): Span {
  return lineSpan(source, line);
}

function addedText(hunks: readonly Hunk[]): string {
  return hunks
    .flatMap(({ lines }) => lines)
    .filter(({ mark }) => mark !== '-')
    .map(({ text }) => `${text}\n`)
    .join('');
}

/** Recognises the language of a file by its content, when its name doesn't tell. */
function contentKind(text: string, isNameless: boolean): 'tree' | 'asl' | undefined {
  if (/^\s*(?:Device|Scope|Method|Name|DefinitionBlock)\s*\(|ResourceTemplate\s*\(/m.test(text)) return 'asl';
  if (/^[ \t]*(?:ranges|reg|dma-ranges|#(?:address|size)-cells|compatible)[ \t]*=[ \t]*[<"]/m.test(text))
    return 'tree';
  return isNameless && /^[ \t]*[\w,.@+-]+[ \t]*\{[ \t]*$/m.test(text) ? 'tree' : undefined;
}

/** Whether two paths may name the same file, whose directory may differ from that in the patch: by file name. */
function isSameFile(path: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const a = path.split('/').filter((part) => part !== '' && part !== '.');
  const b = other.split('/').filter((part) => part !== '' && part !== '.');
  const shorter = a.length < b.length ? a : b;
  const longer = shorter === a ? b : a;
  return shorter.length > 0 && longer.at(-1) === shorter.at(-1);
}

/** The files that patches change, in the order of their first change; renames are followed. */
function changedFiles(patches: readonly Artifact[], sink: DiagnosticSink): ChangedFile[] {
  const files: ChangedFile[] = [];
  const byPath = new Map<string, ChangedFile>();
  for (const artifact of patches) {
    const onMore = (): void =>
      sink.add(
        finding(
          'fwmap/limit',
          { name: 'patch-hunks', rest: 'the rest is not read' },
          { path: artifact.path },
        ),
      );
    for (const patch of readUnifiedDiff(textOf(artifact.source), onMore)) {
      const from = patch.oldPath ?? patch.newPath;
      const path = patch.newPath ?? patch.oldPath;
      let file = from === undefined ? undefined : byPath.get(from);
      if (!file) {
        file = { path, isNew: patch.isNew, isDeleted: false, parts: [] };
        files.push(file);
      }
      file.path = path;
      file.isDeleted = patch.isDeleted;
      if (path !== undefined) byPath.set(path, file);
      file.parts.push({ artifact, patch });
    }
  }
  return files;
}
