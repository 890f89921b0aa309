/** The question on a device tree boot: `vmbus_device_add` takes the node's `ranges` and reserves nothing. */
import { ADDRESS_SPACE_END, formatMemRange, formatSize, hex, ONE_MIB } from '../bytes/address.ts';
import { propertyOf } from '../devicetree/tree.ts';
import { overlaps } from '../window/interval.ts';
import { type AddressWindow, windowClass } from '../window/window.ts';
import { AUTHORITY, type Judgement, type Reasons, rangeText } from './judgement.ts';
import { type Kernel, symbol } from './kernel.ts';
import type { TreeSubject } from './subject.ts';
import type { Answer, Condition, EvidenceItem, FramebufferFinding, Hazard, Platform } from './verdict.ts';

/** Judges a VMBus node. `framebuffers` are those that the tree itself describes. */
export function judgeTree(
  subject: TreeSubject,
  framebuffers: readonly AddressWindow[],
  kernel: Kernel,
  reasons: Reasons,
): Judgement {
  const platform = platformOf(subject, kernel);
  const vtl = subject.vtl ?? kernel.facts.vtl ?? (platform === 'openhcl-vtl2' ? 2 : null);
  const where = subject.presumed ? 'the fragment' : subject.path;
  if (subject.presumed)
    reasons.assume(
      'the fragment is the VMBus node of the device tree that the kernel in VTL2 boots with',
      AUTHORITY.presumption,
      'another node would not be read by the VMBus driver, and the question would not arise',
    );
  neverReserves(subject, kernel, reasons);
  const pool = (subject.windows ?? []).filter((window) => window.space === 'memory');
  const result = (
    answer: Answer,
    summary: string,
    hazard: Hazard,
    framebuffer: FramebufferFinding | null,
    conditions: readonly Condition[] = [],
  ): Judgement => ({
    answer,
    summary,
    effective: false,
    hazard,
    conditions,
    pool,
    framebuffer,
    platform,
    boot: 'dt',
    vtl,
  });

  if (subject.windows === null || pool.length === 0) {
    reasons.rule(
      'dt-no-window',
      subject.windows === null
        ? `${where} has no ranges: the driver is given no MMIO, and every vmbus_allocate_mmio() fails with -ENXIO.`
        : `The ranges of ${where} hold no entry: the driver is given no MMIO, and every vmbus_allocate_mmio() fails with -ENXIO.`,
      { text: `${where}: no window`, authority: AUTHORITY.deviceAdd },
    );
    return result(
      'not-needed',
      `CONFIG_SYSFB is not needed: ${where} gives VMBus no MMIO window, so none can hold a framebuffer, and a device tree boot never reserves one.`,
      'none',
      null,
    );
  }

  const unknown = pool.filter(
    (window) => window.base === null || window.size === null || window.base + window.size > ADDRESS_SPACE_END,
  );
  if (unknown.length > 0) {
    reasons.rule(
      'dt-window-unknown',
      `Where ${unknown.length === 1 ? 'a window' : `${unknown.length} windows`} of ${where} lies cannot be told.`,
      ...unknown.map((window) => ({ text: unknownText(window), origin: window.origin })),
    );
    reasons.change('a tree in which the ranges of VMBus translate to CPU addresses');
    return result(
      'unknown',
      `Unknown: the ranges of ${where} give no usable CPU addresses (${unknownText(unknown[0]!)}).`,
      'unknown',
      null,
    );
  }

  const held = holdingFramebuffer(pool, framebuffers, kernel);
  if (held) {
    const { window, framebuffer } = held;
    const fb = formatMemRange(framebuffer.base!, framebuffer.size!);
    reasons.rule(
      'dt-window-holds-framebuffer',
      `The framebuffer ${fb} lies in a window given to VMBus, and nothing on a device tree boot keeps VMBus off it.`,
      {
        text: `${rangeText(window)} from ${window.origin.path} ${window.origin.item}[${window.origin.index}]`,
        origin: window.origin,
      },
      framebuffer.origin
        ? { text: framebuffer.text, origin: framebuffer.origin }
        : { text: framebuffer.text },
    );
    reasons.change(
      'ranges that leave the framebuffer out: CONFIG_SYSFB would not help, the host or the tree must',
    );
    return result(
      'needed',
      `A reservation is needed, and CONFIG_SYSFB would not make it: the framebuffer ${fb} lies in ${rangeText(window)}, which VMBus is given, and a device tree boot never calls vmbus_reserve_fb(). Take it out of the ranges of ${where}.`,
      'framebuffer-unprotected',
      framebuffer,
    );
  }

  const low = pool.filter((window) => windowClass(window) !== 'high');
  const known = knownFramebuffer(framebuffers, kernel);
  if (low.length === 0) {
    reasons.rule(
      'dt-windows-above-4g',
      `No part of ${pool.length === 1 ? 'the window' : 'any window'} given to VMBus lies below 4 GiB, where the framebuffer is.`,
      ...pool.map((window) => ({ text: aboveText(window), origin: window.origin })),
      {
        text: 'Hyper-V puts the framebuffer in low MMIO, below 4 GiB',
        authority: AUTHORITY.framebufferIsLow,
      },
    );
    if (known) outside(known, reasons);
    else
      reasons.assume(
        'the framebuffer, if there is one, lies below 4 GiB',
        AUTHORITY.framebufferIsLow,
        'a framebuffer inside the window (--framebuffer BASE+SIZE) would be unprotected, with CONFIG_SYSFB or without',
      );
    reasons.change('a ranges entry below 4 GiB, or a framebuffer inside one of the windows');
    const list = pool.map((window) => halfOpen(window)).join(' and ');
    const ends = pool.length === 1 ? `, which ends at ${endText(pool[0]!)}` : '';
    return result(
      'not-needed',
      `CONFIG_SYSFB is not needed: VMBus is given ${list}${ends}; no part lies below 4 GiB, where the framebuffer is, and a device tree boot never reserves one.`,
      'none',
      known,
    );
  }
  if (known) {
    outside(known, reasons);
    return result(
      'not-needed',
      `CONFIG_SYSFB is not needed: the framebuffer ${formatMemRange(known.base!, known.size!)} lies outside every window given to VMBus.`,
      'none',
      known,
    );
  }
  const list = low.map((window) => rangeText(window)).join(' and ');
  reasons.rule(
    'dt-low-window-open',
    `VMBus is given low MMIO, where Hyper-V puts a framebuffer; no input says whether there is one. On this path CONFIG_SYSFB would change nothing.`,
    ...low.map((window) => ({ text: rangeText(window), origin: window.origin })),
    {
      text: 'a synthetic video device has its framebuffer in low MMIO',
      authority: AUTHORITY.framebufferIsLow,
    },
  );
  reasons.change('saying where the framebuffer is: --framebuffer BASE+SIZE, or a simple-framebuffer node');
  return result(
    'depends',
    `It depends on whether a framebuffer lies in ${list}, which ${where} gives to VMBus; CONFIG_SYSFB would not reserve it on a device tree boot.`,
    'unknown',
    null,
    [
      {
        when: `a framebuffer lies in ${list}`,
        answer: 'needed',
        because: 'it has to be kept from VMBus; CONFIG_SYSFB does not do that on a device tree boot',
      },
      { when: `no framebuffer lies in ${list}`, answer: 'not-needed' },
    ],
  );
}

