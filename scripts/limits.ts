/** `npm run limits`: writes docs/limits.md from the limits. A test checks that it is current. */
import { writeFileSync } from 'node:fs';
import { limitsMarkdown } from './limits/markdown.ts';

writeFileSync(new URL('../docs/limits.md', import.meta.url), limitsMarkdown());
