/** Every board of Linux 6.1 that dtc compiles, plain and with symbols, in one process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PreprocessorCache } from '../../../../src/devicetree/preprocessor/preprocess.ts';
import { SourceStore, sourceFiles } from '../../../../src/devicetree/source/disk-files.ts';
import { writeDtb } from '../../../../src/devicetree/write/dtb.ts';
import { CompileError, compileSource, differs, sha256, Tally } from './compile.ts';

interface Board {
  readonly src: string;
  readonly arch: string;
  readonly sha256: string;
  readonly sha256_symbols: string;
}

export function boards(args: string[], corpus: string): number {
  const linux = args[0];
  if (!linux) {
    console.error('usage: npm run conformance -- dtc boards LINUX_SOURCE [N]');
    return 2;
  }
  const every = Number(args[1] ?? 1);
  const { boards: list } = JSON.parse(readFileSync(join(corpus, 'boards.json'), 'utf8')) as {
    boards: Board[];
  };
  const store = new SourceStore();
  const cache = new PreprocessorCache();
  const tally = new Tally();
  const started = process.cpuUsage();
  let highest = 0;
  list.forEach((board, index) => {
    if (index % every !== 0) return;
    const includePaths = ['include', `arch/${board.arch}/boot/dts`, 'scripts/dtc/include-prefixes'];
    const loader = sourceFiles({ cwd: linux, mainFile: board.src, includePaths }, store);
    tally.check(board.src, () => {
      const source = loader.open(board.src);
      if ('reason' in source) throw new CompileError(source.text);
      const files = { loader, includePaths, cache };
      // -b 0, as the expected blobs were made.
      const compile = (symbols: boolean): string => {
        const { tree } = compileSource(source, files, { symbols });
        tree.bootCpuid = 0;
        return sha256(writeDtb(tree).bytes);
      };
      return (
        differs('plain', compile(false), board.sha256) ??
        differs('with symbols', compile(true), board.sha256_symbols)
      );
    });
    if (index % 50 === 0) highest = Math.max(highest, process.memoryUsage.rss());
  });
  const { user, system } = process.cpuUsage(started);
  console.log(`${((user + system) / 1e6).toFixed(1)} s CPU, ${highest >> 20} MiB at most`);
  return tally.finish();
}
