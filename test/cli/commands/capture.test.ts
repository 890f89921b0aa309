/** `fwmap capture`: the script collects a faked root under several shells, masks what is personal, and is read back. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAPTURE_SCRIPT } from '../../../src/cli/capture/script.ts';
import { hasProgram } from '../../containers/pack.ts';
import { run } from '../fake-io.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples');
const scratch = mkdtempSync(join(tmpdir(), 'fwmap-capture-test-'));
const script = join(scratch, 'capture.sh');
const x86 = join(scratch, 'x86');
const tree = join(scratch, 'tree');
afterAll(() => rmSync(scratch, { recursive: true }));

function put(root: string, path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A table that is a header and some bytes. */
function table(signature: string, rest = ''): Buffer {
  const made = Buffer.alloc(36 + rest.length);
  made.write(signature, 'latin1');
  made.writeUInt32LE(made.length, 4);
  made.write(rest, 36, 'latin1');
  return made;
}

/** What must not leave the machine, by where it is. */
const PERSONAL = {
  licence: 'XKEY1-ABCDE-98765-KEYKE-YKEY9',
  serial: 'VMSERIAL0815',
  uuid: '4c4c4544-0042-3510-8052-b4c04f4e4d32',
  mac: '00:15:5d:0a:0b:0c',
  host: 'gopher17',
  monitor: 'MONITORSN42',
  treeSerial: 'BOARD-SN-7',
  machineId: '0123456789abcdef0123456789abcdef',
};

const RELEASE = '6.12.60';
const LOG = [
  '[    0.000000] Linux version 6.12.60 (a@b) (gcc) #1 SMP',
  `[    0.000000] Command line: root=UUID=${PERSONAL.uuid} quiet`,
  '[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable',
  '[    0.000000] efi: EFI v2.7 by Microsoft',
  '[    0.000000] DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 11/21/2024',
  '[    0.000000] Hypervisor detected: Microsoft Hyper-V',
  `[    1.000000] hv_netvsc ${PERSONAL.uuid} eth0: VF slot 1 added`,
  `[    1.100000] eth0: MAC ${PERSONAL.mac}: link up`,
  `[    1.200000] usb 1-1: SerialNumber: ${PERSONAL.serial}`,
  `[    2.000000] systemd[1]: Hostname set to <${PERSONAL.host}>.`,
  `[    2.100000] systemd[1]: Initializing machine ID ${PERSONAL.machineId} from VM UUID.`,
  '',
].join('\n');

function zeroPage(): Buffer {
  const page = Buffer.alloc(4096);
  page.write('HdrS', 0x202, 'latin1');
  page.write(PERSONAL.monitor, 0x140 + 90, 'latin1');
  // One entry of RAM.
  page[0x1e8] = 1;
  page.writeBigUInt64LE(0x9fc00n, 0x2d8);
  page.writeUInt32LE(1, 0x2e0);
  return page;
}

