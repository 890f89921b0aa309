/** The External declarations a table needs, one for every name that it uses without declaring it. */

import type { DeclaredNamespace, DeclaredObject } from '../../namespace/declared.ts';
import type { AcpiTable } from '../../tables/table.ts';
import { isSearched, type NamePath, trimSegment } from '../../terms/name.ts';
import { OBJECT_TYPES, type Opcode, type OpcodeName } from '../../terms/opcodes.ts';
import { isTermList, Term } from '../../terms/term.ts';
import { withGuessedCalls } from './guessed-calls.ts';
import { scopeOpened } from './tags.ts';

export interface ExternalName {
  /** Absolute. A single segment that no table declares is assumed to be at the root. */
  readonly path: string;
  /** `MethodObj`, `UnknownObj`. */
  readonly type: string;
  /** Of methods only. */
  readonly argumentCount?: number;
  /** The type with which another table declares it, if this table declares it External without a type. */
  readonly elsewhere?: string;
  /** No given table declares it, so the type is a guess. */
  readonly guessed: boolean;
}

/** ASL object types by the operator that declares the object. */
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

/**
 * The External declarations of a table. External opcodes in its AML come first, in their order and with their types,
 * because a compiler emits them in the order of declaration. Then come all other names that the terms use before or
 * without a declaration in `table`, sorted by path.
 */
export function externalNames(
  terms: readonly Term[],
  table: AcpiTable,
  namespace: DeclaredNamespace,
): readonly ExternalName[] {
  const collector = new ExternalCollector(table, namespace);
  collector.run(terms);
  const names = [...collector.found.values()];
  names.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return [...collector.opcodes, ...names];
}

/** Where a name is used. */
interface Use {
  readonly scope: DeclaredObject;
  /** The enclosing method; `undefined` in module-level code. */
  readonly method: Term | undefined;
  /** Opcode of the term that it is an operand of. */
  readonly parent: Opcode | undefined;
  readonly start: number;
}

/** Operators for which a method's name is a reference to the method, not a call. */
const REFERS: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'RefOf',
  'CondRefOf',
  'ObjectType',
  'Package',
  'VarPackage',
  'Alias',
]);

/** Operators in which iasl allows a name before its declaration, since it resolves their operands last. */
const DEFERRED: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'Package',
  'VarPackage',
  'Alias',
  'OperationRegion',
  'BankField',
  'Buffer',
  'CreateField',
  'CreateBitField',
  'CreateByteField',
  'CreateWordField',
  'CreateDWordField',
  'CreateQWordField',
]);

interface Pending extends Omit<Use, 'start'> {
  readonly term: Term;
}

class ExternalCollector {
  /** The External opcodes of the AML in their order, duplicates included. */
  readonly opcodes: ExternalName[] = [];
  readonly declared = new Map<string, ExternalName>();
  readonly found = new Map<string, ExternalName>();
  /** Ancestors of the objects in External opcodes: a compiler creates them implicitly. */
  readonly #passed = new Set<DeclaredObject>();
  /** Terms still to be visited. An explicit stack, since terms may be nested deeper than the call stack allows. */
  readonly #pending: Pending[] = [];
  readonly #table: AcpiTable;
  readonly #namespace: DeclaredNamespace;
  /** Single segments that no enclosing scope declares: placed last, when all paths are known. */
  readonly #unknown: { segment: string; use: Use; argumentCount: number | undefined }[] = [];

  constructor(table: AcpiTable, namespace: DeclaredNamespace) {
    this.#table = table;
    this.#namespace = namespace;
  }

  /** Visits every name that the terms use. */
  run(terms: readonly Term[]): void {
    const { root } = this.#namespace;
    // A compiler emits them at the head of the table. Wherever they are, all must be known first.
    for (const term of termsOf(terms)) if (term.op.name === 'External') this.#declare(term, root);
    this.#addList(terms, { scope: root, method: undefined, parent: undefined });
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#visit(next);
    this.#placeUnknown();
  }

