/**
 * Name resolution after parsing: resource tags become offsets, External declarations move to the head of the table and,
 * in a DSDT, paths become as short as iasl makes them. Terms are copied, not modified.
 */
import type { NamePath } from '../../terms/name.ts';
import { OPCODES, type OpcodeName } from '../../terms/opcodes.ts';
import { type FieldElement, isTermList, type Operand, Term } from '../../terms/term.ts';
import type { AslUnit } from '../parse/parse.ts';
import { integerTerm } from '../values/constants.ts';
import { encodedNameLength } from './encode.ts';
import { declaredOperand, type SymbolNode, Symbols } from './symbols.ts';

/** Their offset is in bytes; a tag's is in bits. */
const COUNTS_BYTES: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'CreateByteField',
  'CreateWordField',
  'CreateDWordField',
  'CreateQWordField',
  'Index',
]);

/** Operators for which a method's name is a reference to the method, not a call. */
const REFERS: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'RefOf',
  'CondRefOf',
  'Package',
  'VarPackage',
  'ObjectType',
  'Alias',
]);

const METHOD_TYPE = 8;

/** The unit's terms, ready to be encoded. */
export function resolveUnit(unit: AslUnit): readonly Term[] {
  const resolver = new Resolver(unit);
  return resolver.run();
}

class Resolver {
  readonly #unit: AslUnit;
  readonly #symbols: Symbols;
  readonly #wide: boolean;
  /** iasl shortens names in a DSDT only; other tables may be loaded somewhere below the root. */
  readonly #shortens: boolean;
  readonly #externals: { readonly term: Term; readonly node: SymbolNode }[] = [];
  /** Argument count of the first call of each external method. */
  readonly #calls = new Map<SymbolNode, number>();

  constructor(unit: AslUnit) {
    this.#unit = unit;
    this.#symbols = new Symbols(unit.terms, unit.templates);
    this.#wide = unit.revision >= 2;
    this.#shortens = unit.signature === 'DSDT';
  }

  run(): readonly Term[] {
    const terms = this.#list(this.#unit.terms, this.#symbols.root, undefined);
    const externals = this.#externals.flatMap(({ term, node }) => this.#external(term, node));
    if (externals.length === 0) return terms;
    const { start, end } = this.#externals[0]!.term;
    const never = new Term(OPCODES.Zero, [], start, end);
    return [new Term(OPCODES.If, [never, externals], start, end), ...terms];
  }

