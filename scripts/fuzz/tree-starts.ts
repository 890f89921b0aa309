/** What the fuzzer of device trees starts from: texts by the grammar, texts full of directives, and blobs of them. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import type { Source } from '../../src/bytes/source.ts';
import { isBlob } from '../../src/devicetree/blob/header.ts';
import { prepareTree } from '../../src/devicetree/live/prepare-tree.ts';
import { parseDts } from '../../src/devicetree/source/parser.ts';
import type { SourceLoader } from '../../src/devicetree/source/source-loader.ts';
import { wholeSource } from '../../src/devicetree/source/source-text.ts';
import { blobVersion, writeDtb } from '../../src/devicetree/write/dtb.ts';
import { pick, readGrammar, seededRandom, sentence } from '../../test/grammar/ebnf.ts';

export interface TreeStarts {
  readonly sources: readonly Uint8Array[];
  readonly blobs: readonly Uint8Array[];
}

/** Sentences of the grammar made once; mutations make the rest of the difference. */
const SENTENCES = 3000;
/** Big files are cut to this, so that a case takes its time in the reader and not in copying. */
const LONGEST_START = 100_000;

const VERSIONS = [1, 2, 3, 16, 17, 17, 17, 17];

/** What `#include`, `/include/` and `/incbin/` find. */
const FILES: Readonly<Record<string, string>> = {
  'h.h':
    '#ifndef H\n#define H\n#define CELL(a, b) <a b>\n#define JOIN(a, b) a ## b\n#define TEXT(...) #__VA_ARGS__\n#endif\n',
  'board.dtsi': '/ { soc: soc { #address-cells = <1>; #size-cells = <1>; ranges; }; };\n',
  'again.h': '#include "again.h"\n',
  'data.bin': '0123456789abcdef',
};

const sources = new Map<string, Source>(
  Object.entries(FILES).map(([name, text]) => [name, { name, form: 'text', bytes: Buffer.from(text) }]),
);

export const files: SourceLoader = {
  open: (path) =>
    sources.get(path.slice(path.lastIndexOf('/') + 1)) ?? { reason: 'missing', text: 'no such file' },
  read(path, offset, length) {
    const source = files.open(path);
    if ('reason' in source) return source;
    const start = Number(offset);
    return source.bytes.subarray(start, length === undefined ? undefined : start + Number(length));
  },
};

const WRITTEN_FOR_CPP = [
  '/dts-v1/;\n#include "h.h"\n#include "board.dtsi"\n&soc { uart@JOIN(1, 000) { reg = CELL(0x1000, 0x100); }; };\n',
  '/dts-v1/;\n#define N 3\n#if N > 2 && defined(N)\n/ { a = <(N + 1)>; };\n#elif N\n/ { };\n#else\n#error no\n#endif\n',
  '/dts-v1/;\n#define F(x) G(x, x)\n#define G(x, y) < x y F >\n/ { p = F(F(1)); q = F (2), "a" /* c */ "b"; };\n#undef F\n',
  '/dts-v1/;\n#include <h.h>\n/ { s = TEXT(a, "b\\n", 0x1); t = /incbin/("data.bin", 2, 4); };\n# 12 "other.dts" 1\n/include/ "board.dtsi"\n',
  '/dts-v1/;\n/memreserve/ 0x1000 0x2000;\n/ { pci@0 { device_type = "pci"; #address-cells = <3>; #size-cells = <2>; ranges = <0x2000000 0 0 0 0 0 0x1000>; dev@1 { reg = <0x800 0 0 0 0>; }; }; };\n',
  '/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>; bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0xf 0xf0000000 0x10000>; dma-ranges; a@10 { reg = <0x10 0x10>, <0xfff0 0x20>; status = "disabled"; }; }; };\n',
  '/dts-v1/;\n/plugin/;\n&label { x = <&other 1>, &{/path}; child { y = <&label>; }; };\n&{/soc} { /delete-property/ z; /delete-node/ n; };\n',
];

function sentences(): Uint8Array[] {
  const grammar = readGrammar(readFileSync(new URL('../../grammars/dts.ebnf', import.meta.url), 'utf8'));
  const random = seededRandom(1);
  return Array.from({ length: SENTENCES }, () =>
    Buffer.from(sentence(grammar, 'source', { random, maxDepth: 12, maxTokens: 150 }), 'latin1'),
  );
}

function compiled(bytes: Uint8Array, random: () => number): Uint8Array | undefined {
  const text = wholeSource({ name: 'start', form: 'text', bytes });
  const live = parseDts(text, new DiagnosticList(), { loader: files });
  if (!live) return undefined;
  const { failure } = prepareTree(live, { symbols: random() < 0.5, force: true });
  if (failure !== undefined) return undefined;
  return writeDtb(live, { version: blobVersion(pick(random, VERSIONS))! }).bytes;
}

/** @param paths blobs and sources besides those made here, also packed with gzip */
export function readStarts(paths: readonly string[]): TreeStarts {
  const random = seededRandom(2);
  const given = paths.map((path) => {
    const bytes = readFileSync(path);
    return new Uint8Array(path.endsWith('.gz') ? gunzipSync(bytes) : bytes).subarray(0, LONGEST_START);
  });
  const texts = [
    ...sentences(),
    ...WRITTEN_FOR_CPP.flatMap((text) => Array<Buffer>(100).fill(Buffer.from(text))),
  ];
  return {
    sources: [...texts, ...given.filter((bytes) => !isBlob(bytes))],
    blobs: [...texts.flatMap((bytes) => compiled(bytes, random) ?? []), ...given.filter(isBlob)],
  };
}