  #addList(terms: readonly Term[], around: Omit<Pending, 'term'>): void {
    for (const term of withGuessedCalls(terms, this.#namespace, around.scope))
      this.#pending.push({ ...around, term });
  }

  #visit({ term, ...use }: Pending): void {
    const { op, operands } = term;
    if (op.name === 'External') return;
    const at: Use = { ...use, start: term.start };
    let inner = use.scope;
    if (op.defines === 'scope' || op.defines === 'reopen')
      inner = scopeOpened(this.#namespace, use.scope, term);
    if (op.name === 'MethodCall') this.#use(operands[0] as NamePath, at, (operands[1] as []).length);
    else if (op.name === 'NamePath') this.#use(operands[0] as NamePath, at);
    else if (op.defines === 'reopen' || op.name === 'Alias')
      this.#use(operands[0] as NamePath, { ...at, parent: op });
    if (op.defines === 'fields') this.#fields(term, { ...at, parent: op });
    const below = { method: op.name === 'Method' ? term : use.method, parent: op };
    for (const operand of operands) {
      if (operand instanceof Term) this.#pending.push({ ...below, term: operand, scope: use.scope });
      else if (isTermList(operand)) {
        // Neither the elements of a package nor the arguments of a call are statements.
        if (op.operands.at(-1) === 'TermList' && op.name !== 'MethodCall')
          this.#addList(operand, { ...below, scope: inner });
        else for (const each of operand) this.#pending.push({ ...below, term: each, scope: use.scope });
      }
    }
  }

  #fields(term: Term, use: Use): void {
    for (const [index, kind] of term.op.operands.filter((each) => each !== 'PkgLength').entries()) {
      if (kind === 'NameString') this.#use(term.nameAt(index), use);
    }
    for (const element of term.fieldsAt(term.lastOperand)) {
      if (element.kind === 'connection')
        this.#pending.push({
          term: element.connection,
          scope: use.scope,
          method: use.method,
          parent: term.op,
        });
    }
  }

  /** An External opcode of the AML. Its type is kept, even if another table declares a more specific one. */
  #declare(term: Term, scope: DeclaredObject): void {
    const [name, type, count] = term.operands as [NamePath, number, number];
    const object = this.#namespace.locate(scope, name);
    if (object.parent === undefined) return;
    const word = OBJECT_TYPES[type] ?? 'UnknownObj';
    const elsewhere = this.#isOwn(object) ? undefined : typeOf(object);
    const external: ExternalName = {
      path: object.path,
      type: word,
      ...(word === 'MethodObj' && { argumentCount: object.argumentCount ?? count }),
      ...(word === 'UnknownObj' && elsewhere !== undefined && elsewhere !== word && { elsewhere }),
      guessed: word === 'UnknownObj' && object.declarations.length === 0,
    };
    this.opcodes.push(external);
    for (let at: DeclaredObject | undefined = object.parent; at && !this.#passed.has(at); at = at.parent)
      this.#passed.add(at);
    if (!this.declared.has(object.path)) this.declared.set(object.path, external);
  }

  /**
   * Places single segments that no table declares. Such a segment is most likely the object of a longer path in the same
   * table: `If (CondRefOf (\\_GPE.AL6F)) { AL6F () }`.
   */
  #placeUnknown(): void {
    for (const { segment, use, argumentCount } of this.#unknown) {
      let path = `\\${segment}`;
      let known: ExternalName | undefined;
      for (let at: DeclaredObject | undefined = use.scope; at !== undefined; at = at.parent) {
        const candidate = at.parent === undefined ? `\\${segment}` : `${at.path}.${segment}`;
        known = this.declared.get(candidate) ?? this.found.get(candidate);
        if (known === undefined) continue;
        path = candidate;
        break;
      }
      if (this.declared.has(path)) continue;
      if (known !== undefined && (argumentCount === undefined || known.type === 'MethodObj')) continue;
      const type = argumentCount === undefined ? this.#typeFor(undefined, use) : 'MethodObj';
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

  /** The object of a name; an Alias is not followed. */
  #find(name: NamePath, scope: DeclaredObject): DeclaredObject | undefined {
    if (isSearched(name)) {
      for (let at: DeclaredObject | undefined = scope; at !== undefined; at = at.parent) {
        const child = at.children.get(name.segments[0]!);
        if (child === undefined) continue;
        if (child.declarations.length > 0 || child.kind !== undefined || this.declared.has(child.path))
          return child;
      }
      return undefined;
    }
    return this.#namespace.locate(scope, name);
  }

  /**
   * Whether iasl rejects the name here because the table declares it only later, in module-level code or in the same
   * method.
   */
  #isTooEarly(object: DeclaredObject, { start, method, parent }: Use): boolean {
    if (parent !== undefined && DEFERRED.has(parent.name)) return false;
    const own = object.declarations.filter(({ table }) => table === this.#table);
    // In a method iasl then uses an object of that name in an outer scope.
    if (method !== undefined && this.#hasNamesake(object)) return false;
    return (
      own.length > 0 &&
      own.every(
        ({ term }) =>
          term.start > start &&
          (method === undefined ? !isInMethod(object) : term.start > method.start && term.start < method.end),
      )
    );
  }

  #hasNamesake({ segment, parent }: DeclaredObject): boolean {
    for (let at = parent?.parent; at !== undefined; at = at.parent) {
      const other = at.children.get(segment);
      if (other && (other.declarations.length > 0 || this.declared.has(other.path))) return true;
    }
    return false;
  }

  /** The type of an undeclared name with which the text compiles without an External opcode that the AML does not have. */
  #typeFor(object: DeclaredObject | undefined, { parent }: Use): string {
    const type = typeOf(object);
    if (parent?.defines === 'reopen')
      return type === 'UnknownObj' || type === 'MethodObj' ? 'DeviceObj' : type;
    // A compiler that emits External opcodes leaves out those of methods that are not called.
    if (this.declared.size > 0 && parent !== undefined && REFERS.has(parent.name)) return 'MethodObj';
    return type;
  }

  #use(name: NamePath, use: Use, argumentCount?: number): void {
    if (name.segments.length === 0) return;
    const object = this.#find(name, use.scope);
    const declared = object !== undefined && (object.declarations.length > 0 || object.kind !== undefined);
    if (object !== undefined) {
      if (this.declared.has(object.path)) return;
      // Predefined objects have a kind and no declaration.
      if (declared && object.declarations.length === 0) return;
      if (this.#isOwn(object)) {
        if (this.#isTooEarly(object, use)) this.#useEarly(object, use, argumentCount);
        return;
      }
    } else {
      this.#unknown.push({ segment: trimSegment(name.segments[0]!), use, argumentCount });
      return;
    }
    const { path } = object;
    const isScope = use.parent?.defines === 'reopen';
    if (argumentCount === undefined && !isScope && this.#passed.has(object)) return;
    const known = this.found.get(path);
    const meant = this.#namespace.resolve(use.scope, name) ?? object;
    const declaredCount = meant?.argumentCount === -1 ? undefined : meant?.argumentCount;
    const called = argumentCount ?? declaredCount;
    const type = called === undefined ? this.#typeFor(meant, use) : 'MethodObj';
    // A call or a Scope is more specific than a plain reference to the same name.
    if (known !== undefined && !saysMore(type, known.type, argumentCount !== undefined)) return;
    this.found.set(path, {
      path,
      type,
      ...(called !== undefined && { argumentCount: called }),
      guessed: !declared,
    });
  }

  /** A name that the table itself declares, used before its declaration. */
  #useEarly(object: DeclaredObject, { parent }: Use, argumentCount: number | undefined): void {
    const { path } = object;
    if (this.found.has(path)) return;
    const isReference = parent !== undefined && REFERS.has(parent.name);
    // A method that is not called gets no External opcode.
    const type = isReference && argumentCount === undefined ? 'MethodObj' : typeOf(object);
    this.found.set(path, { path, type, guessed: false });
  }
}

