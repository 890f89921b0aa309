/**
 * The facts from a machine's evidence. Lists are in the order of the inputs. An empty list means that nothing is known, not
 * that something is absent. Facts of a list may contradict each other.
 *
 * Where a line allows several values, the fact's value is the list of them.
 */

import type { Artifact } from '../artifact/artifact.ts';
import type { FactOf } from './fact.ts';
import type {
  Architecture,
  FramebufferSighting,
  IomemNode,
  KernelConfig,
  MemoryMapEntry,
  PciDevice,
  PrintedPool,
  PrintedWindow,
  ScreenInfo,
} from './values.ts';

export type { FactOf, Strength } from './fact.ts';

/** A kernel release as printed. */
export interface ReleaseFact {
  /** `6.1.0-56-amd64`, `5.14.0-570.el9`, `6.8.0-1021-azure`. */
  readonly release: string;
  /** The upstream release that a distribution's kernel is based on, where the text has it: `6.1.192`. */
  readonly upstream?: string;
  /**
   * The mark of a vendor's kernel, which has backports that can't be known from the upstream release: `.el9`, `-azure`,
   * `.azl3`, `-150600`; or of a source tree after that release: `-00012-gabcdef012345`, `+`. Undefined for upstream kernels and for distributions that ship stable releases unchanged.
   */
  readonly vendor?: { readonly mark: string; readonly name: string };
}

/** The firmware description that a kernel uses; `none`: ACPI is off and there is no device tree. */
export type DescriptionRead = 'acpi' | 'dt' | 'none';

/**
 * The kind of machine. `hyperv-direct`: a Hyper-V guest booted without firmware (WSL2, containers); `hyperv-root`: the root
 * partition of Hyper-V, in which the VMBus driver doesn't run; `other-hypervisor` and `xen-pv`: guests without Hyper-V's or
 * QEMU's VMBus.
 */
export type Platform =
  | 'hyperv-gen1'
  | 'hyperv-gen2'
  | 'hyperv-direct'
  | 'hyperv-root'
  | 'openhcl-vtl2'
  | 'qemu-vmbus'
  | 'pc'
  | 'xen-pv'
  | 'other-hypervisor';

/** The isolation of a confidential guest; `none`: the machine reports that it is not isolated. */
export type Confidentiality = 'sev' | 'sev-es' | 'sev-snp' | 'tdx' | 'vbs' | 'cca' | 'none';

/** The value of a configuration symbol, from something other than a configuration. */
export interface SymbolFact {
  /** Without `CONFIG_`. */
  readonly symbol: string;
  /** `on`: y or m. */
  readonly value: 'y' | 'm' | 'n' | 'on';
}

/** The Generation 1 video device, PCI 1414:5353. */
export type VideoDevice =
  | { readonly present: false }
  | {
      readonly present: true;
      /** BAR 0; null where the listing has none. */
      readonly bar: {
        readonly kind: 'mem' | 'io';
        readonly start: bigint;
        readonly size: bigint;
      } | null;
    };

/** A resource of a VMBus device in /proc/iomem, named by the device's instance GUID. Ends inclusive. */
export interface VmbusClaim {
  readonly start: bigint;
  readonly last: bigint;
  /** Lower case, without braces. */
  readonly guid: string;
  /** Whether it is Hyper-V's synthetic video device (5620e0c7-8062-4dce-aeb7-520c7ef76171), which may use the framebuffer. */
  readonly video: boolean;
  /** The resources that contain it, the outermost first. */
  readonly inside: readonly { readonly start: bigint; readonly last: bigint; readonly name: string }[];
}

/** A pass-through device that failed: `PCI Pass-through VSP failed D0 Entry with status …`, `Need … of … MMIO space`. */
export interface PassThroughFailure {
  readonly guid: string;
  readonly failure: 'd0-entry' | 'no-low-space' | 'no-high-space';
}

/** A memory range of the SRAT; ends inclusive. */
export interface SratRange {
  readonly start: bigint;
  readonly last: bigint;
  readonly hotplug: boolean;
}

/** A range without RAM, present or hot-added, inferred from the SRAT; half-open. */
export interface MmioGap {
  readonly base: bigint;
  readonly size: bigint;
  readonly class: 'low' | 'high';
}

/** A range that Linux removes from its E820 map; ends inclusive. */
export interface E820Removal {
  readonly start: bigint;
  readonly last: bigint;
  /** `reserved`, where the line has a type. */
  readonly type?: string;
}

/** How Linux uses the windows of PCI host bridges, by option or as printed. */
export type PciWindowRule = 'nocrs' | 'use_crs' | 'no_e820' | 'use_e820';

/** A change to a host bridge window that Linux printed (the rows of src/evidence/log/pci-rows.ts). Ends inclusive. */
export interface BridgeWindowChange {
  /** `PNP0A03:00`, or the bus. */
  readonly bridge: string;
  readonly did: 'ignored' | 'clipped' | 'expanded' | 'conflicts' | 'not-addressable';
  readonly space: 'memory' | 'io';
  readonly start: bigint;
  readonly last: bigint;
}

/** A PCI host bridge, from one line of a log. */
export interface PciHost {
  /** The ACPI device's segment (`PCI0`), or the driver's device (`3f000000.pcie`). */
  readonly name: string;
  readonly by: 'acpi' | 'device-tree';
  /** Path of its device tree node. */
  readonly path?: string;
  /** Domain and first bus: `0000:00`. */
  readonly bus?: string;
  readonly lastBus?: number;
}

