/** Examples of trees, ASL, machines and images. */
import { fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as fwmap from '../../../src/index.ts';
import { type Examples, gen2, SAMPLES, seed } from './made.ts';

const HERE = { cwd: SAMPLES, env: {} };

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

export const DESCRIPTIONS: Examples = {
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
  isOutOfMemory() {
    expect(fwmap.isOutOfMemory(new RangeError('Array buffer allocation failed'))).toBe(true);
  },
  isSystemError() {
    expect([new Error('x'), Object.assign(new Error('x'), { errno: -5 })].map(fwmap.isSystemError)).toEqual([
      false,
      true,
    ]);
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
};
