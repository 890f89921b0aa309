/**
 * A report as one self-contained page: it loads nothing and sends nothing. Its policy (Content-Security-Policy) admits one
 * style and one script, by their hashes, and no connection.
 */

import { escapeHtml } from '../../../bytes/escape.ts';
import { sha256Of } from '../../../platform/hash.ts';
import { type Document, plainText } from '../../document.ts';
import type { AddressMap } from '../../map/items.ts';
import { mapElement } from '../svg.ts';
import { blocksHtml } from './blocks.ts';
import { Excerpts } from './excerpts.ts';
import { PAGE_SCRIPT } from './script.ts';
import { PAGE_STYLE } from './style.ts';

/** Widths of the map in a page, in pixels: on wide and on narrow screens. */
const WIDE = 960;
const NARROW = 328;

/** The parts of a page that a report makes; the rest is the same for all. */
export interface PageParts {
  readonly title: string;
  readonly main: string;
  readonly sources: string;
}

/** A source of a policy that admits this text. */
function hashSource(text: string): string {
  return `'sha256-${Buffer.from(sha256Of(text), 'hex').toString('base64')}'`;
}

function mapSection(maps: readonly AddressMap[], excerpts: Excerpts): string {
  if (maps.length === 0) return '';
  const excerpt = (span: Parameters<Excerpts['idOf']>[0]) => excerpts.idOf(span);
  const wide = mapElement(maps, { width: WIDE, stacked: false, id: 'w', excerpt });
  const narrow = mapElement(maps, { width: NARROW, stacked: true, id: 'n', excerpt });
  return `<section id="map" aria-label="Address map"><h2 class="vh">Address map</h2><p class="note">Point at a box, or reach it with Tab and the arrow keys, to see its details; click it to see where it was read.</p><div class="drawing"><div class="wide">${wide}</div><div class="narrow">${narrow}</div></div></section>`;
}

/** The index of the block that the map is put before: below the answer and its windows, or above a list of windows. */
function mapPlace(document: Document): number {
  if (document[0]?.kind !== 'title') return 0;
  const isHeading = (text: string) => (block: Document[number]) =>
    block.kind === 'heading' && block.text === text;
  const windows = document.findIndex(isHeading('Windows'));
  const next = document.findIndex(
    ({ kind }, at) => at > windows && (kind === 'heading' || kind === 'details'),
  );
  if (windows !== -1 && next !== -1) return next;
  const inputs = document.findIndex(isHeading('Inputs'));
  return inputs === -1 ? document.length : inputs;
}

/** Renders the parts of the page. */
export function pageParts(document: Document, maps: readonly AddressMap[]): PageParts {
  const excerpts = new Excerpts();
  const [first] = document;
  const hasTitle = first?.kind === 'title';
  const title = hasTitle ? plainText(first.text) : (maps[0]?.title ?? 'fwmap');
  const references = document.reduce(
    (count, block) => (block.kind === 'references' ? block.items.length : count),
    0,
  );
  const options = {
    excerpt: (span: Parameters<Excerpts['idOf']>[0]) => excerpts.idOf(span),
    level: 1,
    references,
  };
  const at = mapPlace(document);
  const before = blocksHtml(document.slice(0, at), options);
  const map = mapSection(maps, excerpts);
  const after = blocksHtml(document.slice(at), options);
  return {
    title,
    main: `${hasTitle ? '' : `<h1>${escapeHtml(title)}</h1>`}${before}${map}${after}`,
    sources: excerpts.isEmpty ? '' : `<h2>Sources</h2>${excerpts.html()}`,
  };
}

export interface PageOptions {
  /** The version of the program, for scripts. */
  readonly version?: string;
  /** Controls above the report. */
  readonly controls?: string;
  /** Data for scripts, by the id of its element. */
  readonly data?: Readonly<Record<string, string>>;
  /** More scripts, as modules, which run after the others. */
  readonly modules?: readonly string[];
}

/** A data block. Nothing in its text can end the element. */
function dataBlock(id: string, json: string): string {
  return `<script type="application/json" id="${escapeHtml(id)}">${json.replaceAll('<', '\\u003c')}</script>`;
}

/** The whole page. */
export function pageOf({ title, main, sources }: PageParts, options: PageOptions = {}): string {
  const { controls = '', data = {}, modules = [], version } = options;
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(PAGE_STYLE)}`,
    `script-src ${[PAGE_SCRIPT, ...modules].map(hashSource).join(' ')}`,
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="fwmap">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body${version === undefined ? '' : ` data-version="${escapeHtml(version)}"`}>
<a class="skip" href="#report">Skip to the report</a>
<div class="page${sources === '' && controls === '' ? ' alone' : ''}">
<main>
<div class="bar"><nav aria-label="Sections"><a href="#report">Report</a>${main.includes('<section id="map"') || modules.length > 0 ? '<a href="#map">Map</a>' : ''}<a href="#sources">Sources</a></nav><span><label for="filter">Filter</label> <input type="search" id="filter" autocomplete="off" spellcheck="false"></span><span id="told" role="status"></span></div>
${controls}<div id="report" tabindex="-1">${main}</div>
</main>
<aside id="sources" aria-label="Sources" tabindex="0">${sources}</aside>
</div>
${Object.entries(data)
  .map(([id, json]) => dataBlock(id, json))
  .join('\n')}
<script>${PAGE_SCRIPT}</script>
${modules.map((text) => `<script type="module">${text}</script>`).join('\n')}
</body>
</html>
`;
}

export function renderHtml(document: Document, maps: readonly AddressMap[]): string {
  return pageOf(pageParts(document, maps));
}
