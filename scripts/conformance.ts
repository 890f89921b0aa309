/**
 * `npm run conformance -- NAME [ARGUMENT...]`: holds fwmap against a reference. Each NAME is a file in
 * scripts/conformance/ that exports `run(args)`, prints what differs and ends with `N passed, N failed`.
 */
import { readdirSync } from 'node:fs';

const folder = new URL('./conformance/', import.meta.url);
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort();

if (name === undefined || !names.includes(name)) {
  console.error(
    `usage: npm run conformance -- NAME [ARGUMENT...], where NAME is one of: ${names.join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const { run } = (await import(new URL(`${name}.ts`, folder).href)) as {
    run: (args: string[]) => Promise<number>;
  };
  process.exitCode = await run(args);
}
