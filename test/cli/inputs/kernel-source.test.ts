/** `--kernel-source`: a tree, or files of one, show what the kernel does whatever its release is called. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-kernel-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** In the shape of the driver, with the test of CONFIG_SYSFB (a07b50d80ab6) or without it. */
const driver = (gated: boolean): string => `static void vmbus_reserve_fb(void)
{
	${gated ? 'if (IS_ENABLED(CONFIG_SYSFB))' : ''}
		start = screen_info.lfb_base;
}
int vmbus_allocate_mmio(struct resource **new)
{
	return 0;
}
`;

for (const [name, gated] of [
  ['gated', true],
  ['ungated', false],
] as const) {
  mkdirSync(join(folder, name, 'drivers/hv'), { recursive: true });
  writeFileSync(join(folder, name, 'drivers/hv/vmbus_drv.c'), driver(gated));
  writeFileSync(join(folder, name, 'drivers/hv/Kconfig'), 'config HYPERV\n\ttristate\n');
}

const values = ['MG2B=0xf8000000', 'MG2L=0x8000000', 'HMIB=0xfe00', 'HMIL=0x200'].flatMap((value) => [
  '--set',
  value,
]);
const table = resolve('samples/gen2-dsdt.aml');

async function answer(sources: readonly string[]): Promise<string> {
  const named = sources.flatMap((source) => ['--kernel-source', source]);
  const args = ['sysfb', table, ...values, '--kernel', '5.14.0-570.el9.x86_64', ...named];
  const { status, stdout, stderr } = await run([...args, '--format', 'json'], { cwd: folder });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout).answer;
}

it('settles what a vendor kernel leaves open', async () => {
  // screen_info is read with CONFIG_SYSFB only, or always.
  expect(await answer([])).toBe('depends');
  expect(await answer(['gated'])).toBe('needed');
  expect(await answer(['ungated'])).toBe('not-needed');
});

it('takes files as it takes the tree', async () => {
  expect(await answer(['gated/drivers/hv/vmbus_drv.c', 'gated/drivers/hv/Kconfig'])).toBe('needed');
  expect(await answer(['ungated/drivers/hv/vmbus_drv.c'])).toBe('not-needed');
});

it('leaves open what the code does in a way of its own', async () => {
  // The caller checks CONFIG_SYSFB: without it nothing is reserved.
  const caller = join(folder, 'vmbus_drv.c');
  writeFileSync(
    caller,
    `${driver(false)}void init(void) { if (IS_ENABLED(CONFIG_SYSFB)) vmbus_reserve_fb(); }\n`,
  );
  expect(await answer([caller])).toMatch(/depends/);
});

it('a folder without any of the files is an error that names them', async () => {
  mkdirSync(join(folder, 'empty'));
  const { status, stderr } = await run(['sysfb', table, '--kernel-source', 'empty'], { cwd: folder });
  expect(status).toBe(2);
  expect(stderr).toContain('drivers/hv/vmbus_drv.c');
});
