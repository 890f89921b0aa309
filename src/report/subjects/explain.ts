/** The report of `explain`: readings ranked, entries cell by cell, descriptors byte by byte. */
import type { CrsEntry } from '../../acpi/crs/crs.ts';
import { fieldPlaces } from '../../acpi/resources/decode.ts';
import type { ResourceDescriptor, TemplateBytes } from '../../acpi/resources/descriptor.ts';
import type { FieldPlace } from '../../acpi/resources/fields.ts';
import { fieldJson, templateHex } from '../../acpi/resources/json.ts';
import { formatMemRange, formatSize, hex } from '../../bytes/address.ts';
import type { AddressEntry } from '../../devicetree/address/entries.ts';
import type { BusLevel, DmaView, NodeExplanation } from '../../devicetree/address/explain.ts';
import type { EntryCells, Reading } from '../../devicetree/address/readings.ts';
import { pathOf } from '../../devicetree/tree.ts';
import { formatCondition, type Names, withNames } from '../../symbolic/index.ts';
import { busAddressText, countText, entryDerivation } from '../../window/derivation.ts';
import type { Explanation, ReadProperty } from '../../window/explain.ts';
import { type Block, code, type Document, type Item } from '../document.ts';
import {
  conditionJson,
  diagnosticJson,
  fieldsJson,
  hexOrNull,
  inputsJson,
  placeJson,
} from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import type {
  BusJson,
  CellCountJson,
  DescriptorFieldJson,
  ExplainedDescriptorJson,
  ExplainJson,
  ReadingJson,
} from '../json/explain.ts';
import { diagnosticItem, inputItem } from '../phrases.ts';
import { alternativeWhy, descriptorText, possibleAlternatives, whyJson } from './resources.ts';

function sameCells(a: EntryCells, b: EntryCells | undefined): boolean {
  return b !== undefined && a.child === b.child && a.parent === b.parent && a.size === b.size;
}

function readingJson(reading: Reading, taken: EntryCells | undefined): ReadingJson {
  return {
    cells: { ...reading.cells },
    taken: sameCells(reading.cells, taken),
    score: reading.score,
    entries: reading.entries.map((entry) => ({
      child: hex(entry.child),
      ...(entry.parent === null ? {} : { parent: hex(entry.parent) }),
      size: hexOrNull(entry.size),
    })),
    reasons: reading.reasons.map(({ id, says, weight }) => ({ id, says, weight })),
  };
}

/** A field with its bytes. Offsets count from the first byte of the template. */
function fieldPlaceJson(
  place: FieldPlace,
  bytes: TemplateBytes,
  start: number,
  names: Names,
): DescriptorFieldJson {
  return {
    name: place.name,
    offset: start + place.offset,
    bytes: templateHex(bytes.slice(place.offset, place.offset + place.bytes)),
    ...(place.bits === undefined ? {} : { bits: { ...place.bits } }),
    value: fieldJson(place.value, names),
    ...(place.tag === undefined ? {} : { tag: place.tag }),
  };
}

function descriptorJson(descriptor: ResourceDescriptor, names: Names): ExplainedDescriptorJson {
  const { type, offset, length, bytes } = descriptor;
  if (bytes === undefined) return { type, offset, length, fields: [] };
  return {
    type,
    offset,
    length,
    bytes: templateHex(bytes),
    fields: fieldPlaces(descriptor).map((place) => fieldPlaceJson(place, bytes, offset, names)),
  };
}

function busJson({ bus, path, ranges, dmaRanges, status }: BusLevel): BusJson {
  const count = ({ cells, from, node }: typeof bus.addressCells): CellCountJson => ({ cells, from, node });
  const translation = (way: BusLevel['ranges']): BusJson['ranges'] =>
    typeof way === 'string' ? way : way.entries;
  return {
    node: path,
    kind: bus.kind,
    addressCells: count(bus.addressCells),
    sizeCells: count(bus.sizeCells),
    ranges: translation(ranges),
    dmaRanges: translation(dmaRanges),
    ...(status === undefined ? {} : { status }),
  };
}

