/** The question on an ACPI boot: what `vmbus_acpi_add` collects, and whether `vmbus_reserve_fb` protects the framebuffer. */

import { isExpr, quantityField } from '../acpi/resources/descriptor.ts';
import { formatMemRange } from '../bytes/address.ts';
import { GEN2_VIDEO_MEMORY } from '../linux/framebuffer.ts';
import { PASS_THROUGH_NVME } from '../linux/scenario.ts';
import { checkAgainstKernel } from '../linux/self-check.ts';
import { simulate } from '../linux/simulate.ts';
import { buildAcpiPool } from '../linux/vmbus/acpi-pool.ts';
import { levelsOf } from '../linux/vmbus/firmware-input.ts';
import type { VmbusPool, VmbusWindow } from '../linux/vmbus/pool.ts';
import { reserveFramebuffer } from '../linux/vmbus/reservation.ts';
import { formatQuantity } from '../symbolic/index.ts';
import { conjunction, formatConjunction } from '../window/conditions.ts';
import type { Machine } from '../window/describe.ts';
import { type Interval, intersectionOfSets, overlaps, subtract } from '../window/interval.ts';
import type { AddressWindow, Origin } from '../window/window.ts';
import { type CrsCase, casesOf, lowWhen, mayBeLow, type OpenDescriptor } from './acpi-cases.ts';
import { combinations, type FoundCase, type Outcome, together } from './acpi-outcomes.ts';
import { assumeKernel, bootOf, framebufferFacts, framebufferOf } from './circumstances.ts';
import { AUTHORITY, type Judgement, type Reasons } from './judgement.ts';
import { type Kernel, symbol } from './kernel.ts';
import type { AcpiSubject, SubjectLevel } from './subject.ts';
import type { Condition, EvidenceItem, FramebufferFinding, Hazard } from './verdict.ts';

export function judgeAcpi(
  subject: AcpiSubject,
  machine: Machine,
  kernel: Kernel,
  reasons: Reasons,
): Judgement {
  if (subject.presumed)
    reasons.assume(
      'the resource list is that of the device above VMBus',
      AUTHORITY.presumption,
      'the list of a device that is no ancestor of VMBus is not read by its driver',
    );
  const boot = bootOf(subject, kernel.facts, reasons);
  assumeKernel(kernel, reasons);
  const wrap = (outcome: Outcome, conditions: readonly Condition[] = []): Judgement => ({
    ...outcome,
    conditions,
    platform: subject.generation === 1 ? 'hyperv-gen1' : 'hyperv-gen2',
    boot,
    vtl: kernel.facts.vtl ?? null,
  });
  if (boot === 'dt') return wrap(notRead(reasons));
  if (symbol(kernel.facts, 'HYPERV_VTL_MODE') === 'y')
    reasons.rule(
      'vtl-mode-on-acpi',
      'CONFIG_HYPERV_VTL_MODE is set and the boot is by ACPI: such a kernel is not meant to run as a normal guest, and Hyper-V support does not select SYSFB for it.',
      { text: 'HYPERV_VTL_MODE=y in the given configuration', authority: AUTHORITY.select },
    );
  const unread = subject.levels.find(
    ({ entry }) => entry?.status === 'unknown' && entry.alternatives === undefined,
  );
  if (unread) return wrap(unreadable(subject, unread, reasons));

  const { cases, complete } = casesOf(subject.levels);
  const found: FoundCase[] = [];
  const add = (literals: readonly string[], outcome: Outcome): void => {
    const when = conjunction(literals);
    if (when !== undefined) found.push({ when, outcome });
  };
  for (const each of cases) {
    const settled = judgeSettled(subject, each, boot, kernel, reasons);
    const low = each.open.filter(mayBeLow);
    // What a settled window answers is not made less by another that may or may not be there.
    if (low.length === 0 || settled.answer === 'needed') {
      add(each.when, settled);
      continue;
    }
    if (low.some(({ descriptor }) => isExpr(descriptor.fields.length)))
      reasons.assume(
        'a descriptor of length 0 gives no window',
        'ACPI 6.5, 6.4.3.5; vmbus_walk_resources() itself looks at minimum and maximum only',
        'firmware that leaves minimum and length at 0 and computes the maximum as minimum + length - 1: the driver then takes everything from 0 on',
      );
    for (const one of low)
      add([...each.when, ...lowWhen(one).holds], judgeOpen(machine, subject, one, boot, kernel, reasons));
    for (const fails of combinations(low.map((one) => lowWhen(one).fails)))
      add([...each.when, ...fails], settled);
  }
  if (!complete)
    reasons.rule(
      'cases-cut',
      `Only the first ${cases.length} combinations of what the firmware leaves open were looked at.`,
      {
        text: 'settle values with --set or --memory',
      },
    );
  return wrap(...together(found, complete, reasons));
}

