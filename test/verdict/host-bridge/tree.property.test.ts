/**
 * Host bridges of a device tree, held against a second model of drivers/pci/of.c and drivers/of/address.c: entries of
 * `ranges` that continue each other are one, windows are requested one by one, and any overlap fails the probe.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../cli/fake-io.ts';
import { runs } from '../../runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-tree-bridges-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Range {
  /** The space code: configuration, ports, memory of 32 and of 64 bits. */
  readonly code: 0 | 1 | 2 | 3;
  readonly prefetchable: boolean;
  /** In MiB; on the bus and on the CPU's side. */
  readonly bus: number;
  readonly cpu: number;
  readonly size: number;
}
interface Node {
  readonly ranges: readonly Range[];
  readonly busRange: readonly [number, number] | undefined;
  readonly domain: number | undefined;
}

const range: fc.Arbitrary<Range> = fc.record({
  code: fc.constantFrom(0, 1, 2, 2, 3),
  prefetchable: fc.boolean(),
  bus: fc.nat({ max: 3 }),
  cpu: fc.nat({ max: 9 }),
  size: fc.constantFrom(0, 1, 1, 2, 0x1000),
});
/** Some that go on where the one before ends. */
const ranges = fc.array(fc.tuple(range, fc.boolean()), { maxLength: 5 }).map((list) => {
  const made: Range[] = [];
  for (const [each, goesOn] of list) {
    const before = made.at(-1);
    made.push(
      before !== undefined && goesOn
        ? { ...each, bus: before.bus + before.size, cpu: before.cpu + before.size }
        : each,
    );
  }
  return made;
});
const node: fc.Arbitrary<Node> = fc.record({
  ranges,
  busRange: fc.option(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 0x1ff })), { nil: undefined }),
  domain: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
});

const MIB = 0x10_0000n;
const CPU = 0x4000_0000n;
const RAM = { start: CPU + 8n * MIB, end: CPU + 9n * MIB - 1n };
const cells = (value: bigint): string =>
  `0x${(value >> 32n).toString(16)} 0x${(value & 0xffff_ffffn).toString(16)}`;
const cpuOf = ({ cpu }: Range): bigint => CPU + BigInt(cpu) * MIB;
const busOf = ({ bus }: Range): bigint => BigInt(bus) * MIB;
const sizeOf = ({ size }: Range): bigint => BigInt(size) * MIB;

function entry(of: Range): string {
  const flags = (of.code << 24) | (of.prefetchable ? 0x4000_0000 : 0);
  return `<0x${flags.toString(16)} ${cells(busOf(of))} ${cells(cpuOf(of))} ${cells(sizeOf(of))}>`;
}

const nameOf = (index: number): string => `pcie@${index + 1}0000000`;

function text(nodes: readonly Node[]): string {
  const bodies = nodes.map(({ ranges: list, busRange, domain }, index) => {
    const lines = [
      list.length === 0 ? '' : `ranges = ${list.map(entry).join(', ')};`,
      busRange === undefined ? '' : `bus-range = <${busRange.join(' ')}>;`,
      domain === undefined ? '' : `linux,pci-domain = <${domain}>;`,
    ];
    return `${nameOf(index)} { compatible = "pci-host-ecam-generic"; device_type = "pci"; #address-cells = <3>;
      #size-cells = <2>; reg = <0 0x${index + 1}0000000 0 0x1000>; ${lines.join(' ')} };`;
  });
  return `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;
    memory@40800000 { device_type = "memory"; reg = <${cells(RAM.start)} ${cells(RAM.end - RAM.start + 1n)}>; };
    ${bodies.join('\n')} };`;
}

interface Window {
  readonly space: 'io' | 'memory';
  readonly start: bigint;
  readonly end: bigint;
  readonly bus: bigint;
  readonly prefetchable: boolean;
}
interface Bridge {
  readonly works: boolean;
  readonly windows: readonly Window[];
  readonly notes: readonly string[];
  readonly prints: readonly string[];
  readonly bus: string;
}

const DIGITS = (value: bigint): string => `0x${value.toString(16).padStart(10, '0')}`;
const pad = (bus: number): string => bus.toString(16).padStart(2, '0');
const kindOf = ({ code }: Range): string => ['err', 'IO', 'MEM', 'MEM'][code]!;

