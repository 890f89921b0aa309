/**
 * A BAR that lspci prints as `<unassigned>` or `<ignored>`: pci_resource_start() is 0, and vmbus_reserve_fb() reserves
 * nothing where it is (drivers/hv/vmbus_drv.c: `if (!start) return;`).
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBytes } from '../../../src/artifact/open-bytes.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

async function ask(release: string, region: string): Promise<Verdict> {
  const sink = new DiagnosticList();
  const tables = await openBytes('dsdt.aml', new Uint8Array(readFileSync('samples/gen1-dsdt.aml')), {}, sink);
  const listing = artifactOf(
    'lspci',
    `00:00.0 Host bridge [0600]: Intel Corporation 440BX [8086:7192]
00:08.0 VGA compatible controller [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353]
\t${region}
`,
    'lspci.txt',
  );
  return answerSysfb([...tables, listing], { describe: {}, kernel: { release, boot: 'bios' } }, sink);
}

test('of Generation 1’s video device: from 6.0 on, which asks the BAR, nothing keeps VMBus off the framebuffer', async () => {
  for (const region of [
    'Region 0: Memory at <unassigned> (32-bit, non-prefetchable)',
    'Memory at <ignored> (32-bit, non-prefetchable) [size=64M]',
  ])
    for (const release of ['6.6.10', '6.12.60'])
      expect(await ask(release, region)).toMatchObject({ answer: 'needed', effective: false });
});

test('an assigned BAR is reserved, and an unassigned one that is not the first says nothing of it', async () => {
  const assigned = 'Region 0: Memory at f8000000 (32-bit, non-prefetchable) [size=64M]';
  expect(await ask('6.6.10', assigned)).toMatchObject({ answer: 'not-needed' });
  expect(await ask('6.6.10', `${assigned}\n\tRegion 1: Memory at <unassigned>`)).toMatchObject({
    answer: 'not-needed',
  });
});
