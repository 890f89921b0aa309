/**
 * Static analysis of what abandoned code may write: named objects, bits of buffers through buffer fields, elements
 * through references, also in methods that it calls. What an opcode may write is in its row (`changes`). The analysis is
 * flow-insensitive: arguments, locals and return values of a method are sets of everything that is ever assigned, and
 * are computed by iteration to a fixed point.
 */

import { visibleNodes } from '../../namespace/lookup.ts';
import { type NamePath, parseName } from '../../terms/name.ts';
import { type Access, OPCODES } from '../../terms/opcodes.ts';
import { constantOf, isName, type Operand, Term } from '../../terms/term.ts';
import { FIRST_ARGUMENT_SLOT, type Places, SLOTS } from '../state/machine.ts';
import {
  type AmlValue,
  AnyIndexReference,
  BufferObject,
  EventObject,
  FieldObject,
  IndexReference,
  MethodObject,
  NameReference,
  type NamespaceNode,
  ObjectReference,
  PackageObject,
  SharedInteger,
  SlotReference,
  StringObject,
  UnknownObject,
} from '../state/objects.ts';
import { isContainer, leavesOf } from './leaves.ts';
import { type RestOfCode, termsOfMethod } from './rest-of-code.ts';
import { type Container, type NodeWrite, Writes } from './writes.ts';

/** Limits of methods, terms and rounds, beyond which the code may write anything. */
const MAX_METHODS = 400;
const MAX_TERMS = 200_000;
const MAX_ROUNDS = 16;

/** An unknown reference. */
const ANYTHING = Symbol('anything');

/** A reference to an element of an object. `index` is `undefined` if it is unknown. */
class Element {
  readonly object: Container;
  readonly index: number | undefined;
  constructor(object: Container, index: number | undefined) {
    this.object = object;
    this.index = index;
  }
}

/** What gives write access: a reference to a name, a local or an element, or an object itself. */
type Thing = NamespaceNode | SlotReference | Element | Container | typeof ANYTHING;
type Things = Set<Thing>;

/** The code of one frame, or of a method for all its calls. */
interface Body {
  /** False if the code was executed before, and only its return value matters. */
  runs: boolean;
  readonly terms: readonly Term[];
  readonly scope: NamespaceNode;
  /** Created on first use. */
  readonly slots: (Things | undefined)[];
  /** What its return value gives access to. */
  readonly returned: Things;
  /** Bodies whose code calls it. */
  readonly callers: Set<Body>;
  /** What its code depends on grew since it was last looked at: its slots, or what a method that it calls returns. */
  isDue: boolean;
  /** Cache: the nodes that names may denote here. */
  readonly nodes: Map<NamePath, readonly NamespaceNode[]>;
  /** Terms that define objects which give access to others, by name. */
  readonly definitions: Map<string, Term[]>;
}

/** Everything that remaining code may write. */
export function writesOf(m: Places, rest: readonly RestOfCode[]): Writes {
  return new Search(m).run(rest);
}

/** What unknown code may write through its arguments. */
export function writesThrough(m: Places, values: readonly (AmlValue | NamespaceNode)[]): Writes {
  return new Search(m).handOn(values);
}

class Search {
  readonly #m: Places;
  readonly #writes = new Writes();
  readonly #bodies: Body[] = [];
  readonly #methods = new Map<Term, Body>();
  readonly #elements = new Map<Container, Map<number | undefined, Element>>();
  readonly #slots = new Map<unknown, Map<number, SlotReference>>();
  #terms = 0;
  #grown = false;

  constructor(m: Places) {
    this.#m = m;
  }

