/** The address maps of each subject. */

import { FOUR_GIB, hex } from '../../bytes/address.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { MemoryMapEntry } from '../../evidence/values.ts';
import { lastOf } from '../../linux/vmbus/pool.ts';
import { type Condition, formatCondition } from '../../symbolic/index.ts';
import type { AtReport, Claim } from '../../verdict/address/claims.ts';
import type { FramebufferFinding } from '../../verdict/framebuffers.ts';
import type { BridgesVerdict } from '../../verdict/host-bridge/result.ts';
import type { SimulationCase, SimulationReport, SimulationRun } from '../../verdict/simulation/simulation.ts';
import type { Verdict } from '../../verdict/sysfb/verdict.ts';
import type { AddressWindow } from '../../window/window.ts';
import { type Conditions, withConditions } from '../conditions.ts';
import { inputName } from '../phrases.ts';
import {
  type AddressMap,
  knownItem,
  type MapItem,
  type MapKind,
  nameLines,
  quantityItem,
  windowItem,
} from './items.ts';

/** Types of memory map entries that are drawn as RAM; the others are drawn as reserved. */
const RAM_TYPES: ReadonlySet<string> = new Set(['ram', 'persistent', 'soft-reserved']);

function mapOf(
  title: string,
  text: string,
  make: (conditions: Conditions) => readonly MapItem[],
): AddressMap {
  return withConditions((conditions) => {
    const items = make(conditions);
    return { title, text, items, names: nameLines(conditions) };
  });
}

/** The names of a few inputs, or the common folder of many. */
function inputNames(inputs: readonly Parameters<typeof inputName>[0][]): string {
  const paths = [...new Set(inputs.map(inputName))];
  const folder = paths.length > 2 ? commonFolder(paths) : '';
  if (folder !== '') return folder;
  const names = paths.map((name) => name.slice(name.lastIndexOf('/') + 1));
  return names.length > 2 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}

/** The name of the innermost common folder; empty where there is none. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(0, -1));
  const apart = first.findIndex((name, at) => others.some((other) => other[at] !== name));
  return (apart < 0 ? first : first.slice(0, apart)).at(-1) ?? '';
}

function sameOrigin({ origin: a }: AddressWindow, { origin: b }: AddressWindow): boolean {
  return a.artifact === b.artifact && a.path === b.path && a.item === b.item && a.index === b.index;
}

function windowItems(windows: readonly AddressWindow[], conditions: Conditions): MapItem[] {
  return windows.flatMap((window) => windowItem(window, conditions) ?? []);
}

function memoryItems(
  facts: readonly FactOf<MemoryMapEntry>[] | undefined,
  conditions: Conditions,
): MapItem[] {
  const seen = new Set<string>();
  return (facts ?? []).flatMap(({ value: { base, size, type, name, map }, span }) => {
    const key = `${base}+${size}`;
    if (size === 0n || seen.has(key)) return [];
    seen.add(key);
    const rest = { owner: `${map}: ${name}`, ...(span === undefined ? {} : { span }) };
    return [knownItem(RAM_TYPES.has(type) ? 'ram' : 'reserved', { base, size }, conditions, rest)];
  });
}

function framebufferItem(finding: FramebufferFinding | null, conditions: Conditions): MapItem[] {
  if (finding === null || (finding.base === null && finding.expression === undefined)) return [];
  const { base, size, text, origin, expression } = finding;
  // Hyper-V's framebuffer is always below 4 GiB.
  const last = size === null ? '?' : `${expression}+${hex(size - 1n)}`;
  const unplaced = { range: `[mem ${expression}-${last}]`, base: { least: 0n, most: FOUR_GIB - 1n } };
  return [
    quantityItem('framebuffer', { base, size, space: 'memory' }, conditions, {
      // The range is in the label already.
      owner: text.replace(/:? \[mem [^\]]*\]$/, ''),
      ...(base === null ? unplaced : {}),
      ...(origin?.span === undefined ? {} : { span: origin.span }),
    }),
  ];
}

/** Whether a window of the description is this framebuffer: then it is in the map already. */
function isThere(framebuffer: FramebufferFinding | null, { role, base, size }: AddressWindow): boolean {
  return role === 'framebuffer' && base === framebuffer?.base && size === framebuffer.size;
}

/** Everything that the firmware describes. */
export function windowsMaps(windows: readonly AddressWindow[], inputs: Verdict['inputs']): AddressMap[] {
  const text = 'What the firmware describes, by address. A box inside another is inside its range.';
  return [
    mapOf(`Address map of ${inputNames(inputs)}`, text, (conditions) => windowItems(windows, conditions)),
  ];
}

