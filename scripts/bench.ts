/**
 * `npm run bench [-- NAME [ARGUMENT...]]`: measures fwmap and a reference in the same run. Each NAME is a file in
 * scripts/bench/ that exports `run(args)`; without a NAME all of them run.
 */
import { readdirSync } from 'node:fs';

const folder = new URL('./bench/', import.meta.url);
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'measure.ts')
  .map((file) => file.slice(0, -3))
  .sort();

if (name !== undefined && !names.includes(name)) {
  console.error(`usage: npm run bench [-- NAME [ARGUMENT...]], where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  for (const each of name === undefined ? names : [name]) {
    const { run } = (await import(new URL(`${each}.ts`, folder).href)) as {
      run: (args: string[]) => Promise<number>;
    };
    console.log(`== ${each}`);
    process.exitCode = Math.max(Number(process.exitCode ?? 0), await run(args));
  }
}
