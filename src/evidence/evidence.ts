/**
 * Facts as the readers fill them, with two lists that only the questions still ask for: `boots` and `marks` say less
 * than `efiBoot`, `descriptions` and the lists of what the driver printed.
 */
import type { FactOf } from './fact.ts';
import { type FactLists, type MachineFacts, noFacts } from './facts.ts';

export type { FactOf as Fact } from './fact.ts';
export type { ReleaseFact as KernelRelease } from './facts.ts';
export type * from './values.ts';

/** What a log line says that is no address. */
export type LogMark =
  | 'unexpected-low-base'
  | 'framebuffer-base-zero'
  | 'pass-through-failed'
  | 'no-mmio-space'
  | 'e820-used'
  | 'e820-ignored';

export interface Evidence extends MachineFacts {
  /** `efi`: efi_enabled(EFI_BOOT); `bios`: not; `dt`: ACPI is off. */
  readonly boots: readonly FactOf<'efi' | 'bios' | 'dt'>[];
  readonly marks: readonly FactOf<LogMark>[];
}

/** The same lists, to be filled. */
export type EvidenceLists = FactLists<Evidence>;

export function emptyEvidence(): EvidenceLists {
  return { ...noFacts(), boots: [], marks: [] };
}
