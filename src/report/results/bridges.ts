/** What Linux does with the windows of host bridges, as results. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { CONFIGURATION_PORTS } from '../../linux/host-bridge/acpi.ts';
import type { ChangeKind } from '../../linux/host-bridge/window.ts';
import { type Condition, formatCondition, formatQuantity, Names } from '../../symbolic/index.ts';
import type { BridgesVerdict } from '../../verdict/host-bridge/result.ts';
import { formatRange } from '../../window/range-text.ts';
import type { AddressWindow } from '../../window/window.ts';
import { answerResult, relatedTo, whereOf } from './results.ts';

const CODES = {
  dropped: 'answer/bridge-window-lost',
  refused: 'answer/bridge-window-lost',
  clipped: 'answer/bridge-window-clipped',
  united: 'answer/bridge-window-merged',
  coalesced: 'answer/bridge-window-merged',
} as const satisfies Readonly<Record<ChangeKind, string>>;

const VERBS = {
  dropped: 'drops',
  refused: 'refuses',
  clipped: 'clips',
  united: 'unites',
  coalesced: 'coalesces',
} as const satisfies Readonly<Record<ChangeKind, string>>;

/** Whether it is the ports of PCI's configuration mechanism, which are never assigned to a device. */
function isConfigurationPorts({ space, base, size }: AddressWindow): boolean {
  const { start, end } = CONFIGURATION_PORTS;
  return space === 'io' && base === start && size === end - start + 1n;
}

/** A result for each window that Linux changes, each note, and each BAR that doesn't fit. */
export function bridgesResults({ bridges, fits }: BridgesVerdict): Diagnostic[] {
  const names = new Names();
  const whenText = (when: Condition): string => (when === 1n ? '' : ` if ${formatCondition(when, names)}`);
  const rangeText = (window: AddressWindow): string =>
    formatRange(window, (value) => formatQuantity(value, names));
  const ofBridges = bridges.flatMap((bridge) => [
    ...bridge.changed.map(({ did, window, into, why, when, source }) =>
      answerResult(
        isConfigurationPorts(window) ? 'answer/bridge-note' : CODES[did],
        `${bridge.device}: Linux ${VERBS[did]} ${rangeText(window)}${into === undefined ? '' : ` into ${into}`}${whenText(when)}: ${why} (${source})`,
        whereOf(window.origin),
      ),
    ),
    ...bridge.notes.map(({ text, when, source }) =>
      answerResult(
        'answer/bridge-note',
        `${bridge.device}: ${text}${whenText(when)} (${source})`,
        whereOf(bridge.windows[0]?.origin),
      ),
    ),
    ...(bridge.observed?.contradictions ?? []).map((text) =>
      answerResult(
        'answer/bridge-differs',
        `${bridge.device}: ${text}`,
        whereOf(
          bridge.windows[0]?.origin,
          (bridge.observed?.windows ?? []).map(({ origin }) => relatedTo('evidence', origin.span)),
        ),
      ),
    ),
  ]);
  const ofBars = (fits ?? []).flatMap(({ bar, bridge, fits: fit, why }) => {
    if (fit !== 'no' && fit !== 'open') return [];
    const windows = bridges.find(({ device }) => device === bridge)?.windows ?? [];
    return [
      answerResult(
        fit === 'no' ? 'answer/bar-does-not-fit' : 'answer/bar-may-not-fit',
        `${bridge}: ${bar}${fit === 'no' ? ' does not fit' : ' may not fit'}: ${why.join('; ')}`,
        whereOf(windows[0]?.origin),
      ),
    ];
  });
  return [...ofBridges, ...ofBars];
}
