/** The report of `simulate`: the pool, the reservation, and each step with its result. */

import { formatMemRange, formatSize, hex } from '../../bytes/address.ts';
import type { Region } from '../../linux/region-tree.ts';
import type { SimulatedStep } from '../../linux/simulate.ts';
import { lastOf, printResource, type VmbusPool } from '../../linux/vmbus/pool.ts';
import type { SimulationCase, SimulationReport, SimulationRun } from '../../verdict/simulation/simulation.ts';
import { type Block, code, type Document, linesSection, type Text, type Tone } from '../document.ts';
import { diagnosticJson, hexOrNull, inputsJson } from '../formats/json-parts.ts';
import type { Report } from '../formats/render.ts';
import { References } from '../formats/sentences.ts';
import type { RunJson, SimulatedMachineJson, SimulatedStepJson, SimulateJson } from '../json/simulate.ts';
import { inputItem } from '../phrases.ts';
import { simulationResults } from '../results/simulation.ts';

function windowJson(pool: VmbusPool, window: Region): SimulatedMachineJson['pool'][number] {
  const last = lastOf(pool, window);
  return {
    base: hex(window.start),
    size: last >= window.start ? hex(last - window.start + 1n) : null,
    last: hex(last),
  };
}

function stepJson(step: SimulatedStep): SimulatedStepJson {
  const { outcome, request } = step;
  return {
    device: step.device,
    driver: step.driver,
    what: step.what,
    ...(request === undefined
      ? {}
      : {
          request: {
            min: hex(request.min),
            max: hex(request.max),
            size: hex(request.size),
            align: hex(request.align),
            framebufferOverlapOk: request.framebufferOverlapOk,
          },
        }),
    ...(outcome === undefined
      ? {}
      : {
          result: outcome.kind,
          base: outcome.kind === 'placed' ? hex(outcome.start) : null,
          last: outcome.kind === 'placed' ? hex(outcome.end) : null,
          ...(outcome.kind === 'placed' ? { fromReservation: outcome.fromReservation } : {}),
          ...(outcome.kind === 'failed' ? { errno: outcome.ret } : {}),
        }),
    onFramebuffer: step.onFramebuffer,
    ...(step.consequence === undefined ? {} : { consequence: step.consequence }),
  };
}

function runJson(run: SimulationRun): RunJson {
  const { pool, simulation } = run;
  return {
    sysfb: run.sysfb,
    reservation: {
      called: pool.reservation.called,
      ...(pool.reservation.why === undefined ? {} : { why: pool.reservation.why }),
      base: pool.framebuffer === null ? null : hex(pool.framebuffer.start),
      last: pool.framebuffer === null ? null : hex(pool.framebuffer.end),
      tries: pool.reservation.tries.map(({ start, size, ok }) => ({ base: hex(start), size: hex(size), ok })),
    },
    log: pool.log.map(({ level, text }) => ({ level, text })),
    steps: simulation.steps.map(stepJson),
    hazard: simulation.hazard,
    summary: simulation.summary,
  };
}

export function simulationJson(report: SimulationReport): SimulateJson {
  return {
    schema: 'fwmap/simulate@1',
    inputs: inputsJson(report.inputs),
    scenario: report.scenario.name,
    machines: report.cases.map((each) => ({
      path: each.path,
      boot: each.boot,
      kernel: { release: each.kernel.name, sysfb: each.kernel.sysfb },
      framebuffer:
        each.framebuffer === null
          ? null
          : {
              base: hexOrNull(each.framebuffer.base),
              size: hexOrNull(each.framebuffer.size),
              from: each.framebuffer.from,
            },
      probe: each.runs[0]!.pool.probe,
      pool: each.runs[0]!.pool.windows.map((window) => windowJson(each.runs[0]!.pool, window)),
      runs: each.runs.map(runJson),
      checks: each.checks.map(({ what, agrees, kernel, model }) => ({ what, agrees, kernel, model })),
    })),
    open: report.open.map(({ path, why, fields }) => ({ path, why, fields })),
    assumptions: report.assumptions.map(({ text, authority, otherwise }) => ({
      text,
      authority,
      ...(otherwise === undefined ? {} : { otherwise }),
    })),
    diagnostics: report.diagnostics.all.map(diagnosticJson),
  };
}

