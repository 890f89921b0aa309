/** Checks values given for firmware fields (`--set`): does every name denote a field, and does the value fit it? */
import { type Diagnostic, type DiagnosticSink, IGNORED } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import { nearestOf } from '../findings/nearest.ts';
import { type DecodedTables, decodeTables } from './aml/tables.ts';
import type { DeclaredObject } from './namespace/declared.ts';
import { loadOrder } from './tables/read.ts';
import type { AcpiTable } from './tables/table.ts';
import { trimSegment } from './terms/name.ts';
import { Term } from './terms/term.ts';

/** A field unit, or an External that may be one, whose value may be given. */
interface Settable {
  readonly path: string;
  /** Width; `undefined` if another table declares it. */
  readonly bits: number | undefined;
}

/**
 * Checks values given by name (`MG2B`) or path (`\_SB.PCI0.TOLM`) and reports the wrong ones to `sink`. Valid names are
 * those of fields that a table declares, and of Externals that no table declares.
 * @param order tables with AML in load order @param decoded the same tables; devices may have been left out
 * @returns whether all of them are right
 */
export async function checkSettings(
  order: readonly AcpiTable[],
  decoded: DecodedTables,
  set: ReadonlyMap<string, bigint>,
  sink: DiagnosticSink,
): Promise<boolean> {
  let names = settablesOf(decoded);
  // Method bodies are decoded on demand, and devices that were left out may have fields too.
  if ([...set.keys()].some((name) => !names.has(name))) names = settablesOf(decodedWhole(order));
  const givenAs = new Map<string, string>();
  let areRight = true;
  const refuse = (problem: Diagnostic): void => {
    areRight = false;
    sink.add(problem);
  };
  for (const [name, value] of set) {
    const meant = names.get(name) ?? [];
    if (meant.length === 0) refuse(finding('acpi/set-unknown', await suggested(name, [...names.keys()])));
    for (const { path, bits } of meant) {
      const before = givenAs.get(path);
      if (before !== undefined) refuse(finding('acpi/set-twice', { name, before, path }));
      givenAs.set(path, name);
      if (bits !== undefined && value >> BigInt(bits) !== 0n)
        refuse(finding('acpi/set-width', { name, path, bits }));
    }
  }
  return areRight;
}

const MAX_SUGGESTED = 3;
/** Names that are listed if none is similar. */
const MAX_LISTED = 8;

/** Similar names, and the names there are. */
async function suggested(name: string, names: readonly string[]) {
  const isPath = name.startsWith('\\');
  const alike = names.filter((other) => other.startsWith('\\') === isPath);
  return {
    name,
    near: await nearestOf(name, alike, MAX_SUGGESTED),
    names: alike.slice(0, MAX_LISTED),
    more: Math.max(0, alike.length - MAX_LISTED),
  };
}

/** The single-segment names of all fields whose value may be given. @param tables of one machine */
export function settableNames(tables: readonly AcpiTable[]): string[] {
  return [...settablesOf(decodedWhole(loadOrder(tables))).keys()].filter((name) => !name.startsWith('\\'));
}

/** Fields by name and by path. */
function settablesOf({ namespace }: DecodedTables): Map<string, Settable[]> {
  const names = new Map<string, Settable[]>();
  for (const object of namespace.all()) {
    const settable = settableOf(object);
    if (settable === undefined) continue;
    for (const name of [settable.path, trimSegment(object.segment)])
      names.set(name, [...(names.get(name) ?? []), settable]);
  }
  return names;
}

function decodedWhole(order: readonly AcpiTable[]): DecodedTables {
  const decoded = decodeTables(order, IGNORED);
  const pending = decoded.tables.flatMap(({ terms }) => terms);
  for (let term = pending.pop(); term; term = pending.pop())
    for (const operand of term.operands)
      if (Array.isArray(operand)) for (const inner of operand) if (inner instanceof Term) pending.push(inner);
  return decoded;
}

function settableOf(object: DeclaredObject): Settable | undefined {
  for (const { element } of object.declarations)
    if (element?.kind === 'named') return { path: object.path, bits: element.bits };
  return object.declarations.length === 0 && object.external !== undefined
    ? { path: object.path, bits: undefined }
    : undefined;
}
