/** What screen_info and the video device say about the framebuffer. */
import type { FactOf } from '../../../evidence/fact.ts';
import type { MachineFacts, Platform } from '../../../evidence/facts.ts';
import { gen1Video } from '../../../linux/framebuffer.ts';
import { anyOf, type Condition, not } from '../../../symbolic/index.ts';
import type { Configuration } from '../../facts/configuration.ts';
import { evidenceItem, fromFact, strongest } from '../../facts/strength.ts';
import type { Constraint, Premise, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import { HAS_VIDEO, IS_EFI, LFB_IS_ZERO } from '../variables.ts';

/** What the driver finds in screen_info. */
export function screenFacts(
  platform: Platform | 'other',
  architecture: 'x86_64' | 'arm64' | undefined,
  efi: boolean | undefined,
  facts: MachineFacts,
  constraints: Constraint[],
  premises: Premise[],
  rules: RuleFinding[],
): { lfb: { base: bigint; size: bigint } | undefined } {
  const isZero = (fact: FactOf<unknown>): void => {
    constraints.push(fromFact('lfb-base', LFB_IS_ZERO, 'lfb_base is 0', fact));
  };
  const [screen] = strongest(facts.screenInfos);
  if (screen !== undefined) {
    const { lfbBase, lfbSize } = screen.value;
    const base = BigInt.asUintN(32, lfbBase);
    if (base === 0n) isZero(screen);
    else
      constraints.push(
        fromFact('lfb-base', not(LFB_IS_ZERO) as Condition, 'lfb_base of screen_info is set', screen),
      );
    return { lfb: base === 0n ? undefined : { base, size: lfbSize } };
  }
  const [started] = facts.kexec;
  if (started !== undefined) {
    rules.push({
      id: 'started-by-kexec',
      says: `The kernel was started by another kernel (${started.value}): screen_info may be empty.`,
      evidence: [{ ...evidenceItem(started), authority: AUTHORITY.kexec }],
    });
    if (architecture === 'arm64') isZero(started);
    return { lfb: undefined };
  }
  const confidential = facts.confidential.find(({ value }) => value !== 'none');
  if (confidential !== undefined) {
    rules.push({
      id: 'confidential',
      says: 'The machine is confidential: its firmware gives the kernel no framebuffer, lfb_base is 0.',
      evidence: [{ ...evidenceItem(confidential), authority: AUTHORITY.confidential }],
    });
    isZero(confidential);
    return { lfb: undefined };
  }
  const said = strongest(facts.lfbBase);
  const [first] = said;
  if (first !== undefined && said.every(({ value }) => value === first.value)) {
    if (first.value === null) return { lfb: undefined };
    if (first.value === 0n) {
      isZero(first);
      return { lfb: undefined };
    }
    constraints.push(fromFact('lfb-base', not(LFB_IS_ZERO) as Condition, 'lfb_base is set', first));
    return {
      lfb: first.value === 'nonzero' ? undefined : { base: BigInt.asUintN(32, first.value), size: 0n },
    };
  }
  if (first !== undefined) {
    // They disagree about the value, but agree that it is set.
    if (said.every(({ value }) => value !== null && value !== 0n))
      constraints.push(fromFact('lfb-base', not(LFB_IS_ZERO) as Condition, 'lfb_base is set', first));
    return { lfb: undefined };
  }
  if (efi === true && platform !== 'other') {
    premises.push({
      text: 'the kernel was booted by firmware, not by kexec or kdump, and the machine is not confidential',
      defeatedBy: 'a log or command line that shows otherwise, a dump of boot_params',
    });
    constraints.push({
      id: 'first-boot',
      kind: 'premise',
      condition: not(LFB_IS_ZERO) as Condition,
      text: 'the firmware tells the kernel where the framebuffer is (lfb_base is set)',
      source: 'the question',
      defeatedBy: 'a dump of boot_params, a kdump command line, isolation lines',
    });
  }
  return { lfb: undefined };
}

export function videoFacts(
  platform: Platform | 'other',
  facts: MachineFacts,
  configuration: Configuration,
  constraints: Constraint[],
): { readonly kind: 'mem' | 'io'; readonly start: bigint; readonly size: bigint } | undefined {
  const noPci = configuration.fact('PCI', 'n');
  if (noPci !== undefined) {
    // pci_get_device() finds nothing then (include/linux/pci.h).
    constraints.push(
      fromFact('video', not(HAS_VIDEO) as Condition, 'a kernel without CONFIG_PCI finds no 1414:5353', noPci),
    );
    return undefined;
  }
  const [seen] = strongest(facts.video);
  if (seen !== undefined) {
    const { present } = seen.value;
    // Every Generation 1 machine has it: a listing without it is incomplete, or from another machine.
    if (!present && platform === 'hyperv-gen1') return undefined;
    constraints.push(
      fromFact(
        'video',
        present ? HAS_VIDEO : (not(HAS_VIDEO) as Condition),
        `PCI 1414:5353 is ${present ? 'present' : 'absent'}`,
        seen,
      ),
    );
    const found = gen1Video(facts);
    if (found !== null) return { kind: found.kind, start: found.start, size: found.size };
    return seen.value.present && seen.value.bar !== null ? seen.value.bar : undefined;
  }
  const authority = (present: boolean): void => {
    constraints.push({
      id: present ? 'gen1-video' : 'gen2-no-pci-video',
      kind: 'authority',
      condition: present ? HAS_VIDEO : (not(HAS_VIDEO) as Condition),
      text: present
        ? 'Generation 1 has the video device PCI 1414:5353'
        : 'Generation 2 has no PCI video device 1414:5353',
      source: present ? AUTHORITY.gen1 : 'Hyper-V: Generation 2 has no emulated PCI devices',
      defeatedBy: 'lspci of the machine',
    });
  };
  if (platform === 'hyperv-gen1') authority(true);
  if (platform === 'hyperv-gen2') authority(false);
  return undefined;
}

/** For a Hyper-V guest whose generation isn't known: what holds for each generation. */
export function assumeGuest(configuration: Configuration, constraints: Constraint[]): void {
  const isBios = not(IS_EFI) as Condition;
  if (!constraints.some(({ id }) => id === 'lfb-base'))
    constraints.push({
      id: 'first-boot',
      kind: 'premise',
      condition: anyOf([isBios, not(LFB_IS_ZERO) as Condition]),
      text: 'on Generation 2 the firmware tells the kernel where the framebuffer is (lfb_base is set)',
      source: 'the question',
      defeatedBy: 'a dump of boot_params, a kdump command line, isolation lines',
    });
  // A kernel without EFI takes that branch on Generation 2 too.
  if (configuration.value('EFI') !== 'n' && !constraints.some(({ id }) => id === 'video'))
    constraints.push({
      id: 'gen1-video',
      kind: 'authority',
      condition: anyOf([IS_EFI, HAS_VIDEO]),
      text: 'Generation 1 has the video device PCI 1414:5353',
      source: AUTHORITY.gen1,
      defeatedBy: 'lspci of the machine',
    });
}
