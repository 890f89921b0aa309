/** Makes the interactive page of a machine. */
import type { NamedMachine } from '../artifact/machines.ts';
import { type Diagnostic, DiagnosticList } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import type { OpenFailure, SourceLoader } from '../devicetree/source/source-loader.ts';
import { pageParts } from '../report/formats/html/page.ts';
import type { Report } from '../report/formats/render.ts';
import { sysfbReport } from '../report/subjects/sysfb/report.ts';
import { answerSysfb } from '../verdict/answer.ts';
import type { GivenFacts } from '../verdict/given.ts';
import type { DescribeOptions } from '../window/describe.ts';
import { interactivePage, type PageBundles } from './assemble.ts';
import { answerOnPage, type CarriedFiles, type CarriedMachine, pageJson, settingsOf } from './machine.ts';
import { pack, unpack } from './pack.ts';

/** A page without a machine, to drop inputs on. @param version of the program, for the reports on the page */
export function emptyPage(bundles: PageBundles, version: string): string {
  return interactivePage(undefined, undefined, bundles, version);
}

/** A loader that notes what it opens. */
function recording(loader: SourceLoader, opened: CarriedFiles['opened']): SourceLoader {
  const kept = (path: string, found: Source | OpenFailure): Source | OpenFailure => {
    opened.set(path, found);
    return found;
  };
  return {
    ...(loader.clock === undefined ? {} : { clock: loader.clock }),
    open: (path) => kept(path, loader.open(path)),
    read(path, offset, length) {
      const whole = loader.read(path, 0n, undefined);
      kept(path, 'reason' in whole ? whole : { name: path, form: 'blob', bytes: whole });
      if ('reason' in whole) return whole;
      // The answer must come from the carried bytes: the file is not read again.
      const start = Number(offset);
      return whole.subarray(start, length === undefined ? undefined : start + Number(length));
    },
  };
}

/** The inputs and options of a page. */
export interface PageAsked {
  /** One machine, or several among which the reader chooses. */
  readonly machines: readonly NamedMachine[];
  /** Diagnostics of opening the inputs, except those of one machine. */
  readonly said: readonly Diagnostic[];
  /**
   * The options of reading a machine, with memory and overlays from its image; without a machine, the options given for
   * all. The loader need not record what it opens: that is added here.
   */
  readonly describe: (machine?: NamedMachine) => Promise<DescribeOptions>;
  readonly kernel: GivenFacts;
  readonly osi?: readonly string[];
}

/** Why a machine can't be carried in a page, and what to do. */
export interface NotCarried {
  readonly problem: string;
  readonly hint: string;
}

/**
 * A page that carries machines. Its answers are compared with those of the command before it is returned.
 * @param version of the program, for the report on the page
 */
export async function machinePage(
  asked: PageAsked,
  bundles: PageBundles,
  version: string,
): Promise<string | NotCarried> {
  const { machines, said, kernel, osi } = asked;
  const opened: CarriedFiles['opened'] = new Map();
  const common = await asked.describe();
  const { memory, assume, cells, parse } = common;
  const carried: CarriedMachine = {
    artifacts: [...new Set(machines.flatMap(({ artifacts }) => artifacts))].map(
      ({ before: _before, ...artifact }) => ({ ...artifact, sha256: artifact.sha256 }),
    ),
    said,
    ...(machines[0]?.name === undefined ? {} : { shown: machines[0].name }),
    given: {
      set: common.set ?? new Map(),
      kernel,
      ...(memory === undefined ? {} : { memory }),
      ...(assume === undefined ? {} : { assume }),
      ...(cells === undefined ? {} : { cells }),
      ...(osi === undefined ? {} : { osi }),
    },
    files: {
      opened,
      includePaths: parse?.includePaths ?? [],
      ...(parse?.defines === undefined ? {} : { defines: parse.defines }),
    },
    overlays: parse?.overlays ?? [],
  };
  const reports: Report[] = [];
  for (const machine of machines) {
    const sink = new DiagnosticList([...said, ...machine.findings]);
    const options = { describe: recorded(await asked.describe(machine), opened), kernel };
    const verdict = await answerSysfb(machine.artifacts, options, sink);
    reports.push(sysfbReport(verdict, { version }));
  }
  const there = unpack(pack(carried)) as CarriedMachine;
  for (const [at, machine] of machines.entries()) {
    const settings = { ...settingsOf(there), machine: machine.name ?? '' };
    const answer = await answerOnPage(there, settings, version);
    if ('fault' in answer) return { problem: DIFFERENT, hint: answer.fault };
    if (answer.json !== pageJson(machine, reports[at]!.json()))
      return {
        problem: DIFFERENT,
        hint: 'some of these inputs cannot be embedded in a page; use --format html without --interactive',
      };
  }
  const [first] = reports;
  const parts = first && pageParts(first.document('html'), (await first.maps?.()) ?? []);
  return interactivePage(parts, carried, bundles, version);
}

const DIFFERENT = 'the page would give another answer than the command';

/** The options with a loader that notes what it opens. */
function recorded(describe: DescribeOptions, opened: CarriedFiles['opened']): DescribeOptions {
  const loader = describe.parse?.loader;
  if (loader === undefined) return describe;
  return { ...describe, parse: { ...describe.parse, loader: recording(loader, opened) } };
}
