/** drivers/acpi/resource.c and pci_acpi_root_prepare_resources(): DOMAIN 13.2, 13.3, 13.13, 13.26. */
import { describe, expect, it } from 'vitest';
import { isHostBridge } from '../../../src/acpi/crs/pci-root.ts';
import { decodeTemplate } from '../../../src/acpi/resources/decode.ts';
import type { ResourceDescriptor } from '../../../src/acpi/resources/descriptor.ts';
import { encodeTemplate } from '../../../src/acpi/resources/encode.ts';
import { descriptorOfCall, type MacroValue } from '../../../src/acpi/resources/macro-values.ts';
import { macroNamed } from '../../../src/acpi/resources/macros.ts';
import { LINUX_HOST_BRIDGES } from '../../../src/linux/host-bridge/descriptors.ts';

type Given = string | bigint | undefined;

/** Descriptors as ASL has them: `['DWordMemory', 'ResourceProducer', …]`. */
function template(...calls: readonly (readonly [string, ...Given[]])[]): readonly ResourceDescriptor[] {
  const descriptors = calls.map(([name, ...given]) => {
    const values = given.map(
      (value): MacroValue =>
        value === undefined
          ? undefined
          : typeof value === 'bigint'
            ? { kind: 'integer', value }
            : { kind: 'keyword', word: value },
    );
    return descriptorOfCall({ macro: macroNamed(name)!, values }).descriptor;
  });
  return decodeTemplate(encodeTemplate(descriptors)).resources;
}

const dwordMemory = (min: bigint, max: bigint, usage = 'ResourceProducer') =>
  [
    'DWordMemory',
    usage,
    'PosDecode',
    'MinFixed',
    'MaxFixed',
    'NonCacheable',
    'ReadWrite',
    0n,
    min,
    max,
    0n,
    max - min + 1n,
  ] as const;
const wordIo = (min: bigint, max: bigint) =>
  [
    'WordIO',
    'ResourceProducer',
    'MinFixed',
    'MaxFixed',
    'PosDecode',
    'EntireRange',
    0n,
    min,
    max,
    0n,
    max - min + 1n,
  ] as const;

const shown = (windows: readonly { first: unknown; last: unknown }[]) =>
  windows.map(({ first, last }) => `${(first as bigint).toString(16)}-${(last as bigint).toString(16)}`);

describe('windows of a host bridge', () => {
  it('x86: the configuration ports go, consumers stay', () => {
    const resources = template(
      ['WordBusNumber', 'ResourceProducer', 'MinFixed', 'MaxFixed', 'PosDecode', 0n, 0n, 0xffn, 0n, 0x100n],
      ['IO', 'Decode16', 0xcf8n, 0xcf8n, 1n, 8n],
      wordIo(0n, 0xcf7n),
      dwordMemory(0xa0000n, 0xbffffn),
      dwordMemory(0xe0000000n, 0xefffffffn, 'ResourceConsumer'),
    );
    const { windows, passedOver } = LINUX_HOST_BRIDGES.take(resources, 'x86');
    expect(shown(windows)).toEqual(['0-cf7', 'a0000-bffff', 'e0000000-efffffff']);
    expect(passedOver.map(({ index }) => index)).toEqual([1]);
  });

  it('arm64: consumers are the bridge itself, mapped ports are numbered from 0', () => {
    const resources = template(
      dwordMemory(0x10000000n, 0x3efeffffn),
      dwordMemory(0x3f000000n, 0x3fffffffn, 'ResourceConsumer'),
      [
        'DWordIO',
        'ResourceProducer',
        'MinFixed',
        'MaxFixed',
        'PosDecode',
        'EntireRange',
        0n,
        0n,
        0xffffn,
        0x3eff0000n,
        0x10000n,
      ],
    );
    const { windows, passedOver } = LINUX_HOST_BRIDGES.take(resources, 'arm64');
    expect(shown(windows)).toEqual(['10000000-3efeffff', '0-ffff']);
    expect(windows[1]?.range.first).toBe(0x3eff0000n);
    expect(passedOver).toHaveLength(1);
  });

  it('a range of length 0 is passed over', () => {
    const empty = [
      'DWordMemory',
      'ResourceProducer',
      'PosDecode',
      'MinFixed',
      'MaxFixed',
      'NonCacheable',
      'ReadWrite',
      0n,
      0n,
      0xffffffffn,
      0n,
      0n,
    ] as const;
    const { windows, passedOver } = LINUX_HOST_BRIDGES.take(template(empty), 'x86');
    expect(windows).toEqual([]);
    expect(passedOver[0]?.why).toBe('the length is 0');
  });

  it('is one by its ids', () => {
    expect(isHostBridge({ hid: 'PNP0A08', cid: ['PNP0A03'] })).toBe(true);
    expect(isHostBridge({ hid: 'ACPI0004' })).toBe(false);
  });
});
