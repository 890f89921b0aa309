/**
 * Host bridges of tables whose bounds are numbers, held against a second model of drivers/acpi/pci_root.c, in which the
 * resource tree is a list: a range goes in where it crosses the edge of none that is there. On x86 and on arm64.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { littleEndian, table } from '../../acpi/tables/made-tables.ts';
import { run } from '../../cli/fake-io.ts';
import { runs } from '../../runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-acpi-bridges-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Item {
  readonly io: boolean;
  readonly start: number;
  readonly size: number;
  readonly producer: boolean;
  readonly prefetchable: boolean;
  /** `_TRA`, in units; of producers of memory. */
  readonly moved: number;
}
interface Span {
  readonly start: bigint;
  readonly end: bigint;
}
interface Window extends Span {
  readonly io: boolean;
  readonly producer: boolean;
  readonly prefetchable: boolean;
  readonly bus: bigint;
}
interface Made {
  readonly bridges: readonly (readonly Item[])[];
  readonly ram: readonly number[];
  readonly arm: boolean;
  readonly joins: boolean;
}

const MIB = 0x10_0000n;
/** Ranges around the end of 36 address bits, so that some reach beyond. */
const MEMORY = (1n << 36n) - 8n * MIB;
const PORTS = 0xf800n;
const PORT_UNIT = 0x100n;
/** PCI's configuration ports, which no bridge passes on on x86. */
const CONFIGURATION = 0xcf8n;

const item: fc.Arbitrary<Item> = fc.record({
  io: fc.boolean(),
  start: fc.nat({ max: 9 }),
  size: fc.integer({ min: 0, max: 3 }),
  producer: fc.boolean(),
  prefetchable: fc.boolean(),
  moved: fc.nat({ max: 1 }),
});
const made: fc.Arbitrary<Made> = fc.record({
  bridges: fc.array(fc.array(item, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
  ram: fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 2 }),
  arm: fc.boolean(),
  joins: fc.boolean(),
});

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const pad = (value: bigint): string => value.toString(16).padStart(8, '0');
/** As the descriptor has it, before `_TRA`; of I/O the size 0 stands for the configuration ports. */
function boundsOf({ io, start, size }: Item): { min: bigint; length: bigint } {
  if (io && size === 0) return { min: CONFIGURATION, length: 8n };
  return io
    ? { min: PORTS + BigInt(start) * PORT_UNIT, length: BigInt(size) * PORT_UNIT }
    : { min: MEMORY + BigInt(start) * MIB, length: BigInt(size) * MIB };
}
const translation = ({ io, moved }: Item): bigint => (io ? 0n : BigInt(moved) * MIB);

function descriptor(of: Item): string {
  const { io, producer, prefetchable } = of;
  const { min, length } = boundsOf(of);
  const numbers = `0, ${hex(min)}, ${hex(length === 0n ? min : min + length - 1n)}, ${hex(translation(of))}, ${hex(length)}`;
  const usage = producer ? 'ResourceProducer' : 'ResourceConsumer';
  return io
    ? `QWordIO (${usage}, MinFixed, MaxFixed, PosDecode, EntireRange, ${numbers})`
    : `QWordMemory (${usage}, PosDecode, MinFixed, MaxFixed, ${prefetchable ? 'Prefetchable' : 'NonCacheable'}, ReadWrite, ${numbers})`;
}

function text({ bridges }: Made): string {
  const devices = bridges.map(
    (
      items,
      index,
    ) => `Device (PCI${index}) { Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03")) Name (_UID, ${index})
      Name (_CBA, 0xE0000000)
      Name (_CRS, ResourceTemplate () { ${items.map(descriptor).join('\n')} }) }`,
  );
  return `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) { ${devices.join('\n')} } }`;
}

const regionOf = (at: number): Span => ({
  start: MEMORY + BigInt(at) * MIB - MIB / 2n,
  end: MEMORY + BigInt(at) * MIB + MIB / 4n - 1n,
});
const overlap = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;
const within = (a: Span, b: Span): boolean => a.start >= b.start && a.end <= b.end;

