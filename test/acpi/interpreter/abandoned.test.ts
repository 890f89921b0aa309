/**
 * Code that is given up leaves unknown what it may still write, and nothing else. The oracle is the same code run to its
 * end: whatever it was given up at, no object is said to hold what that run doesn't leave in it.
 */
import { describe, expect, test } from 'vitest';
import type { AcpiMachine } from '../../../src/acpi/acpi-machine.ts';
import { AmlFault } from '../../../src/acpi/interpreter/state/fault.ts';
import {
  type AmlValue,
  BufferFieldObject,
  BufferObject,
  Choice,
  FieldObject,
  type NamespaceNode,
  PackageObject,
  SharedInteger,
  StringObject,
  UnknownInteger,
  UnknownObject,
} from '../../../src/acpi/interpreter/state/objects.ts';
import { evaluate, formatResult, loadMachine } from '../../../src/acpi/machine.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import { parseName } from '../../../src/acpi/terms/name.ts';
import { fieldsOf, opaqueReasons } from '../../../src/symbolic/index.ts';
import { seededRandom } from '../../grammar/ebnf.ts';
import { PROGRAMS } from './programs.ts';
import { randomProgram } from './random-programs.ts';
import { tablesOf } from './tables.ts';

const quiet = { add: () => {} };

function* objectsOf(machine: AcpiMachine): Generator<{ path: string; node: NamespaceNode }> {
  const pending: NamespaceNode[] = [machine.interpreter.root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield { path: node.path, node };
    pending.push(...node.children.values());
  }
}

/** May `said` be `real`? Undefined when it may, else what differs. */
function wrong(said: AmlValue | undefined, real: AmlValue | undefined): string | undefined {
  if (said instanceof UnknownObject || said instanceof UnknownInteger) return undefined;
  if (said instanceof Choice) {
    const sides = [wrong(said.yes, real), wrong(said.no, real)];
    return sides.includes(undefined) ? undefined : sides.join(' and ');
  }
  if (said instanceof SharedInteger) return wrong(said.value, real);
  if (real instanceof SharedInteger) return wrong(said, real.value);
  if (typeof said !== 'object' || typeof real !== 'object')
    return said === real ? undefined : `${formatResult(said)} is ${formatResult(real)}`;
  if (said.type !== real.type) return `type ${said.type} is ${real.type}`;
  if (said instanceof StringObject && real instanceof StringObject)
    return said.text === undefined || said.text === real.text ? undefined : `${said.text} is ${real.text}`;
  if (said instanceof BufferObject && real instanceof BufferObject) {
    if (said.unknown !== undefined) return undefined;
    if (said.bytes.length !== real.bytes.length) return `${said.bytes.length} bytes are ${real.bytes.length}`;
    const at = Array.from(said.bytes).findIndex(
      (byte, i) => typeof byte === 'number' && byte !== real.bytes[i],
    );
    return at < 0 ? undefined : `byte ${at}, ${said.bytes[at]}, is ${real.bytes[at]}`;
  }
  if (said instanceof PackageObject && real instanceof PackageObject) {
    if (said.elements.length !== real.elements.length) return 'a package of another length';
    for (let i = 0; i < said.elements.length; i++) {
      const why = wrong(said.elements[i], real.elements[i]);
      if (why !== undefined) return `element ${i}: ${why}`;
    }
  }
  return undefined;
}

/** Runs methods one after the other, the last one given up at its `step`th instruction, and holds all objects against a whole run. */
function holdAgainst(
  tables: readonly AcpiTable[],
  method: string,
  step: number,
  code: 'BUDGET' | 'NOT_FOLLOWED',
): string[] {
  const real = loadMachine(tables, { assume: 'zero' }, quiet);
  evaluate(real, parseName(method)!);
  const said = loadMachine(tables, {}, quiet);
  const { budget } = said.interpreter;
  const count = budget.step.bind(budget);
  let steps = 0;
  budget.step = () => {
    steps += 1;
    if (steps === step) throw new AmlFault(code, 'this is as far as it goes');
    count();
  };
  evaluate(said, parseName(method)!);
  budget.step = count;
  const faults: string[] = [];
  for (const { path, node } of objectsOf(said)) {
    const there = real.interpreter.root;
    let twin: NamespaceNode | undefined = there;
    for (const segment of parseName(path)!.segments) twin = twin?.children.get(segment);
    const object = node.object;
    let why: string | undefined;
    if (object instanceof FieldObject || object instanceof BufferFieldObject) {
      const [ours, theirs] = [said, real].map((machine) => evaluate(machine, parseName(path)!).value);
      why = wrong(ours as AmlValue, theirs as AmlValue);
    } else why = wrong(object, twin?.object);
    if (why !== undefined) faults.push(`${path}: ${why}`);
  }
  return faults;
}

