/** Sources generated from grammars/dts.ebnf: what dtc accepts we accept, and write the same bytes in every form. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAsm } from '../../../../src/devicetree/write/asm.ts';
import { writeDtb } from '../../../../src/devicetree/write/dtb.ts';
import { writeDts } from '../../../../src/devicetree/write/dts.ts';
import { pick, readGrammar, seededRandom, sentence } from '../../../../test/grammar/ebnf.ts';
import { CompileError, compileSource, differs, sha256, Tally } from './compile.ts';

const GRAMMAR = new URL('../../../../grammars/dts.ebnf', import.meta.url);
const NAMES = ['a', 'b', 'c@1', 'd@0', '#size', 'x,y', 'reg', 'cpus', 'aliases', 'a-b', 'phandle'];

function generate(grammar: ReturnType<typeof readGrammar>, seed: number): string {
  const random = seededRandom(seed);
  let labels = 0;
  const plugin = random() < 0.2;
  const references = plugin ? ['&first', '&elsewhere'] : ['&first', '&first', '&{/node}'];
  return sentence(grammar, 'source', {
    random,
    maxDepth: 14,
    maxTokens: 300,
    tokens: {
      header: () => (plugin ? '/dts-v1/ ; /plugin/ ;' : '/dts-v1/ ;'),
      first_item: () => '/ { first: node { } ; } ;',
      LABEL: () => {
        labels += 1;
        return `l${labels}:`;
      },
      LABEL_REFERENCE: () => pick(random, references),
      PATH_REFERENCE: () => '&{/node}',
      NODE_OR_PROPERTY_NAME: () => pick(random, NAMES),
      binary_file: () => '"file"',
      INTEGER: () => pick(random, ['0', '1', '0x10', '07', '4096UL', '0xffffffff', '0xffffffffffffffff']),
      BYTE: () => pick(random, ['00', 'fF', '1a']),
      STRING: () => pick(random, ['""', '"a"', '"two words"', '"\\t\\x01\\n"', '"a\\0b"', '"\\"\\\\"']),
      CHARACTER: () => pick(random, ["'a'", "'\\n'", "'\\x7f'"]),
    },
  });
}

const FORMS = [
  { name: 'dtb', options: ['-O', 'dtb'], symbols: false },
  { name: 'dtb -@', options: ['-O', 'dtb', '-@'], symbols: true },
  { name: 'dts', options: ['-O', 'dts'], symbols: false },
  { name: 'asm', options: ['-O', 'asm'], symbols: false },
] as const;

export function grammar(args: string[], _corpus: string): number {
  const [dtc, count = '200', first = '1'] = args;
  if (!dtc) {
    console.error('usage: npm run conformance -- dtc grammar DTC [COUNT] [FIRST_SEED]');
    return 2;
  }
  const rules = readGrammar(readFileSync(GRAMMAR, 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-grammar-'));
  const file = join(folder, 'generated.dts');
  const tally = new Tally();
  let accepted = 0;
  for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
    const text = generate(rules, seed);
    const bytes = Buffer.from(text, 'latin1');
    writeFileSync(file, bytes);
    for (const { name, options, symbols } of FORMS) {
      const theirs = spawnSync(dtc, ['-f', '-qqq', ...options, '-I', 'dts', file], { maxBuffer: 1 << 28 });
      // An assertion of dtc's own is no verdict on the source.
      if (theirs.signal !== null) continue;
      tally.check(`seed ${seed} ${name}`, () => {
        let ours: Uint8Array | string;
        try {
          const { tree } = compileSource({ name: file, form: 'text', bytes }, {}, { symbols, force: true });
          ours = name === 'asm' ? writeAsm(tree) : name === 'dts' ? writeDts(tree) : writeDtb(tree).bytes;
        } catch (error) {
          if (!(error instanceof CompileError)) throw error;
          return theirs.status === 0 ? `dtc accepts: ${error.message}` : undefined;
        }
        if (theirs.status !== 0) return 'dtc refuses';
        accepted += 1;
        return differs(name, sha256(ours), sha256(theirs.stdout));
      });
    }
  }
  rmSync(folder, { recursive: true });
  console.log(`${accepted} accepted by both`);
  return tally.finish();
}
