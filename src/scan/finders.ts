/** Finders of everything that is not a container: each checks a candidate offset, and adds a find if it is complete. */

import { looksLikeText, sniffKind } from '../artifact/sniff.ts';
import { asciiAt, littleEndian } from '../containers/access.ts';
import { limit } from '../limits/limits.ts';
import { sha256Of } from '../platform/hash.ts';
import { type Run, workOfSum } from './run.ts';
import type { Space } from './space.ts';
import {
  amlReads,
  checksumHolds,
  KNOWN_SIGNATURES,
  mayHoldAml,
  rootPointerAt,
  tableHeaderAt,
} from './tables.ts';
import { type FoundTree, type JudgedTree, treeIn, treeSizeAt } from './trees.ts';

/** Kinds that have finders of their own, or whose parts have. */
const FOUND_ELSEWHERE = new Set(['dtb', 'dtbo', 'acpi-table', 'image', 'boot-params', 'mail']);
/** `Linux version 6.1.0 (builder@host) …` (init/version.c, linux_banner). */
const BANNER = /^Linux version (\d+\.\d+\S*) \([^\n\0]{1,200}\) ?[^\n\0]*/;
const BANNER_BYTES = 512;

/** The note of an empty tree. */
export const EMPTY_TREE = 'one empty root node';

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Parses the tree at an offset, or returns the result for equal bytes parsed before. */
function judgedTree(run: Run, space: Space, offset: number, size: number): JudgedTree {
  const { access } = space;
  const known = run.trees.find(access, offset, size, () => run.work(size));
  if (known !== undefined) return known;
  const bytes = access.read(offset, size);
  const read = treeIn({ name: space.path, form: 'blob', bytes });
  let judged: JudgedTree = {};
  if (read !== undefined) {
    const { tree: _, ...tree } = read;
    judged = { tree, sha256: sha256Of(bytes) };
  }
  run.trees.keep(access, offset, size, judged);
  return judged;
}

/** Finds a flattened device tree; returns its kind, undefined when there is none. */
export function findTree(run: Run, space: Space, offset: number): FoundTree['kind'] | undefined {
  const size = treeSizeAt(space.access, offset);
  if (size === undefined || !run.mayTry()) return undefined;
  if (!run.mayBeRead(size, 'of one device tree')) return undefined;
  // Counted as waste even for a valid tree, since candidates may overlap.
  run.spend(size);
  const judged = judgedTree(run, space, offset, size);
  if (judged.tree === undefined) return undefined;
  const { kind, model, compatible, isEmpty } = judged.tree;
  const by = space.replacedBy(offset);
  const fields = {
    kind,
    model,
    compatible,
    ...(by === undefined ? {} : { replacedBy: by }),
    ...(isEmpty ? { note: EMPTY_TREE } : {}),
  };
  run.found(space, offset, size, fields, judged.sha256);
  return kind;
}

/** Whether a raw file begins here and consists of this table, up to three bytes of padding. */
function isWholeFile(space: Space, offset: number, length: number): boolean {
  const view = space.rawAt(offset);
  const rest = view === undefined ? -1 : view.end - offset - length;
  return rest >= 0 && rest < 4;
}

/**
 * Finds an ACPI table. Its checksum must be valid, except for a raw file of a firmware volume: firmware completes such
 * tables before it installs them (edk2, AcpiPlatformDxe).
 * @param onlyWhole the table must be all of such a file
 */
export function findTable(run: Run, space: Space, offset: number, onlyWhole = false): void {
  const { access } = space;
  const header = tableHeaderAt(access, offset);
  if (header === undefined) return;
  const { signature, length, oemTableId } = header;
  run.work(workOfSum(length));
  const known = run.tables.find(access, offset, length, () => run.work(length));
  const checksumOk = known?.checksumOk ?? checksumHolds(header, offset, space.sums);
  if ((!checksumOk || onlyWhole) && !isWholeFile(space, offset, length)) return;
  if (!run.mayBeRead(length, 'of one ACPI table')) return;
  if (mayHoldAml(signature)) {
    if (!run.mayTry()) return;
    run.spend(length);
    if (known === undefined && !amlReads(access.read(offset, length), checksumOk)) return;
  }
  const note = 'the checksum is not set: firmware completes the table when it installs it';
  const fields = checksumOk
    ? { kind: 'acpi-table', signature, oemTableId }
    : { kind: 'acpi-template', signature, oemTableId, note };
  const { sha256 } = run.found(space, offset, length, fields, known?.sha256);
  if (known === undefined) run.tables.keep(access, offset, length, { checksumOk, sha256 });
}

/** Signatures that are searched everywhere. */
const KNOWN: ReadonlySet<string> = new Set(KNOWN_SIGNATURES);
const FACS_BYTES = 64;

