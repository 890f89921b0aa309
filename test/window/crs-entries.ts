/** `_CRS` of a device, made of descriptors by hand. */
import type { CrsEntry } from '../../src/acpi/crs/crs.ts';
import { decodeTemplate } from '../../src/acpi/resources/decode.ts';
import type { FieldValues, ResourceType } from '../../src/acpi/resources/descriptor.ts';
import { encodeTemplate } from '../../src/acpi/resources/encode.ts';
import type { Quantity } from '../../src/symbolic/index.ts';

/** A descriptor's type and fields. */
export type Given = readonly [ResourceType, FieldValues];

export function entry(descriptors: readonly Given[], more: Partial<CrsEntry> = {}): CrsEntry {
  const bytes = encodeTemplate(descriptors.map(([type, fields]) => ({ type, fields })));
  const { resources } = decodeTemplate(bytes);
  return { device: '\\_SB.TEST', object: '_CRS', status: 'ok', bytes, resources, ...more };
}

/** A window of memory, both ends fixed. */
export function memoryOf(
  type: 'dword-address' | 'qword-address',
  min: Quantity,
  max: Quantity,
  length: Quantity,
  more: FieldValues = {},
): Given {
  const fixed = { decode: 'positive', minFixed: true, maxFixed: true } as const;
  return [type, { space: 'memory', producer: true, ...fixed, min, max, length, ...more }];
}
