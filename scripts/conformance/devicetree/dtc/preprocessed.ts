/** Boards that cpp has preprocessed: everything dtc makes of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../../../src/bytes/source.ts';
import { writeDtb } from '../../../../src/devicetree/write/dtb.ts';
import { writeDts } from '../../../../src/devicetree/write/dts.ts';
import { compileSource, decompileBlob, differs, readPossiblyPacked, sha256, Tally } from './compile.ts';

interface PreprocessedBoard {
  readonly file: string;
  readonly sha256: string;
  readonly sha256_symbols: string;
  readonly sha256_dts_from_dtb: string;
  readonly sha256_dts_from_dts: string;
  readonly sha256_sorted: string;
  readonly warn: Readonly<Record<string, number>>;
}

export function preprocessed(_args: string[], corpus: string): number {
  const manifest = JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8')) as {
    pp: PreprocessedBoard[];
  };
  const tally = new Tally();
  for (const board of manifest.pp) {
    const source: Source = {
      name: board.file,
      form: 'text',
      bytes: readPossiblyPacked(join(corpus, board.file)),
    };
    const compile = (symbols: boolean): ReturnType<typeof compileSource> => {
      const compiled = compileSource(source, {}, { symbols });
      compiled.tree.bootCpuid = 0;
      return compiled;
    };
    tally.check(`${board.file} dtb`, () =>
      differs('blob', sha256(writeDtb(compile(false).tree).bytes), board.sha256),
    );
    tally.check(`${board.file} dtb -@`, () =>
      differs('blob', sha256(writeDtb(compile(true).tree).bytes), board.sha256_symbols),
    );
    tally.check(`${board.file} dts`, () =>
      differs('text', sha256(writeDts(compile(false).tree)), board.sha256_dts_from_dts),
    );
    const blob = writeDtb(compile(false).tree).bytes;
    tally.check(`${board.file} dtb to dts`, () =>
      differs('text', sha256(writeDts(decompileBlob(board.file, blob))), board.sha256_dts_from_dtb),
    );
    tally.check(`${board.file} sorted`, () => {
      const sorted = decompileBlob(board.file, blob, { sort: true });
      return differs('blob', sha256(writeDtb(sorted).bytes), board.sha256_sorted);
    });
    tally.check(`${board.file} warnings`, () => {
      const counts: Record<string, number> = {};
      for (const { check } of compile(false).findings) counts[check] = (counts[check] ?? 0) + 1;
      const text = (count: Readonly<Record<string, number>>): string =>
        Object.entries(count)
          .map(([name, number]) => `${name} ${number}`)
          .sort()
          .join(', ');
      return text(counts) === text(board.warn) ? undefined : `${text(counts)}; expected ${text(board.warn)}`;
    });
  }
  return tally.finish();
}
