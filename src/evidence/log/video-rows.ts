/** Messages of framebuffer drivers. */
import { limit } from '../../limits/limits.ts';
import type { FramebufferSighting } from '../values.ts';
import { noteEfiBoot } from './boot-rows.ts';
import { type Boot, firstTime, hex, type LogMessage, type LogRow, symbolOn } from './row.ts';

/** `lfb_base` has 32 bits, and the VMBus driver doesn't read `ext_lfb_base`. */
const LFB_BASE_MASK = 0xffff_ffffn;

function lfbBase(value: bigint | 'nonzero', message: LogMessage, boot: Boot): void {
  if (firstTime(boot, `lfb_base ${value}`)) boot.facts.lfbBase.push({ ...message, value });
}

function sighting(value: FramebufferSighting, message: LogMessage, boot: Boot): void {
  if (boot.facts.framebuffers.length < limit('framebuffer-sightings'))
    boot.facts.framebuffers.push({ ...message, value });
  else if (boot.moreFramebuffers === undefined) boot.moreFramebuffers = message;
}

/** Adds the facts that follow from a driver using the boot framebuffer. */
function byDriver(driver: 'efifb' | 'vesafb' | 'simple-framebuffer', message: LogMessage, boot: Boot): void {
  if (driver === 'simple-framebuffer') {
    symbolOn(boot, message, 'SYSFB_SIMPLEFB', 'SYSFB');
    return;
  }
  symbolOn(boot, message, driver === 'efifb' ? 'FB_EFI' : 'FB_VESA', 'SYSFB');
  if (driver === 'efifb') noteEfiBoot(true, message, boot);
  else if (firstTime(boot, 'efi false by vesafb')) boot.facts.efiBoot.push({ ...message, value: false });
}

export const VIDEO_ROWS: readonly LogRow[] = [
  {
    starts: ['efifb: ', 'vesafb: '],
    pattern:
      /^(efifb|vesafb): framebuffer at 0x([0-9a-f]+), (?:mapped to (?:0x[0-9a-f]+|\(?\w+\)?), )?using \d+k, total (\d+)k$/,
    take: (match, message, boot) => {
      const by = match[1] === 'efifb' ? 'efifb' : 'vesafb';
      const base = hex(match[2]!);
      sighting({ base, size: BigInt(match[3]!) << 10n, by }, message, boot);
      byDriver(by, message, boot);
      lfbBase(base & LFB_BASE_MASK, message, boot);
    },
  },
  {
    starts: ['efifb: ', 'vesafb: '],
    pattern: /^(efifb|vesafb): (?:probing for efifb|mode is \d)/,
    take: (match, message, boot) => byDriver(match[1] === 'efifb' ? 'efifb' : 'vesafb', message, boot),
  },
  {
    starts: ['fb0: ', 'fb1: '],
    pattern: /^fb\d+: (EFI|VESA) VGA frame buffer device$/,
    take: (match, message, boot) => {
      byDriver(match[1] === 'EFI' ? 'efifb' : 'vesafb', message, boot);
      lfbBase('nonzero', message, boot);
    },
  },
  {
    // The platform device created by sysfb has an instance number; one from a device tree has the node's name.
    starts: ['simple-framebuffer simple-framebuffer.'],
    pattern:
      /^simple-framebuffer simple-framebuffer\.\d+: framebuffer at 0x([0-9a-f]+), 0x([0-9a-f]+) bytes(?:, mapped to .*)?$/,
    take: (match, message, boot) => {
      const base = hex(match[1]!);
      sighting({ base, size: hex(match[2]!), by: 'simple-framebuffer' }, message, boot);
      byDriver('simple-framebuffer', message, boot);
      lfbBase(base & LFB_BASE_MASK, message, boot);
    },
  },
  {
    starts: ['simple-framebuffer '],
    pattern: /^simple-framebuffer \S+: framebuffer at 0x([0-9a-f]+), 0x([0-9a-f]+) bytes(?:, mapped to .*)?$/,
    take: (match, message, boot) => {
      sighting({ base: hex(match[1]!), size: hex(match[2]!), by: 'simple-framebuffer' }, message, boot);
    },
  },
  {
    starts: ['[drm] Initialized ', 'simple-framebuffer simple-framebuffer.'],
    pattern:
      /^(?:\[drm\] Initialized simpledrm .* for simple-framebuffer\.\d+ on minor|simple-framebuffer simple-framebuffer\.\d+: \[drm\])/,
    take: (_match, message, boot) => {
      byDriver('simple-framebuffer', message, boot);
      lfbBase('nonzero', message, boot);
    },
  },
  {
    starts: ['[drm] Initialized '],
    pattern: /^\[drm\] Initialized (efidrm|vesadrm) /,
    take: (match, message, boot) => {
      symbolOn(boot, message, match[1] === 'efidrm' ? 'DRM_EFIDRM' : 'DRM_VESADRM', 'SYSFB');
      if (match[1] === 'efidrm') noteEfiBoot(true, message, boot);
      lfbBase('nonzero', message, boot);
    },
  },
  {
    // vgacon runs only with a VGA text mode in orig_video_isVGA (drivers/video/console/vgacon.c, vgacon_startup), that is,
    // without a linear framebuffer.
    starts: ['Console: colour VGA', 'Console: mono '],
    pattern: /^Console: (?:colour VGA\+?|mono \S+) \d+x\d+$/,
    take: (_match, message, boot) => {
      const inferred: LogMessage = { ...message, strength: 'inferred' };
      lfbBase(0n, inferred, boot);
      if (firstTime(boot, 'efi false by text console'))
        boot.facts.efiBoot.push({ ...inferred, value: false });
    },
  },
];
