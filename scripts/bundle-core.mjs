// `fwmap/core`: one file without a `node:` import, for Node and for browsers. What it needs of Node's globals is bundled.
import { resolve } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * @param file where it is written
 * @returns what was written; it imports nothing
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
