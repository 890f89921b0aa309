/**
 * `npm run conformance -- NAME [ARGUMENT...]`: compares fwmap with a reference. Each NAME is a file in one of the folders
 * of scripts/conformance/ that exports `run(args)`, prints the differences and ends with `N passed, N failed`; folders
 * below those contain its parts.
 */
import { readdirSync } from 'node:fs';

const folder = new URL('./conformance/', import.meta.url);
const [name, ...args] = process.argv.slice(2);
const files = new Map(
  readdirSync(folder).flatMap((subject) =>
    readdirSync(new URL(`${subject}/`, folder))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file.slice(0, -3), `${subject}/${file}`] as const),
  ),
);
const file = files.get(name ?? '');

if (file === undefined) {
  console.error(
    `usage: npm run conformance -- NAME [ARGUMENT...], where NAME is one of: ${[...files.keys()].sort().join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const { run } = (await import(new URL(file, folder).href)) as {
    run: (args: string[]) => Promise<number>;
  };
  process.exitCode = await run(args);
}