const printed = ({ io, start, end, prefetchable, producer }: Window): string =>
  io
    ? `[io  0x${start.toString(16).padStart(4, '0')}-0x${end.toString(16).padStart(4, '0')}${producer ? ' window' : ''}]`
    : `[mem 0x${pad(start)}-0x${pad(end)}${prefetchable ? ' pref' : ''}${producer ? ' window' : ''}]`;

interface Bridge {
  readonly windows: readonly Window[];
  readonly lines: readonly string[];
  /** How often something is dropped, clipped, united, coalesced. */
  readonly did: Readonly<Record<string, number>>;
}

function model({ bridges, ram, arm, joins }: Made): Bridge[] {
  const trees = { memory: ram.map(regionOf), io: [] as Span[] };
  const stretches: (Span & { port: bigint; bridge: number })[] = [];
  let next = 0n;
  return bridges.map((items, bridge): Bridge => {
    const lines: string[] = [];
    const did = { dropped: 0, clipped: 0, united: 0, coalesced: 0 };
    let list = items
      .filter((of) => boundsOf(of).length > 0n)
      .map((of): Window => {
        const { min, length } = boundsOf(of);
        const start = min + (of.producer ? translation(of) : 0n);
        const prefetchable = !of.io && of.prefetchable;
        return { io: of.io, start, end: start + length - 1n, producer: of.producer, prefetchable, bus: min };
      })
      // acpi_dev_ioresource_flags(): no PC has ports beyond the last dword that starts in 64 KiB.
      .filter(({ io, end }) => arm || !io || end < 0x1_0003n);
    if (arm)
      list = list.flatMap((window): Window[] => {
        if (!window.io) return [window];
        const size = window.end - window.start;
        if (!stretches.some((each) => each.bridge === bridge)) {
          if (stretches.some((each) => overlap(each, window))) {
            did.dropped += 1;
            return [];
          }
          stretches.push({ start: window.start, end: window.end, port: next, bridge });
          next += size + 1n;
        }
        const own = stretches.find((each) => each.start <= window.start && window.start <= each.end);
        if (own === undefined) {
          did.dropped += 1;
          return [];
        }
        const start = own.port + window.start - own.start;
        return [{ ...window, start, end: start + size }];
      });
    for (const io of [false, true]) {
      const last = io ? (arm ? 0xff_ffffn : 0xffffn) : arm ? (1n << 64n) - 1n : (1n << 36n) - 1n;
      const kept: Window[] = [];
      for (const window of list) {
        if (window.io !== io) {
          kept.push(window);
          continue;
        }
        const end = window.end < last ? window.end : last;
        if (end <= window.start) {
          lines.push(`host bridge window ${printed(window)} (ignored, not CPU addressable)`);
          did.dropped += 1;
          continue;
        }
        if (end !== window.end) {
          lines.push(
            `host bridge window ${printed(window)} ([0x${(end + 1n).toString(16)}-0x${window.end.toString(16)}] ignored, not CPU addressable)`,
          );
          did.clipped += 1;
        }
        const cut = { ...window, end };
        const at = kept.findIndex((other) => other.io === io && overlap(other, cut));
        if (at < 0) {
          kept.push(cut);
          continue;
        }
        const other = kept[at]!;
        const union = {
          ...other,
          start: other.start < cut.start ? other.start : cut.start,
          end: other.end > cut.end ? other.end : cut.end,
        };
        // The offset stays that of the first.
        union.bus = union.start - (other.start - other.bus);
        lines.push(`host bridge window expanded to ${printed(union)}; ${printed(cut)} ignored`);
        did.united += 1;
        kept[at] = union;
      }
      list = kept;
    }
    list = list.filter((window) => {
      const goes = arm
        ? !window.producer
        : window.io && window.start === CONFIGURATION && window.end === CONFIGURATION + 7n;
      if (goes) did.dropped += 1;
      return !goes;
    });
    list = list.filter((window) => {
      const tree = window.io ? trees.io : trees.memory;
      const crosses = tree.some(
        (other) => overlap(other, window) && !within(other, window) && !within(window, other),
      );
      if (crosses) {
        lines.push(`ignoring host bridge window ${printed(window)} (conflicts with `);
        did.dropped += 1;
      } else tree.push(window);
      return !crosses;
    });
    const windows: Window[] = [];
    for (const window of list) {
      const before = windows.at(-1);
      const continues =
        before !== undefined &&
        joins &&
        before.io === window.io &&
        before.producer === window.producer &&
        before.prefetchable === window.prefetchable &&
        before.start - before.bus === window.start - window.bus &&
        before.end + 1n === window.start;
      if (!continues) {
        windows.push(window);
        continue;
      }
      did.coalesced += 1;
      windows[windows.length - 1] = { ...before, end: window.end };
    }
    return { windows, lines, did };
  });
}

