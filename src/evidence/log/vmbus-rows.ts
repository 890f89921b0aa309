/** Messages of the VMBus driver and of drivers that allocate MMIO from it. */
import type { PassThroughFailure } from '../facts.ts';
import { VMBUS_PLATFORMS } from '../platform.ts';
import type { PrintedPool } from '../values.ts';
import { type Boot, firstTime, hex, type LogMessage, type LogRow, symbolOn } from './row.ts';

/** `[mem 0xa-0xb]`, `[mem 0xa]` or `(null)`, as %pR prints. */
const RESOURCE = '(\\[mem 0x[0-9a-f]+(?:-0x[0-9a-f]+)?[^\\]]*\\]|\\(null\\))';

function printedResource(text: string): { start: bigint; last: bigint } | null {
  const match = /0x([0-9a-f]+)(?:-0x([0-9a-f]+))?/.exec(text);
  return match === null ? null : { start: hex(match[1]!), last: hex(match[2] ?? match[1]!) };
}

function driverSeen(message: LogMessage, boot: Boot): void {
  symbolOn(boot, message, 'HYPERV');
  if (firstTime(boot, 'platforms vmbus')) boot.facts.platforms.push({ ...message, value: VMBUS_PLATFORMS });
}

function failure(text: string, value: (match: RegExpExecArray) => PassThroughFailure['failure']): LogRow {
  return {
    starts: ['hv_pci '],
    pattern: new RegExp(`^hv_pci (\\S+): ${text}`),
    take: (match, message, boot) => {
      symbolOn(boot, message, 'PCI_HYPERV');
      boot.facts.passThroughFailures.push({
        ...message,
        value: { guid: match[1]!.toLowerCase(), failure: value(match) },
      });
    },
  };
}

export const VMBUS_ROWS: readonly LogRow[] = [
  {
    starts: ['hv_vmbus: hv_mmio='],
    pattern: new RegExp(`^hv_vmbus: hv_mmio=${RESOURCE},${RESOURCE} fb=${RESOURCE}$`),
    take: (match, message, boot) => {
      driverSeen(message, boot);
      const value: PrintedPool = {
        windows: [printedResource(match[1]!), printedResource(match[2]!)],
        framebuffer: printedResource(match[3]!),
      };
      boot.facts.printedPools.push({ ...message, value });
    },
  },
  {
    starts: ['hv_vmbus: Unexpected low mmio base'],
    pattern: /^hv_vmbus: Unexpected low mmio base 0x([0-9a-f]{1,16})$/,
    take: (match, message, boot) => {
      driverSeen(message, boot);
      boot.facts.unexpectedLowBase.push({ ...message, value: hex(match[1]!) });
    },
  },
  {
    starts: ['hv_vmbus: Unexpected framebuffer'],
    pattern: /^hv_vmbus: Unexpected framebuffer mmio base of zero$/,
    take: (_match, message, boot) => {
      driverSeen(message, boot);
      boot.facts.framebufferBaseZero.push({ ...message, value: true });
    },
  },
  failure('PCI Pass-through VSP failed D0 Entry with status', () => 'd0-entry'),
  failure('Need 0x[0-9a-f]+ of (low|high) MMIO space\\. Consider reconfiguring the VM\\.$', (match) =>
    match[2] === 'low' ? 'no-low-space' : 'no-high-space',
  ),
  {
    starts: ['hv_pci '],
    pattern: /^hv_pci \S+: /,
    take: (_match, message, boot) => symbolOn(boot, message, 'PCI_HYPERV'),
  },
  {
    starts: ['hv_vmbus: '],
    pattern: /^hv_vmbus: (?:Vmbus version:|registering driver (\w+))/,
    take: (match, message, boot) => {
      driverSeen(message, boot);
      if (match[1] === 'hv_pci') symbolOn(boot, message, 'PCI_HYPERV');
      if (match[1] === 'hyperv_drm') symbolOn(boot, message, 'DRM_HYPERV');
      if (match[1] === 'hyperv_fb') symbolOn(boot, message, 'FB_HYPERV');
    },
  },
];
