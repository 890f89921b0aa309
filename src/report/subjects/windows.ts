/** The report of `windows`: by device, with similar windows folded. */

import type { Artifact } from '../../artifact/artifact.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { withNames } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import type { AddressWindow } from '../../window/window.ts';
import { type Conditions, withConditions } from '../conditions.ts';
import {
  type Block,
  type Column,
  code,
  type Document,
  linked,
  listSection,
  type RowGroup,
  type Text,
} from '../document.ts';
import { diagnosticJson, fieldsJson, inputsJson, windowJson } from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import type { WindowsJson } from '../json/windows.ts';
import {
  deviceTitle,
  inputItem,
  inputName,
  likelyClass,
  nothingListed,
  rangeText,
  sizeText,
  windowNotes,
} from '../phrases.ts';
import { FEW, moreText, similarRun } from './runs.ts';

export interface WindowsReport {
  readonly inputs: readonly Artifact[];
  readonly windows: readonly AddressWindow[];
  /** Ids of devices, by their path. */
  readonly ids?: ReadonlyMap<string, readonly string[]>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface WindowsLayout {
  /** Every window on a line of its own. */
  readonly all: boolean;
  /** Lists the inputs and their hashes: for reports that are read without them. */
  readonly withInputs: boolean;
  /** The windows are drawn, so they aren't listed too. */
  readonly withoutList?: boolean;
}

export function windowsJson(report: WindowsReport): WindowsJson {
  return withNames((names) => ({
    schema: 'fwmap/windows@1',
    inputs: inputsJson(report.inputs),
    windows: report.windows.map((window) => windowJson(window, report.inputs, names)),
    fields: fieldsJson(names),
    diagnostics: report.diagnostics.map(diagnosticJson),
  }));
}

/** Windows of one device of one input, in their order. */
interface Device {
  readonly path: string;
  readonly artifact: Artifact;
  readonly windows: AddressWindow[];
}

function devicesOf(windows: readonly AddressWindow[]): Device[] {
  const devices: Device[] = [];
  const found = new Map<Artifact, Map<string, Device>>();
  for (const window of windows) {
    const { path, artifact } = window.origin;
    const ofInput = found.get(artifact) ?? new Map<string, Device>();
    found.set(artifact, ofInput);
    let device = ofInput.get(path);
    if (device === undefined) {
      device = { path, artifact, windows: [] };
      ofInput.set(path, device);
      devices.push(device);
    }
    device.windows.push(window);
  }
  return devices;
}

function isRegister({ role }: AddressWindow): boolean {
  return role === 'register';
}

/** The parent of a device; at the top the device itself. */
function parentOf(path: string): string {
  const at = path.startsWith('\\') ? path.lastIndexOf('.') : path.lastIndexOf('/');
  return at > 0 ? path.slice(0, at) : path;
}

class Layout {
  readonly #conditions: Conditions;
  readonly #ids: WindowsReport['ids'];
  readonly #all: boolean;
  readonly #inputColumn: boolean;

  constructor(conditions: Conditions, report: WindowsReport, all: boolean) {
    this.#conditions = conditions;
    this.#ids = report.ids;
    this.#all = all;
    this.#inputColumn = new Set(report.windows.map(({ origin }) => origin.artifact)).size > 1;
  }

