/**
 * Documents as one pastes them into a reply on a kernel list: ASCII, no column past 72 (a quoted line then still fits
 * 80), no colour, no drawing, and never a tag that only a person may give.
 */
import { escapeToAscii } from '../../bytes/escape.ts';
import { type Block, type Document, type Item, plainText, type Text } from '../document.ts';
import { wrap } from './wrap.ts';

const WIDTH = 72;

/**
 * Tags of Documentation/process/submitting-patches.rst. A tool must not give them, nor firmware through a tool; also not
 * at the end of a long word, which may be broken before them.
 */
const TAGS = /(?:signed-off|reviewed|acked|tested|reported|suggested|co-developed)-by(?=:)/gi;

function ascii(text: Text): string {
  return escapeToAscii(plainText(text)).replace(TAGS, '"$&"');
}

function itemLines(items: readonly Item[], depth: number): string[] {
  const indent = '  '.repeat(depth + 1);
  return items.flatMap((item) => [
    ...wrap(ascii(item.text), WIDTH, `${indent}${depth === 0 ? '*' : '-'} `, `${indent}  `),
    ...itemLines(item.below ?? [], depth + 1),
  ]);
}

function tableLines(block: Extract<Block, { kind: 'table' }>): string[] {
  const titles = block.columns.map((column) => column.title);
  const rows = block.rows.map((row) => row.map(ascii));
  const widths = titles.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), title.length),
  );
  const total = widths.reduce((sum, width) => sum + width + 2, 0);
  if (total <= WIDTH) {
    const line = (cells: readonly string[]): string =>
      `  ${cells
        .map((cell, column) =>
          block.columns[column]?.align === 'right'
            ? cell.padStart(widths[column]!)
            : cell.padEnd(widths[column]!),
        )
        .join('  ')}`.trimEnd();
    return [line(titles), ...rows.map(line)];
  }
  // Too wide: a row becomes a point, its first cell named, the rest below it.
  return rows.flatMap((row) => [
    ...wrap(row[0] ?? '', WIDTH, '  * ', '    '),
    ...row
      .slice(1)
      .flatMap((cell, index) =>
        cell === '' ? [] : wrap(`${titles[index + 1]}: ${cell}`, WIDTH, '      ', '        '),
      ),
  ]);
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'title':
    case 'paragraph':
      return wrap(ascii(block.text), WIDTH);
    case 'heading':
      return wrap(`${ascii(block.text)}:`, WIDTH);
    case 'facts':
      return block.rows.flatMap((row) => wrap(`${row.label}: ${ascii(row.text)}`, WIDTH, '  ', '    '));
    case 'list':
      return itemLines(block.items, 0);
    case 'table':
      return tableLines(block);
    case 'lines':
      return block.lines.flatMap((line) => wrap(ascii(line), WIDTH, '    '));
  }
}

export function renderMail(document: Document): string {
  let text = '';
  for (const [index, block] of document.entries()) {
    if (index > 0 && document[index - 1]!.kind !== 'heading') text += '\n';
    for (const line of blockLines(block)) text += `${line}\n`;
  }
  return text;
}
