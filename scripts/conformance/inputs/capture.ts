/**
 * `npm run conformance -- capture [KERNEL]`: the script of `fwmap capture` in a Linux guest under QEMU. The guest has
 * busybox and nothing else; it sends the capture over a serial line, and by itself the files that the capture is made
 * of. Read back, both give the same windows and the same answer. A table that is added to the guest's own declares a
 * VMBus device, so that there is something to ask; what is personal in the guest is not in the capture.
 *
 * KERNEL is a bzImage that has a serial console and ACPI built in; without one, Debian's package of a kernel for
 * virtual machines is downloaded with apt-get, into a folder that is removed again. Needs qemu-system-x86_64, busybox
 * (statically linked) and iasl.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CAPTURE_SCRIPT } from '../../../src/cli/capture/script.ts';
import { run as fwmap } from '../../../test/cli/fake-io.ts';

/** A guest without acceleration takes its time. */
const GUEST_TIMEOUT = 120_000;

const UUID = '4c4c4544-0042-3510-8052-b4c04f4e4d32';
const SERIAL = 'VMSERIAL0815';
const MAC = '52:54:00:ab:cd:ef';
const HOST = 'gopher17';

/** The device that the question is about, with a window. */
const VMBUS = `DefinitionBlock ("", "SSDT", 2, "FWMAP", "CAPTURE", 1) {
  Device (\\_SB.VMBS) {
    Name (_HID, "MSFT1000")
    Name (_CID, "VMBus")
    Name (_CRS, ResourceTemplate () {
      DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
        0, 0xF8000000, 0xF8FFFFFF, 0, 0x01000000)
    })
  }
}`;

/** What is captured, by the guest's paths. */
const PIECES = ['proc/iomem', 'sys/kernel/boot_params/data', 'proc/version'];

const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/bin
hostname ${HOST}
stty -F /dev/ttyS1 raw
cd /tmp
sh /capture.sh -o capture.tar
mkdir -p pieces/tables/dynamic
for file in ${PIECES.join(' ')}; do cat /$file > pieces/$(echo $file | tr / -); done
for file in /sys/firmware/acpi/tables/*; do [ -f $file ] && cat $file > pieces/tables/$(basename $file); done
rmdir pieces/tables/dynamic
dmesg > pieces/dmesg
rm pieces/proc-version
tar -cf pieces.tar pieces
tar -czf - capture.tar pieces.tar | base64 > /dev/ttyS1
sync
poweroff -f
`;

function kernelIn(folder: string): string {
  const meta = 'linux-image-cloud-amd64';
  const depends = execFileSync('apt-cache', ['depends', meta], { encoding: 'utf8' });
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1] ?? meta;
  execFileSync('apt-get', ['download', '-qq', name], { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  const file = readdirSync(folder).find((entry) => entry.endsWith('.deb'))!;
  execFileSync('dpkg-deb', ['-x', file, 'kernel'], { cwd: folder });
  const boot = join(folder, 'kernel/boot');
  return join(boot, readdirSync(boot).find((entry) => entry.startsWith('vmlinuz'))!);
}

function initramfsIn(folder: string): string {
  const root = join(folder, 'root');
  mkdirSync(join(root, 'bin'), { recursive: true });
  cpSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(root, 'bin/busybox'));
  writeFileSync(join(root, 'capture.sh'), CAPTURE_SCRIPT);
  writeFileSync(join(root, 'init'), INIT);
  chmodSync(join(root, 'init'), 0o755);
  const made = join(folder, 'initramfs');
  const { stdout } = spawnSync('sh', ['-c', 'find . | busybox cpio -o -H newc'], {
    cwd: root,
    maxBuffer: 1 << 28,
  });
  writeFileSync(made, stdout);
  return made;
}

function guest(folder: string, kernel: string): void {
  writeFileSync(join(folder, 'vmbus.asl'), VMBUS);
  execFileSync('iasl', ['-p', join(folder, 'vmbus'), join(folder, 'vmbus.asl')], { stdio: 'ignore' });
  const { error, status } = spawnSync(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', '-m', '512', '-no-reboot', '-display', 'none', '-vga', 'std'],
      ...[
        '-uuid',
        UUID,
        '-smbios',
        `type=1,serial=${SERIAL}`,
        '-acpitable',
        `file=${join(folder, 'vmbus.aml')}`,
      ],
      ...['-netdev', 'user,id=n', '-device', `e1000,netdev=n,mac=${MAC}`],
      ...['-kernel', kernel, '-initrd', initramfsIn(folder)],
      ...['-append', `console=ttyS0 panic=-1 ip=off root=UUID=${UUID} netdev=${MAC}`],
      ...['-serial', `file:${join(folder, 'console')}`, '-serial', `file:${join(folder, 'sent')}`],
    ],
    { timeout: GUEST_TIMEOUT, stdio: 'ignore' },
  );
  if (error !== undefined || status !== 0) throw new Error(`the guest does not end: ${error ?? status}`);
}

type Window = Record<string, unknown> & { readonly origin: { readonly path: string } };

/** What must be the same, however the inputs came. */
async function seen(input: string) {
  const windows = await fwmap(['windows', '--format', 'json', input]);
  const answer = await fwmap(['sysfb', '--format', 'json', input]);
  const listed = (JSON.parse(windows.stdout) as { windows: Window[] }).windows;
  const {
    answer: word,
    effective,
    hazard,
    conditions,
    machine,
    pool,
    framebuffer,
  } = JSON.parse(answer.stdout);
  return {
    windows: listed.map(({ space, role, base, size, when, origin }) =>
      JSON.stringify({ space, role, base, size, when, device: origin.path }),
    ),
    answer: JSON.stringify({ word, effective, hazard, conditions, machine, framebuffer, pool: pool.length }),
    release: JSON.parse(answer.stdout).kernel.release as string,
    stderr: windows.stderr + answer.stderr,
  };
}

export async function run(args: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-guest-'));
  const counts = { passed: 0, failed: 0 };
  const check = (what: string, holds: boolean, detail = ''): void => {
    counts[holds ? 'passed' : 'failed'] += 1;
    console.log(`${holds ? 'ok' : 'FAIL'}  ${what}${holds || detail === '' ? '' : `: ${detail}`}`);
  };
  try {
    guest(folder, args[0] === undefined ? kernelIn(folder) : resolve(args[0]));
    const sent = gunzipSync(Buffer.from(readFileSync(join(folder, 'sent'), 'latin1'), 'base64'));
    execFileSync('tar', ['-xf', '-', '-C', folder], { input: sent });
    const captured = join(folder, 'capture.tar');
    const [capture, pieces] = [await seen(captured), await seen(join(folder, 'pieces.tar'))];
    console.log(`Linux ${capture.release}: ${capture.windows.length} windows, ${capture.answer}`);
    check('the capture is read without a complaint', capture.stderr === '', capture.stderr);
    check(
      'windows as from the pieces',
      capture.windows.join('\n') === pieces.windows.join('\n'),
      `${capture.windows.length} and ${pieces.windows.length}`,
    );
    check(
      'the VMBus device is among them',
      capture.windows.some((line) => line.includes('VMBS')),
    );
    check(
      'answer as from the pieces',
      capture.answer === pieces.answer,
      `${capture.answer}, ${pieces.answer}`,
    );
    const text = readFileSync(captured, 'latin1');
    for (const personal of [UUID, SERIAL, MAC, HOST])
      check(`${personal} is not in it`, !text.includes(personal));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 ? 0 : 1;
}
