/** What is assumed about a boot where no input shows it; each assumption is named. */
import { FOUR_GIB, formatMemRange } from '../../bytes/address.ts';
import { lastReleaseWithout } from '../../linux/change-text.ts';
import { GEN1_FRAMEBUFFER, GEN2_VIDEO_MEMORY } from '../../linux/framebuffer.ts';
import type { FramebufferFacts } from '../../linux/vmbus/reservation.ts';
import { FRAMEBUFFER_SETTLED_BY, type FramebufferFinding } from '../framebuffers.ts';
import { AUTHORITY } from '../sysfb/authorities.ts';
import type { Subject } from '../sysfb/subject.ts';
import type { Kernel, KernelFacts } from './kernel.ts';
import type { Reasons } from './reasons.ts';

/** How the kernel boots: by device tree if the subject is a node of one; else as given, or as usual for the generation. */
export function bootOf(subject: Subject, facts: KernelFacts, reasons: Reasons): 'efi' | 'bios' | 'dt' {
  if (subject.kind === 'device-tree') return 'dt';
  if (facts.boot !== undefined) return facts.boot;
  const boot = subject.generation === 1 ? 'bios' : 'efi';
  reasons.assume(
    boot === 'bios'
      ? 'the machine boots by BIOS, as Generation 1 does'
      : 'the machine boots by EFI, as Generation 2 does',
    'assumption',
    '--boot efi|bios|dt',
  );
  return boot;
}

/** Adds assumptions about the release, and about changes that no source confirms. */
export function assumeKernel(kernel: Kernel, reasons: Reasons): void {
  if (kernel.profile.presumed)
    reasons.assume(
      `the kernel is ${kernel.name}, the newest release known to fwmap`,
      'assumption',
      `an older kernel (--kernel RELEASE): up to ${lastReleaseWithout('a07b50d80ab6')} the driver does not test CONFIG_SYSFB`,
    );
  for (const { change, present, unsure } of kernel.profile.unsure)
    reasons.assume(
      `${change.commit} ("${change.subject}") is ${present ? 'in' : 'not in'} this kernel`,
      unsure ?? 'not confirmed',
      `--with-commit or --without-commit ${change.commit}`,
    );
}

/** A window of the pool, both ends inclusive as Linux keeps them. */
interface PoolRange {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * The framebuffer: by options or evidence, else assumed. On a device tree boot the only assumption is that it is below
 * 4 GiB.
 */
export function framebufferOf(
  windows: readonly PoolRange[],
  boot: 'efi' | 'bios' | 'dt',
  facts: KernelFacts,
  reasons: Reasons,
): FramebufferFinding | null {
  if (facts.framebuffer !== undefined) return facts.framebuffer;
  if (boot === 'dt') {
    reasons.assume(
      'the framebuffer, if there is one, is below 4 GiB',
      AUTHORITY.low,
      'a framebuffer inside a window (--framebuffer BASE+SIZE) would be unprotected, with CONFIG_SYSFB or without',
    );
    return null;
  }
  if (boot === 'bios') {
    const range = formatMemRange(GEN1_FRAMEBUFFER.base, GEN1_FRAMEBUFFER.size);
    reasons.assume(
      `the framebuffer is ${range}, BAR 0 of the video device`,
      AUTHORITY.gen1,
      '--framebuffer BASE+SIZE, or what lspci -vv -nn prints on the machine',
    );
    return { ...GEN1_FRAMEBUFFER, from: 'presumed', text: `assumed: BAR 0 of the video device, ${range}` };
  }
  const low = windows
    .filter((window) => window.start < FOUR_GIB && window.start <= window.end)
    .reduce<PoolRange | undefined>(
      (least, window) => (least === undefined || window.start < least.start ? window : least),
      undefined,
    );
  if (low === undefined) return null;
  const room = low.end - low.start + 1n;
  const size = room < GEN2_VIDEO_MEMORY ? room : GEN2_VIDEO_MEMORY;
  reasons.assume(
    `the framebuffer is at the base of the low window, ${formatMemRange(low.start, size)}`,
    AUTHORITY.low,
    FRAMEBUFFER_SETTLED_BY,
  );
  return { base: low.start, size, from: 'presumed', text: 'assumed at the base of the low window' };
}

/** What the driver reads about the framebuffer, apart from CONFIG_SYSFB: from a dump, or consistent with the finding. */
export function framebufferFacts(
  boot: 'efi' | 'bios' | 'dt',
  facts: KernelFacts,
  framebuffer: FramebufferFinding | null,
): Omit<FramebufferFacts, 'sysfb'> {
  const base = framebuffer?.base ?? null;
  return {
    boot: boot === 'efi' ? 'efi' : 'bios',
    screenInfo: facts.screenInfo ?? { lfbBase: base ?? 0n, lfbSize: framebuffer?.size ?? 0n },
    gen1Video:
      facts.gen1Video ??
      (base === null ? null : { kind: 'mem', start: base, size: framebuffer?.size ?? GEN1_FRAMEBUFFER.size }),
  };
}
