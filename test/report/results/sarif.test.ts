/** SARIF: valid by its schema wherever it comes from, and what its readers rely on. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { CODES, rowOf } from '../../../src/findings/finding.ts';
import { run } from '../../cli/fake-io.ts';
import { writeExample } from '../../findings/examples.ts';
import { faultsOf, type SarifResult, type SarifRun } from './sarif-schema.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SAMPLES = readdirSync(join(ROOT, 'samples')).filter((name) => !/\.expected\.|\.md$/.test(name));
const folder = mkdtempSync(join(tmpdir(), 'fwmap-sarif-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function sarif(
  argv: readonly string[],
  cwd = folder,
  stdin?: string,
): Promise<SarifRun & { status: number }> {
  const { status, stdout } = await run([...argv, '--format', 'sarif'], {
    cwd,
    ...(stdin === undefined ? {} : { stdin }),
  });
  const log = JSON.parse(stdout);
  expect(faultsOf(log)).toEqual([]);
  return { ...log.runs[0], status };
}

/** A tree in which two buses take the same addresses of their parent. */
const OVERLAP = `/dts-v1/;
/ {
	#address-cells = <1>;
	#size-cells = <1>;
	a@0 { #address-cells = <1>; #size-cells = <1>; ranges = <0x0 0xf0000000 0x10000>; };
	b@0 { #address-cells = <1>; #size-cells = <1>; ranges = <0x0 0xf0008000 0x10000>; };
};
`;

async function resultOf(text: string, code: string): Promise<SarifResult> {
  writeFileSync(join(folder, 'case.dts'), text);
  const { results } = await sarif(['windows', 'case.dts']);
  return results.find(({ ruleId }) => ruleId === code)!;
}

describe('is valid by the schema', () => {
  const commands = ['sysfb', 'bridges', 'windows', 'resources', 'simulate'];
  it.each(commands.flatMap((command) => SAMPLES.map((sample) => [command, sample] as const)))(
    '%s %s',
    async (command, sample) => {
      const found = await sarif([command, `samples/${sample}`], ROOT);
      expect(found.status).toBe(0);
      expect(found.artifacts[0]?.location).toEqual({ uri: `samples/${sample}`, uriBaseId: '%SRCROOT%' });
    },
  );

  it.each([
    ['at', '0xf8000000', 'samples/low-window-framebuffer.dts'],
    ['explain', 'samples/openhcl-vtl2.dts'],
    ['explain', 'dt/ranges-cells'],
    ['explain', '<0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>'],
    ['scan', 'samples/gen2-dsdt.aml'],
    ['eval', 'samples/gen2-dsdt.aml', '\\_SB.VMOD.VMBS._CRS'],
    ['diff', 'samples/openhcl-vtl2.dts', 'samples/low-window-framebuffer.dts'],
    ['bridges', 'samples/gen1-dsdt.aml', '--bar', '256G,64bit,prefetchable'],
  ])('%s %s', async (...argv) => {
    expect((await sarif(argv, ROOT)).status).toBe(0);
  });

  /** Commands whose results have no formats of their own. */
  const OWN_OUTPUT = new Set(['dtc', 'asl', 'survey', 'query', 'capture', 'worker']);
  const examples = CODES.filter((code) => {
    const example = rowOf(code)!.example;
    if (example === undefined || OWN_OUTPUT.has(example.run.split(' ')[0]!)) return false;
    return !/--format|--output|-o /.test(example.run) && code !== 'acpi/asl-too-long';
  });

  it.each(examples)('what the example of %s makes', async (code) => {
    const { files, run: line } = rowOf(code)!.example!;
    const root = join(folder, 'examples', code);
    mkdirSync(root, { recursive: true });
    writeExample(root, files);
    const found = await sarif(line.split(' '), root);
    // Nothing that was read in full is a failed run, and the other way round.
    expect(found.invocations[0]!.executionSuccessful || found.status === 2).toBe(true);
  });

  it('a check that finds faults', async () => {
    const { stdout } = await run(['sysfb', 'samples/openhcl-vtl2.dts', '--format', 'sarif'], { cwd: ROOT });
    const broken = (change: (log: { runs: { results: Record<string, unknown>[] }[] }) => void): string[] => {
      const log = JSON.parse(stdout);
      change(log);
      return faultsOf(log);
    };
    expect(broken(() => {})).toEqual([]);
    expect(broken((log) => Object.assign(log.runs[0]!.results[0]!, { ruleIndex: 7 }))).toHaveLength(1);
    expect(broken((log) => Object.assign(log.runs[0]!.results[0]!, { level: 'bad' }))).not.toEqual([]);
    expect(broken((log) => Object.assign(log.runs[0]!.results[0]!, { message: 'text' }))).not.toEqual([]);
  });
});

