import { describe, expect, test } from 'vitest';
import type { AcpiMachine } from '../../src/acpi/acpi-machine.ts';
import { readAsl } from '../../src/acpi/asl/read.ts';
import type { CrsEntry } from '../../src/acpi/crs/crs.ts';
import { StringObject } from '../../src/acpi/interpreter/state/objects.ts';
import {
  type EvaluationOptions,
  evaluate,
  evaluateAllCrs,
  formatResult,
  loadMachine,
} from '../../src/acpi/machine.ts';
import { quantityField } from '../../src/acpi/resources/descriptor.ts';
import { parseName } from '../../src/acpi/terms/name.ts';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import { formatCondition, formatQuantity } from '../../src/symbolic/index.ts';

function machineOf(body: string, options: EvaluationOptions = {}): AcpiMachine {
  const source = textSource('dsdt.asl', `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {\n${body}\n}\n`);
  const artifact: Artifact = { kind: 'asl', source, path: 'dsdt.asl', sha256: '', steps: [] };
  const sink = new DiagnosticList();
  const { tables } = readAsl(artifact, sink);
  expect(sink.all.filter(({ severity }) => severity === 'error')).toEqual([]);
  return loadMachine(tables, options, sink);
}

function result(machine: AcpiMachine, path: string, ...args: readonly (bigint | StringObject)[]): string {
  const { value, fault } = evaluate(machine, parseName(path)!, args);
  return fault === undefined ? formatResult(value) : fault.code;
}

function hexOf(bytes: CrsEntry['bytes']): string | undefined {
  return bytes
    ?.map((byte) => (typeof byte === 'number' ? byte.toString(16).padStart(2, '0') : '??'))
    .join('');
}

/** A region of firmware fields at 0x1000, and a template with one 32-bit window to be filled in. */
const FIELDS = `
  OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
  Field (NVS, DWordAcc, NoLock, Preserve) { BASE, 32, SIZE, 32, FLAG, 8, KIND, 8 }`;
const WINDOW = `ResourceTemplate () {
    DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0, 0, 0, 0,,, W0)
  }`;

describe('what is known', () => {
  test('methods run with arguments', () => {
    const machine = machineOf(`
      Method (SUM, 2) { Return (Arg0 + Arg1) }
      Method (FACT, 1) { If (Arg0 < 2) { Return (1) } Return (Arg0 * FACT (Arg0 - 1)) }
      Method (CAT, 1) { Return (Concatenate (Arg0, "x")) }`);
    expect(result(machine, '\\SUM', 40n, 2n)).toBe('0x2A');
    expect(result(machine, '\\FACT', 5n)).toBe('0x78');
    expect(result(machine, '\\CAT', new StringObject('a'))).toBe('"ax"');
  });

  test('what goes on without end, ends', () => {
    const machine = machineOf(`
      Method (LOOP) { While (One) { } }
      Method (SELF) { Return (SELF ()) }
      Method (HUGE) { Local0 = 0x80000000 Return (Buffer (Local0) { }) }
      Method (LONG) { Local0 = 0 While (Local0 < 150000) { Local0++ } Return (Local0) }
      Method (SLOW) { While (One) { Sleep (1000) } }
      Method (FINE) { Return (7) }`);
    // How long an unbounded loop would run is not waited for; 31 seconds of sleep are too long for ACPICA.
    expect(result(machine, '\\LOOP')).toBe('NOT_FOLLOWED');
    expect(result(machine, '\\LONG')).toBe('0x249F0');
    expect(result(machine, '\\SLOW')).toBe('AE_AML_LOOP_TIMEOUT');
    expect(result(machine, '\\SELF')).toBe('AE_AML_METHOD_LIMIT');
    expect(result(machine, '\\HUGE')).toBe('NOT_FOLLOWED');
    expect(result(machine, '\\FINE')).toBe('0x7');
  });

  test('code without end in many devices costs no more than in a few', () => {
    const devices = Array.from(
      { length: 400 },
      (_, i) =>
        `Device (D${i.toString(16).toUpperCase().padStart(3, '0')}) { Method (_CRS) { While (One) { } Return (Zero) } }`,
    );
    const started = process.cpuUsage();
    const entries = evaluateAllCrs(machineOf(devices.join('\n')));
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(8);
    expect(new Set(entries.map(({ status }) => status))).toEqual(new Set(['unknown']));
  });

  test('a fault ends the evaluation, not the machine', () => {
    const machine = machineOf(`
      Method (ZERO) { Return (1 / 0) }
      Method (UNST) { Return (Local0) }
      Method (OUTS) { Local0 = Buffer (2) { } Local0 [2] = 1 Return (Local0) }`);
    expect(result(machine, '\\ZERO')).toBe('AE_AML_DIVIDE_BY_ZERO');
    expect(result(machine, '\\UNST')).toBe('AE_AML_UNINITIALIZED_LOCAL');
    expect(result(machine, '\\OUTS')).toBe('AE_AML_BUFFER_LIMIT');
  });
});

