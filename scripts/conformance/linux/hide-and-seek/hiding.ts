/** Hiding: files are dropped, cut, quoted, wrapped and mixed as people do before they ask. */
import { compileAsl } from '../../../../src/acpi/asl/compile/compile.ts';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { textSource } from '../../../../src/bytes/source.ts';
import type { GivenFacts } from '../../../../src/verdict/given.ts';
import { type EvidenceFile, evidenceOf, type Line, type Part } from './evidence.ts';
import { type AcpiFirmware, memoryImage } from './firmware-acpi.ts';
import type { TreeFirmware } from './firmware-tree.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';

export interface Shown {
  /** Nothing is hidden; `some`, `much`, `most`: how much is. */
  readonly amount: Amount;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly kernel: GivenFacts;
  readonly set: ReadonlyMap<string, bigint>;
  readonly memory: readonly { readonly address: bigint; readonly bytes: Uint8Array }[];
  /** Parts of which something is left, and parts that are described completely. */
  readonly mentioned: ReadonlySet<Part>;
  readonly said: ReadonlySet<Part>;
  /** What was done, for a person. */
  readonly notes: readonly string[];
}

export const AMOUNTS = ['nothing', 'some', 'much', 'most'] as const;
export type Amount = (typeof AMOUNTS)[number];

const KEPT: Readonly<Record<Amount, number>> = { nothing: 1, some: 0.75, much: 0.4, most: 0.1 };

interface Written {
  name: string;
  bytes: Uint8Array;
}

export function hide(machine: Machine, random: Random): Shown {
  const amount = random.pick(['nothing', 'some', 'some', 'much', 'much', 'most'] as const);
  const notes: string[] = [];
  const mentioned = new Set<Part>();
  const said = new Set<Part>();
  const written: Written[] = [];
  const texts: { name: string; lines: readonly Line[] }[] = [];
  const { firmware } = machine;
  const isWhole = amount === 'nothing';
  for (const file of evidenceOf(machine, random)) {
    if (!file.must && !random.chance(KEPT[amount])) continue;
    if (isWhole && file.what === 'uname') continue;
    for (const part of file.mentions) mentioned.add(part);
    if (file.bytes !== undefined) {
      written.push({ name: file.name, bytes: file.bytes });
      for (const part of file.shows) said.add(part);
      continue;
    }
    const cut = isWhole ? undefined : cutFile(file, random);
    if (cut === undefined) for (const part of file.shows) said.add(part);
    else notes.push(`${file.name}: ${cut.how}`);
    texts.push({ name: file.name, lines: cut?.lines ?? file.lines! });
  }
  texts.push(...firmwareFiles(firmware, machine.must.has('firmware') || isWhole, random, written, notes));
  mix(texts, isWhole, random, written, notes);
  const kernel: { -readonly [K in keyof GivenFacts]: GivenFacts[K] } = {};
  if (random.chance(isWhole ? 0.5 : 0.2) && !machine.kernel.vendor) {
    kernel.release = machine.kernel.release;
    said.add('release');
    mentioned.add('release');
  }
  if (isWhole) {
    const { framebuffer } = machine.boot;
    if (framebuffer !== null)
      kernel.framebuffer = { ...framebuffer, from: 'given', text: 'the framebuffer of --framebuffer' };
    kernel.withCommits = machine.kernel.withCommits;
    kernel.withoutCommits = machine.kernel.withoutCommits;
    said.add('commits');
    mentioned.add('commits');
  }
  const set = new Map<string, bigint>();
  const memory: { address: bigint; bytes: Uint8Array }[] = [];
  if (firmware.kind === 'acpi' && firmware.fields.length > 0) {
    const isMust = machine.must.has('values');
    if (isMust || isWhole || random.chance(KEPT[amount] / 2)) {
      if (random.chance(0.4))
        memory.push({ address: firmware.region, bytes: memoryImage(firmware, machine.contents) });
      else for (const [name, value] of machine.contents) set.set(name, value);
      said.add('contents');
      mentioned.add('contents');
    } else if (random.chance(0.25)) {
      const [name, value] = random.pick([...machine.contents]);
      set.set(name, value);
      mentioned.add('contents');
    }
  } else {
    said.add('contents');
    mentioned.add('contents');
  }
  return {
    amount,
    files: random.chance(0.3) ? written.reverse() : written,
    kernel,
    set,
    memory,
    mentioned,
    said,
    notes,
  };
}

