/** Messages about framebuffers: the drivers that use one, and what they show of the boot and the configuration. */
import { limit } from '../../limits/limits.ts';
import type { FramebufferSighting } from '../values.ts';
import { noteEfiBoot } from './boot-rows.ts';
import { type Boot, firstTime, hex, type LogRow, type Said, symbolOn } from './row.ts';

/** `lfb_base` is a field of 32 bits, and the VMBus driver reads no more. */
const LFB_BASE_MASK = 0xffff_ffffn;

function lfbBase(value: bigint | 'nonzero', said: Said, boot: Boot): void {
  if (firstTime(boot, `lfb_base ${value}`)) boot.facts.lfbBase.push({ ...said, value });
}

function sighting(value: FramebufferSighting, said: Said, boot: Boot): void {
  if (boot.facts.framebuffers.length < limit('framebuffer-sightings'))
    boot.facts.framebuffers.push({ ...said, value });
  else if (boot.moreFramebuffers === undefined) boot.moreFramebuffers = said;
}

/** A driver of the boot framebuffer has it: what the boot loader said of it is there. */
function byDriver(driver: 'efifb' | 'vesafb' | 'simple-framebuffer', said: Said, boot: Boot): void {
  if (driver === 'simple-framebuffer') {
    symbolOn(boot, said, 'SYSFB_SIMPLEFB', 'SYSFB');
    return;
  }
  symbolOn(boot, said, driver === 'efifb' ? 'FB_EFI' : 'FB_VESA', 'SYSFB');
  if (driver === 'efifb') noteEfiBoot(true, said, boot);
  else if (firstTime(boot, 'efi false by vesafb')) boot.facts.efiBoot.push({ ...said, value: false });
}

export const VIDEO_ROWS: readonly LogRow[] = [
  {
    starts: ['efifb: ', 'vesafb: '],
    pattern:
      /^(efifb|vesafb): framebuffer at 0x([0-9a-f]+), (?:mapped to (?:0x[0-9a-f]+|\(?\w+\)?), )?using \d+k, total (\d+)k$/,
    take: (match, said, boot) => {
      const by = match[1] === 'efifb' ? 'efifb' : 'vesafb';
      const base = hex(match[2]!);
      sighting({ base, size: BigInt(match[3]!) << 10n, by }, said, boot);
      byDriver(by, said, boot);
      lfbBase(base & LFB_BASE_MASK, said, boot);
    },
  },
  {
    starts: ['efifb: ', 'vesafb: '],
    pattern: /^(efifb|vesafb): (?:probing for efifb|mode is \d)/,
    take: (match, said, boot) => byDriver(match[1] === 'efifb' ? 'efifb' : 'vesafb', said, boot),
  },
  {
    starts: ['fb0: ', 'fb1: '],
    pattern: /^fb\d+: (EFI|VESA) VGA frame buffer device$/,
    take: (match, said, boot) => {
      byDriver(match[1] === 'EFI' ? 'efifb' : 'vesafb', said, boot);
      lfbBase('nonzero', said, boot);
    },
  },
  {
    // The platform device that sysfb makes has an instance number; one from a device tree has the node's name.
    starts: ['simple-framebuffer simple-framebuffer.'],
    pattern:
      /^simple-framebuffer simple-framebuffer\.\d+: framebuffer at 0x([0-9a-f]+), 0x([0-9a-f]+) bytes(?:, mapped to .*)?$/,
    take: (match, said, boot) => {
      const base = hex(match[1]!);
      sighting({ base, size: hex(match[2]!), by: 'simple-framebuffer' }, said, boot);
      byDriver('simple-framebuffer', said, boot);
      lfbBase(base & LFB_BASE_MASK, said, boot);
    },
  },
  {
    starts: ['simple-framebuffer '],
    pattern: /^simple-framebuffer \S+: framebuffer at 0x([0-9a-f]+), 0x([0-9a-f]+) bytes(?:, mapped to .*)?$/,
    take: (match, said, boot) => {
      sighting({ base: hex(match[1]!), size: hex(match[2]!), by: 'simple-framebuffer' }, said, boot);
    },
  },
  {
    starts: ['[drm] Initialized ', 'simple-framebuffer simple-framebuffer.'],
    pattern:
      /^(?:\[drm\] Initialized simpledrm .* for simple-framebuffer\.\d+ on minor|simple-framebuffer simple-framebuffer\.\d+: \[drm\])/,
    take: (_match, said, boot) => {
      byDriver('simple-framebuffer', said, boot);
      lfbBase('nonzero', said, boot);
    },
  },
  {
    starts: ['[drm] Initialized '],
    pattern: /^\[drm\] Initialized (efidrm|vesadrm) /,
    take: (match, said, boot) => {
      symbolOn(boot, said, match[1] === 'efidrm' ? 'DRM_EFIDRM' : 'DRM_VESADRM', 'SYSFB');
      if (match[1] === 'efidrm') noteEfiBoot(true, said, boot);
      lfbBase('nonzero', said, boot);
    },
  },
  {
    // vgacon: orig_video_isVGA is VGA text (drivers/video/console/vgacon.c, vgacon_startup), so there is no linear framebuffer.
    starts: ['Console: colour VGA', 'Console: mono '],
    pattern: /^Console: (?:colour VGA\+?|mono \S+) \d+x\d+$/,
    take: (_match, said, boot) => {
      const inferred: Said = { ...said, strength: 'inferred' };
      lfbBase(0n, inferred, boot);
      if (firstTime(boot, 'efi false by text console'))
        boot.facts.efiBoot.push({ ...inferred, value: false });
    },
  },
];
