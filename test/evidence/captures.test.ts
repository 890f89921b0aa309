/** Real boots under ../shared/corpus/boot; `expected.json` has what Linux itself said there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ArtifactKind } from '../../src/artifact/artifact.ts';
import { sniffKind } from '../../src/artifact/sniff.ts';
import { reconcile, sameFramebuffer } from '../../src/evidence/reconcile.ts';
import { findFramebuffers } from '../../src/linux/framebuffer.ts';
import { CORPUS, HAS_CORPUS, NEEDS_CORPUS } from '../linux/corpus.ts';
import { artifactOf, read } from './artifacts.ts';

interface Expected {
  efifb?: { base: string };
  screenInfo?: { isVGA: number; base: string; sizeField: number; lineLength: number };
  e820?: [string, string, number][];
  hostBridges: { windows: { space: 'mem' | 'io'; start: string; end: string }[] }[];
}
const FILES: Readonly<Record<string, ArtifactKind>> = {
  'dmesg.txt': 'dmesg',
  'iomem.txt': 'iomem',
  'uname.txt': 'uname',
  'boot_params.bin': 'boot-params',
};
const root = `${CORPUS}boot/`;

describe.skipIf(!HAS_CORPUS)(`boot captures${NEEDS_CORPUS}`, () => {
  for (const name of HAS_CORPUS ? readdirSync(root) : []) {
    test(name, () => {
      const expected = JSON.parse(readFileSync(`${root}${name}/expected.json`, 'utf8')) as Expected;
      const artifacts = Object.entries(FILES)
        .filter(([file]) => existsSync(`${root}${name}/${file}`))
        .map(([file, kind]) => {
          const bytes = readFileSync(`${root}${name}/${file}`);
          expect(sniffKind(bytes)).toBe(kind);
          return artifactOf(kind, bytes, file);
        });
      const { evidence, codes } = read(...artifacts);
      const known = reconcile(evidence);
      expect(codes).toEqual([]);
      expect(known.contradictions).toEqual([]);

      // The framebuffer: boot_params, log, iomem and the PCI device agree with what Linux used.
      const found = findFramebuffers(evidence);
      expect(found.length > 0).toBe(expected.efifb !== undefined);
      if (expected.efifb !== undefined) {
        const efifb = { base: BigInt(expected.efifb.base), size: null };
        for (const finding of found) expect(sameFramebuffer(finding, efifb)).toBe(true);
        expect(found.map(({ from }) => from)).toEqual(expect.arrayContaining(['dmesg', 'iomem']));
        expect(found.some(({ from }) => from === 'boot-params')).toBe(expected.screenInfo !== undefined);
      }
      if (expected.screenInfo !== undefined)
        expect(known.screenInfo!.value).toMatchObject({
          videoType: expected.screenInfo.isVGA,
          lfbBase: BigInt(expected.screenInfo.base),
          lfbSize: BigInt(expected.screenInfo.sizeField),
          lineLength: expected.screenInfo.lineLength,
        });
      if (expected.e820 !== undefined)
        expect(
          evidence.memoryMap
            .filter(({ artifact }) => artifact.kind === 'boot-params')
            .map(({ value }) => [value.base, value.size]),
        ).toEqual(
          // The kernel drops entries without a size.
          expected.e820
            .filter(([, size]) => BigInt(size) > 0n)
            .map(([base, size]) => [BigInt(base), BigInt(size)]),
        );

      // Host bridge windows as the log prints them.
      const printed = evidence.pciWindows.map(({ value }) => `${value.space} ${value.start}-${value.last}`);
      for (const { windows } of expected.hostBridges)
        for (const { space, start, end } of windows)
          if (evidence.pciWindows.length > 0)
            expect(printed).toContain(`${space === 'mem' ? 'memory' : 'io'} ${BigInt(start)}-${BigInt(end)}`);
    });
  }

  test('the PCI device is among the sources where a VGA BAR holds the framebuffer', () => {
    const bytes = readFileSync(`${root}boot-pc-ovmf-6g/dmesg.txt`);
    const { evidence } = read(artifactOf('dmesg', bytes, 'dmesg.txt'));
    // pci 0000:00:02.0: BAR 0 [mem 0xc0000000-0xc0ffffff pref], "BAR 0: assigned to efifb"
    expect(findFramebuffers(evidence).find(({ from }) => from === 'pci')).toMatchObject({
      base: 0xc0000000n,
      size: 0x1000000n,
    });
  });
});
