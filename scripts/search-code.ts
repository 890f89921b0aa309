/** `npm run search-code`: compiles scripts/search-code/windows.wat into src/containers/search/code.ts. */
import { writeFileSync } from 'node:fs';
import { searchCode } from './search-code/compile.ts';

writeFileSync(new URL('../src/containers/search/code.ts', import.meta.url), await searchCode());
