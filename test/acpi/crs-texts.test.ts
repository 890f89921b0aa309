import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CrsEntry } from '../../src/acpi/crs/crs.ts';
import { readCrsHex } from '../../src/acpi/listings/crs-hex.ts';
import { readCrsText } from '../../src/acpi/listings/crs-text.ts';
import { descriptorJson, templateHex } from '../../src/acpi/resources/json.ts';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { lineAndColumn, textSource } from '../../src/bytes/source.ts';
import { installedVersion, Recordings } from '../recorded.ts';

function artifact(kind: 'crs-hex' | 'crs-text', text: string): Artifact {
  return { kind, source: textSource('input', text), path: 'input', sha256: '', steps: [] };
}

function hex(text: string): { entries: CrsEntry[]; codes: string[] } {
  const sink = new DiagnosticList();
  const entries = readCrsHex(artifact('crs-hex', text), sink);
  return { entries, codes: sink.all.map(({ code }) => code) };
}

function list(text: string): { entries: CrsEntry[]; codes: string[] } {
  const sink = new DiagnosticList();
  const entries = readCrsText(artifact('crs-text', text), sink);
  return { entries, codes: sink.all.map(({ code }) => code) };
}

const TEMPLATE = '4701f80cf80c0108220200860900010000d4fe001000007900';

describe('hex dumps', () => {
  it('names the device by the path in the line before', () => {
    const { entries, codes } = hex(`Evaluation of \\_SB_.PCI0.TPM_._CRS returned object\n${TEMPLATE}\n`);
    expect(codes).toEqual([]);
    expect(entries).toMatchObject([{ device: '\\_SB.PCI0.TPM', object: '_CRS', status: 'ok' }]);
    expect(templateHex(entries[0]!.bytes!)).toBe(TEMPLATE);
    expect(entries[0]!.resources.map(({ type }) => type)).toEqual(['io', 'irq', 'memory32-fixed']);
  });

  it('gives each descriptor its place in the text', () => {
    const { entries } = hex('0000: 47 01 f8 0c f8 0c 01 08\n0008: 22 02 00 79 00\n');
    const [io, irq] = entries[0]!.resources;
    expect(lineAndColumn(io!.span!.source, io!.span!.start)).toEqual({ line: 1, column: 7 });
    expect(lineAndColumn(irq!.span!.source, irq!.span!.start)).toEqual({ line: 2, column: 7 });
  });

  it('reads one template after another, and leaves out padding', () => {
    expect(hex(`${TEMPLATE}${TEMPLATE}0000`).entries.map(({ device }) => device)).toEqual(['crs0', 'crs1']);
  });

  it('a byte written ?? is unknown', () => {
    const { entries } = hex('860900010000??fe001000007900');
    expect(entries[0]).toMatchObject({ status: 'partial', why: 'bytes given as ??' });
    expect(templateHex(entries[0]!.bytes!)).toBe('860900010000??fe001000007900');
    expect(entries[0]!.resources[0]!.certainty).toBe('unknown');
  });

  it('lines that a dump left out with * are put back', () => {
    const { entries } = hex(
      '00000000  84 40 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |.@..............|\n' +
        '00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n' +
        '00000040  00 00 00 79 00                                    |...y.|\n00000045\n',
    );
    expect(entries[0]!.bytes).toHaveLength(0x45);
  });

  it('no bytes are an error', () => {
    expect(hex('no bytes here').codes).toEqual(['acpi/no-template']);
  });
});

describe('what Linux prints', () => {
  it('root bus resources: CPU addresses, the bus address where it differs', () => {
    const { entries, codes } = list(
      [
        '[    0.412345] pci_bus 0000:00: root bus resource [bus 00-ff]',
        '[    0.412346] pci_bus 0000:00: root bus resource [io  0x0000-0xffff window] (bus address [0x1000-0x10fff])',
        '[    0.412347] pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]',
        '[    0.412348] pci_bus 0000:00: root bus resource [mem 0xfe0000000-0xfffffffff 64bit pref window]',
        '[    0.512345] pci_bus 0000:00: resource 4 [io  0x0000-0xffff window]',
      ].join('\n'),
    );
    expect(codes).toEqual([]);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ device: 'pci_bus 0000:00', status: 'partial' });
    expect(entries[0]!.resources.map((descriptor) => descriptorJson(descriptor))).toMatchObject([
      { type: 'word-address', space: 'bus', min: '0x0', max: '0xff' },
      { space: 'io', min: '0x1000', max: '0x10fff', translation: '0xfffffffffffff000', length: '0x10000' },
      { type: 'dword-address', space: 'memory', min: '0xf8000000', max: '0xfffbffff', producer: true },
      { type: 'qword-address', min: '0xfe0000000', max: '0xfffffffff', caching: 'Prefetchable' },
    ]);
    expect(entries[0]!.resources[2]!.missing).toContain('minFixed');
  });

  it('older kernels name the bridge by its id', () => {
    const { entries } = list('acpi PNP0A08:00: host bridge window [mem 0xf8000000-0xfffbffff]\n');
    expect(entries).toMatchObject([{ device: 'PNP0A08:00', hid: 'PNP0A08' }]);
  });

  it('the resources of pnp devices, by grep or one after the other', () => {
    const grep = list(
      [
        '/sys/bus/pnp/devices/00:01/resources:state = active',
        '/sys/bus/pnp/devices/00:01/resources:io 0x60-0x60',
        '/sys/bus/pnp/devices/00:01/resources:irq 1',
        '/sys/bus/pnp/devices/00:02/resources:state = active',
        '/sys/bus/pnp/devices/00:02/resources:mem 0xb0000000-0xbfffffff window',
      ].join('\n'),
    );
    expect(grep.entries.map(({ device, resources }) => [device, resources.length])).toEqual([
      ['pnp 00:01', 2],
      ['pnp 00:02', 1],
    ]);
    const named = list('pnp 00:00 id=PNP0501  acpi=\\_SB_.COM1\nstate = active\nio 0x3f8-0x3ff\nirq 4\n');
    expect(named.entries).toMatchObject([{ device: '\\_SB.COM1', hid: 'PNP0501' }]);
  });

  it('an interrupt whose number is not decimal is reported, not read', () => {
    for (const line of ['irq 5-cf7', 'irq cf7', 'dma 1-c']) {
      const { codes, entries } = list(`state = active\nio 0x60-0x60\n${line}\n`);
      expect(codes).toEqual(['acpi/printed-line']);
      expect(entries.map(({ resources }) => resources.length)).toEqual([1]);
    }
    expect(list('state = active\nio 0x60-0x60\nirq disabled\n').codes).toEqual([]);
  });

  it('a range that ends before it starts', () => {
    expect(list('state = active\nmem 0x2000-0x1000\nio 0x60-0x60\n').codes).toEqual(['acpi/range-backwards']);
  });
});

