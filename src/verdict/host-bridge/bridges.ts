/**
 * The question `bridges`: which windows does Linux give the PCI host bridges of this machine, and what does it drop, clip,
 * unite or refuse, and why?
 */
import { gapsOf } from '../../artifact/gap.ts';
import { formatMemRange, hex } from '../../bytes/address.ts';
import type { DiagnosticList } from '../../bytes/diagnostic.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { finding } from '../../findings/finding.ts';
import { printBuses, printWindow } from '../../linux/host-bridge/window.ts';
import { unknownCommits } from '../../linux/profile.ts';
import { allOf, type Condition, cutsSoFar, DecisionContext } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import { boundsOf } from '../../window/window.ts';
import { tellCuts, tellUnexplored, undefeated } from '../explore.ts';
import { RELEASE_MODELLED } from '../facts/release.ts';
import { OF_RELEASE } from '../facts/releases.ts';
import { groupedFramebuffers } from '../framebuffers.ts';
import { type GivenFacts, tellOverridden } from '../given.ts';
import type { Constraint, ExplorationLimit, Premise, RuleFinding } from '../question.ts';
import { judgeAcpiBridges } from './acpi.ts';
import { fitsOf, keptFree, motherboardRegisters } from './allocation.ts';
import { AUTHORITY } from './authorities.ts';
import { simplifiedUnder } from './fold.ts';
import { bridgeMatrix } from './matrix.ts';
import { observe } from './observed.ts';
import type { BridgeMatrixRow, BridgeNote, BridgesVerdict, JudgedBridge } from './result.ts';
import { settles } from './settle.ts';
import { type BridgeOptions, type BridgeSituation, bridgeSituation } from './situation.ts';
import { acpiBridges, treeBridges } from './subject.ts';
import { judgeTreeBridges } from './tree.ts';

export const BRIDGES_QUESTION =
  'Which windows does Linux give the PCI host bridges of this machine, and what does it drop, clip, unite or refuse?';

/**
 * Answers the question for one machine.
 * @param diagnostics of reading the inputs; the verdict has them
 */
export function judgeBridges(
  machine: Machine,
  given: GivenFacts,
  options: BridgeOptions,
  facts: MachineFacts,
  diagnostics: DiagnosticList,
): BridgesVerdict {
  const cutsBefore = cutsSoFar();
  for (const commit of unknownCommits([...(given.withCommits ?? []), ...(given.withoutCommits ?? [])]))
    diagnostics.add(finding('linux/unknown-commit', { commit }));
  tellOverridden(given, facts, diagnostics);
  const known = bridgeSituation(machine, given, options, facts);
  const situation: BridgeSituation = { ...known, constraints: undefeated(known.constraints) };
  const context = new DecisionContext();
  const { bridges: modelled, used, authorities, unexplored } = judgeForDefault(machine, situation, context);
  for (const [device, reached] of unexplored) tellUnexplored(reached, device, diagnostics);
  const judged = withKeptFree(observe(modelled.map(withPrints), facts), situation).map((bridge) =>
    withFramebuffer(bridge, given, facts),
  );
  const claimed = motherboardRegisters(machine, situation);
  const fits = fitsOf(options.bars ?? [], judged, situation, facts, claimed);
  // Without a release the windows are those of the newest; the matrix is shown where releases differ.
  const byRelease =
    given.matrix || situation.kernel.presumed ? matrixOf(machine, situation, context) : undefined;
  const matrix = given.matrix || (byRelease?.length ?? 0) > judged.length ? byRelease : undefined;
  tellCuts(cutsBefore, diagnostics);
  const gaps = gapsOf(diagnostics.all).filter(
    ({ hides, scope, closedBy }) =>
      closedBy === undefined &&
      hides.has('window') &&
      (scope === undefined ||
        judged.some(({ device }) => device === scope || device.startsWith(`${scope}.`))),
  );
  return {
    question: BRIDGES_QUESTION,
    summary: summaryOf(judged),
    bridges: judged,
    ...(fits === undefined ? {} : { fits }),
    ...(matrix === undefined ? {} : { matrix }),
    rules: [...situation.rules, ...contradictionRules(judged)],
    premises: premisesOf(situation),
    assumptions: [
      ...situation.assumptions,
      ...situation.defaults.map(({ text, otherwise }) => ({ text, authority: 'default', otherwise })),
    ],
    authorities: [
      ...situation.constraints.filter(({ kind, id }) => kind === 'authority' && used.has(id)),
      ...authorities,
    ],
    gaps,
    toSettle: settles(judged),
    architecture: situation.architecture.name,
    kernel: situation.kernel,
    inputs: machine.artifacts,
    diagnostics: diagnostics.all,
  };
}

