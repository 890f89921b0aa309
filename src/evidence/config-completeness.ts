/**
 * Decides whether a configuration is complete; only then is a symbol without a line off. Kconfig writes a header, each menu's
 * heading, and from 5.2 on "# end of …" after each menu (scripts/kconfig/confdata.c, conf_write). A fragment, a defconfig,
 * an extract and a truncated file lack one of these.
 */
import type { TextLine } from './text-lines.ts';

/** The first release that writes the ends of menus (aff11cd983ec). */
const ENDS_SINCE: readonly [number, number] = [5, 2];
/** The last menu of every release that writes ends. */
const LAST_MENU = 'Kernel hacking';
/** The last menus of older releases; at least one of them is in a complete configuration. */
const LATE_MENUS = ['Library routines', 'Kernel hacking'];
/** Headings that are menus, which have an end, in every release and architecture of Hyper-V guests; others are comments. */
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
/** The most open headings; a complete configuration has fewer. */
const MAX_OPEN = 1000;
/** Menus that are in every complete configuration of a release that writes ends. */
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
/** The header is within these first lines. */
const HEADER_LINES = 8;
/** The number of lines of the header itself. */
const LEAST_LINES = 5;

/** Checks the lines of a configuration, one by one, for what is missing. */
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

  /** Takes the next line. @param release when it is the header line with the release */
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
        else this.#fault('it has more headings without an end than a configuration has');
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
    // Headings opened inside and not closed are comments, or menus without their end.
    const inside = this.#open.splice(at).slice(1);
    for (const heading of inside) if (MENUS.has(heading)) this.#unclosed(heading);
  }

  #unclosed(title: string): void {
    this.#fault(`"${title}" begins but does not end`);
  }

  #fault(text: string): void {
    if (this.#faults.length < 4) this.#faults.push(text);
  }

  /** Reports a symbol with more than one line. */
  duplicate(symbol: string): void {
    this.#fault(`CONFIG_${symbol} has more than one line`);
  }

  /** Why the configuration is not complete, at most a few reasons; empty when it is. */
  reasons(): readonly string[] {
    if (!this.#generated)
      return ['it has no "Automatically generated file" header: a fragment, a defconfig or an extract'];
    if (this.#release === undefined) return ['its header names no Linux release'];
    if (this.#seen?.whole === false && END.exec(this.#before[1])?.[1] !== LAST_MENU)
      this.#fault('its last line is cut');
    const [before, last] = this.#before;
    if (
      this.#line > LEAST_LINES &&
      (last === '#' || (before === '#' && HEADING.test(last) && !END.test(last)))
    )
      this.#fault('it ends with a heading');
    if (this.#ends > 0) {
      for (const heading of this.#open) if (MENUS.has(heading)) this.#unclosed(heading);
      const missing = ALWAYS.find((menu) => !this.#headings.has(menu));
      if (missing !== undefined) this.#fault(`"${missing}", which every kernel has, is missing`);
      if (!this.#lastMenuEnds) this.#fault(`"${LAST_MENU}", the last menu, does not end`);
    } else if (this.#headings.size > 0) {
      if (writesEnds(this.#release)) this.#fault('none of its menus has an end');
      else if (!LATE_MENUS.some((menu) => this.#headings.has(menu)))
        this.#fault('the last menus are missing');
    }
    return this.#faults;
  }
}

function writesEnds(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  return major > ENDS_SINCE[0] || (major === ENDS_SINCE[0] && minor >= ENDS_SINCE[1]);
}