beforeAll(() => {
  writeFileSync(script, CAPTURE_SCRIPT);
  const tables = 'sys/firmware/acpi/tables';
  put(x86, `${tables}/DSDT`, readFileSync(join(SAMPLES, 'gen2-dsdt.aml')));
  put(x86, `${tables}/MSDM`, table('MSDM', PERSONAL.licence));
  put(x86, `${tables}/dynamic/SSDT1`, table('SSDT'));
  put(x86, 'proc/iomem', '00001000-0009ffff : System RAM\nf8000000-ffffffff : PCI Bus 0000:00\n');
  put(x86, 'proc/ioports', '0000-0cf7 : PCI Bus 0000:00\n');
  put(x86, 'proc/cmdline', `root=UUID=${PERSONAL.uuid} quiet\n`);
  put(x86, 'proc/sys/kernel/hostname', `${PERSONAL.host}\n`);
  put(x86, 'proc/sys/kernel/osrelease', `${RELEASE}\n`);
  put(x86, 'proc/sys/kernel/version', '#1 SMP PREEMPT_DYNAMIC\n');
  put(x86, 'proc/config.gz', gzipSync('CONFIG_64BIT=y\nCONFIG_HYPERV=y\n# CONFIG_SYSFB is not set\n'));
  put(x86, 'var/log/dmesg', LOG);
  put(x86, 'sys/kernel/boot_params/data', zeroPage());
  put(x86, 'sys/firmware/efi/fw_platform_size', '64\n');
  for (const [index, [start, end, type]] of [
    ['0x0', '0x9fbff', 'System RAM'],
    ['0xf8000000', '0xffffffff', 'Reserved'],
  ].entries())
    for (const [name, text] of Object.entries({ start, end, type }))
      put(x86, `sys/firmware/memmap/${index}/${name}`, `${text}\n`);
  const device = 'sys/bus/pci/devices/7870:00:00.0';
  put(x86, `${device}/class`, '0x020000\n');
  put(x86, `${device}/vendor`, '0x1414\n');
  put(x86, `${device}/device`, '0x00ba\n');
  const nothing = '0x0000000000000000 0x0000000000000000 0x0000000000000000\n';
  put(
    x86,
    `${device}/resource`,
    `0x00000fc000000000 0x00000fc001ffffff 0x000000000014220c\n${nothing.repeat(12)}`,
  );
  put(x86, 'sys/bus/pnp/devices/00:00/id', 'PNP0501\n');
  put(x86, 'sys/bus/pnp/devices/00:00/resources', 'state = active\nio 0x3f8-0x3ff\nirq 4\n');
  put(x86, 'sys/bus/pnp/devices/00:00/firmware_node/path', '\\_SB_.UAR1\n');
  put(x86, 'pnp-list', 'pnp 00:00 id=PNP0501 acpi=\\_SB_.UAR1\nstate = active\nio 0x3f8-0x3ff\nirq 4\n');

  const base = 'sys/firmware/devicetree/base';
  put(tree, `${base}/#address-cells`, Buffer.of(0, 0, 0, 2));
  put(tree, `${base}/#size-cells`, Buffer.of(0, 0, 0, 2));
  put(tree, `${base}/compatible`, 'microsoft,hyperv\0');
  put(tree, `${base}/serial-number`, `${PERSONAL.treeSerial}\0`);
  put(tree, `${base}/chosen/bootargs`, `ip=${PERSONAL.mac} root=UUID=${PERSONAL.uuid}\0`);
  put(tree, `${base}/chosen/rng-seed`, 'SEEDSEED');
  put(tree, `${base}/bus/ranges`, '');
  put(tree, `${base}/bus/#address-cells`, Buffer.of(0, 0, 0, 2));
  put(tree, `${base}/bus/#size-cells`, Buffer.of(0, 0, 0, 1));
  put(tree, `${base}/bus/vmbus/compatible`, 'microsoft,vmbus\0');
  put(tree, `${base}/bus/vmbus/#address-cells`, Buffer.of(0, 0, 0, 2));
  put(tree, `${base}/bus/vmbus/#size-cells`, Buffer.of(0, 0, 0, 1));
  put(tree, `${base}/bus/vmbus/ranges`, Buffer.from('0000000ff00000000000000ff000000010000000', 'hex'));
  put(tree, 'proc/iomem', '00000000-ffffffff : System RAM\n');
});

interface Shell {
  readonly name: string;
  readonly path: string;
  readonly words: readonly string[];
}

/** The shells that are here; busybox's with nothing but its own programs, or without tar. */
function shells(): Shell[] {
  const path = process.env.PATH ?? '';
  const found: Shell[] = ['dash', 'bash']
    .filter(hasProgram)
    .map((name) => ({ name, path, words: name === 'bash' ? [name, '--posix'] : [name] }));
  if (hasProgram('busybox')) {
    for (const name of ['busybox', 'busybox without tar']) {
      const folder = join(scratch, name.replaceAll(' ', '-'));
      mkdirSync(folder, { recursive: true });
      spawnSync('busybox', ['--install', '-s', folder]);
      if (name !== 'busybox') rmSync(join(folder, 'tar'), { force: true });
      found.push({ name, path: folder, words: [join(folder, 'ash')] });
    }
  }
  return found;
}

function capture(shell: Shell, root: string, out: string, ...more: string[]) {
  const [program = '', ...words] = shell.words;
  return spawnSync(program, [...words, script, '--root', root, '-o', out, ...more], {
    cwd: scratch,
    encoding: 'utf8',
    env: { PATH: shell.path, TMPDIR: scratch },
  });
}

async function windowsOf(...inputs: string[]) {
  const { status, stdout, stderr } = await run(['windows', '--format', 'json', ...inputs]);
  expect([status, stderr]).toEqual([0, '']);
  const { windows } = JSON.parse(stdout) as { windows: Record<string, unknown>[] };
  return windows.map(({ role, space, base, size, when, expressions, origin }) => ({
    ...{ role, space, base, size, when, expressions },
    path: (origin as { path: string }).path,
  }));
}

