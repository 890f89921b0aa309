/** The report of `scan`. */
import { hex } from '../../bytes/address.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import type { Alternatives, Find } from '../../scan/find.ts';
import type { ScannedMachine } from '../../scan/image-scanner.ts';
import { type Block, code, type Document, phrasesOf, strong, type Text } from '../document.ts';
import { diagnosticJson } from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import type { FindJson, ScanJson, ScannedJson } from '../json/scan.ts';

export interface ScannedInput {
  readonly path: string;
  /** The first part of the paths of its finds. */
  readonly name: string;
  readonly size: number;
  /** Absent where the report doesn't show it. */
  readonly sha256?: string;
  /** The compression around it as a whole. */
  readonly steps: readonly string[];
}

export interface ScanReport {
  readonly inputs: readonly ScannedInput[];
  readonly finds: readonly Find[];
  readonly alternatives: readonly Alternatives[];
  readonly machines: readonly ScannedMachine[];
  readonly diagnostics: readonly Diagnostic[];
}

function findJson(find: Find): FindJson {
  const {
    signature,
    oemTableId,
    model,
    compatible,
    release,
    architecture,
    address,
    name,
    text,
    note,
    replacedBy,
  } = find;
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
    ...(replacedBy === undefined ? {} : { replacedBy }),
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

function inputJson({ path, size: bytes, sha256, steps }: ScannedInput): ScannedJson {
  if (sha256 === undefined) throw new Error(`${path} was not hashed`);
  return {
    path,
    kind: 'image',
    size: hex(bytes),
    sha256,
    ...(steps.length === 0 ? {} : { steps: steps.map((how) => ({ how })) }),
  };
}

function scanJson(report: ScanReport): ScanJson {
  return {
    schema: 'fwmap/scan@1',
    inputs: report.inputs.map(inputJson),
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
    machines: report.machines.map(({ name, finds }) => ({ name, finds })),
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

/** The name that a find has for itself. */
function whatItIs(find: Find): string {
  const { signature, oemTableId, model, compatible, release, name, text } = find;
  if (signature !== undefined) return oemTableId ? `${signature} ${oemTableId}` : signature;
  if (model !== undefined) return model ?? compatible?.[0] ?? '';
  return release ?? name ?? text ?? '';
}

/** The containers of a find inside its input; empty where there are none. */
function insideOf(find: Find, inputs: readonly ScannedInput[]): string {
  const input = inputs.find(({ name }) => find.path === name || find.path.startsWith(`${name}!`));
  if (input === undefined) return find.path;
  const inside = find.path.slice(input.name.length + 1);
  return inputs.length === 1 || inside === '' ? inside : `${input.name}!${inside}`;
}

/** The finds, one a line; their containers are numbered and listed once at the end. */
function findBlocks({ finds, inputs }: ScanReport): Block[] {
  if (finds.length === 0) return [];
  const places: string[] = [];
  const numbers = new Map<string, number>();
  const rows = finds.map((find): readonly Text[] => {
    const inside = insideOf(find, inputs);
    if (inside !== '' && !numbers.has(inside)) numbers.set(inside, places.push(inside));
    const number = numbers.get(inside);
    return [
      String(find.id),
      find.kind,
      [code(whatItIs(find))],
      size(find.size),
      [code(hex(find.offset))],
      number === undefined ? '' : `[${number}]`,
    ];
  });
  const columns = [
    { title: 'find', align: 'right' },
    { title: 'kind' },
    { title: 'what' },
    { title: 'size', align: 'right' },
    { title: 'offset' },
    { title: 'in' },
  ] as const;
  const table: Block = { kind: 'table', columns, rows };
  if (places.length === 0) return [table];
  return [table, { kind: 'lines', lines: places.map((place, index) => `[${index + 1}] ${place}`) }];
}

function namedFinds(finds: readonly number[]): string {
  if (finds.length === 0) return 'nothing found in it';
  return `find${finds.length === 1 ? '' : 's'} ${finds.join(', ')}`;
}

function scanDocument(report: ScanReport, withHashes: boolean): Document {
  const { finds, inputs, machines } = report;
  const blocks: Block[] = [];
  const count = finds.length === 1 ? '1 find' : `${finds.length} finds`;
  const [only] = inputs;
  const where = inputs.length === 1 && only !== undefined ? only.name : `${inputs.length} inputs`;
  const none = 'No device tree, ACPI table or kernel found';
  blocks.push({ kind: 'title', text: [strong(finds.length === 0 ? none : count), ` in ${where}`] });
  const details = (input: ScannedInput): Text => [
    size(input.size),
    ...(input.steps.length === 0 ? [] : [`, unpacked from ${input.steps.join(', ')}`]),
    ...(input.sha256 === undefined ? [] : [', sha256 ', code(input.sha256)]),
  ];
  if (withHashes || inputs.length > 1)
    blocks.push({
      kind: 'list',
      items: inputs.map((input) => ({ text: [code(input.name), ' ', ...phrasesOf(details(input))] })),
    });
  blocks.push(...findBlocks(report));
  for (const { axis, choices } of report.alternatives) {
    if (axis === 'dsdt') continue;
    blocks.push({ kind: 'heading', text: `One of these, by ${axis}` });
    blocks.push({
      kind: 'list',
      items: choices.map(({ name, finds: ids, isDefault, description }) => ({
        text: [
          code(name),
          ...(isDefault ? [' (default)'] : []),
          ...(description === undefined ? [] : [', ', description]),
          `: ${namedFinds(ids)}`,
        ],
      })),
    });
  }
  if (machines.length > 1)
    blocks.push(
      { kind: 'heading', text: 'Machines, as --select takes them' },
      {
        kind: 'list',
        items: machines.map(({ name, finds: ids }) => ({ text: [code(name), `: ${namedFinds(ids)}`] })),
      },
    );
  return blocks;
}

/** The report of a scan. Hashes are left out in text. */
export function scanReport(scan: ScanReport): Report {
  return {
    json: () => scanJson(scan),
    document: (format) => scanDocument(scan, format !== 'text'),
    found: () => ({
      inputs: scan.inputs.map(({ path, sha256 }) => ({ path, kind: 'image', sha256 })),
      results: scan.diagnostics,
    }),
  };
}