/** Whether an object is created by a method's code. */
function isInMethod({ parent }: DeclaredObject): boolean {
  for (let at = parent; at !== undefined; at = at.parent) if (at.kind === 'Method') return true;
  return false;
}

/** Whether a type from another use of a name is more specific than the known one. */
function saysMore(type: string, known: string, isCall: boolean): boolean {
  if (type === 'UnknownObj' || type === known) return false;
  if (known === 'UnknownObj' || isCall) return true;
  // A MethodObj may come from a mere reference: see #typeFor.
  return known === 'MethodObj' && type === 'DeviceObj';
}

/** All terms of a list, except for bodies of methods, which contain no External. */
function* termsOf(terms: readonly Term[]): Generator<Term> {
  const pending = [...terms].reverse();
  for (let term = pending.pop(); term !== undefined; term = pending.pop()) {
    yield term;
    if (term.op.name === 'Method') continue;
    const below = term.operands.flatMap((operand) =>
      operand instanceof Term ? [operand] : isTermList(operand) ? operand : [],
    );
    pending.push(...below.reverse());
  }
}

/** `External (\_SB.PCI0.ABCD, MethodObj)    // 2 arguments` */
export function formatExternal({ path, type, argumentCount, elsewhere, guessed }: ExternalName): string {
  const notes = [
    ...(argumentCount !== undefined && argumentCount <= 7 ? [`${argumentCount} arguments`] : []),
    ...(elsewhere === undefined ? [] : [`${elsewhere} in another table`]),
    ...(guessed ? ['guessed'] : []),
  ];
  return `External (${path}, ${type})${notes.length === 0 ? '' : `    // ${notes.join(', ')}`}`;
}
