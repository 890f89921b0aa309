/** Observations override the model: only worlds that agree with what the running kernel logged and handed out are kept. */

import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import type { FramebufferSighting, PrintedPool } from '../../evidence/values.ts';
import { printResource } from '../../linux/vmbus/pool.ts';
import { compare, type DecisionContext, gather, isKnown, type Quantity, sum } from '../../symbolic/index.ts';
import type { AddressWindow } from '../../window/window.ts';
import { evidenceItem } from '../facts/strength.ts';
import type { Exploration, RuleFinding, World } from '../question.ts';
import type { Outcome, Possible } from './judge/outcome.ts';
import type { Situation } from './situation/situation.ts';
import type { AcpiSubject } from './subject.ts';

/** The subject of a log in which the driver printed its pool, where there is no description. */
export function observedSubject(facts: MachineFacts): AcpiSubject | undefined {
  const printed = facts.printedPools.at(-1);
  return printed === undefined
    ? undefined
    : {
        kind: 'acpi',
        artifact: printed.artifact,
        path: 'hv_vmbus',
        presumed: false,
        generation: null,
        belowIsa: false,
        levels: [],
      };
}

/** The worlds that agree with the observations, which become rules. Where none agrees, the observations decide. */
export function observe(
  explored: Exploration<Outcome>,
  situation: Situation,
  facts: MachineFacts,
  context: DecisionContext,
): { readonly exploration: Exploration<Outcome>; readonly rules: readonly RuleFinding[] } {
  const rules: RuleFinding[] = [...printedRules(facts)];
  const given = situation.constraints.map(({ condition }) => condition);
  const mayHold = (world: World<Outcome>, claim: Claim): boolean =>
    world.outcome.pool.some((window) => {
      const holds = holdsClaim(window, claim);
      if (isKnown(holds)) return holds !== 0n;
      return context.possible([...given, ...world.decisions, holds]) !== false;
    });
  const worlds = withClaims(explored.worlds, facts, mayHold, rules);
  const exploration = worlds === explored.worlds ? explored : { ...explored, worlds };
  const { d0EntryFailures, unreserved } = failures(facts, rules);
  const hit = [...d0EntryFailures, ...claimsOnFramebuffer(exploration.worlds, facts, rules)];
  const seen = [...hit, ...unreserved];
  if (seen.length === 0) return { exploration, rules };
  const agreeing = exploration.worlds.filter(
    ({ outcome }) =>
      canBeUnprotected(outcome, situation) ||
      // Where no window holds the framebuffer there is nothing to reserve.
      (hit.length === 0 && (outcome.kind === 'outside' || outcome.kind === 'no-window')),
  );
  if (agreeing.length > 0) return { exploration: { ...exploration, worlds: agreeing }, rules };
  rules.push({
    id: 'observed-contradicts-model',
    says: 'By its release and configuration this kernel would have reserved the framebuffer, but its log shows that it did not: the inputs are from different boots or machines, the kernel is patched, or the framebuffer is elsewhere.',
    evidence: seen.map(evidenceItem),
  });
  const contradicted = exploration.worlds.map(
    ({ outcome, ...world }): World<Outcome> => ({
      ...world,
      outcome: {
        ...outcome,
        kind: 'unprotected',
        without: 'yes',
        with: 'open',
        because: 'what the running kernel did shows that nothing kept VMBus off the framebuffer',
      },
    }),
  );
  return { exploration: { ...exploration, worlds: contradicted }, rules };
}

/** Whether the kernel, with its known configuration, may have left the framebuffer unprotected in this world. */
function canBeUnprotected({ without, with: withIt }: Outcome, { configuration }: Situation): boolean {
  const set = configuration.value('SYSFB');
  const seen: readonly Possible[] = set === undefined ? [without, withIt] : [set === 'n' ? without : withIt];
  return seen.some((possible) => possible !== 'no');
}

/** Signs that the framebuffer was not reserved: `d0EntryFailures`: a device on it was not powered up; `unreserved`: nothing was reserved. */
function failures(
  facts: MachineFacts,
  rules: RuleFinding[],
): { readonly d0EntryFailures: readonly FactOf<unknown>[]; readonly unreserved: readonly FactOf<unknown>[] } {
  const d0EntryFailures = facts.passThroughFailures.filter(({ value }) => value.failure === 'd0-entry');
  if (d0EntryFailures.length > 0)
    rules.push({
      id: 'observed-pass-through-failed',
      says: 'A pass-through PCI device failed: Hyper-V refused to power it up, as it does when its configuration window is on the framebuffer.',
      evidence: d0EntryFailures.map(evidenceItem),
    });
  const noSpace = facts.passThroughFailures.filter(({ value }) => value.failure !== 'd0-entry');
  if (noSpace.length > 0)
    rules.push({
      id: 'observed-no-mmio-space',
      says: 'The kernel found no MMIO space for a pass-through PCI device in the windows that VMBus has.',
      evidence: noSpace.map(evidenceItem),
    });
  if (facts.framebufferBaseZero.length > 0)
    rules.push({
      id: 'observed-no-framebuffer-base',
      says: 'The driver had no framebuffer to reserve: CONFIG_SYSFB is off, or screen_info was empty and there was no low window to fall back to.',
      evidence: facts.framebufferBaseZero.map(evidenceItem),
    });
  if (facts.unexpectedLowBase.length > 0)
    rules.push({
      id: 'observed-unexpected-low-base',
      says: 'The driver found its first window at 0 or above 4 GiB, or the framebuffer below it, and fell back to screen_info.',
      evidence: facts.unexpectedLowBase.map(evidenceItem),
    });
  const nothingReserved = facts.printedPools.filter(
    ({ value }) =>
      value.framebuffer === null || facts.framebuffers.some((sighting) => isMissed(value, sighting)),
  );
  return { d0EntryFailures, unreserved: [...facts.framebufferBaseZero, ...nothingReserved] };
}

