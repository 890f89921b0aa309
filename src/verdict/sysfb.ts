/**
 * The question `sysfb`: does a kernel on this machine need CONFIG_SYSFB? The hazard behind it: VMBus hands out MMIO
 * space in which the framebuffer lies. Rules are named and carry their evidence; a missing fact never leads to
 * `not-needed`.
 */
import type { DiagnosticList } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import { sysfbProposal } from '../linux/kconfig.ts';
import { unknownCommits } from '../linux/profile.ts';
import type { Machine } from '../window/describe.ts';
import { type Judgement, Reasons } from './judgement.ts';
import { type Kernel, type KernelFacts, kernelOf } from './kernel.ts';
import { type Subject, subjectsOf } from './subject.ts';
import { type Condition, compareAnswers, type KconfigFinding, type Verdict } from './verdict.ts';

export const SYSFB_QUESTION = 'Does a kernel on this machine need CONFIG_SYSFB?';

/** Configuration symbols that bear on the answer and are shown with it. */
const SHOWN_SYMBOLS = [
  'SYSFB',
  'HYPERV',
  'HYPERV_VTL_MODE',
  'EFI',
  'ACPI',
  'OF',
  'PCI_HYPERV',
  'FB_EFI',
  'DRM_HYPERV',
];

/**
 * Answers the question for one machine.
 * @param facts what options and evidence say of the kernel
 * @param diagnostics what was said while the inputs were read, to which judging adds; the verdict carries them
 */
export async function judgeSysfb(
  machine: Machine,
  facts: KernelFacts,
  diagnostics: DiagnosticList,
): Promise<Verdict> {
  const kernel = kernelOf(facts);
  const reasons = new Reasons(diagnostics);
  for (const commit of unknownCommits([...(facts.withCommits ?? []), ...(facts.withoutCommits ?? [])]))
    diagnostics.add(finding('linux/unknown-commit', { commit }));
  const subjects = subjectsOf(machine, facts.vtl);
  const judged: { subject: Subject; judgement: Judgement }[] = [];
  for (const subject of subjects)
    judged.push({ subject, judgement: await judge(subject, machine, kernel, reasons) });
  const judgement = judged.length === 0 ? await withoutVmbus(machine, kernel, reasons) : combined(judged);
  const config = Object.fromEntries(
    facts.config ? SHOWN_SYMBOLS.map((name) => [name, facts.config?.get(name) ?? 'n']) : [],
  );
  return {
    question: SYSFB_QUESTION,
    answer: judgement.answer,
    summary: judgement.summary,
    effective: judgement.effective,
    hazard: judgement.hazard,
    conditions: judgement.conditions,
    rules: reasons.rules,
    assumptions: reasons.assumptions,
    wouldChange: reasons.wouldChange,
    machine: { platform: judgement.platform, boot: judgement.boot, vtl: judgement.vtl },
    kernel: { release: facts.release ?? null, presumed: kernel.profile.presumed, config },
    pool: judgement.pool,
    framebuffer: judgement.framebuffer,
    ...(judgement.answer === 'unknown' ? {} : { kconfig: kconfigOf(kernel) }),
    windows: machine.windows,
    inputs: machine.artifacts,
    diagnostics: diagnostics.all,
  };
}

/** The Kconfig line that expresses the answer for every machine alike, and what the given configuration makes of it. */
function kconfigOf(kernel: Kernel): KconfigFinding {
  const { line, parts, under, inForce } = sysfbProposal(kernel.profile.behaviour);
  return {
    proposal: line,
    explanation: [
      ...parts.map(({ text, why }) => `${text}: ${why}`),
      inForce
        ? `${kernel.name} has the line, below ${under}`
        : `${kernel.name} does not have the line; it belongs below ${under}`,
      ...(kernel.kconfig === undefined
        ? []
        : [
            `in the given configuration CONFIG_SYSFB is ${kernel.sysfb}: ${kernel.sysfbWhy}`,
            ...(kernel.kconfig.disagrees
              ? [
                  'that is not what the Kconfig of this release makes of it: another release, or a patched kernel',
                ]
              : []),
            ...(kernel.kconfig.couldBeOff
              ? ['nothing in Hyper-V support keeps the symbol from being off']
              : []),
          ]),
    ],
  };
}

async function judge(
  subject: Subject,
  machine: Machine,
  kernel: Kernel,
  reasons: Reasons,
): Promise<Judgement> {
  if (subject.kind === 'acpi') {
    const { judgeAcpi } = await import('./acpi-judgement.ts');
    return judgeAcpi(subject, machine, kernel, reasons);
  }
  const { judgeTree } = await import('./tree-judgement.ts');
  const framebuffers = machine.windows.filter((window) => window.role === 'framebuffer');
  const { readingConditions } = await import('./readings.ts');
  const judgement = judgeTree(subject, framebuffers, kernel, reasons);
  const conditions = readingConditions(subject, framebuffers, kernel, reasons);
  return conditions.length === 0
    ? judgement
    : { ...judgement, conditions: [...judgement.conditions, ...conditions] };
}

/** No VMBus device: the question does not arise, or too little was read. What can be said of the machine is said. */
async function withoutVmbus(machine: Machine, kernel: Kernel, reasons: Reasons): Promise<Judgement> {
  const read = machine.trees.length > 0 || machine.acpi !== undefined;
  reasons.rule(
    'no-vmbus',
    read
      ? 'The inputs describe no VMBus device: no node compatible with "microsoft,vmbus", no device with the id VMBus.'
      : 'The inputs hold no firmware description that could be read.',
    {
      text: read ? 'every node and device was looked at' : 'no device tree, no ACPI table, no resource list',
    },
  );
  reasons.change(
    'the device tree or the ACPI tables of a Hyper-V machine: /sys/firmware/fdt, /proc/device-tree, or what acpidump prints',
  );
  // Without a framebuffer and without a memory map there is nothing to say of the other windows.
  const { framebuffer: given, evidence } = kernel.facts;
  const general =
    given !== undefined || evidence !== undefined || machine.trees.length > 0
      ? await import('./general.ts')
      : undefined;
  const framebuffer = general?.describeGenerally(machine, kernel, reasons) ?? null;
  return {
    answer: 'unknown',
    summary: read
      ? 'Unknown: the inputs describe no VMBus machine.'
      : 'Unknown: the inputs hold no firmware description.',
    effective: null,
    hazard: 'unknown',
    conditions: [],
    pool: [],
    framebuffer,
    platform: 'other',
    boot: kernel.facts.boot ?? 'unknown',
    vtl: kernel.facts.vtl ?? null,
  };
}

function combined(judged: readonly { subject: Subject; judgement: Judgement }[]): Judgement {
  const first = judged[0]!;
  if (judged.length === 1) return first.judgement;
  const sorted = judged.toSorted((a, b) => compareAnswers(a.judgement.answer, b.judgement.answer));
  const worst = sorted[0]!.judgement;
  if (judged.every(({ judgement }) => judgement.answer === worst.answer)) return worst;
  const conditions: Condition[] = judged.map(({ subject, judgement }) => ({
    when: `the kernel is given ${subject.path}${subject.kind === 'device-tree' && subject.vtl !== null ? ` (VTL ${subject.vtl})` : ''}`,
    answer: judgement.answer,
    because: judgement.summary,
  }));
  return {
    ...worst,
    answer: 'depends',
    summary: `It depends on which of ${judged.length} VMBus devices the kernel is given: ${conditions.map((condition) => `${condition.answer} when ${condition.when}`).join('; ')}.`,
    conditions,
  };
}
