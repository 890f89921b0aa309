/**
 * AML names: NameString (ACPI 6.5, 20.2.2) as a value, and paths as text.
 */

/** A NameString. Without segments and prefixes it is the null name. */
export interface NamePath {
  /** Starts with `\`. */
  readonly root: boolean;
  /** Number of `^` prefixes. */
  readonly parents: number;
  /** Segments of four characters each, padded with `_`. */
  readonly segments: readonly string[];
}

/** NullName: no object. */
export const NULL_NAME: NamePath = { root: false, parents: 0, segments: [] };

/** Whether a name is a single segment without prefix: only such names are searched for in parent scopes (ACPI 6.5, 5.3). */
export function isSearched(name: NamePath): boolean {
  return !name.root && name.parents === 0 && name.segments.length === 1;
}

/** A segment without trailing underscores; `____` becomes `_`. */
export function trimSegment(segment: string): string {
  const trimmed = segment.replace(/_+$/, '');
  return trimmed === '' ? '_' : trimmed;
}

/** A name in ASL without padding: `\_SB.PCI0`, `^^FOO`. The null name is the empty string. */
export function formatName(name: NamePath): string {
  return (name.root ? '\\' : '') + '^'.repeat(name.parents) + name.segments.map(trimSegment).join('.');
}

const SEGMENT = /^[A-Za-z_][A-Za-z0-9_]{0,3}$/;

/** Parses a name in ASL: short segments are padded, letters become upper case. `undefined` if it is no name. */
export function parseName(text: string): NamePath | undefined {
  const [, root, prefixes, rest] = /^(\\?)(\^*)(.*)$/s.exec(text) ?? [];
  if (root === undefined || prefixes === undefined || rest === undefined) return undefined;
  if (root !== '' && prefixes !== '') return undefined;
  const segments = rest === '' ? [] : rest.split('.');
  if (!segments.every((segment) => SEGMENT.test(segment))) return undefined;
  if (text === '') return undefined;
  return {
    root: root !== '',
    parents: prefixes.length,
    segments: segments.map((segment) => segment.toUpperCase().padEnd(4, '_')),
  };
}
