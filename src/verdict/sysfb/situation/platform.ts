/** What machine and architecture it is. */
import type { MachineFacts, Platform } from '../../../evidence/facts.ts';
import type { Configuration } from '../../facts/configuration.ts';
import { evidenceItem, strongest } from '../../facts/strength.ts';
import type { RuleFinding } from '../../question.ts';
import type { Subject } from '../../subject.ts';

export function architectureOf(
  facts: MachineFacts,
  configuration: Configuration,
): 'x86_64' | 'arm64' | undefined {
  const [named] = strongest(facts.architectures);
  if (named !== undefined) return named.value === 'arm64' ? 'arm64' : 'x86_64';
  if (configuration.value('ARM64') === 'y') return 'arm64';
  return configuration.value('X86_64') === 'y' ? 'x86_64' : undefined;
}

/** What the machine is: what evidence shows, else what the place of VMBus in the description shows. */
export function platformOf(subject: Subject, facts: MachineFacts, rules: RuleFinding[]): Platform | 'other' {
  const shown = strongest(facts.platforms);
  const described = describedPlatform(subject);
  let allowed: readonly Platform[] | undefined;
  for (const { value } of shown)
    allowed = allowed === undefined ? value : allowed.filter((each) => value.includes(each));
  if (allowed === undefined) return described ?? 'other';
  if (described !== undefined && allowed.includes(described)) return described;
  if (allowed.length === 0)
    rules.push({
      id: 'evidence-contradicts',
      says: 'The inputs contradict each other about what the machine is: they may be of several machines.',
      evidence: shown.map(evidenceItem),
    });
  return allowed.length === 1 ? allowed[0]! : 'other';
}

function describedPlatform(subject: Subject): Platform | undefined {
  if (subject.kind === 'device-tree') return subject.openhcl ? 'openhcl-vtl2' : undefined;
  if (subject.generation === 1) return 'hyperv-gen1';
  if (subject.generation === 2) return 'hyperv-gen2';
  return subject.belowIsa ? 'qemu-vmbus' : undefined;
}
