/**
 * ACPI firmware from a small grammar: the ASL of a machine, and what its code makes of concrete contents of its region,
 * calculated here from the grammar and not by an interpreter.
 */
import type { AcpiDescriptor, AcpiLevel } from '../../../../src/linux/vmbus/acpi-pool.ts';
import type { Random } from './random.ts';

export type AcpiFamily = 'gen1' | 'gen2' | 'qemu';
export type Contents = ReadonlyMap<string, bigint>;

const FOUR_GIB = 1n << 32n;
const MIB = 1n << 20n;
const GIB = 1n << 30n;

interface FieldSpec {
  readonly name: string;
  readonly bits: number;
}

/** A descriptor of a template: fixed, or filled from two fields when the machine starts. */
type DescriptorSpec =
  | { readonly how: 'fixed'; readonly type: 'dword' | 'qword'; readonly min: bigint; readonly max: bigint }
  | {
      readonly how: 'filled';
      readonly type: 'dword' | 'qword';
      readonly base: string;
      readonly length: string;
      /** The fields count MiB. */
      readonly inMib: boolean;
      /** Nothing is written where the length is 0. */
      readonly guard: 'none' | 'if' | 'greater';
      readonly gap: 'low' | 'high';
    }
  | { readonly how: 'other'; readonly asl: string };

export interface AcpiFirmware {
  readonly kind: 'acpi';
  readonly family: AcpiFamily;
  readonly asl: string;
  readonly fields: readonly FieldSpec[];
  readonly region: bigint;
  /** Templates of the device above VMBus; more than one where a field chooses. */
  readonly templates: readonly (readonly DescriptorSpec[])[];
  readonly chooser: string | undefined;
  /** VMBus' own template holds this window besides its interrupt. */
  readonly own: readonly DescriptorSpec[];
  /** The device above VMBus has a `_CRS`. */
  readonly parentHasCrs: boolean;
}

/** A size or address as people choose them. */
function lowGap(random: Random): { base: bigint; length: bigint } {
  const length = random.pick([128n, 256n, 512n, 1024n, 3072n, 136n, 130n]) * MIB;
  const end = random.chance(0.7)
    ? FOUR_GIB
    : FOUR_GIB - random.pick([4096n, 0x10000n, MIB, 16n * MIB, 0x12c0000n, 512n * MIB]);
  return { base: end > length + MIB ? end - length : MIB, length: end > length + MIB ? length : end - MIB };
}

function highGap(random: Random): { base: bigint; length: bigint } {
  const base = random.pick([
    FOUR_GIB,
    0xfe0000000n,
    64n * GIB,
    0xff00000000n,
    random.big(4n * GIB, 512n * GIB, MIB),
  ]);
  return { base, length: random.pick([512n * MIB, GIB, 64n * GIB, 256n * MIB, MIB]) };
}

function fixed(type: 'dword' | 'qword', base: bigint, length: bigint): DescriptorSpec {
  return { how: 'fixed', type, min: base, max: base + length - 1n };
}

