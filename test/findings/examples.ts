/** The files of a row's example, written out. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Content, contentBytes, type Example } from '../../src/findings/row.ts';

function write(root: string, name: string, content: Content): void {
  const path = join(root, name);
  mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
  if (name.endsWith('/')) return;
  if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, path);
  else writeFileSync(path, contentBytes(content));
}

/** Writes them below a folder that is there. */
export function writeExample(root: string, files: Example['files']): void {
  for (const [name, content] of Object.entries(files)) write(root, name, content);
}
