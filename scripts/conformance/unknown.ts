/**
 * `npm run conformance -- unknown [DIR|FILE.txt.gz ...]`: is what fwmap calls known the same whatever regions hold, and is
 * what nothing changes called known? The references hold what acpiexec computed from regions filled with 00, FF and 5A.
 *
 * Sound: a `_CRS` that is called `ok`, or a byte that is, is the same under every fill.
 * Precise: a `_CRS` that no fill changes is `ok`. Three fills are few: firmware asks whether a byte is 3 or 0x80. So what
 * isn't `ok` is run with other fills too, and one that changes the bytes is the witness that fwmap is right.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CrsEntry } from '../../src/acpi/crs.ts';
import { type EvaluationOptions, evaluateAllCrs, loadMachine } from '../../src/acpi/machine.ts';
import { templateHex } from '../../src/acpi/resources/json.ts';
import { readAcpiTables } from '../../src/acpi/tables/read.ts';
import type { AcpiTable } from '../../src/acpi/tables/table.ts';
import { openInput } from '../../src/artifact/open.ts';

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

/** Fills to find a witness with: small numbers, single bits, and all but one bit, then the rest. */
const FILLS: readonly number[] = [
  ...new Set([
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    0x10,
    0x20,
    0x40,
    0x80,
    0x0f,
    0xf0,
    0x11,
    0x22,
    0x33,
    0xfe,
    0x7f,
    0xa5,
    ...Array.from({ length: 254 }, (_, at) => at + 1),
  ]),
];

const quiet = { add: () => {} };

function crsOf(tables: readonly AcpiTable[], options: EvaluationOptions): Map<string, CrsEntry> {
  const machine = loadMachine(tables, options, quiet);
  return new Map(
    evaluateAllCrs(machine)
      .filter((entry) => entry.object === '_CRS')
      .map((entry) => [entry.device, entry]),
  );
}

const bytesOf = (entry: CrsEntry | undefined): string | undefined =>
  entry?.status === 'ok' && entry.bytes ? templateHex(entry.bytes) : undefined;

/** Why the entry says more than it can; undefined when it doesn't. */
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
    if (run.status !== 'ok' || run.bytes?.length !== ours.length) continue;
    for (let at = 0; at < ours.length; at += 2)
      if (ours.slice(at, at + 2) !== '??' && ours.slice(at, at + 2) !== run.bytes.slice(at, at + 2))
        return `byte ${at / 2} called ${ours.slice(at, at + 2)}`;
  }
  return undefined;
}

/** Contents that make an entry's alternatives come true, as far as their conditions say plainly what a field holds. */
function settings(entry: CrsEntry | undefined): ReadonlyMap<string, bigint>[] {
  return (entry?.alternatives ?? []).map(({ when }) => {
    const set = new Map<string, bigint>();
    for (const [, name, relation, value] of when.matchAll(
      /([A-Z_][A-Z0-9_]{0,3}) (==|!=|>|>=|<|<=) (0x[0-9a-f]+|[0-9]+)/g,
    )) {
      const number = BigInt(value!);
      if (relation === '==' || relation === '>=' || relation === '<=') set.set(name!, number);
      else if (!set.has(name!)) set.set(name!, relation === '<' ? 0n : number + 1n);
    }
    return set;
  });
}

export async function run(args: string[]): Promise<number> {
  const given = args.length > 0 ? args : ['../shared/corpus/acpi'];
  const files = given
    .flatMap((path) => (path.endsWith('.gz') ? [path] : readdirSync(path).map((name) => join(path, name))))
    .filter((path) => path.endsWith('.txt.gz'))
    .sort();
  const count = { sound: 0, unsound: 0, precise: 0, witnessed: 0, imprecise: 0 };
  for (const file of files) {
    const name = basename(file, '.txt.gz');
    const reference = JSON.parse(
      gunzipSync(readFileSync(file.replace(/\.txt\.gz$/, '.resources.json.gz'))).toString(),
    ) as { readonly devices: readonly ReferenceDevice[] };
    const [artifact] = await openInput(file, {}, quiet);
    const tables = artifact ? readAcpiTables(artifact, quiet) : [];
    const ours = crsOf(tables, {});
    let open: ReferenceDevice[] = [];
    for (const device of reference.devices) {
      const entry = ours.get(device.device);
      const same = device.crsFillFF === 'same' && device.crsFill5A === 'same' && device.crs.status === 'ok';
      const why = unsound(device, entry);
      if (why === undefined) count.sound += 1;
      else {
        count.unsound += 1;
        console.log(`${name} ${device.device}: unsound: ${why}`);
      }
      if (!same) continue;
      if (bytesOf(entry) === device.crs.bytes) count.precise += 1;
      else open.push(device);
    }
    // First the contents that the alternatives themselves name, over zeros.
    open = open.filter((device) => {
      const found = settings(ours.get(device.device)).some(
        (set) => bytesOf(crsOf(tables, { assume: 0, set }).get(device.device)) !== device.crs.bytes,
      );
      if (found) count.witnessed += 1;
      return !found;
    });
    for (const fill of FILLS) {
      if (open.length === 0) break;
      const filled = crsOf(tables, { assume: fill });
      const left = open.filter((device) => bytesOf(filled.get(device.device)) === device.crs.bytes);
      count.witnessed += open.length - left.length;
      open = left;
    }
    count.imprecise += open.length;
    for (const { device } of open)
      console.log(`${name} ${device}: imprecise: ours is ${ours.get(device)?.status ?? 'missing'}`);
  }
  const unchanged = count.precise + count.imprecise;
  console.log(
    `${count.witnessed} that the three fills leave alone are changed by another: fwmap is right not to call them known`,
  );
  console.log(
    `precise on ${count.precise} of ${unchanged} that no fill changes (${((100 * count.precise) / Math.max(1, unchanged)).toFixed(2)} %)`,
  );
  console.log(`sound: ${count.sound} passed, ${count.unsound} failed`);
  console.log(`${count.sound + count.precise} passed, ${count.unsound + count.imprecise} failed`);
  return count.unsound === 0 && count.precise >= 0.99 * unchanged ? 0 : 1;
}
