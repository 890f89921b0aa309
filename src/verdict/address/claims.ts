/** Who claims an address: everything in the inputs that contains it, and what Linux would put there, each with its source. */
import { occupiedByTables } from '../../acpi/bounds.ts';
import { platformRegisters } from '../../acpi/tables/platform-registers.ts';
import type { Artifact } from '../../artifact/artifact.ts';
import { formatMemRange } from '../../bytes/address.ts';
import { type Diagnostic, DiagnosticList, IGNORED } from '../../bytes/diagnostic.ts';
import type { Span } from '../../bytes/source.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { nodesOf } from '../../evidence/listings/iomem.ts';
import { findFramebuffers } from '../../linux/framebuffer.ts';
import {
  allOf,
  type Condition,
  compare,
  cutsSoFar,
  isKnown,
  type Quantity,
  simplified,
  sum,
} from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import { type AddressWindow, boundsOf, type Origin } from '../../window/window.ts';
import { tellCuts } from '../explore.ts';
import { evidenceItem } from '../facts/strength.ts';
import type { GivenFacts } from '../given.ts';
import { judgeBridges } from '../host-bridge/bridges.ts';
import type { EvidenceItem } from '../question.ts';
import { judgeSysfb } from '../sysfb/sysfb.ts';

/** What is asked about: an address, or a range; ends inclusive. */
export interface Asked {
  readonly space: 'memory' | 'io';
  readonly start: bigint;
  readonly last: bigint;
}

/** The kind of source that makes a claim. */
export type ClaimKind =
  | 'window'
  | 'register'
  | 'ram'
  | 'reserved'
  | 'framebuffer'
  | 'table'
  | 'memory-map'
  | 'iomem'
  | 'bar'
  | 'pci-bridge'
  | 'kept-free'
  | 'vmbus';

export interface Claim {
  readonly kind: ClaimKind;
  /** Who claims it: `\_SB.PCI0 _CRS[5]`, `System RAM`, `0000:00:08.0 BAR 0`. */
  readonly who: string;
  readonly base: Quantity | null;
  /** In bytes. */
  readonly size: Quantity | null;
  /** The condition under which it contains the address; 1n where that is certain. See also `why`. */
  readonly when: Condition;
  /** Why it isn't known whether it contains the address. */
  readonly why?: string;
  /** It contains all of the range that was asked about. */
  readonly whole: boolean;
  /** A remark: `disabled`, why Linux ignores it, what Linux may do there. */
  readonly note?: string;
  readonly origin?: Origin;
  readonly evidence?: EvidenceItem;
}

