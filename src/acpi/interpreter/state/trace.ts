/** Records lines stored to Debug and, on request, calls, field accesses and so on. */
import { InnerLimit, moreThan } from '../../../limits/limits.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { Term } from '../../terms/term.ts';

const TRACE_RECORDS = new InnerLimit('trace-records');

/** One recorded action of firmware code. */
export interface TraceRecord {
  readonly kind: 'call' | 'read' | 'write' | 'debug' | 'notify' | 'fatal' | 'fault' | 'return';
  readonly text: string;
  readonly term?: Term;
  readonly table?: AcpiTable;
}

export class Trace {
  readonly #lines: string[] = [];
  #records: TraceRecord[] | undefined;

  /** Lines stored to Debug, in order. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Actions are being recorded. */
  get active(): boolean {
    return this.#records !== undefined;
  }

  record(record: TraceRecord): void {
    const records = this.#records;
    if (records === undefined || records.length > TRACE_RECORDS.now) return;
    if (records.length < TRACE_RECORDS.now) records.push(record);
    else records.push({ kind: 'fault', text: `${moreThan('trace-records')}; the rest is left out` });
  }

  /** Records a line stored to Debug. */
  debug(line: string): void {
    this.#lines.push(line);
    this.record({ kind: 'debug', text: line });
  }

  /** Calls `work` and returns its records. */
  during<T>(work: () => T): { readonly result: T; readonly trace: readonly TraceRecord[] } {
    const records: TraceRecord[] = [];
    this.#records = records;
    const result = work();
    this.#records = undefined;
    return { result, trace: records };
  }
}
