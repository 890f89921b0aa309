/** Trees that no reader survives by patience: each ends in a diagnostic, soon, with status 2. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Sparse: it takes no room on the disk.
const huge = openSync(join(folder, 'huge.bin'), 'w');
ftruncateSync(huge, 2 ** 32);
closeSync(huge);

/** Each macro is the one before twice. */
const doubling = Array.from({ length: 64 }, (_, n) => `#define M${n + 1} M${n} M${n}\n`).join('');

describe.each([
  ['an include cycle of cpp', '#include "self.dts"\n/ { };', 'dt/include-depth'],
  ['an include cycle of dtc', '/include/ "self.dts"\n/ { };', 'dt/include'],
  ['a macro that expands without end', `#define M0 1\n${doubling}/ { a = <M64>; };`, 'dt/macro-limit'],
  ['an /incbin/ of 4 GiB', '/ { a = /incbin/("huge.bin"); };', 'dt/incbin'],
  ['a million nested nodes', `/ {${'a{'.repeat(1_000_000)}${'};'.repeat(1_000_001)}`, 'dt/too-deep'],
  ['a hundred thousand nested #if', `${'#if 1\n'.repeat(100_000)}/ { };`, 'dt/too-deep'],
])('%s', (_, text, code) => {
  it('ends in a diagnostic', async () => {
    const path = join(folder, 'self.dts');
    writeFileSync(path, `/dts-v1/;\n${text}\n`);
    const started = process.cpuUsage();
    const windows = await run(['windows', path]);
    const { user } = process.cpuUsage(started);
    expect(windows.stderr).toContain(`[${code}]`);
    expect(windows.status).toBe(2);
    expect(user).toBeLessThan(1_000_000);
    // dtc's status for a source that does not compile.
    expect((await run(['dtc', '-o', '/dev/null', path])).status).toBe(1);
  });
});