export function sysfbMaps(verdict: Verdict): AddressMap[] {
  const { pool, windows, framebuffer, inputs, memoryMap } = verdict;
  return [
    mapOf(`Address map of ${inputNames(inputs)}`, verdict.summary, (conditions) => [
      ...pool.flatMap((window) => windowItem(window, conditions, 'pool') ?? []),
      ...(windows.some((window) => isThere(framebuffer, window))
        ? []
        : framebufferItem(framebuffer, conditions)),
      ...windowItems(
        windows.filter((window) => !pool.some((of) => sameOrigin(of, window))),
        conditions,
      ),
      ...memoryItems(memoryMap, conditions),
    ]),
  ];
}

export function bridgesMaps(verdict: BridgesVerdict): AddressMap[] {
  const { bridges, inputs, memoryMap } = verdict;
  return [
    mapOf(`Windows of PCI host bridges, ${inputNames(inputs)}`, verdict.summary, (conditions) => [
      ...bridges.flatMap(({ windows, device }) =>
        windowItems(windows, conditions).map((item) => ({ ...item, owner: device })),
      ),
      ...bridges.flatMap(({ keptFree, device }) =>
        keptFree.map(({ start, end, by, when }) =>
          knownItem('reserved', { base: start, size: end - start + 1n }, conditions, {
            owner: `kept free of ${device}: ${by}`,
            ...whenOf(when, conditions),
          }),
        ),
      ),
      ...memoryItems(memoryMap, conditions),
    ]),
  ];
}

function whenOf(when: Condition, conditions: Conditions): Pick<MapItem, 'when'> {
  return when === 1n ? {} : { when: formatCondition(when, conditions.names) };
}

/** A map for each run of the scenario. */
export function simulationMaps({ cases, scenario }: SimulationReport): AddressMap[] {
  return cases.flatMap((each) =>
    each.runs.map((run) => {
      const sysfb = each.runs.length < 2 ? '' : run.sysfb ? ', with CONFIG_SYSFB' : ', without CONFIG_SYSFB';
      return mapOf(`${each.path}: ${scenario.name}${sysfb}`, run.simulation.summary, (conditions) =>
        runItems(each, run, conditions),
      );
    }),
  );
}

function runItems(
  each: SimulationCase,
  { pool, simulation }: SimulationRun,
  conditions: Conditions,
): MapItem[] {
  const range = (start: bigint, end: bigint) => ({ base: start, size: end - start + 1n });
  return [
    ...pool.windows.flatMap((window) => {
      const last = lastOf(pool, window);
      const owner = `${each.path}, what Linux gives VMBus`;
      return last < window.start ? [] : [knownItem('pool', range(window.start, last), conditions, { owner })];
    }),
    ...(pool.framebuffer === null
      ? []
      : [
          knownItem('reservation', range(pool.framebuffer.start, pool.framebuffer.end), conditions, {
            owner: 'vmbus_reserve_fb()',
          }),
        ]),
    ...framebufferItem(each.framebuffer, conditions),
    ...simulation.steps.flatMap(({ outcome, device, what, onFramebuffer, consequence }) =>
      outcome?.kind !== 'placed'
        ? []
        : [
            knownItem(
              onFramebuffer === true ? 'hazard' : 'allocation',
              range(outcome.start, outcome.end),
              conditions,
              { owner: `${device}, ${what}`, notes: consequence === undefined ? [] : [consequence] },
            ),
          ],
    ),
  ];
}

const CLAIM_KINDS: Readonly<Record<Claim['kind'], MapKind>> = {
  window: 'window',
  register: 'register',
  ram: 'ram',
  reserved: 'reserved',
  framebuffer: 'framebuffer',
  table: 'reserved',
  'memory-map': 'reserved',
  iomem: 'reserved',
  bar: 'register',
  'pci-bridge': 'window',
  'kept-free': 'reserved',
  vmbus: 'pool',
};

/** The address, with the claims around it. */
export function atMaps(report: AtReport): AddressMap[] {
  const { asked, claims, summary } = report;
  return [
    mapOf('Who claims it', summary, (conditions) => [
      knownItem(
        'asked',
        { base: asked.start, size: asked.last - asked.start + 1n, space: asked.space },
        conditions,
        {
          owner: '',
        },
      ),
      ...claims.map(({ kind, base, size, when, why, who, note, origin }) =>
        quantityItem(
          /ram/i.test(who) ? 'ram' : CLAIM_KINDS[kind],
          { base, size, space: asked.space },
          conditions,
          {
            owner: who,
            notes: note === undefined ? [] : [note],
            ...whenOf(when, conditions),
            ...(why === undefined ? {} : { why }),
            ...(origin?.span === undefined ? {} : { span: origin.span }),
          },
        ),
      ),
    ]),
  ];
}
