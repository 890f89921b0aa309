/** What would settle the answer. */
import type { ToSettle } from '../question.ts';
import { toSettle as settledBy } from '../settle.ts';
import { BOOT, FRAMEBUFFER_BASE, LFB_BASE, LOW_GAP, PLACE, VIDEO } from './variables.ts';
import type { Case } from './verdict.ts';

const FRAMEBUFFER = '--framebuffer BASE+SIZE, or boot_params, dmesg or lspci of the machine';

const HOW: Readonly<Record<string, string>> = {
  [BOOT.id]: '--boot efi|bios, or dmesg of the machine',
  [LFB_BASE.id]: 'a dump of boot_params (/sys/kernel/boot_params/data), or dmesg of the boot',
  [PLACE.id]: FRAMEBUFFER,
  [FRAMEBUFFER_BASE.id]: FRAMEBUFFER,
  [LOW_GAP]: FRAMEBUFFER,
  [VIDEO.id]: 'lspci -vv -nn of the machine',
  cells: '--cells CHILD,PARENT,SIZE, or the whole tree: /sys/firmware/fdt',
  vmbus: '--vtl N, or only the tree that the kernel boots with',
};

export function toSettle(cases: readonly Case[]): ToSettle[] {
  return settledBy(
    cases.map(({ when }) => when),
    HOW,
    cases.map(({ by = [] }) => by),
  );
}
