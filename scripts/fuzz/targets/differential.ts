/** The same input through another program: where both give a result, it is to be the same. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileAsl } from '../../../src/acpi/asl/compile/compile.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { editBlob } from '../../../src/devicetree/blob/edit.ts';
import { readBlob } from '../../../src/devicetree/blob/reader.ts';
import { liveFromTree } from '../../../src/devicetree/live/live-tree.ts';
import { applyOverlay } from '../../../src/devicetree/live/overlay.ts';
import { prepareTree } from '../../../src/devicetree/live/prepare-tree.ts';
import { preprocess } from '../../../src/devicetree/preprocessor/preprocess.ts';
import { parseDts } from '../../../src/devicetree/source/parser.ts';
import { wholeSource } from '../../../src/devicetree/source/source-text.ts';
import { writeDtb } from '../../../src/devicetree/write/dtb.ts';
import { acpiexecResults, ourResults } from '../../../test/acpi/interpreter/oracle.ts';
import { randomProgram } from '../../../test/acpi/interpreter/random-programs.ts';
import { arithmetic } from '../acpi-model.ts';
import { Draw, latin1 } from '../draw.ts';
import { textChange } from '../mutations.ts';
import type { Case, Cases, Target, Watch } from '../target.ts';
import { blobOfModel, drawNode, sourceOfModel } from '../tree-model.ts';
import { TOKENS, treeStarts } from '../tree-starts.ts';

const MOST_MILLISECONDS = 2000;

/** Runs `action` with a folder that has these files, and is gone afterwards. */
function inFolder<T>(files: Readonly<Record<string, Uint8Array>>, action: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-fuzz-'));
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A target whose cases are bytes that both programs are given; undefined stands for a refusal. */
function differential(
  name: string,
  needs: string,
  make: (draw: Draw) => Uint8Array,
  ours: (bytes: Uint8Array) => unknown,
  theirs: (bytes: Uint8Array) => unknown,
): Target {
  const caseOf = (bytes: Uint8Array): Case => ({
    bytes,
    async run(watch: Watch) {
      const expected = theirs(bytes);
      const got = await watch.step(name, () => ours(bytes));
      // Inputs that only one of them accepts are not compared here; the conformance runs do that.
      if (got !== undefined && expected !== undefined) watch.same(name, got, expected);
    },
  });
  const cases: Cases = { make: (random) => caseOf(make(new Draw(random))), of: caseOf };
  return { name, group: 'differential', milliseconds: MOST_MILLISECONDS, needs, prepare: () => cases };
}

function runProgram(program: string, args: readonly string[], input: Uint8Array): Uint8Array | undefined {
  const { status, stdout } = spawnSync(program, args, { input, maxBuffer: 1 << 26, timeout: 10_000 });
  return status === 0 ? stdout : undefined;
}

const changed = textChange(TOKENS.filter((token) => !/incl|incbin|again/.test(token)));

/** Sources that stand alone: nothing is included, no directive is there. */
function standsAlone(bytes: Uint8Array): boolean {
  return !/[#/]include|incbin|^\s*#\s*[a-z]+\b(?![^;]*[;=])/m.test(Buffer.from(bytes).toString('latin1'));
}

function drawSource(draw: Draw): Uint8Array {
  const start = draw.chance(0.5)
    ? draw.pick(treeStarts().sources.filter(standsAlone))
    : latin1(sourceOfModel(drawNode(draw), draw));
  const bytes = draw.chance(0.5) ? start : changed(start, draw.random);
  // A NUL ends dtc's strings.
  return standsAlone(bytes) && !bytes.includes(0) ? bytes : latin1(sourceOfModel(drawNode(draw), draw));
}

function compileTree(bytes: Uint8Array): Uint8Array | undefined {
  const sink = new DiagnosticList();
  const source = { name: 'fuzz', form: 'text' as const, bytes };
  const live = parseDts(wholeSource(source), sink, { source });
  if (!live || sink.hasErrors) return undefined;
  const { failure, findings } = prepareTree(live, { force: true });
  // An error ends the checks, and with them what they do to the tree. This one is new in dtc 1.7.
  if (failure !== undefined || findings.some(({ check }) => check === 'node_name_not_empty'))
    return undefined;
  return writeDtb(live).bytes;
}

/** As `#define`s and lines that use them, with conditions; what is left of white space is one blank. */
function drawMacros(draw: Draw): Uint8Array {
  const starts = treeStarts().forPreprocessor.filter(
    (bytes) => !/#\s*include|N /.test(Buffer.from(bytes).toString()),
  );
  const bytes = changed(draw.pick(starts), draw.random);
  return bytes.some((byte) => byte === 0 || byte > 0x7e || byte === 0x1b) ? draw.pick(starts) : bytes;
}

function squeezed(text: string): string {
  return text
    .replace(/^# \d+ .*$/gm, '')
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ' ')
    .replace(/\s+/g, '');
}

const BASE = latin1('/dts-v1/; / { soc: soc { label: a { x = <1>; }; other: b { }; }; };');

function baseBlob(): Uint8Array {
  const source = { name: 'base', form: 'text' as const, bytes: BASE };
  const live = parseDts(wholeSource(source), new DiagnosticList(), { source })!;
  prepareTree(live, { symbols: true });
  return writeDtb(live).bytes;
}

function liveOf(bytes: Uint8Array): ReturnType<typeof liveFromTree> | undefined {
  const tree = readBlob({ name: 'fuzz', form: 'blob', bytes }, new DiagnosticList());
  return tree && liveFromTree(tree);
}

function drawOverlay(draw: Draw): Uint8Array {
  const fragments = draw.some(1, 3, (at) => ({
    name: `fragment@${at}`,
    properties: { 'target-path': latin1(`${draw.pick(['/', '/soc', '/soc/a', '/soc/b'])}\0`) },
    children: [drawNode(draw, '__overlay__', 2)],
  }));
  return blobOfModel({ name: '', properties: {}, children: fragments });
}

/** The seed of a random program, as its bytes. */
const seedOf = (bytes: Uint8Array): number => Number(Buffer.from(bytes).toString('latin1'));

function programOf(bytes: Uint8Array): { aml: Uint8Array; methods: readonly string[] } | undefined {
  const { body, methods, revision } = randomProgram(seedOf(bytes));
  const text = `DefinitionBlock ("", "DSDT", ${revision}, "FWMAP", "ORACLE", 1)\n{\n${body}\n}\n`;
  const [made] = compileAsl({ name: 'program', form: 'text', bytes: latin1(text) }, new DiagnosticList());
  return made && { aml: made.bytes, methods };
}

/** What the methods of a table come to: compilers may write the same in other words. */
function evaluated(aml: Uint8Array | undefined): unknown {
  if (aml === undefined) return undefined;
  const text = Buffer.from(aml).toString('latin1');
  const methods = [...new Set(text.match(/[MT][0-9A-F]{2}[0-9A-F_]/g))].sort();
  return ourResults(new Uint8Array(aml), methods);
}

export const differentialTargets: readonly Target[] = [
  differential('dtc', 'dtc', drawSource, compileTree, (bytes) =>
    runProgram('dtc', ['-f', '-qqq', '-I', 'dts', '-O', 'dtb'], bytes),
  ),
  differential(
    'cpp',
    'cpp',
    drawMacros,
    (bytes) => {
      const sink = new DiagnosticList();
      const { text } = preprocess({ name: 'fuzz', form: 'text', bytes }, {}, sink);
      return sink.hasErrors ? undefined : squeezed(text);
    },
    (bytes) => {
      const out = runProgram('cpp', ['-nostdinc', '-undef', '-x', 'assembler-with-cpp', '-'], bytes);
      return out && squeezed(Buffer.from(out).toString('latin1'));
    },
  ),
  differential(
    'fdtoverlay',
    'fdtoverlay',
    drawOverlay,
    (bytes) => {
      const [base, overlay] = [liveOf(baseBlob())!, liveOf(bytes)];
      const applied = overlay && applyOverlay(base, overlay, new DiagnosticList());
      return applied && editBlob(liveOf(baseBlob())!, applied.edits);
    },
    (bytes) =>
      inFolder({ 'base.dtb': baseBlob(), 'over.dtbo': bytes }, (folder) => {
        const [base, over, out] = ['base.dtb', 'over.dtbo', 'out.dtb'].map((name) => join(folder, name));
        const { status } = spawnSync('fdtoverlay', ['-i', base!, '-o', out!, over!], { stdio: 'ignore' });
        return status === 0 ? new Uint8Array(readFileSync(out!)) : undefined;
      }),
  ),
  differential(
    'acpiexec',
    'acpiexec',
    (draw) => latin1(String(draw.below(2 ** 31))),
    (bytes) => {
      const program = programOf(bytes);
      return program && ourResults(program.aml, program.methods);
    },
    (bytes) => {
      const program = programOf(bytes);
      return program && acpiexecResults(program.aml, program.methods);
    },
  ),
  differential(
    'iasl',
    'iasl',
    (draw) => {
      const { body, revision } = randomProgram(draw.below(2 ** 31));
      return draw.chance(0.3)
        ? latin1(arithmetic(draw).text)
        : latin1(`DefinitionBlock ("", "DSDT", ${revision}, "FWMAP", "FUZZ", 1)\n{\n${body}\n}\n`);
    },
    (bytes) => evaluated(compileAsl({ name: 'fuzz', form: 'text', bytes }, new DiagnosticList())[0]?.bytes),
    (bytes) =>
      inFolder({ 'a.asl': bytes }, (folder) => {
        spawnSync('iasl', ['-p', join(folder, 'a'), join(folder, 'a.asl')], {
          stdio: 'ignore',
        });
        try {
          return evaluated(readFileSync(join(folder, 'a.aml')));
        } catch {
          return undefined;
        }
      }),
  ),
];
