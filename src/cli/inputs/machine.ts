/** From the command line to a described machine: opens inputs and adds what only the running machine knows. */
import type { EvaluationOptions } from '../../acpi/machine.ts';
import type { Artifact } from '../../artifact/artifact.ts';
import { isKind } from '../../artifact/kinds.ts';
import type { NamedMachine } from '../../artifact/machines.ts';
import { parseSize } from '../../bytes/address.ts';
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { DeviceTree } from '../../devicetree/tree.ts';
import { hintOf, messageOf } from '../../findings/finding.ts';
import { machineOptions, type SourceSettings, sourceAccess } from '../../verdict/machine-options.ts';
import { TABLE_KINDS } from '../../verdict/system.ts';
import { type DescribeOptions, describe, type Machine } from '../../window/describe.ts';
import type { OptionValues } from '../common/command.ts';
import { CommandError } from '../common/command-error.ts';
import type { Io } from '../common/io.ts';
import type { INPUT_OPTIONS, MACHINE_OPTIONS } from '../common/options.ts';
import { selectMachines } from './images.ts';
import { openInputs } from './inputs.ts';

export type MachineOptionValues = OptionValues<typeof INPUT_OPTIONS & typeof MACHINE_OPTIONS>;

/** The largest cell count that any bus has. */
const MAX_CELLS = 4;

/** An address or size on the command line: `0x1000`, `4096` or `4K`. Throws {@link CommandError}. */
export function addressOption(option: string, text: string): bigint {
  const value = parseSize(text);
  if (value === undefined)
    throw new CommandError(`--${option}: ${text} is not a number`, 'write it as 0x1000, 4096 or 4K');
  return value;
}

/** Reads the values of `--set NAME=VALUE`. Throws {@link CommandError}. */
export function parseSettings(given: readonly string[]): ReadonlyMap<string, bigint> {
  const settings = new Map<string, bigint>();
  for (const text of given) {
    const equals = text.lastIndexOf('=');
    if (equals <= 0) throw new CommandError(`--set ${text}: it takes NAME=VALUE`);
    const name = text.slice(0, equals);
    if (settings.has(name)) throw new CommandError(`--set ${name} is given twice`);
    settings.set(name, addressOption('set', text.slice(equals + 1)));
  }
  return settings;
}

/** Throws {@link CommandError} where `--set` names a field that the tables don't have, or a value that doesn't fit. */
export function refuseSettings(diagnostics: readonly Diagnostic[]): void {
  const refused = diagnostics.find(({ code }) => code.startsWith('acpi/set-'));
  if (refused !== undefined) throw new CommandError(`--set: ${messageOf(refused)}`, hintOf(refused));
}

async function readMemory(
  given: readonly string[],
  io: Io,
): Promise<NonNullable<EvaluationOptions['memory']>> {
  const { resolve } = await import('node:path');
  const { readFileBytes } = await import('../../artifact/file.ts');
  return given.map((text) => {
    const at = text.lastIndexOf('@');
    if (at <= 0) throw new CommandError(`--memory ${text}: it takes FILE@ADDRESS`);
    const name = text.slice(0, at);
    const address = addressOption('memory', text.slice(at + 1));
    io.inputs.add(resolve(io.cwd, name));
    const read = readFileBytes(resolve(io.cwd, name));
    if (!('bytes' in read))
      throw new CommandError(`cannot read ${name}: ${'failure' in read ? read.failure : 'Is a directory'}`);
    return { address, bytes: read.bytes, source: { name, form: 'blob', bytes: read.bytes } };
  });
}

function parseCells(text: string): NonNullable<DescribeOptions['cells']> {
  const counts = text.split(',').map((count) => Number(count.trim()));
  const [child, parent, size] = counts;
  const valid = counts.every((count) => Number.isInteger(count) && count >= 0 && count <= MAX_CELLS);
  if (counts.length !== 3 || !valid || child === undefined || parent === undefined || size === undefined)
    throw new CommandError(`--cells ${text}: it takes CHILD,PARENT,SIZE`, 'for example 2,2,1');
  return { child, parent, size };
}

/** Options of commands that take the release of the kernel too. */
export type DescribedOptionValues = MachineOptionValues & { readonly kernel?: string };

function sourceSettings(options: MachineOptionValues, io: Io): SourceSettings {
  return {
    cwd: io.cwd,
    env: io.env,
    includePaths: options.include,
    includeRoots: options['include-root'],
    defines: options.define,
    opened: (path) => io.inputs.add(path),
  };
}

