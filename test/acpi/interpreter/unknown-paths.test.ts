/** Cases, paths that are given up, and what is forgotten, where regions are unknown. */
import { describe, expect, test } from 'vitest';
import { type EvaluationOptions, evaluate, formatResult, loadMachine } from '../../../src/acpi/machine.ts';
import { parseName } from '../../../src/acpi/terms/name.ts';
import { formatCondition } from '../../../src/symbolic/index.ts';
import { crsOf, expectTrue, quiet, tablesOf, template } from './crs-of.ts';

describe('cases', () => {
  test('are told apart by what descriptors there are, not by the numbers in them', () => {
    const ours = expectTrue(`
      Device (DEV0) {
        Name (BUFF, Buffer () { 0x86, 9, 0, 1, 0, 0, 0x0c, 0, 0, 0x10, 0, 0, 0x79, 0 })
        CreateDWordField (BUFF, 8, LEN0)
        Method (_CRS) {
          If (FLAG == 1) { LEN0 = 0 }
          If (FLAG == 2) { LEN0 = 0x2000 }
          If (KIND == 1) { LEN0 = 0x3000 }
          Return (BUFF)
        }
      }
      Device (DEV1) {
        Name (BUFF, Buffer () { 0x86, 9, 0, 1, 0, 0, 0x0c, 0, 0, 0x10, 0, 0, 0x79, 0 })
        Method (_CRS) { If (FLAG == 1) { BUFF [0] = 0x79 } Return (BUFF) }
      }`);
    expect(ours.get('\\DEV0')?.cases?.map(({ outcome }) => outcome)).toEqual(['template']);
    expect(ours.get('\\DEV1')?.cases?.map(({ resources }) => resources.length)).toEqual([0, 1]);
  });

  test('what fails, what gives no template and what is not there', () => {
    const ours = expectTrue(`
      Name (LIST, Package () { 1, 2, 3 })
      If (KIND == 0) {
        Device (DEV0) {
          Method (_CRS) {
            If (FLAG == 1) { Return ("text") }
            If (FLAG == 2) { Return (DerefOf (LIST [5])) }
            Return (${template('0x11')})
          }
        }
      }`);
    const outcomes = ours.get('\\DEV0')?.cases?.map(({ outcome }) => outcome);
    expect([...(outcomes ?? [])].sort()).toEqual(['absent', 'failure', 'none', 'template']);
  });

  test('a path that is given up is no failure, and has its place', () => {
    const tables = tablesOf(`
      Name (LIST, Package (200) {})
      Device (DEV0) {
        Method (_CRS) {
          If (KIND == 1) { Return (DerefOf (LIST [5])) }
          If (FLAG == 1) { Local0 = DerefOf (LIST [FLAG + KIND]) }
          Return (${template('0x11')})
        }
      }`);
    const cases = crsOf(tables).get('\\DEV0')?.cases ?? [];
    const given = cases.find(({ outcome }) => outcome === 'abandoned');
    expect(given?.at?.path).toBe('\\DEV0._CRS');
    expect(given?.why).toContain('unknown');
    expect(cases.map(({ outcome }) => outcome)).toContain('failure');
    expect(cases.map(({ outcome }) => outcome)).toContain('template');
  });

  test('a template may hold anything from an unknown tag or length on', () => {
    const ours = crsOf(
      tablesOf(`
        Device (DEV0) { Method (_CRS) { Local0 = Buffer () { 0x22, 1, 0, 0, 0x79, 0 } Local0 [3] = FLAG Return (Local0) } }
        Device (DEV1) { Method (_CRS) { Local0 = Buffer () { 0x86, 9, 0, 0, 0x79, 0 } Local0 [1] = FLAG Return (Local0) } }
        Device (DEV2) { Method (_CRS) { Local0 = Buffer () { 0x22, 1, 0, 0x79, 0 } Local0 [1] = FLAG Return (Local0) } }`),
    );
    const rest = (device: string) =>
      ours.get(device)?.cases?.map((way) => way.rest && [way.rest.what, way.rest.offset]);
    expect(rest('\\DEV0')).toEqual([['tag', 3]]);
    expect(rest('\\DEV1')).toEqual([['length', 0]]);
    expect(rest('\\DEV2')).toEqual([undefined]);
  });
});

