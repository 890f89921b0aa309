/** What is different on a terminal, seen on one: the pager, progress, colours, the width. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_TERMINALS, isInstalled, Terminal } from '../terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const FWMAP = `'${process.execPath}' --import tsx src/cli/main.ts`;
const folder = mkdtempSync(join(tmpdir(), 'fwmap-terminals-'));
afterAll(() => rmSync(folder, { recursive: true }));
const MANY = join(folder, 'many.dtsi');
const SHORT = 'samples/seed-line.dtsi';

beforeAll(() => {
  // Some hundred KiB of report: more than a pipe holds.
  const entries = Array.from(
    { length: 4000 },
    (_, index) => `0x0 0x${(index * 8192).toString(16)} 0x0 0x${(index * 8192).toString(16)} 0x1000`,
  );
  writeFileSync(MANY, `ranges = <${entries.join(' ')}>;\n`);
});

/** Runs a command line on a terminal to its end. */
async function onTerminal(line: string, env: Readonly<Record<string, string>> = {}) {
  const terminal = new Terminal(`${line}; echo "status $?"`, { cwd: ROOT, env: { NO_COLOR: '1', ...env } });
  const text = await terminal.until(/status \d+\n/);
  terminal.close();
  return { text: text.replace(/status (\d+)\n$/, ''), status: Number(/status (\d+)\n$/.exec(text)?.[1]) };
}

describe.skipIf(!HAS_TERMINALS)('on a terminal (skipped without script)', () => {
  describe('the pager', () => {
    const long = `${FWMAP} windows --cells 2,2,1 --all '${MANY}'`;

    test('shows what is longer than the terminal', async () => {
      const { text, status } = await onTerminal(long, { PAGER: "sed -n 's/^/paged: /; 1,3p'" });
      expect(status).toBe(0);
      expect(text.match(/paged: /g)).toHaveLength(3);
    }, 60_000);

    test('does not show what fits', async () => {
      const { text } = await onTerminal(`${FWMAP} windows ${SHORT}`, { PAGER: "sed 's/^/paged: /'" });
      expect(text).toContain('[mem 0xff0000000-0xfffffffff]');
      expect(text).not.toContain('paged: ');
    }, 60_000);

    test.each([
      ['--no-pager', '--no-pager', { PAGER: 'echo paged' }],
      ['PAGER=', '', { PAGER: '' }],
      ['PAGER=cat', '', { PAGER: 'cat' }],
      ['a pager that there is not', '', { PAGER: 'no-such-pager' }],
    ])(
      '%s: everything is printed',
      async (_name, option, env) => {
        const { text, status } = await onTerminal(`${long} ${option} | tail -n 1`, env);
        expect([status, text.includes('paged')]).toEqual([0, false]);
        const direct = await onTerminal(`${long} ${option}`, env);
        expect(direct.status).toBe(0);
        // 3999 * 8192 = 0x1f3e000.
        expect(direct.text).toContain('0x01f3e000');
      },
      90_000,
    );

    test('FWMAP_PAGER goes before PAGER; LESS is as git sets it unless it is set', async () => {
      const asked = 'cat >/dev/null; echo "LESS=$LESS"';
      const first = await onTerminal(long, { PAGER: 'echo other', FWMAP_PAGER: asked });
      expect(first.text).toMatch(/^LESS=FRX$/m);
      expect(first.text).not.toContain('other');
      expect((await onTerminal(long, { PAGER: asked, LESS: '-S' })).text).toMatch(/^LESS=-S$/m);
    }, 60_000);

    test('one that leaves early is no error, and nothing is printed after it', async () => {
      const { text, status } = await onTerminal(long, { PAGER: 'head -n 2' });
      expect(status).toBe(0);
      expect(text.trimEnd().split('\n').length).toBeLessThan(8);
    }, 60_000);

    test.skipIf(!isInstalled('less'))(
      'less: q leaves it, Ctrl-C does not (skipped without less)',
      async () => {
        const terminal = new Terminal(`trap : INT; ${long}; echo "status $?"`, {
          cwd: ROOT,
          env: { NO_COLOR: '1', PAGER: 'less' },
        });
        try {
          await terminal.until(/\[mem 0x00000000/);
          terminal.type('\x03');
          // The signal throws away what was typed and not read.
          await new Promise((resolve) => setTimeout(resolve, 1000));
          terminal.type('G');
          await terminal.until(/0x01f3e000/);
          terminal.type('q');
          expect(await terminal.until(/status \d+\n/)).toContain('status 0\n');
        } finally {
          terminal.close();
        }
      },
      60_000,
    );
  });

  describe.skipIf(!existsSync(join(ROOT, 'dist', 'progress-thread.cjs')))(
    'progress (skipped before npm run build)',
    () => {
      test('is shown after half a second, and gone in the end', async () => {
        const [early, late] = [join(folder, 'early'), join(folder, 'late')] as const;
        execFileSync('mkfifo', [early, late]);
        // Pipes that deliver late: when the second is opened a second is gone, and its reader waits for three.
        const terminal = new Terminal(
          `(sleep 1; cat ${SHORT}) >'${early}' & (sleep 6; cat ${SHORT}) >'${late}' & ` +
            `${FWMAP} windows --no-pager '${early}' '${late}'; echo "status $?"`,
          { cwd: ROOT, env: { NO_COLOR: '1' } },
        );
        try {
          await terminal.until(/reading .*late/);
          expect(await terminal.until(/status \d+\n/)).toContain('[mem 0xff0000000-0xfffffffff]');
          // The line is empty when the report begins, and the cursor was never hidden.
          expect(terminal.raw).toMatch(/\r\x1b\[K[^\r\n]*late/);
          expect(terminal.raw).not.toContain('\x1b[?25l');
        } finally {
          terminal.close();
        }
      }, 60_000);

      test('nothing of it where standard error is no terminal', async () => {
        const errors = join(folder, 'errors');
        const { status } = await onTerminal(`${FWMAP} scan '${MANY}' 2>'${errors}'`);
        expect(status).toBe(0);
        expect(readFileSync(errors, 'utf8')).toBe('');
        const piped = spawnSync('sh', ['-c', `${FWMAP} windows ${SHORT}`], { cwd: ROOT, encoding: 'utf8' });
        expect(piped.stderr).toBe('');
      }, 60_000);
    },
  );

  test('colours are shown, and not with NO_COLOR', async () => {
    const shown = (env: string): string =>
      spawnSync('script', ['-qefc', `${env} ${FWMAP} sysfb ${SHORT}`, '/dev/null'], {
        cwd: ROOT,
        env: { PATH: process.env.PATH, TERM: 'xterm' },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 30_000,
      }).stdout;
    // Select Graphic Rendition; a slow machine shows progress as well, with sequences that aren't colours.
    const colour = /\x1b\[[\d;]*m/;
    expect(shown('env')).toMatch(colour);
    expect(shown('env NO_COLOR=1')).not.toMatch(colour);
  }, 60_000);
});