function unknown(summary: string): Outcome {
  return { answer: 'unknown', effective: null, hazard: 'unknown', framebuffer: null, pool: [], summary };
}

function notRead(reasons: Reasons): Outcome {
  reasons.rule('acpi-not-read', 'On a device tree boot the VMBus driver does not read these resources.', {
    text: 'acpi_disabled decides in vmbus_platform_driver_probe()',
    authority: AUTHORITY.deviceAdd,
  });
  reasons.change('the device tree that this kernel boots with');
  return unknown('Unknown: the boot is by device tree, and no device tree with a VMBus node was given.');
}

function unreadable(subject: AcpiSubject, { path, entry }: SubjectLevel, reasons: Reasons): Outcome {
  const why = entry?.why ?? 'it was not evaluated';
  reasons.rule('acpi-window-unknown', `What the _CRS of ${path} holds cannot be told.`, {
    text: why,
    origin: {
      artifact: subject.artifact,
      path,
      item: '_CRS',
      index: 0,
      ...(entry?.span ? { span: entry.span } : {}),
    },
  });
  reasons.change(`the values that ${path}._CRS hangs on: --set NAME=VALUE or --memory FILE@ADDRESS`);
  return unknown(`Unknown: what windows ${path}._CRS gives to VMBus cannot be told (${why}).`);
}

/** The answer if a window with open bounds is there and low: the framebuffer is presumed at its base. */
function judgeOpen(
  machine: Machine,
  subject: AcpiSubject,
  open: OpenDescriptor,
  boot: 'efi' | 'bios',
  kernel: Kernel,
  reasons: Reasons,
): Outcome {
  const base = formatQuantity(open.min);
  const size = formatQuantity(quantityField(open.descriptor, 'length') ?? open.max);
  const framebuffer: FramebufferFinding = kernel.facts.framebuffer ?? {
    base: null,
    size: null,
    from: 'presumed',
    expression: base,
    text: `presumed at the base of the low window, ${base}`,
  };
  if (kernel.facts.framebuffer === undefined)
    reasons.assume(
      `the framebuffer is at the base of the low window (${base})`,
      AUTHORITY.framebufferIsLow,
      '--framebuffer BASE+SIZE',
    );
  const own = machine.windows.find(
    ({ origin, expressions }) =>
      origin.path === open.level.path && origin.index === open.index && expressions?.base === base,
  );
  const pool: AddressWindow[] = own
    ? [own]
    : [
        {
          space: 'memory',
          role: 'window',
          base: null,
          size: null,
          certainty: 'conditional',
          when: formatConjunction(lowWhen(open).holds),
          expressions: { base, size },
          flags: { producer: true },
          origin: originOf(subject, open.level, open.index),
          derivation: (open.level.entry?.steps ?? []).map((step) => ({ what: 'evaluate', ...step })),
        },
      ];
  const gated = boot === 'efi' && kernel.profile.behaviour.sysfbGate;
  gateRule(boot, kernel, reasons);
  return {
    answer: gated ? 'needed' : 'not-needed',
    effective: gated,
    hazard: gated ? hazardBy(kernel, 'none', pciHazard(kernel)) : 'none',
    framebuffer,
    pool,
    summary: `the window [${base}, ${base} + ${size}) holds the framebuffer, and ${kernel.name} reserves it ${gated ? 'only with' : 'without'} CONFIG_SYSFB`,
  };
}

