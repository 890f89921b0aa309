/** The output of `resources` in ACPICA's debugger and acpiexec: a heading for each descriptor, then `Title : value` lines. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';
import type { CrsEntry } from '../crs/crs.ts';
import type { FieldValue, ResourceDescriptor, ResourceType } from '../resources/descriptor.ts';
import { fieldSpec } from '../resources/field-spec.ts';
import { objectNamed } from './crs-hex.ts';
import type { TextLine } from './text-line.ts';

/** Headings without the word `Resource` at the end (ACPICA, rsdumpinfo.c). */
const TITLES: Readonly<Record<string, ResourceType | 'vendor' | 'end-tag'>> = {
  IRQ: 'irq',
  DMA: 'dma',
  'Start-Dependent-Functions': 'start-dependent',
  'End-Dependent-Functions': 'end-dependent',
  'I/O': 'io',
  'Fixed I/O': 'fixed-io',
  FixedDma: 'fixed-dma',
  'Vendor Specific': 'vendor',
  EndTag: 'end-tag',
  '24-Bit Memory Range': 'memory24',
  '32-Bit Memory Range': 'memory32',
  '32-Bit Fixed Memory Range': 'memory32-fixed',
  '16-Bit WORD Address Space': 'word-address',
  '32-Bit DWORD Address Space': 'dword-address',
  '64-Bit QWORD Address Space': 'qword-address',
  '64-Bit Extended Address Space': 'extended-address',
  'Extended IRQ': 'extended-irq',
  'Generic Register': 'register',
  GPIO: 'gpio',
  'I2C Serial Bus': 'i2c',
  'Spi Serial Bus': 'spi',
  'Uart Serial Bus': 'uart',
  'Camera Serial Bus': 'csi2',
  'Common Serial Bus': 'serial-bus',
  PinFunction: 'pin-function',
  PinConfig: 'pin-config',
  PinGroup: 'pin-group',
  PinGroupFunction: 'pin-group-function',
  PinGroupConfig: 'pin-group-config',
  ClockInput: 'clock-input',
};

/** Fields whose name is not the title in lower camel case. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  'Resource Type': 'space',
  'Consumer/Producer': 'producer',
  ProducerConsumer: 'producer',
  'Address Decode': 'decode',
  'Min Relocatability': 'minFixed',
  'Max Relocatability': 'maxFixed',
  'Address Minimum': 'min',
  'Address Maximum': 'max',
  'Address Length': 'length',
  'Translation Offset': 'translation',
  Translation: 'translationType',
  'Translation Type': 'translationDensity',
  Mastering: 'busMaster',
  ConnectionSharing: 'sharing',
  'Space ID': 'addressSpace',
  'Interrupt List': 'interrupts',
  'Channel List': 'channels',
  'Type-Specific Attribute': 'typeSpecificAttribute',
  'Performance/Robustness': 'performanceRobustness',
  Scale: 'frequencyScale',
  Mode: 'frequencyMode',
};

/** Titles of counts and lengths that follow from the lists. */
const DERIVED = new Set([
  'Descriptor Length',
  'Interrupt Count',
  'Channel Count',
  'PinTableLength',
  'VendorLength',
  'TypeDataLength',
  'Length',
]);

/** Printed for every GPIO connection, although interrupts lack the first and I/O connections the others. */
const GPIO_EITHER = new Set(['ioRestriction', 'triggering', 'polarity']);

const SPACES: Readonly<Record<string, string>> = {
  'Memory Range': 'memory',
  'I/O Range': 'io',
  'Bus Number Range': 'bus',
};

/** Fields of lists that are printed one member per line. */
const LIST_FIELDS: Readonly<Record<string, string>> = { Dword: 'interrupts', Word: 'pins', Byte: 'data' };

const DEVICE = /^Device: (\\\S*)/;
const EVALUATING = /^Evaluating (_\w{3})/;
const HEADING = /^\[[0-9A-Fa-f]{2,}\] (.+?) Resource\s*$/;
const FIELD = /^ *(\S.*?) : ?(.*?)\s*$/;

interface OpenDescriptor {
  readonly type: ResourceType | 'vendor' | 'end-tag';
  readonly fields: Record<string, FieldValue>;
  readonly start: number;
  end: number;
}

interface OpenList {
  readonly device: string;
  readonly object: string;
  readonly resources: ResourceDescriptor[];
  readonly start: number;
  end: number;
}

export class AcpiexecList {
  readonly #source: Source;
  readonly #sink: DiagnosticSink;
  readonly #lists: OpenList[] = [];
  #device: string | undefined;
  #object = '_CRS';
  #list: OpenList | undefined;
  #descriptor: OpenDescriptor | undefined;

  constructor(source: Source, sink: DiagnosticSink) {
    this.#source = source;
    this.#sink = sink;
  }

