/**
 * `npm run conformance -- unknown [--verbose] [DIR|FILE.txt.gz ...]`: is every value that fwmap reports as known
 * independent of the contents of regions, and is every independent value reported as known? The references are results of
 * acpiexec with regions filled with 00, FF and 5A.
 *
 * Sound: a `_CRS` with status `ok`, and every known byte, is the same with every fill and with all other contents tried.
 * Windows: a certain window is in every run, a conditional one in exactly the runs in which its condition holds, and no
 * run has any other.
 * Precise: a `_CRS` that no contents change is `ok`. Three fills are not enough: firmware tests for single values such as
 * 3 or 0x80. So each other `_CRS` is evaluated with contents that fulfil its conditions, with other fills and with random
 * bytes; contents that change the bytes prove that fwmap is right. Registers behind an index register are distinct here;
 * in acpiexec they all have the value last written to the data port.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CrsEntry } from '../../../src/acpi/crs/crs.ts';
import { type EvaluationOptions, evaluateAllCrs, loadMachine } from '../../../src/acpi/machine.ts';
import { templateHex } from '../../../src/acpi/resources/json.ts';
import { readAcpiTables } from '../../../src/acpi/tables/read.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import { openInput } from '../../../src/artifact/open.ts';
import { IGNORED } from '../../../src/bytes/diagnostic.ts';
import { type FieldSymbol, fieldsOf, formatCondition } from '../../../src/symbolic/index.ts';
import { plainWindows, type WindowCount, wrongWindows } from './unknown/windows.ts';
import { Contents, contentsFor, randomNumbers, valueUnder } from './unknown/witness.ts';

interface ReferenceRun {
  readonly status: string;
  readonly bytes?: string;
}
interface ReferenceDevice {
  readonly device: string;
  readonly crs: ReferenceRun;
  readonly crsFillFF?: 'same' | ReferenceRun;
  readonly crsFill5A?: 'same' | ReferenceRun;
}

/** Fills that may change a result: small numbers, single bits, all but one bit, and others. */
const FILLS: readonly number[] = [
  ...new Set([1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x20, 0x40, 0x80, 0x0f, 0xf0, 0xfe, 0x7f, 0xa5]),
];
/** Number of contents made for one entry's conditions, and of random contents. */
const MADE_FOR_ENTRY = 16;
const RANDOM_CONTENTS = 12;
const REFERENCE_FILLS: readonly number[] = [0, 0xff, 0x5a];
/** Number of random contents that every machine is evaluated with. */
const ALWAYS = 3;

function crsOf(tables: readonly AcpiTable[], options: EvaluationOptions): Map<string, CrsEntry> {
  // The dumps contain all tables.
  const machine = loadMachine(tables, { complete: true, ...options }, IGNORED);
  return new Map(
    evaluateAllCrs(machine)
      .filter((entry) => entry.object === '_CRS')
      .map((entry) => [entry.device, entry]),
  );
}

const bytesOf = (entry: CrsEntry | undefined): string | undefined =>
  entry?.status === 'ok' && entry.bytes ? templateHex(entry.bytes) : undefined;

/** The first known byte that differs from that of a run. */
function wrongByte(ours: string, theirs: string): string | undefined {
  if (ours.length !== theirs.length) return undefined;
  for (let at = 0; at < ours.length; at += 2)
    if (ours.slice(at, at + 2) !== '??' && ours.slice(at, at + 2) !== theirs.slice(at, at + 2))
      return `byte ${at / 2} called ${ours.slice(at, at + 2)}, which is ${theirs.slice(at, at + 2)}`;
  return undefined;
}

