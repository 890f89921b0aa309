/** Blob to source to blob: the bytes must be the same again. If dtc is installed the source text must equal dtc's. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../../../src/bytes/source.ts';
import { writeDtb } from '../../../../src/devicetree/write/dtb.ts';
import { writeDts } from '../../../../src/devicetree/write/dts.ts';
import {
  compileSource,
  decompileBlob,
  differs,
  loadBlob,
  readPossiblyPacked,
  sha256,
  Tally,
} from './compile.ts';

/** With force, as in all of this: some of the corpus' random trees fail checks, and have to come back all the same. */
const FORCE = { force: true };

/** The boot CPU is given as with dtc -b: source text has no place for it, and the guess from /cpus may be another. */
function recompiled(name: string, text: string, bootCpuid: number): Uint8Array {
  const source: Source = { name, form: 'text', bytes: Buffer.from(text, 'latin1') };
  const { tree } = compileSource(source, {}, FORCE);
  tree.bootCpuid = bootCpuid;
  return writeDtb(tree).bytes;
}

function runDtc(dtc: string, input: Uint8Array, from: string, to: string): Buffer | undefined {
  const result = spawnSync(dtc, ['-f', '-qqq', '-I', from, '-O', to, '-'], { input, maxBuffer: 1 << 30 });
  return result.status === 0 ? result.stdout : undefined;
}

export function roundtrip(args: string[], corpus: string): number {
  const dtc = args[0];
  const tally = new Tally();
  for (const folder of ['dtb', 'dtbo', 'fuzz', 'boot']) {
    const files = readdirSync(join(corpus, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((entry) => /\.dtbo?(\.gz)?$/.test(entry)).sort()) {
      const name = join(folder, file);
      const blob = readPossiblyPacked(join(corpus, name));
      const text = (): string => writeDts(decompileBlob(name, blob, FORCE));
      const canonical = (): string => sha256(writeDtb(decompileBlob(name, blob, FORCE)).bytes);
      tally.check(`${name} dtb to dts to dtb`, () =>
        differs('blob', sha256(recompiled(name, text(), loadBlob(name, blob).bootCpuid)), canonical()),
      );
      if (!dtc) continue;
      tally.check(`${name} dts by dtc`, () => {
        const expected = runDtc(dtc, blob, 'dtb', 'dts');
        return expected ? differs('text', sha256(text()), sha256(expected)) : 'dtc fails';
      });
      tally.check(`${name} dtb by dtc`, () => {
        const expected = runDtc(dtc, blob, 'dtb', 'dtb');
        return expected ? differs('blob', canonical(), sha256(expected)) : 'dtc fails';
      });
    }
  }
  return tally.finish();
}
