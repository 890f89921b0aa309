/**
 * `npm run fuzz:dt -- [OPTION...] [FILE...]`: mutated device tree blobs and sources, as many of the ones as of the
 * others, through all that commands do with a tree: preprocessing, reading, windows with their derivations, checks,
 * symbols and fixups, every writer, overlays. Options and what counts as a failure: fuzz/harness.ts. FILEs are blobs and
 * sources to start from, besides those made here.
 */
import type { Artifact } from '../src/artifact/artifact.ts';
import { DiagnosticList } from '../src/bytes/diagnostic.ts';
import type { Source } from '../src/bytes/source.ts';
import { readBlob } from '../src/devicetree/blob/reader.ts';
import { CHECKS, CheckLevels } from '../src/devicetree/checks/run-checks.ts';
import { type LiveTree, liveFromTree } from '../src/devicetree/live/live-tree.ts';
import { applyOverlay } from '../src/devicetree/live/overlay.ts';
import { prepareTree } from '../src/devicetree/live/prepare-tree.ts';
import { needsPreprocessing } from '../src/devicetree/preprocessor/needed.ts';
import { preprocess } from '../src/devicetree/preprocessor/preprocess.ts';
import { readFragment } from '../src/devicetree/source/fragment.ts';
import { parseDts } from '../src/devicetree/source/parser.ts';
import { wholeSource } from '../src/devicetree/source/source-text.ts';
import { writeAsm } from '../src/devicetree/write/asm.ts';
import { writeDtb } from '../src/devicetree/write/dtb.ts';
import { writeDts } from '../src/devicetree/write/dts.ts';
import { writeYaml } from '../src/devicetree/write/yaml.ts';
import { windowsJson } from '../src/report/subjects/windows.ts';
import { derivationOf } from '../src/window/derivation.ts';
import { describeTree } from '../src/window/from-device-tree.ts';
import { pick, seededRandom } from '../test/grammar/ebnf.ts';
import { fuzz, type Step } from './fuzz/harness.ts';
import { mutated } from './fuzz/tree-mutations.ts';
import { files, readStarts, type TreeStarts } from './fuzz/tree-starts.ts';

const MOST_MILLISECONDS = 1000;
const MOST_BYTES = 512 * 1024 * 1024;

interface Case {
  readonly form: 'blob' | 'text';
  readonly bytes: Uint8Array;
  /** What else is drawn while the case runs. */
  readonly seed: number;
}

const FILE_ACCESS = { loader: files, includePaths: ['include'], defines: ['N=2', 'F(x)=x'] };

/** Every check there is, those that are off by default too. */
function allChecks(): CheckLevels {
  const levels = new CheckLevels();
  for (const { name } of CHECKS) levels.set('warning', name);
  return levels;
}

function makeCase({ sources, blobs }: TreeStarts, random: () => number): Case {
  const seed = Math.floor(random() * 2 ** 32);
  const form = random() < 0.5 ? 'blob' : 'text';
  return { form, bytes: mutated(pick(random, form === 'blob' ? blobs : sources), random), seed };
}

/** Every step is what one command does with the input. */
async function runCase({ form, bytes, seed }: Case, step: Step): Promise<void> {
  const random = seededRandom(seed);
  const source: Source = { name: 'fuzz', form, bytes };
  await step('windows', () => {
    const kind = form === 'blob' ? 'dtb' : 'dts';
    const artifact: Artifact = { kind, source, path: 'fuzz', sha256: '', steps: [] };
    const sink = new DiagnosticList();
    const described = describeTree(artifact, { parse: FILE_ACCESS }, sink);
    if (!described) return;
    windowsJson({ inputs: [artifact], windows: described.windows, diagnostics: sink.all });
    for (const { derivation } of described.windows) void derivationOf({ derivation });
  });
  await step('dtc', () => {
    const live = compiled(source);
    if (live) writeAll(live, random);
  });
  if (random() < 0.1)
    await step('fdtoverlay', () => {
      const overlay = compiled(source);
      if (overlay) applyOverlay(base(), overlay, new DiagnosticList());
    });
  if (form === 'text' && random() < 0.1)
    await step('fragment', () => {
      const sink = new DiagnosticList();
      const artifact: Artifact = { kind: 'dts-fragment', source, path: 'fuzz', sha256: '', steps: [] };
      if (readFragment(source, sink)) describeTree(artifact, {}, sink);
    });
}

/** As far as `fwmap dtc` gets before it checks anything. */
function compiled(source: Source): LiveTree | undefined {
  const sink = new DiagnosticList();
  if (source.form === 'blob') {
    const tree = readBlob(source, sink);
    return tree && liveFromTree(tree);
  }
  const text = needsPreprocessing(source) ? preprocess(source, FILE_ACCESS, sink) : wholeSource(source);
  return parseDts(text, sink, { ...FILE_ACCESS, source });
}

function writeAll(live: LiveTree, random: () => number): void {
  const { failure } = prepareTree(live, {
    ...(random() < 0.5 ? { levels: allChecks() } : {}),
    symbols: random() < 0.3,
    aliases: random() < 0.1,
    fixups: random() < 0.1,
    sort: random() < 0.1,
    force: true,
  });
  if (failure !== undefined) return;
  writeDtb(live);
  writeDts(live);
  if (random() < 0.1) writeAsm(live);
  if (random() < 0.1) writeYaml(live);
}

const BASE_TEXT = Buffer.from('/dts-v1/; / { soc: soc { label: a { }; other: b { }; }; };');

/** A tree with symbols that overlays may be applied to; made anew, as applying one changes it. */
function base(): LiveTree {
  const live = parseDts(wholeSource({ name: 'base', form: 'text', bytes: BASE_TEXT }), new DiagnosticList())!;
  prepareTree(live, { symbols: true });
  return live;
}

await fuzz<Case>({
  name: 'fuzz-dt',
  script: import.meta.url,
  mostMilliseconds: MOST_MILLISECONDS,
  mostBytes: MOST_BYTES,
  async prepare(paths) {
    const starts = readStarts(paths);
    return { make: (random) => makeCase(starts, random), run: runCase, bytes: ({ bytes }) => bytes };
  },
});
