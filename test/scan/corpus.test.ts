/** Every find of the inventories that come with the corpus, and none beside them. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scanned, unpackedImage } from './scanned.ts';

const CORPUS = join(import.meta.dirname, '../../../shared/corpus');

interface Inventory {
  readonly fdts?: readonly { off: number; sha256: string; kind: string; model: string | null }[];
  readonly acpi?: readonly { off: number; sha256: string; sig: string; table: string }[];
  readonly lzma?: readonly Inventory[];
  readonly packed?: readonly Inventory[];
  readonly templates?: readonly { off: number; sha256: string; sig: string }[];
  readonly rsdp?: readonly { off: number; address: number }[];
}

interface Expected {
  readonly kind: string;
  readonly sha256: string;
  readonly fileOffset: number | null;
}

const KINDS: Readonly<Record<string, string>> = { tree: 'dtb', overlay: 'dtbo', fit: 'fit' };

function expectedFinds(inventory: Inventory, inside: boolean): Expected[] {
  const at = (offset: number): number | null => (inside ? null : offset);
  return [
    ...(inventory.fdts ?? []).map(({ kind, sha256, off }) => ({
      kind: KINDS[kind]!,
      sha256,
      fileOffset: at(off),
    })),
    ...(inventory.acpi ?? []).map(({ sha256, off }) => ({ kind: 'acpi-table', sha256, fileOffset: at(off) })),
    ...(inventory.templates ?? []).map(({ sha256, off }) => ({
      kind: 'acpi-template',
      sha256,
      fileOffset: at(off),
    })),
    ...[...(inventory.lzma ?? []), ...(inventory.packed ?? [])].flatMap((section) =>
      expectedFinds(section, true),
    ),
  ];
}

function sorted(finds: readonly Expected[]): Expected[] {
  return finds
    .map(({ kind, sha256, fileOffset }) => ({ kind, sha256, fileOffset }))
    .sort((a, b) => a.sha256.localeCompare(b.sha256));
}

const COMPARED = new Set(['dtb', 'dtbo', 'fit', 'acpi-table', 'acpi-template']);

describe.each(['images', 'images2'])('%s', (folder) => {
  const list = join(CORPUS, folder, 'expected.json');
  const images = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as (Inventory & { file: string })[])
    : [];
  if (images.length === 0) test.skip('the corpus is not there', () => {});
  test.each(images)('$file', async (image) => {
    const bytes = unpackedImage(readFileSync(join(CORPUS, folder, basename(image.file))));
    const { finds, diagnostics } = await scanned(bytes);
    expect(sorted(finds.filter(({ kind }) => COMPARED.has(kind)))).toEqual(
      sorted(expectedFinds(image, false)),
    );
    expect(diagnostics).toEqual([]);
    for (const { off, address } of image.rsdp ?? [])
      expect(finds.find(({ kind }) => kind === 'rsdp')).toMatchObject({
        fileOffset: off,
        address: BigInt(address),
      });
  });
});
