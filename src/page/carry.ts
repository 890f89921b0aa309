/** Making the interactive page of a machine. */
import type { NamedMachine } from '../artifact/machines.ts';
import { type Diagnostic, DiagnosticList } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import type { OpenFailure, SourceLoader } from '../devicetree/source/source-loader.ts';
import { pageParts } from '../report/formats/html/page.ts';
import { printJson } from '../report/formats/json-parts.ts';
import { sysfbReport } from '../report/subjects/sysfb/report.ts';
import { answerSysfb } from '../verdict/answer.ts';
import type { GivenFacts } from '../verdict/given.ts';
import type { DescribeOptions } from '../window/describe.ts';
import { interactivePage, type PageBundles } from './assemble.ts';
import { answerOnPage, type CarriedFiles, type CarriedMachine, settingsOf } from './machine.ts';
import { pack, unpack } from './pack.ts';

/** The page on which one drops an input. @param version of the program, for the reports on the page */
export function emptyPage(bundles: PageBundles, version: string): string {
  return interactivePage(undefined, undefined, bundles, version);
}

/** The same loader, and what it opened. */
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
      // What is carried is what is answered from: it isn't read again.
      const start = Number(offset);
      return whole.subarray(start, length === undefined ? undefined : start + Number(length));
    },
  };
}

/** What a page is about. */
export interface PageAsked {
  readonly machine: NamedMachine;
  /** What was said while the inputs were opened. */
  readonly said: readonly Diagnostic[];
  /** Without a loader that records: that is added here. */
  readonly describe: DescribeOptions;
  readonly kernel: GivenFacts;
  readonly osi?: readonly string[];
}

/** Why a machine can't be carried in a page, and what to do. */
export interface NotCarried {
  readonly problem: string;
  readonly hint: string;
}

/**
 * A page that carries a machine. That it answers there what is answered here is tried before it is given out.
 * @param version of the program, for the report on the page
 */
export async function machinePage(
  asked: PageAsked,
  bundles: PageBundles,
  version: string,
): Promise<string | NotCarried> {
  const { machine: named, said, describe, kernel, osi } = asked;
  const opened: CarriedFiles['opened'] = new Map();
  const loader = describe.parse?.loader;
  const parse =
    loader === undefined ? describe.parse : { ...describe.parse, loader: recording(loader, opened) };
  const options = { describe: { ...describe, ...(parse === undefined ? {} : { parse }) }, kernel };
  const sink = new DiagnosticList();
  for (const diagnostic of said) sink.add(diagnostic);
  const verdict = await answerSysfb(named.artifacts, options, sink);
  const report = sysfbReport(verdict, { version });
  const { memory, assume, cells } = describe;
  const carried: CarriedMachine = {
    artifacts: named.artifacts.map(({ before: _before, ...artifact }) => ({
      ...artifact,
      sha256: artifact.sha256,
    })),
    said,
    given: {
      set: describe.set ?? new Map(),
      kernel,
      ...(memory === undefined ? {} : { memory }),
      ...(assume === undefined ? {} : { assume }),
      ...(cells === undefined ? {} : { cells }),
      ...(osi === undefined ? {} : { osi }),
    },
    files: {
      opened,
      includePaths: describe.parse?.includePaths ?? [],
      ...(describe.parse?.defines === undefined ? {} : { defines: describe.parse.defines }),
    },
    overlays: describe.parse?.overlays ?? [],
  };
  const there = unpack(pack(carried)) as CarriedMachine;
  const answer = await answerOnPage(there, settingsOf(there), version);
  const here = printJson(report.json());
  if ('fault' in answer || answer.json !== here)
    return {
      problem: 'the page would not answer what the command does',
      hint:
        'fault' in answer ? answer.fault : 'some of these inputs cannot be carried; use --format html alone',
    };
  const parts = pageParts(report.document('html'), (await report.maps?.()) ?? []);
  return interactivePage(parts, carried, bundles, version);
}
