/** Verdicts, windows and conditions made by hand, for tests of what reports say of them. */
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { type Source, textSource } from '../../../src/bytes/source.ts';
import { type Block, type Document, plainText } from '../../../src/report/document.ts';
import { type Condition, compare, type Expr, fieldValue } from '../../../src/symbolic/index.ts';
import type { Claim } from '../../../src/verdict/address/claims.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import type { CertainWindow, Origin } from '../../../src/window/window.ts';

export const SOURCE: Source = textSource('a.dts', 'first\n  second = <1>;\nthird\n');
/** `second = <1>;`: line 2, column 3. */
export const SPAN = { source: SOURCE, start: 8, end: 21 } as const;

export function artifactOf(path: string, more: Partial<Artifact> = {}): Artifact {
  return { kind: 'dts', source: SOURCE, path, sha256: '0123456789abcdef', steps: [], ...more };
}

export const INPUT: Artifact = artifactOf('a.dts');
export const ORIGIN: Origin = { artifact: INPUT, path: '/bus', item: 'ranges', index: 1, span: SPAN };

/** `[mem 0xf8000000-0xf80fffff]`, a mebibyte. */
export function windowOf(more: Partial<CertainWindow> = {}): CertainWindow {
  return {
    space: 'memory',
    role: 'window',
    certainty: 'certain',
    base: 0xf800_0000n,
    size: 0x10_0000n,
    flags: {},
    origin: ORIGIN,
    derivation: [],
    ...more,
  };
}

/** A field of 32 bits, of the machine's memory if nothing else is said. Two at one address are the same. */
export function fieldOf(name: string, address: bigint | null = 0x1000n, space = 'SystemMemory'): Expr {
  const place = { space, address: address ?? undefined, bitOffset: 0, bits: 32, epoch: 0 };
  return fieldValue({ name, path: `\\_SB.${name}`, ...place });
}

/** `NAME == VALUE`. */
export function equals(field: Expr, value: bigint): Condition {
  return compare('eq', field, value) as Condition;
}

/** A window of `\\_SB.PCI0` that has the address 0x1000. */
export function claimOf(more: Partial<Claim> = {}): Claim {
  return {
    kind: 'window',
    who: '\\_SB.PCI0',
    base: 0x1000n,
    size: 0x1000n,
    when: 1n,
    whole: true,
    ...more,
  };
}

/** What every answer has, where there is nothing to tell about its only input. */
export const NOTHING_TOLD = {
  premises: [],
  assumptions: [],
  authorities: [],
  gaps: [],
  rules: [],
  toSettle: [],
  inputs: [INPUT],
  diagnostics: [],
} as const satisfies Partial<Verdict>;

/** A verdict about one input of which nothing is special. */
export function verdictOf(more: Partial<Verdict> = {}): Verdict {
  return {
    question: 'q',
    summary: 's',
    answer: 'not-needed',
    reason: 'VMBus gets no low window',
    effective: true,
    hazard: 'none',
    conditions: [],
    wouldChange: [],
    machine: { platform: 'hyperv-gen2', boot: 'efi', vtl: null },
    kernel: { release: null, presumed: true, config: {} },
    pool: [],
    framebuffer: null,
    windows: [],
    ...NOTHING_TOLD,
    ...more,
  };
}

/** A block's rows, each as its cells' plain text; a block that is one text is one row of it. */
export function rowsOf(block: Block): string[][] {
  switch (block.kind) {
    case 'title':
    case 'heading':
    case 'paragraph':
      return [[plainText(block.text)]];
    case 'facts':
      return block.rows.map(({ label, text }) => [label, plainText(text)]);
    case 'list':
      return block.items.map(({ text, below = [] }) => [
        plainText(text),
        ...below.map((item) => plainText(item.text)),
      ]);
    case 'table':
      return block.rows.map((row) => row.map(plainText));
    case 'groups':
      return block.groups.flatMap(({ title, rows, note }) => [
        [plainText(title)],
        ...rows.map((row) => row.map(plainText)),
        ...(note === undefined ? [] : [[note]]),
      ]);
    case 'lines':
    case 'references':
      return ('lines' in block ? block.lines : block.items).map((line) => [line]);
    case 'drawing':
      return block.lines.map((line) => [plainText(line)]);
    case 'details':
      return [[block.summary], ...block.blocks.flatMap(rowsOf)];
  }
}

/** The rows below each heading; those above the first have the key `''`, sources that of `references`. */
export function sectionsOf(document: Document): Record<string, string[][]> {
  const sections: Record<string, string[][]> = {};
  let heading = '';
  for (const block of document) {
    if (block.kind === 'heading') heading = block.text;
    if (block.kind === 'references') heading = 'references';
    const rows = block.kind === 'heading' ? [] : rowsOf(block);
    sections[heading] = [...(sections[heading] ?? []), ...rows];
  }
  return sections;
}
