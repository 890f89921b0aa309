/**
 * Gaps: what was not read, and what it may hide. A gap is a fact like others to whoever judges: as long as it is open,
 * nothing that it may hide can be taken for absent.
 */
import type { Diagnostic, Where } from '../bytes/diagnostic.ts';
import { hintOf, messageOf, rowOf } from '../findings/finding.ts';
import { ANYTHING, type Hidden } from '../findings/row.ts';

export interface Gap {
  /** Of the row in the registry, which says more: `fwmap explain CODE`. */
  readonly code: string;
  readonly place: Where;
  /** One sentence without a full stop; strings of inputs are not escaped. */
  readonly reason: string;
  /** What to add or mend. */
  readonly hint?: string;
  readonly hides: ReadonlySet<Hidden>;
  /** The node or ACPI object that the missing part belongs to; absent where it may be anything that the input describes. */
  readonly scope?: string;
  /** What makes it harmless after all: the id of a fact. */
  readonly closedBy?: string;
}

/**
 * The gaps among diagnostics: each whose row says that it may hide something. A code without a row hides anything, and
 * so does the entry that says that diagnostics were left out.
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
