/** Annotations of GitHub Actions, within its limits, and the summary of the step. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { textSource } from '../../../src/bytes/source.ts';
import { finding } from '../../../src/findings/finding.ts';
import { cutMarkdown } from '../../../src/report/formats/cut.ts';
import { renderGithub } from '../../../src/report/formats/github.ts';
import { run } from '../../cli/fake-io.ts';
import { commandsOf } from './workflow-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-github-'));
afterAll(() => rmSync(folder, { recursive: true }));
const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples');

function problems(count: number): string {
  // Every node is on a bus that passes nothing of it on: one warning each.
  const nodes = Array.from(
    { length: count },
    (_, at) => `\t\tn${at} { reg = <0x${(0x100000 + at * 16).toString(16)} 4>; };`,
  );
  return `/dts-v1/;\n/ {\n\t#address-cells = <1>;\n\t#size-cells = <1>;\n\tbus {\n\t\t#address-cells = <1>;\n\t\t#size-cells = <1>;\n\t\tranges = <0 0 0x1000>;\n${nodes.join('\n')}\n\t};\n};\n`;
}

describe('annotations', () => {
  it('have file, line and columns, from the root of the repository on', async () => {
    mkdirSync(join(folder, 'repo', '.git'), { recursive: true });
    mkdirSync(join(folder, 'repo', 'dts'), { recursive: true });
    writeFileSync(join(folder, 'repo', 'dts', 'a,b:100%.dts'), problems(1));
    const { stdout, status } = await run(['windows', 'a,b:100%.dts', '-f', 'github'], {
      cwd: join(folder, 'repo', 'dts'),
    });
    expect(status).toBe(0);
    const [command, ...others] = commandsOf(stdout);
    expect(others).toEqual([]);
    const line = problems(1).split('\n')[8]!;
    expect(command).toMatchObject({
      name: 'warning',
      properties: {
        file: 'dts/a,b:100%.dts',
        line: '9',
        col: String(line.indexOf('<0x') + 1),
        endColumn: String(line.indexOf('>;') + 1),
        title: 'dt/reg-outside-ranges',
      },
    });
    expect(command!.data).toContain('/bus/n0: reg[0] at 0x100000');
  });

  it('are ten of a level at most, the worst first; the rest is counted', async () => {
    writeFileSync(join(folder, 'many.dts'), problems(23));
    const summary = join(folder, 'summary.md');
    const { stdout } = await run(['windows', 'many.dts', '-f', 'github'], {
      cwd: folder,
      env: { GITHUB_STEP_SUMMARY: summary },
    });
    expect(commandsOf(stdout)).toHaveLength(10);
    expect(stdout).toMatch(/^fwmap: 13 warnings more, listed in the job summary$/m);
    // All of them are there.
    const written = readFileSync(summary, 'utf8');
    for (let at = 0; at < 23; at += 1) expect(written).toContain(`/bus/n${at}\``);

    const span = { source: textSource('x.dts', 'text'), start: 0, end: 1 };
    const log = renderGithub(
      {
        inputs: [],
        results: [
          finding('answer/claim', { says: 'note' }, { span }),
          ...Array.from({ length: 12 }, () => finding('answer/needed', { says: 'warning' }, { span })),
          finding('answer/framebuffer-unprotected', { says: 'error' }, { span }),
        ],
      },
      {},
    );
    expect(commandsOf(log).map(({ name }) => name)).toEqual([
      'error',
      ...Array(10).fill('warning'),
      'notice',
    ]);
    expect(log).toContain('fwmap: 2 warnings more');
  });

  it('have no line that an input made', () => {
    const text = 'a\n::set-output name=x::y\r::error::z%0A::add-mask::q\u2028\u001b[31m';
    const span = { source: textSource(`x\n::error::,:%.dts`, text), start: 0, end: text.length };
    const log = renderGithub(
      { inputs: [], results: [finding('answer/needed', { says: text }, { span, path: `/${text}` })] },
      {},
    );
    expect(log.split('\n')).toHaveLength(2);
    const [command, ...others] = commandsOf(log);
    expect(others).toEqual([]);
    expect(command!.properties.file).toBe('x\\x0a::error::,:%.dts');
    expect(command!.data).toContain(
      'a\\x0a::set-output name=x::y\\x0d::error::z%0A::add-mask::q\\u{2028}\\x1b[31m',
    );
  });

  it('say why there is no answer', async () => {
    const { stdout, status } = await run(['sysfb', 'nowhere.dts', '-f', 'github'], { cwd: folder });
    expect(status).toBe(2);
    expect(commandsOf(stdout)).toMatchObject([{ name: 'error', properties: { title: 'fwmap' } }]);
    expect(stdout).toContain('nowhere.dts');
  });

  it('of a binary file have no line', async () => {
    const { stdout } = await run(['sysfb', 'gen2-dsdt.aml', '-f', 'github'], { cwd: SAMPLES });
    expect(commandsOf(stdout)).toMatchObject([
      { name: 'warning', properties: { file: 'samples/gen2-dsdt.aml', title: 'answer/depends' } },
    ]);
    expect(stdout).not.toContain('line=');
  });
});

describe('the summary of a step', () => {
  it('is added to what is there, and never gets too large', async () => {
    writeFileSync(join(folder, 'many.dts'), problems(400));
    const summary = join(folder, 'large.md');
    const before = 'x'.repeat(1024 * 1024 - 6000);
    writeFileSync(summary, before);
    const once = () =>
      run(['windows', 'many.dts', '-f', 'github'], { cwd: folder, env: { GITHUB_STEP_SUMMARY: summary } });
    expect((await once()).status).toBe(0);
    expect(readFileSync(summary, 'utf8').startsWith(`${before}`)).toBe(true);
    expect(readFileSync(summary, 'utf8')).toContain('The rest is left out');
    expect((await once()).status).toBe(0);
    expect(statSync(summary).size).toBeLessThan(1024 * 1024);
  });

  it('that can be no file is an error', async () => {
    const { status, stderr } = await run(['sysfb', 'openhcl-vtl2.dts', '-f', 'github'], {
      cwd: SAMPLES,
      env: { GITHUB_STEP_SUMMARY: join(folder, 'nowhere', 'summary.md') },
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('GITHUB_STEP_SUMMARY')]);
  });
});

describe('Markdown that is cut', () => {
  const text = [
    '## Title',
    '',
    '<details>',
    '<summary>More</summary>',
    '',
    '```text',
    'a',
    'b',
    'c',
    '```',
    '',
    '</details>',
    '',
  ].join('\n');

  it('is whole where it fits', () => {
    expect(cutMarkdown(text, text.length)).toBe(text);
  });

  it.each(Array.from({ length: text.length - 60 }, (_, at) => at + 60))(
    'to %i bytes has nothing open',
    (most) => {
      const cut = cutMarkdown(text, most);
      expect(cut.length).toBeLessThanOrEqual(Math.max(most, 60));
      expect((cut.match(/^```/gm) ?? []).length % 2).toBe(0);
      expect((cut.match(/<details>/g) ?? []).length).toBe((cut.match(/<\/details>/g) ?? []).length);
    },
  );
});
