/** The report of `resources`: every entry and every descriptor, one by one. */

import type { CrsAlternative, CrsEntry } from '../../acpi/crs/crs.ts';
import { descriptorJson, templateHex } from '../../acpi/resources/json.ts';
import { macroLine } from '../../acpi/resources/macro-line.ts';
import type { Artifact } from '../../artifact/artifact.ts';
import { formatMemRange, hex } from '../../bytes/address.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import type { AddressEntry } from '../../devicetree/address/entries.ts';
import { pathOf } from '../../devicetree/tree.ts';
import { type Condition, formatCondition, isPossible, type Names, withNames } from '../../symbolic/index.ts';
import { busAddressText } from '../../window/derivation.ts';
import type { Machine } from '../../window/describe.ts';
import { Conditions, withConditions } from '../conditions.ts';
import { type Block, code, type Document, listSection, type Text } from '../document.ts';
import {
  conditionJson,
  diagnosticJson,
  fieldsJson,
  hexOrNull,
  inputsJson,
  type Json,
  placeJson,
} from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import type { CrsJson, ResourcesJson, TreeEntryJson } from '../json/resources.ts';
import { deviceTitle, inputItem, inputName, nothingListed } from '../phrases.ts';

export interface ResourcesReport {
  readonly inputs: readonly Artifact[];
  readonly trees: readonly { readonly artifact: Artifact; readonly entries: readonly AddressEntry[] }[];
  readonly crs: readonly { readonly artifact: Artifact; readonly entry: CrsEntry }[];
  readonly diagnostics: readonly Diagnostic[];
}

function entryJson(
  entry: AddressEntry,
  path: string,
  artifact: Artifact,
  inputs: readonly Artifact[],
): TreeEntryJson {
  const { flags, span } = entry;
  return {
    input: inputs.indexOf(artifact),
    node: path,
    item: entry.item,
    index: entry.index,
    cells: entry.cells.map(hex),
    base: hex(entry.base),
    size: hexOrNull(entry.size),
    ...(entry.parent === null ? {} : { parent: hex(entry.parent) }),
    cpu: hexOrNull(entry.cpu),
    ...(entry.why === undefined ? {} : { why: entry.why }),
    ...(flags === undefined
      ? {}
      : {
          flags: {
            ...(flags.space === undefined ? {} : { space: flags.space }),
            ...(flags.prefetchable === undefined ? {} : { prefetchable: flags.prefetchable }),
            ...(flags.relocatable === undefined ? {} : { relocatable: flags.relocatable }),
            ...(flags.aliased === undefined ? {} : { aliased: flags.aliased }),
            cell: hex(flags.cell),
          },
        }),
    bus: entry.bus,
    counts: {
      child: entry.counts.childAddress.cells,
      ...(entry.counts.parentAddress === undefined ? {} : { parent: entry.counts.parentAddress.cells }),
      size: entry.counts.size.cells,
    },
    available: entry.available,
    ...(span === undefined ? {} : { at: placeJson(span, artifact.source.name) }),
  };
}

/** The alternatives of a `_CRS` whose conditions can hold. */
export function possibleAlternatives({ alternatives }: CrsEntry): CrsAlternative[] {
  return (alternatives ?? []).filter(({ condition }) => isPossible(condition) !== false);
}

/** Why there is no template in this case. */
export function alternativeWhy({ outcome, why = '' }: CrsAlternative): string {
  return outcome === 'abandoned' ? `unknown: ${why}` : why;
}

/** What an entry depends on: the condition of its first possible alternative. */
function dependsOn(entry: CrsEntry): Condition | undefined {
  return entry.depends && (possibleAlternatives(entry)[0]?.condition ?? entry.depends);
}

/** Why an entry isn't `ok`, in words. */
export function whyJson(entry: CrsEntry, names: Names): { why?: string } {
  const { why, status, unsplit } = entry;
  const depends = dependsOn(entry);
  const reason =
    depends === undefined
      ? why
      : `${status === 'unknown' ? 'the device exists only when' : 'its resources depend on'} ${formatCondition(depends, names)}`;
  const reasons = [reason, unsplit].filter((each) => each !== undefined);
  return reasons.length === 0 ? {} : { why: reasons.join('; ') };
}

