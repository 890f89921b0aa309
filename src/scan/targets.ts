/** The patterns that a scan searches, all in one pass: magic numbers of containers and of finds. */
import { latin1 } from '../containers/access.ts';
import type { Archive, Compression, Image, Magic } from '../containers/container.ts';
import { ARCHIVES, COMPRESSIONS, IMAGES } from '../containers/rows.ts';
import { type Pattern, Search } from '../containers/search/search.ts';
import { KNOWN_SIGNATURES, ROOT_POINTER_MAGIC } from './tables.ts';
import { TREE_MAGIC } from './trees.ts';

export type Target = Pattern &
  (
    | { readonly what: 'compression'; readonly row: Compression; readonly magic: Magic }
    | { readonly what: 'archive'; readonly row: Archive; readonly magic: Magic }
    | { readonly what: 'image'; readonly row: Image; readonly magic: Magic }
    | { readonly what: 'tree' | 'table' | 'root-pointer' | 'configuration' | 'version' | 'boot-params' }
  );

/** Precedes a kernel's embedded configuration (kernel/configs.c), which is a gzip stream. */
export const CONFIGURATION_MAGIC = 'IKCFG_ST';
/** The beginning of a kernel's banner (init/version.c). */
export const VERSION_MAGIC = 'Linux version ';
/** At offset 0x202 of an x86 kernel image and of `struct boot_params`. */
export const SETUP_MAGIC = 'HdrS';

/** Shorter patterns occur too often by chance; formats with only a shorter one are opened where a container declares them. */
const SHORTEST = 3;

function targets(): Target[] {
  const list: Target[] = [
    { what: 'tree', bytes: TREE_MAGIC },
    { what: 'root-pointer', bytes: latin1(ROOT_POINTER_MAGIC) },
    { what: 'configuration', bytes: latin1(CONFIGURATION_MAGIC) },
    { what: 'version', bytes: latin1(VERSION_MAGIC) },
    { what: 'boot-params', bytes: latin1(SETUP_MAGIC) },
    ...KNOWN_SIGNATURES.map((signature) => ({ what: 'table' as const, bytes: latin1(signature) })),
  ];
  for (const row of COMPRESSIONS)
    for (const magic of row.magics) list.push({ what: 'compression', row, magic, bytes: magic.bytes });
  for (const row of ARCHIVES)
    for (const magic of row.magics) list.push({ what: 'archive', row, magic, bytes: magic.bytes });
  for (const row of IMAGES)
    for (const magic of row.magics) list.push({ what: 'image', row, magic, bytes: magic.bytes });
  return list.filter(({ bytes }) => bytes.length >= SHORTEST);
}

let search: Search<Target> | undefined;

/** The search for all targets, built on first use. */
export function targetSearch(): Search<Target> {
  search ??= new Search(targets());
  return search;
}
