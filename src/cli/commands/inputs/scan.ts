/** `fwmap scan`: which descriptions are in an image. */

import { resolve } from 'node:path';
import { type OpenedFile, openImageFile } from '../../../artifact/images/image-file.ts';
import { STDIN_PATH } from '../../../artifact/open-bytes.ts';
import { DiagnosticList } from '../../../bytes/diagnostic.ts';
import { accessTo } from '../../../containers/access.ts';
import { messageOf } from '../../../findings/finding.ts';
import { limit, overLimit } from '../../../limits/limits.ts';
import { sha256Of } from '../../../platform/hash.ts';
import { FORMATS } from '../../../report/formats/render.ts';
import { type ScannedInput, type ScanReport, scanReport } from '../../../report/subjects/scan.ts';
import type { Alternatives, Find } from '../../../scan/find.ts';
import { ImageScanner, type ScannedMachine } from '../../../scan/image-scanner.ts';
import { defineCommand } from '../../common/command.ts';
import { CommandError, UnreadableInputError } from '../../common/command-error.ts';
import type { Io } from '../../common/io.ts';
import { formatOption, OUTPUT_OPTIONS } from '../../common/options.ts';
import { otherNames } from '../../inputs/images.ts';
import { printReport } from '../../output/print.ts';

/** Opens the inputs. Of a folder, the files in it. */
async function* openedInputs(
  paths: readonly string[],
  io: Io,
): AsyncGenerator<{ readonly path: string; readonly resolved: string; readonly file: OpenedFile }> {
  const waiting = [...paths].reverse();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (path === STDIN_PATH) {
      const bytes = await io.readStdin(limit('input-bytes'));
      if (bytes === undefined)
        throw new UnreadableInputError(`cannot read ${path}: ${overLimit('input-bytes')}`, path);
      yield {
        path,
        resolved: '',
        file: { access: accessTo(bytes), whole: true, fault: () => undefined, close: () => {} },
      };
      continue;
    }
    const resolved = resolve(io.cwd, path);
    io.inputs.add(resolved);
    const file = openImageFile(resolved);
    if ('failure' in file) throw new UnreadableInputError(`cannot read ${path}: ${file.failure}`, path);
    if ('directory' in file) {
      const { listFolder } = await import('../../../artifact/folders/disk-folder.ts');
      const base = path.replace(/\/+$/, '');
      const listing = new DiagnosticList();
      const inside = listFolder(resolved, listing);
      const unread = listing.all.find(({ code }) => code === 'artifact/unreadable');
      if (unread !== undefined) throw new UnreadableInputError(`${path}: ${messageOf(unread)}`, path);
      waiting.push(...inside.map((listed) => `${base}/${listed.path}`).reverse());
      continue;
    }
    yield { path, resolved, file };
  }
}

async function scanAll(
  paths: readonly string[],
  options: { readonly extract?: string; readonly withHashes: boolean },
  io: Io,
  sink: DiagnosticList,
): Promise<ScanReport> {
  const extract =
    options.extract === undefined ? undefined : (await import('./extract.ts')).extractTo(options.extract, io);
  const scanner = new ImageScanner(sink, extract);
  const inputs: ScannedInput[] = [];
  const finds: Find[] = [];
  const alternatives: Alternatives[] = [];
  const machines: ScannedMachine[] = [];
  for await (const { path, resolved, file } of openedInputs(paths, io)) {
    await io.progress.tell(`scanning ${path}`, true);
    const hash = !options.withHashes
      ? undefined
      : file.whole
        ? sha256Of(file.access.read(0, file.access.size))
        : (await import('../../inputs/hash-file.ts')).hashInBackground(resolved);
    const name = path === STDIN_PATH ? '<stdin>' : path;
    const scanned = await scanner.scan(name, file.access);
    finds.push(...scanned.finds);
    alternatives.push(...scanned.alternatives);
    machines.push(...scanned.machines);
    inputs.push({
      path,
      name,
      size: file.access.size,
      ...(hash === undefined ? {} : { sha256: await hash }),
      steps: scanned.steps,
    });
    file.close();
    const why = file.fault();
    if (why !== undefined) throw new UnreadableInputError(`cannot read a part of ${path}: ${why}`, path);
  }
  return { inputs, finds, alternatives, machines, diagnostics: sink.all };
}

/** The report cut down to one of the alternatives, or to one of the machines. */
async function selected(report: ScanReport, name: string): Promise<ScanReport> {
  const choices = report.alternatives.flatMap((axis) => axis.choices.map((choice) => ({ axis, choice })));
  const picked = choices.filter(({ choice }) => choice.name === name);
  const machines = report.machines.filter((machine) => machine.name === name);
  if (picked.length + machines.length === 0) {
    const names = [
      ...choices.map(({ choice }) => choice.name),
      ...report.machines.map((machine) => machine.name),
    ];
    throw new CommandError(
      `--select ${name}: there is no such machine or alternative`,
      await otherNames(name, [...new Set(names)], 'the image has none'),
    );
  }
  const ids = new Set([...picked.map(({ choice }) => choice), ...machines].flatMap(({ finds }) => finds));
  return {
    ...report,
    finds: report.finds.filter(({ id }) => ids.has(id)),
    alternatives: picked.map(({ axis, choice }) => ({ ...axis, choices: [choice] })),
    machines,
  };
}

export const command = defineCommand({
  name: 'scan',
  operands: 'IMAGE...',
  minimumInputs: 1,
  description:
    'Finds device trees, ACPI tables, kernels and their configurations anywhere in an image: flash dumps, firmware ' +
    'volumes and capsules, IGVM files, U-Boot FITs, Android images, kernels with appended trees, archives, memory dumps. ' +
    'Nested containers are opened too. Everything listed was read from its first to its last byte.',
  options: {
    ...OUTPUT_OPTIONS,
    format: formatOption(FORMATS),
    extract: {
      type: 'string',
      value: 'DIR',
      describe: 'Write every find to a file in this folder',
      group: 'Output:',
    },
    select: {
      type: 'string',
      value: 'NAME',
      describe: 'List only this one of the machines and alternatives in an image',
      group: 'Reading inputs:',
    },
  },
  examples: [
    { line: 'fwmap scan OVMF_CODE.fd', does: 'what a firmware volume holds' },
    { line: 'fwmap scan boot.img --extract out', does: 'its trees and tables as files' },
    { line: 'fwmap scan u-boot.itb --select conf-1', does: 'one configuration of a FIT' },
    { line: 'fwmap scan vmcore --format json', does: 'a memory dump, as JSON' },
  ],
  async run({ inputs, options, io }) {
    const sink = new DiagnosticList();
    // Hashing an image takes longer than scanning it.
    const withHashes = (options.format ?? FORMATS[0]) !== 'text';
    const all = await scanAll(inputs, { ...options, withHashes }, io, sink);
    const report = options.select === undefined ? all : await selected(all, options.select);
    await printReport(scanReport(report), report.diagnostics, options, io);
    return 0;
  },
});
