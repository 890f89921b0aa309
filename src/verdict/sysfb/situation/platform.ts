/** Which platform and architecture the machine has. */
import type { AcpiTable } from '../../../acpi/tables/table.ts';
import type { MachineFacts, Platform } from '../../../evidence/facts.ts';
import { platformsOfTables } from '../../../evidence/platform.ts';
import type { Configuration } from '../../facts/configuration.ts';
import { evidenceItem, strongest } from '../../facts/strength.ts';
import type { EvidenceItem, RuleFinding } from '../../question.ts';
import type { Subject } from '../subject.ts';

export function kernelArchitecture(
  facts: MachineFacts,
  configuration: Configuration,
): 'x86_64' | 'arm64' | undefined {
  const [named] = strongest(facts.architectures);
  if (named !== undefined) return named.value === 'arm64' ? 'arm64' : 'x86_64';
  if (configuration.value('ARM64') === 'y') return 'arm64';
  return configuration.value('X86_64') === 'y' ? 'x86_64' : undefined;
}

/** Properties of the running kernel, whatever machine the description is from. */
const OF_THE_KERNEL: ReadonlySet<Platform> = new Set(['xen-pv', 'hyperv-root']);

export interface ShownPlatform {
  readonly platform: Platform | 'other';
  /** The inputs show different machines: then nothing follows from them together. */
  readonly contradicted: boolean;
}

/** The platform: by evidence and the tables' OEM ids, else by the place of VMBus in the description. */
export function platformOf(
  subject: Subject,
  facts: MachineFacts,
  tables: readonly AcpiTable[],
  rules: RuleFinding[],
): ShownPlatform {
  const shown = strongest(facts.platforms);
  const described = describedPlatform(subject);
  const byTables = platformsOfTables(tables);
  // The kernel's role towards the hypervisor doesn't contradict the machine that the tables describe.
  const ofKernel = new Set(
    shown.flatMap(({ value }) => (value.every((each) => OF_THE_KERNEL.has(each)) ? value : [])),
  );
  const [role, ...roles] = ofKernel;
  if (role !== undefined && roles.length === 0) return { platform: role, contradicted: false };
  let allowed: readonly Platform[] | undefined = byTables?.platforms;
  for (const { value } of shown)
    allowed = allowed === undefined ? value : allowed.filter((each) => value.includes(each));
  if (allowed === undefined) return { platform: described ?? 'other', contradicted: false };
  if (described !== undefined && allowed.includes(described))
    return { platform: described, contradicted: false };
  const [only] = allowed;
  const isOther = described !== undefined && !allowed.every((each) => OF_THE_KERNEL.has(each));
  if (only === undefined || isOther) {
    const evidence: EvidenceItem[] = shown.map(evidenceItem);
    if (byTables !== undefined) evidence.push({ text: byTables.text });
    if (described !== undefined)
      evidence.push({ text: `the description is that of ${PLATFORM_NAMES[described] ?? described}` });
    rules.push({
      id: 'evidence-contradicts',
      says: 'The inputs contradict each other about what the machine is: they may be from several machines.',
      evidence,
    });
    return { platform: 'other', contradicted: true };
  }
  return { platform: allowed.length === 1 ? only : 'other', contradicted: false };
}

const PLATFORM_NAMES: Readonly<Partial<Record<Platform, string>>> = {
  'hyperv-gen1': 'Generation 1',
  'hyperv-gen2': 'Generation 2',
  'openhcl-vtl2': 'OpenHCL (VTL2)',
  'qemu-vmbus': 'QEMU',
};

function describedPlatform(subject: Subject): Platform | undefined {
  if (subject.kind === 'device-tree') return subject.openhcl ? 'openhcl-vtl2' : undefined;
  if (subject.generation === 1) return 'hyperv-gen1';
  if (subject.generation === 2) return 'hyperv-gen2';
  return subject.belowIsa ? 'qemu-vmbus' : undefined;
}
