/**
 * Any folder of device tree sources: each compiled with our preprocessor and compiler, and with cpp and dtc, to the same
 * blob. Overlays too; sources that dtc refuses we refuse. Included files are looked for in every folder called include,
 * in those that a source is in, and in what is named by -I; a source of which one is missing is left out.
 */
import { spawnSync } from 'node:child_process';
import { type Dirent, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PreprocessorCache } from '../../../../src/devicetree/preprocessor/preprocess.ts';
import { SourceStore, sourceClock, sourceFiles } from '../../../../src/devicetree/source/disk-files.ts';
import { writeDtb } from '../../../../src/devicetree/write/dtb.ts';
import { CompileError, compileSource, Tally } from './compile.ts';

/** For `__DATE__` and `__TIME__`. */
const EPOCH = '1700000000';
/** cpp's output of the largest boards. */
const MAX_OUTPUT = 1 << 28;

function find(folder: string, sources: string[], includes: string[]): void {
  const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort(byName)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'include') includes.push(path);
      find(path, sources, includes);
    } else if (entry.isFile() && /\.(?:dts|dtso)$/.test(entry.name)) sources.push(path);
  }
}

/** The folder of a source and those it is in, up to the one that was named. */
function around(source: string, root: string): string[] {
  const found: string[] = [];
  for (let at = dirname(source); at.startsWith(root); at = dirname(at)) found.push(at);
  return found;
}

/** What cpp and dtc make of a source; undefined where dtc refuses it, a text where cpp does. */
function reference(
  program: string,
  source: string,
  includePaths: readonly string[],
): Buffer | string | undefined {
  const cpp = spawnSync(
    'cpp',
    [
      '-nostdinc',
      '-undef',
      '-D__DTS__',
      '-x',
      'assembler-with-cpp',
      ...includePaths.flatMap((path) => ['-I', path]),
      source,
    ],
    { maxBuffer: MAX_OUTPUT, env: { ...process.env, SOURCE_DATE_EPOCH: EPOCH } },
  );
  if (cpp.status !== 0)
    return /error: .*|fatal error: .*/.exec(cpp.stderr.toString('latin1'))?.[0] ?? 'cpp fails';
  const dtc = spawnSync(
    program,
    ['-q', '-q', '-I', 'dts', '-O', 'dtb', '-b', '0', ...includePaths.flatMap((path) => ['-i', path])],
    {
      input: cpp.stdout,
      maxBuffer: MAX_OUTPUT,
    },
  );
  return dtc.status === 0 ? dtc.stdout : undefined;
}

export function tree(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      include: { type: 'string', short: 'I', multiple: true, default: [] },
      dtc: { type: 'string', default: 'dtc' },
    },
  });
  const [folder, step = '1'] = positionals;
  if (folder === undefined) {
    console.error(
      'usage: npm run conformance -- dtc tree DIR [N] [-I DIR]... [--dtc PROGRAM], each Nth source',
    );
    return 2;
  }
  const root = resolve(folder);
  const sources: string[] = [];
  const includes: string[] = values.include.map((path) => resolve(path));
  find(root, sources, includes);
  const store = new SourceStore();
  // SOURCE_DATE_EPOCH gives cpp the same time of compilation; __TIMESTAMP__ is the file's.
  const clock = sourceClock({ env: { SOURCE_DATE_EPOCH: EPOCH }, cwd: root });
  const cache = new PreprocessorCache();
  const tally = new Tally();
  const left = new Map<string, number>();
  let refused = 0;
  for (const [index, source] of sources.entries()) {
    if (index % Number(step) !== 0) continue;
    const includePaths = [...includes, ...around(source, root)];
    const want = reference(values.dtc, source, includePaths);
    if (typeof want === 'string') {
      left.set(want, (left.get(want) ?? 0) + 1);
      continue;
    }
    tally.check(source, () => {
      const loader = sourceFiles({ cwd: root, mainFile: source, includePaths, clock }, store);
      const opened = loader.open(source);
      if ('reason' in opened) throw new CompileError(opened.text);
      let ours: Uint8Array | undefined;
      let why = '';
      try {
        const compiled = compileSource(opened, { loader, includePaths, cache, defines: ['__DTS__'] });
        compiled.tree.bootCpuid = 0;
        ours = writeDtb(compiled.tree).bytes;
      } catch (error) {
        if (!(error instanceof CompileError)) throw error;
        why = error.message;
      }
      if (want === undefined) {
        refused += 1;
        return ours === undefined ? undefined : 'compiled, and dtc refuses it';
      }
      if (ours === undefined) return why;
      return want.equals(ours) ? undefined : `other bytes: ${ours.length} for ${want.length}`;
    });
  }
  for (const [why, count] of left) console.log(`left out: ${count}: ${why}`);
  console.log(`refused by both or by dtc: ${refused}`);
  return tally.finish();
}