/** Whether this boot path asks for CONFIG_SYSFB, and who says so. */
function gateRule(boot: 'efi' | 'bios', kernel: Kernel, reasons: Reasons): void {
  const { biosFramebuffer, sysfbGate, hypervSelectsSysfb } = kernel.profile.behaviour;
  if (boot === 'bios') {
    reasons.rule(
      biosFramebuffer === 'pci-bar' ? 'gen1-pci-bar' : 'gen1-screen-info',
      `On a BIOS boot ${kernel.name} takes the framebuffer from ${biosFramebuffer === 'pci-bar' ? 'the PCI video device' : 'screen_info'}, whatever CONFIG_SYSFB is.`,
      {
        text: 'the BIOS branch of the reservation has no test of CONFIG_SYSFB',
        authority: AUTHORITY.gen1Bar,
      },
    );
    return;
  }
  if (!sysfbGate) {
    reasons.rule('efi-ungated', `${kernel.name} reads screen_info whatever CONFIG_SYSFB is.`, {
      text: 'the test of CONFIG_SYSFB came with v6.7',
      authority: AUTHORITY.sysfbGate,
    });
    return;
  }
  reasons.rule(
    'efi-gated',
    `On an EFI boot ${kernel.name} learns where the framebuffer is from screen_info, and only with CONFIG_SYSFB.`,
    { text: 'IS_ENABLED(CONFIG_SYSFB) in vmbus_reserve_fb()', authority: AUTHORITY.sysfbGate },
  );
  if (hypervSelectsSysfb !== 'nothing')
    reasons.rule(
      'kconfig-selects',
      `CONFIG_${hypervSelectsSysfb} of ${kernel.name} selects SYSFB on an EFI kernel that is not for VTL2.`,
      {
        text: 'select SYSFB if EFI && !HYPERV_VTL_MODE',
        authority: AUTHORITY.select,
      },
    );
}

/** The hazard with the configuration given: that with CONFIG_SYSFB, that without, or not known. */
function hazardBy(kernel: Kernel, withSysfb: Hazard, without: Hazard): Hazard {
  if (kernel.sysfb === 'unknown') return withSysfb === without ? without : 'unknown';
  return kernel.sysfb === 'y' ? withSysfb : without;
}

/** What an unprotected framebuffer comes to: with PCI pass-through the boot disk may be lost. */
function pciHazard(kernel: Kernel): Hazard {
  return symbol(kernel.facts, 'PCI_HYPERV') === 'n' ? 'framebuffer-unprotected' : 'boot-failure';
}