/** Draws firmware of a family. */
export function drawAcpi(random: Random, family: AcpiFamily): AcpiFirmware {
  const fields: FieldSpec[] = [];
  const region = random.pick([0xf7fd9000n, 0x7ffd9000n, 0x3ffff000n]);
  const own: DescriptorSpec[] = [];
  let parentHasCrs = true;
  let chooser: string | undefined;
  let templates: DescriptorSpec[][];
  if (family === 'gen2') {
    const names = random.chance(0.8)
      ? { low: ['MG2B', 'MG2L'], high: ['HMIB', 'HMIL'] }
      : { low: ['LOWB', 'LOWL'], high: ['HIB', 'HIL'] };
    const style = random.below(10);
    const guard = random.pick(['none', 'none', 'if', 'greater'] as const);
    if (style < 6) {
      const low: DescriptorSpec = {
        how: 'filled',
        type: 'dword',
        base: names.low[0]!,
        length: names.low[1]!,
        inMib: false,
        guard,
        gap: 'low',
      };
      const high: DescriptorSpec = {
        how: 'filled',
        type: 'qword',
        base: names.high[0]!,
        length: names.high[1]!,
        inMib: true,
        guard,
        gap: 'high',
      };
      fields.push(...[...names.low, ...names.high].map((name) => ({ name, bits: 32 })));
      templates = [random.chance(0.85) ? [low, high] : [low]];
    } else if (style < 8) {
      const { base, length } = lowGap(random);
      const high = highGap(random);
      templates = [
        random.chance(0.3)
          ? [fixed('qword', high.base, high.length)]
          : random.chance(0.7)
            ? [fixed('dword', base, length), fixed('qword', high.base, high.length)]
            : [fixed('dword', base, length)],
      ];
    } else if (style === 8) {
      // One part known, the other open.
      const { base, length } = lowGap(random);
      fields.push(...names.high.map((name) => ({ name, bits: 32 })));
      templates = [
        [
          fixed('dword', base, length),
          {
            how: 'filled',
            type: 'qword',
            base: names.high[0]!,
            length: names.high[1]!,
            inMib: true,
            guard,
            gap: 'high',
          },
        ],
      ];
    } else {
      chooser = 'FLAG';
      fields.push({ name: chooser, bits: 32 });
      const [a, b] = [lowGap(random), highGap(random)];
      templates = [
        [fixed('dword', a.base, a.length), fixed('qword', b.base, b.length)],
        random.chance(0.5)
          ? [fixed('qword', b.base, b.length)]
          : [fixed('dword', lowGap(random).base, 128n * MIB)],
      ];
    }
  } else {
    const top = random.chance(0.7)
      ? 0xfffbffffn
      : random.pick([0xfebfffffn, 0xfed3ffffn, 0xfed40000n, 0xffffffffn]);
    const start =
      family === 'gen1'
        ? random.chance(0.8)
          ? 0xf8000000n
          : random.pick([0xf0000000n, 0xe0000000n])
        : random.pick([0xc0000000n, 0xe0000000n, 0x80000000n]);
    const list: DescriptorSpec[] = [
      {
        how: 'other',
        asl: 'WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xFF, 0, 0x100)',
      },
      { how: 'other', asl: 'IO (Decode16, 0x0CF8, 0x0CF8, 0x01, 0x08)' },
      { how: 'fixed', type: 'dword', min: 0xa0000n, max: 0xbffffn },
    ];
    if (random.chance(0.15)) {
      // A hole splits low MMIO.
      const cut = random.big(start + 64n * MIB, top - 32n * MIB, MIB);
      list.push({ how: 'fixed', type: 'dword', min: start, max: cut - 1n });
      list.push({ how: 'fixed', type: 'dword', min: cut + (random.chance(0.3) ? 0n : 8n * MIB), max: top });
    } else list.push({ how: 'fixed', type: 'dword', min: start, max: top });
    if (random.chance(0.8)) {
      const high = highGap(random);
      list.push(fixed('qword', high.base, high.length));
    }
    if (random.chance(0.1)) list.reverse();
    templates = [list];
  }
  if (random.chance(0.04)) {
    const { base, length } = lowGap(random);
    own.push(fixed('dword', base, length));
    if (family !== 'gen1' && random.chance(0.5)) {
      parentHasCrs = false;
      templates = [[]];
      chooser = undefined;
      fields.length = 0;
    }
  }
  const spec = { kind: 'acpi' as const, family, fields, region, templates, chooser, own, parentHasCrs };
  return { ...spec, asl: printAsl(spec, random) };
}

function hex(value: bigint): string {
  return `0x${value.toString(16).toUpperCase()}`;
}

function printDescriptor(spec: DescriptorSpec, tag: string): string {
  if (spec.how === 'other') return spec.asl;
  const name = spec.type === 'dword' ? 'DWordMemory' : 'QWordMemory';
  const head = `${name} (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0x0,`;
  if (spec.how === 'filled') return `${head} 0x0, 0x0, 0x0, 0x0, ,, ${tag}, AddressRangeMemory, TypeStatic)`;
  return `${head} ${hex(spec.min)}, ${hex(spec.max)}, 0x0, ${hex(spec.max - spec.min + 1n)})`;
}

