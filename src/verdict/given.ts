/** What the user gives by option, and where that contradicts the evidence. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { FactOf } from '../evidence/fact.ts';
import type { MachineFacts } from '../evidence/facts.ts';
import { finding } from '../findings/finding.ts';
import { strongest } from './facts/strength.ts';
import type { FramebufferFinding } from './framebuffers.ts';

/** What the user gives about the kernel and its boot, by option. */
export interface GivenFacts {
  readonly release?: string;
  readonly withCommits?: readonly string[];
  readonly withoutCommits?: readonly string[];
  readonly boot?: 'efi' | 'bios' | 'dt';
  readonly vtl?: number;
  readonly framebuffer?: FramebufferFinding;
  /** Also make the what-if table. */
  readonly matrix?: boolean;
}

/** Reports options that contradict the evidence. */
export function tellOverridden(given: GivenFacts, facts: MachineFacts, sink: DiagnosticSink): void {
  const tell = (
    what: string,
    option: string | undefined,
    fact: FactOf<unknown> | undefined,
    found: string,
  ): void => {
    if (option === undefined || fact === undefined || found === option) return;
    const by = fact.artifact.source.name;
    sink.add(
      finding(
        'verdict/option-over-evidence',
        { what, option, found, by },
        fact.span ? { span: fact.span } : {},
      ),
    );
  };
  const [release] = strongest(facts.releases);
  tell('the kernel release', given.release, release, release?.value.upstream ?? release?.value.release ?? '');
  const [efi] = strongest(facts.efiBoot);
  tell('the boot', given.boot === 'dt' ? undefined : given.boot, efi, efi?.value ? 'efi' : 'bios');
}
