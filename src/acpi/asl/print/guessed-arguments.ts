/**
 * Guesses argument counts of methods that no given table declares; AML does not encode them at the call. Decoded with
 * too few, the remaining arguments end up where they are not allowed or have no effect: a constant as a target (ACPI
 * 6.5, 20.2.5.4: a Target is a SuperName or NullName), a value as a statement. The counts that leave the fewest such
 * oddities are used.
 */
import { type DiagnosticSink, IGNORED } from '../../../bytes/diagnostic.ts';
import { type DecodedTables, decodeTables } from '../../aml/tables.ts';
import type { AcpiTable } from '../../tables/table.ts';
import { isSearched, type NamePath, trimSegment } from '../../terms/name.ts';
import { isTermList, Term } from '../../terms/term.ts';
import { isPlace } from '../text/operators.ts';

/** Maximum arguments of a method (ACPI 6.5, 19.6.85). */
const MAX_ARGUMENTS = 7;
/** Maximum number of decodings, each with another count for one name. */
const MAX_TRIES = 200;
/** Maximum number of bytes to decode in all these decodings. */
const MAX_WORK = 32 << 20;

interface Oddities {
  readonly count: number;
  /** Undeclared names in statements with an oddity, as absolute paths. They are not decoded as calls with arguments. */
  readonly names: ReadonlySet<string>;
}

/** Values that have no effect as statements. */
const IDLE = /^(?:Zero|One|Ones|Byte|Word|DWord|QWord|String|Buffer|Package|Local\d|Arg\d)$/;

/** As {@link decodeTables}, with the most likely argument counts of undeclared methods. */
export function decodeForText(tables: readonly AcpiTable[], sink: DiagnosticSink): DecodedTables {
  const bytes = tables.reduce((sum, table) => sum + table.bytes.length, 0);
  const foreseen = new Map<string, number>();
  let best = oddities(decodeTables(tables, IGNORED));
  let tries = 0;
  const tried = new Set<string>();
  for (let name = next(best, tried); name !== undefined; name = next(best, tried)) {
    tried.add(name);
    let chosen: number | undefined;
    for (let count = 1; count <= MAX_ARGUMENTS; count += 1) {
      tries += 1;
      if (tries > MAX_TRIES || tries * bytes > MAX_WORK) break;
      const found = oddities(decodeTables(tables, IGNORED, undefined, new Map(foreseen).set(name, count)));
      if (found.count >= best.count) continue;
      best = found;
      chosen = count;
    }
    if (chosen !== undefined) foreseen.set(name, chosen);
  }
  return decodeTables(tables, sink, undefined, foreseen);
}

function next({ names }: Oddities, tried: ReadonlySet<string>): string | undefined {
  for (const name of names) if (!tried.has(name)) return name;
  return undefined;
}

function oddities({ tables, namespace }: DecodedTables): Oddities {
  const names = new Set<string>();
  let count = 0;
  for (const { terms } of tables) {
    const lists: (readonly Term[])[] = [terms];
    for (let list = lists.pop(); list !== undefined; list = lists.pop()) {
      for (const [index, statement] of list.entries()) {
        const inside = new Set<string>();
        let odd = 0;
        const waiting: Term[] = [statement];
        for (let term = waiting.pop(); term !== undefined; term = waiting.pop()) {
          const { op, operands } = term;
          const kinds = op.operands.filter((kind) => kind !== 'PkgLength');
          if (op.name === 'NamePath') inside.add(pathOf(operands[0] as NamePath));
          if (op.name === 'Unreadable') odd += 1;
          for (const [at, operand] of operands.entries()) {
            if (operand instanceof Term) {
              if (kinds[at] === 'Target' && !isPlace(operand)) odd += 1;
              waiting.push(operand);
            } else if (isTermList(operand)) {
              if (op.operands.at(-1) === 'TermList' && op.name !== 'MethodCall') lists.push(operand);
              else waiting.push(...operand);
            }
          }
        }
        // Values after a bare name are its arguments: the printer combines them into a call.
        const before = list[index - 1];
        const follows = before !== undefined && (before.op.name === 'NamePath' || IDLE.test(before.op.name));
        if (IDLE.test(statement.op.name) && !follows) {
          odd += 1;
          if (before) for (const name of namesIn(before)) inside.add(name);
        }
        count += odd;
        if (odd > 0) for (const name of inside) if (isUndeclared(namespace, name)) names.add(name);
      }
    }
  }
  return { count, names };
}

/** The names in a statement, except for those in its lists. */
function namesIn(statement: Term): string[] {
  const found: string[] = [];
  const waiting: Term[] = [statement];
  for (let term = waiting.pop(); term !== undefined; term = waiting.pop()) {
    if (term.op.name === 'NamePath') found.push(pathOf(term.nameAt(0)));
    for (const operand of term.operands) if (operand instanceof Term) waiting.push(operand);
  }
  return found;
}

/** The path of an undeclared name: absolute, since a single segment is searched for at the root last. */
function pathOf(name: NamePath): string {
  const segments = name.segments.map(trimSegment).join('.');
  return isSearched(name) || name.root ? `\\${segments}` : segments;
}

function isUndeclared(namespace: DecodedTables['namespace'], path: string): boolean {
  if (!path.startsWith('\\')) return false;
  const segments = path
    .slice(1)
    .split('.')
    .map((segment) => segment.padEnd(4, '_'));
  const object = namespace.find({ root: true, parents: 0, segments });
  if (object === undefined) {
    // An inner scope may declare it; it is tried nevertheless.
    return true;
  }
  return object.kind === undefined && object.declarations.length === 0 && object.external === undefined;
}
