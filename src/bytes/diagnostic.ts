/**
 * Diagnostics: what was wrong with an input, as data. Bad input makes diagnostics, not exceptions; a reader gives
 * back what it could read and says here what it could not.
 */
import { formatPlace, type Span } from './source.ts';

export type Severity = 'error' | 'warning' | 'note';

export interface Diagnostic {
  readonly severity: Severity;
  /** Stable, `room/kebab-name`: `dt/ranges-cells`, `acpi/checksum`, `artifact/unreadable`. */
  readonly code: string;
  /** One sentence without a full stop, firmware strings not yet escaped. */
  readonly message: string;
  readonly span?: Span;
  /** Node path, ACPI object path or input name the message is about. */
  readonly path?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Other places that matter: where it was first defined, the include stack. */
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
}

/** Receives diagnostics as they arise; passed down to every reader. */
export interface DiagnosticSink {
  add(diagnostic: Diagnostic): void;
}

/** How many diagnostics one list keeps: hostile input may have a fault in every byte. */
export const MAX_DIAGNOSTICS = 1000;

/** A list that collects. Past {@link MAX_DIAGNOSTICS} it only counts, and the last entry says how many were left out. */
export class DiagnosticList implements DiagnosticSink {
  readonly #kept: Diagnostic[] = [];
  #dropped = 0;
  #errors = 0;

  add(diagnostic: Diagnostic): void {
    if (diagnostic.severity === 'error') this.#errors += 1;
    if (this.#kept.length < MAX_DIAGNOSTICS) this.#kept.push(diagnostic);
    else this.#dropped += 1;
  }

  /** True when an error, not only warnings and notes, was added. */
  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  get all(): readonly Diagnostic[] {
    if (this.#dropped === 0) return this.#kept;
    return [
      ...this.#kept,
      {
        severity: 'warning',
        code: 'fwmap/too-many-diagnostics',
        message: `${this.#dropped} more diagnostics left out`,
      },
    ];
  }
}

/** One line: `file:3:7: error: message [code]`. Not escaped for any medium. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const where = diagnostic.span ? `${formatPlace(diagnostic.span)}: ` : '';
  const path = diagnostic.path && !diagnostic.message.includes(diagnostic.path) ? `${diagnostic.path}: ` : '';
  return `${where}${diagnostic.severity}: ${path}${diagnostic.message} [${diagnostic.code}]`;
}