  /** Processes a line; returns whether it is part of acpiexec's output. */
  take(line: TextLine): boolean {
    const { text } = line;
    const device = DEVICE.exec(text);
    if (device) {
      this.#closeList();
      this.#device = objectNamed(device[1]!)?.device ?? device[1]!;
      return true;
    }
    const evaluating = EVALUATING.exec(text);
    if (evaluating) {
      this.#closeList();
      this.#object = evaluating[1]!;
      return true;
    }
    const heading = HEADING.exec(text);
    if (heading) {
      this.#open(heading[1]!, line);
      return true;
    }
    if (!this.#descriptor) return false;
    if (text.trim() === '') return true;
    const field = FIELD.exec(text);
    if (!field) {
      this.#closeDescriptor();
      return false;
    }
    this.#field(field[1]!, field[2]!, line);
    this.#descriptor.end = line.end;
    return true;
  }

  #open(title: string, line: TextLine): void {
    this.#closeDescriptor();
    const type = TITLES[title];
    if (!type) {
      const span = { source: this.#source, start: line.start, end: line.end };
      this.#sink.add(finding('acpi/unknown-title', { title }, { span }));
      return;
    }
    this.#list ??= this.#newList(line);
    this.#descriptor = { type, fields: {}, start: line.start, end: line.end };
  }

  #newList(line: TextLine): OpenList {
    const list: OpenList = {
      device: this.#device ?? `crs${this.#lists.length}`,
      object: this.#object,
      resources: [],
      start: line.start,
      end: line.end,
    };
    this.#lists.push(list);
    return list;
  }

  #field(title: string, text: string, line: TextLine): void {
    const { type, fields } = this.#descriptor!;
    if (DERIVED.has(title)) return;
    const member = /^(Dword|Word|Byte)[0-9A-Fa-f]{2,}$/.exec(title);
    if (member) {
      const name = LIST_FIELDS[member[1]!]!;
      const known = fields[name];
      if (/^[0-9A-Fa-f]+$/.test(text))
        fields[name] = [...(Array.isArray(known) ? known : []), BigInt(`0x${text}`)];
      return;
    }
    const name = this.#fieldName(title, type);
    const value = this.#fieldValue(name, text);
    if (value !== undefined) fields[name] = value;
    else if (text !== '[Not Specified]' && !(type === 'gpio' && GPIO_EITHER.has(name))) {
      const span = { source: this.#source, start: line.start, end: line.end };
      this.#sink.add(finding('acpi/unknown-value', { title, value: text }, { span }));
    }
  }

  #fieldName(title: string, type: string): string {
    if (title === 'Type') return type === 'extended-irq' ? 'producer' : 'busType';
    if (title === 'Address') return type === 'register' ? 'address' : 'base';
    const given = FIELD_NAMES[title];
    if (given !== undefined) return given;
    const joined = title
      .split(' ')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    return joined.charAt(0).toLowerCase() + joined.slice(1);
  }

  #fieldValue(name: string, text: string): FieldValue | undefined {
    const { type, fields } = this.#descriptor!;
    if (name === 'space' && SPACES[text] !== undefined) return SPACES[text];
    if (name === 'resourceSource' || name === 'resourceLabel' || name === 'resourceSourceLabel') {
      if (text === '[Not Specified]') return undefined;
      return text === '[NULL NAMESTRING]' ? '' : text;
    }
    if (name === 'interrupts' || name === 'channels' || name === 'vendorData') {
      if (type === 'fixed-dma') return /^[0-9A-Fa-f]+$/.test(text) ? BigInt(`0x${text}`) : undefined;
      const numbers = text.split(/\s+/).filter((word) => /^[0-9A-Fa-f]+$/.test(word));
      return numbers.map((word) => BigInt(`0x${word}`));
    }
    const codec = fieldSpec(type, name, fields)?.codec;
    // Priorities are printed as `1 - Acceptable Configuration`.
    const numbered = /^(\d) - /.exec(text)?.[1];
    const index = numbered === undefined ? (codec?.keywords?.indexOf(text) ?? -1) : Number(numbered);
    if (codec && index >= 0) return codec.decode(BigInt(index));
    if (codec?.encode(text) !== undefined) return text;
    if (/^(?:0x)?[0-9A-Fa-f]+$/.test(text)) {
      const number = BigInt(`0x${text.replace(/^0x/, '')}`);
      return codec ? codec.decode(number) : number;
    }
    return undefined;
  }

  #closeDescriptor(): void {
    const open = this.#descriptor;
    this.#descriptor = undefined;
    if (!open || !this.#list) return;
    this.#list.end = open.end;
    if (open.type === 'end-tag') {
      this.#list = undefined;
      return;
    }
    const data = open.fields.data;
    const vendor = Array.isArray(data) && data.length > 7 ? 'vendor-long' : 'vendor-short';
    const type = open.type === 'vendor' ? vendor : open.type;
    this.#list.resources.push({
      type,
      tag: undefined,
      offset: 0,
      length: 0,
      fields: type === 'vendor-long' || type === 'vendor-short' ? { data: data ?? [] } : open.fields,
      certainty: 'certain',
      span: { source: this.#source, start: open.start, end: open.end },
    });
  }

  #closeList(): void {
    this.#closeDescriptor();
    if (this.#list) {
      const { device, start, end } = this.#list;
      const span = { source: this.#source, start, end };
      this.#sink.add(finding('acpi/list-cut', {}, { path: device, span }));
    }
    this.#list = undefined;
  }

  entries(): CrsEntry[] {
    this.#closeList();
    if (this.#lists.length > 0) {
      const span = { source: this.#source, start: this.#lists[0]!.start, end: this.#lists[0]!.end };
      this.#sink.add(finding('acpi/acpiexec-fill', {}, { span }));
    }
    return this.#lists.map((list) => ({
      device: list.device,
      object: list.object,
      status: 'partial',
      why: 'a printed list, without the bytes',
      resources: list.resources,
      span: { source: this.#source, start: list.start, end: list.end },
    }));
  }
}
