/** The action without GitHub: a repository in a folder, and a server on this machine that answers as GitHub's API does. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MARKER } from '../../../src/cli/action/comment.ts';
import { forUpload } from '../../../src/cli/action/merge.ts';
import { type Env, runAction } from '../../../src/cli/action/run.ts';
import { faultsOf, type SarifRun } from '../../report/results/sarif-schema.ts';
import { commandsOf } from '../../report/results/workflow-commands.ts';
import { run } from '../fake-io.ts';
import { FakeApi } from './fake-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-action-'));

afterAll(() => rmSync(folder, { recursive: true }));

const bus = (ranges: string): string =>
  `vmbus {\n\tcompatible = "microsoft,vmbus";\n\t#address-cells = <2>;\n\t#size-cells = <1>;\n\tranges = <${ranges}>;\n};\n`;

const board = (inside: string): string =>
  `/dts-v1/;\n/ {\n\t#address-cells = <2>;\n\t#size-cells = <1>;\n\tcompatible = "microsoft,hyperv";\n${inside}};\n`;

const HIGH = '0x0f 0xf0000000 0x0f 0xf0000000 0x10000000';

const LOW = '0x00 0xf8000000 0x00 0xf8000000 0x6d40000';

interface Repository {
  readonly root: string;
  readonly git: (...argv: string[]) => string;
  write(name: string, text: string): void;
}

let count = 0;

function repository(): Repository {
  count += 1;
  const root = join(folder, `repository ${count}`);
  mkdirSync(root);
  const git = (...argv: string[]): string =>
    execFileSync('git', argv, {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.org',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.org',
      },
    });
  git('init', '--quiet', '--initial-branch=main');
  const write = (name: string, text: string): void => {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  };
  return { root, git, write };
}

function commit({ git }: Repository): string {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message=x');
  return git('rev-parse', 'HEAD').trim();
}

let api: FakeApi;
let url: string;

beforeEach(async () => {
  api = new FakeApi();
  url = await api.listen();
});

afterEach(() => api.close());

const FILES = /default: \|\n((?: {6}.*\n)+)/.exec(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'action.yml'), 'utf8'),
)![1]!;

/** What GitHub says of a pull request of a branch of the repository. */
const pullRequest = (base: string, more: object = {}) => ({
  pull_request: {
    number: 7,
    base: { sha: base, repo: { full_name: 'owner/name' } },
    head: { sha: 'x', repo: { full_name: 'owner/name' }, ...more },
  },
});

async function act(where: Repository, base: string, env: Env = {}, said: object = pullRequest(base)) {
  const place = mkdtempSync(join(folder, 'run-'));
  const event = join(place, 'event.json');
  writeFileSync(event, JSON.stringify(said));
  const logged: string[] = [];
  const outputs = await runAction(
    {
      GITHUB_EVENT_PATH: event,
      GITHUB_WORKSPACE: where.root,
      GITHUB_REPOSITORY: 'owner/name',
      GITHUB_API_URL: url,
      GITHUB_OUTPUT: join(place, 'output'),
      GITHUB_STEP_SUMMARY: join(place, 'summary'),
      RUNNER_TEMP: place,
      INPUT_FILES: FILES,
      INPUT_COMMENT: 'true',
      INPUT_TOKEN: 'secret',
      ...env,
    },
    (argv, cwd) => run(argv, { cwd }),
    (line) => logged.push(line),
  );
  const read = (name: string): string =>
    existsSync(join(place, name)) ? readFileSync(join(place, name), 'utf8') : '';
  const log = outputs.sarif === '' ? undefined : JSON.parse(readFileSync(outputs.sarif!, 'utf8'));
  if (log !== undefined) expect(faultsOf(log)).toEqual([]);
  return {
    outputs,
    log: logged.join('\n'),
    summary: read('summary'),
    output: read('output'),
    sarif: log?.runs[0] as SarifRun,
  };
}

