/** What is known about the machine and its kernel when host bridges are judged, each with its source. */
import type { Architecture } from '../../acpi/architecture.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts, PciWindowRule } from '../../evidence/facts.ts';
import type { MemoryMapEntry } from '../../evidence/values.ts';
import { firstRelease } from '../../linux/change-text.ts';
import { type BridgeArchitecture, bridgeArchitecture } from '../../linux/host-bridge/architecture.ts';
import type { Bar } from '../../linux/host-bridge/bars.ts';
import { ignoresSegment, usesCrs } from '../../linux/host-bridge/crs-rule.ts';
import { ignoresE820ByDmi, isRemovedMmio, TRUSTED_BIOS_YEAR } from '../../linux/host-bridge/e820.ts';
import { type EarlyRegions, earlyRegions } from '../../linux/host-bridge/iomem.ts';
import type { ReleaseModel } from '../../linux/release-choice.ts';
import { allOf, anyOf, type Condition, chosen, chosenFrom } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import { type KernelName, releaseFacts } from '../facts/release.ts';
import { evidenceItem, fromFact, strongest } from '../facts/strength.ts';
import type { GivenFacts } from '../given.ts';
import type { Assumption, Constraint, Default, EvidenceItem, Premise, RuleFinding } from '../question.ts';
import { AUTHORITY } from './authorities.ts';
import { opposite } from './subject.ts';
import { ADDRESS_BITS, BIOS_YEAR, IS_OLD_BIOS, lastAddressOf } from './variables.ts';

/** What the user gives besides the kernel. */
export interface BridgeOptions {
  /** Physical address bits of the processor. */
  readonly addressBits?: number;
  /** BARs that are asked about. */
  readonly bars?: readonly Bar[];
}

export interface BridgeSituation {
  readonly constraints: readonly Constraint[];
  readonly premises: readonly Premise[];
  readonly defaults: readonly Default[];
  readonly assumptions: readonly Assumption[];
  readonly rules: readonly RuleFinding[];
  readonly model: ReleaseModel;
  readonly kernel: KernelName;
  readonly architecture: BridgeArchitecture;
  /** Windows are taken from `_CRS`, and why. */
  readonly crs: { readonly uses: boolean; readonly why: string };
  /** `_SEG` doesn't count: every root bus is of segment 0. */
  readonly ignoresSegment?: boolean;
  /** The last address of the processor; undefined where the bits aren't known. */
  readonly lastAddress: bigint | undefined;
  readonly early: EarlyRegions | undefined;
  readonly e820: E820;
}

/** The first release that asks for the year of the firmware, and has the options. */
const BY_YEAR_SINCE = firstRelease('0ae084d5a674');

/** Entries that keep BARs out of windows. */
export interface E820 {
  readonly entries: readonly {
    readonly entry: MemoryMapEntry;
    readonly when: Condition;
    readonly evidence: EvidenceItem;
  }[];
  /** When they count, whatever the entry. */
  readonly counts: Condition;
  readonly why: string;
  readonly evidence: readonly EvidenceItem[];
}

export function bridgeSituation(
  machine: Machine,
  given: GivenFacts,
  options: BridgeOptions,
  facts: MachineFacts,
): BridgeSituation {
  const constraints: Constraint[] = [];
  const defaults: Default[] = [];
  const premises: Premise[] = [];
  const assumptions: Assumption[] = [];
  const rules: RuleFinding[] = [];
  const { kernel, model } = releaseFacts(given, facts, constraints, defaults, assumptions, rules);
  const architecture = bridgeArchitecture(machineArchitecture(machine, facts));
  const lastAddress = addressFacts(architecture, options, facts, constraints);
  const [year] = strongest(facts.biosYears);
  if (year !== undefined)
    constraints.push(
      fromFact(
        'bios-year',
        chosen(BIOS_YEAR, year.value < TRUSTED_BIOS_YEAR ? '2022' : '2023') as Condition,
        `the firmware is from ${year.value}`,
        year,
      ),
    );
  const crs = crsFact(architecture, lastAddress, facts, assumptions, rules);
  const dmi = architecture.isX86 ? facts.dmi.at(-1) : undefined;
  const zeroSegment = ignoresSegment(dmi?.value);
  if (dmi !== undefined && zeroSegment)
    rules.push({
      id: 'segment-ignored',
      says: 'On this machine Linux puts every root bus into segment 0, whatever _SEG says.',
      evidence: [evidenceItem(dmi), { text: 'pci_acpi_crs_quirks()', authority: AUTHORITY.crs }],
    });
  const early = earlyRegions(facts);
  if (machine.acpi !== undefined && machine.acpi.tables.length > 0) tellMemory(early, architecture, premises);
  return {
    constraints,
    premises,
    defaults,
    assumptions,
    rules,
    model,
    kernel,
    architecture,
    crs,
    ...(zeroSegment ? { ignoresSegment: true } : {}),
    lastAddress,
    early,
    e820: e820Facts(architecture, model, facts),
  };
}

