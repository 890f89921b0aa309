/**
 * The Kconfig rules for CONFIG_SYSFB, for the symbols that select it and for their dependencies, as data. Sources:
 * drivers/firmware/Kconfig, drivers/video/fbdev/Kconfig, drivers/gpu/drm/sysfb/Kconfig, drivers/hv/Kconfig and
 * arch/{x86,arm64}/Kconfig of 5.10, 6.1, 6.12, 7.2 and 7.3.
 */
import type { Behaviour } from '../behaviour.ts';

export type Tristate = 'n' | 'm' | 'y';
export type KconfigArch = 'x86_64' | 'arm64';

/** Values of symbols; a missing symbol is n. */
export interface Values {
  get(symbol: string): Tristate;
  on(symbol: string): boolean;
}

export interface SymbolRule {
  readonly symbol: string;
  readonly type: 'bool' | 'tristate';
  /** `depends on`, as in the Kconfig file. */
  readonly needs: string;
  readonly met: (values: Values, arch: KconfigArch, behaviour: Behaviour) => boolean;
  /** Whether the release has the symbol; by default all have it. */
  readonly exists?: (behaviour: Behaviour) => boolean;
  /** Whether a tristate is a bool in the release. */
  readonly boolWhen?: (behaviour: Behaviour) => boolean;
  /** The `default`. */
  readonly byDefault?: (values: Values) => Tristate;
}

/** Symbols after those on which they depend. Values of symbols of other subsystems are not checked. */
export const SYMBOL_RULES: readonly SymbolRule[] = [
  {
    symbol: 'EFI',
    type: 'bool',
    needs: 'X86 && ACPI, or ARM64',
    met: (v, arch) => arch === 'arm64' || v.on('ACPI'),
  },
  {
    symbol: 'ACPI',
    type: 'bool',
    needs: 'X86, or ARM64 with EFI',
    met: (v, arch) => arch === 'x86_64' || v.on('EFI'),
  },
  { symbol: 'FB', type: 'tristate', needs: '', met: () => true },
  { symbol: 'DRM', type: 'tristate', needs: '', met: () => true },
  {
    symbol: 'HYPERV',
    type: 'tristate',
    boolWhen: (behaviour) => behaviour.vmbusSymbol,
    needs: 'X86 (with ACPI up to 6.3), or ARM64 (with ACPI until CONFIG_HYPERV_VMBUS)',
    met: (v, arch, behaviour) =>
      arch === 'x86_64' ? behaviour.deviceTree || v.on('ACPI') : behaviour.vmbusSymbol || v.on('ACPI'),
  },
  {
    symbol: 'HYPERV_VMBUS',
    type: 'tristate',
    exists: (behaviour) => behaviour.vmbusSymbol,
    needs: 'HYPERV',
    met: (v) => v.on('HYPERV'),
    byDefault: (v) => v.get('HYPERV'),
  },
  {
    symbol: 'HYPERV_VTL_MODE',
    type: 'bool',
    exists: (behaviour) => behaviour.vtlMode,
    needs: 'HYPERV && X86_64, later also ARM64',
    met: (v, arch, behaviour) => v.on('HYPERV') && (arch === 'x86_64' || behaviour.vmbusSymbol),
  },
  {
    symbol: 'SYSFB_SIMPLEFB',
    type: 'bool',
    exists: (behaviour) => behaviour.sysfbSymbol !== 'absent',
    needs: 'X86 || EFI',
    met: (v, arch) => arch === 'x86_64' || v.on('EFI'),
  },
  { symbol: 'FB_EFI', type: 'bool', needs: 'FB=y && EFI', met: (v) => v.get('FB') === 'y' && v.on('EFI') },
  {
    symbol: 'FB_VESA',
    type: 'bool',
    needs: 'FB=y && X86',
    met: (v, arch) => v.get('FB') === 'y' && arch === 'x86_64',
  },
  {
    symbol: 'DRM_EFIDRM',
    type: 'tristate',
    exists: (behaviour) => behaviour.drmSysfb,
    needs: 'DRM && EFI && !SYSFB_SIMPLEFB',
    met: (v) => v.on('DRM') && v.on('EFI') && !v.on('SYSFB_SIMPLEFB'),
  },
  {
    symbol: 'DRM_VESADRM',
    type: 'tristate',
    exists: (behaviour) => behaviour.drmSysfb,
    needs: 'DRM && X86 && !SYSFB_SIMPLEFB',
    met: (v, arch) => v.on('DRM') && arch === 'x86_64' && !v.on('SYSFB_SIMPLEFB'),
  },
];

export interface SelectRule {
  /** The symbol that selects CONFIG_SYSFB. */
  readonly symbol: string;
  /** The condition of the select in Kconfig; empty if there is none. */
  readonly condition: (behaviour: Behaviour) => string;
  readonly exists: (behaviour: Behaviour) => boolean;
}

const none = (): string => '';

function hypervSelect(symbol: 'HYPERV' | 'HYPERV_VMBUS'): SelectRule {
  return {
    symbol,
    condition: (behaviour) => (behaviour.selectNeedsEfi ? 'EFI && !HYPERV_VTL_MODE' : '!HYPERV_VTL_MODE'),
    exists: (behaviour) => behaviour.hypervSelectsSysfb === symbol,
  };
}

/** Every `select SYSFB`. */
export const SELECT_RULES: readonly SelectRule[] = [
  { symbol: 'SYSFB_SIMPLEFB', condition: none, exists: (b) => b.sysfbSymbol === 'selected-only' },
  { symbol: 'FB_EFI', condition: none, exists: (b) => b.sysfbSymbol === 'selected-only' },
  { symbol: 'FB_VESA', condition: none, exists: (b) => b.sysfbSymbol === 'selected-only' },
  { symbol: 'DRM_EFIDRM', condition: none, exists: (b) => b.drmSysfb },
  { symbol: 'DRM_VESADRM', condition: none, exists: (b) => b.drmSysfb },
  hypervSelect('HYPERV'),
  hypervSelect('HYPERV_VMBUS'),
];
