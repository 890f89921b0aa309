// Reduces source maps for the package. Complete ones are larger than the code.
import { decode, encode } from '@jridgewell/sourcemap-codec';

/**
 * Keeps one segment per line of the sources, which suffices for stack traces. Columns, names and the text of the sources
 * are left out.
 * @param text a source map @returns the reduced source map
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