function crsJson(entry: CrsEntry, artifact: Artifact, inputs: readonly Artifact[], names: Names): CrsJson {
  return {
    input: inputs.indexOf(artifact),
    device: entry.device,
    object: entry.object,
    ...(entry.hid === undefined ? {} : { hid: entry.hid }),
    ...(entry.cid === undefined || entry.cid.length === 0 ? {} : { cid: entry.cid }),
    ...(entry.uid === undefined ? {} : { uid: entry.uid }),
    ...(entry.adr === undefined ? {} : { adr: hex(entry.adr) }),
    ...(entry.sta === undefined ? {} : { sta: hexOrNull(entry.sta) }),
    status: entry.status,
    ...whyJson(entry, names),
    ...(entry.bytes === undefined ? {} : { bytes: templateHex(entry.bytes) }),
    ...(entry.alternatives === undefined
      ? {}
      : {
          alternatives: possibleAlternatives(entry).map((alternative) => ({
            ...conditionJson(alternative.condition, names),
            bytes: templateHex(alternative.bytes),
            resources: alternative.resources.map((descriptor) => descriptorJson(descriptor, names)),
            ...(alternative.why === undefined ? {} : { why: alternativeWhy(alternative) }),
          })),
        }),
    resources: entry.resources.map((descriptor) => descriptorJson(descriptor, names)),
    ...(entry.span === undefined ? {} : { at: placeJson(entry.span, artifact.source.name) }),
  };
}

export function resourcesJson(report: ResourcesReport): ResourcesJson {
  const { inputs } = report;
  return withNames((names) => ({
    schema: 'fwmap/resources@1',
    inputs: inputsJson(inputs),
    deviceTree: report.trees.flatMap(({ artifact, entries }) =>
      entries.map((entry) => entryJson(entry, pathOf(entry.node), artifact, inputs)),
    ),
    acpi: report.crs.map(({ artifact, entry }) => crsJson(entry, artifact, inputs, names)),
    fields: fieldsJson(names),
    diagnostics: report.diagnostics.map(diagnosticJson),
  }));
}

function cpuText(entry: AddressEntry): Text {
  if (entry.cpu === null) return 'none';
  if (entry.size === null || entry.size === 0n) return [code(hex(entry.cpu))];
  const kind = entry.flags?.space === 'io' ? 'io' : 'mem';
  return [code(formatMemRange(entry.cpu, entry.size, kind))];
}

/** The entries by node, in their order. */
function entryGroups(entries: readonly AddressEntry[]): Block {
  const groups: { node: AddressEntry['node']; rows: Text[][] }[] = [];
  for (const entry of entries) {
    let group = groups.at(-1);
    if (group?.node !== entry.node) {
      group = { node: entry.node, rows: [] };
      groups.push(group);
    }
    group.rows.push(entryRow(entry));
  }
  return {
    kind: 'groups',
    title: 'node',
    titled: true,
    columns: [
      { title: 'entry' },
      { title: 'base', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'cpu' },
      { title: 'notes' },
    ],
    groups: groups.map(({ node, rows }) => ({ title: [code(pathOf(node))], rows })),
  };
}

function entryRow(entry: AddressEntry): Text[] {
  const { item, index, base, size, flags, parent, parentFlags, cpu, why, available } = entry;
  const notes = [
    // On the last bus before the CPU both are the same.
    parent === null || (parent === cpu && parentFlags === undefined)
      ? undefined
      : `parent ${busAddressText(parentFlags?.number ?? parent, parentFlags?.flags.space)}`,
    cpu === null ? why : undefined,
    flags?.prefetchable ? 'prefetchable' : undefined,
    available ? undefined : 'disabled',
  ];
  return [
    `${item}[${index}]`,
    busAddressText(base, flags?.space),
    size === null ? '' : hex(size),
    cpuText(entry),
    notes.filter((note) => note !== undefined).join(', '),
  ];
}

