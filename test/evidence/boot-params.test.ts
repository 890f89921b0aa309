/** Offsets: include/uapi/linux/screen_info.h and Documentation/arch/x86/zero-page.rst, DOMAIN.md section 8. */
import { describe, expect, test } from 'vitest';
import { artifactOf, read } from './artifacts.ts';

function screenInfo(fields: {
  type: number;
  base?: number;
  size?: number;
  ext?: number;
  capabilities?: number;
}) {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint8(0x0f, fields.type);
  view.setUint16(0x12, 1024, true);
  view.setUint16(0x14, 768, true);
  view.setUint16(0x16, 32, true);
  view.setUint32(0x18, fields.base ?? 0, true);
  view.setUint32(0x1c, fields.size ?? 0, true);
  view.setUint16(0x24, 4096, true);
  view.setUint32(0x36, fields.capabilities ?? 0, true);
  view.setUint32(0x3a, fields.ext ?? 0, true);
  return new Uint8Array(view.buffer);
}
function bootParams(
  info: Uint8Array,
  efi: boolean,
  e820: readonly (readonly [bigint, bigint, number])[] = [],
) {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  bytes.set(info);
  bytes.set(new TextEncoder().encode('HdrS'), 0x202);
  if (efi) bytes.set(new TextEncoder().encode('EL64'), 0x1c0);
  bytes[0x1e8] = e820.length;
  e820.forEach(([base, size, type], index) => {
    view.setBigUint64(0x2d0 + index * 20, base, true);
    view.setBigUint64(0x2d8 + index * 20, size, true);
    view.setUint32(0x2e0 + index * 20, type, true);
  });
  return bytes;
}
const readBytes = (bytes: Uint8Array) => read(artifactOf('boot-params', bytes, 'bp.bin'));

describe('screen_info', () => {
  test('of the EFI stub on a Generation 2 machine', () => {
    const { evidence, codes } = readBytes(screenInfo({ type: 0x70, base: 0xf8000000, size: 0x300000 }));
    expect(codes).toEqual([]);
    expect(evidence.screenInfos[0]!.value).toMatchObject({
      videoType: 0x70,
      width: 1024,
      height: 768,
      depth: 32,
      lineLength: 4096,
      lfbBase: 0xf8000000n,
      lfbSize: 0x300000n,
      base: 0xf8000000n,
      size: 0x300000n,
    });
    expect(evidence.efiBoot.map(({ value }) => value)).toEqual([true]);
    expect(evidence.framebuffers.map(({ value }) => value)).toEqual([
      { base: 0xf8000000n, size: 0x300000n, by: 'screen_info' },
    ]);
  });

  test('a VESA size is in blocks of 64 KiB, raw for the driver', () => {
    const { evidence } = readBytes(screenInfo({ type: 0x23, base: 0xf8000000, size: 0x40 }));
    expect(evidence.screenInfos[0]!.value).toMatchObject({ lfbSize: 0x40n, size: 0x400000n });
  });

  test('a base above 4 GiB counts only with the capability, and the driver sees its lower half', () => {
    const high = { type: 0x70, base: 0x10000000, size: 0x1000, ext: 0x40 };
    expect(readBytes(screenInfo({ ...high, capabilities: 2 })).evidence.screenInfos[0]!.value).toMatchObject({
      base: 0x4010000000n,
      lfbBase: 0x10000000n,
    });
    expect(readBytes(screenInfo(high)).evidence.screenInfos[0]!.value.base).toBe(0x10000000n);
  });

  test('text mode and no screen: no framebuffer', () => {
    for (const type of [0, 1]) {
      const { evidence } = readBytes(screenInfo({ type }));
      expect(evidence.screenInfos[0]!.value.base).toBe(0n);
      expect(evidence.framebuffers).toEqual([]);
    }
  });
});