/** By the tables; without tables by the evidence, or as arm64 where there is a device tree. */
function machineArchitecture(machine: Machine, facts: MachineFacts): Architecture {
  if (machine.acpi !== undefined && machine.acpi.tables.length > 0) return machine.acpi.architecture;
  const [named] = strongest(facts.architectures);
  if (named?.value === 'x86_64') return 'x86';
  return named?.value === 'arm64' || machine.trees.length > 0 ? 'arm64' : 'x86';
}

/** Where iomem_resource ends. A resource that was observed above an address shows that it can be addressed. */
function addressFacts(
  { isX86 }: BridgeArchitecture,
  { addressBits }: BridgeOptions,
  facts: MachineFacts,
  constraints: Constraint[],
): bigint | undefined {
  if (!isX86) return (1n << 64n) - 1n;
  if (addressBits !== undefined) return lastAddressOf(addressBits);
  let highest: { readonly last: bigint; readonly fact: FactOf<unknown> } | undefined;
  const see = (last: bigint, fact: FactOf<unknown>): void => {
    if (highest === undefined || last > highest.last) highest = { last, fact };
  };
  for (const { last, fact } of facts.iomem) see(last, fact);
  for (const fact of facts.pciWindows) if (fact.value.space === 'memory') see(fact.value.last, fact);
  if (highest === undefined) return undefined;
  const least = ADDRESS_BITS.values.findLast((bits) => lastAddressOf(Number(bits)) < highest!.last);
  const from = least === undefined ? undefined : ADDRESS_BITS.values[ADDRESS_BITS.values.indexOf(least) + 1];
  if (from !== undefined)
    constraints.push(
      fromFact(
        'address-bits',
        chosenFrom(ADDRESS_BITS, from) as Condition,
        `the processor has more than ${least} physical address bits`,
        highest.fact,
      ),
    );
  return undefined;
}

function crsFact(
  architecture: BridgeArchitecture,
  lastAddress: bigint | undefined,
  facts: MachineFacts,
  assumptions: Assumption[],
  rules: RuleFinding[],
): BridgeSituation['crs'] {
  if (!architecture.isX86) return { uses: true, why: 'only x86 has pci=nocrs' };
  const printed = facts.pciRules.findLast(
    ({ value, strength }) => strength === 'observed' && (value === 'use_crs' || value === 'nocrs'),
  );
  if (printed !== undefined) {
    rules.push({
      id: 'crs-rule-printed',
      says: `The kernel logged that it ${printed.value === 'use_crs' ? 'uses' : 'ignores'} host bridge windows from ACPI.`,
      evidence: [evidenceItem(printed)],
    });
    return { uses: printed.value === 'use_crs', why: 'as logged' };
  }
  const options = facts.pciRules.filter(({ strength }) => strength === 'given');
  const [year] = strongest(facts.biosYears);
  const decided = usesCrs({
    options: options.map(({ value }): PciWindowRule => value),
    dmi: facts.dmi.at(-1)?.value,
    biosYear: year?.value,
    lastAddress: lastAddress ?? (1n << 36n) - 1n,
  });
  if (facts.commandLines.length === 0)
    assumptions.push({
      text: 'the kernel was not booted with pci=nocrs, and the machine is not one for which that is the default',
      authority: AUTHORITY.crs,
      otherwise:
        'with pci=nocrs the windows of ACPI are ignored; the "Command line:" and "DMI:" lines of a log tell',
    });
  else
    rules.push({
      id: 'crs-rule',
      says: `Linux ${decided.uses ? 'uses' : 'ignores'} host bridge windows from _CRS: ${decided.why}.`,
      evidence: [...options.map(evidenceItem), { text: 'pci_acpi_crs_quirks()', authority: AUTHORITY.crs }],
    });
  return decided;
}

