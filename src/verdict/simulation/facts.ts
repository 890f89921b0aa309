/** Merges options and evidence about the kernel, and reports contradictions. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { type Contradiction, reconcile } from '../../evidence/reconcile.ts';
import { finding } from '../../findings/finding.ts';
import { gen1Video } from '../../linux/framebuffer.ts';
import { groupedFramebuffers } from '../framebuffers.ts';
import type { KernelFacts } from './kernel.ts';

/** The merged facts, for each framebuffer that the evidence shows. */
export interface GatheredFacts {
  /** One entry for each framebuffer that sources disagree on; one alone when they agree or say nothing. */
  readonly variants: readonly KernelFacts[];
  readonly contradictions: readonly Contradiction[];
}

/**
 * Merges what the user gives with what the evidence shows. An option overrides evidence; where they differ, the warning
 * `verdict/option-over-evidence` names both.
 */
export function gatherFacts(given: KernelFacts, evidence: MachineFacts, sink: DiagnosticSink): GatheredFacts {
  const known = reconcile(evidence);
  for (const { about, message } of known.contradictions)
    sink.add(finding('evidence/contradiction', { about, what: message }));
  const overridden = (
    what: string,
    option: string,
    fact: FactOf<unknown> | undefined,
    found: string,
  ): void => {
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
  const framebuffers = given.framebuffer ? [] : groupedFramebuffers(evidence, video?.start);
  return {
    variants:
      framebuffers.length === 0 ? [facts] : framebuffers.map((framebuffer) => ({ ...facts, framebuffer })),
    contradictions: known.contradictions,
  };
}
