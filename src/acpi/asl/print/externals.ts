/** The External declarations a table needs: every name it uses and doesn't declare itself. */

import type { DeclaredNamespace, DeclaredObject } from '../../namespace/declared.ts';
import type { AcpiTable } from '../../tables/table.ts';
import { isSearched, type NamePath, trimSegment } from '../../terms/name.ts';
import { OBJECT_TYPES, type OpcodeName } from '../../terms/opcodes.ts';
import { type FieldElement, Term } from '../../terms/term.ts';
import { isTermList } from '../compile/symbols.ts';
import { withGuessedCalls } from './guessed-calls.ts';
import { scopeOpened } from './tags.ts';

export interface ExternalName {
  /** Absolute. A single segment that nothing declares is taken for one at the root. */
  readonly path: string;
  /** `MethodObj`, `UnknownObj`. */
  readonly type: string;
  /** Of a method. */
  readonly argumentCount?: number;
  /** True when no table given declares it: that it is what it is taken for is a guess. */
  readonly guessed: boolean;
}

/** Object types by the operator that declares the object. */
const TYPES: Partial<Record<OpcodeName, string>> = {
  Method: 'MethodObj',
  Device: 'DeviceObj',
  Mutex: 'MutexObj',
  Event: 'EventObj',
  OperationRegion: 'OpRegionObj',
  DataTableRegion: 'OpRegionObj',
  PowerResource: 'PowerResObj',
  Processor: 'ProcessorObj',
  ThermalZone: 'ThermalZoneObj',
  Field: 'FieldUnitObj',
  IndexField: 'FieldUnitObj',
  BankField: 'FieldUnitObj',
};

const VALUE_TYPES: Partial<Record<OpcodeName, string>> = {
  String: 'StrObj',
  Buffer: 'BuffObj',
  Package: 'PkgObj',
  VarPackage: 'PkgObj',
  Zero: 'IntObj',
  One: 'IntObj',
  Ones: 'IntObj',
  Byte: 'IntObj',
  Word: 'IntObj',
  DWord: 'IntObj',
  QWord: 'IntObj',
};

function typeOf(object: DeclaredObject | undefined): string {
  const [declaration] = object?.declarations ?? [];
  if (object?.argumentCount !== undefined && object.argumentCount >= 0) return 'MethodObj';
  if (declaration === undefined) return 'UnknownObj';
  const { name } = declaration.term.op;
  if (name.startsWith('Create')) return 'BuffFieldObj';
  const value = declaration.term.operands[1];
  if (name === 'Name' && value instanceof Term) return VALUE_TYPES[value.op.name] ?? 'UnknownObj';
  return TYPES[name] ?? 'UnknownObj';
}

