/** What the answer may depend on besides firmware fields and the release. */
import { type ChoiceVariable, type Condition, chosen } from '../../symbolic/index.ts';

/** `efi_enabled(EFI_BOOT)` of the kernel that runs: how it was started, as the driver sees it. */
export const BOOT: ChoiceVariable = { id: 'boot', values: ['bios', 'efi'], ordered: false };

/** lfb_base of screen_info: 0, or where the framebuffer is. */
export const LFB_BASE: ChoiceVariable = { id: 'lfb_base', values: ['0', 'framebuffer'], ordered: false };

/** The Generation 1 video device, PCI 1414:5353, with its BAR 0. */
export const VIDEO: ChoiceVariable = { id: '1414:5353', values: ['absent', 'present'], ordered: false };

/** Whether the framebuffer is inside VMBus' windows, where its place is not known. */
export const PLACE: ChoiceVariable = { id: 'framebuffer', values: ['outside', 'inside'], ordered: false };

/** Whether it is at the start of the first window, where that is all that the driver reserves without knowing its place. */
export const FRAMEBUFFER_BASE: ChoiceVariable = {
  id: 'framebuffer_base',
  values: ['elsewhere', 'window_start'],
  ordered: false,
};

/** Which window below 4 GiB is the low gap, by its base. */
export const LOW_GAP = 'low_gap';

export const IS_EFI = chosen(BOOT, 'efi') as Condition;
export const LFB_IS_ZERO = chosen(LFB_BASE, '0') as Condition;
export const HAS_VIDEO = chosen(VIDEO, 'present') as Condition;
export const IS_INSIDE = chosen(PLACE, 'inside') as Condition;
export const IS_AT_START = chosen(FRAMEBUFFER_BASE, 'window_start') as Condition;

/** A choice between several things of a kind; undefined where there is only one. */
export function oneOf(id: string, values: readonly string[]): ChoiceVariable | undefined {
  const distinct = [...new Set(values)];
  return distinct.length < 2 ? undefined : { id, values: distinct, ordered: false };
}
