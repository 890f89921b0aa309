/** Lines of a log at their edges: ids of tables, maps of memory, records, and lines that were broken. */
import { describe, expect, test } from 'vitest';
import { isBootMark, logLines, mayContinue } from '../../../src/evidence/log/lines.ts';
import { artifactOf, read } from '../artifacts.ts';

const log = (...lines: string[]) => read(artifactOf('dmesg', `${lines.join('\n')}\n`)).evidence;

describe('ids of ACPI tables', () => {
  const platforms = (ids: string): unknown =>
    log(`ACPI: DSDT 0x000000003FFF1D24 003CD5 (v01 ${ids})`).platforms[0]?.value;

  test('six and eight characters, padded; or words where a mailer took blanks out', () => {
    // `%-6.6s %-8.8s %08X %-4.4s %08X` (drivers/acpi/acpica/tbprint.c).
    expect(platforms('MSFTVM MSFTVM02 00000002 INTL 02002026')).toEqual(['hyperv-gen1']);
    expect(platforms('MSFTVM DSDT01   00000001 MSFT 05000000')).toEqual(['hyperv-gen2', 'hyperv-direct']);
    expect(platforms('MSFTVM DSDT01 00000001 MSFT 05000000')).toEqual(['hyperv-gen2', 'hyperv-direct']);
    expect(platforms('BOCHS  BXPC     00000001 BXPC 00000001')).toEqual(['other-hypervisor', 'qemu-vmbus']);
    expect(platforms('BOCHS BXPC 00000001 BXPC 00000001')).toEqual(['other-hypervisor', 'qemu-vmbus']);
  });
});

describe('maps of memory', () => {
  const map = (...lines: string[]) =>
    log(...lines).memoryMap.map(({ value: { base, size, type, name, map: of } }) => [
      base,
      size,
      type,
      name,
      of,
    ]);

  test('of E820, ends inclusive', () => {
    const line = (from: string, to: string): string => `BIOS-e820: [mem 0x${from}-0x${to}] usable`;
    expect(map(line('0000000000001000', '0000000000001fff'))).toEqual([
      [0x1000n, 0x1000n, 'ram', 'usable', 'e820'],
    ]);
    expect(map(line('0000000000001000', '0000000000001000'))).toEqual([
      [0x1000n, 1n, 'ram', 'usable', 'e820'],
    ]);
    expect(map(line('0000000000001000', '0000000000000fff'))).toEqual([]);
    expect(map(line('1000', '1fff'))).toEqual([]);
  });

  test('of EFI as newer kernels print it, ends inclusive', () => {
    const line = (type: string, from: string, to: string): string =>
      `efi: mem00: [${type}|   |  |  |  |   |  |WB|WT|WC|UC] range=[0x${from}-0x${to}] (1MB)`;
    expect(map(line('Conventional Memory', '0000000000001000', '0000000000001fff'))).toEqual([
      [0x1000n, 0x1000n, 'ram', 'Conventional Memory', 'efi'],
    ]);
    expect(map(line('Boot Code          ', '0000000000001000', '0000000000001000'))[0]!.slice(0, 2)).toEqual([
      0x1000n,
      1n,
    ]);
    expect(map(line('Boot Code', '0000000000001000', '0000000000000fff'))).toEqual([]);
  });

  test('of EFI as older kernels print it, by number and ends exclusive', () => {
    const line = (type: number, from: string, to: string): string =>
      `efi: mem00: type=${type}, attr=0xf, range=[0x${from}-0x${to}) (0MB)`;
    expect(map(line(7, '0000000000001000', '0000000000002000'))).toEqual([
      [0x1000n, 0x1000n, 'ram', 'Conventional Memory', 'efi'],
    ]);
    expect(map(line(99, '0000000000001000', '0000000000002000'))[0]![3]).toBe('type 99');
    expect(map(line(7, '0000000000001000', '0000000000001000'))).toEqual([]);
  });

  test('SRAT and what E820 is without', () => {
    const srat = (line: string): unknown => log(line).srat.map(({ value }) => value);
    expect(srat('ACPI: SRAT: Node 0 PXM 0 [mem 0x00001000-0x00001fff]')).toEqual([
      { start: 0x1000n, last: 0x1fffn, hotplug: false },
    ]);
    expect(srat('SRAT: Node 0 PXM 0 [mem 0x00001000-0x00001000] hotplug')).toEqual([
      { start: 0x1000n, last: 0x1000n, hotplug: true },
    ]);
    expect(srat('SRAT: Node 0 PXM 0 [mem 0x00001000-0x00000fff]')).toEqual([]);
    const removed = (line: string): unknown => log(line).e820Removals.map(({ value }) => value);
    expect(removed('e820: remove [mem 0x000a0000-0x000fffff] usable')).toEqual([
      { start: 0xa0000n, last: 0xfffffn, type: 'usable' },
    ]);
    expect(removed('e820: remove [mem 0x000a0000-0x000a0000]')).toEqual([
      { start: 0xa0000n, last: 0xa0000n },
    ]);
    expect(removed('e820: remove [mem 0x000a0000-0x0009ffff]')).toEqual([]);
  });
});

test('modules that are linked in, without their marks', () => {
  const modules = (list: string): unknown =>
    log(`Modules linked in: ${list}`).modules.map(({ value }) => value);
  expect(modules('hv_netvsc hyperv_drm(E) a(OE+) a pci-hyperv b [last unloaded: hv_balloon c]')).toEqual([
    'hv_netvsc',
    'hyperv_drm',
    'a',
    'b',
  ]);
  expect(modules('')).toEqual([]);
});