/** All names the terms use that `table` doesn't declare, in the order of their paths. */
export function externalNames(
  terms: readonly Term[],
  table: AcpiTable,
  namespace: DeclaredNamespace,
): readonly ExternalName[] {
  const collector = new ExternalCollector(table, namespace);
  collector.run(terms);
  const names = [...collector.found.values()];
  return names.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

class ExternalCollector {
  readonly found = new Map<string, ExternalName>();
  /** Still to be looked at: the terms may lie in one another deeper than a call stack goes. */
  readonly #pending: { readonly term: Term; readonly scope: DeclaredObject }[] = [];
  readonly #table: AcpiTable;
  readonly #namespace: DeclaredNamespace;
  /** Single segments that no scope upwards has: looked at last, when all paths are known. */
  readonly #unknown: { segment: string; scope: DeclaredObject; argumentCount: number | undefined }[] = [];

  constructor(table: AcpiTable, namespace: DeclaredNamespace) {
    this.#table = table;
    this.#namespace = namespace;
  }

  /** Looks at every name the terms use. */
  run(terms: readonly Term[]): void {
    this.#addList(terms, this.#namespace.root);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      this.#visit(next.term, next.scope);
    }
    this.#placeUnknown();
  }

  #addList(terms: readonly Term[], scope: DeclaredObject): void {
    for (const term of withGuessedCalls(terms, this.#namespace, scope)) this.#pending.push({ term, scope });
  }

  #visit(term: Term, scope: DeclaredObject): void {
    const { op, operands } = term;
    if (op.name === 'External') {
      this.#declared(term, scope);
      return;
    }
    let inner = scope;
    if (op.defines === 'scope' || op.defines === 'reopen') inner = scopeOpened(this.#namespace, scope, term);
    if (op.name === 'MethodCall') this.#use(operands[0] as NamePath, scope, (operands[1] as []).length);
    else if (op.name === 'NamePath' || op.defines === 'reopen' || op.name === 'Alias') {
      this.#use(operands[0] as NamePath, scope);
    }
    if (op.defines === 'fields') this.#fields(term, scope);
    for (const operand of operands) {
      if (operand instanceof Term) this.#pending.push({ term: operand, scope });
      else if (isTermList(operand)) {
        // A package's elements are no statements, and a call's arguments neither.
        if (op.operands.at(-1) === 'TermList' && op.name !== 'MethodCall') this.#addList(operand, inner);
        else for (const each of operand) this.#pending.push({ term: each, scope });
      }
    }
  }

  #fields(term: Term, scope: DeclaredObject): void {
    for (const [index, kind] of term.op.operands.filter((each) => each !== 'PkgLength').entries()) {
      if (kind === 'NameString') this.#use(term.operands[index] as NamePath, scope);
    }
    for (const element of term.operands.at(-1) as readonly FieldElement[]) {
      if (element.kind === 'connection') this.#pending.push({ term: element.connection, scope });
    }
  }

  /** An External in the AML itself. */
  #declared(term: Term, scope: DeclaredObject): void {
    const [name, type, count] = term.operands as [NamePath, number, number];
    const object = this.#namespace.locate(scope, name);
    if (this.#isOwn(object) || object.parent === undefined) return;
    const said = OBJECT_TYPES[type] ?? 'UnknownObj';
    const word = said === 'UnknownObj' ? typeOf(object) : said;
    const method = word === 'MethodObj';
    // What a use of the name showed is more than what was declared.
    const known = this.found.get(object.path);
    if (known !== undefined && (known.type === 'MethodObj' || !method)) return;
    this.found.set(object.path, {
      path: object.path,
      type: word,
      ...(method && { argumentCount: object.argumentCount ?? count }),
      guessed: object.declarations.length === 0,
    });
  }

  /**
   * A single segment that nothing declares is most likely what a longer path in the same table means:
   * `If (CondRefOf (\\_GPE.AL6F)) { AL6F () }`.
   */
  #placeUnknown(): void {
    for (const { segment, scope, argumentCount } of this.#unknown) {
      let path = `\\${segment}`;
      for (let at: DeclaredObject | undefined = scope; at?.parent !== undefined; at = at.parent) {
        const candidate = `${at.path}.${segment}`;
        if (!this.found.has(candidate)) continue;
        path = candidate;
        break;
      }
      const known = this.found.get(path);
      if (known !== undefined && (argumentCount === undefined || known.type === 'MethodObj')) continue;
      const type = argumentCount === undefined ? 'UnknownObj' : 'MethodObj';
      this.found.set(path, {
        path,
        type,
        guessed: true,
        ...(argumentCount !== undefined && { argumentCount }),
      });
    }
  }

  #isOwn(object: DeclaredObject): boolean {
    return object.declarations.some(({ table }) => table === this.#table);
  }

  /** The object of a name, an Alias not followed. */
  #find(name: NamePath, scope: DeclaredObject): DeclaredObject | undefined {
    const known = (object: DeclaredObject | undefined): object is DeclaredObject =>
      object !== undefined && (object.declarations.length > 0 || object.kind !== undefined);
    if (isSearched(name)) {
      for (let at: DeclaredObject | undefined = scope; at !== undefined; at = at.parent) {
        const child = at.children.get(name.segments[0]!);
        if (known(child)) return child;
      }
      return undefined;
    }
    return this.#namespace.locate(scope, name);
  }

  #use(name: NamePath, scope: DeclaredObject, argumentCount?: number): void {
    if (name.segments.length === 0) return;
    const object = this.#find(name, scope);
    const declared = object !== undefined && (object.declarations.length > 0 || object.kind !== undefined);
    // Predefined objects have a kind and no declaration.
    if (object !== undefined && (this.#isOwn(object) || (declared && object.declarations.length === 0)))
      return;
    if (object === undefined) {
      this.#unknown.push({ segment: trimSegment(name.segments[0]!), scope, argumentCount });
      return;
    }
    const { path } = object;
    const known = this.found.get(path);
    const meant = this.#namespace.resolve(scope, name) ?? object;
    const declaredCount = meant?.argumentCount === -1 ? undefined : meant?.argumentCount;
    const called = argumentCount ?? declaredCount;
    const type = called === undefined ? typeOf(meant) : 'MethodObj';
    // A name is used as a method once and looked at elsewhere: the call says more.
    if (known !== undefined && (type === 'UnknownObj' || known.type === 'MethodObj')) return;
    this.found.set(path, {
      path,
      type,
      ...(called !== undefined && { argumentCount: called }),
      guessed: !declared,
    });
  }
}

/** `External (\_SB.PCI0.ABCD, MethodObj)    // 2 arguments` */
export function formatExternal({ path, type, argumentCount, guessed }: ExternalName): string {
  const count = argumentCount !== undefined && argumentCount <= 7 ? ` ${argumentCount} arguments` : '';
  const note = guessed ? `${count}${count === '' ? ' ' : ', '}guessed` : count;
  return `External (${path}, ${type})${note === '' ? '' : `    //${note}`}`;
}
