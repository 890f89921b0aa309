/** From options and evidence to what is held true of the kernel, with everything that contradicts named. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Evidence, Fact } from '../evidence/evidence.ts';
import { type Contradiction, reconcile } from '../evidence/reconcile.ts';
import { finding } from '../findings/finding.ts';
import { type FoundFramebuffer, findFramebuffers, gen1Video, sameFramebuffer } from '../linux/framebuffer.ts';
import type { KernelFacts } from './kernel.ts';
import type { FramebufferFinding } from './verdict.ts';

/** What was found, each framebuffer that the evidence holds possible on its own. */
export interface GatheredFacts {
  /** One entry for each framebuffer that sources disagree on; one alone when they agree or say nothing. */
  readonly variants: readonly KernelFacts[];
  readonly contradictions: readonly Contradiction[];
}

/**
 * Merges what the user said with what the evidence shows. An option wins over evidence, openly: where they differ, a
 * warning `verdict/option-over-evidence` names both.
 */
export function gatherFacts(given: KernelFacts, evidence: Evidence, sink: DiagnosticSink): GatheredFacts {
  const known = reconcile(evidence);
  for (const { about, message } of known.contradictions)
    sink.add(finding('evidence/contradiction', { about, what: message }));
  const overridden = (what: string, option: string, fact: Fact<unknown> | undefined, found: string): void => {
    if (fact !== undefined && found !== option)
      sink.add(
        finding(
          'verdict/option-over-evidence',
          { what, option, found, by: fact.artifact.source.name },
          fact.span ? { span: fact.span } : {},
        ),
      );
  };
  const release = known.release?.value.upstream ?? known.release?.value.release;
  if (given.release !== undefined && release !== undefined)
    overridden('the kernel release', given.release, known.release, release);
  if (given.boot !== undefined && known.boot !== undefined)
    overridden('the boot', given.boot, known.boot, known.boot.value);
  const video = gen1Video(evidence);
  const facts: KernelFacts = {
    ...(release === undefined ? {} : { release }),
    ...(known.boot === undefined ? {} : { boot: known.boot.value }),
    ...(known.vtl === undefined ? {} : { vtl: known.vtl.value }),
    ...(known.config === undefined ? {} : { config: known.config.values }),
    ...(known.architecture === undefined ? {} : { architecture: known.architecture.value }),
    ...(known.screenInfo === undefined
      ? {}
      : { screenInfo: { lfbBase: known.screenInfo.value.lfbBase, lfbSize: known.screenInfo.value.lfbSize } }),
    ...(video === null ? {} : { gen1Video: { kind: video.kind, start: video.start, size: video.size } }),
    evidence,
    ...given,
  };
  const framebuffers = given.framebuffer ? [] : grouped(findFramebuffers(evidence));
  return {
    variants:
      framebuffers.length === 0
        ? [facts]
        : framebuffers.map((sightings) => ({ ...facts, framebuffer: findingOf(sightings, video?.start) })),
    contradictions: known.contradictions,
  };
}

/** Sightings that may be one framebuffer together; more than one group is a contradiction. */
function grouped(found: readonly FoundFramebuffer[]): FoundFramebuffer[][] {
  const groups: FoundFramebuffer[][] = [];
  for (const one of found) {
    if (one.base === 0n) continue;
    const group = groups.find((each) => each.some((other) => sameFramebuffer(one, other)));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

/**
 * One framebuffer from the sightings of it, the most direct of which comes first. Where the Generation 1 video device
 * is known its BAR is the framebuffer, whatever mode is set in it.
 */
function findingOf(sightings: readonly FoundFramebuffer[], video: bigint | undefined): FramebufferFinding {
  const best =
    sightings.find((one) => one.from === 'pci' && one.base === video) ??
    sightings.find((one) => one.size !== null) ??
    sightings[0]!;
  const { base, size, from, artifact, span } = best;
  const sources = sightings.map((one) => `${one.from} (${one.text})`).join(', ');
  return {
    base,
    size,
    from: from === 'iomem' ? 'dmesg' : from,
    text: sources,
    ...(artifact
      ? {
          origin: {
            artifact,
            path: artifact.source.name,
            item: best.text,
            index: 0,
            ...(span ? { span } : {}),
          },
        }
      : {}),
  };
}
