/**
 * The address map as a self-contained picture: it loads nothing, and is readable without colours, in light and dark
 * surroundings, with a mouse, a keyboard or a screen reader. Coordinates are in pixels.
 */
import { hex } from '../../bytes/address.ts';
import { escapeControls, escapeHtml } from '../../bytes/escape.ts';
import type { Span } from '../../bytes/source.ts';
import { type AddressMap, KIND_WORDS, type MapKind } from '../map/items.ts';
import { type Box, type Layout, layoutOf, type Row, type Segment } from '../map/layout.ts';
import { MAP_SCRIPT } from '../map/script.ts';
import { MAP_STYLE } from '../map/style.ts';
import {
  certaintyLabel,
  columnsOf,
  detailLines,
  gapText,
  isUncertain,
  kindText,
  NOTHING_TO_DRAW,
  ownerText,
  shortened,
} from '../map/words.ts';

export interface SvgOptions {
  /** Pixels. */
  readonly width: number;
  /** Labels on several lines, for narrow screens. */
  readonly stacked: boolean;
  /** Prefix of ids, so that pictures in one page don't share any. */
  readonly id: string;
  /** Nothing is folded, as far as there is room. */
  readonly all?: boolean;
  /** The id of the excerpt that shows a place. */
  readonly excerpt?: (span: Span | undefined) => string | undefined;
}

/** Width of a character of the style's fonts, with some room. */
const CHARACTER = 7.35;
const MARGIN = 10;
const LINE = 16;
const HEADER = 26;
/** Distance between the bottoms of boxes that end together. */
const CLOSE = 3;
/** The largest indentation of a box. */
const MOST_INDENT = 84;
const INDENT = 14;

/** Bits of a size: how high a row is. */
function bits(span: bigint): number {
  return span <= 0n ? 0 : span.toString(2).length;
}

function stretch(span: bigint, scale: number): number {
  return Math.max(0, bits(span) - 12) * scale;
}

function linesOf({ item, continued }: Box, { stacked }: SvgOptions): number {
  if (!stacked || continued) return 1;
  return certaintyLabel(item) === '' ? 2 : 3;
}

function rowHeight(row: Row, scale: number, options: SvgOptions): number {
  if (row.kind === 'gap') return 14 + stretch(row.span, scale * 0.4);
  if (row.kind !== 'box') return 4 + stretch(row.span, scale * 0.5);
  const lines = linesOf(row.box, options);
  return lines * LINE + 4 + stretch(row.span, scale * 0.8);
}

interface Placed {
  readonly tops: readonly number[];
  readonly bottoms: ReadonlyMap<Box, number>;
  readonly height: number;
}

/** Where rows begin and boxes end, from the top of their segment. */
function place({ rows, boxes, scale }: Segment, options: SvgOptions): Placed {
  const closing = new Map<number, Box[]>();
  for (const box of boxes) {
    const ending = closing.get(box.endRow) ?? [];
    ending.push(box);
    closing.set(box.endRow, ending);
  }
  const tops: number[] = [];
  const bottoms = new Map<Box, number>();
  let y = HEADER;
  for (let at = 0; at <= rows.length; at += 1) {
    const ending = (closing.get(at) ?? []).sort((a, b) => b.lane - a.lane);
    for (const [rank, box] of ending.entries()) bottoms.set(box, y + rank * CLOSE);
    if (ending.length > 0) y += (ending.length - 1) * CLOSE + 2;
    tops.push(y);
    if (at < rows.length) y += rowHeight(rows[at]!, scale, options);
  }
  return { tops, bottoms, height: y + 8 };
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${n(x)}" y="${n(y)}"${more}>${escapeHtml(content)}</text>`;
}

/** The sides of a box; open ones are replaced by an arrow. */
function edges(x: number, y: number, width: number, height: number, { openStart, openEnd }: Box): string {
  if (!openStart && !openEnd)
    return `<rect class="e" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"/>`;
  const [right, bottom] = [x + width, y + height];
  const across = openStart ? 'M' : 'L';
  const path = `M${n(x)} ${n(bottom)}L${n(x)} ${n(y)}${across}${n(right)} ${n(y)}L${n(right)} ${n(bottom)}${openEnd ? '' : `L${n(x)} ${n(bottom)}`}`;
  const tip = x + 5;
  const up = openStart ? `<path class="l" d="M${n(tip - 4)} ${n(y + 6)}l4-6l4 6z"/>` : '';
  const down = openEnd ? `<path class="l" d="M${n(tip - 4)} ${n(bottom - 6)}l4 6l4-6z"/>` : '';
  return `<path class="e" d="${path}"/>${up}${down}`;
}

