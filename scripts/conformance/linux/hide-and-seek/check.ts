/** Asks about what is left of a machine, and holds the answer against what is so. */
import type { Artifact } from '../../../../src/artifact/artifact.ts';
import { openBytes } from '../../../../src/artifact/open-bytes.ts';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../../src/verdict/answer.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import { type Contents, drawContents, levelsIn } from './firmware-acpi.ts';
import type { Shown } from './hiding.ts';
import { drawBoot, drawConfiguration, drawKernel, kernelOf, type Machine } from './machine.ts';
import type { Random } from './random.ts';
import { hasDriver, isOn, type Truth, truthOf } from './truth.ts';

/** An answer that took more processor time is a failure. */
const MOST_SECONDS = 5;
/** Completions of what was hidden that are looked at. */
const COMPLETIONS = 20;
/** An exposed framebuffer may take a newer kernel, another place and a driver that the true machine lacks, all at once. */
const NEEDED_COMPLETIONS = 200;

export interface Checked {
  readonly verdict: Verdict;
  readonly truth: Truth;
  readonly seconds: number;
  /** The answer is as exact as possible. */
  readonly exact: boolean;
  /** What is wrong, as a sentence; undefined when nothing is. */
  readonly wrong?: string;
}

export async function ask(shown: Shown): Promise<Verdict> {
  const diagnostics = new DiagnosticList();
  const artifacts: Artifact[] = [];
  for (const { name, bytes } of shown.files)
    artifacts.push(...(await openBytes(name, bytes, {}, diagnostics)));
  return answerSysfb(
    artifacts,
    {
      describe: {
        ...(shown.set.size > 0 ? { set: shown.set } : {}),
        ...(shown.memory.length > 0 ? { memory: shown.memory } : {}),
      },
      kernel: shown.kernel,
    },
    diagnostics,
  );
}

export async function check(machine: Machine, shown: Shown, random: Random): Promise<Checked> {
  const before = process.cpuUsage();
  const verdict = await ask(shown);
  const used = process.cpuUsage(before);
  const seconds = (used.user + used.system) / 1e6;
  const truth = truthOf(machine);
  const exact = verdict.answer === (truth.without ? 'needed' : 'not-needed');
  const wrong =
    seconds > MOST_SECONDS
      ? `the answer took ${seconds.toFixed(1)} s`
      : (wrongAnswer(machine, shown, verdict, truth, random) ?? wrongWindow(machine, verdict));
  return { verdict, truth, seconds, exact, ...(wrong === undefined ? {} : { wrong }) };
}

function wrongAnswer(
  machine: Machine,
  shown: Shown,
  { answer, effective }: Verdict,
  truth: Truth,
  random: Random,
): string | undefined {
  if (answer === 'not-needed') {
    if (truth.without) return 'not-needed, and the framebuffer is exposed';
    const exposed = completion(machine, shown, shown.mentioned, random, COMPLETIONS);
    if (exposed !== undefined)
      return `not-needed, and with what is hidden otherwise the framebuffer is exposed: ${exposed}`;
  }
  if (
    answer === 'needed' &&
    !truth.without &&
    completion(machine, shown, shown.said, random, NEEDED_COMPLETIONS) === undefined
  )
    return 'needed, and it is safe whatever is hidden';
  if (shown.amount !== 'nothing' || isNotRead(machine)) return undefined;
  if (machine.boot.framebuffer === null && answer !== 'not-needed') return undefined;
  const wanted = truth.without ? 'needed' : 'not-needed';
  if (answer !== wanted) return `everything is given and the answer is ${answer}, not ${wanted}`;
  return effective === truth.effective
    ? undefined
    : `everything is given and effective is ${effective}, not ${truth.effective}`;
}

/** The kernel reads another description than the one that is given: fwmap must answer `unknown`. */
function isNotRead(machine: Machine): boolean {
  return !hasDriver(machine) && (isOn(machine, 'HYPERV') || !isOn(machine, 'ACPI'));
}

