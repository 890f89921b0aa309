/**
 * The library: the functions that the command calls. Open inputs, describe the machine they are of, ask about it, and
 * render the answer.
 */
export type { Artifact } from './artifact/artifact.ts';
export { type ArtifactKind, KIND_NAMES, KINDS, type KindRow } from './artifact/kinds.ts';
export { type OpenOptions, openInput } from './artifact/open.ts';
export {
  type Diagnostic,
  DiagnosticList,
  type DiagnosticSink,
} from './bytes/diagnostic.ts';
export { type Place, placeOf, type Source, type Span } from './bytes/source.ts';
export { formatDiagnostic, hintOf, messageOf } from './findings/finding.ts';
export { type AskOptions, askSysfb } from './verdict/ask.ts';
export type { GivenFacts } from './verdict/given.ts';
export type { Answer, Hazard, Verdict } from './verdict/sysfb/verdict.ts';
export { type DescribeOptions, describe, type Machine } from './window/describe.ts';
export {
  type Interval,
  intersectionOfSets,
  subtract,
  union,
} from './window/interval.ts';
export { type AddressWindow, type WindowClass, windowClass } from './window/window.ts';