/** The answer with the descriptors whose bounds are known, the others left out. */
function judgeSettled(
  subject: AcpiSubject,
  { when, levels, open }: CrsCase,
  boot: 'efi' | 'bios',
  kernel: Kernel,
  reasons: Reasons,
): Outcome {
  const { behaviour } = kernel.profile;
  const walked = levelsOf(levels).levels;
  const bare = buildAcpiPool(behaviour, walked);
  const pool = bare.windows.map((window) => windowFor(subject, levels, window));
  const none = { effective: false, hazard: 'none', framebuffer: null, pool } as const;
  if (pool.length === 0) {
    // Under a condition it is the condition's answer, no finding about the machine.
    if (open.length === 0 && when.length === 0)
      reasons.rule(
        'acpi-no-window',
        'The driver collects no window: every vmbus_allocate_mmio() fails with -ENXIO.',
        {
          text:
            bare.leftOut.map((left) => left.why).join('; ') ||
            'no descriptor of VMBus or its ancestors counts',
          authority: AUTHORITY.walk,
        },
      );
    return {
      ...none,
      answer: 'not-needed',
      summary:
        open.length === 0
          ? 'CONFIG_SYSFB is not needed: the VMBus driver collects no MMIO window, so none can hold a framebuffer.'
          : 'CONFIG_SYSFB is not needed: no window given to VMBus lies below 4 GiB, where the framebuffer is.',
    };
  }
  const ranges: Interval[] = bare.windows
    .filter((window) => window.start <= window.end)
    .map((window) => ({ start: window.start, end: window.end + 1n }));
  const list = ranges.map((range) => formatMemRange(range.start, range.end - range.start)).join(' and ');
  const found = framebufferOf(bare.windows, boot, kernel.facts, reasons);
  if (found === null || found.base === null) {
    reasons.rule(
      'acpi-no-low-window',
      `VMBus is given ${list}; no part lies below 4 GiB, where the framebuffer is.`,
      {
        text: 'the framebuffer of a Hyper-V machine is in low MMIO',
        authority: AUTHORITY.framebufferIsLow,
      },
    );
    reasons.assume('the framebuffer lies below 4 GiB', AUTHORITY.framebufferIsLow, '--framebuffer BASE+SIZE');
    return {
      ...none,
      answer: 'not-needed',
      summary: `CONFIG_SYSFB is not needed: VMBus is given ${list}; no part lies below 4 GiB, where the framebuffer is.`,
    };
  }
  const { base, size } = { base: found.base, size: found.size ?? GEN2_VIDEO_MEMORY };
  if (found.size === null)
    reasons.assume(
      `the framebuffer is ${formatMemRange(base, size)}`,
      'its size is not known; Generation 2 firmware gives it 8 MiB',
      '--framebuffer BASE+SIZE',
    );
  const framebuffer: FramebufferFinding = { ...found, base, size };
  const fb: Interval = { start: base, end: base + size };
  const fbText = formatMemRange(base, size);
  const said: EvidenceItem = { text: found.text, ...(found.origin ? { origin: found.origin } : {}) };
  if (!ranges.some((range) => overlaps(range, fb))) {
    reasons.rule(
      'acpi-framebuffer-outside',
      `The framebuffer ${fbText} lies outside every window given to VMBus (${list}): nothing can be placed on it.`,
      said,
    );
    return {
      ...none,
      framebuffer,
      answer: 'not-needed',
      summary: `CONFIG_SYSFB is not needed: the framebuffer ${fbText} lies outside every window given to VMBus.`,
    };
  }

  const reserved = (sysfb: boolean): VmbusPool => {
    const made = buildAcpiPool(behaviour, walked);
    reserveFramebuffer(behaviour, made, { ...framebufferFacts(boot, kernel.facts, framebuffer), sysfb });
    return made;
  };
  const [without, withIt] = [reserved(false), reserved(true)];
  selfCheck(kernel.sysfb === 'n' ? without : withIt, kernel, reasons);
  const isProtected = (made: VmbusPool): boolean =>
    subtract(
      intersectionOfSets([fb], ranges),
      made.framebuffer ? [{ start: made.framebuffer.start, end: made.framebuffer.end + 1n }] : [],
    ).length === 0;
  gateRule(boot, kernel, reasons);
  if (isProtected(without)) {
    reasons.rule(
      'reserved-without-sysfb',
      `${kernel.name} reserves ${fbText} without CONFIG_SYSFB.`,
      reservedItem(without),
    );
    reasons.change(
      'a screen_info without lfb_base, which leaves the framebuffer open, with CONFIG_SYSFB or without',
    );
    return {
      ...none,
      framebuffer,
      answer: 'not-needed',
      summary: `CONFIG_SYSFB is not needed: ${kernel.name} reserves the framebuffer ${fbText} without it.`,
    };
  }
  reasons.rule('window-holds-framebuffer', `A window given to VMBus holds the framebuffer ${fbText}.`, said, {
    text: `VMBus is given ${list}`,
    authority: AUTHORITY.walk,
  });
  const exposedHazard = (made: VmbusPool): Hazard => {
    if (isProtected(made)) return 'none';
    const played = simulate(behaviour, made, PASS_THROUGH_NVME, { base, size });
    for (const step of played.steps)
      if (step.onFramebuffer === true && step.outcome?.kind === 'placed')
        reasons.rule(
          'pass-through-lands-on-framebuffer',
          `Without a reservation the ${step.what} of a pass-through NVMe, probed before any graphics driver, gets ${formatMemRange(step.outcome.start, step.outcome.end - step.outcome.start + 1n)}: on the framebuffer.`,
          {
            text: step.consequence ?? 'first fit, from the bottom of the first window',
            authority: AUTHORITY.allocate,
          },
        );
    return played.hazard === 'boot-failure' ? pciHazard(kernel) : 'framebuffer-unprotected';
  };
  const hazardWithout = exposedHazard(without);
  if (isProtected(withIt)) {
    reasons.rule(
      'reserved-with-sysfb',
      `With CONFIG_SYSFB ${kernel.name} reserves it.`,
      reservedItem(withIt),
    );
    reasons.change('a kernel up to 6.6, which asks for no CONFIG_SYSFB; a framebuffer outside the windows');
    return {
      framebuffer,
      pool,
      answer: 'needed',
      effective: true,
      hazard: hazardBy(kernel, 'none', hazardWithout),
      summary: `CONFIG_SYSFB is needed: VMBus is given ${list}, the framebuffer ${fbText} lies in it, and ${kernel.name} reserves it only with CONFIG_SYSFB.`,
    };
  }
  const why = withIt.reservation.why ?? 'only a part of it is reserved';
  reasons.rule(
    'reservation-not-possible',
    `With CONFIG_SYSFB ${kernel.name} does not reserve it either: ${why}.`,
    {
      text: why,
      authority: AUTHORITY.reserve,
    },
  );
  reasons.change(
    behaviour.lowBaseFallback
      ? 'firmware whose first window holds the framebuffer'
      : '016a25e4b0df, which takes the start of the first window when screen_info has none; a loader that hands screen_info on',
  );
  return {
    framebuffer,
    pool,
    answer: 'needed',
    effective: false,
    hazard: hazardBy(kernel, exposedHazard(withIt), hazardWithout),
    summary: `A reservation is needed, and CONFIG_SYSFB would not make it: the framebuffer ${fbText} lies in ${list}, and ${kernel.name} does not reserve it (${why}).`,
  };
}

