/**
 * Where all of the firmware's windows are known, the driver's model is run: what pass-through devices get, and whether the
 * running kernel's log agrees with it.
 */

import { formatMemRange } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import type { Behaviour } from '../../linux/behaviour.ts';
import { profileOf } from '../../linux/profile.ts';
import { parseRelease } from '../../linux/release.ts';
import { PASS_THROUGH_NVME } from '../../linux/scenario.ts';
import { checkAgainstKernel } from '../../linux/self-check.ts';
import { simulate } from '../../linux/simulate.ts';
import { buildAcpiPool } from '../../linux/vmbus/acpi-pool.ts';
import { levelsOf } from '../../linux/vmbus/firmware-input.ts';
import type { VmbusPool } from '../../linux/vmbus/pool.ts';
import { reserveFramebuffer } from '../../linux/vmbus/reservation.ts';
import type { FramebufferFinding } from '../framebuffers.ts';
import type { GivenFacts } from '../given.ts';
import type { RuleFinding } from '../question.ts';
import { AUTHORITY } from './authorities.ts';
import type { Situation } from './situation/situation.ts';
import type { AcpiSubject } from './subject.ts';

/** The rules that the model gives; none where something of the pool is open. */
export function confirm(
  subject: AcpiSubject,
  situation: Situation,
  framebuffer: FramebufferFinding | null,
  given: GivenFacts,
  facts: MachineFacts,
  sink: DiagnosticSink,
): RuleFinding[] {
  const { levels, open } = levelsOf(subject.levels);
  if (levels.length === 0 || open.length > 0 || situation.descriptionNotRead !== undefined) return [];
  const release = situation.kernel.release === null ? undefined : parseRelease(situation.kernel.release);
  const { behaviour } = profileOf(release, {
    ...(given.withCommits ? { withCommits: given.withCommits } : {}),
    ...(given.withoutCommits ? { withoutCommits: given.withoutCommits } : {}),
  });
  const made = (sysfb: boolean): VmbusPool => {
    const pool = buildAcpiPool(behaviour, levels);
    const { lfb, lfbIsZero, efi, video } = situation;
    const base = lfb?.base ?? (lfbIsZero ? 0n : (framebuffer?.base ?? 0n));
    reserveFramebuffer(behaviour, pool, {
      boot: efi === false ? 'bios' : 'efi',
      sysfb,
      screenInfo: { lfbBase: base, lfbSize: lfb?.size ?? framebuffer?.size ?? 0n },
      gen1Video:
        video ??
        (framebuffer?.base == null || framebuffer.size === null
          ? null
          : { kind: 'mem', start: framebuffer.base, size: framebuffer.size }),
    });
    return pool;
  };
  const sysfb = situation.configuration.value('SYSFB') !== 'n';
  return [...agreement(made(sysfb), facts, sink), ...landing(behaviour, made(false), framebuffer)];
}

function agreement(pool: VmbusPool, facts: MachineFacts, sink: DiagnosticSink): RuleFinding[] {
  return checkAgainstKernel(pool, facts, sink).map((check) => ({
    id: check.agrees ? 'agrees-with-kernel' : 'differs-from-kernel',
    says: check.agrees
      ? `The running kernel's ${check.what} agrees with the model: ${check.kernel}.`
      : `The running kernel's ${check.what} is ${check.kernel}; the model gives ${check.model}.`,
    evidence: [{ text: `${check.fact.artifact.source.name}: ${check.fact.text}` }],
  }));
}

/** Where the configuration window of a pass-through device is put when nothing is reserved. */
function landing(
  behaviour: Behaviour,
  pool: VmbusPool,
  framebuffer: FramebufferFinding | null,
): RuleFinding[] {
  if (framebuffer?.base == null || framebuffer.size === null) return [];
  const { base, size } = framebuffer;
  const played = simulate(behaviour, pool, PASS_THROUGH_NVME, { base, size });
  return played.steps.flatMap((step) => {
    if (step.onFramebuffer !== true || step.outcome?.kind !== 'placed') return [];
    const { start, end } = step.outcome;
    return [
      {
        id: 'pass-through-lands-on-framebuffer',
        says: `Without a reservation the ${step.what} of a pass-through NVMe, probed before any graphics driver, gets ${formatMemRange(start, end - start + 1n)}: on the framebuffer.`,
        evidence: [
          {
            text: step.consequence ?? 'first fit, from the bottom of the first window',
            authority: AUTHORITY.allocate,
          },
        ],
      },
    ];
  });
}
