/**
 * Finds out which changes of the release table a kernel has from its code: the source of its driver and Kconfig, or
 * strings of its image. This overrides the release number, which says little about a vendor's kernel.
 */

import { textOf } from '../bytes/source.ts';
import type { FactOf } from '../evidence/fact.ts';
import type { KernelSourceFile, MachineFacts } from '../evidence/facts.ts';

/** Whether the kernel has a change of the release table. */
export interface ShownChange {
  /** A row of `RELEASE_CHANGES`. */
  readonly commit: string;
  /** `open`: the code does it in another way than any known release, so neither is certain, whatever the release. */
  readonly present: boolean | 'open';
}

/** Evidence in a file. */
interface Sign {
  readonly present: boolean | 'open';
  readonly at: number;
  readonly text: string;
}

/** C or Kconfig source without comments. */
class Code {
  readonly text: string;

  constructor(text: string, isC: boolean) {
    this.text = isC ? withoutIfZero(withoutComments(text)) : text;
  }

  /** The body of a function with its braces; `undefined` if it is not defined in this file. */
  body(name: string): { readonly start: number; readonly text: string } | undefined {
    const definition = new RegExp(`\\b${name}\\s*\\([^;{}]{0,600}\\)\\s*\\{`, 'g');
    const match = definition.exec(this.text);
    if (match === null) return undefined;
    const start = match.index + match[0].length - 1;
    let depth = 0;
    for (let at = start; at < this.text.length; at += 1) {
      const character = this.text[at];
      if (character === '{') depth += 1;
      else if (character === '}') {
        depth -= 1;
        if (depth === 0) return { start, text: this.text.slice(start, at + 1) };
      }
    }
    return undefined;
  }

  /** An entry of a Kconfig file without its help text. */
  entry(symbol: string): { readonly start: number; readonly text: string } | undefined {
    const match = new RegExp(`^(?:menu)?config ${symbol}\\s*$`, 'm').exec(this.text);
    if (match === null) return undefined;
    const from = match.index + match[0].length;
    const next = /^(?:menuconfig|config|menu|endmenu|choice|endchoice|if|endif|source|comment)\b/m.exec(
      this.text.slice(from),
    );
    const end = next === null ? this.text.length : from + next.index;
    return { start: match.index, text: withoutHelp(this.text.slice(match.index, end)) };
  }
}

/** An entry with its help text (the lines after `help` with deeper indentation) blanked out; the length is unchanged. */
function withoutHelp(entry: string): string {
  let help: number | undefined;
  return entry
    .split('\n')
    .map((line) => {
      const indent = line.replace(/\t/g, '        ').search(/\S/);
      if (help !== undefined && (indent < 0 || indent > help)) return ' '.repeat(line.length);
      help = /^\s*(?:help|---help---)\s*$/.test(line) ? indent : undefined;
      return line;
    })
    .join('\n');
}

/** A text with C comments blanked out, so that offsets remain valid. Strings are recognized. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  let from = 0;
  const mark = /\/\*|\/\/|"|'/g;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    const at = match.index;
    let end: number;
    if (match[0] === '/*') {
      const close = text.indexOf('*/', at + 2);
      end = close < 0 ? text.length : close + 2;
    } else {
      const newline = text.indexOf('\n', at);
      end = newline < 0 ? text.length : newline;
    }
    if (match[0].startsWith('/')) {
      parts.push(text.slice(from, at), text.slice(at, end).replace(/[^\n]/g, ' '));
      from = end;
    } else end = endOfQuote(text, at, end);
    mark.lastIndex = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** C code with what `#if 0` leaves out blanked, up to its `#else`, `#elif` or `#endif`; offsets remain valid. */
function withoutIfZero(text: string): string {
  if (!/^[ \t]*#[ \t]*if[ \t]+0\b/m.test(text)) return text;
  let depth = 0;
  return text
    .split('\n')
    .map((line) => {
      const directive = /^\s*#\s*(if|ifdef|ifndef|else|elif|endif)\b\s*(\S*)/.exec(line);
      const [, name = '', argument] = directive ?? [];
      if (depth === 0) {
        if (name === 'if' && argument === '0') depth = 1;
        return line;
      }
      if (name.startsWith('if')) depth += 1;
      else if (name === 'endif' || (depth === 1 && name !== '')) depth -= 1;
      return ' '.repeat(line.length);
    })
    .join('\n');
}

/** Exclusive end of a quoted string, at most the end of the line. */
function endOfQuote(text: string, at: number, lineEnd: number): number {
  for (let next = at + 1; next < lineEnd; next += 1) {
    if (text[next] === '\\') next += 1;
    else if (text[next] === text[at]) return next + 1;
  }
  return lineEnd;
}

type Look = (code: Code) => Sign | undefined;

/** The change is present if a function contains the pattern; `undefined` if there is no such function. */
function inFunction(name: string, pattern: RegExp): Look {
  return (code) => {
    const body = code.body(name);
    if (body === undefined) return undefined;
    const match = pattern.exec(body.text);
    return match === null
      ? { present: false, at: body.start, text: `${name}() without ${wordOf(pattern)}` }
      : { present: true, at: body.start + match.index, text: lineAt(code.text, body.start + match.index) };
  };
}

/** The first word of a pattern, for a message. */
function wordOf(pattern: RegExp): string {
  return /\w{4,}/.exec(pattern.source.replaceAll('\\b', ' '))?.[0] ?? pattern.source;
}

/** The change is present if the function exists. */
function hasFunction(name: string): Look {
  return (code) => {
    const body = code.body(name);
    return body === undefined
      ? { present: false, at: 0, text: `no function ${name}()` }
      : { present: true, at: body.start, text: `${name}()` };
  };
}

function hasEntry(symbol: string): Look {
  return (code) => {
    const entry = code.entry(symbol);
    return entry === undefined
      ? { present: false, at: 0, text: `no config ${symbol}` }
      : { present: true, at: entry.start, text: `config ${symbol}` };
  };
}

function lineAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end < 0 ? text.length : end).trim();
}

