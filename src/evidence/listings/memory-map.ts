/**
 * Memory maps as text: the kernel's names of E820 and EFI types, and listings of /sys/firmware/memmap (`START END TYPE` in
 * each line, ends inclusive).
 */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import type { FactLists } from '../facts.ts';
import { linesOf, spanIn } from '../text-lines.ts';
import type { MemoryType } from '../values.ts';

const SYSFS_LINE = /^(0x[0-9a-fA-F]+)[\s-]+(0x[0-9a-fA-F]+)\s+(\S.*)$/;

/** The kernel's names of types in E820 lines, EFI lines and /sys/firmware/memmap, in lower case. */
const NAMES: readonly (readonly [RegExp, MemoryType])[] = [
  [/^(?:usable|system ram|conventional memory|loader (?:code|data)|boot (?:code|data))$/, 'ram'],
  [/^(?:acpi data|acpi tables|acpi reclaim memory)$/, 'acpi-data'],
  [/^(?:acpi nvs|acpi non-volatile storage|acpi memory nvs)$/, 'acpi-nvs'],
  [/^(?:unusable|unusable memory)$/, 'unusable'],
  [/^persistent/, 'persistent'],
  [/^soft reserved$/, 'soft-reserved'],
  [/^(?:memory mapped i\/o|mmio port|mmio)$/, 'mmio'],
  [/^(?:reserved|runtime (?:code|data)|pal code|unaccepted memory)$/, 'reserved'],
];

export function memoryType(name: string): MemoryType {
  const lower = name.trim().toLowerCase();
  return NAMES.find(([pattern]) => pattern.test(lower))?.[1] ?? 'other';
}

export function readMemoryMap(artifact: Artifact, sink: DiagnosticSink, evidence: FactLists): void {
  let found = 0;
  for (const line of linesOf(artifact)) {
    const match = SYSFS_LINE.exec(line.text.trim());
    if (match === null) continue;
    const [start, last] = [BigInt(match[1]!), BigInt(match[2]!)];
    if (last < start) continue;
    found += 1;
    const name = match[3]!.trim();
    evidence.memoryMap.push({
      artifact,
      strength: 'observed',
      span: spanIn(artifact, line),
      text: line.text.trim(),
      value: { base: start, size: last - start + 1n, type: memoryType(name), name, map: 'sysfs' },
    });
  }
  if (found === 0)
    sink.add(finding('evidence/memmap-empty', {}, { span: { source: artifact.source, start: 0, end: 0 } }));
}
