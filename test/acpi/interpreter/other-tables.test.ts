/** Names that no table declares: another table may. */
import { describe, expect, test } from 'vitest';
import type { CrsEntry } from '../../../src/acpi/crs/crs.ts';
import type { EvaluationOptions } from '../../../src/acpi/machine.ts';
import { formatCondition } from '../../../src/symbolic/index.ts';
import { crsOf, tablesOf, template } from './crs-of.ts';

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

  test.each([
    ['in a method that did not run', 'Method (MAKE) { Name (\\ZZZZ, 5) }'],
    ['in a method inside of one', 'Method (MAKE) { Method (DEEP) { Name (\\ZZZZ, 5) } }'],
    ['in a condition that is not met', 'If (Zero) { Name (ZZZZ, 5) }'],
  ])("a name that a given table declares %s is no other table's", (_where, declared) => {
    const body = `${declared} ${crs('Local0 = \\ZZZZ + 1')}`;
    expect(open(body)).toMatchObject({ status: 'error', why: expect.stringContaining('AE_NOT_FOUND') });
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
