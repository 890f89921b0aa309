/**
 * A machine that a page carries: its inputs and options, so that the questions can be answered again in a browser with
 * other values, without files or a network.
 */
import type { Artifact } from '../artifact/artifact.ts';
import { addedLater } from '../artifact/folders/added-later.ts';
import { machinesOf, type NamedMachine } from '../artifact/machines.ts';
import { openBytes } from '../artifact/open-bytes.ts';
import { formatMemRange, parseInteger, parseSize } from '../bytes/address.ts';
import { type Diagnostic, DiagnosticList } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import type { OpenFailure, SourceLoader } from '../devicetree/source/source-loader.ts';
import type { DeviceTree } from '../devicetree/tree.ts';
import { diagnosticText } from '../findings/finding.ts';
import { parseRelease } from '../linux/release.ts';
import { type PageParts, pageParts } from '../report/formats/html/page.ts';
import { type JsonObject, printJson } from '../report/formats/json-parts.ts';
import type { Report } from '../report/formats/render.ts';
import { bridgesReport } from '../report/subjects/bridges.ts';
import { simulationReport } from '../report/subjects/simulation.ts';
import { sysfbReport } from '../report/subjects/sysfb/report.ts';
import { windowsReport } from '../report/subjects/windows.ts';
import { openImage } from '../scan/open-image.ts';
import { answerBridges, answerSysfb } from '../verdict/answer.ts';
import type { GivenFacts } from '../verdict/given.ts';
import { overlayTrees, systemOptions, TABLE_KINDS } from '../verdict/system.ts';
import { aslFiles } from '../window/asl-files.ts';
import { type DescribeOptions, describe } from '../window/describe.ts';

export { pack, unpack } from './pack.ts';

/** Files that source text included; any other file counts as missing. */
export interface CarriedFiles {
  readonly opened: Map<string, Source | OpenFailure>;
  readonly includePaths: readonly string[];
  readonly defines?: readonly string[];
}

/** The options of the command line. */
export interface CarriedGiven {
  readonly set: ReadonlyMap<string, bigint>;
  readonly kernel: GivenFacts;
  readonly memory?: DescribeOptions['memory'];
  readonly assume?: NonNullable<DescribeOptions['assume']>;
  readonly cells?: DescribeOptions['cells'];
  readonly osi?: readonly string[];
}

/** One machine, or several among which the reader chooses. */
export interface CarriedMachine {
  /** Each names its machine if there are several. */
  readonly artifacts: readonly Artifact[];
  /** Diagnostics of opening them. */
  readonly said: readonly Diagnostic[];
  /** Name of the machine that is shown first; without one it is the first in the list. */
  readonly shown?: string;
  readonly given: CarriedGiven;
  readonly files?: CarriedFiles;
  /** Applied to each tree, in this order, after those that an image has for it. */
  readonly overlays?: readonly DeviceTree[];
}

export const NO_MACHINE: CarriedMachine = { artifacts: [], said: [], given: { set: new Map(), kernel: {} } };

export type PageQuestion = 'sysfb' | 'windows' | 'bridges' | 'simulate';

/** The settings of a page, as text; an empty one is not given. */
export interface PageSettings {
  readonly question: PageQuestion;
  /** Name of the machine; the first one if no machine has this name. */
  readonly machine: string;
  /** Firmware fields by name. */
  readonly set: Readonly<Record<string, string>>;
  readonly release: string;
  readonly boot: string;
  /** `BASE+SIZE`. */
  readonly framebuffer: string;
  /** `y`, `n`, or empty. */
  readonly sysfb: string;
}

/** A firmware field that the answer depends on. */
export interface OpenField {
  readonly name: string;
  readonly bits: number;
  /** Its address, for the label: `memory 0xf7fd9000`. */
  readonly where: string;
}

export interface PageAnswer {
  readonly parts: PageParts;
  /** The JSON as printed by the command. */
  readonly json: string;
  readonly fields: readonly OpenField[];
  /** The equivalent command line. */
  readonly command: string;
}

