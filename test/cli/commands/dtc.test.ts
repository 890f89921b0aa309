import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedVersion, Recordings } from '../../recorded.ts';
import { run } from '../fake-io.ts';

let cwd = '';
const file = (name: string): string => join(cwd, name);

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'fwmap-dtc-'));
  mkdirSync(file('inc'));
  mkdirSync(file('outside'));
  mkdirSync(file('tree'));
  writeFileSync(file('good.dts'), '/dts-v1/;\n/ {\n\ta = <1>;\n};\n');
  writeFileSync(file('warn.dts'), '/dts-v1/;\n/ {\n\tn@1 {\n\t};\n};\n');
  writeFileSync(file('error.dts'), '/dts-v1/;\n/ {\n\ta {\n\t};\n\ta {\n\t};\n};\n');
  writeFileSync(file('syntax.dts'), '/dts-v1/;\n/ {\n\ta = <1>\n};\n');
  writeFileSync(
    file('tree/cpp.dts'),
    '#include "x.h"\n/dts-v1/;\n/include/ "y.dtsi"\n/ { a = <X>; b = /incbin/("z"); };\n',
  );
  writeFileSync(file('tree/escape.dts'), '/dts-v1/;\n/include/ "../outside/secret.dtsi"\n/ { };\n');
  writeFileSync(file('outside/secret.dtsi'), '/ { secret; };\n');
  writeFileSync(file('inc/x.h'), '#define X 42\n');
  writeFileSync(file('tree/y.dtsi'), '/ { y; };\n');
  writeFileSync(file('tree/z'), 'zz');
});

afterAll(() => rmSync(cwd, { recursive: true }));

const dtc = (...argv: string[]) => run(['dtc', ...argv], { cwd });

