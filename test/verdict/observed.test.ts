import { expect, test } from 'vitest';
import { observedRules } from '../../src/verdict/observed.ts';
import { artifactOf, read } from '../evidence/artifacts.ts';

test('what the log says of failures becomes rules with its lines', () => {
  const guid = 'bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe';
  const { evidence } = read(
    artifactOf(
      'dmesg',
      [
        '[    1.0] hv_vmbus: Unexpected framebuffer mmio base of zero',
        `[    2.0] hv_pci ${guid}: PCI Pass-through VSP failed D0 Entry with status c0370048`,
        `[    2.1] hv_pci ${guid}: PCI Pass-through VSP failed D0 Entry with status c0370048`,
        '',
      ].join('\n'),
    ),
  );
  const rules = observedRules(evidence);
  expect(rules.map(({ id, evidence: lines }) => [id, lines.length])).toEqual([
    ['observed-pass-through-failed', 2],
    ['observed-no-framebuffer-base', 1],
  ]);
  expect(observedRules(read().evidence)).toEqual([]);
});

test('the pool that the kernel printed', () => {
  const { evidence } = read(
    artifactOf(
      'dmesg',
      '[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=(null)\n',
    ),
  );
  expect(observedRules(evidence).map(({ says }) => says)).toEqual([
    'The kernel of this log was given [mem 0xf8000000-0xfed3ffff] and [mem 0xfe0000000-0xfffffffff] and reserved nothing.',
  ]);
});