describe('boot_params', () => {
  test('EFI signature, E820 map', () => {
    const bytes = bootParams(screenInfo({ type: 0x70, base: 0xf8000000, size: 0x300000 }), true, [
      [0n, 0xa0000n, 1],
      [0xf7ff0000n, 0x10000n, 3],
      [0x100000000n, 0x40000000n, 0xefffffff],
      [0x200000000n, 0n, 1],
    ]);
    const { evidence, codes } = readBytes(bytes);
    expect(codes).toEqual([]);
    expect(evidence.efiBoot.map(({ value }) => value)).toEqual([true]);
    expect(evidence.architectures[0]!.value).toBe('x86_64');
    expect(evidence.memoryMap.map(({ value: { base, size, type } }) => [base, size, type])).toEqual([
      [0n, 0xa0000n, 'ram'],
      [0xf7ff0000n, 0x10000n, 'acpi-data'],
      [0x100000000n, 0x40000000n, 'soft-reserved'],
    ]);
  });

  test('openhcl_boot: all zeros but the map; no EFI, no framebuffer', () => {
    const { evidence } = readBytes(bootParams(new Uint8Array(64), false, [[0n, 0x1000n, 1]]));
    expect(evidence.efiBoot.map(({ value }) => value)).toEqual([false]);
    expect(evidence.framebuffers).toEqual([]);
  });

  test('a count of entries that cannot be', () => {
    const bytes = bootParams(screenInfo({ type: 0x70 }), true);
    bytes[0x1e8] = 200;
    const { evidence, codes } = readBytes(bytes);
    expect(codes).toEqual(['evidence/e820-count']);
    expect(evidence.memoryMap).toEqual([]);
  });

  test.each([0, 1, 63, 65, 616, 4095])('%i bytes: truncated, left out', (length) => {
    const whole = bootParams(screenInfo({ type: 0x70, base: 0xf8000000, size: 0x300000 }), true);
    const { evidence, codes } = readBytes(whole.subarray(0, length));
    expect(codes).toEqual(['evidence/boot-params-truncated']);
    expect([evidence.screenInfos, evidence.framebuffers, evidence.efiBoot]).toEqual([[], [], []]);
  });

  test('too long is no dump either; and neither HdrS nor EFI is doubted', () => {
    expect(readBytes(new Uint8Array(5000)).codes).toEqual(['evidence/boot-params-length']);
    expect(readBytes(new Uint8Array(4096)).codes).toEqual(['evidence/boot-params-header']);
  });
});

describe('as facts', () => {
  const zeroPage = (change: (bytes: Uint8Array, view: DataView) => void): Uint8Array => {
    const bytes = new Uint8Array(4096);
    bytes.set(new TextEncoder().encode('HdrS'), 0x202);
    change(bytes, new DataView(bytes.buffer));
    return bytes;
  };
  const facts = (bytes: Uint8Array) => read(artifactOf('boot-params', bytes)).evidence;

  test('64 zero bytes are a screen_info with lfb_base 0', () => {
    const { lfbBase, efiBoot } = facts(new Uint8Array(64));
    expect(lfbBase.map(({ value, strength }) => [value, strength])).toEqual([[0n, 'observed']]);
    expect(efiBoot).toEqual([]);
  });

  test('EFI by the loader signature, lfb_base as the driver reads it', () => {
    const said = facts(
      zeroPage((bytes, view) => {
        bytes[0x0f] = 0x70;
        view.setUint32(0x18, 0x40000000, true);
        view.setUint32(0x3a, 1, true);
        bytes[0x36] = 2;
        bytes.set(new TextEncoder().encode('EL64'), 0x1c0);
      }),
    );
    expect(said.efiBoot.map(({ value }) => value)).toEqual([true]);
    // 32 bits, though the framebuffer lies above 4 GiB.
    expect(said.lfbBase.map(({ value }) => value)).toEqual([0x40000000n]);
    expect(said.kexec).toEqual([]);
  });

  test('kexec-tools by the loader type', () => {
    const said = facts(
      zeroPage((bytes) => {
        bytes[0x210] = 0xd0;
      }),
    );
    expect(said.kexec.map(({ value }) => value)).toEqual(['kexec']);
    expect(said.efiBoot.map(({ value }) => value)).toEqual([false]);
  });
});
