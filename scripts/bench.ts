/**
 * `npm run bench [-- NAME [ARGUMENT...]]`: measures fwmap and a reference in the same run. Each NAME is a file in
 * scripts/bench/ that exports `run(args)`; `all` is each of them, without a NAME it is `table`.
 */
import { readdirSync } from 'node:fs';

const folder = new URL('./bench/', import.meta.url);
const [name = 'table', ...args] = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort();

if (name !== 'all' && !names.includes(name)) {
  console.error(
    `usage: npm run bench [-- NAME [ARGUMENT...]], where NAME is one of: all, ${names.join(', ')}`,
  );
  process.exitCode = 2;
} else {
  for (const each of name === 'all' ? names : [name]) {
    const { run } = (await import(new URL(`${each}.ts`, folder).href)) as {
      run: (args: string[]) => Promise<number>;
    };
    console.log(`== ${each}`);
    process.exitCode = Math.max(Number(process.exitCode ?? 0), await run(args));
  }
}
