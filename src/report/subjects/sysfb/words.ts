/** The words of `sysfb` reports: the headline, machine and kernel. */
import { hex } from '../../../bytes/address.ts';
import type { Condition } from '../../../symbolic/index.ts';
import { Names, variablesOf } from '../../../symbolic/index.ts';
import type { Answer, Hazard, Verdict } from '../../../verdict/sysfb/verdict.ts';
import { formatRange } from '../../../window/range-text.ts';
import type { Tone } from '../../document.ts';

export const ANSWER_WORDS: Record<Answer, readonly [string, Tone]> = {
  'not-needed': ['not needed', 'good'],
  needed: ['needed', 'bad'],
  depends: ['depends', 'warn'],
  unknown: ['unknown', 'warn'],
};

export const HAZARD_WORDS: Record<Hazard, string> = {
  none: 'none',
  'framebuffer-unprotected': 'VMBus may hand out the space of the framebuffer',
  'boot-failure': 'a device gets the space of the framebuffer, and the machine may not boot',
  unknown: 'unknown',
};

const PLATFORM_WORDS: Record<Verdict['machine']['platform'], string> = {
  'hyperv-gen1': 'Hyper-V, Generation 1',
  'hyperv-gen2': 'Hyper-V, Generation 2',
  'hyperv-direct': 'Hyper-V, started without firmware',
  'hyperv-root': 'Hyper-V root partition',
  'openhcl-vtl2': 'OpenHCL in VTL2',
  'qemu-vmbus': 'QEMU with a VMBus bridge',
  pc: 'no Hyper-V guest',
  'xen-pv': 'Xen PV guest',
  'other-hypervisor': 'guest of another hypervisor',
  other: 'not recognised',
};

const BOOT_WORDS: Record<Verdict['machine']['boot'], string> = {
  efi: 'EFI and ACPI',
  bios: 'BIOS and ACPI',
  dt: 'device tree',
  unknown: 'boot path unknown',
};

export function machineText({ machine: { platform, boot, vtl } }: Verdict): string {
  return `${PLATFORM_WORDS[platform]}; ${BOOT_WORDS[boot]}${vtl === null ? '' : `; VTL ${vtl}`}`;
}

export function kernelText({ kernel }: Verdict): string {
  const config = Object.entries(kernel.config).map(([name, value]) => `CONFIG_${name}=${value}`);
  const release = kernel.release ?? (config.length === 0 ? 'release unknown' : undefined);
  return [release, config.join(' ')].filter((part) => part !== undefined && part !== '').join('; ');
}

export function framebufferText({ framebuffer }: Verdict): string {
  if (framebuffer === null) return 'none known';
  const { base, size, expression, text } = framebuffer;
  const range =
    base !== null && size !== null
      ? formatRange({ space: 'memory', base, size })
      : (expression ?? (base === null ? undefined : `at ${hex(base)}`));
  return range === undefined || text.includes(range) ? text : `${range}, ${text}`;
}

/** Choices that have a better name in a sentence than in a condition. */
const CHOICE_WORDS: Readonly<Record<string, string>> = {
  release: 'the release',
  boot: 'how it boots',
  lfb_base: 'what screen_info holds',
  framebuffer: 'where the framebuffer is',
  framebuffer_base: 'where in the low window it is',
  low_gap: 'which window is the low gap',
  '1414:5353': 'the PCI video device',
  cells: 'the cell counts',
  vmbus: 'which VMBus device the kernel is given',
};

/** The most names in a headline; further ones are counted. */
const MAX_NAMES = 4;

/** `the firmware fields MG2B, MG2L and on the release`. */
export function dependsOnText(conditions: readonly Condition[]): string {
  const names = new Names();
  const fields: string[] = [];
  const others: string[] = [];
  let unknown = false;
  for (const variable of variablesOf(...conditions)) {
    if (variable.kind === 'field') fields.push(names.of(variable));
    else if (variable.kind === 'unknown') unknown = true;
    else others.push(CHOICE_WORDS[variable.choice.id] ?? names.of(variable));
  }
  const shown = fields.slice(0, MAX_NAMES).join(', ');
  const more = fields.length > MAX_NAMES ? ` and ${fields.length - MAX_NAMES} more` : '';
  const parts = [
    ...(fields.length === 0 ? [] : [`the firmware field${fields.length === 1 ? '' : 's'} ${shown}${more}`]),
    ...others,
    ...(unknown ? ['code that was not followed'] : []),
  ];
  const last = parts.pop();
  if (last === undefined) return 'what the inputs leave open';
  return parts.length === 0 ? last : `${parts.join(', on ')} and on ${last}`;
}

/** The answer with its caveat. */
export function headlineOf(verdict: Verdict): string {
  const { answer, effective } = verdict;
  if (answer === 'needed' && effective === false)
    return 'Reservation needed, and CONFIG_SYSFB would not make it';
  if (answer === 'needed' && effective === null)
    return 'Reservation needed; whether CONFIG_SYSFB would make it is unknown';
  const [word] = ANSWER_WORDS[answer];
  const on = answer === 'depends' ? ` on ${dependsOnText(verdict.conditions.map(({ when }) => when))}` : '';
  return `CONFIG_SYSFB: ${word}${on}`;
}

/** The same as a sentence about the machine, for a reply. */
export function answerSentence(verdict: Verdict): string {
  const { answer, effective, machine, conditions } = verdict;
  const who = machine.platform === 'openhcl-vtl2' ? 'VTL2' : 'a kernel on this machine';
  const subject = `${who.charAt(0).toUpperCase()}${who.slice(1)}`;
  switch (answer) {
    case 'not-needed':
      return `${subject} does not need CONFIG_SYSFB.`;
    case 'needed':
      if (effective === true) return `${subject} needs CONFIG_SYSFB.`;
      return effective === false
        ? `${subject} needs a reservation, and CONFIG_SYSFB would not make it.`
        : `${subject} needs a reservation; whether CONFIG_SYSFB would make it is unknown.`;
    case 'depends':
      return `Whether ${who} needs CONFIG_SYSFB depends on ${dependsOnText(conditions.map(({ when }) => when))}.`;
    case 'unknown':
      return `It is not known whether ${who} needs CONFIG_SYSFB.`;
  }
}