/** A setting that is invalid. */
export interface PageFault {
  readonly fault: string;
}

function loaderOf({ opened }: CarriedFiles): SourceLoader {
  const missing: OpenFailure = { reason: 'missing', text: 'not in this page' };
  return {
    open: (path) => opened.get(path) ?? missing,
    read(path, offset, length) {
      const found = opened.get(path) ?? missing;
      if ('reason' in found) return found;
      const from = Number(offset);
      return found.bytes.subarray(from, length === undefined ? undefined : from + Number(length));
    },
  };
}

/** The machine with this name, else the first one. */
function chosen({ artifacts }: CarriedMachine, name: string): NamedMachine {
  const machines = machinesOf(artifacts);
  return machines.find((machine) => machine.name === name) ?? machines[0]!;
}

/** Whether the command line needs `--select` to name the machine: it is one of several in an image or an archive. */
function isSelected({ name, artifacts }: NamedMachine): boolean {
  return name !== undefined && !artifacts.some(({ path }) => path === name || path.startsWith(`${name}/`));
}

/** The answer as printed by the equivalent command. */
export function pageJson(machine: NamedMachine, json: JsonObject): string {
  return printJson(isSelected(machine) ? { ...json, name: machine.name! } : json);
}

/** The options of reading the inputs; undefined if `kernel` is no release. */
async function describeOptionsOf(
  { given, files, overlays: givenOverlays = [] }: CarriedMachine,
  { artifacts, memory: imageMemory, overlays: imageOverlays }: NamedMachine,
  set: ReadonlyMap<string, bigint>,
  kernel: string | undefined,
): Promise<DescribeOptions | undefined> {
  const { assume, cells, osi } = given;
  const memory = [...(given.memory ?? []), ...imageMemory];
  const overlays = [...(await overlayTrees(imageOverlays)), ...givenOverlays];
  const system = await systemOptions(artifacts, { kernel, osi, assume });
  if (system === undefined) return undefined;
  const loader = files && loaderOf(files);
  const asl = artifacts.find(({ kind }) => kind === 'asl');
  const beside = asl === undefined || asl.path === '-' ? undefined : asl.path;
  return {
    ...(set.size === 0 ? {} : { set }),
    ...(memory.length === 0 ? {} : { memory }),
    ...(assume === undefined ? {} : { assume }),
    ...system,
    ...(cells === undefined ? {} : { cells }),
    ...(asl === undefined || loader === undefined || files === undefined
      ? {}
      : { asl: { files: aslFiles(loader, beside, files.includePaths) } }),
    parse: {
      ...(loader === undefined || files === undefined || !artifacts.some(({ kind }) => kind === 'dts')
        ? {}
        : {
            loader,
            includePaths: files.includePaths,
            ...(files.defines === undefined ? {} : { defines: files.defines }),
          }),
      ...(overlays.length === 0 ? {} : { overlays }),
    },
  };
}

/** The text of a kernel configuration with this value of CONFIG_SYSFB only. */
export function sysfbConfig(value: string): string {
  return value === 'y' ? 'CONFIG_SYSFB=y\n' : '# CONFIG_SYSFB is not set\n';
}

/** The name of that configuration as an input, and as a file on the command line. */
export const SYSFB_CONFIG = 'sysfb.config';

function parseFields(set: PageSettings['set']): ReadonlyMap<string, bigint> | PageFault {
  const values = new Map<string, bigint>();
  for (const [name, text] of Object.entries(set)) {
    if (text.trim() === '') continue;
    const value = parseSize(text);
    if (value === undefined)
      return { fault: `${name}: ${text} is not a number; write it as 0x1000, 4096 or 4K` };
    values.set(name, value);
  }
  return values;
}