describe('paths that are given up', () => {
  test('what they may have changed is unknown', () => {
    const tables = tablesOf(`
      Name (HIT0, 1)
      Name (HIT1, 1)
      Method (WAIT) { If (FLAG == 9) { HIT0 = 2 While (BASE != 5) { Stall (1) } HIT1 = 3 } }
      Method (GET0) { Return (HIT0) }
      Method (GET1) { Return (HIT1) }`);
    const machine = loadMachine(tables, {}, quiet);
    const run = (name: string) => evaluate(machine, parseName(name)!);
    expect(run('\\WAIT').faults.map(({ fault }) => fault.code)).toContain('NOT_FOLLOWED');
    expect(typeof run('\\GET0').value).toBe('object');
    expect(typeof run('\\GET1').value).toBe('object');
    // A path that was given up leaves no assumption behind.
    expect(run('\\WAIT').faults.map(({ fault }) => fault.code)).toContain('NOT_FOLLOWED');
  });

  test('a fault of one evaluation is not taken to be excluded in the next', () => {
    const machine = loadMachine(
      tablesOf(`
        Name (LIST, Package () { 1, 2, 3 })
        Method (PICK) { Return (DerefOf (LIST [FLAG])) }
        Method (BIG) { If (FLAG > 100) { Return (1) } Return (0) }`),
      {},
      quiet,
    );
    const faults = (): unknown =>
      evaluate(machine, parseName('\\PICK')!).faults.map(({ when, fault }) => [
        formatCondition(when),
        fault.code,
      ]);
    expect(faults()).toEqual([['FLAG >= 3', 'AE_AML_PACKAGE_LIMIT']]);
    expect(typeof evaluate(machine, parseName('\\BIG')!).value).toBe('object');
    expect(faults()).toEqual([['FLAG >= 3', 'AE_AML_PACKAGE_LIMIT']]);
  });

  test('branches without end are given up in time, and devices still answer', () => {
    const branches = Array.from(
      { length: 60 },
      (_, i) => `If (BASE & 0x${(1 << (i % 30)).toString(16)}) { LIST [FLAG] = ${i} CALL (${i}) }`,
    ).join('\n');
    const tables = tablesOf(`
      Name (LIST, Package (200) { })
      Name (DEEP, Buffer (8192) { })
      Method (CALL, 1, Serialized) { DEEP [Arg0 + KIND] = FLAG If (FLAG > Arg0) { CALL (Arg0 + 1) } }
      Method (_INI) { ${branches} }
      Device (DEV0) { Name (_CRS, ${template('0x11')}) }`);
    const started = process.cpuUsage();
    const ours = crsOf(tables);
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(10);
    expect(ours.get('\\DEV0')?.status).toBe('ok');
  });
});

describe('what is forgotten', () => {
  const KNOWN = /^(0x|Zero|One)/;
  /** What `\\READ` gives after `\\INIT` ran, as text. */
  const read = (body: string, options: EvaluationOptions = {}): string => {
    const machine = loadMachine(tablesOf(body), options, quiet);
    evaluate(machine, parseName('\\INIT')!);
    return formatResult(evaluate(machine, parseName('\\READ')!).value);
  };

  test('a mailbox of 512 bytes holds whatever the other end put there, what lies beside it stays', () => {
    const body = (field: string): string => `
      OperationRegion (MBOX, SystemMemory, 0x2000, 0x300)
      Field (MBOX, ByteAcc, NoLock, Preserve) { MSGS, 4096, NEXT, 8 }
      Field (MBOX, ByteAcc, NoLock, Preserve) { Offset (0x10), BYTE, 8 }
      Method (INIT) { BYTE = 1 NEXT = 2 MSGS = Buffer (512) { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3 } }
      Method (READ) { Return (${field}) }`;
    expect(read(body('NEXT'))).toBe('0x2');
    expect(read(body('BYTE'))).not.toMatch(KNOWN);
    // A simulated region keeps all of it.
    expect(read(body('BYTE'), { assume: 'zero' })).toBe('0x3');
    expect(read(body('DerefOf (MSGS [0])'), { assume: 'zero' })).toBe('0x3');
  });

  test('a mailbox that was seen is forgotten once it is written, and nothing beside it', () => {
    const body = (field: string, init: string): string => `
      OperationRegion (MBOX, SystemMemory, 0x2000, 0x300)
      Field (MBOX, ByteAcc, NoLock, Preserve) { MSGS, 4096, NEXT, 8 }
      Field (MBOX, ByteAcc, NoLock, Preserve) { Offset (0x10), BYTE, 8 }
      Method (INIT) { ${init} }
      Method (READ) { Return (${field}) }`;
    const memory = [{ address: 0x2000n, bytes: new Uint8Array(0x300).fill(0x55) }];
    expect(read(body('BYTE', ''), { memory })).toBe('0x55');
    expect(read(body('NEXT', 'MSGS = Buffer (512) { }'), { memory })).toBe('0x55');
    expect(read(body('BYTE', 'MSGS = Buffer (512) { }'), { memory })).not.toMatch(KNOWN);
  });

  test('a write at an unknown address may have hit what was written, which does not become what it was', () => {
    const body = `
      OperationRegion (FIXD, SystemMemory, 0x2000, 0x10)
      Field (FIXD, ByteAcc, NoLock, Preserve) { AAAA, 8, BBBB, 8 }
      Method (INIT) {
        AAAA = 7
        OperationRegion (SOME, SystemMemory, BASE, 0x10)
        Field (SOME, ByteAcc, NoLock, Preserve) { CCCC, 8 }
        CCCC = 9
      }
      Method (READ) { Return (AAAA) }`;
    const image = new Uint8Array(0x10).fill(0x55);
    for (const options of [{}, { memory: [{ address: 0x2000n, bytes: image }] }])
      expect(read(body, options)).not.toMatch(KNOWN);
  });
});