/** The firmware's own file: as text, compiled, or as a dump; of a tree maybe a node or a line. */
function firmwareFiles(
  firmware: AcpiFirmware | TreeFirmware,
  whole: boolean,
  random: Random,
  written: Written[],
  notes: string[],
): { name: string; lines: readonly Line[] }[] {
  const asLines = (text: string): Line[] =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((each) => ({ text: each }));
  if (firmware.kind === 'tree') {
    const form = whole || firmware.windows === null ? 0 : random.below(4);
    if (form <= 1) {
      const isCut = !whole && random.chance(0.15);
      const at = isCut ? Math.floor(firmware.dts.length * (0.3 + 0.7 * random.next())) : firmware.dts.length;
      if (isCut) notes.push('the tree is cut');
      written.push({ name: 'machine.dts', bytes: Buffer.from(firmware.dts.slice(0, at)) });
    }
    if (form <= 1) return [];
    notes.push(form === 2 ? 'the node alone' : 'the line alone');
    return [{ name: 'quote.txt', lines: asLines(form === 2 ? firmware.node : firmware.line) }];
  }
  if (!whole && random.chance(0.06)) {
    // What is cut shows less than there is.
    const at = Math.floor(firmware.asl.length * (0.3 + 0.7 * random.next()));
    written.push({ name: 'dsdt.asl', bytes: Buffer.from(firmware.asl.slice(0, at)) });
    notes.push('the ASL is cut');
    return [];
  }
  if (random.chance(0.4)) {
    written.push({ name: 'dsdt.asl', bytes: Buffer.from(firmware.asl) });
    return [];
  }
  const sink = new DiagnosticList();
  const table = compileAsl(textSource('dsdt.asl', firmware.asl), sink)[0]?.bytes;
  if (table === undefined || sink.hasErrors)
    throw new Error(`the generator's ASL doesn't compile: ${sink.all.map(({ code }) => code).join()}`);
  if (random.chance(0.5)) written.push({ name: 'dsdt.aml', bytes: table });
  else written.push({ name: 'acpidump.txt', bytes: Buffer.from(dump(table)) });
  return [];
}

/** As acpidump prints a table. */
function dump(table: Uint8Array): string {
  const lines = ['DSDT @ 0x0000000000000000'];
  for (let at = 0; at < table.length; at += 16) {
    const row = [...table.subarray(at, at + 16)];
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    const cells = row.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
    lines.push(`    ${at.toString(16).toUpperCase().padStart(4, '0')}: ${cells.padEnd(48)}  ${text}`);
  }
  return `${lines.join('\n')}\n\n`;
}

/** Cuts a text file, or leaves it as it is. */
function cutFile(file: EvidenceFile, random: Random): { how: string; lines: readonly Line[] } | undefined {
  const lines = file.lines!;
  if (lines.length < 3 || !random.chance(0.45)) return undefined;
  if (file.must && file.what !== 'log') return undefined;
  const kept = (line: Line): boolean => line.must === true;
  const at = 1 + random.below(lines.length - 1);
  if (file.what === 'log' && random.chance(0.5)) {
    // As if a few lines had been searched for; nobody searches for these.
    const some = lines.filter(
      (line) =>
        kept(line) || (random.chance(0.4) && !/Zone ranges|Memory: \d|Freeing unused/.test(line.text)),
    );
    return { how: 'some lines', lines: some };
  }
  return random.chance(0.5)
    ? {
        how: `without its first ${at} lines`,
        lines: lines.filter((line, index) => index >= at || kept(line)),
      }
    : { how: `only its first ${at} lines`, lines: lines.filter((line, index) => index < at || kept(line)) };
}

/** Writes texts: alone, quoted, wrapped, or several in one mail. */
function mix(
  texts: readonly { readonly name: string; readonly lines: readonly Line[] }[],
  isWhole: boolean,
  random: Random,
  written: Written[],
  notes: string[],
): void {
  const inMail: string[] = [];
  for (const { name, lines } of texts) {
    let text = lines.map((line) => line.text);
    // A line that must be read stays in one piece.
    const hasMust = lines.some((line) => line.must === true);
    if (!isWhole && !hasMust && name === 'dmesg.txt' && random.chance(0.1)) {
      text = text.flatMap(wrapped);
      notes.push(`${name}: wrapped`);
    }
    const isQuote = name === 'quote.txt';
    if ((isQuote && random.chance(0.6)) || (!isWhole && name !== '.config' && random.chance(0.12))) {
      text = text.map((line) => `> ${line}`);
      notes.push(`${name}: quoted`);
    }
    if ((isQuote && random.chance(0.6)) || (!isWhole && random.chance(0.12))) inMail.push('', ...text, '');
    else written.push({ name, bytes: Buffer.from(`${text.join('\n')}\n`) });
  }
  if (inMail.length === 0) return;
  notes.push('in a mail');
  const head = [
    'From: A <a@example.org>',
    'To: linux-hyperv@vger.kernel.org',
    'Subject: VMBus and its windows',
    'Message-ID: <1@example.org>',
    'Date: Thu, 5 Jun 2025 10:00:00 +0000',
    '',
    'Hello,',
    '',
    'this is what I have:',
  ];
  written.push({
    name: 'question.eml',
    bytes: Buffer.from(`${[...head, ...inMail, 'Regards'].join('\n')}\n`),
  });
}

const WIDTH = 72;

function wrapped(line: string): string[] {
  if (line.length <= WIDTH) return [line];
  const at = line.lastIndexOf(' ', WIDTH);
  return at < 20 ? [line] : [line.slice(0, at), line.slice(at + 1)];
}