/** The `select SYSFB` below one of the entries, with its condition. */
function selectsSysfb(
  code: Code,
  symbols: readonly string[],
): (Sign & { readonly condition: string }) | undefined {
  for (const symbol of symbols) {
    const entry = code.entry(symbol);
    const match = entry && /^\s+select\s+SYSFB\b(?:\s+if\s+((?:[^\\\n]|\\\n)*))?/m.exec(entry.text);
    if (entry && match)
      return {
        present: true,
        at: entry.start + match.index,
        text: `${match[0].trim()} (config ${symbol})`,
        condition: match[1] ?? '',
      };
  }
  return undefined;
}

const DRIVER: KernelSourceFile = 'drivers/hv/vmbus_drv.c';
const HV_KCONFIG: KernelSourceFile = 'drivers/hv/Kconfig';
const FIRMWARE_KCONFIG: KernelSourceFile = 'drivers/firmware/Kconfig';

/** Code by which the screen's data may be read elsewhere than in vmbus_reserve_fb(), or only with CONFIG_SYSFB. */
const RESERVES = /\b(?:vmbus_reserve_fb|fb_mmio|lfb_base)\b/;
const SYSFB = /\w*(?:SYSFB|\bsysfb_(?!primary_display\b))\w*/;

/**
 * CONFIG_SYSFB is checked before lfb_base is read. That it isn't is certain only of one vmbus_reserve_fb() that reads lfb_base
 * itself, in a file that has CONFIG_SYSFB nowhere: a macro, a caller or an `#ifdef` around it is a gate as well.
 */
