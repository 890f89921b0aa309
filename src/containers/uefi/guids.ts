/** GUIDs of firmware volumes and their content. */
import type { Access } from '../access.ts';

/** The GUID at an offset as text; its first three fields are little endian. Empty if it is truncated. */
export function guidAt(access: Access, at: number): string {
  const bytes = access.read(at, 16);
  if (bytes.length < 16) return '';
  const digits = (from: number, to: number): string => {
    const field = Array.from(bytes.subarray(Math.min(from, to), Math.max(from, to) + 1));
    if (from > to) field.reverse();
    return field.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  return [digits(3, 0), digits(5, 4), digits(7, 6), digits(8, 9), digits(10, 15)].join('-').toUpperCase();
}

/** The bytes of a GUID given as text. */
export function guidBytes(text: string): number[] {
  const [a, b, c, d, e] = text.split('-');
  const bytes = (digits: string): number[] =>
    Array.from({ length: digits.length / 2 }, (_, index) =>
      Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
    );
  return [...bytes(a!).reverse(), ...bytes(b!).reverse(), ...bytes(c!).reverse(), ...bytes(d!), ...bytes(e!)];
}

/**
 * File systems with the file layout of PI; `wide`: files may be over 16 MiB (PI 1.8, volume 3, 3.2.2; those of vendors
 * as listed by LongSoft/UEFITool).
 */
export const FILE_SYSTEMS: ReadonlyMap<string, { readonly wide: boolean }> = new Map([
  ['7A9354D9-0468-444A-81CE-0BF617D890DF', { wide: false }],
  ['8C8CE578-8A3D-4F1C-9935-896185C32DD3', { wide: false }],
  ['5473C07A-3DCB-4DCA-BD6F-1E9689E7349A', { wide: true }],
  ['04ADEEAD-61FF-4D31-B6BA-64F8BF901F5A', { wide: false }],
  ['BD001B8C-6A71-487B-A14F-0C2A2DCF7A5D', { wide: false }],
  ['AD3FFFFF-D28B-44C4-9F13-9EA98A97F9F0', { wide: false }],
  ['D6A1CD70-4B33-4994-A6EA-375F2CCC5437', { wide: false }],
  ['4F494156-AED6-4D64-A537-B8A5557BCEEC', { wide: false }],
]);

/** Encodings of GUIDed sections (edk2, MdeModulePkg and IntelFrameworkModulePkg; AMD's as listed by UEFITool). */
export const SECTION_PACKINGS: ReadonlyMap<
  string,
  'lzma' | 'lzma-x86' | 'tiano' | 'gzip' | 'amd-zlib' | 'brotli' | 'plain'
> = new Map([
  ['EE4E5898-3914-4259-9D6E-DC7BD79403CF', 'lzma'],
  ['0ED85E23-F253-413F-A03C-901987B04397', 'lzma'],
  ['D42AE6BD-1352-4BFB-909A-CA72A6EAE889', 'lzma-x86'],
  ['A31280AD-481E-41B6-95E8-127F4C984779', 'tiano'],
  ['1D301FE9-BE79-4353-91C2-D23BC959AE0C', 'gzip'],
  ['CE3233F5-2CD6-4D87-9152-4A238BB6D1C4', 'amd-zlib'],
  ['991EFAC0-E260-416B-A4B8-3B153072B804', 'amd-zlib'],
  ['3D532050-5CDA-4FD0-879E-0F7F630D5AFB', 'brotli'],
  // A checksum and a signature, followed by plain data.
  ['FC1BCDB0-7D31-49AA-936A-A4600D9DD083', 'plain'],
  ['0F9D89E8-9259-4F76-A5AF-0C89E34023DF', 'plain'],
]);

/** Capsules: the standard ones (UEFI 2.10, 8.5.3; FMP, 23.3) and those of vendors with the same header. */
export const CAPSULES: readonly string[] = [
  '3B6686BD-0D76-4030-B70E-B5519E2FC5A0',
  '6DCBD5ED-E82D-4C44-BDA1-7194199AD92A',
  '539182B9-ABB5-4391-B69A-E3A943F72FCC',
  'E20BAFD3-9914-4F4F-9537-3129E090EB3C',
  '25B5FE76-8243-4A5C-A9BD-7EE3246198B5',
  '4A3CA68B-7723-48FB-803D-578CC1FEC44D',
  '14EEBB90-890A-43DB-AED1-5D3C4588A418',
];
