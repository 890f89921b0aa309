/**
 * What is said of unknown values, held against runs of the same code with every content that matters: of the
 * alternatives of a `_CRS` exactly the one whose condition holds is what comes out.
 */
import { describe, expect, test } from 'vitest';
import {
  Contents,
  contentsFor,
  randomNumbers,
  valueUnder,
} from '../../../scripts/conformance/acpi/unknown/witness.ts';
import { readAsl } from '../../../src/acpi/asl/read.ts';
import type { CrsEntry } from '../../../src/acpi/crs/crs.ts';
import {
  type EvaluationOptions,
  evaluate,
  evaluateAllCrs,
  formatResult,
  loadMachine,
} from '../../../src/acpi/machine.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import { parseName } from '../../../src/acpi/terms/name.ts';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { textSource } from '../../../src/bytes/source.ts';
import {
  bytesOfQuantity,
  compare,
  fieldValue,
  formatCondition,
  gather,
  quantityOfByte,
  sum,
} from '../../../src/symbolic/index.ts';

const quiet = { add: () => {} };

function tablesOf(body: string): readonly AcpiTable[] {
  const text = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
    OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
    Field (NVS, ByteAcc, NoLock, Preserve) { FLAG, 8, KIND, 8, BASE, 32 }
    ${body}
  }`;
  const source = textSource('dsdt.asl', text);
  const artifact: Artifact = { kind: 'asl', source, path: 'dsdt.asl', sha256: '', steps: [] };
  const sink = new DiagnosticList();
  const { tables } = readAsl(artifact, sink);
  expect(sink.all.filter(({ severity }) => severity === 'error')).toEqual([]);
  return tables;
}

function crsOf(tables: readonly AcpiTable[], options: EvaluationOptions = {}): Map<string, CrsEntry> {
  return new Map(evaluateAllCrs(loadMachine(tables, options, quiet)).map((entry) => [entry.device, entry]));
}

/** A template of one word, which stands in its bytes 2 and 3, and an end tag. */
const template = (word: string): string => `Buffer () { 0x83, 0x02, 0x00, ${word}, ${word}, 0x79, 0x00 }`;

const FLAGS = [0, 1, 2, 3, 5, 0x80, 0xff];
const KINDS = [0, 1, 7];

function hexUnder(bytes: CrsEntry['bytes'], contents: Contents): string | undefined {
  return bytes
    ?.map((byte) => (typeof byte === 'number' ? BigInt(byte) : valueUnder(quantityOfByte(byte), contents)))
    .join(' ');
}

/** Exactly one case holds, and says what comes out there. */
function expectCase(
  entry: CrsEntry | undefined,
  run: CrsEntry | undefined,
  given: string | undefined,
  contents: Contents,
  where: string,
): void {
  const holding = (entry?.cases ?? []).filter(({ condition }) => valueUnder(condition, contents) === 1n);
  expect(holding.length, where).toBe(1);
  const { outcome, bytes } = holding[0]!;
  if (outcome === 'template') expect(hexUnder(bytes, contents), where).toBe(given);
  else if (outcome === 'absent') expect(run, where).toBeUndefined();
  else if (outcome !== 'abandoned') expect(run?.status, where).toBe('error');
}

/** Runs with every content; what each device gives is what its entry says it gives there. */
function expectTrue(body: string): Map<string, CrsEntry> {
  const tables = tablesOf(body);
  const ours = crsOf(tables);
  for (const flag of FLAGS) {
    for (const kind of KINDS) {
      const contents = new Contents((_space, address) =>
        address === 0x1000n ? flag : address === 0x1001n ? kind : 0,
      );
      const runs = crsOf(tables, { assume: contents.fill });
      for (const device of new Set([...ours.keys(), ...runs.keys()])) {
        const run = runs.get(device);
        const entry = ours.get(device);
        const where = `${device} with FLAG ${flag}, KIND ${kind}`;
        const given = run?.status === 'ok' ? hexUnder(run.bytes, contents) : undefined;
        expectCase(entry, run, given, contents, where);
        if (entry?.alternatives === undefined) {
          if (entry?.bytes !== undefined) expect(hexUnder(entry.bytes, contents), where).toBe(given);
          else expect(['unknown', 'error'], where).toContain(entry?.status);
          continue;
        }
        const true_ = entry.alternatives.filter(({ condition }) => valueUnder(condition, contents) === 1n);
        expect(true_.length, where).toBe(1);
        expect(true_[0]!.why === undefined ? hexUnder(true_[0]!.bytes, contents) : undefined, where).toBe(
          given,
        );
      }
    }
  }
  return ours;
}

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

  test('both sides of a condition give the same bytes: nothing hangs on it', () => {
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
    const given = (name: string) => evaluate(machine, parseName(name)!).value;
    expect(given('\\GET0')).toBe(5n);
    expect(typeof given('\\GET1')).toBe('object');
    expect(given('\\GET2')).toBe(6n);
  });

  test('is there for all devices alike in acpiexec, which has one configuration space', () => {
    const machine = loadMachine(tablesOf(bridges), { assume: 'zero' }, quiet);
    expect(evaluate(machine, parseName('\\GET1')!).value).toBe(5n);
  });
});

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
    expect(given?.why).toContain('not known');
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

describe('what another table may declare', () => {
  const open = (body: string, options: EvaluationOptions = {}): CrsEntry =>
    crsOf(tablesOf(body), options).get('\\DEV0')!;
  const told = ({ cases }: CrsEntry): string[] =>
    (cases ?? []).map(({ condition, outcome }) => `${formatCondition(condition)}: ${outcome}`).sort();
  const crs = (code: string): string =>
    `Device (DEV0) { Method (_CRS) { ${code} Return (${template('0x11')}) } }`;

  test.each([
    ['a method that is called', 'External (\\ZZZZ, MethodObj)', '\\ZZZZ ()', '\\ZZZZ'],
    ['a method with an argument', 'External (\\ZZZZ, MethodObj)', 'Local0 = \\ZZZZ (5)', '\\ZZZZ'],
    ['a number', 'External (\\_SB.ZZZZ, IntObj)', 'Local0 = \\_SB.ZZZZ + 1', '\\_SB.ZZZZ'],
    ['a place to store to', 'External (\\ZZZZ, IntObj)', '\\ZZZZ = 5', '\\ZZZZ'],
    ['a mutex', 'External (\\ZZZZ, MutexObj)', 'Acquire (\\ZZZZ, 0xFFFF) Release (\\ZZZZ)', '\\ZZZZ'],
    ['a device that is told something', 'External (\\ZZZZ, DeviceObj)', 'Notify (\\ZZZZ, 1)', '\\ZZZZ'],
    ['a name that is looked for upwards', 'External (ZZZZ, IntObj)', 'Local0 = ZZZZ', '\\ZZZZ'],
    ['what is referred to', 'External (\\ZZZZ, IntObj)', 'Local0 = RefOf (\\ZZZZ)', '\\ZZZZ'],
  ])('%s: the code goes on where it exists, and fails elsewhere', (_what, external, code, path) => {
    expect(told(open(`${external} ${crs(code)}`))).toEqual([
      `exists(${path}) == 0: failure`,
      `exists(${path}) == 1: template`,
    ]);
    // All tables of the machine are known, or it is simulated.
    expect(open(`${external} ${crs(code)}`, { complete: true }).status).toBe('error');
    expect(open(`${external} ${crs(code)}`, { assume: 'zero' }).status).toBe('error');
  });

  test('CondRefOf of a name that is not there', () => {
    const entry = open(`Device (DEV0) { Method (_CRS) {
      If (CondRefOf (\\ZZZZ)) { Return (${template('0x22')}) }
      Return (${template('0x11')}) } }`);
    expect(told(entry)).toEqual(['exists(\\ZZZZ) == 0: template', 'exists(\\ZZZZ) == 1: template']);
  });

  test('one variable for a name, wherever it is asked for', () => {
    const entry = open(`
      External (\\ZZZZ, IntObj)
      Name (SEEN, 0)
      Device (DEV0) {
        Method (_INI) { If (CondRefOf (\\ZZZZ)) { SEEN = 1 } }
        Method (_CRS) { If (SEEN == 1) { Local0 = \\ZZZZ } Return (${template('0x11')}) }
      }`);
    // It fails nowhere: the value is looked at where it is there.
    expect(told(entry)).toEqual(['1 == 1: template']);
  });

  test('a value that is compared is a variable, and may be given', () => {
    const body = `External (\\OSYS, IntObj) Device (DEV0) { Method (_CRS) {
      If (\\OSYS >= 0x7DF) { Return (${template('0x22')}) }
      Return (${template('0x11')}) } }`;
    expect(told(open(body))).toEqual([
      'exists(\\OSYS) == 0: failure',
      'exists(\\OSYS) == 1 and OSYS < 0x7df: template',
      'exists(\\OSYS) == 1 and OSYS >= 0x7df: template',
    ]);
    expect(told(open(body, { set: new Map([['OSYS', 0x7dfn]]) }))).toEqual(['1 == 1: template']);
  });

  test('two calls of a method need not give the same', () => {
    const entry = open(`External (\\ZZZZ, MethodObj) Device (DEV0) { Method (_CRS) {
      If (\\ZZZZ () == \\ZZZZ ()) { Return (${template('0x22')}) }
      Return (${template('0x11')}) } }`);
    expect(entry.cases?.filter(({ outcome }) => outcome === 'template').length).toBe(2);
  });

  test.each([
    ['a template', 'Return (\\ZZZZ ())'],
    ['a buffer', 'CreateDWordField (\\ZZZZ (), 0, DWD0)'],
    ['elements', 'Local0 = DerefOf (\\ZZZZ () [0])'],
    ['a reference', 'Local0 = DerefOf (\\ZZZZ ())'],
  ])('where it would have to be %s, nothing is known', (_what, code) => {
    expect(told(open(`External (\\ZZZZ, MethodObj) ${crs(code)}`))).toEqual([
      'exists(\\ZZZZ) == 0: failure',
      'exists(\\ZZZZ) == 1: abandoned',
    ]);
  });

  test('a method that is handed a buffer may change it', () => {
    const entry = open(`External (\\ZZZZ, MethodObj) Device (DEV0) {
      Name (BUFF, ${template('0x11')}) Name (ELSE, 1)
      Method (_CRS) { \\ZZZZ (BUFF) If (ELSE == 1) { Return (BUFF) } } }`);
    const given = entry.cases?.find(({ outcome }) => outcome === 'template');
    expect(given?.rest).toMatchObject({ offset: 0, what: 'tag' });
    expect(given?.bytes.length).toBe(7);
  });

  test('devices in a scope that another table declares', () => {
    const ours = crsOf(
      tablesOf(
        `External (\\_SB.PCI0, DeviceObj) Scope (\\_SB.PCI0) { Device (DEV0) { Name (_CRS, ${template('0x11')}) } }`,
      ),
    );
    expect(told(ours.get('\\_SB.PCI0.DEV0')!)).toEqual([
      'exists(\\_SB.PCI0) == 0: absent',
      'exists(\\_SB.PCI0) == 1: template',
    ]);
  });

  test('a name that the tables declare themselves is not looked for elsewhere', () => {
    expect(told(open(crs('If (KIND == 300) { Name (ZZZZ, 1) } Local0 = ZZZZ')))).toEqual(['1 == 1: failure']);
  });

  test('a table that is loaded and not there', () => {
    const entry = open(crs('If (LoadTable ("OEM1", "", "", "", "", 0)) { Local0 = 1 / KIND }'));
    expect(told(entry)).toEqual(['exists(OEM1) == 0: template', 'exists(OEM1) == 1: abandoned']);
  });

  test('code that loads what nobody knows may make names', () => {
    const body = (code: string): string => `
      OperationRegion (TABL, SystemMemory, 0x2000, 0x100)
      External (\\ZZZZ, IntObj)
      Method (_INI) { ${code} }
      ${crs('Local0 = \\ZZZZ')}`;
    expect(told(open(body(''), { complete: true }))).toEqual(['1 == 1: failure']);
    expect(told(open(body('Load (TABL, Local0)'), { complete: true }))).toEqual([
      'exists(\\ZZZZ) == 0: failure',
      'exists(\\ZZZZ) == 1: template',
    ]);
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
