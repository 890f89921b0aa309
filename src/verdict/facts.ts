/** From options and evidence to what is held true of the kernel, with everything that contradicts named. */
import { formatMemRange, hex } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Evidence, Fact, FramebufferSighting } from '../evidence/evidence.ts';
import { type Contradiction, reconcile } from '../evidence/reconcile.ts';
import type { Origin } from '../window/window.ts';
import type { KernelFacts } from './kernel.ts';
import type { FramebufferFinding } from './verdict.ts';

/** What was found, each framebuffer that the evidence holds possible on its own. */
export interface GatheredFacts {
  /** One entry for each framebuffer that sources disagree on; one alone when they agree or say nothing. */
  readonly variants: readonly KernelFacts[];
  readonly contradictions: readonly Contradiction[];
}

const FOUND_BY: Readonly<Record<FramebufferSighting['by'], FramebufferFinding['from']>> = {
  screen_info: 'boot-params',
  efifb: 'dmesg',
  vesafb: 'dmesg',
  hv_vmbus: 'dmesg',
  iomem: 'dmesg',
  'simple-framebuffer': 'device-tree',
  pci: 'pci',
};

/**
 * Merges what the user said with what the evidence shows. An option wins over evidence, openly: where they differ, a
 * warning `verdict/option-over-evidence` names both.
 */
export function gatherFacts(given: KernelFacts, evidence: Evidence, sink: DiagnosticSink): GatheredFacts {
  const known = reconcile(evidence);
  for (const { about, message } of known.contradictions)
    sink.add({
      severity: 'warning',
      code: 'evidence/contradiction',
      message: `${about}: ${message}`,
      hint: 'leave out what is not of this machine and kernel',
    });
  const overridden = (what: string, option: string, fact: Fact<unknown> | undefined, found: string): void => {
    if (fact !== undefined && found !== option)
      sink.add({
        severity: 'warning',
        code: 'verdict/option-over-evidence',
        message: `${what} is ${option} by option, ${found} by ${fact.artifact.source.name}`,
        ...(fact.span ? { span: fact.span } : {}),
      });
  };
  const release = known.release?.value.upstream ?? known.release?.value.release;
  if (given.release !== undefined && release !== undefined)
    overridden('the kernel release', given.release, known.release, release);
  if (given.boot !== undefined && known.boot !== undefined)
    overridden('the boot', given.boot, known.boot, known.boot.value);
  const facts: KernelFacts = {
    ...(release === undefined ? {} : { release }),
    ...(known.boot === undefined ? {} : { boot: known.boot.value }),
    ...(known.vtl === undefined ? {} : { vtl: known.vtl.value }),
    ...(known.config === undefined ? {} : { config: known.config.values }),
    ...(known.architecture === undefined ? {} : { architecture: known.architecture.value }),
    ...(known.screenInfo === undefined
      ? {}
      : { screenInfo: { lfbBase: known.screenInfo.value.lfbBase, lfbSize: known.screenInfo.value.lfbSize } }),
    ...given,
  };
  if (given.framebuffer || known.framebuffers.length === 0)
    return { variants: [facts], contradictions: known.contradictions };
  return {
    variants: known.framebuffers.map((sightings) => ({ ...facts, framebuffer: findingOf(sightings) })),
    contradictions: known.contradictions,
  };
}

/** One framebuffer from the sightings of it: the largest size that any of them gives. */
function findingOf(sightings: readonly Fact<FramebufferSighting>[]): FramebufferFinding {
  const best = sightings.reduce((a, b) => ((b.value.size ?? 0n) > (a.value.size ?? 0n) ? b : a));
  const { base, size, by } = best.value;
  return {
    base,
    size,
    from: FOUND_BY[by],
    text: `${size === null ? hex(base) : formatMemRange(base, size)} by ${sightings.map((fact) => `${fact.value.by} (${fact.text})`).join(', ')}`,
    origin: originOf(best),
  };
}

function originOf(fact: Fact<unknown>): Origin {
  return {
    artifact: fact.artifact,
    path: fact.artifact.source.name,
    item: fact.text,
    index: 0,
    ...(fact.span ? { span: fact.span } : {}),
  };
}