export interface AtReport {
  readonly asked: Asked;
  readonly summary: string;
  /** Certain claims first, the smallest of them first. */
  readonly claims: readonly Claim[];
  readonly inputs: readonly Artifact[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Collects the claims on an address or a range. @param diagnostics of reading the inputs; the report has them */
export function claimsAt(
  asked: Asked,
  machine: Machine,
  given: GivenFacts,
  facts: MachineFacts,
  diagnostics: DiagnosticList,
): AtReport {
  const cutsBefore = cutsSoFar();
  const claims = [
    ...machine.windows.flatMap((window) => ofWindow(window, asked)),
    ...ofTables(machine, asked),
    ...(asked.space === 'memory' ? ofEvidence(facts, asked) : []),
    ...ofBars(facts, asked),
    // Both questions warn of options that contradict the evidence; once is enough.
    ...ofBridges(asked, machine, given, facts, new DiagnosticList(diagnostics.all)),
    ...ofVmbus(asked, machine, given, facts, diagnostics),
  ].sort(byCertainty);
  tellCuts(cutsBefore, diagnostics);
  return {
    asked,
    summary: summaryOf(asked, claims),
    claims,
    inputs: machine.artifacts,
    diagnostics: diagnostics.all,
  };
}

/** Certain claims before uncertain ones, small ranges before large ones. */
function byCertainty(a: Claim, b: Claim): number {
  const rank = ({ when, why }: Claim): number => (why !== undefined ? 2 : when === 1n ? 0 : 1);
  const size = ({ size: of }: Claim): bigint => (typeof of === 'bigint' ? of : 1n << 64n);
  return rank(a) - rank(b) || (size(a) < size(b) ? -1 : size(a) > size(b) ? 1 : 0);
}

/** How a range of numbers overlaps the one that is asked about; undefined where it doesn't. */
function meets(base: bigint, size: bigint, { start, last }: Asked): { readonly whole: boolean } | undefined {
  const end = base + size - 1n;
  if (size === 0n || base > last || end < start) return undefined;
  return { whole: base <= start && end >= last };
}

const BITS = 64;

/** The condition under which a range with expressions as bounds overlaps the one that is asked about. */
function meetsWhen(base: Quantity, size: Quantity, { start, last }: Asked): Condition {
  const end = sum(BITS, -1n, [
    { coefficient: 1n, of: base },
    { coefficient: 1n, of: size },
  ]);
  return allOf([compare('le', base, last), compare('le', start, end)] as Condition[]);
}

function ofWindow(window: AddressWindow, asked: Asked): Claim[] {
  const { space, role, base, size, origin, flags, ignored } = window;
  if (space !== asked.space) return [];
  const note = ignored ?? (flags.available === false ? 'disabled' : undefined);
  const claim = {
    kind: role,
    who: `${origin.path} ${origin.item}[${origin.index}]`,
    base,
    size,
    origin,
    ...(note === undefined ? {} : { note }),
  };
  const bounds = boundsOf(window);
  const own = window.certainty === 'conditional' ? (window.when as Condition) : 1n;
  if (bounds !== undefined) {
    const met = meets(bounds.base, bounds.size, asked);
    return met === undefined ? [] : [{ ...claim, ...met, when: own }];
  }
  const why = window.certainty === 'unknown' ? window.why : 'a bound is unknown';
  if (base === null || size === null) {
    // A known base above the range excludes it.
    if (typeof base === 'bigint' && base > asked.last) return [];
    return [{ ...claim, whole: false, when: own, why }];
  }
  const when = allOf([own, meetsWhen(base, size, asked)]);
  const told = isKnown(when) ? when : simplified(when);
  return told === 0n ? [] : [{ ...claim, whole: asked.start === asked.last, when: told }];
}

/**
 * Ranges in ACPI tables: configuration space, interrupt controllers, timers, power management, SRAT, the tables themselves.
 */
function ofTables(machine: Machine, asked: Asked): Claim[] {
  const { acpi } = machine;
  if (acpi === undefined || acpi.tables.length === 0) return [];
  const claim = (kind: ClaimKind, who: string, base: bigint, size: bigint, span?: Span): Claim[] => {
    const met = meets(base, size, asked);
    if (met === undefined) return [];
    return [{ kind, who, base, size, when: 1n, ...met, evidence: tableEvidence(machine, who, span) }];
  };
  const registers = platformRegisters(acpi.tables, acpi.architecture).flatMap(
    ({ space, base, size, text, span }) =>
      space === asked.space ? claim('register', text, base, size, span) : [],
  );
  if (asked.space === 'io') return registers;
  const ranges = occupiedByTables(acpi.tables, IGNORED).flatMap(({ start, end, kind, text, span }) =>
    claim(KIND_OF_RANGE[kind], text, start, end - start, span),
  );
  return [...ranges, ...registers];
}

const KIND_OF_RANGE = { memory: 'ram', tables: 'table', registers: 'register' } as const;

function tableEvidence(machine: Machine, text: string, span: Span | undefined): EvidenceItem {
  if (span === undefined) return { text };
  const artifact = machine.artifacts.find(({ source }) => source === span.source) ?? machine.artifacts[0]!;
  return { text, origin: { artifact, path: span.source.name, item: text, index: 0, span } };
}

function ofEvidence(facts: MachineFacts, asked: Asked): Claim[] {
  const claims: Claim[] = [];
  const add = (
    kind: ClaimKind,
    who: string,
    base: bigint,
    size: bigint,
    fact: FactOf<unknown>,
    note?: string,
  ): void => {
    const met = meets(base, size, asked);
    if (met !== undefined)
      claims.push({
        kind,
        who,
        base,
        size,
        when: 1n,
        ...met,
        evidence: evidenceItem(fact),
        ...(note === undefined ? {} : { note }),
      });
  };
  for (const fact of facts.memoryMap) {
    const { base, size, name, map } = fact.value;
    add('memory-map', `${map}: ${name}`, base, size, fact);
  }
  for (const fact of facts.e820Removals)
    add(
      'memory-map',
      'removed from E820 by Linux',
      fact.value.start,
      fact.value.last - fact.value.start + 1n,
      fact,
    );
  for (const fact of facts.srat) {
    const { start, last, hotplug } = fact.value;
    add(
      'ram',
      hotplug ? 'SRAT: memory that can be hot-added' : 'SRAT: memory',
      start,
      last - start + 1n,
      fact,
    );
  }
  for (const { name, start, last, depth, fact } of nodesOf(facts.iomem))
    add(
      'iomem',
      name,
      start,
      last - start + 1n,
      fact,
      depth === 0 ? undefined : `level ${depth} of /proc/iomem`,
    );
  for (const { base, size, from, text, artifact, span } of findFramebuffers(facts)) {
    const fact = { value: base, strength: 'observed', text, artifact, ...(span ? { span } : {}) } as const;
    if (base !== 0n)
      add(
        'framebuffer',
        `framebuffer, by ${from}`,
        base,
        size ?? 1n,
        fact,
        size === null ? 'only its base is known' : undefined,
      );
  }
  return claims;
}

function ofBars(facts: MachineFacts, asked: Asked): Claim[] {
  return facts.pciDevices.flatMap((fact) =>
    fact.value.bars.flatMap(({ index, space, base, size }): Claim[] => {
      const met = space === asked.space ? meets(base, size, asked) : undefined;
      if (met === undefined) return [];
      const who = `${fact.value.address} BAR ${index}`;
      return [{ kind: 'bar', who, base, size, when: 1n, ...met, evidence: evidenceItem(fact) }];
    }),
  );
}

/** Windows that Linux gives a host bridge, where it may put new BARs, and the parts that are kept free. */
function ofBridges(
  asked: Asked,
  machine: Machine,
  given: GivenFacts,
  facts: MachineFacts,
  diagnostics: DiagnosticList,
): Claim[] {
  return judgeBridges(machine, given, {}, facts, diagnostics).bridges.flatMap((bridge) => [
    ...bridge.windows.flatMap((window) =>
      ofWindow(window, asked).map((claim): Claim => {
        const when = allOf([bridge.when, claim.when]);
        return {
          ...claim,
          kind: 'pci-bridge',
          who: `PCI host bridge ${bridge.device}`,
          when: isKnown(when) ? when : simplified(when),
          note: bridge.observed === undefined ? 'Linux may put BARs there' : 'a window in the log',
        };
      }),
    ),
    ...(asked.space === 'io' ? [] : bridge.keptFree).flatMap(
      ({ start, end, by, when, evidence }): Claim[] => {
        const met = meets(start, end - start + 1n, asked);
        if (met === undefined) return [];
        return [
          {
            kind: 'kept-free',
            who: by,
            base: start,
            size: end - start + 1n,
            when,
            ...met,
            note: 'no new BAR is put there',
            ...(evidence === undefined ? {} : { evidence }),
          },
        ];
      },
    ),
  ]);
}

/** The windows of VMBus, from which the driver may give devices space. */
function ofVmbus(
  asked: Asked,
  machine: Machine,
  given: GivenFacts,
  facts: MachineFacts,
  diagnostics: DiagnosticList,
): Claim[] {
  const { pool, conditions, machine: judged } = judgeSysfb(machine, given, {}, facts, diagnostics);
  if (judged.platform === 'other' && pool.length === 0) return [];
  return pool.flatMap((window) =>
    ofWindow(window, asked).map(
      (claim): Claim => ({
        ...claim,
        kind: 'vmbus',
        who: 'VMBus',
        note: `the driver may give a device space there${conditions.length > 0 ? ', in the case that fwmap sysfb shows' : ''}`,
      }),
    ),
  );
}

function summaryOf({ space, start, last }: Asked, claims: readonly Claim[]): string {
  const what =
    start === last
      ? `${space === 'io' ? 'port ' : ''}0x${start.toString(16)}`
      : formatMemRange(start, last - start + 1n, space === 'io' ? 'io' : 'mem');
  const sure = claims.filter(({ when, why }) => when === 1n && why === undefined);
  const open = claims.length - sure.length;
  const [first] = sure;
  if (first === undefined)
    return open === 0
      ? `Nothing in the inputs claims ${what}.`
      : `Nothing claims ${what} for certain; ${open === 1 ? '1 claim is' : `${open} claims are`} conditional or unknown.`;
  const more = sure.length - 1;
  return `${what} is claimed by ${first.who}${more === 0 ? '' : ` and ${more} more`}${open === 0 ? '' : `; ${open === 1 ? '1 more claim is' : `${open} more claims are`} conditional or unknown`}.`;
}
