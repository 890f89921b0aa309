/** `npm run conformance -- vmbus FILE.jsonl[.gz]`: the VMBus model against vectors made by compiled kernel code. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Behaviour } from '../../../src/linux/behaviour.ts';
import { profileOf } from '../../../src/linux/profile.ts';
import { insertRegion, type Region, region } from '../../../src/linux/region-tree.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { type AcpiDescriptor, buildAcpiPool } from '../../../src/linux/vmbus/acpi-pool.ts';
import { allocateMmio, freeMmio } from '../../../src/linux/vmbus/allocation.ts';
import { buildDeviceTreePool, type RangesEntry } from '../../../src/linux/vmbus/device-tree-pool.ts';
import type { VmbusPool } from '../../../src/linux/vmbus/pool.ts';
import { reserveFramebuffer } from '../../../src/linux/vmbus/reservation.ts';

interface VectorDescriptor {
  type: string;
  min: string;
  max: string;
  irqs?: number;
}
interface VectorOp {
  op: 'alloc' | 'free';
  name?: string;
  min?: string;
  max?: string;
  size?: string;
  align?: string;
  fb_overlap_ok?: boolean;
  of?: number;
  start?: string;
}
interface VectorInput {
  path: 'acpi' | 'dt';
  arch: 'x86_64' | 'arm64';
  boot: 'efi' | 'bios';
  screen: { lfb_base: string; lfb_size: string; ext_lfb_base: string };
  gen1_video: { kind: 'mem' | 'io'; start: string; len: string } | null;
  levels?: { name: string; crs: VectorDescriptor[] | null }[];
  dt?: {
    address_cells: number;
    size_cells: number;
    parent_address_cells: number;
    ranges: string[] | null;
    irq: boolean;
    parent_translates: boolean;
  };
  iomem: { start: string; end: string; busy: boolean; name: string }[];
  ops: VectorOp[];
}
interface Vector {
  id: string;
  variant: { release: string; sysfb: boolean | null };
  input: VectorInput;
  output: Record<string, unknown>;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** `5.10.218-minus-f0880e2cb7e1`: a release with changes taken out again. */
function behaviourOf(name: string): Behaviour {
  const [release, ...without] = name.split('-minus-');
  const parsed = parseRelease(release!);
  if (parsed === undefined) throw new Error(`no kernel release: ${name}`);
  return profileOf(parsed, { withoutCommits: without }).behaviour;
}

function descriptorOf(descriptor: VectorDescriptor): AcpiDescriptor {
  const { type } = descriptor;
  return {
    type: type === 'dword' || type === 'qword' ? type : type === 'extirq' ? 'extended-irq' : 'other',
    name: type,
    min: BigInt(descriptor.min),
    max: BigInt(descriptor.max),
    ...(descriptor.irqs === undefined ? {} : { interrupts: descriptor.irqs }),
  };
}

/** The cells of the vector as the tuples of a node whose addresses translate 1:1, or not at all. */
function entriesOf(dt: NonNullable<VectorInput['dt']>): RangesEntry[] | null {
  if (dt.ranges === null) return null;
  const width = dt.address_cells + dt.parent_address_cells + dt.size_cells;
  const number = (from: number, count: number): bigint =>
    BigInt.asUintN(
      64,
      dt.ranges!.slice(from, from + count).reduce((value, cell) => (value << 32n) | BigInt(cell), 0n),
    );
  const entries: RangesEntry[] = [];
  const flagCells = dt.address_cells === 3 ? 1 : 0;
  for (let at = 0; width > 0 && at + width <= dt.ranges.length; at += width)
    entries.push({
      flags: number(at, flagCells),
      bus: number(at + flagCells, dt.address_cells - flagCells),
      cpu: dt.parent_translates ? number(at + dt.address_cells, dt.parent_address_cells) : null,
      size: number(at + dt.address_cells + dt.parent_address_cells, dt.size_cells),
    });
  return entries;
}

function treeOf(node: Region): Record<string, unknown> {
  return {
    start: hex(node.start),
    end: hex(node.end),
    name: node.name,
    busy: node.busy,
    ...(node.children.length > 0 ? { children: node.children.map(treeOf) } : {}),
  };
}