function model(
  nodes: readonly Node[],
  release: { joins: boolean; tells: boolean; warns: boolean },
): Bridge[] {
  const memory = [RAM];
  const ports: { start: bigint; end: bigint }[] = [];
  const stretches: { start: bigint; end: bigint; port: bigint; owner: number }[] = [];
  let next = 0n;
  return nodes.map(({ ranges: list, busRange, domain }, index): Bridge => {
    const fused: Range[] = [];
    for (const each of list) {
      const before = fused.at(-1);
      if (
        before !== undefined &&
        kindOf(before) === kindOf(each) &&
        before.prefetchable === each.prefetchable &&
        before.bus + before.size === each.bus &&
        before.cpu + before.size === each.cpu
      )
        fused[fused.length - 1] = { ...before, size: before.size + each.size };
      else fused.push(each);
    }
    const windows = fused.flatMap((each): Window[] => {
      const [start, bus, size] = [cpuOf(each), busOf(each), sizeOf(each)];
      const kind = kindOf(each);
      if (size === 0n || kind === 'err') return [];
      if (kind === 'MEM')
        return [{ space: 'memory', start, end: start + size - 1n, bus, prefetchable: each.prefetchable }];
      if (!stretches.some(({ owner }) => owner === index)) {
        if (stretches.some((other) => other.start < start + size && start <= other.end)) return [];
        // IO_SPACE_LIMIT, 16 MiB.
        if (next + size > 16n * MIB) return [];
        stretches.push({ start, end: start + size - 1n, port: next, owner: index });
        next += size;
      }
      const own = stretches.find((other) => other.start <= start && start <= other.end);
      if (own === undefined) return [];
      const port = own.port + start - own.start;
      return [{ space: 'io', start: port, end: port + size - 1n, bus, prefetchable: each.prefetchable }];
    });
    const notes: string[] = [];
    const [first, last] = busRange ?? [0, 0xff];
    if (list.length === 0) notes.push('it has no ranges, so no windows');
    if (busRange === undefined)
      notes.push(
        release.tells
          ? `  No bus range found for /${nameOf(index)}, using [bus 00-ff]`
          : 'it has no bus-range: buses 00 to ff are taken',
      );
    else if (last < first) notes.push('its bus-range ends before it starts');
    else if (last > 0xff)
      notes.push(
        release.tells
          ? `its bus-range ends at 0x${last.toString(16)}: buses up to ff are taken`
          : `  Invalid end bus number in [bus ${pad(first)}-${pad(last)}], defaulting to 0xff`,
      );
    if (windows.filter(({ space }) => space === 'io').length > 1)
      notes.push(
        `More than one I/O resource converted for /${nameOf(index)}. CPU base address for old range lost!`,
      );
    const overlaps = ({ space, start, end }: Window): boolean =>
      (space === 'io' ? ports : memory).some((other) => other.start <= end && start <= other.end);
    let works = true;
    for (const window of windows) {
      if (overlaps(window) || (window.space === 'io' && window.end > 0xff_ffffn)) {
        works = false;
        break;
      }
      (window.space === 'io' ? ports : memory).push(window);
    }
    const joined: Window[] = [];
    if (works)
      for (const window of windows) {
        const before = joined.at(-1);
        if (
          release.joins &&
          before !== undefined &&
          before.space === window.space &&
          before.prefetchable === window.prefetchable &&
          before.start - before.bus === window.start - window.bus &&
          before.end + 1n === window.start
        )
          joined[joined.length - 1] = { ...before, end: window.end };
        else joined.push(window);
      }
    if (!works) notes.push('fails');
    // pci_parse_request_of_pci_ranges() looks at windows once they are requested.
    else {
      const large = windows.filter(
        ({ space, prefetchable, start, end }) =>
          space === 'memory' && !prefetchable && end - start + 1n >= 0x1_0000_0000n,
      );
      if (release.warns) for (const _ of large) notes.push('Memory resource size exceeds max for 32 bits');
      if (!windows.some(({ space, prefetchable }) => space === 'memory' && !prefetchable))
        notes.push('non-prefetchable memory resource required');
    }
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
    return {
      works,
      windows: joined,
      notes,
      prints: [
        `host bridge /${nameOf(index)} ranges:`,
        ...fused.map(
          (each) =>
            `  ${kindOf(each).padStart(6)} ${DIGITS(cpuOf(each))}..${DIGITS(cpuOf(each) + sizeOf(each) - 1n)} -> ${DIGITS(busOf(each))}`,
        ),
      ],
      bus: `${hex(domain ?? index, 4)}:${hex(first, 2)}-${hex(Math.min(last, 0xff), 2)}`,
    };
  });
}

interface Answer {
  readonly bridges: readonly {
    readonly bus: string;
    readonly when?: string;
    readonly windows: readonly {
      readonly space: string;
      readonly base: string;
      readonly last: string;
      readonly bus?: { readonly base: string };
      readonly prefetchable?: boolean;
      readonly flags?: { readonly prefetchable?: boolean };
      readonly certainty: string;
    }[];
    readonly notes: readonly { readonly text: string; readonly line?: string; readonly when?: string }[];
    readonly changed: readonly { readonly did: string }[];
    readonly prints: readonly string[];
  }[];
}

/** 5.10.218 has no test for windows of 4 GiB (fede8526cc48) and leaves neighbours apart; 6.14 says nothing of bus-range. */
const RELEASES = [
  ['5.10.218', { joins: false, tells: true, warns: false }],
  ['6.12.30', { joins: true, tells: true, warns: true }],
  ['6.14', { joins: true, tells: false, warns: true }],
] as const;

test('windows, what is said of them, and whether the probe fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(node, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...RELEASES),
      async (nodes, [release, rules]) => {
        writeFileSync(join(folder, 'a.dts'), text(nodes));
        const { status, stdout, stderr } = await run(
          ['bridges', 'a.dts', '--format', 'json', '--kernel', release],
          { cwd: folder },
        );
        expect([status, stderr]).toEqual([0, '']);
        const { bridges } = JSON.parse(stdout) as Answer;
        model(nodes, rules).forEach((expected, index) => {
          const { bus, when, windows, notes, changed, prints } = bridges[index]!;
          expect(windows.map((of) => [of.space, of.base, of.last, of.bus?.base, of.certainty])).toEqual(
            expected.windows.map((of) => [
              of.space,
              `0x${of.start.toString(16)}`,
              `0x${of.end.toString(16)}`,
              of.bus === of.start ? undefined : `0x${of.bus.toString(16)}`,
              'certain',
            ]),
          );
          expect(when !== undefined).toBe(!expected.works);
          expect(changed.some(({ did }) => did === 'refused')).toBe(!expected.works);
          expect(
            notes.map(({ text: said, line }) =>
              said.startsWith('its probe fails:') ? 'fails' : (line ?? said),
            ),
          ).toEqual(expected.notes);
          expect(notes.every((note) => note.when === undefined)).toBe(true);
          expect(prints.slice(0, expected.prints.length)).toEqual(expected.prints);
          expect(bus).toBe(expected.bus);
        });
      },
    ),
    { numRuns: runs(50) },
  );
}, 60_000);