function explainJson(report: Explanation): ExplainJson {
  return withNames((names) => explained(report, names));
}

function explained(report: Explanation, names: Names): ExplainJson {
  return {
    schema: 'fwmap/explain@1',
    inputs: inputsJson(report.inputs),
    readings: report.readings.map(({ artifact, property, taken }) => ({
      input: report.inputs.indexOf(artifact),
      node: pathOf(property.node),
      item: property.item,
      cells: property.cells.map(hex),
      readings: property.readings.map((reading) => readingJson(reading, taken)),
    })),
    nodes: report.nodes.map(({ artifact, node }) => ({
      input: report.inputs.indexOf(artifact),
      node: node.path,
      available: node.available,
      ...(node.status === undefined ? {} : { status: node.status }),
      buses: node.buses.map(busJson),
      dma: {
        bus: node.dma.bus === undefined ? null : pathOf(node.dma.bus),
        windows: node.dma.entries.map(({ base, size, cpu }) => ({
          base: hex(base),
          size: hexOrNull(size),
          cpu: hexOrNull(cpu),
        })),
      },
    })),
    deviceTree: report.entries.map(({ artifact, entry }) => ({
      input: report.inputs.indexOf(artifact),
      node: pathOf(entry.node),
      item: entry.item,
      index: entry.index,
      cells: entry.cells.map(hex),
      cpu: hexOrNull(entry.cpu),
      steps: entryDerivation(entry).map(({ what, text, span }) => ({
        what,
        text,
        ...(span === undefined ? {} : { at: placeJson(span, artifact.source.name) }),
      })),
    })),
    acpi: report.crs.map(({ artifact, entry }) => ({
      input: report.inputs.indexOf(artifact),
      device: entry.device,
      object: entry.object,
      status: entry.status,
      ...whyJson(entry, names),
      ...(entry.bytes === undefined ? {} : { bytes: templateHex(entry.bytes) }),
      steps: (entry.steps ?? []).map(({ text, span }) => ({
        text,
        ...(span === undefined ? {} : { at: placeJson(span, artifact.source.name) }),
      })),
      descriptors: entry.resources.map((descriptor) => descriptorJson(descriptor, names)),
      ...(entry.alternatives === undefined
        ? {}
        : {
            alternatives: possibleAlternatives(entry).map((alternative) => ({
              ...conditionJson(alternative.condition, names),
              ...(alternative.why === undefined ? {} : { why: alternativeWhy(alternative) }),
              bytes: templateHex(alternative.bytes),
              descriptors: alternative.resources.map((descriptor) => descriptorJson(descriptor, names)),
            })),
          }),
    })),
    fields: fieldsJson(names),
    diagnostics: report.diagnostics.map(diagnosticJson),
  };
}

function countsText({ child, parent, size }: EntryCells, item: string): string {
  return item === 'reg' ? `${child}/${size}` : `${child}/${parent}/${size}`;
}

function readingsBlocks({ property, taken }: ReadProperty): Block[] {
  const { node, item, cells, readings } = property;
  const what = [code(`${pathOf(node)} ${item}`), `: ${cells.length} cells, `];
  if (readings.length === 0)
    return [{ kind: 'paragraph', text: [...what, 'which no cell counts from 1 to 3 divide into entries'] }];
  const parts = item === 'reg' ? 'address/size' : 'child/parent/size';
  return [
    {
      kind: 'paragraph',
      text: [
        ...what,
        `read in ${readings.length} ${readings.length === 1 ? 'way' : 'ways'} (${parts}), the best first:`,
      ],
    },
    // Fits 80 columns: an address of three cells has 26 characters.
    {
      kind: 'table',
      columns: [
        { title: 'cells' },
        { title: item === 'reg' ? 'address' : 'child', align: 'right' },
        ...(item === 'reg' ? [] : [{ title: 'parent', align: 'right' } as const]),
        { title: 'size', align: 'right' },
        { title: 'score', align: 'right' },
      ],
      rows: readings.flatMap((reading) =>
        reading.entries.map((entry, index) => [
          index === 0 ? countsText(reading.cells, item) : '',
          hex(entry.child),
          ...(item === 'reg' ? [] : [entry.parent === null ? '' : hex(entry.parent)]),
          entry.size === null ? '' : hex(entry.size),
          index === 0 ? String(reading.score) : '',
        ]),
      ),
    },
    {
      kind: 'list',
      items: readings.map((reading) => ({
        text: [
          code(countsText(reading.cells, item)),
          ...(sameCells(reading.cells, taken) ? [', ', { text: 'chosen', tone: 'good' } as const] : []),
          reading.reasons.length === 0 ? ': no reason for or against it' : '',
        ],
        below: reading.reasons.map((reason) => ({
          text: [
            {
              text: reason.weight < 0 ? `${reason.weight}` : `+${reason.weight}`,
              tone: reason.weight < 0 ? 'bad' : 'good',
            },
            ` ${reason.says}`,
          ],
        })),
      })),
    },
  ];
}

