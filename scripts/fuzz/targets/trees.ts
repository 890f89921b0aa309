/** Device trees: blobs, source, the preprocessor, overlays, fragments, folders; read, described, checked and written. */
import type { Artifact, ArtifactKind } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import type { Source } from '../../../src/bytes/source.ts';
import { readBlob } from '../../../src/devicetree/blob/reader.ts';
import { CHECKS, CheckLevels } from '../../../src/devicetree/checks/run-checks.ts';
import { type LiveTree, liveFromTree, treeFromLive } from '../../../src/devicetree/live/live-tree.ts';
import { applyOverlay } from '../../../src/devicetree/live/overlay.ts';
import { prepareTree } from '../../../src/devicetree/live/prepare-tree.ts';
import { needsPreprocessing } from '../../../src/devicetree/preprocessor/needed.ts';
import { preprocess } from '../../../src/devicetree/preprocessor/preprocess.ts';
import { readDeviceTree } from '../../../src/devicetree/read.ts';
import { readFragment } from '../../../src/devicetree/source/fragment.ts';
import { parseDts } from '../../../src/devicetree/source/parser.ts';
import { wholeSource } from '../../../src/devicetree/source/source-text.ts';
import { writeAsm } from '../../../src/devicetree/write/asm.ts';
import { writeDtb } from '../../../src/devicetree/write/dtb.ts';
import { writeDts } from '../../../src/devicetree/write/dts.ts';
import { writeYaml } from '../../../src/devicetree/write/yaml.ts';
import { windowsJson } from '../../../src/report/subjects/windows.ts';
import { derivationOf } from '../../../src/window/derivation.ts';
import { describeTree } from '../../../src/window/from-device-tree.ts';
import { Draw, hex, latin1 } from '../draw.ts';
import { anyChange, textChange } from '../mutations.ts';
import { type Known, type Reader, readerTarget, type Target, type Watch } from '../target.ts';
import {
  blobOfModel,
  drawNode,
  entriesOfModel,
  listedModel,
  listedTree,
  sourceOfModel,
} from '../tree-model.ts';
import { FILE_ACCESS, TOKENS, treeStarts } from '../tree-starts.ts';

function artifactOf(kind: ArtifactKind, source: Source): Artifact {
  return { kind, source, path: 'fuzz', sha256: '', steps: [] };
}

function sourceOf(form: Source['form'], bytes: Uint8Array): Source {
  return { name: 'fuzz', form, bytes };
}

