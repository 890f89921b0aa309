/** An example of every function that the library exports, run. A new export needs one here. */
import { fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, describe as group, test } from 'vitest';
import * as core from '../../src/core.ts';
import * as fwmap from '../../src/index.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const LINE = new TextEncoder().encode('ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n');
const PLAIN = { color: false, width: 80 };
const HERE = { cwd: SAMPLES, env: {} };
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

async function seed() {
  const diagnostics = new fwmap.DiagnosticList();
  return { diagnostics, artifacts: await fwmap.openBytes('mail.txt', LINE, {}, diagnostics) };
}

/** Tables of a Generation 2 machine, from a file. */
async function gen2() {
  const diagnostics = new fwmap.DiagnosticList();
  return {
    diagnostics,
    artifacts: await fwmap.openInput(join(SAMPLES, 'gen2-dsdt.aml'), {}, diagnostics),
  };
}

/** A definition block of its own around some ASL. */
async function asl(body: string) {
  const diagnostics = new fwmap.DiagnosticList();
  const text = `DefinitionBlock ("", "DSDT", 2, "FWMAP", "EXAMPLE", 1) { ${body} }`;
  return {
    diagnostics,
    artifacts: await fwmap.openBytes('x.asl', new TextEncoder().encode(text), {}, diagnostics),
  };
}

async function compiledTree(text = '/dts-v1/; / { uart@1000 { reg = <0x1000 0x100>; }; };') {
  const source = { name: 'x.dts', form: 'text', bytes: new TextEncoder().encode(text) } as const;
  return fwmap.compileTree(source, {}, new fwmap.DiagnosticList());
}

/** A tree with a name and nothing in it that could be asked about. */
async function blob() {
  const written = await fwmap.writeTree((await compiledTree())!, 'dtb');
  if ('failure' in written) throw new Error(written.failure);
  return written;
}

async function windowsOfSeed() {
  const { artifacts, diagnostics } = await seed();
  return fwmap.windowsReport(await fwmap.describe(artifacts, {}, diagnostics), []);
}

