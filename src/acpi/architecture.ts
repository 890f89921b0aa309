/** The processor architecture that a machine's tables are for. */
import type { AcpiTable } from './tables/table.ts';

export type Architecture = 'x86' | 'arm64' | 'riscv' | 'loongarch';

/** Types of MADT interrupt controller structures (ACPI 6.5, table 5.21) that occur on one architecture only. */
const CONTROLLERS: Readonly<Record<number, Architecture>> = {
  0: 'x86',
  1: 'x86',
  9: 'x86',
  11: 'arm64',
  12: 'arm64',
  17: 'loongarch',
  24: 'riscv',
};
const MADT_FIRST_STRUCTURE = 44;

/** The architecture, from GTDT (Arm), RHCT (RISC-V) or the interrupt controllers of MADT; x86 without any of them. */
export function architectureOf(tables: readonly AcpiTable[]): Architecture {
  if (tables.some(({ signature }) => signature === 'GTDT')) return 'arm64';
  if (tables.some(({ signature }) => signature === 'RHCT')) return 'riscv';
  const madt = tables.find(({ signature }) => signature === 'APIC');
  for (
    let at = MADT_FIRST_STRUCTURE;
    madt && at + 1 < madt.bytes.length;
    at += Math.max(madt.bytes[at + 1]!, 2)
  ) {
    const architecture = CONTROLLERS[madt.bytes[at]!];
    if (architecture) return architecture;
  }
  return 'x86';
}