function fieldText(name: string, value: Json): string {
  if (Array.isArray(value)) return `${name} ${value.join(' ')}`;
  return `${name} ${String(value)}`;
}

/** A descriptor on one line: as its ASL macro, else its type and its fields with their names in JSON. */
export function descriptorText(
  descriptor: CrsEntry['resources'][number],
  conditions = new Conditions(),
): string {
  const macro = macroLine(descriptor, (value) => conditions.quantity(value));
  if (macro !== undefined) return macro;
  const { type, ...fields } = descriptorJson(descriptor, conditions.names);
  const shown = Object.entries(fields).map(([name, value]) => fieldText(name, value));
  return shown.length === 0 ? String(type) : `${String(type)}: ${shown.join(', ')}`;
}

/** Statuses in words; empty where everything is known. */
const STATUS_TEXT: Readonly<Record<string, string>> = {
  ok: '',
  partial: 'partly unknown',
  alternatives: 'depends on unknown values',
  unknown: 'unknown',
  error: 'cannot be evaluated',
};

function crsBlocks(entry: CrsEntry, conditions: Conditions): Block[] {
  const lines = (resources: CrsEntry['resources']): Block[] =>
    resources.length === 0
      ? []
      : [{ kind: 'lines', lines: resources.map((descriptor) => descriptorText(descriptor, conditions)) }];
  const status = STATUS_TEXT[entry.status] ?? entry.status;
  const depends = dependsOn(entry);
  const reason =
    entry.why ?? (depends === undefined ? status : `depends on ${conditions.text(depends, MAX_CONDITION)}`);
  const why = [reason, entry.unsplit ?? ''].filter((each) => each !== '').join('; ');
  const title: Text = [
    ...deviceTitle(entry.device, [entry.hid, ...(entry.cid ?? [])], entry.object),
    why === '' ? '' : `: ${why}`,
  ];
  return [
    { kind: 'paragraph', text: title, heads: true },
    ...lines(entry.resources),
    ...possibleAlternatives(entry).flatMap((alternative): Block[] => [
      {
        kind: 'paragraph',
        heads: true,
        text: [
          'if ',
          conditions.text(alternative.condition, MAX_CONDITION),
          alternative.why === undefined ? '' : `: ${alternativeWhy(alternative)}`,
        ],
      },
      ...lines(alternative.resources),
    ]),
  ];
}

/** A condition above a list is printed in full up to this many characters. */
const MAX_CONDITION = 160;

/** @param withInputs lists the inputs and their hashes: for reports that are read without them */
export function resourcesDocument(report: ResourcesReport, withInputs: boolean): Document {
  const blocks: Block[] = [];
  for (const { artifact, entries } of report.trees) {
    if (report.trees.length > 1) blocks.push({ kind: 'heading', text: inputName(artifact) });
    blocks.push(
      entries.length === 0
        ? { kind: 'paragraph', text: 'No reg, ranges or dma-ranges entries.' }
        : entryGroups(entries),
    );
  }
  blocks.push(
    ...withConditions((conditions) => [
      ...report.crs.flatMap(({ entry }) => crsBlocks(entry, conditions)),
      ...conditions.blocks(),
    ]),
  );
  if (blocks.length === 0)
    blocks.push({ kind: 'paragraph', text: nothingListed('resources', report.diagnostics) });
  if (withInputs) blocks.push(...listSection('Inputs', report.inputs.map(inputItem)));
  return blocks;
}

/** The report of `resources`. */
export function resourcesReport(machine: Machine, diagnostics: readonly Diagnostic[]): Report {
  const inputs: readonly Artifact[] = machine.artifacts;
  const report = { inputs, trees: machine.trees, crs: machine.acpi?.crs ?? [], diagnostics };
  return {
    json: () => resourcesJson(report),
    document: (format) => resourcesDocument(report, format !== 'text'),
    found: () => ({ inputs, results: diagnostics }),
  };
}
