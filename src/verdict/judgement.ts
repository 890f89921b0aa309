/** The judgement on one VMBus device, gathered while its rules fire. */
import { formatMemRange } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { AddressWindow } from '../window/window.ts';
import type {
  Answer,
  Assumption,
  BootPath,
  Condition,
  EvidenceItem,
  FramebufferFinding,
  Hazard,
  Platform,
  RuleFinding,
} from './verdict.ts';

export interface Judgement {
  readonly answer: Answer;
  readonly summary: string;
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  readonly conditions: readonly Condition[];
  readonly pool: readonly AddressWindow[];
  readonly framebuffer: FramebufferFinding | null;
  readonly platform: Platform;
  readonly boot: BootPath;
  readonly vtl: number | null;
}

/** Collects the reasons beside a judgement; each rule and each assumption stands once. */
export class Reasons {
  readonly rules: RuleFinding[] = [];
  readonly assumptions: Assumption[] = [];
  readonly wouldChange: string[] = [];
  /** What was found wrong while judging. */
  readonly diagnostics: DiagnosticSink;

  constructor(diagnostics: DiagnosticSink) {
    this.diagnostics = diagnostics;
  }

  rule(id: string, says: string, ...evidence: EvidenceItem[]): void {
    if (!this.rules.some((rule) => rule.id === id && rule.says === says))
      this.rules.push({ id, says, evidence });
  }

  assume(text: string, authority: string, otherwise?: string): void {
    if (!this.assumptions.some((assumption) => assumption.text === text))
      this.assumptions.push({ text, authority, ...(otherwise === undefined ? {} : { otherwise }) });
  }

  change(text: string): void {
    if (!this.wouldChange.includes(text)) this.wouldChange.push(text);
  }
}

/** Who says what the rules rest on. Commits are twelve digits and their subject, as lists quote them. */
export const AUTHORITY = {
  deviceAdd:
    'vmbus_device_add() in drivers/hv/vmbus_drv.c, since f83705a51275 ("Driver: VMBus: Add Devicetree support"), v6.4',
  openhclUnaffected: 'the message of 016a25e4b0df, which says that OpenHCL is not affected for this reason',
  sysfbGate: 'a07b50d80ab6 ("hyperv: avoid dependency on screen_info"), v6.7',
  select: '96959283a58d, v6.16, and 7b89a44b2e8c: HYPERV selects SYSFB if EFI && !HYPERV_VTL_MODE',
  lowBaseFallback: '016a25e4b0df, v7.1: without lfb_base the start of the first window is taken',
  gen1Bar: '2a8a8afba0c3, v6.0: on Generation 1 the base is BAR 0 of PCI 1414:5353',
  reserve: 'vmbus_reserve_fb() in drivers/hv/vmbus_drv.c',
  walk: 'vmbus_acpi_add() and vmbus_walk_resources() in drivers/hv/vmbus_drv.c',
  allocate: 'vmbus_allocate_mmio() in drivers/hv/vmbus_drv.c',
  framebufferIsLow:
    'Hyper-V: the framebuffer of a Generation 2 VM is at the base of the low MMIO gap (mu_msvm VideoDxe takes PcdLowMmioGapBase); M. Kelley, linux-hyperv, 20 May 2025: "always in the low MMIO range"',
  gen1Framebuffer: 'Hyper-V: BAR 0 of 0000:00:08.0 (1414:5353) is fixed at 0xf8000000, 64 MiB',
  presumption: 'presumption',
} as const;

/** `[mem 0xff0000000-0xfffffffff]`, or what is known of it. */
export function rangeText(window: Pick<AddressWindow, 'base' | 'size' | 'expressions'>): string {
  if (window.base !== null && window.size !== null) return formatMemRange(window.base, window.size);
  const base = window.base === null ? (window.expressions?.base ?? '?') : `0x${window.base.toString(16)}`;
  const size = window.size === null ? (window.expressions?.size ?? '?') : `0x${window.size.toString(16)}`;
  return `[${base}, ${base} + ${size})`;
}