function outcomeText(step: SimulatedStep | undefined): Text {
  if (step === undefined) return '';
  const { outcome } = step;
  if (outcome === undefined) return step.what;
  if (outcome.kind === 'failed') return [{ text: 'nothing (-ENXIO)', tone: 'bad' }];
  if (outcome.kind === 'endless') return [{ text: 'endless search', tone: 'bad' }];
  const range = code(formatMemRange(outcome.start, outcome.end - outcome.start + 1n));
  if (step.onFramebuffer === true) return [range, ' ', { text: 'ON THE FRAMEBUFFER', tone: 'bad' }];
  return outcome.fromReservation ? [range, ' from the reservation'] : [range];
}

function askText(step: SimulatedStep): string {
  const { request } = step;
  if (request === undefined) return '';
  const where =
    request.max < 1n << 32n ? ' below 4 GiB' : request.min > 0n ? ` from ${hex(request.min)}` : ' anywhere';
  return `${formatSize(request.size)}${where}${request.framebufferOverlapOk ? ', framebuffer allowed' : ''}`;
}

function sysfbName(run: SimulationRun): string {
  return run.sysfb ? 'with CONFIG_SYSFB' : 'without CONFIG_SYSFB';
}

function stepTable(runs: readonly SimulationRun[]): Block {
  const [first, ...others] = runs;
  const gets = (run: SimulationRun) => ({ title: runs.length > 1 ? sysfbName(run) : 'gets' });
  return {
    kind: 'table',
    columns: [{ title: 'device' }, { title: 'for' }, { title: 'asks for' }, ...runs.map(gets)],
    rows: first!.simulation.steps.map((step, index) => [
      step.device,
      step.what,
      askText(step),
      outcomeText(step),
      ...others.map((run) => outcomeText(run.simulation.steps[index])),
    ]),
  };
}

const HAZARD_TONE: Readonly<Record<SimulationRun['simulation']['hazard'], Tone>> = {
  none: 'good',
  'framebuffer-unprotected': 'warn',
  'boot-failure': 'bad',
  unknown: 'warn',
};

function reservationText(run: SimulationRun): string {
  const { framebuffer, reservation } = run.pool;
  if (framebuffer === null) return `nothing: ${reservation.why ?? 'no reason known'}`;
  const tried = reservation.tries.map(({ size }) => formatSize(size)).join(', ');
  return `${printResource(framebuffer)}${reservation.tries.length > 1 ? ` (sizes tried: ${tried})` : ''}`;
}