describe('whatever code is given up at, nothing is reported that a whole run refutes', () => {
  const programs = [
    ...Object.entries(PROGRAMS)
      // acpiexec starts a machine up in another order than Linux.
      .filter(([subject]) => subject !== 'order of start-up')
      .map(([subject, body]) => ({ subject, body, methods: undefined })),
    ...Array.from({ length: 12 }, (_, i) => ({
      subject: `random program ${i + 1}`,
      ...randomProgram(i + 1),
    })),
  ];
  for (const { subject, body, methods } of programs)
    test(subject, () => {
      const tables = tablesOf(body);
      const random = seededRandom(subject.length);
      const names = methods ?? [...body.matchAll(/Method \((T[0-9A-F]{3})\b/g)].map(([, name]) => name!);
      for (const name of names)
        for (const code of ['BUDGET', 'NOT_FOLLOWED'] as const)
          for (const step of [1, 2 + Math.floor(random() * 6), 8 + Math.floor(random() * 40)])
            expect(holdAgainst(tables, `\\${name}`, step, code), `${name} at step ${step}`).toEqual([]);
    });
});

describe('exactly what the rest of the code may write is unknown', () => {
  /** What objects hold after `\\INIT`, whose While nobody can follow: `?` for a byte, digit or element that isn't known. */
  function left(body: string, names: readonly string[]): string[] {
    const tables = tablesOf(`
      OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
      Field (NVS, ByteAcc, NoLock, Preserve) { BASE, 32, WORK, 8, LOWN, 4, HIGN, 4, SIDE, 8 }
      Field (NVS, DWordAcc, NoLock, WriteAsZeros) { Offset (8), WIDE, 8 }
      Field (NVS, ByteAcc, NoLock, Preserve) { Offset (8), PRT0, 8, PRT1, 8, Offset (0xc), PRT4, 8 }
      Name (INT0, 1)
      Name (INT1, 1)
      Name (TEXT, "abc")
      Name (BUFF, Buffer () { 0, 1, 2, 3, 4, 5, 6, 7 })
      Name (LIST, Package () { 1, 2, 3 })
      CreateByteField (BUFF, 1, BYT1)
      CreateWordField (BUFF, 4, WRD4)
      CreateField (BUFF, 12, 8, MIDD)
      ${body}`);
    const machine = loadMachine(tables, {}, quiet);
    const ran = evaluate(machine, parseName('\\INIT')!);
    expect([...ran.faults.map(({ fault }) => fault.code), ran.fault?.code]).toContain('NOT_FOLLOWED');
    return names.map((name) => {
      const value = evaluate(machine, parseName(`\\${name}`)!).value as AmlValue;
      const plain = (part: AmlValue | undefined): string => (typeof part === 'bigint' ? String(part) : '?');
      if (value instanceof BufferObject)
        return Array.from(value.bytes, (byte) => (typeof byte === 'number' ? String(byte) : '?')).join(' ');
      if (value instanceof PackageObject) return value.elements.map(plain).join(' ');
      return value instanceof StringObject ? (value.text ?? '?') : plain(value);
    });
  }
  const wait = 'While (BASE != 5) { Stall (1) }';
  const all = ['INT0', 'INT1', 'TEXT', 'BUFF', 'LIST'];
  const untouched = ['1', '1', 'abc', '0 1 2 3 4 5 6 7', '1 2 3'];

  test.each([
    ['nothing', '', untouched],
    ['a name', 'INT0 = 2', ['?', '1', 'abc', '0 1 2 3 4 5 6 7', '1 2 3']],
    ['a string', 'TEXT = "x"', ['1', '1', '?', '0 1 2 3 4 5 6 7', '1 2 3']],
    ['a buffer', 'BUFF = Buffer (2) {}', ['1', '1', 'abc', '? ? ? ? ? ? ? ?', '1 2 3']],
    ['a byte field', 'BYT1 = 2', ['1', '1', 'abc', '0 ? 2 3 4 5 6 7', '1 2 3']],
    ['a word field', 'WRD4++', ['1', '1', 'abc', '0 1 2 3 ? ? 6 7', '1 2 3']],
    ['eight bits across two bytes', 'MIDD = 0', ['1', '1', 'abc', '0 ? ? 3 4 5 6 7', '1 2 3']],
    [
      'a field that the code makes',
      'CreateDWordField (BUFF, 4, DWD4) DWD4 = 0',
      ['1', '1', 'abc', '0 1 2 3 ? ? ? ?', '1 2 3'],
    ],
    ['a byte by its index', 'BUFF [3] = INT0', ['1', '1', 'abc', '0 1 2 ? 4 5 6 7', '1 2 3']],
    ['an element', 'LIST [1] = 7', ['1', '1', 'abc', '0 1 2 3 4 5 6 7', '1 ? 3']],
    ['an element that is not known', 'LIST [WORK] = 7', ['1', '1', 'abc', '0 1 2 3 4 5 6 7', '? ? ?']],
    [
      'what is read alone',
      'Local0 = DerefOf (LIST [1]) + SizeOf (BUFF) + DerefOf (BUFF [2]) Local1 = BUFF',
      untouched,
    ],
    ['a copy', 'Local0 = BUFF Local0 [2] = 9', untouched],
    [
      'through a reference',
      'Local0 = RefOf (INT1) PUT (Local0)',
      ['1', '?', 'abc', '0 1 2 3 4 5 6 7', '1 2 3'],
    ],
    ['in a method that is handed a buffer', 'SET (BUFF)', ['1', '1', 'abc', '0 1 ? 3 4 5 6 7', '1 2 3']],
    ['in a method that is handed a number', 'PUT (INT0)', untouched],
    ['by what a method returns', 'Local1 = GET () Local1 [0] = 1', untouched],
    ['a target of arithmetic', 'Add (INT0, 1, INT1)', ['1', '?', 'abc', '0 1 2 3 4 5 6 7', '1 2 3']],
    [
      'both results of a division',
      'Divide (INT0, 1, INT0, INT1)',
      ['?', '?', 'abc', '0 1 2 3 4 5 6 7', '1 2 3'],
    ],
    ['code that is not reached any more', 'Return (0) INT0 = 2', untouched],
    [
      'one side of a branch that was decided',
      'If (INT0 == 1) { INT1 = 2 } Else { TEXT = "" }',
      ['1', '?', '?', '0 1 2 3 4 5 6 7', '1 2 3'],
    ],
  ])('%s', (_what, code, expected) => {
    const helpers = `
      Method (PUT, 1) { Arg0 = 9 }
      Method (SET, 1) { Arg0 [2] = 9 }
      Method (GET) { Return (BUFF) }`;
    expect(left(`${helpers} Method (INIT) { ${wait} ${code} }`, all)).toEqual(expected);
  });

  test.each([
    ['nothing', '', ['1', '1']],
    ['a name', 'INT0 = 2', ['?', '1']],
    ['through a reference that a method returns, which has it from another one', 'PUT (HAND ())', ['1', '?']],
    ['in a method that is called again, from another one', 'PUT (RefOf (INT0)) MORE ()', ['?', '?']],
  ])('where no path goes on: %s', (_what, code, expected) => {
    const body = `
      Method (PUT, 1) { Arg0 = 9 }
      Method (REFR) { Return (RefOf (INT1)) }
      Method (HAND) { Return (REFR ()) }
      Method (MORE) { PUT (RefOf (INT1)) }
      Method (INIT) { CreateByteField (BUFF, BASE, BYTE) ${code} }`;
    expect(left(body, ['INT0', 'INT1'])).toEqual(expected);
  });

  test('what was done before stays done, where all paths have done it', () => {
    const body = `Method (INIT) { INT0 = 7 TEXT = "x" BYT1 = 9 LIST [0] = 5 ${wait} }`;
    expect(left(body, all)).toEqual(['7', '1', 'x', '0 9 2 3 4 5 6 7', '5 2 3']);
  });

  test('the rest of the loop that it waits in, from its beginning', () => {
    expect(
      left('Method (INIT) { INT0 = 5 While (BASE != 5) { TEXT = "x" Stall (1) INT1 = 2 } BYT1 = 8 }', all),
    ).toEqual(['5', '?', '?', '0 ? 2 3 4 5 6 7', '1 2 3']);
  });

  test('callers go on where they were', () => {
    expect(
      left(`Method (INNR) { INT0 = 3 ${wait} TEXT = "y" } Method (INIT) { BYT1 = 9 INNR () WRD4 = 1 }`, all),
    ).toEqual(['3', '1', '?', '0 9 2 3 ? ? 6 7', '1 2 3']);
  });

  test('bits of a region, and with them what the update rule writes', () => {
    const init = `Method (INIT) { LOWN = 1 HIGN = 2 SIDE = 3 PRT0 = 4 PRT1 = 5 PRT4 = 6 ${wait}`;
    const fields = ['LOWN', 'HIGN', 'SIDE', 'PRT0', 'PRT1', 'PRT4'];
    expect(left(`${init} }`, fields)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(left(`${init} HIGN = 7 }`, fields)).toEqual(['1', '?', '3', '4', '5', '6']);
    expect(left(`${init} WIDE = 7 }`, fields)).toEqual(['1', '2', '3', '?', '?', '6']);
  });

  test('the reason names the method, and the place is kept', () => {
    const machine = loadMachine(
      tablesOf(`
        OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
        Field (NVS, ByteAcc, NoLock, Preserve) { BASE, 32 }
        Name (INT0, 1)
        Method (INIT) { ${wait} INT0 = 2 }`),
      {},
      quiet,
    );
    evaluate(machine, parseName('\\INIT')!);
    const { value } = evaluate(machine, parseName('\\INT0')!);
    expect(value).toBeInstanceOf(UnknownInteger);
    const of = (value as UnknownInteger).value;
    expect(of.kind).toBe('opaque');
    const [reason] = opaqueReasons(of);
    expect(reason).toContain(', in \\INIT');
    expect(machine.interpreter.abandonedCode.placeOf(reason!)?.place?.path).toBe('\\INIT');
    expect(fieldsOf(of).map(({ name }) => name)).toEqual(['BASE']);
  });
});
