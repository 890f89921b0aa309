/** `npm run findings`: writes docs/findings.md from the registry. A test checks that it is current. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { findingsMarkdown } from './findings/markdown.ts';

const folder = new URL('../docs/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('findings.md', folder), findingsMarkdown());