  run(rest: readonly RestOfCode[]): Writes {
    for (const { terms, scope, slots } of rest) {
      const body = this.#newBody(terms, scope, true);
      slots.forEach((held, slot) => {
        this.#fill(body, slot, this.#thingsOf(held));
      });
    }
    for (let round = 0; round === 0 || this.#grown; round++) {
      this.#grown = false;
      // The loop also visits methods that it appends.
      for (let i = 0; i < this.#bodies.length; i++) {
        const body = this.#bodies[i]!;
        this.#terms += body.terms.length;
        if (this.#terms > MAX_TERMS || round > MAX_ROUNDS) this.#writes.anything = true;
        if (this.#writes.anything) return this.#writes;
        if (!body.isDue) continue;
        body.isDue = false;
        for (const term of body.terms) this.#look(body, term);
      }
    }
    return this.#writes;
  }

  handOn(values: readonly (AmlValue | NamespaceNode)[]): Writes {
    for (const value of values)
      for (const thing of this.#thingsOf(value)) {
        if (isContainer(thing)) this.#writes.element(thing, undefined);
        else if (thing !== ANYTHING) this.#write(thing, 'object');
      }
    return this.#writes;
  }

  #newBody(terms: readonly Term[], scope: NamespaceNode, runs: boolean): Body {
    const definitions = new Map<string, Term[]>();
    for (const term of terms) {
      if (term.op.defines !== 'object' || term.op.changes.opens === undefined) continue;
      const segment = definedName(term)?.segments.at(-1);
      if (segment !== undefined) definitions.set(segment, [...(definitions.get(segment) ?? []), term]);
    }
    const body: Body = {
      runs,
      terms,
      scope,
      slots: new Array<Things | undefined>(SLOTS).fill(undefined),
      returned: new Set(),
      callers: new Set(),
      isDue: true,
      nodes: new Map(),
      definitions,
    };
    this.#bodies.push(body);
    return body;
  }

  /** Adds to what a slot gives access to. */
  #fill(body: Body, slot: number, things: Iterable<Thing>): void {
    let known = body.slots[slot];
    if (known === undefined) {
      known = new Set();
      body.slots[slot] = known;
    }
    if (this.#grow(known, things)) body.isDue = true;
  }

  #grow(to: Things, things: Iterable<Thing>): boolean {
    const before = to.size;
    for (const thing of things) to.add(thing);
    if (to.size === before) return false;
    this.#grown = true;
    return true;
  }

  // ---- what terms do

  #look(body: Body, term: Term): void {
    const { op, operands } = term;
    const { stores, replaces, type, opens, signals, runs } = op.changes;
    if (runs === 'method') this.#mention(body, term);
    if (body.runs) {
      if (runs === 'table') this.#writes.tables = true;
      else if (runs === 'handler') this.#connect(body);
      if (signals !== undefined) this.#signal(body, operands[signals]);
    }
    const isReturn = opens !== undefined && !op.yields && op.defines === 'nothing';
    if (stores === undefined && replaces === undefined && !isReturn) return;
    const given = opens === undefined ? NO_THINGS : this.#access(body, term, opens);
    if (isReturn && this.#grow(body.returned, given)) for (const caller of body.callers) caller.isDue = true;
    for (const at of stores ?? []) this.#store(body, operands[at], 'content', given);
    for (const at of replaces ?? []) this.#store(body, operands[at], type ?? 'object', given);
  }

