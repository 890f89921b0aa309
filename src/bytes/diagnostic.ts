/**
 * Diagnostics: what was wrong with an input, as data. Bad input makes diagnostics, not exceptions; a reader gives
 * back what it could read and says here what it could not. What a code means and how it is worded is a row of
 * `src/findings`, which also makes them.
 */
import { limit } from '../limits/limits.ts';
import type { Span } from './source.ts';

export type Severity = 'error' | 'warning' | 'note';

/** What a wording is made of: plain data. Strings from inputs aren't escaped. */
export type Argument = string | number | bigint | boolean | undefined | readonly Argument[];
export type Arguments = Readonly<Record<string, Argument>>;

/** Where something is. */
export interface Where {
  readonly span?: Span;
  /** Node path, ACPI object path or input name that it is about. */
  readonly path?: string;
  /** Other places that matter. */
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

/** Receives diagnostics as they arise; passed down to every reader. */
export interface DiagnosticSink {
  add(diagnostic: Diagnostic): void;
}

/** Takes what is of no interest: what is read a second time was reported the first time. */
export const IGNORED: DiagnosticSink = { add: () => {} };

/** A list that collects. Past `limit('diagnostics')` it only counts, and the last entry says how many were left out. */
export class DiagnosticList implements DiagnosticSink {
  readonly #kept: Diagnostic[] = [];
  #dropped = 0;
  #errors = 0;

  /** @param before what is in it from the start, in this order */
  constructor(before: readonly Diagnostic[] = []) {
    for (const diagnostic of before) this.add(diagnostic);
  }

  add(diagnostic: Diagnostic): void {
    if (diagnostic.severity === 'error') this.#errors += 1;
    if (this.#kept.length < limit('diagnostics')) this.#kept.push(diagnostic);
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
      { severity: 'warning', code: 'fwmap/too-many-diagnostics', args: { count: this.#dropped } },
    ];
  }
}