const BUS_KINDS = {
  pci: 'PCI bus',
  isa: 'ISA bus',
  'default-flags': 'bus whose addresses begin with a flags cell',
  default: 'bus',
} as const;

/** One line about a bus on the way to the CPU. */
function busText({ bus, path, ranges, status, passesWithoutRanges }: BusLevel): string {
  const passes =
    ranges === 'root'
      ? 'the CPU sees its addresses'
      : ranges === 'missing'
        ? passesWithoutRanges
          ? 'no ranges: passes 1:1 on this machine (of_empty_ranges_quirk)'
          : 'no ranges: nothing passes to the CPU'
        : ranges === 'empty'
          ? 'empty ranges: passes 1:1'
          : `ranges with ${ranges.entries} ${ranges.entries === 1 ? 'entry' : 'entries'}`;
  const count = (name: string, of: typeof bus.addressCells): string =>
    of.from === 'own' ? `${name} = ${of.cells}` : countText(name, of);
  const counts = `${count('#address-cells', bus.addressCells)}; ${count('#size-cells', bus.sizeCells)}`;
  return `${path}: ${BUS_KINDS[bus.kind]}, ${passes}; ${counts}${status === undefined ? '' : `; status ${status}`}`;
}

/** A range of memory as a device sees it. */
function dmaText({ base, size, cpu, why, flags }: AddressEntry): string {
  const seen = busAddressText(base, flags?.space);
  const memory =
    cpu === null ? `no memory (${why ?? 'it does not translate'})` : formatMemRange(cpu, size ?? 1n);
  return size === null ? `${memory} at ${seen}` : `${memory} at ${seen}, ${formatSize(size)}`;
}

function dmaBlocks({ bus, entries }: DmaView): Block[] {
  if (!bus)
    return [
      { kind: 'paragraph', text: ['DMA addresses are CPU addresses: no bus above it has dma-ranges.'] },
    ];
  return [
    { kind: 'paragraph', text: ['By the dma-ranges of ', code(pathOf(bus)), ' it can access'] },
    { kind: 'list', items: entries.map((entry) => ({ text: dmaText(entry) })) },
  ];
}

function nodeBlocks({ path, status, available, buses, entries, dma }: NodeExplanation): Block[] {
  const off = available
    ? ''
    : status === undefined || status === 'okay'
      ? ' (below a disabled bus)'
      : ` (${status})`;
  return [
    { kind: 'paragraph', text: [code(path), `${off} is below these buses:`] },
    { kind: 'list', items: buses.map((level) => ({ text: busText(level) })) },
    ...(entries.length > 0
      ? []
      : [{ kind: 'paragraph', text: ['It has no reg, ranges or dma-ranges entries.'] } as const]),
    ...dmaBlocks(dma),
  ];
}

function entryBlocks(entry: AddressEntry): Block[] {
  const items: Item[] = entryDerivation(entry).map(({ what, text }) => ({ text: `${what}: ${text}` }));
  return [
    {
      kind: 'paragraph',
      text: [
        code(`${pathOf(entry.node)} ${entry.item}[${entry.index}]`),
        ' ',
        code(`<${entry.cells.map(hex).join(' ')}>`),
        entry.available ? '' : ' (disabled)',
      ],
    },
    { kind: 'list', items },
  ];
}