interface Answer {
  readonly bridges: readonly {
    readonly windows: readonly {
      readonly space: string;
      readonly base: string;
      readonly last: string;
      readonly bus?: { readonly base: string };
      readonly certainty: string;
    }[];
    readonly changed: readonly { readonly did: string; readonly line?: string }[];
    readonly prints: readonly string[];
  }[];
}

const address = (value: bigint): string => `0x${pad(value)}`;

test('windows, what is done with them and what Linux prints', async () => {
  writeFileSync(join(folder, 'gtdt.dat'), table('GTDT', littleEndian(0, 60)));
  await fc.assert(
    fc.asyncProperty(made, async (machine) => {
      const { ram, arm, joins } = machine;
      writeFileSync(join(folder, 'a.asl'), text(machine));
      const lines = ram
        .toSorted((a, b) => a - b)
        .map((at) => {
          const { start, end } = regionOf(at);
          return `${pad(start)}-${pad(end)} : System RAM\n`;
        });
      writeFileSync(join(folder, 'iomem.txt'), `00001000-0009fbff : System RAM\n${lines.join('')}`);
      const { status, stdout, stderr } = await run(
        [
          ...['bridges', 'a.asl', 'iomem.txt', ...(arm ? ['gtdt.dat'] : [])],
          ...['--format', 'json', '--kernel', joins ? '6.12.30' : '5.10.218'],
          ...(arm ? [] : ['--address-bits', '36']),
        ],
        { cwd: folder },
      );
      expect([status, stderr]).toEqual([0, '']);
      const found = (JSON.parse(stdout) as Answer).bridges;
      model(machine).forEach((expected, index) => {
        const { windows, changed, prints } = found[index]!;
        expect(
          windows.map(({ space, base, last, bus, certainty }) => [space, base, last, bus?.base, certainty]),
        ).toEqual(
          expected.windows.map(({ io, start, end, bus }) => [
            io ? 'io' : 'memory',
            hex(start),
            hex(end),
            bus === start ? undefined : hex(bus),
            'certain',
          ]),
        );
        const said = changed.flatMap(({ line }) => line?.replace(/(?<=conflicts with ).*$/, '') ?? []);
        expect(said.sort()).toEqual([...expected.lines].sort());
        for (const [kind, count] of Object.entries(expected.did))
          expect([kind, changed.filter(({ did }) => did === kind).length]).toEqual([kind, count]);
        expect(prints).toEqual([
          ...expected.windows.map((window) => {
            const { start, end, bus } = window;
            const moved = ` (bus address [${address(bus)}-${address(bus + end - start)}])`;
            return `root bus resource ${printed(window)}${bus === start ? '' : moved}`;
          }),
          'root bus resource [bus 00-ff]',
        ]);
      });
    }),
    { numRuns: runs(36) },
  );
}, 60_000);
