/**
 * Gaps: what was not read, and what it may hide. A judgement must not take anything for absent that an open gap may hide.
 */
import type { Diagnostic, Where } from '../bytes/diagnostic.ts';
import { hintOf, messageOf, rowOf } from '../findings/finding.ts';
import { ANYTHING, type Hidden } from '../findings/row.ts';

export interface Gap {
  /** Code of the diagnostic (`fwmap explain CODE`). */
  readonly code: string;
  readonly place: Where;
  /** One sentence without a full stop; strings of inputs are not escaped. */
  readonly reason: string;
  /** What the user can add or fix. */
  readonly hint?: string;
  readonly hides: ReadonlySet<Hidden>;
  /** The node or ACPI object that the missing part belongs to; absent where it may be any. */
  readonly scope?: string;
  /** The id of a fact that closes the gap. */
  readonly closedBy?: string;
}

/**
 * The gaps among diagnostics: those whose row has something in `hides`. A code without a row may hide anything, and so may
 * the entry for diagnostics that were left out.
 */
export function gapsOf(diagnostics: readonly Diagnostic[]): Gap[] {
  return diagnostics.flatMap((diagnostic): Gap[] => {
    const { code, span, path, related } = diagnostic;
    const row = rowOf(code);
    const hides = row === undefined ? ANYTHING : row.hides;
    if (hides.length === 0) return [];
    const hint = hintOf(diagnostic);
    return [
      {
        code,
        place: {
          ...(span === undefined ? {} : { span }),
          ...(path === undefined ? {} : { path }),
          ...(related === undefined ? {} : { related }),
        },
        reason: messageOf(diagnostic),
        ...(hint === undefined ? {} : { hint }),
        hides: new Set(hides),
        ...(row?.scope === 'path' && path !== undefined ? { scope: path } : {}),
      },
    ];
  });
}
