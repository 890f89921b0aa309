/** `fwmap sysfb` on a sample as a whole process, compared with a Node that does nothing. */
import { fileURLToPath } from 'node:url';
import { compare } from './processes/measure.ts';

const RUNS = 25;
/** The project's bound for a small device tree. */
const BOUND = 2;

export async function run(): Promise<number> {
  const fwmap = fileURLToPath(new URL('../../bin/fwmap.js', import.meta.url));
  const sample = fileURLToPath(new URL('../../samples/openhcl-vtl2.dts', import.meta.url));
  const result = compare([process.execPath, fwmap, 'sysfb', sample], [process.execPath, '-e', '0'], RUNS);
  console.log(
    `fwmap sysfb samples/openhcl-vtl2.dts: ${result.ours.toFixed(1)} ms, node -e 0: ${result.theirs.toFixed(1)} ms, ` +
      `ratio ${result.ratio.toFixed(2)} (median of ${RUNS} pairs, bound ${BOUND})`,
  );
  return result.ratio <= BOUND ? 0 : 1;
}
