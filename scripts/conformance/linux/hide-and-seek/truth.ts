/**
 * The truth: the driver's model run on numbers, and which of its windows contain the framebuffer. Nothing of src/verdict
 * is used here.
 */

import { buildAcpiPool } from '../../../../src/linux/vmbus/acpi-pool.ts';
import { buildDeviceTreePool } from '../../../../src/linux/vmbus/device-tree-pool.ts';
import { lastOf, type VmbusPool } from '../../../../src/linux/vmbus/pool.ts';
import type { FramebufferFacts } from '../../../../src/linux/vmbus/reservation.ts';
import { reserveFramebuffer } from '../../../../src/linux/vmbus/reservation.ts';
import { levelsIn } from './firmware-acpi.ts';
import type { Machine } from './machine.ts';

export interface Truth {
  /** Can VMBus hand out a part of the framebuffer, without CONFIG_SYSFB and with it? */
  readonly without: boolean;
  readonly with: boolean;
  /** Does CONFIG_SYSFB make the reservation that is needed? Null where it does and a request around it gets past. */
  readonly effective: boolean | null;
  /** With the kernel's own configuration. */
  readonly actual: boolean;
}

export function isOn({ configuration }: Machine, symbol: string): boolean {
  const value = configuration.values.get(symbol);
  return value === 'y' || value === 'm';
}

/** The kernel has the driver, and the driver reads the machine's description. */
export function hasDriver(machine: Machine): boolean {
  if (!isOn(machine, 'HYPERV') || (machine.configuration.vmbusSymbol && !isOn(machine, 'HYPERV_VMBUS')))
    return false;
  return isOn(machine, machine.firmware.kind === 'acpi' ? 'ACPI' : 'OF');
}

/** efi_enabled(EFI_BOOT). */
export function efiEnabled(machine: Machine): boolean {
  return machine.boot.by === 'efi' && isOn(machine, 'EFI');
}

/** The driver's pool with CONFIG_SYSFB or without. */
export function poolOf(machine: Machine, sysfb: boolean): VmbusPool | undefined {
  if (!hasDriver(machine)) return undefined;
  const { firmware, kernel, boot, arch } = machine;
  if (firmware.kind === 'tree') {
    const ranges = firmware.windows?.map(({ base, size }) => ({ bus: base, cpu: base, size })) ?? null;
    return buildDeviceTreePool(
      kernel.behaviour,
      { ranges, interrupt: true, addressCells: 2, sizeCells: firmware.sizeCells },
      arch,
    );
  }
  const pool = buildAcpiPool(kernel.behaviour, levelsIn(firmware, machine.contents));
  const facts: FramebufferFacts = {
    boot: efiEnabled(machine) ? 'efi' : 'bios',
    sysfb,
    screenInfo: { lfbBase: BigInt.asUintN(32, boot.lfb.base), lfbSize: boot.lfb.size },
    gen1Video: boot.video === null ? null : { kind: 'mem', start: boot.video.base, size: boot.video.size },
  };
  reserveFramebuffer(kernel.behaviour, pool, facts);
  return pool;
}

/** `around`: only a request that holds the whole reservation gets past it. */
type Exposure = 'no' | 'around' | 'yes';

function exposure(machine: Machine, sysfb: boolean): Exposure {
  const { framebuffer } = machine.boot;
  const pool = poolOf(machine, sysfb);
  if (pool === undefined || pool.probe !== 0 || framebuffer === null) return 'no';
  let found: Exposure = 'no';
  for (const [index, window] of pool.windows.entries()) {
    const start = max(window.start, framebuffer.base);
    const last = min(lastOf(pool, window), framebuffer.base + framebuffer.size - 1n);
    if (start > last) continue;
    // The reservation is a claim in the first window; the others are kept off it only by the allocator's own test.
    const reserved = index === 0 || machine.kernel.behaviour.framebufferTest ? pool.framebuffer : null;
    if (reserved === null || reserved.start > start || reserved.end < last) return 'yes';
    // That test looks at both ends of a request, and one around the reservation has neither in it (the kernel's vector
    // h-overlap-enclose-fb-second-window). From 0 on it would have to pass by everything free below.
    if (
      index > 0 &&
      window.start !== 0n &&
      window.start < reserved.start &&
      lastOf(pool, window) > reserved.end
    )
      found = 'around';
  }
  return found;
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

export function truthOf(machine: Machine): Truth {
  const [off, on] = [exposure(machine, false), exposure(machine, true)];
  const [without, withIt] = [off !== 'no', on !== 'no'];
  return {
    without,
    with: withIt,
    effective: !without || on === 'yes' || off === on ? false : on === 'no' ? true : null,
    actual: machine.configuration.sysfb ? withIt : without,
  };
}
