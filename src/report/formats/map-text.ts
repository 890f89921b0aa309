/** The address map in characters: a line for each row of the layout, boxes as bars at the left of their labels. */
import { hex } from '../../bytes/address.ts';
import { type Block, type Phrase, phrasesOf, plainText, type Text, type Tone } from '../document.ts';
import type { AddressMap, MapKind } from '../map/items.ts';
import { type Box, type Layout, layoutOf, type Row, type Segment } from '../map/layout.ts';
import {
  certaintyLabel,
  gapText,
  isUncertain,
  kindText,
  NOTHING_TO_DRAW,
  ownerText,
  shortened,
} from '../map/words.ts';

export interface MapTextOptions {
  /** Columns. */
  readonly width: number;
  /** Whether characters beyond ASCII may be used. */
  readonly unicode: boolean;
}

interface Signs {
  readonly start: string;
  readonly middle: string;
  readonly end: string;
  readonly single: string;
  readonly uncertain: {
    readonly start: string;
    readonly middle: string;
    readonly end: string;
    readonly single: string;
  };
  readonly up: string;
  readonly down: string;
  readonly both: string;
  readonly gap: string;
  readonly rule: string;
  readonly four: string;
  readonly more: string;
}

const UNICODE: Signs = {
  start: '\u250c',
  middle: '\u2502',
  end: '\u2514',
  single: '\u2576',
  uncertain: { start: '\u250c', middle: '\u2506', end: '\u2514', single: '\u254c' },
  up: '\u2191',
  down: '\u2193',
  both: '\u2195',
  gap: '\u22ee',
  rule: '\u2500',
  four: '\u2550',
  more: '\u2026',
};

const ASCII: Signs = {
  start: '.',
  middle: '|',
  end: '`',
  single: '-',
  uncertain: { start: '.', middle: ':', end: '`', single: '~' },
  up: '^',
  down: 'v',
  both: '?',
  gap: ':',
  rule: '-',
  four: '=',
  more: '~',
};

const TONES: Partial<Record<MapKind, Tone>> = {
  framebuffer: 'warn',
  hazard: 'bad',
  pool: 'good',
  asked: 'strong',
  register: 'faint',
};

/** The character of a box's bar in one of its rows. */
function barOf(box: Box, row: number, signs: Signs): string {
  const { item, firstRow, endRow, openStart, openEnd } = box;
  const { start, middle, end, single } = isUncertain(item) ? signs.uncertain : signs;
  const [first, last] = [row === firstRow, row === endRow - 1];
  if (first && last)
    return openStart && openEnd ? signs.both : openStart ? signs.up : openEnd ? signs.down : single;
  if (first) return openStart ? signs.up : start;
  if (last) return openEnd ? signs.down : end;
  return middle;
}

function bars(boxes: readonly Box[], row: number, lanes: number, signs: Signs): Phrase[] {
  const cells = Array.from({ length: lanes }, (): Phrase => ' ');
  for (const box of boxes) {
    const tone = TONES[box.item.kind];
    const sign = barOf(box, row, signs);
    cells[box.lane] = tone === undefined ? sign : { text: sign, tone };
  }
  return cells;
}

interface Columns {
  readonly lanes: number;
  readonly range: number;
  readonly size: number;
  readonly kind: number;
}

/** The widths of the widest labels, so that columns are aligned. */
function columnsOf({ segments, lanes }: Layout): Columns {
  const items = segments.flatMap(({ boxes }) => boxes.map(({ item }) => item));
  const widest = (of: (item: Box['item']) => string): number =>
    items.reduce((most, item) => Math.max(most, of(item).length), 0);
  return {
    lanes,
    range: Math.min(
      44,
      widest(({ range }) => range),
    ),
    size: widest(({ sizeText }) => sizeText),
    kind: Math.min(16, widest(kindText)),
  };
}

function label(
  { item, continued }: Box,
  columns: Columns,
  room: number,
  short: (text: string, room: number) => string,
): Text {
  const tone = TONES[item.kind];
  const range: Phrase = { text: short(item.range, columns.range), tone: 'code' };
  if (continued) return [range, ' continued'];
  const gap = ' '.repeat(
    Math.max(0, columns.range - plainText([range]).length + columns.size - item.sizeText.length + 1),
  );
  const kind = short(kindText(item), columns.kind);
  const used = columns.range + columns.size + columns.kind + 4;
  const certainty = certaintyLabel(item);
  const left = Math.max(0, room - used);
  const owner = short(
    ownerText(item),
    certainty === '' ? left : Math.max(Math.floor(left / 2), left - certainty.length - 2),
  );
  const rest = left - owner.length - 2;
  return [
    range,
    `${gap}${item.sizeText}  `,
    tone === undefined || tone === 'faint' ? kind : { text: kind, tone },
    `${' '.repeat(columns.kind - kind.length)}${owner === '' ? '' : ` ${owner}`}`,
    certainty === '' || rest < 4 ? '' : { text: `  ${short(certainty, rest)}`, tone: 'faint' },
  ];
}

function segmentLines(segment: Segment, columns: Columns, { width, unicode }: MapTextOptions): Text[] {
  const signs = unicode ? UNICODE : ASCII;
  const short = (text: string, room: number): string =>
    shortened(text, room).replaceAll('\u2026', signs.more);
  const rule = segment.id === 'high' ? signs.four : signs.rule;
  const start = segment.start === undefined ? '' : ` ${hex(segment.start)} ${rule}`;
  const title = `${rule}${rule} ${segment.title} `;
  const lines: Text[] = [
    [
      {
        text: `${title}${rule.repeat(Math.max(0, width - title.length - start.length))}${start}`,
        tone: 'strong',
      },
    ],
  ];
  const { lanes } = columns;
  const line = (row: Row, at: number): Text => {
    const active = segment.boxes.filter(({ firstRow, endRow }) => firstRow <= at && at < endRow);
    const shown = bars(active, at, lanes, signs);
    if (row.kind === 'box')
      return [...shown, ' ', ...phrasesOf(label(row.box, columns, width - lanes - 1, short))];
    if (row.kind === 'rest') return shown;
    return [...shown, { text: ` ${signs.gap} ${gapText(segment, row.span)}`, tone: 'faint' }];
  };
  for (const [at, row] of segment.rows.entries()) lines.push(line(row, at));
  return lines;
}

function mapLines(map: AddressMap, options: MapTextOptions): Text[] {
  const layout = layoutOf(map);
  const columns = columnsOf(layout);
  const signs = options.unicode ? UNICODE : ASCII;
  const legend = [
    `${signs.uncertain.middle} conditional or unknown`,
    `${signs.up} ${signs.down} continued, or extent unknown`,
  ].join('   ');
  const uncertain = layout.segments.some(({ boxes }) =>
    boxes.some(({ item, openStart, openEnd }) => isUncertain(item) || openStart || openEnd),
  );
  return [
    ...layout.segments.flatMap((segment) => segmentLines(segment, columns, options)),
    ...layout.names,
    ...(layout.left === 0 ? [] : [`${layout.left} more not shown.`]),
    ...(uncertain ? [[{ text: legend, tone: 'faint' } as const]] : []),
  ];
}

/** The maps as blocks of a document, one below the other. */
export function mapBlocks(maps: readonly AddressMap[], options: MapTextOptions): Block[] {
  return maps.flatMap((map): Block[] => {
    const lines = mapLines(map, options);
    return [
      { kind: 'heading', text: map.title },
      lines.length === 0 ? { kind: 'paragraph', text: NOTHING_TO_DRAW } : { kind: 'drawing', lines },
    ];
  });
}