function reservedItem(pool: VmbusPool): EvidenceItem {
  const { start, end } = pool.framebuffer!;
  return { text: `reserved ${formatMemRange(start, end - start + 1n)}`, authority: AUTHORITY.reserve };
}

/** Holds the model's pool against what the running kernel printed; differences are errors beside the rule. */
function selfCheck(pool: VmbusPool, kernel: Kernel, reasons: Reasons): void {
  if (kernel.facts.evidence === undefined) return;
  for (const check of checkAgainstKernel(pool, kernel.facts.evidence, reasons.diagnostics))
    reasons.rule(
      check.agrees ? 'agrees-with-kernel' : 'differs-from-kernel',
      check.agrees
        ? `The running kernel's ${check.what} is what this model makes of the firmware: ${check.kernel}.`
        : `The running kernel's ${check.what} is ${check.kernel}, and this model makes ${check.model} of the firmware.`,
      { text: `${check.fact.artifact.source.name}: ${check.fact.text}` },
    );
}

function originOf(subject: AcpiSubject, level: SubjectLevel, index: number): Origin {
  const span = level.entry?.resources[index]?.span;
  return { artifact: subject.artifact, path: level.path, item: '_CRS', index, ...(span ? { span } : {}) };
}

/** The kernel's window as an {@link AddressWindow}, its origin the first descriptor that went into it. */
function windowFor(
  subject: AcpiSubject,
  levels: readonly SubjectLevel[],
  window: VmbusWindow,
): AddressWindow {
  const { level, index } = window.parts[0]!;
  const ordered = window.start <= window.end;
  return {
    space: 'memory',
    role: 'window',
    base: window.start,
    size: ordered ? window.end - window.start + 1n : null,
    certainty: ordered ? 'certain' : 'unknown',
    ...(ordered ? {} : { why: 'the driver keeps a window that ends before it starts' }),
    flags: { producer: true },
    origin: originOf(subject, levels[level]!, index),
    derivation: [
      ...(levels[level]!.entry?.steps ?? []).map((step) => ({ what: 'evaluate', ...step })),
      ...(window.parts.length > 1
        ? [
            {
              what: 'merged',
              text: `${window.parts.length} descriptors that touch, as the driver joins them`,
            },
          ]
        : []),
      ...(window.cutAtVtpm ? [{ what: 'cut', text: 'the end is cut at the virtual TPM, 0xfed40000' }] : []),
    ],
  };
}
