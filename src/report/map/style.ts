/** Colours and strokes of maps, in the picture and in the page. Everything they show is in the labels too. */
import type { MapKind } from './items.ts';

interface Colours {
  readonly fill: string;
  readonly line: string;
}

const LIGHT: Readonly<Record<MapKind, Colours>> = {
  window: { fill: '#dce9fb', line: '#1d4ed8' },
  pool: { fill: '#fdebb3', line: '#8a4b08' },
  register: { fill: '#f3f5f8', line: '#6b7688' },
  ram: { fill: '#dff3e3', line: '#197a35' },
  reserved: { fill: '#e2e4e8', line: '#374151' },
  framebuffer: { fill: '#fbd0d0', line: '#b01818' },
  reservation: { fill: '#f8d4e6', line: '#9d174d' },
  allocation: { fill: '#e2dcfb', line: '#5b2bbf' },
  hazard: { fill: '#f9a8a8', line: '#7f1d1d' },
  asked: { fill: '#ffffff', line: '#000000' },
};

const DARK: Readonly<Record<MapKind, Colours>> = {
  window: { fill: '#1a3357', line: '#7db2ff' },
  pool: { fill: '#46350d', line: '#f5c344' },
  register: { fill: '#1c232d', line: '#8b98a9' },
  ram: { fill: '#143420', line: '#56d27e' },
  reserved: { fill: '#2d323a', line: '#a3adba' },
  framebuffer: { fill: '#4b1818', line: '#ff8b8b' },
  reservation: { fill: '#471a33', line: '#f58cc0' },
  allocation: { fill: '#2c2153', line: '#b7a2ff' },
  hazard: { fill: '#701d1d', line: '#ffd0d0' },
  asked: { fill: '#0d1117', line: '#ffffff' },
};

function rules(colours: Readonly<Record<MapKind, Colours>>): string {
  return Object.entries(colours)
    .map(([kind, { fill, line }]) => `.map .k-${kind}{--fill:${fill};--line:${line}}`)
    .join('');
}

const LIGHT_PAGE = '.map{--ink:#16191d;--faint:#565d68;--paper:#ffffff;--rule:#9aa3af}';
const DARK_PAGE = '.map{--ink:#e8ebef;--faint:#a7b0bc;--paper:#0d1117;--rule:#59626e}';

/** The style of `svg.map` and everything in it. */
export const MAP_STYLE = [
  '.map{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}',
  '.map text{fill:var(--ink);white-space:pre}',
  '.map .paper{fill:var(--paper)}.map .h{font-weight:600;font-size:13px}.map .t{font-weight:600;font-size:15px}',
  '.map .q{fill:var(--faint)}.map .rule{stroke:var(--rule);stroke-width:1}.map .four{stroke:var(--ink);stroke-width:3}',
  '.map .f{fill:var(--fill)}.map .e{fill:none;stroke:var(--line);stroke-width:1.2}',
  '.map .l{fill:var(--line)}.map .k-framebuffer .e,.map .k-hazard .e,.map .k-asked .e{stroke-width:2.4}',
  '.map .cond .e{stroke-dasharray:5 3}.map .hatch{stroke:var(--line);stroke-width:1;opacity:.3}',
  '.map .b{cursor:pointer;outline:none}.map .b.on .e{stroke-width:3;stroke-dasharray:none}',
  '.map .b:focus-visible .e{stroke-width:3;stroke:var(--ink);stroke-dasharray:none}',
  '.map .tip rect{fill:var(--paper);stroke:var(--ink)}.map .tip{pointer-events:none}',
  LIGHT_PAGE,
  rules(LIGHT),
  `@media (prefers-color-scheme:dark){${DARK_PAGE}${rules(DARK)}}`,
  `@media print{${LIGHT_PAGE}${rules(LIGHT)}}`,
].join('\n');