describe('a pull request that puts a window over the framebuffer', () => {
  const where = repository();
  let base: string;
  beforeAll(() => {
    where.write('boards/a.dts', board(bus(HIGH)));
    where.write('boards/other.dts', board(bus(HIGH)));
    where.write('README.md', 'x');
    base = commit(where);
    where.write('boards/a.dts', board(bus(LOW)));
    where.write('boards/new.dts', board(bus(HIGH)));
    where.write('README.md', 'y');
    commit(where);
  });

  it('is reported in SARIF, at files of the repository', async () => {
    const { sarif, outputs } = await act(where, base);
    expect(outputs).toMatchObject({ files: '2', changed: 'true', worst: 'error', failed: 'false' });
    const places = sarif.results.map(({ ruleId, locations }) => [
      ruleId,
      locations[0]!.physicalLocation!.artifactLocation.uri,
    ]);
    expect(places).toContainEqual(['diff/answer-worse', 'boards/a.dts']);
    expect(places).toContainEqual(['diff/window-resized', 'boards/a.dts']);
    expect(places).toContainEqual(['diff/window-added', 'boards/new.dts']);
    expect(places).toContainEqual(['answer/depends', 'boards/a.dts']);
    // Also what is of the base is named as it is in the repository.
    expect(JSON.stringify(sarif)).not.toContain(folder);
    // What is no failure would be an alert.
    expect(places.map(([rule]) => rule)).not.toContain('answer/not-needed');
    // One run, each file and rule once in it.
    const rules = sarif.tool.driver.rules.map(({ id }) => id);
    expect(new Set(rules).size).toBe(rules.length);
  });

  it('is reported in the summary, the outputs and one comment', async () => {
    const { summary, output, log } = await act(where, base);
    expect(output).toMatch(
      /^files=2\nchanged=true\nworst=error\nsarif=.+\.sarif\nfork=false\nfailed=false\n$/,
    );
    expect(summary).toContain('| `boards/a.dts` | changed |');
    expect(summary).toContain('not-needed before, depends now');
    expect(commandsOf(log)).toEqual([]);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]!.body.startsWith(MARKER)).toBe(true);
    expect(new MarkdownIt().render(api.comments[0]!.body)).toContain('<table>');

    // Again: nothing to write. With other words: the same comment.
    await act(where, base);
    expect(api.asked.filter(({ method }) => method !== 'GET')).toHaveLength(1);
    where.write('boards/new.dts', board(bus(LOW)));
    commit(where);
    await act(where, base);
    expect(api.comments).toHaveLength(1);
    expect(api.asked.at(-1)).toMatchObject({
      method: 'PATCH',
      path: '/repos/owner/name/issues/comments/1000',
    });
  });

  it('fails the job where that is asked for', async () => {
    expect((await act(where, base, { INPUT_FAIL_ON: 'error' })).outputs.failed).toBe('true');
    expect((await act(where, base, { INPUT_FAIL_ON: 'none' })).outputs.failed).toBe('false');
  });

  it('leaves the repository as it was', async () => {
    await act(where, base);
    expect(where.git('status', '--porcelain')).toBe('');
    expect(where.git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  });
});

describe('comments', () => {
  const where = repository();
  let base: string;
  beforeAll(() => {
    where.write('a.dts', board(bus(HIGH)));
    base = commit(where);
    where.write('a.dts', board(bus(LOW)));
    commit(where);
  });

  it('of others are not touched, whatever they begin with', async () => {
    api.comments = [{ id: 1, body: `${MARKER}\nmine`, user: { login: 'mallory' } }];
    await act(where, base);
    expect(api.comments).toMatchObject([{ body: `${MARKER}\nmine` }, { id: 1001 }]);
  });

  it('are found behind a hundred others', async () => {
    api.comments = Array.from({ length: 150 }, (_, id) => ({ id, body: 'x', user: { login: 'x' } }));
    api.comments.push({ id: 500, body: `${MARKER}\nold`, user: { login: 'github-actions[bot]' } });
    await act(where, base);
    expect(api.comments).toHaveLength(151);
    expect(api.comments[150]!.body).toContain('## Firmware');
  });

  it('that may not be written are no failure', async () => {
    api.status = 403;
    const { log, summary } = await act(where, base);
    expect(log).toContain('fwmap: no comment: GET /issues/7/comments');
    expect(summary).toContain('## Firmware');
  });

  it('are no failure either where nobody answers', async () => {
    const { log, summary } = await act(where, base, { GITHUB_API_URL: 'http://127.0.0.1:9' });
    expect(log).toContain('fwmap: no comment: GET /issues/7/comments');
    expect(summary).toContain('## Firmware');
  });

  it('are not written where nothing is different', async () => {
    where.write('notes.txt', 'x');
    const head = where.git('rev-parse', 'HEAD').trim();
    commit(where);
    const { outputs, summary } = await act(where, head);
    expect(outputs).toMatchObject({ files: '0', changed: 'false', worst: 'none', sarif: '' });
    expect(summary).toContain('No firmware file differs.');
    expect(api.comments).toEqual([]);
  });

  it('that would be too long are cut', async () => {
    const nodes = Array.from(
      { length: 3000 },
      (_, at) => `\tn${at} { reg = <0x1 0x${(at * 256).toString(16)} 0x100>; };\n`,
    );
    where.write('large.dts', board(nodes.join('')));
    const head = where.git('rev-parse', 'HEAD').trim();
    commit(where);
    const { summary } = await act(where, head);
    expect(api.comments[0]!.body.length).toBeLessThanOrEqual(65_536);
    expect(api.comments[0]!.body).toContain('The rest is left out');
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    expect(summary.length).toBeGreaterThan(65_536);
  });
});

