/**
 * What Linux makes of an ACPI host bridge's windows: drivers/acpi/pci_root.c (trimming, uniting) and, as notes,
 * arch/x86/pci/acpi.c (E820 clipping by release).
 */
import { formatMemRange } from '../bytes/address.ts';
import type { MemoryMapEntry } from '../evidence/values.ts';
import type { Behaviour } from './behaviour.ts';

/** Half-open. */
export interface BridgeWindow {
  readonly space: 'memory' | 'io';
  readonly base: bigint;
  readonly size: bigint;
}

/** PCI configuration ports 0xcf8-0xcff, which x86 takes out of a bridge's I/O windows (resource_is_pcicfg_ioport). */
const CONFIG_PORTS = { base: 0xcf8n, last: 0xcffn };

export interface BridgeResult {
  readonly windows: readonly BridgeWindow[];
  /** What was dropped, trimmed or united, as Linux logs it. */
  readonly notes: readonly string[];
}

/**
 * The windows that Linux uses, in the firmware's order.
 * @param addressBits physical address bits of the CPU; ranges beyond cannot be addressed
 */
export function linuxBridgeWindows(
  windows: readonly BridgeWindow[],
  arch: 'x86_64' | 'arm64',
  addressBits = 64,
): BridgeResult {
  const notes: string[] = [];
  const limit = 1n << BigInt(addressBits);
  const kept: BridgeWindow[] = [];
  for (const window of windows) {
    const end = window.base + window.size;
    if (window.space === 'memory' && end > limit) {
      const size = limit > window.base ? limit - window.base : 0n;
      notes.push(
        `${formatMemRange(window.base, window.size)} ${size === 0n ? 'ignored' : 'trimmed'}, not CPU addressable`,
      );
      if (size > 0n) kept.push({ ...window, size });
      continue;
    }
    if (
      arch === 'x86_64' &&
      window.space === 'io' &&
      window.base === CONFIG_PORTS.base &&
      end - 1n === CONFIG_PORTS.last
    ) {
      notes.push('I/O ports 0xcf8-0xcff are for configuration space, no window');
      continue;
    }
    kept.push(window);
  }
  return { windows: unite(kept, notes), notes };
}

/** acpi_pci_root_validate_resources(): windows that overlap become one, in the place of the later one. */
function unite(windows: readonly BridgeWindow[], notes: string[]): BridgeWindow[] {
  const list: (BridgeWindow | undefined)[] = [...windows];
  for (let first = 0; first < list.length; first += 1) {
    const one = list[first];
    if (one === undefined) continue;
    for (let second = first + 1; second < list.length; second += 1) {
      const other = list[second];
      if (other === undefined || other.space !== one.space) continue;
      const end = one.base + one.size;
      const otherEnd = other.base + other.size;
      if (one.base >= otherEnd || other.base >= end) continue;
      const base = one.base < other.base ? one.base : other.base;
      const size = (end > otherEnd ? end : otherEnd) - base;
      const kind = one.space === 'io' ? 'io' : 'mem';
      notes.push(
        `host bridge window expanded to ${formatMemRange(base, size, kind)}; ${formatMemRange(one.base, one.size, kind)} ignored`,
      );
      list[second] = { ...other, base, size };
      list[first] = undefined;
      break;
    }
  }
  return list.filter((window) => window !== undefined);
}

export interface E820Facts {
  readonly memoryMap: readonly MemoryMapEntry[];
  readonly biosYear?: number;
  readonly commandLine?: string;
  /** What the log says: used or ignored. */
  readonly logged?: boolean;
}

/** The year from which firmware is trusted to describe its windows rightly. */
const TRUSTED_BIOS_YEAR = 2023;

/** Whether this kernel clips host bridge windows by E820 reservations, and why; undefined when that isn't known. */
export function clipsByE820(
  behaviour: Behaviour,
  facts: E820Facts,
): { readonly clips: boolean; readonly why: string } | undefined {
  if (facts.logged !== undefined)
    return {
      clips: facts.logged,
      why: `the log says so: ${facts.logged ? 'Using' : 'Ignoring'} E820 reservations`,
    };
  const { commandLine, biosYear } = facts;
  if (behaviour.e820Clipping !== 'bios-before-2023')
    return { clips: behaviour.e820Clipping === 'always', why: 'this release does so for every firmware' };
  if (commandLine !== undefined && /(?:^| )pci=(?:\S*,)?no_e820\b/.test(commandLine))
    return { clips: false, why: 'pci=no_e820 on the command line' };
  if (commandLine !== undefined && /(?:^| )pci=(?:\S*,)?use_e820\b/.test(commandLine))
    return { clips: true, why: 'pci=use_e820 on the command line' };
  if (biosYear === undefined) return undefined;
  return {
    clips: biosYear < TRUSTED_BIOS_YEAR,
    why: `the firmware is of ${biosYear}; windows are clipped for one of before ${TRUSTED_BIOS_YEAR}`,
  };
}

/** One note for each memory window that E820 reservations would cut. VMBus' own windows are never clipped. */
export function e820Notes(
  behaviour: Behaviour,
  windows: readonly BridgeWindow[],
  facts: E820Facts,
): readonly string[] {
  const decision = clipsByE820(behaviour, facts);
  const notes: string[] = [];
  for (const window of windows) {
    if (window.space !== 'memory') continue;
    for (const entry of facts.memoryMap) {
      if (entry.type === 'ram') continue;
      if (entry.base >= window.base + window.size || window.base >= entry.base + entry.size) continue;
      const what = `the host bridge window ${formatMemRange(window.base, window.size)} overlaps the ${entry.map} entry ${formatMemRange(entry.base, entry.size)} ${entry.name}`;
      if (decision === undefined) notes.push(`${what}; whether Linux clips it hangs on the firmware's date`);
      else notes.push(`${what}; Linux ${decision.clips ? 'clips it' : 'does not clip it'}: ${decision.why}`);
    }
  }
  return notes;
}
