/** What Linux tells firmware code of itself, by release. Expected answers are those of utosi.c and osi.c of the releases named. */
import { describe, expect, test } from 'vitest';
import { StringObject } from '../../src/acpi/interpreter/state/objects.ts';
import { evaluate, evaluateAllCrs, formatResult, loadMachine } from '../../src/acpi/machine.ts';
import { parseName } from '../../src/acpi/terms/name.ts';
import { linuxSystem, OSI_ROWS } from '../../src/linux/osi.ts';
import { parseRelease } from '../../src/linux/release.ts';
import { releaseFrom } from '../../src/linux/release-choice.ts';
import {
  allOf,
  type Condition,
  equivalent,
  formatCondition,
  isKnown,
  not,
} from '../../src/symbolic/index.ts';
import { tablesOf } from '../acpi/interpreter/tables.ts';

const quiet = { add: () => {} };
const yes = (release: string, osi?: readonly string[]): string[] =>
  [...linuxSystem(parseRelease(release), osi).interfaces].map(([name, when]) => {
    expect(when).toBe(1n);
    return name;
  });

describe('interfaces of a release', () => {
  test.each([
    ['5.10.262', 'Windows 2019'],
    ['5.15.0', 'Windows 2019'],
    ['5.16', 'Windows 2020'],
    ['5.18.19', 'Windows 2020'],
    ['5.19-rc1', 'Windows 2021'],
    ['6.1.192', 'Windows 2021'],
    ['6.11', 'Windows 2021'],
    ['6.12.118', 'Windows 2022'],
    ['7.3.4', 'Windows 2022'],
    ['4.4', 'Windows 2015'],
  ])('%s ends with %s', (release, last) => {
    expect(
      yes(release)
        .filter((name) => name.startsWith('Windows'))
        .at(-1),
    ).toBe(last);
  });

  test.each([
    ['5.10.238', true],
    ['5.10.239', false],
    ['5.15.200', true],
    ['6.1.141', true],
    ['6.1.142', false],
    ['6.12.33', true],
    ['6.12.34', false],
    ['6.15.1', true],
    ['6.16', false],
  ])('%s says yes to 3.0 _SCP Extensions: %s', (release, expected) => {
    expect(yes(release).includes('3.0 _SCP Extensions')).toBe(expected);
  });

  test('strings of vendors are there up to 6.0', () => {
    expect(yes('5.10.262')).toContain('Linux-Dell-Video');
    expect(yes('6.1')).not.toContain('Linux-Dell-Video');
  });

  test('each row has a source', () => {
    for (const { source } of OSI_ROWS) expect(source.length).toBeGreaterThan(5);
    expect(new Set(OSI_ROWS.map((row) => row.interface)).size).toBe(OSI_ROWS.length);
  });
});

