/** What documents name of the repository is there: files, folders, and identifiers of the sources. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const DOCUMENTS = [
  'CONTRIBUTING.md',
  ...['architecture', 'adding', 'glossary', 'linux', 'unknown-values'].map((name) => `docs/${name}.md`),
  ...['conditions', 'cost-of-hostile-inputs', 'giving-up', 'speed-of-evaluation', 'start-up', 'worlds'].map(
    (name) => `docs/decisions/${name}.md`,
  ),
];

const everything = ['src', 'scripts', 'test', 'samples', 'docs', 'schemas', '.ci'].flatMap((folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `/${folder}/${path.replaceAll('\\', '/')}`,
      )
    : [],
);
const sources = everything
  .filter((path) => path.startsWith('/src/') && path.endsWith('.ts'))
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n');

/** What stands in backquotes, outside of blocks, and not in what is on paper only. */
function named(text: string): string[] {
  const present = text
    .replace(/```[\s\S]*?```/g, '')
    .replace(/^## A third question on paper[\s\S]*?(?=^## |$(?![\s\S]))/m, '');
  return [...present.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!);
}

/** A file or folder: it has a folder before it or after it, or ends as a source does. `drivers/…` and such are Linux'. */
const PATH = /^(?!-|\/)[\w.@-]+(?:\/[\w.@-]+)*(?:\/|\.(?:ts|md|cjs|json|dts|aml))$/;
const LINUX = /^(?:drivers|arch|kernel|include|fs|mm|init|tools|Documentation)\//;
/** An identifier of the sources: words run together. */
const IDENTIFIER = /^[a-zA-Z]*[a-z][A-Z]\w*(?:\(\))?$/;

function isThere(path: string): boolean {
  const wanted = path.replace(/\/$/, '');
  return existsSync(join(root, wanted)) || everything.some((each) => each.endsWith(`/${wanted}`));
}

function missingIn(text: string): string[] {
  return named(text).filter((name) => {
    if (PATH.test(name)) return !LINUX.test(name) && !isThere(name);
    return IDENTIFIER.test(name) && !new RegExp(`\\b${name.replace('()', '')}\\b`).test(sources);
  });
}

describe('documents', () => {
  it.each(DOCUMENTS)('%s names only what is there', (document) => {
    expect(missingIn(readFileSync(join(root, document), 'utf8'))).toEqual([]);
  });

  it('what is not there is found', () => {
    const text =
      '`src/nowhere/` and `acpi/crs/evaluate-crs.ts` of `judgeNothing()`; ``` `src/block.ts` ```, `drivers/of/base.c`';
    expect(missingIn(text)).toEqual(['src/nowhere/', 'judgeNothing()']);
  });
});