function fillCode(spec: DescriptorSpec, tag: string, at: number, buffer: string): string[] {
  if (spec.how !== 'filled') return [];
  const create = spec.type === 'dword' ? 'CreateDWordField' : 'CreateQWordField';
  const value = (name: string): string => (spec.inMib ? `(${name} << 20)` : name);
  const lines = [
    `MIN${at} = ${value(spec.base)}`,
    `LEN${at} = ${value(spec.length)}`,
    at % 2 === 0
      ? `MAX${at} = (MIN${at} + (LEN${at} - 1))`
      : `Local0 = ${value(spec.length)}\n Local0--\n MAX${at} = (MIN${at} + Local0)`,
  ];
  const test = spec.guard === 'if' ? spec.length : `(${spec.length} > Zero)`;
  return [
    `${create} (${buffer}, ${tag}._MIN, MIN${at})`,
    `${create} (${buffer}, ${tag}._MAX, MAX${at})`,
    `${create} (${buffer}, ${tag}._LEN, LEN${at})`,
    ...(spec.guard === 'none' ? lines : [`If (${test}) {`, ...lines, '}']),
  ];
}

const PLACES: Readonly<Record<AcpiFamily, { parent: string; id: string; vmbus: string; inner: string }>> = {
  gen2: { parent: 'VMOD', id: '"ACPI0004"', vmbus: 'VMBS', inner: '' },
  gen1: { parent: 'PCI0', id: 'EisaId ("PNP0A03")', vmbus: 'VMB8', inner: '' },
  qemu: { parent: 'PCI0', id: 'EisaId ("PNP0A08")', vmbus: 'VMBR', inner: 'ISA' },
};

const OEM: Readonly<Record<AcpiFamily, readonly string[]>> = {
  gen2: ['"MSFTVM", "DSDT01"', '"FWMAP", "GEN2"'],
  gen1: ['"MSFTVM", "MSFTVM02"', '"FWMAP", "GEN1"'],
  qemu: ['"BOCHS", "BXPCDSDT"', '"FWMAP", "ISA"'],
};

function printAsl(spec: Omit<AcpiFirmware, 'asl'>, random: Random): string {
  const { parent, id, vmbus, inner } = PLACES[spec.family];
  const byMethod = random.chance(0.3);
  const out: string[] = [`DefinitionBlock ("", "DSDT", 2, ${random.pick(OEM[spec.family])}, 0x00000001)\n{`];
  if (spec.fields.length > 0)
    out.push(
      `OperationRegion (BIOS, SystemMemory, ${hex(spec.region)}, 0x20)`,
      'Field (BIOS, DWordAcc, NoLock, Preserve)\n{',
      spec.fields.map(({ name, bits }) => `  ${name}, ${bits}`).join(',\n'),
      '}',
    );
  out.push(`Scope (\\_SB)\n{\nDevice (${parent})\n{\nName (_HID, ${id})\nName (_UID, Zero)`);
  const buffer = (name: string, list: readonly DescriptorSpec[]): string =>
    `Name (${name}, ResourceTemplate ()\n{\n${list.map((each, at) => printDescriptor(each, `MEM${at}`)).join('\n')}\n})`;
  const fills = (name: string): string[] =>
    spec.templates[0]!.flatMap((each, at) => fillCode(each, `\\_SB.${parent}.MEM${at}`, at, name));
  if (!spec.parentHasCrs) {
    // Nothing.
  } else if (spec.chooser !== undefined) {
    out.push(buffer('RBA', spec.templates[0]!), buffer('RBB', spec.templates[1]!));
    out.push(
      `Method (_CRS, 0, Serialized)\n{\nIf ((${spec.chooser} == One)) { Return (RBA) }\nReturn (RBB)\n}`,
    );
  } else if (byMethod) {
    out.push(buffer('RBUF', spec.templates[0]!));
    out.push(`Method (_CRS, 0, Serialized)\n{\n${fills('RBUF').join('\n')}\nReturn (RBUF)\n}`);
  } else {
    out.push(buffer('_CRS', spec.templates[0]!));
    const code = fills('_CRS');
    if (code.length > 0) out.push(`Method (_INI, 0, NotSerialized)\n{\n${code.join('\n')}\n}`);
  }
  if (inner !== '') out.push(`Device (${inner})\n{\nName (_ADR, 0x00010000)`);
  const ids = random.chance(0.5) ? 'Name (_HID, "VMBus")' : 'Name (_HID, "MSFT1000")\nName (_CID, "VMBus")';
  const mine = [
    'IRQ (Edge, ActiveHigh, Exclusive) {5}',
    ...spec.own.map((each) => printDescriptor(each, '')),
  ];
  out.push(`Device (${vmbus})\n{\n${ids}\nName (_UID, Zero)`);
  if (random.chance(0.4)) out.push('Method (_STA, 0, NotSerialized) { Return (0x0F) }');
  out.push(`Name (_CRS, ResourceTemplate ()\n{\n${mine.join('\n')}\n})\n}`);
  if (inner !== '') out.push('}');
  out.push('}\n}\n}');
  return `${out.join('\n')}\n`;
}

