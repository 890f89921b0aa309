import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCrsText } from '../../src/acpi/listings/crs-text.ts';
import { hexBlocks } from '../../src/acpi/listings/hex-text.ts';
import type { Artifact, ArtifactKind } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import { pick, readGrammar, seededRandom, sentence } from '../grammar/ebnf.ts';

const grammar = readGrammar(readFileSync(new URL('../../grammars/crs-dump.ebnf', import.meta.url), 'utf8'));
const SENTENCES = 150;

function artifactOf(kind: ArtifactKind, text: string): Artifact {
  return { kind, source: textSource('dump', text), path: 'dump', sha256: '', steps: [] };
}

/** A dump in the form `rule`, and the bytes that were put into it. */
function dump(rule: string, seed: number): { text: string; bytes: number[] } {
  const bytes: number[] = [];
  const reached = (radix: number, digits: number) => (): string =>
    bytes.length.toString(radix).padStart(digits, '0');
  const text = sentence(grammar, rule, {
    random: seededRandom(seed),
    separator: () => '\n',
    tokens: {
      // The grammar can't count: offsets say how many bytes came before.
      OFFSET: reached(16, 8),
      REACHED: reached(16, 8),
      OCTAL_REACHED: reached(8, 7),
      SHORT_REACHED: reached(16, 6),
      SHORT_OFFSET: reached(16, 4),
      BYTE: (random) => {
        const byte = Math.floor(random() * 256);
        bytes.push(byte);
        const digits = byte.toString(16).padStart(2, '0');
        return pick(random, [digits, digits.toUpperCase()]);
      },
    },
  });
  return { text, bytes };
}

/** What a log or a mail puts before every line. */
function quoted(text: string, lead: string): string {
  return text.replace(/^/gm, lead);
}

describe('sentences of grammars/crs-dump.ebnf', () => {
  it.each(['xxd', 'hexdump', 'od', 'od_in_hex', 'plain', 'listing', 'object', 'buffer'])(
    '%s: every byte is read, at its place in the text',
    (rule) => {
      for (let seed = 0; seed < SENTENCES; seed += 1) {
        const { text, bytes } = dump(rule, seed);
        const blocks = hexBlocks(textSource('dump', text));
        expect(
          blocks.flatMap((block) => block.bytes),
          text,
        ).toEqual(bytes);
        for (const block of blocks) {
          block.bytes.forEach((byte, index) => {
            const written = text.slice(block.starts[index], block.ends[index]);
            expect(Number.parseInt(written.replace(/^0x/, ''), 16), text).toBe(byte);
          });
        }
      }
    },
  );

  it('hex dumps may stand in a mail, with CR LF', () => {
    for (let seed = 0; seed < SENTENCES; seed += 1) {
      for (const rule of ['xxd', 'hexdump', 'plain']) {
        const { text, bytes } = dump(rule, seed);
        const source = textSource('mail', quoted(text, '> ').replaceAll('\n', '\r\n'));
        expect(
          hexBlocks(source).flatMap((block) => block.bytes),
          text,
        ).toEqual(bytes);
      }
    }
  });

  it('acpiexec: every descriptor, nothing left over', () => {
    for (let seed = 0; seed < SENTENCES; seed += 1) {
      const text = sentence(grammar, 'acpiexec', { random: seededRandom(seed), separator: () => '\n' });
      const sink = new DiagnosticList();
      const entries = readCrsText(artifactOf('crs-text', text), sink);
      const headings = text.match(/^\[..\] (?!EndTag).* Resource$/gm) ?? [];
      expect(entries.flatMap((entry) => entry.resources).length, text).toBe(headings.length);
      const empty = headings.length === 0 && entries.length === 0;
      expect(
        sink.all.filter(
          ({ code }) => code !== 'acpi/acpiexec-fill' && !(empty && code === 'acpi/no-resources'),
        ),
        text,
      ).toEqual([]);
    }
  });

  it('Linux: every range, interrupt and channel, whatever stands before the line', () => {
    for (let seed = 0; seed < SENTENCES; seed += 1) {
      const text = sentence(grammar, 'linux', { random: seededRandom(seed), separator: () => '\n' });
      const lines = text.match(/\[(?:mem|io|irq|dma) .*\]|^(?:mem|io|irq|dma) .*/gm) ?? [];
      for (const lead of [
        '',
        '> ',
        '[    0.412345] ',
        '<6>[    0.412345] ',
        'Nov 22 15:00:01 host kernel: ',
      ]) {
        const sink = new DiagnosticList();
        const entries = readCrsText(artifactOf('crs-text', quoted(text, lead)), sink);
        expect(entries.flatMap((entry) => entry.resources).length, quoted(text, lead)).toBe(lines.length);
        expect(sink.all).toEqual([]);
      }
    }
  });
});