const gate: Look = (code) => {
  const open = (at: number, text: string): Sign => ({ present: 'open', at, text });
  const body = code.body('vmbus_reserve_fb');
  if (body === undefined) {
    const mention = RESERVES.exec(code.text);
    return mention === null ? undefined : open(mention.index, lineAt(code.text, mention.index));
  }
  const read = /\blfb_base\b/.exec(body.text)?.index;
  const match = /\bCONFIG_SYSFB\b/.exec(body.text);
  if (match !== null && match.index < (read ?? body.text.length))
    return { present: true, at: body.start + match.index, text: lineAt(code.text, body.start + match.index) };
  const elsewhere = SYSFB.exec(
    code.text.replace(/^[ \t]*#[ \t]*include\b[^\n]*/gm, (line) => ' '.repeat(line.length)),
  );
  if (elsewhere !== null) return open(elsewhere.index, lineAt(code.text, elsewhere.index));
  if (read === undefined) return open(body.start, 'vmbus_reserve_fb() does not read lfb_base itself');
  return { present: false, at: body.start, text: 'vmbus_reserve_fb() reads lfb_base without CONFIG_SYSFB' };
};

/** There is no vmbus_reserve_fb() only in a file that has nothing of what it does. */
const reserves: Look = (code) => {
  const sign = hasFunction('vmbus_reserve_fb')(code);
  return sign?.present === false && RESERVES.test(code.text) ? undefined : sign;
};

/** The interrupt is requested before `ranges` are read. */
const interruptFirst: Look = (code) => {
  const body = code.body('vmbus_device_add');
  if (body === undefined) return undefined;
  const ranges = body.text.indexOf('of_range_parser_init');
  const match = /\b(?:platform_get_irq|of_irq_get|vmbus_set_irq)\w*\s*\(/.exec(body.text);
  if (match === null || (ranges >= 0 && match.index > ranges))
    return { present: false, at: body.start, text: 'vmbus_device_add() reads the ranges first' };
  return { present: true, at: body.start + match.index, text: lineAt(code.text, body.start + match.index) };
};

const ascending: Look = (code) => {
  const body = code.body('vmbus_walk_resources');
  if (body === undefined) return undefined;
  const match = /\(\*old_res\)->(?:start\s*>\s*new_res->end|end\s*<\s*new_res->start)/.exec(body.text);
  if (match === null) return undefined;
  const at = body.start + match.index;
  return { present: match[0].startsWith('(*old_res)->start'), at, text: lineAt(code.text, at) };
};

/** How to detect rows of the release table, and in which file. */
const SIGNS: readonly (readonly [string, KernelSourceFile, Look])[] = [
  ['7f163a6fd957', DRIVER, inFunction('vmbus_walk_resources', /\bsibling\b/)],
  [
    '40f26f3168bf',
    DRIVER,
    inFunction('vmbus_walk_resources', /\(\*old_res\)->end\s*\+\s*1\)?\s*==\s*new_res->start/),
  ],
  ['23a0683186b7', DRIVER, ascending],
  ['6d146aefbaa5', DRIVER, reserves],
  ['78e04bbff849', DRIVER, inFunction('vmbus_acpi_add', /\bACPI_ROOT_OBJECT\b/)],
  ['2a8a8afba0c3', DRIVER, inFunction('vmbus_reserve_fb', /\bPCI_DEVICE_ID_HYPERV_VIDEO\b/)],
  ['f0880e2cb7e1', DRIVER, inFunction('vmbus_allocate_mmio', /!\s*fb_overlap_ok\b/)],
  ['f83705a51275', DRIVER, hasFunction('vmbus_device_add')],
  ['a07b50d80ab6', DRIVER, gate],
  ['73fe9073c0cc', DRIVER, inFunction('vmbus_free_mmio', /\bfb_mmio\b/)],
  ['1dc5df133b98', DRIVER, interruptFirst],
  ['a41e0ab394e4', DRIVER, inFunction('vmbus_reserve_fb', /\bsysfb_primary_display\b/)],
  ['016a25e4b0df', DRIVER, inFunction('vmbus_reserve_fb', /\blow_mmio_base\b/)],
  ['94b04355e639', HV_KCONFIG, hasEntry('HYPERV_VMBUS')],
  [
    '96959283a58d',
    HV_KCONFIG,
    (code) =>
      selectsSysfb(code, ['HYPERV', 'HYPERV_VMBUS']) ?? {
        present: false,
        at: 0,
        text: 'neither config HYPERV nor config HYPERV_VMBUS selects SYSFB',
      },
  ],
  [
    '7b89a44b2e8c',
    HV_KCONFIG,
    (code) => {
      const select = selectsSysfb(code, ['HYPERV', 'HYPERV_VMBUS']);
      return select && { ...select, present: /\bEFI\b/.test(select.condition) };
    },
  ],
  [
    'd33db956c961',
    HV_KCONFIG,
    (code) => {
      const select = selectsSysfb(code, ['HYPERV_VMBUS']);
      if (select !== undefined) return select;
      return { present: false, at: 0, text: 'config HYPERV_VMBUS does not select SYSFB' };
    },
  ],
  ['d391c5827107', FIRMWARE_KCONFIG, hasEntry('SYSFB')],
  [
    'a4a072d98d8c',
    FIRMWARE_KCONFIG,
    (code) => {
      const entry = code.entry('SYSFB');
      if (entry === undefined) return { present: false, at: 0, text: 'no config SYSFB' };
      const byDefault = /^\s+default\s+y\b/m.exec(entry.text);
      return {
        present: byDefault === null,
        at: entry.start,
        text: byDefault?.[0].trim() ?? 'config SYSFB without a default',
      };
    },
  ],
  ['drm-sysfb-drivers', 'drivers/gpu/drm/sysfb/Kconfig', hasEntry('DRM_EFIDRM')],
  ['0ae084d5a674', 'arch/x86/pci/acpi.c', (code) => anywhere(code, /\bpci_use_e820\b/)],
];

function anywhere(code: Code, pattern: RegExp): Sign {
  const match = pattern.exec(code.text);
  return match === null
    ? { present: false, at: 0, text: `no ${wordOf(pattern)}` }
    : { present: true, at: match.index, text: lineAt(code.text, match.index) };
}

/** Strings and symbols of the driver's object code, and the rows of which they are evidence. */
const STRINGS: readonly (readonly [string, string])[] = [
  ['hv_mmio=%pR,%pR fb=%pR', '016a25e4b0df'],
  ['sysfb_primary_display', 'a41e0ab394e4'],
  ['pci_get_device', '2a8a8afba0c3'],
];

/** Every row of the release table that the code of this kernel decides. */
export function shownChanges(facts: MachineFacts): FactOf<ShownChange>[] {
  const shown: FactOf<ShownChange>[] = [];
  for (const fact of facts.kernelSources) {
    const rows = SIGNS.filter(([, file]) => file === fact.value);
    if (rows.length === 0) continue;
    const { source } = fact.artifact;
    const code = new Code(textOf(source), fact.value.endsWith('.c'));
    for (const [commit, , look] of rows) {
      const sign = look(code);
      if (sign === undefined) continue;
      const { present, at, text } = sign;
      const span = { source, start: at, end: at };
      shown.push({ ...fact, strength: 'observed', span, text, value: { commit, present } });
    }
  }
  for (const fact of facts.codeStrings) {
    const commit = STRINGS.find(([string]) => string === fact.value.string)?.[1];
    if (commit !== undefined)
      shown.push({ ...fact, strength: 'observed', value: { commit, present: fact.value.present } });
  }
  return shown;
}
