import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../fake-io.ts';

const MESSAGE = `From jan Thu Jun  5 10:00:00 2025
From: =?UTF-8?B?SmFuIE3DvGxsZXI=?= <jan@example.com>
To: linux-hyperv@vger.kernel.org
Cc: "Doe, J" <j@example.com>,
 K <k@example.com>
Subject: [PATCH v2 1/2] Drivers: hv: A subject that is so long that it has to be folded somewhere
Date: Thu, 5 Jun 2025 10:00:00 -0700
Message-ID: <second@example.com>
In-Reply-To: <cover@example.com>

Hi,

the node has:

\tranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;

Signed-off-by: X <x@example.com>
`;
const OTHER = `From jan Thu Jun  5 09:00:00 2025
From: Somebody <s@example.com>
To: linux-hyperv@vger.kernel.org
Subject: Nothing
Message-ID: <first@example.com>

Nothing here.

`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-reply-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function reply(mailbox: string): Promise<string> {
  writeFileSync(join(folder, 'thread.mbox'), mailbox);
  const outcome = await run(['sysfb', 'thread.mbox', '--reply-to', 'thread.mbox'], { cwd: folder });
  expect(outcome).toMatchObject({ status: 0 });
  return outcome.stdout;
}

/** What Python's email package reads. */
function python(message: string): Record<string, unknown> {
  const script = `
import email, email.policy, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
addresses = lambda name: [str(a) for a in m[name].addresses] if m[name] else []
print(json.dumps({'to': addresses('to'), 'cc': addresses('cc'), 'subject': m['subject'],
  'in-reply-to': m['in-reply-to'], 'references': m['references'], 'keys': sorted(k.lower() for k in m.keys()),
  'defects': [str(d) for d in m.defects], 'body': m.get_content()}))`;
  const { stdout, stderr } = spawnSync('python3', ['-c', script], { input: message, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const hasPython = spawnSync('python3', ['--version']).status === 0;
describe.skipIf(!hasPython)('a reply', () => {
  test('goes to everybody, in the thread, with what it is about', async () => {
    const message = python(await reply(OTHER + MESSAGE));
    expect(message).toMatchObject({
      to: ['Jan Müller <jan@example.com>'],
      cc: ['linux-hyperv@vger.kernel.org', '"Doe, J" <j@example.com>', 'K <k@example.com>'],
      subject: 'Re: [PATCH v2 1/2] Drivers: hv: A subject that is so long that it has to be folded somewhere',
      'in-reply-to': '<second@example.com>',
      references: '<cover@example.com> <second@example.com>',
      defects: [],
    });
    const body = String(message.body);
    expect(body).toContain('On Thu, 5 Jun 2025 10:00:00 -0700, Jan Müller wrote:\n> the node has:\n>\n');
    expect(body).toContain('> \tranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n\n');
    expect(body).not.toMatch(/-by:/);
    const alone = await run(['sysfb', 'thread.mbox', '--format', 'mail'], { cwd: folder });
    expect(body.endsWith(alone.stdout)).toBe(true);
  });

  test('of a hostile message has the fields of ours and no more', async () => {
    const hostile = MESSAGE.replace(
      'Subject: [PATCH',
      'Subject: x\rBcc: evil@example.com\x00 =?UTF-8?Q?a=0ABcc:_evil=40example.com?= [PATCH',
    )
      .replace('Jan', 'Jan')
      .replace('<second@example.com>', '<a@b>\u2028<c@d>');
    const message = python(await reply(hostile));
    expect((message.keys as string[]).filter((key) => key !== 'from')).toEqual([
      'cc',
      'content-transfer-encoding',
      'content-type',
      'in-reply-to',
      'mime-version',
      'references',
      'subject',
      'to',
    ]);
  });

  test('names everybody once, out of groups, lists and odd names', async () => {
    const odd = `From jan Thu Jun  5 10:00:00 2025
From: "M\u00fcller, Hans" (work) <hans@example.com>
To: undisclosed-recipients:;
Cc: Team: =?ISO-8859-1?Q?Andr=E9?= <andre@example.com>, b@example.com;,
\t"Back\\\\slash \\"Q\\"" <q@example.com>, HANS@example.com,
 linux-hyperv@vger.kernel.org, Linux-HyperV@vger.kernel.org, not an address, <x@y\x01.z>
List-Id: <linux-hyperv.vger.kernel.org>
List-Post: <mailto:linux-arch@vger.kernel.org>
Subject: =?UTF-8?Q?[PATCH]_R=C3=A4nder?=
 of windows
Message-ID: <odd@example.com>

ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;
`;
    // Read by RFC 5322 by hand; the list of List-Post isn't in To or Cc, so it stands last.
    expect(python(await reply(odd))).toMatchObject({
      to: ['"M\u00fcller, Hans" <hans@example.com>'],
      cc: [
        'Andr\u00e9 <andre@example.com>',
        'b@example.com',
        '"Back\\\\slash \\"Q\\"" <q@example.com>',
        'linux-hyperv@vger.kernel.org',
        'linux-arch@vger.kernel.org',
      ],
      subject: 'Re: [PATCH] R\u00e4nder of windows',
      'in-reply-to': '<odd@example.com>',
      references: '<odd@example.com>',
      defects: [],
    });
  });

  test('follows Mail-Followup-To, and Reply-To', async () => {
    const followed = MESSAGE.replace(
      'Date:',
      'Mail-Followup-To: list@example.com,\n A <a@example.net>\nDate:',
    );
    expect(python(await reply(followed))).toMatchObject({
      to: ['list@example.com', 'A <a@example.net>'],
      cc: [],
    });
    const replied = MESSAGE.replace('Date:', 'Reply-To: Other <other@example.com>\nDate:');
    expect(python(await reply(replied))).toMatchObject({
      to: ['Other <other@example.com>'],
      cc: ['linux-hyperv@vger.kernel.org', '"Doe, J" <j@example.com>', 'K <k@example.com>'],
    });
  });

  test('to a message without an id begins a thread, which is reported', async () => {
    writeFileSync(join(folder, 'thread.mbox'), MESSAGE.replace(/^Message-ID.*\n/m, ''));
    const { status, stdout, stderr } = await run(['sysfb', 'thread.mbox', '--reply-to', 'thread.mbox'], {
      cwd: folder,
    });
    expect([status, stderr]).toEqual([
      0,
      'fwmap: --reply-to thread.mbox: the message has no Message-ID; the reply starts a new thread\n',
    ]);
    const { keys } = python(stdout);
    expect(keys).not.toContain('in-reply-to');
    expect(keys).not.toContain('references');
  });

  test('in a mailbox as b4 writes it goes to the patch that it is about', async () => {
    const patch = (number: number, line: string) => `From git@z Thu Jan  1 00:00:00 1970
Subject: [PATCH v3 ${number}/3] board: part ${number}
From: Jan <jan@example.com>
Date: Thu, 05 Jun 2025 10:00:0${number} +0000
Message-Id: <20250605-board-v3-${number}@example.com>
To: linux-hyperv@vger.kernel.org
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 7bit

Text of part ${number}.
>From here on nothing.

Signed-off-by: Jan <jan@example.com>
---
 board.dts | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/board.dts b/board.dts
index 1111111..2222222 100644
--- a/board.dts
+++ b/board.dts
@@ -1,3 +1,4 @@
 / {
+${line}
 \tfoo = "bar";
--\x20
2.43.0

`;
    const mailbox = [
      patch(1, '\tmodel = "one";'),
      patch(2, '\tranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;'),
      patch(3, '\tmodel = "three";'),
    ].join('');
    const message = python(await reply(mailbox));
    expect(message).toMatchObject({
      subject: 'Re: [PATCH v3 2/3] board: part 2',
      'in-reply-to': '<20250605-board-v3-2@example.com>',
    });
    expect(String(message.body)).toContain('> +\tranges = <0x0f');
    expect(String(message.body)).not.toMatch(/^[^>].*-by:/m);
  });

  test('to what is no message is an error', async () => {
    const sample = resolve('samples/openhcl-vtl2.dts');
    expect((await run(['sysfb', sample, '--reply-to', sample])).status).toBe(2);
    expect((await run(['sysfb', sample, '--reply-to', '/missing'])).status).toBe(2);
    expect((await run(['sysfb', sample, '--reply-to', sample, '--format', 'json'])).status).toBe(2);
  });
});

const hasSendEmail = spawnSync('git', ['send-email', '--dump-aliases']).status === 0;
describe.skipIf(!hasSendEmail)('git send-email', () => {
  test('would send it', async () => {
    writeFileSync(join(folder, 'reply.eml'), await reply(MESSAGE));
    const arguments_ = ['send-email', '--dry-run', '--from', 'A <a@example.com>', '--confirm', 'never'];
    const sent = spawnSync('git', [...arguments_, '--suppress-cc=self', 'reply.eml'], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_COMMITTER_NAME: 'A',
        GIT_COMMITTER_EMAIL: 'a@example.com',
        GIT_AUTHOR_NAME: 'A',
        GIT_AUTHOR_EMAIL: 'a@example.com',
      },
    });
    expect([sent.status, sent.stderr]).toEqual([0, '']);
    for (const part of [
      'jan@example.com',
      'linux-hyperv@vger.kernel.org',
      'In-Reply-To: <second@example.com>',
    ])
      expect(sent.stdout).toContain(part);
    expect(readFileSync(join(folder, 'reply.eml'), 'utf8')).not.toContain('\r');
  });
});