const ASPECTS: readonly string[] = ['commits', 'contents', 'configuration'];

/** A machine that agrees with what is fixed and whose framebuffer is exposed; undefined when none was found. */
function completion(
  machine: Machine,
  shown: Shown,
  fixed: ReadonlySet<string>,
  random: Random,
  count: number,
): string | undefined {
  const { firmware, arch, must } = machine;
  for (let at = 0; at < count; at += 1) {
    // What is hidden may be as it is, too: fields drawn by themselves seldom agree with what is shown of the windows.
    const asIs = new Set([...fixed, ...ASPECTS.filter(() => random.chance(0.5))]);
    const kernel = asIs.has('commits')
      ? machine.kernel
      : asIs.has('release')
        ? kernelOf(random, machine.kernel.release, machine.kernel.vendor)
        : drawKernel(random, 0.3);
    const configuration =
      asIs.has('configuration') || must.has('config')
        ? machine.configuration
        : drawConfiguration(random, kernel, arch, firmware.kind === 'tree');
    const contents =
      firmware.kind !== 'acpi' || asIs.has('contents') || must.has('values')
        ? machine.contents
        : new Map([...drawContents(random, firmware), ...shown.set]);
    const boot = otherBoot(machine, fixed, contents, random);
    const other: Machine = { ...machine, kernel, configuration, contents, boot };
    if (truthOf(other).without)
      return `Linux ${kernel.release}${kernel.withCommits.length > 0 ? ` with ${kernel.withCommits.join()}` : ''}, ${[...contents].map(([name, value]) => `${name} 0x${value.toString(16)}`).join(' ')} ${show(boot)}`;
  }
  return undefined;
}

/** Another boot that what is shown allows. */
function otherBoot(
  machine: Machine,
  fixed: ReadonlySet<string>,
  contents: Contents,
  random: Random,
): Machine['boot'] {
  const { firmware, arch, must, boot } = machine;
  const drawn = drawBoot(random, firmware, contents, arch);
  const none = { base: 0n, size: 0n };
  const hasTrueGaps = contents === machine.contents;
  const isFixed = fixed.has('boot');
  if (isFixed && (hasTrueGaps || boot.framebuffer === null)) return boot;
  if (isFixed || must.has('params') || must.has('lspci') || fixed.has('lfb')) {
    if (boot.lfb.base !== 0n) return boot;
    // Of a framebuffer that the kernel wasn't told of the inputs don't say where it is. Its true place needs the true gaps.
    return { ...boot, framebuffer: drawn.framebuffer ?? (hasTrueGaps ? boot.framebuffer : null) };
  }
  if (!must.has('log')) return drawn;
  // The log shows how the kernel was started, but not where the framebuffer is.
  const { start, confidential, by } = boot;
  const maySet = start === 'kdump' && arch === 'x86_64' && random.chance(0.5);
  return { ...drawn, by, start, confidential, lfb: maySet ? drawn.lfb : none };
}

/** As JSON, addresses in hexadecimal digits. */
export function show(value: unknown): string {
  return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `0x${each.toString(16)}` : each));
}

/** A window that is reported as certain and is not in the firmware. */
function wrongWindow(machine: Machine, verdict: Verdict): string | undefined {
  const { firmware, contents } = machine;
  const real = new Set<string>();
  if (firmware.kind === 'acpi')
    for (const { crs } of levelsIn(firmware, contents))
      for (const { min, max } of crs ?? []) real.add(`${min} ${max - min + 1n}`);
  else for (const { base, size } of firmware.raw) real.add(`${base} ${size}`);
  for (const window of verdict.windows) {
    if (window.role !== 'window' || window.space !== 'memory' || window.certainty !== 'certain') continue;
    if (!real.has(`${window.base} ${window.size}`))
      return `a window that isn't there is certain: 0x${window.base.toString(16)}+0x${window.size.toString(16)}`;
  }
  return undefined;
}
