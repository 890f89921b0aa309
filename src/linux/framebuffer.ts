/** Finds the framebuffer in evidence: screen_info, the kernel log, /proc/iomem, the PCI video device. */
import type { Artifact } from '../artifact/artifact.ts';
import type { Span } from '../bytes/source.ts';
import type { FactOf } from '../evidence/fact.ts';
import type { MachineFacts } from '../evidence/facts.ts';
import { HYPERV_VIDEO } from '../evidence/listings/lspci.ts';
import { isVga } from '../evidence/log/kernel-log.ts';
import type { FramebufferSighting, PciDevice } from '../evidence/values.ts';

/** BAR 0 of the Generation 1 video device, at a fixed address in Hyper-V's BIOS (seen in logs of Generation 1 guests). */
export const GEN1_FRAMEBUFFER = { base: 0xf8000000n, size: 0x4000000n } as const;
/** Size in bytes of the video memory that Generation 2 firmware reserves at the base of the low gap (mu_msvm, VideoDxe). */
export const GEN2_VIDEO_MEMORY = 0x800000n;

export interface FoundFramebuffer {
  readonly base: bigint;
  /** In bytes; `null` if unknown. */
  readonly size: bigint | null;
  readonly from: 'boot-params' | 'dmesg' | 'iomem' | 'pci';
  /** The text of the evidence. */
  readonly text: string;
  readonly artifact: Artifact;
  readonly span?: Span;
}

/** Every framebuffer in the evidence, with duplicates, so that a report can name all sources. */
export function findFramebuffers(
  evidence: Pick<MachineFacts, 'framebuffers' | 'pciDevices'>,
): readonly FoundFramebuffer[] {
  const { framebuffers, pciDevices } = evidence;
  const found = framebuffers.map(sighted);
  for (const fact of pciDevices) {
    const bar = framebufferBar(fact.value, framebuffers);
    if (bar !== undefined)
      found.push({
        base: bar.base,
        size: bar.size,
        from: 'pci',
        text: fact.text,
        artifact: fact.artifact,
        ...(fact.span === undefined ? {} : { span: fact.span }),
      });
  }
  return found;
}

function sighted(fact: FactOf<FramebufferSighting>): FoundFramebuffer {
  const { base, size, by } = fact.value;
  return {
    base,
    size,
    from: by === 'screen_info' ? 'boot-params' : by === 'iomem' ? 'iomem' : by === 'pci' ? 'pci' : 'dmesg',
    text: fact.text,
    artifact: fact.artifact,
    ...(fact.span === undefined ? {} : { span: fact.span }),
  };
}

/** BAR 0 of the Hyper-V video device, or the BAR of a VGA device that contains a framebuffer of other evidence. */
function framebufferBar(
  device: PciDevice,
  sightings: readonly FactOf<FramebufferSighting>[],
): { base: bigint; size: bigint } | undefined {
  const memory = device.bars.filter((bar) => bar.space === 'memory');
  if (device.vendor === HYPERV_VIDEO.vendor && device.device === HYPERV_VIDEO.device)
    return memory.find((bar) => bar.index === 0);
  if (!isVga(device)) return undefined;
  return memory.find((bar) =>
    sightings.some(({ value }) => value.base >= bar.base && value.base < bar.base + bar.size),
  );
}

/** BAR 0 of PCI 1414:5353, which the driver uses on a BIOS boot (Generation 1). */
export function gen1Video(
  evidence: Pick<MachineFacts, 'pciDevices'>,
): { kind: 'mem' | 'io'; start: bigint; size: bigint; fact: FactOf<PciDevice> } | null {
  for (const fact of evidence.pciDevices) {
    const { vendor, device, bars } = fact.value;
    if (vendor !== HYPERV_VIDEO.vendor || device !== HYPERV_VIDEO.device) continue;
    const bar = bars.find(({ index }) => index === 0);
    if (bar !== undefined)
      return { kind: bar.space === 'memory' ? 'mem' : 'io', start: bar.base, size: bar.size, fact };
  }
  return null;
}
