// `fwmap/core`: one file without a `node:` import, for Node and for browsers. Replacements of Node's globals are bundled.
import { resolve } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * @param file path of the output
 * @returns the chunks that were written; they import nothing
 */
export async function bundleCore(file) {
  const here = import.meta.dirname;
  const built = await rolldown({
    input: { core: resolve(here, '../src/core.ts') },
    platform: 'browser',
    transform: {
      inject: {
        Buffer: [resolve(here, 'browser/buffer.mjs'), 'Buffer'],
        process: [resolve(here, 'browser/process.mjs'), 'process'],
      },
    },
    onLog(level, log, report) {
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') report(level, log);
    },
  });
  const { output } = await built.write({
    file,
    format: 'esm',
    minify: true,
    sourcemap: true,
    codeSplitting: false,
  });
  await built.close();
  return output.filter(({ type }) => type === 'chunk');
}
