/** Whether the kernel has the driver and reads the given description. */
import type { MachineFacts, Platform } from '../../../evidence/facts.ts';
import type { ReleaseModel } from '../../../linux/release-choice.ts';
import type { Condition } from '../../../symbolic/index.ts';
import type { Configuration } from '../../facts/configuration.ts';
import { evidenceItem, strongest } from '../../facts/strength.ts';
import type { GivenFacts } from '../../given.ts';
import type { Ask, EvidenceItem, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import type { Subject } from '../subject.ts';

export interface NotRead {
  readonly safe: boolean;
  readonly because: string;
  readonly rule: RuleFinding;
  /** The condition under which it holds; absent where it always does. */
  readonly when?: Condition;
}

/** Why the kernel doesn't read this description, or has no driver; undefined where it reads it. */
export function notRead(
  subject: Subject,
  platform: Platform | 'other',
  given: GivenFacts,
  facts: MachineFacts,
  configuration: Configuration,
  name: string,
  model: ReleaseModel,
  architecture: 'x86_64' | 'arm64' | undefined,
): NotRead | undefined {
  const made = (id: string, safe: boolean, because: string, ...evidence: EvidenceItem[]): NotRead => ({
    safe,
    because,
    rule: { id, says: `${because.charAt(0).toUpperCase()}${because.slice(1)}.`, evidence },
  });
  // A driver that was observed exists, whatever a file says.
  const isSeen =
    facts.vmbusClaims.length > 0 ||
    facts.symbols.some(({ value }) => value.symbol === 'HYPERV' && value.value !== 'n');
  for (const symbol of isSeen ? [] : ['HYPERV', 'HYPERV_VMBUS']) {
    const off = configuration.fact(symbol, 'n');
    if (off === undefined) continue;
    return {
      ...made(
        'no-vmbus-driver',
        true,
        `CONFIG_${symbol} is not set: ${name} has no VMBus driver, so nothing is handed out`,
        evidenceItem(off),
      ),
      // In a kernel without the symbol a line of it says nothing.
      ...(symbol === 'HYPERV' ? {} : { when: model.is('vmbusSymbol', true) }),
    };
  }
  if (platform === 'xen-pv' || platform === 'hyperv-root')
    return made('no-vmbus-here', true, 'the VMBus driver does not run on this machine', {
      text: 'the platform that the inputs show',
      authority: AUTHORITY.root,
    });
  const read = strongest(facts.descriptions);
  const allows = (what: 'acpi' | 'dt'): boolean => read.every(({ value }) => value.includes(what));
  if (subject.kind === 'acpi') {
    const noAcpi = configuration.fact('ACPI', 'n');
    if (noAcpi !== undefined)
      return made(
        'acpi-not-read',
        false,
        'CONFIG_ACPI is not set: this kernel does not read these tables, and no device tree with a VMBus node was given',
        { ...evidenceItem(noAcpi), authority: AUTHORITY.probe },
      );
    if (given.boot === 'dt' || !allows('acpi'))
      return made(
        'acpi-not-read',
        false,
        'on a device tree boot the driver does not read these tables, and no device tree with a VMBus node was given',
        ...(given.boot === 'dt' ? [{ text: '--boot dt' }] : read.map(evidenceItem)),
        { text: 'acpi_disabled decides', authority: AUTHORITY.probe },
      );
    return undefined;
  }
  const noOf = configuration.fact('OF', 'n');
  if (noOf !== undefined)
    return made(
      'device-tree-not-read',
      false,
      'CONFIG_OF is not set: this kernel does not read this tree, and no ACPI table with a VMBus device was given',
      evidenceItem(noOf),
    );
  const efi = strongest(facts.efiBoot);
  const [byEfi] = efi;
  // On x86 a kernel that EFI firmware started has ACPI; on arm64 EFI firmware passes device trees too.
  if (
    given.boot === undefined &&
    byEfi !== undefined &&
    efi.every(({ value }) => value) &&
    architecture === 'x86_64' &&
    read.length === 0
  )
    return made(
      'device-tree-not-read',
      false,
      'a kernel that EFI firmware started on x86 reads ACPI tables and not this tree, and no table with a VMBus device was given',
      evidenceItem(byEfi),
    );
  if ((given.boot !== undefined && given.boot !== 'dt') || !allows('dt'))
    return made(
      'device-tree-not-read',
      false,
      'on an ACPI boot the driver does not read this tree, and no ACPI table with a VMBus device was given',
      ...(given.boot === undefined ? read.map(evidenceItem) : [{ text: `--boot ${given.boot}` }]),
      { text: 'acpi_disabled decides', authority: AUTHORITY.probe },
    );
  return undefined;
}

/** For a kernel without a description: whether it is one for VTL2, or is known to read no tables. */
export function bootsWithTree(
  configuration: Configuration,
  platform: Platform | 'other',
  unread: NotRead | undefined,
): boolean {
  return (
    configuration.value('HYPERV_VTL_MODE') === 'y' || platform === 'openhcl-vtl2' || unread?.safe === false
  );
}

/** The reason that applies in one world. */
export function unreadIn(unread: NotRead | undefined, ask: Ask): NotRead | undefined {
  return unread?.when === undefined || ask.holds(unread.when) ? unread : undefined;
}
