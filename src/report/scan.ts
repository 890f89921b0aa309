/** The report of `scan`. */
import { hex } from '../bytes/address.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Alternatives, Find } from '../scan/find.ts';
import { type Block, code, type Document, strong, type Text } from './document.ts';
import { diagnosticJson, type JsonObject } from './json-parts.ts';

export const SCAN_SCHEMA = 'fwmap/scan@1';

export interface ScannedInput {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** What was compressed around it as a whole. */
  readonly steps: readonly string[];
}

export interface ScanReport {
  readonly inputs: readonly ScannedInput[];
  readonly finds: readonly Find[];
  readonly alternatives: readonly Alternatives[];
  readonly diagnostics: readonly Diagnostic[];
}

function findJson(find: Find): JsonObject {
  const { signature, oemTableId, model, compatible, release, architecture, address, name, text, note } = find;
  return {
    id: find.id,
    kind: find.kind,
    path: find.path,
    offset: hex(find.offset),
    fileOffset: find.fileOffset === null ? null : hex(find.fileOffset),
    size: hex(find.size),
    sha256: find.sha256,
    ...(signature === undefined ? {} : { signature }),
    ...(oemTableId === undefined ? {} : { oemTableId }),
    ...(model === undefined ? {} : { model }),
    ...(compatible === undefined ? {} : { compatible }),
    ...(release === undefined ? {} : { release }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(address === undefined ? {} : { address: hex(address) }),
    ...(name === undefined ? {} : { name }),
    ...(text === undefined ? {} : { text }),
    ...(note === undefined ? {} : { note }),
    container: find.container.map(({ format, name: called, offset, size, unpacked }) => ({
      format,
      ...(called === undefined ? {} : { name: called }),
      offset: hex(offset),
      size: hex(size),
      ...(unpacked === undefined ? {} : { unpacked: hex(unpacked) }),
    })),
  };
}

export function scanJson(report: ScanReport): JsonObject {
  return {
    schema: SCAN_SCHEMA,
    inputs: report.inputs.map(({ path, size, sha256, steps }) => ({
      path,
      kind: 'image',
      size: hex(size),
      sha256,
      ...(steps.length === 0 ? {} : { steps: steps.map((how) => ({ how })) }),
    })),
    finds: report.finds.map(findJson),
    alternatives: report.alternatives.map(({ axis, path, choices }) => ({
      axis,
      path,
      choices: choices.map(({ name, finds, isDefault, compatible, description }) => ({
        name,
        finds,
        ...(isDefault === undefined ? {} : { default: isDefault }),
        ...(compatible === undefined ? {} : { compatible }),
        ...(description === undefined ? {} : { description }),
      })),
    })),
    diagnostics: report.diagnostics.map(diagnosticJson),
  };
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** What a find calls itself. */
function whatItIs(find: Find): string {
  const { signature, oemTableId, model, compatible, release, name, text } = find;
  if (signature !== undefined) return oemTableId ? `${signature} ${oemTableId}` : signature;
  if (model !== undefined) return model ?? compatible?.[0] ?? '';
  return release ?? name ?? text ?? '';
}

/** Finds a line each, grouped by what they are in. */
function findBlocks(finds: readonly Find[]): Block[] {
  const groups = new Map<string, Find[]>();
  for (const find of finds) groups.set(find.path, [...(groups.get(find.path) ?? []), find]);
  return [...groups].flatMap(([path, inside]): Block[] => [
    { kind: 'paragraph', text: [code(path)] },
    {
      kind: 'table',
      columns: [
        { title: 'find', align: 'right' },
        { title: 'kind' },
        { title: 'what' },
        { title: 'size', align: 'right' },
        { title: 'offset' },
      ],
      rows: inside.map((find): readonly Text[] => [
        String(find.id),
        find.kind,
        [code(whatItIs(find))],
        size(find.size),
        [code(hex(find.offset))],
      ]),
    },
  ]);
}

export function scanDocument(report: ScanReport, withHashes: boolean): Document {
  const blocks: Block[] = [];
  const many = report.finds.length;
  blocks.push({
    kind: 'title',
    text: [strong(many === 0 ? 'No descriptions found' : many === 1 ? '1 find' : `${many} finds`)],
  });
  blocks.push({
    kind: 'facts',
    rows: report.inputs.map((input) => ({
      label: input.path,
      text: [
        size(input.size),
        ...(input.steps.length === 0 ? [] : [`, ${input.steps.join(', ')}`]),
        ...(withHashes ? [', sha256 ', code(input.sha256)] : []),
      ],
    })),
  });
  blocks.push(...findBlocks(report.finds));
  for (const { axis, path, choices } of report.alternatives) {
    blocks.push(
      { kind: 'heading', text: `One of these, by ${axis}` },
      { kind: 'paragraph', text: [code(path)] },
    );
    blocks.push({
      kind: 'list',
      items: choices.map(({ name, finds, isDefault, description }) => ({
        text: [
          code(name),
          ...(isDefault ? [' (default)'] : []),
          ...(description === undefined ? [] : [': ', description]),
          finds.length === 0
            ? ': nothing found in it'
            : `: find${finds.length === 1 ? '' : 's'} ${finds.join(', ')}`,
        ],
      })),
    });
  }
  return blocks;
}
