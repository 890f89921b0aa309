/** Parts of registry rows as text: what a gap may hide, and examples. */
import type { Content, Example, Hidden } from '../findings/row.ts';

const HIDDEN: Readonly<Record<Hidden, string>> = {
  window: 'an address window',
  framebuffer: 'a framebuffer',
  platform: 'the platform and how it booted',
  kernel: 'the kernel’s release or configuration',
};

/** What a gap of these kinds may hide, for a sentence. */
export function hidesText(hides: readonly Hidden[]): string {
  return hides.length === 0 ? 'nothing' : hides.map((what) => HIDDEN[what]).join(', ');
}

/** A file of an example as lines to read. */
export function contentLines(content: Content): string[] {
  if (typeof content === 'string') return content.replace(/\n$/, '').replace(/\0/g, '\\0').split('\n');
  if (!('map' in content))
    return 'hex' in content ? (content.hex.match(/.{1,64}/g) ?? []) : [`a link to ${content.link}`];
  return content.flatMap((piece) =>
    typeof piece === 'string'
      ? contentLines(piece)
      : [`(${piece.times} times: ${JSON.stringify(piece.repeat).slice(1, -1)})`],
  );
}

/** The files and the command line. */
export function exampleLines({ files, run }: Example): string[] {
  const shown = Object.entries(files).flatMap(([name, content]) =>
    name.endsWith('/')
      ? [`${name} (empty)`]
      : [`${name}:`, ...contentLines(content).map((line) => `    ${line}`)],
  );
  return [...shown, `$ fwmap ${run}`];
}
