/** Examples of what the command is made of: patches, kernels, limits, pages, surveys. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as fwmap from '../../../src/index.ts';
import { type Examples, gen2, LINE, PLAIN, SAMPLES, seed } from './made.ts';

/** In place of dist/core.js and dist/page.js, which the build makes. */
const BUNDLES = { core: 'const a=1;export{a as b};', ui: '' };

/** The line that was quoted on the list, opened. */
/** A page on which the line was dropped. */
async function droppedLine() {
  const { carried } = await fwmap.page.withDropped(fwmap.page.NO_MACHINE, '', [
    { name: 'mail.txt', bytes: LINE },
  ]);
  return carried;
}

async function windowsOfSeed() {
  const { artifacts, diagnostics } = await seed();
  return fwmap.windowsReport(await fwmap.describe(artifacts, {}, diagnostics), []);
}

async function inSurvey(work: (store: fwmap.SurveyStore) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-library-'));
  try {
    await work(fwmap.SurveyStore.inFolder(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const COMMAND: Examples = {
  async resolvePatches() {
    const { artifacts, diagnostics } = await seed();
    const none = { bases: [], findFile: () => undefined };
    expect(fwmap.resolvePatches(artifacts, none, diagnostics)).toEqual(artifacts);
  },
  async withHostTree() {
    const { artifacts } = await gen2();
    expect(fwmap.withHostTree(artifacts, [])).toMatchObject({
      problem: 'none of the inputs is an OpenHCL guest',
    });
  },
  parseRelease() {
    expect(fwmap.parseRelease('6.12.30')).toBeDefined();
    expect(fwmap.parseRelease('six')).toBeUndefined();
  },
  parseKconfigLine() {
    expect(fwmap.parseKconfigLine('select SYSFB if EFI')).toHaveProperty('text');
    expect(typeof fwmap.parseKconfigLine('nothing')).toBe('string');
  },
  kconfigChange() {
    const patch = '--- a/Kconfig\n+++ b/Kconfig\n@@ -1,1 +1,2 @@\n config X\n+\tselect SYSFB if EFI\n';
    expect(fwmap.kconfigChange(patch, 'SYSFB').added.map(({ text }) => text)).toEqual([
      'select SYSFB if EFI',
    ]);
  },
  parseBar() {
    expect(fwmap.parseBar('256M,64bit')).toMatchObject({ size: 0x1000_0000n, is64Bit: true });
    expect(fwmap.parseBar('3M')).toBe("a BAR's size must be a power of two");
  },
  async readScenario() {
    const text = '- { device: hyperv_drm, size: 8M }\n';
    const source = { name: 'x.yaml', form: 'text', bytes: new TextEncoder().encode(text) } as const;
    const scenario = await fwmap.readScenario(source, new fwmap.DiagnosticList());
    expect(scenario?.steps).toMatchObject([{ do: 'probe', device: { kind: 'hyperv_drm', size: 0x800000n } }]);
  },
  async describeSide() {
    const { artifacts, diagnostics } = await seed();
    const side = await fwmap.describeSide(artifacts, { describe: {}, kernel: {} }, diagnostics);
    expect(fwmap.isSame(fwmap.compareSides(side, side))).toBe(true);
    expect(fwmap.isSame(fwmap.compareSides(fwmap.EMPTY_SIDE, side))).toBe(false);
  },
  async isNothingRead() {
    const { artifacts, diagnostics } = await seed();
    const verdict = await fwmap.answerSysfb(artifacts, { describe: {}, kernel: {} }, diagnostics);
    expect(fwmap.isNothingRead(verdict.inputs, fwmap.sysfbFound(verdict), diagnostics.all)).toBe(false);
    expect(fwmap.isNothingRead([], 0, [{ severity: 'error', code: 'artifact/empty', args: {} }])).toBe(true);
  },
  async sysfbFound() {
    const { artifacts, diagnostics } = await seed();
    const verdict = await fwmap.answerSysfb(artifacts, { describe: {}, kernel: {} }, diagnostics);
    expect(fwmap.sysfbFound(verdict)).toBeGreaterThan(0);
  },
  async reportAddressMap() {
    const { artifacts, diagnostics } = await seed();
    const { trees } = await fwmap.describe(artifacts, {}, diagnostics);
    for (const tree of trees) fwmap.reportAddressMap(tree, diagnostics);
    expect(diagnostics.hasErrors).toBe(false);
  },
  async explainable() {
    const { artifacts, diagnostics } = await gen2();
    const machine = await fwmap.describe(artifacts, {}, diagnostics);
    expect(fwmap.explainable(machine)).toContain(String.raw`\_SB.VMOD`);
  },
  codeReport() {
    expect(fwmap.codeReport('dt/ranges-cells')?.json()).toMatchObject({ schema: 'fwmap/finding@1' });
    expect(fwmap.codeReport('dt/nothing')).toBeUndefined();
  },
  relatedText() {
    const span = { source: { name: 'x', form: 'text', bytes: LINE }, start: 0, end: 1 } as const;
    expect(fwmap.relatedText({ what: 'included-from', span })).toBe('included from here');
  },
  async nearest() {
    expect(await fwmap.nearest('widnows', ['windows', 'sysfb'])).toBe('windows');
  },
  async nearestOf() {
    expect(await fwmap.nearestOf('entry 11', ['entry 1', 'entry 12', 'board'], 2)).toEqual([
      'entry 1',
      'entry 12',
    ]);
  },
  limit() {
    expect(fwmap.withLimits({ 'tree-nodes': 7 }, () => fwmap.limit('tree-nodes'))).toBe(7);
  },
  givenLimits() {
    expect(fwmap.withLimits({ 'tree-nodes': 7 }, () => fwmap.givenLimits())).toMatchObject({
      'tree-nodes': 7,
    });
  },
  moreThan() {
    expect(fwmap.withLimits({ 'tree-nodes': 7 }, () => fwmap.moreThan('tree-nodes'))).toBe(
      'more than 7 nodes (--limit tree-nodes=N)',
    );
  },
  overLimit() {
    expect(fwmap.overLimit('tree-nodes')).toMatch(/^More than \d+ nodes \(--limit tree-nodes=N\)$/);
  },
  formatMemRange() {
    expect(fwmap.formatMemRange(0xf8000000n, 0x8000000n)).toBe('[mem 0xf8000000-0xffffffff]');
  },
  escapeControls() {
    expect(fwmap.escapeControls('a\u001b[2J')).toBe(String.raw`a\x1b[2J`);
  },
  escapeCommands() {
    expect(fwmap.escapeCommands('::error::x')).not.toMatch(/^::/);
  },
  toJsonText() {
    // U+2028 LINE SEPARATOR
    expect(fwmap.toJsonText({ name: 'a\u2028b' })).toBe('{"name":"a\\u2028b"}');
  },
  async answeredMessage() {
    const mail = new TextEncoder().encode(
      `From: A <a@example.com>\nSubject: S\n\n${new TextDecoder().decode(LINE)}`,
    );
    const { artifacts, diagnostics } = await seed();
    const { windows } = await fwmap.describe(artifacts, {}, diagnostics);
    const found = await fwmap.answeredMessage(mail, [windows[0]!.origin.span]);
    expect(found?.answered.quoted).toHaveLength(1);
  },
  replyTo() {
    const fields = new Map([
      ['from', 'A <a@example.com>'],
      ['subject', 'S'],
    ]);
    const people = new Map([['from', [{ name: 'A', address: 'a@example.com' }]]]);
    const answered = { fields, people, quoted: ['a line'] };
    const reply = fwmap.replyTo(answered, 'The report.\n', 'B <b@example.com>');
    expect(reply).toMatch(/^From: B <b@example\.com>\nTo: A <a@example\.com>\nSubject: Re: S\n/);
    expect(reply).toMatch(/\nA wrote:\n> a line\n\nThe report\.\n$/);
  },
  async renderMachines() {
    const report = { ...(await windowsOfSeed()), name: 'one' };
    const text = await fwmap.renderMachines([report, { ...report, name: 'two' }], 'json', PLAIN);
    expect(JSON.parse(text)).toMatchObject({ machines: [{ name: 'one' }, { name: 'two' }] });
  },
  async stepSummary() {
    const report = { ...(await windowsOfSeed()), name: undefined };
    expect(await fwmap.stepSummary([report], 100_000)).toContain('Nothing was found');
    expect((await fwmap.stepSummary([report], 100)).length).toBeLessThanOrEqual(100);
  },
  cutMarkdown() {
    const text = `<details>\n\n${'a line\n'.repeat(100)}</details>\n`;
    expect(fwmap.cutMarkdown(text, 200)).toMatch(/<\/details>\n\nThe rest is left out/);
  },
  changedFilesReport() {
    const file = { path: 'a.dts', did: 'changed', windows: '1 moved', answer: 'needed', report: undefined };
    expect(fwmap.changedFilesReport([file], 0, { error: 1, warning: 0, note: 0 })).toContain('1 error.');
  },
  uriPath() {
    expect(fwmap.uriPath('a b/c.dts')).toBe('a%20b/c.dts');
  },
  emptyPage() {
    expect(fwmap.emptyPage(BUNDLES, '1.0.0')).toMatch(/^<!DOCTYPE html>/i);
  },
  async machinePage() {
    const { artifacts } = await seed();
    const page = await fwmap.machinePage(
      { machines: fwmap.machinesOf(artifacts), said: [], describe: async () => ({}), kernel: {} },
      BUNDLES,
      '1',
    );
    expect(page).toContain('0xff0000000');
  },
  async planSurvey() {
    await inSurvey(async (store) => {
      const sink = new fwmap.DiagnosticList();
      const { shards, found } = await fwmap.planSurvey(['openhcl-vtl2.dts'], store, { cwd: SAMPLES, sink });
      expect([shards.length, found.machines]).toEqual([1, 1]);
    });
  },
  async SurveyStore() {
    await inSurvey(async (store) => expect(await store.plans()).toEqual([]));
  },
  placeNamed() {
    expect(fwmap.placeNamed('s3://fleet/new/survey/', SAMPLES)).toEqual({
      bucket: 'fleet',
      prefix: 'new/survey',
    });
    expect(fwmap.placeNamed('survey', SAMPLES)).toEqual({ folder: join(SAMPLES, 'survey') });
  },
  isAddress() {
    expect(['gs://fleet', 's3:fleet', 'a:b', './s3://fleet'].map(fwmap.isAddress)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  },
  PlaceError() {
    expect(() => fwmap.placeNamed('gs://fleet/survey', SAMPLES)).toThrow(fwmap.PlaceError);
  },
  async examineUnit() {
    await inSurvey(async (store) => {
      const sink = new fwmap.DiagnosticList();
      const { shards } = await fwmap.planSurvey(['openhcl-vtl2.dts'], store, { cwd: SAMPLES, sink });
      const unit = shards[0]!.units[0]!;
      const [rows] = await store.withFiles([unit], ([path]) => fwmap.examineUnit(unit, path!));
      expect(rows?.machines).toMatchObject([{ path: 'openhcl-vtl2.dts', status: 'ok' }]);
    });
  },
  async runShards() {
    await inSurvey(async (store) => {
      const sink = new fwmap.DiagnosticList();
      const { shards } = await fwmap.planSurvey(['openhcl-vtl2.dts'], store, { cwd: SAMPLES, sink });
      const examiner: fwmap.Examiner = {
        examine: (units) =>
          store.withFiles(units, (paths) =>
            Promise.all(units.map((unit, index) => fwmap.examineUnit(unit, paths[index]!))),
          ),
      };
      await fwmap.runShards(shards, store, examiner, { seconds: 60, together: 1, onShard: () => {} });
      expect(await store.countsOf(shards[0]!)).toMatchObject({ machines: 1 });
    });
  },
  HostError() {
    expect(new fwmap.HostError('a.dts: Input/output error').message).toBe('a.dts: Input/output error');
  },
  ExaminationError() {
    expect(new fwmap.ExaminationError({ status: 'time', reason: 'slow' }).message).toBe('slow');
  },
  async SurveyDatabase() {
    // Nothing is loaded where the folder is no survey.
    await expect(fwmap.SurveyDatabase.open(SAMPLES, undefined, SAMPLES)).rejects.toThrow(fwmap.QueryError);
  },
  QueryError() {
    expect(new fwmap.QueryError('no table')).toBeInstanceOf(Error);
  },
  renderResults() {
    const result = { title: 'T', columns: ['a'], rows: [[1]] };
    expect(fwmap.renderResults([result], 'csv', { heading: '', width: 80 })).toBe('a\r\n1\r\n');
  },
  async startWorker() {
    const options = { url: 'http://no.example', cwd: SAMPLES, onTrouble: () => {} };
    const none = () => Promise.reject(new Error('not asked for'));
    await expect(fwmap.startWorker(none, { ...options, together: 1, onShard: () => {} })).rejects.toThrow(
      fwmap.QueueError,
    );
  },
  async workThroughQueue() {
    await inSurvey(async (store) => {
      const options = { url: 'http://no.example', cwd: SAMPLES, onTrouble: () => {} };
      await expect(
        fwmap.workThroughQueue([], store, { ...options, seconds: 1, onShard: () => {} }),
      ).rejects.toThrow(fwmap.QueueError);
    });
  },
  QueueError() {
    expect(new fwmap.QueueError('no server')).toBeInstanceOf(Error);
  },
  MissingPackageError() {
    expect(new fwmap.MissingPackageError('bullmq').package).toBe('bullmq');
  },
  BrokenPackageError() {
    const error = new fwmap.BrokenPackageError('bullmq', new Error('libc.so.6: not found'));
    expect(error.message).toBe('cannot load bullmq: libc.so.6: not found');
  },
  async 'page.settingsOf'() {
    expect(fwmap.page.settingsOf(await droppedLine())).toMatchObject({ question: 'sysfb', release: '' });
  },
  async 'page.withDropped'() {
    const { artifacts } = await droppedLine();
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dts-fragment']);
  },
  async 'page.machineNames'() {
    const before = await droppedLine();
    const tree = (name: string) => ({
      name,
      bytes: new TextEncoder().encode(`/dts-v1/; / { model = "${name}"; };`),
    });
    const { carried } = await fwmap.page.withDropped(before, '', [tree('a.dts'), tree('b.dts')]);
    expect(fwmap.page.machineNames(carried)).toEqual(['a.dts', 'b.dts']);
  },
  async 'page.pageJson'() {
    const [machine] = fwmap.machinesOf((await droppedLine()).artifacts);
    expect(fwmap.page.pageJson(machine!, { a: 1 })).toBe('{\n  "a": 1\n}\n');
  },
  async 'page.answerOnPage'() {
    const machine = await droppedLine();
    const answer = await fwmap.page.answerOnPage(machine, fwmap.page.settingsOf(machine), '1.0.0');
    expect('json' in answer && JSON.parse(answer.json)).toMatchObject({ answer: 'not-needed' });
  },
  'page.pack'() {
    const value = { size: 1n, bytes: Uint8Array.of(1, 2), names: new Map([['a', 1]]) };
    expect(fwmap.page.unpack(fwmap.page.pack(value))).toEqual(value);
  },
  'page.unpack'() {
    expect(fwmap.page.unpack(fwmap.page.pack([1, 'x']))).toEqual([1, 'x']);
  },
  'page.sysfbConfig'() {
    expect(fwmap.page.sysfbConfig('y')).toBe('CONFIG_SYSFB=y\n');
  },
  'page.sliderText'() {
    // Half of 32 bits, down to a multiple of 1 MiB.
    expect(fwmap.page.sliderText(32, 1, 2)).toBe('0x7ff00000');
  },
  'page.sliderPosition'() {
    expect(fwmap.page.sliderPosition(8, '0xff', 100)).toBe(100);
  },
};