const ADDRESS_BITS = 64;

type Claim = MachineFacts['vmbusClaims'][number]['value'];

/** Where the window holds all of a claim; a window whose bounds are not known may. */
function holdsClaim({ base, size }: AddressWindow, { start, last }: Claim): Quantity {
  if (base === null || size === null) return 1n;
  const end = sum(ADDRESS_BITS, BigInt.asUintN(ADDRESS_BITS, -1n), [
    { coefficient: 1n, of: base },
    { coefficient: 1n, of: size },
  ]);
  return gather('all', [compare('le', base, start), compare('le', last, end)]);
}

/** Whether the driver runs in a world and its windows are known; of a kernel alone they are not. */
function isPoolKnown({ outcome: { kind, pool } }: World<Outcome>): boolean {
  return kind === 'no-window' || (pool.length > 0 && kind !== 'unreadable' && kind !== 'not-read');
}

/**
 * The worlds whose windows hold all claims of VMBus devices: vmbus_allocate_mmio() takes them from nowhere else. Where
 * there is none, the machine has other windows than the inputs describe.
 */
function withClaims(
  worlds: readonly World<Outcome>[],
  facts: MachineFacts,
  mayHold: (world: World<Outcome>, claim: Claim) => boolean,
  rules: RuleFinding[],
): readonly World<Outcome>[] {
  const outside = (world: World<Outcome>): MachineFacts['vmbusClaims'] =>
    facts.vmbusClaims.filter(({ value }) => !mayHold(world, value));
  if (facts.vmbusClaims.length === 0) return worlds;
  const known = worlds.filter(isPoolKnown);
  const contradicted = new Set(known.filter((world) => outside(world).length > 0));
  if (contradicted.size === 0) return worlds;
  const [first] = contradicted;
  if (contradicted.size < known.length) {
    // One that ends like another makes no difference, and the conditions are shorter with it.
    const ends = ({ outcome }: World<Outcome>): string => `${outcome.without} ${outcome.with}`;
    const agreed = new Set(known.filter((world) => !contradicted.has(world)).map(ends));
    const kept = worlds.filter((world) => !contradicted.has(world) || agreed.has(ends(world)));
    if (kept.length === worlds.length) return worlds;
    rules.push({
      id: 'observed-claim',
      says: 'A VMBus device has space that only a window of VMBus can give: cases without such a window are left out.',
      evidence: outside(first!).map(evidenceItem),
    });
    return kept;
  }
  rules.push({
    id: 'observed-claim-outside',
    says: 'A VMBus device has space outside of every window that the inputs describe: they are not of the machine that shows it, or not complete.',
    evidence: outside(first!).map(evidenceItem),
  });
  return worlds.map((world) =>
    contradicted.has(world)
      ? {
          ...world,
          outcome: {
            ...world.outcome,
            kind: 'unreadable',
            without: 'open',
            with: 'open',
            because: 'a VMBus device has space outside of every window that the inputs describe',
          },
        }
      : world,
  );
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Whether a framebuffer that a driver of the boot framebuffer found is in a printed window and not in what was reserved. */
function isMissed(
  { windows, framebuffer }: PrintedPool,
  { value: { base, size, by } }: FactOf<FramebufferSighting>,
): boolean {
  if (by !== 'efifb' && by !== 'vesafb' && by !== 'simple-framebuffer') return false;
  const last = base + (size ?? 1n) - 1n;
  return windows.some((window) => {
    if (window === null || window.start > last || base > window.last) return false;
    // Only what of it is in the window can be reserved.
    const [from, to] = [max(base, window.start), min(last, window.last)];
    return framebuffer === null || from < framebuffer.start || framebuffer.last < to;
  });
}

/** Claims by devices other than the video device that overlap a framebuffer of the worlds. */
function claimsOnFramebuffer(
  worlds: readonly World<Outcome>[],
  facts: MachineFacts,
  rules: RuleFinding[],
): readonly FactOf<unknown>[] {
  const places = worlds.flatMap(({ outcome: { framebuffer } }) =>
    framebuffer?.base == null || framebuffer.size === null
      ? []
      : [{ start: framebuffer.base, last: framebuffer.base + framebuffer.size - 1n }],
  );
  const found = facts.vmbusClaims.filter(
    ({ value }) =>
      !value.video && places.some(({ start, last }) => value.start <= last && value.last >= start),
  );
  if (found.length > 0)
    rules.push({
      id: 'observed-claim-on-framebuffer',
      says: 'A VMBus device that is not the video device has a part of the framebuffer: nothing was reserved.',
      evidence: found.map(evidenceItem),
    });
  return found;
}

function printedRules(facts: MachineFacts): RuleFinding[] {
  return facts.printedPools.map((fact) => {
    const { windows, framebuffer } = fact.value;
    const print = (range: { readonly start: bigint; readonly last: bigint } | null): string =>
      printResource(range === null ? null : { start: range.start, end: range.last });
    const list = windows.filter((window) => window !== null).map(print);
    return {
      id: 'observed-pool',
      says: `The running kernel's VMBus driver has ${list.join(' and ')} and reserved ${framebuffer === null ? 'nothing' : print(framebuffer)}.`,
      evidence: [evidenceItem(fact)],
    };
  });
}