describe('fwmap dtc', () => {
  it('shows invisible characters of its inputs and of the command line in its messages', async () => {
    const hostile = 'a\u202eb\u001b[31m\u{e0041}\u2028é';
    const shown = 'a\\u{202e}b\\x1b[31m\\u{e0041}\\u{2028}é';
    writeFileSync(file('hostile.dts'), `/dts-v1/;\n#error ${hostile}\n#include "${hostile}"\n/ { };\n`);
    const { stderr } = await run(['dtc', 'hostile.dts'], { cwd });
    expect(stderr).toContain(`#error ${shown}\n`);
    expect(stderr).toContain(`"${shown}"`);
    for (const option of ['-I', '-O', '-W']) {
      const refused = await run(['dtc', option, hostile, 'good.dts'], { cwd });
      expect(refused.stderr).toContain(shown);
      expect(refused.stderr).not.toMatch(/(?!\n)\p{C}/u);
    }
  });

  it('compiles and decompiles', async () => {
    expect(await dtc('-o', 'good.dtb', 'good.dts')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(await dtc('good.dtb')).toMatchObject({
      status: 0,
      stdout: '/dts-v1/;\n\n/ {\n\ta = <0x01>;\n};\n',
    });
  });

  it('reads standard input, and takes bundled and long options', async () => {
    const stdin = readFileSync(file('good.dts'));
    const text = '/dts-v1/;\n\n/ {\n\ta = <0x01>;\n};\n';
    expect((await run(['dtc', '-qIdts', '-Odts', '-'], { cwd, stdin })).stdout).toBe(text);
    expect((await run(['dtc', '--quiet', '--in-f', 'dts', '--out-format=dts'], { cwd, stdin })).stdout).toBe(
      text,
    );
  });

  it('warns with dtc’s text and place, and is quiet when asked', async () => {
    const text =
      'warn.dts:3.6-4.4: Warning (unit_address_vs_reg): /n@1: node has a unit name, but no reg or ranges property\n';
    expect(await dtc('-O', 'null', 'warn.dts')).toMatchObject({ status: 0, stderr: text });
    expect(await dtc('-q', '-O', 'null', 'warn.dts')).toMatchObject({ status: 0, stderr: '' });
    expect(await dtc('-W', 'no-unit_address_vs_reg', '-O', 'null', 'warn.dts')).toMatchObject({ stderr: '' });
    const error = await dtc('-E', 'unit_address_vs_reg', '-O', 'null', 'warn.dts');
    expect(error.status).toBe(2);
    expect(error.stderr).toContain('ERROR (unit_address_vs_reg)');
  });

  it('stops at a failed check, unless forced; nothing is left of the output', async () => {
    expect(await dtc('-o', 'x.dtb', 'error.dts')).toMatchObject({
      status: 2,
      stderr:
        'error.dts:5.4-6.4: ERROR (duplicate_node_names): /a: Duplicate node name\n' +
        'ERROR: Input tree has errors, aborting (use -f to force output)\n',
    });
    expect(readdirSync(cwd)).not.toContain('x.dtb');
    const forced = await dtc('-f', '-O', 'dts', 'error.dts');
    expect(forced.status).toBe(0);
    expect(forced.stderr).toContain('Warning: Input tree has errors, output forced\n');
  });

  it('ends with 1 when it can’t read, parse or understand', async () => {
    const syntax = await dtc('syntax.dts');
    expect(syntax.status).toBe(1);
    expect(syntax.stderr).toMatch(/^Error: syntax\.dts:4\.1-2 syntax error\n/);
    expect(syntax.stderr).toMatch(/FATAL ERROR: Unable to parse input tree\n$/);
    expect(await dtc('gone.dts')).toMatchObject({
      status: 1,
      stderr: 'FATAL ERROR: Couldn\'t open "gone.dts": No such file or directory\n',
    });
    expect(await dtc('-V', '5', 'good.dts')).toMatchObject({
      status: 1,
      stderr: 'FATAL ERROR: Unknown device tree blob version 5\n',
    });
    expect((await dtc('-W', 'nonsense', 'good.dts')).stderr).toBe(
      'FATAL ERROR: Unrecognized check name "nonsense"\n',
    );
    expect((await dtc('-Z')).stderr).toContain("Error: invalid option -- 'Z'");
    expect((await dtc('-S', '5', '-p', '5', 'good.dts')).stderr).toBe(
      "FATAL ERROR: Can't set both -p and -S\n",
    );
    expect((await dtc('-o', 'no/such/folder.dtb', 'good.dts')).status).toBe(1);
  });

  it('preprocesses what was written for cpp, and names every file it read', async () => {
    const done = await dtc('-i', 'inc', '-O', 'dts', '-o', 'cpp.out', '-d', 'cpp.d', 'tree/cpp.dts');
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(file('cpp.out'), 'utf8')).toBe(
      '/dts-v1/;\n\n/ {\n\ty;\n\ta = <0x2a>;\n\tb = [7a 7a];\n};\n',
    );
    expect(readFileSync(file('cpp.d'), 'utf8')).toBe('cpp.out: tree/cpp.dts inc/x.h tree/y.dtsi tree/z\n');
    expect((await dtc('--define', 'X=7', '-W', 'no-name_is_string', '-O', 'dts', 'good.dts')).status).toBe(0);
  });

  it('opens what the source names, as dtc does, and only below an include root when there is one', async () => {
    expect(await dtc('-O', 'dts', 'tree/escape.dts')).toMatchObject({ status: 0, stderr: '' });
    expect(await dtc('-O', 'dts', '--include-root', '.', 'tree/escape.dts')).toMatchObject({ status: 0 });
    const refused = await dtc('-O', 'dts', '--include-root', 'tree', '-i', 'outside', 'tree/escape.dts');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('--include-root');
  });

  it('applies overlays', async () => {
    writeFileSync(file('o.dts'), '/dts-v1/;\n/plugin/;\n&{/} { b = <2>; };\n');
    await dtc('-o', 'good.dtb', 'good.dts');
    await dtc('-o', 'o.dtbo', 'o.dts');
    const text = '/dts-v1/;\n\n/ {\n\tb = <0x02>;\n\ta = <0x01>;\n};\n';
    for (const overlay of ['o.dtbo', 'o.dts'])
      for (const base of ['good.dtb', 'good.dts'])
        expect((await dtc('--overlay', overlay, '-O', 'dts', base)).stdout).toBe(text);
  });

  it('says of an overlay written out, with __overlay__ but without /plugin/, how one starts', async () => {
    writeFileSync(
      file('written-out.dts'),
      '/dts-v1/;\n/ { fragment@0 { target = <&foo>; __overlay__ { a = <1>; }; }; };\n',
    );
    const refused = await dtc('-O', 'null', 'written-out.dts');
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain('an overlay starts with "/dts-v1/; /plugin/;"');
  });

  it('takes an overlay that starts without its header for a mistake, and one that changes nothing is reported', async () => {
    writeFileSync(file('headless.dts'), '/dts-v1/;\n&u { };\n');
    const refused = await dtc('--overlay', 'headless.dts', 'good.dts');
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain('an overlay starts with "/dts-v1/; /plugin/;"');
    const nothing = await dtc('--overlay', 'good.dts', '-O', 'null', 'good.dts');
    expect(nothing).toMatchObject({ status: 0 });
    expect(nothing.stderr).toContain('changes nothing');
  });

  const recordings = new Recordings('dtc-fdtoverlay', installedVersion('fdtoverlay', '--version'));

  it(`applies source overlays to source as dtc -@ and fdtoverlay do${recordings.note}`, async () => {
    const sources = {
      base: '/dts-v1/;\n/ { u: serial { status = "disabled"; }; c: clock { }; k: k { phandle = <9>; }; };\n',
      first:
        '/dts-v1/;\n/plugin/;\n&u { status = "okay"; clocks = <&c>, <&k>; n: new { x = <&m>; }; m: m { }; };\n',
      second: '/dts-v1/;\n/plugin/;\n&n { y = <&m>, <&u>; };\n',
    };
    for (const [name, text] of Object.entries(sources)) writeFileSync(file(`${name}.dts`), text);
    const command =
      'for n in base first second; do dtc -q -@ -O dtb -o $n.dtb $n.dts; done; ' +
      'fdtoverlay -i base.dtb -o applied.dtb first.dtb second.dtb; base64 -w 0 applied.dtb';
    const applied = recordings.output(command, JSON.stringify(sources), () =>
      spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' }).stdout.trim(),
    );
    const theirs = Buffer.from(applied, 'base64');
    writeFileSync(file('applied.dtb'), theirs);
    const expected = await dtc('-I', 'dtb', '-O', 'dts', 'applied.dtb');
    const both = ['--overlay', 'first.dts', '--overlay', 'second.dts'];
    await dtc('-@', '-o', 'ours.dtb', ...both, 'base.dts');
    expect((await dtc('-I', 'dtb', '-O', 'dts', 'ours.dtb')).stdout).toBe(expected.stdout);
    await dtc('-@', '-o', 'base.dtb', 'base.dts');
    await dtc('-o', 'ours.dtb', ...both, 'base.dtb');
    expect(readFileSync(file('ours.dtb'))).toEqual(theirs);
    // Without -@ the same without the labels.
    await dtc('-o', 'ours.dtb', ...both, 'base.dts');
    const bare = (await dtc('-I', 'dtb', '-O', 'dts', 'ours.dtb')).stdout;
    const withoutLabels = expected.stdout.replace(/\n\t__symbols__ \{[^}]*\};\n/, '').replace(/\b\w: /g, '');
    expect(bare).toBe(withoutLabels);
  });

  it('reads a directory as dtc does: links are followed, what leads nowhere ends it', async () => {
    mkdirSync(file('links/n'), { recursive: true });
    writeFileSync(file('links/compatible'), 'a\0');
    writeFileSync(file('links/n/name'), 'n\0');
    symlinkSync('n', file('links/m'));
    symlinkSync('../outside/secret.dtsi', file('links/p'));
    // What dtc 1.8.1 does, which stat()s each entry: /m/name is not its name.
    expect(await dtc('-I', 'fs', '-O', 'dts', 'links')).toMatchObject({
      status: 2,
      stderr:
        '<stdout>: ERROR (name_properties): /m: "name" property is incorrect ("n" instead of base node name)\n' +
        'ERROR: Input tree has errors, aborting (use -f to force output)\n',
    });
    rmSync(file('links/n/name'));
    expect((await dtc('-I', 'fs', '-s', '-O', 'dts', 'links')).stdout).toBe(
      '/dts-v1/;\n\n/ {\n\tcompatible = "a";\n\tp = [2f 20 7b 20 73 65 63 72 65 74 3b 20 7d 3b 0a];\n\n\tm {\n\t};\n\n\tn {\n\t};\n};\n',
    );
    expect((await dtc('-I', 'fs', '--include-root', 'links', '-O', 'dts', 'links')).stderr).toContain(
      'links/p is outside',
    );
    symlinkSync('gone', file('links/q'));
    expect(await dtc('-I', 'fs', '-O', 'dts', 'links')).toMatchObject({
      status: 1,
      stderr: 'FATAL ERROR: stat(links/q): No such file or directory\n',
    });
  });

  it('says its version as dtc does, and helps', async () => {
    expect((await dtc('-v')).stdout).toMatch(/^Version: DTC 1\.8\.1 /);
    const help = await dtc('-h');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('-T, --annotate');
  });

  it('reads a directory', async () => {
    mkdirSync(file('fs/cpus/cpu@3'), { recursive: true });
    writeFileSync(file('fs/#address-cells'), Uint8Array.of(0, 0, 0, 1));
    writeFileSync(file('fs/cpus/cpu@3/reg'), Uint8Array.of(0, 0, 0, 3));
    const { stdout } = await dtc('-q', '-I', 'fs', '-O', 'dts', 'fs');
    expect(stdout).toContain('#address-cells = <0x01>;');
    expect(stdout).toContain('cpu@3 {\n\t\t\treg = <0x03>;');
    await dtc('-q', '-I', 'fs', '-O', 'dtb', '-o', 'fs.dtb', 'fs');
    // boot_cpuid_phys, the eighth word of the header: the first CPU's number.
    expect(readFileSync(file('fs.dtb')).readUInt32BE(28)).toBe(3);
  });
});
