/**
 * `fwmap/core`: the library for bytes, in Node and in browsers. Opens bytes, describes the machine, answers questions about
 * it, evaluates ACPI objects, renders every format, compiles device trees and ASL, scans images. Nothing in it reads a file.
 */

export {
  type AslOptionsOf,
  compileAslTexts,
  printAsl,
  type TableBytes,
  type TableText,
} from './acpi/asl/tables.ts';
export { evaluateObject, isAcpiPath, type ObjectOptions } from './acpi/evaluate-object.ts';
export type { AmlValue } from './acpi/interpreter/state/objects.ts';
export { parseAslConstant } from './acpi/interpreter/values/constant.ts';
export type { EvaluationOptions } from './acpi/machine.ts';
export { settableNames } from './acpi/settings.ts';
export type { Artifact } from './artifact/artifact.ts';
export { type MachinesApart, machinesApart, type OpenedPath } from './artifact/folders/machines-apart.ts';
export { type ArtifactKind, isKind, KIND_NAMES, KINDS, type KindRow } from './artifact/kinds.ts';
export { machinesOf, type NamedMachine } from './artifact/machines.ts';
export { type ImageInput, type OpenOptions, openBytes, STDIN_PATH } from './artifact/open-bytes.ts';
export { type AnsweredMessage, answeredMessage, type Mailbox } from './artifact/text/answered.ts';
export { formatMemRange, parseSize } from './bytes/address.ts';
export { type Diagnostic, DiagnosticList, type DiagnosticSink } from './bytes/diagnostic.ts';
export { escapeCommands, escapeControls, toJsonText } from './bytes/escape.ts';
export { type Place, placeOf, type Source, type Span, textOf } from './bytes/source.ts';
export {
  type Comparison,
  compareSides,
  describeSide,
  EMPTY_SIDE,
  isSame,
  type Side,
} from './compare/compare.ts';
export { type Access, accessTo } from './containers/access.ts';
export type { BlobEdit } from './devicetree/blob/edit.ts';
export type { Finding as TreeFinding } from './devicetree/checks/check.ts';
export { CHECK_NAMES, CheckLevels } from './devicetree/checks/run-checks.ts';
export {
  type CompileTreeOptions,
  compileTree,
  type TreeForm,
  treeOfBlob,
  type WriteTreeOptions,
  type WrittenTree,
  writeTree,
} from './devicetree/compile.ts';
export { type LiveTree, livePathOf } from './devicetree/live/live-tree.ts';
export { type AppliedOverlay, addSymbols, applyOverlay } from './devicetree/live/overlay.ts';
export { type PreparedTree, type PrepareOptions, prepareTree } from './devicetree/live/prepare-tree.ts';
export type { PhandleFormat } from './devicetree/live/references.ts';
export { sortTree } from './devicetree/live/sort-tree.ts';
export { type ReadOptions, readDeviceTree } from './devicetree/read.ts';
export type { OpenFailure, SourceClock, SourceLoader } from './devicetree/source/source-loader.ts';
export type { DeviceTree } from './devicetree/tree.ts';
export { KERNEL_SOURCE_FILES } from './evidence/image/kernel-source.ts';
export {
  CODES,
  diagnosticText,
  formatDiagnostic,
  hintOf,
  messageOf,
  relatedText,
  UNRECOGNISED_CODES,
  UNUSED_CODES,
} from './findings/finding.ts';
export { nearest, nearestOf } from './findings/nearest.ts';
export {
  DEFAULT_LIMITS,
  givenLimits,
  LIMIT_NAMES,
  type LimitName,
  type Limits,
  limit,
  limitRow,
  moreThan,
  overLimit,
  withLimits,
} from './limits/limits.ts';
export { parseBar } from './linux/host-bridge/bar-text.ts';
export type { Bar } from './linux/host-bridge/bars.ts';
export { type KconfigLine, kconfigChange, parseKconfigLine } from './linux/kconfig/line.ts';
export { type HostTreeRefused, withHostTree } from './linux/openhcl/guests.ts';
export { parseRelease } from './linux/release.ts';
export type { Scenario } from './linux/scenario.ts';
export { LINUX_TREE_RULES } from './linux/tree-rules.ts';
export type { PageBundles } from './page/assemble.ts';
export { emptyPage, machinePage, type NotCarried, type PageAsked } from './page/carry.ts';
export * as page from './page/machine.ts';
export { sha256Of } from './platform/hash.ts';
export { type ChangedFileReport, changedFilesReport } from './report/changed-files.ts';
export { cutMarkdown } from './report/formats/cut.ts';
export type { JsonObject } from './report/formats/json-parts.ts';
export {
  FORMATS,
  type Format,
  MAP_FORMATS,
  type RenderOptions,
  type Report,
  renderReport,
} from './report/formats/render.ts';
export { replyTo } from './report/reply.ts';
export { type Locate, uriPath } from './report/results/located.ts';
export { stepSummary } from './report/step-summary.ts';
export { atReport } from './report/subjects/at.ts';
export { bridgesReport } from './report/subjects/bridges.ts';
export { codeReport } from './report/subjects/code.ts';
export { diffReport } from './report/subjects/diff.ts';
export { type EvalReport, evalLines, evalReport } from './report/subjects/eval.ts';
export { explainReport } from './report/subjects/explain.ts';
export { type NamedReport, renderMachines } from './report/subjects/machines.ts';
export { resourcesReport } from './report/subjects/resources.ts';
export { type ScannedInput, type ScanReport, scanReport } from './report/subjects/scan.ts';
export { simulationReport } from './report/subjects/simulation.ts';
export { sysfbReport, type VerdictReportOptions } from './report/subjects/sysfb/report.ts';
export { windowsReport } from './report/subjects/windows.ts';
export type { Alternatives, Find } from './scan/find.ts';
export { ImageScanner, type ScannedImage, type ScannedMachine } from './scan/image-scanner.ts';
export { openImage } from './scan/open-image.ts';
export type { FindReader } from './scan/run.ts';
export { formatCondition } from './symbolic/index.ts';
export type { Asked, AtReport } from './verdict/address/claims.ts';
export { type AnswerOptions, answerAt, answerBridges, answerSysfb } from './verdict/answer.ts';
export type { FramebufferFinding } from './verdict/framebuffers.ts';
export type { GivenFacts } from './verdict/given.ts';
export type { BridgesVerdict } from './verdict/host-bridge/result.ts';
export type { BridgeOptions } from './verdict/host-bridge/situation.ts';
export { type Answered, isNothingRead } from './verdict/question.ts';
export { answerSimulation, type SimulationReport } from './verdict/simulation/simulation.ts';
export type { SysfbOptions } from './verdict/sysfb/kconfig.ts';
export { type Answer, type Hazard, sysfbFound, type Verdict } from './verdict/sysfb/verdict.ts';
export { type SystemSettings, systemOptions, TABLE_KINDS } from './verdict/system.ts';
export { reportAddressMap } from './window/address-map.ts';
export { aslFiles } from './window/asl-files.ts';
export { type DescribeOptions, describe, type Machine, NO_DESCRIPTION } from './window/describe.ts';
export { type ExplainOptions, type Explanation, explain, explainable } from './window/explain.ts';
export { type Interval, intersectionOfSets, subtract, union } from './window/interval.ts';
export { type AddressWindow, type WindowClass, windowClass } from './window/window.ts';