/** Adds a note if the boot framebuffer is in a window: it is not in the resource tree before PCI. */
function withFramebuffer(bridge: JudgedBridge, given: GivenFacts, facts: MachineFacts): JudgedBridge {
  const found = given.framebuffer ? [given.framebuffer] : groupedFramebuffers(facts, undefined);
  const notes = found.flatMap(({ base, size, text }): BridgeNote[] => {
    const inside = bridge.windows.some((window) => {
      const bounds = boundsOf(window);
      return (
        window.space === 'memory' &&
        bounds !== undefined &&
        base !== null &&
        bounds.base <= base &&
        bounds.base + bounds.size > base
      );
    });
    if (!inside || base === null) return [];
    return [
      {
        text: `the boot framebuffer ${size === null ? `at ${hex(base)}` : formatMemRange(base, size)} is in a window (${text}): no window conflicts with it, since efifb, simpledrm and BOOTFB claim it after PCI; Linux may move the BAR that it is in`,
        when: 1n,
        source: AUTHORITY.framebuffer,
      },
    ];
  });
  return notes.length === 0 ? bridge : { ...bridge, notes: [...bridge.notes, ...notes] };
}

interface Judged {
  readonly bridges: readonly JudgedBridge[];
  readonly used: ReadonlySet<string>;
  readonly authorities: readonly Constraint[];
  readonly unexplored: ReadonlyMap<string, ExplorationLimit>;
}

/**
 * Where the release is not known, windows are those of the newest one, and changes have the releases as conditions.
 */
function judgeForDefault(machine: Machine, situation: BridgeSituation, context: DecisionContext): Judged {
  const open = judgeAll(machine, situation, context);
  const { defaults } = situation;
  if (defaults.length === 0) return open;
  const constraints = [
    ...situation.constraints,
    ...defaults.map(
      ({ condition, text }): Constraint => ({
        id: 'default',
        kind: 'premise',
        condition,
        text,
        source: 'default',
      }),
    ),
  ];
  const newest = judgeAll(machine, { ...situation, constraints }, context);
  return {
    ...open,
    bridges: open.bridges.map((bridge, index) => ({
      ...bridge,
      windows: newest.bridges[index]!.windows,
      prints: newest.bridges[index]!.prints,
    })),
  };
}

function judgeAll(machine: Machine, situation: BridgeSituation, context: DecisionContext): Judged {
  const tree = judgeTreeBridges(treeBridges(machine), machine, situation, context);
  const found = acpiBridges(machine);
  const subjects = situation.ignoresSegment
    ? found.map((subject) => ({ ...subject, bus: { ...subject.bus, domain: 0 } }))
    : found;
  const acpi = judgeAcpiBridges(subjects, machine, situation, context);
  return {
    bridges: [...tree.bridges, ...acpi.bridges],
    used: new Set([...tree.used, ...acpi.used]),
    authorities: acpi.authorities,
    unexplored: new Map([...tree.unexplored, ...acpi.unexplored]),
  };
}

function withKeptFree(bridges: readonly JudgedBridge[], situation: BridgeSituation): JudgedBridge[] {
  const given = allOf(situation.constraints.map(({ condition }) => condition));
  return bridges.map((bridge) => ({
    ...bridge,
    keptFree: keptFree(bridge, situation, (condition: Condition) => simplifiedUnder(condition, given)),
  }));
}