/** OpenHCL's boot shim writes `microsoft,vtl` into the node and its own name into the root. */
function platformOf(subject: TreeSubject, kernel: Kernel): Platform {
  const vtl = subject.vtl ?? kernel.facts.vtl;
  if (vtl !== undefined) return vtl === 2 ? 'openhcl-vtl2' : 'other';
  const compatible = propertyOf(subject.description.tree.root, 'compatible');
  const names = compatible ? Buffer.from(compatible.value).toString('latin1').split('\0') : [];
  return subject.presumed || names.includes('microsoft,openvmm') ? 'openhcl-vtl2' : 'other';
}

function neverReserves(subject: TreeSubject, kernel: Kernel, reasons: Reasons): void {
  const evidence: EvidenceItem[] = [
    { text: 'vmbus_device_add() has no call of vmbus_reserve_fb()', authority: AUTHORITY.deviceAdd },
    {
      text: 'the last change of the reservation says so too',
      authority: AUTHORITY.openhclUnaffected,
    },
  ];
  reasons.rule(
    'dt-never-reserves',
    'On a device tree boot the VMBus driver never reserves a framebuffer, in any release: CONFIG_SYSFB has no effect there.',
    ...evidence,
  );
  if (!kernel.profile.behaviour.deviceTree)
    reasons.rule(
      'dt-not-supported',
      `${kernel.name} has no device tree support in the VMBus driver: it would not find this node at all.`,
      { text: 'device tree support came with v6.4', authority: AUTHORITY.deviceAdd },
    );
  if (symbol(kernel.facts, 'HYPERV_VTL_MODE') === 'y')
    reasons.rule('vtl-mode', 'CONFIG_HYPERV_VTL_MODE is set, which excludes the select of SYSFB.', {
      text: 'HYPERV_VTL_MODE=y in the given configuration',
      authority: AUTHORITY.select,
    });
  if (subject.presumed === false && kernel.facts.boot !== undefined && kernel.facts.boot !== 'dt')
    reasons.rule(
      'dt-despite-boot',
      `The boot was said to be ${kernel.facts.boot}, but the description is a device tree: with ACPI on, the driver would not read this node.`,
      { text: 'acpi_disabled decides in vmbus_platform_driver_probe()', authority: AUTHORITY.deviceAdd },
    );
}