  /** Handles a use of a name: it calls a method, and reading a field writes its index or bank register. */
  #mention(body: Body, term: Term): void {
    for (const node of this.#nodes(body, term.nameAt(0))) {
      for (const object of leavesOf(node.object)) {
        if (object instanceof MethodObject) {
          const called = this.#called(body, node, object, body.runs);
          if (called === undefined) continue;
          const args = term.op === OPCODES.MethodCall ? term.termsAt(1) : [];
          args.forEach((arg, i) => {
            const slot = FIRST_ARGUMENT_SLOT + i;
            if (slot < SLOTS) this.#fill(called, slot, this.#things(body, arg));
          });
        } else if (object instanceof FieldObject && body.runs) this.#select(object);
      }
    }
  }

  /** The body of a called method. @param runs false if it was executed before and only its return value matters */
  #called(caller: Body, node: NamespaceNode, { term }: MethodObject, runs: boolean): Body | undefined {
    if (term === undefined) return undefined;
    let body = this.#methods.get(term);
    if (body !== undefined && runs && !body.runs) {
      body.runs = true;
      body.isDue = true;
      this.#grown = true;
    }
    if (body === undefined) {
      if (this.#methods.size >= MAX_METHODS) {
        this.#writes.anything = true;
        return undefined;
      }
      body = this.#newBody(termsOfMethod(term), node, runs);
      this.#methods.set(term, body);
    }
    body.callers.add(caller);
    return body;
  }

  #select({ source }: FieldObject): void {
    if (source.kind === 'index') this.#writes.node(source.index, 'content');
    else if (source.kind === 'bank') this.#writes.node(source.bank, 'content');
  }

  /** Calls the `_REG` in the scope of a new region. */
  #connect(body: Body): void {
    const node = body.scope.children.get('_REG');
    if (node === undefined) return;
    for (const object of leavesOf(node.object))
      if (object instanceof MethodObject) this.#called(body, node, object, true);
  }

  #signal(body: Body, operand: Operand | undefined): void {
    for (const thing of this.#places(body, operand)) {
      if (thing === ANYTHING) this.#writes.anything = true;
      else if (isNode(thing))
        for (const object of leavesOf(thing.object))
          if (object instanceof EventObject) this.#writes.events.add(object);
    }
  }

  /** Stores to an operand. @param given what the value gives access to */
  #store(body: Body, operand: Operand | undefined, how: NodeWrite, given: Things): void {
    if (!(operand instanceof Term)) return;
    const slot = slotOf(operand);
    if (slot !== undefined) {
      this.#fill(body, slot, references(given));
      // Storing to an argument that is a reference writes through it, without conversion.
      if (slot < FIRST_ARGUMENT_SLOT || !body.runs) return;
      for (const thing of body.slots[slot] ?? NO_THINGS)
        if (thing === ANYTHING || isNode(thing) || thing instanceof SlotReference)
          this.#write(thing, 'object');
      return;
    }
    if (!body.runs) return;
    this.#view(body, operand);
    for (const thing of this.#places(body, operand)) this.#write(thing, how);
  }

  #write(thing: Thing, how: NodeWrite): void {
    const writes = this.#writes;
    if (thing === ANYTHING) writes.anything = true;
    else if (thing instanceof Element) writes.element(thing.object, thing.index);
    else if (thing instanceof SlotReference) writes.slots.add(thing);
    else if (isNode(thing)) {
      writes.node(thing, how);
      for (const object of leavesOf(thing.object)) if (object instanceof FieldObject) this.#select(object);
    }
  }

  /** Storing to a buffer field that this code creates writes bits of its buffer. */
  #view(body: Body, operand: Term): void {
    if (operand.op !== OPCODES.NamePath) return;
    for (const definition of definitionsOf(body, operand.nameAt(0))) {
      const { opens } = definition.op.changes;
      if (opens?.as !== 'bits') continue;
      const first = numberOf(definition.operands[opens.index]);
      const { bits } = opens;
      const length = typeof bits === 'number' ? bits : numberOf(definition.operands[bits.count]);
      const source = definition.operands[opens.operand];
      for (const thing of this.#things(body, source)) {
        if (thing === ANYTHING) this.#writes.anything ||= isArgument(source);
        else if (!(thing instanceof BufferObject)) continue;
        else if (first === undefined || length === undefined) this.#writes.element(thing, undefined);
        else this.#writes.bitsOf(thing, first * opens.unit, length);
      }
    }
  }

  // ---- what terms give access to

  /** What the value of an operand gives access to. */
  #things(body: Body, operand: Operand | undefined): Things {
    if (!(operand instanceof Term)) return NO_THINGS;
    const { op } = operand;
    const slot = slotOf(operand);
    if (slot !== undefined) return body.slots[slot] ?? NO_THINGS;
    const things: Things = new Set();
    if (op.changes.runs === 'method') {
      const name = operand.nameAt(0);
      for (const node of this.#nodes(body, name))
        for (const object of leavesOf(node.object)) {
          if (object instanceof MethodObject) {
            const called = this.#called(body, node, object, false);
            if (called !== undefined) for (const thing of called.returned) things.add(thing);
          } else for (const thing of this.#thingsOf(object)) things.add(thing);
        }
      for (const definition of definitionsOf(body, name)) {
        const { opens } = definition.op.changes;
        if (opens !== undefined && opens.as !== 'bits')
          for (const thing of this.#access(body, definition, opens)) things.add(thing);
      }
      return things;
    }
    return op.changes.opens === undefined ? NO_THINGS : this.#access(body, operand, op.changes.opens);
  }

  #access(body: Body, term: Term, access: Access): Things {
    const operand = term.operands[access.operand];
    switch (access.as) {
      case 'object':
        if (!Array.isArray(operand)) return this.#things(body, operand);
        return union(operand.map((inner) => this.#things(body, inner as Operand)));
      case 'reference':
        return this.#places(body, operand);
      case 'target':
        return union([...this.#things(body, operand)].map((thing) => this.#referredTo(body, thing)));
      case 'element': {
        const index = numberOf(term.operands[access.index]);
        const found: Things = new Set();
        for (const thing of this.#things(body, operand))
          for (const object of isContainer(thing) ? [thing] : this.#referredTo(body, thing))
            if (isContainer(object)) found.add(this.#element(object, index));
            // An unknown object that is not an argument is a copy, or is unknown already.
            else if (object === ANYTHING && isArgument(operand)) found.add(object);
        return found;
      }
      case 'bits':
        return this.#things(body, operand);
    }
  }

  /** The places that a name, target or referent denotes. */
  #places(body: Body, operand: Operand | undefined): Things {
    if (isName(operand)) return new Set(this.#nodes(body, operand));
    if (!(operand instanceof Term)) return NO_THINGS;
    const { op } = operand;
    const slot = slotOf(operand);
    if (slot !== undefined) return body.slots[slot] ?? NO_THINGS;
    if (op !== OPCODES.NamePath) return this.#things(body, operand);
    const places: Things = new Set();
    const name = operand.nameAt(0);
    for (const node of this.#nodes(body, name)) {
      places.add(node);
      // A method as a target is called, and its return value is written through.
      for (const object of leavesOf(node.object))
        if (object instanceof MethodObject)
          for (const thing of this.#called(body, node, object, false)?.returned ?? NO_THINGS)
            places.add(thing);
    }
    for (const definition of definitionsOf(body, name))
      if (definition.op === OPCODES.Alias)
        for (const thing of this.#places(body, definition.operands[0])) places.add(thing);
    return places;
  }

  /** What the object behind a reference gives access to. */
  #referredTo(body: Body, thing: Thing): Things {
    if (thing === ANYTHING) return new Set([ANYTHING]);
    if (thing instanceof Element) {
      const { object, index } = thing;
      if (!(object instanceof PackageObject)) return NO_THINGS;
      const elements = index === undefined ? object.elements : [object.elements[index]];
      return union(elements.map((element) => this.#thingsOf(element)));
    }
    if (thing instanceof SlotReference) return this.#thingsOf(thing.frame.slots[thing.slot]);
    if (thing instanceof StringObject) {
      const name = thing.text === undefined ? undefined : parseName(thing.text);
      if (thing.text === undefined) return new Set([ANYTHING]);
      return name === undefined
        ? NO_THINGS
        : union([...this.#nodes(body, name)].map((node) => this.#thingsOf(node.object)));
    }
    if (isNode(thing)) return union([this.#thingsOf(thing.object), this.#thingsOf(thing.former)]);
    return NO_THINGS;
  }

  /** What an existing value gives access to. */
  #thingsOf(held: AmlValue | NamespaceNode | undefined): Things {
    const things: Things = new Set();
    for (const value of leavesOf(held)) {
      if (isContainer(value)) things.add(value);
      else if (value instanceof ObjectReference)
        things.add(value.target instanceof SlotReference ? this.#slot(value.target) : value.target);
      else if (value instanceof SlotReference) things.add(this.#slot(value));
      else if (value instanceof IndexReference) things.add(this.#element(value.object, value.index));
      else if (value instanceof AnyIndexReference) things.add(this.#element(value.object, undefined));
      else if (value instanceof UnknownObject) things.add(ANYTHING);
      else if (value instanceof SharedInteger) continue;
      else if (value instanceof NameReference) {
        const nodes = value.node ? [value.node] : visibleNodes(this.#m.root, value.scope, value.name);
        for (const node of nodes) things.add(node);
      }
    }
    return things;
  }

  #element(object: Container, index: number | undefined): Element {
    let known = this.#elements.get(object);
    if (known === undefined) {
      known = new Map();
      this.#elements.set(object, known);
    }
    let element = known.get(index);
    if (element === undefined) {
      element = new Element(object, index);
      known.set(index, element);
    }
    return element;
  }

  #slot(reference: SlotReference): SlotReference {
    let known = this.#slots.get(reference.frame);
    if (known === undefined) {
      known = new Map();
      this.#slots.set(reference.frame, known);
    }
    const same = known.get(reference.slot);
    if (same === undefined) known.set(reference.slot, reference);
    return same ?? reference;
  }

  #nodes({ scope, nodes }: Body, name: NamePath): readonly NamespaceNode[] {
    let found = nodes.get(name);
    if (found === undefined) {
      found = visibleNodes(this.#m.root, scope, name);
      nodes.set(name, found);
    }
    return found;
  }
}

const NO_THINGS: Things = new Set();

function union(parts: readonly Things[]): Things {
  if (parts.length === 1) return parts[0]!;
  const all: Things = new Set();
  for (const part of parts) for (const thing of part) all.add(thing);
  return all;
}

/** The references among them: a stored container is copied. */
function* references(things: Things): Generator<Thing> {
  for (const thing of things) if (!isContainer(thing)) yield thing;
}

function isNode(thing: Thing): thing is NamespaceNode {
  return typeof thing === 'object' && 'segment' in thing;
}

/** The slot of a local or argument; `undefined` for any other term. */
function slotOf({ op }: Term): number | undefined {
  const slot = op.code - OPCODES.Local0.code;
  return slot >= 0 && op.code <= OPCODES.Arg6.code ? slot : undefined;
}

function isArgument(operand: Operand | undefined): boolean {
  const slot = operand instanceof Term ? slotOf(operand) : undefined;
  return slot !== undefined && slot >= FIRST_ARGUMENT_SLOT;
}

/** The name of the object that a term defines: its last name. */
function definedName(term: Term): NamePath | undefined {
  const at = term.op.operands.filter((kind) => kind !== 'PkgLength').lastIndexOf('NameString');
  return at < 0 ? undefined : term.nameAt(at);
}

function definitionsOf({ definitions }: Body, { segments }: NamePath): readonly Term[] {
  const segment = segments.at(-1);
  return (segment === undefined ? undefined : definitions.get(segment)) ?? [];
}

function numberOf(operand: Operand | undefined): number | undefined {
  const value = operand instanceof Term ? constantOf(operand) : undefined;
  return value === undefined || value > 0xffff_ffffn ? undefined : Number(value);
}