/** Why an entry is unsound, by the reference; undefined if it isn't. */
function unsound(device: ReferenceDevice, entry: CrsEntry | undefined): string | undefined {
  if (entry === undefined) return 'missing';
  const fills = [device.crs, device.crsFillFF, device.crsFill5A].filter((run) => typeof run === 'object');
  const differ = fills.some((run) => run.status !== device.crs.status || run.bytes !== device.crs.bytes);
  if (entry.status === 'ok')
    return differ || device.crs.bytes !== bytesOf(entry)
      ? 'called ok, and fills give other results'
      : undefined;
  if (entry.status !== 'partial' || entry.bytes === undefined) return undefined;
  const ours = templateHex(entry.bytes);
  for (const run of fills) {
    const wrong = run.status === 'ok' && run.bytes !== undefined ? wrongByte(ours, run.bytes) : undefined;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** As {@link unsound}, by a run of fwmap with other contents. */
function refuted(entry: CrsEntry, under: CrsEntry | undefined, contents: Contents): string | undefined {
  const theirs = bytesOf(under);
  for (const { condition, outcome, bytes, why } of entry.alternatives ?? []) {
    // Only conditions on initial contents can be calculated, not those on contents that code has written. PCI_Config is
    // excluded as acpiexec has one configuration space for all devices.
    const unclear = fieldsOf(condition).some(
      ({ epoch, address, space }) => epoch !== 0 || address === undefined || space === 'PCI_Config',
    );
    if (unclear || outcome === 'abandoned') continue;
    if (valueUnder(condition, contents) !== 1n) continue;
    const wrong =
      why !== undefined
        ? theirs !== undefined && 'fails, and is ok'
        : theirs === undefined
          ? `gives a template, and is ${under?.status ?? 'missing'}`
          : bytes.length * 2 === theirs.length
            ? wrongByte(templateHex(bytes), theirs)
            : 'is of another length';
    if (wrong) return `when ${formatCondition(condition).slice(0, 80)}: ${wrong}`;
  }
  if (entry.status === 'ok')
    return theirs === bytesOf(entry) ? undefined : `called ok, and is ${under?.status ?? 'missing'}`;
  if (entry.status !== 'partial' || entry.bytes === undefined || theirs === undefined) return undefined;
  return wrongByte(templateHex(entry.bytes), theirs);
}

/** The fields that an entry depends on. */
function fieldsBehind(entry: CrsEntry | undefined): FieldSymbol[] {
  const found = new Map<string, FieldSymbol>();
  const note = (of: Parameters<typeof fieldsOf>[0]): void => {
    for (const field of fieldsOf(of)) found.set(field.path, field);
  };
  for (const { condition, bytes } of entry?.alternatives ?? []) {
    note(condition);
    for (const byte of bytes) if (typeof byte !== 'number') note(byte.of);
  }
  for (const byte of entry?.bytes ?? []) if (typeof byte !== 'number') note(byte.of);
  if (found.size > 0) return [...found.values()];
  // If the whole result is unknown: the fields that were read.
  for (const { text } of entry?.steps ?? []) {
    const read = /^field (\S+), (\d+) bits at (\S+) (0x[0-9a-f]+)(?:, bit (\d+))?$/.exec(text);
    if (read === null) continue;
    const [, path, bits, space, address, bit] = read;
    found.set(path!, {
      name: path!,
      path: path!,
      space: space!,
      address: BigInt(address!),
      bitOffset: Number(bit ?? 0),
      bits: Number(bits),
      epoch: 0,
    });
  }
  return [...found.values()];
}

/** Contents for an entry: some that fulfil each of its alternatives' conditions, then random values of its fields. */
function* contentsOf(entry: CrsEntry | undefined, seed: number): Generator<Contents> {
  const random = randomNumbers(seed);
  let made = 0;
  for (const rest of [0, 0xff]) {
    for (const { condition } of entry?.alternatives ?? []) {
      if (made >= MADE_FOR_ENTRY) break;
      const contents = contentsFor(condition, () => rest, random);
      if (contents === undefined) continue;
      made += 1;
      yield contents;
    }
  }
  const fields = fieldsBehind(entry);
  if (fields.length === 0) return;
  for (let attempt = 0; attempt < MADE_FOR_ENTRY; attempt++) {
    const contents = new Contents(() => (attempt & 1 ? 0xff : 0));
    for (const field of fields)
      contents.write(field, BigInt(Math.floor(random() * (attempt < 4 ? 4 : attempt < 8 ? 16 : 2 ** 32))));
    yield contents;
  }
}

/** Reproducible random bytes, with small numbers and single bits more often than others. */
function randomContents(seed: number): Contents {
  return new Contents((space, address) => {
    const random = randomNumbers(
      Number((address * 31n + BigInt(space)) & 0xffff_ffffn) ^ (seed * 0x9e3779b1),
    );
    const kind = random();
    if (kind < 0.4) return Math.floor(random() * 4);
    if (kind < 0.6) return 1 << Math.floor(random() * 8);
    return Math.floor(random() * 256);
  });
}

export async function run(args: string[]): Promise<number> {
  const verbose = args.includes('--verbose');
  const paths = args.filter((arg) => !arg.startsWith('--'));
  const files = (paths.length > 0 ? paths : ['../shared/corpus/acpi'])
    .flatMap((path) => (path.endsWith('.gz') ? [path] : readdirSync(path).map((name) => join(path, name))))
    .filter((path) => path.endsWith('.txt.gz'))
    .sort();
  const windows: WindowCount = { certain: 0, conditional: 0, unknown: 0, unclear: 0 };
  const count = {
    windows: 0,
    wrongWindows: 0,
    sound: 0,
    unsound: 0,
    precise: 0,
    witnessed: 0,
    behindIndex: 0,
    imprecise: 0,
  };
  const times: { readonly name: string; readonly seconds: number }[] = [];
  for (const file of files) {
    const name = basename(file, '.txt.gz');
    const reference = JSON.parse(
      gunzipSync(readFileSync(file.replace(/\.txt\.gz$/, '.resources.json.gz'))).toString(),
    ) as { readonly devices: readonly ReferenceDevice[] };
    const [artifact] = await openInput(file, {}, IGNORED);
    const tables = artifact ? readAcpiTables(artifact, IGNORED) : [];
    const started = process.cpuUsage();
    const ours = crsOf(tables, {});
    times.push({ name, seconds: process.cpuUsage(started).user / 1e6 });
    const told = new Map([...ours].map(([device, entry]) => [device, plainWindows(entry)]));
    let open: ReferenceDevice[] = [];
    const wrong = new Map<string, string>();
    const wrongWindowsOf = new Map<string, string>();
    for (const device of reference.devices) {
      const entry = ours.get(device.device);
      const same = device.crsFillFF === 'same' && device.crsFill5A === 'same' && device.crs.status === 'ok';
      const why = unsound(device, entry);
      if (why !== undefined) wrong.set(device.device, why);
      if (!same) continue;
      if (bytesOf(entry) === device.crs.bytes) count.precise += 1;
      else open.push(device);
    }
    let tried = 0;
    const attempt = (contents: Contents): void => {
      tried += 1;
      const under = crsOf(tables, { assume: contents.fill, set: contents.set });
      for (const { device } of reference.devices) {
        const entry = ours.get(device);
        const why = entry && refuted(entry, under.get(device), contents);
        if (why !== undefined && !wrong.has(device)) wrong.set(device, `other contents: ${why}`);
        const problem = entry && wrongWindows(entry, told.get(device)!, under.get(device), contents, windows);
        if (problem !== undefined && !wrongWindowsOf.has(device)) wrongWindowsOf.set(device, problem);
      }
      const left = open.filter((device) => bytesOf(under.get(device.device)) === device.crs.bytes);
      for (const device of open) {
        if (left.includes(device)) continue;
        if (contents.set.size > 0) count.behindIndex += 1;
        else count.witnessed += 1;
        if (verbose)
          console.log(
            `${name} ${device.device}: witnessed${contents.set.size > 0 ? ' behind an index register' : ''}: ${under.get(device.device)?.status ?? 'missing'}`,
          );
      }
      open = left;
    };
    // The reference's contents, then others.
    for (const fill of REFERENCE_FILLS) attempt(new Contents(() => fill));
    for (let seed = 1; seed <= ALWAYS; seed++) attempt(randomContents(seed));
    for (const device of [...open]) {
      for (const contents of contentsOf(ours.get(device.device), open.length)) {
        if (!open.includes(device)) break;
        attempt(contents);
      }
    }
    for (const fill of FILLS) if (open.length > 0) attempt(new Contents(() => fill));
    for (let seed = ALWAYS + 1; seed <= RANDOM_CONTENTS && open.length > 0; seed++)
      attempt(randomContents(seed));
    for (const [device, why] of wrong) console.log(`${name} ${device}: unsound: ${why}`);
    for (const [device, why] of wrongWindowsOf) console.log(`${name} ${device}: windows: ${why}`);
    count.wrongWindows += wrongWindowsOf.size;
    count.windows += reference.devices.length - wrongWindowsOf.size;
    count.unsound += wrong.size;
    count.sound += reference.devices.length - wrong.size;
    count.imprecise += open.length;
    for (const { device } of open) {
      const entry = ours.get(device);
      console.log(
        `${name} ${device}: imprecise: ours is ${entry?.status ?? 'missing'}: ${entry?.why ?? ''}`.slice(
          0,
          300,
        ),
      );
    }
    if (verbose) console.log(`${name}: ${times.at(-1)!.seconds.toFixed(2)} s, ${tried} contents tried`);
  }
  const unchanged = count.precise + count.imprecise;
  const asCompared = unchanged + count.witnessed + count.behindIndex;
  const share = (of: number): string => ((100 * count.precise) / Math.max(1, of)).toFixed(2);
  times.sort((a, b) => a.seconds - b.seconds);
  const slowest = times.at(-1);
  console.log(
    `time a machine: median ${times[times.length >> 1]?.seconds.toFixed(2)} s, most ${slowest?.seconds.toFixed(2)} s (${slowest?.name})`,
  );
  console.log(
    `that the three fills leave alone: ${asCompared}, of them called known: ${count.precise} (${share(asCompared)} %, compare-acpi's figure)`,
  );
  console.log(
    `of the others ${count.witnessed} are changed by other contents, ${count.behindIndex} by what lies behind an index register: fwmap is right not to call them known`,
  );
  console.log(`precise on ${count.precise} of ${unchanged} that nothing changes (${share(unchanged)} %)`);
  console.log(
    `windows: ${count.windows} _CRS passed, ${count.wrongWindows} failed; held against runs ${windows.certain} certain, ${windows.conditional} conditional, ` +
      `${windows.unknown} of unknown bounds, ${windows.unclear} that contents alone do not decide`,
  );
  console.log(`sound: ${count.sound} passed, ${count.unsound} failed`);
  console.log(
    `${count.sound + count.precise + count.windows} passed, ${count.unsound + count.imprecise + count.wrongWindows} failed`,
  );
  return count.unsound === 0 && count.wrongWindows === 0 && count.precise >= 0.99 * unchanged ? 0 : 1;
}
