/**
 * The names of one table as its compiler sees them: everything it defines, declares External or finds predefined.
 * Only for resolving and shortening names at compile time; running tables have a namespace of their own.
 */
import { isSearched, type NamePath } from '../../terms/name.ts';
import type { OpcodeName } from '../../terms/opcodes.ts';
import { type FieldElement, isTermList, Term } from '../../terms/term.ts';
import type { TemplateTag } from '../parse/parser.ts';

/** What a resource descriptor's name, or a field's under it, stands for. */
export interface TagValue {
  /** Of a descriptor its offset in bytes, of a field its offset in bits, both in the template. */
  readonly offset: number;
}

export class SymbolNode {
  readonly segment: string;
  readonly parent: SymbolNode | undefined;
  readonly children = new Map<string, SymbolNode>();
  /** Number of segments from the root. */
  readonly depth: number;
  /** What defined it last; undefined while it is only known as a part of an external path. */
  definedBy: OpcodeName | undefined;
  /** A method, by its definition or by its External. */
  isMethod = false;
  tag: TagValue | undefined;

  constructor(segment: string, parent: SymbolNode | undefined) {
    this.segment = segment;
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  /** Segments from the root. */
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

/** There before any table (ACPI 6.5, 5.3.1 and 5.7). */
const PREDEFINED = ['_GPE', '_PR_', '_SB_', '_SI_', '_TZ_', '_REV', '_OS_', '_GL_', '_OSI'] as const;

export class Symbols {
  readonly root = new SymbolNode('\\', undefined);
  readonly #templates: ReadonlyMap<Term, readonly TemplateTag[]>;

  /** Enters the names of all terms. */
  constructor(terms: readonly Term[], templates: ReadonlyMap<Term, readonly TemplateTag[]>) {
    this.#templates = templates;
    for (const segment of PREDEFINED) this.root.ensure(segment).definedBy = 'Name';
    this.root.ensure('_OSI').isMethod = true;
    this.#enterAll(terms, this.root);
  }

  /** Where a relative or absolute path starts; undefined when it has more `^` than there are scopes. */
  #start(name: NamePath, scope: SymbolNode): SymbolNode | undefined {
    if (name.root) return this.root;
    let node: SymbolNode | undefined = scope;
    for (let up = 0; up < name.parents && node !== undefined; up += 1) node = node.parent;
    return node;
  }

  /** The node of a path without searching upwards. */
  exact(name: NamePath, scope: SymbolNode): SymbolNode | undefined {
    let node = this.#start(name, scope);
    for (const segment of name.segments) node = node?.children.get(segment);
    return node;
  }

  /** The node a name means in a scope: a single segment is looked for in the scopes above too (ACPI 6.5, 5.3). */
  find(name: NamePath, scope: SymbolNode): SymbolNode | undefined {
    if (!isSearched(name)) return this.exact(name, scope) ?? this.#tagUnderItsBuffer(name, scope);
    for (let node: SymbolNode | undefined = scope; node !== undefined; node = node.parent) {
      const found = node.children.get(name.segments[0]!);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * Descriptor names stand beside the Name that holds their template (iasl), but people write them below it as well,
   * as the specification's examples do: `BUF0._Y00._MIN`.
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

  /** The node of a path, made with all nodes on the way when it isn't there. */
  ensure(name: NamePath, scope: SymbolNode): SymbolNode {
    let node = this.#start(name, scope) ?? this.root;
    for (const segment of name.segments) node = node.ensure(segment);
    return node;
  }

  /** The scope that a term's own terms are in. */
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

/** The name a term defines; that of a CreateField or an Alias is its last operand. */
export function definedName(term: Term): NamePath | undefined {
  if (term.op.defines !== 'object' && term.op.defines !== 'scope') return undefined;
  return term.nameAt(declaredOperand(term));
}

/** Index of the operand that holds the name a term defines or reopens. */
export function declaredOperand(term: Term): number {
  const { name } = term.op;
  return name === 'Alias' || name.startsWith('Create') ? term.operands.length - 1 : 0;
}