function caseBlocks(each: SimulationCase): Block[] {
  const [first] = each.runs;
  const { pool } = first!;
  const kernelSysfb = each.kernel.sysfb === 'unknown' ? 'unknown' : each.kernel.sysfb;
  const windows = pool.windows.map((window) =>
    printResource({ start: window.start, end: lastOf(pool, window) }),
  );
  const blocks: Block[] = [
    { kind: 'heading', text: each.path },
    {
      kind: 'facts',
      rows: [
        { label: 'kernel', text: `${each.kernel.name}, CONFIG_SYSFB ${kernelSysfb}` },
        { label: 'boot', text: each.boot },
        { label: 'windows', text: windows.length === 0 ? 'none' : [code(windows.join(', '))] },
        { label: 'framebuffer', text: framebufferText(each) },
        ...each.runs.map((run) => ({
          label: each.runs.length > 1 ? `reserved ${sysfbName(run)}` : 'reserved',
          text: reservationText(run),
        })),
      ],
    },
    stepTable(each.runs),
  ];
  const notes = each.runs.flatMap((run) => [
    ...run.simulation.steps
      .filter((step) => step.consequence !== undefined)
      .map((step) => ({
        text: `${each.runs.length > 1 ? `${sysfbName(run)}: ` : ''}${step.device}, ${step.what}: ${step.consequence}`,
      })),
    {
      text: [
        ...(each.runs.length > 1 ? [`${sysfbName(run)}: `] : []),
        { text: 'result', tone: HAZARD_TONE[run.simulation.hazard] },
        `: ${run.simulation.summary}`,
      ],
    },
  ]);
  blocks.push({ kind: 'list', items: notes });
  const log = first!.pool.log.map(({ text }) => text);
  if (log.length > 0) blocks.push({ kind: 'heading', text: 'Kernel log' }, { kind: 'lines', lines: log });
  if (each.checks.length > 0)
    blocks.push(
      { kind: 'heading', text: 'Compared with the kernel log' },
      {
        kind: 'list',
        items: each.checks.map((check) => ({
          text: check.agrees
            ? `${check.what}: agrees, ${check.kernel}`
            : [
                { text: 'differs', tone: 'bad' as const },
                `: ${check.what}: kernel ${check.kernel}, model ${check.model}`,
              ],
        })),
      },
    );
  return blocks;
}

function framebufferText(each: SimulationCase): string {
  const { framebuffer } = each;
  if (framebuffer === null) return 'none known';
  const { base, size, text } = framebuffer;
  if (base === null) return text;
  return `${size === null ? hex(base) : formatMemRange(base, size)}, ${text}`;
}

/** @param withInputs lists the inputs and their hashes: for reports that are read without them */
export function simulationDocument(report: SimulationReport, withInputs: boolean): Document {
  const blocks: Block[] = [{ kind: 'title', text: `VMBus MMIO: ${report.scenario.name}` }];
  if (report.cases.length === 0 && report.open.length === 0)
    blocks.push({ kind: 'paragraph', text: 'The inputs describe no VMBus device.' });
  if (report.open.length > 0) {
    const fields = [...new Set(report.open.flatMap((open) => open.fields))];
    const set = fields.map((name) => `--set ${name}=VALUE`).join(' ');
    blocks.push(
      {
        kind: 'paragraph',
        text: `Some devices could not be simulated${set === '' ? '.' : ': only the running machine knows the values of these fields.'}`,
      },
      {
        kind: 'list',
        items: report.open.map(({ path, why }) => ({ text: `${path}: ${why}` })),
      },
    );
    if (set !== '')
      blocks.push({ kind: 'paragraph', text: ['Set them with ', code(set), ', or --memory FILE@ADDRESS.'] });
  }
  for (const each of report.cases) blocks.push(...caseBlocks(each));
  const references = new References();
  const assumed = report.assumptions.map(({ text, authority, otherwise }) => {
    const source = authority === 'assumption' ? '' : ` ${references.mark(authority)}`;
    return `${text}${source}${otherwise === undefined ? '' : `; otherwise: ${otherwise}`}`;
  });
  blocks.push(...linesSection('Assumes', assumed));
  if (withInputs)
    blocks.push({ kind: 'heading', text: 'Inputs' }, { kind: 'list', items: report.inputs.map(inputItem) });
  if (references.items.length > 0) blocks.push({ kind: 'references', items: references.items });
  return blocks;
}

/** The report of `simulate`. */
export function simulationReport(simulation: SimulationReport): Report {
  return {
    json: () => simulationJson(simulation),
    document: (format) => simulationDocument(simulation, format !== 'text'),
    maps: async () => (await import('../map/subjects.ts')).simulationMaps(simulation),
    found: () => ({
      inputs: simulation.inputs,
      results: [...simulation.diagnostics.all, ...simulationResults(simulation)],
    }),
  };
}
