/** Linux for x86 (Documentation/arch/x86/boot.rst): a setup header, then code with a compressed kernel inside. */
import { type Access, asciiAt, littleEndian, upToZero } from '../access.ts';
import type { Image, ImageContent, Part } from '../container.ts';
import { payloadAt } from './payload.ts';

const MAGIC_AT = 0x202;
const VERSION_AT = 0x206;
const BOOT_FLAG_AT = 0x1fe;
const BOOT_FLAG = 0xaa55;
const PAYLOAD_SINCE = 0x208;
const SECTOR = 512;
const MAX_TEXT = 512;
/** `xloadflags`: the kernel can be entered in 64-bit mode. */
const XLF_KERNEL_64 = 1;
/** Documentation/arch/x86/boot.rst, `loadflags`: bit 0 says that the code goes to 1 MiB. */
const LOADED_HIGH = 1;

function sniff(access: Access, at: number): boolean {
  const sectors = littleEndian(access, at + 0x1f1, 1);
  const version = littleEndian(access, at + VERSION_AT, 2);
  const syssize = littleEndian(access, at + 0x1f4, 4);
  if (sectors === undefined || version === undefined || syssize === undefined) return false;
  if (
    littleEndian(access, at + BOOT_FLAG_AT, 2) !== BOOT_FLAG ||
    asciiAt(access, at + MAGIC_AT, 4) !== 'HdrS'
  )
    return false;
  // A dump of boot_params has this header too, without code after it; there a boot loader has set `type_of_loader`.
  if ((littleEndian(access, at + 0x210, 1) ?? 0) !== 0) return false;
  return version >= 0x200 && version < 0x300 && sectors < 64 && syssize > 0;
}

function open(access: Access, at: number): ImageContent | undefined {
  const u16 = (offset: number): number => littleEndian(access, at + offset, 2) ?? 0;
  const u32 = (offset: number): number => littleEndian(access, at + offset, 4) ?? 0;
  const available = access.size - at;
  const sectors = (access.read(at + 0x1f1, 1)[0] || 4) + 1;
  const code = sectors * SECTOR;
  const whole = code + u32(0x1f4) * 16;
  const faults: string[] = whole > available + 16 ? ['the kernel is truncated'] : [];
  const size = Math.min(whole, available);
  const pointer = u16(0x20e);
  const text = pointer === 0 ? '' : upToZero(asciiAt(access, at + pointer + 0x200, MAX_TEXT));
  const release = /^(\d+\.\d+\S*)/.exec(text)?.[1];
  const parts: Part[] = [];
  const version = u16(VERSION_AT);
  if (version >= PAYLOAD_SINCE) {
    const offset = code + u32(0x248);
    const length = Math.min(u32(0x24c), size - offset);
    if (length > 0) parts.push(payloadAt(access, at, offset, length));
  }
  const wide = version >= 0x20c && (u16(0x236) & XLF_KERNEL_64) !== 0;
  const high = ((access.read(at + 0x211, 1)[0] ?? 0) & LOADED_HIGH) !== 0;
  return {
    size,
    ...(text === '' ? {} : { name: text }),
    parts,
    faults,
    ...(high
      ? {
          kernel: {
            architecture: wide ? 'x86_64' : 'i686',
            size,
            ...(release === undefined ? {} : { release }),
          },
        }
      : {}),
  };
}

export const bzImage: Image = {
  format: 'bzimage',
  magics: [{ bytes: [0x48, 0x64, 0x72, 0x53], at: MAGIC_AT }],
  sniff,
  open,
};