/** Finds a table with an unknown signature, or a FACS (which has no checksum), that is all of a raw file. */
export function findVendorTable(run: Run, space: Space, offset: number): void {
  const signature = asciiAt(space.access, offset, 4);
  if (KNOWN.has(signature) || !/^[A-Z0-9_!]{4}$/.test(signature)) return;
  if (signature === 'FACS') {
    const length = littleEndian(space.access, offset + 4, 4);
    if (length === FACS_BYTES && isWholeFile(space, offset, length))
      run.found(space, offset, length, { kind: 'acpi-template', signature, note: 'it has no checksum' });
    return;
  }
  findTable(run, space, offset, true);
}

export function findRootPointer(run: Run, space: Space, offset: number): void {
  const pointer = rootPointerAt(space.access, offset, space.sums);
  if (pointer === undefined) return;
  const { length, xsdt, rsdt } = pointer;
  const text = xsdt ? `XSDT at ${hex(xsdt)}` : `RSDT at ${hex(rsdt)}`;
  run.found(space, offset, length, { kind: 'rsdp', text });
}

/** Finds the banner of a kernel, which has its release. */
export function findBanner(run: Run, space: Space, offset: number): void {
  const match = BANNER.exec(asciiAt(space.access, offset, BANNER_BYTES));
  if (match === null) return;
  const banner = { text: match[0], release: match[1]! };
  const { text, release } = banner;
  // Since 6.1 a kernel has a second copy without the build number (init/version.c and version-timestamp.c).
  const who = text.replace(/ ?#.*$/, '');
  const known = space.kernelAt(offset) ?? space.banners.get(who);
  if (known !== undefined) {
    run.name(known, banner);
    return;
  }
  const program = space.programs.find(({ start, end }) => start <= offset && offset < end);
  const fields = { kind: 'kernel', release, text };
  if (program === undefined) {
    const found = run.found(space, offset, text.length, fields);
    space.banners.set(who, { find: found.id, release, banner });
    return;
  }
  const { start, end, architecture } = program;
  const found = run.found(space, start, end - start, { ...fields, architecture });
  const kernel = { find: found.id, release, banner };
  space.banners.set(who, kernel);
  space.kernels.push({ start, end, kernel });
}

const BOOT_PARAMS_BYTES = 4096;
/** Fields of `struct boot_params` (Documentation/arch/x86/zero-page.rst). */
const SETUP_MAGIC_AT = 0x202;
const BOOT_FLAG_AT = 0x1fe;
const BOOT_FLAG = 0xaa55;
const LOADER_AT = 0x210;
const E820_COUNT_AT = 0x1e8;
const E820_AT = 0x2d0;
const E820_ENTRY_BYTES = 20;
const E820_MOST = 128;
const MAX_E820_TYPE = 20;
const SOFT_RESERVED = 0xefffffff;

/**
 * Finds a `struct boot_params` in memory. A kernel image has the same magic number at the same offset; only boot_params has
 * the loader type and memory map that a boot loader writes.
 */
export function findBootParams(run: Run, space: Space, hit: number): void {
  const start = hit - SETUP_MAGIC_AT;
  const { access } = space;
  if (start < 0 || start + BOOT_PARAMS_BYTES > access.size) return;
  const loader = littleEndian(access, start + LOADER_AT, 1);
  const count = littleEndian(access, start + E820_COUNT_AT, 1)!;
  if (littleEndian(access, start + BOOT_FLAG_AT, 2) !== BOOT_FLAG || loader === 0) return;
  if (count === 0 || count > E820_MOST) return;
  for (let index = 0; index < count; index += 1) {
    const entry = start + E820_AT + index * E820_ENTRY_BYTES;
    const type = littleEndian(access, entry + 16, 4)!;
    if (littleEndian(access, entry, 8) === undefined || littleEndian(access, entry + 8, 8) === undefined)
      return;
    if (type === 0 || (type > MAX_E820_TYPE && type !== SOFT_RESERVED)) return;
  }
  run.found(space, start, BOOT_PARAMS_BYTES, { kind: 'boot-params' });
}

/** The first bytes, by which non-text is rejected. */
const TEXT_HEAD_BYTES = 4096;

/** Finds text of a known kind that fills a range. */
export function findText(run: Run, space: Space, start: number, size: number): void {
  if (!looksLikeText(space.access.read(start, Math.min(size, TEXT_HEAD_BYTES)))) return;
  const kind = sniffKind(space.access.read(start, Math.min(size, limit('input-bytes'))));
  if (kind === undefined || !run.mayBeRead(size, 'of one text')) return;
  if (!FOUND_ELSEWHERE.has(kind)) run.found(space, start, size, { kind });
}
