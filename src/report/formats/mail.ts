/**
 * Documents for a reply on a kernel list: ASCII, at most 72 columns (a quoted line then still fits 80), no colour, and
 * never a tag that only a person may give.
 */
import { escapeToAscii } from '../../bytes/escape.ts';
import {
  type Block,
  type Document,
  headsNext,
  type Item,
  isAcross,
  plainText,
  type Text,
} from '../document.ts';
import { wrap } from './wrap.ts';

const WIDTH = 72;

/**
 * Tags of Documentation/process/submitting-patches.rst. A tool must not give them, nor firmware through a tool. They are
 * quoted also at the end of a long word, which may be broken before them.
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
  const titles = block.columns.map((column) => ascii(column.title));
  const rows = block.rows.map((row) => row.map(ascii));
  const shown = block.untitled ? rows : [titles, ...rows];
  const widths = titles.map((_, column) =>
    shown.reduce(
      (widest, row) => Math.max(widest, isAcross(row, titles.length) ? 0 : (row[column]?.length ?? 0)),
      0,
    ),
  );
  const used = widths.filter((width) => width > 0);
  const total = used.reduce((sum, width) => sum + width + 2, 0);
  const cellText = (cell: string, column: number): string =>
    block.columns[column]?.align === 'right' ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  const line = (cells: readonly string[]): string =>
    `  ${cells
      .flatMap((cell, column) => (widths[column] === 0 ? [] : [cellText(cell, column)]))
      .join('  ')}`.trimEnd();
  const across = (row: readonly string[]): string[] => wrap(row[0]!, WIDTH, '  ', '    ');
  if (total <= WIDTH)
    return shown.flatMap((row) => (isAcross(row, titles.length) ? across(row) : [line(row)]));
  // The last column may be prose: it is wrapped where the others leave enough room.
  const last = titles.length - 1;
  const before = total - widths[last]! - 2;
  if (block.untitled && before + 2 <= WIDTH / 2)
    return rows.flatMap((row) => {
      if (isAcross(row, titles.length)) return across(row);
      const start = line(row.map((cell, column) => (column === last ? '' : cell)));
      return wrap(row[last]!, WIDTH, `${start.padEnd(before)}  `, ' '.repeat(before + 2));
    });
  if (block.untitled && before <= WIDTH)
    return rows.flatMap((row) => {
      if (isAcross(row, titles.length)) return across(row);
      const whole = line(row);
      if (whole.length <= WIDTH) return [whole];
      return [line(row.slice(0, last)), ...wrap(row[last] ?? '', WIDTH, '      ')];
    });
  // Too wide: a row becomes a list item with its first cell, the others below it.
  return rows.flatMap((row) => [
    ...wrap(row[0] ?? '', WIDTH, '  * ', '    '),
    ...row.slice(1).flatMap((cell, index) => {
      const title = block.untitled ? '' : `${titles[index + 1]}: `;
      return cell === '' ? [] : wrap(`${title}${cell}`, WIDTH, '      ', '        ');
    }),
  ]);
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'title':
    case 'paragraph':
      return wrap(ascii(block.text), WIDTH);
    case 'heading':
      return wrap(ascii(block.text), WIDTH);
    case 'facts':
      return block.rows.flatMap((row) =>
        wrap(`${ascii(row.label)}: ${ascii(row.text)}`, WIDTH, '  ', '    '),
      );
    case 'list':
      return itemLines(block.items, 0);
    case 'table':
      return tableLines(block);
    case 'groups':
      return block.groups.flatMap(({ title, rows, note }) => [
        ...wrap(ascii(title), WIDTH, '', '    '),
        ...tableLines({
          kind: 'table',
          columns: block.columns,
          rows,
          ...(block.titled ? {} : { untitled: true }),
        }),
        ...(note === undefined ? [] : wrap(ascii(note), WIDTH, '  ', '    ')),
      ]);
    case 'lines':
      return block.lines.flatMap((line) => wrap(ascii(line), WIDTH, '    '));
    case 'drawing':
      return block.lines.map((line) => ascii(line).trimEnd());
    case 'details':
      return [...wrap(ascii(block.summary), WIDTH), ...renderMail(block.blocks).trimEnd().split('\n')];
    case 'references':
      return block.items.flatMap((item, at) => {
        const number = `[${at + 1}] `;
        return wrap(ascii(item), WIDTH, number, ' '.repeat(number.length));
      });
  }
}

export function renderMail(document: Document): string {
  let text = '';
  for (const [index, block] of document.entries()) {
    if (index > 0 && !headsNext(document[index - 1])) text += '\n';
    for (const line of blockLines(block)) text += `${line}\n`;
  }
  return text;
}