/** A framebuffer that is known: given or found in evidence, else the tree's own. */
function knownFramebuffer(framebuffers: readonly AddressWindow[], kernel: Kernel): FramebufferFinding | null {
  if (kernel.facts.framebuffer?.base != null && kernel.facts.framebuffer.size !== null)
    return kernel.facts.framebuffer;
  const described = framebuffers.find((window) => window.base !== null && window.size !== null);
  return described ? fromTree(described) : null;
}

function fromTree(window: AddressWindow): FramebufferFinding {
  return {
    base: window.base,
    size: window.size,
    from: 'device-tree',
    text: `simple-framebuffer ${window.origin.path}: ${rangeText(window)}`,
    origin: window.origin,
  };
}

function holdingFramebuffer(
  pool: readonly AddressWindow[],
  framebuffers: readonly AddressWindow[],
  kernel: Kernel,
): { window: AddressWindow; framebuffer: FramebufferFinding } | undefined {
  const candidates = [
    ...(kernel.facts.framebuffer ? [kernel.facts.framebuffer] : []),
    ...framebuffers.map(fromTree),
  ];
  for (const framebuffer of candidates) {
    if (framebuffer.base === null || framebuffer.size === null || framebuffer.size === 0n) continue;
    const fb = { start: framebuffer.base, end: framebuffer.base + framebuffer.size };
    const window = pool.find((each) => overlaps({ start: each.base!, end: each.base! + each.size! }, fb));
    if (window) return { window, framebuffer };
  }
  return undefined;
}

function outside(framebuffer: FramebufferFinding, reasons: Reasons): void {
  reasons.rule(
    'dt-framebuffer-outside',
    `The framebuffer ${formatMemRange(framebuffer.base!, framebuffer.size!)} lies outside every window given to VMBus.`,
    framebuffer.origin ? { text: framebuffer.text, origin: framebuffer.origin } : { text: framebuffer.text },
  );
}

function unknownText(window: AddressWindow): string {
  return window.base === null || window.size === null
    ? (window.why ?? 'the address is not known')
    : `${halfOpen(window)} reaches beyond 64 bits`;
}

function aboveText(window: AddressWindow): string {
  return `${halfOpen(window)} is ${formatSize(window.size!)}, starts above 4 GiB and ends at ${endText(window)}`;
}

function halfOpen(window: AddressWindow): string {
  return `[${hex(window.base!)}, ${hex(window.base! + window.size!)})`;
}

/** `64 GiB`, with the address beside when the size isn't round. */
function endText(window: AddressWindow): string {
  const end = window.base! + window.size!;
  return end % ONE_MIB === 0n ? formatSize(end) : hex(end);
}
