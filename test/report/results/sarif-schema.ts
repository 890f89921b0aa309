/** The schema of SARIF 2.1.0, as OASIS publishes it (errata 01, draft-04), and what it does not say. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';

export interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly version: string;
      readonly rules: readonly {
        readonly id: string;
        readonly help: { readonly text: string; readonly markdown: string };
      }[];
    };
  };
  readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  readonly artifacts: readonly {
    readonly location: { readonly uri: string };
    readonly parentIndex?: number;
    readonly hashes?: Readonly<Record<string, string>>;
  }[];
  readonly originalUriBaseIds: Readonly<Record<string, object>>;
  readonly results: readonly SarifResult[];
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly kind?: string;
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly relatedLocations?: readonly (SarifLocation & { readonly id: number })[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

export interface SarifLocation {
  readonly message?: { readonly text: string };
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string; readonly index: number };
    readonly region?: {
      readonly startLine?: number;
      readonly startColumn?: number;
      readonly endLine?: number;
      readonly endColumn?: number;
      readonly byteOffset?: number;
      readonly byteLength?: number;
    };
  };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
}

function published(): object {
  const main = createRequire(import.meta.url).resolve('@microsoft/jest-sarif');
  const text = readFileSync(join(dirname(main), 'schemas', 'sarif-2.1.0-rtm.5.json'), 'utf8');
  // Of draft-04 it uses nothing that means something else in draft-07 but `id`.
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(text);
  return schema;
}

// Formats are checked below, by a parser of URIs.
const validate = new Ajv({
  strict: false,
  allErrors: true,
  validateFormats: false,
  unicodeRegExp: false,
}).compile(published());

/** What is wrong with a log by the schema, and by the rules that are in the text of the standard only; empty when nothing is. */
export function faultsOf(log: unknown): string[] {
  if (!validate(log))
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return (log as { runs: SarifRun[] }).runs.flatMap(faultsOfRun);
}

function faultsOfRun(run: SarifRun): string[] {
  const { rules } = run.tool.driver;
  const faults: string[] = [];
  const uriOf = (location: { readonly uri: string; readonly uriBaseId?: string }): void => {
    if (location.uriBaseId !== undefined) {
      // 3.4.4: relative, and the base is one of those that are defined.
      if (!(location.uriBaseId in run.originalUriBaseIds)) faults.push(`no base ${location.uriBaseId}`);
      if (/^[a-z]+:|^\//i.test(location.uri)) faults.push(`${location.uri} is not relative`);
    }
    if (/[\\\s]/.test(location.uri)) faults.push(`${location.uri} is no URI`);
    new URL(location.uri, 'file:///root/');
  };
  for (const { location } of run.artifacts) uriOf(location);
  for (const result of run.results) {
    // 3.27.7: the index is that of the rule; 3.27.9: what is no failure has no level.
    if (rules[result.ruleIndex]?.id !== result.ruleId)
      faults.push(`${result.ruleId}: index ${result.ruleIndex}`);
    if (result.kind !== undefined && result.level !== 'none')
      faults.push(`${result.ruleId}: ${result.level}`);
    for (const { physicalLocation } of [...result.locations, ...(result.relatedLocations ?? [])]) {
      if (physicalLocation === undefined) continue;
      const { artifactLocation, region } = physicalLocation;
      uriOf(artifactLocation);
      // 3.4.5: the index is that of the same artifact.
      if (run.artifacts[artifactLocation.index]?.location.uri !== artifactLocation.uri)
        faults.push(`${artifactLocation.uri}: index ${artifactLocation.index}`);
      if (region?.startLine !== undefined) {
        const { startLine, startColumn, endLine, endColumn } = region;
        if (startLine < 1 || startColumn! < 1 || endLine! < startLine)
          faults.push(`${result.ruleId}: region`);
        if (startLine === endLine && endColumn! < startColumn!) faults.push(`${result.ruleId}: columns`);
      }
    }
  }
  for (const { id, help } of rules) if (!help?.text || !help.markdown) faults.push(`${id}: no help`);
  return faults;
}
