/** Folders written by `fwmap capture`'s script, recognised by `capture.txt`, which also lists what could not be read. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { finding } from '../../findings/finding.ts';
import type { Listed } from './listed.ts';

const REPORT = 'capture.txt';
/** The folder of listings that fwmap doesn't read. */
const OTHER = 'other';
const FIRST_LINE = 'fwmap capture 1\n';
const NOT_READ = /^not read: (.*)$/gm;

/** The inputs of a capture; for any other folder everything in it. What the script could not read becomes a gap. */
export function inputsOfCapture(
  top: readonly Listed[],
  name: string,
  sink: DiagnosticSink,
): readonly Listed[] {
  const report = reportOf(top);
  if (report === undefined) return top;
  for (const [, what] of report.matchAll(NOT_READ))
    sink.add(finding('artifact/capture-not-read', { what: what! }, { path: name }));
  return top.filter(({ path }) => path !== REPORT && path !== OTHER);
}

function reportOf(top: readonly Listed[]): string | undefined {
  const report = top.find(({ path, type }) => path === REPORT && type === 'file');
  const read = report?.read();
  if (read === undefined || !('bytes' in read)) return undefined;
  const text = latin1Text(read.bytes);
  return text.startsWith(FIRST_LINE) ? text : undefined;
}