/** Every check there is, those that are off by default too. */
function allChecks(): CheckLevels {
  const levels = new CheckLevels();
  for (const { name } of CHECKS) levels.set('warning', name);
  return levels;
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

function describeAll(artifact: Artifact): void {
  const sink = new DiagnosticList();
  const described = describeTree(artifact, { parse: FILE_ACCESS }, sink);
  if (!described) return;
  windowsJson({ inputs: [artifact], windows: described.windows, diagnostics: sink.all });
  for (const { derivation } of described.windows) void derivationOf({ derivation });
}

/** What `windows` and `dtc` do with a tree, and whether it comes back from what is written. */
async function useTree(
  source: Source,
  kind: ArtifactKind,
  random: () => number,
  watch: Watch,
): Promise<void> {
  await watch.step('windows', () => describeAll(artifactOf(kind, source)));
  await watch.step('dtc', () => {
    const live = compiled(source);
    if (live) writeAll(live, random);
  });
  if (random() > 0.1) return;
  const written = await watch.step('written', () => {
    const live = compiled(source);
    // A tree whose root is left out (/omit-if-no-ref/ &{/}) is written as dtc does, and can't be read.
    if (!live || prepareTree(live, { force: true }).failure !== undefined || live.root.deleted)
      return undefined;
    const { bytes } = writeDtb(live);
    return { bytes, tree: treeFromLive(live) };
  });
  if (!written) return;
  const back = await watch.step('read back', () =>
    readBlob(sourceOf('blob', written.bytes), new DiagnosticList()),
  );
  watch.same('the tree that was written', listedTree(back), listedTree(written.tree));
}

function readTree(kind: ArtifactKind, form: Source['form'], bytes: Uint8Array): unknown {
  return listedTree(
    readDeviceTree(artifactOf(kind, sourceOf(form, bytes)), new DiagnosticList(), FILE_ACCESS),
  );
}

const PIECES = TOKENS.map((token) => latin1(token));
const changeText = textChange(TOKENS);
const changeBlob = anyChange(PIECES.slice(0, 4), 'BE');

const BASE_TEXT = latin1('/dts-v1/; / { soc: soc { label: a { }; other: b { }; }; };');

/** A tree with symbols that overlays may be applied to; made anew, as applying one changes it. */
function base(): LiveTree {
  const live = parseDts(wholeSource({ name: 'base', form: 'text', bytes: BASE_TEXT }), new DiagnosticList())!;
  prepareTree(live, { symbols: true });
  return live;
}

/** Macros and conditions with the text that they come to. */
function knownMacros(draw: Draw): Known {
  const values = new Map<string, bigint>();
  const lines: string[] = [];
  const out: string[] = [];
  for (const name of new Set(draw.some(1, 6, () => draw.word(2, 5).toUpperCase()))) {
    const value = BigInt(draw.below(1000));
    values.set(name, value);
    lines.push(`#define ${name} ${draw.pick([String(value), `0x${hex(value)}`])}`);
  }
  lines.push('#define CELLS(a, b) <a b>', '#define PASTE(a, b) a ## b', '#define TEXT(a) #a');
  const names = [...values.keys()];
  const written = (name: string): string =>
    lines.find((line) => line.startsWith(`#define ${name} `))!.split(' ')[2]!;
  for (let left = 1 + draw.below(8); left > 0; left -= 1) {
    const [a, b] = [draw.pick(names), draw.pick(names)];
    switch (draw.below(4)) {
      case 0:
        lines.push(`x = CELLS(${a}, (${b}));`);
        out.push(`x = <${written(a)} (${written(b)})>;`);
        break;
      case 1:
        lines.push(`PASTE(ab, 12): TEXT( a "q" b );`);
        out.push(`ab12: "a \\"q\\" b";`);
        break;
      case 2: {
        const holds = values.get(a)! * 2n + 1n > values.get(b)!;
        lines.push(`#if ${a} * 2 + 1 > ${b} && defined(${a})`, 'yes;', '#else', 'no;', '#endif');
        out.push(holds ? 'yes;' : 'no;');
        break;
      }
      default:
        lines.push(`/* ${a} */ y = "${a}"; // ${b}`);
        out.push(`y = "${a}";`);
    }
  }
  return { bytes: latin1(`${lines.join('\n')}\n`), value: out.join('\n').replace(/\s+/g, '') };
}

const READERS: readonly Reader[] = [
  {
    name: 'tree-blob',
    group: 'trees',
    weight: 4,
    known: (random) => {
      const model = drawNode(new Draw(random));
      return { bytes: blobOfModel(model), value: listedModel(model) };
    },
    read: (bytes) => readTree('dtb', 'blob', bytes),
    change: changeBlob,
    starts: () => treeStarts().blobs,
    more: (bytes, random, watch) => useTree(sourceOf('blob', bytes), 'dtb', random, watch),
  },
  {
    name: 'tree-source',
    group: 'trees',
    weight: 4,
    known: (random) => {
      const draw = new Draw(random);
      const model = drawNode(draw);
      return { bytes: latin1(sourceOfModel(model, draw)), value: listedModel(model) };
    },
    read: (bytes) => readTree('dts', 'text', bytes),
    change: changeText,
    starts: () => treeStarts().sources,
    more: (bytes, random, watch) => useTree(sourceOf('text', bytes), 'dts', random, watch),
  },
  {
    name: 'preprocessor',
    group: 'trees',
    known: (random) => knownMacros(new Draw(random)),
    // Line markers, comments and white space aside: the parser passes over all three.
    read: (bytes) =>
      preprocess(sourceOf('text', bytes), FILE_ACCESS, new DiagnosticList())
        .text.replace(/^# \d+ .*$|\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .replace(/\s+/g, ''),
    change: changeText,
    starts: () => treeStarts().forPreprocessor,
  },
  {
    name: 'overlay',
    group: 'trees',
    known: (random) => {
      const draw = new Draw(random);
      const content = drawNode(draw, '__overlay__', 2);
      const target = draw.pick(['/', '/soc', '/soc/a']);
      const fragment = {
        name: 'fragment@0',
        properties: { 'target-path': latin1(`${target}\0`) },
        children: [content],
      };
      const bytes = blobOfModel({ name: '', properties: {}, children: [fragment] });
      return { bytes, value: { target, content: listedModel({ ...content, name: '' }) } };
    },
    read: (bytes) => {
      const overlay = compiled(sourceOf('blob', bytes));
      const [fragment] = overlay?.root.children ?? [];
      const path = fragment?.properties.find(({ name }) => name === 'target-path')?.value;
      const target =
        Buffer.from(path ?? [])
          .toString('latin1')
          .replace(/\0.*$/s, '') || '/';
      const applied = base();
      if (!overlay || !applyOverlay(applied, overlay, new DiagnosticList())) return undefined;
      // What came to be below the target, without what was there before.
      const before = new Map(listedTree(treeFromLive(base())));
      const prefix = target === '/' ? '' : target;
      const content = listedTree(treeFromLive(applied))!
        .filter(([path]) => path === target || (path.startsWith(`${prefix}/`) && !before.has(path)))
        .map(([path, properties]) => [
          path.slice(prefix.length) || '/',
          properties.filter(([name]) => !(before.get(path) ?? []).some(([known]) => known === name)),
        ]);
      return { target, content };
    },
    change: changeBlob,
    starts: () => treeStarts().blobs,
  },
  {
    name: 'tree-fragment',
    group: 'trees',
    known: (random) => {
      const draw = new Draw(random);
      const cells = draw.some(1, 12, () => draw.below(2 ** 32));
      const name = draw.pick(['reg', 'ranges', 'dma-ranges']);
      const value = Buffer.alloc(cells.length * 4);
      cells.forEach((cell, at) => {
        value.writeUInt32BE(cell, at * 4);
      });
      const text = `${name} = <${cells.map((cell) => `0x${hex(cell)}`).join(draw.pick([' ', '\n\t']))}>;\n`;
      return { bytes: latin1(text), value: [['/', [[name, value.toString('hex')]]]] };
    },
    read: (bytes) => listedTree(readFragment(sourceOf('text', bytes), new DiagnosticList())),
    change: changeText,
    async more(bytes, _random, watch) {
      await watch.step('windows', () => describeAll(artifactOf('dts-fragment', sourceOf('text', bytes))));
    },
  },
];

/** A folder has no bytes: the case is its files, one after the other, each with its path and length. */
const FOLDER: Reader = {
  name: 'tree-folder',
  group: 'trees',
  known: (random) => {
    const model = drawNode(new Draw(random));
    if (Object.keys(model.properties).length === 0) model.properties.model = latin1('x\0');
    const entries = entriesOfModel(model);
    const lines = entries.map(({ path, source }) =>
      source ? `${path} ${Buffer.from(source.bytes).toString('hex')}` : path,
    );
    return { bytes: latin1(lines.join('\n')), value: listedModel(model) };
  },
  read: (bytes) => {
    const entries = Buffer.from(bytes)
      .toString('latin1')
      .split('\n')
      .map((line) => {
        const [path = '', content] = line.split(' ');
        if (content === undefined) return { path, type: 'directory' as const };
        const source = sourceOf('blob', new Uint8Array(Buffer.from(content, 'hex')));
        return { path, type: 'file' as const, source };
      });
    const artifact = { ...artifactOf('dt-dir', sourceOf('blob', new Uint8Array())), entries };
    return listedTree(readDeviceTree(artifact, new DiagnosticList()));
  },
  change: textChange(['/', '..', 'ranges 00', ' ']),
};

export const treeTargets: readonly Target[] = [...READERS, FOLDER].map(readerTarget);
