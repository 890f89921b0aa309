/**
 * Reads dumps of `struct boot_params` (the zero page of x86, 4096 bytes: /sys/kernel/boot_params/data), or of the `struct
 * screen_info` at its start (64 bytes). Offsets: Documentation/arch/x86/zero-page.rst, include/uapi/linux/screen_info.h.
 */

import type { Artifact } from '../artifact/artifact.ts';
import { hasMemoryMap } from '../artifact/sniff.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { ByteReader } from '../bytes/reader.ts';
import { finding } from '../findings/finding.ts';

import type { FactOf } from './fact.ts';
import type { FactLists } from './facts.ts';
import type { MemoryType, ScreenInfo } from './values.ts';

export const SCREEN_INFO_BYTES = 64;
export const BOOT_PARAMS_BYTES = 4096;
/** `VIDEO_TYPE_EFI`, `VIDEO_TYPE_VLFB`. */
export const VIDEO_TYPE_EFI = 0x70;
export const VIDEO_TYPE_VLFB = 0x23;
/** VIDEO_CAPABILITY_64BIT_BASE. */
const CAPABILITY_64BIT_BASE = 2;
const E820_COUNT_AT = 0x1e8;
const E820_AT = 0x2d0;
const E820_MOST = 128;
const E820_ENTRY_BYTES = 20;
const EFI_SIGNATURE_AT = 0x1c0;
const EFI_SIGNATURE = /^EL(?:32|64)$/;
const SETUP_HEADER_AT = 0x202;
/** `type_of_loader`, its high half: 13 is kexec-tools (Documentation/arch/x86/boot.rst). */
const LOADER_TYPE_AT = 0x210;
const LOADER_KEXEC = 0xd;

/** E820 types (arch/x86/include/asm/e820/types.h). */
const E820_TYPES: ReadonlyMap<number, readonly [MemoryType, string]> = new Map([
  [1, ['ram', 'usable']],
  [2, ['reserved', 'reserved']],
  [3, ['acpi-data', 'ACPI data']],
  [4, ['acpi-nvs', 'ACPI NVS']],
  [5, ['unusable', 'unusable']],
  [7, ['persistent', 'persistent (type 7)']],
  [12, ['persistent', 'persistent (type 12)']],
  [0xefffffff, ['soft-reserved', 'soft reserved']],
]);

/** Decodes the screen_info in the first 64 bytes. @param bytes at least 64 */
function screenInfoAt(bytes: Uint8Array): ScreenInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, SCREEN_INFO_BYTES);
  const videoType = view.getUint8(0x0f);
  const capabilities = view.getUint32(0x36, true);
  const lfbBase = BigInt(view.getUint32(0x18, true));
  const lfbSize = BigInt(view.getUint32(0x1c, true));
  const extLfbBase = BigInt(view.getUint32(0x3a, true));
  const linear = videoType === VIDEO_TYPE_EFI || videoType === VIDEO_TYPE_VLFB;
  const high = (capabilities & CAPABILITY_64BIT_BASE) !== 0 ? extLfbBase << 32n : 0n;
  return {
    videoType,
    width: view.getUint16(0x12, true),
    height: view.getUint16(0x14, true),
    depth: view.getUint16(0x16, true),
    lfbBase,
    lfbSize,
    lineLength: view.getUint16(0x24, true),
    capabilities,
    extLfbBase,
    base: linear ? lfbBase | high : 0n,
    size: linear ? (videoType === VIDEO_TYPE_VLFB ? lfbSize << 16n : lfbSize) : 0n,
  };
}

