/**
 * The compiler's symbol table: every name that a table defines, declares External or that is predefined. It serves
 * resolving and shortening of names only; the interpreter has its own namespace.
 */
import { isSearched, type NamePath } from '../../terms/name.ts';
import type { OpcodeName } from '../../terms/opcodes.ts';
import { type FieldElement, isTermList, Term } from '../../terms/term.ts';
import type { TemplateTag } from '../parse/parser.ts';

/** The value of a resource descriptor's name (`_Y00`) or of a field's under it (`_Y00._MIN`). */
export interface TagValue {
  /** From the start of the template: of a descriptor in bytes, of a field in bits. */
  readonly offset: number;
}

export class SymbolNode {
  readonly segment: string;
  readonly parent: SymbolNode | undefined;
  readonly children = new Map<string, SymbolNode>();
  /** Number of segments from the root. */
  readonly depth: number;
  /** The operator that defined it last; `undefined` for an intermediate node of an external path. */
  definedBy: OpcodeName | undefined;
  /** Defined or declared External as a method. */
  isMethod = false;
  tag: TagValue | undefined;

  constructor(segment: string, parent: SymbolNode | undefined) {
    this.segment = segment;
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  /** The segments of its absolute path. */
  get path(): string[] {
    const segments: string[] = [];
    for (let node: SymbolNode = this; node.parent !== undefined; node = node.parent)
      segments.push(node.segment);
    return segments.reverse();
  }

  ensure(segment: string): SymbolNode {
    let child = this.children.get(segment);
    if (child === undefined) {
      child = new SymbolNode(segment, this);
      this.children.set(segment, child);
    }
    return child;
  }
}

/** Predefined names (ACPI 6.5, 5.3.1 and 5.7). */
const PREDEFINED = ['_GPE', '_PR_', '_SB_', '_SI_', '_TZ_', '_REV', '_OS_', '_GL_', '_OSI'] as const;

export class Symbols {
  readonly root = new SymbolNode('\\', undefined);
  readonly #templates: ReadonlyMap<Term, readonly TemplateTag[]>;

  /** Enters the names that all terms define. */
  constructor(terms: readonly Term[], templates: ReadonlyMap<Term, readonly TemplateTag[]>) {
    this.#templates = templates;
    for (const segment of PREDEFINED) this.root.ensure(segment).definedBy = 'Name';
    this.root.ensure('_OSI').isMethod = true;
    this.#enterAll(terms, this.root);
  }

  /** The node at which a path starts; `undefined` if it has more `^` than there are scopes. */
  #start(name: NamePath, scope: SymbolNode): SymbolNode | undefined {
    if (name.root) return this.root;
    let node: SymbolNode | undefined = scope;
    for (let up = 0; up < name.parents && node !== undefined; up += 1) node = node.parent;
    return node;
  }

  /** The node of a path, without searching parent scopes. */
  exact(name: NamePath, scope: SymbolNode): SymbolNode | undefined {
    let node = this.#start(name, scope);
    for (const segment of name.segments) node = node?.children.get(segment);
    return node;
  }

  /** The node that a name denotes in a scope: a single segment is searched for in parent scopes too (ACPI 6.5, 5.3). */
  find(name: NamePath, scope: SymbolNode): SymbolNode | undefined {
    if (!isSearched(name)) return this.exact(name, scope) ?? this.#tagUnderItsBuffer(name, scope);
    for (let node: SymbolNode | undefined = scope; node !== undefined; node = node.parent) {
      const found = node.children.get(name.segments[0]!);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * iasl enters descriptor names in the scope of the Name that holds their template. The specification's examples write
   * them below that Name: `BUF0._Y00._MIN`.
   */
  #tagUnderItsBuffer(name: NamePath, scope: SymbolNode): SymbolNode | undefined {
    for (
      let skipped = name.segments.length - 2;
      skipped >= 0 && skipped >= name.segments.length - 3;
      skipped -= 1
    ) {
      const segments = name.segments.filter((_, index) => index !== skipped);
      const node = this.exact({ ...name, segments }, scope);
      if (node?.tag !== undefined) return node;
    }
    return undefined;
  }

  /** The node of a path, created together with missing nodes above it. */
  ensure(name: NamePath, scope: SymbolNode): SymbolNode {
    let node = this.#start(name, scope) ?? this.root;
    for (const segment of name.segments) node = node.ensure(segment);
    return node;
  }

  /** The scope of the terms nested in a term. */
  scopeOf(term: Term, scope: SymbolNode): SymbolNode {
    const [name] = term.operands;
    switch (term.op.defines) {
      case 'scope':
        return this.ensure(name as NamePath, scope);
      case 'reopen':
        return this.find(name as NamePath, scope) ?? this.ensure(name as NamePath, scope);
      default:
        return scope;
    }
  }

  #enterAll(terms: readonly Term[], scope: SymbolNode): void {
    for (const term of terms) this.#enter(term, scope);
  }

  #enter(term: Term, scope: SymbolNode): void {
    const { operands, op } = term;
    if (op.name === 'External') {
      const node = this.ensure(operands[0] as NamePath, scope);
      node.isMethod ||= operands[1] === 8;
      node.definedBy ??= 'External';
      return;
    }
    const defined = definedName(term);
    if (defined !== undefined) {
      const node = this.scopeOf(term, scope);
      const target = node === scope ? this.ensure(defined, scope) : node;
      target.definedBy = op.name;
      target.isMethod = op.name === 'Method';
    }
    if (op.defines === 'fields') this.#enterFields(operands.at(-1) as readonly FieldElement[], scope);
    const inner = this.scopeOf(term, scope);
    for (const operand of operands) {
      if (operand instanceof Term) this.#enterValue(operand, inner);
      else if (isTermList(operand)) this.#enterAll(operand, inner);
    }
  }

  #enterValue(term: Term, scope: SymbolNode): void {
    for (const tag of this.#templates.get(term) ?? []) {
      const node = scope.ensure(tag.name);
      node.tag = { offset: tag.offset };
      for (const field of tag.fields) {
        node.ensure(field.tag.padEnd(4, '_')).tag = { offset: tag.offset * 8 + field.bit };
      }
    }
    for (const operand of term.operands) {
      if (operand instanceof Term) this.#enterValue(operand, scope);
      else if (isTermList(operand)) for (const each of operand) this.#enterValue(each, scope);
    }
  }

  #enterFields(elements: readonly FieldElement[], scope: SymbolNode): void {
    for (const element of elements) {
      if (element.kind === 'named') scope.ensure(element.name).definedBy = 'Field';
    }
  }
}

/** The name a term defines. */
export function definedName(term: Term): NamePath | undefined {
  if (term.op.defines !== 'object' && term.op.defines !== 'scope') return undefined;
  return term.nameAt(declaredOperand(term));
}

/** Index of the operand with the name that a term defines or reopens: the last one of Alias and Create…Field. */
export function declaredOperand(term: Term): number {
  const { name } = term.op;
  return name === 'Alias' || name.startsWith('Create') ? term.operands.length - 1 : 0;
}