/** The same machine with a kernel of any release. */
function matrixOf(machine: Machine, situation: BridgeSituation, context: DecisionContext): BridgeMatrixRow[] {
  const constraints = [...situation.constraints.filter(({ id }) => !OF_RELEASE.has(id)), RELEASE_MODELLED];
  const open = { ...situation, constraints };
  const { bridges } = judgeAll(machine, open, context);
  return bridgeMatrix(withKeptFree(bridges, open), constraints, open.e820, context);
}

/** Adds the `root bus resource` lines of windows that exist in any case. */
function withPrints(bridge: JudgedBridge): JudgedBridge {
  const number = (value: bigint): string => `0x${value.toString(16).padStart(8, '0')}`;
  const lines = bridge.windows.flatMap((window) => {
    if (window.certainty !== 'certain' || window.space === 'bus') return [];
    const { base, size, space, flags, bus } = window;
    const range = printWindow({
      space,
      start: base,
      end: base + size - 1n,
      prefetchable: flags.prefetchable === true,
      window: bridge.by === 'acpi' && flags.producer === true,
    });
    const translated =
      bus === undefined ? '' : ` (bus address [${number(bus.base)}-${number(bus.base + size - 1n)}])`;
    return [`root bus resource ${range}${translated}`];
  });
  const { first, last } = bridge.bus;
  const buses =
    bridge.when !== 1n || first === null || last === null
      ? []
      : [`root bus resource ${printBuses(first, last)}`];
  // The buses come first from a device tree, last from ACPI.
  const order = bridge.by === 'acpi' ? [...lines, ...buses] : [...buses, ...lines];
  return { ...bridge, prints: [...bridge.prints, ...order] };
}

function premisesOf(situation: BridgeSituation): Premise[] {
  return [
    ...situation.premises,
    ...situation.constraints
      .filter(({ kind }) => kind === 'premise')
      .map(({ text, defeatedBy }) => ({ text, defeatedBy: defeatedBy ?? 'an input that says otherwise' })),
    { text: 'the inputs describe one machine', defeatedBy: 'inputs that contradict each other' },
  ];
}

function contradictionRules(bridges: readonly JudgedBridge[]): RuleFinding[] {
  return bridges.flatMap(({ device, observed }) =>
    observed === undefined || observed.contradictions.length === 0
      ? []
      : [
          {
            id: 'log-contradicts',
            says: `The log of ${device} contradicts its description and the rules: ${observed.contradictions.join('; ')}. The inputs are from different boots or machines, or the kernel does something that is not modelled.`,
            evidence: observed.windows.map((window) => ({
              text: 'root bus resource',
              origin: window.origin,
            })),
          },
        ],
  );
}

function summaryOf(bridges: readonly JudgedBridge[]): string {
  if (bridges.length === 0) return 'The inputs describe no PCI host bridge.';
  const windows = bridges.flatMap((bridge) => bridge.windows);
  const open = windows.filter((window) => window.certainty !== 'certain' || boundsOf(window) === undefined);
  const changed = bridges.flatMap((bridge) => bridge.changed);
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  const contradicted = bridges.filter(({ observed }) => (observed?.contradictions.length ?? 0) > 0).length;
  const logged = bridges.filter(({ observed }) => observed !== undefined).length;
  return [
    `${count(bridges.length, 'host bridge')} with ${count(windows.length, 'window')}`,
    open.length === 0 ? '' : `, ${open.length} of them uncertain`,
    changed.length === 0 ? '; no changes' : `; ${count(changed.length, 'change')}`,
    logged === 0
      ? '.'
      : contradicted > 0
        ? `. The log contradicts ${contradicted === 1 && bridges.length === 1 ? 'this' : `${contradicted} of them`}.`
        : '. The log agrees.',
  ].join('');
}