describe('a result', () => {
  it('of an overlap has both windows', async () => {
    const result = await resultOf(OVERLAP, 'dt/overlapping-windows');
    // By hand: "ranges = <" of the lines 5 and 6; the value begins behind "ranges = ".
    const column = (line: number) => OVERLAP.split('\n')[line - 1]!.indexOf('<0x0 0xf') + 1;
    expect(result.locations[0]!.physicalLocation!.region).toMatchObject({
      startLine: 6,
      startColumn: column(6),
    });
    expect(result.locations[0]!.logicalLocations).toMatchObject([{ fullyQualifiedName: '/b@0' }]);
    expect(result.relatedLocations).toHaveLength(1);
    expect(result.relatedLocations![0]!.physicalLocation!.region).toMatchObject({
      startLine: 5,
      startColumn: column(5),
    });
  });

  it('is known again where lines moved, and only there', async () => {
    const print = async (text: string): Promise<string> =>
      (await resultOf(text, 'dt/overlapping-windows')).partialFingerprints['fwmap/v1']!;
    const first = await print(OVERLAP);
    expect(await print(OVERLAP.replace('/ {', '/* moved\n * down */\n\n/ {'))).toBe(first);
    expect(await print(OVERLAP.replaceAll('\t', '        ').replaceAll('\n', '\r\n'))).toBe(first);
    expect(await print(OVERLAP.replace('<0x0 0xf0008000', '< 0x0 /* child */ 0xf0008000'))).toBe(
      await print(OVERLAP.replace('<0x0 0xf0008000', '< 0x0\n 0xf0008000')),
    );
    expect(await print(OVERLAP.replace('0xf0008000', '0xf0004000'))).not.toBe(first);
    expect(await print(OVERLAP.replace('b@0', 'c@0'))).not.toBe(first);
  });

  it('is told from an equal one', async () => {
    const { results } = await sarif(['windows', 'case.dts'], folder);
    const twice = await resultOf(
      OVERLAP.replace('};\n};', '};\n\tc { };\n\tc { };\n\tc { };\n};').replace(/ @0/g, ''),
      'dt/duplicate-node-names',
    );
    expect(results.length).toBeGreaterThan(0);
    const all = (await sarif(['windows', 'case.dts'])).results.map(({ partialFingerprints }) =>
      JSON.stringify(partialFingerprints),
    );
    expect(new Set(all).size).toBe(all.length);
    expect(twice.partialFingerprints['fwmap/v1']).toMatch(/^[0-9a-f]{32}:\d+$/);
  });

  it('counts columns as editors do: in UTF-16 units', async () => {
    // The two characters are 6 bytes and 3 units, so that what follows is 3 columns earlier than in bytes.
    const text = OVERLAP.replace('b@0 {', '/* ü😀 */ b@0 {');
    const line = text.split('\n')[5]!;
    const { region } = (await resultOf(text, 'dt/overlapping-windows')).locations[0]!.physicalLocation!;
    expect(region).toMatchObject({
      startColumn: line.indexOf('<0x0 0xf') + 1,
      endColumn: line.lastIndexOf('>;') + 2,
    });
  });

  it('of a blob has bytes, of a table in a dump also where it lies', async () => {
    cpSync(join(ROOT, 'samples', 'gen2-dsdt.aml'), join(folder, 'dsdt.aml'));
    const [blob] = (await sarif(['sysfb', 'dsdt.aml'])).results;
    const { byteOffset, byteLength } = blob!.locations[0]!.physicalLocation!.region!;
    expect(byteOffset).toBeGreaterThan(36);
    expect(byteLength).toBeGreaterThan(0);
    expect(blob!.locations[0]!.logicalLocations).toMatchObject([{ fullyQualifiedName: '\\_SB.VMOD' }]);

    const bytes = readFileSync(join(folder, 'dsdt.aml'));
    const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, at) => {
      const row = [...bytes.subarray(at * 16, at * 16 + 16)].map((byte) =>
        byte.toString(16).padStart(2, '0').toUpperCase(),
      );
      return `    ${(at * 16).toString(16).padStart(4, '0').toUpperCase()}: ${row.join(' ')}`;
    });
    writeFileSync(join(folder, 'dump.txt'), `DSDT @ 0x0000000000000000\n${rows.join('\n')}\n\n`);
    const dumped = await sarif(['sysfb', 'dump.txt']);
    const [inside] = dumped.results;
    // The file itself is text, where those bytes are not: its place says the file alone.
    expect(inside!.locations[0]!.physicalLocation!.artifactLocation.uri).toBe('dump.txt');
    expect(inside!.locations[0]!.physicalLocation!.region).toBeUndefined();
    const nested = inside!.relatedLocations!.find(({ message }) => message!.text.startsWith('in '))!;
    expect(nested.physicalLocation!.region).toEqual({ byteOffset, byteLength });
    expect(dumped.artifacts[nested.physicalLocation!.artifactLocation.index]!.parentIndex).toBe(0);
  });

  it('has the answer, with a level only where something is wrong', async () => {
    const answer = async (...argv: string[]) => {
      const { results } = await sarif(['sysfb', ...argv], ROOT);
      const { ruleId, level, kind } = results.find((result) => result.ruleId.startsWith('answer/'))!;
      return { ruleId, level, kind };
    };
    expect(await answer('samples/openhcl-vtl2.dts')).toEqual({
      ruleId: 'answer/not-needed',
      level: 'none',
      kind: 'pass',
    });
    expect(await answer('samples/low-window-framebuffer.dts')).toEqual({
      ruleId: 'answer/framebuffer-unprotected',
      level: 'error',
    });
    expect(await answer('samples/gen2-dsdt.aml')).toEqual({ ruleId: 'answer/depends', level: 'warning' });
  });

  it('has what Linux refuses, and BARs that do not fit', async () => {
    const { results } = await sarif(
      ['bridges', 'samples/gen1-dsdt.aml', '--kernel', '6.12.30', '--bar', '1T,64bit,prefetchable'],
      ROOT,
    );
    expect(results.map(({ ruleId }) => ruleId)).toContain('answer/bar-does-not-fit');
  });
});

