/**
 * Diagnostics: faults of an input, as data. Bad input gives diagnostics, not exceptions: a reader returns what it could read
 * and reports the rest here. The meaning and wording of a code is a row of `src/findings`, which also creates diagnostics.
 */
import { limit } from '../limits/limits.ts';
import type { Span } from './source.ts';

export type Severity = 'error' | 'warning' | 'note';

/** An argument of a diagnostic's text: plain data. Strings from inputs are not escaped. */
export type Argument = string | number | bigint | boolean | undefined | readonly Argument[];
export type Arguments = Readonly<Record<string, Argument>>;

/** The place of a diagnostic. */
export interface Where {
  readonly span?: Span;
  /** The node path, ACPI object path or input name concerned. */
  readonly path?: string;
  /** Other places of interest. */
  readonly related?: readonly RelatedPlace[];
}

export interface RelatedPlace {
  readonly what: 'included-from' | 'other-window' | 'framebuffer' | 'evidence' | 'before';
  readonly span: Span;
}

export interface Diagnostic extends Where {
  readonly severity: Severity;
  /** Stable, `room/kebab-name`: `dt/ranges-cells`, `acpi/checksum`, `artifact/unreadable`. */
  readonly code: string;
  readonly args: Arguments;
}

/** Receives diagnostics; passed to every reader. */
export interface DiagnosticSink {
  add(diagnostic: Diagnostic): void;
}

/** Discards diagnostics, for input that is read a second time and was reported the first time. */
export const IGNORED: DiagnosticSink = { add: () => {} };

/** Collects diagnostics. Past `limit('diagnostics')` they are only counted, and a last entry gives the number left out. */
export class DiagnosticList implements DiagnosticSink {
  readonly #kept: Diagnostic[] = [];
  #dropped = 0;
  #errors = 0;

  /** @param before initial entries */
  constructor(before: readonly Diagnostic[] = []) {
    for (const diagnostic of before) this.add(diagnostic);
  }

  add(diagnostic: Diagnostic): void {
    if (diagnostic.severity === 'error') this.#errors += 1;
    if (this.#kept.length < limit('diagnostics')) this.#kept.push(diagnostic);
    else this.#dropped += 1;
  }

  /** Whether an error was added, rather than only warnings and notes. */
  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  get all(): readonly Diagnostic[] {
    if (this.#dropped === 0) return this.#kept;
    return [
      ...this.#kept,
      { severity: 'warning', code: 'fwmap/too-many-diagnostics', args: { count: this.#dropped } },
    ];
  }
}
