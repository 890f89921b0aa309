/** What the fuzzer of device trees starts from: texts by the grammar, texts full of directives, and blobs of them. */
import { readFileSync } from 'node:fs';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import type { Source } from '../../src/bytes/source.ts';
import { prepareTree } from '../../src/devicetree/live/prepare-tree.ts';
import { parseDts } from '../../src/devicetree/source/parser.ts';
import type { SourceLoader } from '../../src/devicetree/source/source-loader.ts';
import { wholeSource } from '../../src/devicetree/source/source-text.ts';
import { blobVersion, writeDtb } from '../../src/devicetree/write/dtb.ts';
import { pick, readGrammar, seededRandom, sentence } from '../../test/grammar/ebnf.ts';
import { inCheckout } from './root.ts';

/** What means something in source where it lands. */
export const TOKENS = [
  '{',
  '}',
  ';',
  '<',
  '>',
  '"',
  "'",
  '/*',
  '*/',
  '//',
  '&',
  '(',
  ')',
  '[',
  ']',
  '\\\n',
  '##',
  '#',
  ' ? 1 : 0',
  '/dts-v1/;',
  '/include/ "x"',
  '/include/ "board.dtsi"\n',
  '/incbin/("data.bin", 1, 0xffffffffffffffff)',
  '#define A A B\n#define B A A\nA\n',
  '#define F(x, ...) x ## __VA_ARGS__\nF(',
  '#if 1\n',
  '#else\n',
  '#endif\n',
  '#include "again.h"\n',
  '# 1 "x"\n',
  '#line 4294967295 "y"\n',
  '/bits/ 64',
  '/delete-node/ &soc;',
  '0xffffffffffffffff',
  'ranges',
  '#address-cells = <9>;',
  '#size-cells = <0>;',
];

export interface TreeStarts {
  readonly sources: readonly Uint8Array[];
  readonly blobs: readonly Uint8Array[];
  /** Sources full of directives. */
  readonly forPreprocessor: readonly Uint8Array[];
}

/** Sentences of the grammar made once; mutations make the rest of the difference. */
const SENTENCES = 1500;

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

const files: SourceLoader = {
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
  const grammar = readGrammar(readFileSync(inCheckout('grammars', 'dts.ebnf'), 'utf8'));
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

export const FILE_ACCESS = { loader: files, includePaths: ['include'], defines: ['N=2', 'F(x)=x'] };

let made: TreeStarts | undefined;

/** The same for all targets of a process. */
export function treeStarts(): TreeStarts {
  if (made) return made;
  const random = seededRandom(2);
  const forPreprocessor = WRITTEN_FOR_CPP.map((text) => Buffer.from(text));
  const texts = [...sentences(), ...forPreprocessor.flatMap((text) => new Array<Buffer>(50).fill(text))];
  made = { sources: texts, blobs: texts.flatMap((bytes) => compiled(bytes, random) ?? []), forPreprocessor };
  return made;
}
