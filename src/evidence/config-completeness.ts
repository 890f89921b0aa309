/**
 * Is a configuration whole? Only then does a symbol without a line mean that it is off. A configuration program writes a
 * header, each menu's heading, and from 5.2 on "# end of …" where the menu ends (scripts/kconfig/confdata.c,
 * conf_write); a fragment, a defconfig, an extract and a cut file lack one of these.
 */
import type { TextLine } from './text-lines.ts';

/** Up to this release menus' ends are not written (aff11cd983ec). */
const ENDS_SINCE: readonly [number, number] = [5, 2];
/** The last menu of every release that writes ends. */
const LAST_MENU = 'Kernel hacking';
/** Of the last menus of releases that write none: at least one is there. */
const LATE_MENUS = ['Library routines', 'Kernel hacking'];
/** Headings that are menus, in every release and architecture that Hyper-V guests have. A heading that is no menu has no end. */
const MENUS: ReadonlySet<string> = new Set([
  'General setup',
  'Processor type and features',
  'Power management and ACPI options',
  'Bus options (PCI etc.)',
  'Binary Emulations',
  'General architecture-dependent options',
  'Executable file formats',
  'Memory Management options',
  'Networking options',
  'Device Drivers',
  'Generic Driver Options',
  'Firmware Drivers',
  'EFI (Extensible Firmware Interface) Support',
  'PCI controller drivers',
  'Character devices',
  'Graphics support',
  'Frame buffer Devices',
  'Console display driver support',
  'Microsoft Hyper-V guest support',
  'HID support',
  'File systems',
  'Security options',
  'Library routines',
  LAST_MENU,
]);
/** More than menus and comments are open at once. */
const MAX_OPEN = 1000;
/** Menus that every kernel has which writes ends, whatever is configured. */
const ALWAYS = [
  'General setup',
  'Device Drivers',
  'Firmware Drivers',
  'Graphics support',
  'Library routines',
];
const GENERATED = /^# Automatically generated (?:file; DO NOT EDIT\.|make config: don't edit)$/;
const HEADING = /^# (\S.*)$/;
const END = /^# end of (.+)$/;
/** The header stands before anything else. */
const HEADER_LINES = 8;
/** The header itself has so many. */
const LEAST_LINES = 5;

/** Follows the lines of a configuration and says what is missing. */
export class Completeness {
  #line = 0;
  #generated = false;
  #release: string | undefined;
  #before: [string, string] = ['', ''];
  readonly #open: string[] = [];
  readonly #headings = new Set<string>();
  #ends = 0;
  #lastMenuEnds = false;
  readonly #faults: string[] = [];
  #seen: TextLine | undefined;

  /** @param release from the header line, where it is one */
  line(line: TextLine, text: string, release: string | undefined): void {
    this.#seen = line;
    this.#line += 1;
    if (this.#line <= HEADER_LINES && GENERATED.test(text)) this.#generated = true;
    if (release !== undefined && this.#line <= HEADER_LINES) this.#release = release;
    const end = END.exec(text)?.[1];
    if (end !== undefined) this.#close(end);
    else if (text === '#' && this.#before[0] === '#') {
      const heading = HEADING.exec(this.#before[1])?.[1];
      if (heading !== undefined) {
        if (this.#open.length < MAX_OPEN) this.#open.push(heading);
        else this.#fault('more headings without an end than a configuration has');
        this.#headings.add(heading);
      }
    }
    if (text !== '') this.#before = [this.#before[1], text];
  }

  #close(title: string): void {
    this.#ends += 1;
    if (title === LAST_MENU) this.#lastMenuEnds = true;
    const at = this.#open.lastIndexOf(title);
    if (at < 0) {
      this.#fault(`"${title}" ends but does not begin`);
      return;
    }
    // What was opened inside and not closed is a comment, or a menu whose end is missing.
    const inside = this.#open.splice(at).slice(1);
    for (const heading of inside) if (MENUS.has(heading)) this.#unclosed(heading);
  }

  #unclosed(title: string): void {
    this.#fault(`"${title}" begins but does not end`);
  }

  #fault(text: string): void {
    if (this.#faults.length < 4) this.#faults.push(text);
  }

  /** A symbol has two lines. */
  twice(symbol: string): void {
    this.#fault(`CONFIG_${symbol} has more than one line`);
  }

  /** Reasons why an absent symbol says nothing; empty for a whole configuration. */
  reasons(): readonly string[] {
    if (!this.#generated)
      return ['it has no "Automatically generated file" header: a fragment, a defconfig or an extract'];
    if (this.#release === undefined) return ['its header names no Linux release'];
    if (this.#seen?.whole === false && END.exec(this.#before[1])?.[1] !== LAST_MENU)
      this.#fault('its last line has no end');
    const [before, last] = this.#before;
    if (this.#line > LEAST_LINES && (last === '#' || (before === '#' && HEADING.test(last))))
      this.#fault('it ends with a heading');
    if (this.#ends > 0) {
      for (const heading of this.#open) if (MENUS.has(heading)) this.#unclosed(heading);
      const missing = ALWAYS.find((menu) => !this.#headings.has(menu));
      if (missing !== undefined) this.#fault(`"${missing}", which every kernel has, is missing`);
      if (!this.#lastMenuEnds) this.#fault(`"${LAST_MENU}", the last menu, does not end`);
    } else if (this.#headings.size > 0) {
      if (writesEnds(this.#release)) this.#fault('no menu that begins in it ends');
      else if (!LATE_MENUS.some((menu) => this.#headings.has(menu)))
        this.#fault('the last menus are not there');
    }
    return this.#faults;
  }
}

function writesEnds(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  return major > ENDS_SINCE[0] || (major === ENDS_SINCE[0] && minor >= ENDS_SINCE[1]);
}