/** Reads a dump. One of any other length is rejected with a diagnostic. */
export function readBootParams(artifact: Artifact, sink: DiagnosticSink, evidence: FactLists): void {
  const { bytes } = artifact.source;
  const whole = { source: artifact.source, start: 0, end: bytes.length };
  if (bytes.length !== SCREEN_INFO_BYTES && bytes.length !== BOOT_PARAMS_BYTES) {
    const short = bytes.length < BOOT_PARAMS_BYTES;
    const code = short ? 'evidence/boot-params-truncated' : 'evidence/boot-params-length';
    sink.add(finding(code, { length: bytes.length }, { span: whole }));
    return;
  }
  const full = bytes.length === BOOT_PARAMS_BYTES;
  const info = screenInfoAt(bytes);
  const span = { source: artifact.source, start: 0, end: SCREEN_INFO_BYTES };
  const text = describeScreenInfo(info);
  const fact: Omit<FactOf<unknown>, 'value'> = { strength: 'observed', artifact, span, text };
  evidence.screenInfos.push({ ...fact, value: info });
  // The VMBus driver reads the 32-bit field whatever the video type.
  evidence.lfbBase.push({ ...fact, value: info.lfbBase });
  if (info.base !== 0n)
    evidence.framebuffers.push({
      ...fact,
      value: { base: info.base, size: info.size === 0n ? null : info.size, by: 'screen_info' },
    });
  if (!full) {
    if (info.videoType === VIDEO_TYPE_EFI) {
      evidence.efiBoot.push({ ...fact, strength: 'inferred', value: true });
    }
    return;
  }
  evidence.architectures.push({ ...fact, span: whole, text: 'boot_params (x86)', value: 'x86_64' });
  const efi = String.fromCharCode(...bytes.subarray(EFI_SIGNATURE_AT, EFI_SIGNATURE_AT + 4));
  const magic = String.fromCharCode(...bytes.subarray(SETUP_HEADER_AT, SETUP_HEADER_AT + 4));
  // The EFI stub of some releases allocates the structure and doesn't copy the setup header's magic.
  if (magic !== 'HdrS' && !EFI_SIGNATURE.test(efi) && !hasMemoryMap(bytes))
    sink.add(
      finding(
        'evidence/boot-params-header',
        {},
        { span: { source: artifact.source, start: SETUP_HEADER_AT, end: SETUP_HEADER_AT + 4 } },
      ),
    );
  const byEfi = EFI_SIGNATURE.test(efi);
  const signature: Omit<FactOf<unknown>, 'value'> = {
    ...fact,
    span: { source: artifact.source, start: EFI_SIGNATURE_AT, end: EFI_SIGNATURE_AT + 4 },
    text: byEfi ? `efi_loader_signature is ${efi}` : 'efi_loader_signature is not set',
  };
  evidence.efiBoot.push({ ...signature, value: byEfi });
  const loader = bytes[LOADER_TYPE_AT]!;
  if (loader >> 4 === LOADER_KEXEC)
    evidence.kexec.push({
      ...fact,
      span: { source: artifact.source, start: LOADER_TYPE_AT, end: LOADER_TYPE_AT + 1 },
      text: `type_of_loader 0x${loader.toString(16)}: kexec-tools`,
      value: 'kexec',
    });
  readE820(artifact, sink, evidence);
}

function describeScreenInfo(info: ScreenInfo): string {
  const type = `orig_video_isVGA 0x${info.videoType.toString(16)}`;
  return info.base === 0n
    ? `screen_info: ${type}, no linear framebuffer`
    : `screen_info: ${type}, lfb_base 0x${info.base.toString(16)}, lfb_size 0x${info.lfbSize.toString(16)}`;
}

function readE820(artifact: Artifact, sink: DiagnosticSink, evidence: FactLists): void {
  const { bytes } = artifact.source;
  const count = bytes[E820_COUNT_AT]!;
  if (count > E820_MOST) {
    sink.add(
      finding(
        'evidence/e820-count',
        { count, most: E820_MOST },
        { span: { source: artifact.source, start: E820_COUNT_AT, end: E820_COUNT_AT + 1 } },
      ),
    );
    return;
  }
  const reader = new ByteReader(bytes, { littleEndian: true, start: E820_AT });
  for (let index = 0; index < count; index += 1) {
    const start = reader.offset;
    const base = reader.u64()!;
    const size = reader.u64()!;
    const code = reader.u32()!;
    if (size === 0n) continue;
    const [type, name] = E820_TYPES.get(code) ?? (['other', `type ${code}`] as const);
    evidence.memoryMap.push({
      strength: 'observed',
      artifact,
      span: { source: artifact.source, start, end: start + E820_ENTRY_BYTES },
      text: `e820 entry ${index}: 0x${base.toString(16)}+0x${size.toString(16)} ${name}`,
      value: { base, size, type, name, map: 'e820' },
    });
  }
}
