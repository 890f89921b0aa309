/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code scanning, editors and review tools read.
 * Section numbers below refer to it.
 */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { escapeControls } from '../../bytes/escape.ts';
import { diagnosticTail, hintOf, messageOf, relatedText, rowOf } from '../../findings/finding.ts';
import { exampleLines, hidesText } from '../finding.ts';
import { Fingerprints } from '../results/fingerprint.ts';
import { type Locate, locateByName, uriPath } from '../results/located.ts';
import { type FilePlace, Files, isNoFile, nameOfInput, type Region } from '../results/place.ts';
import { type Found, type FoundInput, worstFirst } from '../results/results.ts';
import { type JsonObject, printJson } from './json-parts.ts';
import { codeSpan, escapeMarkdown } from './markdown.ts';

export const SARIF_SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** The symbol for the folder that paths are relative to. */
const ROOT = '%SRCROOT%';

export interface SarifOptions {
  readonly version?: string | undefined;
  readonly locate?: Locate | undefined;
}

/**
 * Escapes plain text for a message: text that would be an embedded link (3.11.6) or a placeholder (3.11.5) is changed.
 */
function messageText(text: string): string {
  return escapeControls(text)
    .replaceAll('](', '] (')
    .replace(/\{(\d+)\}/g, '{{$1}}');
}

/**
 * The help of a rule: why it matters, an example, the source. Text for a terminal, Markdown for a page.
 * @param code a code of the registry
 */
function helpOf(code: string): JsonObject {
  const row = rowOf(code);
  if (row === undefined) return {};
  const hides = row.hides.length === 0 ? [] : [`May hide: ${hidesText(row.hides)}.`];
  const lines = row.example === undefined ? [] : exampleLines(row.example);
  const fence = '`'.repeat(
    lines.reduce(
      (longest, line) => Math.max(longest, ...(line.match(/`+/g) ?? []).map((run) => run.length)),
      2,
    ) + 1,
  );
  return {
    shortDescription: { text: messageText(row.summary) },
    fullDescription: { text: messageText(row.why) },
    help: {
      text: [
        row.why,
        ...hides,
        `Source: ${row.source}`,
        ...(lines.length === 0 ? [] : ['', ...lines]),
        '',
        `fwmap explain ${code}`,
      ]
        .map(messageText)
        .join('\n'),
      markdown: [
        `**${escapeMarkdown(row.summary)}**`,
        escapeMarkdown(row.why),
        ...hides.map(escapeMarkdown),
        `Source: ${escapeMarkdown(row.source)}`,
        ...(lines.length === 0 ? [] : [[`${fence}text`, ...lines.map(escapeControls), fence].join('\n')]),
        codeSpan(`fwmap explain ${code}`),
      ].join('\n\n'),
    },
    defaultConfiguration: { level: row.severity },
  };
}

/** 3.27.9: only failures have a level. These answers are not failures. */
const KINDS: Readonly<Record<string, string>> = {
  'answer/not-needed': 'pass',
  'answer/needed-and-set': 'pass',
  'answer/unknown': 'open',
  'answer/claim': 'informational',
};

function regionJson(region: Region): JsonObject {
  return 'line' in region
    ? {
        startLine: region.line,
        startColumn: region.column,
        endLine: region.endLine,
        endColumn: region.endColumn,
      }
    : { byteOffset: region.offset, byteLength: region.length };
}

/** The files of a run, each once and referred to by number; contents of containers refer to their container (3.24). */
class Artifacts {
  readonly list: JsonObject[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  location(file: string): JsonObject {
    if (isNoFile(file)) return { uri: `fwmap:${uriPath(file.slice(1, -1))}` };
    const { path, inRoot } = this.#locate(file);
    return inRoot ? { uri: uriPath(path), uriBaseId: ROOT } : { uri: `file://${uriPath(path)}` };
  }

  /** A file that was read, with what is known of it. */
  addInput({ path, kind, sha256 }: FoundInput): void {
    const file = nameOfInput(path);
    this.#add(file, {
      location: this.location(file),
      roles: ['analysisTarget'],
      ...(sha256 === undefined ? {} : { hashes: { 'sha-256': sha256 } }),
      ...(kind === undefined ? {} : { properties: { kind } }),
    });
  }

  #number(file: string): number {
    return this.#numbers.get(file) ?? this.#add(file, { location: this.location(file) });
  }

  /** What is in a container has no file of its own: it has a parent. */
  #numberInside(file: string, inside: string): number {
    const key = `${file}\0${inside}`;
    const known = this.#numbers.get(key);
    return known ?? this.#add(key, { location: { uri: uriPath(inside) }, parentIndex: this.#number(file) });
  }

  /** Two names may mean one file: 3.14.15 wants it once. */
  #add(name: string, artifact: JsonObject): number {
    const text = JSON.stringify(artifact);
    const at = this.list.findIndex((each) => JSON.stringify(each) === text);
    const number = at < 0 ? this.list.push(artifact) - 1 : at;
    this.#numbers.set(name, number);
    return number;
  }

  reference(file: string): JsonObject {
    return { ...this.location(file), index: this.#number(file) };
  }

  /** 3.29: the file and the region in it. Of what is in a container only the file: see `physicalInside`. */
  physical({ file, inside, region }: FilePlace): JsonObject {
    return {
      artifactLocation: this.reference(file),
      ...(region === undefined || inside !== undefined ? {} : { region: regionJson(region) }),
    };
  }

  physicalInside({ file, inside, region }: FilePlace & { readonly inside: string }): JsonObject {
    const index = this.#numberInside(file, inside);
    return {
      artifactLocation: { uri: uriPath(inside), index },
      ...(region === undefined ? {} : { region: regionJson(region) }),
    };
  }
}

