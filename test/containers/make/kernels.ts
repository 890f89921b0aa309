/** Kernels and programs made by hand. */

import { join, le, padded, placed, text, u8 } from './bytes.ts';

/** arm64's flat image (Documentation/arch/arm64/booting.rst). */
export function arm64Image(content: Uint8Array): Uint8Array {
  const header = placed(
    64,
    [0, u8(0x4d, 0x5a)],
    [16, le(8, 64 + content.length + 4096)],
    [56, text('ARM\x64')],
  );
  return join(header, content);
}

export const BANNER = 'Linux version 6.6.10-lab (a@b) (gcc 12) #1 SMP\n';

/** A kernel for x86 with a payload (Documentation/arch/x86/boot.rst). */
export function bzImage(payload: Uint8Array): Uint8Array {
  const version = '6.6.10-lab (a@b) #1';
  const code = padded(payload, 16);
  const setup = placed(
    1024,
    [0x1f1, u8(1)],
    [0x1f4, le(4, code.length / 16)],
    [0x1fe, u8(0x55, 0xaa)],
    [0x202, text('HdrS')],
    [0x206, le(2, 0x20f)],
    [0x20e, le(2, 0x100)],
    [0x211, u8(1)],
    [0x236, le(2, 1)],
    [0x248, le(4, 0, payload.length)],
    [0x300, text(version)],
  );
  return join(setup, code);
}

export function zimage(content: Uint8Array): Uint8Array {
  const header = placed(64, [0x24, le(4, 0x016f2818, 0, 64 + content.length, 0x04030201)]);
  return join(header, content);
}

export function zboot(payload: Uint8Array, type: string): Uint8Array {
  const header = placed(
    128,
    [0, text('MZ')],
    [4, text('zimg')],
    [8, le(4, 128, payload.length)],
    [24, text(type)],
  );
  return join(header, payload);
}

/** An ELF file, 64 bits, little endian: segments with physical addresses, sections with names. */
export function elf(
  type: number,
  segments: readonly { address: number; bytes: Uint8Array; kind?: number }[],
  sections: readonly { name: string; bytes: Uint8Array }[] = [],
): Uint8Array {
  const names = `\0${sections.map(({ name }) => `${name}\0`).join('')}.shstrtab\0`;
  const all = sections.length === 0 ? [] : [...sections, { name: '.shstrtab', bytes: text(names) }];
  const contents: Uint8Array[] = [];
  let offset = 64 + segments.length * 56;
  const put = (bytes: Uint8Array): number => {
    const at = offset;
    contents.push(bytes);
    offset += bytes.length;
    return at;
  };
  const headers = segments.map(({ address, bytes, kind = 1 }) =>
    join(le(4, kind, 4), le(8, put(bytes), address, address, bytes.length, bytes.length, 1)),
  );
  const rows = all.map(({ name, bytes }) =>
    join(
      le(4, names.indexOf(`\0${name}\0`) + 1, 1),
      le(8, 0, 0, put(bytes), bytes.length),
      le(4, 0, 0),
      le(8, 1, 0),
    ),
  );
  const table = all.length === 0 ? [] : [new Uint8Array(64), ...rows];
  const header = join(
    u8(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    le(2, type, 62),
    le(4, 1),
    le(8, 0, segments.length === 0 ? 0 : 64, all.length === 0 ? 0 : offset),
    le(4, 0),
    le(2, 64, 56, segments.length, 64, table.length, Math.max(0, table.length - 1)),
  );
  return join(header, ...headers, ...contents, ...table);
}

/** A PE file with sections. */
export function pe(sections: readonly { name: string; bytes: Uint8Array }[]): Uint8Array {
  const table = 0x80 + 24;
  let offset = table + sections.length * 40;
  const rows = sections.map(({ name, bytes }) => {
    const row = placed(40, [0, text(name, 8)], [16, le(4, bytes.length, offset)]);
    offset += bytes.length;
    return row;
  });
  const header = placed(
    table,
    [0, text('MZ')],
    [0x3c, le(4, 0x80)],
    [0x80, text('PE\0\0')],
    [0x86, le(2, sections.length)],
  );
  return join(header, ...rows, ...sections.map(({ bytes }) => bytes));
}