/** Bit 7 of the first byte tells a large descriptor, with two bytes of length behind it (ACPI 6.5, 6.4.2 and 6.4.3). */
function headerBytes([first]: TemplateBytes): number {
  return typeof first === 'number' && (first & 0x80) !== 0 ? 3 : 1;
}

function fieldValueText(place: FieldPlace): string {
  const value = fieldJson(place.value);
  return typeof value === 'object' ? value.join(' ') : String(value);
}

function bytesText(bytes: TemplateBytes, offset: number, count: number): string {
  return bytes
    .slice(offset, offset + count)
    .map((byte) => templateHex([byte]))
    .join(' ');
}

function descriptorBlocks(descriptor: ResourceDescriptor, index: number): Block[] {
  const title: Block = { kind: 'paragraph', text: [`${index} `, code(descriptorText(descriptor))] };
  const { bytes } = descriptor;
  if (bytes === undefined) return [title];
  const header = headerBytes(bytes);
  const offset = (at: number): string => `0x${(descriptor.offset + at).toString(16).padStart(2, '0')}`;
  return [
    title,
    {
      kind: 'table',
      columns: [
        { title: 'offset' },
        { title: 'bytes' },
        { title: 'bits' },
        { title: 'field' },
        { title: 'value' },
      ],
      rows: [
        [
          offset(0),
          [code(bytesText(bytes, 0, header))],
          '',
          header === 3 ? 'tag and length' : 'tag with length',
          `${descriptor.type}, ${descriptor.length} bytes in all`,
        ],
        ...fieldPlaces(descriptor).map((place) => [
          offset(place.offset),
          [code(bytesText(bytes, place.offset, place.bytes))],
          place.bits === undefined
            ? ''
            : place.bits.width === 1
              ? String(place.bits.low)
              : `${place.bits.low}-${place.bits.low + place.bits.width - 1}`,
          place.tag === undefined ? place.name : `${place.name} (${place.tag})`,
          fieldValueText(place),
        ]),
      ],
    },
  ];
}

function crsBlocks(entry: CrsEntry): Block[] {
  const why = entry.why === undefined ? '' : `: ${entry.why}`;
  return [
    { kind: 'heading', text: `${entry.device} ${entry.object}` },
    { kind: 'paragraph', text: `${entry.status}${why}` },
    ...(entry.steps === undefined || entry.steps.length === 0
      ? []
      : [{ kind: 'list', items: entry.steps.map(({ text }) => ({ text })) } as const]),
    ...entry.resources.flatMap(descriptorBlocks),
    ...possibleAlternatives(entry).flatMap((alternative): Block[] => [
      {
        kind: 'paragraph',
        text: [
          'when ',
          code(formatCondition(alternative.condition)),
          alternative.why === undefined ? ':' : `: ${alternativeWhy(alternative)}`,
        ],
      },
      ...alternative.resources.flatMap(descriptorBlocks),
    ]),
  ];
}

/** @param alone the report is read without its inputs and standard error: it lists the inputs and the diagnostics */
function explainDocument(report: Explanation, alone: boolean): Document {
  const section = (heading: string, items: readonly Item[]): Block[] =>
    items.length === 0
      ? []
      : [
          { kind: 'heading', text: heading },
          { kind: 'list', items },
        ];
  return [
    ...report.nodes.flatMap(({ node }) => nodeBlocks(node)),
    ...report.readings.flatMap(readingsBlocks),
    ...report.entries.flatMap(({ entry }) => entryBlocks(entry)),
    ...report.crs.flatMap(({ entry }) => crsBlocks(entry)),
    ...(alone ? section('Inputs', report.inputs.map(inputItem)) : []),
    ...(alone ? section('Diagnostics', report.diagnostics.map(diagnosticItem)) : []),
  ];
}

export function explainReport(report: Explanation): Report {
  return {
    json: () => explainJson(report),
    document: (format) => explainDocument(report, format !== 'text'),
    found: () => ({ inputs: report.inputs, results: report.diagnostics }),
  };
}
