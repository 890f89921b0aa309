/**
 * `npm run conformance -- dtc WHAT …`: holds the compiler against dtc 1.8.1.
 *
 *   suite DTC_SOURCE [COMMAND]   dtc's own test suite, with COMMAND (this checkout's bundle) in place of dtc
 *   boards LINUX_SOURCE [N]      every board of Linux (or each Nth), through our preprocessor, by the sha256 of its blob
 *   tree DIR [N]                 any folder of sources (or each Nth), compared with cpp and the installed dtc
 *   pp                           preprocessed boards: blobs, sorted blobs, source texts, number of warnings
 *   roundtrip [DTC]              every blob of the corpus as source and back; with a dtc 1.8.1 also the texts
 *   overlays                     overlays on base trees, by fdtoverlay's result
 *   grammar DTC [COUNT] [SEED]   sources generated from grammars/dts.ebnf: same verdict and same bytes as dtc
 *
 * The corpus is ../shared/corpus, or DIR of --corpus DIR.
 */
import { boards } from './dtc/boards.ts';
import { grammar } from './dtc/grammar.ts';
import { overlays } from './dtc/overlays.ts';
import { preprocessed } from './dtc/preprocessed.ts';
import { roundtrip } from './dtc/roundtrip.ts';
import { suite } from './dtc/suite.ts';
import { tree } from './dtc/tree.ts';

const PARTS: Readonly<Record<string, (args: string[], corpus: string) => Promise<number> | number>> = {
  suite,
  boards,
  tree,
  pp: preprocessed,
  roundtrip,
  overlays,
  grammar,
};

export async function run(args: string[]): Promise<number> {
  const rest = [...args];
  let corpus = '../shared/corpus';
  const at = rest.indexOf('--corpus');
  if (at >= 0) corpus = rest.splice(at, 2)[1] ?? corpus;
  const part = PARTS[rest.shift() ?? ''];
  if (part) return await part(rest, corpus);
  console.error(
    `usage: npm run conformance -- dtc ${Object.keys(PARTS).join('|')} [ARGUMENT...] [--corpus DIR]`,
  );
  return 2;
}