function parseKernel(given: GivenFacts, settings: PageSettings): GivenFacts | PageFault {
  const { release, boot, framebuffer } = settings;
  if (release.trim() !== '' && parseRelease(release.trim()) === undefined)
    return { fault: `${release} is not a kernel release; for example 6.12.30` };
  const at = framebuffer.indexOf('+');
  const [base, size] = [parseSize(framebuffer.slice(0, at)), parseSize(framebuffer.slice(at + 1))];
  const hasFramebuffer = framebuffer.trim() !== '';
  if (hasFramebuffer && (at <= 0 || base === undefined || size === undefined || size === 0n))
    return { fault: `framebuffer: ${framebuffer} is not BASE+SIZE; for example 0xf8000000+0x800000` };
  const { release: _release, boot: _boot, framebuffer: _framebuffer, ...rest } = given;
  return {
    ...rest,
    ...(release.trim() === '' ? {} : { release: release.trim() }),
    ...(boot === 'efi' || boot === 'bios' || boot === 'dt' ? { boot } : {}),
    ...(hasFramebuffer && base !== undefined && size !== undefined
      ? {
          framebuffer: {
            base,
            size,
            from: 'given' as const,
            text: `${formatMemRange(base, size)} by option`,
          },
        }
      : {}),
  };
}

