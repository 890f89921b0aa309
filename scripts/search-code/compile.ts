/** The code that examines many places at once, as a source file. */
import { readFileSync } from 'node:fs';
import wabt from 'wabt';

const SOURCE = new URL('./windows.wat', import.meta.url);
const WIDTH = 100;

/** What src/containers/search/code.ts is to be. */
export async function searchCode(): Promise<string> {
  const { parseWat } = await wabt();
  const { buffer } = parseWat('windows.wat', readFileSync(SOURCE, 'utf8'), { simd: true }).toBinary({});
  const text = Buffer.from(buffer).toString('base64');
  const lines = text.match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? [];
  return [
    '/** Compiled from scripts/search-code/windows.wat, in base64: `npm run search-code` writes it, a test checks it. */',
    'export const SEARCH_CODE =',
    ...lines.map((line, at) => `  '${line}'${at === lines.length - 1 ? ';' : ' +'}`),
    '',
  ].join('\n');
}