/** Adds premises about RAM that is not known: windows that cross its edges are dropped. */
function tellMemory(
  early: EarlyRegions | undefined,
  { isX86 }: BridgeArchitecture,
  premises: Premise[],
): void {
  if (early === undefined)
    premises.push({
      text: 'no window crosses an edge of RAM, of ACPI tables or of a ROM: such a window is dropped',
      defeatedBy: '/proc/iomem, or a log with the memory map',
    });
  else if (isX86 && !early.knowsRoms)
    premises.push({
      text: 'no window crosses an edge of an option ROM below 1 MiB: such a window is dropped',
      defeatedBy: '/proc/iomem',
    });
}

/** Whether E820 keeps BARs out: by the log, options, DMI, release and the firmware's year. */
function e820Facts({ isX86 }: BridgeArchitecture, model: ReleaseModel, facts: MachineFacts): E820 {
  const entries = facts.memoryMap.filter(({ value }) => value.map === 'e820');
  const efi = facts.memoryMap.flatMap(({ value }) => (value.map === 'efi' ? [value] : []));
  const removes = model.is('removesEfiMmio', true);
  const kept = entries.map((fact) => {
    const removed =
      facts.e820Removals.some(
        ({ value }) => value.start <= fact.value.base && value.last >= fact.value.base + fact.value.size - 1n,
      ) || isRemovedMmio(fact.value, efi);
    return {
      entry: fact.value,
      when: (removed ? (removes === 1n ? 0n : notOf(removes)) : 1n) as Condition,
      evidence: evidenceItem(fact),
    };
  });
  const decided = (counts: Condition, why: string, evidence: readonly EvidenceItem[]): E820 => ({
    entries: kept,
    counts,
    why,
    evidence,
  });
  if (!isX86) return { entries: [], counts: 0n, why: 'there is no E820', evidence: [] };
  const isRule = (fact: FactOf<PciWindowRule>): boolean =>
    fact.value === 'use_e820' || fact.value === 'no_e820';
  const printed = facts.pciRules.findLast((fact) => fact.strength === 'observed' && isRule(fact));
  if (printed !== undefined)
    return decided(printed.value === 'use_e820' ? 1n : 0n, 'as logged', [evidenceItem(printed)]);
  const always = model.is('e820Clipping', 'always');
  const byYear = model.is('e820Clipping', 'bios-before-2023');
  const option = facts.pciRules.findLast((fact) => fact.strength === 'given' && isRule(fact));
  if (option !== undefined)
    return decided(
      anyOf([always, allOf([byYear, option.value === 'use_e820' ? 1n : 0n])]),
      `pci=${option.value}, which kernels before ${BY_YEAR_SINCE} don't have`,
      [evidenceItem(option)],
    );
  const dmi = facts.dmi.at(-1);
  const model820 = dmi === undefined ? undefined : ignoresE820ByDmi(dmi.value);
  if (dmi !== undefined && model820 !== undefined)
    return decided(always, `the machine is a ${model820}`, [evidenceItem(dmi)]);
  return decided(
    anyOf([always, allOf([byYear, IS_OLD_BIOS])]),
    `by release and the year of the firmware: always before ${BY_YEAR_SINCE}, since then for firmware from before ${TRUSTED_BIOS_YEAR}`,
    [{ text: 'pci_acpi_crs_quirks()', authority: AUTHORITY.e820 }],
  );
}

function notOf(condition: Condition): Condition {
  return condition === 0n ? 1n : opposite(condition);
}
