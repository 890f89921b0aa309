/** Making an interactive page of what the command line names. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import type { Source } from '../../bytes/source.ts';
import type { OpenFailure, SourceLoader } from '../../devicetree/source/source-loader.ts';
import { interactivePage, type PageBundles } from '../../page/assemble.ts';
import {
  answerOnPage,
  type CarriedFiles,
  type CarriedMachine,
  pack,
  settingsOf,
  unpack,
} from '../../page/machine.ts';
import { pageParts } from '../../report/formats/html/page.ts';
import { printJson } from '../../report/formats/json-parts.ts';
import { sysfbReport } from '../../report/subjects/sysfb/report.ts';
import { answerSysfb } from '../../verdict/answer.ts';
import type { GivenFacts } from '../../verdict/given.ts';
import type { DescribeOptions } from '../../window/describe.ts';
import { CommandError } from '../common/command-error.ts';
import type { NamedMachine } from '../inputs/images.ts';
import { VERSION } from '../version.ts';

/** What the build leaves for pages: beside this bundle, or in dist/ for who runs the sources. */
function bundleText(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const file of [join(folder, name), join(folder, 'dist', name)])
      if (existsSync(file)) return readFileSync(file, 'utf8');
    if (folder === dirname(folder)) throw new CommandError(`${name} is missing`, 'npm run build makes it');
  }
}

function bundles(): PageBundles {
  return { core: bundleText('core.js'), ui: bundleText('page.js') };
}

/** The page on which one drops an input. */
export function emptyPage(): string {
  return interactivePage(undefined, undefined, bundles(), VERSION);
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
      return loader.read(path, offset, length);
    },
  };
}

export interface PageAsked {
  readonly machine: NamedMachine;
  /** What was said while the inputs were opened. */
  readonly said: readonly Diagnostic[];
  /** Without a loader that records: that is added here. */
  readonly describe: DescribeOptions;
  readonly kernel: GivenFacts;
  readonly osi?: readonly string[];
}

/**
 * A page that carries a machine. That it answers there what is answered here is tried before it is given out.
 * Throws {@link CommandError} where the machine can't be carried.
 */
export async function machinePage(asked: PageAsked): Promise<string> {
  const { machine: named, said, describe, kernel, osi } = asked;
  if (named.overlays.length > 0 || (describe.parse?.overlays ?? []).length > 0)
    throw new CommandError('--interactive: overlays are not carried', 'apply them with fwmap dtc first');
  const opened: CarriedFiles['opened'] = new Map();
  const loader = describe.parse?.loader;
  const parse =
    loader === undefined ? describe.parse : { ...describe.parse, loader: recording(loader, opened) };
  const options = { describe: { ...describe, ...(parse === undefined ? {} : { parse }) }, kernel };
  const sink = new DiagnosticList();
  for (const diagnostic of said) sink.add(diagnostic);
  const verdict = await answerSysfb(named.artifacts, options, sink);
  const report = sysfbReport(verdict, { version: VERSION });
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
  };
  const there = unpack(pack(carried)) as CarriedMachine;
  const answer = await answerOnPage(there, settingsOf(there), VERSION);
  const here = printJson(report.json());
  if ('fault' in answer || answer.json !== here)
    throw new CommandError(
      '--interactive: the page would not answer what the command does',
      'fault' in answer ? answer.fault : 'some of these inputs cannot be carried; use --format html alone',
    );
  const parts = pageParts(report.document('html'), (await report.maps?.()) ?? []);
  return interactivePage(parts, carried, bundles(), VERSION);
}
