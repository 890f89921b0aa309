/**
 * Reads kernel logs: dmesg in its formats, journals, syslogs and consoles, also quoted and wrapped in mails or incomplete.
 * Messages are looked up in tables of rows. Patterns match up to the end of the message, so a truncated line matches none.
 */

import type { Artifact } from '../../artifact/artifact.ts';
import { foreignSystem } from '../../artifact/sniff.ts';
import { isOmission } from '../../artifact/text/lines.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { limit } from '../../limits/limits.ts';
import { type FactLists, noFacts } from '../facts.ts';
import { VGA_CLASS, videoDevice } from '../listings/lspci.ts';
import type { PciDevice } from '../values.ts';
import { BANNER_START, BOOT_ROWS, beginsBoot } from './boot-rows.ts';
import { isBootMark, type LogLine, logLines, mayContinue } from './lines.ts';
import { MACHINE_ROWS } from './machine-rows.ts';
import { PCI_ROWS } from './pci-rows.ts';
import type { Boot, LogMessage, LogRow } from './row.ts';
import { VIDEO_ROWS } from './video-rows.ts';
import { VMBUS_ROWS } from './vmbus-rows.ts';

const ROWS: readonly LogRow[] = [...BOOT_ROWS, ...MACHINE_ROWS, ...PCI_ROWS, ...VIDEO_ROWS, ...VMBUS_ROWS];

interface Starts {
  /** Matches the beginning of every known message, the longest first. */
  readonly pattern: RegExp;
  /** The rows by the beginning of their messages. */
  readonly rows: ReadonlyMap<string, readonly LogRow[]>;
}

let starts: Starts | undefined;