describe('files', () => {
  it('that were renamed, removed, or include what changed', async () => {
    const where = repository();
    where.write('soc/common.dtsi', bus(HIGH));
    where.write('soc/family.dtsi', '#include "common.dtsi"\n');
    where.write(
      'soc/board.dts',
      '/dts-v1/;\n/ {\n\t#address-cells = <2>;\n\t#size-cells = <1>;\n#include "family.dtsi"\n};\n',
    );
    where.write('soc/unrelated.dts', board('// include "uncommon.dtsi"\n'));
    where.write('old.dts', board(bus(HIGH)));
    where.write('gone.dts', board(`${bus(HIGH)}\tother { };\n`));
    const base = commit(where);
    where.write('soc/common.dtsi', bus(LOW));
    where.git('mv', 'old.dts', 'renamed.dts');
    where.git('rm', '--quiet', 'gone.dts');
    commit(where);
    const { summary, sarif } = await act(where, base);
    expect(summary).toContain('| `soc/board.dts` | includes what changed | 1 resized |');
    expect(summary).toContain('| `gone.dts` | removed | 1 removed |');
    expect(summary).toContain('| `renamed.dts` | changed | none |');
    expect(summary).not.toContain('unrelated');
    const removed = sarif.results.find(({ ruleId }) => ruleId === 'diff/window-removed')!;
    expect(removed.locations[0]!.physicalLocation!.artifactLocation).toMatchObject({
      uri: 'gone.dts',
      uriBaseId: '%SRCROOT%',
    });
  });

  it('whose names are hostile', async () => {
    const where = repository();
    const base = commit(where);
    const names = [
      '-o',
      '::set-output name=a::b.dts',
      '<img src=x onerror=alert(1)>|`.dts',
      '##[add-mask]x.dts',
      'a\n::error::b.dts',
      '--output=x.dts',
    ];
    for (const name of names) where.write(name.endsWith('.dts') ? name : `${name}.dts`, board(bus(LOW)));
    commit(where);
    const { log, summary, output, sarif } = await act(where, base);
    expect(commandsOf(log)).toEqual([]);
    expect(output.split('\n')).toHaveLength(7);
    expect(
      new Set(sarif.results.map(({ locations }) => locations[0]!.physicalLocation!.artifactLocation.uri))
        .size,
    ).toBe(names.length);
    const shown = new MarkdownIt({ html: true }).render(summary);
    expect(shown).not.toMatch(/<img/);
    expect(existsSync(join(where.root, 'x.dts'))).toBe(false);
  });

  it('that cannot be read are reported, and the others are looked at', async () => {
    const where = repository();
    const base = commit(where);
    where.write('bad.dtb', 'no blob');
    where.write('good.dts', board(bus(HIGH)));
    commit(where);
    const { summary, sarif } = await act(where, base);
    expect(summary).toContain('| `bad.dtb` | added | none | not read |');
    expect(summary).toContain('| `good.dts` | added | 1 added | not-needed |');
    expect(sarif.invocations[0]!.executionSuccessful).toBe(false);
  });
});

describe('what is read beside a file', () => {
  const source = (include: string): string =>
    `/dts-v1/;\n/ {\n\t#address-cells = <2>;\n\t#size-cells = <1>;\n#include ${include}\n};\n`;

  it('is anywhere in the repository, and of the base as it was there', async () => {
    const where = repository();
    where.write('common/soc.dtsi', bus(HIGH));
    where.write('include/header.dtsi', bus(HIGH));
    where.write('boards/a.dts', source('"../common/soc.dtsi"'));
    where.write('boards/b.dts', source('<header.dtsi>'));
    const base = commit(where);
    where.write('common/soc.dtsi', bus(LOW));
    where.write('include/header.dtsi', bus(LOW));
    commit(where);
    for (const args of ['-I include', '-Iinclude', '--include include', '--include=include']) {
      const { summary } = await act(where, base, { INPUT_ARGS: args });
      for (const board of ['a', 'b'])
        expect(summary).toContain(
          `| \`boards/${board}.dts\` | includes what changed | 1 resized | not-needed before, depends now |`,
        );
    }
  });

  it('is nothing outside of it', async () => {
    const secret = join(folder, 'secret.dts');
    writeFileSync(secret, board(bus(LOW)));
    const where = repository();
    where.write('boards/a.dts', board(bus(HIGH)));
    const base = commit(where);
    symlinkSync(secret, join(where.root, 'linked.dts'));
    symlinkSync(secret, join(where.root, 'boards/linked.dtsi'));
    where.write('boards/a.dts', `/dts-v1/;\n/include/ "linked.dtsi"\n`);
    where.write('boards/b.dts', `/dts-v1/;\n/include/ "${secret}"\n`);
    commit(where);
    const { summary, sarif } = await act(where, base);
    for (const name of ['linked', 'boards/a', 'boards/b'])
      expect(summary).toMatch(new RegExp(`\\| \`${name}.dts\` .* not read \\|`));
    expect(summary).toContain('It is a link that leads out of the repository.');
    for (const text of [summary, JSON.stringify(sarif)]) expect(text).not.toMatch(/f8000000/);
  });
});