/** Labels in columns that are aligned throughout the picture. */
function wideLabels(box: Box, x: number, y: number, right: number, indent: number): string {
  const { item, continued } = box;
  const columns = (from: number, to: number): number => Math.floor((to - from) / CHARACTER);
  const size = MARGIN + indent + 290;
  const [kind, owner] = [size + 86, size + 86 + 19 * CHARACTER];
  const range = shortened(continued ? `${item.range} continued` : item.range, columns(x, size));
  const certainty = certaintyLabel(item);
  const who = shortened(
    ownerText(item),
    certainty === '' ? columns(owner, right) : Math.min(columns(owner, right), 28),
  );
  const whenAt = owner + (columnsOf(who) + 2) * CHARACTER;
  return [
    text(x, y, range),
    continued ? '' : text(size + 76, y, item.sizeText, ' text-anchor="end"'),
    continued ? '' : text(kind, y, kindText(item)),
    continued ? '' : text(owner, y, who),
    certainty === '' || continued
      ? ''
      : text(whenAt, y, shortened(certainty, columns(whenAt, right)), ' class="q"'),
  ].join('');
}

function stackedLabels(box: Box, x: number, y: number, right: number): string {
  const { item, continued } = box;
  const columns = Math.floor((right - x) / CHARACTER);
  if (continued) return text(x, y, shortened(`${item.range} continued`, columns));
  const certainty = certaintyLabel(item);
  const room = columns - (item.sizeText === '' ? 0 : columnsOf(item.sizeText) + 1);
  return [
    text(x, y, shortened(item.range, room)),
    text(right, y, item.sizeText, ' text-anchor="end"'),
    text(x, y + LINE, shortened(`${kindText(item)} ${ownerText(item)}`, columns)),
    certainty === '' ? '' : text(x, y + 2 * LINE, shortened(certainty, columns), ' class="q"'),
  ].join('');
}

function drawBox(
  box: Box,
  top: number,
  bottom: number,
  number: number,
  indent: number,
  options: SvgOptions,
): string {
  const { item, lane } = box;
  const x = MARGIN + lane * indent;
  const right = options.width - MARGIN - lane * 3;
  const [width, height] = [right - x, Math.max(LINE, bottom - top)];
  const classes = ['b', `k-${item.kind}`, isUncertain(item) ? 'cond' : ''].filter(Boolean).join(' ');
  const area = `x="${n(x)}" y="${n(top)}" width="${n(width)}" height="${n(height)}"`;
  const baseline = top + 13;
  const excerpt = options.excerpt?.(item.span);
  const labels = options.stacked
    ? stackedLabels(box, x + 12, baseline, right - 6)
    : wideLabels(box, x + 12, baseline, right - 6, MOST_INDENT);
  return [
    `<g class="${classes}" role="listitem" data-n="${number}"${excerpt === undefined ? '' : ` data-e="${excerpt}"`} data-y="${n(top)}" data-h="${n(linesOf(box, options) * LINE + 4)}">`,
    `<title>${detailLines(item).map(escapeHtml).join('\n')}</title>`,
    `<rect class="f" ${area}/>`,
    isUncertain(item) ? `<rect fill="url(#${options.id}-${item.kind})" ${area}/>` : '',
    edges(x, top, width, height, box),
    labels,
    '</g>',
  ].join('');
}

/** The header line of a segment, with its start address. */
function header(segment: Segment, y: number, { width }: SvgOptions): string {
  const isFour = segment.id === 'high';
  const line = `<line class="${isFour ? 'four' : 'rule'}" x1="${MARGIN}" x2="${width - MARGIN}" y1="${n(y + 20)}" y2="${n(y + 20)}"/>`;
  const start = segment.start === undefined ? '' : hex(segment.start);
  return `${text(MARGIN, y + 14, segment.title, ' class="h"')}${text(width - MARGIN, y + 14, start, ' class="q" text-anchor="end"')}${line}`;
}

function drawSegment(segment: Segment, top: number, from: number, indent: number, options: SvgOptions) {
  const { tops, bottoms, height } = place(segment, options);
  const gaps = segment.rows.flatMap((row, at) => {
    if (row.kind !== 'gap') return [];
    const y = top + tops[at]! + (tops[at + 1]! - tops[at]!) / 2 + 3;
    return [text(MARGIN + 12, y, `\u22ee ${gapText(segment, row.span)}`, ' class="q"')];
  });
  const boxes = segment.boxes.map((box, at) =>
    drawBox(box, top + tops[box.firstRow]!, top + bottoms.get(box)!, from + at, indent, options),
  );
  return {
    height,
    parts: [
      header(segment, top, options),
      `<g role="list" aria-label="${escapeHtml(segment.title)}">${boxes.join('\n')}</g>`,
      ...gaps,
    ],
  };
}

