/**
 * The namespace as tables declare it, without running anything: which names there are, what they are, how many
 * arguments methods take. It is what names are resolved by while decoding and printing, and where the static reading
 * of a machine begins. Objects that only running code makes (below an `If`, in a method) are in it too, marked.
 */

import type { AcpiTable } from '../tables/table.ts';
import type { NamePath } from '../terms/name.ts';
import { trimSegment } from '../terms/name.ts';
import type { OpcodeName } from '../terms/opcodes.ts';
import type { FieldElement, Term } from '../terms/term.ts';

/** One place where a name is declared. */
export interface Declaration {
  /** Name, Method, Device, OperationRegion, … For a field list's elements the list's own term. */
  readonly term: Term;
  readonly table: AcpiTable;
  /** Inside a method, If, Else or While: made only when that code runs. */
  readonly conditional: boolean;
  /** Set for an element of a Field, IndexField or BankField. */
  readonly element?: FieldElement;
}

const NO_CHILDREN: ReadonlyMap<string, DeclaredObject> = new Map();
const NO_DECLARATIONS: readonly Declaration[] = [];

/** A name in the tree; without declarations when it is only passed through by longer names or known from an External. */
export class DeclaredObject {
  /** Four characters, `_`-padded; `\` for the root. */
  declare readonly segment: string;
  declare readonly parent: DeclaredObject | undefined;
  /** What it is, by the opcode that declared it first; undefined when nothing did. */
  declare kind: OpcodeName | undefined;
  /** A method's argument count; of an undeclared name the one an External gives. */
  declare argumentCount: number | undefined;
  /** As `argumentCount` (-1: no method), learnt in an earlier reading of the same tables. */
  declare foreseen: number | undefined;
  /** The type that an External gives it (ACPI 6.5, table 19.39); undefined when none names it. */
  declare external: number | undefined;
  /** Where an Alias leads. */
  declare target: NamePath | undefined;
  // Most objects have no children, and nearly all one declaration: arrays and maps are made when they are needed.
  #children: Map<string, DeclaredObject> | undefined = undefined;
  #declared: Declaration | undefined = undefined;
  /** The element that `#declared`, which is that of the whole list, declares this object by. */
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

  /** Notes a place where the name is declared. @param element set when that is an element of the field list */
  declare(declaration: Declaration, element?: FieldElement): void {
    if (this.#declared === undefined) {
      this.#declared = declaration;
      this.#element = element;
    } else {
      this.#more ??= [];
      this.#more.push(element ? { ...declaration, element } : declaration);
    }
  }

  /** The child of that segment, made when it isn't there. */
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

/** Declared objects of the names every namespace has before a table is loaded (ACPI 6.5, 5.3.1). */
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

/** An Alias of an Alias of … is followed so many times. */
const MAX_ALIAS_STEPS = 16;

export class DeclaredNamespace {
  readonly root = new DeclaredObject('\\', undefined);

  constructor() {
    for (const [segment, kind, argumentCount] of PREDEFINED) {
      const object = this.root.child(segment);
      object.kind = kind;
      object.argumentCount = argumentCount;
    }
  }

  /** The object a name that is declared or entered at `scope` means; intermediate objects are made as needed. */
  locate(scope: DeclaredObject, name: NamePath): DeclaredObject {
    let at = name.root ? this.root : scope;
    for (let i = 0; i < name.parents; i++) at = at.parent ?? at;
    for (const segment of name.segments) at = at.child(segment);
    return at;
  }

  /**
   * The object a name used at `scope` means: a single segment is searched upwards, everything else is looked up where
   * it says (ACPI 6.5, 5.3). Aliases are followed. Undefined when no such name is known.
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

  /** How many arguments a name takes where it is used as a value: -1 when it is no method, -2 when it isn't known. */
  argumentCount(scope: DeclaredObject, name: NamePath): number {
    const found = this.resolve(scope, name);
    if (found === undefined) return -2;
    return found.argumentCount ?? (found.kind !== undefined ? -1 : (found.foreseen ?? -2));
  }

  /** Says how many arguments a method takes, by its absolute path, in case that nothing declares it. */
  foresee(path: string, count: number): void {
    const segments = path
      .slice(1)
      .split('.')
      .map((segment) => segment.padEnd(4, '_'));
    this.locate(this.root, { root: true, parents: 0, segments }).foreseen = count;
  }

  /** A namespace without declarations that foresees what this one knows. */
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

  /** Finds an absolute path as text, padded or not: `\_SB.PCI0`. */
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