test('the BIOS’ year, and what DMI says, once', () => {
  const line =
    'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 08/23/2024';
  const { dmi, biosYears, efiBoot } = log(line, line, line.replace('DMI', 'Hardware name'));
  expect([dmi.map(({ value }) => value), biosYears.map(({ value }) => value)]).toEqual([
    [line.slice(5)],
    [2024],
  ]);
  expect(efiBoot.map(({ value, strength }) => [value, strength])).toEqual([[true, 'inferred']]);
  expect(log('DMI: A B/C, BIOS 1.0').biosYears).toEqual([]);
});

describe('records', () => {
  const releases = (text: string): string[] =>
    read(artifactOf('dmesg', text)).evidence.releases.map(({ value }) => value.release);
  const VERSION = 'Linux version 6.6.10 (a@b) #1 SMP';
  const record = (more: object = {}): string =>
    JSON.stringify({ __CURSOR: 's=0;i=1', MESSAGE: VERSION, ...more });

  test('what is no object is passed over', () => {
    expect(releases(`${record()}\n`)).toEqual(['6.6.10']);
    for (const other of ['null', '5', '"x"', '[]', '{', 'words'])
      expect([other, releases(`{"__CURSOR":"s=0;i=0"}\n${other}\n${record()}\n`)]).toEqual([
        other,
        ['6.6.10'],
      ]);
  });

  test('of the kernel alone', () => {
    expect(releases(`${record({ _TRANSPORT: 'kernel' })}\n`)).toEqual(['6.6.10']);
    expect(releases(`${record({ _TRANSPORT: 'syslog' })}\n`)).toEqual([]);
  });

  test('a message of several lines, and one in bytes', () => {
    expect(releases(`${record({ MESSAGE: `one\n${VERSION}` })}\n`)).toEqual(['6.6.10']);
    expect(releases(`${record({ MESSAGE: [...Buffer.from(VERSION)] })}\n`)).toEqual(['6.6.10']);
    expect(releases(`${record({ MESSAGE: ['x', ...Buffer.from(VERSION)] })}\n`)).toEqual(['6.6.10']);
  });

  test('are told by their form at the beginning', () => {
    const pretty = (first: string): string =>
      `${first}\n\t"MESSAGE" : "${VERSION}",\n\t"_TRANSPORT" : "kernel"\n}\n`;
    expect(releases(pretty('{\n\t"PRIORITY" : "6",'))).toEqual(['6.6.10']);
    expect(releases(pretty('  {\n\t"PRIORITY" : "6",'))).toEqual(['6.6.10']);
    expect(releases(`__CURSOR=s=0;i=1\nMESSAGE=${VERSION}\n_TRANSPORT=kernel\n\n`)).toEqual(['6.6.10']);
    expect(releases(`\n__CURSOR=s=0;i=1\nMESSAGE=${VERSION}\n`)).toEqual(['6.6.10']);
  });
});

describe('lines', () => {
  const lines = (text: string) =>
    [...logLines(artifactOf('dmesg', text))].map(({ message, stamped, foreign, depth }) => [
      message,
      stamped,
      foreign,
      depth,
    ]);

  test('what stands before a message is taken off', () => {
    expect(lines('[    1.000000] a\n')).toEqual([['a', true, false, 0]]);
    expect(lines('<6>[    1.000000] a\n')).toEqual([['a', true, false, 0]]);
    expect(lines('> > [    1.000000] a\n')).toEqual([['a', true, false, 2]]);
    expect(lines('a\n\n  \nb\n')).toEqual([
      ['a', false, false, 0],
      ['b', false, false, 0],
    ]);
    expect(lines('\x1b[32m[    1.000000] \x1b[0ma\n')).toEqual([['a', true, false, 0]]);
    // A mail program that filled a paragraph.
    expect(lines('[    1.000000] a [    2.000000] b\n').map(([message]) => message)).toEqual(['a', 'b']);
    expect(
      lines('Nov 22 14:52:00 vm kernel: a\nNov 22 14:52:00 vm sshd[1]: b\n').map((line) => line[2]),
    ).toEqual([false, true]);
  });

  test('marks between boots', () => {
    const id = '0123456789abcdef'.repeat(2);
    expect(
      [
        '-- Reboot --',
        ` -- Boot ${id} -- `,
        `-- Boot ${id.slice(1)} --`,
        'x -- Reboot --',
        '-- Reboot -- x',
      ].map(isBootMark),
    ).toEqual([true, true, false, false, false]);
  });

  test('a line may go on where its first word did not fit into 62 characters', () => {
    const line = (message: string, more: object = {}) =>
      ({ message, stamped: false, foreign: false, ...more }) as Parameters<typeof mayContinue>[1];
    const previous = (length: number) => ({ length, message: 'x' });
    // 57, a blank, and four.
    expect(mayContinue(previous(57), line('word and more'))).toBe(true);
    expect(mayContinue(previous(56), line('word and more'))).toBe(false);
    expect(mayContinue(previous(99), line('word', { stamped: true }))).toBe(false);
    expect(mayContinue(previous(99), line('word', { foreign: true }))).toBe(false);
    expect(mayContinue({ length: 0, message: ' ' }, line('word'))).toBe(true);
  });
});
