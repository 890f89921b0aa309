/**
 * Names descriptors to which Create…Field refers: `CreateDWordField (BUF0, 0x1A, MIN)` was most likely
 * `CreateDWordField (BUF0, _Y01._MIN, MIN)`, which is easier to read.
 */

import type { DeclaredNamespace, DeclaredObject } from '../../namespace/declared.ts';
import { tagPlaces } from '../../resources/macro-values.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { NamePath } from '../../terms/name.ts';
import type { OpcodeName } from '../../terms/opcodes.ts';
import { isTermList, Term } from '../../terms/term.ts';
import { integerOf } from '../values/constants.ts';
import { type RecognizedDescriptor, templateDescriptors } from '../values/recognize.ts';

/** Width of the field that an operator creates (0: an operand), and whether its index is in bytes. */
const FIELDS: Partial<Record<OpcodeName, { readonly bits: number; readonly bytes: boolean }>> = {
  CreateBitField: { bits: 1, bytes: false },
  CreateByteField: { bits: 8, bytes: true },
  CreateWordField: { bits: 16, bytes: true },
  CreateDWordField: { bits: 32, bytes: true },
  CreateQWordField: { bits: 64, bytes: true },
  CreateField: { bits: 0, bytes: false },
};

/** First letters of the tags, each for 256 of them: `_Y00` … `_YFF`, `_Z00` … */
const LETTERS = ['Y', 'Z', 'X', 'W'] as const;

export interface TagNames {
  /** Names of a Buffer term's descriptors, by offset in the template. */
  readonly descriptors: ReadonlyMap<Term, ReadonlyMap<number, string>>;
  /** The text of a Create…Field's index, by the index term: `\_SB.PCI0._Y01._MIN`. */
  readonly references: ReadonlyMap<Term, string>;
}

/** Names of the descriptors to which the terms of a table refer. */
export function tagNames(terms: readonly Term[], table: AcpiTable, namespace: DeclaredNamespace): TagNames {
  const finder = new TagFinder(table, namespace);
  for (const { term, scope } of statements(terms, namespace)) finder.template(term, scope);
  for (const { term, scope } of statements(terms, namespace)) finder.reference(term, scope);
  return { descriptors: finder.descriptors, references: finder.found };
}

interface Statement {
  readonly term: Term;
  readonly scope: DeclaredObject;
}

/** Every statement with its scope, in the order of the text. */
function* statements(terms: readonly Term[], namespace: DeclaredNamespace): Generator<Statement> {
  const pending: Statement[] = [...terms].reverse().map((term) => ({ term, scope: namespace.root }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    const { term, scope } = next;
    if (term.op.operands.at(-1) !== 'TermList' || term.op.name === 'MethodCall') continue;
    const list = term.operands.at(-1)!;
    if (!isTermList(list)) continue;
    const opens = term.op.defines === 'scope' || term.op.defines === 'reopen';
    const inner = opens ? scopeOpened(namespace, scope, term) : scope;
    for (const each of [...list].reverse()) pending.push({ term: each, scope: inner });
  }
}

interface NamedTemplate {
  readonly buffer: Term;
  readonly scope: DeclaredObject;
  readonly descriptors: readonly RecognizedDescriptor[];
}

class TagFinder {
  readonly descriptors = new Map<Term, Map<number, string>>();
  readonly found = new Map<Term, string>();
  readonly #table: AcpiTable;
  readonly #namespace: DeclaredNamespace;
  readonly #templates = new Map<DeclaredObject, NamedTemplate>();
  #count = 0;

  constructor(table: AcpiTable, namespace: DeclaredNamespace) {
    this.#table = table;
    this.#namespace = namespace;
  }

  /** Records a template that is the value of a Name which is declared once, in its own scope. */
  template(term: Term, scope: DeclaredObject): void {
    const [name, value] = term.operands;
    if (term.op.name !== 'Name' || !(value instanceof Term) || value.op.name !== 'Buffer') return;
    const object = this.#namespace.locate(scope, name as NamePath);
    const own = object.declarations.filter((each) => each.table === this.#table);
    const descriptors = templateDescriptors(value.bytesAt(1));
    if (descriptors && own.length === 1 && object.parent === scope) {
      this.#templates.set(object, { buffer: value, scope, descriptors });
    }
  }

  reference(term: Term, scope: DeclaredObject): void {
    const field = FIELDS[term.op.name];
    if (field !== undefined) this.#reference(term, field, scope);
  }

  #reference(term: Term, field: { bits: number; bytes: boolean }, scope: DeclaredObject): void {
    const [source, index, length] = term.operands;
    if (!(source instanceof Term) || source.op.name !== 'NamePath' || !(index instanceof Term)) return;
    const object = this.#namespace.resolve(scope, source.nameAt(0));
    const template = object && this.#templates.get(object);
    const at = integerOf(index, true);
    if (template === undefined || at === undefined) return;
    const given =
      term.op.name === 'CreateField' && length instanceof Term ? integerOf(length, true) : undefined;
    const bits = given === undefined ? field.bits : Number(given);
    const bit = Number(at) * (field.bytes ? 8 : 1);
    for (const { resource } of template.descriptors) {
      const place = tagPlaces(resource).find(
        (each) => each.bit + 8 * resource.offset === bit && each.bits === bits,
      );
      if (place === undefined) continue;
      const tag = this.#tagOf(template, resource.offset);
      if (tag === undefined) return;
      const path = template.scope.parent === undefined ? '\\' : `${template.scope.path}.`;
      this.found.set(index, `${path}${tag}.${place.tag}`);
      return;
    }
  }

  #tagOf(template: NamedTemplate, offset: number): string | undefined {
    let names = this.descriptors.get(template.buffer);
    if (names === undefined) {
      names = new Map();
      this.descriptors.set(template.buffer, names);
    }
    const known = names.get(offset);
    if (known !== undefined) return known;
    for (;;) {
      const letter = LETTERS[this.#count >> 8];
      if (letter === undefined) return undefined;
      const tag = `_${letter}${(this.#count & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
      this.#count += 1;
      if (template.scope.children.has(tag)) continue;
      names.set(offset, tag);
      return tag;
    }
  }
}

/** The scope of the terms nested in a Scope, Device, Method … term. @param scope where the term is */
export function scopeOpened(namespace: DeclaredNamespace, scope: DeclaredObject, term: Term): DeclaredObject {
  const name = term.nameAt(0);
  if (term.op.defines === 'reopen') return namespace.resolve(scope, name) ?? namespace.locate(scope, name);
  return namespace.locate(scope, name);
}