/** Built on first use, since that takes longer than reading a small tree. */
function startsOf(): Starts {
  if (starts !== undefined) return starts;
  const all = [...new Set(ROWS.flatMap((row) => row.starts))].sort((a, b) => b.length - a.length);
  const escaped = all.map((start) => start.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  starts = {
    pattern: new RegExp(`^(?:${escaped.join('|')})`),
    rows: new Map(
      all.map((start) => [start, ROWS.filter((row) => row.starts.some((own) => start.startsWith(own)))]),
    ),
  };
  return starts;
}

/** The prefix of lines that `fwmap capture` adds to the kernel's. */
const CAPTURED = 'fwmap capture: ';
/** The most lines joined to one that a mailer wrapped. */
const MAX_PIECES = 8;
/** What is written for a host before it has a name. */
const UNNAMED_HOSTS: ReadonlySet<string> = new Set(['localhost', '(none)', 'localhost.localdomain', '-']);
/** The most hosts that are remembered. */
const MAX_HOSTS = 64;
/** The most reasons kept why a log is not complete. */
const MAX_GAPS = 5;
/** Time stamps below this belong to the beginning of a boot. */
const BOOT_START_SECONDS = 1;

/** A line, and the following lines that may be the rest of it. */
interface Gathered {
  readonly first: LogLine;
  readonly rest: LogLine[];
}

function newBoot(artifact: Artifact): Boot {
  return {
    artifact,
    facts: noFacts(),
    devices: new Map(),
    windows: new Set(),
    once: new Set(),
    seen: new Map(),
  };
}

/** Reads one log, line by line. */
class LogReader {
  readonly #artifact: Artifact;
  readonly #sink: DiagnosticSink;
  #boot: Boot;
  #boots = 1;
  #gaps = new Set<string>();
  /** Whether something is missing before memory initialisation. */
  #earlyGaps = false;
  #lines = 0;
  #anyStamp = false;
  #firstSeconds: number | undefined;
  #before: number | undefined;
  #gathered: Gathered | undefined;
  #versionAt: number | undefined;
  #kexecMessage: LogMessage | undefined;
  /** Only lines that `fwmap capture` wrote, without a log's beginning. */
  #isExtract = false;
  #kernelLines = 0;
  /** The machines that the lines name, in the order of their first lines, and the last of them. */
  readonly #hosts = new Set<string>();
  #host: string | undefined;
  /** The line that shows that the log is of several machines. */
  #otherHost: LogLine | undefined;
  /** The first line of the last boot, where it is not the first. */
  #lastBoot: LogLine | undefined;

  constructor(artifact: Artifact, sink: DiagnosticSink) {
    this.#artifact = artifact;
    this.#sink = sink;
    this.#boot = newBoot(artifact);
  }

  read(evidence: FactLists): void {
    let longAt: number | undefined;
    const onUnread = (at: number, why: 'long' | 'no message'): void => {
      if (why === 'long') longAt ??= at;
      this.#gap(why === 'long' ? 'it has lines that are too long' : 'it has records without a message');
    };
    for (const line of logLines(this.#artifact, onUnread)) this.#line(line);
    if (longAt !== undefined) {
      const { source } = this.#artifact;
      const args = {
        name: 'log-line-bytes',
        unit: 'characters in a line',
        rest: 'such lines are not read',
      } as const;
      this.#sink.add(finding('fwmap/limit-told', args, { span: { source, start: longAt, end: longAt } }));
    }
    this.#flush();
    this.#finish(evidence);
  }

  #line(line: LogLine): void {
    this.#lines += 1;
    if (this.#lines === 1 && line.message.startsWith(CAPTURED)) this.#isExtract = true;
    if (line.foreign) return;
    if (line.host !== undefined && line.host !== this.#host) this.#changeHost(line, line.host);
    const gathered = this.#gathered;
    if (
      gathered !== undefined &&
      gathered.rest.length < MAX_PIECES &&
      line.depth <= gathered.first.depth &&
      !startsOf().pattern.test(line.message) &&
      !isOmission(line.message) &&
      !isBootMark(line.message) &&
      mayContinue(gathered.rest.at(-1) ?? gathered.first, line)
    ) {
      gathered.rest.push(line);
      return;
    }
    this.#flush();
    if (isBootMark(line.message)) {
      this.#startBoot(line);
      return;
    }
    if (isOmission(line.message)) {
      this.#gap('lines are marked as omitted');
      return;
    }
    if (line.stamped) this.#anyStamp = true;
    else if (this.#anyStamp && !/^ {4}|^\t/.test(this.#rawStart(line)))
      this.#gap('it has lines without a time stamp between lines with one');
    this.#clock(line);
    this.#gathered = { first: line, rest: [] };
  }

  /**
   * Another host is another machine when it comes with a boot, or when an earlier one comes again; the first boot of an
   * image may rename its machine.
   */
  #changeHost(line: LogLine, host: string): void {
    if (UNNAMED_HOSTS.has(host)) return;
    if (this.#host !== undefined && (beginsBoot(line.message) || this.#hosts.has(host)))
      this.#otherHost ??= line;
    this.#host = host;
    if (this.#hosts.size < MAX_HOSTS) this.#hosts.add(host);
  }

  /** The first bytes of a line; further lines of a multi-line message are indented. */
  #rawStart(line: LogLine): string {
    const { bytes } = this.#artifact.source;
    return String.fromCharCode(...bytes.subarray(line.at, line.at + 4));
  }

  #gap(why: string): void {
    if (this.#gaps.size < MAX_GAPS) this.#gaps.add(why);
    if (!this.#boot.seen.has('memory')) this.#earlyGaps = true;
  }

  #clock(line: LogLine): void {
    const now = line.seconds;
    if (now === undefined) return;
    this.#firstSeconds ??= now;
    const before = this.#before;
    this.#before = now;
    // Messages of different processors may be slightly out of order; a new boot starts near zero.
    if (before === undefined || before <= BOOT_START_SECONDS || now >= before / 2) return;
    // A new boot, recognised by its first message.
    if (now < BOOT_START_SECONDS && beginsBoot(line.message)) return;
    this.#gap('its time stamps go backwards');
    this.#sink.add(finding('evidence/log-restarts', { before, now }, { span: this.#span(line) }));
  }

  #startBoot(line: LogLine): void {
    if (this.#kernelLines > 0) this.#boots += 1;
    this.#lastBoot = line;
    this.#boot = newBoot(this.#artifact);
    this.#gaps = new Set();
    this.#earlyGaps = false;
    this.#versionAt = undefined;
    this.#kernelLines = 0;
    this.#firstSeconds = line.seconds;
    this.#before = line.seconds;
    if (this.#kexecMessage !== undefined)
      this.#boot.facts.kexec.push({ ...this.#kexecMessage, value: 'kexec' });
    this.#kexecMessage = undefined;
  }

  #span(line: LogLine, from = line.at): { source: Artifact['source']; start: number; end: number } {
    return { source: this.#artifact.source, start: from, end: Math.max(from, line.end) };
  }

  /** Looks up the message of the gathered lines. */
  #flush(): void {
    const gathered = this.#gathered;
    if (gathered === undefined) return;
    this.#gathered = undefined;
    const { first, rest } = gathered;
    // A message may be wrapped inside of its known beginning.
    const { pattern } = startsOf();
    const known =
      pattern.exec(first.message) ?? (rest.length > 0 ? pattern.exec(joined(first, rest, ' ')) : null);
    const start = known?.[0];
    const message = first.message.trimEnd();
    if (beginsBoot(start ?? message)) {
      if (
        this.#versionAt !== undefined ||
        this.#kexecMessage !== undefined ||
        (this.#kernelLines > 0 && (this.#boot.seen.size > 0 || this.#lateStart()))
      )
        this.#startBoot(first);
      if (start === BANNER_START) this.#versionAt = this.#kernelLines;
    }
    if (first.stamped || start !== undefined) this.#kernelLines += 1;
    if (/^(?:kexec_core: )?Starting new kernel/.test(message))
      this.#kexecMessage = this.#messageOf(first, message);
    // Lines after an unknown message may be the rest of it, and are no gap.
    if (start === undefined) return;
    const last = rest.at(-1) ?? first;
    for (const [text, used] of candidates(first, rest)) {
      const end = used === 0 ? first : rest[used - 1]!;
      // A line without a line break may be truncated.
      if (!end.whole) continue;
      if (!this.#look(text, first, end)) continue;
      if (used < rest.length) this.#gapOf(rest.slice(used));
      return;
    }
    if (!last.whole) {
      this.#gap('its last line is cut');
      this.#sink.add(finding('evidence/log-cut', {}, { span: this.#span(last) }));
    }
  }

  /** Records lines that turned out not to be the rest of a message, but other text. */
  #gapOf(lines: readonly LogLine[]): void {
    if (this.#anyStamp && lines.some((line) => !line.stamped))
      this.#gap('it has lines without a time stamp between lines with one');
  }

  /** Whether the lines so far began late in a boot. */
  #lateStart(): boolean {
    return this.#firstSeconds !== undefined && this.#firstSeconds > BOOT_START_SECONDS;
  }

  #messageOf(first: LogLine, text: string, end: LogLine = first): LogMessage {
    return {
      strength: 'observed',
      artifact: this.#artifact,
      span: { ...this.#span(end, first.messageAt) },
      text,
    };
  }

  #look(text: string, first: LogLine, end: LogLine): boolean {
    const { pattern, rows } = startsOf();
    for (const row of rows.get(pattern.exec(text)?.[0] ?? '') ?? []) {
      const match = row.pattern.exec(text);
      if (match === null) continue;
      row.take(match, this.#messageOf(first, text, end), this.#boot);
      return true;
    }
    return false;
  }

  #finish(evidence: FactLists): void {
    const { seen, facts, devices } = this.#boot;
    const { source } = this.#artifact;
    const start = { source, start: 0, end: 0 };
    if (this.#lines === 0) return;
    if (this.#versionAt === undefined) {
      this.#gap('it has no "Linux version" line');
      // Quoted lines are an extract, which is not expected to have the beginning.
      if (!this.#isExtract && !this.#artifact.steps.some(({ how }) => how === 'quoted text'))
        this.#sink.add(finding('evidence/log-beginning', { first: this.#firstSeconds }, { span: start }));
    }
    if (this.#otherHost !== undefined)
      this.#sink.add(finding('evidence/log-hosts', {}, { span: this.#span(this.#otherHost) }));
    const { moreFramebuffers } = this.#boot;
    if (moreFramebuffers !== undefined) {
      const args = { name: 'framebuffer-sightings', rest: 'the rest is not read' } as const;
      this.#sink.add(finding('fwmap/limit', args, { span: moreFramebuffers.span ?? start }));
    }
    if (this.#boots > 1 && this.#lastBoot !== undefined)
      this.#sink.add(
        finding('evidence/log-boots', { boots: this.#boots }, { span: this.#span(this.#lastBoot) }),
      );
    const early =
      this.#versionAt !== undefined &&
      !this.#earlyGaps &&
      ['zones', 'command line', 'memory'].every((name) => seen.has(name)) &&
      seen.has('e820') === seen.has('last_pfn');
    if (!early) this.#gap('messages that every kernel prints at boot are missing');
    if (!seen.has('freed')) this.#gap('it ends before the boot is complete');
    const complete = early && this.#gaps.size === 0;
    if (!this.#isExtract)
      facts.logs.push({
        artifact: this.#artifact,
        early,
        complete,
        gaps: [...this.#gaps],
        boots: this.#boots,
      });
    conclude(this.#boot, early, complete);
    for (const { device, message } of devices.values()) {
      const fact = { ...message, value: device };
      facts.pciDevices.push(fact);
      const video = videoDevice(fact);
      if (video !== undefined) facts.video.push({ ...message, value: video });
    }
    for (const key of Object.keys(facts) as (keyof FactLists)[]) {
      const into: unknown[] = evidence[key];
      for (const fact of facts[key]) into.push(fact);
    }
  }
}

/** Joins a line and the rest of it. */
function joined(first: LogLine, rest: readonly LogLine[], glue: string): string {
  return rest.reduce((text, line) => text.trimEnd() + glue + line.message.trim(), first.message).trimEnd();
}

/** The possible messages of gathered lines, the most likely first, each with the number of further lines used. */
function* candidates(first: LogLine, rest: readonly LogLine[]): Generator<readonly [string, number]> {
  const same = rest.every((line) => line.depth === first.depth);
  if (same)
    for (let count = rest.length; count > 0; count -= 1) {
      const text = joined(first, rest.slice(0, count), ' ');
      if (text.length <= limit('log-line-bytes')) yield [text, count];
    }
  yield [first.message.trimEnd(), 0];
  if (!same)
    for (let count = rest.length; count > 0; count -= 1)
      yield [joined(first, rest.slice(0, count), ' '), count];
  // Wrapped inside a word, as by a terminal.
  for (let count = rest.length; count > 0; count -= 1) yield [joined(first, rest.slice(0, count), ''), count];
}

/** Adds facts that follow from several messages, or from messages that a complete log doesn't have. */
function conclude(boot: Boot, early: boolean, complete: boolean): void {
  const { facts, seen, devices } = boot;
  const e820 = seen.get('e820');
  if (e820 !== undefined)
    facts.architectures.push({ ...e820, text: 'BIOS-e820 lines (x86)', value: 'x86_64' });
  if (early && e820 !== undefined && !seen.has('efi')) {
    // An x86 kernel booted by EFI prints this line early.
    const message: LogMessage = {
      ...e820,
      text: 'the log is complete up to here and has no "efi: EFI v" line',
    };
    facts.efiBoot.push({ ...message, value: false });
  }
  const root = seen.get('root partition');
  if (root !== undefined && !seen.has('nested')) facts.platforms.push({ ...root, value: ['hyperv-root'] });
  const [device] = devices.values();
  const video = [...devices.values()].some(
    ({ device: { vendor, device: id } }) => vendor === 0x1414 && id === 0x5353,
  );
  if (complete && device !== undefined && !video)
    facts.video.push({
      ...device.message,
      text: 'the PCI devices of a complete log, none of which is 1414:5353',
      value: { present: false },
    });
  for (const { value, ...message } of facts.confidential)
    if (value === 'sev-snp' || value === 'tdx') {
      // Confidential guests of Hyper-V have no framebuffer (016a25e4b0df).
      facts.lfbBase.push({ ...message, strength: 'inferred', value: 0n });
      break;
    }
  const [kexec] = facts.kexec;
  if (kexec !== undefined) facts.lfbBase.push({ ...kexec, strength: 'inferred', value: null });
}

/** The bytes searched for the banner of another operating system. */
const BANNER_BYTES = 64 * 1024;

/**
 * Reads the last boot of a log into `evidence`, with the log's completeness in `logs`. The log of another operating system
 * is rejected with a diagnostic.
 */
export function readKernelLog(artifact: Artifact, sink: DiagnosticSink, evidence: FactLists): void {
  const { bytes } = artifact.source;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, BANNER_BYTES)).toString(
    'latin1',
  );
  const system = foreignSystem(head);
  if (system !== undefined && !/Linux version \d/.test(head)) {
    sink.add(
      finding('evidence/log-foreign', { system }, { span: { source: artifact.source, start: 0, end: 0 } }),
    );
    return;
  }
  new LogReader(artifact, sink).read(evidence);
}

/** True for a display controller of VGA class. */
export function isVga(device: PciDevice): boolean {
  return device.classCode !== undefined && device.classCode >> 8 === VGA_CLASS >> 8;
}
