/**
 * The namespace as tables declare it, without executing any code: names, the kinds of objects, argument counts of
 * methods. The decoder and the printer resolve names in it. It includes objects that code creates when it is executed
 * (below an `If`, in a method); these declarations are marked as conditional.
 */

import type { AcpiTable } from '../tables/table.ts';
import type { NamePath } from '../terms/name.ts';
import { trimSegment } from '../terms/name.ts';
import type { OpcodeName } from '../terms/opcodes.ts';
import type { FieldElement, Term } from '../terms/term.ts';
import { UndecodedBodies } from './undecoded.ts';

/** One place where a name is declared. */
export interface Declaration {
  /** Name, Method, Device, OperationRegion, … For an element of a field list, the term with the list. */
  readonly term: Term;
  readonly table: AcpiTable;
  /** Inside a method, If, Else or While: the object is created only if that code is executed. */
  readonly conditional: boolean;
  /** The element of a Field, IndexField or BankField that declares the name. */
  readonly element?: FieldElement;
}

const NO_CHILDREN: ReadonlyMap<string, DeclaredObject> = new Map();
const NO_DECLARATIONS: readonly Declaration[] = [];

/** A name in the tree. It has no declarations if it is only part of longer paths or known from an External. */
export class DeclaredObject {
  /** Four characters, `_`-padded; `\` for the root. */
  declare readonly segment: string;
  declare readonly parent: DeclaredObject | undefined;
  /** The opcode that declared it first; `undefined` if none did. */
  declare kind: OpcodeName | undefined;
  /** A method's argument count; for an undeclared name, that of its External. */
  declare argumentCount: number | undefined;
  /** As `argumentCount` (-1: not a method), from an earlier decoding of the same tables. */
  declare foreseen: number | undefined;
  /** The object type in its External (ACPI 6.5, table 19.39); `undefined` if it has none. */
  declare external: number | undefined;
  /** The source object's name of an Alias. */
  declare target: NamePath | undefined;
  // Most objects have no children and one declaration, so maps and arrays are created on demand.
  #children: Map<string, DeclaredObject> | undefined = undefined;
  #declared: Declaration | undefined = undefined;
  /** The element of the field list in `#declared` that declares this object. */
  #element: FieldElement | undefined = undefined;
  #more: Declaration[] | undefined = undefined;

  constructor(segment: string, parent: DeclaredObject | undefined) {
    this.segment = segment;
    this.parent = parent;
    this.kind = undefined;
    this.argumentCount = undefined;
    this.foreseen = undefined;
    this.external = undefined;
    this.target = undefined;
  }

  get children(): ReadonlyMap<string, DeclaredObject> {
    return this.#children ?? NO_CHILDREN;
  }

