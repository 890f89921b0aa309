/** Messages of the VMBus driver and of those that take MMIO space from it. */
import type { PassThroughFailure } from '../facts.ts';
import { VMBUS_PLATFORMS } from '../platform.ts';
import type { PrintedPool } from '../values.ts';
import { type Boot, firstTime, hex, type LogRow, type Said, symbolOn } from './row.ts';

/** `[mem 0xa-0xb]`, `[mem 0xa]` or `(null)`, as %pR prints. */
const RESOURCE = '(\\[mem 0x[0-9a-f]+(?:-0x[0-9a-f]+)?[^\\]]*\\]|\\(null\\))';

function printedResource(text: string): { start: bigint; last: bigint } | null {
  const match = /0x([0-9a-f]+)(?:-0x([0-9a-f]+))?/.exec(text);
  return match === null ? null : { start: hex(match[1]!), last: hex(match[2] ?? match[1]!) };
}

function driverSeen(said: Said, boot: Boot): void {
  symbolOn(boot, said, 'HYPERV');
  if (firstTime(boot, 'platforms vmbus')) boot.facts.platforms.push({ ...said, value: VMBUS_PLATFORMS });
}

function failure(text: string, value: (match: RegExpExecArray) => PassThroughFailure['failure']): LogRow {
  return {
    starts: ['hv_pci '],
    pattern: new RegExp(`^hv_pci (\\S+): ${text}`),
    take: (match, said, boot) => {
      symbolOn(boot, said, 'PCI_HYPERV');
      boot.facts.passThroughFailures.push({
        ...said,
        value: { guid: match[1]!.toLowerCase(), failure: value(match) },
      });
    },
  };
}

export const VMBUS_ROWS: readonly LogRow[] = [
  {
    starts: ['hv_vmbus: hv_mmio='],
    pattern: new RegExp(`^hv_vmbus: hv_mmio=${RESOURCE},${RESOURCE} fb=${RESOURCE}$`),
    take: (match, said, boot) => {
      driverSeen(said, boot);
      const value: PrintedPool = {
        windows: [printedResource(match[1]!), printedResource(match[2]!)],
        framebuffer: printedResource(match[3]!),
      };
      boot.facts.printedPools.push({ ...said, value });
    },
  },
  {
    starts: ['hv_vmbus: Unexpected low mmio base'],
    pattern: /^hv_vmbus: Unexpected low mmio base 0x([0-9a-f]{1,16})$/,
    take: (match, said, boot) => {
      driverSeen(said, boot);
      boot.facts.unexpectedLowBase.push({ ...said, value: hex(match[1]!) });
    },
  },
  {
    starts: ['hv_vmbus: Unexpected framebuffer'],
    pattern: /^hv_vmbus: Unexpected framebuffer mmio base of zero$/,
    take: (_match, said, boot) => {
      driverSeen(said, boot);
      boot.facts.framebufferBaseZero.push({ ...said, value: true });
    },
  },
  failure('PCI Pass-through VSP failed D0 Entry with status', () => 'd0-entry'),
  failure('Need 0x[0-9a-f]+ of (low|high) MMIO space\\. Consider reconfiguring the VM\\.$', (match) =>
    match[2] === 'low' ? 'no-low-space' : 'no-high-space',
  ),
  {
    starts: ['hv_pci '],
    pattern: /^hv_pci \S+: /,
    take: (_match, said, boot) => symbolOn(boot, said, 'PCI_HYPERV'),
  },
  {
    starts: ['hv_vmbus: '],
    pattern: /^hv_vmbus: (?:Vmbus version:|registering driver (\w+))/,
    take: (match, said, boot) => {
      driverSeen(said, boot);
      if (match[1] === 'hv_pci') symbolOn(boot, said, 'PCI_HYPERV');
      if (match[1] === 'hyperv_drm') symbolOn(boot, said, 'DRM_HYPERV');
      if (match[1] === 'hyperv_fb') symbolOn(boot, said, 'FB_HYPERV');
    },
  },
];
