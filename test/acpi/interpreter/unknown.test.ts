/**
 * What is said of unknown values, held against runs of the same code with every content that matters: of the
 * alternatives of a `_CRS` exactly the one whose condition holds is what comes out.
 */
import { describe, expect, test } from 'vitest';
import { contentsFor, randomNumbers, valueUnder } from '../../../scripts/conformance/acpi/unknown/witness.ts';
import { UnknownInteger } from '../../../src/acpi/interpreter/state/objects.ts';
import { evaluate, loadMachine } from '../../../src/acpi/machine.ts';
import { parseName } from '../../../src/acpi/terms/name.ts';
import {
  bytesOfQuantity,
  compare,
  fieldValue,
  formatQuantity,
  gather,
  sum,
} from '../../../src/symbolic/index.ts';
import { expectTrue, quiet, tablesOf, template } from './crs-of.ts';

describe('each alternative is what comes out where its condition holds', () => {
  test('a fault in start-up code on some paths costs the table there, and nothing elsewhere', () => {
    const ours = expectTrue(`
      Name (LIST, Package () { 1, 2, 3 })
      Method (PICK, 1) { Return (DerefOf (LIST [Arg0])) }
      Scope (\\_SB) {
        If (KIND == 0) {
          Device (DEV0) {
            Name (WORD, 0)
            WORD = PICK (FLAG)
            Name (LAST, 9)
            Method (_CRS) { Return (${template('0x11')}) }
          }
        }
        Device (DEV1) { Name (_CRS, ${template('0x22')}) }
      }`);
    expect([...ours.keys()].sort()).toEqual(['\\_SB.DEV0', '\\_SB.DEV1']);
  });

  test('a fault passes over returns that wait in several calls', () => {
    const ours = expectTrue(`
      Method (DEEP) {
        If (KIND == 1) { Return (2) }
        Local0 = 0
        Return (1 / Local0)
      }
      Method (CALL) { If (FLAG == 1) { Return (1) } Return (DEEP () + 10) }
      Method (PICK) { Local0 = 0 If (FLAG != 0x80) { Local0 = CALL () } Return (Local0) }
      Device (DEV0) {
        Method (_CRS) {
          Local0 = PICK ()
          If (Local0 == 12) { Return (${template('0x33')}) }
          If (Local0 == 1) { Return (${template('0x11')}) }
          Return (${template('0x22')})
        }
      }`);
    expect(ours.get('\\DEV0')?.alternatives?.length).toBe(4);
  });

  test('names that a method made are gone where it faults, and calls are counted right', () => {
    expectTrue(`
      Method (READ, 1) {
        Name (TEMP, 0)
        If (Arg0 == 3) { TEMP = 1 / (Arg0 - 3) }
        If (Arg0 > 3) { Return (7) }
        TEMP = Arg0
        Return (TEMP)
      }
      Device (DEV0) {
        Method (_CRS) {
          Local1 = 0
          Local2 = 0
          While (Local1 < 40) { Local2 = READ (FLAG) Local1++ }
          If (Local2 == 7) { Return (${template('0x33')}) }
          Return (${template('0x44')})
        }
      }
      Device (DEV1) { Method (_CRS) { If (READ (FLAG) == 1) { Return (${template('0x55')}) } Return (${template('0x66')}) } }`);
  });

  test('_INI of a device whose _STA is there only under a condition', () => {
    expectTrue(`
      Device (BUS0) {
        If (FLAG == 2) { Name (_STA, 0) }
        Name (MADE, 0)
        Method (_INI) { MADE = 1 }
        Device (DEV0) {
          Name (WORD, 0)
          Method (_INI) { WORD = 1 }
          Method (_CRS) { If (WORD == 1) { Return (${template('0x11')}) } Return (${template('0x22')}) }
        }
      }`);
  });

  test('a method that returns nothing on some paths', () => {
    const ours = expectTrue(`
      Device (DEV0) { Method (_CRS) { If (FLAG == 5) { Return (${template('0x11')}) } } }`);
    expect(ours.get('\\DEV0')?.alternatives?.map(({ why }) => why)).toEqual([undefined, undefined]);
  });

  test('both sides of a condition give the same bytes: nothing depends on it', () => {
    const ours = expectTrue(`
      Device (DEV0) {
        Method (_CRS) { If (FLAG == 5) { Return (${template('0x11')}) } Return (${template('0x11')}) }
      }`);
    expect(ours.get('\\DEV0')?.status).toBe('ok');
  });

  test('ranges: what is below 3 is no 5, and what is neither 0 nor 1 nor above 2 is 2', () => {
    const ours = expectTrue(`
      Device (DEV0) {
        Method (_CRS) {
          If (FLAG < 3) { If (FLAG == 5) { Return (${template('0x11')}) } }
          If (FLAG > 7) { If (FLAG < 6) { Return (${template('0x22')}) } }
          If (FLAG == 0) { Return (${template('0x44')}) }
          If (FLAG == 1) { Return (${template('0x44')}) }
          If (FLAG > 2) { Return (${template('0x44')}) }
          If (FLAG == 2) { Return (${template('0x44')}) }
          Return (${template('0x33')})
        }
      }`);
    expect(ours.get('\\DEV0')?.status).toBe('ok');
  });

  test('mutexes held on one path are not held on another', () => {
    expectTrue(`
      Mutex (MTX0, 0)
      Mutex (MTX1, 5)
      Method (LOCK) { Acquire (MTX1, 0xFFFF) If (FLAG == 3) { Return (1) } Release (MTX1) Acquire (MTX0, 0xFFFF) Release (MTX0) Return (2) }
      Device (DEV0) {
        Method (_CRS) { If (LOCK () == 1) { Return (${template('0x11')}) } Return (${template('0x22')}) }
      }`);
  });
});

