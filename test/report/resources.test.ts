/** Lists of windows and descriptors that depend on firmware fields, as `windows` and `resources` print them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-resources-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Such a bridge of windows each of which exists where its own field isn't 0. */
function dependent(count: number): string {
  const fields = Array.from({ length: count }, (_, at) => `PM${at}, 2`).join(', ');
  const code = Array.from(
    { length: count },
    (_, at) => `CreateDWordField (BUF, ^W${at}._LEN, L${at}) If (PM${at} != 0) { L${at} = 0 }`,
  ).join('\n');
  return bridge(count, fields, code);
}

/** A host bridge whose _CRS has windows of 16 KiB from 0xc0000 on, patched by what `code` does. */
function bridge(count: number, fields: string, code: string): string {
  const windows = Array.from({ length: count }, (_, at) => {
    const base = 0xc0000 + at * 0x4000;
    return `DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${base}, ${base + 0x3fff}, 0, 0x4000,,, W${at})`;
  });
  return `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
    OperationRegion (REG, SystemMemory, 0xf0000000, 0x100) Field (REG, DWordAcc, NoLock, Preserve) { ${fields} }
    Scope (\\_SB) { Device (PCI0) { Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03"))
      Name (BUF, ResourceTemplate () { ${windows.join('\n')} })
      Method (_CRS, 0, Serialized) { ${code} Return (BUF) } } } }`;
}

async function printed(command: string, text: string, ...options: string[]): Promise<string[]> {
  writeFileSync(join(folder, 'dsdt.asl'), text);
  const { stdout } = await run([command, 'dsdt.asl', ...options], { cwd: folder, columns: 80 });
  return stdout.split('\n');
}

test('a flag that is not known has both of its words', async () => {
  const text = bridge(1, 'PM1L, 2', 'CreateBitField (BUF, ^W0._RW, RW) RW = PM1L != 1');
  const lines = await printed('resources', text);
  expect(lines[0]).toBe('\\_SB.PCI0 _CRS PCI host bridge (PNP0A08): 1 byte depends on PM1L (2 bits at');
  expect(lines.join('\n')).toContain('Cacheable, PM1L != 1 ? ReadWrite : ReadOnly, 0x00000000, 0x000C0000');
});

test('what it depends on is a condition that can be', async () => {
  const code = [0, 1].map(
    (at) => `CreateBitField (BUF, ^W${at}._RW, R${at}) CreateDWordField (BUF, ^W${at}._LEN, L${at})
      If (PM${at} == 1) { R${at} = 0 } If (PM${at} == 0) { L${at} = 0 }`,
  );
  const lines = await printed('resources', bridge(2, 'PM0, 2, PM1, 2', code.join('\n')));
  expect(lines[0]).toBe('\\_SB.PCI0 _CRS PCI host bridge (PNP0A08): depends on PM0 == 1 and PM1 == 1');
});

test('a run of windows is one line, however narrow the columns beside it are', async () => {
  const count = 8;
  const text = dependent(count);
  // 0xc0000 + 8 * 0x4000 - 1.
  const more = '... 7 more of 16 KiB up to 0x000dffff, each with its condition (--all)';
  for (const command of ['windows', 'bridges']) {
    expect(await printed(command, text)).toContain(`  ${more}`);
    expect(
      (await printed(command, text, '--format', 'mail')).join('\n').replaceAll(/\n {4}/g, ' '),
    ).toContain(`  ${more}`);
    const markdown = (await printed(command, text, '--format', 'markdown')).find((line) =>
      line.includes(' 7 more'),
    );
    expect(markdown).toMatch(
      /^\| {2}\| .*up to `0x000dffff`, each with its condition .* \| {2}\| {2}\| {2}\|$/,
    );
    expect((await printed(command, text, '--format', 'html')).join('\n')).toContain(
      command === 'windows' ? '[mem 0x000dc000-0x000dffff]' : `>${more}</td>`,
    );
  }
});

test('an unknown bus number stands in brackets, as names look like hexadecimal digits', async () => {
  const text = bridge(0, 'BAD0, 8', '').replace(
    'ResourceTemplate () {',
    'ResourceTemplate () { WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xff, 0, 0x100,,, BUS)',
  );
  const lines = await printed(
    'windows',
    text.replace('Return (BUF)', 'CreateByteField (BUF, ^BUS._MAX, HI) HI = BAD0 Return (BUF)'),
  );
  expect(lines.find((line) => line.includes('[bus'))).toMatch(/^ {2}\[bus 00-\(.*BAD0.*\)\]/);
});

test('entries of a tree are a table by node, with room for their notes', async () => {
  writeFileSync(
    join(folder, 'board.dts'),
    `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; cpus { #address-cells = <1>; #size-cells = <0>;
       cpu@0 { reg = <0>; }; };
       soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0x0 0x48000000 0x1000000>;
         bus@1000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0x0 0x1000 0x1000>;
           uart@10 { status = "disabled"; reg = <0x10 0x8 0x20 0x8>; }; }; }; };`,
  );
  const { stdout } = await run(['resources', 'board.dts'], { cwd: folder, columns: 80 });
  expect(stdout).toBe(
    `  entry      base       size  cpu                          notes
/cpus/cpu@0
  reg[0]      0x0             none                         #size-cells is 0 for
                                                           /cpus
/soc
  ranges[0]   0x0  0x1000000  [mem 0x48000000-0x48ffffff]
/soc/bus@1000
  ranges[0]   0x0     0x1000  [mem 0x48001000-0x48001fff]  parent 0x1000
/soc/bus@1000/uart@10
  reg[0]     0x10        0x8  [mem 0x48001010-0x48001017]  disabled
  reg[1]     0x20        0x8  [mem 0x48001020-0x48001027]  disabled
`,
  );
});

test('many fields that are settled alike share a row', async () => {
  const count = 5;
  const text = dependent(count);
  const settled = (lines: string[]): string[] => {
    const from = lines.indexOf('To settle it');
    return lines.slice(from + 1, lines.indexOf('', from)).filter((line) => /PM\d/.test(line));
  };
  expect(settled(await printed('bridges', text, '--kernel', '6.12.30'))).toEqual([
    '  PM0 and 4 more  --set FIELD=VALUE each or --memory DUMP@0xf0000000 (--all)',
  ]);
  expect(settled(await printed('bridges', text, '--kernel', '6.12.30', '--all'))).toEqual([
    '  PM0, PM1, PM2, PM3, PM4  --set FIELD=VALUE each or --memory DUMP@0xf0000000',
  ]);
});
