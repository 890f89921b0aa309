/**
 * Annotations of a GitHub Actions job: a workflow command a line
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { escapeControls } from '../../bytes/escape.ts';
import { diagnosticTail, hintOf, messageOf } from '../../findings/finding.ts';
import type { Document } from '../document.ts';
import { type Locate, locateByName } from '../results/located.ts';
import { type FilePlace, Files, isNoFile } from '../results/place.ts';
import { type Found, worstFirst } from '../results/results.ts';

/** GitHub shows this many of each level in a step, and fifty in a job. */
const MAX_EACH = 10;

/** Longer messages are cut: GitHub would do so silently. */
const MAX_MESSAGE = 4000;

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;

export interface GithubOptions {
  readonly locate?: Locate | undefined;
}

/** The data after the second `::` of a command. Control characters are escaped, so that none ends the line. */
function data(text: string): string {
  const shown = escapeControls(text);
  return (
    (shown.length > MAX_MESSAGE ? `${shown.slice(0, MAX_MESSAGE)}…` : shown)
      .replace(/\p{Cs}/gu, '\ufffd')
      .replaceAll('%', '%25')
      // Azure Pipelines and GitHub's older form.
      .replace(/##(?=\[|vso\[)/g, '# #')
  );
}

/** A property of a command, in which `:` and `,` are special too. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function commandLine(result: Diagnostic, files: Files, locate: Locate): string {
  const place = files.placeOfResult(result);
  const path = files.isFile(result) ? undefined : result.path;
  const properties: string[] = [];
  if (place !== undefined && !isNoFile(place.file)) {
    properties.push(`file=${property(locate(place.file).path)}`);
    if (place.inside === undefined && place.region !== undefined && 'line' in place.region) {
      const { line, column, endLine, endColumn } = place.region;
      properties.push(`line=${line}`);
      // GitHub takes columns only for annotations of one line.
      if (endLine === line) properties.push(`col=${column}`, `endColumn=${Math.max(column, endColumn - 1)}`);
      else properties.push(`endLine=${endLine}`);
    }
  }
  properties.push(`title=${property(result.code)}`);
  const message = diagnosticTail({ path, message: messageOf(result), hint: hintOf(result) });
  return `::${COMMANDS[result.severity]} ${properties.join(',')}::${data(message)}`;
}

/** The results that are annotations, and how many of each level are not. */
export function annotationsOf(found: Found): {
  readonly shown: readonly Diagnostic[];
  readonly left: Readonly<Record<Diagnostic['severity'], number>>;
} {
  const left = { error: 0, warning: 0, note: 0 };
  const told = { error: 0, warning: 0, note: 0 };
  const shown = worstFirst(found.results).filter(({ severity }) => {
    if (told[severity] === MAX_EACH) {
      left[severity] += 1;
      return false;
    }
    told[severity] += 1;
    return true;
  });
  return { shown, left };
}

const NAMES = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  note: ['note', 'notes'],
} as const;

/** `2 errors, 1 warning`; empty where there is nothing. */
export function countText(counts: Readonly<Record<Diagnostic['severity'], number>>): string {
  return (['error', 'warning', 'note'] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${NAMES[severity][counts[severity] === 1 ? 0 : 1]}`)
    .join(', ');
}

export function renderGithub(found: Found, { locate = locateByName }: GithubOptions): string {
  const files = new Files(found.inputs);
  const { shown, left } = annotationsOf(found);
  const failed = found.failure === undefined ? [] : [`::error title=fwmap::${data(found.failure)}`];
  const lines = shown.map((result) => commandLine(result, files, locate));
  const more = countText(left);
  // A line of the log, not a command: annotations are limited.
  if (more !== '') lines.push(`fwmap: ${more} more, listed in the job summary`);
  return [...failed, ...lines].map((line) => `${line}\n`).join('');
}

/** `board.dts:12.3`, `image!DSDT@0x8a`, as messages have places. */
function placeText(place: FilePlace | undefined): string {
  if (place === undefined) return '';
  const name = place.inside === undefined ? place.file : `${place.file}!${place.inside}`;
  const { region } = place;
  if (region === undefined) return name;
  return 'line' in region
    ? `${name}:${region.line}.${region.column}`
    : `${name}@0x${region.offset.toString(16)}`;
}

/** All results as a table, for the summary of a job. */
export function resultsDocument(found: Found): Document {
  if (found.results.length === 0) return [{ kind: 'paragraph', text: 'Nothing was found.' }];
  const files = new Files(found.inputs);
  return [
    {
      kind: 'table',
      columns: [{ title: 'level' }, { title: 'rule' }, { title: 'where' }, { title: 'what' }],
      rows: worstFirst(found.results).map((result) => {
        const path = files.isFile(result) ? undefined : result.path;
        return [
          result.severity,
          [{ text: result.code, tone: 'code' }],
          [{ text: placeText(files.placeOfResult(result)), tone: 'code' }],
          diagnosticTail({ path, message: messageOf(result), hint: hintOf(result) }),
        ];
      }),
    },
  ];
}