describe('what code wrote', () => {
  const bridges = `
    Device (PRT0) { Name (_ADR, 0) OperationRegion (CFG0, PCI_Config, 0x40, 4) Field (CFG0, ByteAcc, NoLock, Preserve) { CTL0, 8 } Method (_INI) { CTL0 = 5 } }
    Device (PRT1) {
      Name (_ADR, 1)
      OperationRegion (CFG1, PCI_Config, 0x40, 4)
      Field (CFG1, ByteAcc, NoLock, Preserve) { CTL1, 8 }
      OperationRegion (CFG2, PCI_Config, 0x40, 4)
      Field (CFG2, ByteAcc, NoLock, Preserve) { CTL2, 8 }
    }
    Method (GET0) { Return (\\PRT0.CTL0) }
    Method (GET1) { Return (\\PRT1.CTL1) }
    Method (GET2) { \\PRT1.CTL1 = 6 Return (\\PRT1.CTL2) }`;

  test("to one device's configuration space is not in another's", () => {
    const machine = loadMachine(tablesOf(bridges), {}, quiet);
    const given = (name: string): string => {
      const { value } = evaluate(machine, parseName(name)!);
      return value instanceof UnknownInteger ? formatQuantity(value.value) : String(value);
    };
    const before = given('\\GET1');
    // A register may read back as anything after it was written; two fields of one register agree.
    expect(given('\\GET0')).not.toBe('5');
    expect(given('\\GET1')).toBe(before);
    const after = given('\\GET2');
    expect(after).not.toBe('6');
    expect(given('\\GET1')).toBe(after);
  });

  test('is there for all devices alike in acpiexec, which has one configuration space', () => {
    const machine = loadMachine(tablesOf(bridges), { assume: 'zero' }, quiet);
    expect(evaluate(machine, parseName('\\GET1')!).value).toBe(5n);
  });
});

describe('witnesses', () => {
  const field = (name: string, address: bigint, bits: number) =>
    fieldValue({ name, path: `\\${name}`, space: 'SystemMemory', address, bitOffset: 0, bits, epoch: 0 });

  test('contents are found under which a condition holds', () => {
    const [a, b] = [field('AAAA', 0x10n, 8), field('BBBB', 0x20n, 32)];
    const condition = gather('all', [
      compare('eq', a, 0x20n),
      compare('lt', 0x12345n, b),
      compare('ne', b, 0xffffffffn),
      compare('eq', sum(32, 0n, [{ coefficient: 16n, of: a }]), 0x200n),
    ]);
    const contents = contentsFor(condition, () => 0xff, randomNumbers(1));
    expect(contents && valueUnder(condition, contents)).toBe(1n);
    expect(contents?.fill(0, 0x10n)).toBe(0x20);
  });

  test('the low bits of a sum are those of its constant where all terms end in zeros', () => {
    const whole = sum(64, -1n, [
      { coefficient: 1n << 20n, of: field('AAAA', 0x10n, 32) },
      { coefficient: 1n << 20n, of: field('BBBB', 0x20n, 32) },
    ]);
    // 2^20 a + 2^20 b - 1 ends in twenty ones: two bytes and a half.
    expect(
      bytesOfQuantity(whole, 8)
        .slice(0, 3)
        .map((byte) => (typeof byte === 'number' ? byte : '?')),
    ).toEqual([0xff, 0xff, '?']);
  });
});

test('a value of which nothing is known is the same one whatever other machines do in between', () => {
  const load = (): ReturnType<typeof loadMachine> =>
    loadMachine(tablesOf('Method (M) { FromBCD (BASE, Local0) Return (Local0) }'), {}, quiet);
  const returned = (machine: ReturnType<typeof loadMachine>): unknown =>
    evaluate(machine, parseName('\\M')!).value;
  const hashes = (value: unknown): string =>
    JSON.stringify(value, (key, inner: unknown) =>
      key === 'opposite' ? undefined : typeof inner === 'bigint' ? `${inner}n` : inner,
    );
  const alone = hashes(returned(load()));
  expect(alone).toContain('"hash"');
  const machine = load();
  const other = load();
  returned(other);
  const first = hashes(returned(machine));
  expect(first).toBe(alone);
});
