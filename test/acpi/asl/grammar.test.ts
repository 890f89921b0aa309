import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileUnit } from '../../../src/acpi/asl/compile/compile.ts';
import { parseAsl } from '../../../src/acpi/asl/parse/parse.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatDiagnostic } from '../../../src/findings/finding.ts';
import { pick, readGrammar, seededRandom, sentence } from '../../grammar/ebnf.ts';
import { iaslCompile, iaslRecordings } from './iasl.ts';

const grammar = readGrammar(readFileSync(new URL('../../../grammars/asl.ebnf', import.meta.url), 'utf8'));
/** Segments that are no words of ASL. */
const SEGMENTS = ['ABCD', 'PCI0', '_SB_', 'F0', 'X', '_CRS', 'LPCB', 'BUF0', 'M1', 'Q_'];

function text(seed: number): string {
  const segment = (random: () => number): string => pick(random, SEGMENTS);
  return sentence(grammar, 'definition_block', {
    random: seededRandom(seed),
    maxTokens: 400,
    tokens: {
      SEGMENT: segment,
      NAME: (random) => {
        const lead = pick(random, ['', '', '', '\\', '^', '^^']);
        return `${lead}${segment(random)}${pick(random, ['', '', `.${segment(random)}`])}`;
      },
      // Numbers of up to 64 bits.
      INTEGER: (random) => pick(random, ['0', '1', '07', '0x10', '4294967295', '0xFFFFFFFFFFFFFFFF', '123']),
    },
  });
}

function faults(source: string): string[] {
  const sink = new DiagnosticList();
  const units = parseAsl({ name: 'a.asl', form: 'text', bytes: Buffer.from(source, 'latin1') }, sink);
  for (const unit of units) compileUnit(unit);
  return sink.all
    .filter(({ severity, code }) => severity === 'error' && code !== 'acpi/asl-package-length')
    .map(formatDiagnostic);
}

describe('sentences of grammars/asl.ebnf', () => {
  it('are all read and compiled', () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const source = text(seed);
      expect(faults(source), source).toEqual([]);
    }
  });

  it('lose their sense with a token, and nothing throws', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const tokens = text(seed).split(' ');
      const random = seededRandom(seed + 1000);
      tokens.splice(Math.floor(random() * tokens.length), 1);
      expect(() => faults(tokens.join(' '))).not.toThrow();
    }
  });
});

const recordings = iaslRecordings('iasl-grammar');

describe(`sentences of the grammar and iasl${recordings.note}`, () => {
  it('have no syntax that iasl would not read', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const source = text(seed);
      const { errors } = iaslCompile(recordings, source);
      // 6126 is a syntax error; what the names mean is another matter.
      expect(
        errors.filter((error) => error.includes(' 6126')),
        source,
      ).toEqual([]);
    }
  });

  it('make the same descriptors', () => {
    for (let seed = 0; seed < 80; seed += 1) {
      let count = 0;
      const descriptor = sentence(grammar, 'descriptor', {
        random: seededRandom(seed),
        tokens: {
          SEGMENT: () => `T${String(++count).padStart(3, '0')}`,
          STRING: () => '"\\\\_SB.X"',
          INTEGER: (random) => pick(random, ['0', '0x10', '0xFFFFFFFFFFFFFFFF']),
        },
      });
      const source = `DefinitionBlock ("", "SSDT", 2, "A", "B", 1) { Name (TEST, ResourceTemplate () { ${descriptor} }) }`;
      const { aml, errors } = iaslCompile(recordings, source);
      const [ours] = parseAsl(
        { name: 'a.asl', form: 'text', bytes: Buffer.from(source, 'latin1') },
        new DiagnosticList(),
      );
      expect(aml, errors.join('\n')).toBeDefined();
      expect(Buffer.from(compileUnit(ours!).bytes.subarray(36)), source).toEqual(
        Buffer.from(aml!.subarray(36)),
      );
    }
  });
});
