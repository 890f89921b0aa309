// Source maps as the package has them. Whole they are larger than the code that they belong to.
import { decode, encode } from '@jridgewell/sourcemap-codec';

/**
 * One segment for each step to another line of the sources: a stack trace shows the line. Columns, names and the text of
 * the sources, which is not in the package, are left out.
 * @param text of a source map @returns the text of the smaller one
 */
export function thinMap(text) {
  const { version, file, sources, mappings } = JSON.parse(text);
  const lines = decode(mappings).map((segments) => {
    const kept = [];
    let [lastSource, lastLine] = [-1, -1];
    for (const [column, source = -1, line = -1] of segments) {
      if (source === lastSource && line === lastLine) continue;
      kept.push(source < 0 ? [column] : [column, source, line, 0]);
      [lastSource, lastLine] = [source, line];
    }
    return kept;
  });
  return JSON.stringify({ version, file, sources, names: [], mappings: encode(lines) });
}