const recordings = new Recordings(
  'acpiexec-lists',
  installedVersion('iasl', '-v') && installedVersion('acpiexec', '-v'),
);
describe(`acpiexec's own list${recordings.note}`, () => {
  it('has the fields that its bytes have', { timeout: 20_000 }, () => {
    const asl = `DefinitionBlock ("", "DSDT", 2, "FWMAP", "LISTS", 1) {
      Device (\\_SB.PCI0) {
        Name (_HID, EisaId ("PNP0A03"))
        Name (_CRS, ResourceTemplate () {
          IO (Decode16, 0xcf8, 0xcf8, 1, 8)
          WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xff, 0, 0x100)
          DWordMemory (ResourceProducer, SubDecode, MinFixed, MaxNotFixed, Prefetchable, ReadOnly, 0, 0xa0000, 0xbffff, 0, 0x20000)
          QWordIO (ResourceConsumer, MinFixed, MaxFixed, PosDecode, ISAOnlyRanges, 0, 0x1000, 0x1fff, 0, 0x1000, 3, "\\\\_SB.PCI0", , TypeTranslation, SparseTranslation)
          ExtendedMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0x100000000, 0x1ffffffff, 0, 0x100000000, 8)
          Interrupt (ResourceConsumer, Level, ActiveLow, Shared) {5, 6}
          IRQ (Level, ActiveLow, Shared) {3, 4}
          DMA (TypeB, NotBusMaster, Transfer16) {2}
          FixedDMA (0x11, 2, Width64bit)
          VendorLong () {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
          VendorShort () {1, 2}
          Memory24 (ReadWrite, 0, 8, 4, 4)
          Memory32 (ReadOnly, 0, 0x100, 4, 4)
          Memory32Fixed (ReadWrite, 0xfed40000, 0x1000)
          Register (SystemIO, 8, 0, 0x1804, 1)
          GpioIo (Shared, PullUp, 1, 2, IoRestrictionOutputOnly, "\\\\_SB.PCI0", 0, , , RawDataBuffer () {1, 0xfe}) {5, 7}
          I2cSerialBus (0x50, DeviceInitiated, 400000, AddressingMode10Bit, "\\\\_SB.PCI0")
          SpiSerialBus (1, PolarityHigh, ThreeWireMode, 8, ControllerInitiated, 1000000, ClockPolarityHigh, ClockPhaseSecond, "\\\\_SB.PCI0")
          UartSerialBus (115200, DataBitsSeven, StopBitsTwo, 0xfc, BigEndian, ParityTypeOdd, FlowControlHardware, 16, 32, "\\\\_SB.PCI0")
          PinGroupConfig (Shared, 1, 2, "\\\\_SB.PCI0", 0, "label")
          StartDependentFn (1, 2) { FixedIO (0x60, 1) }
          EndDependentFn ()
        })
      }
    }`;
    const acpiexec = (command: string): string =>
      recordings.output(`iasl -f t.asl && acpiexec -b '${command}' t.aml`, asl, () => {
        const folder = mkdtempSync(join(tmpdir(), 'fwmap-acpiexec-'));
        writeFileSync(join(folder, 't.asl'), asl);
        execFileSync('iasl', ['-f', 't.asl'], { cwd: folder, stdio: 'pipe' });
        const printed = execFileSync('acpiexec', ['-b', command, 't.aml'], {
          cwd: folder,
          encoding: 'latin1',
        });
        rmSync(folder, { recursive: true });
        // Without the banner, and the address where the object happened to be.
        return printed
          .slice(printed.search(/^(?:Device: |Evaluating \\)/m))
          .replace(/object 0x[0-9A-Fa-f]+/g, 'object 0x0');
      });
    const printed = acpiexec('resources');
    const evaluated = acpiexec('evaluate \\_SB.PCI0._CRS');
    const object = evaluated.slice(evaluated.indexOf('Evaluation of'));
    const [theirs, ours] = [list(printed).entries[0]!, hex(object).entries[0]!];
    expect(theirs.device).toBe('\\_SB.PCI0');
    expect(ours.device).toBe('\\_SB.PCI0');
    expect(theirs.resources.map(({ type }) => type)).toEqual(ours.resources.map(({ type }) => type));
    theirs.resources.forEach((descriptor, index) => {
      const bytes = descriptorJson(ours.resources[index]!);
      for (const [name, value] of Object.entries(descriptorJson(descriptor))) {
        // It prints an index and an empty list where the descriptor has none.
        if (name === 'resourceSourceIndex' || (Array.isArray(value) && value.length === 0)) continue;
        expect(bytes[name], `${descriptor.type}.${name}`).toEqual(value);
      }
    });
  });
});