describe('files', () => {
  it('are named from the root of the repository on, whatever their names are', async () => {
    const repository = join(folder, 'repository');
    const name = 'a b/100%#?[ü]!x.dts';
    mkdirSync(join(repository, '.git'), { recursive: true });
    mkdirSync(join(repository, 'below', 'a b'), { recursive: true });
    writeFileSync(join(repository, 'below', name), OVERLAP);
    const { artifacts, results } = await sarif(['windows', name], join(repository, 'below'));
    const { uri } = artifacts[0]!.location;
    expect(decodeURIComponent(uri)).toBe(`below/${name}`);
    expect(uri).not.toMatch(/[ #?[\]ü\\]/);
    expect(results[0]!.locations[0]!.physicalLocation!.artifactLocation.uri).toBe(uri);
  });

  it('that are elsewhere are whole URIs', async () => {
    const repository = join(folder, 'repository');
    mkdirSync(join(repository, '.git'), { recursive: true });
    writeFileSync(join(folder, 'outside.dts'), OVERLAP);
    const { artifacts } = await sarif(['windows', '../outside.dts'], repository);
    expect(artifacts[0]!.location).toEqual({ uri: `file://${encodeURI(folder)}/outside.dts` });
  });

  it('that are none are no paths', async () => {
    const { artifacts } = await sarif(
      ['sysfb', '-'],
      folder,
      'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n',
    );
    expect(artifacts[0]!.location).toEqual({ uri: 'fwmap:stdin' });
  });

  it('have the hash that git and others know them by', async () => {
    writeFileSync(join(folder, 'case.dts.gz'), gzipSync(OVERLAP));
    const { artifacts } = await sarif(['windows', 'case.dts.gz']);
    const { sha256Of } = await import('../../../src/platform/hash.ts');
    expect(artifacts[0]!.hashes).toEqual({ 'sha-256': sha256Of(readFileSync(join(folder, 'case.dts.gz'))) });
  });
});

describe('without an answer', () => {
  it.each([
    ['a file that is not there', ['windows', 'nowhere.dts']],
    ['one that is nothing known', ['sysfb', 'noise.bin']],
    ['an option that cannot be', ['sysfb', 'case.dts', '--set', 'MG2X=1']],
  ])('%s', async (_, argv) => {
    writeFileSync(join(folder, 'case.dts'), OVERLAP);
    writeFileSync(join(folder, 'noise.bin'), Buffer.from('00ff17a2993b', 'hex'));
    const { status, invocations } = await sarif(argv);
    expect(status).toBe(2);
    expect(invocations[0]!.executionSuccessful).toBe(false);
  });
});
