/** What would settle the answer. */
import { FRAMEBUFFER_SETTLED_BY } from '../framebuffers.ts';
import type { ToSettle } from '../question.ts';
import { toSettle as settledBy } from '../settle.ts';
import { BOOT, FRAMEBUFFER_BASE, LFB_BASE, LOW_GAP, PLACE, VIDEO } from './variables.ts';
import type { Case } from './verdict.ts';

const HOW: Readonly<Record<string, string>> = {
  [BOOT.id]: '--boot efi|bios, or dmesg of the machine',
  [LFB_BASE.id]: 'a dump of boot_params (/sys/kernel/boot_params/data), or dmesg of the boot',
  [PLACE.id]: FRAMEBUFFER_SETTLED_BY,
  [FRAMEBUFFER_BASE.id]: FRAMEBUFFER_SETTLED_BY,
  [LOW_GAP]: FRAMEBUFFER_SETTLED_BY,
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
