// Bundles the command and the library. Splitting keeps each command's modules apart, so that only those it needs load.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

// `--outdir DIR` makes a second bundle beside dist, without the type declarations.
const elsewhere = process.argv.indexOf('--outdir');
const outdir = elsewhere > 0 ? process.argv[elsewhere + 1] : 'dist';
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: { cli: 'src/cli/main.ts', index: 'src/index.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: false,
  minifySyntax: true,
  minifyWhitespace: true,
});
if (outdir === 'dist')
  execFileSync('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