/** Plays a vector's input and gives its output in the vector's form. */
export function play(input: VectorInput, release: string, sysfb: boolean | null): Record<string, unknown> {
  const behaviour = behaviourOf(release);
  let pool: VmbusPool;
  if (input.path === 'acpi') {
    const levels = input.levels!.map(({ name, crs }) => ({ name, crs: crs?.map(descriptorOf) ?? null }));
    pool = buildAcpiPool(behaviour, levels);
    reserveFramebuffer(behaviour, pool, {
      boot: input.boot,
      sysfb: sysfb ?? false,
      screenInfo: { lfbBase: BigInt(input.screen.lfb_base), lfbSize: BigInt(input.screen.lfb_size) },
      gen1Video:
        input.gen1_video === null
          ? null
          : {
              kind: input.gen1_video.kind,
              start: BigInt(input.gen1_video.start),
              size: BigInt(input.gen1_video.len),
            },
    });
  } else {
    const dt = input.dt!;
    pool = buildDeviceTreePool(
      behaviour,
      { ranges: entriesOf(dt), interrupt: dt.irq, addressCells: dt.address_cells, sizeCells: dt.size_cells },
      input.arch,
    );
  }
  const output: Record<string, unknown> = {
    probe_ret: pool.probe,
    ...(input.path === 'acpi' ? { levels_walked: pool.levelsWalked } : {}),
    windows: pool.dangling
      ? 'freed_but_pointer_kept'
      : pool.windows.map(({ start, end }) => ({ start: hex(start), end: hex(end) })),
    fb_mmio: pool.framebuffer && {
      start: hex(pool.framebuffer.start),
      end: hex(pool.framebuffer.end),
      busy: pool.framebuffer.busy,
    },
    probe_log: pool.log,
  };
  for (const node of input.iomem)
    insertRegion(pool.iomem, region(BigInt(node.start), BigInt(node.end), node.name, node.busy));
  const ops: Record<string, unknown>[] = [];
  let stopped: string | undefined;
  if (!pool.dangling) {
    const got: ({ start: bigint; size: bigint } | undefined)[] = [];
    for (const op of input.ops) {
      if (op.op === 'alloc') {
        const size = BigInt(op.size!);
        const result = allocateMmio(behaviour, pool, {
          name: op.name!,
          min: BigInt(op.min!),
          max: BigInt(op.max!),
          size,
          align: BigInt(op.align!),
          framebufferOverlapOk: op.fb_overlap_ok!,
        });
        got.push(result.kind === 'placed' ? { start: result.start, size } : undefined);
        if (result.kind === 'endless') {
          ops.push({ hang: true });
          stopped = 'hang';
        } else if (result.kind === 'placed') {
          ops.push({ ret: 0, start: hex(result.start), end: hex(result.end) });
        } else ops.push({ ret: result.ret });
      } else {
        got.push(undefined);
        const what = op.of === undefined ? { start: BigInt(op.start!), size: BigInt(op.size!) } : got[op.of];
        // What an operation got can be given back once.
        if (op.of !== undefined) got[op.of] = undefined;
        if (what === undefined) {
          ops.push({ skipped: true });
          continue;
        }
        const { log, framebufferFreed } = freeMmio(behaviour, pool, what.start, what.size);
        ops.push({
          freed: [hex(what.start), hex(what.size)],
          ...(framebufferFreed ? { fb_node_freed: true } : {}),
          ...(log.length > 0 ? { log } : {}),
        });
        if (framebufferFreed) stopped = 'fb_node_freed';
      }
      if (stopped !== undefined) break;
    }
  }
  output.ops = ops;
  if (stopped !== undefined) output.stopped = stopped;
  if (!pool.dangling) {
    output.shadow = pool.windows.map((window) => window.children.map(treeOf));
    output.iomem = pool.iomem.children.map(treeOf);
  }
  return output;
}

/** Key order does not matter, array order does. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => key in y && same(x[key], y[key]));
}

/** Lines of a JSON-lines file, gzipped or not. */
export function linesOf(path: string): string[] {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
}

export async function run(args: string[]): Promise<number> {
  const [path] = args;
  if (path === undefined) {
    console.error('usage: conformance vmbus FILE.jsonl[.gz]');
    return 2;
  }
  let passed = 0;
  const failed: string[] = [];
  for (const line of linesOf(path)) {
    const vector = JSON.parse(line) as Vector;
    const output = play(vector.input, vector.variant.release, vector.variant.sysfb);
    if (same(output, vector.output)) {
      passed += 1;
      continue;
    }
    failed.push(vector.id);
    if (failed.length <= 10)
      for (const key of new Set([...Object.keys(output), ...Object.keys(vector.output)]))
        if (!same(output[key], vector.output[key]))
          console.error(
            `${vector.id}: ${key}\n  kernel ${JSON.stringify(vector.output[key])}\n  model  ${JSON.stringify(output[key])}`,
          );
  }
  console.log(`${passed} passed, ${failed.length} failed`);
  return failed.length === 0 && passed > 0 ? 0 : 1;
}
