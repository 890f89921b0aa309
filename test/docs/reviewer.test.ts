/** The three lines that README has for a reviewer, typed as they stand there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';
import { faultsOf } from '../report/results/sarif-schema.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-reviewer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECTION = /^## In a review\n\n```sh\n(.*?)^```/ms.exec(
  readFileSync(join(ROOT, 'README.md'), 'utf8'),
)![1]!;

/** A line of it, as a shell takes it: a comment is none of its, and `>` names a file. */
async function typed(start: string): Promise<string> {
  const line = SECTION.split('\n').find((each) => each.startsWith(start))!;
  const [command, target] = line.replace(/\s+#.*/, '').split(' > ');
  const { status, stdout, stderr } = await run(command!.split(' ').slice(1), { cwd: folder });
  expect([status, stderr.replace(/^note: .*\n/gm, '')]).toEqual([0, '']);
  if (target !== undefined) writeFileSync(join(folder, target), stdout);
  return stdout;
}

beforeAll(() => {
  writeFileSync(
    join(folder, 'thread.mbox'),
    `From mboxrd@z Thu Jan  1 00:00:00 1970
From: A <a@example.org>
To: B <b@example.org>
Cc: linux-hyperv@vger.kernel.org
Subject: Re: [PATCH 1/1] Drivers: hv: Select CONFIG_SYSFB only if EFI
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>
References: <1@example.org>
Date: Mon, 19 May 2025 09:54:54 -0700

> Can you find out what MMIO space Hyper-V provides to VTL2 via OF?

${readFileSync(join(ROOT, 'samples', 'seed-line.dtsi'), 'utf8').trim()}
`,
  );
  const board = readFileSync(join(ROOT, 'samples', 'openhcl-vtl2.dts'), 'utf8');
  writeFileSync(join(folder, 'board.dts'), board);
  const low = board.replaceAll('0x0f 0xf0000000', '0x00 0xf8000000');
  writeFileSync(
    join(folder, '0001-board.patch'),
    `From: A <a@example.org>\nSubject: [PATCH] board: move the window\n\n---\n${createTwoFilesPatch('a/board.dts', 'b/board.dts', board, low)}`,
  );
  const table = readFileSync(join(ROOT, 'samples', 'gen2-dsdt.aml'));
  const lines = Array.from({ length: Math.ceil(table.length / 16) }, (_, at) => {
    const bytes = [...table.subarray(at * 16, at * 16 + 16)].map((byte) =>
      byte.toString(16).padStart(2, '0'),
    );
    return `    ${(at * 16).toString(16).toUpperCase().padStart(4, '0')}: ${bytes.join(' ').toUpperCase()}`;
  });
  writeFileSync(join(folder, 'acpidump.txt'), `DSDT @ 0x0000000000000000\n${lines.join('\n')}\n`);
});

test('from a mail to a reply', async () => {
  const reply = await PostalMime.parse(await typed('fwmap sysfb thread.mbox'));
  expect(reply).toMatchObject({
    subject: 'Re: [PATCH 1/1] Drivers: hv: Select CONFIG_SYSFB only if EFI',
    inReplyTo: '<2@example.org>',
    references: '<1@example.org> <2@example.org>',
    to: [{ address: 'a@example.org' }],
    cc: [{ address: 'b@example.org' }, { address: 'linux-hyperv@vger.kernel.org' }],
  });
  expect(reply.text).toMatch(
    /^>> Can you find out[\s\S]*^> ranges = <[\s\S]*^VTL2 does not need CONFIG_SYSFB\.$/m,
  );
});

test('from a patch to SARIF', async () => {
  const log = JSON.parse(await typed('fwmap diff 0001-board.patch'));
  expect(faultsOf(log)).toEqual([]);
  const line =
    readFileSync(join(folder, 'board.dts'), 'utf8')
      .split('\n')
      .findIndex((each) => each.includes('ranges = <0x0f')) + 1;
  const [{ ruleId, locations }] = log.runs[0].results;
  expect(ruleId).toBe('diff/answer-worse');
  expect(locations[0].physicalLocation).toMatchObject({
    artifactLocation: { uri: expect.stringMatching(/board\.dts$/) },
    region: { startLine: line },
  });
});

test('from an acpidump to a page', async () => {
  await typed('fwmap sysfb acpidump.txt');
  const page = readFileSync(join(folder, 'guest.html'), 'utf8');
  expect(page).toContain('depends on the firmware field MG2L');
  expect(page).not.toMatch(/(?:src|href)="(?!#|data:)/);
});
