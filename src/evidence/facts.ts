/**
 * What a machine's evidence says, as facts. Every list holds what was said, in the order of the inputs; an empty list
 * means that nothing was said, never that something is not so. Two facts of a list may contradict each other.
 *
 * Where a line leaves several values open, the fact's value is the list of those it allows.
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

/** A kernel release as something printed it. */
export interface ReleaseFact {
  /** `6.1.0-56-amd64`, `5.14.0-570.el9`, `6.8.0-1021-azure`. */
  readonly release: string;
  /** The upstream release behind a distribution's name, where the text says: `6.1.192`. */
  readonly upstream?: string;
  /**
   * What marks a vendor's kernel, which carries backports that no upstream release tells of: `.el9`, `-azure`,
   * `.azl3`, `-150600`. Undefined for upstream's own and for distributions that ship stable releases as they are.
   */
  readonly vendor?: { readonly mark: string; readonly name: string };
}

/** The firmware description that a kernel reads; `none`: ACPI is off and no tree is there. */
export type DescriptionRead = 'acpi' | 'dt' | 'none';

/**
 * What the machine is. `hyperv-direct`: a Hyper-V guest that is booted without firmware (WSL2, containers);
 * `hyperv-root`: the root partition of Hyper-V (no VMBus driver there); `other-hypervisor`: neither Hyper-V's VMBus nor
 * QEMU's can be there; `xen-pv` likewise.
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

/** `none`: the machine says that it is not isolated. */
export type Confidentiality = 'sev' | 'sev-es' | 'sev-snp' | 'tdx' | 'vbs' | 'cca' | 'none';

/** A symbol that something other than a configuration shows to be set, or not. */
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
      /** BAR 0; null where the text has none. */
      readonly bar: {
        readonly kind: 'mem' | 'io';
        readonly start: bigint;
        readonly size: bigint;
      } | null;
    };

/** A claim by a VMBus device in /proc/iomem: named by the device's instance GUID. Ends inclusive. */
export interface VmbusClaim {
  readonly start: bigint;
  readonly last: bigint;
  /** Lower case, without braces. */
  readonly guid: string;
  /** Hyper-V's synthetic video device (5620e0c7-8062-4dce-aeb7-520c7ef76171), which may lie in the framebuffer. */
  readonly video: boolean;
  /** The nodes it lies in, outermost first. */
  readonly inside: readonly { readonly start: bigint; readonly last: bigint; readonly name: string }[];
}

/** A pass-through device that failed: `PCI Pass-through VSP failed D0 Entry with status …`, `Need … of … MMIO space`. */
export interface PassThroughFailure {
  readonly guid: string;
  readonly failure: 'd0-entry' | 'no-low-space' | 'no-high-space';
}

/** A range of SRAT; ends inclusive. */
export interface SratRange {
  readonly start: bigint;
  readonly last: bigint;
  readonly hotplug: boolean;
}

/** A part of the address space without RAM, now or by hotplug: half-open. Inferred from SRAT. */
export interface MmioGap {
  readonly base: bigint;
  readonly size: bigint;
  readonly class: 'low' | 'high';
}

/** An entry that Linux takes out of its E820 map; ends inclusive. */
export interface E820Removal {
  readonly start: bigint;
  readonly last: bigint;
  /** `reserved`, where the line says. */
  readonly type?: string;
}

/** How Linux takes the windows of PCI host bridges, by option or as it prints. */
export type PciWindowRule = 'nocrs' | 'use_crs' | 'no_e820' | 'use_e820';

/** What Linux printed about a host bridge window that it changed (DOMAIN 13.5 to 13.8). Ends inclusive. */
export interface BridgeWindowChange {
  /** `PNP0A03:00`, or the bus. */
  readonly bridge: string;
  readonly did: 'ignored' | 'clipped' | 'expanded' | 'conflicts' | 'not-addressable';
  readonly space: 'memory' | 'io';
  readonly start: bigint;
  readonly last: bigint;
}

/** A PCI host bridge as a log names it: what one line says. */
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

/** A log, as far as it goes. */
export interface LogShape {
  readonly artifact: Artifact;
  /** Nothing is missing from the first message to where memory is set up: what it lacks of that was not printed. */
  readonly early: boolean;
  /** Nothing is missing from the first message to where the kernel has started: what it lacks of that was not printed. */
  readonly complete: boolean;
  /** What is missing, one reason each; empty when complete. */
  readonly gaps: readonly string[];
  /** Boots in the file; facts are those of the last. */
  readonly boots: number;
}

/** Files of a kernel's source tree that show what it does. */
export type KernelSourceFile =
  | 'drivers/hv/vmbus_drv.c'
  | 'drivers/hv/Kconfig'
  | 'drivers/firmware/Kconfig'
  | 'drivers/gpu/drm/sysfb/Kconfig'
  | 'arch/x86/pci/acpi.c'
  | 'Makefile';

/** The configuration that is known of the kernel, from its file or its image. `complete`: an absent symbol is off. */
export type ConfigurationFact = KernelConfig;

export interface MachineFacts {
  // The kernel.
  readonly releases: readonly FactOf<ReleaseFact>[];
  readonly architectures: readonly FactOf<Architecture>[];
  readonly configs: readonly ConfigurationFact[];
  /** Symbols that the machine itself shows: an `efifb` line means SYSFB=y, a message of hv_pci PCI_HYPERV. */
  readonly symbols: readonly FactOf<SymbolFact>[];
  readonly commandLines: readonly FactOf<string>[];
  readonly modules: readonly FactOf<string>[];
  /** Files of its source; what they show is `shownChanges` of src/linux/kernel-code.ts. */
  readonly kernelSources: readonly FactOf<KernelSourceFile>[];
  /** Telling strings and symbols of the VMBus driver in a kernel image or module, and whether each is there. */
  readonly codeStrings: readonly FactOf<{ readonly string: string; readonly present: boolean }>[];

  // The boot.
  /** The descriptions that the line allows. */
  readonly descriptions: readonly FactOf<readonly DescriptionRead[]>[];
  /** efi_enabled(EFI_BOOT). */
  readonly efiBoot: readonly FactOf<boolean>[];
  /**
   * `lfb_base` as the VMBus driver reads it (32 bits). 0: no linear framebuffer. `nonzero`: a driver has one, where is
   * not said. null: this line leaves any value open (kexec, kdump).
   */
  readonly lfbBase: readonly FactOf<bigint | 'nonzero' | null>[];
  readonly screenInfos: readonly FactOf<ScreenInfo>[];
  /** The kernel was started by another kernel. */
  readonly kexec: readonly FactOf<'kdump' | 'kexec'>[];
  readonly confidential: readonly FactOf<Confidentiality>[];
  readonly vtls: readonly FactOf<number>[];

  // The machine.
  /** The platforms that the line allows. */
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
  /** From the command line (`given` there) or as Linux printed what it does (`observed`). */
  readonly pciRules: readonly FactOf<PciWindowRule>[];
  /** Top-level nodes of each /proc/iomem. */
  readonly iomem: readonly IomemNode[];

  // What the VMBus driver and its users did.
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

/** The same lists, to be filled by readers. */
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
