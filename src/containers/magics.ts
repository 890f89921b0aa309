/** Magic numbers of compressed streams. */

export const GZIP = [0x1f, 0x8b, 0x08] as const;
export const XZ = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const;
export const ZSTD = [0x28, 0xb5, 0x2f, 0xfd] as const;
export const LZ4_FRAME = [0x04, 0x22, 0x4d, 0x18] as const;
export const LZ4_LEGACY = [0x02, 0x21, 0x4c, 0x18] as const;
export const BZIP2 = [0x42, 0x5a, 0x68] as const;
export const LZOP = [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a] as const;

export const COMPRESSION_MAGICS: readonly { readonly format: string; readonly magic: readonly number[] }[] = [
  { format: 'gzip', magic: GZIP },
  { format: 'xz', magic: XZ },
  { format: 'zstd', magic: ZSTD },
  { format: 'lz4', magic: LZ4_FRAME },
  { format: 'lz4', magic: LZ4_LEGACY },
  { format: 'bzip2', magic: BZIP2 },
  { format: 'lzo', magic: LZOP },
];