/** What `describe` needs besides the inputs: from the options and from the image they are in. Throws {@link CommandError}. */
export async function describeOptions(
  options: DescribedOptionValues,
  machine: Pick<NamedMachine, 'artifacts' | 'memory' | 'overlays'>,
  io: Io,
): Promise<DescribeOptions> {
  const { set, assume, cells, kernel, osi } = options;
  const { artifacts } = machine;
  const bytes = bytesOfTables(artifacts);
  await io.progress.tell(
    bytes > 0 ? 'evaluating ACPI tables' : 'describing the machine',
    bytes >= MANY_BYTES,
  );
  const given = options.memory === undefined ? [] : await readMemory(options.memory, io);
  const overlays = options.overlay === undefined ? [] : await readOverlays(options.overlay, options, io);
  if (set !== undefined && !artifacts.some(({ kind }) => TABLE_KINDS.has(kind)))
    throw new CommandError('--set sets fields of ACPI tables, and none of the inputs is one');
  const described = await machineOptions(machine, { ...sourceSettings(options, io), kernel, osi, assume });
  if (described === undefined)
    throw new CommandError(`--kernel ${kernel}: not a kernel release`, 'for example 6.12.30');
  const { parse } = described;
  const memory = [...given, ...(described.memory ?? [])];
  return {
    ...described,
    ...(memory.length === 0 ? {} : { memory }),
    ...(set === undefined ? {} : { set: parseSettings(set) }),
    ...(assume === undefined ? {} : { assume }),
    ...(cells === undefined ? {} : { cells: parseCells(cells) }),
    ...(overlays.length === 0
      ? {}
      : { parse: { ...parse, overlays: [...(parse?.overlays ?? []), ...overlays] } }),
  };
}

/** The trees that `--overlay` names. Throws {@link CommandError} when one can't be read. */
async function readOverlays(
  paths: readonly string[],
  options: MachineOptionValues,
  io: Io,
): Promise<DeviceTree[]> {
  const { readDeviceTree } = await import('../../devicetree/read.ts');
  const sink = new DiagnosticList();
  const overlays: DeviceTree[] = [];
  for (const artifact of await chosenOverlays(paths, io, sink)) {
    const parse = artifact.kind === 'dts' ? await sourceAccess(artifact, sourceSettings(options, io)) : {};
    const tree = readDeviceTree(artifact, sink, parse);
    const error = sink.all.find(({ severity }) => severity === 'error');
    if (error) throw new CommandError(`--overlay ${artifact.path}: ${messageOf(error)}`, hintOf(error));
    if (!tree) throw new CommandError(`--overlay ${artifact.path}: it holds no device tree`);
    overlays.push(tree);
  }
  return overlays;
}

/** Opens what `--overlay` names. Throws {@link CommandError} for an image with several trees. */
async function chosenOverlays(paths: readonly string[], io: Io, sink: DiagnosticSink): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const path of paths) {
    const opened = await openInputs([path], {}, io, sink);
    const machines = new Set(opened.flatMap(({ machine }) => machine?.id ?? []));
    if (machines.size > 1)
      throw new CommandError(
        `--overlay ${path}: it holds ${machines.size} trees`,
        'give it as an input, and choose one with --select (fwmap scan lists them)',
      );
    artifacts.push(...opened);
  }
  return artifacts;
}

/** Tables of this many bytes are those of a whole machine: V8's other settings save a third of the time there. */
const MANY_BYTES = 1 << 16;

function bytesOfTables(artifacts: readonly Artifact[]): number {
  return artifacts.reduce(
    (sum, { kind, source }) => sum + (isKind(kind, 'acpi') ? source.bytes.length : 0),
    0,
  );
}

/** Opens the inputs: a machine, or those of an image, an archive or a folder. Throws {@link CommandError}. */
export async function readMachines(
  inputs: readonly string[],
  options: DescribedOptionValues,
  io: Io,
  sink: DiagnosticSink,
): Promise<NamedMachine[]> {
  return selectMachines(await openInputs(inputs, options, io, sink), options.select);
}

/** Describes a machine whose inputs are open. Throws {@link CommandError}. */
export async function describeMachine(
  named: NamedMachine,
  options: DescribedOptionValues,
  io: Io,
  sink: DiagnosticSink,
): Promise<Machine> {
  const { artifacts } = named;
  if (bytesOfTables(artifacts) >= MANY_BYTES) {
    const { compileSparingly } = await import('../common/engine.ts');
    // Assumed contents are numbers; what depends on unknown ones are expressions, and paths with memories of their own.
    await compileSparingly(options.assume === undefined ? 'many' : 'few');
  }
  const list = new DiagnosticList(named.findings);
  const machine = await describe(artifacts, await describeOptions(options, named, io), list);
  refuseSettings(list.all);
  for (const diagnostic of list.all) sink.add(diagnostic);
  return machine;
}
