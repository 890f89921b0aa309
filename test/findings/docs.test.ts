import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findingsMarkdown } from '../../scripts/findings/markdown.ts';
import { CODES } from '../../src/findings/finding.ts';

const written = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');

it('docs/findings.md is what the registry says (else: npm run findings)', () => {
  expect(written).toBe(findingsMarkdown());
});

it('no code is left out of it', () => {
  for (const code of CODES) expect(written).toContain(`### ${code}\n`);
});