describe('the base', () => {
  it('is what GitHub merged the pull request into, where the event names an older commit', async () => {
    const where = repository();
    where.write('a.dts', board(bus(HIGH)));
    const old = commit(where);
    where.git('checkout', '--quiet', '-b', 'branch');
    where.write('mine.dts', board(bus(HIGH)));
    const head = commit(where);
    where.git('checkout', '--quiet', 'main');
    where.write('a.dts', board(bus(LOW)));
    commit(where);
    where.git('merge', '--quiet', '--no-ff', '--message=x', 'branch');
    const { summary } = await act(where, old, {}, pullRequest(old, { sha: head }));
    expect(summary).toContain('`mine.dts`');
    expect(summary).not.toContain('`a.dts`');
    // A shallow clone knows the parents, but doesn't have them.
    where.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const shallow = join(folder, 'shallow merge');
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${where.root}`, shallow]);
    const there = await act({ ...where, root: shallow }, old, {}, pullRequest(old, { sha: head }));
    expect(there.summary).toBe(summary);
  });

  it('is the default branch for a branch that is new, fetched where it is not there', async () => {
    const origin = repository();
    origin.write('a.dts', board(bus(HIGH)));
    commit(origin);
    origin.git('checkout', '--quiet', '-b', 'branch');
    origin.write('a.dts', board(bus(LOW)));
    commit(origin);
    const clone = join(folder, 'pushed');
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${origin.root}`, clone]);
    const pushed = { before: '0'.repeat(40), repository: { default_branch: 'main' } };
    const { summary } = await act({ ...origin, root: clone }, '', {}, pushed);
    expect(summary).toContain('| `a.dts` | changed | 1 resized |');
    const queued = { merge_group: { base_sha: origin.git('rev-parse', 'main').trim() } };
    expect((await act(origin, '', {}, queued)).summary).toContain('| `a.dts` | changed | 1 resized |');
  });
});

it('a pull request from a fork says so', async () => {
  const where = repository();
  const base = commit(where);
  for (const repo of [{ full_name: 'other/name' }, null])
    expect((await act(where, base, {}, pullRequest(base, { repo }))).outputs.fork).toBe('true');
});

it('no more results are uploaded than are stored, worst first', () => {
  const levels = ['note', 'warning', 'error'];
  const result = (at: number) => ({
    ruleId: 'a',
    ruleIndex: 0,
    message: { text: String(at) },
    level: levels[at % 3]!,
    locations: [{}],
    relatedLocations: Array.from({ length: 200 }, () => ({})),
    partialFingerprints: {},
  });
  const run = {
    tool: { driver: { rules: [{ id: 'a' }] } },
    invocations: [{ executionSuccessful: true }],
    artifacts: [],
    results: Array.from({ length: 6000 }, (_, at) => result(at)),
  };
  const [{ results, invocations }] = forUpload({ runs: [run] }).runs;
  expect(results).toHaveLength(5000);
  expect(new Set(results.slice(0, 2000).map(({ level }) => level))).toEqual(new Set(['error']));
  expect(results[0]!.relatedLocations!.length + 1).toBe(100);
  expect(JSON.stringify(invocations)).toContain('1000 more results');
});

it('a commit that is not there is fetched', async () => {
  const origin = repository();
  origin.write('a.dts', board(bus(HIGH)));
  const base = commit(origin);
  origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  origin.write('a.dts', board(bus(LOW)));
  commit(origin);
  const shallow = join(folder, 'shallow');
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${origin.root}`, shallow]);
  const { summary } = await act({ ...origin, root: shallow }, base);
  expect(summary).toContain('| `a.dts` | changed | 1 resized |');
});

it('the process that the action starts does the same', () => {
  const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'action.cjs');
  if (!existsSync(main)) return;
  const where = repository();
  where.write('a.dts', board(bus(HIGH)));
  const base = commit(where);
  where.write('a.dts', board(bus(LOW)));
  commit(where);
  const output = join(folder, 'process-output');
  appendFileSync(output, '');
  const printed = execFileSync(process.execPath, [main], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GITHUB_WORKSPACE: where.root,
      INPUT_BASE: base,
      INPUT_FILES: '**/*.dts',
      GITHUB_OUTPUT: output,
    },
  });
  expect(printed).toContain('fwmap: a.dts: not-needed before, depends now');
  expect(statSync(output).size).toBeGreaterThan(0);
});
