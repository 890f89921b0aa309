import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { readBlob } from '../../../src/devicetree/blob/reader.ts';
import { checkStrictly } from '../../../src/devicetree/checks/strict.ts';
import { type LiveTree, treeFromLive } from '../../../src/devicetree/live/live-tree.ts';
import { parseDts } from '../../../src/devicetree/source/parser.ts';
import { wholeSource } from '../../../src/devicetree/source/source-text.ts';
import { type DeviceTree, pathOf, walk } from '../../../src/devicetree/tree.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';
import { pick, readGrammar, seededRandom, sentence } from '../../grammar/ebnf.ts';
import { installedVersion, Recordings } from '../../recorded.ts';

const grammar = readGrammar(readFileSync(new URL('../../../grammars/dts.ebnf', import.meta.url), 'utf8'));
const recordings = new Recordings('dtc-grammar', installedVersion('dtc', '--version'));

/** A source by the grammar, in which labels are unique and references name what there is. */
function source(seed: number): string {
  const random = seededRandom(seed);
  const labels = ['first'];
  const names = ['a', 'b', 'c@1', '#size', 'x,y', '0', 'a-b', 'cpus'];
  const body = sentence(grammar, 'source', {
    random,
    maxDepth: 14,
    maxTokens: 250,
    tokens: {
      header: () => '/dts-v1/ ;',
      first_item: () => '/ { first: node { } ; } ;',
      LABEL: () => {
        labels.push(`l${labels.length}`);
        return `${labels.at(-1)}:`;
      },
      LABEL_REFERENCE: () => '&first',
      PATH_REFERENCE: () => '&{/node}',
      NODE_OR_PROPERTY_NAME: () => pick(random, names),
      // What they name would be gone for the references that follow.
      item: () => sentence(grammar, 'item', { random, maxDepth: 14, maxTokens: 120, tokens: itemTokens }),
      binary_file: () => '"file"',
      INTEGER: () =>
        pick(random, ['0', '1', '0x10', '07', '4096UL', '0xffffffffffffffff', '18446744073709551615ULL']),
      BYTE: () => pick(random, ['00', 'fF', '1a']),
    },
  });
  return body;
}
const itemTokens = {
  reference: () => '&{/}',
  item: () => '',
  LABEL: () => '',
  binary_file: () => '"file"',
  NODE_OR_PROPERTY_NAME: (random: () => number) => pick(random, ['a', 'b', 'c@1', '#size']),
};

function parsed(text: string): { live: LiveTree | undefined; sink: DiagnosticList } {
  const sink = new DiagnosticList();
  const live = parseDts(
    wholeSource({ name: 'generated.dts', form: 'text', bytes: Buffer.from(text, 'latin1') }),
    sink,
  );
  return { live, sink };
}

/** Everything dtc would write, node by node. */
function contents(tree: DeviceTree): string[] {
  // A reservation of size 0 ends the block.
  const end = tree.reservations.findIndex(({ size }) => size === 0n);
  const lines = tree.reservations
    .slice(0, end < 0 ? undefined : end)
    .map(({ address, size }) => `reserve ${address} ${size}`);
  for (const node of walk(tree.root)) {
    lines.push(pathOf(node));
    for (const { name, value } of node.properties)
      lines.push(`${name} = ${Buffer.from(value).toString('hex')}`);
  }
  return lines;
}

describe('sentences of grammars/dts.ebnf', () => {
  it('parse without an error', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const text = source(seed);
      const { live, sink } = parsed(text);
      const faults = sink.all.filter(
        ({ severity, code }) => severity === 'error' && code !== 'dt/property-order',
      );
      // Division by zero, and character literals of more than one byte, are faults of meaning.
      const syntax = faults.filter(({ code }) => code === 'dt/syntax' || code === 'dt/lexical');
      expect(syntax.map(formatDiagnostic), text).toEqual([]);
      expect(live, text).toBeDefined();
    }
  });

  it('broken somewhere still end in diagnostics, never in an exception', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = seededRandom(seed);
      const text = source(seed);
      const at = Math.floor(random() * text.length);
      const broken = pick(random, [
        text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 8)),
        text.slice(0, at),
        `${text.slice(0, at)}${pick(random, ['{', '}', ';', '<', '>', '"', "'", '/*', '&', '\0', '(', '['])}${text.slice(at)}`,
      ]);
      const { live, sink } = parsed(broken);
      if (live) checkStrictly(live, sink);
    }
  });
});

describe(`sentences of grammars/dts.ebnf${recordings.note}`, () => {
  it('mean the same to dtc', () => {
    let compared = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const text = source(seed);
      // -f: checks of names and duplicates don't matter here.
      const options = ['-f', '-q', '-q', '-I', 'dts', '-O', 'dtb'];
      const output = recordings.output(`dtc ${options.join(' ')}`, text, () => {
        const run = spawnSync('dtc', options, { input: Buffer.from(text, 'latin1'), maxBuffer: 1 << 26 });
        return run.status === 0 ? run.stdout.toString('base64') : 'refused';
      });
      const accepted = output !== 'refused';
      const { live, sink } = parsed(text);
      expect(live).toBeDefined();
      const syntaxOk = !sink.hasErrors;
      checkStrictly(live!, sink);
      expect({ text, accepted: syntaxOk }).toEqual({ text, accepted });
      if (!accepted) continue;
      const bytes = Buffer.from(output, 'base64');
      const theirs = readBlob({ name: 'dtc', form: 'blob', bytes }, new DiagnosticList());
      expect(contents(treeFromLive(live!)), text).toEqual(contents(theirs!));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(20);
  });
});