function logicalJson(path: string): JsonObject {
  const parts = path.split(/[/.\\]/).filter((part) => part !== '');
  return {
    ...(parts.length === 0 ? {} : { name: escapeControls(parts.at(-1)!) }),
    fullyQualifiedName: escapeControls(path),
    kind: 'object',
  };
}

/** One result (3.27). */
function resultJson(
  result: Diagnostic,
  ruleIndex: number,
  files: Files,
  artifacts: Artifacts,
  prints: Fingerprints,
): JsonObject {
  const place = files.placeOfResult(result);
  const hint = hintOf(result);
  const message = messageOf(result);
  const kind = KINDS[result.code];
  const related = (result.related ?? []).map((other) => ({
    text: relatedText(other),
    place: files.placeOf(other.span),
  }));
  const nested =
    place?.inside === undefined || place.region === undefined ? [] : [{ text: `in ${place.inside}`, place }];
  const print = prints.of(result, place?.file);
  const path = files.isFile(result) ? undefined : result.path;
  return {
    ruleId: result.code,
    ruleIndex,
    ...(kind === undefined ? { level: result.severity } : { kind, level: 'none' }),
    message: {
      text: messageText(diagnosticTail({ path, message, hint })),
    },
    locations: [
      {
        ...(place === undefined ? {} : { physicalLocation: artifacts.physical(place) }),
        ...(path === undefined ? {} : { logicalLocations: [logicalJson(path)] }),
      },
    ],
    ...(related.length + nested.length === 0
      ? {}
      : {
          relatedLocations: [...nested, ...related].map(({ text, place: other }, at) => ({
            id: at + 1,
            message: { text: messageText(text) },
            physicalLocation:
              other.inside === undefined
                ? artifacts.physical(other)
                : artifacts.physicalInside({ ...other, inside: other.inside }),
          })),
        }),
    // GitHub matches alerts by the first; where it is missing, the upload makes it from the line.
    partialFingerprints: { primaryLocationLineHash: print, 'fwmap/v1': print },
  };
}

export function sarifJson(found: Found, { version, locate = locateByName }: SarifOptions): JsonObject {
  const { failure } = found;
  const files = new Files(found.inputs);
  const artifacts = new Artifacts(locate);
  for (const input of found.inputs) artifacts.addInput(input);
  const results = worstFirst(found.results);
  const codes = [...new Set(results.map(({ code }) => code))].sort();
  const prints = new Fingerprints();
  const listed = results.map((result) =>
    resultJson(result, codes.indexOf(result.code), files, artifacts, prints),
  );
  return {
    $schema: SARIF_SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'fwmap',
            ...(version === undefined ? {} : { version, semanticVersion: version }),
            rules: codes.map((code) => ({ id: code, ...helpOf(code) })),
          },
        },
        invocations: [
          {
            executionSuccessful: failure === undefined,
            ...(failure === undefined
              ? {}
              : {
                  toolExecutionNotifications: [{ level: 'error', message: { text: messageText(failure) } }],
                }),
          },
        ],
        columnKind: 'utf16CodeUnits',
        // No absolute path: it is private, and the output would depend on it.
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository' } } },
        artifacts: artifacts.list,
        results: listed,
      },
    ],
  };
}

export function renderSarif(found: Found, options: SarifOptions): string {
  return printJson(sarifJson(found, options));
}
