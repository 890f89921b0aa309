/** Merges the SARIF logs of several commands and files: GitHub takes one run of a tool. */
import type { JsonObject } from '../../report/formats/json-parts.ts';

interface Location {
  uri: string;
  uriBaseId?: string;
  index?: number;
}

interface Physical {
  artifactLocation: Location;
  region?: { startLine?: number; byteOffset?: number };
}

interface Result {
  ruleId: string;
  ruleIndex: number;
  kind?: string;
  message: { text: string };
  locations: { physicalLocation?: Physical }[];
  relatedLocations?: { physicalLocation?: Physical }[];
  partialFingerprints: Record<string, string>;
  level: string;
}

interface Artifact {
  location: Location;
  parentIndex?: number;
}

/** A run as `report/formats/sarif.ts` makes it. */
export interface Run {
  tool: { driver: { rules: { id: string }[] } };
  invocations: { executionSuccessful: boolean; toolExecutionNotifications?: JsonObject[] }[];
  artifacts: Artifact[];
  results: Result[];
}

export interface Log {
  runs: [Run];
}

/**
 * Merges logs. Results that several commands have are kept once.
 * @param rename from the URI of a file in the base to its name in the repository @returns undefined where there is no log
 */
export function mergedLog(
  logs: readonly Log[],
  rename: (uri: string) => string | undefined,
): Log | undefined {
  const [first] = logs;
  if (first === undefined) return undefined;
  const merged = structuredClone(first);
  const [run] = merged.runs;
  Object.assign(run, { artifacts: [], results: [] });
  run.tool.driver.rules = [];
  for (const log of logs) {
    const [other] = structuredClone(log).runs;
    renameAll(other, rename);
    add(run, other);
  }
  const seen = new Set<string>();
  run.results = run.results.filter((result) => {
    const place = result.locations[0]?.physicalLocation;
    const key = JSON.stringify([
      result.ruleId,
      result.message.text,
      place?.artifactLocation.uri,
      place?.region,
    ]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return merged;
}

function physicals(run: Run): Physical[] {
  return run.results
    .flatMap(({ locations, relatedLocations }) => [...locations, ...(relatedLocations ?? [])])
    .flatMap(({ physicalLocation }) => physicalLocation ?? []);
}

/** Gives files of the base the names that they have in the repository. */
function renameAll(run: Run, rename: (uri: string) => string | undefined): void {
  const locations = [
    ...run.artifacts.map(({ location }) => location),
    ...physicals(run).map(({ artifactLocation }) => artifactLocation),
  ];
  for (const location of locations) {
    const renamed = rename(location.uri);
    if (renamed === undefined) continue;
    location.uri = renamed;
    location.uriBaseId = '%SRCROOT%';
  }
}

/** Adds the results of another run, with their rules and files. */
function add(run: Run, other: Run): void {
  const rules = run.tool.driver.rules;
  const ruleAt = other.tool.driver.rules.map((rule) => {
    const at = rules.findIndex(({ id }) => id === rule.id);
    return at < 0 ? rules.push(rule) - 1 : at;
  });
  const fileAt: number[] = [];
  // A container comes before what it contains.
  for (const { parentIndex, ...rest } of other.artifacts) {
    const artifact = { ...rest, ...(parentIndex === undefined ? {} : { parentIndex: fileAt[parentIndex]! }) };
    const text = JSON.stringify(artifact);
    const at = run.artifacts.findIndex((each) => JSON.stringify(each) === text);
    fileAt.push(at < 0 ? run.artifacts.push(artifact) - 1 : at);
  }
  for (const { artifactLocation } of physicals(other))
    if (artifactLocation.index !== undefined) artifactLocation.index = fileAt[artifactLocation.index]!;
  for (const result of other.results) run.results.push({ ...result, ruleIndex: ruleAt[result.ruleIndex]! });
  const [own, added] = [run.invocations[0], other.invocations[0]];
  if (own === undefined || added === undefined) return;
  own.executionSuccessful &&= added.executionSuccessful;
  const told = [...(own.toolExecutionNotifications ?? []), ...(added.toolExecutionNotifications ?? [])];
  if (told.length > 0) own.toolExecutionNotifications = told;
}

/**
 * What code scanning stores of a run and of a result
 * (https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit). It rejects
 * five times as many results.
 */
const MAX_RESULTS = 5000;
const MAX_PLACES = 100;

const LEVELS: readonly string[] = ['error', 'warning', 'note'];

/**
 * Prepares a log for the upload: worst results first and no more than are stored; without results that are not failures,
 * which GitHub would show as alerts; without hashes of lines, which the upload computes itself.
 */
export function forUpload(log: Log): Log {
  const copy = structuredClone(log);
  const [run] = copy.runs;
  const failures = run.results
    .filter(({ kind }) => kind === undefined || kind === 'fail')
    .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  run.results = failures.slice(0, MAX_RESULTS);
  const left = failures.length - run.results.length;
  const [invocation] = run.invocations;
  if (left > 0 && invocation !== undefined)
    invocation.toolExecutionNotifications = [
      ...(invocation.toolExecutionNotifications ?? []),
      {
        level: 'warning',
        message: { text: `${left} more results are left out: code scanning stores ${MAX_RESULTS}` },
      },
    ];
  for (const result of run.results)
    if (result.relatedLocations !== undefined)
      result.relatedLocations = result.relatedLocations.slice(0, MAX_PLACES - 1);
  for (const { locations, partialFingerprints } of run.results)
    if (locations[0]?.physicalLocation?.region?.startLine !== undefined)
      delete partialFingerprints.primaryLocationLineHash;
  return copy;
}
