/**
 * Windows from ACPI: the descriptors of every `_CRS`, by the rules that Linux' drivers/acpi/resource.c reads them with,
 * and what the other tables say (MCFG, SRAT). A bound that hangs on unknown firmware values makes a conditional window
 * with its expression; a template that nobody evaluated makes none.
 */
import type { CrsEntry } from '../acpi/crs.ts';
import { compare, formatQuantity, isKnown, type Quantity, sum } from '../acpi/expression.ts';
import type { EvaluationOptions } from '../acpi/machine.ts';
import { quantityField, type ResourceDescriptor } from '../acpi/resources/descriptor.ts';
import type { AcpiTable } from '../acpi/tables/table.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { hex } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { AddressWindow, DerivationStep, WindowFlags, WindowRole, WindowSpace } from './window.ts';

/** One `_CRS` and the input it was found in. */
export interface FoundCrs {
  readonly artifact: Artifact;
  readonly entry: CrsEntry;
}

export interface AcpiDescription {
  readonly tables: readonly AcpiTable[];
  readonly crs: readonly FoundCrs[];
  readonly windows: readonly AddressWindow[];
}

/** Reads tables and resource lists, all of them one machine's, and normalises them. */
export async function describeAcpi(
  artifacts: readonly Artifact[],
  options: EvaluationOptions,
  sink: DiagnosticSink,
): Promise<AcpiDescription> {
  const crs: FoundCrs[] = [];
  const tables: AcpiTable[] = [];
  const artifactOf = new Map<AcpiTable, Artifact>();
  for (const artifact of artifacts) {
    if (artifact.kind === 'crs-hex') {
      const { readCrsHex } = await import('../acpi/crs-hex.ts');
      crs.push(...readCrsHex(artifact, sink).map((entry) => ({ artifact, entry })));
    } else if (artifact.kind === 'crs-text') {
      const { readCrsText } = await import('../acpi/crs-text.ts');
      crs.push(...readCrsText(artifact, sink).map((entry) => ({ artifact, entry })));
    } else if (artifact.kind === 'asl') {
      const { readAsl } = await import('../acpi/asl/read.ts');
      const read = readAsl(artifact, sink);
      crs.push(...read.crs.map((entry) => ({ artifact, entry })));
      for (const table of read.tables) {
        tables.push(table);
        artifactOf.set(table, artifact);
      }
    } else {
      const { readAcpiTables } = await import('../acpi/tables/read.ts');
      for (const table of readAcpiTables(artifact, sink)) {
        tables.push(table);
        artifactOf.set(table, artifact);
      }
    }
  }
  if (tables.length > 0) {
    const { evaluateAllCrs, loadMachine } = await import('../acpi/machine.ts');
    const fallback = artifactOf.get(tables[0]!)!;
    for (const entry of evaluateAllCrs(loadMachine(tables, options, sink)))
      crs.push({ artifact: (entry.table && artifactOf.get(entry.table)) ?? fallback, entry });
  }
  const windows = crs.flatMap(({ artifact, entry }) => windowsOfCrs(artifact, entry));
  return { tables, crs, windows };
}

/** The windows of one `_CRS`, in the order of its descriptors; of alternatives, each under its condition. */
export function windowsOfCrs(artifact: Artifact, entry: CrsEntry): AddressWindow[] {
  const ways =
    entry.status === 'alternatives' && entry.alternatives
      ? entry.alternatives.map(({ when, resources }) => ({ when, resources }))
      : [{ when: undefined, resources: entry.resources }];
  return ways.flatMap(({ when, resources }) =>
    resources.flatMap(
      (descriptor, index) => windowOfDescriptor(artifact, entry, descriptor, index, when) ?? [],
    ),
  );
}

/** What a descriptor claims, before unknown bounds are looked at. */
interface Claim {
  readonly space: WindowSpace;
  readonly role: WindowRole;
  /** First address, inclusive. */
  readonly first: Quantity;
  readonly size: Quantity;
  /** What Linux asks for before it takes the range: its length is not 0. */
  readonly length: Quantity;
  readonly bus?: Quantity;
  readonly flags: WindowFlags;
  readonly text: string;
}

const BITS = 64;

function plus(a: Quantity, b: Quantity): Quantity {
  return sum(BITS, 0n, [
    { coefficient: 1n, of: a },
    { coefficient: 1n, of: b },
  ]);
}

/** `last - first + 1`. */
function span(first: Quantity, last: Quantity): Quantity {
  if (isKnown(first) && isKnown(last)) return last - first + 1n;
  return sum(BITS, 1n, [
    { coefficient: 1n, of: last },
    { coefficient: -1n, of: first },
  ]);
}

