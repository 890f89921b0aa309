/**
 * The drivers that allocate MMIO of VMBus, as data: one row for a kind of device, with its driver's requests in order.
 * Sources: drivers/pci/controller/pci-hyperv.c (hv_allocate_config_window, hv_pci_allocate_bridge_windows,
 * get_bar_size, survey_child_resources), drivers/gpu/drm/hyperv (hyperv_setup_vram), drivers/video/fbdev/hyperv_fb.c.
 */
import { FOUR_GIB } from '../../bytes/address.ts';
import { u64 } from '../region-tree.ts';
import type { MmioRequest } from './allocation.ts';

const ANY = (1n << 64n) - 1n;
const PAGE = 0x1000n;
/** PCI_CONFIG_MMIO_LENGTH: two pages. */
const CONFIG_WINDOW = 0x2000n;
const MIB = 0x100000n;

/** A device of a scenario. */
export interface SimulatedDevice {
  readonly kind: string;
  readonly name: string;
  /** BARs of all functions on a pass-through bus; sizes in bytes. */
  readonly bars: readonly { readonly size: bigint; readonly bits: 32 | 64 }[];
  /** Video memory, in bytes. */
  readonly size: bigint;
}

export interface CallerRequest {
  /** `configuration window`, `low bridge window`, `high bridge window`, `framebuffer`. */
  readonly what: string;
  readonly request: MmioRequest;
  /** The driver clears IORESOURCE_BUSY on the claim afterwards. */
  readonly clearsBusy: boolean;
  /** The driver's message or the consequence if it fails. */
  readonly onFailure: (request: MmioRequest) => string;
}

export interface Caller {
  readonly kind: string;
  readonly driver: string;
  readonly requests: (device: SimulatedDevice) => readonly CallerRequest[];
  /** The consequence if a claim overlaps the framebuffer; absent for drivers of the framebuffer. */
  readonly onFramebuffer?: (what: string) => string;
}

/** get_bar_size(): rounded up to pages. */
function rounded(size: bigint): bigint {
  return u64((size + PAGE - 1n) & ~(PAGE - 1n));
}

/** Alignment of a bridge window in hv_pci_allocate_bridge_windows(): 1 << floor(log2(size)). */
function windowAlign(size: bigint): bigint {
  return 1n << BigInt(size.toString(2).length - 1);
}

function bridgeWindow(device: SimulatedDevice, bits: 32 | 64): CallerRequest[] {
  const size = device.bars
    .filter((bar) => bar.bits === bits)
    .reduce((sum, bar) => sum + rounded(bar.size), 0n);
  if (size === 0n) return [];
  const low = bits === 32;
  return [
    {
      what: low ? 'low bridge window' : 'high bridge window',
      request: {
        name: device.name,
        min: low ? 0n : FOUR_GIB,
        max: low ? FOUR_GIB - 1n : ANY,
        size,
        align: windowAlign(size),
        framebufferOverlapOk: false,
      },
      clearsBusy: true,
      onFailure: (request) =>
        `Need 0x${request.size.toString(16)} of ${low ? 'low' : 'high'} MMIO space. Consider reconfiguring the VM.`,
    },
  ];
}

function videoMemory(device: SimulatedDevice): CallerRequest[] {
  return [
    {
      what: 'framebuffer',
      request: {
        name: device.name,
        min: 0n,
        max: ANY,
        size: device.size,
        align: MIB,
        framebufferOverlapOk: true,
      },
      clearsBusy: false,
      onFailure: () => 'no framebuffer memory: the probe of the driver fails',
    },
  ];
}

export const CALLERS: readonly Caller[] = [
  {
    kind: 'pci-pass-through',
    driver: 'pci-hyperv',
    requests: (device) => [
      {
        what: 'configuration window',
        request: {
          name: device.name,
          min: 0n,
          max: ANY,
          size: CONFIG_WINDOW,
          align: PAGE,
          framebufferOverlapOk: false,
        },
        clearsBusy: true,
        onFailure: () => 'no configuration window: the probe of the PCI bus fails',
      },
      ...bridgeWindow(device, 32),
      ...bridgeWindow(device, 64),
    ],
    onFramebuffer: (what) =>
      what === 'configuration window'
        ? 'Hyper-V refuses it: PCI Pass-through VSP failed D0 Entry; the device is lost'
        : 'the device and the framebuffer have the same addresses',
  },
  { kind: 'hyperv_drm', driver: 'hyperv_drm', requests: videoMemory },
  { kind: 'hyperv_fb', driver: 'hyperv_fb', requests: videoMemory },
];
