/** The command as a process: pipes, exit statuses, what is there when the reader goes away. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const NODE = process.execPath;
const COMMAND = ['--import', 'tsx', join(ROOT, 'src', 'cli', 'main.ts')];
const SEED = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n';
const OPENHCL = join(ROOT, 'samples', 'openhcl-vtl2.dts');

function fwmap(argv: readonly string[], input = '') {
  return spawnSync(NODE, [...COMMAND, ...argv], { cwd: ROOT, input, encoding: 'utf8', maxBuffer: 64 << 20 });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', resolve));
}

describe('the process', () => {
  test('reads standard input and answers', () => {
    const { status, stdout, stderr } = fwmap(['sysfb', '-'], SEED);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('not needed');
  });

  test('exit statuses get out', () => {
    expect(fwmap(['--exit-code', join(ROOT, 'samples', 'low-window-framebuffer.dts')]).status).toBe(1);
    const missing = fwmap(['no-such-file']);
    expect([missing.status, missing.stdout]).toEqual([2, '']);
    expect(missing.stderr).toBe('fwmap: cannot read no-such-file: No such file or directory\n');
    expect(fwmap(['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const help = fwmap(['--help']);
    expect(help.status).toBe(0);
    for (const command of ['sysfb', 'windows', 'resources', 'explain'])
      expect(help.stdout).toContain(`fwmap ${command}`);
  });

  test('writes everything through a slow pipe', async () => {
    // More than a pipe holds (64 KiB): the reader takes it in small pieces.
    const many = Array.from(
      { length: 2000 },
      (_, index) => `0x0 0x${(index * 4096).toString(16)} 0x0 0x${(index * 4096).toString(16)} 0x1000`,
    );
    const child = spawn(NODE, [...COMMAND, 'windows', '--cells', '2,2,1', '--format', 'json', '-'], {
      cwd: ROOT,
    });
    child.stdin.end(`ranges = <${many.join(' ')}>;\n`);
    let text = '';
    child.stdout.setEncoding('utf8');
    const finished = ended(child);
    for await (const piece of child.stdout) {
      text += piece;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await finished).toBe(0);
    expect(JSON.parse(text).windows).toHaveLength(2000);
  });

  test('a reader that goes away is no error and no trace', async () => {
    const child = spawn(NODE, [...COMMAND, 'resources', OPENHCL], { cwd: ROOT });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const finished = ended(child);
    child.stdout.destroy();
    expect(await finished).toBe(0);
    expect(errors).toBe('');
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is an error (skipped without /dev/full)', () => {
    const { status, stderr } = fwmap(['windows', OPENHCL, '--output', '/dev/full']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^fwmap: cannot write \/dev\/full: No space left on device\n$/);
  });
});
