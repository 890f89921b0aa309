/** Whatever an input holds, a reader says what is wrong with it: it neither throws nor runs on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArtifactKind } from '../../src/artifact/artifact.ts';
import { reconcile } from '../../src/evidence/reconcile.ts';
import { artifactOf, read } from './artifacts.ts';

const KINDS: readonly ArtifactKind[] = [
  'kconfig',
  'boot-params',
  'iomem',
  'lspci',
  'uname',
  'cmdline',
  'memmap',
  'dmesg',
  'crs-text',
  'image',
];
/** Pieces of real lines, put together wrongly. */
const PIECES = [
  '[    0.000000] ',
  'Linux version 6.12.30 (x) #1',
  'BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable',
  'efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
  'hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],(null) fb=(null)',
  'pci 0000:00:08.0: [1414:5353] type 00 class 0x030000',
  'pci 0000:00:08.0: BAR 0 [mem 0xf8000000-0xfbffffff]',
  'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]',
  '00:08.0 VGA compatible controller [0300]: x [1414:5353]',
  '\tRegion 0: Memory at f8000000 (32-bit, non-prefetchable) [size=64M]',
  'CONFIG_SYSFB=y',
  '# CONFIG_FB is not set',
  '00000000-ffffffffffffffff : System RAM',
  '  f8000000-f7ffffff : x',
  '0x0 0x9ffff System RAM',
  'IKCFG_ST\x1f\x8b\x08',
  'HdrS',
  '\n',
  '\r\n',
  '\0',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary-ascii', maxLength: 8 })), {
    maxLength: 40,
  })
  .map((pieces) => pieces.join(''));

describe('hostile input', () => {
  test.each(KINDS)('%s: text', (kind) => {
    fc.assert(
      fc.property(text, (content) => {
        reconcile(read(artifactOf(kind, content)).evidence);
      }),
    );
  });

  test.each(KINDS)('%s: bytes', (kind) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000, size: 'max' }), (content) => {
        reconcile(read(artifactOf(kind, content)).evidence);
      }),
      { numRuns: 50 },
    );
  });

  test('boot_params of random content keeps to its 4096 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4096, maxLength: 4096 }), (content) => {
        const { evidence } = read(artifactOf('boot-params', content));
        expect(evidence.screenInfos).toHaveLength(1);
        for (const { span } of evidence.memoryMap) expect(span!.end <= 4096).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('a long log takes no longer than it is long', () => {
    const line = `[    1.0] hv_vmbus: ${'a'.repeat(400)} 0x${'0'.repeat(400)}`;
    const started = performance.now();
    read(artifactOf('dmesg', `${line}\n`.repeat(20_000)));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