describe('where no release is known', () => {
  const { interfaces } = linuxSystem(undefined);

  test('only what differs from 5.10 on is open', () => {
    const open = [...interfaces].filter(([, when]) => !isKnown(when));
    expect(open.map(([name, when]) => `${name}: ${formatCondition(when)}`).sort()).toEqual([
      '3.0 _SCP Extensions: release < 6.16',
      'Linux-Dell-Video: release < 6.1',
      'Linux-HPI-Hybrid-Graphics: release < 6.1',
      'Linux-Lenovo-NV-HDMI-Audio: release < 6.1',
      'Windows 2020: release >= 5.16',
      'Windows 2021: release >= 5.19',
      'Windows 2022: release >= 6.12',
    ]);
  });

  test('firmware that asks for many strings makes no more cases than there are answers', () => {
    const names = OSI_ROWS.filter(({ kind }) => kind === 'windows').map((row) => row.interface);
    const body = `
      Name (OSYS, 0)
      Method (_INI) { ${names.map((name, i) => `If (_OSI ("${name}")) { OSYS = ${2000 + i} }`).join(' ')} }
      Device (DEV0) {
        Name (BUFF, Buffer () { 0x86, 9, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0, 0x79, 0 })
        CreateDWordField (BUFF, 4, BASE)
        Method (_CRS) { BASE = OSYS Return (BUFF) }
      }
      Device (DEV1) { Method (_CRS) {
        If (OSYS >= ${2000 + names.indexOf('Windows 2021')}) { Return (Buffer () { 0x22, 1, 0, 0x79, 0 }) }
        Return (Buffer () { 0x79, 0 }) } }`;
    const entries = evaluateAllCrs(loadMachine(tablesOf(body), { system: linuxSystem(undefined) }, quiet));
    const since = (text: string): Condition => releaseFrom(text);
    const older = (text: string): Condition => not(releaseFrom(text)) as Condition;
    const hold = (index: number, expected: readonly Condition[]): void => {
      const told = entries[index]!.alternatives!.map(({ condition }) => condition);
      expect(told.length).toBe(expected.length);
      for (const one of expected) expect(told.filter((other) => equivalent(one, other)).length).toBe(1);
    };
    hold(0, [
      older('5.16'),
      allOf([since('5.16'), older('5.19')]),
      allOf([since('5.19'), older('6.12')]),
      since('6.12'),
    ]);
    hold(1, [older('5.19'), since('5.19')]);
    expect(entries[1]!.cases!.length).toBe(2);
  });
});

describe('acpi_osi', () => {
  const answer = (text: string, osi: readonly string[]): string => {
    const tables = tablesOf(
      'Method (ASKS, 1) { Return (_OSI (Arg0)) } Method (HAVE) { Return (CondRefOf (_OSI)) }',
    );
    const system = linuxSystem(parseRelease('6.12.30'), osi);
    const machine = loadMachine(tables, { system, complete: true }, quiet);
    const arg = text === '' ? [] : [text];
    const value = evaluate(
      machine,
      parseName(text === '' ? '\\HAVE' : '\\ASKS')!,
      arg.map((each) => new StringObject(each)),
    ).value;
    return formatResult(value);
  };
  const ONES = '0xFFFFFFFFFFFFFFFF';

  test.each([
    [['+Linux'], 'Linux', ONES],
    [['+Linux'], 'Windows 2015', ONES],
    [['!Windows 2015'], 'Windows 2015', 'Zero'],
    [['-Windows 2015'], 'Windows 2015', 'Zero'],
    [['-Windows 2015'], 'Windows 2013', ONES],
    [['!'], 'Windows 2013', 'Zero'],
    [['!'], 'Module Device', ONES],
    [['!*'], 'Module Device', 'Zero'],
    [['!', '!!'], 'Windows 2013', ONES],
    [['!', '+Windows 2009'], 'Windows 2009', ONES],
    [['Windows 2009'], 'Windows 2009', ONES],
    [['Windows 2009'], 'Windows 2015', 'Zero'],
    [['Windows 2009, Windows 2012'], 'Windows 2012', ONES],
    [['Windows 2009', '+Linux'], 'Linux', ONES],
    [[], 'Darwin', 'Zero'],
  ])('%j: %s is %s', (osi, text, expected) => {
    expect(answer(text, osi)).toBe(expected);
  });

  test('an empty one leaves no _OSI', () => {
    expect(answer('', ['+Linux'])).toBe(ONES);
    expect(answer('', [''])).toBe('Zero');
  });
});

test.each([
  ['5.10', '0x20200925'],
  ['6.12', undefined],
])('Revision () of %s', (release, expected) => {
  const machine = loadMachine(
    tablesOf('Method (REVN) { Return (Revision) }'),
    { system: linuxSystem(parseRelease(release)) },
    quiet,
  );
  const given = formatResult(evaluate(machine, parseName('\\REVN')!).value);
  if (expected === undefined) expect(given).not.toMatch(/^0x/);
  else expect(given).toBe(expected);
});
