/** The report of `windows`. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { withNames } from '../../symbolic/index.ts';
import type { AddressWindow } from '../../window/window.ts';
import { type Conditions, withConditions } from '../conditions.ts';
import { type Block, code, type Document } from '../document.ts';
import {
  diagnosticJson,
  fieldsJson,
  inputsJson,
  type JsonObject,
  windowJson,
} from '../formats/json-parts.ts';
import { classText, inputItem, rangeText, sizeText, whereText, windowNotes } from '../phrases.ts';

export const WINDOWS_SCHEMA = 'fwmap/windows@1';

export interface WindowsReport {
  readonly inputs: readonly Artifact[];
  readonly windows: readonly AddressWindow[];
  readonly diagnostics: readonly Diagnostic[];
}

export function windowsJson(report: WindowsReport): JsonObject {
  return withNames((names) => ({
    schema: WINDOWS_SCHEMA,
    inputs: inputsJson(report.inputs),
    windows: report.windows.map((window) => windowJson(window, report.inputs, names)),
    fields: fieldsJson(names),
    diagnostics: report.diagnostics.map(diagnosticJson),
  }));
}

/** Windows a line each, as they come. */
export function windowTable(windows: readonly AddressWindow[], conditions: Conditions): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'range' },
      { title: 'size', align: 'right' },
      { title: 'role' },
      { title: 'class' },
      { title: 'source' },
      { title: 'notes' },
    ],
    rows: windows.map((window) => [
      [code(rangeText(window, conditions))],
      sizeText(window),
      window.role,
      classText(window),
      [code(whereText(window.origin))],
      windowNotes(window, conditions).join(', '),
    ]),
  };
}

/** @param withInputs names the inputs and their hashes below: for reports that travel without them */
export function windowsDocument(report: WindowsReport, withInputs: boolean): Document {
  const blocks = withConditions((conditions): Block[] => [
    report.windows.length === 0
      ? { kind: 'paragraph', text: 'No address windows: the inputs describe none.' }
      : windowTable(report.windows, conditions),
    ...conditions.blocks(),
  ]);
  if (withInputs)
    blocks.push({ kind: 'heading', text: 'Inputs' }, { kind: 'list', items: report.inputs.map(inputItem) });
  return blocks;
}
