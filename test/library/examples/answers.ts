/** Examples of opening inputs, and of what is answered about them. */
import { expect } from 'vitest';
import * as fwmap from '../../../src/index.ts';
import { type Examples, gen2, PLAIN, seed } from './made.ts';

async function unknownInput() {
  const diagnostics = new fwmap.DiagnosticList();
  await fwmap.openBytes('noise.bin', Uint8Array.of(1, 2, 3, 4), {}, diagnostics);
  return diagnostics.all[0]!;
}

export const ANSWERS: Examples = {
  async openInput() {
    const { artifacts } = await gen2();
    expect(artifacts.map(({ kind }) => kind)).toEqual(['acpi-table']);
  },
  async openBytes() {
    const { artifacts } = await seed();
    expect(artifacts.map(({ kind }) => kind)).toEqual(['dts-fragment']);
  },
  DiagnosticList() {
    expect(new fwmap.DiagnosticList().hasErrors).toBe(false);
  },
  async messageOf() {
    expect(fwmap.messageOf(await unknownInput())).not.toBe('');
  },
  limitRow() {
    expect(fwmap.limitRow('tree-nodes').unit).toBe('nodes');
  },
  async withLimits() {
    const diagnostics = new fwmap.DiagnosticList();
    const tree = new TextEncoder().encode('/dts-v1/; / { a { }; };');
    await fwmap.withLimits({ 'tree-nodes': 1 }, async () =>
      fwmap.describe(await fwmap.openBytes('x.dts', tree, {}, diagnostics), {}, diagnostics),
    );
    expect(diagnostics.all.map(fwmap.messageOf)).toEqual([
      'More than 1 nodes (--limit tree-nodes=N); the rest is not read',
    ]);
  },
  async hintOf() {
    const hint = fwmap.hintOf(await unknownInput());
    expect(hint === undefined || hint !== '').toBe(true);
  },
  async formatDiagnostic() {
    expect(fwmap.formatDiagnostic(await unknownInput())).toContain('noise.bin');
  },
  async diagnosticText() {
    expect(fwmap.diagnosticText(await unknownInput())).toContain('noise.bin');
  },
  async placeOf() {
    const { artifacts, diagnostics } = await seed();
    const { windows } = await fwmap.describe(artifacts, {}, diagnostics);
    expect(fwmap.placeOf(windows[0]!.origin.span!)).toMatchObject({ line: 1, column: 10 });
  },
  textOf() {
    const source = { name: 'x', form: 'text', bytes: Uint8Array.of(0x61, 0xff) } as const;
    expect(fwmap.textOf(source)).toBe('a\u00ff');
  },
  async describe() {
    const { artifacts, diagnostics } = await seed();
    const { windows } = await fwmap.describe(artifacts, {}, diagnostics);
    // 15 * 2^32 + 0xf0000000.
    expect(windows.map(({ base, size }) => [base, size])).toEqual([[0xff0000000n, 0x10000000n]]);
  },
  async answerSysfb() {
    const { artifacts, diagnostics } = await seed();
    const kernel = { release: '6.12.30' };
    const verdict = await fwmap.answerSysfb(artifacts, { kernel }, diagnostics);
    expect(verdict.answer).toBe('not-needed');
  },
  async answerBridges() {
    const { artifacts, diagnostics } = await gen2();
    const verdict = await fwmap.answerBridges(artifacts, {}, diagnostics);
    expect(verdict.inputs).toHaveLength(1);
  },
  async answerSimulation() {
    const { artifacts, diagnostics } = await seed();
    const options = { describe: {}, kernel: { release: '6.12.30' }, compareSysfb: false };
    const simulation = await fwmap.answerSimulation(artifacts, options, diagnostics);
    expect(simulation.cases).toHaveLength(1);
  },
  async answerAt() {
    const { artifacts, diagnostics } = await seed();
    const asked = { space: 'memory', start: 0xff0000000n, last: 0xff0000000n } as const;
    const { claims } = await fwmap.answerAt(artifacts, { asked }, diagnostics);
    expect(claims.length).toBeGreaterThan(0);
  },
  async atReport() {
    const { artifacts, diagnostics } = await seed();
    const asked = { space: 'memory', start: 0xff0000000n, last: 0xff0000000n } as const;
    const answer = await fwmap.answerAt(artifacts, { describe: {}, kernel: {}, asked }, diagnostics);
    expect(fwmap.atReport(answer).json()).toMatchObject({ schema: 'fwmap/at@1' });
  },
  async compareSides() {
    const { artifacts: inputs, diagnostics } = await seed();
    const { windows } = await fwmap.describe(inputs, {}, diagnostics);
    const before = { inputs: [], windows: [], sysfb: undefined, bridges: undefined, diagnostics: [] };
    const after = { inputs, windows, sysfb: undefined, bridges: undefined, diagnostics: diagnostics.all };
    expect(fwmap.compareSides(before, after).windows).toHaveLength(1);
  },
  isSame() {
    const side = { inputs: [], windows: [], sysfb: undefined, bridges: undefined, diagnostics: [] };
    expect(fwmap.isSame(fwmap.compareSides(side, side))).toBe(true);
  },
  diffReport() {
    const side = { inputs: [], windows: [], sysfb: undefined, bridges: undefined, diagnostics: [] };
    const report = fwmap.diffReport(fwmap.compareSides(side, side), []);
    expect(report.json()).toMatchObject({ schema: 'fwmap/diff@1' });
  },
  async explain() {
    const { artifacts, diagnostics } = await seed();
    const machine = await fwmap.describe(artifacts, {}, diagnostics);
    const explanation = await fwmap.explain(machine, {}, diagnostics.all);
    // Two cells, two cells, one: a 64-bit bus below another, windows of less than 4 GiB.
    expect(explanation?.readings[0]?.taken).toEqual({ child: 2, parent: 2, size: 1 });
  },
  async explainReport() {
    const { artifacts, diagnostics } = await seed();
    const machine = await fwmap.describe(artifacts, {}, diagnostics);
    const explanation = await fwmap.explain(machine, {}, diagnostics.all);
    expect(await fwmap.renderReport(fwmap.explainReport(explanation!), 'text', PLAIN)).toContain(
      '0xff0000000',
    );
  },
  async evalReport() {
    const { artifacts: inputs, diagnostics } = await gen2();
    const result = await fwmap.evaluateObject(inputs, String.raw`\_SB.VMOD._CRS`, {}, diagnostics);
    const report = fwmap.evalReport({ inputs, result: result!, trace: false, diagnostics: diagnostics.all });
    expect(report.json()).toMatchObject({ schema: 'fwmap/eval@1' });
  },
  async evaluateObject() {
    const { artifacts, diagnostics } = await gen2();
    const result = await fwmap.evaluateObject(artifacts, String.raw`\_SB.VMOD._CRS`, {}, diagnostics);
    expect(result?.fault).toBeUndefined();
  },
  async sysfbReport() {
    const { artifacts, diagnostics } = await seed();
    const verdict = await fwmap.answerSysfb(artifacts, { describe: {}, kernel: {} }, diagnostics);
    const reply = fwmap.sysfbReport(verdict, { version: '1.0.0' });
    expect(await fwmap.renderReport(reply, 'mail', PLAIN)).toMatch(/^VTL2 does not need CONFIG_SYSFB\.\n/);
  },
  async bridgesReport() {
    const { artifacts, diagnostics } = await gen2();
    const verdict = await fwmap.answerBridges(
      artifacts,
      { describe: {}, kernel: {}, bridges: {} },
      diagnostics,
    );
    expect(fwmap.bridgesReport(verdict).json()).toMatchObject({ schema: 'fwmap/bridges@1' });
  },
  async windowsReport() {
    const { artifacts, diagnostics } = await seed();
    const machine = await fwmap.describe(artifacts, {}, diagnostics);
    const text = await fwmap.renderReport(fwmap.windowsReport(machine, diagnostics.all), 'text', PLAIN);
    expect(text).toContain('[mem 0xff0000000-0xfffffffff]  256 MiB  high');
  },
  async resourcesReport() {
    const { artifacts, diagnostics } = await seed();
    const machine = await fwmap.describe(artifacts, {}, diagnostics);
    expect(fwmap.resourcesReport(machine, []).json()).toMatchObject({ schema: 'fwmap/resources@1' });
  },
  async simulationReport() {
    const { artifacts, diagnostics } = await seed();
    const options = { describe: {}, kernel: {}, compareSysfb: false };
    const simulation = await fwmap.answerSimulation(artifacts, options, diagnostics);
    expect(fwmap.simulationReport(simulation).json()).toMatchObject({ schema: 'fwmap/simulate@1' });
  },
  async renderReport() {
    const { artifacts, diagnostics } = await seed();
    const machine = await fwmap.describe(artifacts, {}, diagnostics);
    const report = fwmap.windowsReport(machine, []);
    for (const format of fwmap.FORMATS) {
      const text = await fwmap.renderReport(report, format, PLAIN);
      // These list what was found: of a line with which nothing is wrong they say so, or nothing.
      if (format === 'sarif' || format === 'github') expect(text).not.toContain('error');
      else expect(text).toContain('ff0000000');
    }
  },
  async formatCondition() {
    const { artifacts, diagnostics } = await gen2();
    const verdict = await fwmap.answerSysfb(artifacts, { describe: {}, kernel: {} }, diagnostics);
    expect(fwmap.formatCondition(verdict.conditions[0]!.when)).toContain('MG2L');
  },
  parseSize() {
    expect(fwmap.parseSize('8M')).toBe(0x800000n);
  },
  union() {
    expect(
      fwmap.union([
        { start: 0n, end: 2n },
        { start: 1n, end: 4n },
      ]),
    ).toEqual([{ start: 0n, end: 4n }]);
  },
  subtract() {
    expect(fwmap.subtract([{ start: 0n, end: 4n }], [{ start: 1n, end: 2n }])).toEqual([
      { start: 0n, end: 1n },
      { start: 2n, end: 4n },
    ]);
  },
  intersectionOfSets() {
    expect(fwmap.intersectionOfSets([{ start: 0n, end: 4n }], [{ start: 3n, end: 9n }])).toEqual([
      { start: 3n, end: 4n },
    ]);
  },
  windowClass() {
    expect(fwmap.windowClass({ space: 'memory', base: 0xf8000000n, size: 0x8000000n })).toBe('low');
  },
};