async function inSurvey(work: (store: fwmap.SurveyStore) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-library-'));
  try {
    await work(new fwmap.SurveyStore(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function unknownInput() {
  const diagnostics = new fwmap.DiagnosticList();
  await fwmap.openBytes('noise.bin', Uint8Array.of(1, 2, 3, 4), {}, diagnostics);
  return diagnostics.all[0]!;
}

const EXAMPLES: Readonly<Record<string, () => Promise<void> | void>> = {
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
    const verdict = await fwmap.answerSysfb(artifacts, { describe: {}, kernel }, diagnostics);
    expect(verdict.answer).toBe('not-needed');
  },
  async answerBridges() {
    const { artifacts, diagnostics } = await gen2();
    const verdict = await fwmap.answerBridges(
      artifacts,
      { describe: {}, kernel: {}, bridges: {} },
      diagnostics,
    );
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
    const { claims } = await fwmap.answerAt(artifacts, { describe: {}, kernel: {}, asked }, diagnostics);
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
  async compileTree() {
    const tree = await compiledTree();
    expect(tree?.root.children.map(({ name }) => name)).toEqual(['uart@1000']);
  },
  async treeOfBlob() {
    const { bytes } = await blob();
    const tree = await fwmap.treeOfBlob({ name: 'x.dtb', form: 'blob', bytes }, new fwmap.DiagnosticList());
    expect(tree?.root.children).toHaveLength(1);
  },
  async writeTree() {
    const written = await fwmap.writeTree((await compiledTree())!, 'dts');
    expect('bytes' in written && new TextDecoder().decode(written.bytes)).toContain('reg = <0x1000 0x100>;');
  },
  async prepareTree() {
    const prepared = fwmap.prepareTree((await compiledTree())!, { symbols: true });
    expect(prepared.failed).toBe(false);
    // A node with a unit address below a root without #address-cells.
    expect(prepared.findings.map(({ check }) => check)).toContain('reg_format');
  },
  CheckLevels() {
    const levels = new fwmap.CheckLevels();
    expect(levels.set('error', 'reg_format')).toBe(true);
    expect(levels.of('reg_format').error).toBe(true);
  },
  async livePathOf() {
    const tree = await compiledTree();
    expect(fwmap.livePathOf(tree!.root.children[0]!)).toBe('/uart@1000');
  },
  async sortTree() {
    const tree = (await compiledTree('/dts-v1/; / { b { }; a { }; };'))!;
    fwmap.sortTree(tree);
    expect(tree.root.children.map(({ name }) => name)).toEqual(['a', 'b']);
  },
  async addSymbols() {
    const tree = (await compiledTree('/dts-v1/; / { label: a { }; };'))!;
    const made = fwmap.addSymbols(tree);
    expect(tree.root.children.map(({ name }) => name)).toEqual(['a', '__symbols__']);
    made?.remove();
  },
  async applyOverlay() {
    const base = (await compiledTree('/dts-v1/; / { label: a { }; };'))!;
    const overlay = (await compiledTree('/dts-v1/; /plugin/; &label { new; };'))!;
    fwmap.prepareTree(base, { symbols: true });
    fwmap.prepareTree(overlay);
    expect(fwmap.applyOverlay(base, overlay, new fwmap.DiagnosticList())).toBeDefined();
    expect(base.root.children[0]?.properties.map(({ name }) => name)).toContain('new');
  },
  async readDeviceTree() {
    const { artifacts, diagnostics } = await seed();
    expect(fwmap.readDeviceTree(artifacts[0]!, diagnostics)?.form).toBe('dts-fragment');
  },
  readTreeDirectory() {
    const folder = mkdtempSync(join(tmpdir(), 'fwmap-library-'));
    writeFileSync(join(folder, 'model'), 'X\0');
    const tree = fwmap.readTreeDirectory(folder, { name: folder, warn: () => {} });
    rmSync(folder, { recursive: true });
    expect('root' in tree && tree.root.properties.map(({ name }) => name)).toEqual(['model']);
  },
  sourceFiles() {
    const opened = fwmap
      .sourceFiles({ mainFile: join(SAMPLES, 'openhcl-vtl2.dts'), includePaths: [] })
      .open(join(SAMPLES, 'seed-line.dtsi'));
    expect('bytes' in opened).toBe(true);
  },
  sourceClock() {
    const clock = fwmap.sourceClock({ env: { SOURCE_DATE_EPOCH: '0' }, cwd: SAMPLES });
    expect(clock.now).toEqual(new Date(0));
  },
  async sourceAccess() {
    const { artifacts } = await seed();
    const { loader } = await fwmap.sourceAccess(artifacts[0]!, HERE);
    // Outside of the folder of the input.
    expect(loader?.open('/etc/passwd')).toMatchObject({ reason: 'refused' });
  },
  async machineOptions() {
    const { artifacts, diagnostics } = await gen2();
    const [machine] = fwmap.machinesOf(artifacts);
    const describe = await fwmap.machineOptions(machine!, { ...HERE, kernel: '6.12.30' });
    expect((await fwmap.describe(artifacts, describe!, diagnostics)).acpi).toBeDefined();
    expect(await fwmap.machineOptions(machine!, { ...HERE, kernel: 'none' })).toBeUndefined();
  },
  async machinesOf() {
    const { artifacts } = await gen2();
    expect(fwmap.machinesOf(artifacts).map(({ name }) => name)).toEqual([undefined]);
  },
  async machinesApart() {
    const { artifacts } = await gen2();
    expect(fwmap.machinesApart([{ path: 'x', artifacts }], []).artifacts).toEqual(artifacts);
  },
  isKind() {
    expect([fwmap.isKind('dtb', 'tree'), fwmap.isKind('dmesg', 'tree')]).toEqual([true, false]);
  },
  async systemOptions() {
    const { artifacts } = await gen2();
    expect((await fwmap.systemOptions(artifacts, { kernel: '6.12.30' }))?.system).toBeDefined();
  },
  async openImage() {
    const { bytes } = await blob();
    const image = new Uint8Array(bytes.length + 4096);
    image.set(bytes, 512);
    const diagnostics = new fwmap.DiagnosticList();
    const opened = await fwmap.openBytes('flash.bin', image, { openImage: fwmap.openImage }, diagnostics);
    expect(opened.map(({ kind }) => kind)).toEqual(['dtb']);
  },
  async ImageScanner() {
    const { bytes } = await blob();
    const scanned = await new fwmap.ImageScanner(new fwmap.DiagnosticList()).scan('x', fwmap.accessTo(bytes));
    expect(scanned.finds.map(({ kind, offset }) => [kind, offset])).toEqual([['dtb', 0]]);
  },
  accessTo() {
    expect(fwmap.accessTo(Uint8Array.of(1, 2, 3)).read(1, 2)).toEqual(Uint8Array.of(2, 3));
  },
  async scanReport() {
    const { bytes } = await blob();
    const diagnostics = new fwmap.DiagnosticList();
    const scanned = await new fwmap.ImageScanner(diagnostics).scan('x', fwmap.accessTo(bytes));
    const input = { path: 'x', name: 'x', size: bytes.length, sha256: fwmap.sha256Of(bytes) };
    const inputs = [{ ...input, steps: scanned.steps }];
    const report = fwmap.scanReport({ ...scanned, inputs, diagnostics: diagnostics.all });
    expect(report.json()).toMatchObject({ schema: 'fwmap/scan@1' });
  },
  openImageFile() {
    const file = fwmap.openImageFile(join(SAMPLES, 'gen2-dsdt.aml'));
    expect('access' in file && new TextDecoder().decode(file.access.read(0, 4))).toBe('DSDT');
    if ('close' in file) file.close();
  },
  listFolder() {
    const names = fwmap.listFolder(SAMPLES, new fwmap.DiagnosticList()).map(({ path }) => path);
    expect(names).toContain('gen2-dsdt.aml');
  },
  closeRead() {
    const descriptor = openSync(join(SAMPLES, 'gen2-dsdt.aml'), 'r');
    fwmap.closeRead(descriptor);
    expect(() => fstatSync(descriptor)).toThrow('EBADF');
    // Once more is no error: nothing was to be written.
    fwmap.closeRead(descriptor);
  },
  readFileBytes() {
    expect(fwmap.readFileBytes(join(SAMPLES, 'gen2-dsdt.aml'))).toHaveProperty('bytes');
    expect(fwmap.readFileBytes(SAMPLES)).toEqual({ directory: true });
  },
  readToEnd() {
    let left = 3;
    const read = (): number => Math.max(0, left--);
    // 3, 2 and 1 bytes.
    expect(fwmap.readToEnd(read, 6, 100)).toHaveLength(6);
  },
  systemMessage() {
    const error = Object.assign(new Error('ENOENT: …'), { errno: -constants.errno.ENOENT });
    expect(fwmap.systemMessage(error)).toBe('No such file or directory');
  },
  systemCode() {
    expect(fwmap.systemCode(Object.assign(new Error('ENOENT: …'), { code: 'ENOENT' }))).toBe('ENOENT');
    expect(fwmap.systemCode(new Error('no'))).toBeUndefined();
  },
  sha256Of() {
    // FIPS 180-4 of nothing.
    expect(fwmap.sha256Of('')).toMatch(/^e3b0c44298fc1c14/);
  },
  async isAcpiPath() {
    expect([fwmap.isAcpiPath(String.raw`\_SB.PCI0`), fwmap.isAcpiPath('/soc')]).toEqual([true, false]);
  },
  async parseAslConstant() {
    const { artifacts, diagnostics } = await asl('Method (ADD1, 1) { Return (Arg0 + 1) }');
    const args = [fwmap.parseAslConstant('0x41')!];
    const result = await fwmap.evaluateObject(artifacts, String.raw`\ADD1`, { args }, diagnostics);
    expect(result?.value).toBe(0x42n);
  },
  async settableNames() {
    const { artifacts, diagnostics } = await gen2();
    const { acpi } = await fwmap.describe(artifacts, {}, diagnostics);
    expect(fwmap.settableNames(acpi!.tables)).toContain('MG2L');
  },
  async printAsl() {
    const { artifacts, diagnostics } = await gen2();
    const [table] = fwmap.printAsl(artifacts, () => ({}), diagnostics);
    expect([table?.name, table?.text()]).toEqual(['DSDT', expect.stringContaining('DefinitionBlock (')]);
  },
  async compileAslTexts() {
    const { artifacts, diagnostics } = await asl('Name (ZERO, VALUE)');
    const options = { defines: { VALUE: '0' } };
    const [table] = fwmap.compileAslTexts(artifacts, () => options, diagnostics);
    // A header of 36 bytes, NameOp, the name, ZeroOp (ACPI 6.5, 20.2.5.1).
    expect(table?.bytes.subarray(36)).toEqual(Uint8Array.of(8, 0x5a, 0x45, 0x52, 0x4f, 0));
  },
  aslFiles() {
    const open = (path: string) => ({ name: path, form: 'text', bytes: new Uint8Array(0) }) as const;
    const files = fwmap.aslFiles({ open, read: () => new Uint8Array(0) }, 'dir/dsdt.asl');
    const from = { name: 'dir/dsdt.asl', form: 'text', bytes: new Uint8Array(0) } as const;
    expect(files.open('sub\\x.asl', from)).toMatchObject({ name: 'dir/sub/x.asl' });
  },
  async evalLines() {
    const { artifacts: inputs, diagnostics } = await asl('Name (ZERO, 0x12)');
    const result = await fwmap.evaluateObject(inputs, String.raw`\ZERO`, {}, diagnostics);
    const lines = fwmap.evalLines({ inputs, result: result!, trace: false, diagnostics: [] });
    expect(lines.join('\n')).toContain('0x12');
  },
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
    expect(fwmap.parseBar('3M')).toBe("a BAR's size is a power of two");
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
    expect(fwmap.isSame(fwmap.compareSides(fwmap.NO_SIDE, side))).toBe(false);
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
    await inSurvey((store) => expect(store.plans()).toEqual([]));
  },
  async examineUnit() {
    await inSurvey(async (store) => {
      const sink = new fwmap.DiagnosticList();
      const { shards } = await fwmap.planSurvey(['openhcl-vtl2.dts'], store, { cwd: SAMPLES, sink });
      const unit = shards[0]!.units[0]!;
      const [rows] = await fwmap.examineUnit(unit, store.pathOf(unit));
      expect(rows?.machines).toMatchObject([{ path: 'openhcl-vtl2.dts', status: 'ok' }]);
    });
  },
  async runShards() {
    await inSurvey(async (store) => {
      const sink = new fwmap.DiagnosticList();
      const { shards } = await fwmap.planSurvey(['openhcl-vtl2.dts'], store, { cwd: SAMPLES, sink });
      const examiner: fwmap.Examiner = {
        examine: (units) => Promise.all(units.map((unit) => fwmap.examineUnit(unit, store.pathOf(unit)))),
      };
      await fwmap.runShards(shards, store, examiner, { seconds: 60, together: 1, onShard: () => {} });
      expect(store.countsOf(shards[0]!).machines).toBe(1);
    });
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

group('the library', () => {
  test('every exported function has an example', () => {
    const functionsOf = (names: object, before = ''): string[] =>
      Object.entries(names).flatMap(([name, value]) =>
        typeof value === 'function' ? [`${before}${name}`] : [],
      );
    const functions = [...functionsOf(fwmap), ...functionsOf(fwmap.page, 'page.')];
    expect(Object.keys(EXAMPLES).sort()).toEqual(functions.sort());
  });

  test('fwmap has all of fwmap/core', () => {
    for (const name of Object.keys(core)) expect(fwmap).toHaveProperty(name);
  });

  test.each(Object.entries(EXAMPLES))('%s', async (_name, example) => {
    await example();
  });
});