describe('what only the running machine knows', () => {
  const device = `
    ${FIELDS}
    Device (\\_SB.DEV) {
      Name (_HID, "ACPI0004")
      Name (_CRS, ${WINDOW})
      CreateDWordField (_CRS, W0._MIN, WMIN)
      CreateDWordField (_CRS, W0._MAX, WMAX)
      CreateDWordField (_CRS, W0._LEN, WLEN)
      Method (_INI) { WMIN = BASE WLEN = SIZE WMAX = BASE + SIZE - 1 }
    }`;

  test('stays an expression over the fields', () => {
    const [entry] = evaluateAllCrs(machineOf(device));
    expect(entry?.status).toBe('partial');
    const field = (name: string): string => formatQuantity(quantityField(entry!.resources[0]!, name)!);
    expect([field('min'), field('max'), field('length')]).toEqual(['BASE', 'BASE + SIZE - 1', 'SIZE']);
  });

  test('is settled by --set and by --memory alike', () => {
    const set = new Map([
      ['BASE', 0xf8000000n],
      ['\\SIZE', 0x8000000n],
    ]);
    const bytes = Uint8Array.from([0, 0, 0, 0xf8, 0, 0, 0, 8]);
    for (const options of [{ set }, { memory: [{ address: 0x1000n, bytes }] }]) {
      const [entry] = evaluateAllCrs(machineOf(device, options));
      expect(entry?.status).toBe('ok');
      // DWord address space, producer, cacheable read-write; granularity, min, max, translation, length; end tag.
      expect(hexOf(entry?.bytes)).toBe(
        '8717' + '00' + '000c03' + '00000000' + '000000f8' + 'ffffffff' + '00000000' + '00000008' + '7900',
      );
    }
  });

  test('makes alternatives where a branch depends on it', () => {
    const [entry] = evaluateAllCrs(
      machineOf(`
        ${FIELDS}
        Device (\\_SB.DEV) {
          Method (_CRS) {
            If (FLAG == 3) { Return (Buffer () { 0x79, 0 }) }
            Return (Buffer () { 0x22, 0x20, 0, 0x79, 0 })
          }
        }`),
    );
    expect(entry?.status).toBe('alternatives');
    expect(
      entry?.alternatives?.map(({ condition, bytes }) => [formatCondition(condition), hexOf(bytes)]),
    ).toEqual([
      ['FLAG == 3', '7900'],
      ['FLAG != 3', '2220007900'],
    ]);
  });

  test('makes a device that is declared below it conditional', () => {
    const [entry] = evaluateAllCrs(
      machineOf(`
        ${FIELDS}
        If (KIND > 0) { Device (\\_SB.DEV) { Name (_CRS, Buffer () { 0x22, 0x20, 0, 0x79, 0 }) } }`),
    );
    // What it gives if it is there is known; whether it is there isn't.
    expect(entry).toMatchObject({ status: 'unknown' });
    expect(entry?.depends && formatCondition(entry.depends)).toBe('KIND > 0');
    expect(entry?.alternatives?.map(({ condition, why }) => [formatCondition(condition), why])).toEqual([
      ['KIND > 0', undefined],
      ['KIND == 0', 'the device does not exist'],
    ]);
  });

  test('reaches what _STA lets _INI write', () => {
    const [entry] = evaluateAllCrs(
      machineOf(`
        ${FIELDS}
        Device (\\_SB.DEV) {
          Name (BUF, Buffer () { 0x22, 0, 0, 0x79, 0 })
          Method (_STA) { Return (FLAG) }
          Method (_INI) { BUF [1] = 0x20 }
          Method (_CRS) { Return (BUF) }
        }`),
    );
    expect(entry?.status).not.toBe('ok');
    expect(new Set(entry?.alternatives?.map(({ bytes }) => hexOf(bytes)))).toEqual(
      new Set(['2220007900', '2200007900']),
    );
  });

  test('a device sees in _CRS what _STA wrote: Linux asks every device for its status first', () => {
    // As the HPET of many Intel boards: _STA switches the timer on, _CRS looks whether it is.
    const machine = machineOf(`
      ${FIELDS}
      Device (HPET) {
        Method (_STA) { FLAG = 1 Return (0x0F) }
        Method (_CRS) {
          Name (TMPL, ResourceTemplate () { Memory32Fixed (ReadWrite, 0xFED00000, 0x400) })
          If (FLAG) { Return (TMPL) }
          Return (ResourceTemplate () { })
        }
      }
      Device (LAST) {
        Method (_CRS) {
          If (KIND == 2) { Return (ResourceTemplate () { }) }
          Return (ResourceTemplate () { DMA (Compatibility, NotBusMaster, Transfer8) { 1 } })
        }
        Method (_STA) { KIND = 2 Return (0) }
      }`);
    const entries = evaluateAllCrs(machine);
    // Memory32Fixed: 0x86, length 9, read-write, base and length; end tag with no checksum.
    expect(entries.map(({ status, bytes }) => [status, hexOf(bytes)])).toEqual([
      ['ok', '860900010000d0fe000400007900'],
      ['ok', '7900'],
    ]);
  });

  test('what is written stays known, and what overlaps it', () => {
    const machine = machineOf(`
      OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
      Field (NVS, ByteAcc, NoLock, Preserve) { WHOL, 32 }
      Field (NVS, ByteAcc, NoLock, Preserve) { , 8, SECO, 8, , 3, BIT3, 2 }
      Method (WRIT) { WHOL = 0x00124500 Return (SECO) }
      Method (BITS) { Return (BIT3) }
      Method (OVER, 1) { SECO = Arg0 Return (WHOL) }`);
    expect(result(machine, '\\WRIT')).toBe('0x45');
    // Byte 2 is 0x12: bits 3 and 4 are 0b10.
    expect(result(machine, '\\BITS')).toBe('0x2');
    expect(result(machine, '\\OVER', 0xeen)).toBe('0x12EE00');
  });

  test('a path that returns early does not change what the others do', () => {
    const machine = machineOf(`
      ${FIELDS}
      Name (COUN, 0)
      Method (STEP) { If (FLAG) { COUN = 5 Return (1) } COUN++ Return (2) }
      Method (READ) { Return (COUN) }`);
    expect(result(machine, '\\STEP')).toBe('FLAG == 0 ? 2 : 1');
    expect(result(machine, '\\READ')).toBe('FLAG == 0 ? 1 : 5');
  });

  test('an index, a loop bound and a divisor that are not known', () => {
    const machine = machineOf(`
      ${FIELDS}
      Name (LIST, Package () { 10, 20, 30 })
      Method (INDX) { Return (DerefOf (LIST [FLAG])) }
      Method (COUN) { Local0 = 0 While (Local0 < FLAG) { Local0++ } Return (Local0) }
      Method (DIVI) { Return (100 / FLAG) }`);
    const index = evaluate(machine, parseName('\\INDX')!);
    expect(index.faults.map(({ when, fault }) => [formatCondition(when), fault.code])).toEqual([
      ['FLAG >= 3', 'AE_AML_PACKAGE_LIMIT'],
    ]);
    expect(evaluate(machine, parseName('\\COUN')!).faults.map(({ fault }) => fault.code)).toContain(
      'NOT_FOLLOWED',
    );
    const division = evaluate(machine, parseName('\\DIVI')!);
    expect(division.faults.map(({ when, fault }) => [formatCondition(when), fault.code])).toEqual([
      ['FLAG == 0', 'AE_AML_DIVIDE_BY_ZERO'],
    ]);
  });
});