async function answerOf(...inputs: string[]) {
  const { stdout } = await run(['sysfb', '--format', 'json', ...inputs]);
  const { answer, effective, hazard, conditions, machine, kernel, framebuffer } = JSON.parse(stdout);
  return { answer, effective, hazard, conditions, machine, kernel, framebuffer };
}

describe.each(shells())('under $name', (shell) => {
  const out = join(scratch, `${shell.name.replaceAll(' ', '-')}.tar`);

  test('tables, listings, log, configuration: read back they answer as the pieces do', async () => {
    const { status, stderr } = capture(shell, x86, out);
    expect([status, stderr.trim().split('\n').at(-1)]).toEqual([0, `capture: wrote ${out}, 11 inputs`]);
    const { stdout, stderr: said } = await run(['sysfb', '--format', 'json', out]);
    expect(said).toBe('');
    const { inputs } = JSON.parse(stdout) as { inputs: { kind: string }[] };
    expect(inputs.map(({ kind }) => kind).sort()).toEqual(
      [
        'acpi-dir',
        'boot-params',
        'crs-text',
        'dmesg',
        'dmesg',
        'iomem',
        'kconfig',
        'lspci',
        'memmap',
        'uname',
      ].sort(),
    );
    const pieces = [
      'sys/firmware/acpi/tables',
      'proc/iomem',
      'proc/config.gz',
      'var/log/dmesg',
      'sys/kernel/boot_params/data',
      'pnp-list',
    ].map((path) => join(x86, path));
    expect(await windowsOf(out)).toEqual(await windowsOf(...pieces));
    const answer = await answerOf(out);
    expect(answer).toEqual(await answerOf(...pieces));
    expect(answer.kernel.release).toBe(RELEASE);
    // Every form of archive is the same machine.
    const folder = join(scratch, 'folder');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    if (spawnSync('tar', ['-xf', out, '-C', folder]).status === 0)
      expect(await answerOf(folder)).toEqual(answer);
    writeFileSync(`${out}.gz`, gzipSync(readFileSync(out)));
    expect(await answerOf(`${out}.gz`)).toEqual(answer);
  });

  test('a device tree', async () => {
    expect(capture(shell, tree, out).status).toBe(0);
    expect(await windowsOf(out)).toEqual(await windowsOf(join(tree, 'sys/firmware/devicetree/base')));
    expect((await answerOf(out)).answer).toBe('not-needed');
  });

  test('what is personal stays, unless all is to be kept', () => {
    for (const root of [x86, tree]) {
      expect(capture(shell, root, out).status).toBe(0);
      const masked = readFileSync(out, 'latin1');
      for (const [what, text] of Object.entries(PERSONAL))
        expect([what, masked.includes(text)]).toEqual([what, false]);
      expect(masked).not.toContain('SEEDSEED');
    }
    expect(capture(shell, x86, out, '--keep-all').status).toBe(0);
    const kept = readFileSync(out, 'latin1');
    for (const what of ['licence', 'serial', 'uuid', 'mac', 'host', 'monitor', 'machineId'] as const)
      expect([what, kept.includes(PERSONAL[what])]).toEqual([what, true]);
  });

  test('what cannot be read is a gap', async () => {
    const broken = join(scratch, 'broken');
    rmSync(broken, { recursive: true, force: true });
    cpSync(x86, broken, { recursive: true });
    // Root may read everything; an empty file is what a failed read leaves.
    writeFileSync(join(broken, 'sys/firmware/acpi/tables/dynamic/SSDT1'), '');
    chmodSync(join(broken, 'sys/firmware/acpi/tables/dynamic/SSDT1'), 0);
    expect(capture(shell, broken, out).stderr).toContain('capture: cannot read');
    const { stderr } = await run(['windows', out]);
    expect(stderr).toMatch(
      /The capture lacks \S*SSDT1, which could not be read \[artifact\/capture-not-read\]/,
    );
  });
});

test.skipIf(!hasProgram('mkdir'))('a machine that shows nothing gives no file that looks like one', () => {
  const empty = join(scratch, 'empty');
  mkdirSync(empty, { recursive: true });
  const { status, stderr } = spawnSync('sh', [script, '--root', empty, '-o', join(scratch, 'empty.tar')], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('nothing of this machine can be read');
});

test('fwmap capture prints it, and --live reads this machine with it', async () => {
  expect((await run(['capture'])).stdout).toBe(CAPTURE_SCRIPT);
  const { status, stdout, stderr } = await run(['sysfb', '--live', '--format', 'json']);
  // A container may show nothing at all.
  if (status === 0) expect(JSON.parse(stdout).inputs[0].path).toBe('<live>');
  else expect(stderr).toContain('--live: ');
});
