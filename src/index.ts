/**
 * The library for Node: `fwmap/core`, with files, folders, standard input and surveys of many machines. The command uses only
 * what is exported here.
 */
export {
  closeRead,
  isOutOfMemory,
  isSystemError,
  readFileBytes,
  readToEnd,
  systemCode,
  systemMessage,
} from './artifact/file.ts';
export { listFolder } from './artifact/folders/disk-folder.ts';
export type { Listed } from './artifact/folders/listed.ts';
export { type OpenedFile, type OpenedFileResult, openImageFile } from './artifact/images/image-file.ts';
export { openInput } from './artifact/open.ts';
export { type BaseFile, type ResolveOptions, resolvePatches } from './artifact/patch/resolve.ts';
export type { FileResult } from './artifact/reading.ts';
export * from './core.ts';
export { readTreeDirectory, type TreeDirectoryOptions } from './devicetree/live/tree-directory.ts';
export { type SourceFilesOptions, sourceClock, sourceFiles } from './devicetree/source/disk-files.ts';
export { readScenario } from './linux/scenario.ts';
export type { AskedKernel } from './survey/asked.ts';
export { examineUnit } from './survey/examine.ts';
export { BrokenPackageError, MissingPackageError } from './survey/optional.ts';
export { isAddress, type PlaceName, placeNamed } from './survey/place/name.ts';
export { type LentFile, type Place, PlaceError } from './survey/place/place.ts';
export { type PlanCounts, planSurvey } from './survey/plan.ts';
export { type QueryOptions, type ResultSet, SurveyDatabase } from './survey/query/database.ts';
export { QueryError } from './survey/query/error.ts';
export { type NamedResult, QUERY_FORMATS, type QueryFormat, renderResults } from './survey/query/formats.ts';
export { NAMED_QUERIES, type NamedQuery } from './survey/query/questions.ts';
export {
  QueueError,
  type QueueOptions,
  type RunningWorker,
  startWorker,
  workThroughQueue,
} from './survey/queue.ts';
export {
  ExaminationError,
  type Examined,
  type Examiner,
  HostError,
  type OnShard,
  runShards,
  type Unexamined,
} from './survey/run.ts';
export { type ShardCounts, SurveyStore } from './survey/store.ts';
export type { Shard, Unit } from './survey/unit.ts';
export { machineOptions, type SourceSettings, sourceAccess } from './verdict/machine-options.ts';