  get declarations(): readonly Declaration[] {
    if (this.#declared === undefined) return NO_DECLARATIONS;
    const first = this.#element ? { ...this.#declared, element: this.#element } : this.#declared;
    return [first, ...(this.#more ?? [])];
  }

  /** Adds a declaration. @param element the element of the field list that declares the name */
  declare(declaration: Declaration, element?: FieldElement): void {
    if (this.#declared === undefined) {
      this.#declared = declaration;
      this.#element = element;
    } else {
      this.#more ??= [];
      this.#more.push(element ? { ...declaration, element } : declaration);
    }
  }

  /** The child with a segment, created if it does not exist. */
  child(segment: string): DeclaredObject {
    this.#children ??= new Map();
    const children = this.#children;
    let child = children.get(segment);
    if (child === undefined) {
      child = new DeclaredObject(segment, this);
      children.set(segment, child);
    }
    return child;
  }

  /** Absolute path without padding: `\_SB.PCI0`. */
  get path(): string {
    const segments: string[] = [];
    for (let at: DeclaredObject = this; at.parent; at = at.parent) segments.unshift(trimSegment(at.segment));
    return `\\${segments.join('.')}`;
  }
}

/** Names that exist before any table is loaded (ACPI 6.5, 5.3.1). */
const PREDEFINED: readonly (readonly [string, OpcodeName, number?])[] = [
  ['_GPE', 'Scope'],
  ['_PR_', 'Scope'],
  ['_SB_', 'Device'],
  ['_SI_', 'Scope'],
  ['_TZ_', 'Device'],
  ['_REV', 'Name'],
  ['_OS_', 'Name'],
  ['_GL_', 'Mutex'],
  ['_OSI', 'Method', 1],
];

function isKnown(object: DeclaredObject): boolean {
  return object.kind !== undefined || object.argumentCount !== undefined || object.foreseen !== undefined;
}

/** Maximum length of a chain of Aliases. */
const MAX_ALIAS_STEPS = 16;

export class DeclaredNamespace {
  readonly root = new DeclaredObject('\\', undefined);
  /** Method bodies that are not decoded yet. What they declare is missing here. */
  readonly bodies = new UndecodedBodies();

  constructor() {
    for (const [segment, kind, argumentCount] of PREDEFINED) {
      const object = this.root.child(segment);
      object.kind = kind;
      object.argumentCount = argumentCount;
    }
  }

  /** The object that a declaration of `name` in `scope` declares or enters; created together with missing ancestors. */
  locate(scope: DeclaredObject, name: NamePath): DeclaredObject {
    let at = name.root ? this.root : scope;
    for (let i = 0; i < name.parents; i++) at = at.parent ?? at;
    for (const segment of name.segments) at = at.child(segment);
    return at;
  }

  /**
   * The object that a name used in `scope` denotes: a single segment is searched for in parent scopes too, a path is not
   * (ACPI 6.5, 5.3). Aliases are followed. `undefined` if there is none.
   */
  resolve(scope: DeclaredObject, name: NamePath): DeclaredObject | undefined {
    let found = this.#find(scope, name);
    for (let i = 0; found?.target && found.parent && i < MAX_ALIAS_STEPS; i++)
      found = this.#find(found.parent, found.target);
    return found;
  }

  #find(scope: DeclaredObject, name: NamePath): DeclaredObject | undefined {
    if (!name.root && name.parents === 0 && name.segments.length === 1) {
      const segment = name.segments[0]!;
      for (let at: DeclaredObject | undefined = scope; at; at = at.parent) {
        const child = at.children.get(segment);
        if (child && isKnown(child)) return child;
      }
      return undefined;
    }
    let at: DeclaredObject | undefined = name.root ? this.root : scope;
    for (let i = 0; i < name.parents; i++) at = at.parent ?? at;
    for (const segment of name.segments) {
      at = at.children.get(segment);
      if (at === undefined) return undefined;
      if (at.target && at.parent) at = this.#find(at.parent, at.target) ?? at;
    }
    return at;
  }

  /** The argument count of a name used as a value: -1 if it is not a method, -2 if it is unknown. */
  argumentCount(scope: DeclaredObject, name: NamePath): number {
    const found = this.resolve(scope, name);
    if (found === undefined) return -2;
    return found.argumentCount ?? (found.kind !== undefined ? -1 : (found.foreseen ?? -2));
  }

  /** Sets the argument count of a method, by absolute path, in case no table declares it. */
  foresee(path: string, count: number): void {
    const segments = path
      .slice(1)
      .split('.')
      .map((segment) => segment.padEnd(4, '_'));
    this.locate(this.root, { root: true, parents: 0, segments }).foreseen = count;
  }

  /** A namespace without declarations but with the argument counts of this one, for the next decoding. */
  foresight(): DeclaredNamespace {
    const next = new DeclaredNamespace();
    const pending: [DeclaredObject, DeclaredObject][] = [[this.root, next.root]];
    for (let pair = pending.pop(); pair; pair = pending.pop()) {
      for (const child of pair[0].children.values()) {
        const copy = pair[1].child(child.segment);
        if (isKnown(child)) copy.foreseen = child.argumentCount ?? -1;
        pending.push([child, copy]);
      }
    }
    return next;
  }

  /** The object at a path of segments, also if it is declared in a method whose body was not decoded before. */
  at(segments: readonly string[]): DeclaredObject | undefined {
    const last = segments.at(-1);
    if (last !== undefined) this.bodies.decodeThoseWith(last);
    let at: DeclaredObject | undefined = this.root;
    for (const segment of segments) at = at?.children.get(segment);
    return at;
  }

  /** The object of a name relative to the root. Aliases are followed. */
  find(name: NamePath): DeclaredObject | undefined {
    return this.resolve(this.root, name.root ? name : { ...name, root: true, parents: 0 });
  }

  /** Every object below the root, parents before children, in the order of declaration. */
  *all(): Generator<DeclaredObject> {
    const pending: DeclaredObject[] = [...this.root.children.values()].reverse();
    while (pending.length > 0) {
      const next = pending.pop()!;
      yield next;
      pending.push(...[...next.children.values()].reverse());
    }
  }
}
