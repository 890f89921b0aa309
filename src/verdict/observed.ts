/** What the running kernel itself said that bears on the answer: failures and warnings in its log. */
import type { Evidence, Fact, LogMark, PrintedPool } from '../evidence/evidence.ts';
import { printResource } from '../linux/vmbus/pool.ts';
import type { EvidenceItem, RuleFinding } from './verdict.ts';

interface ObservedRule {
  readonly mark: LogMark;
  readonly id: string;
  readonly says: string;
}

const RULES: readonly ObservedRule[] = [
  {
    mark: 'pass-through-failed',
    id: 'observed-pass-through-failed',
    says: 'The kernel of this log lost a pass-through PCI device: Hyper-V refused to power it up, as it does when its configuration window lies on the framebuffer.',
  },
  {
    mark: 'no-mmio-space',
    id: 'observed-no-mmio-space',
    says: 'The kernel of this log found no MMIO space for a pass-through PCI device in the windows that VMBus was given.',
  },
  {
    mark: 'framebuffer-base-zero',
    id: 'observed-no-framebuffer-base',
    says: 'The kernel of this log had no framebuffer to reserve: CONFIG_SYSFB is off, or screen_info was empty and there was no low window to fall back to.',
  },
  {
    mark: 'unexpected-low-base',
    id: 'observed-unexpected-low-base',
    says: 'The kernel of this log found its first window at 0 or above 4 GiB, or the framebuffer below it, and fell back to what screen_info says.',
  },
];

/** A rule for each such thing, with the lines that say it. */
export function observedRules(evidence: Evidence): RuleFinding[] {
  return [...poolRules(evidence), ...markRules(evidence)];
}

function poolRules(evidence: Evidence): RuleFinding[] {
  return evidence.printedPools.map((fact) => {
    const { windows, framebuffer } = fact.value;
    const print = (range: PrintedPool['framebuffer']): string =>
      printResource(range === null ? null : { start: range.start, end: range.last });
    const list = windows.filter((window) => window !== null).map(print);
    return {
      id: 'observed-pool',
      says: `The kernel of this log was given ${list.join(' and ')} and reserved ${framebuffer === null ? 'nothing' : print(framebuffer)}.`,
      evidence: [lineOf(fact)],
    };
  });
}

function lineOf({ artifact, span, text }: Fact<unknown>): EvidenceItem {
  return {
    text,
    origin: { artifact, path: artifact.source.name, item: 'log', index: 0, ...(span ? { span } : {}) },
  };
}

function markRules(evidence: Evidence): RuleFinding[] {
  return RULES.flatMap(({ mark, id, says }) => {
    const lines = evidence.marks.filter(({ value }) => value === mark);
    if (lines.length === 0) return [];
    return [{ id, says, evidence: lines.map(lineOf) }];
  });
}
