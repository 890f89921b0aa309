/**
 * `fwmap/core`: everything that works on bytes alone, in Node and in browsers. Open bytes, describe the machine they are
 * of, ask about it, evaluate an object, and render the answer in every format. Nothing below here reads a file.
 */
export { evaluateObject } from './acpi/evaluate-object.ts';
export type { EvaluationOptions } from './acpi/machine.ts';
export type { Artifact } from './artifact/artifact.ts';
export { type ArtifactKind, KIND_NAMES, KINDS, type KindRow } from './artifact/kinds.ts';
export { type OpenOptions, openBytes } from './artifact/open-bytes.ts';
export { parseSize } from './bytes/address.ts';
export { type Diagnostic, DiagnosticList, type DiagnosticSink } from './bytes/diagnostic.ts';
export { type Place, placeOf, type Source, type Span } from './bytes/source.ts';
export { type Comparison, compareSides, isSame, type Side } from './compare/compare.ts';
export { diagnosticText, formatDiagnostic, hintOf, messageOf } from './findings/finding.ts';
export {
  DEFAULT_LIMITS,
  LIMIT_NAMES,
  type LimitName,
  type Limits,
  limitRow,
  withLimits,
} from './limits/limits.ts';
export { LINUX_TREE_RULES } from './linux/tree-rules.ts';
export * as page from './page/machine.ts';
export {
  FORMATS,
  type Format,
  type RenderOptions,
  type Report,
  renderReport,
} from './report/formats/render.ts';
export { atReport } from './report/subjects/at.ts';
export { bridgesReport } from './report/subjects/bridges.ts';
export { diffReport } from './report/subjects/diff.ts';
export { type EvalReport, evalReport } from './report/subjects/eval.ts';
export { explainReport } from './report/subjects/explain.ts';
export { resourcesReport } from './report/subjects/resources.ts';
export { simulationReport } from './report/subjects/simulation.ts';
export { sysfbReport, type VerdictReportOptions } from './report/subjects/sysfb/report.ts';
export { windowsReport } from './report/subjects/windows.ts';
export { formatCondition } from './symbolic/index.ts';
export type { Asked, AtReport } from './verdict/address/claims.ts';
export { type AnswerOptions, answerAt, answerBridges, answerSysfb } from './verdict/answer.ts';
export type { GivenFacts } from './verdict/given.ts';
export type { BridgesVerdict } from './verdict/host-bridge/result.ts';
export { answerSimulation, type SimulationReport } from './verdict/simulation/simulation.ts';
export type { Answer, Hazard, Verdict } from './verdict/sysfb/verdict.ts';
export { type DescribeOptions, describe, type Machine } from './window/describe.ts';
export { type ExplainOptions, type Explanation, explain } from './window/explain.ts';
export { type Interval, intersectionOfSets, subtract, union } from './window/interval.ts';
export { type AddressWindow, type WindowClass, windowClass } from './window/window.ts';
