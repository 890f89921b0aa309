/** The judgement on a device tree boot, in one world: `vmbus_device_add`, which never reserves a framebuffer. */
import { FOUR_GIB, formatMemRange, formatSize, hex, ONE_MIB } from '../../../bytes/address.ts';
import { pathOf, propertyOf } from '../../../devicetree/tree.ts';
import { firstRelease } from '../../../linux/change-text.ts';
import { GEN2_VIDEO_MEMORY } from '../../../linux/framebuffer.ts';
import { overlaps } from '../../../window/interval.ts';
import { type AddressWindow, type Bounds, boundsOf } from '../../../window/window.ts';
import { type FramebufferFinding, fromTree } from '../../framebuffers.ts';
import type { Ask, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import { unreadIn } from '../situation/not-read.ts';
import type { Situation } from '../situation/situation.ts';
import type { TreeSubject } from '../subject.ts';
import { IS_INSIDE } from '../variables.ts';
import { listText } from './evidence.ts';
import type { Outcome } from './outcome.ts';
import { whyNoReading } from './readings.ts';

/** The driver adds the size to the start in 64 bits. */
const ADDRESS_SPACE_END = 1n << 64n;

/**
 * Judges one world.
 * @param windows of the node's `ranges`; null when it has none
 * @param described framebuffers that this and other trees describe
 */
export function judgeTree(
  subject: TreeSubject,
  windows: readonly AddressWindow[] | null,
  described: readonly AddressWindow[],
  situation: Situation,
  ask: Ask,
): Outcome {
  const rules: RuleFinding[] = [];
  const where = subject.presumed ? 'the fragment' : subject.path;
  const safe = (
    kind: Outcome['kind'],
    because: string,
    pool: readonly AddressWindow[],
    framebuffer: FramebufferFinding | null,
  ): Outcome => ({
    kind,
    without: 'no',
    with: 'no',
    because,
    pool,
    framebuffer,
    rules,
  });
  const unread = unreadIn(situation.descriptionNotRead, ask);
  if (unread !== undefined) {
    rules.push(unread.rule);
    const { because, safe: isSafe } = unread;
    return isSafe
      ? safe('no-driver', because, [], null)
      : { kind: 'not-read', without: 'open', with: 'open', because, pool: [], framebuffer: null, rules };
  }
  const off = subject.disabled;
  if (off !== undefined) {
    const why = `${pathOf(off)} is disabled by its status, so the driver does not probe ${off === subject.node ? 'it' : 'what is below it'}`;
    const span = propertyOf(off, 'status')?.valueSpan ?? off.span;
    const origin = {
      artifact: subject.description.artifact,
      path: pathOf(off),
      item: 'status',
      index: 0,
      ...(span ? { span } : {}),
    };
    rules.push({
      id: 'dt-node-disabled',
      says: `${why}.`,
      evidence: [{ text: 'a status that is neither okay nor ok', authority: AUTHORITY.populate, origin }],
    });
    return safe('no-driver', why, [], null);
  }
  rules.push(neverReserves());
  const misfit = whyNoReading(subject);
  if (misfit !== undefined) {
    rules.push({
      id: 'dt-window-unknown',
      says: `The address of a window of ${where} cannot be determined.`,
      evidence: [{ text: misfit, authority: `${AUTHORITY.binding}; ${AUTHORITY.shim}` }],
    });
    const because = `the ranges of ${where} can't be read: ${misfit}`;
    return { kind: 'unreadable', without: 'open', with: 'open', because, pool: [], framebuffer: null, rules };
  }
  // The driver doesn't look at the flags: what a node named or typed as a bus of ports calls I/O is MMIO to it.
  const pool = (windows ?? []).map((window): AddressWindow => ({ ...window, space: 'memory' }));
  if (pool.length === 0) {
    const why = windows === null ? `${where} has no ranges` : `the ranges of ${where} hold no entry`;
    rules.push({
      id: 'dt-no-window',
      says: `${why.charAt(0).toUpperCase()}${why.slice(1)}: the driver gets no MMIO, and every vmbus_allocate_mmio() fails with -ENXIO.`,
      evidence: [{ text: `${where}: no window`, authority: AUTHORITY.deviceAdd }],
    });
    return safe('no-window', `${why}, so VMBus gets no MMIO window`, [], null);
  }
  const bounds: Bounds[] = [];
  for (const window of pool) {
    const known = boundsOf(window);
    if (known !== undefined && known.base + known.size <= ADDRESS_SPACE_END) {
      bounds.push(known);
      continue;
    }
    const text =
      known === undefined
        ? window.certainty === 'unknown'
          ? window.why
          : 'the address is not known'
        : `base ${hex(known.base)} and size ${hex(known.size)} reach beyond 64 bits`;
    rules.push({
      id: 'dt-window-unknown',
      says: `The address of a window of ${where} cannot be determined.`,
      evidence: [{ text, origin: window.origin }],
    });
    return {
      kind: 'unreadable',
      without: 'open',
      with: 'open',
      because: `the ranges of ${where} give no usable CPU address (${text})`,
      pool,
      framebuffer: null,
      rules,
    };
  }
  const known = [...situation.framebuffers, ...described.map(fromTree)];
  const exposed = (framebuffer: FramebufferFinding, holding: readonly AddressWindow[]): Outcome => {
    if (!ask.holds(situation.model.is('deviceTree', true))) {
      rules.push({
        id: 'dt-not-supported',
        says: 'The release has no device tree support in the VMBus driver: it would not find this node at all.',
        evidence: [
          {
            text: `device tree support came with v${firstRelease('f83705a51275')}`,
            authority: AUTHORITY.deviceAdd,
          },
        ],
      });
      return safe(
        'no-driver',
        `a driver without device tree support, before ${firstRelease('f83705a51275')}, does not find the node`,
        pool,
        framebuffer,
      );
    }
    const fb = placeText(framebuffer);
    return {
      kind: 'unprotected',
      without: 'yes',
      with: 'yes',
      because: `the framebuffer ${fb} is inside ${listText(holding)}, which VMBus gets, and on a device tree boot nothing reserves it`,
      pool,
      framebuffer,
      rules,
    };
  };
  for (const framebuffer of known) {
    if (typeof framebuffer.base !== 'bigint') {
      // Described without a known address: it may be anywhere.
      if (!ask.holds(IS_INSIDE)) continue;
      rules.push(holdsRule(framebuffer, pool));
      return exposed(framebuffer, pool);
    }
    const size = framebuffer.size ?? GEN2_VIDEO_MEMORY;
    const fb = { start: framebuffer.base, end: framebuffer.base + size };
    const holding = pool.filter((_, at) => {
      const { base, size: length } = bounds[at]!;
      return overlaps({ start: base, end: base + length }, fb);
    });
    if (holding.length === 0) continue;
    rules.push(holdsRule(framebuffer, holding));
    return exposed({ ...framebuffer, size }, holding);
  }
  const first = known[0] ?? null;
  // A framebuffer of another tree, or of a disabled node, may be there, but isn't certain.
  const own = described.filter(
    ({ origin, flags }) => origin.artifact === subject.description.artifact && flags.available !== false,
  );
  const located =
    [...situation.framebuffers, ...own.map(fromTree)].find(
      ({ base }) => typeof base === 'bigint' && base < FOUR_GIB,
    ) ?? situation.framebuffers[0];
  if (bounds.every(({ base }) => base >= FOUR_GIB)) {
    rules.push({
      id: 'dt-above-4g',
      says: 'No window is below 4 GiB; the framebuffer is in low MMIO.',
      evidence: [
        ...pool.map((window, at) => ({
          text: `starts at or above 4 GiB: ${formatMemRange(bounds[at]!.base, bounds[at]!.size)}`,
          origin: window.origin,
        })),
        { text: 'Hyper-V puts it there', authority: AUTHORITY.low },
      ],
    });
    return safe(
      'outside',
      `VMBus gets ${bounds.map(windowText).join(' and ')}; no part is below 4 GiB, where the Hyper-V framebuffer is`,
      pool,
      first,
    );
  }
  if (located !== undefined) {
    rules.push({
      id: 'dt-framebuffer-outside',
      says: `The framebuffer ${placeText(located)} is outside every window that VMBus gets.`,
      evidence: [{ text: located.text, ...(located.origin ? { origin: located.origin } : {}) }],
    });
    return safe(
      'outside',
      `the framebuffer ${placeText(located)} is outside every window that VMBus gets`,
      pool,
      located,
    );
  }
  const low = pool.filter((_, at) => bounds[at]!.base < FOUR_GIB);
  rules.push({
    id: 'dt-low-window-open',
    says: 'VMBus gets low MMIO, where Hyper-V puts a framebuffer; no input says whether there is one.',
    evidence: [
      ...low.map((window) => ({ text: listText([window]), origin: window.origin })),
      { text: 'a synthetic video device has its framebuffer in low MMIO', authority: AUTHORITY.low },
    ],
  });
  if (!ask.holds(IS_INSIDE)) return safe('outside', `no framebuffer is in ${listText(low)}`, pool, null);
  return exposed({ base: null, size: null, from: 'presumed', text: `somewhere in ${listText(low)}` }, low);
}

function neverReserves(): RuleFinding {
  return {
    id: 'dt-never-reserves',
    says: 'vmbus_device_add() (drivers/hv/vmbus_drv.c) never calls vmbus_reserve_fb(), in any release.',
    evidence: [
      { text: 'the reservation is made on the ACPI path only', authority: AUTHORITY.deviceAdd },
      { text: 'OpenHCL boots with a device tree and is unaffected', authority: AUTHORITY.openhclUnaffected },
    ],
  };
}

function holdsRule(framebuffer: FramebufferFinding, windows: readonly AddressWindow[]): RuleFinding {
  return {
    id: 'dt-window-holds-framebuffer',
    says: `The framebuffer ${placeText(framebuffer)} is in ${windows.length === 1 ? 'a window' : 'windows'} that VMBus gets.`,
    evidence: [
      ...windows.map((window) => ({
        text: `${listText([window])} from ${window.origin.path} ${window.origin.item}[${window.origin.index}]`,
        origin: window.origin,
      })),
      { text: framebuffer.text, ...(framebuffer.origin ? { origin: framebuffer.origin } : {}) },
    ],
  };
}

function placeText({ base, size, text }: FramebufferFinding): string {
  return base === null ? text : formatMemRange(base, size ?? GEN2_VIDEO_MEMORY);
}

/** `[mem 0xff0000000-0xfffffffff], 256 MiB ending at 64 GiB`. */
function windowText(bounds: Bounds): string {
  return `${formatMemRange(bounds.base, bounds.size)}, ${formatSize(bounds.size)} ending at ${endText(bounds)}`;
}

/** `64 GiB`, or the address where it isn't round. */
function endText({ base, size }: Bounds): string {
  const end = base + size;
  return end % ONE_MIB === 0n ? formatSize(end) : hex(end);
}
