/** The schemas are what the types say, and refuse what isn't so. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TABLE_NAMES, TABLES } from '../../src/survey/tables.ts';
import { run } from '../cli/fake-io.ts';
import { hasPackage } from '../survey/fleet.ts';
import { violations } from './schemas.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'schemas');

type Value = null | boolean | number | string | Value[] | { [name: string]: Value };

describe('schemas/', () => {
  it.skipIf(!hasPackage('ts-json-schema-generator'))(
    'is what the types in src/report/json say',
    () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', join(ROOT, 'scripts', 'schemas.mjs'), '--check'],
        { cwd: ROOT, encoding: 'utf8' },
      );
      expect([status, stderr]).toEqual([0, '']);
    },
    120_000,
  );

  it('has every document that the types name', () => {
    const types = join(ROOT, 'src', 'report', 'json');
    const named = readdirSync(types).flatMap((file) => [
      ...readFileSync(join(types, file), 'utf8').matchAll(/'fwmap\/(\w+)@1'/g),
    ]);
    const files = named.map(([, name]) => `${name}.json`);
    expect([...files, 'survey.json'].sort()).toEqual(readdirSync(FOLDER).sort());
  });

  it('closes every object but maps, whose members are of a type', () => {
    const open: string[] = [];
    const walk = (value: Value, path: string): void => {
      if (Array.isArray(value)) for (const each of value) walk(each, path);
      else if (typeof value === 'object' && value !== null) {
        if (value.type === 'object' && value.additionalProperties !== false)
          open.push(`${path} ${JSON.stringify(value.additionalProperties)}`);
        for (const [name, each] of Object.entries(value)) walk(each, `${path}/${name}`);
      }
    };
    for (const name of readdirSync(FOLDER)) walk(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')), name);
    // The options of a .config, and the fields of a descriptor, which its type decides.
    const config = '{"type":"string"}';
    const field =
      '{"anyOf":[{"type":"string"},{"type":"boolean"},{"type":"array","items":{"type":"string"}}]}';
    expect(open).toEqual([
      `machines.json/$defs/DescriptorJson ${field}`,
      `machines.json/$defs/KernelJson/properties/config ${config}`,
      `resources.json/$defs/DescriptorJson ${field}`,
      `sysfb.json/$defs/KernelJson/properties/config ${config}`,
    ]);
  });

  it('of a survey has a column for each', () => {
    const row = Object.fromEntries(TABLES.windows.map(({ name }) => [name, null]));
    expect(violations('survey', { windows: [row] })).toEqual([]);
    expect(violations('survey', { windows: [{ ...row, other: null }] })).not.toEqual([]);
    expect(violations('survey', { windows: [{ ...row, base: '0x0' }] })).not.toEqual([]);
    expect(violations('survey', Object.fromEntries(TABLE_NAMES.map((name) => [name, []])))).toEqual([]);
  });
});

/** The value with something else at one place, for every place. */
function* changed(value: Value): Generator<{ path: string; value: Value }> {
  if (typeof value !== 'object' || value === null) {
    yield { path: '', value: {} };
    return;
  }
  const entries: readonly (readonly [string, Value])[] = Object.entries(value);
  for (const [name, inner] of entries) {
    for (const each of changed(inner)) {
      const copy: Value = Array.isArray(value) ? [...value] : { ...value };
      (copy as Record<string, Value>)[name] = each.value;
      yield { path: `/${name}${each.path}`, value: copy };
    }
  }
  yield {
    path: '/nobody-knows',
    value: Array.isArray(value) ? [...value, 1.5] : { ...value, 'nobody-knows': 1 },
  };
}

describe('what is not so is refused at every place of a report', () => {
  it.each([
    ['sysfb', ['samples/gen2-dsdt.aml', '--matrix', '--kconfig-line', 'select SYSFB if EFI']],
    ['bridges', ['samples/gen1-dsdt.aml', '--kernel', '6.12.30', '--bar', '256M,64bit,prefetchable']],
    ['at', ['0xf8000000', 'samples/low-window-framebuffer.dts']],
    ['windows', ['samples/gen2-dsdt.aml']],
    ['resources', ['samples/gen2-capture.tar.gz']],
    ['explain', ['samples/gen2-dsdt.aml', '--node', '\\_SB.VMOD']],
    ['explain', ['samples/openhcl-vtl2.dts', '--node', '/bus/vmbus']],
    ['finding', ['dt/ranges-cells']],
    ['simulate', ['samples/low-window-framebuffer.dts']],
    ['diff', ['samples/openhcl-vtl2.dts', 'samples/low-window-framebuffer.dts']],
    ['scan', ['samples/gen2-dsdt.aml']],
    ['eval', ['samples/gen2-dsdt.aml', '\\_SB.VMOD._CRS', '--trace']],
  ])('%s %s', async (name, argv) => {
    const command = name === 'finding' ? 'explain' : name;
    const { stdout, stderr } = await run([command, ...argv, '--format', 'json'], { cwd: ROOT });
    expect(stderr).not.toMatch(/error/);
    const document: Value = JSON.parse(stdout);
    expect(violations(name, document)).toEqual([]);
    const passed: string[] = [];
    let tried = 0;
    for (const { path, value } of changed(document)) {
      tried += 1;
      if (violations(name, value).length === 0) passed.push(path);
    }
    expect(passed).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  });
});
