/**
 * Windows from ACPI: the descriptors of every `_CRS`, by the rules that Linux' drivers/acpi/resource.c reads them with,
 * and what the other tables say (MCFG, SRAT). A bound that hangs on unknown firmware values makes a conditional window
 * with its expression; a template that nobody evaluated makes none.
 */
import type { CrsEntry } from '../acpi/crs.ts';
import { compare, formatQuantity, isKnown, type Quantity, sum } from '../acpi/expression.ts';
import { type Architecture, architectureOf, isHostBridge, refusal } from '../acpi/host-bridge.ts';
import type { EvaluationOptions } from '../acpi/machine.ts';
import { quantityField, type ResourceDescriptor } from '../acpi/resources/descriptor.ts';
import { type AddressRange, MEMORY_MAPPED_PORTS, rangeOf, X86_RULES } from '../acpi/resources/range.ts';
import type { AcpiTable } from '../acpi/tables/table.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { hex } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { AddressWindow, DerivationStep, WindowRole } from './window.ts';

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
  const architecture = architectureOf(tables);
  const windows = crs.flatMap(({ artifact, entry }) => windowsOfCrs(artifact, entry, architecture));
  return { tables, crs, windows };
}

/** The windows of one `_CRS`, in the order of its descriptors; of alternatives, each under its condition. */
export function windowsOfCrs(
  artifact: Artifact,
  entry: CrsEntry,
  architecture: Architecture = 'x86',
): AddressWindow[] {
  const ways =
    entry.status === 'alternatives' && entry.alternatives
      ? entry.alternatives.map(({ when, resources }) => ({ when, resources }))
      : [{ when: undefined, resources: entry.resources }];
  return ways.flatMap(({ when, resources }) =>
    resources.flatMap(
      (descriptor, index) => windowOfDescriptor(artifact, entry, descriptor, index, architecture, when) ?? [],
    ),
  );
}

/** What a descriptor claims, before unknown bounds are looked at. */
interface Claim extends AddressRange {
  readonly role: WindowRole;
  readonly size: Quantity;
  readonly text: string;
}

const BITS = 64;

/** `last - first + 1`. */
function span(first: Quantity, last: Quantity): Quantity {
  if (isKnown(first) && isKnown(last)) return last - first + 1n;
  return sum(BITS, 1n, [
    { coefficient: 1n, of: last },
    { coefficient: -1n, of: first },
  ]);
}

/** The fields a range is made of, as the descriptor has them. */
const RANGE_FIELDS = [
  ['base', '_BAS'],
  ['min', '_MIN'],
  ['max', '_MAX'],
  ['length', '_LEN'],
  ['translation', '_TRA'],
] as const;

function claimOf(
  descriptor: ResourceDescriptor,
  entry: CrsEntry,
  architecture: Architecture,
): Claim | undefined {
  const range = rangeOf(descriptor, architecture === 'x86' ? X86_RULES : MEMORY_MAPPED_PORTS);
  if (range === undefined || range.taken === 0n) return undefined;
  const passedOn = range.space !== 'bus' && isHostBridge(entry) && refusal(range, architecture) === undefined;
  const fields = RANGE_FIELDS.flatMap(([name, tag]) => {
    const value = quantityField(descriptor, name);
    return value === undefined ? [] : [`${tag} ${text(value)}`];
  });
  return {
    ...range,
    role: range.window || passedOn ? 'window' : 'register',
    size: span(range.first, range.last),
    text: fields.join(', ') + (descriptor.type === 'memory24' ? ', in units of 256 bytes' : ''),
  };
}

function text(value: Quantity): string {
  return isKnown(value) ? hex(value) : formatQuantity(value);
}

function windowOfDescriptor(
  artifact: Artifact,
  entry: CrsEntry,
  descriptor: ResourceDescriptor,
  index: number,
  architecture: Architecture,
  alternative: string | undefined,
): AddressWindow | undefined {
  const claim = claimOf(descriptor, entry, architecture);
  if (claim === undefined) return undefined;
  // Linux keeps ports by their own numbers, wherever in memory a bridge maps them.
  const mappedPorts = claim.space === 'io' && architecture !== 'x86';
  const first = mappedPorts ? (quantityField(descriptor, 'min') ?? claim.first) : claim.first;
  const { size, length } = claim;
  const exists = compare('ne', length, 0n);
  const conditions = [
    ...(alternative === undefined ? [] : [alternative]),
    ...(isKnown(exists) ? [] : [`${formatQuantity(length)} > 0`]),
  ];
  const moved = !mappedPorts && claim.offset !== 0n;
  const busBase = moved ? quantityField(descriptor, 'min') : undefined;
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
    ...(busBase !== undefined && isKnown(busBase) ? { bus: { base: busBase } } : {}),
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
      producer: claim.window,
      ...(claim.prefetchable ? { prefetchable: true } : {}),
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
