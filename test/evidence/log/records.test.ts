/** Logs in the forms that programs read: the same facts as from the text that dmesg prints. */
import { describe, expect, test } from 'vitest';
import { artifactOf, read } from '../artifacts.ts';

const MESSAGES: readonly (readonly [number, string])[] = [
  [0, 'Linux version 6.6.10 (a@b) (gcc 12) #1 SMP'],
  [0, 'Command line: root=/dev/sda1 "quoted\\" elfcorehdr=0x3a000000'],
  [0.25, 'Hypervisor detected: Microsoft Hyper-V'],
  [0.5, 'ACPI: DSDT 0x000000003FFD7000 01E184 (v02 MSFTVM DSDT01   00000001 MSFT 05000000)'],
  [1.5, 'hv_vmbus: Vmbus version:5.3'],
];

/** As journald has them, and one of a program that isn't the kernel. */
const RECORDS: readonly Readonly<Record<string, unknown>>[] = MESSAGES.flatMap(([seconds, message], at) => [
  {
    __CURSOR: `s=0a1b2c;i=${at}`,
    _TRANSPORT: 'kernel',
    MESSAGE: message,
    PRIORITY: '6',
    _SOURCE_MONOTONIC_TIMESTAMP: String(seconds * 1e6),
  },
  { __CURSOR: 's=0a1b2c;i=f', MESSAGE: 'Linux version 7.3.0 (said by a program)', _TRANSPORT: 'stdout' },
]);

const lines = (of: (record: Readonly<Record<string, unknown>>) => string): string => RECORDS.map(of).join('');
const fields =
  (indent: string) =>
  (record: Readonly<Record<string, unknown>>): string =>
    Object.entries(record)
      .map(([key, value]) => `${indent}${key}=${value}\n`)
      .join('');

const FORMS: Readonly<Record<string, string>> = {
  'journalctl -o json': lines((record) => `${JSON.stringify(record)}\n`),
  'journalctl -o json, bytes': lines(
    (record) => `${JSON.stringify({ ...record, MESSAGE: [...Buffer.from(String(record.MESSAGE))] })}\n`,
  ),
  'journalctl -o json-pretty': lines(
    (record) =>
      `{\n${Object.entries(record)
        .map(([key, value]) => `\t"${key}" : ${JSON.stringify(value)}`)
        .join(',\n')}\n}\n`,
  ),
  'journalctl -o json-pretty, bytes': lines(
    (record) =>
      `{\n\t"MESSAGE" : [\n${[...Buffer.from(String(record.MESSAGE))].join(',\n\t\t')}\n\t],\n\t"_TRANSPORT" : "${record._TRANSPORT}",\n\t"_SOURCE_MONOTONIC_TIMESTAMP" : "${record._SOURCE_MONOTONIC_TIMESTAMP}"\n}\n`,
  ),
  'journalctl -o export': lines((record) => `${fields('')(record)}\n`),
  'journalctl -o verbose': lines(
    (record) =>
      `Fri 2026-11-27 09:00:00.000000 UTC [${record.__CURSOR};b=1f;m=1;t=2;x=3]\n${fields('    ')(record)}`,
  ),
  'dmesg --json': `{\n   "dmesg": [\n${MESSAGES.map(
    ([seconds, message]) =>
      `      {\n         "pri": 6,\n         "time": ${seconds.toFixed(6).padStart(12)},\n         "msg": ${JSON.stringify(message)}\n      }`,
  ).join(',')}\n   ]\n}\n`,
};

const facts = (text: string) => {
  const { evidence, codes } = read(artifactOf('dmesg', text));
  const plain = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, inner) =>
        ['span', 'artifact'].includes(key) ? undefined : typeof inner === 'bigint' ? `${inner}` : inner,
      ),
    );
  return { facts: plain(evidence), codes };
};
const dmesg = MESSAGES.map(([seconds, message]) => `[${seconds.toFixed(6).padStart(12)}] ${message}\n`).join(
  '',
);

describe('a log', () => {
  test.each(Object.entries(FORMS))('of %s is that of dmesg', (_, text) => {
    expect(facts(text)).toEqual(facts(dmesg));
  });

  test('of records points at the line that has the message', () => {
    for (const [form, text] of Object.entries(FORMS)) {
      const { span } = read(artifactOf('dmesg', text)).evidence.releases[0]!;
      const line = text.slice(span!.start, span!.end);
      expect(line, form).toMatch(/Linux version 6\.6\.10|"MESSAGE" ?: ?\[/);
      expect(line, form).not.toContain('\n');
    }
  });

  test('with a record whose message is left out has a gap', () => {
    const whole = FORMS['journalctl -o json']!;
    const cut = whole.replace('"MESSAGE":"Hypervisor detected: Microsoft Hyper-V"', '"MESSAGE":null');
    const gaps = (text: string) => read(artifactOf('dmesg', text)).evidence.logs[0]!.gaps;
    expect(gaps(whole)).not.toContain('it has records without a message');
    expect(gaps(cut)).toContain('it has records without a message');
  });
});