/** The legend: a swatch for each kind in the picture. */
function legend(layout: Layout, top: number, { width, id }: SvgOptions): { parts: string[]; height: number } {
  const items = layout.segments.flatMap(({ boxes }) => boxes);
  const kinds = (Object.keys(KIND_WORDS) as MapKind[]).filter((kind) =>
    items.some(({ item }) => item.kind === kind),
  );
  const entries = kinds.map((kind) => ({ kind, words: KIND_WORDS[kind], classes: `k-${kind}`, hatch: '' }));
  const uncertain = items.find(({ item }) => isUncertain(item))?.item.kind;
  if (uncertain !== undefined)
    entries.push({
      kind: uncertain,
      words: 'conditional or unknown',
      classes: `k-${uncertain} cond`,
      hatch: uncertain,
    });
  const open = items.some(({ openStart, openEnd, continued }) => (openStart || openEnd) && !continued);
  const parts: string[] = [];
  let [x, y] = [MARGIN, top];
  const advance = (length: number): void => {
    if (x + length <= width - MARGIN || x === MARGIN) return;
    x = MARGIN;
    y += LINE + 4;
  };
  for (const { words, classes, hatch } of entries) {
    const length = 24 + columnsOf(words) * CHARACTER + 14;
    advance(length);
    const area = `x="${n(x)}" y="${n(y)}" width="18" height="12"`;
    parts.push(
      `<g class="${classes}"><rect class="f" ${area}/>${hatch === '' ? '' : `<rect fill="url(#${id}-${hatch})" ${area}/>`}<rect class="e" ${area}/>${text(x + 24, y + 10, words)}</g>`,
    );
    x += length;
  }
  if (open) {
    const words = '\u25b2 \u25bc continued, or extent unknown';
    advance(columnsOf(words) * CHARACTER);
    parts.push(text(x, y + 10, words));
  }
  return { parts, height: y + LINE - top + 6 };
}

function wrapped(content: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of escapeControls(content).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(last) + 1 + columnsOf(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(shortened(word, columns));
  }
  return lines;
}

function drawMap(map: AddressMap, top: number, from: number, options: SvgOptions) {
  const layout = layoutOf(map, { all: options.all === true });
  const columns = Math.floor((options.width - 2 * MARGIN) / CHARACTER);
  const indent = Math.min(options.stacked ? 8 : INDENT, MOST_INDENT / layout.lanes);
  const parts: string[] = [];
  let y = top + 22;
  for (const line of wrapped(layout.title, Math.floor(columns * 0.8))) {
    parts.push(text(MARGIN, y, line, ' class="t"'));
    y += 19;
  }
  const left = layout.left === 0 ? [] : [`${layout.left} more not shown.`];
  for (const line of [layout.text, ...layout.names, ...left].flatMap((each) => wrapped(each, columns))) {
    parts.push(text(MARGIN, y, line, ' class="q"'));
    y += LINE;
  }
  const keys = legend(layout, y - 4, options);
  parts.push(...keys.parts);
  y += keys.height;
  let number = from;
  for (const segment of layout.segments) {
    const drawn = drawSegment(segment, y, number, indent, options);
    parts.push(...drawn.parts);
    number += segment.boxes.length;
    y += drawn.height;
  }
  if (layout.segments.length === 0) {
    parts.push(text(MARGIN, y + 6, NOTHING_TO_DRAW, ' class="q"'));
    y += 20;
  }
  return { parts, bottom: y, number, layout };
}

function hatches(kinds: ReadonlySet<MapKind>, { id }: SvgOptions): string {
  return (Object.keys(KIND_WORDS) as MapKind[])
    .filter((kind) => kinds.has(kind))
    .map(
      (kind) =>
        `<pattern id="${id}-${kind}" class="k-${kind}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" x2="0" y1="0" y2="7"/></pattern>`,
    )
    .join('');
}

/** Maps, one below the other, as an element `svg` without style and script, which the page around it has. */
export function mapElement(maps: readonly AddressMap[], options: SvgOptions, inside = ''): string {
  const parts: string[] = [];
  const hatched = new Set<MapKind>();
  let [y, number] = [0, 0];
  for (const map of maps) {
    const drawn = drawMap(map, y, number, options);
    parts.push(...drawn.parts);
    y = drawn.bottom + 10;
    number = drawn.number;
    for (const { boxes } of drawn.layout.segments)
      for (const { item } of boxes) if (isUncertain(item)) hatched.add(item.kind);
  }
  const { width, id } = options;
  const [first] = maps;
  const height = Math.ceil(y + 4);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="map" role="group" aria-labelledby="${id}-title ${id}-desc" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title id="${id}-title">${escapeHtml(first?.title ?? 'Address map')}</title>`,
    `<desc id="${id}-desc">${escapeHtml(maps.map(({ text: about }) => about).join(' '))}</desc>`,
    inside,
    hatched.size === 0 ? '' : `<defs>${hatches(hatched, options)}</defs>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...parts,
    '</svg>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const WIDTH = 960;

/** Renders maps as a file. */
export function renderSvg(maps: readonly AddressMap[]): string {
  const style = `<style>${MAP_STYLE}</style>`;
  const svg = mapElement(maps, { width: WIDTH, stacked: false, id: 'm' }, style);
  // The script is last, so that the whole picture exists when it runs.
  return `${svg.slice(0, -'</svg>'.length)}<script><![CDATA[${MAP_SCRIPT}]]></script>\n</svg>\n`;
}
