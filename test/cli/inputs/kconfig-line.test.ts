/** `--kconfig-line`: a line, or the patch that adds it, held against a configuration. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-kconfig-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINE = 'select SYSFB if EFI && !HYPERV_VTL_MODE';
const CONFIG = `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.30 Kernel Configuration
#
CONFIG_X86_64=y
CONFIG_ACPI=y
CONFIG_EFI=y
CONFIG_HYPERV=y
# CONFIG_FB is not set
# CONFIG_DRM is not set
`;
/** With the column of a patch before each line. */
const patch = (...added: string[]): string =>
  [
    '--- a/drivers/hv/Kconfig',
    '+++ b/drivers/hv/Kconfig',
    `@@ -9,3 +9,${3 + added.length} @@ config HYPERV`,
    ' \tselect PARAVIRT',
    ...added.map((line) => `+\t${line}`),
    ' \thelp',
    ' \t  Select this option to run Linux as a Hyper-V client.',
    '',
  ].join('\n');

async function ask(line: string, config = CONFIG) {
  writeFileSync(join(folder, 'a.config'), config);
  const args = ['sysfb', 'a.config', '--kconfig-line', line, '--format', 'json'];
  const { status, stdout, stderr } = await run(args, { cwd: folder });
  return { status, stderr, kconfig: status === 0 ? JSON.parse(stdout).kconfig : undefined };
}

it('a line says which configuration gets SYSFB, by what, and which at risk does not', async () => {
  expect((await ask(LINE)).kconfig.explanation).toEqual(['a.config: gets SYSFB by the line; it is at risk']);
  // FB_EFI selects SYSFB since 5.19 (DOMAIN 7).
  const withFb = CONFIG.replace('# CONFIG_FB is not set', 'CONFIG_FB=y\nCONFIG_FB_EFI=y');
  expect((await ask('select SYSFB if !EFI', withFb)).kconfig.explanation).toEqual([
    'a.config: gets SYSFB by FB_EFI; it is at risk',
  ]);
  expect((await ask('select SYSFB if !EFI')).kconfig.explanation).toEqual([
    'a.config: does not get SYSFB; it is at risk and the line does not cover it',
  ]);
});

it('a patch is taken for the line that it adds', async () => {
  writeFileSync(join(folder, 'k.patch'), patch(LINE));
  const { kconfig } = await ask('k.patch');
  expect(kconfig).toMatchObject({
    proposal: LINE,
    explanation: ['a.config: gets SYSFB by the line; it is at risk'],
  });
});

it('a patch that adds none, or several, is refused', async () => {
  writeFileSync(join(folder, 'none.patch'), patch('select PARAVIRT_SPINLOCKS'));
  expect(await ask('none.patch')).toMatchObject({ status: 2 });
  writeFileSync(join(folder, 'two.patch'), patch(LINE, 'select SYSFB if EFI'));
  const { status, stderr } = await ask('two.patch');
  expect(status).toBe(2);
  expect(stderr).toContain('adds 2 lines about SYSFB');
});