/** How complete a log is. */
export interface LogShape {
  readonly artifact: Artifact;
  /** Complete from the first message to memory initialisation: an early message that is absent was not printed. */
  readonly early: boolean;
  /** Complete from the first message to the end of the kernel's start: a message that is absent was not printed. */
  readonly complete: boolean;
  /** Why it is not complete; empty when it is. */
  readonly gaps: readonly string[];
  /** The number of boots in the file; facts are those of the last. */
  readonly boots: number;
}

/** Files of a kernel's source tree that its behaviour is read from. */
export type KernelSourceFile =
  | 'drivers/hv/vmbus_drv.c'
  | 'drivers/hv/Kconfig'
  | 'drivers/firmware/Kconfig'
  | 'drivers/gpu/drm/sysfb/Kconfig'
  | 'arch/x86/pci/acpi.c'
  | 'Makefile';

/** All facts about a machine, by subject. */
export interface MachineFacts {
  // The kernel.
  readonly releases: readonly FactOf<ReleaseFact>[];
  readonly architectures: readonly FactOf<Architecture>[];
  readonly configs: readonly KernelConfig[];
  /** Symbols known from the running machine: a line of efifb implies SYSFB=y, a message of hv_pci PCI_HYPERV. */
  readonly symbols: readonly FactOf<SymbolFact>[];
  readonly commandLines: readonly FactOf<string>[];
  readonly modules: readonly FactOf<string>[];
  /** Files of its source, which `shownChanges` of src/linux/kernel-code.ts interprets. */
  readonly kernelSources: readonly FactOf<KernelSourceFile>[];
  /** Whether characteristic strings and symbols of the VMBus driver are in a kernel image or module. */
  readonly codeStrings: readonly FactOf<{ readonly string: string; readonly present: boolean }>[];

  // The boot.
  /** Each the list of descriptions that a line allows. */
  readonly descriptions: readonly FactOf<readonly DescriptionRead[]>[];
  /** efi_enabled(EFI_BOOT). */
  readonly efiBoot: readonly FactOf<boolean>[];
  /**
   * `lfb_base` as the VMBus driver reads it (32 bits). 0: no linear framebuffer. `nonzero`: a driver uses one at an unknown
   * address. null: any value is possible (kexec, kdump).
   */
  readonly lfbBase: readonly FactOf<bigint | 'nonzero' | null>[];
  readonly screenInfos: readonly FactOf<ScreenInfo>[];
  /** The kernel was started by another kernel. */
  readonly kexec: readonly FactOf<'kdump' | 'kexec'>[];
  readonly confidential: readonly FactOf<Confidentiality>[];
  readonly vtls: readonly FactOf<number>[];

  // The machine.
  /** Each the list of platforms that a line allows. */
  readonly platforms: readonly FactOf<readonly Platform[]>[];
  readonly video: readonly FactOf<VideoDevice>[];
  readonly framebuffers: readonly FactOf<FramebufferSighting>[];
  readonly memoryMap: readonly FactOf<MemoryMapEntry>[];
  readonly e820Removals: readonly FactOf<E820Removal>[];
  readonly srat: readonly FactOf<SratRange>[];
  readonly biosYears: readonly FactOf<number>[];
  /** `VENDOR PRODUCT/BOARD, BIOS VERSION DATE`. */
  readonly dmi: readonly FactOf<string>[];
  readonly pciDevices: readonly FactOf<PciDevice>[];
  /** Windows in `root bus resource` lines. */
  readonly pciWindows: readonly FactOf<PrintedWindow>[];
  readonly bridgeChanges: readonly FactOf<BridgeWindowChange>[];
  readonly pciHosts: readonly FactOf<PciHost>[];
  /** From the command line (strength `given`) or printed by Linux (`observed`). */
  readonly pciRules: readonly FactOf<PciWindowRule>[];
  /** Top-level nodes of each /proc/iomem. */
  readonly iomem: readonly IomemNode[];

  // The VMBus driver and its users.
  /** `hv_mmio=…,… fb=…`. */
  readonly printedPools: readonly FactOf<PrintedPool>[];
  readonly vmbusClaims: readonly FactOf<VmbusClaim>[];
  readonly passThroughFailures: readonly FactOf<PassThroughFailure>[];
  /** `Unexpected low mmio base 0x…`. */
  readonly unexpectedLowBase: readonly FactOf<bigint>[];
  /** `Unexpected framebuffer mmio base of zero`. */
  readonly framebufferBaseZero: readonly FactOf<true>[];

  readonly logs: readonly LogShape[];
}

/** The same lists, writable, for readers. */
export type FactLists<Facts = MachineFacts> = {
  -readonly [K in keyof Facts]: Facts[K] extends readonly (infer T)[] ? T[] : never;
};

export function noFacts(): FactLists {
  return {
    releases: [],
    architectures: [],
    configs: [],
    symbols: [],
    commandLines: [],
    modules: [],
    kernelSources: [],
    codeStrings: [],
    descriptions: [],
    efiBoot: [],
    lfbBase: [],
    screenInfos: [],
    kexec: [],
    confidential: [],
    vtls: [],
    platforms: [],
    video: [],
    framebuffers: [],
    memoryMap: [],
    e820Removals: [],
    srat: [],
    biosYears: [],
    dmi: [],
    pciDevices: [],
    pciWindows: [],
    bridgeChanges: [],
    pciHosts: [],
    pciRules: [],
    iomem: [],
    printedPools: [],
    vmbusClaims: [],
    passThroughFailures: [],
    unexpectedLowBase: [],
    framebufferBaseZero: [],
    logs: [],
  };
}
