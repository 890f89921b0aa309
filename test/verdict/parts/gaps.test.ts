/** What SRAT, and Hyper-V's firmware, say of descriptors whose bounds are open. */
import { describe, expect, test } from 'vitest';
import type { ResourceDescriptor } from '../../../src/acpi/resources/descriptor.ts';
import type { MmioGap } from '../../../src/evidence/facts.ts';
import { formatCondition, type Quantity } from '../../../src/symbolic/index.ts';
import { firmwareAuthority } from '../../../src/verdict/sysfb/situation/firmware-authority.ts';
import { gapsDefault } from '../../../src/verdict/sysfb/situation/srat.ts';
import type { AcpiSubject } from '../../../src/verdict/sysfb/subject.ts';
import { fieldOf } from '../../symbolic/fields.ts';

const field = (name: string, bits = 32): Quantity => fieldOf(name, { bits });
const [MG2B, MG2L, HMIB, HMIL] = [field('MG2B'), field('MG2L'), field('HMIB', 64), field('HMIL', 64)];
const descriptor = (type: string, min: Quantity, length: Quantity): ResourceDescriptor =>
  ({ type, fields: { min, max: 0n, length } }) as unknown as ResourceDescriptor;
const subject = (...resources: readonly ResourceDescriptor[]): AcpiSubject =>
  ({ kind: 'acpi', levels: [{ path: 'VMOD', entry: { resources } }] }) as unknown as AcpiSubject;

const LOW: MmioGap = { class: 'low', base: 0xf800_0000n, size: 0x800_0000n } as MmioGap;
const HIGH: MmioGap = { class: 'high', base: 0xf_e000_0000n, size: 0x2000_0000n } as MmioGap;
const evidence = { text: 'SRAT' };

describe('SRAT', () => {
  const assumed = (gaps: readonly MmioGap[], ...resources: readonly ResourceDescriptor[]) => {
    const found = gapsDefault(subject(...resources), { gaps, evidence });
    return found && [formatCondition(found.assumed.condition), found.assumed.text];
  };
  const low = descriptor('dword-address', MG2B, MG2L);
  const high = descriptor('qword-address', HMIB, HMIL);

  test('open bounds are the gaps of their kind', () => {
    expect(assumed([LOW], low)).toEqual([
      'MG2B == 0xf8000000 and MG2L == 0x8000000',
      'MG2B, MG2L are the gaps in SRAT: [mem 0xf8000000-0xffffffff]',
    ]);
    expect(assumed([LOW, HIGH], low, high)![1]).toBe(
      'MG2B, MG2L, HMIB, HMIL are the gaps in SRAT: [mem 0xf8000000-0xffffffff] and [mem 0xfe0000000-0xfffffffff]',
    );
    expect(assumed([HIGH], low)).toBeUndefined();
    expect(assumed([LOW], high)).toBeUndefined();
  });

  test('nothing is reported where there are two of a kind, or none, or another descriptor', () => {
    expect(assumed([LOW, { ...LOW, base: 0xe000_0000n } as MmioGap], low)).toBeUndefined();
    expect(assumed([], low)).toBeUndefined();
    expect(assumed([LOW], descriptor('memory32-fixed', MG2B, MG2L))).toBeUndefined();
    expect(assumed([LOW])).toBeUndefined();
  });

  test('a bound that is known says that it is another range, or leaves the other bound', () => {
    expect(assumed([LOW], descriptor('dword-address', 0xf800_0000n, MG2L))![0]).toBe('MG2L == 0x8000000');
    expect(assumed([LOW], descriptor('dword-address', MG2B, 0x800_0000n))![0]).toBe('MG2B == 0xf8000000');
    expect(assumed([LOW], descriptor('dword-address', 0xe000_0000n, MG2L))).toBeUndefined();
    expect(assumed([LOW], descriptor('dword-address', MG2B, 0x1000n))).toBeUndefined();
    expect(assumed([LOW], descriptor('dword-address', 0xf800_0000n, 0x800_0000n))).toBeUndefined();
  });
});

describe("Hyper-V's firmware", () => {
  const authority = (...resources: readonly ResourceDescriptor[]) => firmwareAuthority(subject(...resources));

  test('says something of open bounds alone', () => {
    expect(authority()).toEqual([]);
    expect(authority(descriptor('dword-address', 0xf800_0000n, 0x800_0000n))).toEqual([]);
    expect(authority(descriptor('memory32-fixed', MG2B, MG2L))).toEqual([]);
    const [low] = authority(descriptor('dword-address', MG2B, MG2L));
    expect(low).toMatchObject({ id: 'gen2-gaps', kind: 'authority' });
    expect(low!.text).toMatch(/^MG2L, MG2B are Hyper-V's MMIO gaps/);
    const [both] = authority(
      descriptor('dword-address', MG2B, MG2L),
      descriptor('qword-address', HMIB, HMIL),
    );
    expect(both!.text).toMatch(/^MG2L, MG2B, HMIL, HMIB are/);
  });
});
