/** How the kernel was started, as the driver sees it. */
import type { MachineFacts, Platform } from '../../../evidence/facts.ts';
import { type Condition, not } from '../../../symbolic/index.ts';
import type { Configuration } from '../../facts/configuration.ts';
import { byOption, evidenceItem, fromFact, strongest } from '../../facts/strength.ts';
import type { GivenFacts } from '../../given.ts';
import type { Constraint, Premise, RuleFinding } from '../../question.ts';
import type { Subject } from '../subject.ts';
import { IS_EFI } from '../variables.ts';

/** How the kernel was started, as the driver sees it. @returns the value of `efi_enabled(EFI_BOOT)`, where it is known */
export function bootFacts(
  subject: Subject,
  platform: Platform | 'other',
  given: GivenFacts,
  facts: MachineFacts,
  configuration: Configuration,
  constraints: Constraint[],
  premises: Premise[],
  rules: RuleFinding[],
): boolean | undefined {
  const settle = (constraint: Constraint, efi: boolean): boolean => {
    constraints.push(constraint);
    return efi;
  };
  const isBios = not(IS_EFI) as Condition;
  if (subject.kind === 'device-tree') return undefined;
  const noEfi = configuration.fact('EFI', 'n');
  if (noEfi !== undefined) {
    rules.push({
      id: 'efi-not-configured',
      says: 'CONFIG_EFI is not set: efi_enabled(EFI_BOOT) is 0 in this kernel, so the driver looks for PCI 1414:5353.',
      evidence: [evidenceItem(noEfi)],
    });
    if (platform === 'hyperv-gen2')
      premises.push({
        text: 'the boot loader passes this kernel the address of the ACPI tables: without CONFIG_EFI it does not find them on Generation 2',
        defeatedBy: 'a log in which no RSDP was found',
      });
    return settle(fromFact('boot', isBios, 'efi_enabled(EFI_BOOT) is 0', noEfi), false);
  }
  if (given.boot === 'efi' || given.boot === 'bios')
    return settle(
      byOption(
        'boot',
        given.boot === 'efi' ? IS_EFI : isBios,
        `the boot is by ${given.boot === 'efi' ? 'EFI' : 'BIOS'}`,
        `--boot ${given.boot}`,
      ),
      given.boot === 'efi',
    );
  const seen = strongest(facts.efiBoot);
  const [first] = seen;
  if (first !== undefined) {
    if (seen.every(({ value }) => value === first.value))
      return settle(
        fromFact(
          'boot',
          first.value ? IS_EFI : isBios,
          `the boot is by ${first.value ? 'EFI' : 'BIOS'}`,
          first,
        ),
        first.value,
      );
    rules.push({
      id: 'evidence-contradicts',
      says: 'The inputs contradict each other about how the machine boots.',
      evidence: seen.map(evidenceItem),
    });
    return undefined;
  }
  if (platform === 'hyperv-gen1')
    return settle(
      {
        id: 'gen1-bios',
        kind: 'authority',
        condition: isBios,
        text: 'Generation 1 boots by BIOS',
        source: 'Hyper-V',
        defeatedBy: '--boot efi',
      },
      false,
    );
  if (platform === 'hyperv-gen2') {
    premises.push({
      text: 'the kernel is started by EFI firmware, as on Generation 2, and built for it (ACPI, EFI)',
      defeatedBy: 'a .config without them, a log of another boot, --boot bios',
    });
    return settle(
      {
        id: 'gen2-efi',
        kind: 'premise',
        condition: IS_EFI,
        text: 'Generation 2 boots by EFI',
        source: 'Hyper-V',
        defeatedBy: '--boot bios',
      },
      true,
    );
  }
  return undefined;
}