  get columns(): Column[] {
    return [
      { title: 'range' },
      { title: 'size', align: 'right' },
      { title: 'class' },
      ...(this.#inputColumn ? [{ title: 'input' }] : []),
      { title: 'notes' },
    ];
  }

  groups(devices: readonly Device[]): RowGroup[] {
    const groups: RowGroup[] = [];
    for (let at = 0; at < devices.length; ) {
      const folded = this.#all ? 1 : registerRun(devices, at);
      if (folded > 1 || (!this.#all && isOnlyRegisters(devices[at]!) && devices[at]!.windows.length > FEW)) {
        groups.push(this.#foldedGroup(devices.slice(at, at + folded)));
        at += folded;
        continue;
      }
      groups.push(this.#group(devices[at]!));
      at += 1;
    }
    return groups;
  }

  #foldedGroup(devices: readonly Device[]): RowGroup {
    const [first] = devices;
    const path = devices.length === 1 ? first!.path : parentOf(first!.path);
    const count = devices.reduce((sum, { windows }) => sum + windows.length, 0);
    const input = this.#inputColumn ? ` in ${inputName(first!.artifact)}` : '';
    const own = devices.length === 1 ? this.#title(path) : [code(path)];
    const of = devices.length === 1 ? '' : ` of ${devices.length} devices`;
    return { title: [...own, `  ${count} registers${of}${input} (--all)`], rows: [] };
  }

  #title(path: string): ReturnType<typeof deviceTitle> {
    return deviceTitle(path, this.#ids?.get(path) ?? []);
  }

  #group({ path, windows }: Device): RowGroup {
    const rows: Text[][] = [];
    for (let at = 0; at < windows.length; ) {
      const window = windows[at]!;
      const run = this.#all ? 1 : similarRun(windows, at);
      rows.push(this.#row(window));
      if (run > FEW) {
        rows.push([moreText(windows, at, run)]);
        at += run;
      } else at += 1;
    }
    return { title: this.#title(path), rows };
  }

  #row(window: AddressWindow): Text[] {
    const role = window.role === 'window' ? [] : [window.role];
    const item = this.#all ? [`${window.origin.item}[${window.origin.index}]`] : [];
    const notes = [...role, ...windowNotes(window, this.#conditions, { inferences: this.#all }), ...item];
    return [
      [linked(rangeText(window, this.#conditions), window.origin.span)],
      sizeText(window),
      likelyClass(window),
      ...(this.#inputColumn ? [inputName(window.origin.artifact)] : []),
      notes.join(', '),
    ];
  }
}

function isOnlyRegisters({ windows }: Device): boolean {
  return windows.every(isRegister);
}

/** How many devices from `from` on have only registers and the same parent; 1 where it isn't worth folding. */
function registerRun(devices: readonly Device[], from: number): number {
  const first = devices[from]!;
  const parent = parentOf(first.path);
  let to = from;
  let count = 0;
  while (
    to < devices.length &&
    devices[to]!.artifact === first.artifact &&
    parentOf(devices[to]!.path) === parent &&
    isOnlyRegisters(devices[to]!)
  ) {
    count += devices[to]!.windows.length;
    to += 1;
  }
  return to - from > 1 && count > FEW ? to - from : 1;
}

export function windowsDocument(
  report: WindowsReport,
  { all, withInputs, withoutList }: WindowsLayout,
): Document {
  const devices = devicesOf(report.windows);
  const blocks: Block[] =
    devices.length === 0
      ? [{ kind: 'paragraph', text: nothingListed('address windows', report.diagnostics) }]
      : withConditions((conditions) => {
          const layout = new Layout(conditions, report, all);
          if (withoutList) return [];
          const groups = layout.groups(devices);
          return [
            { kind: 'groups', title: 'device', columns: layout.columns, groups },
            ...conditions.blocks(),
          ];
        });
  return withInputs ? [...blocks, ...listSection('Inputs', report.inputs.map(inputItem))] : blocks;
}

/** The ids of devices, for their titles. */
function deviceIds({ acpi }: Machine): Map<string, string[]> {
  return new Map(
    (acpi?.crs ?? []).map(({ entry: { device, hid, cid } }) => [
      device,
      [hid, ...(cid ?? [])].filter((id) => id !== undefined),
    ]),
  );
}

/**
 * The report of `windows`.
 * @param diagnostics of reading the machine, for JSON and lists of results
 */
export function windowsReport(
  machine: Machine,
  diagnostics: readonly Diagnostic[],
  { all = false, drawn = false }: { readonly all?: boolean; readonly drawn?: boolean } = {},
): Report {
  const report = {
    inputs: machine.artifacts,
    windows: machine.windows,
    ids: deviceIds(machine),
    diagnostics,
  };
  return {
    json: () => windowsJson(report),
    document: (format) =>
      windowsDocument(report, {
        all: all || format === 'html',
        withInputs: format !== 'text',
        withoutList: drawn && format !== 'html',
      }),
    maps: async () => (await import('../map/subjects.ts')).windowsMaps(report.windows, report.inputs),
    found: () => ({ inputs: report.inputs, results: diagnostics }),
  };
}
