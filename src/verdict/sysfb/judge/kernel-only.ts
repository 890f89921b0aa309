/**
 * The judgement where no firmware description is among the inputs, only a kernel's configuration or log. The windows are
 * not known then, only what the driver does about a framebuffer in them.
 */
import type { Artifact } from '../../../artifact/artifact.ts';
import { FOUR_GIB } from '../../../bytes/address.ts';
import type { MachineFacts } from '../../../evidence/facts.ts';
import { configValue } from '../../../evidence/kernel-config.ts';
import { VMBUS_PLATFORMS } from '../../../evidence/platform.ts';
import type { Ask, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import { bootsWithTree, unreadIn } from '../situation/not-read.ts';
import type { Situation } from '../situation/situation.ts';
import type { AcpiSubject } from '../subject.ts';
import { IS_EFI, IS_INSIDE } from '../variables.ts';
import { rulesIn } from './behaviour.ts';
import { kernelItems } from './evidence.ts';
import { somewhere } from './framebuffer.ts';
import type { Outcome } from './outcome.ts';

/** A subject of which only the kernel is known; undefined when nothing shows that it is a kernel of a Hyper-V guest. */
export function kernelOnlySubject(facts: MachineFacts): AcpiSubject | undefined {
  const artifact = guestShownBy(facts);
  return artifact === undefined
    ? undefined
    : {
        kind: 'acpi',
        artifact,
        path: 'VMBus',
        presumed: false,
        generation: null,
        belowIsa: false,
        levels: [],
        kernelOnly: true,
      };
}

/** The input that shows that the machine has VMBus, or that the kernel is built for it. */
function guestShownBy({ platforms, configs }: MachineFacts): Artifact | undefined {
  const seen = platforms.filter(({ strength }) => strength !== 'inferred');
  if (seen.length > 0) {
    const isGuest = VMBUS_PLATFORMS.some((each) => seen.every(({ value }) => value.includes(each)));
    return isGuest ? seen[0]!.artifact : undefined;
  }
  // A complete configuration without a line for it says that there is no driver.
  return configs.find((config) => configValue(config, 'HYPERV') !== undefined)?.artifact;
}

export function judgeKernelOnly(situation: Situation, ask: Ask): Outcome {
  const rules: RuleFinding[] = [];
  const common = { pool: [], framebuffer: null, rules };
  const unread = unreadIn(situation.descriptionNotRead, ask);
  if (unread?.safe) {
    rules.push(unread.rule);
    return { ...common, kind: 'no-driver', without: 'no', with: 'no', because: unread.because };
  }
  if (!ask.holds(IS_INSIDE))
    return {
      ...common,
      kind: 'outside',
      without: 'no',
      with: 'no',
      because: 'the framebuffer is in no window that VMBus gets',
    };
  // Evidence that tables are not read is evidence of a device tree boot.
  if (bootsWithTree(situation.configuration, situation.platform, unread)) {
    const who = unread === undefined ? 'A kernel for VTL2' : 'This kernel';
    rules.push({
      id: 'dt-never-reserves',
      says: `${who} boots with a device tree, where the driver never reserves a framebuffer: CONFIG_SYSFB has no effect.`,
      evidence: [
        { text: 'the reservation is made on the ACPI path only', authority: AUTHORITY.deviceAdd },
        ...(unread?.rule.evidence ?? []),
      ],
    });
    return {
      ...common,
      kind: 'unprotected',
      without: 'yes',
      with: 'yes',
      because: 'the framebuffer is inside what VMBus gets, and nothing reserves it on a device tree boot',
    };
  }
  const framebuffer = {
    base: null,
    size: null,
    from: 'presumed' as const,
    text: 'in low MMIO that VMBus gets; no input describes its windows',
  };
  const behaviour = rulesIn(ask, situation.model);
  const { video } = situation;
  // The driver reserves in its first window, which is low.
  const isBeyond =
    video !== undefined &&
    video.start >= FOUR_GIB &&
    behaviour.biosFramebuffer === 'pci-bar' &&
    !ask.holds(IS_EFI);
  const kernel = kernelItems(situation);
  return somewhere(behaviour, !isBeyond, framebuffer, [], ask, rules, kernel, undefined, video);
}