/** The initial settings of a page. */
export function settingsOf({ given, shown = '' }: CarriedMachine): PageSettings {
  const { framebuffer, release = '', boot = '' } = given.kernel;
  const hex = (value: bigint | null | undefined): string => `0x${(value ?? 0n).toString(16)}`;
  return {
    question: 'sysfb',
    machine: shown,
    set: Object.fromEntries([...given.set].map(([name, value]) => [name, hex(value)])),
    release,
    boot,
    framebuffer: framebuffer === undefined ? '' : `${hex(framebuffer.base)}+${hex(framebuffer.size)}`,
    sysfb: '',
  };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command line with the same inputs and settings. */
function commandLine(machine: NamedMachine, settings: PageSettings): string {
  const paths = [...new Set(machine.artifacts.map(({ path }) => path))];
  const options = [
    ...(isSelected(machine) ? [`--select ${shellWord(machine.name!)}`] : []),
    ...Object.entries(settings.set).flatMap(([name, value]) =>
      value.trim() === '' ? [] : [`--set ${shellWord(`${name}=${value.trim()}`)}`],
    ),
    ...(settings.release.trim() === '' ? [] : [`--kernel ${shellWord(settings.release.trim())}`]),
    ...(settings.boot === '' ? [] : [`--boot ${settings.boot}`]),
    ...(settings.framebuffer.trim() === ''
      ? []
      : [`--framebuffer ${shellWord(settings.framebuffer.trim())}`]),
    ...(settings.sysfb === '' ? [] : [`--config ${SYSFB_CONFIG}`]),
  ];
  return ['fwmap', settings.question, ...paths.map(shellWord), ...options].join(' ');
}

async function reportOn(
  question: PageQuestion,
  artifacts: readonly Artifact[],
  options: { readonly describe: DescribeOptions; readonly kernel: GivenFacts },
  sink: DiagnosticList,
  version: string,
): Promise<Report> {
  switch (question) {
    case 'sysfb':
      return sysfbReport(await answerSysfb(artifacts, options, sink), { version });
    case 'bridges':
      return bridgesReport(await answerBridges(artifacts, { ...options, bridges: {} }, sink));
    case 'simulate': {
      const { answerSimulation } = await import('../verdict/simulation/simulation.ts');
      return simulationReport(await answerSimulation(artifacts, options, sink));
    }
    case 'windows':
      return windowsReport(await describe(artifacts, options.describe, sink), sink.all);
  }
}

/** Answers with the settings of a page; a fault if a setting is invalid or cannot be applied. */
export async function answerOnPage(
  carried: CarriedMachine,
  settings: PageSettings,
  version: string,
): Promise<PageAnswer | PageFault> {
  const set = parseFields(settings.set);
  if ('fault' in set) return set;
  const kernel = parseKernel(carried.given.kernel, settings);
  if ('fault' in kernel) return kernel;
  const machine = chosen(carried, settings.machine);
  const sink = new DiagnosticList([...carried.said, ...machine.findings]);
  const artifacts = [...machine.artifacts];
  if (settings.sysfb !== '') {
    const bytes = new TextEncoder().encode(sysfbConfig(settings.sysfb));
    artifacts.push(...(await openBytes(SYSFB_CONFIG, bytes, { as: 'kconfig' }, sink)));
  }
  if (set.size > 0 && !artifacts.some(({ kind }) => TABLE_KINDS.has(kind)))
    return { fault: 'none of the inputs is an ACPI table, whose fields could be set' };
  const describeOptions = await describeOptionsOf(carried, machine, set, kernel.release);
  if (describeOptions === undefined) return { fault: `${kernel.release} is not a kernel release` };
  const report = await reportOn(
    settings.question,
    artifacts,
    { describe: describeOptions, kernel },
    sink,
    version,
  );
  const refused = sink.all.find(({ code }) => code.startsWith('acpi/set-'));
  if (refused !== undefined) return { fault: diagnosticText(refused) };
  const json = report.json();
  return {
    parts: pageParts(report.document('html'), (await report.maps?.()) ?? []),
    json: pageJson(machine, json),
    fields: openFields(json.fields),
    command: commandLine(machine, settings),
  };
}

/** Firmware fields in the JSON's list of names. Later reads of a field are left out: they cannot be set separately. */
function openFields(fields: unknown): OpenField[] {
  if (!Array.isArray(fields)) return [];
  return fields.flatMap((field: Readonly<Record<string, unknown>>) => {
    const { name, bits, space, address } = field;
    if (typeof name !== 'string' || typeof bits !== 'number' || field.read !== undefined) return [];
    return [{ name, bits, where: [space, address].filter((part) => typeof part === 'string').join(' ') }];
  });
}

/** The names of the machines among which the reader chooses; empty if there is only one. */
export function machineNames({ artifacts }: CarriedMachine): string[] {
  return machinesOf(artifacts).flatMap(({ name }) => name ?? []);
}

/**
 * Opens files that were dropped on a page together; earlier inputs stay. Files that cannot belong to the chosen machine
 * make another one.
 * @param name of the chosen machine @returns also the name of the machine that the files belong to
 */
export async function withDropped(
  carried: CarriedMachine,
  name: string,
  dropped: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<{ readonly carried: CarriedMachine; readonly machine: string }> {
  const sink = new DiagnosticList();
  const opened: Artifact[] = [];
  for (const file of dropped) opened.push(...(await openBytes(file.name, file.bytes, { openImage }, sink)));
  const id = chosen(carried, name).artifacts.find(({ machine }) => machine !== undefined)?.machine?.id;
  const { artifacts, diagnostics, at } = addedLater(carried.artifacts, id, opened, sink.all);
  const now = machinesOf(artifacts).find((machine) =>
    machine.artifacts.some((artifact) => artifact.machine?.id === at),
  );
  return {
    carried: { ...carried, artifacts, said: [...carried.said, ...diagnostics] },
    machine: now?.name ?? '',
  };
}

/** The value of a slider's position, in the format of `--set`. @param of the number of steps */
export function sliderText(bits: number, position: number, of: number): string {
  const top = (1n << BigInt(bits)) - 1n;
  const value = (top * BigInt(position)) / BigInt(of);
  // Firmware places nothing at odd addresses: values of 1 MiB and more are rounded down to multiples of 1 MiB.
  const step = value >> 20n > 0n ? 1n << 20n : 1n;
  return `0x${(value - (value % step)).toString(16)}`;
}

/** The slider's position of a value; undefined if the text is no number. @param of the number of steps */
export function sliderPosition(bits: number, text: string, of: number): number | undefined {
  const value = parseInteger(text) ?? parseSize(text);
  if (value === undefined) return undefined;
  const top = (1n << BigInt(bits)) - 1n;
  return Number((value * BigInt(of) + top / 2n) / top);
}