function contentOf(spec: DescriptorSpec, contents: Contents): AcpiDescriptor {
  if (spec.how === 'other') return { type: 'other', min: 0n, max: 0n };
  if (spec.how === 'fixed') return { type: spec.type, min: spec.min, max: spec.max };
  const bits = spec.type === 'dword' ? 32 : 64;
  const shift = spec.inMib ? 20n : 0n;
  const length = contents.get(spec.length)! << shift;
  const base = contents.get(spec.base)! << shift;
  if (spec.guard !== 'none' && length === 0n) return { type: spec.type, min: 0n, max: 0n };
  // MIN is read back from its field; the rest is calculated in 64 bits and cut when it is stored.
  const min = BigInt.asUintN(bits, base);
  return { type: spec.type, min, max: BigInt.asUintN(bits, min + length - 1n) };
}

/** The levels that the driver walks, in numbers. */
export function levelsIn(firmware: AcpiFirmware, contents: Contents): AcpiLevel[] {
  const { parent, vmbus, inner } = PLACES[firmware.family];
  const chosen =
    firmware.chooser === undefined || contents.get(firmware.chooser) === 1n
      ? firmware.templates[0]!
      : firmware.templates[1]!;
  const list = (specs: readonly DescriptorSpec[]): AcpiDescriptor[] =>
    specs.map((spec) => contentOf(spec, contents));
  return [
    { name: vmbus, crs: [{ type: 'other', min: 0n, max: 0n }, ...list(firmware.own)] },
    ...(inner === '' ? [] : [{ name: inner, crs: null }]),
    { name: parent, crs: firmware.parentHasCrs ? list(chosen) : null },
    { name: '\\_SB', crs: null },
  ];
}

/** Concrete contents of the region, as Hyper-V's firmware may have them; `wild` ones obey nothing. */
export function drawContents(random: Random, firmware: AcpiFirmware, wild = false): Map<string, bigint> {
  const contents = new Map<string, bigint>();
  for (const spec of firmware.templates.flat()) {
    if (spec.how !== 'filled') continue;
    const shift = spec.inMib ? 20n : 0n;
    const some = (): bigint =>
      random.pick([
        0n,
        0n,
        MIB,
        0xf8000000n,
        0x8000000n,
        0xffffffffn,
        0x100n,
        random.big(0n, 0xffffffffn, 1n),
      ]);
    if (wild) {
      contents.set(spec.base, some());
      contents.set(spec.length, some());
    } else if (spec.gap === 'low') {
      const { base, length } = lowGap(random);
      const none = random.chance(0.12);
      contents.set(spec.base, none ? random.pick([0n, base, MIB, 0xf8000000n]) : base);
      contents.set(spec.length, none ? 0n : length);
    } else {
      const { base, length } = highGap(random);
      const none = random.chance(0.15);
      contents.set(spec.base, none ? 0n : base >> shift);
      contents.set(spec.length, none ? 0n : length >> shift);
    }
  }
  if (firmware.chooser !== undefined) contents.set(firmware.chooser, random.pick([0n, 1n, 1n, 2n]));
  return contents;
}

/** The region's bytes. */
export function memoryImage({ fields }: AcpiFirmware, contents: Contents): Uint8Array {
  const bytes = new Uint8Array(0x20);
  const view = new DataView(bytes.buffer);
  for (const [at, { name }] of fields.entries())
    view.setUint32(at * 4, Number(contents.get(name) ?? 0n), true);
  return bytes;
}
