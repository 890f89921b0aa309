/** Where the evidence puts the framebuffer; sightings of the same framebuffer are merged. */
import { formatMemRange } from '../bytes/address.ts';
import type { MachineFacts } from '../evidence/facts.ts';
import { sameFramebuffer } from '../evidence/reconcile.ts';
import { type FoundFramebuffer, findFramebuffers } from '../linux/framebuffer.ts';
import { type AddressWindow, boundsOf, type Origin } from '../window/window.ts';

/** What says where the framebuffer is: an option, or inputs. */
export const FRAMEBUFFER_SETTLED_BY =
  '--framebuffer BASE+SIZE, or boot_params, dmesg or lspci of the machine';

/** Where a framebuffer is, or may be. */
export interface FramebufferFinding {
  /** Null when only its relation to other unknowns is known; `expression` then says it. */
  readonly base: bigint | null;
  readonly size: bigint | null;
  readonly from: 'boot-params' | 'dmesg' | 'pci' | 'given' | 'presumed' | 'device-tree';
  readonly expression?: string;
  readonly text: string;
  readonly origin?: Origin;
}

/** A finding for each place; several are a contradiction between sources. */
export function groupedFramebuffers(facts: MachineFacts, video: bigint | undefined): FramebufferFinding[] {
  const groups: FoundFramebuffer[][] = [];
  for (const one of findFramebuffers(facts)) {
    if (one.base === 0n) continue;
    const group = groups.find((each) => each.some((other) => sameFramebuffer(one, other)));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups.map((sightings) => findingOf(sightings, video));
}

/** Merges sightings: the most direct one counts. Where the Generation 1 video device is known, its BAR is the framebuffer. */
function findingOf(sightings: readonly FoundFramebuffer[], video: bigint | undefined): FramebufferFinding {
  const best =
    sightings.find((one) => one.from === 'pci' && one.base === video) ??
    sightings.find((one) => one.size !== null) ??
    sightings[0]!;
  const { base, size, from, artifact, span, text } = best;
  return {
    base,
    size,
    from: from === 'iomem' ? 'dmesg' : from,
    text: [...new Set(sightings.map((one) => `${one.from} (${one.text})`))].join(', '),
    origin: { artifact, path: artifact.source.name, item: text, index: 0, ...(span ? { span } : {}) },
  };
}

/** The framebuffer that a node of the tree describes. */
export function fromTree(window: AddressWindow): FramebufferFinding {
  const known = boundsOf(window);
  return {
    base: known?.base ?? null,
    size: known?.size ?? null,
    from: 'device-tree',
    text: `${window.role === 'reserved' ? 'framebuffer' : 'simple-framebuffer'} ${window.origin.path}${known === undefined ? ', whose place is not known' : `: ${formatMemRange(known.base, known.size)}`}`,
    origin: window.origin,
  };
}