function claimOf(descriptor: ResourceDescriptor, isRootBridge: boolean): Claim | undefined {
  const field = (name: string): Quantity | undefined => quantityField(descriptor, name);
  const { fields } = descriptor;
  switch (descriptor.type) {
    case 'word-address':
    case 'dword-address':
    case 'qword-address':
    case 'extended-address': {
      const [min, max, length] = [field('min'), field('max'), field('length')];
      const space = fields.space;
      if (min === undefined || max === undefined || length === undefined) return undefined;
      if (space !== 'memory' && space !== 'io' && space !== 'bus') return undefined;
      const producer = fields.producer === true;
      const translation = field('translation') ?? 0n;
      // acpi_decode_space() adds the translation only for a producer; I/O keeps its port number.
      const moved = producer && space === 'memory' && translation !== 0n;
      return {
        space,
        // x86 takes whatever a root bridge lists for a window, producer or not (arch/x86/pci/acpi.c).
        role: producer || isRootBridge ? 'window' : 'register',
        first: moved ? plus(min, translation) : min,
        size: span(min, max),
        length,
        ...(moved ? { bus: min } : {}),
        flags: { producer, ...(fields.caching === 'Prefetchable' ? { prefetchable: true } : {}) },
        text: `_MIN ${text(min)}, _MAX ${text(max)}, _LEN ${text(length)}, _TRA ${text(translation)}`,
      };
    }
    case 'memory24': {
      const [min, length] = [field('min'), field('length')];
      if (min === undefined || length === undefined) return undefined;
      const scaled = (value: Quantity): Quantity => sum(BITS, 0n, [{ coefficient: 256n, of: value }]);
      return register(
        'memory',
        scaled(min),
        scaled(length),
        `_MIN ${text(min)} and _LEN ${text(length)}, in units of 256 bytes`,
      );
    }
    case 'memory32': {
      const [min, length] = [field('min'), field('length')];
      return min === undefined || length === undefined
        ? undefined
        : register('memory', min, length, `_MIN ${text(min)}, _LEN ${text(length)}`);
    }
    case 'memory32-fixed': {
      const [base, length] = [field('base'), field('length')];
      return base === undefined || length === undefined
        ? undefined
        : register('memory', base, length, `_BAS ${text(base)}, _LEN ${text(length)}`);
    }
    case 'io': {
      const [min, length] = [field('min'), field('length')];
      return min === undefined || length === undefined
        ? undefined
        : register('io', min, length, `_MIN ${text(min)}, _LEN ${text(length)}`);
    }
    case 'fixed-io': {
      const [base, length] = [field('base'), field('length')];
      return base === undefined || length === undefined
        ? undefined
        : register('io', base, length, `_BAS ${text(base)}, _LEN ${text(length)}`);
    }
    default:
      return undefined;
  }
}

function register(space: WindowSpace, first: Quantity, size: Quantity, claimText: string): Claim {
  return { space, role: 'register', first, size, length: size, flags: { producer: false }, text: claimText };
}

function text(value: Quantity): string {
  return isKnown(value) ? hex(value) : formatQuantity(value);
}

const PCI_ROOT_IDS: readonly string[] = ['PNP0A03', 'PNP0A08'];

function windowOfDescriptor(
  artifact: Artifact,
  entry: CrsEntry,
  descriptor: ResourceDescriptor,
  index: number,
  alternative: string | undefined,
): AddressWindow | undefined {
  const ids = [entry.hid, ...(entry.cid ?? [])];
  const claim = claimOf(
    descriptor,
    ids.some((id) => id !== undefined && PCI_ROOT_IDS.includes(id)),
  );
  if (claim === undefined) return undefined;
  const { first, size, length } = claim;
  // acpi_dev_resource_len_valid(): a length of 0 or a minimum above the maximum is no resource.
  if (length === 0n || (isKnown(size) && size <= 0n)) return undefined;
  const exists = compare('ne', length, 0n);
  const conditions = [
    ...(alternative === undefined ? [] : [alternative]),
    ...(isKnown(exists) ? [] : [`${formatQuantity(length)} > 0`]),
  ];
  const known = isKnown(first) && isKnown(size);
  const steps: DerivationStep[] = [
    ...(entry.steps ?? []).map((step) => ({ what: 'evaluate', ...step })),
    {
      what: descriptor.type,
      text: claim.text,
      ...(descriptor.span ? { span: descriptor.span } : {}),
    },
  ];
  return {
    space: claim.space,
    role: claim.role,
    base: isKnown(first) ? first : null,
    size: isKnown(size) ? size : null,
    ...(claim.bus !== undefined && isKnown(claim.bus) ? { bus: { base: claim.bus } } : {}),
    certainty: conditions.length > 0 ? 'conditional' : known ? 'certain' : 'unknown',
    ...(conditions.length > 0 ? { when: conditions.join(' and ') } : {}),
    ...(known || conditions.length > 0
      ? {}
      : { why: entry.why ?? 'it hangs on values that only the running machine has' }),
    ...(known
      ? {}
      : {
          expressions: {
            ...(isKnown(first) ? {} : { base: formatQuantity(first) }),
            ...(isKnown(size) ? {} : { size: formatQuantity(size) }),
          },
        }),
    flags: {
      ...claim.flags,
      ...(entry.sta === undefined || entry.sta === null ? {} : { available: (entry.sta & 1n) === 1n }),
    },
    origin: {
      artifact,
      path: entry.device,
      item: entry.object,
      index,
      ...(descriptor.span ? { span: descriptor.span } : {}),
    },
    derivation: steps,
  };
}