  /** An External with its absolute path. That of a method is kept only if it is called, with that argument count. */
  #external(term: Term, node: SymbolNode): Term[] {
    const [, type, count] = term.operands;
    const called = this.#calls.get(node);
    if (type === METHOD_TYPE && called === undefined) return [];
    const path: NamePath = { root: true, parents: 0, segments: node.path };
    return [new Term(term.op, [path, type!, called ?? count!], term.start, term.end)];
  }

  #list(terms: readonly Term[], scope: SymbolNode, parent: OpcodeName | undefined): readonly Term[] {
    const result: Term[] = [];
    for (const term of terms) {
      if (term.op.name === 'External') {
        this.#externals.push({ term, node: this.#symbols.ensure(term.nameAt(0), scope) });
      } else {
        result.push(this.#term(term, scope, parent));
      }
    }
    return result;
  }

  #term(term: Term, scope: SymbolNode, parent: OpcodeName | undefined): Term {
    const { op } = term;
    if (op.name === 'NamePath') return this.#reference(term, scope, parent);
    if (op.name === 'MethodCall') return this.#call(term, scope, parent);
    const inner = this.#symbols.scopeOf(term, scope);
    const declared = op.defines === 'nothing' || op.defines === 'fields' ? -1 : declaredOperand(term);
    let changed = false;
    const operands = term.operands.map((operand, index): Operand => {
      let made = operand;
      if (operand instanceof Term) made = this.#term(operand, inner, op.name);
      else if (isTermList(operand)) made = this.#list(operand, inner, op.name);
      else if (isName(operand)) {
        made =
          index === declared
            ? this.#shortDeclaration(operand, scope, op.name)
            : this.#shortReference(operand, scope, op.name);
      } else if (op.defines === 'fields' && Array.isArray(operand)) {
        made = this.#fields(operand as readonly FieldElement[], scope);
      }
      changed ||= made !== operand;
      return made;
    });
    return changed ? new Term(op, operands, term.start, term.end) : term;
  }

  #fields(elements: readonly FieldElement[], scope: SymbolNode): readonly FieldElement[] {
    return elements.map((element) =>
      element.kind === 'connection'
        ? { ...element, connection: this.#term(element.connection, scope, undefined) }
        : element,
    );
  }

  #reference(term: Term, scope: SymbolNode, parent: OpcodeName | undefined): Term {
    const name = term.nameAt(0);
    const node = this.#symbols.find(name, scope);
    if (node === undefined) return term;
    if (node.tag !== undefined) {
      // iasl divides by eight even for a descriptor's own name, whose offset is in bytes already.
      const offset =
        parent !== undefined && COUNTS_BYTES.has(parent) ? node.tag.offset >> 3 : node.tag.offset;
      return integerTerm(BigInt(offset), this.#wide, term.start, term.end);
    }
    if (node.isMethod && !(parent !== undefined && REFERS.has(parent))) this.#count(node, 0);
    const short = this.#shortReference(name, scope, parent);
    return short === name ? term : new Term(term.op, [short], term.start, term.end);
  }

  #call(term: Term, scope: SymbolNode, parent: OpcodeName | undefined): Term {
    const [name, given] = term.operands as [NamePath, readonly Term[]];
    const node = this.#symbols.find(name, scope);
    if (node !== undefined) this.#count(node, given.length);
    const list = this.#list(given, scope, 'MethodCall');
    return new Term(term.op, [this.#shortReference(name, scope, parent), list], term.start, term.end);
  }

  #count(node: SymbolNode, given: number): void {
    if (!this.#calls.has(node)) this.#calls.set(node, given);
  }

  /** The shortest reference to the same object: its last segment, or a path with fewer bytes. */
  #shortReference(name: NamePath, scope: SymbolNode, parent: OpcodeName | undefined): NamePath {
    // Some interpreters do not search parent scopes for the operand of CondRefOf.
    if (!this.#shortens || parent === 'CondRefOf' || encodedNameLength(name) <= 4) return name;
    const node = this.#symbols.find(name, scope);
    if (node === undefined || node.tag !== undefined || node.parent === undefined) return name;
    const single: NamePath = { root: false, parents: 0, segments: [node.segment] };
    if (this.#symbols.find(single, scope) === node) return single;
    return this.#relative(name, node, scope, 0, node.path) ?? name;
  }

  /** The shortest declaration of the same object: without the root prefix at the root, or relative with `^`. */
  #shortDeclaration(name: NamePath, scope: SymbolNode, operator: OpcodeName): NamePath {
    if (!this.#shortens || encodedNameLength(name) <= 4) return name;
    const node = this.#symbols.find(name, scope);
    if (node === undefined) return name;
    if (scope === this.#symbols.root && name.root) return { ...name, root: false };
    const path = node.path;
    const common = commonLength(path, scope.path);
    // The target encloses the scope: its last segment must be written, relative to the scope above the target.
    const above = common === path.length && scope.depth > path.length;
    const extra = above && operator === 'Scope' ? 1 : 0;
    return this.#relative(name, node, scope, extra, path, above ? 1 : 0) ?? name;
  }

  #relative(
    name: NamePath,
    node: SymbolNode,
    scope: SymbolNode,
    extra: number,
    path: readonly string[],
    repeat = 0,
  ): NamePath | undefined {
    const common = commonLength(path, scope.path);
    if (common === 0 || node === scope) return undefined;
    const segments = path.slice(common - repeat);
    const short: NamePath = { root: false, parents: scope.depth - common + extra, segments };
    // iasl does not count the NullName that a path of prefixes alone needs.
    if (segments.length === 0 || encodedNameLength(short) >= encodedNameLength(name)) return undefined;
    return this.#symbols.exact(short, scope) === node ? short : undefined;
  }
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function isName(operand: Operand): operand is NamePath {
  return typeof operand === 'object' && operand !== null && 'segments' in operand;
}
